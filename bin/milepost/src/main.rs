//! `milepost`: the node and every command an operator or developer types.

mod bench;
mod cli;
mod client;
mod commands;
mod demo;
mod dev_file;
mod node;
mod out;

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use cli::{Cli, Command};
use commands::economy;
use milepost_service::{LogFormat, Metrics};

// Ingest allocates in bursts on every thread; this allocator returns them.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<out::ReaderGone>() => ExitCode::SUCCESS,
        Err(error) => {
            // The one place where a whole chain of causes is printed.
            #[expect(clippy::print_stderr, reason = "the program's last words")]
            {
                eprintln!("error: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let metrics = logging(&cli)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("start the runtime")?;
    runtime.block_on(async {
        match cli.command {
            Command::Node(args) => commands::node::run(args, metrics).await,
            Command::Config => commands::config::run(),
            Command::Dev(args) => commands::dev::run(args, metrics).await,
            Command::Replay(args) => commands::replay::run(args).await,
            Command::SimulateFleet(args) => commands::fleet::run(args).await,
            Command::Token(args) => commands::token::run(args).await,
            Command::Verify(args) => commands::verify::run(args).await,
            Command::Bench(args) => bench::run(args).await,
            Command::Params(args) => economy::params::run(args),
            Command::License(args) => economy::license::run(args).await,
            Command::Stake(args) => economy::stake::run(args).await,
            Command::Court(args) => economy::court::run(args).await,
            Command::Voucher(args) => economy::voucher::run(args).await,
            Command::Escrow(args) => economy::voucher::escrow(args).await,
            Command::Handover(args) => economy::handover::run(args).await,
            Command::Simulate(args) => economy::simulate::run(args),
        }
    })
}

/// Libraries that tell at level info what only their authors need.
const LOG_FILTER: &str = "info,buoyant_kernel=warn,buoyant_kernel_engine=warn,deltalake_core=warn,fjall=warn,lsm_tree=warn";

fn logging(cli: &Cli) -> Result<Metrics> {
    // Commands for people stay quiet; servers say what they do.
    let quiet = !matches!(cli.command, Command::Node(_) | Command::Dev(_));
    let filter = cli
        .log
        .clone()
        .unwrap_or_else(|| if quiet { "warn" } else { LOG_FILTER }.to_owned());
    let format = if cli.log_json {
        LogFormat::Json
    } else {
        LogFormat::Text
    };
    milepost_service::init(&filter, format).context("set up logging")
}
