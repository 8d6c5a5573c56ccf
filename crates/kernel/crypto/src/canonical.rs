//! The signed bytes, version 1. Any change here is a new version with a new tag; the layout is also fixed by the
//! worked example in `docs/specs/device-signature.md`, which a test reads.

use milepost_cloudevent::{CloudEvent, Data, Incoming};
use milepost_types::{Address, B256, ChainId, Did, Timestamp, keccak256};

use crate::{SignatureAttribute, SignatureError, SigningKey};

const EVENT_TAG: &[u8] = b"milepost/event/v1";

/// Everything of an event that a signature covers, and the signature.
#[derive(Debug, Clone, Copy)]
pub struct SignedFields<'a> {
    /// What the event is about; the producer when the sender left it out.
    pub subject: Did,
    /// The device.
    pub producer: Did,
    /// `source` as claimed by the sender.
    pub source: Option<Address>,
    /// `type`.
    pub kind: &'a str,
    /// `id`; required by the current format.
    pub id: Option<&'a str>,
    /// `time`; required by the current format.
    pub time: Option<Timestamp>,
    /// Sequence number; required by the current format.
    pub sequence: Option<u64>,
    /// `datacontenttype`.
    pub data_content_type: Option<&'a str>,
    /// `dataschema`.
    pub data_schema: Option<&'a str>,
    /// `dataversion`.
    pub data_version: Option<&'a str>,
    /// `raweventid`.
    pub raw_event_id: Option<&'a str>,
    /// `tags`.
    pub tags: &'a [String],
    /// Extension attributes: JSON object, names in byte order, values as sent.
    pub extras: Option<&'a str>,
    /// Payload.
    pub data: &'a Data,
    /// Text of the `signature` attribute.
    pub signature: Option<&'a str>,
}

impl<'a> From<&'a Incoming> for SignedFields<'a> {
    fn from(event: &'a Incoming) -> Self {
        Self {
            subject: event.subject(),
            producer: event.producer(),
            source: event.source(),
            kind: event.kind(),
            id: event.id(),
            time: event.time(),
            sequence: event.sequence(),
            data_content_type: event.data_content_type(),
            data_schema: event.data_schema(),
            data_version: event.data_version(),
            raw_event_id: event.raw_event_id(),
            tags: event.tags(),
            extras: event.extras(),
            data: event.data(),
            signature: event.signature(),
        }
    }
}

/// A stored event, with the stored source as the claim; see [`Verifier::verify_stored`](crate::Verifier::verify_stored)
/// for events that were signed without one.
impl<'a> From<&'a CloudEvent> for SignedFields<'a> {
    fn from(event: &'a CloudEvent) -> Self {
        let header = &event.header;
        Self {
            subject: header.subject,
            producer: header.producer,
            source: Some(header.source),
            kind: &header.kind,
            id: Some(&header.id),
            time: Some(header.time),
            sequence: header.sequence,
            data_content_type: header.data_content_type.as_deref(),
            data_schema: header.data_schema.as_deref(),
            data_version: header.data_version.as_deref(),
            raw_event_id: header.raw_event_id.as_deref(),
            tags: &header.tags,
            extras: header.extras.as_deref(),
            data: &event.data,
            signature: header.signature.as_deref(),
        }
    }
}

/// The signed bytes of an event on `chain`.
///
/// # Errors
/// [`SignatureError::FieldMissing`] when `id`, `time` or `sequence` is absent.
pub fn event_bytes(chain: ChainId, event: &SignedFields<'_>) -> Result<Vec<u8>, SignatureError> {
    let required = |field| SignatureError::FieldMissing { field };
    let id = event.id.ok_or(required("id"))?;
    let time = event.time.ok_or(required("time"))?;
    let sequence = event.sequence.ok_or(required("sequence"))?;
    let mut out = Writer::tagged(EVENT_TAG);
    out.fixed(&chain.0.to_be_bytes());
    out.did(&event.subject);
    out.did(&event.producer);
    out.bytes(
        event
            .source
            .as_ref()
            .map_or(&[], |source| source.as_slice()),
    );
    out.text(event.kind);
    out.text(id);
    out.fixed(&time.as_micros().to_be_bytes());
    out.fixed(&sequence.to_be_bytes());
    for optional in [
        event.data_content_type,
        event.data_schema,
        event.data_version,
        event.raw_event_id,
    ] {
        // Parsing makes no difference between an absent and an empty text, so neither does the signature.
        out.text(optional.unwrap_or_default());
    }
    out.length(event.tags.len());
    for tag in event.tags {
        out.text(tag);
    }
    out.text(event.extras.unwrap_or_default());
    out.fixed(&[match event.data {
        Data::None => 0,
        Data::Json(_) => 1,
        Data::Base64(_) => 2,
    }]);
    out.fixed(keccak256(event.data.wire_bytes()).as_slice());
    Ok(out.0)
}

/// Keccak-256 of [`event_bytes`]: what a device signs.
///
/// # Errors
/// [`SignatureError::FieldMissing`] when `id`, `time` or `sequence` is absent.
pub fn event_digest(chain: ChainId, event: &SignedFields<'_>) -> Result<B256, SignatureError> {
    event_bytes(chain, event).map(keccak256)
}

/// Text for the `signature` attribute of a single event.
///
/// # Errors
/// [`SignatureError::FieldMissing`] when `id`, `time` or `sequence` is absent.
pub fn sign_event(
    key: &SigningKey,
    chain: ChainId,
    event: &SignedFields<'_>,
) -> Result<String, SignatureError> {
    let signature = key.sign_digest(event_digest(chain, event)?);
    Ok(SignatureAttribute::Event(signature).to_string())
}

/// Numbers big-endian at fixed width, everything else behind its length, so that no two inputs read alike.
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    /// The first byte is 0, as no tag is 16 MiB long: no personal message (0x19), typed or legacy transaction
    /// (0x01 to 0x04, 0xc0 and above) and no JSON text starts like that.
    pub(crate) fn tagged(tag: &[u8]) -> Self {
        let mut out = Self(Vec::with_capacity(512));
        out.bytes(tag);
        out
    }

    pub(crate) fn fixed(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn length(&mut self, length: usize) {
        let length = u32::try_from(length).expect("attributes and proofs are far below 4 GiB");
        self.fixed(&length.to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.fixed(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn did(&mut self, did: &Did) {
        self.fixed(&[match did {
            Did::Erc721 { .. } => 1,
            Did::Ethr { .. } => 2,
            Did::Erc20 { .. } => 3,
        }]);
        self.fixed(&did.chain().0.to_be_bytes());
        self.fixed(did.address().as_slice());
        self.fixed(&did.token().unwrap_or_default().to_be_bytes::<32>());
    }
}
