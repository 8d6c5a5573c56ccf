//! The running twin: against a made-up chain that misbehaves, and against a real one with the real contracts.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod contracts;
mod fake;
mod faults;
mod forks;
mod logs;
mod network;
mod restart;

use std::{collections::BTreeMap, time::Duration};

use milepost_twin::{ContractAt, Role, Twin, TwinSettings, TwinStatus};

pub(crate) const CHAIN_ID: u64 = 31_337;

/// Settings for the made-up contracts of `logs`, with a short interval.
pub(crate) fn settings() -> TwinSettings {
    let at = |address| {
        vec![ContractAt {
            address,
            from_block: 0,
        }]
    };
    let roles = BTreeMap::from([
        (Role::Registry, at(logs::REGISTRY)),
        (Role::Vehicle, at(logs::VEHICLE)),
        (Role::AftermarketDevice, at(logs::AFTERMARKET)),
        (Role::SyntheticDevice, at(logs::SYNTHETIC)),
        (Role::Sacd, at(logs::SACD)),
        (Role::DeviceStanding, at(logs::STANDING)),
    ]);
    TwinSettings {
        poll_interval_ms: 5,
        ..TwinSettings::new(CHAIN_ID, roles)
    }
}

/// Waits until the status fits; fails after 20 s.
pub(crate) async fn until(twin: &Twin, fits: impl Fn(&TwinStatus) -> bool) -> TwinStatus {
    let wait = async {
        loop {
            let status = twin.status();
            if fits(&status) {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    match tokio::time::timeout(Duration::from_secs(20), wait).await {
        Ok(status) => status,
        Err(_) => panic!("the twin stays at {:?}", twin.status()),
    }
}
