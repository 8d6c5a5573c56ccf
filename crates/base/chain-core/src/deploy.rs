//! Deterministic, repeatable deployment. Every address follows from the admin, the parameters and the code
//! (CREATE2 through the canonical factory), so a second run, here or on another machine, finds everything in place
//! and sends nothing.

mod economy;
mod plan;
mod wiring;

use alloy::{
    consensus::TxEnvelope,
    eips::eip2718::Decodable2718 as _,
    primitives::{Bytes, U256, address},
};
use milepost_types::{Address, B256};

use crate::{Account, ChainError, ChainSource as _, Deployment, Rpc, Sender, TxRequest};
use plan::{Creation, Plan};
use wiring::wire;

/// The factory that exists at the same address on every chain.
const FACTORY: Address = address!("4e59b44847b379578588920cA78FbF26c0B4956C");
/// The factory's creation, pre-signed without a chain id by a key nobody has; its sender needs 0.01 coin.
const FACTORY_CREATION: &str = "0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222";

/// Views under way at once while looking at what is in place.
const PARALLEL_VIEWS: usize = 16;

/// What differs between networks.
#[derive(Debug, Clone)]
pub struct DeployParams {
    /// Receives licence costs and owns the default storage node; none means the deployer.
    pub foundation: Option<Address>,
    /// An existing `$DIMO`; none deploys one that its admin can mint.
    pub token: Option<Address>,
    /// USD per DIMO, 18 decimals.
    pub usd_per_dimo: U256,
    /// Cost of a developer licence in USD, 18 decimals.
    pub developer_license_usd: U256,
    /// Key of the default storage node; none means the deployer.
    pub storage_node: Option<Address>,
    /// Where the default storage node answers.
    pub storage_node_uri: String,
    /// Profile of parameters the economy starts with.
    pub profile: String,
}

impl Default for DeployParams {
    /// A development network: own token, $0.05 per DIMO, $100 per developer licence.
    fn default() -> Self {
        Self {
            foundation: None,
            token: None,
            usd_per_dimo: U256::from(50_000_000_000_000_000u64),
            developer_license_usd: U256::from(100u64) * U256::from(1_000_000_000_000_000_000u64),
            storage_node: None,
            storage_node_uri: "http://127.0.0.1".to_owned(),
            profile: "seed".to_owned(),
        }
    }
}

/// Deploys and wires all contracts, or finds them in place. All roles go to the deployer.
///
/// # Errors
/// The endpoint's faults, [`ChainError::Reverted`] when the deployer lacks a right, [`ChainError::Deployment`] when
/// the chain has no CREATE2 factory and refuses its creation.
pub async fn deploy(
    rpc: &Rpc,
    deployer: &Account,
    params: &DeployParams,
) -> Result<Deployment, ChainError> {
    let chain_id = rpc.chain_id().await?;
    let before = rpc.head().await?.number;
    let sender = Sender::new(rpc.clone(), deployer.clone(), chain_id);
    ensure_factory(rpc, &sender).await?;
    let plan = Plan::new(deployer.address(), params)?;
    let missing = plan.missing(rpc).await?;
    let fresh = missing.len() == plan.creations.len();
    sender
        .send_all(missing.into_iter().map(Creation::transaction).collect())
        .await?;
    if let Some(creation) = plan.missing(rpc).await?.first() {
        let reason = "no code after its creation was mined".to_owned();
        return Err(ChainError::Deployment {
            name: creation.name.clone(),
            address: creation.address,
            reason,
        });
    }
    wire(rpc, &sender, &plan, params).await?;
    let registry = plan.address("DIMORegistry")?;
    let block = if fresh {
        before + 1
    } else {
        first_log_block(rpc, registry).await?
    };
    Ok(Deployment {
        chain_id,
        block,
        contracts: plan.named(),
    })
}

async fn ensure_factory(rpc: &Rpc, sender: &Sender) -> Result<(), ChainError> {
    if rpc.has_code(FACTORY).await? {
        return Ok(());
    }
    let gas_money = U256::from(10_000_000_000_000_000u64);
    let pay = TxRequest {
        value: gas_money,
        ..TxRequest::call(
            "pay for the CREATE2 factory",
            factory_payer()?,
            Bytes::new(),
        )
    };
    sender.send(pay).await?;
    rpc.request::<_, B256>("eth_sendRawTransaction", (FACTORY_CREATION,))
        .await?;
    for _ in 0..100 {
        if rpc.has_code(FACTORY).await? {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let reason = "the CREATE2 factory is missing and was not created".to_owned();
    Err(ChainError::Deployment {
        name: "CREATE2 factory".to_owned(),
        address: FACTORY,
        reason,
    })
}

/// Sender of the pre-signed creation.
fn factory_payer() -> Result<Address, ChainError> {
    let bad = || ChainError::Artifact {
        name: "CREATE2 factory".to_owned(),
        reason: "its pre-signed creation cannot be read".to_owned(),
    };
    let raw = alloy::hex::decode(FACTORY_CREATION).map_err(|_| bad())?;
    let transaction = TxEnvelope::decode_2718(&mut raw.as_slice()).map_err(|_| bad())?;
    let TxEnvelope::Legacy(signed) = transaction else {
        return Err(bad());
    };
    signed
        .signature()
        .recover_address_from_prehash(&signed.signature_hash())
        .map_err(|_| bad())
}

/// Block of the first event of a contract.
async fn first_log_block(rpc: &Rpc, contract: Address) -> Result<u64, ChainError> {
    let head = rpc.head().await?.number;
    match rpc.logs_in_range(0, head, &[contract]).await {
        Ok(logs) => Ok(logs.first().map_or(0, |log| log.block_number)),
        // Endpoints that cap ranges: genesis is always early enough.
        Err(ChainError::Rpc { .. }) => Ok(0),
        Err(other) => Err(other),
    }
}
