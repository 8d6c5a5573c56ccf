use milepost_telemetry::Limits;
use serde::{Deserialize, Serialize};

/// Bounds of the telemetry API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetryApiSettings {
    /// Most selected fields of an operation, fragments expanded; each costs 1, as in the deployed API.
    pub complexity_max: usize,
    /// Deepest nesting of data fields; the schema itself needs 4.
    pub depth_max: usize,
    /// Largest request body or query text, bytes.
    pub body_bytes_max: usize,
    /// Largest answer, bytes.
    pub response_bytes_max: usize,
    /// Longest time for one request, milliseconds.
    pub request_timeout_ms: u64,
    /// Requests in flight.
    pub requests_max: usize,
    /// Requests that read the store's disk side at the same time; each may hold about 64 MB of points.
    pub reads_max: usize,
    /// How long a request waits for its turn before it is refused, milliseconds.
    pub queue_wait_ms: u64,
    /// A read that took longer asks the authority once more before it is answered, milliseconds.
    pub recheck_after_ms: u64,
    /// Bounds of one read.
    pub limits: Limits,
}

impl Default for TelemetryApiSettings {
    fn default() -> Self {
        Self {
            complexity_max: 100,
            depth_max: 10,
            body_bytes_max: 64 * 1024,
            response_bytes_max: 32 * 1024 * 1024,
            request_timeout_ms: 30_000,
            requests_max: 256,
            reads_max: 16,
            queue_wait_ms: 100,
            recheck_after_ms: 250,
            limits: Limits::default(),
        }
    }
}
