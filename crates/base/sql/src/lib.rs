//! The one door to relational storage: SQLite files opened the same way everywhere, and forward-only migrations.
//!
//! Guarantees: write-ahead logging, foreign keys on, a busy timeout instead of `SQLITE_BUSY` errors. With
//! [`Durability::Full`] a committed transaction survives power loss; with [`Durability::Normal`] it survives a
//! crash of the process, and a power cut may undo the last commits but never tears one. Crates keep their SQL in
//! a `repo.rs` and use [`sqlx`] through the re-export.

mod migrate;
mod open;

pub use migrate::{Migration, migrate};
pub use open::{Durability, OpenOptions, open, open_in_memory};
pub use sqlx;

use std::path::PathBuf;

use thiserror::Error;

/// Why a database cannot be used.
#[derive(Debug, Error)]
pub enum SqlError {
    /// The file cannot be opened or created.
    #[error("cannot open database {path}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// The schema in the file cannot be brought to this version.
    #[error("cannot migrate the database")]
    Migrate(#[source] sqlx::migrate::MigrateError),
}
