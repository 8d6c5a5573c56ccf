//! `milepost node`.

use anyhow::Result;
use milepost_service::Metrics;

use crate::{
    cli::NodeArgs,
    node::{Node, NodeSettings},
};

pub(crate) async fn run(args: NodeArgs, metrics: Metrics) -> Result<()> {
    let stop = milepost_service::stop_on_signal()?;
    let settings = NodeSettings::load(args.config.as_deref())?;
    let node = Node::start(settings, args.insecure_dev, metrics).await?;
    tracing::info!(devices = %node.devices, apps = %node.apps, ops = %node.ops, "node is up");
    stop.cancelled().await;
    tracing::info!("stopping: requests drain, then everything accepted is written");
    node.stop().await;
    Ok(())
}
