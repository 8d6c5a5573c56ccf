//! `milepost bench`: what this machine can do, with the load in another process than the node.
//!
//! A run has its own chain, node, ports and data, which are gone afterwards. Figures that miss their floor are
//! reported as such; only a wrong answer, a refused event or a process that ends makes a run fail.

mod disk;
mod load;
mod network;
mod process;
mod reads;
mod report;
mod traffic;
mod wire;

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use self::{
    disk::TableSize,
    load::{Pattern, on_one_thread, send},
    network::Network,
    process::{Cpu, Machine, peak_rss_mib},
    reads::{Query, ReadStage},
    report::{
        DENSE, IngestStage, NodeProcess, PACED, PROFILE, Report, Storage, WHAT, per_second,
        quantile_ms,
    },
    traffic::{Body, HISTORY_PER_BODY, Traffic},
    wire::Target,
};
use crate::{
    cli::{BenchArgs, BenchSuite},
    client::AppClient,
    commands::token::DEMO_PERMISSIONS,
    node::now,
};

/// Devices of the fleet.
const FLEET: u32 = 64;
/// Events signed for each second of a stage; a node that takes more ends the stage earlier.
const EVENTS_PER_SECOND_MAX: u64 = 8_000;
/// The history comes in as many parts, before, between and after the fleet's events: a vehicle's day is never in one
/// file.
const HISTORY_PARTS: i64 = 3;
const PACE: u64 = 1_000;
const PACED_SECS: u64 = 5;
/// Time of one query at one number of clients.
const READ_TIME: Duration = Duration::from_secs(3);
const CLIENTS: [usize; 2] = [1, 16];

pub(crate) async fn run(args: BenchArgs) -> Result<()> {
    let BenchSuite::Quick {
        json,
        seconds,
        anvil,
    } = args.suite;
    if !(1..=600).contains(&seconds) {
        bail!("--seconds must be 1 to 600");
    }
    let stop = milepost_service::stop_on_signal()?;
    let network = tokio::select! {
        network = Network::start(FLEET + 1, anvil.as_deref()) => network.context("start chain and contracts")?,
        () = stop.cancelled() => bail!("stopped"),
    };
    let mut bench = Bench::new(network)?;
    let measured = tokio::select! {
        measured = bench.measure(seconds) => measured,
        () = stop.cancelled() => Err(anyhow::anyhow!("stopped")),
    };
    bench.progress.finish_and_clear();
    let stopped = bench.network.stop().await;
    measured?.print(json)?;
    stopped.context("stop the network")
}

struct Bench {
    network: Network,
    traffic: Traffic,
    devices: Target,
    apps: Target,
    progress: ProgressBar,
    /// Signals acknowledged; all of them must be in the lake at the end.
    signals: u64,
}

