use std::path::{Path, PathBuf};

use deltalake_core::DeltaTableError;
use parquet::errors::ParquetError;
use thiserror::Error;

/// A table could not be read or written.
#[derive(Debug, Error)]
pub enum TableError {
    /// The file system refused.
    #[error("{action} {path}")]
    Io {
        /// What was being done.
        action: &'static str,
        /// File or folder.
        path: PathBuf,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// Bytes differ from the checksum written with them, or a file that the log lists is missing or cut.
    #[error("{path} is damaged: {reason}")]
    Corrupt {
        /// The damaged file.
        path: PathBuf,
        /// Which part, and what was expected.
        reason: String,
    },
    /// A data file could not be encoded or decoded; with a key set, this is also the answer to a wrong key.
    #[error("data file {path}")]
    File {
        /// The data file.
        path: PathBuf,
        /// Cause.
        #[source]
        source: ParquetError,
    },
    /// The transaction log could not be read or extended.
    #[error("transaction log of table {table}")]
    Log {
        /// Name of the table.
        table: String,
        /// Cause.
        #[source]
        source: Box<DeltaTableError>,
    },
    /// The table on disk, or the batch given, does not have the columns of the specification.
    #[error("table {table}: {reason}")]
    Schema {
        /// Name of the table.
        table: String,
        /// What differs.
        reason: String,
    },
    /// The blocking pool was shut down during the work.
    #[error("work on table {table} was cancelled")]
    Cancelled {
        /// Name of the table.
        table: String,
    },
    /// A test asked for this failure.
    #[error("injected failure at {0}")]
    Injected(&'static str),
}

impl TableError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }

    pub(crate) fn corrupt(path: &Path, reason: impl Into<String>) -> Self {
        Self::Corrupt {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    pub(crate) fn schema(table: &str, reason: impl Into<String>) -> Self {
        Self::Schema {
            table: table.to_owned(),
            reason: reason.into(),
        }
    }

    pub(crate) fn log(table: &str) -> impl FnOnce(DeltaTableError) -> Self {
        let table = table.to_owned();
        move |source| Self::Log {
            table,
            source: Box::new(source),
        }
    }

    pub(crate) fn file(path: &Path) -> impl FnOnce(ParquetError) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
