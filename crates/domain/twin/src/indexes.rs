use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use milepost_types::{Address, U256};

use crate::rows::{
    AftermarketDevice, AssetVersion, Attribute, BannedDevice, ConnectionRow, CourtDebt,
    DeveloperLicenseRow, DeveloperSigner, GrantRow, License, Manufacturer, Parameter, Privilege,
    ProviderLicense, ProviderStake, RedirectUri, StakeRow, StorageNode, SyntheticDevice, Template,
    VehicleRow,
};

type ByAddress = HashMap<Address, BTreeSet<U256>>;

/// Look-ups by something other than the key, derived from the rows and never stored.
///
/// One address may map to several tokens: the deployed registry does not refuse a device key that is in use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Indexes {
    aftermarket_by_key: ByAddress,
    aftermarket_by_vehicle: BTreeMap<U256, BTreeSet<U256>>,
    synthetic_by_key: ByAddress,
    synthetic_by_vehicle: BTreeMap<U256, BTreeSet<U256>>,
    connection_by_address: ByAddress,
    license_by_client: ByAddress,
    provider_licenses: ByAddress,
    licenses: ByAddress,
}

impl Indexes {
    /// The newest aftermarket device with this key.
    pub(crate) fn aftermarket_by_key(&self, key: Address) -> Option<U256> {
        newest(&self.aftermarket_by_key, key)
    }

    /// The newest synthetic device with this key.
    pub(crate) fn synthetic_by_key(&self, key: Address) -> Option<U256> {
        newest(&self.synthetic_by_key, key)
    }

    /// The newest connection with this address.
    pub(crate) fn connection_by_address(&self, address: Address) -> Option<U256> {
        newest(&self.connection_by_address, address)
    }

    /// The developer licence with this client id.
    pub(crate) fn license_by_client(&self, client_id: Address) -> Option<U256> {
        newest(&self.license_by_client, client_id)
    }

    /// Integration licences that an account holds.
    pub(crate) fn provider_licenses(&self, holder: Address) -> impl Iterator<Item = U256> {
        self.provider_licenses
            .get(&holder)
            .into_iter()
            .flatten()
            .copied()
    }

    /// Licences of the book that an account holds or held.
    pub(crate) fn licenses(&self, holder: Address) -> impl Iterator<Item = U256> {
        self.licenses.get(&holder).into_iter().flatten().copied()
    }

    /// Aftermarket devices paired with a vehicle.
    pub(crate) fn aftermarket_of(&self, vehicle: U256) -> impl Iterator<Item = U256> {
        self.aftermarket_by_vehicle
            .get(&vehicle)
            .into_iter()
            .flatten()
            .copied()
    }

    /// Synthetic devices of a vehicle.
    pub(crate) fn synthetic_of(&self, vehicle: U256) -> impl Iterator<Item = U256> {
        self.synthetic_by_vehicle
            .get(&vehicle)
            .into_iter()
            .flatten()
            .copied()
    }
}

fn newest(map: &ByAddress, address: Address) -> Option<U256> {
    map.get(&address).and_then(BTreeSet::last).copied()
}

fn move_address(map: &mut ByAddress, token: U256, old: Option<Address>, new: Option<Address>) {
    if old == new {
        return;
    }
    if let Some(old) = old
        && let Some(tokens) = map.get_mut(&old)
    {
        tokens.remove(&token);
        if tokens.is_empty() {
            map.remove(&old);
        }
    }
    if let Some(new) = new {
        map.entry(new).or_default().insert(token);
    }
}

fn move_token(
    map: &mut BTreeMap<U256, BTreeSet<U256>>,
    token: U256,
    old: Option<U256>,
    new: Option<U256>,
) {
    if old == new {
        return;
    }
    if let Some(old) = old
        && let Some(tokens) = map.get_mut(&old)
    {
        tokens.remove(&token);
        if tokens.is_empty() {
            map.remove(&old);
        }
    }
    if let Some(new) = new {
        map.entry(new).or_default().insert(token);
    }
}

/// What a row adds to the look-ups; most rows add nothing.
pub(crate) trait Indexed: Sized {
    fn reindex(_indexes: &mut Indexes, _old: Option<&Self>, _new: Option<&Self>) {}
}

impl Indexed for AftermarketDevice {
    fn reindex(indexes: &mut Indexes, old: Option<&Self>, new: Option<&Self>) {
        let Some(token) = new.or(old).map(|row| row.token) else {
            return;
        };
        let key = |row: Option<&Self>| row.and_then(|r| r.address);
        let vehicle = |row: Option<&Self>| row.and_then(|r| r.vehicle);
        move_address(&mut indexes.aftermarket_by_key, token, key(old), key(new));
        move_token(
            &mut indexes.aftermarket_by_vehicle,
            token,
            vehicle(old),
            vehicle(new),
        );
    }
}

impl Indexed for SyntheticDevice {
    fn reindex(indexes: &mut Indexes, old: Option<&Self>, new: Option<&Self>) {
        let Some(token) = new.or(old).map(|row| row.token) else {
            return;
        };
        let key = |row: Option<&Self>| row.and_then(|r| r.address);
        let vehicle = |row: Option<&Self>| row.and_then(|r| r.vehicle);
        move_address(&mut indexes.synthetic_by_key, token, key(old), key(new));
        move_token(
            &mut indexes.synthetic_by_vehicle,
            token,
            vehicle(old),
            vehicle(new),
        );
    }
}

impl Indexed for ConnectionRow {
    fn reindex(indexes: &mut Indexes, old: Option<&Self>, new: Option<&Self>) {
        let Some(token) = new.or(old).map(|row| row.token) else {
            return;
        };
        let address = |row: Option<&Self>| row.and_then(|r| r.address);
        move_address(
            &mut indexes.connection_by_address,
            token,
            address(old),
            address(new),
        );
    }
}

impl Indexed for DeveloperLicenseRow {
    fn reindex(indexes: &mut Indexes, old: Option<&Self>, new: Option<&Self>) {
        let Some(token) = new.or(old).map(|row| row.token) else {
            return;
        };
        let client = |row: Option<&Self>| row.and_then(|r| r.client_id);
        move_address(
            &mut indexes.license_by_client,
            token,
            client(old),
            client(new),
        );
    }
}

impl Indexed for ProviderLicense {
    fn reindex(indexes: &mut Indexes, old: Option<&Self>, new: Option<&Self>) {
        let Some(token) = new.or(old).map(|row| row.token) else {
            return;
        };
        let holder = |row: Option<&Self>| row.map(|r| r.holder);
        move_address(
            &mut indexes.provider_licenses,
            token,
            holder(old),
            holder(new),
        );
    }
}

impl Indexed for License {
    fn reindex(indexes: &mut Indexes, old: Option<&Self>, new: Option<&Self>) {
        let Some(license) = new.or(old).map(|row| row.license) else {
            return;
        };
        let holder = |row: Option<&Self>| row.map(|r| r.holder);
        move_address(&mut indexes.licenses, license, holder(old), holder(new));
    }
}

impl Indexed for Manufacturer {}
impl Indexed for StakeRow {}
impl Indexed for CourtDebt {}
impl Indexed for VehicleRow {}
impl Indexed for Attribute {}
impl Indexed for BannedDevice {}
impl Indexed for StorageNode {}
impl Indexed for DeveloperSigner {}
impl Indexed for RedirectUri {}
impl Indexed for ProviderStake {}
impl Indexed for AssetVersion {}
impl Indexed for GrantRow {}
impl Indexed for Privilege {}
impl Indexed for Template {}
impl Indexed for Parameter {}
