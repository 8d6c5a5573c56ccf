//! Encodes sorted batches into sealed Parquet files.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    compute::{max, min},
    datatypes::{Int64Type, SchemaRef, TimestampMicrosecondType},
};
use chrono::{DateTime, Days, NaiveDate};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, Encoding, ZstdLevel},
    encryption::encrypt::FileEncryptionProperties,
    errors::ParquetError,
    file::{
        metadata::SortingColumn,
        properties::{EnabledStatistics, WriterProperties, WriterVersion},
    },
    schema::types::ColumnPath,
};

use crate::{
    ColumnKind, FileEntry, TableError, TableSpec,
    sealed::{SealingWriter, sync_dir},
    spec::{GROUP_ROWS, PAGE_ROWS},
};

const ZSTD_LEVEL: i32 = 3;
/// Rows are handed to the encoder in steps so that pages end at the row limit.
const STEP_ROWS: usize = 1_024;
/// Keeps pages of wide payload columns readable one by one.
const PAGE_BYTES: usize = 256 * 1024;

static NEXT_FILE: AtomicU64 = AtomicU64::new(0);

fn properties(spec: &TableSpec, aad: &str) -> Result<WriterProperties, ParquetError> {
    let level = ZstdLevel::try_new(ZSTD_LEVEL)?;
    let mut builder = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_compression(Compression::ZSTD(level))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_data_page_size_limit(PAGE_BYTES)
        .set_write_batch_size(STEP_ROWS)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        // Bounds are compared with whole keys: identifiers share long prefixes.
        .set_column_index_truncate_length(None)
        .set_statistics_truncate_length(None)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_dictionary_enabled(false)
        .set_created_by(concat!("milepost-lake-core ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_sorting_columns(Some(
            spec.sort.iter().map(|column| sorting(*column)).collect(),
        ));
    for (index, column) in spec.columns.iter().enumerate() {
        let path = ColumnPath::from(column.name);
        builder = match column.kind {
            ColumnKind::I32 | ColumnKind::Label => {
                builder.set_column_dictionary_enabled(path.clone(), true)
            }
            ColumnKind::I64 | ColumnKind::Time => {
                builder.set_column_encoding(path.clone(), Encoding::DELTA_BINARY_PACKED)
            }
            ColumnKind::F64 => {
                builder.set_column_encoding(path.clone(), Encoding::BYTE_STREAM_SPLIT)
            }
            ColumnKind::Text | ColumnKind::Bytes => {
                builder.set_column_encoding(path.clone(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
            }
        };
        if spec.sort.contains(&index) || spec.bounds.contains(&index) {
            builder = builder.set_column_statistics_enabled(path, EnabledStatistics::Page);
        }
    }
    if let Some(key) = &spec.key {
        // The prefix is not stored: a file moved to another name or table does not open.
        let properties = FileEncryptionProperties::builder(key.expose().to_vec())
            .with_aad_prefix(aad.as_bytes().to_vec())
            .with_aad_prefix_storage(false)
            .build()?;
        builder = builder.with_file_encryption_properties(properties);
    }
    Ok(builder.build())
}

fn sorting(column: usize) -> SortingColumn {
    SortingColumn {
        column_idx: i32::try_from(column).unwrap_or(0),
        descending: false,
        nulls_first: true,
    }
}

/// What binds a file to its place, for encryption.
pub(crate) fn aad(spec: &TableSpec, path: &str) -> String {
    format!("{}/{path}", spec.name)
}

/// Text of a partition value, days since 1970-01-01.
pub(crate) fn partition_text(days: i32) -> String {
    let epoch = DateTime::UNIX_EPOCH.date_naive();
    let step = Days::new(u64::from(days.unsigned_abs()));
    let date = if days < 0 {
        epoch.checked_sub_days(step)
    } else {
        epoch.checked_add_days(step)
    };
    date.unwrap_or(epoch).to_string()
}

/// Reads what [`partition_text`] writes.
pub(crate) fn parse_partition(text: &str) -> Option<i32> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    i32::try_from((date - DateTime::UNIX_EPOCH.date_naive()).num_days()).ok()
}

pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Microseconds since 1970 make names sort by age; the counter makes them unique within the process.
fn new_path(spec: &TableSpec, partition: i32) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_micros());
    let number = NEXT_FILE.fetch_add(1, Ordering::Relaxed);
    format!(
        "{}={}/part-{now:016x}-{number:06x}.parquet",
        spec.partition,
        partition_text(partition)
    )
}

