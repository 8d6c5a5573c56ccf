use milepost_types::{Address, BlockRef, Did, Timestamp};
use thiserror::Error;

use crate::{PermissionSet, TwinView};

/// What a grantee may read of an asset now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessDecision {
    /// Permissions that hold.
    pub permissions: PermissionSet,
    /// Grant version they rest on.
    pub version: u64,
    /// When they end; the last representable time for owners.
    pub expires_at: Timestamp,
    /// Block the decision was made at.
    pub block: BlockRef,
}

/// Nothing may be read, and why.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Denial {
    /// The asset is not a live vehicle or account of this network.
    #[error("{0} is not a live asset of this network")]
    UnknownAsset(Did),
    /// The caller has no live developer licence (D1-43).
    #[error("not a dev license: {0}")]
    Unlicensed(Address),
    /// The owner granted nothing, or what was granted has ended.
    #[error("no live grant of {asset} to {grantee}")]
    NoGrant {
        /// The asset.
        asset: Did,
        /// Who asked.
        grantee: Address,
    },
}

/// Decides what `client_id`, a developer licence, may read of `asset` at `now`.
///
/// Deny by default (D1-42): a live licence is needed even with a grant (D1-43); the grant must be of the asset's
/// current version, not expired, and its template, if any, active. For a vehicle an account-wide grant of its
/// owner counts too.
///
/// # Errors
/// The first [`Denial`] that applies.
pub fn authorize(
    view: &dyn TwinView,
    asset: &Did,
    client_id: Address,
    now: Timestamp,
) -> Result<AccessDecision, Denial> {
    let block = view.head();
    if asset.chain() != block.chain {
        return Err(Denial::UnknownAsset(*asset));
    }
    if view.developer_license(client_id).is_none() {
        return Err(Denial::Unlicensed(client_id));
    }
    let (owner, version) = match asset {
        Did::Erc721 { .. } => {
            let vehicle = view.vehicle(asset).ok_or(Denial::UnknownAsset(*asset))?;
            (vehicle.owner, vehicle.version)
        }
        Did::Ethr { address, .. } => (*address, 0),
        Did::Erc20 { .. } => return Err(Denial::UnknownAsset(*asset)),
    };
    if owner == client_id {
        let expires_at = Timestamp::from_secs_saturating(u64::MAX);
        return Ok(AccessDecision {
            permissions: PermissionSet::ALL,
            version,
            expires_at,
            block,
        });
    }
    let account = Did::ethr(asset.chain(), owner);
    let direct = view
        .grant(asset, client_id)
        .filter(|g| matches!(asset, Did::Ethr { .. }) || g.version == version);
    let grants = direct.into_iter().chain(
        (account != *asset)
            .then(|| view.grant(&account, client_id))
            .flatten(),
    );
    grants
        .filter(|g| g.expires_at > now && !g.template_inactive)
        .map(|g| (PermissionSet::from_sacd(g.permissions), g.expires_at))
        .filter(|(permissions, _)| !permissions.is_empty())
        .reduce(|a, b| (a.0.iter().chain(b.0.iter()).collect(), a.1.min(b.1)))
        .map(|(permissions, expires_at)| AccessDecision {
            permissions,
            version,
            expires_at,
            block,
        })
        .ok_or(Denial::NoGrant {
            asset: *asset,
            grantee: client_id,
        })
}
