//! From the journal to queryable data: decoded signals, vehicle events, raw events, dead letters, latest values.
//!
//! One consumer follows the journal. A record becomes visible in memory (recent rows and latest values) within
//! milliseconds of its acknowledgement, and goes to the Delta tables in batches; [`Lake::watermark`] says how far.
//!
//! Guarantees:
//! - Exactly once: each table keeps the journal position it is complete up to in the same log entry as its rows,
//!   and the hot store keeps its own. After a crash at any point the journal is replayed from the least of them and
//!   each table skips what it has. The journal may drop a record only after all of them have it.
//! - Nothing is lost silently: what cannot be decoded is in `dead_letter`, the event itself in `raw_events`.
//! - A read sees memory and tables as one: a row that moves from one to the other is seen once.
//! - Bounded memory: two generations of recent rows of a bounded size. When writing the tables falls behind, the
//!   consumer pauses and the journal absorbs; when the journal is full, ingest refuses.
//! - With a key, data files and the hot store are encrypted (D1-39). The file list shows dates, row counts and
//!   time ranges, but no subject and no position.
//!
//! [`verify`] proves a stopped node's lake against its journal.

mod build;
mod build_raw;
mod candidates;
mod consumer;
mod error;
mod flush;
mod hot;
mod hot_rebuild;
mod hot_store;
mod lake;
mod memtable;
mod metrics;
mod query;
mod raw;
mod report;
mod rows;
mod settings;
mod shared;
mod tables;
mod verify;

pub use error::LakeError;
pub use lake::Lake;
pub use raw::{DeadLetter, RawSummary, StoredEvent, SubjectCount};
pub use report::LakeReport;
pub use settings::{LakeSettings, LakeStore};
pub use verify::verify;

#[cfg(test)]
mod tests;
