//! A chain in memory whose forks, faults and lies the test decides.

use std::sync::Arc;

use async_trait::async_trait;
use milepost_chain_core::{BlockHeader, Bytes, ChainError, ChainLog, ChainSource, ContractCall};
use milepost_types::{Address, B256, Timestamp, keccak256};
use parking_lot::Mutex;

use crate::{
    CHAIN_ID,
    logs::{Emitted, chain_logs},
};

#[derive(Debug, Clone)]
pub(crate) struct FakeBlock {
    pub(crate) header: BlockHeader,
    pub(crate) logs: Vec<ChainLog>,
}

/// What goes wrong.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    /// Every request fails.
    pub(crate) down: bool,
    /// Requests for logs of a block fail as if the block were gone, this many times.
    pub(crate) vanished: u32,
    /// Log ranges of more blocks are refused.
    pub(crate) range_max: Option<u64>,
    /// Every log is delivered twice.
    pub(crate) doubled: bool,
    /// Log requests contradict the header.
    pub(crate) lies: bool,
    /// The head is this many blocks behind.
    pub(crate) head_behind: u64,
    /// Another chain id.
    pub(crate) chain_id: Option<u64>,
    /// Looks at the head so far.
    pub(crate) heads_asked: u64,
}

#[derive(Debug, Default)]
pub(crate) struct FakeChain {
    blocks: Mutex<Vec<FakeBlock>>,
    pub(crate) faults: Mutex<Faults>,
    genesis: u8,
}

impl FakeChain {
    pub(crate) fn new() -> Arc<Self> {
        Self::with_genesis(0)
    }

    pub(crate) fn with_genesis(genesis: u8) -> Arc<Self> {
        let chain = Self {
            genesis,
            ..Self::default()
        };
        chain.push(&[], "genesis");
        Arc::new(chain)
    }

    /// Adds a block; `branch` goes into its hash, so that forks differ.
    pub(crate) fn push(&self, events: &[Emitted], branch: &str) -> u64 {
        let mut blocks = self.blocks.lock();
        let number = blocks.len() as u64;
        let parent = blocks.last().map_or(B256::ZERO, |block| block.header.hash);
        let hash = keccak256(format!("{number}/{branch}/{parent}/{}", self.genesis));
        let header = BlockHeader {
            number,
            hash,
            parent,
            time: Timestamp::from_secs_saturating(1_800_000_000 + number),
            logs_bloom: Box::default(),
        };
        blocks.push(FakeBlock {
            header,
            logs: chain_logs(number, hash, events),
        });
        number
    }

    /// Adds empty blocks up to this height.
    pub(crate) fn grow_to(&self, number: u64, branch: &str) {
        while self.height() < number {
            self.push(&[], branch);
        }
    }

    /// Forgets all blocks above this height.
    pub(crate) fn cut_to(&self, number: u64) {
        self.blocks
            .lock()
            .truncate(usize::try_from(number).unwrap() + 1);
    }

    pub(crate) fn height(&self) -> u64 {
        self.blocks.lock().len() as u64 - 1
    }

    pub(crate) fn hash(&self, number: u64) -> B256 {
        self.blocks.lock()[usize::try_from(number).unwrap()]
            .header
            .hash
    }

    fn check(&self) -> Result<(), ChainError> {
        if self.faults.lock().down {
            let (endpoint, reason) = ("fake".to_owned(), "is down".to_owned());
            return Err(ChainError::Unreachable {
                endpoint,
                method: "any",
                reason,
            });
        }
        Ok(())
    }

    fn answer(&self, mut logs: Vec<ChainLog>) -> Vec<ChainLog> {
        if self.faults.lock().doubled {
            logs.extend(logs.clone());
        }
        logs
    }
}

#[async_trait]
impl ChainSource for FakeChain {
    async fn chain_id(&self) -> Result<u64, ChainError> {
        self.check()?;
        Ok(self.faults.lock().chain_id.unwrap_or(CHAIN_ID))
    }

    async fn head(&self) -> Result<BlockHeader, ChainError> {
        self.check()?;
        let mut faults = self.faults.lock();
        faults.heads_asked += 1;
        let blocks = self.blocks.lock();
        let behind = usize::try_from(faults.head_behind).unwrap();
        Ok(blocks[(blocks.len() - 1).saturating_sub(behind)]
            .header
            .clone())
    }

    async fn block(&self, number: u64) -> Result<Option<BlockHeader>, ChainError> {
        self.check()?;
        Ok(self
            .blocks
            .lock()
            .get(usize::try_from(number).unwrap())
            .map(|block| block.header.clone()))
    }

    async fn logs_in_block(
        &self,
        block: &BlockHeader,
        addresses: &[Address],
    ) -> Result<Vec<ChainLog>, ChainError> {
        self.check()?;
        {
            let mut faults = self.faults.lock();
            if faults.lies {
                let (number, hash) = (block.number, block.hash);
                return Err(ChainError::Contradiction {
                    number,
                    hash,
                    what: "a log was left out".to_owned(),
                });
            }
            if faults.vanished > 0 {
                faults.vanished -= 1;
                let message = "unknown block".to_owned();
                return Err(ChainError::Rpc {
                    method: "eth_getLogs",
                    code: -32000,
                    message,
                });
            }
        }
        let blocks = self.blocks.lock();
        let found = blocks.iter().find(|b| b.header.hash == block.hash);
        let logs = found.map(|b| {
            b.logs
                .iter()
                .filter(|l| addresses.contains(&l.address))
                .cloned()
                .collect()
        });
        Ok(self.answer(logs.unwrap_or_default()))
    }

    async fn logs_in_range(
        &self,
        from: u64,
        to_inclusive: u64,
        addresses: &[Address],
    ) -> Result<Vec<ChainLog>, ChainError> {
        self.check()?;
        if self
            .faults
            .lock()
            .range_max
            .is_some_and(|max| to_inclusive - from + 1 > max)
        {
            let message = "query returned more than 10000 results".to_owned();
            return Err(ChainError::Rpc {
                method: "eth_getLogs",
                code: -32005,
                message,
            });
        }
        let blocks = self.blocks.lock();
        let logs = blocks.iter().flat_map(|b| b.logs.clone()).filter(|log| {
            (from..=to_inclusive).contains(&log.block_number) && addresses.contains(&log.address)
        });
        Ok(self.answer(logs.collect()))
    }

    async fn verify_logs(
        &self,
        _block: &BlockHeader,
        _logs: &[ChainLog],
    ) -> Result<(), ChainError> {
        self.check()
    }

    async fn call(&self, _call: ContractCall) -> Result<Bytes, ChainError> {
        Err(ChainError::Rpc {
            method: "eth_call",
            code: -32601,
            message: "no calls here".to_owned(),
        })
    }

    async fn has_code(&self, _address: Address) -> Result<bool, ChainError> {
        Ok(false)
    }
}
