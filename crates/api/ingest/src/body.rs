//! Reading a request body within time and memory.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use milepost_http::Problem;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout, timeout_at},
};

use crate::{
    IngestApiSettings,
    decode::{Coding, DecodeError},
    limits::kib,
    problem::{busy, refuse, too_large},
};

/// Bodies up to this size need no budget: with 2048 requests in flight they take 128 MiB at most.
const SMALL_BYTES: usize = 64 << 10;
/// Compressed bodies up to this size are tried on the spot: at worst 64 KiB come out, in 0.1 ms.
const INLINE_COMPRESSED_BYTES: usize = 8 << 10;
/// What a compressed body is first expected to become, times its size, and at least.
const USUAL_EXPANSION: usize = 20;
const USUAL_DECODED_BYTES: usize = 1 << 20;
/// How long a large body waits for budget.
const BUDGET_WAIT: Duration = Duration::from_secs(5);

/// A body ready for parsing, with the memory it was granted.
#[derive(Debug)]
pub(crate) struct ReadBody {
    pub(crate) bytes: Bytes,
    /// Held until the request is answered.
    pub(crate) _granted: Option<OwnedSemaphorePermit>,
}

/// Shared memory for large bodies, in KiB.
#[derive(Debug, Clone)]
pub(crate) struct Budget(Arc<Semaphore>);

impl Budget {
    pub(crate) fn new(settings: &IngestApiSettings) -> Self {
        Self(Arc::new(Semaphore::new(
            settings.budget_kib().min(Semaphore::MAX_PERMITS),
        )))
    }

    /// Everything a request may need is taken at once: two that each hold a part never wait for each other.
    async fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Problem> {
        let units = u32::try_from(kib(bytes)).unwrap_or(u32::MAX);
        match timeout(BUDGET_WAIT, Arc::clone(&self.0).acquire_many_owned(units)).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(busy("too many large bodies at once")),
        }
    }
}

/// Reads and decompresses a body.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    settings: &IngestApiSettings,
    budget: &Budget,
) -> Result<ReadBody, Problem> {
    let coding = Coding::of(headers.get(header::CONTENT_ENCODING)).map_err(|()| {
        refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "encoding_unsupported",
            "Content-Encoding is not supported",
        )
        .field("Content-Encoding")
        .limit("gzip, zstd, identity")
    })?;
    let stated = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if stated.is_some_and(|bytes| bytes > settings.body_bytes_max) {
        return Err(too_large("as sent", settings.body_bytes_max));
    }
    // Of unknown length: as large as it may become.
    let body_bytes = stated.unwrap_or(settings.body_bytes_max);
    let Some(coding) = coding else {
        let granted = if body_bytes > SMALL_BYTES {
            Some(budget.take(body_bytes).await?)
        } else {
            None
        };
        return Ok(ReadBody {
            bytes: collect(body, body_bytes, settings).await?,
            _granted: granted,
        });
    };
    read_compressed(coding, body, body_bytes, settings, budget).await
}

async fn read_compressed(
    coding: Coding,
    body: Body,
    body_bytes: usize,
    settings: &IngestApiSettings,
    budget: &Budget,
) -> Result<ReadBody, Problem> {
    if body_bytes <= INLINE_COMPRESSED_BYTES {
        let compressed = collect(body, body_bytes, settings).await?;
        return match coding.decode(&compressed, SMALL_BYTES.min(settings.decoded_bytes_max)) {
            Ok(bytes) => Ok(ReadBody {
                bytes,
                _granted: None,
            }),
            Err(DecodeError::TooLarge) => {
                decode_large(coding, compressed, None, settings, budget).await
            }
            Err(error) => Err(undecodable(&error)),
        };
    }
    let granted = budget
        .take(body_bytes + usual_bytes(body_bytes, settings))
        .await?;
    let compressed = collect(body, body_bytes, settings).await?;
    decode_large(coding, compressed, Some(granted), settings, budget).await
}

