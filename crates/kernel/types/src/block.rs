use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use crate::{ChainId, Timestamp};

/// The block at which an answer about on-chain state is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlockRef {
    /// Chain the block belongs to.
    pub chain: ChainId,
    /// Height, 0 for genesis.
    pub number: u64,
    /// Block hash.
    pub hash: B256,
    /// Block time, whole seconds.
    pub time: Timestamp,
}
