use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use alloy::primitives::{U64, U256};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::{ChainError, ChainSource as _, Rpc, RpcOptions};

/// How to start a development chain.
#[derive(Debug, Clone)]
pub struct DevChainOptions {
    /// The anvil program, when the caller knows it (`MILEPOST_ANVIL`). Else the contracts folder's npm package,
    /// else the `PATH`.
    pub anvil: Option<PathBuf>,
    /// TCP port on loopback; 0 picks a free one.
    pub port: u16,
    /// File that keeps the chain between runs. Without it the chain ends with the process.
    pub state: Option<PathBuf>,
    /// Seconds between dumps of the state file while running; a dump is also made at [`DevChain::stop`].
    pub dump_interval_secs: u32,
    /// Seconds between blocks; `None` mines one block per transaction at once.
    pub block_time_secs: Option<u32>,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// Time of the first block, seconds since 1970; `None` is now. Chains that start in the same second otherwise
    /// have the same genesis block.
    pub genesis_time_secs: Option<u64>,
}

impl Default for DevChainOptions {
    /// Chain 31337, free port, blocks on demand, nothing kept.
    fn default() -> Self {
        Self {
            anvil: None,
            port: 0,
            state: None,
            dump_interval_secs: 2,
            block_time_secs: None,
            chain_id: 31_337,
            genesis_time_secs: None,
        }
    }
}

/// A snapshot to return to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot(U256);

/// A running development chain (anvil) on loopback.
///
/// With a state file a later start finds the same chain: blocks, hashes, logs and receipts. [`stop`](Self::stop)
/// dumps the state; a crash of this process loses at most the dump interval, unless the next start finds the
/// orphaned chain still running, which it stops first so that nothing is lost. Dropping kills the chain without
/// a dump.
#[derive(Debug)]
pub struct DevChain {
    child: Child,
    rpc: Rpc,
    url: String,
    pid_file: Option<PathBuf>,
}

impl DevChain {
    /// Starts the chain and waits until it answers.
    ///
    /// # Errors
    /// [`ChainError::AnvilMissing`] with the places looked at, [`ChainError::DevChain`] when it does not start
    /// within 20 s (port in use, bad state file), with its own words.
    pub async fn start(options: DevChainOptions) -> Result<Self, ChainError> {
        let program = find_anvil(options.anvil.as_deref())?;
        let pid_file = options
            .state
            .as_ref()
            .map(|state| with_suffix(state, "pid"));
        if let (Some(pid_file), Some(state)) = (&pid_file, &options.state) {
            stop_orphan(pid_file, state).await?;
        }
        let mut command = Command::new(&program);
        command.args(["--host", "127.0.0.1", "--port", &options.port.to_string()]);
        command.args(["--chain-id", &options.chain_id.to_string()]);
        if let Some(state) = &options.state {
            create_parent(state)?;
            keep_first_genesis(state)?;
            command
                .arg("--state")
                .arg(state)
                .args(["--state-interval", &options.dump_interval_secs.to_string()]);
        }
        if let Some(seconds) = options.genesis_time_secs {
            command.args(["--timestamp", &seconds.to_string()]);
        }
        if let Some(seconds) = options.block_time_secs {
            command.args(["--block-time", &seconds.to_string()]);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| ChainError::File {
                path: program.clone(),
                source,
            })?;
        let url = listening_url(&mut child).await?;
        if let (Some(pid_file), Some(pid)) = (&pid_file, child.id()) {
            fs::write(pid_file, format!("{pid}\n")).map_err(|source| ChainError::File {
                path: pid_file.clone(),
                source,
            })?;
        }
        let rpc = Rpc::new(&url, RpcOptions::default())?;
        let chain = Self {
            child,
            rpc,
            url,
            pid_file,
        };
        let found = chain.rpc.chain_id().await?;
        if found != options.chain_id {
            return Err(ChainError::DevChain(format!(
                "chain id is {found}, asked for {}",
                options.chain_id
            )));
        }
        Ok(chain)
    }

    /// JSON-RPC URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A client of this chain.
    #[must_use]
    pub fn rpc(&self) -> Rpc {
        self.rpc.clone()
    }

    /// Stops the chain in good order: the state file is complete when this returns.
    ///
    /// # Errors
    /// [`ChainError::DevChain`] when it does not end within 10 s; it is killed then.
    pub async fn stop(mut self) -> Result<(), ChainError> {
        if let Some(pid) = self.child.id() {
            terminate(pid);
        }
        let ended = tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await;
        if let Some(pid_file) = self.pid_file.take() {
            remove_if_there(&pid_file)?;
        }
        match ended {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(ChainError::DevChain(format!(
                "cannot wait for anvil: {error}"
            ))),
            Err(_) => Err(ChainError::DevChain(
                "anvil did not stop within 10 s and was killed".to_owned(),
            )),
        }
    }