/// What a compressed body usually becomes.
fn usual_bytes(compressed: usize, settings: &IngestApiSettings) -> usize {
    compressed
        .saturating_mul(USUAL_EXPANSION)
        .max(USUAL_DECODED_BYTES)
        .min(cap(compressed, settings))
}

/// What a compressed body may become at most.
fn cap(compressed: usize, settings: &IngestApiSettings) -> usize {
    compressed
        .saturating_mul(settings.expansion_max)
        .max(USUAL_DECODED_BYTES)
        .min(settings.decoded_bytes_max)
}

/// Decompresses on a blocking thread: first to the usual size, and if that is not enough, with a grant for all.
async fn decode_large(
    coding: Coding,
    compressed: Bytes,
    granted: Option<OwnedSemaphorePermit>,
    settings: &IngestApiSettings,
    budget: &Budget,
) -> Result<ReadBody, Problem> {
    let (usual, cap) = (
        usual_bytes(compressed.len(), settings),
        cap(compressed.len(), settings),
    );
    let granted = match granted {
        Some(granted) => granted,
        None => budget.take(compressed.len() + usual).await?,
    };
    match decode_blocking(coding, compressed.clone(), usual).await {
        Ok(bytes) => {
            return Ok(ReadBody {
                bytes,
                _granted: Some(granted),
            });
        }
        Err(DecodeError::TooLarge) if usual < cap => {}
        Err(DecodeError::TooLarge) => return Err(too_large("decompressed", cap)),
        Err(error) => return Err(undecodable(&error)),
    }
    // Given back before more is asked for.
    drop(granted);
    let granted = budget.take(compressed.len() + cap).await?;
    match decode_blocking(coding, compressed, cap).await {
        Ok(bytes) => Ok(ReadBody {
            bytes,
            _granted: Some(granted),
        }),
        Err(DecodeError::TooLarge) => Err(too_large("decompressed", cap)),
        Err(error) => Err(undecodable(&error)),
    }
}

async fn decode_blocking(
    coding: Coding,
    compressed: Bytes,
    bytes_max: usize,
) -> Result<Bytes, DecodeError> {
    let work = tokio::task::spawn_blocking(move || coding.decode(&compressed, bytes_max));
    work.await
        .unwrap_or_else(|error| Err(DecodeError::Corrupt(std::io::Error::other(error))))
}

fn undecodable(error: &DecodeError) -> Problem {
    refuse(
        StatusCode::BAD_REQUEST,
        "encoding_invalid",
        error.to_string(),
    )
    .field("body")
}

async fn collect(
    mut body: Body,
    bytes_max: usize,
    settings: &IngestApiSettings,
) -> Result<Bytes, Problem> {
    let late = || {
        refuse(
            StatusCode::REQUEST_TIMEOUT,
            "body_timeout",
            "the body did not arrive in time",
        )
        .field("body")
        .limit(format!(
            "{} s in all, {} s without a byte",
            settings.body_secs, settings.body_idle_secs
        ))
    };
    let deadline = Instant::now() + Duration::from_secs(settings.body_secs);
    let idle = Duration::from_secs(settings.body_idle_secs);
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    loop {
        let frame = timeout_at(deadline.min(Instant::now() + idle), body.frame())
            .await
            .map_err(|_| late())?;
        let data = match frame {
            None => break,
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            Some(Err(_)) => {
                return Err(refuse(
                    StatusCode::BAD_REQUEST,
                    "body_interrupted",
                    "the body ended early",
                )
                .field("body"));
            }
        };
        if first.len() + rest.len() + data.len() > bytes_max {
            return Err(too_large("as sent", settings.body_bytes_max));
        }
        // Most bodies come in one piece, which is then not copied.
        if first.is_empty() && rest.is_empty() {
            first = data;
        } else {
            if rest.is_empty() {
                rest.reserve(first.len() + data.len());
                rest.extend_from_slice(&std::mem::take(&mut first));
            }
            rest.extend_from_slice(&data);
        }
    }
    Ok(if rest.is_empty() {
        first
    } else {
        rest.freeze()
    })
}
