//! From the payload of a CloudEvent to signals and events.
//!
//! Decoding is total: whatever the bytes are, the answer is the good items and, for each refused one, an error that
//! names its place, its name and the limit it broke. One bad item never costs its neighbours. Work and memory are
//! bounded by [`MAX_SIGNALS`], [`MAX_EVENTS`] and the size of the payload. Nothing here reads a clock; "the future"
//! is measured from when the node received the event, so decoding a journal again gives the same result.
//!
//! A payload format is one [`Module`](modules) in a file of its own, chosen by `dataversion`.

mod default;
mod fields;
mod modules;
mod time;
mod vin;

use std::sync::Arc;

use milepost_cloudevent::{CloudEvent, Data};
use milepost_signals::{SignalId, Value};
use milepost_types::Timestamp;

pub use time::{EARLIEST, FUTURE_MICROS_MAX};
pub use vin::valid_vin;

/// Signals decoded from one payload; later ones are refused and counted in one error.
pub const MAX_SIGNALS: usize = 10_000;
/// Events decoded from one payload; later ones are refused and counted in one error.
pub const MAX_EVENTS: usize = 1_000;
/// Bytes of one text value.
pub const MAX_TEXT_BYTES: usize = 4 * 1024;

/// Event types whose payload holds signals and events. Others (attestations, documents, raw data) hold none.
const DECODED_TYPES: [&str; 4] = [
    "dimo.status",
    "dimo.signals",
    "dimo.events",
    "dimo.fingerprint",
];

/// Decodes the payload of `event`, which the node received at `received_at`.
///
/// An event of a type that carries no signals gives an empty result without errors.
#[must_use]
pub fn decode(event: &CloudEvent, received_at: Timestamp) -> Decoded {
    if !DECODED_TYPES.contains(&event.header.kind.as_str()) {
        return Decoded::default();
    }
    let bytes = match &event.data {
        Data::Json(bytes) => bytes,
        Data::None => return Decoded::refused("the event has no data"),
        Data::Base64(_) => {
            return Decoded::refused("data_base64 is not decoded; send signals as JSON in data");
        }
    };
    match modules::choose(&event.header) {
        Some(module) => (module.decode)(bytes, received_at),
        None => {
            let version = event.header.data_version.as_deref().unwrap_or_default();
            Decoded::refused(format!(
                "no decoder for dataversion '{}'",
                shortened(version)
            ))
        }
    }
}

/// At most 64 characters of a text from outside, for messages.
fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

/// One decoded signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Which signal.
    pub signal: SignalId,
    /// When it was measured.
    pub at: Timestamp,
    /// Its value, of the kind the catalogue states.
    pub value: Value,
}

/// One decoded vehicle event.
#[derive(Debug, Clone, PartialEq)]
pub struct VehicleEvent {
    /// Name from the event catalogue.
    pub name: Arc<str>,
    /// When it happened.
    pub at: Timestamp,
    /// Duration, nanoseconds.
    pub duration_ns: u64,
    /// JSON text, when given.
    pub metadata: Option<String>,
    /// Tags, lower case.
    pub tags: Vec<String>,
}

/// Why one item of a payload, or all of it, could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// Where in the payload, such as `signals[3].value`; `data` for the whole.
    pub path: String,
    /// Name of the signal or event, when it could be read.
    pub name: Option<String>,
    /// What is wrong, with the limit.
    pub reason: String,
}

/// Everything a payload yielded; good items are kept beside bad ones.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decoded {
    /// Good signals, in payload order; at most one for each name and time.
    pub signals: Vec<Reading>,
    /// Good events, in payload order.
    pub events: Vec<VehicleEvent>,
    /// What was refused.
    pub errors: Vec<DecodeError>,
}

impl Decoded {
    /// Nothing decoded, for one reason that concerns the whole payload.
    fn refused(reason: impl Into<String>) -> Self {
        let error = DecodeError {
            path: "data".to_owned(),
            name: None,
            reason: reason.into(),
        };
        Self {
            errors: vec![error],
            ..Self::default()
        }
    }
}