    /// Mines `count` empty blocks, `seconds_between` apart in chain time.
    ///
    /// # Errors
    /// As the endpoint reports.
    pub async fn mine(&self, count: u64, seconds_between: u64) -> Result<(), ChainError> {
        let params = (format!("0x{count:x}"), format!("0x{seconds_between:x}"));
        self.rpc
            .request::<_, serde_json::Value>("anvil_mine", params)
            .await
            .map(drop)
    }

    /// Moves chain time forward and mines a block, so that the new time is visible to calls.
    ///
    /// # Errors
    /// As the endpoint reports.
    pub async fn increase_time(&self, seconds: u64) -> Result<(), ChainError> {
        self.rpc
            .request::<_, serde_json::Value>("evm_increaseTime", (seconds,))
            .await?;
        self.mine(1, 1).await
    }

    /// Gives an account this balance of the chain's coin, in wei, to pay gas with.
    ///
    /// # Errors
    /// As the endpoint reports.
    pub async fn set_balance(
        &self,
        account: milepost_types::Address,
        wei: U256,
    ) -> Result<(), ChainError> {
        set_balance(&self.rpc, account, wei).await
    }

    /// Remembers the present state.
    ///
    /// # Errors
    /// As the endpoint reports.
    pub async fn snapshot(&self) -> Result<Snapshot, ChainError> {
        self.rpc.request("evm_snapshot", ()).await.map(Snapshot)
    }

    /// Drops all blocks after the snapshot; mining other blocks then makes a fork of the old ones.
    ///
    /// # Errors
    /// [`ChainError::DevChain`] when the snapshot was used before.
    pub async fn revert(&self, snapshot: Snapshot) -> Result<(), ChainError> {
        match self
            .rpc
            .request::<_, bool>("evm_revert", (snapshot.0,))
            .await?
        {
            true => Ok(()),
            false => Err(ChainError::DevChain(
                "the snapshot no longer exists".to_owned(),
            )),
        }
    }

    /// Switches mining of one block per transaction; off collects transactions until [`mine`](Self::mine).
    ///
    /// # Errors
    /// As the endpoint reports.
    pub async fn set_automine(&self, on: bool) -> Result<(), ChainError> {
        self.rpc
            .request::<_, serde_json::Value>("evm_setAutomine", (on,))
            .await
            .map(drop)
    }

    /// Time of the next block, in seconds since 1970; later blocks follow from there.
    ///
    /// # Errors
    /// As the endpoint reports, among others for a time before the latest block.
    pub async fn set_next_block_time(&self, seconds: u64) -> Result<(), ChainError> {
        self.rpc
            .request::<_, serde_json::Value>("evm_setNextBlockTimestamp", (seconds,))
            .await
            .map(drop)
    }

    /// Height of the chain.
    ///
    /// # Errors
    /// As the endpoint reports.
    pub async fn height(&self) -> Result<u64, ChainError> {
        Ok(self
            .rpc
            .request::<_, U64>("eth_blockNumber", ())
            .await?
            .to())
    }
}

/// Gives an account a balance on a development chain.
pub(crate) async fn set_balance(
    rpc: &Rpc,
    account: milepost_types::Address,
    wei: U256,
) -> Result<(), ChainError> {
    rpc.request::<_, serde_json::Value>("anvil_setBalance", json!([account, wei]))
        .await
        .map(drop)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn create_parent(path: &Path) -> Result<(), ChainError> {
    let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) else {
        return Ok(());
    };
    fs::create_dir_all(parent).map_err(|source| ChainError::File {
        path: parent.to_owned(),
        source,
    })
}

fn remove_if_there(path: &Path) -> Result<(), ChainError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(ChainError::File {
            path: path.to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}

/// The caller's path, then the npm package of the contracts folder, then the `PATH`.
/// Leaves one block 0 in a state file: the first that was ever made.
///
/// anvil makes a new block 0 at every start before it loads the file, and dumps both later; which of them it finds
/// at the load after that is chance, and a chain with another genesis is another chain.
fn keep_first_genesis(state: &Path) -> Result<(), ChainError> {
    let file_error = |source| ChainError::File {
        path: state.to_owned(),
        source,
    };
    let text = match fs::read(state) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(file_error(error)),
    };
    // A file that is no JSON is anvil's to refuse, in its own words.
    let Ok(mut content) = serde_json::from_slice::<serde_json::Value>(&text) else {
        return Ok(());
    };
    let Some(blocks) = content.get_mut("blocks").and_then(|b| b.as_array_mut()) else {
        return Ok(());
    };
    let time = |block: &serde_json::Value| quantity(&block["header"]["timestamp"]);
    let is_genesis = |block: &serde_json::Value| quantity(&block["header"]["number"]) == Some(0);
    let count = blocks.iter().filter(|block| is_genesis(block)).count();
    let Some(first) = blocks
        .iter()
        .filter(|block| is_genesis(block))
        .filter_map(time)
        .min()
    else {
        return Ok(());
    };
    if count == 1 {
        return Ok(());
    }
    let mut kept = false;
    blocks.retain(|block| {
        if !is_genesis(block) {
            return true;
        }
        let keep = !kept && time(block) == Some(first);
        kept |= keep;
        keep
    });
    let temporary = with_suffix(state, "new");
    let text = serde_json::to_vec(&content).map_err(|error| file_error(error.into()))?;
    fs::write(&temporary, text).map_err(file_error)?;
    fs::rename(&temporary, state).map_err(file_error)
}

