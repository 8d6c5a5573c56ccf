//! From rows in memory to sorted batches, one for each partition.

use std::{collections::BTreeMap, hash::Hash, sync::Arc};

use hashbrown::HashMap;
use milepost_lake_core::{Batch, Blobs, Column, Labels, NULL_LABEL, Part};
use milepost_signals::{Location, SignalId};
use milepost_types::Address;

use crate::{
    memtable::{EventRow, Memtable, Point, Series, SubjectRows},
    tables::{bucket, partition},
};

/// A label column under construction; `K` is cheaper to look up than its text.
#[derive(Debug)]
pub(crate) struct LabelColumn<K> {
    pub(crate) labels: Labels,
    known: HashMap<K, u32>,
}

impl<K> Default for LabelColumn<K> {
    fn default() -> Self {
        Self {
            labels: Labels::default(),
            known: HashMap::new(),
        }
    }
}

impl<K: Hash + Eq> LabelColumn<K> {
    pub(crate) fn push(&mut self, key: K, text: impl FnOnce() -> Arc<str>) {
        let labels = &mut self.labels;
        let code = *self
            .known
            .entry(key)
            .or_insert_with(|| labels.intern(text()));
        labels.keys.push(code);
    }

    fn push_none(&mut self) {
        self.labels.keys.push(NULL_LABEL);
    }
}

impl LabelColumn<Arc<str>> {
    pub(crate) fn push_text(&mut self, text: Option<&str>) {
        match text {
            None => self.push_none(),
            Some(text) => match self.known.get(text) {
                Some(code) => self.labels.keys.push(*code),
                None => {
                    let text: Arc<str> = Arc::from(text);
                    self.push(text.clone(), || text);
                }
            },
        }
    }
}

pub(crate) fn text(value: impl ToString) -> Arc<str> {
    Arc::from(value.to_string())
}

/// Calls `each` for every subject in table order: bucket, then text.
fn in_order(mem: &Memtable, mut each: impl FnMut(i32, &Arc<str>, &SubjectRows)) {
    let shards: Vec<_> = mem.shards.iter().map(|shard| shard.read()).collect();
    let mut subjects: Vec<(i32, Arc<str>, &SubjectRows)> = Vec::new();
    for (did, rows) in shards.iter().flat_map(|shard| shard.iter()) {
        let did = text(did);
        subjects.push((bucket(&did), did, rows));
    }
    subjects.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    for (bucket, did, rows) in &subjects {
        each(*bucket, did, rows);
    }
}

#[derive(Debug, Default)]
struct SignalColumns {
    bucket: Vec<i32>,
    subject: LabelColumn<Arc<str>>,
    name: LabelColumn<u16>,
    time: Vec<i64>,
    source: LabelColumn<u32>,
    seq: Vec<i64>,
    number: Vec<f64>,
    string: LabelColumn<Arc<str>>,
    place: [Vec<f64>; 4],
}

impl SignalColumns {
    fn finish(self) -> Batch {
        let [latitude, longitude, hdop, heading] = self.place;
        let columns = vec![
            Column::I32(self.bucket),
            Column::Label(self.subject.labels),
            Column::Label(self.name.labels),
            Column::I64(self.time),
            Column::Label(self.source.labels),
            Column::I64(self.seq),
            Column::F64(self.number),
            Column::Label(self.string.labels),
            Column::F64(latitude),
            Column::F64(longitude),
            Column::F64(hdop),
            Column::F64(heading),
        ];
        Batch { columns }
    }

    fn place(&mut self, location: Option<&Location>) {
        let absent = Location {
            latitude: f64::NAN,
            longitude: f64::NAN,
            hdop: f64::NAN,
            heading: f64::NAN,
        };
        let at = location.unwrap_or(&absent);
        for (column, value) in
            self.place
                .iter_mut()
                .zip([at.latitude, at.longitude, at.hdop, at.heading])
        {
            column.push(value);
        }
    }
}

pub(crate) fn to_i64(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// What is the same for all points of a series.
struct Run<'a> {
    bucket: i32,
    subject: &'a Arc<str>,
    signal: SignalId,
    received: i64,
    sources: &'a [Address],
}

