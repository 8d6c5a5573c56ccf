use std::{fmt, sync::Arc};

use milepost_policy::{
    Connection, DeveloperLicense, Device, DeviceKind, Grant, Permission, PermissionSet, TwinView,
    Vehicle,
};
use milepost_types::{Address, B256, BlockRef, ChainId, Did, Timestamp, U256};

use crate::{
    TwinSettings,
    role::Role,
    rows::{AftermarketDevice, GrantRow, SyntheticDevice},
    shared::Shared,
    standing::is_licensed,
    state::State,
};

/// Contracts whose tokens the view knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nfts {
    chain: ChainId,
    vehicle: Address,
    aftermarket: Address,
    synthetic: Address,
}

impl Nfts {
    pub(crate) fn of(settings: &TwinSettings) -> Self {
        Self {
            chain: settings.chain(),
            vehicle: settings.contract(Role::Vehicle),
            aftermarket: settings.contract(Role::AftermarketDevice),
            synthetic: settings.contract(Role::SyntheticDevice),
        }
    }

    fn token_of(&self, did: &Did, contract: Address) -> Option<U256> {
        match did {
            Did::Erc721 {
                chain,
                contract: c,
                token,
            } if *chain == self.chain && *c == contract => Some(*token),
            _ => None,
        }
    }
}

/// Answers from memory, at the block [`TwinView::head`] names.
pub(crate) struct View {
    nfts: Nfts,
    shared: Arc<Shared>,
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("nfts", &self.nfts)
            .finish_non_exhaustive()
    }
}

impl View {
    pub(crate) const fn new(nfts: Nfts, shared: Arc<Shared>) -> Self {
        Self { nfts, shared }
    }

    fn aftermarket(&self, state: &State, row: &AftermarketDevice) -> Option<Device> {
        let manufacturer = row
            .manufacturer
            .and_then(|token| state.tables.manufacturers.get(&(token,)));
        let provider = manufacturer.map_or(Address::ZERO, |m| m.owner);
        let address = row.address?;
        Some(Device {
            kind: DeviceKind::Aftermarket,
            address,
            owner: row.owner,
            claimed: row.claimed_at.is_some(),
            vehicle: row.vehicle.map(|token| self.vehicle_did(token)),
            banned: state.tables.banned_devices.contains_key(&(address,)),
            provider,
            provider_licensed: is_licensed(state, provider),
            connection: None,
            consent_required: false,
        })
    }

    fn synthetic(&self, state: &State, row: &SyntheticDevice) -> Option<Device> {
        let connection = row
            .connection
            .and_then(|token| state.tables.connections.get(&(token,)));
        let provider = connection.map_or(Address::ZERO, |c| c.owner);
        let address = row.address?;
        Some(Device {
            kind: DeviceKind::Synthetic,
            address,
            owner: row.owner,
            claimed: true,
            vehicle: row.vehicle.map(|token| self.vehicle_did(token)),
            banned: state.tables.banned_devices.contains_key(&(address,)),
            provider,
            provider_licensed: is_licensed(state, provider),
            connection: connection.and_then(|c| c.address),
            consent_required: row.consent_required,
        })
    }
}

/// The SACD record and the older privileges of one asset as one grant.
///
/// While both are alive at the index's block the union holds until the first of them ends; then the other alone.
fn merged_grant(state: &State, asset: Address, token: U256, grantee: Address) -> Option<Grant> {
    let tables = &state.tables;
    let version = tables
        .asset_versions
        .get(&(asset, token))
        .map_or(0, |row| row.version);
    let now = state.head.map_or(Timestamp::EPOCH, |head| head.time);
    let record = tables
        .grants
        .get(&(asset, token, version, grantee))
        .map(|row| sacd_grant(state, row));
    let privileges = privilege_grant(state, asset, token, version, grantee, now);
    match (record, privileges) {
        (Some(record), Some(old)) if record.expires_at > now && !record.template_inactive => {
            Some(Grant {
                permissions: record.permissions | old.permissions,
                expires_at: record.expires_at.min(old.expires_at),
                ..record
            })
        }
        (_, Some(old)) => Some(old),
        (record, None) => record,
    }
}

fn sacd_grant(state: &State, row: &GrantRow) -> Grant {
    let template_active = row.template.is_zero()
        || state
            .tables
            .templates
            .get(&(row.template,))
            .is_some_and(|t| t.active);
    Grant {
        permissions: row.permissions,
        expires_at: Timestamp::from_secs_saturating(row.expires_at),
        version: row.version,
        source: row.source.clone(),
        template_inactive: !template_active,
    }
}

