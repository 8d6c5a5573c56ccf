//! Filling the memory of repeats from the journal at start.

use milepost_cloudevent::Record;
use milepost_journal::{Journal, ReadError};
use thiserror::Error;
use tracing::warn;

use crate::{dedup::DedupIndex, metrics};

/// Why ingest cannot start.
#[derive(Debug, Error)]
pub enum IngestError {
    /// A setting is out of range.
    #[error("ingest setting {field}: {rule}")]
    Setting {
        /// Field of [`crate::IngestSettings`].
        field: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// The journal cannot be read.
    #[error("rebuilding the memory of repeats from the journal")]
    Journal(#[from] ReadError),
}

/// What the journal gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// Events remembered.
    pub events: u64,
    /// Records passed over: damaged, or of an unknown format. Each was logged.
    pub skipped: u64,
}

/// Reads the newest `keys_max` records.
pub(crate) fn rebuild(
    journal: &Journal,
    index: &DedupIndex,
    keys_max: usize,
) -> Result<Rebuilt, IngestError> {
    let stats = journal.stats();
    let newest = (stats.durable_seq + 1).saturating_sub(keys_max as u64);
    let mut reader = journal.reader(stats.first_seq.max(newest))?;
    let mut rebuilt = Rebuilt::default();
    loop {
        match reader.next_batch(1024, 4 << 20) {
            Ok(batch) if batch.is_empty() => return Ok(rebuilt),
            Ok(batch) => {
                for entry in batch {
                    match Record::decode(&entry.payload) {
                        Ok(record) => {
                            index.restore(index.identity(
                                &record.event,
                                record.authenticity,
                                false,
                            ));
                            rebuilt.events += 1;
                        }
                        Err(error) => {
                            warn!(seq = entry.seq, %error, "journal record not understood");
                            metrics::rebuild_skipped("format", 1);
                            rebuilt.skipped += 1;
                        }
                    }
                }
            }
            Err(ReadError::Corrupt(_)) => {
                if let Some(skipped) = reader.skip_corrupt()? {
                    let lost = skipped.to_seq_exclusive - skipped.corrupt.seq;
                    metrics::rebuild_skipped("damaged", lost);
                    rebuilt.skipped += lost;
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}
