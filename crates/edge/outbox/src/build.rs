use std::io;

use bytes::Bytes;
use flate2::write::GzEncoder;
use milepost_cloudevent::Incoming;
use milepost_crypto::{SignatureAttribute, SignedFields, event_digest, sign_batch, sign_event};
use milepost_types::{Did, Timestamp, keccak256};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{BuildError, Compression, OutboxConfig, Signing};

/// An event before it is numbered and signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingEvent {
    /// `type`, such as `dimo.status`.
    pub kind: String,
    /// What it is about: the paired vehicle; without it the device itself.
    pub subject: Option<Did>,
    /// `id`; without it `<device address>-<sequence>`.
    pub id: Option<String>,
    /// When it happened.
    pub time: Timestamp,
    /// `dataschema`.
    pub data_schema: Option<String>,
    /// `dataversion`; names the decoder.
    pub data_version: Option<String>,
    /// `tags`.
    pub tags: Vec<String>,
    /// Payload, JSON text. Line breaks between its tokens become spaces, so that an event fits on a line.
    pub data: Bytes,
}

impl OutgoingEvent {
    /// An event of type `kind` at `time` with a payload in JSON text; the rest is empty.
    #[must_use]
    pub fn new(kind: impl Into<String>, time: Timestamp, data: impl Into<Bytes>) -> Self {
        Self {
            kind: kind.into(),
            subject: None,
            id: None,
            time,
            data_schema: None,
            data_version: None,
            tags: Vec::new(),
            data: data.into(),
        }
    }
}

/// An event as it goes out, every time it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedEvent {
    /// Its id.
    pub id: String,
    /// Its sequence number.
    pub sequence: u64,
    /// CloudEvent JSON on one line, signature included.
    pub json: Bytes,
}

/// Body with all events as a JSON array.
#[must_use]
pub fn json_array(events: &[SignedEvent]) -> Vec<u8> {
    let mut body = vec![b'['];
    for (index, event) in events.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(&event.json);
    }
    body.push(b']');
    body
}

/// Body with one event per line.
#[must_use]
pub fn ndjson(events: &[SignedEvent]) -> Vec<u8> {
    let mut body = Vec::new();
    for event in events {
        body.extend_from_slice(&event.json);
        body.push(b'\n');
    }
    body
}

/// Numbers from `sequence` on and signs. Batches are cut every `batch_events_max` events.
pub(crate) fn build(
    config: &OutboxConfig,
    sequence_first: u64,
    events: Vec<OutgoingEvent>,
) -> Result<Vec<SignedEvent>, BuildError> {
    let mut drafts = Vec::with_capacity(events.len());
    for (index, event) in events.into_iter().enumerate() {
        let sequence = sequence_first
            .checked_add(index as u64)
            .ok_or(BuildError::SequenceExhausted)?;
        drafts.push((sequence, draft(config, index, sequence, event)?));
    }
    let mut signed = Vec::with_capacity(drafts.len());
    for batch in drafts.chunks(config.batch_events_max) {
        let offset = signed.len();
        for ((sequence, draft), signature) in batch.iter().zip(signatures(config, offset, batch)?) {
            let event = match signature {
                None => draft.clone(),
                Some(signature) => draft.clone().with_signature(&signature).map_err(|source| {
                    BuildError::Field {
                        index: signed.len(),
                        source,
                    }
                })?,
            };
            let id = event.id().unwrap_or_default().to_owned();
            signed.push(SignedEvent {
                id,
                sequence: *sequence,
                json: event.to_json().into(),
            });
        }
    }
    Ok(signed)
}

#[derive(Serialize)]
struct Draft<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Did>,
    producer: Did,
    r#type: &'a str,
    time: Timestamp,
    datacontenttype: &'a str,
    dataschema: Option<&'a str>,
    dataversion: Option<&'a str>,
    sequence: Option<u64>,
    tags: &'a [String],
    data: &'a RawValue,
}

/// The unsigned event, read the way the node will read it: what it would refuse is refused here, and the signature
/// is over what it will see.
fn draft(
    config: &OutboxConfig,
    index: usize,
    sequence: u64,
    event: OutgoingEvent,
) -> Result<Incoming, BuildError> {
    let bad_data = |reason: String| BuildError::Data { index, reason };
    let _: &RawValue = serde_json::from_slice(&event.data).map_err(|e| bad_data(e.to_string()))?;
    // Raw line breaks in valid JSON can only be white space.
    let data: Vec<u8> = event
        .data
        .iter()
        .map(|b| if matches!(b, b'\n' | b'\r') { b' ' } else { *b })
        .collect();
    let data: &RawValue = serde_json::from_slice(&data).map_err(|e| bad_data(e.to_string()))?;
    let draft = Draft {
        id: event
            .id
            .unwrap_or_else(|| format!("{}-{sequence}", config.key.address())),
        source: config.source.map(|source| source.to_string()),
        subject: event.subject,
        producer: config.producer,
        r#type: &event.kind,
        time: event.time,
        datacontenttype: "application/json",
        dataschema: event.data_schema.as_deref(),
        dataversion: event.data_version.as_deref(),
        // The deployed format has no numbers: its readers would keep one as an unknown attribute.
        sequence: (config.signing != Signing::Legacy).then_some(sequence),
        tags: &event.tags,
        data,
    };
    let json = serde_json::to_vec(&draft).map_err(|e| bad_data(e.to_string()))?;
    Incoming::parse(&json).map_err(|source| BuildError::Field { index, source })
}

fn signatures(
    config: &OutboxConfig,
    offset: usize,
    batch: &[(u64, Incoming)],
) -> Result<Vec<Option<String>>, BuildError> {
    let fields = || {
        batch
            .iter()
            .enumerate()
            .map(|(n, (_, event))| (offset + n, SignedFields::from(event)))
    };
    let fail = |index: usize| move |source| BuildError::Signature { index, source };
    match config.signing {
        Signing::Certificate => Ok(vec![None; batch.len()]),
        Signing::Each => fields()
            .map(|(index, event)| {
                sign_event(&config.key, config.chain, &event)
                    .map(Some)
                    .map_err(fail(index))
            })
            .collect(),
        Signing::Legacy => Ok(fields()
            .map(|(_, event)| config.key.sign_digest(keccak256(event.data.wire_bytes())))
            .map(|signature| Some(SignatureAttribute::Legacy(signature).to_string()))
            .collect()),
        Signing::Batch => {
            let digests: Vec<_> = fields()
                .map(|(index, event)| event_digest(config.chain, &event).map_err(fail(index)))
                .collect::<Result<_, _>>()?;
            let texts = sign_batch(&config.key, config.chain, &digests).map_err(fail(offset))?;
            Ok(texts.into_iter().map(Some).collect())
        }
    }
}

/// A body as it goes over the wire, and its `Content-Encoding`.
pub(crate) fn compress(
    body: Vec<u8>,
    compression: Compression,
) -> io::Result<(Bytes, Option<&'static str>)> {
    match compression {
        Compression::None => Ok((body.into(), None)),
        Compression::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
            io::Write::write_all(&mut encoder, &body)?;
            Ok((encoder.finish()?.into(), Some("gzip")))
        }
        Compression::Zstd => Ok((zstd::encode_all(body.as_slice(), 3)?.into(), Some("zstd"))),
    }
}
