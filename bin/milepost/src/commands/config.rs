//! `milepost config`.

use anyhow::Result;

use crate::node::NodeSettings;

#[expect(clippy::print_stdout, reason = "prints the settings")]
pub(crate) fn run() -> Result<()> {
    print!("{}", NodeSettings::default().to_toml()?);
    Ok(())
}
