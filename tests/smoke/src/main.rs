//! `milepost-smoke`: the whole network on this machine, proved from outside.
//!
//! Starts `milepost dev` in a temporary directory on free ports, registers actors by real transactions, replays
//! real drives, compares every answer with figures computed from the files by a reader of its own, proves each
//! refusal, stops the network, and recounts what is stored. One line for each check, a JSON summary last; exit code
//! 0 only when every check was good.

mod api;
mod chain;
mod compare;
mod device;
mod drives;
mod network;
mod oracle;
mod reads;
mod report;
mod select;
mod story;
mod writes;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Parser;
use serde_json::Value;
use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
};

use crate::{
    api::App,
    chain::Cast,
    drives::{Driven, Oracle},
    network::Network,
    reads::Ending,
    report::Report,
    select::Choice,
    writes::Writes,
};

/// Time for the usual drives on two cores, in a debug build.
const SECONDS_MAX: f64 = 90.0;

/// Prove that the whole network works on this machine.
#[derive(Debug, Parser)]
#[command(name = "milepost-smoke", version, about)]
struct Args {
    /// Replay the made-up weeks (`synth*`) of the default folder too.
    #[arg(long)]
    all: bool,
    /// Replay every VED file and decoded OBD log of this folder, plain or zstd.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Folder used without --data.
    #[arg(long, hide = true, env = "MILEPOST_DATA", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"))]
    default_data: PathBuf,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut report = Report::new();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| {
            let directory = tempfile::Builder::new()
                .prefix("milepost-smoke-")
                .tempdir()?;
            let done = runtime.block_on(async {
                tokio::select! {
                    done = prove(&mut report, &args, directory.path()) => done,
                    signal = interrupted() => signal,
                }
            });
            if done.is_err() || !report.is_good() {
                report.say(&format!(
                    "data and log are kept in {}",
                    directory.keep().display()
                ));
            }
            done
        });
    if let Err(error) = outcome {
        report.check("run to the end", Err(error));
    }
    if report.finish() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Ends with an error when this program is asked to stop, so that the network is stopped and not left behind.
async fn interrupted() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        done = tokio::signal::ctrl_c() => done?,
        _ = terminated.recv() => {}
    }
    bail!("interrupted")
}

async fn prove(report: &mut Report, args: &Args, directory: &Path) -> Result<()> {
    let choice = select::choose(args.data.as_deref(), &args.default_data, args.all)?;
    let for_oracle = choice.clone();
    let oracle = tokio::task::spawn_blocking(move || Oracle::read(&for_oracle));
    let mut network = Network::start(directory).await?;
    report.check(
        "network up",
        Ok(format!("API at {}", network.text("/endpoints/api")?)),
    );
    let left = running(report, &mut network, &choice, oracle)
        .await
        .inspect_err(|_| {
            report.say(&format!(
                "last words of the network:\n{}",
                network.log_tail()
            ));
        })?;
    story::tell(report, &network, directory).await?;
    stopped(report, network, left, directory).await?;
    if !args.all && args.data.is_none() {
        let in_time = report.seconds();
        let outcome = if in_time < SECONDS_MAX {
            Ok(format!("{in_time} s"))
        } else {
            Err(anyhow::anyhow!("{in_time} s"))
        };
        report.check(format!("done within {SECONDS_MAX} s"), outcome);
    }
    Ok(())
}

/// What the first run leaves to be found by the second.
#[derive(Debug)]
struct Left {
    driven: Vec<Driven>,
    /// Readings of the first of them.
    readings: u64,
    /// A file that was replayed.
    file: Option<PathBuf>,
}

/// Everything while the network runs for the first time.
async fn running(
    report: &mut Report,
    network: &mut Network,
    choice: &Choice,
    oracle: JoinHandle<Result<Oracle>>,
) -> Result<Left> {
    let cast = Cast::register(network, report).await?;
    let app = App::demo(network)?;
    // Left to expire while the drives are replayed.
    let ending = Ending::obtain(&app, &cast.banned.vehicle.to_string()).await?;
    let summary = drives::drive(report, network, choice).await?;
    report.figure("events_stored", network.visible().await?);
    reads::forms(report, &app, &cast.spare.vehicle.to_string()).await;
    let mut left = Left {
        driven: Vec::new(),
        readings: 0,
        file: None,
    };
    match choice {
        Choice::Files { .. } => {
            let oracle = oracle.await?.context("read the files")?;
            drives::files(report, &summary, &oracle);
            left.driven = drives::driven(&summary, &oracle)?;
            left.file = oracle.smallest();
            drives::answers(report, &app, &left.driven).await;
        }
        Choice::Simulator { .. } => {
            left.driven = drives::simulated(report, &app, network, &summary).await?
        }
    }
    let located = left
        .driven
        .first()
        .context("nothing was driven")?
        .did
        .clone();
    let writes = Writes::new(network, &app, &cast)?;
    writes.visibility(report).await?;
    writes.refusals(report).await?;
    reads::refusals(report, network, &app, &cast, &located).await;
    report
        .run("refused: expired token", ending.refused(&app))
        .await;
    verify(report, network, "twin").await;
    left.readings = app.readings(&located).await?;
    Ok(left)
}

/// Stop, recount, start again on the same data, stop again.
async fn stopped(
    report: &mut Report,
    mut network: Network,
    left: Left,
    directory: &Path,
) -> Result<()> {
    let clean = network.stop().await;
    report.check("stops on SIGINT", clean.and_then(ended_well));
    verify(report, &network, "journal").await;
    verify(report, &network, "lake").await;
    drop(network);
    let mut again = Network::start(directory)
        .await
        .context("second start on the same data")?;
    let app = App::demo(&again)?;
    let same = async {
        let vehicle = &left.driven.first().context("nothing was driven")?.did;
        let readings = app.readings(vehicle).await?;
        ensure!(
            readings == left.readings,
            "{} readings of {vehicle} before, {readings} now",
            left.readings
        );
        let listed = again.dev["vehicles"]
            .as_array()
            .map(Vec::len)
            .unwrap_or_default();
        Ok(format!(
            "{readings} readings of {vehicle}, {listed} vehicles in dev.json"
        ))
    };
    report.run("second start finds the same data", same).await;
    if let Some(file) = &left.file {
        report
            .run(
                "answers from the tables alone equal the files",
                drives::all_answers(&app, &left.driven),
            )
            .await;
        report
            .run(
                "a file replayed again is recognised",
                drives::replayed_again(&again, file),
            )
            .await;
    }
    let clean = again.stop().await;
    report.check("stops on SIGINT again", clean.and_then(ended_well));
    Ok(())
}

fn ended_well(status: Option<std::process::ExitStatus>) -> Result<String> {
    match status {
        Some(status) if status.success() => Ok(status.to_string()),
        Some(status) => bail!("{status}"),
        None => bail!("still running after 40 s"),
    }
}

/// `milepost verify`, which must find no difference.
async fn verify(report: &mut Report, network: &Network, store: &str) {
    let check = async {
        let config = network.dir.join("node.toml");
        let config = config.to_str().context("path is not UTF-8")?;
        let found = network
            .milepost_json(&["verify", store, "--config", config, "--json"])
            .await?;
        Ok(figures(&found))
    };
    report.run(&format!("milepost verify {store}"), check).await;
}

/// The plain figures of a report on one line.
fn figures(found: &Value) -> String {
    let fields = found.as_object().into_iter().flatten();
    let plain = fields
        .filter(|(_, value)| value.is_number())
        .map(|(name, value)| format!("{name} {value}"));
    plain.collect::<Vec<_>>().join(", ")
}
