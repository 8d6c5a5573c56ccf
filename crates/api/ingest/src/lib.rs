//! The HTTP surface of ingest: `POST` on any path, as devices of the deployed system send it.
//!
//! A body is one CloudEvent, a JSON array of them, or one per line; plain, gzip or zstd. The answer is JSON:
//! `{"accepted", "duplicates", "rejected": [{"index", "id", "code", "field", "limit", "detail"}], "ids"}` with 200 when
//! at least one event is stored, otherwise `application/problem+json` with the same `rejected` list.
//!
//! # Guarantees
//! * 200 means durable: it is [`milepost_ingest::Ingest::accept`]'s answer.
//! * Every refusal names a code, and the field and limit where there is one; 429 and 503 carry `Retry-After`.
//! * Memory is bounded whatever is sent: requests in flight, compressed and decompressed sizes are capped, and all
//!   bodies beyond 64 KiB share one budget ([`IngestApiSettings::memory_bytes_max`]). A body that comes too slowly
//!   is cut off.
//!
//! # Back-pressure
//! Beyond [`IngestApiSettings::requests_max`] requests in flight, or without budget for a large body, the answer is
//! 503 with `Retry-After: 1`.

mod body;
mod decode;
mod limits;
mod problem;
mod router;

pub use limits::IngestApiSettings;
pub use router::{Clock, ROUTES, router};
