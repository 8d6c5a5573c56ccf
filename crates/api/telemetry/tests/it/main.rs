//! The telemetry API as clients see it: every test sends HTTP requests through the real router.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../../../../domain/telemetry/src/model.rs"]
mod model;

mod denials;
mod latest;
mod limits;
mod requests;
mod schema;
mod signals;
mod summary;
mod world;
