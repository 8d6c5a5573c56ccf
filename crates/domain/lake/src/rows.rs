//! Rows of `raw_events` and `dead_letter` as they are read.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use milepost_cloudevent::{Authenticity, CloudEvent, Data, Header, Record};
use milepost_lake_core::{Batch, Column, KeyFilter, NULL_I64, Scan, Snapshot, Table};
use milepost_types::{Did, Timestamp, parse_address};

use crate::{
    LakeError,
    build_raw::{authenticity_text, data_form},
    raw::{DeadLetter, StoredEvent},
    tables::{dead, raw},
};

pub(crate) fn time(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap_or(Timestamp::EPOCH)
}

pub(crate) fn seq_at(batch: &Batch, column: usize, row: usize) -> u64 {
    u64::try_from(batch.columns[column].i64s()[row]).unwrap_or(0)
}

pub(crate) fn key_at(batch: &Batch, column: usize, row: usize) -> Result<[u8; 16], LakeError> {
    let bytes = batch.columns[column].blobs().get(row);
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| bad_row(0, "event key of another length"))
}

fn bad_row(seq: u64, reason: impl Into<String>) -> LakeError {
    LakeError::Row {
        table: "raw_events",
        seq,
        reason: reason.into(),
    }
}

pub(crate) fn dead_at(batch: &Batch, row: usize) -> (i32, DeadLetter) {
    let text = |column: usize| batch.columns[column].blobs().text(row).map(str::to_owned);
    let item = match &batch.columns[dead::ITEM] {
        Column::I32(items) => items[row],
        _ => 0,
    };
    let letter = DeadLetter {
        seq: seq_at(batch, dead::SEQ, row),
        received_at: time(batch.columns[dead::RECEIVED_AT].i64s()[row]),
        path: text(dead::PATH).unwrap_or_default(),
        name: text(dead::NAME),
        reason: text(dead::REASON).unwrap_or_default(),
    };
    (item, letter)
}

/// Parses each label of a batch once.
#[derive(Debug, Default)]
pub(crate) struct DidCache(HashMap<u32, Did>);

impl DidCache {
    pub(crate) fn at(
        &mut self,
        batch: &Batch,
        column: usize,
        row: usize,
    ) -> Result<Did, LakeError> {
        let labels = batch.columns[column].labels();
        let code = labels.keys[row];
        if let Some(did) = self.0.get(&code) {
            return Ok(*did);
        }
        let text = labels.get(row).ok_or_else(|| bad_row(0, "no subject"))?;
        let did: Did = text
            .parse()
            .map_err(|error| bad_row(0, format!("{error}")))?;
        self.0.insert(code, did);
        Ok(did)
    }
}

/// Events by journal sequence, ascending; those that the table does not have are left out.
pub(crate) fn read_events(
    table: &Table,
    snapshot: &Snapshot,
    ascending: &[u64],
) -> Result<Vec<StoredEvent>, LakeError> {
    if ascending.is_empty() {
        return Ok(Vec::new());
    }
    let seqs = ascending
        .iter()
        .filter_map(|seq| i64::try_from(*seq).ok())
        .collect();
    let scan = Scan {
        keys: vec![KeyFilter::I64(seqs)],
        between: None,
        columns: (0..raw::COLUMNS).collect(),
    };
    let mut events = Vec::new();
    for batch in table.scan(snapshot, &scan)? {
        for row in 0..batch.rows() {
            events.push(event_at(&batch, row)?);
        }
    }
    events.sort_unstable_by_key(|event| event.seq);
    Ok(events)
}

/// Ids of events by journal sequence.
pub(crate) fn read_ids(
    table: &Table,
    snapshot: &Snapshot,
    ascending: Vec<i64>,
) -> Result<HashMap<u64, Arc<str>>, LakeError> {
    let scan = Scan {
        keys: vec![KeyFilter::I64(ascending)],
        between: None,
        columns: vec![raw::SEQ, raw::ID],
    };
    let mut ids = HashMap::new();
    for batch in table.scan(snapshot, &scan)? {
        for row in 0..batch.rows() {
            let id = batch.columns[1].blobs().text(row).unwrap_or_default();
            ids.insert(seq_at(&batch, 0, row), Arc::from(id));
        }
    }
    Ok(ids)
}

/// A row of `raw_events` with all columns, as it was received.
pub(crate) fn event_at(batch: &Batch, row: usize) -> Result<StoredEvent, LakeError> {
    let seq = seq_at(batch, raw::SEQ, row);
    let bad = |what: &str| bad_row(seq, what);
    let label = |column: usize| {
        batch.columns[column]
            .labels()
            .get(row)
            .map(|text| text.to_string())
    };
    let text = |column: usize| batch.columns[column].blobs().text(row).map(str::to_owned);
    let did =
        |column: usize| -> Option<Did> { batch.columns[column].labels().get(row)?.parse().ok() };
    let narrow = batch.columns[raw::SEQUENCE].i64s()[row];
    let wide = text(raw::SEQUENCE_WIDE).and_then(|text| text.parse().ok());
    let tags = text(raw::TAGS)
        .map(|tags| serde_json::from_str(&tags))
        .transpose();
    let data = match label(raw::DATA_FORM).as_deref() {
        Some("none") => Data::None,
        Some("json") => Data::Json(Bytes::copy_from_slice(
            batch.columns[raw::DATA]
                .blobs()
                .get(row)
                .unwrap_or_default(),
        )),
        Some("base64") => Data::Base64(text(raw::DATA).unwrap_or_default()),
        _ => return Err(bad("data_form is not none, json or base64")),
    };
    debug_assert_eq!(label(raw::DATA_FORM).as_deref(), Some(data_form(&data)));
    let header = Header {
        id: text(raw::ID).ok_or_else(|| bad("no id"))?,
        source: label(raw::SOURCE)
            .and_then(|text| parse_address(&text).ok())
            .ok_or_else(|| bad("no source address"))?,
        producer: did(raw::PRODUCER).ok_or_else(|| bad("producer is not a DID"))?,
        subject: did(raw::SUBJECT).ok_or_else(|| bad("subject is not a DID"))?,
        kind: label(raw::KIND).ok_or_else(|| bad("no type"))?,
        time: time(batch.columns[raw::TIME].i64s()[row]),
        data_content_type: label(raw::CONTENT_TYPE),
        data_schema: label(raw::SCHEMA),
        data_version: label(raw::VERSION),
        signature: text(raw::SIGNATURE),
        raw_event_id: text(raw::RAW_EVENT_ID),
        sequence: if narrow == NULL_I64 {
            wide
        } else {
            u64::try_from(narrow).ok()
        },
        tags: tags
            .map_err(|_| bad("tags are not a list of texts"))?
            .unwrap_or_default(),
        extras: text(raw::EXTRAS),
    };
    let how = [
        Authenticity::Certificate,
        Authenticity::Device,
        Authenticity::DeviceBatch,
        Authenticity::Legacy,
    ];
    let stated = label(raw::AUTHENTICITY);
    let authenticity = how
        .into_iter()
        .find(|how| stated.as_deref() == Some(authenticity_text(*how)));
    let record = Record {
        event: CloudEvent { header, data },
        received_at: time(batch.columns[raw::RECEIVED_AT].i64s()[row]),
        authenticity: authenticity.ok_or_else(|| bad("unknown authenticity"))?,
        admitted_at_block: u64::try_from(batch.columns[raw::ADMITTED].i64s()[row]).unwrap_or(0),
    };
    Ok(StoredEvent { seq, record })
}
