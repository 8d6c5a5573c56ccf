//! Merging of small files into sorted larger ones, in constant memory.

use std::{cmp::Ordering, collections::BTreeMap, sync::Arc, time::Duration};

use arrow::{
    array::RecordBatch,
    compute::interleave_record_batch,
    row::{RowConverter, Rows, SortField},
};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::{
    FailPoint, FileEntry, Snapshot, Table, TableError,
    log::Change,
    read::OpenFile,
    sealed::{SealedFile, SealedRef},
    table::Inner,
    vacuum::Retired,
    write::{FileWriter, now_ms},
};

/// When files are merged.
#[derive(Debug, Clone, Copy)]
pub struct MergePolicy {
    /// A partition with more files than this is merged at once.
    pub files_max: usize,
    /// A partition with several files that nothing was added to for this long is merged into one.
    pub settled_after: Duration,
    /// Files of at least this size are left alone.
    pub target_bytes: u64,
}

/// Files of one partition to be merged into one.
#[derive(Debug, Clone)]
pub struct MergePlan {
    /// Partition, days since 1970-01-01.
    pub partition: i32,
    /// Files to be replaced.
    pub files: Vec<Arc<FileEntry>>,
}

/// What a merge did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MergeReport {
    /// Files replaced.
    pub files: usize,
    /// Rows rewritten.
    pub rows: u64,
    /// Bytes read and written.
    pub bytes_before: u64,
    /// Size of the new file.
    pub bytes_after: u64,
}

/// Memory for the rows in hand of all files of a merge.
const MERGE_BYTES: u64 = 64 * 1024 * 1024;

impl MergePolicy {
    /// Merges due for a snapshot.
    ///
    /// With too many files, the smallest go together up to the first that is larger than all before it taken
    /// twice: each row is then rewritten a logarithmic number of times, not once per flush.
    #[must_use]
    pub fn plan(&self, snapshot: &Snapshot) -> Vec<MergePlan> {
        let mut partitions: BTreeMap<i32, Vec<Arc<FileEntry>>> = BTreeMap::new();
        for file in snapshot
            .files
            .iter()
            .filter(|file| file.size_bytes < self.target_bytes)
        {
            partitions
                .entry(file.partition)
                .or_default()
                .push(file.clone());
        }
        let settled_ms =
            now_ms() - i64::try_from(self.settled_after.as_millis()).unwrap_or(i64::MAX);
        let mut plans = Vec::new();
        for (partition, mut files) in partitions {
            files.sort_by_key(|file| file.size_bytes);
            let settled = files.len() > 1 && files.iter().all(|file| file.written_ms <= settled_ms);
            if settled {
                self.limit(&mut files);
            } else if files.len() > self.files_max {
                let mut sum = 0;
                let alike = files.iter().take_while(|file| {
                    let fits = sum == 0 || file.size_bytes <= 2 * sum;
                    sum += file.size_bytes;
                    fits
                });
                let alike = alike.count().max(self.files_max / 2 + 1);
                files.truncate(alike);
                self.limit(&mut files);
            } else {
                continue;
            }
            if files.len() > 1 {
                plans.push(MergePlan { partition, files });
            }
        }
        plans
    }

    /// Keeps the result near the target size.
    fn limit(&self, files: &mut Vec<Arc<FileEntry>>) {
        let mut sum = 0;
        let fit = files.iter().take_while(|file| {
            sum += file.size_bytes;
            sum <= 2 * self.target_bytes
        });
        let fit = fit.count().max(2);
        files.truncate(fit);
    }
}

impl Table {
    /// Merges the files of a plan into one sorted file. A plan that is out of date does nothing.
    ///
    /// # Errors
    /// When a file cannot be read or written; the old files then stay in use.
    pub async fn merge(&self, plan: MergePlan) -> Result<MergeReport, TableError> {
        let _one_at_a_time = self.inner.merging.lock().await;
        let snapshot = self.snapshot();
        let live =
            |file: &Arc<FileEntry>| snapshot.files.iter().any(|other| other.path == file.path);
        if plan.files.len() < 2 || !plan.files.iter().all(live) {
            return Ok(MergeReport::default());
        }
        let MergePlan { partition, files } = plan;
        let inputs = files.clone();
        let merged = self
            .blocking(move |inner| inner.merge(partition, &inputs))
            .await?;
        let mut log = self.inner.log.lock().await;
        if log.in_doubt {
            log.reload().await?;
            self.publish(&log).await?;
        }
        self.injected(FailPoint::BeforeCommit)?;
        let remove: Vec<FileEntry> = files.iter().map(|file| (**file).clone()).collect();
        let add = [merged];
        if let Err(error) = log
            .commit(&self.inner.spec, Change::Merge, &add, &remove, None)
            .await
        {
            self.settle(&mut log, &add).await?;
            if !self
                .snapshot()
                .files
                .iter()
                .any(|file| file.path == add[0].path)
            {
                return Err(error);
            }
        }
        self.publish(&log).await?;
        let report = MergeReport {
            files: files.len(),
            rows: add[0].rows,
            bytes_before: remove.iter().map(|file| file.size_bytes).sum(),
            bytes_after: add[0].size_bytes,
        };
        self.inner
            .retired
            .lock()
            .extend(files.into_iter().map(Retired::now));
        metrics::counter!("lake_merged_rows_total", "table" => self.inner.spec.name)
            .increment(report.rows);
        Ok(report)
    }
}

/// One input of a merge: the rows in hand and where the next come from.
struct Input {
    file: Arc<SealedFile>,
    reader: ParquetRecordBatchReader,
    batch: RecordBatch,
    keys: Rows,
    at: usize,
}

