//! What the contracts are told about each other, and who holds which role.

use std::collections::BTreeMap;

use alloy::{
    primitives::{Bytes, Selector, U256, keccak256},
    sol_types::SolCall,
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use milepost_types::{Address, B256};

use super::{
    DeployParams, PARALLEL_VIEWS, economy,
    plan::{MODULES, Plan},
};
use crate::{
    ChainError, ChainSource as _, ContractCall, Rpc, Sender, TxRequest, artifact, artifacts,
    contracts::{IRegistry, ISacd, IStorageNode},
};

/// Calls of one batch transaction; the registry refuses more than 50.
const BATCH_MAX: usize = 50;
/// Label of the storage node of vehicles that name none.
const DEFAULT_STORAGE_NODE: &str = "DIMO-Storage-Node-Default";

/// How to see that a step was done before.
pub(super) enum Done {
    /// This view answers with this word.
    Answers(Bytes, B256),
    /// A second time reverts with this error, which names the address that was set if there is one.
    RevertsWith(&'static str, Option<Address>),
}

pub(super) struct Step {
    pub(super) tx: TxRequest,
    pub(super) done: Done,
}

impl Step {
    fn answers<V: SolCall>(tx: TxRequest, view: V, word: impl Into<B256>) -> Self {
        Self {
            tx,
            done: Done::Answers(view.abi_encode().into(), word.into()),
        }
    }

    async fn is_done(&self, rpc: &Rpc, sender: &Sender) -> Result<bool, ChainError> {
        match &self.done {
            Done::Answers(view, expected) => match rpc
                .call(ContractCall::latest(self.tx.to, view.clone()))
                .await
            {
                Ok(answer) => Ok(answer.as_ref() == expected.as_slice()),
                // The module that answers is not registered yet.
                Err(ChainError::Reverted { .. }) => Ok(false),
                Err(other) => Err(other),
            },
            Done::RevertsWith(error, expected) => match sender.simulate(&self.tx).await {
                Err(ChainError::Reverted { reason, .. }) if reason.starts_with(error) => {
                    match expected {
                        Some(address) if !reason.contains(&address.to_string()) => {
                            Err(ChainError::Deployment {
                                name: self.tx.label.clone(),
                                address: *address,
                                reason: format!(
                                    "the registry on this chain is bound to another contract: {reason}"
                                ),
                            })
                        }
                        _ => Ok(true),
                    }
                }
                // A module that is not registered yet, or a right that the deployer lacks; sending will tell.
                Err(ChainError::Reverted { .. }) | Ok(()) => Ok(false),
                Err(other) => Err(other),
            },
        }
    }
}

/// Makes the contracts know each other. Looks first and sends only what is missing.
pub(super) async fn wire(
    rpc: &Rpc,
    sender: &Sender,
    plan: &Plan,
    params: &DeployParams,
) -> Result<(), ChainError> {
    sender.send_all(modules(rpc, plan).await?).await?;
    // A later stage needs the earlier ones: views and roles live in modules, the default node needs its minter.
    let registry = plan.address("DIMORegistry")?;
    for stage in [
        registry_addresses(plan)?,
        roles(plan)?,
        storage_node(plan, params)?,
        economy::roles(plan)?,
        economy::settings(plan)?,
    ] {
        let done = stream::iter(&stage).map(|step| step.is_done(rpc, sender));
        let done: Vec<bool> = done.buffered(PARALLEL_VIEWS).try_collect().await?;
        let missing = stage
            .into_iter()
            .zip(done)
            .filter(|(_, done)| !done)
            .map(|(step, _)| step.tx)
            .collect();
        sender.send_all(batched(registry, missing)).await?;
    }
    Ok(())
}

/// The registry's own calls in few transactions, before the others.
fn batched(registry: Address, txs: Vec<TxRequest>) -> Vec<TxRequest> {
    let (of_registry, others): (Vec<_>, Vec<_>) = txs.into_iter().partition(|tx| tx.to == registry);
    if of_registry.len() < 2 {
        return others.into_iter().chain(of_registry).collect();
    }
    let batches = of_registry.chunks(BATCH_MAX).map(|batch| {
        let label = format!("{} to {}", batch[0].label, batch[batch.len() - 1].label);
        let call = IRegistry::multiDelegateCallCall {
            data: batch.iter().map(|tx| tx.data.clone()).collect(),
        };
        TxRequest::call(label, registry, call.abi_encode())
    });
    batches.chain(others).collect()
}

fn word(address: Address) -> B256 {
    address.into_word()
}

fn yes() -> B256 {
    B256::from(U256::from(1))
}

/// Registers modules that are missing and replaces those that answered before with other code.
async fn modules(rpc: &Rpc, plan: &Plan) -> Result<Vec<TxRequest>, ChainError> {
    let registry = plan.address("DIMORegistry")?;
    let listed = &artifact(artifacts::REGISTRY)?.modules;
    let mut txs = Vec::new();
    for name in MODULES {
        let selectors = listed
            .get(name)
            .filter(|selectors| !selectors.is_empty())
            .ok_or_else(|| ChainError::Artifact {
                name: name.to_owned(),
                reason: "lists no selectors".to_owned(),
            })?;
        let module = plan.address(name)?;
        let answering =
            stream::iter(selectors.values()).map(|selector| module_of(rpc, registry, *selector));
        let answering: Vec<Address> = answering.buffered(PARALLEL_VIEWS).try_collect().await?;
        let mut by_module: BTreeMap<Address, Vec<Selector>> = BTreeMap::new();
        for (selector, present) in selectors
            .values()
            .zip(answering)
            .filter(|(_, present)| *present != module)
        {
            by_module.entry(present).or_default().push(*selector);
        }
        for (present, selectors) in by_module {
            txs.push(if present.is_zero() {
                let call = IRegistry::addModuleCall {
                    implementation: module,
                    selectors,
                };
                TxRequest::call(format!("addModule {name}"), registry, call.abi_encode())
            } else {
                let call = IRegistry::updateModuleCall {
                    oldImplementation: present,
                    newImplementation: module,
                    oldSelectors: selectors.clone(),
                    newSelectors: selectors,
                };
                TxRequest::call(format!("updateModule {name}"), registry, call.abi_encode())
            });
        }
    }
    Ok(txs)
}

/// Which module answers a selector; zero when none does.
async fn module_of(
    rpc: &Rpc,
    registry: Address,
    selector: Selector,
) -> Result<Address, ChainError> {
    let call = IRegistry::moduleOfCall { selector };
    let answer = rpc
        .call(ContractCall::latest(registry, call.abi_encode()))
        .await?;
    IRegistry::moduleOfCall::abi_decode_returns(&answer).map_err(|error| ChainError::Deployment {
        name: "DIMORegistry".to_owned(),
        address: registry,
        reason: format!("moduleOf answers what cannot be read: {error}"),
    })
}

fn registry_addresses(plan: &Plan) -> Result<Vec<Step>, ChainError> {
    let mut steps = id_proxies(plan)?;
    steps.extend(settings(plan)?);
    steps.extend(attributes(plan)?);
    Ok(steps)
}

/// The id NFTs, which the registry takes once.
fn id_proxies(plan: &Plan) -> Result<Vec<Step>, ChainError> {
    let registry = plan.address("DIMORegistry")?;
    let step = |name: &str, call: fn(Address) -> Vec<u8>| {
        let proxy = plan.address(name)?;
        let tx = TxRequest::call(format!("bind {name}"), registry, call(proxy));
        Ok(Step {
            tx,
            done: Done::RevertsWith("ProxyAlreadySet", Some(proxy)),
        })
    };
    Ok(vec![
        step("ManufacturerId", |addr| {
            IRegistry::setManufacturerIdProxyAddressCall { addr }.abi_encode()
        })?,
        step("VehicleId", |addr| {
            IRegistry::setVehicleIdProxyAddressCall { addr }.abi_encode()
        })?,
        step("AftermarketDeviceId", |addr| {
            IRegistry::setAftermarketDeviceIdProxyAddressCall { addr }.abi_encode()
        })?,
        step("SyntheticDeviceId", |addr| {
            IRegistry::setSyntheticDeviceIdProxyAddressCall { addr }.abi_encode()
        })?,
    ])
}

/// Addresses that the admin may change later.
fn settings(plan: &Plan) -> Result<Vec<Step>, ChainError> {
    let registry = plan.address("DIMORegistry")?;
    let mut steps = Vec::new();
    macro_rules! set {
        ($call:ident { $field:ident }, $view:ident, $value:expr) => {{
            let value: Address = $value;
            let call = IRegistry::$call { $field: value };
            let label = stringify!($call).trim_end_matches("Call");
            let tx = TxRequest::call(label, registry, call.abi_encode());
            steps.push(Step::answers(tx, IRegistry::$view {}, word(value)));
        }};
    }
    let license = plan.address("LicenseBook")?;
    let connections = plan.address("Connections")?;
    let standing = plan.address("DeviceStanding")?;
    set!(setSacdCall { sacd }, getSacdCall, plan.address("Sacd")?);
    set!(
        setDimoTokenCall { dimoToken },
        getDimoTokenCall,
        plan.address("DimoToken")?
    );
    set!(
        setFoundationCall { foundation },
        getFoundationCall,
        plan.foundation
    );
    set!(
        setManufacturerLicenseCall {
            manufacturerLicense
        },
        getManufacturerLicenseCall,
        license
    );
    set!(
        setConnectionsManagerCall { connectionsManager },
        getConnectionsManagerCall,
        connections
    );
    set!(
        setDeviceStandingCall { deviceStanding },
        getDeviceStandingCall,
        standing
    );
    set!(
        setStorageNodeCall { storageNode },
        getStorageNodeCall,
        plan.address("StorageNode")?
    );
    let template = plan.address("Template")?;
    let call = ISacd::setTemplateContractCall {
        templateContract: template,
    };
    let tx = TxRequest::call(
        "setTemplateContract",
        plan.address("Sacd")?,
        call.abi_encode(),
    );
    steps.push(Step::answers(
        tx,
        ISacd::templateContractCall {},
        word(template),
    ));
    Ok(steps)
}

/// Names of attributes that vehicles and devices may have.
fn attributes(plan: &Plan) -> Result<Vec<Step>, ChainError> {
    const VEHICLE: [&str; 5] = ["Make", "Model", "Year", "ImageURI", "DefinitionURI"];
    const DEVICE: [&str; 5] = [
        "Serial",
        "IMEI",
        "DefinitionURI",
        "HardwareRevision",
        "DevEUI",
    ];
    let registry = plan.address("DIMORegistry")?;
    let step = |kind: &str, name: &str, data: Vec<u8>| Step {
        tx: TxRequest::call(format!("allow {kind} attribute {name}"), registry, data),
        done: Done::RevertsWith("AttributeExists", None),
    };
    let of_vehicles = VEHICLE.map(|name| {
        let attribute = name.to_owned();
        let call = IRegistry::addVehicleAttributeCall { attribute };
        step("vehicle", name, call.abi_encode())
    });
    let of_devices = DEVICE.map(|name| {
        let attribute = name.to_owned();
        let call = IRegistry::addAftermarketDeviceAttributeCall { attribute };
        step("device", name, call.abi_encode())
    });
    Ok(of_vehicles.into_iter().chain(of_devices).collect())
}

fn roles(plan: &Plan) -> Result<Vec<Step>, ChainError> {
    const ROLES: [(&str, &[&str]); 5] = [
        (
            "DIMORegistry",
            &[
                "MINT_MANUFACTURER_ROLE",
                "SET_MANUFACTURER_INFO_ROLE",
                "MINT_VEHICLE_ROLE",
                "BURN_VEHICLE_ROLE",
                "CLAIM_AD_ROLE",
                "PAIR_AD_ROLE",
                "UNPAIR_AD_ROLE",
                "BURN_SD_ROLE",
                "SET_VEHICLE_INFO_ROLE",
                "SET_AD_INFO_ROLE",
                "SET_SD_INFO_ROLE",
                "ADMIN_CLAIM_AD_ROLE",
                "MINT_SD_ROLE",
            ],
        ),
        ("DeviceStanding", &["TEAM_ROLE"]),
        ("Connections", &["MINTER_ROLE", "REVOKER_ROLE"]),
        ("StorageNode", &["MINTER_ROLE"]),
        (
            "DevLicenseDimo",
            &["LICENSE_ADMIN_ROLE", "REVOKER_ROLE", "COURT_ROLE"],
        ),
    ];
    let mut steps = Vec::new();
    for (contract, names) in ROLES {
        let to = plan.address(contract)?;
        for name in names {
            let (role, account) = (keccak256(name), plan.admin);
            let tx = TxRequest::call(
                format!("grant {name} on {contract}"),
                to,
                IRegistry::grantRoleCall { role, account }.abi_encode(),
            );
            steps.push(Step::answers(
                tx,
                IRegistry::hasRoleCall { role, account },
                yes(),
            ));
        }
    }
    Ok(steps)
}

fn storage_node(plan: &Plan, params: &DeployParams) -> Result<Vec<Step>, ChainError> {
    let id = U256::from_be_bytes(keccak256(DEFAULT_STORAGE_NODE).0);
    let mint = IStorageNode::mintCall {
        to: plan.foundation,
        nodeAddr: params.storage_node.unwrap_or(plan.admin),
        label: DEFAULT_STORAGE_NODE.to_owned(),
        uri: params.storage_node_uri.clone(),
    };
    let mint = TxRequest::call(
        "mint default storage node",
        plan.address("StorageNode")?,
        mint.abi_encode(),
    );
    let set = IRegistry::setDefaultStorageNodeIdCall { storageNodeId: id };
    let set = TxRequest::call(
        "setDefaultStorageNodeId",
        plan.address("DIMORegistry")?,
        set.abi_encode(),
    );
    Ok(vec![
        Step::answers(mint, IStorageNode::existsCall { nodeId: id }, yes()),
        Step::answers(
            set,
            IRegistry::getDefaultStorageNodeIdCall {},
            B256::from(id),
        ),
    ])
}
