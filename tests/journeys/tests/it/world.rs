//! Development networks and nodes as processes, each in a directory and on ports of its own.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

/// Longest wait for anything that takes a second or two; tests wait on conditions, and this ends them.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// The program that was built beside this test.
fn program() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test
        .parent()
        .and_then(Path::parent)
        .context("the test is in no build folder")?;
    let program = folder.join("milepost");
    ensure!(
        program.exists(),
        "{} is missing: cargo build --workspace --bins",
        program.display()
    );
    Ok(program)
}

/// A process that is stopped when dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `milepost` with its output in the file `log`.
    pub(crate) fn start(args: &[&str], log: &Path) -> Result<Self> {
        let output = File::options().create(true).append(true).open(log)?;
        let child = Command::new(program()?)
            .args(args)
            // Small batches to the tables and small segments, so that both change hands at many moments.
            .env("MILEPOST_LAKE__FLUSH_INTERVAL_MS", "200")
            .env("MILEPOST_JOURNAL__SEGMENT_BYTES", "262144")
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()?;
        Ok(Self {
            child,
            log: log.to_owned(),
        })
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub(crate) fn kill_9(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Stops it as Ctrl-C does; it must end well.
    pub(crate) async fn stop(mut self) -> Result<()> {
        interrupt(self.child.id());
        let status = self.wait().await?;
        ensure!(status.success(), "ended with {status}:\n{}", self.tail());
        Ok(())
    }

    /// Waits for its end.
    pub(crate) async fn wait(&mut self) -> Result<ExitStatus> {
        let limit = Instant::now() + WAIT_MAX;
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            ensure!(
                Instant::now() < limit,
                "still running after {WAIT_MAX:?}:\n{}",
                self.tail()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until `good`; fails when the process ends first.
    pub(crate) async fn until(
        &mut self,
        what: &str,
        mut good: impl AsyncFnMut() -> bool,
    ) -> Result<()> {
        let limit = Instant::now() + WAIT_MAX;
        while !good().await {
            if let Some(status) = self.ended()? {
                bail!("ended with {status} before {what}:\n{}", self.tail());
            }
            ensure!(
                Instant::now() < limit,
                "no {what} within {WAIT_MAX:?}:\n{}",
                self.tail()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Its last words.
    pub(crate) fn tail(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Asked first: a killed development network would leave its chain behind.
        interrupt(self.child.id());
        let limit = Instant::now() + Duration::from_secs(20);
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > limit {
                drop(self.child.kill());
                drop(self.child.wait());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[expect(unsafe_code, reason = "std has no way to send SIGINT")]
fn interrupt(pid: u32) {
    let Ok(pid) = libc::pid_t::try_from(pid) else {
        return;
    };
    // SAFETY: kill(2) takes plain integers and touches no memory of ours; a child that has ended is not waited for
    // before, so that its id is not another process's.
    unsafe {
        libc::kill(pid, libc::SIGINT);
    }
}

/// `milepost dev` with or without its node.
#[derive(Debug)]
pub(crate) struct DevNet {
    process: Process,
    dir: TempDir,
    http: reqwest::Client,
    pub(crate) dev: Value,
}

impl DevNet {
    /// Starts in a directory of its own.
    pub(crate) async fn start(args: &[&str]) -> Result<Self> {
        Self::start_in(
            tempfile::Builder::new()
                .prefix("milepost-journey-")
                .tempdir()?,
            args,
        )
        .await
    }

    async fn start_in(dir: TempDir, args: &[&str]) -> Result<Self> {
        let (file, at) = (
            dir.path().join("dev.json"),
            dir.path().to_str().context("path is not UTF-8")?,
        );
        let before = fs::read(&file).unwrap_or_default();
        let ports = [
            "--rpc-port",
            "0",
            "--ingest-port",
            "0",
            "--api-port",
            "0",
            "--ops-port",
            "0",
        ];
        let all: Vec<&str> = ["dev", "--data-dir", at]
            .iter()
            .chain(&ports)
            .chain(args)
            .copied()
            .collect();
        let mut process = Process::start(&all, &dir.path().join("dev.log"))?;
        let fresh = async || fs::read(&file).is_ok_and(|now| now != before);
        process.until("dev.json", fresh).await?;
        let dev = serde_json::from_slice(&fs::read(&file)?)?;
        Ok(Self {
            process,
            dir,
            http: milepost_http::client(&milepost_http::ClientOptions::default())?,
            dev,
        })
    }

    /// Stops it in good order and starts it again on the same data.
    pub(crate) async fn restart(self, args: &[&str]) -> Result<Self> {
        let Self { process, dir, .. } = self;
        process.stop().await?;
        Self::start_in(dir, args).await
    }

    /// Stops it in good order; the directory is gone afterwards.
    pub(crate) async fn stop(self) -> Result<()> {
        self.process.stop().await
    }

    /// A text of dev.json by JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.dev
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("dev.json has no {pointer}"))
    }

    /// A file of the network's directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Reads dev.json again: replays add vehicles.
    pub(crate) fn reload(&mut self) -> Result<()> {
        self.dev = serde_json::from_slice(&fs::read(self.path("dev.json"))?)?;
        Ok(())
    }

    /// Starts the node that a network without one has prepared.
    pub(crate) fn node(&self) -> Result<Process> {
        let config = self.path("node.toml");
        let config = config.to_str().context("path is not UTF-8")?;
        Process::start(
            &["node", "--insecure-dev", "--config", config],
            &self.path("node.log"),
        )
    }

    /// Directory where the node keeps its data.
    pub(crate) fn node_dir(&self) -> Result<PathBuf> {
        let settings: toml::Table = fs::read_to_string(self.path("node.toml"))?.parse()?;
        Ok(settings["data_dir"]
            .as_str()
            .context("data_dir is no text")?
            .into())
    }

    /// Whether the node says that it is ready.
    pub(crate) async fn is_ready(&self) -> bool {
        let asked = self
            .http
            .get(format!("{}/ready", self.text("/endpoints/ops")))
            .send()
            .await;
        asked.is_ok_and(|answer| answer.status().is_success())
    }

    /// Waits until everything acknowledged is visible to queries; gives how many journal records that is.
    pub(crate) async fn visible(&self) -> Result<u64> {
        let limit = Instant::now() + WAIT_MAX;
        loop {
            let status = self
                .http
                .get(format!("{}/status", self.text("/endpoints/ops")))
                .send()
                .await?;
            let status: Value = status.json().await?;
            if status["watermark"] == status["journal"] {
                return status["journal"].as_u64().context("/status has no journal");
            }
            ensure!(Instant::now() < limit, "not visible: {status}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Readings stored of a vehicle, asked as the demo app.
    pub(crate) async fn readings(&self, did: &str) -> Result<u64> {
        let token = self.milepost(&["token", did]).await?;
        let query = format!("{{ dataSummary(did: \"{did}\") {{ numberOfSignals }} }}");
        let request = self
            .http
            .post(self.text("/endpoints/graphql"))
            .bearer_auth(token.trim());
        let answer: Value = request
            .json(&serde_json::json!({"query": query}))
            .send()
            .await?
            .json()
            .await?;
        answer["data"]["dataSummary"]["numberOfSignals"]
            .as_u64()
            .with_context(|| answer.to_string())
    }

    /// Runs `milepost` to its end, which must be good; gives what it printed.
    pub(crate) async fn milepost(&self, args: &[&str]) -> Result<String> {
        let mut command = tokio::process::Command::new(program()?);
        command
            .args(args)
            .env("MILEPOST_DEV", self.path("dev.json"))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = command.output().await?;
        let words = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "milepost {}: {}\n{words}",
            args.join(" "),
            output.status
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    /// `milepost verify STORE`, which must find no difference.
    pub(crate) async fn verify(&self, store: &str) -> Result<()> {
        let config = self.path("node.toml");
        let config = config.to_str().context("path is not UTF-8")?;
        self.milepost(&["verify", store, "--config", config, "--json"])
            .await
            .map(drop)
    }
}
