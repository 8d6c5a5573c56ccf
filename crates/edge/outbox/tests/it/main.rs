//! Delivery against real HTTP servers.

#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

mod build;
mod deliver;
mod node;
mod tls;

use std::{sync::Arc, time::Duration};

use milepost_crypto::SigningKey;
use milepost_outbox::{OutboxConfig, OutgoingEvent, RetryPolicy};
use milepost_types::{ChainId, Did, Timestamp};

pub(crate) const CHAIN: ChainId = ChainId(137);
const DEVICE: &str = "did:erc721:137:0x9c94C395cBcBDe662235E0A9d3bB87Ad708561BA:31";
const VEHICLE: &str = "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:700";

pub(crate) fn key() -> Arc<SigningKey> {
    Arc::new(SigningKey::from_bytes([7; 32]).unwrap())
}

pub(crate) fn device() -> Did {
    DEVICE.parse().unwrap()
}

pub(crate) fn vehicle() -> Did {
    VEHICLE.parse().unwrap()
}

/// Settings with waits short enough for a test.
pub(crate) fn config(endpoint: &str) -> OutboxConfig {
    let retry = RetryPolicy {
        delay_first: Duration::from_millis(2),
        delay_max: Duration::from_millis(10),
        deadline: Duration::from_secs(20),
    };
    OutboxConfig {
        retry,
        ..OutboxConfig::new(endpoint, key(), device(), CHAIN)
    }
}

pub(crate) fn events(count: usize) -> Vec<OutgoingEvent> {
    let time = Timestamp::parse_rfc3339("2026-05-02T06:10:00Z").unwrap();
    (0..count)
        .map(|n| OutgoingEvent {
            subject: Some(vehicle()),
            tags: vec!["drive".into()],
            data_version: Some("default/v1.0".into()),
            ..OutgoingEvent::new(
                "dimo.status",
                time,
                format!(r#"{{"signals":[{{"name":"speed","value":{n}}}]}}"#),
            )
        })
        .collect()
}