/// A JSON-RPC quantity: hex text or a number.
fn quantity(value: &serde_json::Value) -> Option<u64> {
    match value.as_str() {
        Some(text) => u64::from_str_radix(text.trim_start_matches("0x"), 16).ok(),
        None => value.as_u64(),
    }
}

fn find_anvil(given: Option<&Path>) -> Result<PathBuf, ChainError> {
    if let Some(given) = given {
        // What was asked for, or nothing: a typing mistake must not start another program.
        let looked = vec![given.to_owned()];
        return if given.is_file() {
            Ok(given.to_owned())
        } else {
            Err(ChainError::AnvilMissing { looked })
        };
    }
    let package = format!("anvil-{}-{}", std::env::consts::OS, npm_arch());
    let npm = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../contracts/node_modules/@foundry-rs")
        .join(package)
        .join("bin/anvil");
    let mut looked = vec![npm];
    looked.extend(
        std::env::var_os("PATH")
            .iter()
            .flat_map(std::env::split_paths)
            .map(|dir| dir.join("anvil")),
    );
    looked
        .iter()
        .find(|path| path.is_file())
        .cloned()
        .ok_or(ChainError::AnvilMissing { looked })
}

const fn npm_arch() -> &'static str {
    if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "amd64"
    }
}

/// Reads anvil's output until it says where it listens; afterwards a task keeps the pipe empty.
async fn listening_url(child: &mut Child) -> Result<String, ChainError> {
    let no_pipe = || ChainError::DevChain("anvil has no output pipe".to_owned());
    let mut lines = BufReader::new(child.stdout.take().ok_or_else(no_pipe)?).lines();
    let mut errors = BufReader::new(child.stderr.take().ok_or_else(no_pipe)?).lines();
    let wait = async {
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some(address) = line.strip_prefix("Listening on ") {
                return Some(format!("http://{}", address.trim()));
            }
        }
        None
    };
    match tokio::time::timeout(Duration::from_secs(20), wait).await {
        Ok(Some(url)) => {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            tokio::spawn(async move {
                while let Ok(Some(line)) = errors.next_line().await {
                    tracing::warn!(target: "anvil", "{line}");
                }
            });
            Ok(url)
        }
        ended => {
            let mut words = Vec::new();
            while let Ok(Ok(Some(line))) =
                tokio::time::timeout(Duration::from_millis(200), errors.next_line()).await
            {
                words.push(line);
            }
            let reason = if ended.is_err() {
                "does not listen after 20 s"
            } else {
                "ended at start"
            };
            Err(ChainError::DevChain(format!(
                "anvil {reason}: {}",
                words.join(" ")
            )))
        }
    }
}

/// Ends a chain that outlived a killed process, so that its last blocks reach the state file.
async fn stop_orphan(pid_file: &Path, state: &Path) -> Result<(), ChainError> {
    let Ok(text) = fs::read_to_string(pid_file) else {
        return Ok(());
    };
    if let Ok(pid) = text.trim().parse::<u32>()
        && is_chain_of(pid, state)
    {
        tracing::info!(
            pid,
            "stopping the development chain that a killed process left behind"
        );
        terminate(pid);
        let deadline = Instant::now() + Duration::from_secs(10);
        while is_chain_of(pid, state) {
            if Instant::now() > deadline {
                return Err(ChainError::DevChain(format!(
                    "process {pid} holds the state file and does not stop"
                )));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    remove_if_there(pid_file)
}

/// Whether a process with this id lives and is the anvil of this state file; process ids are reused.
fn is_chain_of(pid: u32, state: &Path) -> bool {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // Field 3 of stat, after the parenthesised name: Z is a zombie that only waits for its parent.
    let dead = stat
        .rsplit_once(") ")
        .is_some_and(|(_, rest)| rest.starts_with('Z'));
    let ours = command
        .split(|byte| *byte == 0)
        .any(|argument| argument == state.as_os_str().as_encoded_bytes());
    name.trim() == "anvil" && ours && !dead
}

#[expect(
    unsafe_code,
    reason = "std has no way to send SIGTERM, and anvil dumps its state only on a signal"
)]
fn terminate(pid: u32) {
    let Ok(pid) = libc::pid_t::try_from(pid) else {
        return;
    };
    // SAFETY: kill(2) takes plain integers and touches no memory of ours; a stale pid gives an ignored ESRCH.
    unsafe {
        libc::kill(pid, libc::SIGTERM);
    }
}
