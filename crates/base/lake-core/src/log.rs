//! The Delta transaction log of one table.
//!
//! The library writes log entries without fsync; each entry is fsynced and given a checksum file here before the
//! commit counts. What a power cut may leave unfinished was never reported as done, and is cleared at open.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

use chrono::{DateTime, SecondsFormat, Utc};
use deltalake_core::{
    DeltaTable, DeltaTableBuilder, DeltaTableError,
    kernel::{
        Action, Add, DataType, PrimitiveType, Remove, StructField, Transaction,
        transaction::{CommitBuilder, CommitProperties},
    },
    logstore::LogStoreRef,
    operations::create::CreateBuilder,
    protocol::{DeltaOperation, SaveMode},
    table::state::DeltaTableState,
};
use futures::TryStreamExt as _;
use serde_json::{Value, json};
use url::Url;

use crate::{
    ColumnKind, FileEntry, TableError, TableSpec,
    log_files::{finish_entry, names, recover},
    write::{now_ms, parse_partition, partition_text},
};

/// A day of commits every ten seconds replays from the last checkpoint in at most this many entries.
const CHECKPOINT_EVERY: u64 = 100;

pub(crate) struct DeltaLog {
    table: &'static str,
    consumer: &'static str,
    folder: PathBuf,
    store: LogStoreRef,
    state: DeltaTableState,
    /// A commit failed half way: what the log holds must be read again.
    pub(crate) in_doubt: bool,
}

impl std::fmt::Debug for DeltaLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeltaLog")
            .field("table", &self.table)
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}

/// Why a commit is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// New rows.
    Append,
    /// The same rows in other files.
    Merge,
}

impl DeltaLog {
    pub(crate) async fn open_or_create(dir: &Path, spec: &TableSpec) -> Result<Self, TableError> {
        let folder = dir.join("_delta_log");
        fs::create_dir_all(&folder).map_err(TableError::io("create", &folder))?;
        let dir = dir.canonicalize().map_err(TableError::io("resolve", dir))?;
        let location = Url::from_directory_path(&dir)
            .map_err(|()| TableError::schema(spec.name, "the folder is not an absolute path"))?;
        let exists = recover(&folder)?;
        let fail = |error| TableError::log(spec.name)(error);
        let table = if exists {
            DeltaTableBuilder::from_url(location)
                .map_err(fail)?
                .load()
                .await
                .map_err(fail)?
        } else {
            let table = create(&location, spec).await.map_err(fail)?;
            finish_entry(&folder, 0)?;
            table
        };
        let state = table.snapshot().map_err(fail)?.clone();
        let log = Self {
            table: spec.name,
            consumer: spec.consumer,
            folder,
            store: table.log_store(),
            state,
            in_doubt: false,
        };
        log.check_schema(spec)?;
        Ok(log)
    }

    fn check_schema(&self, spec: &TableSpec) -> Result<(), TableError> {
        let stored = self.state.schema();
        let stored: Vec<_> = stored
            .fields()
            .map(|f| (f.name().clone(), f.data_type().clone()))
            .collect();
        let wanted: Vec<_> = fields(spec)
            .into_iter()
            .map(|f| (f.name().clone(), f.data_type().clone()))
            .collect();
        if stored == wanted {
            return Ok(());
        }
        let names = |fields: &[(String, DataType)]| {
            fields
                .iter()
                .map(|f| format!("{} {}", f.0, f.1))
                .collect::<Vec<_>>()
                .join(", ")
        };
        Err(TableError::schema(
            spec.name,
            format!(
                "stored columns ({}) are not ({})",
                names(&stored),
                names(&wanted)
            ),
        ))
    }

    pub(crate) fn version(&self) -> u64 {
        self.state.version()
    }

    /// The consumer's cursor, as of this version.
    pub(crate) async fn cursor(&self) -> Result<Option<u64>, TableError> {
        let version = self
            .state
            .transaction_version(self.store.as_ref(), self.consumer)
            .await;
        Ok(version
            .map_err(TableError::log(self.table))?
            .and_then(|version| u64::try_from(version).ok()))
    }

