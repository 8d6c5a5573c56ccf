use std::fmt;

use serde::{Deserialize, Serialize};

/// What a contract is to the network; decides how its events are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// DIMORegistry.
    Registry,
    /// Vehicle NFT.
    Vehicle,
    /// Manufacturer NFT.
    Manufacturer,
    /// Aftermarket device NFT.
    AftermarketDevice,
    /// Synthetic device NFT.
    SyntheticDevice,
    /// Permission grants.
    Sacd,
    /// Permission templates.
    Template,
    /// Developer licences.
    DevLicense,
    /// Provider licences and stakes in one contract, as deployed on DIMO's own network.
    IntegrationLicense,
    /// Licences of all kinds. A network has this or the one above.
    LicenseBook,
    /// Stakes of the licences of the book.
    StakeVault,
    /// Court, whose debts make a holder inactive.
    Court,
    /// Numbers of the economy.
    Parameters,
    /// Price that stakes in USD follow from.
    UsdPeg,
    /// Connection NFT.
    Connections,
    /// Storage node NFT.
    StorageNode,
    /// The team's ban list.
    DeviceStanding,
    /// `$DIMO`.
    Token,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 18] = [
        Self::Registry,
        Self::Vehicle,
        Self::Manufacturer,
        Self::AftermarketDevice,
        Self::SyntheticDevice,
        Self::Sacd,
        Self::Template,
        Self::DevLicense,
        Self::IntegrationLicense,
        Self::LicenseBook,
        Self::StakeVault,
        Self::Court,
        Self::Parameters,
        Self::UsdPeg,
        Self::Connections,
        Self::StorageNode,
        Self::DeviceStanding,
        Self::Token,
    ];

    /// Name in settings and in the event table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Vehicle => "vehicle",
            Self::Manufacturer => "manufacturer",
            Self::AftermarketDevice => "aftermarket_device",
            Self::SyntheticDevice => "synthetic_device",
            Self::Sacd => "sacd",
            Self::Template => "template",
            Self::DevLicense => "dev_license",
            Self::IntegrationLicense => "integration_license",
            Self::LicenseBook => "license_book",
            Self::StakeVault => "stake_vault",
            Self::Court => "court",
            Self::Parameters => "parameters",
            Self::UsdPeg => "usd_peg",
            Self::Connections => "connections",
            Self::StorageNode => "storage_node",
            Self::DeviceStanding => "device_standing",
            Self::Token => "token",
        }
    }

    /// What the standing of a provider is derived from, where there is a licence book.
    pub(crate) const OF_THE_BOOK: [Self; 4] = [
        Self::StakeVault,
        Self::Court,
        Self::Parameters,
        Self::UsdPeg,
    ];

    /// Whether several contracts may have the role at once: token ids of an NFT must not meet those of another. A
    /// former court stays, because the book may name it again.
    pub(crate) const fn may_repeat(self) -> bool {
        matches!(
            self,
            Self::Sacd | Self::Template | Self::Token | Self::Court
        )
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