impl Run<'_> {
    /// Adds points in order of time; `value` puts a value into its columns.
    fn add<V>(
        &self,
        parts: &mut BTreeMap<i32, SignalColumns>,
        points: &[Point<V>],
        value: impl Fn(&mut SignalColumns, &V),
    ) {
        let mut order: Vec<&Point<V>> = points.iter().collect();
        order.sort_by_key(|point| (point.at, point.seq));
        for point in order {
            let part = parts.entry(partition(point.at, self.received)).or_default();
            part.bucket.push(self.bucket);
            part.subject.push_text(Some(self.subject));
            part.name
                .push(self.signal.0, || Arc::from(self.signal.name()));
            part.time.push(point.at);
            part.source
                .push(point.source, || source_text(self.sources, point.source));
            part.seq.push(to_i64(point.seq));
            value(part, &point.value);
        }
    }
}

fn source_text(sources: &[Address], source: u32) -> Arc<str> {
    text(sources.get(source as usize).copied().unwrap_or_default())
}

/// Rows of the table `signals`.
pub(crate) fn signals(mem: &Memtable, sources: &[Address]) -> Vec<Part> {
    let mut parts: BTreeMap<i32, SignalColumns> = BTreeMap::new();
    let received = mem.received();
    in_order(mem, |bucket, subject, rows| {
        let mut series: Vec<_> = rows.series.iter().collect();
        series.sort_unstable_by_key(|(signal, _)| signal.name());
        for (signal, series) in series {
            let run = Run {
                bucket,
                subject,
                signal: *signal,
                received,
                sources,
            };
            match series {
                Series::Numbers(points) => run.add(&mut parts, points, |part, value| {
                    part.number.push(*value);
                    part.string.push_none();
                    part.place(None);
                }),
                Series::Texts(points) => run.add(&mut parts, points, |part, value| {
                    part.number.push(f64::NAN);
                    part.string.push_text(Some(value));
                    part.place(None);
                }),
                Series::Locations(points) => run.add(&mut parts, points, |part, value| {
                    part.number.push(f64::NAN);
                    part.string.push_none();
                    part.place(Some(value));
                }),
            }
        }
    });
    parts
        .into_iter()
        .map(|(partition, columns)| Part {
            partition,
            batch: columns.finish(),
        })
        .collect()
}

#[derive(Debug, Default)]
struct EventColumns {
    bucket: Vec<i32>,
    subject: LabelColumn<Arc<str>>,
    name: LabelColumn<Arc<str>>,
    time: Vec<i64>,
    source: LabelColumn<u32>,
    seq: Vec<i64>,
    item: Vec<i32>,
    duration: Vec<i64>,
    metadata: Blobs,
    tags: Blobs,
}

/// Rows of the table `events`.
pub(crate) fn events(mem: &Memtable, sources: &[Address]) -> Vec<Part> {
    let mut parts: BTreeMap<i32, EventColumns> = BTreeMap::new();
    let received = mem.received();
    in_order(mem, |bucket, subject, rows| {
        let mut events: Vec<&EventRow> = rows.events.iter().collect();
        events.sort_by(|a, b| {
            (&a.event.name, a.event.at, a.seq, a.item).cmp(&(
                &b.event.name,
                b.event.at,
                b.seq,
                b.item,
            ))
        });
        for row in events {
            let at = row.event.at.as_micros();
            let part = parts.entry(partition(at, received)).or_default();
            part.bucket.push(bucket);
            part.subject.push_text(Some(subject));
            part.name.push_text(Some(&row.event.name));
            part.time.push(at);
            part.source
                .push(row.source, || source_text(sources, row.source));
            part.seq.push(to_i64(row.seq));
            part.item.push(row.item);
            part.duration.push(to_i64(row.event.duration_ns));
            part.metadata
                .push(row.event.metadata.as_deref().map(str::as_bytes));
            part.tags
                .push(json_list(&row.event.tags).as_deref().map(str::as_bytes));
        }
    });
    let finish = |(partition, c): (i32, EventColumns)| {
        let columns = vec![
            Column::I32(c.bucket),
            Column::Label(c.subject.labels),
            Column::Label(c.name.labels),
            Column::I64(c.time),
            Column::Label(c.source.labels),
            Column::I64(c.seq),
            Column::I32(c.item),
            Column::I64(c.duration),
            Column::Blob(c.metadata),
            Column::Blob(c.tags),
        ];
        Part {
            partition,
            batch: Batch { columns },
        }
    };
    parts.into_iter().map(finish).collect()
}

/// A list of texts as JSON; `None` when it is empty.
pub(crate) fn json_list(texts: &[String]) -> Option<String> {
    (!texts.is_empty()).then(|| serde_json::Value::from(texts).to_string())
}
