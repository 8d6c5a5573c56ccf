use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use reqwest::{
    Response, StatusCode, Url,
    header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER},
};
use tokio::time::{Instant, sleep, timeout_at};

use crate::{
    BuildError, DeliveryError, DeliveryFailure, DeliveryReport, Framing, OutboxConfig, OutboxError,
    OutgoingEvent, SignedEvent,
    answer::{refusal, settle, settle_refused},
    build::{build, compress, json_array, ndjson},
};

/// Largest answer that is read: 1000 rejections of 1 KiB each.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Delivers the events of one device to one node.
pub struct Outbox {
    config: OutboxConfig,
    endpoint: Url,
    client: reqwest::Client,
    sequence: Mutex<u64>,
}

impl Outbox {
    /// An outbox with these settings; nothing is sent yet.
    ///
    /// # Errors
    /// [`OutboxError`] naming the setting that is wrong.
    pub fn new(config: OutboxConfig) -> Result<Self, OutboxError> {
        if !(1..=1000).contains(&config.batch_events_max) {
            return Err(OutboxError::BatchSize(config.batch_events_max));
        }
        let endpoint = Url::parse(&config.endpoint)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| OutboxError::Endpoint(config.endpoint.clone()))?;
        let client = milepost_http::client(&config.client)?;
        let sequence = Mutex::new(config.sequence_first);
        Ok(Self {
            config,
            endpoint,
            client,
            sequence,
        })
    }

    /// Sequence number that the next event will get.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        *self.sequence()
    }

    /// Numbers and signs events without sending them.
    ///
    /// # Errors
    /// [`BuildError`] naming the event; no number is used up then.
    pub fn build(&self, events: Vec<OutgoingEvent>) -> Result<Vec<SignedEvent>, BuildError> {
        let mut sequence = self.sequence();
        let next = sequence
            .checked_add(events.len() as u64)
            .ok_or(BuildError::SequenceExhausted)?;
        let signed = build(&self.config, *sequence, events)?;
        *sequence = next;
        Ok(signed)
    }

    /// Numbers, signs and delivers events in order.
    ///
    /// # Errors
    /// [`DeliveryError`] with what was settled and what was not.
    pub async fn deliver(
        &self,
        events: Vec<OutgoingEvent>,
    ) -> Result<DeliveryReport, DeliveryError> {
        match self.build(events) {
            Ok(signed) => self.deliver_signed(signed).await,
            Err(error) => Err(DeliveryError {
                failure: error.into(),
                report: DeliveryReport::default(),
                undelivered: Vec::new(),
            }),
        }
    }

    /// Delivers events that are signed already, such as those of an earlier [`DeliveryError`].
    ///
    /// # Errors
    /// [`DeliveryError`] with what was settled and what was not.
    pub async fn deliver_signed(
        &self,
        events: Vec<SignedEvent>,
    ) -> Result<DeliveryReport, DeliveryError> {
        let deadline = Instant::now() + self.config.retry.deadline;
        let mut report = DeliveryReport::default();
        let mut requests = self.cut(&events);
        let mut settled = 0;
        while let Some(count) = requests.pop_front() {
            let sent = &events[settled..settled + count];
            match self.send(sent, settled, deadline, &mut report).await {
                Ok(()) => settled += count,
                Err(DeliveryFailure::Refused { status: 413, .. }) if count > 1 => {
                    requests.push_front(count - count / 2);
                    requests.push_front(count / 2);
                }
                Err(failure) => {
                    return Err(DeliveryError {
                        failure,
                        report,
                        undelivered: events[settled..].to_vec(),
                    });
                }
            }
        }
        Ok(report)
    }

    /// Numbers of events in the successive requests.
    fn cut(&self, events: &[SignedEvent]) -> VecDeque<usize> {
        let mut requests = VecDeque::new();
        let (mut count, mut bytes) = (0, 0);
        for event in events {
            let full = count == self.config.batch_events_max
                || bytes + event.json.len() > self.config.batch_bytes_max;
            if count > 0 && full {
                requests.push_back(count);
                (count, bytes) = (0, 0);
            }
            count += 1;
            bytes += event.json.len() + 1;
        }
        if count > 0 {
            requests.push_back(count);
        }
        requests
    }

    /// Sends one request until the node answers for its events, refuses it, or the deadline passes.
    async fn send(
        &self,
        events: &[SignedEvent],
        offset: usize,
        deadline: Instant,
        report: &mut DeliveryReport,
    ) -> Result<(), DeliveryFailure> {
        let (body, content_type) = match self.config.framing {
            Framing::Array => (json_array(events), "application/json"),
            Framing::Lines => (ndjson(events), "application/x-ndjson"),
        };
        let (body, encoding) =
            compress(body, self.config.compression).map_err(|e| DeliveryFailure::Request {
                reason: e.to_string(),
            })?;
        let mut attempts = 0;
        // What kept the last finished attempt from success says more than that time ran out during another.
        let mut known: Option<String> = None;
        loop {
            attempts += 1;
            report.requests += 1;
            report.bytes_sent += body.len() as u64;
            let attempt = self.attempt(body.clone(), content_type, encoding);
            let outcome = timeout_at(deadline, attempt).await.unwrap_or_else(|_| {
                Attempt::retry(known.take().unwrap_or_else(|| "no answer yet".into()))
            });
            let (last, retry_after) = match outcome {
                Attempt::Answered(answer) => return settle(report, &answer, offset, events.len()),
                Attempt::Refused { failure, answer } => {
                    let settled = settle_refused(report, &answer, offset, events.len());
                    return if settled { Ok(()) } else { Err(failure) };
                }
                Attempt::Retry { reason, after } => (reason, after),
            };
            let wait = self.backoff(attempts).max(retry_after.unwrap_or_default());
            if Instant::now() + wait >= deadline {
                return Err(DeliveryFailure::Deadline { attempts, last });
            }
            tracing::debug!(
                attempts,
                events = events.len(),
                wait_ms = wait.as_millis(),
                last,
                "delivery waits"
            );
            report.retries += 1;
            known = Some(last);
            sleep(wait).await;
        }
    }

    async fn attempt(&self, body: Bytes, content_type: &str, encoding: Option<&str>) -> Attempt {
        let mut request = self
            .client
            .post(self.endpoint.clone())
            .header(CONTENT_TYPE, content_type)
            .body(body);
        if let Some(encoding) = encoding {
            request = request.header(CONTENT_ENCODING, encoding);
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_builder() => {
                return Attempt::Refused {
                    failure: DeliveryFailure::Request {
                        reason: chain(&error),
                    },
                    answer: Vec::new(),
                };
            }
            Err(error) => return Attempt::retry(chain(&error)),
        };
        let status = response.status();
        let after = retry_after(&response);
        let answer = match read(response).await {
            Ok(answer) => answer,
            // The events may be stored; the same bytes again will tell.
            Err(reason) => return Attempt::Retry { reason, after },
        };
        if status.is_success() {
            return Attempt::Answered(answer);
        }
        let failure = refusal(status.as_u16(), &answer);
        let busy = matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
        );
        if busy || status.is_server_error() {
            return Attempt::Retry {
                reason: failure.to_string(),
                after,
            };
        }
        Attempt::Refused { failure, answer }
    }

    fn backoff(&self, attempts: u32) -> Duration {
        let policy = &self.config.retry;
        let doubled = policy
            .delay_first
            .saturating_mul(1 << (attempts - 1).min(16));
        // A fleet that lost the same node must not come back all at once.
        doubled
            .min(policy.delay_max)
            .mul_f64(rand::random_range(0.5..=1.0))
    }

    fn sequence(&self) -> MutexGuard<'_, u64> {
        self.sequence.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("producer", &self.config.producer)
            .finish_non_exhaustive()
    }
}

enum Attempt {
    Answered(Vec<u8>),
    /// Final; the answer may still say why for each event.
    Refused {
        failure: DeliveryFailure,
        answer: Vec<u8>,
    },
    Retry {
        reason: String,
        after: Option<Duration>,
    },
}

impl Attempt {
    fn retry(reason: impl Into<String>) -> Self {
        Self::Retry {
            reason: reason.into(),
            after: None,
        }
    }
}

/// `Retry-After` in seconds; the form with a date is not used by nodes.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

async fn read(mut response: Response) -> Result<Vec<u8>, String> {
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| chain(&e))? {
        if answer.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(format!("answer is larger than {ANSWER_BYTES_MAX} bytes"));
        }
        answer.extend_from_slice(&chunk);
    }
    Ok(answer)
}

/// An error with its causes: "error sending request" alone does not say that a certificate has expired.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
