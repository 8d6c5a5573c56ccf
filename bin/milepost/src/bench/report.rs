//! The figures and what each of them counts.

use std::{fmt::Write as _, time::Duration};

use anyhow::Result;
use hdrhistogram::Histogram;
use serde::Serialize;

use super::{disk::TableSize, process::Machine, reads::ReadStage};

/// One way of sending.
#[derive(Debug, Serialize)]
pub(crate) struct IngestStage {
    pub(crate) name: &'static str,
    pub(crate) connections: usize,
    pub(crate) events_per_request: u64,
    pub(crate) signals_per_event: u64,
    pub(crate) requests: u64,
    pub(crate) events: u64,
    pub(crate) signals: u64,
    pub(crate) body_bytes: u64,
    /// From the first request to the last answer.
    pub(crate) seconds: f64,
    pub(crate) events_per_second: f64,
    pub(crate) ack_p50_ms: f64,
    pub(crate) ack_p99_ms: f64,
    /// From the first request until queries saw everything.
    pub(crate) visible_seconds: f64,
    pub(crate) signals_per_second: f64,
    /// Processor time until everything was visible, tables written meanwhile included.
    pub(crate) node_cpu_secs: f64,
    pub(crate) load_cpu_secs: f64,
    pub(crate) events_per_node_cpu_second: f64,
}

/// What the lake holds after everything was written.
#[derive(Debug, Serialize)]
pub(crate) struct Storage {
    pub(crate) signals: TableSize,
    pub(crate) raw_events: TableSize,
}

/// Memory and time of the node as a process.
#[derive(Debug, Serialize)]
pub(crate) struct NodeProcess {
    /// While taking in.
    pub(crate) peak_rss_ingest_mib: f64,
    /// Started anew and queried.
    pub(crate) peak_rss_queries_mib: f64,
    /// A stop that writes everything, and a start until everything is visible.
    pub(crate) stop_seconds: f64,
    pub(crate) restart_seconds: f64,
}

/// What a figure should at least be, or at most.
#[derive(Debug, Serialize)]
pub(crate) struct Floor {
    pub(crate) name: String,
    pub(crate) floor: f64,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// Whether `value` has to be at most `floor`.
    pub(crate) at_most: bool,
    pub(crate) ok: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) profile: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) warning: Option<&'static str>,
    pub(crate) what: &'static str,
    pub(crate) cores: usize,
    pub(crate) machine: Machine,
    pub(crate) ingest: Vec<IngestStage>,
    pub(crate) reads: Vec<ReadStage>,
    pub(crate) storage: Storage,
    pub(crate) node: NodeProcess,
    pub(crate) floors: Vec<Floor>,
}

/// How this program was built.
pub(crate) const PROFILE: &str = if cfg!(debug_assertions) {
    "debug"
} else {
    "release"
};

pub(crate) fn warning() -> Option<&'static str> {
    cfg!(debug_assertions)
        .then_some("debug build: many times slower than a release build, the figures say nothing about the node")
}

/// How to read the figures; part of the output.
pub(crate) const WHAT: &str = "Chain, node and load are separate processes on this machine; the load runs on one \
    thread and shares the cores. ingest: events of one device each, every event with its own secp256k1 signature \
    made before the measurement, NDJSON over HTTP/1.1, TLS 1.3, connections kept open, one request in flight on \
    each; an event counts when the node has answered that it is accepted, which it does after fdatasync; \
    signals_per_second counts decoded signals until queries see all of them; without pace each connection sends \
    its next request at once, so that ack times are those of a node kept busy. reads: GraphQL over HTTP/1.1 without \
    TLS, connections kept open, each client asking again when it is answered; every answer is compared with what it \
    must hold. storage: live Parquet files in the tables' logs, unencrypted. peak RSS: VmHWM of the node process.";

impl Report {
    pub(crate) fn floors(
        ingest: &[IngestStage],
        reads: &[ReadStage],
        node: &NodeProcess,
    ) -> Vec<Floor> {
        let mut floors = Vec::new();
        for stage in ingest.iter().filter(|stage| stage.name != PACED) {
            if stage.name != DENSE {
                let name = format!("signed events/s acknowledged, {}", stage.name);
                floors.push(Floor::at_least(
                    name,
                    4_000.0,
                    stage.events_per_second,
                    "events/s",
                ));
            }
            if stage.events_per_request > 1 {
                let name = format!("signals/s decoded, {}", stage.name);
                floors.push(Floor::at_least(
                    name,
                    100_000.0,
                    stage.signals_per_second,
                    "signals/s",
                ));
            }
        }
        for stage in reads {
            let most = if stage.query.starts_with("signalsLatest") {
                2.0
            } else {
                10.0
            };
            let name = format!(
                "{}, {} clients, {}, p50",
                stage.query, stage.clients, stage.from
            );
            floors.push(Floor::at_most(name, most, stage.p50_ms, "ms"));
        }
        let most = node.peak_rss_ingest_mib.max(node.peak_rss_queries_mib);
        floors.push(Floor::at_most(
            "peak RSS of the node".to_owned(),
            512.0,
            most,
            "MiB",
        ));
        floors
    }

