//! The whole network on this machine.

use anyhow::Result;

use crate::{
    run::{cargo, root, run, target},
    setup,
};

/// Builds what is missing and starts the network, or with `--smoke` proves it.
pub(crate) fn start(args: &[String]) -> Result<()> {
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
