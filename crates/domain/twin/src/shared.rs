use std::time::{Duration, Instant};

use milepost_types::{BlockRef, U256};
use parking_lot::RwLock;
use serde::Serialize;
use tokio::sync::{Notify, watch};

use crate::{Halt, state::State};

/// Where the index stands.
#[derive(Debug, Clone, Serialize)]
pub struct TwinStatus {
    /// Block the index is true at; none before the first.
    pub head: Option<BlockRef>,
    /// Latest block the chain endpoint named.
    pub chain_head: Option<u64>,
    /// Blocks between the two.
    pub lag_blocks: u64,
    /// Milliseconds since the endpoint last answered; none when it never did.
    pub silent_for_ms: Option<u64>,
    /// Why the index has stopped for good, in words.
    pub halted: Option<String>,
    /// Why the last look at the chain failed; none after a good one.
    pub fault: Option<String>,
    /// Forks taken back since the start.
    pub reorgs: u64,
    /// Depth of the last one, in blocks.
    pub last_reorg_depth: u64,
    /// Logs of our contracts that no layout describes, kept raw.
    pub unknown_logs: u64,
}

/// What the follower tells those who wait.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    pub(crate) head: Option<BlockRef>,
    pub(crate) halted: Option<Halt>,
    pub(crate) stopped: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) chain_head: Option<u64>,
    pub(crate) last_contact: Option<Instant>,
    pub(crate) fault: Option<String>,
    pub(crate) reorgs: u64,
    pub(crate) last_reorg_depth: u64,
    pub(crate) unknown_logs: u64,
}

/// What the follower writes and everybody reads.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) state: RwLock<State>,
    pub(crate) facts: RwLock<Facts>,
    pub(crate) progress: watch::Sender<Progress>,
    pub(crate) wake: Notify,
}

impl Shared {
    pub(crate) fn new(state: State, unknown_logs: u64) -> Self {
        let progress = Progress {
            head: state.head,
            ..Progress::default()
        };
        Self {
            state: RwLock::new(state),
            facts: RwLock::new(Facts {
                unknown_logs,
                ..Facts::default()
            }),
            progress: watch::Sender::new(progress),
            wake: Notify::new(),
        }
    }

    pub(crate) fn contact(&self, chain_head: u64) {
        let mut facts = self.facts.write();
        facts.chain_head = Some(chain_head);
        facts.last_contact = Some(Instant::now());
        facts.fault = None;
    }

    pub(crate) fn publish_head(&self) {
        let head = self.state.read().head;
        self.progress.send_modify(|progress| progress.head = head);
        let facts = self.facts.read();
        let number = head.map_or(0, |head| head.number);
        crate::metrics::head(
            number,
            facts.chain_head.unwrap_or(number).saturating_sub(number),
        );
    }

    pub(crate) fn status(&self) -> TwinStatus {
        let progress = self.progress.borrow().clone();
        let head = progress.head;
        let facts = self.facts.read();
        let behind = facts
            .chain_head
            .unwrap_or(0)
            .saturating_sub(head.map_or(0, |head| head.number));
        let millis = |age: Duration| u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        TwinStatus {
            head,
            chain_head: facts.chain_head,
            lag_blocks: behind,
            silent_for_ms: facts.last_contact.map(|at| millis(at.elapsed())),
            halted: progress.halted.map(|halt| halt.to_string()),
            fault: facts.fault.clone(),
            reorgs: facts.reorgs,
            last_reorg_depth: facts.last_reorg_depth,
            unknown_logs: facts.unknown_logs,
        }
    }
}

/// Stake an integration provider needs until the contract announces another: 100,000 DIMO (D3-03).
pub(crate) fn provider_stake_default() -> U256 {
    U256::from(100_000u64) * U256::from(1_000_000_000_000_000_000u64)
}
