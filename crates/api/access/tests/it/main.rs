//! The real routes over a real service, driven as clients do.

#![expect(
    clippy::unwrap_used,
    reason = "a failed step of a test is a failed test"
)]

mod client;
mod exchange;
mod login;
mod surface;
#[path = "../../../../domain/access/tests/it/world.rs"]
mod world;