    /// Files that make up the table.
    pub(crate) fn files(&self, spec: &TableSpec) -> Result<Vec<FileEntry>, TableError> {
        let log_data = self
            .state
            .snapshot()
            .try_log_data()
            .map_err(TableError::log(self.table))?;
        log_data
            .iter()
            .map(|view| {
                let bad = |what: &str| {
                    TableError::schema(self.table, format!("{what} of {} in the log", view.path()))
                };
                let partition = view.partition_values_map().remove(spec.partition).flatten();
                let partition = partition.and_then(|text| parse_partition(&text));
                let stats = view
                    .stats()
                    .and_then(|text| serde_json::from_str::<Value>(&text).ok());
                let rows = stats
                    .as_ref()
                    .and_then(|stats| stats.get("numRecords")?.as_u64());
                Ok(FileEntry {
                    path: view.path().into_owned(),
                    partition: partition.ok_or_else(|| bad("no partition"))?,
                    rows: rows.ok_or_else(|| bad("no row count"))?,
                    size_bytes: u64::try_from(view.size()).map_err(|_| bad("bad size"))?,
                    written_ms: view.modification_time(),
                    bounds: stats
                        .map(|stats| read_bounds(spec, &stats))
                        .unwrap_or_default(),
                })
            })
            .collect()
    }

    /// Files taken out of the table and when, milliseconds since the epoch.
    pub(crate) async fn removed(&self) -> Result<Vec<(String, i64)>, TableError> {
        let removed = self.state.all_tombstones(self.store.as_ref());
        removed
            .map_ok(|view| {
                (
                    view.path().into_owned(),
                    view.deletion_timestamp().unwrap_or(0),
                )
            })
            .try_collect()
            .await
            .map_err(TableError::log(self.table))
    }

    /// Adds one entry to the log: files in and out, and the cursor, all or nothing.
    pub(crate) async fn commit(
        &mut self,
        spec: &TableSpec,
        change: Change,
        add: &[FileEntry],
        remove: &[FileEntry],
        cursor: Option<u64>,
    ) -> Result<(), TableError> {
        let started = std::time::Instant::now();
        self.in_doubt = true;
        let append = change == Change::Append;
        let mut actions: Vec<Action> = remove
            .iter()
            .map(|file| Action::Remove(remove_action(spec, file, append)))
            .collect();
        actions.extend(
            add.iter()
                .map(|file| Action::Add(add_action(spec, file, append))),
        );
        let operation = if append {
            let partition_by = Some(vec![spec.partition.to_owned()]);
            DeltaOperation::Write {
                mode: SaveMode::Append,
                partition_by,
                predicate: None,
            }
        } else {
            DeltaOperation::Optimize {
                predicate: None,
                target_size: 0,
            }
        };
        let next = self.version() + 1;
        let mut properties = CommitProperties::default()
            // Old entries go half way between checkpoints, when the newest checkpoint is surely on disk.
            .with_cleanup_expired_logs(Some(next % CHECKPOINT_EVERY == CHECKPOINT_EVERY / 2));
        if let Some(version) = cursor.and_then(|cursor| i64::try_from(cursor).ok()) {
            let transaction =
                Transaction::new_with_last_update(self.consumer, version, Some(now_ms()));
            properties = properties.with_application_transaction(transaction);
        }
        let done = CommitBuilder::from(properties)
            .with_actions(actions)
            .build(Some(&self.state), self.store.clone(), operation)
            .await
            .map_err(TableError::log(self.table))?;
        finish_entry(&self.folder, done.version())?;
        self.state = done.snapshot();
        self.in_doubt = false;
        metrics::counter!("lake_commits_total", "table" => self.table).increment(1);
        metrics::histogram!("lake_commit_seconds", "table" => self.table).record(started.elapsed());
        Ok(())
    }

    /// Reads the log again after a commit whose outcome is unknown.
    pub(crate) async fn reload(&mut self) -> Result<(), TableError> {
        self.state
            .update(self.store.as_ref(), None)
            .await
            .map_err(TableError::log(self.table))?;
        finish_entry(&self.folder, self.version())?;
        self.in_doubt = false;
        Ok(())
    }

    /// Removes checksum files whose log entries have expired.
    pub(crate) fn drop_stale_seals(&self) -> Result<(), TableError> {
        let names = names(&self.folder)?;
        for name in &names {
            let target = name
                .strip_prefix('.')
                .and_then(|name| name.strip_suffix(".crc"));
            if target.is_some_and(|target| !names.iter().any(|name| name == target)) {
                let path = self.folder.join(name);
                fs::remove_file(&path).map_err(TableError::io("remove", &path))?;
            }
        }
        Ok(())
    }
}

