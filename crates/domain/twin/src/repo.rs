//! The index in SQLite: rows, the blocks of the reorg window and what they changed, all written in one transaction
//! per batch, so that after a crash the file is at a block boundary.

use std::collections::BTreeMap;

use milepost_chain_core::{BlockHeader, ChainLog};
use milepost_sql::{
    Migration,
    sqlx::{
        self, AssertSqlSafe, Column as _, Row as _, Sqlite, SqlitePool, Transaction, TypeInfo as _,
        ValueRef as _,
    },
};
use milepost_types::{B256, BlockRef, ChainId, Timestamp};

use crate::{TwinError, index::Applied, rows::Table, state::State, value::Value};

const SCHEMA: &[Migration] = &[
    Migration {
        version: 1,
        name: "twin",
        sql: include_str!("schema.sql"),
    },
    Migration {
        version: 2,
        name: "license_book",
        sql: include_str!("book.sql"),
    },
];

/// A block of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) number: u64,
    pub(crate) hash: B256,
    pub(crate) parent: B256,
    pub(crate) time: Timestamp,
}

impl From<&BlockHeader> for Link {
    fn from(header: &BlockHeader) -> Self {
        Self {
            number: header.number,
            hash: header.hash,
            parent: header.parent,
            time: header.time,
        }
    }
}

impl Link {
    pub(crate) const fn block_ref(&self, chain: ChainId) -> BlockRef {
        BlockRef {
            chain,
            number: self.number,
            hash: self.hash,
            time: self.time,
        }
    }
}

/// One entry of the undo journal.
#[derive(Debug, Clone)]
pub(crate) struct Undo {
    pub(crate) table: Table,
    pub(crate) key: Vec<Value>,
    pub(crate) before: Option<Vec<Value>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Repo {
    pool: SqlitePool,
}

impl Repo {
    /// Brings the schema up to date and checks that the file was built for these contracts from `first_block` or
    /// earlier.
    pub(crate) async fn new(
        pool: SqlitePool,
        fingerprint: &str,
        first_block: u64,
    ) -> Result<Self, TwinError> {
        milepost_sql::migrate(&pool, SCHEMA).await?;
        let repo = Self { pool };
        sqlx::query("INSERT OR IGNORE INTO meta (id, fingerprint, first_block) VALUES (1, ?, ?)")
            .bind(fingerprint)
            .bind(int(first_block))
            .execute(&repo.pool)
            .await?;
        repo.check_fingerprint(fingerprint).await?;
        let stored: i64 = sqlx::query_scalar("SELECT first_block FROM meta WHERE id = 1")
            .fetch_one(&repo.pool)
            .await?;
        if stored > int(first_block) {
            Err(TwinError::OtherContracts)
        } else {
            Ok(repo)
        }
    }

    /// Takes a file that was opened without the right to change it.
    pub(crate) async fn read_only(pool: SqlitePool, fingerprint: &str) -> Result<Self, TwinError> {
        let repo = Self { pool };
        repo.check_fingerprint(fingerprint).await?;
        Ok(repo)
    }

    async fn check_fingerprint(&self, fingerprint: &str) -> Result<(), TwinError> {
        let stored: String = sqlx::query_scalar("SELECT fingerprint FROM meta WHERE id = 1")
            .fetch_one(&self.pool)
            .await?;
        if stored == fingerprint {
            Ok(())
        } else {
            Err(TwinError::OtherContracts)
        }
    }

    pub(crate) async fn genesis(&self) -> Result<Option<B256>, TwinError> {
        let stored: Option<Vec<u8>> = sqlx::query_scalar("SELECT genesis FROM meta WHERE id = 1")
            .fetch_one(&self.pool)
            .await?;
        Ok(stored.and_then(|bytes| B256::try_from(bytes.as_slice()).ok()))
    }

