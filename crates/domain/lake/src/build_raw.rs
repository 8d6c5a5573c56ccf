//! Rows of `raw_events` and `dead_letter` from memory.

use std::{collections::BTreeMap, sync::Arc};

use milepost_cloudevent::{Authenticity, Data, Record};
use milepost_lake_core::{Batch, Blobs, Column, NULL_I64, Part};
use milepost_types::{Address, Did};

use crate::{
    build::{LabelColumn, json_list, text, to_i64},
    memtable::{DeadRow, Memtable},
    tables::day_of,
};

#[derive(Debug, Default)]
struct RawColumns {
    seq: Vec<i64>,
    received_at: Vec<i64>,
    subject: LabelColumn<Did>,
    time: Vec<i64>,
    kind: LabelColumn<Arc<str>>,
    id: Blobs,
    source: LabelColumn<Address>,
    producer: LabelColumn<Did>,
    content_type: LabelColumn<Arc<str>>,
    schema: LabelColumn<Arc<str>>,
    version: LabelColumn<Arc<str>>,
    signature: Blobs,
    raw_event_id: Blobs,
    sequence: Vec<i64>,
    sequence_wide: Blobs,
    tags: Blobs,
    extras: Blobs,
    form: LabelColumn<Arc<str>>,
    data: Blobs,
    authenticity: LabelColumn<Arc<str>>,
    admitted: Vec<i64>,
    key: Blobs,
}

fn bytes(text: &Option<String>) -> Option<&[u8]> {
    text.as_deref().map(str::as_bytes)
}

/// How the payload is stored, as text.
pub(crate) const fn data_form(data: &Data) -> &'static str {
    match data {
        Data::None => "none",
        Data::Json(_) => "json",
        Data::Base64(_) => "base64",
    }
}

/// How the sender proved itself, as text.
pub(crate) const fn authenticity_text(authenticity: Authenticity) -> &'static str {
    match authenticity {
        Authenticity::Certificate => "certificate",
        Authenticity::Device => "device",
        Authenticity::DeviceBatch => "device_batch",
        Authenticity::Legacy => "legacy",
    }
}

impl RawColumns {
    fn push(&mut self, seq: u64, record: &Record) {
        let header = &record.event.header;
        self.seq.push(to_i64(seq));
        self.received_at.push(record.received_at.as_micros());
        self.subject.push(header.subject, || text(header.subject));
        self.time.push(header.time.as_micros());
        self.kind.push_text(Some(&header.kind));
        self.id.push(Some(header.id.as_bytes()));
        self.source.push(header.source, || text(header.source));
        self.producer
            .push(header.producer, || text(header.producer));
        self.content_type
            .push_text(header.data_content_type.as_deref());
        self.schema.push_text(header.data_schema.as_deref());
        self.version.push_text(header.data_version.as_deref());
        self.signature.push(bytes(&header.signature));
        self.raw_event_id.push(bytes(&header.raw_event_id));
        let narrow = header
            .sequence
            .and_then(|sequence| i64::try_from(sequence).ok());
        self.sequence.push(narrow.unwrap_or(NULL_I64));
        let wide = header
            .sequence
            .filter(|_| narrow.is_none())
            .map(|sequence| sequence.to_string());
        self.sequence_wide.push(bytes(&wide));
        self.tags.push(bytes(&json_list(&header.tags)));
        self.extras.push(bytes(&header.extras));
        self.form.push_text(Some(data_form(&record.event.data)));
        let data = &record.event.data;
        self.data
            .push((!matches!(data, Data::None)).then(|| data.wire_bytes()));
        self.authenticity
            .push_text(Some(authenticity_text(record.authenticity)));
        self.admitted.push(to_i64(record.admitted_at_block));
        self.key.push(Some(&record.event.key().0));
    }

    fn finish(self) -> Batch {
        let columns = vec![
            Column::I64(self.seq),
            Column::I64(self.received_at),
            Column::Label(self.subject.labels),
            Column::I64(self.time),
            Column::Label(self.kind.labels),
            Column::Blob(self.id),
            Column::Label(self.source.labels),
            Column::Label(self.producer.labels),
            Column::Label(self.content_type.labels),
            Column::Label(self.schema.labels),
            Column::Label(self.version.labels),
            Column::Blob(self.signature),
            Column::Blob(self.raw_event_id),
            Column::I64(self.sequence),
            Column::Blob(self.sequence_wide),
            Column::Blob(self.tags),
            Column::Blob(self.extras),
            Column::Label(self.form.labels),
            Column::Blob(self.data),
            Column::Label(self.authenticity.labels),
            Column::I64(self.admitted),
            Column::Blob(self.key),
        ];
        Batch { columns }
    }
}

/// Rows of the table `raw_events`.
pub(crate) fn raw_events(mem: &Memtable) -> Vec<Part> {
    let mut parts: BTreeMap<i32, RawColumns> = BTreeMap::new();
    for (seq, record) in mem.raw.read().iter() {
        parts
            .entry(day_of(record.received_at.as_micros()))
            .or_default()
            .push(*seq, record);
    }
    parts
        .into_iter()
        .map(|(partition, columns)| Part {
            partition,
            batch: columns.finish(),
        })
        .collect()
}

/// Rows of the table `dead_letter`.
pub(crate) fn dead_letters(mem: &Memtable) -> Vec<Part> {
    let mut parts: BTreeMap<i32, Vec<DeadRow>> = BTreeMap::new();
    for row in mem.dead.read().iter() {
        parts
            .entry(day_of(row.received_at))
            .or_default()
            .push(row.clone());
    }
    let finish = |(partition, rows): (i32, Vec<DeadRow>)| {
        let (mut path, mut name, mut reason) =
            (Blobs::default(), Blobs::default(), Blobs::default());
        for row in &rows {
            path.push(Some(row.error.path.as_bytes()));
            name.push(row.error.name.as_deref().map(str::as_bytes));
            reason.push(Some(row.error.reason.as_bytes()));
        }
        let columns = vec![
            Column::I64(rows.iter().map(|row| to_i64(row.seq)).collect()),
            Column::I32(rows.iter().map(|row| row.item).collect()),
            Column::I64(rows.iter().map(|row| row.received_at).collect()),
            Column::Blob(path),
            Column::Blob(name),
            Column::Blob(reason),
        ];
        Part {
            partition,
            batch: Batch { columns },
        }
    };
    parts.into_iter().map(finish).collect()
}
