use std::collections::BTreeMap;

use milepost_types::Address;
use serde::{Deserialize, Serialize};

use crate::ChainError;

/// Where a network's contracts are. The JSON form is what nodes and tools are configured with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// First block to look at for events of these contracts.
    pub block: u64,
    /// Addresses by contract name: proxies by their plain name, `DIMORegistry` is the router.
    pub contracts: BTreeMap<String, Address>,
}

macro_rules! contract_getters {
    ($($(#[$doc:meta])* $name:ident => $contract:literal),* $(,)?) => {
        impl Deployment {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// [`ChainError::Deployment`] when the deployment does not name it.
                pub fn $name(&self) -> Result<Address, ChainError> {
                    self.contract($contract)
                }
            )*
        }
    };
}

impl Deployment {
    /// The address of a contract.
    ///
    /// # Errors
    /// [`ChainError::Deployment`] when the deployment does not name it.
    pub fn contract(&self, name: &str) -> Result<Address, ChainError> {
        self.contracts
            .get(name)
            .copied()
            .ok_or_else(|| ChainError::Deployment {
                name: name.to_owned(),
                address: Address::ZERO,
                reason: "not part of the deployment".to_owned(),
            })
    }
}

contract_getters! {
    /// The registry's router.
    registry => "DIMORegistry",
    /// Vehicle NFT.
    vehicle => "VehicleId",
    /// Manufacturer NFT.
    manufacturer => "ManufacturerId",
    /// Aftermarket device NFT.
    aftermarket_device => "AftermarketDeviceId",
    /// Synthetic device NFT.
    synthetic_device => "SyntheticDeviceId",
    /// Permission grants.
    sacd => "Sacd",
    /// Permission templates.
    template => "Template",
    /// Developer licences.
    dev_license => "DevLicenseDimo",
    /// Licences of all kinds; the registry asks it for providers.
    license_book => "LicenseBook",
    /// Stakes of all licences.
    stake_vault => "StakeVault",
    /// The only contract that slashes.
    court => "Court",
    /// Numbers of the economy.
    parameters => "Parameters",
    /// Price that stakes in USD follow from.
    usd_peg => "UsdPeg",
    /// Members of the licensing team.
    team_roster => "TeamRoster",
    /// Connections.
    connections => "Connections",
    /// Storage nodes.
    storage_node => "StorageNode",
    /// Ban list.
    device_standing => "DeviceStanding",
    /// `$DIMO`.
    token => "DimoToken",
}
