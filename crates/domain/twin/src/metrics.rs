//! Metrics of the twin. Lag in blocks is public (D2-21).

use metrics::{counter, gauge};

/// Block the index is true at, and blocks behind the chain.
pub(crate) fn head(number: u64, lag_blocks: u64) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "block heights stay far below 2^53"
    )]
    {
        gauge!("twin_head_block").set(number as f64);
        gauge!("twin_lag_blocks").set(lag_blocks as f64);
    }
}

/// Logs of our contracts that no layout describes.
pub(crate) fn unknown_logs(count: usize) {
    counter!("twin_unknown_logs_total").increment(count as u64);
}

/// Events about rows that are not there.
pub(crate) fn orphan_events(count: u64) {
    counter!("twin_orphan_events_total").increment(count);
}

/// A fork was taken back.
pub(crate) fn reorg(depth: u64) {
    counter!("twin_reorgs_total").increment(1);
    counter!("twin_reorged_blocks_total").increment(depth);
}

/// The index stopped for good.
pub(crate) fn halted() {
    gauge!("twin_halted").set(1.0);
}

/// A look at the chain failed.
pub(crate) fn fault() {
    counter!("twin_chain_faults_total").increment(1);
}
