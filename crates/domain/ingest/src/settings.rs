use milepost_cloudevent::BodyLimits;
use serde::{Deserialize, Serialize};

/// Settings of ingest. Every default can be used as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IngestSettings {
    /// Events in one request, count.
    pub events_max: usize,
    /// Attributes of one event without its payload, bytes of JSON.
    pub header_bytes_max: usize,
    /// Payload of one event, bytes.
    pub data_bytes_max: usize,
    /// Arrays and objects inside each other in a payload.
    pub data_nesting_max: usize,
    /// Accept the deployed signature format, which covers `data` alone.
    pub legacy_signatures: bool,
    /// Events remembered for recognising repeats. At 50 bytes each in two tables: 105 MB when full.
    pub dedup_keys_max: usize,
    /// Events per second that one device may send on average; 0 sets no limit.
    pub device_events_per_sec: f64,
    /// Events that one device may send at once above the average.
    pub device_burst: f64,
    /// Devices whose rate is remembered; more than that share the memory, newest first.
    pub rate_devices_max: usize,
    /// Bodies up to this size are worked on where they arrive, larger ones by a worker, bytes. 8 KiB is about four
    /// events of usual size, 300 µs of signature checks.
    pub inline_bytes_max: usize,
    /// Threads for larger bodies; 0 takes one per core.
    pub workers: usize,
    /// What a client is told to wait when the journal has no room, seconds.
    pub retry_after_secs: u32,
}

impl Default for IngestSettings {
    fn default() -> Self {
        let limits = BodyLimits::default();
        Self {
            events_max: limits.events_max,
            header_bytes_max: limits.header_bytes_max,
            data_bytes_max: limits.data_bytes_max,
            data_nesting_max: limits.data_nesting_max,
            legacy_signatures: true,
            // Two generations that each just fit a hash table of 2^20 places; one more event would double it.
            dedup_keys_max: 2 * 917_504,
            device_events_per_sec: 0.0,
            device_burst: 100.0,
            rate_devices_max: 100_000,
            inline_bytes_max: 8 << 10,
            workers: 0,
            retry_after_secs: 5,
        }
    }
}

impl IngestSettings {
    /// Limits for parsing.
    #[must_use]
    pub fn body_limits(&self) -> BodyLimits {
        BodyLimits {
            events_max: self.events_max,
            header_bytes_max: self.header_bytes_max,
            data_bytes_max: self.data_bytes_max,
            data_nesting_max: self.data_nesting_max,
        }
    }

    /// Name and rule of the first setting that cannot be used.
    pub(crate) fn check(&self) -> Result<(), (&'static str, &'static str)> {
        if self.events_max == 0 {
            return Err(("events_max", "must be at least 1"));
        }
        if self.dedup_keys_max < 2 {
            return Err(("dedup_keys_max", "must be at least 2"));
        }
        let rate = self.device_events_per_sec;
        if !rate.is_finite() || rate < 0.0 {
            return Err(("device_events_per_sec", "must be 0 (no limit) or more"));
        }
        if rate > 0.0 && (!self.device_burst.is_finite() || self.device_burst < 1.0) {
            return Err(("device_burst", "must be at least 1"));
        }
        if self.rate_devices_max < 2 {
            return Err(("rate_devices_max", "must be at least 2"));
        }
        Ok(())
    }

    pub(crate) fn workers(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            workers => workers,
        }
    }
}
