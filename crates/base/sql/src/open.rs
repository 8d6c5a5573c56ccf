use std::{path::Path, time::Duration};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::SqlError;

/// What a commit survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Power loss: every commit waits for the disk.
    Full,
    /// Loss of the process; a power cut may undo the latest commits.
    Normal,
}

/// How to open a file.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// What a commit survives.
    pub durability: Durability,
    /// Most connections at once; writers take turns whatever the number.
    pub connections_max: u32,
    /// How long a statement waits for another writer.
    pub busy_timeout: Duration,
    /// Open an existing file without the right to change it.
    pub read_only: bool,
}

impl Default for OpenOptions {
    /// Full durability, 4 connections, 5 s busy timeout.
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            connections_max: 4,
            busy_timeout: Duration::from_secs(5),
            read_only: false,
        }
    }
}

/// Opens a database file, creating it unless `read_only`. Creates no directories.
///
/// # Errors
/// [`SqlError::Open`] when the file cannot be opened or is no SQLite database.
pub async fn open(path: &Path, options: &OpenOptions) -> Result<SqlitePool, SqlError> {
    let mut connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(!options.read_only)
        .read_only(options.read_only)
        .foreign_keys(true)
        .busy_timeout(options.busy_timeout)
        .synchronous(match options.durability {
            Durability::Full => SqliteSynchronous::Full,
            Durability::Normal => SqliteSynchronous::Normal,
        });
    if !options.read_only {
        connect = connect.journal_mode(SqliteJournalMode::Wal);
    }
    SqlitePoolOptions::new()
        .max_connections(options.connections_max)
        .acquire_timeout(options.busy_timeout)
        .connect_with(connect)
        .await
        .map_err(|source| SqlError::Open {
            path: path.to_owned(),
            source,
        })
}

/// Opens a private database in memory; its single connection lives as long as the pool.
///
/// # Errors
/// [`SqlError::Open`] when SQLite cannot allocate it.
pub async fn open_in_memory() -> Result<SqlitePool, SqlError> {
    SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(
            SqliteConnectOptions::new()
                .in_memory(true)
                .foreign_keys(true),
        )
        .await
        .map_err(|source| SqlError::Open {
            path: ":memory:".into(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_opened_with_wal_foreign_keys_and_full_sync() {
        let dir = tempfile::tempdir().unwrap();
        let pool = open(&dir.path().join("a.db"), &OpenOptions::default())
            .await
            .unwrap();
        let pragma = |name: &'static str| sqlx::query_scalar::<_, i64>(name).fetch_one(&pool);
        assert_eq!(pragma("PRAGMA foreign_keys").await.unwrap(), 1);
        assert_eq!(pragma("PRAGMA synchronous").await.unwrap(), 2);
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(mode, "wal");
    }

    #[tokio::test]
    async fn a_missing_file_is_not_created_read_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("none.db");
        let options = OpenOptions {
            read_only: true,
            ..OpenOptions::default()
        };
        assert!(matches!(
            open(&path, &options).await,
            Err(SqlError::Open { .. })
        ));
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_second_writer_waits_instead_of_failing() {
        let dir = tempfile::tempdir().unwrap();
        let pool = open(&dir.path().join("a.db"), &OpenOptions::default())
            .await
            .unwrap();
        sqlx::query("CREATE TABLE t (v INTEGER)")
            .execute(&pool)
            .await
            .unwrap();
        let mut first = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query("INSERT INTO t VALUES (1)")
            .execute(&mut *first)
            .await
            .unwrap();
        let second = tokio::spawn({
            let pool = pool.clone();
            async move { sqlx::query("INSERT INTO t VALUES (2)").execute(&pool).await }
        });
        first.commit().await.unwrap();
        second.await.unwrap().unwrap();
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM t")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(count, 2);
    }
}
