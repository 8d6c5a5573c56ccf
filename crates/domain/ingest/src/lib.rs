//! From bytes to a durable, authenticated, admitted event: the write path's front half.
//!
//! [`Ingest::accept`] is the whole path: parse → authenticate → admit by the chain's state → recognise repeats →
//! journal → answer.
//!
//! # Guarantees
//! * An event is reported accepted or duplicate only when it is durable in the journal.
//! * An event is stored once: a repeat of a stored event, or of one that is being stored by another request, is
//!   answered as a duplicate, after the first one is durable. Another content under the same key is a conflict and
//!   the first one stands.
//! * A device's signature counts for one event only: a sequence number, or for the deployed signature format the
//!   same `data`, cannot be used again under another identity (D3-43).
//! * Admission is decided for every event at the chain's current block, so a ban, an unpairing or a stake below the
//!   requirement holds from the next block on (D3-76, D3-82).
//! * Every refusal names a stable code, and the field and limit where there is one, and is counted by code.
//!
//! # What survives
//! The journal. The memory of repeats is rebuilt from it at start, for the newest
//! [`IngestSettings::dedup_keys_max`] events. Repeats of older events are stored again and collapsed by the lake on
//! the event key, which a signature in the current format fixes; only reuse of a sequence number (by the device
//! itself) and of the deployed format's `data` under another id or time goes unnoticed beyond that window.
//!
//! An event sent without `time` is stamped with the time of receipt, which is part of its key, so its retry is a new
//! event unless it carries a legacy signature. An event without `id` gets one derived from its content (or from
//! the request's idempotency key), so that a retry gets the same.
//!
//! # Back-pressure
//! The journal's: a full journal refuses requests with "try again later". Work on large bodies waits for one of
//! [`IngestSettings::workers`] threads. The number of requests in flight is bounded by the caller.

mod check;
mod dedup;
mod generations;
mod metrics;
mod rate;
mod rebuild;
mod refusal;
mod request;
mod service;
mod settings;

pub use rebuild::{IngestError, Rebuilt};
pub use refusal::{IngestRefusal, RefusalKind, Rejection};
pub use request::{IngestAnswer, IngestRequest};
pub use service::Ingest;
pub use settings::IngestSettings;
