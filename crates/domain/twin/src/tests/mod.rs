//! Events against the index, without a chain and without a file.

mod book;
mod golden;
#[path = "../../tests/it/logs.rs"]
pub(crate) mod logs;
mod property;
mod views;

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::Bloom;
use milepost_chain_core::BlockHeader;
use milepost_types::{B256, ChainId, Did, Timestamp, U256, keccak256};

use crate::{
    ContractAt, Role, TwinSettings,
    index::{Applied, Decoder, Undecodable},
    shared::Shared,
    state::State,
    view::{Nfts, View},
};
use logs::Emitted;

pub(crate) const CHAIN: ChainId = ChainId(31_337);
/// Time of block 0; every block is ten seconds later than the one before.
pub(crate) const START: u64 = 1_800_000_000;

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
        (Role::Manufacturer, at(logs::MANUFACTURER)),
        (Role::AftermarketDevice, at(logs::AFTERMARKET)),
        (Role::SyntheticDevice, at(logs::SYNTHETIC)),
        (Role::Sacd, at(logs::SACD)),
        (Role::Template, at(logs::TEMPLATE)),
        (Role::DevLicense, at(logs::DEV_LICENSE)),
        (Role::IntegrationLicense, at(logs::PROVIDER)),
        // Both kinds of licences: the decoder does not care, and every event is tried.
        (Role::LicenseBook, at(logs::BOOK)),
        (Role::StakeVault, at(logs::VAULT)),
        (
            Role::Court,
            [at(logs::COURT), at(logs::OTHER_COURT)].concat(),
        ),
        (Role::Parameters, at(logs::NUMBERS)),
        (Role::UsdPeg, at(logs::PEG)),
        (Role::Connections, at(logs::CONNECTIONS)),
        (Role::StorageNode, at(logs::STORAGE_NODE)),
        (Role::DeviceStanding, at(logs::STANDING)),
        (Role::Token, at(logs::TOKEN)),
    ]);
    TwinSettings::new(CHAIN.0, roles)
}

pub(crate) fn decoder() -> Decoder {
    Decoder::new(CHAIN, settings().by_address())
}

pub(crate) fn header(number: u64) -> BlockHeader {
    BlockHeader {
        number,
        hash: keccak256(number.to_be_bytes()),
        parent: if number == 0 {
            B256::ZERO
        } else {
            keccak256((number - 1).to_be_bytes())
        },
        time: Timestamp::from_secs_saturating(START + 10 * number),
        logs_bloom: Box::new(Bloom::ZERO),
    }
}

/// An index in memory that grows block by block.
#[derive(Debug)]
pub(crate) struct Index {
    decoder: Decoder,
    shared: Arc<Shared>,
    next: u64,
}

impl Index {
    pub(crate) fn new() -> Self {
        Self {
            decoder: decoder(),
            shared: Arc::new(Shared::new(State::default(), 0)),
            next: 1,
        }
    }

    pub(crate) fn try_block(&mut self, events: &[Emitted]) -> Result<Applied, Undecodable> {
        let header = header(self.next);
        let logs = logs::chain_logs(self.next, header.hash, events);
        let applied = self
            .decoder
            .apply(&mut self.shared.state.write(), &header, &logs)?;
        self.next += 1;
        Ok(applied)
    }

    pub(crate) fn block(&mut self, events: &[Emitted]) -> Applied {
        self.try_block(events).unwrap()
    }

    pub(crate) fn view(&self) -> View {
        View::new(Nfts::of(&settings()), Arc::clone(&self.shared))
    }

    pub(crate) fn state(&self) -> State {
        self.shared.state.read().clone()
    }
}

pub(crate) fn vehicle(token: U256) -> Did {
    Did::erc721(CHAIN, logs::VEHICLE, token)
}

pub(crate) fn aftermarket(token: U256) -> Did {
    Did::erc721(CHAIN, logs::AFTERMARKET, token)
}

pub(crate) fn synthetic(token: U256) -> Did {
    Did::erc721(CHAIN, logs::SYNTHETIC, token)
}
