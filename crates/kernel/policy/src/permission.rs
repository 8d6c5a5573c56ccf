use std::{fmt, str::FromStr};

use milepost_types::U256;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A permission on a vehicle, with its number in the SACD bit layout and its name in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Permission {
    /// All-time non-location telemetry.
    NonLocationHistory = 1,
    /// Commands to the vehicle.
    ExecuteCommands = 2,
    /// Current location (deprecated in the deployed system, still granted there).
    CurrentLocation = 3,
    /// All-time location.
    LocationHistory = 4,
    /// The VIN credential.
    VinCredential = 5,
    /// Live streams.
    LiveData = 6,
    /// Raw payloads.
    RawData = 7,
    /// Location rounded to an H3 cell of resolution 6.
    ApproximateLocation = 8,
}

/// A permission name or number that is not one of the eight.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown permission '{0}'")]
pub struct UnknownPermission(pub String);

impl Permission {
    /// All permissions, by number.
    pub const ALL: [Self; 8] = [
        Self::NonLocationHistory,
        Self::ExecuteCommands,
        Self::CurrentLocation,
        Self::LocationHistory,
        Self::VinCredential,
        Self::LiveData,
        Self::RawData,
        Self::ApproximateLocation,
    ];

    /// Number in the SACD layout and in `privilege_ids`.
    #[must_use]
    pub const fn id(self) -> u8 {
        self as u8
    }

    /// Name in tokens and exchange requests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NonLocationHistory => "privilege:GetNonLocationHistory",
            Self::ExecuteCommands => "privilege:ExecuteCommands",
            Self::CurrentLocation => "privilege:GetCurrentLocation",
            Self::LocationHistory => "privilege:GetLocationHistory",
            Self::VinCredential => "privilege:GetVINCredential",
            Self::LiveData => "privilege:GetLiveData",
            Self::RawData => "privilege:GetRawData",
            Self::ApproximateLocation => "privilege:GetApproximateLocation",
        }
    }

    /// The permission with this number.
    ///
    /// # Errors
    /// [`UnknownPermission`] outside 1 to 8.
    pub fn from_id(id: u64) -> Result<Self, UnknownPermission> {
        Self::ALL
            .into_iter()
            .find(|p| u64::from(p.id()) == id)
            .ok_or_else(|| UnknownPermission(id.to_string()))
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|p| p.name() == text)
            .ok_or_else(|| UnknownPermission(text.chars().take(64).collect()))
    }
}

/// A set of permissions, kept as bit `id` of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PermissionSet(u16);

impl PermissionSet {
    /// No permission.
    pub const EMPTY: Self = Self(0);
    /// All eight.
    pub const ALL: Self = Self(0b1_1111_1110);

    /// Reads the on-chain layout: permission `i` is granted when bits `2i` and `2i+1` are both set.
    #[must_use]
    pub fn from_sacd(word: U256) -> Self {
        Permission::ALL
            .into_iter()
            .filter(|p| (word >> (2 * usize::from(p.id()))) & U256::from(3) == U256::from(3))
            .collect()
    }

    /// Writes the on-chain layout.
    #[must_use]
    pub fn to_sacd(self) -> U256 {
        self.iter().fold(U256::ZERO, |word, p| {
            word | (U256::from(3) << (2 * usize::from(p.id())))
        })
    }

    /// Whether `permission` is in the set.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission.id()) != 0
    }

    /// Whether every permission of `other` is in this set.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Permissions in both sets.
    #[must_use]
    pub const fn intersect(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Permissions of this set that `other` lacks.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The permissions in order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL
            .into_iter()
            .filter(move |p| self.contains(*p))
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(
            permissions
                .into_iter()
                .fold(0, |bits, p| bits | (1 << p.id())),
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_eight_are_0x3fffc_on_chain() {
        assert_eq!(PermissionSet::ALL.to_sacd(), U256::from(0x3FFFC));
        assert_eq!(
            PermissionSet::from_sacd(U256::from(0x3FFFC)),
            PermissionSet::ALL
        );
    }

    #[test]
    fn half_set_pairs_grant_nothing() {
        assert_eq!(
            PermissionSet::from_sacd(U256::from(0b01_10_00)),
            PermissionSet::EMPTY
        );
    }

    proptest! {
        #[test]
        fn the_chain_layout_round_trips(bits in 0u16..256) {
            let set = PermissionSet(bits << 1);
            prop_assert_eq!(PermissionSet::from_sacd(set.to_sacd()), set);
        }
    }
}
