use std::{fmt::Debug, time::Duration};

use alloy::primitives::{Bloom, Bytes};
use async_trait::async_trait;
use milepost_types::{Address, B256, Timestamp, U256};

use crate::ChainError;

/// What an index keeps of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockHeader {
    /// Height.
    pub number: u64,
    /// Hash.
    pub hash: B256,
    /// Hash of the block before.
    pub parent: B256,
    /// Block time, whole seconds.
    pub time: Timestamp,
    /// Filter over addresses and topics of the block's logs.
    pub logs_bloom: Box<Bloom>,
}

/// One event as the chain gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainLog {
    /// Contract that emitted it.
    pub address: Address,
    /// Topic 0 is the event, unless anonymous.
    pub topics: Vec<B256>,
    /// Parameters that are not indexed, ABI-encoded.
    pub data: Bytes,
    /// Block height.
    pub block_number: u64,
    /// Block hash.
    pub block_hash: B256,
    /// Transaction.
    pub transaction: B256,
    /// Position in the block.
    pub index: u64,
}

/// A read-only call of a contract.
#[derive(Debug, Clone)]
pub struct ContractCall {
    /// Contract.
    pub to: Address,
    /// Selector and arguments.
    pub data: Bytes,
    /// State to read: this block, or the latest.
    pub block: Option<u64>,
    /// Most gas it may use.
    pub gas_max: u64,
    /// Longest wait for the answer.
    pub timeout: Duration,
}

impl ContractCall {
    /// A call at the latest block with 10 million gas and 5 seconds.
    #[must_use]
    pub fn latest(to: Address, data: impl Into<Bytes>) -> Self {
        Self {
            to,
            data: data.into(),
            block: None,
            gas_max: 10_000_000,
            timeout: Duration::from_secs(5),
        }
    }
}

/// Where an index reads a chain from.
///
/// Implementations bound every request in time and retry transient faults a few times; what still fails is
/// reported as [`ChainError::Unreachable`] and the caller backs off. Answers are checked for inner consistency
/// ([`ChainError::Contradiction`]), because a forged or omitted log would change who may write and read.
#[async_trait]
pub trait ChainSource: Send + Sync + Debug {
    /// EIP-155 chain id.
    async fn chain_id(&self) -> Result<u64, ChainError>;
    /// The latest block.
    async fn head(&self) -> Result<BlockHeader, ChainError>;
    /// The canonical block at this height, if there is one yet.
    async fn block(&self, number: u64) -> Result<Option<BlockHeader>, ChainError>;
    /// Logs of exactly this block from these contracts, ordered by index.
    async fn logs_in_block(
        &self,
        block: &BlockHeader,
        addresses: &[Address],
    ) -> Result<Vec<ChainLog>, ChainError>;
    /// Logs of the canonical blocks `from..=to_inclusive` from these contracts, ordered by block and index.
    async fn logs_in_range(
        &self,
        from: u64,
        to_inclusive: u64,
        addresses: &[Address],
    ) -> Result<Vec<ChainLog>, ChainError>;
    /// Compares logs that [`logs_in_range`](Self::logs_in_range) gave for this block with its header.
    async fn verify_logs(&self, block: &BlockHeader, logs: &[ChainLog]) -> Result<(), ChainError>;
    /// Runs a read-only call. A revert is [`ChainError::Reverted`].
    async fn call(&self, call: ContractCall) -> Result<Bytes, ChainError>;
    /// Whether the account has code.
    async fn has_code(&self, address: Address) -> Result<bool, ChainError>;
}

/// Asks a contract account whether `signature` over `digest` is its own (ERC-1271).
///
/// An account without code, a revert, a wrong or short answer are `false`. At most `gas_max` gas is spent and the
/// call ends after 5 s, so a hostile account cannot hold the caller.
///
/// # Errors
/// Only when the chain cannot be asked.
pub async fn is_valid_signature(
    source: &dyn ChainSource,
    account: Address,
    digest: B256,
    signature: &[u8],
    gas_max: u64,
) -> Result<bool, ChainError> {
    const MAGIC: [u8; 4] = [0x16, 0x26, 0xba, 0x7e]; // bytes4(keccak256("isValidSignature(bytes32,bytes)"))
    if !source.has_code(account).await? {
        return Ok(false);
    }
    let mut data = MAGIC.to_vec();
    data.extend_from_slice(digest.as_slice());
    data.extend_from_slice(&U256::from(64).to_be_bytes::<32>());
    data.extend_from_slice(&U256::from(signature.len()).to_be_bytes::<32>());
    data.extend_from_slice(signature);
    data.resize(data.len().next_multiple_of(32) + 4, 0);
    let call = ContractCall {
        gas_max,
        ..ContractCall::latest(account, data)
    };
    match source.call(call).await {
        Ok(answer) => {
            Ok(answer.len() >= 32 && answer[..4] == MAGIC && answer[4..32].iter().all(|b| *b == 0))
        }
        Err(ChainError::Reverted { .. } | ChainError::Rpc { .. }) => Ok(false),
        Err(other) => Err(other),
    }
}
