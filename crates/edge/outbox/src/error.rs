use milepost_cloudevent::FieldError;
use milepost_crypto::SignatureError;
use thiserror::Error;

use crate::{DeliveryReport, SignedEvent};

/// Why an outbox cannot be made.
#[derive(Debug, Error)]
pub enum OutboxError {
    /// The endpoint is no http or https URL.
    #[error("endpoint '{0}' is not an http or https URL")]
    Endpoint(String),
    /// The batch size is out of range.
    #[error("batch_events_max is {0} (limit: 1 to 1000)")]
    BatchSize(usize),
    /// Client certificate or authority do not parse.
    #[error("client certificate or authority")]
    Client(#[from] milepost_http::PkiError),
}

/// Why an event cannot be sent as it is. No sequence number was used up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BuildError {
    /// `data` is not JSON.
    #[error("event {index}: data is not JSON: {reason}")]
    Data {
        /// Place in the list.
        index: usize,
        /// What is wrong, with line and column.
        reason: String,
    },
    /// An attribute that no node would take.
    #[error("event {index}")]
    Field {
        /// Place in the list.
        index: usize,
        /// The attribute.
        source: FieldError,
    },
    /// The event cannot be signed.
    #[error("event {index}")]
    Signature {
        /// Place in the list.
        index: usize,
        /// Why.
        source: SignatureError,
    },
    /// Sequence numbers are used up.
    #[error("sequence number beyond 2^64-1")]
    SequenceExhausted,
}

/// A delivery that stopped before its end.
#[derive(Debug, Error)]
#[error("{} of {} events not delivered", .undelivered.len(), .report.events() + .undelivered.len())]
pub struct DeliveryError {
    /// Why it stopped.
    #[source]
    pub failure: DeliveryFailure,
    /// What the node answered before that; these events are settled.
    pub report: DeliveryReport,
    /// Events without an answer, as signed. Deliver them again unchanged.
    pub undelivered: Vec<SignedEvent>,
}

/// Why a delivery stopped.
#[derive(Debug, Error)]
pub enum DeliveryFailure {
    /// The events could not be built.
    #[error("events could not be built")]
    Build(#[from] BuildError),
    /// The node was unreachable or busy until the deadline.
    #[error("no answer within the deadline after {attempts} attempts; last: {last}")]
    Deadline {
        /// Requests made for the events at hand.
        attempts: u32,
        /// Outcome of the last attempt.
        last: String,
    },
    /// The node refused the whole request; trying again would not help.
    #[error("node refused the request with status {status} ({code}): {detail}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Machine-readable code, empty when the node gave none.
        code: String,
        /// Field at fault, when named.
        field: Option<String>,
        /// Explanation, at most 1 KiB.
        detail: String,
    },
    /// The request could not be put together.
    #[error("request could not be made: {reason}")]
    Request {
        /// Why.
        reason: String,
    },
    /// Status 2xx, but the answer does not account for every event.
    #[error("node's answer cannot be relied on: {reason}")]
    Answer {
        /// What is wrong with it.
        reason: String,
    },
}
