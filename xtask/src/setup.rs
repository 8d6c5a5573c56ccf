//! Installs what a fresh machine lacks.

use std::{fs, process::Command};

use anyhow::{Context as _, Result, bail};

use crate::run::{has, root, run};

/// Debian packages by the program that shows whether they are there.
const DEBIAN: [(&str, &[&str]); 2] = [("node", &["nodejs", "npm"]), ("cc", &["build-essential"])];

/// Programs, then the npm packages of the contracts.
pub(crate) fn all() -> Result<()> {
    let missing: Vec<&str> = DEBIAN
        .iter()
        .filter(|(program, _)| !has(program))
        .flat_map(|(_, packages)| packages.iter().copied())
        .collect();
    if !missing.is_empty() {
        debian(&missing)?;
    }
    npm()
}

fn debian(packages: &[&str]) -> Result<()> {
    let user = Command::new("id")
        .arg("-u")
        .output()
        .context("ask for the user id")?;
    if user.stdout.trim_ascii() != b"0" || !has("apt-get") {
        bail!(
            "install these packages and run again: {}",
            packages.join(" ")
        );
    }
    println!("installing Debian packages: {}", packages.join(" "));
    run(&root(), "apt-get", &["update", "-qq"])?;
    let mut args = vec!["install", "-y", "-qq", "--no-install-recommends"];
    args.extend(packages);
    run(&root(), "apt-get", &args)
}

/// npm packages of the contracts, when the lock file is not what was installed last.
fn npm() -> Result<()> {
    let dir = root().join("contracts");
    let lock =
        fs::read(dir.join("package-lock.json")).context("read contracts/package-lock.json")?;
    let stamp = dir.join("node_modules/.milepost-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("installing npm packages of contracts/ (forge, anvil, solc, OpenZeppelin)");
    run(
        &dir,
        "npm",
        &["ci", "--no-audit", "--no-fund", "--ignore-scripts"],
    )?;
    fs::write(&stamp, lock).context("remember the installed lock file")
}
