use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::datatypes::SchemaRef;
use parking_lot::{Mutex, RwLock};

use crate::{
    Batch, Scan, TableError, TableSpec,
    convert::to_arrow,
    log::{Change, DeltaLog},
    read::FileCache,
    sealed::seal_path,
    vacuum::Retired,
    write::FileWriter,
};

/// Footers and checksums kept in memory, per table.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;
/// Open descriptors kept, per table.
const CACHE_FILES: usize = 256;

/// A data file of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Path below the table's folder.
    pub path: String,
    /// Partition, days since 1970-01-01.
    pub partition: i32,
    /// Rows.
    pub rows: u64,
    /// Length on disk.
    pub size_bytes: u64,
    /// When it was written, milliseconds since the epoch.
    pub written_ms: i64,
    /// Column, lowest and highest value, for the columns with public bounds.
    pub bounds: Vec<(usize, i64, i64)>,
}

/// The table at one version. Files of a snapshot stay on disk while it is held.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Files, oldest first.
    pub files: Vec<Arc<FileEntry>>,
    /// Position of the consumer that these files are complete up to.
    pub cursor: Option<u64>,
    /// Version of the log.
    pub version: u64,
}

impl Snapshot {
    /// Rows in all files.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// Bytes in all files.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size_bytes).sum()
    }
}

/// Sorted rows of one partition.
#[derive(Debug, Clone)]
pub struct Part {
    /// Partition, days since 1970-01-01.
    pub partition: i32,
    /// All columns of the specification; rows in its sort order.
    pub batch: Batch,
}

/// Where a test makes the table fail, as a full disk or a crash would.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailPoint {
    /// Files are written and fsynced, the log entry is not.
    BeforeCommit,
    /// The log entry is written; the caller does not learn of it.
    AfterCommit,
}

/// A table that this process alone writes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) dir: PathBuf,
    pub(crate) spec: TableSpec,
    pub(crate) schema: SchemaRef,
    pub(crate) cache: FileCache,
    pub(crate) log: tokio::sync::Mutex<DeltaLog>,
    /// One merge at a time: its inputs must still be in the table when it commits.
    pub(crate) merging: tokio::sync::Mutex<()>,
    pub(crate) retired: Mutex<Vec<Retired>>,
    snapshot: RwLock<Arc<Snapshot>>,
    fail_next: Mutex<Option<FailPoint>>,
}

impl Table {
    /// Opens the table in `dir`, or creates it. The caller makes sure that no other process writes there.
    ///
    /// Clears what a crash left: unfinished log entries, files that no entry refers to.
    ///
    /// # Errors
    /// When the folder cannot be used, the log is damaged, or the stored columns are not those of `spec`.
    pub async fn open_or_create(dir: &Path, spec: TableSpec) -> Result<Self, TableError> {
        fs::create_dir_all(dir).map_err(TableError::io("create", dir))?;
        let log = DeltaLog::open_or_create(dir, &spec).await?;
        let removed = log.removed().await?;
        let inner = Inner {
            dir: dir.to_owned(),
            schema: spec.schema(),
            spec,
            cache: FileCache::new(CACHE_BYTES, CACHE_FILES),
            log: tokio::sync::Mutex::new(log),
            merging: tokio::sync::Mutex::default(),
            retired: Mutex::default(),
            snapshot: RwLock::default(),
            fail_next: Mutex::default(),
        };
        let table = Self {
            inner: Arc::new(inner),
        };
        table.publish(&*table.inner.log.lock().await).await?;
        table.inner.clear_folder(&table.snapshot(), &removed)?;
        Ok(table)
    }

