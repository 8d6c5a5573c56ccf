//! The Solidity part: build, export, test.

use anyhow::Result;

use crate::{
    run::{root, run},
    setup,
};

/// Compiles and writes (or, with `check`, compares) `contracts/artifacts`.
pub(crate) fn export(check: bool) -> Result<()> {
    setup::all()?;
    let dir = root().join("contracts");
    run(
        &dir,
        "node",
        if check {
            &["export-artifacts.cjs", "--check"]
        } else {
            &["export-artifacts.cjs"]
        },
    )
}

/// Formatting, storage layouts, artifact snapshot, event topics, unit, fuzz and invariant tests, gas.
pub(crate) fn test() -> Result<()> {
    export(true)?;
    let dir = root().join("contracts");
    run(&dir, "node", &["forge.cjs", "fmt", "--check"])?;
    run(
        &dir,
        "node",
        &[
            "--test",
            "config.test.cjs",
            "slither.test.cjs",
            "storage-layout.test.cjs",
        ],
    )?;
    run(&dir, "node", &["storage-layout.cjs", "--check"])?;
    run(&dir, "node", &["check-topics.cjs"])?;
    run(&dir, "node", &["forge.cjs", "test"])?;
    run(&dir, "node", &["gas.cjs", "--check"])
}
