use bytes::Bytes;
use milepost_types::{Address, Timestamp};
use serde::Serialize;

use crate::Rejection;

/// One request as the API hands it over: body complete, decompressed and within its size limit.
#[derive(Debug, Clone)]
pub struct IngestRequest {
    /// One CloudEvent, a JSON array of them, or one per line.
    pub body: Bytes,
    /// `Content-Type`; only the NDJSON types matter.
    pub content_type: Option<String>,
    /// Connection address of the verified client certificate. Without one every event must carry its device's
    /// signature.
    pub certificate: Option<Address>,
    /// The client's idempotency key: becomes the id of events that have none.
    pub idempotency_key: Option<String>,
    /// When the body was complete; the second of the three times (measured, received, served).
    pub received_at: Timestamp,
}

/// What happened to the events of a request; `accepted`, `duplicates` and `rejected` add up to all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct IngestAnswer {
    /// Stored now.
    pub accepted: usize,
    /// Stored before, with the same content.
    pub duplicates: usize,
    /// Not stored, and why.
    pub rejected: Vec<Rejection>,
    /// Id under which each event is stored, in request order; `null` for rejected ones.
    pub ids: Vec<Option<String>>,
}
