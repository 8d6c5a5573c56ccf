//! The tables of the index, one struct per row. The same list of columns serves memory, SQLite, the undo journal
//! and the comparison in `verify`.

use std::{collections::BTreeMap, fmt::Debug};

use milepost_types::{Address, B256, U256};

use crate::{
    indexes::{Indexed, Indexes},
    value::{Column, RowError, Value},
};

/// A row with its place in memory and in SQLite.
pub(crate) trait Row: Indexed + Clone + PartialEq + Debug {
    type Key: Ord + Clone + Debug;
    const TABLE: Table;
    fn key(&self) -> Self::Key;
    fn store(&self) -> Vec<Value>;
    fn store_key(key: &Self::Key) -> Vec<Value>;
    fn read(values: &[Value]) -> Result<Self, RowError>;
    fn map(tables: &Tables) -> &BTreeMap<Self::Key, Self>;
    fn map_mut(tables: &mut Tables) -> &mut BTreeMap<Self::Key, Self>;
}

fn column<T: Column>(
    table: &'static str,
    name: &'static str,
    values: &mut std::slice::Iter<'_, Value>,
) -> Result<T, RowError> {
    let value = values.next().unwrap_or(&Value::Null);
    T::read(value).ok_or_else(|| RowError {
        table,
        column: name,
        found: value.to_string(),
        expected: T::EXPECTED,
    })
}

macro_rules! rows {
    ($($(#[$doc:meta])* $row:ident, $field:ident, key { $($key:ident: $key_ty:ty),+ $(,)? } { $($name:ident: $ty:ty),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub(crate) struct $row {
                $(pub(crate) $key: $key_ty,)+
                $(pub(crate) $name: $ty,)*
            }

            impl Row for $row {
                type Key = ($($key_ty,)+);
                const TABLE: Table = Table::$row;

                fn key(&self) -> Self::Key {
                    ($(self.$key.clone(),)+)
                }

                fn store(&self) -> Vec<Value> {
                    vec![$(self.$key.store(),)+ $(self.$name.store(),)*]
                }

                fn store_key(key: &Self::Key) -> Vec<Value> {
                    let ($($key,)+) = key;
                    vec![$($key.store(),)+]
                }

                fn read(values: &[Value]) -> Result<Self, RowError> {
                    let mut values = values.iter();
                    Ok(Self {
                        $($key: column(stringify!($field), stringify!($key), &mut values)?,)+
                        $($name: column(stringify!($field), stringify!($name), &mut values)?,)*
                    })
                }

                fn map(tables: &Tables) -> &BTreeMap<Self::Key, Self> {
                    &tables.$field
                }

                fn map_mut(tables: &mut Tables) -> &mut BTreeMap<Self::Key, Self> {
                    &mut tables.$field
                }
            }
        )*

        /// A table of the index.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Table {
            $($row,)*
        }

        impl Table {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$row,)*];

            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$row => stringify!($field),)*
                }
            }

            pub(crate) const fn key_columns(self) -> &'static [&'static str] {
                match self {
                    $(Self::$row => &[$(stringify!($key),)+],)*
                }
            }

            pub(crate) const fn other_columns(self) -> &'static [&'static str] {
                match self {
                    $(Self::$row => &[$(stringify!($name),)*],)*
                }
            }

            pub(crate) fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|table| table.name() == name)
            }
        }

        /// All rows, in memory.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub(crate) struct Tables {
            $(pub(crate) $field: BTreeMap<<$row as Row>::Key, $row>,)*
        }

        impl Tables {
            /// Rows of one table in key order, as stored.
            #[cfg(test)]
            pub(crate) fn dump(&self, table: Table) -> Vec<Vec<Value>> {
                match table {
                    $(Table::$row => self.$field.values().map(Row::store).collect(),)*
                }
            }

            /// Puts or removes a stored row and keeps the look-up indexes in step.
            pub(crate) fn restore(
                &mut self,
                indexes: &mut Indexes,
                table: Table,
                key: &[Value],
                row: Option<&[Value]>,
            ) -> Result<(), RowError> {
                match table {
                    $(Table::$row => {
                        let new = row.map($row::read).transpose()?;
                        let mut values = key.iter();
                        let key: <$row as Row>::Key =
                            ($(column::<$key_ty>(stringify!($field), stringify!($key), &mut values)?,)+);
                        replace::<$row>(self, indexes, key, new);
                    })*
                }
                Ok(())
            }
        }
    };
}