impl Bench {
    fn new(network: Network) -> Result<Self> {
        let dev = &network.dev;
        let progress = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{elapsed:>4} {msg}") {
            progress.set_style(style);
        }
        Ok(Self {
            traffic: Traffic::new(dev, now())?,
            devices: Target::new(&dev.endpoints.ingest, &dev.authority_pem)?,
            apps: Target::new(&dev.endpoints.graphql, &dev.authority_pem)?,
            network,
            progress,
            signals: 0,
        })
    }

    fn say(&self, message: impl Into<std::borrow::Cow<'static, str>>) {
        self.progress.set_message(message);
        self.progress.tick();
    }

    async fn measure(&mut self, seconds: u64) -> Result<Report> {
        let machine = Machine::look(self.network.dir())?;
        self.say("starting the node");
        self.network.start_node().await.context("start the node")?;
        let ingest = self.ingest(seconds).await?;
        let mut reads = self.reads("recent rows and lake", &CLIENTS[..1]).await?;
        let peak_rss_ingest_mib = peak_rss_mib(self.network.node_pid()?)?;
        self.say("stopping and starting the node");
        let stop_seconds = self.network.stop_node().await?.as_secs_f64();
        let restart_seconds = self.network.start_node().await?.as_secs_f64();
        reads.extend(self.reads("lake", &CLIENTS).await?);
        let node = NodeProcess {
            peak_rss_ingest_mib,
            peak_rss_queries_mib: peak_rss_mib(self.network.node_pid()?)?,
            stop_seconds,
            restart_seconds,
        };
        self.network.stop_node().await?;
        Ok(Report {
            profile: PROFILE,
            warning: report::warning(),
            what: WHAT,
            cores: std::thread::available_parallelism()?.get(),
            machine,
            floors: Report::floors(&ingest, &reads, &node),
            ingest,
            reads,
            storage: self.storage(&self.network.lake())?,
            node,
        })
    }

    async fn ingest(&mut self, seconds: u64) -> Result<Vec<IngestStage>> {
        let (time_max, events) = (
            Duration::from_secs(seconds),
            seconds * EVENTS_PER_SECOND_MAX,
        );
        let keep_busy = |connections| Pattern {
            connections,
            time_max,
            pace: None,
        };
        let patient = Pattern {
            time_max: Duration::from_secs(600),
            ..keep_busy(4)
        };
        let mut stages = Vec::new();
        let history = self.traffic.history(HISTORY_PARTS)?;
        self.stage(DENSE, HISTORY_PER_BODY, patient, history)
            .await?;

        let bodies = self.sign(events, 1)?;
        stages.push(
            self.stage("1 event per request", 1, keep_busy(64), bodies)
                .await?,
        );
        let history = self.traffic.history(HISTORY_PARTS)?;
        self.stage(DENSE, HISTORY_PER_BODY, patient, history)
            .await?;

        let bodies = self.sign(events, 20)?;
        stages.push(
            self.stage("20 events per request", 20, keep_busy(16), bodies)
                .await?,
        );
        let history = self.traffic.history(HISTORY_PARTS)?;
        stages.push(
            self.stage(DENSE, HISTORY_PER_BODY, patient, history)
                .await?,
        );

        let bodies = self.sign(PACE * PACED_SECS, 1)?;
        let pace = f64::from(u32::try_from(PACE)?);
        let paced = Pattern {
            pace: Some(pace),
            time_max: Duration::from_secs(PACED_SECS),
            connections: 64,
        };
        stages.push(self.stage(PACED, 1, paced, bodies).await?);
        let newest = self.traffic.newest()?;
        self.stage("newest values", 1, patient, newest).await?;
        Ok(stages)
    }

    fn sign(&mut self, events: u64, per_body: u64) -> Result<Vec<Body>> {
        self.say(format!("signing {events} events"));
        tokio::task::block_in_place(|| self.traffic.fleet(events, per_body)).context("sign")
    }

    /// Sends, and waits until queries see it.
    async fn stage(
        &mut self,
        name: &'static str,
        events_per_request: u64,
        pattern: Pattern,
        bodies: Vec<Body>,
    ) -> Result<IngestStage> {
        self.say(format!("sending: {name}"));
        let (node, load) = (self.network.node_cpu()?, Cpu::own()?);
        let sent = on_one_thread(send(self.devices.clone(), bodies, pattern))
            .await
            .with_context(|| format!("send: {name}"))?;
        let load_cpu_secs = Cpu::own()?.since(load);
        let visible = self.network.all_visible().await?.duration_since(sent.begun);
        let node_cpu_secs = self.network.node_cpu()?.since(node);
        self.signals += sent.signals;
        Ok(IngestStage {
            name,
            connections: pattern.connections,
            events_per_request,
            signals_per_event: sent.signals / sent.events.max(1),
            requests: sent.requests,
            events: sent.events,
            signals: sent.signals,
            body_bytes: sent.bytes,
            seconds: sent.took.as_secs_f64(),
            events_per_second: per_second(sent.events, sent.took),
            ack_p50_ms: quantile_ms(&sent.latency, 0.5),
            ack_p99_ms: quantile_ms(&sent.latency, 0.99),
            visible_seconds: visible.as_secs_f64(),
            signals_per_second: per_second(sent.signals, visible),
            node_cpu_secs,
            load_cpu_secs,
            events_per_node_cpu_second: per_second(
                sent.events,
                Duration::from_secs_f64(node_cpu_secs.max(0.01)),
            ),
        })
    }

    async fn reads(&self, from: &'static str, clients: &[usize]) -> Result<Vec<ReadStage>> {
        let vehicle = self.network.dev.vehicles.last().context("no vehicles")?;
        let names: Vec<&str> = DEMO_PERMISSIONS.iter().map(|p| p.name()).collect();
        let app = AppClient::new(&self.network.dev)?;
        let developer = app.log_in().await.context("log in")?;
        let token = app.exchange(&developer, &vehicle.did, &names).await?;
        let queries = [
            Query::latest(&vehicle.token_id, &token)?,
            Query::day(&vehicle.token_id, &token, self.traffic.history_end)?,
        ];
        let node = self.network.node_pid()?;
        let mut stages = Vec::new();
        for query in queries {
            for &clients in clients {
                self.say(format!("{} at {clients} clients, {from}", query.name));
                stages.push(
                    query
                        .run(&self.apps, from, clients, READ_TIME, node)
                        .await?,
                );
            }
        }
        Ok(stages)
    }

    fn storage(&self, lake: &Path) -> Result<Storage> {
        let signals = TableSize::read(&lake.join("signals"))?;
        if signals.rows != self.signals {
            bail!(
                "{} signals were acknowledged, the lake holds {}",
                self.signals,
                signals.rows
            );
        }
        Ok(Storage {
            signals,
            raw_events: TableSize::read(&lake.join("raw_events"))?,
        })
    }
}
