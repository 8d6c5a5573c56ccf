use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use milepost_lake_core::{
    Batch, Blobs, Column, ColumnKind, ColumnSpec, KeyFilter, Labels, MergePolicy, NULL_LABEL, Part,
    Scan, SecretKey, Snapshot, Table, TableSpec,
};

/// A row of the test table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) bucket: i32,
    pub(crate) who: String,
    pub(crate) name: String,
    pub(crate) time: i64,
    pub(crate) seq: i64,
    pub(crate) value: Option<f64>,
    pub(crate) note: Option<String>,
}

impl Row {
    fn key(&self) -> (i32, &str, &str, i64, i64) {
        (self.bucket, &self.who, &self.name, self.time, self.seq)
    }
}

pub(crate) fn row(who: &str, name: &str, time: i64, seq: i64) -> Row {
    let bucket = i32::from(who.as_bytes().last().copied().unwrap_or(0)) % 4;
    let value = (seq % 5 != 0).then_some(seq as f64 / 4.0);
    Row {
        bucket,
        who: who.into(),
        name: name.into(),
        time,
        seq,
        value,
        note: (seq % 3 == 0).then(|| format!("n{seq}")),
    }
}

pub(crate) fn spec(key: Option<SecretKey>) -> TableSpec {
    TableSpec {
        name: "readings",
        columns: vec![
            ColumnSpec::required("bucket", ColumnKind::I32),
            ColumnSpec::required("who", ColumnKind::Label),
            ColumnSpec::required("name", ColumnKind::Label),
            ColumnSpec::required("time", ColumnKind::Time),
            ColumnSpec::required("seq", ColumnKind::I64),
            ColumnSpec::optional("value", ColumnKind::F64),
            ColumnSpec::optional("note", ColumnKind::Text),
        ],
        partition: "date",
        sort: vec![0, 1, 2, 3, 4],
        bounds: vec![3, 4],
        consumer: "decode",
        key,
    }
}

pub(crate) const DAY: i64 = 86_400_000_000;

pub(crate) fn parts(rows: &[Row]) -> Vec<Part> {
    let mut days: BTreeMap<i64, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        days.entry(row.time.div_euclid(DAY)).or_default().push(row);
    }
    days.into_iter()
        .map(|(day, mut rows)| {
            rows.sort_by(|a, b| a.key().cmp(&b.key()));
            Part {
                partition: i32::try_from(day).unwrap(),
                batch: batch(&rows),
            }
        })
        .collect()
}

fn labels<'a>(texts: impl Iterator<Item = &'a str>) -> Column {
    let mut labels = Labels::default();
    let mut known: BTreeMap<&str, u32> = BTreeMap::new();
    for text in texts {
        let key = *known
            .entry(text)
            .or_insert_with(|| labels.intern(Arc::from(text)));
        assert_ne!(key, NULL_LABEL);
        labels.keys.push(key);
    }
    Column::Label(labels)
}

fn batch(rows: &[&Row]) -> Batch {
    let mut notes = Blobs::default();
    rows.iter()
        .for_each(|row| notes.push(row.note.as_deref().map(str::as_bytes)));
    Batch {
        columns: vec![
            Column::I32(rows.iter().map(|r| r.bucket).collect()),
            labels(rows.iter().map(|r| &*r.who)),
            labels(rows.iter().map(|r| &*r.name)),
            Column::I64(rows.iter().map(|r| r.time).collect()),
            Column::I64(rows.iter().map(|r| r.seq).collect()),
            Column::F64(rows.iter().map(|r| r.value.unwrap_or(f64::NAN)).collect()),
            Column::Blob(notes),
        ],
    }
}

pub(crate) fn rows(batches: &[Batch]) -> Vec<Row> {
    let mut out = Vec::new();
    for batch in batches {
        let [Column::I32(bucket), who, name, time, seq, value, note] = &*batch.columns else {
            panic!("columns")
        };
        for (i, bucket) in bucket.iter().enumerate() {
            out.push(Row {
                bucket: *bucket,
                who: who.labels().get(i).unwrap().to_string(),
                name: name.labels().get(i).unwrap().to_string(),
                time: time.i64s()[i],
                seq: seq.i64s()[i],
                value: Some(value.f64s()[i]).filter(|v| !v.is_nan()),
                note: note.blobs().text(i).map(str::to_owned),
            });
        }
    }
    out.sort_by(|a, b| a.key().cmp(&b.key()));
    out
}

pub(crate) fn all() -> Scan<'static> {
    Scan {
        keys: Vec::new(),
        between: None,
        columns: (0..7).collect(),
    }
}

pub(crate) fn one<'a>(who: &'a str, names: &[&'a str], from: i64, to: i64) -> Scan<'a> {
    let bucket = row(who, "", 0, 0).bucket;
    Scan {
        keys: vec![
            KeyFilter::I32(bucket),
            KeyFilter::Label(vec![who]),
            KeyFilter::Label(names.to_vec()),
        ],
        between: Some((3, from, to)),
        columns: (0..7).collect(),
    }
}

pub(crate) async fn open(dir: &Path) -> Table {
    Table::open_or_create(dir, spec(None)).await.unwrap()
}

pub(crate) fn read_all(table: &Table) -> Vec<Row> {
    rows(&table.scan(&table.snapshot(), &all()).unwrap())
}

pub(crate) fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|a, b| a.key().cmp(&b.key()));
    rows
}

pub(crate) fn merge_all() -> MergePolicy {
    MergePolicy {
        files_max: 1,
        settled_after: Duration::ZERO,
        target_bytes: 1 << 30,
    }
}

pub(crate) fn data_files(dir: &Path, snapshot: &Snapshot) -> Vec<std::path::PathBuf> {
    snapshot
        .files
        .iter()
        .map(|file| dir.join(&file.path))
        .collect()
}

/// All files on disk below `dir` with this ending.
pub(crate) fn on_disk(dir: &Path, ending: &str) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            count += on_disk(&entry.path(), ending);
        } else if entry.file_name().to_string_lossy().ends_with(ending) {
            count += 1;
        }
    }
    count
}
