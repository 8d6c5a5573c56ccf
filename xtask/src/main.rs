//! Development tasks: `cargo xtask dev | test | check | arch | generate | contracts`.
//!
//! Builds in seconds and needs nothing but cargo; what a task needs beyond that (npm packages, Debian packages
//! where it runs as root) it installs itself and says so.

#![expect(clippy::print_stdout, reason = "a command-line tool")]

mod arch;
mod contracts;
mod dev;
mod generate;
mod run;
mod setup;
mod test;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask <task>

  dev [--smoke [--all] [--data DIR]] [-- ARGS]
                     the whole network on this machine: chain, contracts, node, demo fleet
                     --smoke proves the main job on free ports in a temporary directory, then ends
  test [contracts]   every test that CI runs; `contracts` runs the Solidity part alone
  check              rustfmt, clippy -D warnings, layer rules, cargo-deny where installed
  arch               layer rules and single doors of heavy dependencies
  generate [--check] signal catalogue from crates/kernel/signals/catalogue
  contracts [--check] compile the contracts and export their artifacts
";

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    if rest
        .iter()
        .take_while(|a| *a != "--")
        .any(|a| a == "--help" || a == "-h")
    {
        println!("{HELP}");
        return Ok(());
    }
    match args.first().map(String::as_str) {
        Some("dev") => dev::start(rest),
        Some("test") if rest.first().is_some_and(|a| a == "contracts") => contracts::test(),
        Some("test") if rest.is_empty() => test::run(),
        Some("check") => test::check(),
        Some("arch") => arch::run(),
        Some("generate") => generate::run(rest.iter().any(|a| a == "--check")),
        Some("contracts") => contracts::export(rest.iter().any(|a| a == "--check")),
        Some("help" | "--help" | "-h") | None => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => bail!("unknown task '{other}'\n\n{HELP}"),
    }
}