impl Input {
    /// Loads the next rows; `false` at the end of the file.
    fn load(&mut self, converter: &RowConverter, sort: &[usize]) -> Result<bool, TableError> {
        loop {
            let Some(batch) = self.reader.next() else {
                self.batch = self.batch.slice(0, 0);
                self.at = 0;
                return Ok(false);
            };
            let batch = batch.map_err(|error| self.file.explain(error))?;
            if batch.num_rows() == 0 {
                continue;
            }
            let columns: Vec<_> = sort
                .iter()
                .map(|column| batch.column(*column).clone())
                .collect();
            self.keys = converter
                .convert_columns(&columns)
                .map_err(|error| self.file.explain(error))?;
            (self.batch, self.at) = (batch, 0);
            return Ok(true);
        }
    }

    fn done(&self) -> bool {
        self.at >= self.batch.num_rows()
    }
}

impl Inner {
    fn merge(&self, partition: i32, files: &[Arc<FileEntry>]) -> Result<FileEntry, TableError> {
        let fields = self
            .spec
            .sort
            .iter()
            .map(|column| SortField::new(self.schema.field(*column).data_type().clone()));
        let bad =
            |error: arrow::error::ArrowError| TableError::schema(self.spec.name, error.to_string());
        let converter = RowConverter::new(fields.collect()).map_err(bad)?;
        let mut inputs = Vec::with_capacity(files.len());
        for entry in files {
            inputs.push(self.input(entry, files.len(), &converter)?);
        }
        let mut writer = FileWriter::create(&self.dir, &self.spec, &self.schema, partition)?;
        let path = writer.path().to_owned();
        let merged = self.merge_into(&mut writer, &mut inputs, &converter);
        let finished = merged.and_then(|()| writer.finish());
        let expected: u64 = files.iter().map(|file| file.rows).sum();
        match finished {
            Ok(file) if file.rows == expected => Ok(file),
            failed => {
                self.delete(&path)?;
                let file = failed?;
                Err(TableError::schema(
                    self.spec.name,
                    format!("merge wrote {} rows of {expected}", file.rows),
                ))
            }
        }
    }

    fn input(
        &self,
        entry: &Arc<FileEntry>,
        inputs: usize,
        converter: &RowConverter,
    ) -> Result<Input, TableError> {
        let open = OpenFile::open(&self.dir, &self.spec, entry)?;
        let plain: i64 = open
            .parquet()
            .row_groups()
            .iter()
            .map(|group| group.total_byte_size())
            .sum();
        let row_bytes = u64::try_from(plain).unwrap_or(0) / entry.rows.max(1) + 64;
        let rows = (MERGE_BYTES / inputs as u64 / row_bytes).clamp(64, 8_192);
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(
            SealedRef(open.file.clone()),
            open.footer.clone(),
        )
        .with_batch_size(usize::try_from(rows).unwrap_or(64))
        .build()
        .map_err(|error| open.file.explain(error))?;
        let keys = converter.empty_rows(0, 0);
        let batch = RecordBatch::new_empty(self.schema.clone());
        let mut input = Input {
            file: open.file.clone(),
            reader,
            batch,
            keys,
            at: 0,
        };
        input.load(converter, &self.spec.sort)?;
        Ok(input)
    }

    fn merge_into(
        &self,
        writer: &mut FileWriter,
        inputs: &mut [Input],
        converter: &RowConverter,
    ) -> Result<(), TableError> {
        let mut order: Vec<(usize, usize)> = Vec::new();
        while let Some((first, rival)) = smallest_two(inputs) {
            // Take the whole run that stays below the next input: keys repeat for long stretches.
            let batch_rows = inputs[first].batch.num_rows();
            let mut at = inputs[first].at;
            loop {
                order.push((first, at));
                at += 1;
                let below = rival.is_none_or(|r| {
                    at < batch_rows
                        && inputs[first]
                            .keys
                            .row(at)
                            .cmp(&inputs[r].keys.row(inputs[r].at))
                            != Ordering::Greater
                });
                if at >= batch_rows || !below {
                    break;
                }
            }
            inputs[first].at = at;
            if inputs[first].done() {
                self.flush(writer, inputs, &mut order)?;
                inputs[first].load(converter, &self.spec.sort)?;
            }
        }
        self.flush(writer, inputs, &mut order)
    }

    fn flush(
        &self,
        writer: &mut FileWriter,
        inputs: &[Input],
        order: &mut Vec<(usize, usize)>,
    ) -> Result<(), TableError> {
        if order.is_empty() {
            return Ok(());
        }
        let batches: Vec<&RecordBatch> = inputs.iter().map(|input| &input.batch).collect();
        let merged = interleave_record_batch(&batches, order)
            .map_err(|error| TableError::schema(self.spec.name, error.to_string()))?;
        order.clear();
        writer.write(&merged)
    }
}

/// The input with the smallest next row, and the one after it.
fn smallest_two(inputs: &[Input]) -> Option<(usize, Option<usize>)> {
    let mut best: Option<usize> = None;
    let mut rival: Option<usize> = None;
    let key = |index: usize| inputs[index].keys.row(inputs[index].at);
    for index in (0..inputs.len()).filter(|index| !inputs[*index].done()) {
        match best {
            Some(current) if key(index) < key(current) => {
                (best, rival) = (Some(index), Some(current))
            }
            Some(_) if rival.is_none_or(|rival| key(index) < key(rival)) => rival = Some(index),
            Some(_) => {}
            None => best = Some(index),
        }
    }
    best.map(|best| (best, rival))
}
