//! CloudEvents 1.0 as DIMO uses them: strict parsing, identity, and the form in which the journal keeps them.
//!
//! Parsing is total: bytes from outside give an event or an error that names the field and the limit, never a
//! panic. The payload is kept byte for byte, because signatures cover the bytes that were sent and not their
//! meaning. Memory is bounded by the size of the body that the caller has already capped: every event copies its
//! payload once, and attributes beyond [`BodyLimits`] are not collected.
//!
//! Two retries of one event have the same [`EventKey`] and the same [`CloudEvent::content_hash`]; two events with
//! the same key and another hash contradict each other, and the first one stands.

mod attributes;
mod body;
mod error;
mod fields;
mod identity;
mod incoming;
mod json;
mod record;

use serde::{Deserialize, Serialize};

pub use body::{BodyError, BodyLimits, parse_body};
pub use error::FieldError;
pub use identity::EventKey;
pub use incoming::{DEVICE_KINDS, Incoming, TIME_MIN, TIME_SKEW_MICROS_MAX, check_time};
pub use record::{Authenticity, Data, Header, Record, RecordError};

/// A checked event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CloudEvent {
    /// Attributes.
    pub header: Header,
    /// Payload.
    pub data: Data,
}
