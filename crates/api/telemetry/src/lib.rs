//! The telemetry GraphQL API: `signals`, `signalsLatest`, `availableSignals`, `signalsSnapshot`, `dataSummary`.
//!
//! How a request goes: body within its limit → caller ([`ReadAuthority`], asked anew for every request) → text
//! scanned for tokens, nesting and bad escapes → parsed → cost of the expanded document within its limits →
//! validated against the schema → planned (vehicle, arguments and privileges decided before anything is read) →
//! one read of the store → answer written straight to bytes. async-graphql parses, validates and answers
//! introspection; the data fields are executed by this crate, because one read serves all of an operation and an
//! answer has thousands of cells.
//!
//! Guarantees:
//! - No field is answered without a rule in [`QUERY_RULES`]; a field without the privilege it takes is null with
//!   one error, the others are delivered. Unprivileged signals are not fetched, filtered on or named.
//! - An answer rests on one grant; a read during which the grant ended or narrowed is withheld.
//! - Every answer states in `extensions` the block of the access decision and the journal sequence it includes.
//! - Back-pressure: requests beyond [`TelemetryApiSettings::requests_max`] in flight, or reads beyond
//!   [`TelemetryApiSettings::reads_max`], wait briefly and are then refused with 429 and `Retry-After`. Work stops
//!   when the client goes or the time is over. Nothing is kept across requests, so nothing can be lost.
//!
//! Deviations from the deployed API: `tokenId`, `subject` and `did` are all optional, exactly one is required;
//! `firstSeen` and `lastSeen` of `dataSummary` are null without data; `filter.or` means (all conditions of the
//! filter) OR or₁ OR or₂; a denied field of `signals` gives one error with path `[query, field]`, not one per row;
//! intervals also accept `d`.

mod answer;
mod arguments;
mod authority;
mod cost;
mod document;
mod error;
mod execute;
mod http;
mod metrics;
mod plan;
mod rules;
mod scan;
mod schema;
mod selection;
mod service;
mod settings;

pub use authority::{AuthError, ReadAuthority};
pub use http::{ROUTES, router};
pub use rules::{FieldRule, QUERY_RULES};
pub use schema::{query_fields, sdl};
pub use service::{Clock, TelemetryApi};
pub use settings::TelemetryApiSettings;
