//! The network under test, started the way a person starts it.

use std::{
    fs::Metadata,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::api::{Answer, answer};

/// Chain, contracts and node of an empty directory take about ten seconds in a debug build.
const START_MAX: Duration = Duration::from_secs(60);
/// Draining listeners, writing the lake and dumping the chain.
const STOP_MAX: Duration = Duration::from_secs(40);
/// A command that takes longer hangs; the longest is a replay of all there is.
const COMMAND_MAX: Duration = Duration::from_secs(1_800);
/// Life of a vehicle token, so that one of them ends while this program runs.
const TOKEN_SECS: &str = "20";

/// A running `milepost dev`; stopped when dropped.
#[derive(Debug)]
pub(crate) struct Network {
    child: Child,
    program: PathBuf,
    http: reqwest::Client,
    pub(crate) dir: PathBuf,
    pub(crate) dev: Value,
}

/// The `milepost` program beside this one.
fn program() -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("milepost");
    if !path.exists() {
        bail!(
            "{} does not exist: cargo build --workspace --bins",
            path.display()
        );
    }
    Ok(path)
}

/// A client that trusts `authority_pem` beside the web's authorities.
pub(crate) fn client(authority_pem: Option<&str>) -> Result<reqwest::Client> {
    let options = milepost_http::ClientOptions {
        authority_pem: authority_pem.map(str::to_owned),
        ..milepost_http::ClientOptions::default()
    };
    Ok(milepost_http::client(&options)?)
}

impl Network {
    /// Starts chain, contracts and node on free ports with their data in `dir`, and waits until the node is ready.
    pub(crate) async fn start(dir: &Path) -> Result<Self> {
        let program = program()?;
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(dir.join("dev.log"))?;
        let file = dir.join("dev.json");
        let earlier = std::fs::metadata(&file).ok();
        let child = Command::new(&program)
            .args([
                "dev",
                "--vehicles",
                "0",
                "--vehicle-token-secs",
                TOKEN_SECS,
                "--data-dir",
            ])
            .arg(dir)
            .args([
                "--rpc-port",
                "0",
                "--ingest-port",
                "0",
                "--api-port",
                "0",
                "--ops-port",
                "0",
            ])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("start milepost dev")?;
        let mut network = Self {
            child,
            program,
            http: client(None)?,
            dir: dir.to_owned(),
            dev: Value::Null,
        };
        let limit = Instant::now() + START_MAX;
        while !network.is_up(&file, earlier.as_ref()).await {
            if let Some(status) = network.child.try_wait()? {
                bail!("milepost dev ended with {status}:\n{}", network.log_tail());
            }
            if Instant::now() > limit {
                bail!(
                    "the network is not up after {} s:\n{}",
                    START_MAX.as_secs(),
                    network.log_tail()
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(network)
    }

    /// Whether this start has written dev.json and the node says that it is ready.
    async fn is_up(&mut self, file: &Path, earlier: Option<&Metadata>) -> bool {
        let Ok(written) = std::fs::metadata(file) else {
            return false;
        };
        // The file is replaced by a rename, so that a new one is another inode.
        if earlier
            .is_some_and(|e| (e.ino(), e.mtime_nsec()) == (written.ino(), written.mtime_nsec()))
        {
            return false;
        }
        self.reload().is_ok() && matches!(self.ops("/ready").await, Ok(Answer { status: 200, .. }))
    }

    /// A text of dev.json by JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> Result<&str> {
        self.dev
            .pointer(pointer)
            .and_then(Value::as_str)
            .with_context(|| format!("dev.json has no {pointer}"))
    }

    /// Reads dev.json again: replays add vehicles.
    pub(crate) fn reload(&mut self) -> Result<()> {
        self.dev = serde_json::from_slice(&std::fs::read(self.dir.join("dev.json"))?)?;
        Ok(())
    }

    /// Asks the operator's port.
    pub(crate) async fn ops(&self, path: &str) -> Result<Answer> {
        answer(
            self.http
                .get(format!("{}{path}", self.text("/endpoints/ops")?)),
        )
        .await
    }

    /// Asks the chain, as any wallet does.
    pub(crate) async fn rpc(&self, method: &str, params: Value) -> Result<Value> {
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let mut answer = answer(self.http.post(self.text("/rpc")?).json(&request)).await?;
        match answer.body.get_mut("result").map(Value::take) {
            Some(result) => Ok(result),
            None => bail!("{method}: {}", answer.body),
        }
    }

    /// Waits until the node decides by this block.
    pub(crate) async fn decides_at(&self, block: u64) -> Result<()> {
        self.status(
            |status| status["block"].as_u64() >= Some(block),
            &format!("block {block}"),
        )
        .await
        .map(drop)
    }

    /// Waits until everything acknowledged is visible to queries; gives how many journal records that is.
    pub(crate) async fn visible(&self) -> Result<u64> {
        let all = |status: &Value| status["watermark"].as_u64() >= status["journal"].as_u64();
        let status = self.status(all, "the newest acknowledged event").await?;
        status["journal"].as_u64().context("/status has no journal")
    }

    async fn status(&self, good: impl Fn(&Value) -> bool, what: &str) -> Result<Value> {
        let limit = Instant::now() + Duration::from_secs(10);
        loop {
            let status = self.ops("/status").await?.body;
            if good(&status) {
                return Ok(status);
            }
            if Instant::now() > limit {
                bail!("the node does not get to {what} within 10 s: {status}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Runs `milepost` and returns its standard output.
    pub(crate) async fn milepost(&self, args: &[&str]) -> Result<String> {
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(args)
            .env("MILEPOST_DEV", self.dir.join("dev.json"))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = tokio::time::timeout(COMMAND_MAX, command.output())
            .await
            .context("no end of the command")??;
        let (out, err) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        if !output.status.success() {
            let command = args.first().copied().unwrap_or_default();
            bail!(
                "milepost {command}: {}: {} {}",
                output.status,
                err.trim(),
                out.trim()
            );
        }
        Ok(out.into_owned())
    }

    /// Runs `milepost` and reads the JSON it prints.
    pub(crate) async fn milepost_json(&self, args: &[&str]) -> Result<Value> {
        let text = self.milepost(args).await?;
        serde_json::from_str(&text)
            .with_context(|| format!("milepost {} printed no JSON: {text}", args.join(" ")))
    }

    /// Stops the network as Ctrl-C does and waits for it; gives how it ended, or nothing when it did not.
    pub(crate) async fn stop(&mut self) -> Result<Option<ExitStatus>> {
        interrupt(self.child.id());
        let limit = Instant::now() + STOP_MAX;
        while Instant::now() < limit {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(None)
    }

    /// The last words of the network.
    pub(crate) fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(self.dir.join("dev.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // Asked first: a killed network would leave its chain behind.
        interrupt(self.child.id());
        let limit = Instant::now() + STOP_MAX;
        while Instant::now() < limit {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[expect(unsafe_code, reason = "std has no way to send SIGINT")]
fn interrupt(pid: u32) {
    let Ok(pid) = libc::pid_t::try_from(pid) else {
        return;
    };
    // SAFETY: kill(2) takes plain integers and touches no memory of ours; the child is not yet waited for, so that
    // its id is not reused, or has ended, which gives an ignored ESRCH.
    unsafe {
        libc::kill(pid, libc::SIGINT);
    }
}
