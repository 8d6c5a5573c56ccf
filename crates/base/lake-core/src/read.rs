//! Open data files and their footers, cached within a bound.

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::Mutex;
use parquet::{
    arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions},
    encryption::decrypt::FileDecryptionProperties,
    errors::ParquetError,
    file::metadata::{PageIndexPolicy, ParquetMetaData},
};

use crate::{
    FileEntry, TableError, TableSpec,
    sealed::{SealedFile, SealedRef},
    write::aad,
};

/// A file ready to be read: descriptor, checksums, footer with page index.
#[derive(Debug)]
pub(crate) struct OpenFile {
    pub(crate) file: Arc<SealedFile>,
    pub(crate) footer: ArrowReaderMetadata,
    weight: usize,
}

impl OpenFile {
    pub(crate) fn open(
        dir: &Path,
        spec: &TableSpec,
        entry: &FileEntry,
    ) -> Result<Self, TableError> {
        let path = dir.join(&entry.path);
        let file = Arc::new(SealedFile::open(&path, entry.size_bytes)?);
        let footer = Self::footer(spec, entry, &file).map_err(|error| file.explain(error))?;
        if footer.schema().fields() != spec.schema().fields() {
            return Err(TableError::schema(
                spec.name,
                format!("columns of {} differ", entry.path),
            ));
        }
        let weight = file.weight() + footer.metadata().memory_size();
        Ok(Self {
            file,
            footer,
            weight,
        })
    }

    fn footer(
        spec: &TableSpec,
        entry: &FileEntry,
        file: &Arc<SealedFile>,
    ) -> Result<ArrowReaderMetadata, ParquetError> {
        // Columns outside the sort order have no column index, so it cannot be required of all.
        let mut options = ArrowReaderOptions::new()
            .with_column_index_policy(PageIndexPolicy::Optional)
            .with_offset_index_policy(PageIndexPolicy::Required);
        if let Some(key) = &spec.key {
            let properties = FileDecryptionProperties::builder(key.expose().to_vec())
                .with_aad_prefix(aad(spec, &entry.path).into_bytes())
                .build()?;
            options = options.with_file_decryption_properties(properties);
        }
        ArrowReaderMetadata::load(&SealedRef(file.clone()), options)
    }

    pub(crate) fn parquet(&self) -> &ParquetMetaData {
        self.footer.metadata()
    }
}

#[derive(Debug)]
struct Cached {
    file: Arc<OpenFile>,
    used: AtomicU64,
}

/// Least recently used files leave first.
#[derive(Debug)]
pub(crate) struct FileCache {
    files: Mutex<HashMap<String, Cached>>,
    clock: AtomicU64,
    weight: AtomicU64,
    bytes_max: u64,
    files_max: usize,
}

impl FileCache {
    pub(crate) fn new(bytes_max: u64, files_max: usize) -> Self {
        Self {
            files: Mutex::default(),
            clock: AtomicU64::new(0),
            weight: AtomicU64::new(0),
            bytes_max,
            files_max,
        }
    }

    pub(crate) fn get(
        &self,
        dir: &Path,
        spec: &TableSpec,
        entry: &FileEntry,
    ) -> Result<Arc<OpenFile>, TableError> {
        let now = self.clock.fetch_add(1, Ordering::Relaxed);
        if let Some(cached) = self.files.lock().get(&entry.path) {
            cached.used.store(now, Ordering::Relaxed);
            return Ok(cached.file.clone());
        }
        // Opened outside the lock: two readers may open the same file at once, and one copy is kept.
        let file = Arc::new(OpenFile::open(dir, spec, entry)?);
        let mut files = self.files.lock();
        let cached = Cached {
            file: file.clone(),
            used: AtomicU64::new(now),
        };
        self.weight.fetch_add(file.weight as u64, Ordering::Relaxed);
        if let Some(old) = files.insert(entry.path.clone(), cached) {
            self.weight
                .fetch_sub(old.file.weight as u64, Ordering::Relaxed);
        }
        while files.len() > 1
            && (files.len() > self.files_max
                || self.weight.load(Ordering::Relaxed) > self.bytes_max)
        {
            let oldest = files
                .iter()
                .min_by_key(|(_, c)| c.used.load(Ordering::Relaxed))
                .map(|(path, _)| path.clone());
            let Some(gone) = oldest.and_then(|path| files.remove(&path)) else {
                break;
            };
            self.weight
                .fetch_sub(gone.file.weight as u64, Ordering::Relaxed);
        }
        Ok(file)
    }

    pub(crate) fn forget(&self, path: &str) {
        if let Some(gone) = self.files.lock().remove(path) {
            self.weight
                .fetch_sub(gone.file.weight as u64, Ordering::Relaxed);
        }
    }
}
