use milepost_chain_core::ChainError;
use milepost_sql::{SqlError, sqlx};
use milepost_types::{Address, B256};
use thiserror::Error;

use crate::{abi::DecodeError, value::RowError};

/// Why the index cannot start, go on or answer.
#[derive(Debug, Error)]
pub enum TwinError {
    /// A setting is not usable.
    #[error("twin settings: {0}")]
    Settings(String),
    /// The endpoint serves another chain.
    #[error("the chain endpoint serves chain {found}, settings ask for {expected}")]
    WrongChain {
        /// Chain id in the settings.
        expected: u64,
        /// Chain id of the endpoint.
        found: u64,
    },
    /// The chain was made anew under the same id.
    #[error(
        "the chain was restarted from another genesis: {found} now, {stored} when this index was built; delete the index file to build a new one"
    )]
    OtherGenesis {
        /// Genesis in the index.
        stored: B256,
        /// Genesis of the endpoint.
        found: B256,
    },
    /// The file was built for other contracts.
    #[error(
        "the index file was built for other contracts or from other blocks; delete it to build a new one"
    )]
    OtherContracts,
    /// The index has stopped for good.
    #[error("the twin has halted: {0}")]
    Halted(Halt),
    /// The index was stopped.
    #[error("the twin was stopped")]
    Stopped,
    /// The chain cannot be read.
    #[error("the twin cannot read the chain")]
    Chain(#[from] ChainError),
    /// The file cannot be opened.
    #[error("the twin cannot open its index")]
    Open(#[from] SqlError),
    /// The file cannot be read or written.
    #[error("the twin cannot use its index")]
    Sql(#[from] sqlx::Error),
    /// The file holds what no version of this program wrote.
    #[error("the twin's index is damaged")]
    Damaged(#[from] RowError),
    /// An undo entry cannot be read.
    #[error("the twin's undo journal is damaged at block {block}: {reason}")]
    Journal {
        /// Block of the entry.
        block: u64,
        /// What is wrong.
        reason: String,
    },
}

/// Why the index does not go on. Nothing is skipped: an operator must decide.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Halt {
    /// A known event of a known contract cannot be read.
    #[error("block {block}, log {log_index} of {address} cannot be decoded: {error}")]
    Undecodable {
        /// Block.
        block: u64,
        /// Position in the block.
        log_index: u64,
        /// Contract.
        address: Address,
        /// What is wrong.
        error: DecodeError,
    },
    /// The fork is deeper than the window.
    #[error("the chain forked below block {oldest}, deeper than the window of {window} blocks")]
    DeepReorg {
        /// Oldest block that could be taken back.
        oldest: u64,
        /// Configured window.
        window: u64,
    },
    /// Logs and headers contradict each other.
    #[error("the chain endpoint contradicts itself: {0}")]
    Contradiction(String),
    /// Chain id or genesis changed under a running index.
    #[error("{0}")]
    OtherChain(String),
}