    /// The table as it is now.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.inner.snapshot.read().clone()
    }

    /// Layout of the table.
    #[must_use]
    pub fn spec(&self) -> &TableSpec {
        &self.inner.spec
    }

    /// Adds rows and moves the cursor, both or neither; returns when both are durable and visible.
    ///
    /// A cursor that the table has already reached means that the rows are in it: nothing is written then, so a
    /// caller may repeat an append whose outcome it does not know.
    ///
    /// # Errors
    /// When a file or the log cannot be written. Nothing of the append is visible then, or all of it is and a
    /// repetition finds that out.
    pub async fn append(
        &self,
        parts: Vec<Part>,
        cursor: Option<u64>,
    ) -> Result<Arc<Snapshot>, TableError> {
        let mut log = self.inner.log.lock().await;
        if log.in_doubt {
            log.reload().await?;
            self.publish(&log).await?;
        }
        let reached = self.snapshot().cursor;
        if cursor.is_some_and(|cursor| reached.is_some_and(|reached| cursor <= reached)) {
            return Ok(self.snapshot());
        }
        let files = self.blocking(move |inner| inner.write_parts(parts)).await?;
        let committed = match self.injected(FailPoint::BeforeCommit) {
            Ok(()) => {
                log.commit(&self.inner.spec, Change::Append, &files, &[], cursor)
                    .await
            }
            Err(error) => return Err(error),
        };
        if let Err(error) = committed {
            self.settle(&mut log, &files).await?;
            if cursor.is_none() || self.snapshot().cursor != cursor {
                return Err(error);
            }
        }
        self.publish(&log).await?;
        self.injected(FailPoint::AfterCommit)?;
        Ok(self.snapshot())
    }

    /// After a failed commit: learns whether it happened, and removes its files if not.
    pub(crate) async fn settle(
        &self,
        log: &mut DeltaLog,
        files: &[FileEntry],
    ) -> Result<(), TableError> {
        log.reload().await?;
        self.publish(log).await?;
        let snapshot = self.snapshot();
        let live: HashSet<&str> = snapshot.files.iter().map(|file| &*file.path).collect();
        for file in files.iter().filter(|file| !live.contains(&*file.path)) {
            self.inner.delete(&file.path)?;
        }
        Ok(())
    }

    /// Takes over the log's file list; entries that stay keep their identity, so that holders are counted right.
    pub(crate) async fn publish(&self, log: &DeltaLog) -> Result<(), TableError> {
        let cursor = log.cursor().await?;
        let old = self.snapshot();
        let known: std::collections::HashMap<&str, &Arc<FileEntry>> =
            old.files.iter().map(|file| (&*file.path, file)).collect();
        let mut files: Vec<Arc<FileEntry>> = log
            .files(&self.inner.spec)?
            .into_iter()
            .map(|file| {
                known
                    .get(&*file.path)
                    .map_or_else(|| Arc::new(file), |known| (*known).clone())
            })
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let snapshot = Snapshot {
            files,
            cursor,
            version: log.version(),
        };
        metrics::gauge!("lake_files", "table" => self.inner.spec.name)
            .set(u32::try_from(snapshot.files.len()).unwrap_or(u32::MAX));
        *self.inner.snapshot.write() = Arc::new(snapshot);
        Ok(())
    }

    /// Rows of a snapshot, one batch for each file that has any, rows in file order.
    ///
    /// # Errors
    /// [`TableError::Corrupt`] when a file that may hold wanted rows is damaged.
    pub fn scan(&self, snapshot: &Snapshot, scan: &Scan<'_>) -> Result<Vec<Batch>, TableError> {
        let mut batches = Vec::new();
        for entry in snapshot
            .files
            .iter()
            .filter(|entry| scan.may_match(&self.inner.spec, entry))
        {
            let mut batch = scan.empty(&self.inner.spec);
            self.inner.read(entry, scan, &mut batch, &mut |_| Ok(()))?;
            if batch.rows() > 0 {
                batches.push(batch);
            }
        }
        Ok(batches)
    }

    /// Hands the rows of a snapshot to `sink` in small batches, file after file, so that a whole table fits.
    ///
    /// # Errors
    /// As [`Table::scan`], and what `sink` returns.
    pub fn visit<E: From<TableError>>(
        &self,
        snapshot: &Snapshot,
        scan: &Scan<'_>,
        mut sink: impl FnMut(&Batch) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut failed = None;
        for entry in snapshot
            .files
            .iter()
            .filter(|entry| scan.may_match(&self.inner.spec, entry))
        {
            let mut batch = scan.empty(&self.inner.spec);
            let read = self.inner.read(entry, scan, &mut batch, &mut |filled| {
                let full = std::mem::replace(filled, scan.empty(&self.inner.spec));
                sink(&full).map_err(|error| {
                    failed = Some(error);
                    TableError::Cancelled {
                        table: self.inner.spec.name.to_owned(),
                    }
                })
            });
            if let Some(error) = failed.take() {
                return Err(error);
            }
            read?;
        }
        Ok(())
    }

    /// Makes the next operation fail at `point`; for crash tests.
    #[doc(hidden)]
    pub fn fail_next(&self, point: FailPoint) {
        *self.inner.fail_next.lock() = Some(point);
    }

    pub(crate) fn injected(&self, point: FailPoint) -> Result<(), TableError> {
        let mut fail = self.inner.fail_next.lock();
        if *fail == Some(point) {
            *fail = None;
            return Err(TableError::Injected(match point {
                FailPoint::BeforeCommit => "before the log entry",
                FailPoint::AfterCommit => "after the log entry",
            }));
        }
        Ok(())
    }

    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, TableError> + Send + 'static,
    ) -> Result<T, TableError> {
        let inner = self.inner.clone();
        let joined = tokio::task::spawn_blocking(move || work(&inner)).await;
        joined.unwrap_or_else(|_| {
            Err(TableError::Cancelled {
                table: self.inner.spec.name.to_owned(),
            })
        })
    }
}

impl Inner {
    fn write_parts(&self, parts: Vec<Part>) -> Result<Vec<FileEntry>, TableError> {
        let mut files: Vec<FileEntry> = Vec::with_capacity(parts.len());
        for part in parts.into_iter().filter(|part| part.batch.rows() > 0) {
            match self.write_part(part) {
                Ok(file) => files.push(file),
                Err(error) => {
                    for file in &files {
                        self.delete(&file.path)?;
                    }
                    return Err(error);
                }
            }
        }
        Ok(files)
    }

    fn write_part(&self, part: Part) -> Result<FileEntry, TableError> {
        let batch = to_arrow(&self.spec, &self.schema, part.batch)?;
        let mut writer = FileWriter::create(&self.dir, &self.spec, &self.schema, part.partition)?;
        let path = writer.path().to_owned();
        let written = writer.write(&batch).and_then(|()| writer.finish());
        if written.is_err() {
            self.delete(&path)?;
        }
        written
    }

    fn read(
        &self,
        entry: &FileEntry,
        scan: &Scan<'_>,
        out: &mut Batch,
        each: &mut dyn FnMut(&mut Batch) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        let file = self.cache.get(&self.dir, &self.spec, entry)?;
        scan.read(&self.spec, &file, out, each)
    }

    /// Removes a data file and its checksum file.
    pub(crate) fn delete(&self, relative: &str) -> Result<(), TableError> {
        self.cache.forget(relative);
        let path = self.dir.join(relative);
        for path in [seal_path(&path), path] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(TableError::io("remove", &path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
