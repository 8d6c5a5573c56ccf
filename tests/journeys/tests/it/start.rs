//! Starting, starting again, and starting twice.

use anyhow::{Context as _, Result, ensure};

use crate::world::DevNet;

#[tokio::test(flavor = "multi_thread")]
async fn every_start_finds_the_same_data() -> Result<()> {
    let none = ["--vehicles", "0"];
    let mut network = DevNet::start(&none).await?;
    network
        .milepost(&[
            "simulate-fleet",
            "--vehicles",
            "2",
            "--minutes",
            "5",
            "--seed",
            "3",
        ])
        .await?;
    network.reload()?;
    let (contracts, vehicles) = (
        network.dev["contracts"].clone(),
        network.dev["vehicles"].clone(),
    );
    let did = network.text("/vehicles/0/did").to_owned();
    let records = network.visible().await?;
    let readings = network.readings(&did).await?;
    ensure!(
        records > 0 && readings > 0,
        "{records} records, {readings} readings"
    );

    for _ in 0..3 {
        network = network.restart(&none).await?;
        assert_eq!(network.dev["contracts"], contracts);
        assert_eq!(network.dev["vehicles"], vehicles);
        assert_eq!(network.visible().await?, records);
        assert_eq!(network.readings(&did).await?, readings);
    }
    // The same fleet again: everything it registers is there.
    network
        .milepost(&[
            "simulate-fleet",
            "--vehicles",
            "2",
            "--minutes",
            "1",
            "--seed",
            "3",
        ])
        .await?;
    let again: serde_json::Value =
        serde_json::from_slice(&std::fs::read(network.path("dev.json"))?)?;
    assert_eq!(again["vehicles"], vehicles);
    assert!(network.readings(&did).await? > readings);
    network.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_cannot_share_a_data_directory() -> Result<()> {
    let network = DevNet::start(&["--no-node", "--vehicles", "0"]).await?;
    let mut first = network.node()?;
    first
        .until("ready node", async || network.is_ready().await)
        .await?;
    let mut second = network.node()?;
    let status = second.wait().await?;
    ensure!(!status.success(), "the second node ended with {status}");
    let words = second.tail();
    let last = words
        .lines()
        .last()
        .context("the second node said nothing")?;
    ensure!(last.contains("journal") && last.contains("use"), "{last}");
    ensure!(
        network.is_ready().await,
        "the first node suffered: {}",
        first.tail()
    );
    first.stop().await?;
    network.stop().await
}
