//! The whole network on this machine.

use anyhow::{Result, bail};

use crate::{
    run::{cargo, root, run, target},
    setup,
};

/// Builds what is missing and starts the network, or with `--smoke` proves it.
pub(crate) fn start(args: &[String]) -> Result<()> {
    check(args)?;
    setup::all()?;
    cargo(&["build", "--workspace", "--bins", "--quiet"])?;
    let bin = target().join("debug");
    let args: Vec<&str> = args
        .iter()
        .map(String::as_str)
        .filter(|a| *a != "--")
        .collect();
    if args.contains(&"--smoke") {
        let rest: Vec<&str> = args.into_iter().filter(|a| *a != "--smoke").collect();
        return run(&root(), bin.join("milepost-smoke"), &rest);
    }
    let mut dev = vec!["dev"];
    dev.extend(args);
    run(&root(), bin.join("milepost"), &dev)
}

/// Says what is wrong before minutes of building.
fn check(args: &[String]) -> Result<()> {
    let mut rest = args.iter().map(String::as_str);
    if !args.iter().any(|a| a == "--smoke") {
        // After `--` they belong to `milepost dev`, which knows its own.
        return match rest.find(|a| *a == "--" || *a == "--all" || *a == "--data") {
            Some(only @ ("--all" | "--data")) => bail!("{only} needs --smoke"),
            _ => Ok(()),
        };
    }
    while let Some(argument) = rest.next() {
        match argument {
            "--smoke" | "--all" | "--" => {}
            "--data" if rest.next().is_some() => {}
            "--data" => bail!("--data needs a directory"),
            other if other.starts_with("--data=") => {}
            other => bail!("unknown argument '{other}' of dev --smoke"),
        }
    }
    Ok(())
}