/// Writes one data file of sorted batches; nothing refers to it until it is committed.
#[derive(Debug)]
pub(crate) struct FileWriter {
    relative: String,
    absolute: PathBuf,
    writer: ArrowWriter<SealingWriter>,
    rows: u64,
    bounds: Vec<(usize, i64, i64)>,
    partition: i32,
}

impl FileWriter {
    pub(crate) fn create(
        dir: &Path,
        spec: &TableSpec,
        schema: &SchemaRef,
        partition: i32,
    ) -> Result<Self, TableError> {
        let relative = new_path(spec, partition);
        let absolute = dir.join(&relative);
        let folder = absolute.parent().unwrap_or(dir);
        if !folder.is_dir() {
            fs::create_dir_all(folder).map_err(TableError::io("create", folder))?;
            sync_dir(dir)?;
        }
        let properties =
            properties(spec, &aad(spec, &relative)).map_err(TableError::file(&absolute))?;
        let writer = ArrowWriter::try_new(
            SealingWriter::create(&absolute)?,
            schema.clone(),
            Some(properties),
        )
        .map_err(TableError::file(&absolute))?;
        let bounds = spec
            .bounds
            .iter()
            .map(|column| (*column, i64::MAX, i64::MIN))
            .collect();
        Ok(Self {
            relative,
            absolute,
            writer,
            rows: 0,
            bounds,
            partition,
        })
    }

    /// Path below the table's folder.
    pub(crate) fn path(&self) -> &str {
        &self.relative
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), TableError> {
        self.rows += batch.num_rows() as u64;
        for (column, low, high) in &mut self.bounds {
            let (batch_low, batch_high) = bounds(batch, *column);
            *low = (*low).min(batch_low);
            *high = (*high).max(batch_high);
        }
        self.writer
            .write(batch)
            .map_err(TableError::file(&self.absolute))
    }

    /// Closes and fsyncs file, checksum file and folder.
    pub(crate) fn finish(self) -> Result<FileEntry, TableError> {
        let sealing = self
            .writer
            .into_inner()
            .map_err(TableError::file(&self.absolute))?;
        let size_bytes = sealing.seal()?;
        if let Some(folder) = self.absolute.parent() {
            sync_dir(folder)?;
        }
        metrics::counter!("lake_files_written_total").increment(1);
        metrics::counter!("lake_file_bytes_written_total").increment(size_bytes);
        Ok(FileEntry {
            path: self.relative,
            partition: self.partition,
            rows: self.rows,
            size_bytes,
            written_ms: now_ms(),
            bounds: self.bounds,
        })
    }
}

fn bounds(batch: &RecordBatch, column: usize) -> (i64, i64) {
    let array = batch.column(column);
    let pair = if let Some(values) = array.as_primitive_opt::<Int64Type>() {
        min(values).zip(max(values))
    } else if let Some(values) = array.as_primitive_opt::<TimestampMicrosecondType>() {
        min(values).zip(max(values))
    } else {
        None
    };
    debug_assert!(
        pair.is_some() || array.is_empty() || array.null_count() == array.len(),
        "bounds need integers"
    );
    pair.unwrap_or((i64::MAX, i64::MIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partition_values_are_dates_and_read_back() {
        assert_eq!(partition_text(20_575), "2026-05-02");
        for days in [-719_528, -1, 0, 1, 20_575, 2_932_896] {
            assert_eq!(parse_partition(&partition_text(days)), Some(days));
        }
        assert_eq!(parse_partition("soon"), None);
    }
}
