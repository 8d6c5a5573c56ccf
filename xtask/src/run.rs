//! Running other programs, with what is run shown first.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, Result, bail};

/// Root of the checkout.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// Where cargo puts its output.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Runs a program in `dir`; fails when it fails.
pub(crate) fn run(dir: &Path, program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Result<()> {
    let program = program.as_ref();
    let name = Path::new(program)
        .file_name()
        .unwrap_or(program)
        .to_string_lossy()
        .into_owned();
    println!("$ {name} {}", args.join(" "));
    let start = Instant::now();
    let mut command = Command::new(program);
    // What cargo tells xtask about itself: a nested cargo would take it for a change and build `ring` and all that
    // stands on it again, each time it is started another way.
    for (name, _) in std::env::vars_os() {
        let own = name.to_string_lossy();
        if own.starts_with("CARGO_PKG_") || own.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    let status = command
        .args(args)
        .current_dir(dir)
        .status()
        .with_context(|| format!("start {name}"))?;
    println!("  {name}: {:.1} s", start.elapsed().as_secs_f64());
    if !status.success() {
        bail!("{name} {}: {status}", args.join(" "));
    }
    Ok(())
}

/// Runs cargo in the checkout.
pub(crate) fn cargo(args: &[&str]) -> Result<()> {
    run(
        &root(),
        std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        args,
    )
}

/// Whether a program can be started.
pub(crate) fn has(program: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