/// Privileges alive at `now`: good through their last second, so they end one second later than a SACD record.
fn privilege_grant(
    state: &State,
    contract: Address,
    token: U256,
    version: u64,
    grantee: Address,
    now: Timestamp,
) -> Option<Grant> {
    let held = Permission::ALL.into_iter().filter_map(|permission| {
        let key = (
            contract,
            token,
            version,
            u64::from(permission.id()),
            grantee,
        );
        let row = state.tables.privileges.get(&key)?;
        let end = Timestamp::from_secs_saturating(row.expires_at.saturating_add(1));
        (end > now).then_some((permission, end))
    });
    let (mut permissions, mut expires_at) = (Vec::new(), None::<Timestamp>);
    for (permission, end) in held {
        permissions.push(permission);
        expires_at = Some(expires_at.map_or(end, |first| first.min(end)));
    }
    Some(Grant {
        permissions: permissions.into_iter().collect::<PermissionSet>().to_sacd(),
        expires_at: expires_at?,
        version,
        source: String::new(),
        template_inactive: false,
    })
}

impl TwinView for View {
    fn head(&self) -> BlockRef {
        let none = BlockRef {
            chain: self.nfts.chain,
            number: 0,
            hash: B256::ZERO,
            time: Timestamp::EPOCH,
        };
        self.shared.state.read().head.unwrap_or(none)
    }

    fn vehicle(&self, vehicle: &Did) -> Option<Vehicle> {
        let token = self.nfts.token_of(vehicle, self.nfts.vehicle)?;
        let state = self.shared.state.read();
        let row = state.tables.vehicles.get(&(token,))?;
        let version = state
            .tables
            .asset_versions
            .get(&(self.nfts.vehicle, token))
            .map_or(0, |v| v.version);
        Some(Vehicle {
            owner: row.owner,
            version,
        })
    }

    fn device(&self, device: &Did) -> Option<Device> {
        let state = self.shared.state.read();
        if let Some(token) = self.nfts.token_of(device, self.nfts.aftermarket) {
            return self.aftermarket(&state, state.tables.aftermarket_devices.get(&(token,))?);
        }
        let token = self.nfts.token_of(device, self.nfts.synthetic)?;
        self.synthetic(&state, state.tables.synthetic_devices.get(&(token,))?)
    }

    fn device_by_address(&self, key: Address) -> Option<Did> {
        let state = self.shared.state.read();
        let aftermarket = state
            .indexes
            .aftermarket_by_key(key)
            .map(|token| (self.nfts.aftermarket, token));
        let synthetic = || {
            state
                .indexes
                .synthetic_by_key(key)
                .map(|token| (self.nfts.synthetic, token))
        };
        aftermarket
            .or_else(synthetic)
            .map(|(contract, token)| Did::erc721(self.nfts.chain, contract, token))
    }

    fn devices_of(&self, vehicle: &Did) -> Vec<Did> {
        let Some(token) = self.nfts.token_of(vehicle, self.nfts.vehicle) else {
            return Vec::new();
        };
        let state = self.shared.state.read();
        let did = |contract| move |token| Did::erc721(self.nfts.chain, contract, token);
        let aftermarket = state
            .indexes
            .aftermarket_of(token)
            .map(did(self.nfts.aftermarket));
        let synthetic = state
            .indexes
            .synthetic_of(token)
            .map(did(self.nfts.synthetic));
        aftermarket.chain(synthetic).collect()
    }

    fn connection(&self, address: Address) -> Option<Connection> {
        let state = self.shared.state.read();
        let id = state.indexes.connection_by_address(address)?;
        let owner = state.tables.connections.get(&(id,))?.owner;
        Some(Connection {
            id,
            owner,
            provider_licensed: is_licensed(&state, owner),
        })
    }

    fn developer_license(&self, client_id: Address) -> Option<DeveloperLicense> {
        let state = self.shared.state.read();
        let token = state.indexes.license_by_client(client_id)?;
        let row = state.tables.developer_licenses.get(&(token,))?;
        let redirect_uris = state
            .tables
            .redirect_uris
            .range((token, String::new())..)
            .take_while(|((t, _), _)| *t == token)
            .map(|((_, uri), _)| uri.clone())
            .collect();
        Some(DeveloperLicense {
            token,
            owner: row.owner,
            alias: row.alias.clone(),
            redirect_uris,
        })
    }

    fn signer_expires_at(&self, client_id: Address, signer: Address) -> Option<Timestamp> {
        let state = self.shared.state.read();
        let token = state.indexes.license_by_client(client_id)?;
        let row = state.tables.developer_signers.get(&(token, signer))?;
        Some(Timestamp::from_secs_saturating(row.expires_at))
    }

    fn grant(&self, asset: &Did, grantee: Address) -> Option<Grant> {
        if asset.chain() != self.nfts.chain {
            return None;
        }
        let state = self.shared.state.read();
        match asset {
            // Token 0 stands for account grants, so no token may be asked for by that number.
            Did::Erc721 {
                contract, token, ..
            } if !token.is_zero() => merged_grant(&state, *contract, *token, grantee),
            Did::Ethr { address, .. } => merged_grant(&state, *address, U256::ZERO, grantee),
            _ => None,
        }
    }

    fn vehicle_did(&self, token: U256) -> Did {
        Did::erc721(self.nfts.chain, self.nfts.vehicle, token)
    }
}
