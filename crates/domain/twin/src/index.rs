//! The pure core: blocks in, row changes out. No clock, no I/O; what it does to memory can be taken back exactly.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use milepost_chain_core::{BlockHeader, ChainLog};
use milepost_types::{Address, BlockRef, ChainId};

use crate::{
    abi::DecodeError,
    apply::Context,
    events::{self, Event},
    role::Role,
    state::{Change, Edit, State},
};

/// A block after it was applied, with all that is needed to store it and to take it back.
#[derive(Debug, Clone)]
pub(crate) struct Applied {
    pub(crate) header: BlockHeader,
    pub(crate) changes: Vec<Change>,
    /// Logs nobody described, kept raw for a later decoder.
    pub(crate) unknown: Vec<ChainLog>,
    /// Events about rows that are not there.
    pub(crate) orphans: u64,
    /// State's head before this block.
    pub(crate) before: Option<BlockRef>,
}

/// A known event of a known contract that cannot be read: the index must not go past it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undecodable {
    pub(crate) address: Address,
    pub(crate) log_index: u64,
    pub(crate) error: DecodeError,
}

/// Reads logs by contract role.
#[derive(Debug, Clone)]
pub(crate) struct Decoder {
    chain: ChainId,
    roles: HashMap<Address, Role>,
}

impl Decoder {
    pub(crate) fn new(chain: ChainId, roles: impl IntoIterator<Item = (Address, Role)>) -> Self {
        Self {
            chain,
            roles: roles.into_iter().collect(),
        }
    }

    /// Applies one block to the state; on an undecodable event the state is left as it was.
    ///
    /// Logs are taken by log index, and a log delivered twice counts once.
    pub(crate) fn apply(
        &self,
        state: &mut State,
        header: &BlockHeader,
        logs: &[ChainLog],
    ) -> Result<Applied, Undecodable> {
        let mut unknown = Vec::new();
        let mut effects = Vec::new();
        let ordered: BTreeMap<u64, &ChainLog> = logs.iter().map(|log| (log.index, log)).collect();
        for log in ordered.into_values() {
            let Some(role) = self.roles.get(&log.address) else {
                continue;
            };
            let fail = |error| Undecodable {
                address: log.address,
                log_index: log.index,
                error,
            };
            match events::decode(*role, &log.topics, &log.data).map_err(fail)? {
                Event::Effect(handler, params) => effects.push((log, handler, params)),
                Event::NoEffect => {}
                Event::Unknown => unknown.push(log.clone()),
            }
        }
        let before = state.head;
        let time = u64::try_from(header.time.as_secs()).unwrap_or(0);
        let mut edit = Edit::new(state);
        for (log, handler, params) in effects {
            if let Err(error) = handler(
                &mut edit,
                Context {
                    contract: log.address,
                    time,
                },
                &params,
            ) {
                let (address, log_index) = (log.address, log.index);
                edit.take_back();
                return Err(Undecodable {
                    address,
                    log_index,
                    error,
                });
            }
        }
        let orphans = edit.orphans;
        let changes = edit.into_changes();
        state.head = Some(BlockRef {
            chain: self.chain,
            number: header.number,
            hash: header.hash,
            time: header.time,
        });
        Ok(Applied {
            header: header.clone(),
            changes,
            unknown,
            orphans,
            before,
        })
    }

    /// All contracts to ask logs of.
    pub(crate) fn addresses(&self) -> Vec<Address> {
        let mut addresses: Vec<Address> = self.roles.keys().copied().collect();
        addresses.sort_unstable();
        addresses
    }

    pub(crate) const fn chain(&self) -> ChainId {
        self.chain
    }
}