async fn create(location: &Url, spec: &TableSpec) -> Result<DeltaTable, DeltaTableError> {
    let bounds: Vec<_> = spec
        .bounds
        .iter()
        .map(|column| spec.columns[*column].name)
        .collect();
    CreateBuilder::new()
        .with_location(location.as_str())
        .with_table_name(spec.name)
        .with_columns(fields(spec))
        .with_partition_columns([spec.partition])
        .with_configuration([
            (
                "delta.checkpointInterval",
                Some(&*CHECKPOINT_EVERY.to_string()),
            ),
            ("delta.logRetentionDuration", Some("interval 1 days")),
            ("delta.dataSkippingStatsColumns", Some(&*bounds.join(","))),
        ])
        .await
}

fn fields(spec: &TableSpec) -> Vec<StructField> {
    let columns = spec.columns.iter().map(|column| {
        let kind = match column.kind {
            ColumnKind::I32 => PrimitiveType::Integer,
            ColumnKind::I64 => PrimitiveType::Long,
            ColumnKind::Time => PrimitiveType::Timestamp,
            ColumnKind::F64 => PrimitiveType::Double,
            ColumnKind::Label | ColumnKind::Text => PrimitiveType::String,
            ColumnKind::Bytes => PrimitiveType::Binary,
        };
        StructField::new(column.name, DataType::Primitive(kind), column.nullable)
    });
    columns
        .chain([StructField::new(
            spec.partition,
            DataType::Primitive(PrimitiveType::Date),
            false,
        )])
        .collect()
}

fn partition_values(spec: &TableSpec, file: &FileEntry) -> HashMap<String, Option<String>> {
    HashMap::from([(
        spec.partition.to_owned(),
        Some(partition_text(file.partition)),
    )])
}

fn add_action(spec: &TableSpec, file: &FileEntry, data_change: bool) -> Add {
    Add {
        path: file.path.clone(),
        partition_values: partition_values(spec, file),
        size: i64::try_from(file.size_bytes).unwrap_or(i64::MAX),
        modification_time: file.written_ms,
        data_change,
        stats: Some(write_stats(spec, file)),
        tags: None,
        deletion_vector: None,
        base_row_id: None,
        default_row_commit_version: None,
        clustering_provider: None,
    }
}

fn remove_action(spec: &TableSpec, file: &FileEntry, data_change: bool) -> Remove {
    Remove {
        path: file.path.clone(),
        data_change,
        deletion_timestamp: Some(now_ms()),
        extended_file_metadata: Some(true),
        partition_values: Some(partition_values(spec, file)),
        size: i64::try_from(file.size_bytes).ok(),
        ..Remove::default()
    }
}

/// Row count and bounds of the columns that may be public; nothing about any other column.
fn write_stats(spec: &TableSpec, file: &FileEntry) -> String {
    let value = |column: usize, value: i64| match spec.columns[column].kind {
        ColumnKind::Time => DateTime::<Utc>::from_timestamp_micros(value)
            .map_or(Value::Null, |time| {
                time.to_rfc3339_opts(SecondsFormat::Micros, true).into()
            }),
        _ => value.into(),
    };
    let side = |pick: fn(&(usize, i64, i64)) -> i64| -> BTreeMap<&str, Value> {
        file.bounds
            .iter()
            .map(|bound| (spec.columns[bound.0].name, value(bound.0, pick(bound))))
            .collect()
    };
    json!({ "numRecords": file.rows, "minValues": side(|b| b.1), "maxValues": side(|b| b.2), "nullCount": {} }).to_string()
}

fn read_bounds(spec: &TableSpec, stats: &Value) -> Vec<(usize, i64, i64)> {
    let side = |name: &str, column: usize| -> Option<i64> {
        let value = stats.get(name)?.get(spec.columns[column].name)?;
        match spec.columns[column].kind {
            ColumnKind::Time => DateTime::parse_from_rfc3339(value.as_str()?)
                .ok()
                .map(|time| time.timestamp_micros()),
            _ => value.as_i64(),
        }
    };
    let bounds = spec.bounds.iter().filter_map(|column| {
        let (low, high) = (side("minValues", *column)?, side("maxValues", *column)?);
        // Other engines may cut times in statistics to the millisecond.
        let slack = if spec.columns[*column].kind == ColumnKind::Time && high % 1000 == 0 {
            999
        } else {
            0
        };
        Some((*column, low, high + slack))
    });
    bounds.collect()
}
