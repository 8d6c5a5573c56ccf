use std::path::PathBuf;

use milepost_journal::{JournalError, ReadError};
use milepost_lake_core::TableError;
use milepost_signals::StoreError;
use thiserror::Error;

/// The lake could not be opened, written or read.
#[derive(Debug, Error)]
pub enum LakeError {
    /// A setting is out of range.
    #[error("lake setting {field} {rule}")]
    Setting {
        /// Field of the settings.
        field: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// Another process uses the folder.
    #[error("lake {0} is in use by another process")]
    Locked(PathBuf),
    /// A file operation outside the tables failed.
    #[error("lake {action} of {path}")]
    Io {
        /// What was attempted.
        action: &'static str,
        /// File or folder.
        path: PathBuf,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// A table failed.
    #[error("lake table")]
    Table(#[from] TableError),
    /// The hot store failed.
    #[error("hot store")]
    Hot(#[source] Box<fjall::Error>),
    /// An entry of the hot store cannot be read: damaged, or sealed with another key.
    #[error("hot store entry: {0}")]
    HotEntry(&'static str),
    /// A stored row does not have the form this program writes.
    #[error("row {seq} of {table}: {reason}")]
    Row {
        /// Table.
        table: &'static str,
        /// Journal sequence of the row.
        seq: u64,
        /// What is wrong.
        reason: String,
    },
    /// The journal failed.
    #[error("journal")]
    Journal(#[from] JournalError),
    /// The journal cannot be read.
    #[error("journal")]
    Read(#[from] ReadError),
    /// The lake holds records that the journal never had: they do not belong together.
    #[error(
        "lake is at record {lake}, the journal ends at {journal}: the lake belongs to another journal"
    )]
    AheadOfJournal {
        /// Position of the lake.
        lake: u64,
        /// Last record of the journal.
        journal: u64,
    },
    /// The lake is shutting down.
    #[error("lake is stopped")]
    Stopped,
}

impl From<fjall::Error> for LakeError {
    fn from(error: fjall::Error) -> Self {
        Self::Hot(Box::new(error))
    }
}

impl From<LakeError> for StoreError {
    fn from(error: LakeError) -> Self {
        Self {
            context: error.to_string(),
            source: Some(Box::new(error)),
        }
    }
}
