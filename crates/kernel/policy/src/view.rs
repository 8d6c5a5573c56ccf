use std::fmt::Debug;

use milepost_types::{Address, BlockRef, Did, Timestamp, U256};

/// A live vehicle NFT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vehicle {
    /// Current holder.
    pub owner: Address,
    /// Grant version: rises with every transfer, so that old grants end.
    pub version: u64,
}

/// What kind of device signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// Hardware with its own key, made under a manufacturer.
    Aftermarket,
    /// A software connection with its own key, minted under a connection.
    Synthetic,
}

/// A live device NFT with everything admission asks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Hardware or software.
    pub kind: DeviceKind,
    /// The key that signs its events.
    pub address: Address,
    /// Holder of the device NFT.
    pub owner: Address,
    /// Claimed by an owner (always true for synthetic devices).
    pub claimed: bool,
    /// The vehicle it is paired with.
    pub vehicle: Option<Did>,
    /// Banned by the device team (D3-82).
    pub banned: bool,
    /// Account that holds the provider licence behind it: the manufacturer's or the connection's owner.
    pub provider: Address,
    /// Licence NFT held, not suspended, and stake at or above the requirement (D3-76).
    pub provider_licensed: bool,
    /// Connection address, for synthetic devices.
    pub connection: Option<Address>,
    /// The vehicle changed hands and the new owner has not yet consented to this software connection.
    pub consent_required: bool,
}

/// A live connection licence: an oracle or OEM cloud that sends for synthetic devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Token id, `uint256(bytes32(name))`.
    pub id: U256,
    /// Holder, who must be a licensed integration provider.
    pub owner: Address,
    /// The owner's provider licence is good (D3-76).
    pub provider_licensed: bool,
}

/// A live developer licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeveloperLicense {
    /// Token id.
    pub token: U256,
    /// Holder.
    pub owner: Address,
    /// Public alias, may be empty.
    pub alias: String,
    /// Redirect URIs now enabled.
    pub redirect_uris: Vec<String>,
}

/// The grant of one asset to one grantee at the asset's current version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Raw on-chain word, two bits per permission.
    pub permissions: U256,
    /// The grant is good while this is later than now.
    pub expires_at: Timestamp,
    /// Asset version it was made at.
    pub version: u64,
    /// Where the signed document is, may be empty.
    pub source: String,
    /// The grant's template was deactivated.
    pub template_inactive: bool,
}

/// The chain's state as admission and access see it, at one block.
///
/// Look-ups are from memory and never block; an implementation that has lost the chain keeps answering from its
/// last block, which [`TwinView::head`] names. Ids of another chain or contract are simply unknown.
pub trait TwinView: Send + Sync + Debug {
    /// The block all answers are true at.
    fn head(&self) -> BlockRef;
    /// The vehicle, if it is live.
    fn vehicle(&self, vehicle: &Did) -> Option<Vehicle>;
    /// The device, if it is live.
    fn device(&self, device: &Did) -> Option<Device>;
    /// The device that signs with this key, if it is live.
    fn device_by_address(&self, key: Address) -> Option<Did>;
    /// The devices now paired with the vehicle.
    fn devices_of(&self, vehicle: &Did) -> Vec<Did>;
    /// The connection with this address, if it is live.
    fn connection(&self, address: Address) -> Option<Connection>;
    /// The developer licence whose client id this is, if it is live (a revoked licence is not).
    fn developer_license(&self, client_id: Address) -> Option<DeveloperLicense>;
    /// When `signer` stops being a signer of the licence; `None` if it is none.
    fn signer_expires_at(&self, client_id: Address, signer: Address) -> Option<Timestamp>;
    /// The grant of `asset` to `grantee`; for `did:ethr` assets the account-wide grant of that account.
    fn grant(&self, asset: &Did, grantee: Address) -> Option<Grant>;
    /// DID of the vehicle with this token id in the network's vehicle contract.
    fn vehicle_did(&self, token: U256) -> Did;
}
