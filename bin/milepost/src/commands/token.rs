//! `milepost token VEHICLE`.

use anyhow::{Context as _, Result};
use milepost_policy::Permission;

use crate::{cli::TokenArgs, client::AppClient, dev_file::DevFile};

/// What the demo owner grants to the demo app: everything but commands.
pub(crate) const DEMO_PERMISSIONS: [Permission; 7] = [
    Permission::NonLocationHistory,
    Permission::CurrentLocation,
    Permission::LocationHistory,
    Permission::VinCredential,
    Permission::LiveData,
    Permission::RawData,
    Permission::ApproximateLocation,
];

#[expect(clippy::print_stdout, reason = "prints the token")]
pub(crate) async fn run(args: TokenArgs) -> Result<()> {
    let dev = DevFile::read(&args.dev.path)?;
    let asset = asset(&dev, &args.vehicle)?;
    let permissions = match args.permissions.as_slice() {
        [] => DEMO_PERMISSIONS.to_vec(),
        ids => ids
            .iter()
            .map(|id| Permission::from_id(*id))
            .collect::<Result<_, _>>()?,
    };
    let names: Vec<&str> = permissions.iter().map(|p| p.name()).collect();
    let app = AppClient::new(&dev)?;
    let developer = app.log_in().await.context("log in")?;
    println!("{}", app.exchange(&developer, &asset, &names).await?);
    Ok(())
}

fn asset(dev: &DevFile, vehicle: &str) -> Result<String> {
    if vehicle.starts_with("did:") {
        return Ok(vehicle.to_owned());
    }
    if let Some(known) = dev
        .vehicles
        .iter()
        .find(|v| v.token_id == vehicle || v.name == vehicle)
    {
        return Ok(known.did.clone());
    }
    let contract = dev
        .contracts
        .get("VehicleId")
        .context("dev.json names no VehicleId contract")?;
    let id: u64 = vehicle
        .parse()
        .with_context(|| format!("no vehicle '{vehicle}' in dev.json, and not a token id"))?;
    Ok(format!("did:erc721:{}:{contract}:{id}", dev.chain_id))
}
