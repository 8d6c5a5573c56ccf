//! `milepost simulate economy`: runs the rules over years and writes a report.

use std::{fs, time::Instant};

use anyhow::{Context as _, Result};
use milepost_economics::Profile;
use milepost_simulation::{Assumptions, Options, Report, compare, run as play};
use serde_json::json;

use crate::cli::{SimulateArgs, SimulateCommand, SimulateEconomyArgs};
use crate::out::say;

pub(crate) fn run(args: SimulateArgs) -> Result<()> {
    match args.command {
        SimulateCommand::Economy(args) => economy(&args),
    }
}

fn economy(args: &SimulateEconomyArgs) -> Result<()> {
    let start = Instant::now();
    let profile = Profile::load(&args.profile)?;
    let mut assumptions = Assumptions::default();
    for assumption in &args.assume {
        let (name, value) = assumption
            .split_once('=')
            .with_context(|| format!("--assume {assumption}: NAME=NUMBER"))?;
        let value = value
            .parse()
            .with_context(|| format!("--assume {assumption}: not a whole number"))?;
        assumptions.set(name, value)?;
    }
    let options = Options {
        devices: args.devices,
        years: args.years,
        seed: args.seed,
        assumptions,
    };
    if args.set.is_empty() {
        let outcome = play(&profile, &options)?;
        write(args, &Report::from(&outcome), start)
    } else {
        let comparison = compare(&profile, &args.set, &options)?;
        write(args, &Report::from(&comparison), start)
    }
}

fn write(args: &SimulateEconomyArgs, report: &Report<'_>, start: Instant) -> Result<()> {
    let mut files = Vec::new();
    for file in report.files() {
        let path = args.out.join(&file.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
        }
        fs::write(&path, &file.contents).with_context(|| format!("write {}", path.display()))?;
        files.push(path.display().to_string());
    }
    let seconds = start.elapsed().as_secs_f64();
    if args.json {
        let summary = json!({ "run_id": report.run_id(), "files": files, "seconds": seconds });
        say(serde_json::to_string_pretty(&summary)?)?;
    } else {
        say(report.terminal())?;
        say(format_args!(
            "{} files in {}, {seconds:.1} s",
            files.len(),
            args.out.display()
        ))?;
    }
    Ok(())
}
