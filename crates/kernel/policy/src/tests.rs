use std::collections::HashMap;

use milepost_types::{Address, BlockRef, ChainId, Did, Timestamp, U256};

use super::*;

/// Facts written down instead of indexed.
#[derive(Debug, Clone)]
struct Facts {
    vehicles: HashMap<Did, Vehicle>,
    devices: HashMap<Did, Device>,
    connections: HashMap<Address, Connection>,
    licenses: HashMap<Address, DeveloperLicense>,
    grants: HashMap<(Did, Address), Grant>,
}

const CHAIN: ChainId = ChainId(31337);
const OWNER: Address = Address::repeat_byte(0x0a);
const MAKER: Address = Address::repeat_byte(0x0b);
const KEY: Address = Address::repeat_byte(0x0c);
const APP: Address = Address::repeat_byte(0x0d);
const CLOUD: Address = Address::repeat_byte(0x0e);

fn vehicle() -> Did {
    Did::erc721(CHAIN, Address::repeat_byte(1), U256::from(7))
}

fn hardware() -> Did {
    Did::erc721(CHAIN, Address::repeat_byte(2), U256::from(8))
}

fn software() -> Did {
    Did::erc721(CHAIN, Address::repeat_byte(3), U256::from(9))
}

fn now() -> Timestamp {
    Timestamp::from_secs_saturating(1_800_000_000)
}

fn hours(hours: i64) -> Timestamp {
    now().saturating_add_micros(hours * 3_600_000_000)
}

impl Facts {
    fn good() -> Self {
        let device = Device {
            kind: DeviceKind::Aftermarket,
            address: KEY,
            owner: OWNER,
            claimed: true,
            vehicle: Some(vehicle()),
            banned: false,
            provider: MAKER,
            provider_licensed: true,
            connection: None,
            consent_required: false,
        };
        let synthetic = Device {
            kind: DeviceKind::Synthetic,
            provider: CLOUD,
            connection: Some(CLOUD),
            ..device.clone()
        };
        let permissions = PermissionSet::from_iter([Permission::NonLocationHistory]).to_sacd();
        let grant = Grant {
            permissions,
            expires_at: hours(1),
            version: 3,
            source: String::new(),
            template_inactive: false,
        };
        Self {
            vehicles: [(
                vehicle(),
                Vehicle {
                    owner: OWNER,
                    version: 3,
                },
            )]
            .into(),
            devices: [(hardware(), device), (software(), synthetic)].into(),
            connections: [(
                CLOUD,
                Connection {
                    id: U256::from(1),
                    owner: CLOUD,
                    provider_licensed: true,
                },
            )]
            .into(),
            licenses: [(
                APP,
                DeveloperLicense {
                    token: U256::from(1),
                    owner: MAKER,
                    alias: String::new(),
                    redirect_uris: vec![],
                },
            )]
            .into(),
            grants: [((vehicle(), APP), grant)].into(),
        }
    }

    fn device(mut self, change: impl Fn(&mut Device)) -> Self {
        self.devices.values_mut().for_each(change);
        self
    }

    fn admit(
        &self,
        producer: Did,
        certificate: Option<Address>,
        source: Option<Address>,
    ) -> Result<Admission, Refusal> {
        admit(
            self,
            AdmissionRequest {
                producer: &producer,
                subject: &vehicle(),
                certificate,
                source,
            },
        )
    }

    fn authorize(&self) -> Result<AccessDecision, Denial> {
        authorize(self, &vehicle(), APP, now())
    }
}

impl TwinView for Facts {
    fn head(&self) -> BlockRef {
        BlockRef {
            chain: CHAIN,
            number: 42,
            hash: Default::default(),
            time: now(),
        }
    }
    fn vehicle(&self, vehicle: &Did) -> Option<Vehicle> {
        self.vehicles.get(vehicle).cloned()
    }
    fn device(&self, device: &Did) -> Option<Device> {
        self.devices.get(device).cloned()
    }
    fn device_by_address(&self, key: Address) -> Option<Did> {
        self.devices
            .iter()
            .find(|(_, d)| d.address == key)
            .map(|(did, _)| *did)
    }
    fn devices_of(&self, vehicle: &Did) -> Vec<Did> {
        self.devices
            .iter()
            .filter(|(_, d)| d.vehicle.as_ref() == Some(vehicle))
            .map(|(did, _)| *did)
            .collect()
    }
    fn connection(&self, address: Address) -> Option<Connection> {
        self.connections.get(&address).cloned()
    }
    fn developer_license(&self, client_id: Address) -> Option<DeveloperLicense> {
        self.licenses.get(&client_id).cloned()
    }
    fn signer_expires_at(&self, _: Address, _: Address) -> Option<Timestamp> {
        None
    }
    fn grant(&self, asset: &Did, grantee: Address) -> Option<Grant> {
        self.grants.get(&(*asset, grantee)).cloned()
    }
    fn vehicle_did(&self, token: U256) -> Did {
        Did::erc721(CHAIN, Address::repeat_byte(1), token)
    }
}

