//! A chain's facts in memory, contract accounts that check real signatures, and a service with its own keys.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use milepost_access::{AccessService, AccessSettings, ContractCallError, ContractSignatures, Keys};
use milepost_crypto::{Signature, SigningKey};
use milepost_policy::{
    Connection, DeveloperLicense, Device, Grant, Permission, PermissionSet, TwinView, Vehicle,
};
use milepost_types::{Address, B256, BlockRef, ChainId, Did, Timestamp, U256, address};
use parking_lot::RwLock;
use tempfile::TempDir;

pub(crate) const CHAIN: ChainId = ChainId(31_337);
pub(crate) const VEHICLES: Address = address!("0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF");
pub(crate) const OWNER: Address = address!("0x1111111111111111111111111111111111111111");
pub(crate) const BUYER: Address = address!("0x2222222222222222222222222222222222222222");
pub(crate) const APP: Address = address!("0x8D8cDB2B26423c8fDbb27321aF20b4659Ce919fD");
pub(crate) const OTHER_APP: Address = address!("0x3333333333333333333333333333333333333333");
pub(crate) const DOMAIN: &str = "https://app.example/callback";
pub(crate) const ISSUER: &str = "https://node.example";

/// 2026-05-02T06:10:00Z, moved by whole seconds.
pub(crate) fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs_saturating(1_777_702_200 + secs)
}

pub(crate) fn never() -> Timestamp {
    Timestamp::from_secs_saturating(u64::MAX)
}

pub(crate) fn vehicle(token: u64) -> Did {
    Did::erc721(CHAIN, VEHICLES, U256::from(token))
}

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes([seed; 32]).unwrap()
}

pub(crate) fn set(permissions: &[Permission]) -> PermissionSet {
    permissions.iter().copied().collect()
}

pub(crate) fn grant(permissions: PermissionSet, expires_at: Timestamp) -> Grant {
    Grant {
        permissions: permissions.to_sacd(),
        expires_at,
        version: 0,
        source: String::new(),
        template_inactive: false,
    }
}

/// What is true at one block.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) block: u64,
    pub(crate) vehicles: HashMap<Did, Vehicle>,
    pub(crate) licences: HashMap<Address, DeveloperLicense>,
    pub(crate) signers: HashMap<(Address, Address), Timestamp>,
    pub(crate) grants: HashMap<(Did, Address), Grant>,
}

/// The chain as the twin shows it.
#[derive(Debug, Default)]
pub(crate) struct Chain(RwLock<Facts>);

impl Chain {
    /// One more block in which `change` happens.
    pub(crate) fn next_block(&self, change: impl FnOnce(&mut Facts)) {
        let mut facts = self.0.write();
        facts.block += 1;
        change(&mut facts);
    }

    /// The owner sets the record of `grantee`, as `setPermissions` does.
    pub(crate) fn set_grant(&self, asset: Did, grantee: Address, mut grant: Grant) {
        self.next_block(|facts| {
            grant.version = facts
                .vehicles
                .get(&asset)
                .map_or(0, |vehicle| vehicle.version);
            facts.grants.insert((asset, grantee), grant);
        });
    }

    /// Enables a signer until `expires_at`, or disables it.
    pub(crate) fn set_signer(
        &self,
        client_id: Address,
        signer: Address,
        expires_at: Option<Timestamp>,
    ) {
        self.next_block(|facts| {
            facts.signers.retain(|key, _| *key != (client_id, signer));
            facts
                .signers
                .extend(expires_at.map(|expires_at| ((client_id, signer), expires_at)));
        });
    }

    /// Revokes a licence; its signers stay in storage, as on chain.
    pub(crate) fn revoke(&self, client_id: Address) {
        self.next_block(|facts| facts.licences.retain(|key, _| *key != client_id));
    }

    /// Issues a licence.
    pub(crate) fn issue(&self, client_id: Address) {
        self.next_block(|facts| facts.licences.extend([(client_id, licence())]));
    }

    pub(crate) fn transfer(&self, asset: Did, to: Address) {
        self.next_block(|facts| {
            let vehicle = facts.vehicles.get_mut(&asset).unwrap();
            vehicle.owner = to;
            vehicle.version += 1;
        });
    }
}

impl TwinView for Chain {
    fn head(&self) -> BlockRef {
        let number = self.0.read().block;
        BlockRef {
            chain: CHAIN,
            number,
            hash: B256::with_last_byte(1),
            time: at(number),
        }
    }

