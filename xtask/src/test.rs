//! What CI runs.

use std::time::Instant;

use anyhow::Result;

use crate::{
    arch, contracts, generate,
    run::{cargo, has},
    setup,
};

/// Formatting, lints, layers, licences.
pub(crate) fn check() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    arch::run()?;
    generate::run(true)?;
    cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])?;
    if has("cargo-deny") {
        cargo(&["deny", "check", "licenses", "bans", "sources"])?;
    } else {
        println!("cargo-deny is not installed: licences, bans and sources not checked");
    }
    Ok(())
}

/// Every test: contracts, lints, Rust, documentation.
pub(crate) fn run() -> Result<()> {
    let start = Instant::now();
    setup::all()?;
    contracts::test()?;
    check()?;
    // Tests start the node and the tools as programs.
    cargo(&["build", "--workspace", "--bins"])?;
    cargo(&["test", "--workspace", "--all-targets", "--no-fail-fast"])?;
    cargo(&["test", "--workspace", "--doc", "--no-fail-fast", "--quiet"])?;
    println!("all tests passed in {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}
