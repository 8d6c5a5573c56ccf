//! The access log: one line for each decision, under the target `milepost::access` (D2-15).
//!
//! A line names the licence, the kind of asset, the token id, the decision with its reason, the permissions, the
//! grant version and the block. It never names a vehicle or carries a token; the token id leads from a read to
//! the exchange that allowed it. Nothing reads without passing here: there is no other path for staff (D2-16).

use std::fmt;

use milepost_policy::{Permission, PermissionSet};
use milepost_types::{Address, BlockRef, Did};
use tracing::info;

/// One decision.
#[derive(Debug)]
pub(crate) struct Decision<'a> {
    /// `login`, `exchange` or `read`.
    pub(crate) action: &'static str,
    pub(crate) client_id: Option<Address>,
    pub(crate) asset: Option<&'a Did>,
    pub(crate) jti: Option<&'a str>,
    /// `ok`, or why not.
    pub(crate) reason: &'static str,
    pub(crate) permissions: PermissionSet,
    pub(crate) grant_version: Option<u64>,
    pub(crate) block: BlockRef,
}

impl Decision<'_> {
    pub(crate) fn log(&self) {
        info!(
            target: "milepost::access",
            action = self.action,
            allowed = self.reason == "ok",
            reason = self.reason,
            client = self.client_id.map(tracing::field::display),
            asset_kind = self.asset.map(kind),
            jti = self.jti,
            permissions = ?Ids(self.permissions),
            grant_version = self.grant_version,
            chain = self.block.chain.0,
            block = self.block.number,
            "access decision"
        );
    }
}

/// Permission numbers as a list.
struct Ids(PermissionSet);

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(Permission::id))
            .finish()
    }
}

fn kind(asset: &Did) -> &'static str {
    match asset {
        Did::Erc721 { .. } => "vehicle",
        Did::Ethr { .. } => "account",
        Did::Erc20 { .. } => "token",
    }
}