    pub(crate) async fn set_genesis(&self, genesis: B256) -> Result<(), TwinError> {
        sqlx::query("UPDATE meta SET genesis = ? WHERE id = 1")
            .bind(genesis.to_vec())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The whole index and its window, read at one point in time.
    pub(crate) async fn load(&self, chain: ChainId) -> Result<(State, Vec<Link>), TwinError> {
        let mut state = State::default();
        let mut tx = self.pool.begin().await?;
        for table in Table::ALL {
            for row in dump(&mut tx, *table).await? {
                let key = &row[..table.key_columns().len()];
                state.restore(*table, key, Some(&row))?;
            }
        }
        let links = window(&mut tx).await?;
        state.head = links.last().map(|link| link.block_ref(chain));
        tx.commit().await?;
        Ok((state, links))
    }

    /// Rows of every table in key order and the block they are true at.
    pub(crate) async fn dump_all(
        &self,
    ) -> Result<(BTreeMap<Table, Vec<Vec<Value>>>, Option<Link>), TwinError> {
        let mut tx = self.pool.begin().await?;
        let mut tables = BTreeMap::new();
        for table in Table::ALL {
            tables.insert(*table, dump(&mut tx, *table).await?);
        }
        let head = window(&mut tx).await?.last().copied();
        tx.commit().await?;
        Ok((tables, head))
    }

    /// Stores blocks in one transaction. Blocks above `undo_from` can be taken back later; what lies more than
    /// the window below the last block is forgotten.
    pub(crate) async fn commit(
        &self,
        blocks: &[Applied],
        undo_from: u64,
        window: u64,
    ) -> Result<(), TwinError> {
        let Some(last) = blocks.last() else {
            return Ok(());
        };
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for block in blocks {
            write_block(&mut tx, block, block.header.number > undo_from).await?;
        }
        let oldest = oldest_kept(last.header.number, undo_from, window);
        sqlx::query("DELETE FROM blocks WHERE number < ?")
            .bind(int(oldest))
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM undo WHERE block <= ?")
            .bind(int(oldest))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes back all blocks above `to`, newest first, and gives what was undone in that order.
    pub(crate) async fn roll_back(&self, to: u64) -> Result<Vec<Undo>, TwinError> {
        let above = int(to);
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let entries = sqlx::query(
            "SELECT block, row_table, row_key, row_before FROM undo WHERE block > ? ORDER BY block DESC, position DESC",
        )
        .bind(above)
        .fetch_all(&mut *tx)
        .await?;
        let mut undone = Vec::with_capacity(entries.len());
        for entry in entries {
            let block = u64::try_from(entry.get::<i64, _>(0)).unwrap_or(0);
            let bad = |reason: String| TwinError::Journal { block, reason };
            let name: String = entry.get(1);
            let table = Table::named(&name).ok_or_else(|| bad(format!("no table '{name}'")))?;
            let key = decode(&entry.get::<String, _>(2)).map_err(bad)?;
            let before = entry
                .get::<Option<String>, _>(3)
                .map(|t| decode(&t))
                .transpose()
                .map_err(bad)?;
            write_row(&mut tx, table, &key, before.as_deref()).await?;
            undone.push(Undo { table, key, before });
        }
        for statement in [
            "DELETE FROM undo WHERE block > ?",
            "DELETE FROM unknown_logs WHERE block > ?",
            "DELETE FROM blocks WHERE number > ?",
        ] {
            sqlx::query(statement).bind(above).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(undone)
    }

    /// Stores the block before the first one to index.
    pub(crate) async fn set_base(&self, base: &Link) -> Result<(), TwinError> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        write_link(&mut tx, base).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn unknown_count(&self) -> Result<u64, TwinError> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM unknown_logs")
            .fetch_one(&self.pool)
            .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

/// Oldest block whose header stays: the window below `last`, but never below the last block stored without undo.
pub(crate) fn oldest_kept(last: u64, undo_from: u64, window: u64) -> u64 {
    last.saturating_sub(window).max(undo_from.min(last))
}

fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn encode(values: &[Value]) -> String {
    serde_json::to_string(values).unwrap_or_default()
}

fn decode(text: &str) -> Result<Vec<Value>, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

fn bind<'q>(
    query: sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments>,
    value: &Value,
) -> sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments> {
    match value {
        Value::Null => query.bind(None::<i64>),
        Value::Int(v) => query.bind(*v),
        Value::Text(v) => query.bind(v.clone()),
        Value::Blob(v) => query.bind(v.clone()),
    }
}

async fn write_row(
    tx: &mut Transaction<'_, Sqlite>,
    table: Table,
    key: &[Value],
    row: Option<&[Value]>,
) -> Result<(), sqlx::Error> {
    let statement = match row {
        Some(row) => {
            let marks = vec!["?"; row.len()].join(", ");
            format!("INSERT OR REPLACE INTO {} VALUES ({marks})", table.name())
        }
        None => {
            let conditions: Vec<String> = table
                .key_columns()
                .iter()
                .map(|c| format!("{c} = ?"))
                .collect();
            format!(
                "DELETE FROM {} WHERE {}",
                table.name(),
                conditions.join(" AND ")
            )
        }
    };
    // Only names compiled into the program are in the text; values are bound.
    let query = sqlx::query(AssertSqlSafe(statement));
    row.unwrap_or(key)
        .iter()
        .fold(query, bind)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn write_block(
    tx: &mut Transaction<'_, Sqlite>,
    block: &Applied,
    with_undo: bool,
) -> Result<(), sqlx::Error> {
    let number = int(block.header.number);
    for (position, change) in block.changes.iter().enumerate() {
        write_row(tx, change.table, &change.key, change.new.as_deref()).await?;
        if with_undo {
            sqlx::query("INSERT INTO undo (block, position, row_table, row_key, row_before) VALUES (?, ?, ?, ?, ?)")
                .bind(number)
                .bind(i64::try_from(position).unwrap_or(i64::MAX))
                .bind(change.table.name())
                .bind(encode(&change.key))
                .bind(change.old.as_deref().map(encode))
                .execute(&mut **tx)
                .await?;
        }
    }
    for log in &block.unknown {
        write_unknown(tx, log).await?;
    }
    write_link(tx, &Link::from(&block.header)).await
}

async fn write_link(tx: &mut Transaction<'_, Sqlite>, link: &Link) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT OR REPLACE INTO blocks (number, hash, parent, time) VALUES (?, ?, ?, ?)")
        .bind(int(link.number))
        .bind(link.hash.to_vec())
        .bind(link.parent.to_vec())
        .bind(link.time.as_secs())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn write_unknown(
    tx: &mut Transaction<'_, Sqlite>,
    log: &ChainLog,
) -> Result<(), sqlx::Error> {
    let topics: Vec<u8> = log.topics.iter().flat_map(|t| t.0).collect();
    sqlx::query("INSERT OR REPLACE INTO unknown_logs VALUES (?, ?, ?, ?, ?, ?, ?)")
        .bind(int(log.block_number))
        .bind(int(log.index))
        .bind(log.block_hash.to_vec())
        .bind(log.transaction.to_vec())
        .bind(log.address.to_vec())
        .bind(topics)
        .bind(log.data.to_vec())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn dump(
    tx: &mut Transaction<'_, Sqlite>,
    table: Table,
) -> Result<Vec<Vec<Value>>, sqlx::Error> {
    let columns: Vec<&str> = table
        .key_columns()
        .iter()
        .chain(table.other_columns())
        .copied()
        .collect();
    let keys = table.key_columns().join(", ");
    let statement = format!(
        "SELECT {} FROM {} ORDER BY {keys}",
        columns.join(", "),
        table.name()
    );
    let rows = sqlx::query(AssertSqlSafe(statement))
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| (0..columns.len()).map(|i| value_at(row, i)).collect())
        .collect()
}

fn value_at(row: &sqlx::sqlite::SqliteRow, position: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(position)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let type_info = raw.type_info().into_owned();
    match type_info.name() {
        "INTEGER" => row.try_get(position).map(Value::Int),
        "TEXT" => row.try_get(position).map(Value::Text),
        "BLOB" => row.try_get(position).map(Value::Blob),
        other => Err(sqlx::Error::ColumnDecode {
            index: row.column(position).name().to_owned(),
            source: format!("unexpected storage class {other}").into(),
        }),
    }
}

async fn window(tx: &mut Transaction<'_, Sqlite>) -> Result<Vec<Link>, TwinError> {
    let rows = sqlx::query("SELECT number, hash, parent, time FROM blocks ORDER BY number")
        .fetch_all(&mut **tx)
        .await?;
    let hash = |bytes: Vec<u8>, block: u64| {
        B256::try_from(bytes.as_slice()).map_err(|_| TwinError::Journal {
            block,
            reason: "a block hash is not 32 bytes".to_owned(),
        })
    };
    rows.iter()
        .map(|row| {
            let number = u64::try_from(row.get::<i64, _>(0)).unwrap_or(0);
            Ok(Link {
                number,
                hash: hash(row.get(1), number)?,
                parent: hash(row.get(2), number)?,
                time: Timestamp::from_secs_saturating(
                    u64::try_from(row.get::<i64, _>(3)).unwrap_or(0),
                ),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_schema_has_exactly_the_columns_of_the_rows() {
        let pool = milepost_sql::open_in_memory().await.unwrap();
        Repo::new(pool.clone(), "x", 0).await.unwrap();
        for table in Table::ALL {
            let sql = format!(
                "SELECT name, pk FROM pragma_table_info('{}') ORDER BY cid",
                table.name()
            );
            let found: Vec<(String, i64)> = sqlx::query_as(AssertSqlSafe(sql))
                .fetch_all(&pool)
                .await
                .unwrap();
            let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
            let expected: Vec<&str> = table
                .key_columns()
                .iter()
                .chain(table.other_columns())
                .copied()
                .collect();
            assert_eq!(names, expected, "{}", table.name());
            let keys = found.iter().filter(|(_, pk)| *pk > 0).count();
            assert_eq!(keys, table.key_columns().len(), "{}", table.name());
        }
    }

    #[tokio::test]
    async fn a_file_of_other_contracts_is_refused() {
        let pool = milepost_sql::open_in_memory().await.unwrap();
        Repo::new(pool.clone(), "one", 5).await.unwrap();
        assert!(matches!(
            Repo::new(pool.clone(), "two", 5).await,
            Err(TwinError::OtherContracts)
        ));
        assert!(matches!(
            Repo::new(pool.clone(), "one", 4).await,
            Err(TwinError::OtherContracts)
        ));
        Repo::new(pool, "one", 6).await.unwrap();
    }

    #[test]
    fn the_window_never_reaches_below_blocks_without_undo() {
        assert_eq!(oldest_kept(1000, 0, 128), 872);
        assert_eq!(oldest_kept(1000, 950, 128), 950);
        assert_eq!(oldest_kept(50, 0, 128), 0);
    }
}
