//! `milepost handover`: the deployer's powers go to the timelock.

use anyhow::Result;

use super::session::Session;
use crate::cli::HandoverArgs;

pub(crate) async fn run(args: HandoverArgs) -> Result<()> {
    let session = Session::open(&args.chain, "admin").await?;
    let done = session.hand_over().await?;
    session.report(&[
        ("dry run", args.chain.dry_run.into()),
        ("granted to timelock", done.granted.into()),
        ("renounced", done.renounced.into()),
    ])
}
