//! Queries of an app over HTTP, the connections kept open.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use milepost_types::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    load::{histogram, on_one_thread, record},
    process::Cpu,
    report::{per_second, quantile_ms},
    traffic::{HISTORY, HISTORY_SECS},
    wire::Target,
};

/// Not measured: connections, caches and file descriptors settle.
const WARM_UP: Duration = Duration::from_millis(300);
/// Buckets of a day at five minutes.
const BUCKETS: usize = 288;

/// A query with the answer it must get.
#[derive(Clone)]
pub(crate) struct Query {
    pub(crate) name: &'static str,
    body: Bytes,
    headers: HeaderMap,
    check: fn(&Value) -> Result<()>,
}

/// What one query took with some clients, each asking again when it is answered.
#[derive(Debug, Serialize)]
pub(crate) struct ReadStage {
    pub(crate) query: &'static str,
    /// Where the rows were.
    pub(crate) from: &'static str,
    pub(crate) clients: usize,
    pub(crate) requests: u64,
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Very first answer, nothing being warm.
    pub(crate) first_ms: f64,
    pub(crate) answer_bytes: usize,
    /// Processor time of node and load during the stage.
    pub(crate) node_cpu_secs: f64,
    pub(crate) load_cpu_secs: f64,
}

impl Query {
    /// Newest values of five signals.
    pub(crate) fn latest(token_id: &str, token: &str) -> Result<Self> {
        let fields = [
            HISTORY[0],
            HISTORY[1],
            HISTORY[2],
            "obdEngineLoad",
            "lowVoltageBatteryCurrentVoltage",
        ];
        let fields = fields
            .map(|name| format!("{name} {{ timestamp value }}"))
            .join(" ");
        let query = format!("{{ signalsLatest(tokenId: {token_id}) {{ lastSeen {fields} }} }}");
        Self::new("signalsLatest, 5 signals", &query, token, |answer| {
            let values = answer["data"]["signalsLatest"]
                .as_object()
                .context("no values")?;
            let found = values.values().filter(|v| v["value"].is_number()).count();
            if found != 5 {
                bail!("{found} of 5 values");
            }
            Ok(())
        })
    }

    /// The day before `end` of three signals in buckets of five minutes.
    pub(crate) fn day(token_id: &str, token: &str, end: Timestamp) -> Result<Self> {
        let from = end.saturating_add_micros(-HISTORY_SECS * 1_000_000);
        let [average, greatest, last] = HISTORY;
        let query = format!(
            "{{ signals(tokenId: {token_id}, from: \"{from}\", to: \"{end}\", interval: \"5m\") {{ timestamp \
             {average}(agg: AVG) {greatest}(agg: MAX) {last}(agg: LAST) }} }}"
        );
        Self::new(
            "signals, 24 h of 3 every 10 s in 5 min",
            &query,
            token,
            |answer| {
                let rows = answer["data"]["signals"].as_array().context("no rows")?;
                let full = |row: &&Value| HISTORY.iter().all(|name| row[*name].is_number());
                let full = rows.iter().filter(full).count();
                if (rows.len(), full) != (BUCKETS, BUCKETS) {
                    bail!(
                        "{} rows, {full} of them full, should be {BUCKETS}",
                        rows.len()
                    );
                }
                Ok(())
            },
        )
    }

    fn new(
        name: &'static str,
        query: &str,
        token: &str,
        check: fn(&Value) -> Result<()>,
    ) -> Result<Self> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(
            AUTHORIZATION,
            HeaderValue::from_str(&format!("Bearer {token}"))?,
        );
        Ok(Self {
            name,
            body: serde_json::to_vec(&json!({"query": query}))?.into(),
            headers,
            check,
        })
    }

    /// Asks with `clients` connections for `time`. Every answer must be the right one.
    pub(crate) async fn run(
        &self,
        target: &Target,
        from: &'static str,
        clients: usize,
        time: Duration,
        node: u32,
    ) -> Result<ReadStage> {
        let (query, target) = (self.clone(), target.clone());
        on_one_thread(async move { query.ask(target, from, clients, time, node).await })
            .await
            .with_context(|| format!("{} at {clients} clients", self.name))
    }

    async fn ask(
        &self,
        target: Target,
        from: &'static str,
        clients: usize,
        time: Duration,
        node: u32,
    ) -> Result<ReadStage> {
        let mut first = target.connect().await?;
        let begun = Instant::now();
        let answer = first.post(&self.headers, self.body.clone()).await?;
        let first_ms = begun.elapsed().as_secs_f64() * 1e3;
        let parsed: Value = serde_json::from_slice(&answer)?;
        if !parsed["errors"].is_null() {
            bail!("refused: {}", parsed["errors"]);
        }
        (self.check)(&parsed)?;
        let warm = Instant::now() + WARM_UP;
        while Instant::now() < warm {
            first.post(&self.headers, self.body.clone()).await?;
        }
        let mut connections = vec![first];
        while connections.len() < clients {
            connections.push(target.connect().await?);
        }
        let (node_before, load_before) = (Cpu::of(node)?, Cpu::own()?);
        let (begun, expected) = (Instant::now(), answer.len());
        let mut lanes = JoinSet::new();
        for mut connection in connections {
            let (headers, body) = (self.headers.clone(), self.body.clone());
            lanes.spawn(async move {
                let mut latency = histogram()?;
                while begun.elapsed() < time {
                    let start = Instant::now();
                    let answer = connection.post(&headers, body.clone()).await?;
                    record(&mut latency, start.elapsed());
                    // The stated block and watermark may grow by a few digits; a refusal is far shorter.
                    if answer.len().abs_diff(expected) > 16 {
                        bail!("another answer: {}", String::from_utf8_lossy(&answer));
                    }
                }
                Ok::<_, anyhow::Error>(latency)
            });
        }
        let mut latency = histogram()?;
        while let Some(lane) = lanes.join_next().await {
            latency.add(&lane??)?;
        }
        let took = begun.elapsed();
        Ok(ReadStage {
            query: self.name,
            from,
            clients,
            requests: latency.len(),
            per_second: per_second(latency.len(), took),
            p50_ms: quantile_ms(&latency, 0.5),
            p99_ms: quantile_ms(&latency, 0.99),
            first_ms,
            answer_bytes: answer.len(),
            node_cpu_secs: Cpu::of(node)?.since(node_before),
            load_cpu_secs: Cpu::own()?.since(load_before),
        })
    }
}
