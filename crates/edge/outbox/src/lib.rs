//! How a device delivers events to a node: number, sign, send, and send the same bytes again until the node answers.
//!
//! Guarantees: an event is signed once; every retry carries the same id, sequence number and signature, so the node
//! recognises it and a retry never doubles an event. An event counts as delivered only when the node's answer says
//! so for that event. What was not delivered is handed back in [`DeliveryError::undelivered`] and can be given to
//! [`Outbox::deliver_signed`] later, also after other events: nothing is dropped here.
//!
//! Nothing is written to disk: events and the next sequence number survive a restart only if the caller keeps them
//! ([`Outbox::next_sequence`]). Back-pressure is the caller's `await`: one request is in flight per delivery, and a
//! node that answers 429 or 503 makes it wait.

mod answer;
mod build;
mod config;
mod deliver;
mod error;

pub use answer::{DeliveryReport, Rejected};
pub use build::{OutgoingEvent, SignedEvent, json_array, ndjson};
pub use config::{Compression, Framing, OutboxConfig, RetryPolicy, Signing};
pub use deliver::Outbox;
pub use error::{BuildError, DeliveryError, DeliveryFailure, OutboxError};
