//! Actors of our own, registered by real transactions: what is taken from them is taken from nobody else.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context as _, Result, ensure};
use milepost_chain_core::{
    Account, ChainSource as _, Deployment, FleetMember, IssuedLicense, Network as Chain, NewDevice,
    NewGrant, NewVehicle, Receipt, Rpc, RpcOptions,
};
use milepost_crypto::SigningKey;
use milepost_types::{Address, ChainId, Did, U256, Wei, parse_address};
use serde_json::{Value, json};

use crate::{api::App, device::Device, network::Network, report::Report};

const DAY_SECS: i64 = 86_400;
const DOMAIN: &str = "https://smoke.example/callback";
/// Histories without and with location, two bits each.
const PERMISSIONS: u64 = 3 << 2 | 3 << 8;

/// Devices, vehicles and an app whose rights come and go.
#[derive(Debug)]
pub(crate) struct Cast {
    chain: Chain,
    admin: Account,
    owner: Account,
    poor_maker: Account,
    signer: Account,
    app: IssuedLicense,
    /// Stays good; its vehicle's grant is taken back.
    pub(crate) spare: Device,
    /// Loses its vehicle.
    pub(crate) unpaired: Device,
    /// Is banned.
    pub(crate) banned: Device,
    /// Its maker loses stake in a court case.
    pub(crate) poor: Device,
}

impl Cast {
    /// Registers makers, devices, an owner, vehicles and an app, and waits until the node knows them.
    pub(crate) async fn register(network: &Network, report: &mut Report) -> Result<Self> {
        let contracts = contracts(network).await?;
        report.check(
            "contracts deployed",
            Ok(format!("{} addresses, each with code", contracts.len())),
        );
        let chain_id = network.dev["chain_id"]
            .as_u64()
            .context("dev.json has no chain_id")?;
        let rpc = Rpc::new(network.text("/rpc")?, RpcOptions::default())?;
        let chain = Chain::connect(
            rpc,
            Deployment {
                chain_id,
                block: 0,
                contracts,
            },
        )
        .await?;
        let from = chain.rpc().head().await?.number;
        let cast = Self::on(chain, network).await?;
        let head = cast.chain.rpc().head().await?.number;
        network.decides_at(head).await?;
        let words = cast.verified(network).await.map(|sent| {
            format!(
                "{sent} transactions in blocks {} to {head}, all indexed by the node",
                from + 1
            )
        });
        report.check(
            "2 makers, 4 devices, owner, 4 vehicles and an app registered",
            words,
        );
        Ok(cast)
    }

    async fn on(chain: Chain, network: &Network) -> Result<Self> {
        let admin = account(network.text("/accounts/admin/private_key")?)?;
        let new = |name: &str| Account::development("smoke", name);
        let (owner, developer, signer) = (new("owner")?, new("developer")?, new("signer")?);
        let (maker, poor_maker) = (new("maker")?, new("poor maker")?);
        chain
            .fund_gas([&owner, &developer, &maker, &poor_maker].map(Account::address))
            .await?;
        let mut devices = Vec::new();
        for (maker, name, labels) in [
            (
                &maker,
                "Smoke Devices",
                ["spare", "unpaired", "banned"].as_slice(),
            ),
            (&poor_maker, "Poor Devices", ["poor"].as_slice()),
        ] {
            chain
                .license_provider(&admin, maker)
                .await
                .context("license the maker")?;
            let manufacturer = chain
                .mint_manufacturer(&admin, maker.address(), name)
                .await?;
            devices.extend(fleet(&chain, maker, manufacturer, &owner, labels).await?);
        }
        let cost = chain.developer_license_cost().await?;
        chain.mint_dimo(&admin, developer.address(), cost).await?;
        let app = chain
            .issue_developer_license(&developer, "smoke-app")
            .await?;
        chain
            .enable_signer(&developer, app.token, signer.address())
            .await?;
        chain
            .set_redirect_uri(&developer, app.token, DOMAIN, true)
            .await?;
        let [spare, unpaired, banned, poor] = <[Device; 4]>::try_from(devices)
            .ok()
            .context("four devices were registered")?;
        let cast = Self {
            chain,
            admin,
            owner,
            poor_maker,
            signer,
            app,
            spare,
            unpaired,
            banned,
            poor,
        };
        let demo = parse_address(network.text("/app/client_id")?)?;
        for device in [&cast.spare, &cast.unpaired, &cast.banned, &cast.poor] {
            cast.grant(device, demo, U256::from(PERMISSIONS)).await?;
        }
        cast.grant(&cast.banned, app.client_id, U256::from(PERMISSIONS))
            .await?;
        Ok(cast)
    }

    /// Asks the contracts themselves; gives how many transactions our accounts have sent.
    async fn verified(&self, network: &Network) -> Result<u64> {
        let vehicles = self.chain.deployment().vehicle()?;
        for device in [&self.spare, &self.unpaired, &self.banned, &self.poor] {
            let token = device
                .vehicle
                .token()
                .context("vehicle DID without token")?;
            // ownerOf(uint256)
            let call = json!({"to": vehicles, "data": format!("0x6352211e{token:064x}")});
            let owner = network.rpc("eth_call", json!([call, "latest"])).await?;
            let owner = owner.as_str().unwrap_or_default().to_lowercase();
            let ours = format!("{:x}", self.owner.address());
            ensure!(
                owner.ends_with(&ours),
                "vehicle {token} is owned by {owner}, not {ours}"
            );
        }
        let mut sent = 0;
        for account in [&self.admin, &self.owner, &self.poor_maker] {
            let count = network
                .rpc(
                    "eth_getTransactionCount",
                    json!([account.address(), "latest"]),
                )
                .await?;
            let count = u64::from_str_radix(
                count.as_str().unwrap_or_default().trim_start_matches("0x"),
                16,
            )?;
            ensure!(count > 0, "{} has sent nothing", account.address());
            sent += count;
        }
        Ok(sent)
    }