#[test]
fn a_paired_device_of_a_licensed_provider_is_admitted_at_a_stated_block() {
    let admission = Facts::good().admit(hardware(), None, None).unwrap();
    assert_eq!(
        (
            admission.source,
            admission.device_key,
            admission.block.number
        ),
        (MAKER, KEY, 42)
    );
}

#[test]
fn d3_76_a_provider_without_stake_or_licence_is_refused() {
    let facts = Facts::good().device(|d| d.provider_licensed = false);
    assert_eq!(
        facts.admit(hardware(), None, None),
        Err(Refusal::ProviderUnlicensed(MAKER))
    );
}

#[test]
fn d3_82_a_banned_device_is_refused() {
    let facts = Facts::good().device(|d| d.banned = true);
    assert_eq!(
        facts.admit(hardware(), None, None),
        Err(Refusal::Banned(hardware()))
    );
}

#[test]
fn unknown_unclaimed_and_unpaired_devices_are_refused() {
    let stranger = Did::erc721(CHAIN, Address::repeat_byte(2), U256::from(99));
    assert_eq!(
        Facts::good().admit(stranger, None, None),
        Err(Refusal::UnknownDevice(stranger))
    );
    let facts = Facts::good().device(|d| d.claimed = false);
    assert_eq!(
        facts.admit(hardware(), None, None),
        Err(Refusal::Unclaimed(hardware()))
    );
    let facts = Facts::good().device(|d| d.vehicle = None);
    assert!(matches!(
        facts.admit(hardware(), None, None),
        Err(Refusal::NotPaired { .. })
    ));
}

#[test]
fn d5_05_a_software_connection_pauses_until_the_new_owner_consents() {
    let facts = Facts::good().device(|d| d.consent_required = true);
    assert_eq!(
        facts.admit(software(), Some(CLOUD), None),
        Err(Refusal::ConsentRequired(vehicle()))
    );
}

#[test]
fn a_certificate_speaks_only_for_its_own_connection() {
    assert_eq!(
        Facts::good()
            .admit(software(), Some(CLOUD), None)
            .unwrap()
            .source,
        CLOUD
    );
    assert!(matches!(
        Facts::good().admit(hardware(), Some(CLOUD), None),
        Err(Refusal::ForeignConnection { .. })
    ));
    assert_eq!(
        Facts::good().admit(software(), Some(KEY), None),
        Err(Refusal::UnknownConnection(KEY))
    );
}

#[test]
fn a_claimed_source_must_belong_to_the_provider() {
    assert_eq!(
        Facts::good()
            .admit(hardware(), None, Some(MAKER))
            .unwrap()
            .source,
        MAKER
    );
    assert_eq!(
        Facts::good().admit(hardware(), None, Some(CLOUD)),
        Err(Refusal::ForeignSource(CLOUD))
    );
    let mut facts = Facts::good();
    facts.connections.get_mut(&CLOUD).unwrap().owner = MAKER;
    assert_eq!(
        facts.admit(hardware(), None, Some(CLOUD)).unwrap().source,
        CLOUD
    );
}

#[test]
fn d1_42_without_a_live_grant_nothing_may_be_read() {
    assert!(
        Facts::good()
            .authorize()
            .unwrap()
            .permissions
            .contains(Permission::NonLocationHistory)
    );
    type Change = fn(&mut Grant);
    let endings: [Change; 4] = [
        |g| g.expires_at = now(),
        |g| g.version = 2,
        |g| g.template_inactive = true,
        |g| g.permissions = U256::ZERO,
    ];
    for end in endings {
        let mut facts = Facts::good();
        facts.grants.values_mut().for_each(end);
        assert!(matches!(facts.authorize(), Err(Denial::NoGrant { .. })));
    }
}

#[test]
fn d1_43_a_grant_without_a_licence_gives_nothing() {
    let mut facts = Facts::good();
    facts.licenses.clear();
    assert_eq!(facts.authorize(), Err(Denial::Unlicensed(APP)));
}

#[test]
fn d5_05_a_transfer_ends_the_grants_of_the_old_owner() {
    let mut facts = Facts::good();
    facts.vehicles.insert(
        vehicle(),
        Vehicle {
            owner: CLOUD,
            version: 4,
        },
    );
    assert!(matches!(facts.authorize(), Err(Denial::NoGrant { .. })));
}

#[test]
fn an_account_wide_grant_of_the_owner_counts_for_the_vehicle() {
    let mut facts = Facts::good();
    let mut grant = facts.grants.remove(&(vehicle(), APP)).unwrap();
    grant.version = 0;
    facts.grants.insert((Did::ethr(CHAIN, OWNER), APP), grant);
    assert!(facts.authorize().is_ok());
}

#[test]
fn an_asset_of_another_chain_is_unknown() {
    let other = Did::erc721(ChainId(1), Address::repeat_byte(1), U256::from(7));
    assert_eq!(
        authorize(&Facts::good(), &other, APP, now()),
        Err(Denial::UnknownAsset(other))
    );
}
