//! Reading blocks with their logs from a chain.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use milepost_chain_core::{BlockHeader, ChainError, ChainLog, ChainSource};
use milepost_types::Address;

/// Requests in flight at once.
const PARALLEL: usize = 8;

/// A block with the logs of our contracts.
pub(crate) type Block = (BlockHeader, Vec<ChainLog>);

/// Blocks `from..=to_inclusive` with their logs, as far as they follow each other; logs are asked by block hash, so
/// a fork between two requests cannot mix blocks.
pub(crate) async fn each_block(
    source: &dyn ChainSource,
    from: u64,
    to_inclusive: u64,
    addresses: &[Address],
) -> Result<Vec<Block>, ChainError> {
    let found: Vec<Option<BlockHeader>> = stream::iter(from..=to_inclusive)
        .map(|number| source.block(number))
        .buffered(PARALLEL)
        .try_collect()
        .await?;
    let mut headers: Vec<BlockHeader> = Vec::with_capacity(found.len());
    for header in found.into_iter().map_while(|header| header) {
        if headers
            .last()
            .is_some_and(|last| last.hash != header.parent)
        {
            break;
        }
        headers.push(header);
    }
    stream::iter(headers)
        .map(|header| async move {
            let logs = source.logs_in_block(&header, addresses).await?;
            Ok((header, logs))
        })
        .buffered(PARALLEL)
        .try_collect()
        .await
}

/// The blocks of `from..=to_inclusive` that have logs of our contracts, and always the last one. For blocks that
/// can no longer be forked off.
pub(crate) async fn blocks_with_logs(
    source: &dyn ChainSource,
    from: u64,
    to_inclusive: u64,
    addresses: &[Address],
) -> Result<Vec<Block>, ChainError> {
    let mut by_number: BTreeMap<u64, Vec<ChainLog>> = BTreeMap::new();
    by_number.insert(to_inclusive, Vec::new());
    for log in source.logs_in_range(from, to_inclusive, addresses).await? {
        by_number.entry(log.block_number).or_default().push(log);
    }
    stream::iter(by_number)
        .map(|(number, logs)| async move {
            let header = source.block(number).await?.ok_or_else(|| ChainError::Rpc {
                method: "eth_getBlockByNumber",
                code: 0,
                message: format!("block {number} is gone"),
            })?;
            source.verify_logs(&header, &logs).await?;
            Ok((header, logs))
        })
        .buffered(PARALLEL)
        .try_collect()
        .await
}
