//! Sends bodies over a fixed number of connections and takes the time of every answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use hdrhistogram::Histogram;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;
use tokio::{task::JoinSet, time::sleep_until};

use super::{traffic::Body, wire::Target};

/// How requests are sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pattern {
    pub(crate) connections: usize,
    /// No request starts later than this after the first.
    pub(crate) time_max: Duration,
    /// Requests per second over all connections, at even distances; without it each connection sends its next
    /// request when the last is answered.
    pub(crate) pace: Option<f64>,
}

/// What was acknowledged.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) requests: u64,
    pub(crate) events: u64,
    pub(crate) signals: u64,
    pub(crate) bytes: u64,
    /// When the first request was sent.
    pub(crate) begun: Instant,
    /// From then to the last answer.
    pub(crate) took: Duration,
    /// Microseconds from request to answer.
    pub(crate) latency: Histogram<u64>,
}

/// Histogram of microseconds up to a minute.
pub(crate) fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 60_000_000, 3)?)
}

pub(crate) fn record(histogram: &mut Histogram<u64>, took: Duration) {
    histogram.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1));
}

/// Runs `load` on one thread of its own, so that the load takes at most one core.
pub(crate) async fn on_one_thread<T: Send + 'static>(
    load: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let thread = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(load)
    });
    thread.await.context("load thread")?
}

/// Sends `bodies` in order until they are used up or the time is over. Every event must be accepted.
pub(crate) async fn send(target: Target, bodies: Vec<Body>, pattern: Pattern) -> Result<Sent> {
    let mut connections = Vec::new();
    for _ in 0..pattern.connections {
        connections.push(target.connect().await?);
    }
    let (bodies, next) = (Arc::new(bodies), Arc::new(AtomicUsize::new(0)));
    let begun = Instant::now();
    let mut lanes: JoinSet<Result<Sent>> = JoinSet::new();
    for mut connection in connections {
        let (bodies, next) = (Arc::clone(&bodies), Arc::clone(&next));
        lanes.spawn(async move {
            let mut headers = HeaderMap::new();
            headers.insert(
                CONTENT_TYPE,
                HeaderValue::from_static("application/x-ndjson"),
            );
            let mut sent = Sent::none(begun)?;
            loop {
                let index = next.fetch_add(1, Relaxed);
                let Some(body) = bodies.get(index) else { break };
                let due = pattern.due(begun, index);
                if due.duration_since(begun) >= pattern.time_max {
                    break;
                }
                // Waiting for an answer counts as latency of the requests behind it, waiting for the clock does not.
                let start = if due > Instant::now() {
                    sleep_until(due.into()).await;
                    Instant::now()
                } else {
                    due
                };
                let answer = connection.post(&headers, body.bytes.clone()).await?;
                record(&mut sent.latency, start.elapsed());
                sent.note(body, &answer)?;
            }
            sent.took = begun.elapsed();
            Ok(sent)
        });
    }
    let mut total = Sent::none(begun)?;
    while let Some(lane) = lanes.join_next().await {
        total.add(&lane??)?;
    }
    if total.requests == 0 {
        bail!("nothing was sent");
    }
    Ok(total)
}

impl Pattern {
    fn due(&self, begun: Instant, index: usize) -> Instant {
        match self.pace {
            None => Instant::now(),
            Some(per_sec) => {
                let index = u32::try_from(index).unwrap_or(u32::MAX);
                begun + Duration::from_secs_f64(f64::from(index) / per_sec)
            }
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    accepted: u64,
}

impl Sent {
    fn none(begun: Instant) -> Result<Self> {
        Ok(Self {
            requests: 0,
            events: 0,
            signals: 0,
            bytes: 0,
            begun,
            took: Duration::ZERO,
            latency: histogram()?,
        })
    }

    fn note(&mut self, body: &Body, answer: &[u8]) -> Result<()> {
        let parsed: Answer = serde_json::from_slice(answer)?;
        if parsed.accepted != body.events {
            let answer = String::from_utf8_lossy(answer);
            bail!("of {} events not all were accepted: {answer}", body.events);
        }
        self.requests += 1;
        self.events += body.events;
        self.signals += body.signals;
        self.bytes += body.bytes.len() as u64;
        Ok(())
    }

    fn add(&mut self, lane: &Self) -> Result<()> {
        self.requests += lane.requests;
        self.events += lane.events;
        self.signals += lane.signals;
        self.bytes += lane.bytes;
        self.took = self.took.max(lane.took);
        self.latency.add(&lane.latency)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paced_request_is_due_at_its_place_in_time() {
        let pattern = Pattern {
            connections: 1,
            time_max: Duration::MAX,
            pace: Some(200.0),
        };
        let begun = Instant::now();
        assert_eq!(pattern.due(begun, 10) - begun, Duration::from_millis(50));
    }
}
