use std::{collections::BTreeMap, time::Duration};

use milepost_chain_core::Deployment;
use milepost_types::{Address, ChainId};
use serde::{Deserialize, Serialize};

use crate::{TwinError, role::Role};

/// Chain id of local development chains.
const DEVELOPMENT_CHAIN: u64 = 31_337;

/// A contract to index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractAt {
    /// Address.
    pub address: Address,
    /// Block of its creation, or any earlier one.
    #[serde(default)]
    pub from_block: u64,
}

/// What to index and how.
///
/// The same settings serve our contracts on a development chain and the deployed ones: a role decides how events
/// are read, several contracts may share a role where that makes sense.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwinSettings {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// Contracts by role.
    pub roles: BTreeMap<Role, Vec<ContractAt>>,
    /// Blocks to stay behind the chain's head; 0 follows it.
    #[serde(default)]
    pub confirmations: u64,
    /// Blocks that can be taken back after a fork. A deeper fork halts the index.
    #[serde(default = "default_reorg_window")]
    pub reorg_window: u64,
    /// Pause between looks at the chain's head, in milliseconds.
    #[serde(default = "default_poll_interval_ms")]
    pub poll_interval_ms: u64,
    /// Most blocks per log request while far behind the head; halved when the endpoint refuses.
    #[serde(default = "default_range_blocks_max")]
    pub range_blocks_max: u64,
}

const fn default_reorg_window() -> u64 {
    128
}

const fn default_poll_interval_ms() -> u64 {
    200
}

const fn default_range_blocks_max() -> u64 {
    2_000
}

impl TwinSettings {
    /// Settings with default limits for contracts of a fresh deployment.
    #[must_use]
    pub fn new(chain_id: u64, roles: BTreeMap<Role, Vec<ContractAt>>) -> Self {
        Self {
            chain_id,
            roles,
            confirmations: 0,
            reorg_window: default_reorg_window(),
            poll_interval_ms: default_poll_interval_ms(),
            range_blocks_max: default_range_blocks_max(),
        }
    }

    /// Settings for contracts that [`milepost_chain_core::deploy`] put in place.
    ///
    /// # Errors
    /// [`TwinError::Chain`] when the deployment lacks one of the contracts.
    pub fn for_deployment(deployment: &Deployment) -> Result<Self, TwinError> {
        // A development chain that was killed may lose the blocks of its last seconds and get its contracts anew at
        // another height; from genesis the index does not care.
        let from_block = if deployment.chain_id == DEVELOPMENT_CHAIN {
            0
        } else {
            deployment.block
        };
        let at = |address| {
            vec![ContractAt {
                address,
                from_block,
            }]
        };
        let roles = BTreeMap::from([
            (Role::Registry, at(deployment.registry()?)),
            (Role::Vehicle, at(deployment.vehicle()?)),
            (Role::Manufacturer, at(deployment.manufacturer()?)),
            (
                Role::AftermarketDevice,
                at(deployment.aftermarket_device()?),
            ),
            (Role::SyntheticDevice, at(deployment.synthetic_device()?)),
            (Role::Sacd, at(deployment.sacd()?)),
            (Role::Template, at(deployment.template()?)),
            (Role::DevLicense, at(deployment.dev_license()?)),
            (Role::LicenseBook, at(deployment.license_book()?)),
            (Role::StakeVault, at(deployment.stake_vault()?)),
            (Role::Court, at(deployment.court()?)),
            (Role::Parameters, at(deployment.parameters()?)),
            (Role::UsdPeg, at(deployment.usd_peg()?)),
            (Role::Connections, at(deployment.connections()?)),
            (Role::StorageNode, at(deployment.storage_node()?)),
            (Role::DeviceStanding, at(deployment.device_standing()?)),
            (Role::Token, at(deployment.token()?)),
        ]);
        Ok(Self::new(deployment.chain_id, roles))
    }