/// Writes one row (or its absence) and keeps the look-up indexes in step; gives the row it replaced.
pub(crate) fn replace<R: Row>(
    tables: &mut Tables,
    indexes: &mut Indexes,
    key: R::Key,
    new: Option<R>,
) -> Option<R> {
    let map = R::map_mut(tables);
    let old = match &new {
        Some(row) => map.insert(key, row.clone()),
        None => map.remove(&key),
    };
    R::reindex(indexes, old.as_ref(), new.as_ref());
    old
}

rows! {
    /// A manufacturer NFT.
    Manufacturer, manufacturers, key { token: U256 } { name: String, owner: Address, minted_at: u64 }
    /// A vehicle NFT.
    VehicleRow, vehicles, key { token: U256 } {
        owner: Address, manufacturer: Option<U256>, definition_id: String, storage_node: Option<U256>, minted_at: u64,
    }
    /// A free-text attribute; `kind` is 0 vehicle, 1 aftermarket device, 2 synthetic device, 3 manufacturer.
    Attribute, attributes, key { kind: u64, token: U256, name: String } { info: String }
    /// An aftermarket device NFT. Without `beneficiary` the owner is it.
    AftermarketDevice, aftermarket_devices, key { token: U256 } {
        manufacturer: Option<U256>, address: Option<Address>, owner: Address, beneficiary: Option<Address>,
        claimed_at: Option<u64>, vehicle: Option<U256>, paired_at: Option<u64>, minted_at: u64,
    }
    /// A synthetic device NFT. `connection` is none for the retired integrations.
    SyntheticDevice, synthetic_devices, key { token: U256 } {
        connection: Option<U256>, vehicle: Option<U256>, address: Option<Address>, owner: Address,
        consent_required: bool, minted_at: u64,
    }
    /// A device key on the team's ban list (D3-82).
    BannedDevice, banned_devices, key { device: Address } { reason: B256, since: u64 }
    /// A connection NFT.
    ConnectionRow, connections, key { token: U256 } {
        address: Option<Address>, owner: Address, name: String, minted_at: u64,
    }
    /// A storage node NFT.
    StorageNode, storage_nodes, key { token: U256 } {
        address: Option<Address>, owner: Address, label: String, uri: String, minted_at: u64,
    }
    /// A developer licence (D1-43).
    DeveloperLicenseRow, developer_licenses, key { token: U256 } {
        owner: Address, client_id: Option<Address>, alias: String, stake: U256, frozen: bool, minted_at: u64,
    }
    /// A key that logs in for a developer licence.
    DeveloperSigner, developer_signers, key { token: U256, signer: Address } { enabled_at: u64, expires_at: u64 }
    /// A redirect URI of a developer licence.
    RedirectUri, redirect_uris, key { token: U256, uri: String } { enabled_at: u64 }
    /// An integration provider's licence (D3-76).
    ProviderLicense, provider_licenses, key { token: U256 } { holder: Address, suspended_for: Option<B256> }
    /// An integration provider's stake, and what it must be at least when that was raised for the holder.
    ProviderStake, provider_stakes, key { holder: Address } { staked: U256, required_min: U256 }
    /// A licence of the book, of any kind and in any state.
    License, licenses, key { license: U256 } {
        kind: u64, holder: Address, state: u64, raised: U256, base_at_approval: U256, grace_until: u64,
        grace_requirement: U256,
    }
    /// What is staked for a licence of the book. A loan counts before its due time.
    StakeRow, stakes, key { license: U256 } { own: U256, partner: U256, loan: U256, loan_due_at: u64 }
    /// What a holder owes a court.
    CourtDebt, court_debts, key { court: Address, holder: Address } { owed: U256 }
    /// How often a token was transferred or burned: the version grants are made at.
    AssetVersion, asset_versions, key { contract: Address, token: U256 } { version: u64 }
    /// A SACD grant; for account-wide grants `asset` is the account and `token` and `version` are 0.
    GrantRow, grants, key { asset: Address, token: U256, version: u64, grantee: Address } {
        permissions: U256, expires_at: u64, template: U256, source: String, set_at: u64,
    }
    /// A grant of the older kind, one per permission. Good while `expires_at` is not past.
    Privilege, privileges, key { contract: Address, token: U256, version: u64, privilege: u64, grantee: Address } {
        expires_at: u64,
    }
    /// A permission template.
    Template, templates, key { token: U256 } {
        creator: Address, asset: Address, permissions: U256, cid: String, active: bool,
    }
    /// A parameter that a contract announced.
    Parameter, parameters, key { name: String } { value: U256 }
}
