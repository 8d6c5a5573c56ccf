//! Counters of ingest.

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::{IngestAnswer, IngestRefusal};

/// Handles of what every request touches.
pub(crate) struct IngestMetrics {
    /// Events stored.
    accepted: Counter,
    /// Repeats of stored events.
    duplicates: Counter,
    /// Requests answered with 2xx.
    answered: Counter,
    /// Seconds from a complete body to the answer.
    seconds: Histogram,
    /// Events remembered for recognising repeats.
    pub(crate) dedup_keys: Gauge,
}

impl std::fmt::Debug for IngestMetrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IngestMetrics")
    }
}

impl IngestMetrics {
    pub(crate) fn new() -> Self {
        Self {
            accepted: counter!("ingest_events_total", "outcome" => "accepted"),
            duplicates: counter!("ingest_events_total", "outcome" => "duplicate"),
            answered: counter!("ingest_requests_total", "outcome" => "ok"),
            seconds: histogram!("ingest_request_seconds"),
            dedup_keys: gauge!("ingest_dedup_keys"),
        }
    }

    pub(crate) fn outcome(&self, outcome: &Result<IngestAnswer, IngestRefusal>, seconds: f64) {
        self.seconds.record(seconds);
        let rejected = match outcome {
            Ok(answer) => {
                self.answered.increment(1);
                self.accepted.increment(answer.accepted as u64);
                self.duplicates.increment(answer.duplicates as u64);
                &answer.rejected
            }
            Err(refusal) => {
                counter!("ingest_requests_total", "outcome" => refusal.code).increment(1);
                &refusal.rejected
            }
        };
        for rejection in rejected {
            counter!("ingest_events_rejected_total", "code" => rejection.code).increment(1);
        }
    }
}

/// Records of the journal that could not be used to rebuild the memory of repeats.
pub(crate) fn rebuild_skipped(reason: &'static str, records: u64) {
    counter!("ingest_rebuild_skipped_total", "reason" => reason).increment(records);
}