    pub(crate) fn check(&self) -> Result<(), TwinError> {
        let bad = |reason: String| Err(TwinError::Settings(reason));
        if self.reorg_window == 0 || self.reorg_window > 100_000 {
            return bad(format!(
                "reorg_window is {}, must be 1 to 100000 blocks",
                self.reorg_window
            ));
        }
        if self.poll_interval_ms == 0 || self.poll_interval_ms > 3_600_000 {
            return bad(format!(
                "poll_interval_ms is {}, must be 1 to 3600000",
                self.poll_interval_ms
            ));
        }
        if self.range_blocks_max == 0 {
            return bad("range_blocks_max is 0, must be at least 1 block".to_owned());
        }
        let mut seen = BTreeMap::new();
        for role in [Role::Registry, Role::Vehicle] {
            if self.roles.get(&role).is_none_or(Vec::is_empty) {
                return bad(format!("roles.{role} names no contract"));
            }
        }
        let named = |role| self.roles.get(&role).is_some_and(|list| !list.is_empty());
        if named(Role::LicenseBook) {
            if named(Role::IntegrationLicense) {
                return bad(
                    "roles.license_book and roles.integration_license are both given; a registry asks one of them"
                        .to_owned(),
                );
            }
            if let Some(missing) = Role::OF_THE_BOOK.into_iter().find(|role| !named(*role)) {
                return bad(format!(
                    "roles.{missing} names no contract; roles.license_book needs it"
                ));
            }
        }
        for (role, contracts) in &self.roles {
            if contracts.len() > 1 && !role.may_repeat() {
                return bad(format!(
                    "roles.{role} names {} contracts, may name 1",
                    contracts.len()
                ));
            }
            for contract in contracts {
                if let Some(other) = seen.insert(contract.address, role) {
                    return bad(format!("{} is both {other} and {role}", contract.address));
                }
            }
        }
        Ok(())
    }

    pub(crate) const fn chain(&self) -> ChainId {
        ChainId(self.chain_id)
    }

    pub(crate) const fn poll_interval(&self) -> Duration {
        Duration::from_millis(self.poll_interval_ms)
    }

    /// The only contract with this role, zero when there is none (no token is in a contract at zero).
    pub(crate) fn contract(&self, role: Role) -> Address {
        self.roles
            .get(&role)
            .and_then(|contracts| contracts.first())
            .map_or(Address::ZERO, |c| c.address)
    }

    pub(crate) fn by_address(&self) -> impl Iterator<Item = (Address, Role)> {
        self.roles
            .iter()
            .flat_map(|(role, contracts)| contracts.iter().map(|c| (c.address, *role)))
    }

    /// First block any contract may have logged in.
    pub(crate) fn first_block(&self) -> u64 {
        // Genesis has no logs, and the block before the first one must exist.
        self.roles
            .values()
            .flatten()
            .map(|c| c.from_block)
            .min()
            .unwrap_or(0)
            .max(1)
    }

    /// What a stored index must have been built from to be continued.
    pub(crate) fn fingerprint(&self) -> String {
        let contracts: BTreeMap<_, _> = self.by_address().collect();
        serde_json::json!({ "chain_id": self.chain_id, "contracts": contracts }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(roles: &[Role]) -> TwinSettings {
        let at = |(position, role): (usize, &Role)| {
            let contract = ContractAt {
                address: Address::left_padding_from(&(position + 1).to_be_bytes()),
                from_block: 0,
            };
            (*role, vec![contract])
        };
        TwinSettings::new(
            DEVELOPMENT_CHAIN,
            roles.iter().enumerate().map(at).collect(),
        )
    }

    #[test]
    fn a_book_needs_what_standing_follows_from_and_excludes_the_deployed_licence() {
        let common = [Role::Registry, Role::Vehicle];
        let deployed = [&common[..], &[Role::IntegrationLicense]].concat();
        settings(&deployed).check().unwrap();
        let book = [&common[..], &[Role::LicenseBook], &Role::OF_THE_BOOK].concat();
        settings(&book).check().unwrap();
        for missing in Role::OF_THE_BOOK {
            let mut settings = settings(&book);
            settings.roles.remove(&missing);
            let error = settings.check().unwrap_err().to_string();
            assert!(error.contains(missing.name()), "{error}");
        }
        let both = [&book[..], &[Role::IntegrationLicense]].concat();
        let error = settings(&both).check().unwrap_err().to_string();
        assert!(error.contains("both given"), "{error}");
    }
}
