use std::{sync::Arc, time::Duration};

use milepost_crypto::SigningKey;
use milepost_http::ClientOptions;
use milepost_types::{Address, ChainId, Did};

/// How events prove their origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// One signature for each event.
    Each,
    /// One signature for each request, every event carrying its proof.
    Batch,
    /// The deployed format, over `data` alone, without a sequence number.
    Legacy,
    /// None; the client certificate speaks for the events.
    Certificate,
}

/// How events are put into one body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// A JSON array.
    Array,
    /// One event per line (`application/x-ndjson`).
    Lines,
}

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, level 6.
    Gzip,
    /// Zstandard, level 3.
    Zstd,
}

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Wait before the second attempt; doubles with each further one. Half of every wait is random.
    pub delay_first: Duration,
    /// Longest wait that the doubling reaches; a longer `Retry-After` of the node is still honoured.
    pub delay_max: Duration,
    /// Time for a whole delivery, waits included.
    pub deadline: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            delay_first: Duration::from_millis(500),
            delay_max: Duration::from_secs(30),
            deadline: Duration::from_secs(120),
        }
    }
}

/// Settings of an [`Outbox`](crate::Outbox).
#[derive(Debug, Clone)]
pub struct OutboxConfig {
    /// URL that events are posted to.
    pub endpoint: String,
    /// The device's key.
    pub key: Arc<SigningKey>,
    /// The device.
    pub producer: Did,
    /// `source` to claim; without one the node decides.
    pub source: Option<Address>,
    /// Chain the signatures are for.
    pub chain: ChainId,
    /// Sequence number of the first event.
    pub sequence_first: u64,
    /// How events are signed.
    pub signing: Signing,
    /// How they are framed.
    pub framing: Framing,
    /// How bodies are compressed.
    pub compression: Compression,
    /// Events in one request, and under one batch signature; 1 to 1000.
    pub batch_events_max: usize,
    /// JSON bytes in one request before compression; a single larger event still goes out alone.
    pub batch_bytes_max: usize,
    /// When to try again.
    pub retry: RetryPolicy,
    /// Timeouts, client certificate, authority of the node.
    pub client: ClientOptions,
}

impl OutboxConfig {
    /// Defaults: signatures per event, array framing, no compression, 100 events or 4 MiB per request.
    #[must_use]
    pub fn new(
        endpoint: impl Into<String>,
        key: Arc<SigningKey>,
        producer: Did,
        chain: ChainId,
    ) -> Self {
        Self {
            endpoint: endpoint.into(),
            key,
            producer,
            source: None,
            chain,
            sequence_first: 0,
            signing: Signing::Each,
            framing: Framing::Array,
            compression: Compression::None,
            batch_events_max: 100,
            batch_bytes_max: 4 << 20,
            retry: RetryPolicy::default(),
            client: ClientOptions::default(),
        }
    }
}
