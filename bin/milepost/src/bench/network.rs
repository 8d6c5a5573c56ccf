//! The measured network: chain and node as processes of their own, so that the load is in neither.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use milepost_chain_core::{ChainSource as _, Rpc, RpcOptions};
use milepost_http::ClientOptions;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};

use super::process::{Cpu, interrupt};
use crate::{demo::registrar::wait_for_block, dev_file::DevFile};

/// Deploying and registering takes about ten seconds on two cores, in a debug build a minute.
const CHAIN_START_MAX: Duration = Duration::from_secs(240);
const STOP_MAX: Duration = Duration::from_secs(120);
/// A flush of two full generations in a debug build.
const WATERMARK_MAX: Duration = Duration::from_secs(180);
/// Distance of looks at a process or its status; the resolution of times that end with one.
const LOOK: Duration = Duration::from_millis(5);

/// A child with its log, interrupted and waited for at the end.
struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    fn start(name: &'static str, dir: &Path, arguments: &[&str]) -> Result<Self> {
        let log = dir.join(format!("{name}.log"));
        let file = File::options().create(true).append(true).open(&log)?;
        let program = std::env::current_exe().context("find this program")?;
        let child = Command::new(program)
            .args(["--log", "warn"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("start the {name}"))?;
        Ok(Self { name, child, log })
    }

    fn pid(&self) -> Result<u32> {
        self.child
            .id()
            .with_context(|| format!("the {} has ended", self.name))
    }

    /// An error with the end of the log when the process is gone.
    fn check(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("the {} ended with {status}: {}", self.name, self.said()),
        }
    }

    /// Last lines of the log.
    fn said(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(10).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// Asks it to stop and waits; killed when it takes too long, which is an error.
    async fn stop(mut self) -> Result<()> {
        if let Some(pid) = self.child.id() {
            interrupt(pid);
        }
        match timeout(STOP_MAX, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => bail!("the {} ended with {status}: {}", self.name, self.said()),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => bail!("the {} did not stop: {}", self.name, self.said()),
        }
    }
}

/// Where the node stands.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Position {
    /// Last journal sequence on disk.
    pub(crate) journal: u64,
    /// Last journal sequence visible to queries.
    pub(crate) watermark: u64,
}

pub(crate) struct Network {
    dir: TempDir,
    chain: Process,
    node: Option<Process>,
    pub(crate) dev: DevFile,
    http: reqwest::Client,
}

impl Network {
    /// Chain, contracts and `vehicles` registered vehicles; no node yet.
    pub(crate) async fn start(vehicles: u32, anvil: Option<&Path>) -> Result<Self> {
        let dir = tempfile::Builder::new()
            .prefix("milepost-bench-")
            .tempdir()?;
        let path = dir.path().to_string_lossy().into_owned();
        let vehicles = vehicles.to_string();
        let mut arguments = vec![
            "dev",
            "--no-node",
            "--vehicles",
            &vehicles,
            "--data-dir",
            &path,
        ];
        for port in ["--rpc-port", "--ingest-port", "--api-port", "--ops-port"] {
            arguments.extend([port, "0"]);
        }
        let anvil = anvil.map(|path| path.to_string_lossy().into_owned());
        if let Some(anvil) = &anvil {
            arguments.extend(["--anvil", anvil]);
        }
        let mut chain = Process::start("chain", dir.path(), &arguments)?;
        let dev = match described(&mut chain, &dir.path().join("dev.json")).await {
            Ok(dev) => dev,
            Err(error) => {
                // Ends anvil too; the first error is the one to tell.
                drop(chain.stop().await);
                return Err(error);
            }
        };
        let http = milepost_http::client(&ClientOptions::default())?;
        Ok(Self {
            dir,
            chain,
            node: None,
            dev,
            http,
        })
    }

    /// Folder of the node's lake.
    pub(crate) fn lake(&self) -> PathBuf {
        self.dir.path().join("node/lake")
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Starts the node; returns when it knows the chain and shows everything in its journal.
    pub(crate) async fn start_node(&mut self) -> Result<Duration> {
        let begun = Instant::now();
        let config = self.dir.path().join("node.toml");
        let config = config.to_string_lossy();
        let arguments = ["node", "--insecure-dev", "--config", &config];
        let node = Process::start("node", self.dir.path(), &arguments)?;
        self.node = Some(node);
        let rpc = Rpc::new(&self.dev.rpc, RpcOptions::default())?;
        let head = rpc.head().await?.number;
        let started = wait_for_block(&self.dev.endpoints.ops, head).await;
        self.check_node()?;
        started?;
        self.all_visible().await?;
        Ok(begun.elapsed())
    }

    fn check_node(&mut self) -> Result<()> {
        self.node.as_mut().context("no node runs")?.check()
    }

    pub(crate) fn node_pid(&self) -> Result<u32> {
        self.node.as_ref().context("no node runs")?.pid()
    }

    /// Processor time the node has used.
    pub(crate) fn node_cpu(&self) -> Result<Cpu> {
        Cpu::of(self.node_pid()?)
    }

    pub(crate) async fn position(&self) -> Result<Position> {
        let url = format!("{}/status", self.dev.endpoints.ops);
        let answer = self.http.get(url).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }

    /// Waits until everything that is durable now is visible; returns the moment.
    pub(crate) async fn all_visible(&mut self) -> Result<Instant> {
        let journal = self.position().await?.journal;
        let begun = Instant::now();
        loop {
            let position = self.position().await?;
            if position.watermark >= journal {
                return Ok(Instant::now());
            }
            if begun.elapsed() > WATERMARK_MAX {
                bail!("journal is at {journal}, queries still see {position:?}");
            }
            self.check_node()?;
            sleep(LOOK).await;
        }
    }

    /// Stops the node, which writes what it holds; returns how long that took.
    pub(crate) async fn stop_node(&mut self) -> Result<Duration> {
        let begun = Instant::now();
        if let Some(node) = self.node.take() {
            node.stop().await?;
        }
        Ok(begun.elapsed())
    }

    /// Stops everything that runs and removes the data.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let node = self.stop_node().await.map(drop);
        let chain = self.chain.stop().await;
        self.dir.close()?;
        node.and(chain)
    }
}

async fn described(chain: &mut Process, file: &Path) -> Result<DevFile> {
    let begun = Instant::now();
    while !file.exists() {
        chain.check()?;
        if begun.elapsed() > CHAIN_START_MAX {
            bail!(
                "the chain was not ready after {CHAIN_START_MAX:?}: {}",
                chain.said()
            );
        }
        sleep(LOOK).await;
    }
    DevFile::read(file)
}