    async fn grant(&self, device: &Device, grantee: Address, permissions: U256) -> Result<Receipt> {
        let vehicle = device
            .vehicle
            .token()
            .context("vehicle DID without token")?;
        let until = self.chain.rpc().head().await?.time.as_secs() + DAY_SECS;
        let grant = NewGrant::new(grantee, permissions, u64::try_from(until)?);
        self.chain
            .grant_vehicle(&self.owner, vehicle, &grant)
            .await
            .context("grant permissions")
    }

    /// The owner takes the grant on the spare vehicle back; gives the block.
    pub(crate) async fn revoke_grant(&self, client_id: &str) -> Result<u64> {
        Ok(self
            .grant(&self.spare, parse_address(client_id)?, U256::ZERO)
            .await?
            .block_number)
    }

    /// The owner takes a device out of its vehicle.
    pub(crate) async fn unpair(&self) -> Result<u64> {
        let token = |did: &Did| did.token().context("DID without token");
        let (device, vehicle) = (token(&self.unpaired.did)?, token(&self.unpaired.vehicle)?);
        Ok(self
            .chain
            .unpair_device(&self.owner, device, vehicle)
            .await?
            .block_number)
    }

    /// The team bans a device.
    pub(crate) async fn ban(&self) -> Result<u64> {
        let key = self.banned.key.address();
        Ok(self
            .chain
            .ban_device(&self.admin, key, "smoke test")
            .await?
            .block_number)
    }

    /// The owner opens a case against a maker, both settle it for one deposit, and the court takes that from the stake,
    /// which was just enough.
    pub(crate) async fn settle(&self) -> Result<u64> {
        let (holder, deposit) = (
            self.poor_maker.address(),
            Wei(U256::from(5_000) * U256::from(10).pow(U256::from(18))),
        );
        let license = self.chain.provider_license(holder).await?;
        let parties = (&self.owner, &self.poor_maker);
        let receipt = self
            .chain
            .settle_case(&self.admin, parties, license, deposit, "smoke test")
            .await?;
        ensure!(
            !self.chain.is_provider_licensed(holder).await?,
            "the contract still calls {holder} licensed"
        );
        Ok(receipt.block_number)
    }

    /// The app whose licence will end.
    pub(crate) fn doomed_app(&self, network: &Network) -> Result<App> {
        App::new(
            network,
            &self.app.client_id.to_string(),
            DOMAIN,
            &format!("{:x}", U256::from_be_bytes(self.signer.secret())),
        )
    }

    /// The team revokes its licence.
    pub(crate) async fn revoke_licence(&self) -> Result<u64> {
        Ok(self
            .chain
            .revoke_developer_license(&self.admin, self.app.token)
            .await?
            .block_number)
    }
}

/// Devices handed over to the owner and paired with a vehicle each.
async fn fleet(
    chain: &Chain,
    maker: &Account,
    manufacturer: U256,
    owner: &Account,
    labels: &[&str],
) -> Result<Vec<Device>> {
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let keys = labels
        .iter()
        .map(|label| Account::development("smoke", label))
        .collect::<Result<Vec<_>, _>>()?;
    let member = |(label, key): (&&str, &Account)| FleetMember {
        owner: owner.clone(),
        vehicle: NewVehicle {
            manufacturer,
            definition_id: "smoke_test_2026".to_owned(),
            attributes: vec![
                text("Make", "Smoke"),
                text("Model", "Test"),
                text("Year", "2026"),
            ],
        },
        device: NewDevice {
            key: key.address(),
            attributes: vec![text("Serial", label)],
        },
    };
    let members: Vec<FleetMember> = labels.iter().zip(&keys).map(member).collect();
    let onboarded = chain
        .onboard_fleet(maker, manufacturer, &members)
        .await
        .context("register devices")?;
    let (id, contracts) = (ChainId(chain.deployment().chain_id), chain.deployment());
    let (device, vehicle) = (contracts.aftermarket_device()?, contracts.vehicle()?);
    let made = onboarded.into_iter().zip(keys).map(|(member, key)| {
        let key = Arc::new(SigningKey::from_bytes(key.secret())?);
        let (did, subject) = (
            Did::erc721(id, device, member.device),
            Did::erc721(id, vehicle, member.vehicle),
        );
        Ok(Device::new(key, did, subject))
    });
    made.collect()
}

/// Addresses of dev.json, at each of which there must be code.
async fn contracts(network: &Network) -> Result<BTreeMap<String, Address>> {
    let listed = network.dev["contracts"]
        .as_object()
        .context("dev.json has no contracts")?;
    let mut contracts = BTreeMap::new();
    for (name, address) in listed {
        let address =
            parse_address(address.as_str().unwrap_or_default()).with_context(|| name.clone())?;
        let code = network
            .rpc("eth_getCode", json!([address, "latest"]))
            .await?;
        ensure!(
            code.as_str().is_some_and(|code| code.len() > 2),
            "{name} at {address} has no code"
        );
        contracts.insert(name.clone(), address);
    }
    ensure!(
        contracts.len() > 10,
        "only {} contracts: {}",
        contracts.len(),
        Value::Object(listed.clone())
    );
    Ok(contracts)
}

fn account(private_key: &str) -> Result<Account> {
    let number = U256::from_str_radix(private_key.trim_start_matches("0x"), 16)
        .context("private key of dev.json")?;
    Ok(Account::from_secret(number.to_be_bytes())?)
}
