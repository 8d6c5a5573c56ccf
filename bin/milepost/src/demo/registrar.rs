//! Registers demo vehicles by real transactions: devices minted and handed over, vehicles minted and paired, the
//! demo app allowed by the demo owner.

use std::{
    collections::BTreeSet,
    fs::File,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use milepost_chain_core::{
    Account, ChainSource as _, Deployment, FleetMember, Network, NewDevice, NewGrant, NewVehicle,
    Onboarded, Rpc, RpcOptions,
};
use milepost_http::ClientOptions;
use milepost_policy::PermissionSet;
use milepost_types::{Address, ChainId, Did, U256, parse_address};
use serde_json::Value;

use super::courier::source_address;
use crate::{
    commands::token::DEMO_PERMISSIONS,
    dev_file::{self, DevFile, Vehicle},
};

/// Seed of every development key.
const SEED: &str = "dev";
/// Name of the demo maker on chain.
pub(crate) const MAKER_NAME: &str = "Milepost Demo Devices";
/// Grants under way at the same time.
const GRANTS_MAX: usize = 16;

/// A development account by name.
pub(crate) fn account(name: &str) -> Result<Account> {
    Ok(Account::development(SEED, name)?)
}

/// As dev.json shows it.
pub(crate) fn shown(account: &Account) -> dev_file::Account {
    let private_key = format!("0x{}", hex::encode(account.secret()));
    dev_file::Account {
        address: account.address().to_string(),
        private_key,
    }
}

/// Registers vehicles of one development network. Holds a lock while it lives, so that two replays do not register
/// the same vehicle twice.
#[derive(Debug)]
pub(crate) struct Registrar {
    network: Network,
    admin: Account,
    maker: Account,
    owner: Account,
    manufacturer: U256,
    client_id: Address,
    file: PathBuf,
    _lock: File,
}

impl Registrar {
    /// Joins the network that `file` (dev.json) describes.
    pub(crate) async fn open(file: &Path) -> Result<Self> {
        let dev = DevFile::read(file)?;
        let rpc = Rpc::new(&dev.rpc, RpcOptions::default())?;
        let contracts = dev
            .contracts
            .iter()
            .map(|(name, address)| Ok((name.clone(), parse_address(address)?)))
            .collect::<Result<_>>()?;
        let deployment = Deployment {
            chain_id: dev.chain_id,
            block: 0,
            contracts,
        };
        let network = Network::connect(rpc, deployment).await?;
        Self::new(network, parse_address(&dev.app.client_id)?, file).await
    }

    /// On a network at hand; `file` is where vehicles are listed.
    pub(crate) async fn new(network: Network, client_id: Address, file: &Path) -> Result<Self> {
        let lock = lock(file).await?;
        let (admin, maker, owner) = (account("admin")?, account("maker")?, account("owner")?);
        let manufacturer = network
            .mint_manufacturer(&admin, maker.address(), MAKER_NAME)
            .await?;
        Ok(Self {
            network,
            admin,
            maker,
            owner,
            manufacturer,
            client_id,
            file: file.to_owned(),
            _lock: lock,
        })
    }

    /// The vehicles with these names, registered now where they were not; waits until the node knows them.
    pub(crate) async fn vehicles(&mut self, names: &[String]) -> Result<Vec<Vehicle>> {
        let mut dev = DevFile::read(&self.file)?;
        let vehicles = self.register(names, &dev.vehicles).await?;
        dev.vehicles.extend(vehicles);
        dev.write(&self.file)?;
        self.node_caught_up(&dev.endpoints.ops).await?;
        names
            .iter()
            .map(|name| {
                dev.vehicles
                    .iter()
                    .find(|v| v.name == *name)
                    .cloned()
                    .context("vehicle was registered")
            })
            .collect()
    }

    /// Registers those of `names` that `known` lacks.
    pub(crate) async fn register(
        &self,
        names: &[String],
        known: &[Vehicle],
    ) -> Result<Vec<Vehicle>> {
        let new: Vec<&String> = names
            .iter()
            .filter(|name| !known.iter().any(|v| v.name == **name))
            .collect();
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let keys = new
            .iter()
            .map(|name| account(&format!("device {name}")))
            .collect::<Result<Vec<_>>>()?;
        let members: Vec<FleetMember> = new
            .iter()
            .zip(&keys)
            .map(|(name, key)| self.member(name, key))
            .collect();
        let onboarded = self
            .network
            .onboard_fleet(&self.maker, self.manufacturer, &members)
            .await?;
        self.allow(&onboarded).await?;
        let chain = ChainId(self.network.deployment().chain_id);
        let (vehicle, device) = (
            self.network.deployment().vehicle()?,
            self.network.deployment().aftermarket_device()?,
        );
        let owner = self.owner.address().to_string();
        let vehicles = new
            .into_iter()
            .zip(keys)
            .zip(onboarded)
            .map(|((name, key), member)| Vehicle {
                name: name.clone(),
                token_id: member.vehicle.to_string(),
                did: Did::erc721(chain, vehicle, member.vehicle).to_string(),
                owner: owner.clone(),
                device_did: Did::erc721(chain, device, member.device).to_string(),
                device: shown(&key),
            });
        Ok(vehicles.collect())
    }

    fn member(&self, name: &str, key: &Account) -> FleetMember {
        let serial: String = name.chars().take(64).collect();
        let attribute = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        FleetMember {
            owner: self.owner.clone(),
            vehicle: NewVehicle {
                manufacturer: self.manufacturer,
                definition_id: "milepost_demo_2026".to_owned(),
                attributes: vec![
                    attribute("Make", "Milepost"),
                    attribute("Model", "Demo"),
                    attribute("Year", "2026"),
                ],
            },
            device: NewDevice {
                key: key.address(),
                attributes: vec![attribute("Serial", &serial)],
            },
        }
    }

    /// The owner lets the demo app read, for a year.
    async fn allow(&self, vehicles: &[Onboarded]) -> Result<()> {
        let head = self.network.rpc().head().await?;
        let year = u64::try_from(head.time.as_secs())? + 365 * 86_400;
        let permissions = PermissionSet::from_iter(DEMO_PERMISSIONS).to_sacd();
        let grant = NewGrant::new(self.client_id, permissions, year);
        stream::iter(vehicles)
            .map(|member| {
                self.network
                    .grant_vehicle(&self.owner, member.vehicle, &grant)
            })
            .buffer_unordered(GRANTS_MAX)
            .try_for_each(|_| async { Ok(()) })
            .await
            .context("grant permissions to the demo app")
    }

    /// Registers the connections that stand for sources of the maker's data.
    pub(crate) async fn sources(&self, sources: &BTreeSet<String>) -> Result<()> {
        for source in sources {
            let address = source_address(source);
            if address == self.maker.address()
                || self.network.connection_of(address).await?.is_some()
            {
                continue;
            }
            // A name has 32 bytes at the most and must be unique; addresses differ in their ends if at all.
            let name = format!("source-{}", hex::encode(&address[8..]));
            self.network
                .mint_connection(&self.admin, self.maker.address(), &name, address)
                .await?;
        }
        let dev = DevFile::read(&self.file)?;
        self.node_caught_up(&dev.endpoints.ops).await
    }

    /// Waits until the node's index has the chain's present block.
    async fn node_caught_up(&self, ops: &str) -> Result<()> {
        let head = self.network.rpc().head().await?.number;
        wait_for_block(ops, head).await
    }
}

/// Waits for the right to change `file` (dev.json); it ends when the result is dropped.
pub(crate) async fn lock(file: &Path) -> Result<File> {
    let path = file.with_extension("lock");
    tokio::task::spawn_blocking(move || {
        let lock = File::create(&path).with_context(|| format!("create {}", path.display()))?;
        lock.lock().context("lock dev.json")?;
        Ok(lock)
    })
    .await?
}

/// Waits until the node behind `ops` has indexed `block`.
pub(crate) async fn wait_for_block(ops: &str, block: u64) -> Result<()> {
    let http = milepost_http::client(&ClientOptions::default())?;
    let mut last = Value::Null;
    for _ in 0..600 {
        if let Ok(answer) = http.get(format!("{ops}/status")).send().await {
            last = answer.json().await.unwrap_or_default();
            if last["block"]
                .as_u64()
                .is_some_and(|indexed| indexed >= block)
            {
                return Ok(());
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("the node did not index block {block} within 30 s: {last}")
}
