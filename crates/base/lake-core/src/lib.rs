//! Append-only columnar tables: Parquet files of our own under a Delta Lake transaction log.
//!
//! Guarantees:
//! - An append becomes visible, and survives a crash, as a whole: files are written and fsynced first, then one
//!   log entry adds them all together with the consumer's cursor. Files without a log entry are removed at open.
//! - A merge replaces files in one log entry; readers see the old set or the new set, never both or neither.
//!   Replaced files stay on disk while a reader holds them and for a grace time.
//! - Every byte that is read was checked against the checksum written beside the file; a damaged file is an error
//!   that names it, and reads that do not touch it go on.
//! - A read never looks at the log: the file list is in memory and footers are cached, both bounded.
//!
//! The tables are plain Delta Lake and other engines read them. With a key, files use Parquet modular encryption
//! (AES-256-GCM, one footer key for all columns) and an AAD prefix of `<table>/<path in the table>`, which is not
//! stored, so that a file moved elsewhere does not open. Checksum files use the name and layout of Hadoop's local
//! file system (`.name.crc`), which other readers verify or ignore.
//!
//! This crate is the only door to Delta, Parquet and Arrow; none of their types appear in its interface, and it
//! knows nothing about vehicles. Work that encodes or merges runs on the blocking pool; `scan` blocks the caller.

mod batch;
mod convert;
mod error;
mod log;
mod log_files;
mod merge;
mod read;
mod scan;
mod sealed;
mod spec;
mod table;
mod vacuum;
mod write;

pub use batch::{Batch, Blobs, Column, Labels, NULL_I64, NULL_LABEL};
pub use error::TableError;
pub use merge::{MergePlan, MergePolicy, MergeReport};
pub use scan::{KeyFilter, Scan};
pub use spec::{ColumnKind, ColumnSpec, SecretKey, TableSpec};
pub use table::{FailPoint, FileEntry, Part, Snapshot, Table};
