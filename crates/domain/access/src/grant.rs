use milepost_policy::PermissionSet;
use milepost_types::{Address, BlockRef, Did, Timestamp};

/// What the bearer of a verified vehicle token may read now: the token's permissions that the chain still grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadGrant {
    /// Developer licence that reads.
    pub client_id: Address,
    /// The vehicle or account.
    pub asset: Did,
    /// Token permissions ∩ on-chain permissions at `block`.
    pub permissions: PermissionSet,
    /// When the token or the grant ends, whichever is first.
    pub expires_at: Timestamp,
    /// Block of the decision.
    pub block: BlockRef,
}
