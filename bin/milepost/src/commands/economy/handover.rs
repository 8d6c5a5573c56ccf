//! `milepost handover`: the deployer's powers go to the timelock.

use anyhow::Result;
use serde_json::json;

use super::session::Session;
use crate::cli::HandoverArgs;

pub(crate) async fn run(args: HandoverArgs) -> Result<()> {
    let session = Session::open(&args.chain, "admin").await?;
    let done = session.hand_over().await?;
    session.report(&json!({
        "dry_run": args.chain.dry_run,
        "granted_to_timelock": done.granted,
        "renounced": done.renounced,
    }))
}