    fn vehicle(&self, vehicle: &Did) -> Option<Vehicle> {
        self.0.read().vehicles.get(vehicle).cloned()
    }

    fn device(&self, _: &Did) -> Option<Device> {
        None
    }

    fn device_by_address(&self, _: Address) -> Option<Did> {
        None
    }

    fn devices_of(&self, _: &Did) -> Vec<Did> {
        Vec::new()
    }

    fn connection(&self, _: Address) -> Option<Connection> {
        None
    }

    fn developer_license(&self, client_id: Address) -> Option<DeveloperLicense> {
        self.0.read().licences.get(&client_id).cloned()
    }

    fn signer_expires_at(&self, client_id: Address, signer: Address) -> Option<Timestamp> {
        self.0.read().signers.get(&(client_id, signer)).copied()
    }

    fn grant(&self, asset: &Did, grantee: Address) -> Option<Grant> {
        self.0.read().grants.get(&(*asset, grantee)).cloned()
    }

    fn vehicle_did(&self, token: U256) -> Did {
        Did::erc721(CHAIN, VEHICLES, token)
    }
}

/// Accounts that are contracts: each accepts the EIP-191 signatures of one key.
#[derive(Debug, Default)]
pub(crate) struct ContractAccounts {
    pub(crate) keys: RwLock<HashMap<Address, Address>>,
    pub(crate) unreachable: AtomicBool,
    pub(crate) calls: AtomicUsize,
}

#[async_trait]
impl ContractSignatures for ContractAccounts {
    async fn is_valid(
        &self,
        account: Address,
        digest: B256,
        signature: &[u8],
    ) -> Result<bool, ContractCallError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if self.unreachable.load(Ordering::Relaxed) {
            return Err(ContractCallError {
                context: "eth_call: connection refused".to_owned(),
                source: None,
            });
        }
        let Some(key) = self.keys.read().get(&account).copied() else {
            return Ok(false);
        };
        Ok(
            Signature::from_bytes(signature).and_then(|signature| signature.recover(digest))
                == Ok(key),
        )
    }
}

/// A network with two licensed apps (signers `key(1)` and `key(2)`) and two vehicles of one owner, nothing granted.
pub(crate) struct World {
    pub(crate) chain: Arc<Chain>,
    pub(crate) contracts: Arc<ContractAccounts>,
    pub(crate) service: Arc<AccessService>,
    pub(crate) directory: TempDir,
    settings: AccessSettings,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(AccessSettings {
            issuer: ISSUER.to_owned(),
            ..AccessSettings::default()
        })
    }

    pub(crate) fn with(settings: AccessSettings) -> Self {
        let chain = Arc::new(Chain::default());
        for (client_id, signer) in [(APP, 1), (OTHER_APP, 2)] {
            chain.issue(client_id);
            chain.set_signer(client_id, key(signer).address(), Some(at(1_000_000)));
        }
        chain.next_block(|facts| {
            for token in [1, 2] {
                facts.vehicles.insert(
                    vehicle(token),
                    Vehicle {
                        owner: OWNER,
                        version: 0,
                    },
                );
            }
        });
        let directory = tempfile::tempdir().unwrap();
        let contracts = Arc::new(ContractAccounts::default());
        let service = start(settings.clone(), &chain, &contracts, &directory);
        Self {
            chain,
            contracts,
            service,
            directory,
            settings,
        }
    }

    /// Starts the service again over the same chain and key directory.
    pub(crate) fn restart(&mut self) {
        self.service = start(
            self.settings.clone(),
            &self.chain,
            &self.contracts,
            &self.directory,
        );
    }
}

fn start(
    settings: AccessSettings,
    chain: &Arc<Chain>,
    contracts: &Arc<ContractAccounts>,
    directory: &TempDir,
) -> Arc<AccessService> {
    let keys = Keys::open(directory.path(), at(0)).unwrap();
    let (view, signatures) = (Arc::clone(chain), Arc::clone(contracts));
    Arc::new(AccessService::new(settings, view, keys, signatures).unwrap())
}

pub(crate) fn licence() -> DeveloperLicense {
    DeveloperLicense {
        token: U256::from(1),
        owner: OWNER,
        alias: "app".to_owned(),
        redirect_uris: vec![DOMAIN.to_owned(), "https://app.example/second".to_owned()],
    }
}