    #[expect(clippy::print_stdout, reason = "prints the report")]
    pub(crate) fn print(&self, json: bool) -> Result<()> {
        let text = if json {
            serde_json::to_string_pretty(self)?
        } else {
            self.table()?
        };
        println!("{text}");
        Ok(())
    }

    fn table(&self) -> Result<String> {
        let mut out = String::new();
        let machine = serde_json::to_string(&self.machine)?;
        writeln!(out, "{} build; {machine}", self.profile)?;
        if let Some(warning) = self.warning {
            writeln!(out, "WARNING: {warning}")?;
        }
        writeln!(out, "\n{}\n", self.what)?;
        let heads = [
            "conns",
            "events/s",
            "ack p50",
            "p99 ms",
            "signals/s",
            "node cpu",
            "load cpu",
        ];
        write!(out, "{:<44}", "ingest")?;
        heads
            .iter()
            .try_for_each(|head| write!(out, "{head:>11}"))?;
        writeln!(out)?;
        for s in &self.ingest {
            writeln!(
                out,
                "{:<44}{:>11}{:>11.0}{:>11.2}{:>11.2}{:>11.0}{:>10.1}s{:>10.1}s",
                s.name,
                s.connections,
                s.events_per_second,
                s.ack_p50_ms,
                s.ack_p99_ms,
                s.signals_per_second,
                s.node_cpu_secs,
                s.load_cpu_secs,
            )?;
        }
        write!(out, "\n{:<44}", "reads")?;
        let heads = ["clients", "count", "per s", "p50 ms", "p99 ms", "first ms"];
        heads
            .iter()
            .try_for_each(|head| write!(out, "{head:>11}"))?;
        writeln!(out)?;
        for r in &self.reads {
            let name = format!("{}, {}", r.query, r.from);
            writeln!(
                out,
                "{name:<44}{:>11}{:>11}{:>11.0}{:>11.2}{:>11.2}{:>11.2}",
                r.clients, r.requests, r.per_second, r.p50_ms, r.p99_ms, r.first_ms
            )?;
        }
        let (signals, raw) = (&self.storage.signals, &self.storage.raw_events);
        writeln!(
            out,
            "\nlake: {} signals in {} files, {:.2} bytes each; {} raw events, {:.0} bytes each",
            signals.rows, signals.files, signals.bytes_per_row, raw.rows, raw.bytes_per_row
        )?;
        let node = &self.node;
        writeln!(
            out,
            "node: peak RSS {:.0} MiB taking in, {:.0} MiB answering; stopped in {:.2} s, up again in {:.2} s\n",
            node.peak_rss_ingest_mib,
            node.peak_rss_queries_mib,
            node.stop_seconds,
            node.restart_seconds
        )?;
        for floor in &self.floors {
            let (word, sign) = (
                if floor.ok { "ok " } else { "MISSED" },
                if floor.at_most { '≤' } else { '≥' },
            );
            writeln!(
                out,
                "{word:<7}{}: {:.2}, {sign} {} {}",
                floor.name, floor.value, floor.floor, floor.unit
            )?;
        }
        Ok(out)
    }
}

/// Stages that some floors leave out.
pub(crate) const PACED: &str = "1 event per request, 1,000/s";
pub(crate) const DENSE: &str = "16 events per request, 180 signals each";

impl Floor {
    fn at_least(name: String, floor: f64, value: f64, unit: &'static str) -> Self {
        Self {
            name,
            floor,
            value,
            unit,
            at_most: false,
            ok: value >= floor,
        }
    }

    fn at_most(name: String, floor: f64, value: f64, unit: &'static str) -> Self {
        Self {
            name,
            floor,
            value,
            unit,
            at_most: true,
            ok: value <= floor,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn per_second(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(1e-9)
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn quantile_ms(latency: &Histogram<u64>, quantile: f64) -> f64 {
    latency.value_at_quantile(quantile) as f64 / 1e3
}
