use std::path::PathBuf;

use milepost_types::{Address, B256};
use thiserror::Error;

/// Why a chain cannot be read, written or started.
#[derive(Debug, Error)]
pub enum ChainError {
    /// No answer, a transport fault, HTTP 429 or 5xx. Retrying later may help; the twin does so with backoff.
    #[error("chain endpoint {endpoint} does not answer {method}: {reason}")]
    Unreachable {
        /// Where, without credentials.
        endpoint: String,
        /// JSON-RPC method.
        method: &'static str,
        /// What went wrong.
        reason: String,
    },
    /// The endpoint answered with a JSON-RPC error.
    #[error("chain endpoint refused {method}: {message} (code {code})")]
    Rpc {
        /// JSON-RPC method.
        method: &'static str,
        /// JSON-RPC error code.
        code: i64,
        /// Its text.
        message: String,
    },
    /// Logs and header contradict each other: the endpoint is wrong or lies. Never retried on the same data.
    #[error("chain endpoint contradicts itself at block {number} {hash}: {what}")]
    Contradiction {
        /// Block.
        number: u64,
        /// Its hash.
        hash: B256,
        /// What does not fit.
        what: String,
    },
    /// The contract refused the call.
    #[error("{call} reverted: {reason}")]
    Reverted {
        /// Function or transaction.
        call: String,
        /// The contract's error with its values.
        reason: String,
    },
    /// A call cannot be made from what was given.
    #[error("{call}: {reason}")]
    Call {
        /// Contract and function.
        call: String,
        /// Which argument, and why.
        reason: String,
    },
    /// A transaction was sent and not mined in time.
    #[error("transaction {hash} was not mined within {seconds} s")]
    NotMined {
        /// Transaction.
        hash: B256,
        /// How long we waited.
        seconds: u64,
    },
    /// A receipt lacks the event that the call must emit.
    #[error("{call} was mined without its {event} event")]
    MissingEvent {
        /// Function.
        call: &'static str,
        /// Event.
        event: &'static str,
    },
    /// Another contract, or none, is where ours belongs.
    #[error("{name} at {address}: {reason}")]
    Deployment {
        /// Contract name.
        name: String,
        /// Where.
        address: Address,
        /// What does not fit.
        reason: String,
    },
    /// A contract artifact cannot be used.
    #[error("contract artifact {name}: {reason}")]
    Artifact {
        /// Contract name.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// The development chain's program was not found.
    #[error("anvil not found; looked at {}", looked.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "))]
    AnvilMissing {
        /// Paths tried, in order.
        looked: Vec<PathBuf>,
    },
    /// The development chain did not start or stop.
    #[error("development chain: {0}")]
    DevChain(String),
    /// A file of the development chain.
    #[error("development chain file {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A key is not a secp256k1 private key.
    #[error("not a secp256k1 private key")]
    Key,
    /// A setting is not usable.
    #[error("chain setting {name}: {reason}")]
    Setting {
        /// Which.
        name: &'static str,
        /// Why.
        reason: String,
    },
}

impl ChainError {
    /// Whether the same request may succeed later without anyone changing anything.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::NotMined { .. })
    }
}
