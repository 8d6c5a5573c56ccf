//! What each event does to the index. Handlers read parameters by position and never fail on state: an event about
//! a row that is not there is counted, because semantic events may follow the NFT's own within one transaction.

mod access;
mod book;
mod devices;
mod licenses;
mod vehicles;

use milepost_types::{Address, U256};

use crate::{
    abi::{DecodeError, Params},
    role::Role,
    rows::AssetVersion,
    state::Edit,
};

/// Where an event happened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    /// Contract that emitted it.
    pub(crate) contract: Address,
    /// Block time, seconds since 1970.
    pub(crate) time: u64,
}

pub(crate) type Handler = fn(&mut Edit<'_>, Context, &Params) -> Result<(), DecodeError>;

/// The handler of an event, if it changes the index. Two layouts of one signature share a handler.
pub(crate) fn handler(role: Role, signature: &str) -> Option<Handler> {
    match role {
        Role::Registry => vehicles::registry(signature).or_else(|| devices::registry(signature)),
        Role::Vehicle => vehicles::vehicle_nft(signature),
        Role::Manufacturer => vehicles::manufacturer_nft(signature),
        Role::AftermarketDevice => devices::aftermarket_nft(signature),
        Role::SyntheticDevice => devices::synthetic_nft(signature),
        Role::DeviceStanding => devices::standing(signature),
        Role::Sacd | Role::Template => access::grants(signature, role),
        Role::Connections => access::connections(signature),
        Role::StorageNode => access::storage_nodes(signature),
        Role::DevLicense => licenses::developer(signature),
        Role::IntegrationLicense => licenses::provider(signature),
        Role::LicenseBook => book::licenses(signature),
        Role::StakeVault => book::stakes(signature),
        Role::Court => book::debts(signature),
        Role::Parameters => book::parameters(signature),
        Role::UsdPeg => book::peg(signature),
        Role::Token => None,
    }
}

pub(crate) use book::{
    COURT, KEY_GRANDFATHER, KEY_PROVIDER, KEY_PROVIDER_USD, KIND_PROVIDER, PEG_PRICE,
    STATE_APPROVED,
};
pub(crate) use licenses::PROVIDER_STAKE;

pub(crate) const TRANSFER: &str = "Transfer(address,address,uint256)";

/// An ERC-721 `Transfer`, sorted into its three meanings.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Moved {
    Minted { to: Address },
    Burned,
    Passed { to: Address },
}

/// Reads `Transfer(from, to, id)` and, unless it is a mint, raises the version of the token so that its grants end.
pub(crate) fn transfer(
    edit: &mut Edit<'_>,
    context: Context,
    p: &Params,
) -> Result<(U256, Moved), DecodeError> {
    let (from, to, token) = (p.address(0)?, p.address(1)?, p.uint(2)?);
    if from.is_zero() {
        return Ok((token, Moved::Minted { to }));
    }
    let row = || AssetVersion {
        contract: context.contract,
        token,
        version: 0,
    };
    edit.upsert((context.contract, token), row, |asset| asset.version += 1);
    Ok((
        token,
        if to.is_zero() {
            Moved::Burned
        } else {
            Moved::Passed { to }
        },
    ))
}

/// Version that grants of this token are made at now.
pub(crate) fn version(edit: &Edit<'_>, contract: Address, token: U256) -> u64 {
    edit.get::<AssetVersion>(&(contract, token))
        .map_or(0, |asset| asset.version)
}
