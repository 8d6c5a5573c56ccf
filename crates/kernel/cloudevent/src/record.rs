use base64::Engine as _;
use bytes::Bytes;
use milepost_types::{Address, Did, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::CloudEvent;

/// How the sender of a stored event proved itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authenticity {
    /// Client certificate of a connection licence.
    Certificate,
    /// The device's own signature over the canonical bytes.
    Device,
    /// The device's signature over a batch that the event is a proven part of.
    DeviceBatch,
    /// The deployed format: signature over raw `data` only; subject and time are not covered by it.
    Legacy,
}

/// What the journal stores for one accepted event, and what the node adds to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The event, `data` byte for byte as sent.
    pub event: CloudEvent,
    /// When the node received it; the second of the three times (measured, received, served).
    pub received_at: Timestamp,
    /// How it was authenticated.
    pub authenticity: Authenticity,
    /// Block at which it was admitted.
    pub admitted_at_block: u64,
}

/// A validated CloudEvent 1.0 of the DIMO profile, as stored.
///
/// `source`, `producer` and `subject` are canonical (EIP-55); `data` keeps the exact bytes of the JSON value or
/// of the base64 text, because signatures cover them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Id given by the sender or by the node.
    pub id: String,
    /// Connection or provider address.
    pub source: Address,
    /// The device.
    pub producer: Did,
    /// The vehicle, or the device itself.
    pub subject: Did,
    /// `dimo.status` and its kin.
    pub kind: String,
    /// When it happened, as the sender says.
    pub time: Timestamp,
    /// `datacontenttype`, when present.
    pub data_content_type: Option<String>,
    /// `dataschema`, when present.
    pub data_schema: Option<String>,
    /// `dataversion`, when present; names the decoder module.
    pub data_version: Option<String>,
    /// Signature text as sent.
    pub signature: Option<String>,
    /// `raweventid`, when present.
    pub raw_event_id: Option<String>,
    /// Device sequence number, when the event was signed in the current format.
    pub sequence: Option<u64>,
    /// `tags`.
    pub tags: Vec<String>,
    /// Other attributes as JSON text of an object; `None` when there are none.
    pub extras: Option<String>,
}

/// Payload of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Data {
    /// No `data`.
    None,
    /// Exact bytes of the JSON value.
    Json(Bytes),
    /// Exact text of `data_base64`.
    Base64(String),
}

impl Data {
    /// Payload bytes as sent: the JSON text, or the base64 text; empty when there is no payload.
    #[must_use]
    pub fn wire_bytes(&self) -> &[u8] {
        match self {
            Self::None => &[],
            Self::Json(json) => json,
            Self::Base64(text) => text.as_bytes(),
        }
    }

    /// Payload content: the JSON text, or what the base64 text stands for; empty when there is no payload, or when
    /// the text is no base64, which parsing rules out.
    #[must_use]
    pub fn content(&self) -> Bytes {
        match self {
            Self::None => Bytes::new(),
            Self::Json(json) => json.clone(),
            Self::Base64(text) => base64::engine::general_purpose::STANDARD
                .decode(text)
                .unwrap_or_default()
                .into(),
        }
    }
}

/// First byte of an encoded [`Record`]. A change of any stored type takes the next number and keeps a reader for
/// this one.
const FORMAT_VERSION: u8 = 1;

/// Why bytes are not a [`Record`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordError {
    /// No bytes.
    #[error("record is empty")]
    Empty,
    /// Written by another version of the program.
    #[error("record has format version {0}; this program reads version {FORMAT_VERSION}")]
    UnknownVersion(u8),
    /// Damaged, or no record.
    #[error("record of {bytes} bytes cannot be read: {reason}")]
    Corrupt {
        /// Size of the input.
        bytes: usize,
        /// What the reader met.
        reason: String,
    },
}

impl Record {
    /// The form the journal stores: a format version byte, then postcard.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let header = &self.event.header;
        let extras = header.extras.as_ref().map_or(0, String::len);
        let mut out = Vec::with_capacity(512 + extras + self.event.data.wire_bytes().len());
        out.push(FORMAT_VERSION);
        postcard::to_extend(self, out)
            .expect("only sequences of unknown length fail, and records have none")
    }

    /// Reads what [`Record::encode`] wrote.
    ///
    /// # Errors
    /// [`RecordError`]: another format version, damaged bytes, or bytes left over.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let corrupt = |reason: String| RecordError::Corrupt {
            bytes: bytes.len(),
            reason,
        };
        match bytes.split_first() {
            None => Err(RecordError::Empty),
            Some((&FORMAT_VERSION, body)) => {
                let (record, rest) =
                    postcard::take_from_bytes(body).map_err(|e| corrupt(e.to_string()))?;
                if rest.is_empty() {
                    Ok(record)
                } else {
                    Err(corrupt(format!("{} bytes left over", rest.len())))
                }
            }
            Some((&version, _)) => Err(RecordError::UnknownVersion(version)),
        }
    }
}
