//! Counters and gauges of the journal.

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::FullReason;

/// Handles, created once per journal.
#[derive(Clone)]
pub(crate) struct JournalMetrics {
    /// Records made durable.
    pub(crate) records: Counter,
    /// Payload bytes made durable.
    pub(crate) bytes: Counter,
    /// Group commits.
    pub(crate) commits: Counter,
    /// Seconds of write and sync of one group commit.
    pub(crate) commit_seconds: Histogram,
    /// Damaged places that readers met.
    pub(crate) corrupt: Counter,
    /// 1 after a disk failure.
    pub(crate) failed: Gauge,
    /// Bytes on disk.
    pub(crate) total_bytes: Gauge,
    /// Bytes not yet released by every consumer.
    pub(crate) unconsumed_bytes: Gauge,
}

impl std::fmt::Debug for JournalMetrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JournalMetrics")
    }
}

impl JournalMetrics {
    pub(crate) fn new() -> Self {
        let failed = gauge!("journal_failed");
        failed.set(0.0);
        Self {
            records: counter!("journal_records_total"),
            bytes: counter!("journal_payload_bytes_total"),
            commits: counter!("journal_commits_total"),
            commit_seconds: histogram!("journal_commit_seconds"),
            corrupt: counter!("journal_corrupt_records_total"),
            failed,
            total_bytes: gauge!("journal_bytes"),
            unconsumed_bytes: gauge!("journal_unconsumed_bytes"),
        }
    }

    /// Counts an append that found no room.
    pub(crate) fn full(&self, reason: FullReason) {
        counter!("journal_appends_refused_total", "reason" => reason.label()).increment(1);
    }
}
