//! Ingest with real keys, real signatures, the real policy and a real journal; only the chain is a table.

#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

mod certificates;
mod concurrency;
mod garbage;
mod refusals;
mod repeats;
mod world;
