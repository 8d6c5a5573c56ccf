use std::collections::HashSet;

use alloy::{
    primitives::{Bloom, BloomInput, Bytes, U64},
    rpc::types::{Filter, Log},
};
use async_trait::async_trait;
use milepost_types::{Address, B256, Timestamp};
use serde::Deserialize;
use serde_json::json;

use crate::{BlockHeader, ChainError, ChainLog, ChainSource, ContractCall, Rpc};

/// The few header fields every EVM chain has; chains add others of their own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireHeader {
    number: U64,
    hash: B256,
    parent_hash: B256,
    timestamp: U64,
    logs_bloom: Box<Bloom>,
}

#[derive(Debug, Deserialize)]
struct WireReceipt {
    logs: Vec<Log>,
}

impl From<WireHeader> for BlockHeader {
    fn from(wire: WireHeader) -> Self {
        Self {
            number: wire.number.to(),
            hash: wire.hash,
            parent: wire.parent_hash,
            time: Timestamp::from_secs_saturating(wire.timestamp.to()),
            logs_bloom: wire.logs_bloom,
        }
    }
}

pub(crate) fn chain_log(log: Log) -> Option<ChainLog> {
    if log.removed {
        return None;
    }
    Some(ChainLog {
        address: log.inner.address,
        topics: log.inner.data.topics().to_vec(),
        data: log.inner.data.data.clone(),
        block_number: log.block_number?,
        block_hash: log.block_hash?,
        transaction: log.transaction_hash?,
        index: log.log_index?,
    })
}

fn tag(block: Option<u64>) -> String {
    block.map_or_else(|| "latest".to_owned(), |number| format!("0x{number:x}"))
}

impl Rpc {
    async fn header(&self, tag: String) -> Result<Option<BlockHeader>, ChainError> {
        let wire: Option<WireHeader> = self.request("eth_getBlockByNumber", (tag, false)).await?;
        Ok(wire.map(Into::into))
    }

    async fn logs(&self, filter: Filter) -> Result<Vec<ChainLog>, ChainError> {
        let logs: Vec<Log> = self.request("eth_getLogs", (filter,)).await?;
        let mut logs: Vec<ChainLog> = logs.into_iter().filter_map(chain_log).collect();
        logs.sort_by_key(|log| (log.block_number, log.index));
        Ok(logs)
    }

    /// Every log must be in the block's bloom filter, and a contract whose address is in the filter must have
    /// logged or be a false positive, which the receipts show.
    async fn check(
        &self,
        block: &BlockHeader,
        logs: &[ChainLog],
        addresses: &[Address],
    ) -> Result<(), ChainError> {
        let lie = |what: String| ChainError::Contradiction {
            number: block.number,
            hash: block.hash,
            what,
        };
        for log in logs {
            if log.block_hash != block.hash || log.block_number != block.number {
                return Err(lie(format!(
                    "log {} belongs to block {} {}",
                    log.index, log.block_number, log.block_hash
                )));
            }
            if !addresses.contains(&log.address) {
                return Err(lie(format!(
                    "log {} of {} was not asked for",
                    log.index, log.address
                )));
            }
            if self.options.check_blooms
                && !block.logs_bloom.contains_raw_log(log.address, &log.topics)
            {
                return Err(lie(format!(
                    "log {} of {} is not in the block's bloom filter",
                    log.index, log.address
                )));
            }
        }
        if !self.options.check_blooms {
            return Ok(());
        }
        let emitters: HashSet<Address> = logs.iter().map(|log| log.address).collect();
        let missing = |a: &&Address| {
            !emitters.contains(*a)
                && block
                    .logs_bloom
                    .contains_input(BloomInput::Raw(a.as_slice()))
        };
        let suspects: Vec<Address> = addresses.iter().filter(missing).copied().collect();
        if suspects.is_empty() {
            return Ok(());
        }
        let params = (format!("0x{:x}", block.number),);
        let receipts: Option<Vec<WireReceipt>> =
            match self.request("eth_getBlockReceipts", params).await {
                Ok(receipts) => receipts,
                // -32601: the endpoint has no such method, so a false positive cannot be told from an omission.
                Err(ChainError::Rpc { code: -32601, .. }) => return Ok(()),
                Err(other) => return Err(other),
            };
        let omitted = receipts
            .into_iter()
            .flatten()
            .flat_map(|r| r.logs)
            .find(|log| {
                log.block_hash == Some(block.hash) && suspects.contains(&log.inner.address)
            });
        match omitted {
            Some(log) => Err(lie(format!(
                "a log of {} was left out of eth_getLogs",
                log.inner.address
            ))),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl ChainSource for Rpc {
    async fn chain_id(&self) -> Result<u64, ChainError> {
        Ok(self.request::<_, U64>("eth_chainId", ()).await?.to())
    }

    async fn head(&self) -> Result<BlockHeader, ChainError> {
        self.header(tag(None))
            .await?
            .ok_or_else(|| ChainError::Rpc {
                method: "eth_getBlockByNumber",
                code: 0,
                message: "the chain has no latest block".to_owned(),
            })
    }

    async fn block(&self, number: u64) -> Result<Option<BlockHeader>, ChainError> {
        self.header(tag(Some(number))).await
    }

    async fn logs_in_block(
        &self,
        block: &BlockHeader,
        addresses: &[Address],
    ) -> Result<Vec<ChainLog>, ChainError> {
        let in_bloom = |a: &Address| {
            block
                .logs_bloom
                .contains_input(BloomInput::Raw(a.as_slice()))
        };
        if self.options.check_blooms && !addresses.iter().any(in_bloom) {
            return Ok(Vec::new());
        }
        let filter = Filter::new()
            .at_block_hash(block.hash)
            .address(addresses.to_vec());
        let logs = self.logs(filter).await?;
        self.check(block, &logs, addresses).await?;
        Ok(logs)
    }

    async fn logs_in_range(
        &self,
        from: u64,
        to_inclusive: u64,
        addresses: &[Address],
    ) -> Result<Vec<ChainLog>, ChainError> {
        let filter = Filter::new()
            .from_block(from)
            .to_block(to_inclusive)
            .address(addresses.to_vec());
        let logs = self.logs(filter).await?;
        let stray = |l: &&ChainLog| {
            !(from..=to_inclusive).contains(&l.block_number) || !addresses.contains(&l.address)
        };
        match logs.iter().find(stray) {
            Some(log) => Err(ChainError::Contradiction {
                number: log.block_number,
                hash: log.block_hash,
                what: format!("log {} of {} was not asked for", log.index, log.address),
            }),
            None => Ok(logs),
        }
    }

    async fn verify_logs(&self, block: &BlockHeader, logs: &[ChainLog]) -> Result<(), ChainError> {
        let emitters: Vec<Address> = logs.iter().map(|log| log.address).collect();
        self.check(block, logs, &emitters).await
    }

    async fn call(&self, call: ContractCall) -> Result<Bytes, ChainError> {
        let request =
            json!({ "to": call.to, "data": call.data, "gas": format!("0x{:x}", call.gas_max) });
        self.request_once("eth_call", (request, tag(call.block)), call.timeout)
            .await
    }

    async fn has_code(&self, address: Address) -> Result<bool, ChainError> {
        let code: Bytes = self.request("eth_getCode", (address, tag(None))).await?;
        Ok(!code.is_empty())
    }
}
