//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod economy;
pub(crate) use economy::{
    ChainArgs, CourtArgs, CourtCommand, DeviceArg, EscrowArgs, EscrowCommand, HandoverArgs,
    LicenseArgs, LicenseCommand, LicenseKind, ParamsArgs, ParamsCommand, RuleArgs, SimulateArgs,
    SimulateCommand, SimulateEconomyArgs, StakeArgs, StakeClass, StakeCommand, StakeQuoteArgs,
    VoucherArgs, VoucherCommand, VoucherQuoteArgs,
};

/// An open node of the DIMO system: signed vehicle data in, authorised answers out.
#[derive(Debug, Parser)]
#[command(name = "milepost", version, about)]
pub(crate) struct Cli {
    /// Log filter, such as `info,milepost_ingest=debug`.
    #[arg(long, global = true, env = "MILEPOST_LOG")]
    pub(crate) log: Option<String>,
    /// Log as JSON lines.
    #[arg(long, global = true, env = "MILEPOST_LOG_JSON")]
    pub(crate) log_json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a node: ingest, journal, lake, twin, access and queries in one process.
    Node(NodeArgs),
    /// Print every setting of a node with its default, as TOML.
    Config,
    /// Run a whole network on this machine: chain, contracts, node and a demo fleet.
    Dev(DevArgs),
    /// Send recorded drives as a device would: VED CSV, decoded OBD CSV, neutral CSV, plain or zstd.
    Replay(ReplayArgs),
    /// Make plausible drives and send them.
    SimulateFleet(FleetArgs),
    /// Log in as the demo app, exchange, and print a vehicle token.
    Token(TokenArgs),
    /// Recount what is stored and compare.
    Verify(VerifyArgs),
    /// Measure this machine.
    Bench(BenchArgs),
    /// The numbers of the protocol: profiles, what each key means and where it comes from.
    Params(ParamsArgs),
    /// Licences on chain: apply, review, decide, show, renounce.
    License(LicenseArgs),
    /// Stakes on chain, and what a licence needs.
    Stake(StakeArgs),
    /// Cases before the court.
    Court(CourtArgs),
    /// Minting vouchers, and what one pays to whom.
    Voucher(VoucherArgs),
    /// The escrow of a device: every month, why it was or was not paid.
    Escrow(EscrowArgs),
    /// Hand what the deployer may decide to the timelock: from then on votes decide.
    Handover(HandoverArgs),
    /// Play the rules forward.
    Simulate(SimulateArgs),
}

#[derive(Debug, Args)]
pub(crate) struct NodeArgs {
    /// Settings, TOML; `milepost config` prints all of them. `MILEPOST_<TABLE>__<KEY>` variables win.
    #[arg(long)]
    pub(crate) config: Option<PathBuf>,
    /// Serve queries without TLS and store without encryption. Development only; the log says so.
    #[arg(long)]
    pub(crate) insecure_dev: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DevArgs {
    /// Where chain, journal, lake and dev.json are kept.
    #[arg(long, default_value = "dev-data")]
    pub(crate) data_dir: PathBuf,
    /// Development chain, JSON-RPC; 0 for any free port.
    #[arg(long, default_value_t = 8545)]
    pub(crate) rpc_port: u16,
    /// Devices, TLS; 0 for any free port.
    #[arg(long, default_value_t = 9443)]
    pub(crate) ingest_port: u16,
    /// Apps; 0 for any free port.
    #[arg(long, default_value_t = 8080)]
    pub(crate) api_port: u16,
    /// Operator; 0 for any free port.
    #[arg(long, default_value_t = 8888)]
    pub(crate) ops_port: u16,
    /// Vehicles of the demo fleet; 0 for none.
    #[arg(long, default_value_t = 5)]
    pub(crate) vehicles: u32,
    /// Path of anvil; found in contracts/node_modules or PATH otherwise.
    #[arg(long, env = "MILEPOST_ANVIL")]
    pub(crate) anvil: Option<PathBuf>,
    /// Life of vehicle tokens, seconds; at most 600.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) vehicle_token_secs: u64,
    /// Only the chain, contracts and accounts: run the node yourself from the printed settings file.
    #[arg(long)]
    pub(crate) no_node: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DevFileArg {
    /// dev.json of the running development network.
    #[arg(
        long = "dev",
        env = "MILEPOST_DEV",
        default_value = "dev-data/dev.json",
        global = true
    )]
    pub(crate) path: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Signing {
    /// One signature for each event.
    Each,
    /// One signature for each batch (Merkle root).
    Batch,
    /// The deployed format: over `data` only.
    Legacy,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Files to send.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) dev: DevFileArg,
    /// Print a JSON summary: rows, readings and signals of each file, and which vehicle each file or subject became.
    #[arg(long)]
    pub(crate) json: bool,
    /// Keep the recorded pace, times this factor; as fast as the node acknowledges otherwise.
    #[arg(long, value_name = "FACTOR", value_parser = pace, allow_hyphen_values = true)]
    pub(crate) pace: Option<f64>,
    /// How events are signed.
    #[arg(long, value_enum, default_value = "each")]
    pub(crate) signing: Signing,
    /// Seconds of driving in one event.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) window: u32,
}

/// A factor above zero.
fn pace(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if factor > 0.0 && factor.is_finite() => Ok(factor),
        _ => Err("must be a number above 0".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct FleetArgs {
    #[command(flatten)]
    pub(crate) dev: DevFileArg,
    /// How many vehicles.
    #[arg(long, default_value_t = 10)]
    pub(crate) vehicles: u32,
    /// Same seed, same drives.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Minutes of driving to make; without it the fleet drives on in real time until stopped.
    #[arg(long)]
    pub(crate) minutes: Option<u32>,
    /// Print a JSON summary.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// Vehicle: token id, DID, or the name shown in dev.json.
    pub(crate) vehicle: String,
    #[command(flatten)]
    pub(crate) dev: DevFileArg,
    /// Permissions to ask for, by number; all that the demo owner grants otherwise.
    #[arg(long, value_delimiter = ',')]
    pub(crate) permissions: Vec<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Store {
    /// Checksums and sequence of every record.
    Journal,
    /// Journal against lake tables, signals against raw events, latest values against a recount.
    Lake,
    /// The index against a rebuild from the chain and against contract views.
    Twin,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[arg(value_enum)]
    pub(crate) store: Store,
    /// Settings of the node.
    #[arg(long, default_value = "dev-data/node.toml")]
    pub(crate) config: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    pub(crate) suite: BenchSuite,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BenchSuite {
    /// Ingest, decode, query and storage on this machine, in about two minutes.
    Quick {
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Seconds of signed ingest.
        #[arg(long, default_value_t = 15)]
        seconds: u64,
        /// Path of anvil; found in contracts/node_modules or PATH otherwise.
        #[arg(long, env = "MILEPOST_ANVIL")]
        anvil: Option<PathBuf>,
    },
}
