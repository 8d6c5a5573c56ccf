use serde::{Deserialize, Serialize};

/// Bounds of the ingest listener's requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IngestApiSettings {
    /// Body as sent, bytes. Default 32 MiB.
    pub body_bytes_max: usize,
    /// Body after decompression, bytes. Default 32 MiB.
    pub decoded_bytes_max: usize,
    /// Most bytes that one compressed byte may become; beyond 1 MiB only. Telemetry compresses 10 to 30 times, many
    /// equal events 100 times.
    pub expansion_max: usize,
    /// Memory for all bodies beyond 64 KiB together, bytes. At least one largest body must fit.
    pub memory_bytes_max: usize,
    /// Requests in flight.
    pub requests_max: usize,
    /// Time for a whole body, seconds.
    pub body_secs: u64,
    /// Time without a byte of it, seconds.
    pub body_idle_secs: u64,
}

impl Default for IngestApiSettings {
    fn default() -> Self {
        Self {
            body_bytes_max: 32 << 20,
            decoded_bytes_max: 32 << 20,
            expansion_max: 200,
            memory_bytes_max: 192 << 20,
            requests_max: 2048,
            body_secs: 60,
            body_idle_secs: 10,
        }
    }
}

impl IngestApiSettings {
    /// Budget in KiB, never below what the largest request needs, so that no request waits for ever.
    pub(crate) fn budget_kib(&self) -> usize {
        let largest = kib(self.body_bytes_max).saturating_add(kib(self.decoded_bytes_max));
        kib(self.memory_bytes_max).max(largest)
    }
}

pub(crate) fn kib(bytes: usize) -> usize {
    bytes.div_ceil(1024)
}
