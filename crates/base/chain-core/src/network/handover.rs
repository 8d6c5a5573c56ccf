//! The deployer gives what it may decide to the timelock, so that from then on a vote decides (D2-01).
//!
//! Everything is granted before anything is renounced, and the administration of the timelock itself goes last: a run
//! that is cut short is finished by the next one. Rights of daily work (relaying, minting, reporting, the guardian of
//! the pause) are not the deployer's power over the rules and stay where they are.

use milepost_types::{Address, B256, keccak256};
use serde_json::Value;

use super::Network;
use crate::{Account, ChainError, TxRequest, artifact, artifacts::REGISTRY};

const TIMELOCK: &str = "DimoTimelock";
const BEACON: &str = "UpgradeableBeacon";
const ADMINISTRATION: &str = "DEFAULT_ADMIN_ROLE";
/// Rights over rules, code and rights; administration last, since the grants of the others need it.
const POWERS: [&str; 5] = [
    "GOVERNANCE_ROLE",
    "PROVIDER_ADMIN_ROLE",
    "ADMIN_ROLE",
    "UPGRADER_ROLE",
    ADMINISTRATION,
];

/// What a handover does, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handover {
    /// `ROLE on Contract` that the timelock gets.
    pub granted: Vec<String>,
    /// `ROLE on Contract` that the deployer gives up.
    pub renounced: Vec<String>,
}

impl Network {
    /// Hands every power of the deployer over to the timelock; with `dry_run` only says which. A second time there is
    /// nothing left to do.
    ///
    /// # Errors
    /// [`ChainError::Deployment`] when no vote could use what the timelock gets, since the governor may not propose
    /// there; as [`Sender::send`](crate::Sender::send); faults of the endpoint.
    pub async fn hand_over(
        &self,
        deployer: &Account,
        dry_run: bool,
    ) -> Result<Handover, ChainError> {
        let timelock = self.deployment().contract(TIMELOCK)?;
        let governor = self.deployment().contract("DimoGovernor")?;
        if !self
            .has_role(TIMELOCK, keccak256("PROPOSER_ROLE"), governor)
            .await?
        {
            return Err(ChainError::Deployment {
                name: TIMELOCK.to_owned(),
                address: timelock,
                reason: "the governor has no PROPOSER_ROLE there: nobody could decide any more"
                    .to_owned(),
            });
        }
        let mut done = Handover::default();
        let (mut grants, mut renounces) = (Vec::new(), Vec::new());
        let contracts = self.deployment().contracts.keys();
        let (last, first): (Vec<_>, Vec<_>) = contracts.partition(|name| *name == TIMELOCK);
        for contract in first.into_iter().chain(last) {
            if contract == BEACON {
                if self.owner(contract).await? == deployer.address() {
                    let to = [timelock.to_string()];
                    grants.push(self.transaction(contract, "transferOwnership", &to)?);
                    done.granted.push(format!("ownership of {contract}"));
                }
                continue;
            }
            if !has_roles(contract) {
                continue;
            }
            for power in POWERS {
                let role = role(power);
                if !self.has_role(contract, role, deployer.address()).await? {
                    continue;
                }
                let label = format!("{power} on {contract}");
                if !self.has_role(contract, role, timelock).await? {
                    let arguments = [role.to_string(), timelock.to_string()];
                    grants.push(self.transaction(contract, "grantRole", &arguments)?);
                    done.granted.push(label.clone());
                }
                renounces.push(self.renounce(contract, role, deployer)?);
                done.renounced.push(label);
            }
        }
        if !dry_run {
            let sender = self.sender(deployer).await;
            sender.send_all(grants).await?;
            sender.send_all(renounces).await?;
        }
        Ok(done)
    }

    fn renounce(
        &self,
        contract: &str,
        role: B256,
        deployer: &Account,
    ) -> Result<TxRequest, ChainError> {
        let mut arguments = vec![role.to_string()];
        // The registry's takes the caller's own right without asking for a name.
        if contract != "DIMORegistry" {
            arguments.push(deployer.address().to_string());
        }
        self.transaction(contract, "renounceRole", &arguments)
    }

    async fn has_role(
        &self,
        contract: &str,
        role: B256,
        account: Address,
    ) -> Result<bool, ChainError> {
        let arguments = [role.to_string(), account.to_string()];
        match self.read(contract, "hasRole", &arguments).await {
            Ok(answer) => Ok(answer == Value::Bool(true)),
            // A token of others need not know roles.
            Err(ChainError::Reverted { .. }) => Ok(false),
            Err(other) => Err(other),
        }
    }

    async fn owner(&self, contract: &str) -> Result<Address, ChainError> {
        let answer = self.read(contract, "owner", &[]).await?;
        let owner = answer.as_str().and_then(|text| text.parse().ok());
        owner.ok_or_else(|| ChainError::Call {
            call: format!("{contract}.owner"),
            reason: format!("answers {answer}"),
        })
    }
}

fn role(name: &str) -> B256 {
    if name == ADMINISTRATION {
        B256::ZERO
    } else {
        keccak256(name)
    }
}

/// Whether a contract of a deployment knows roles; one without an artifact of ours is not ours to hand over.
fn has_roles(contract: &str) -> bool {
    let name = if contract == "DIMORegistry" {
        REGISTRY
    } else {
        contract
    };
    artifact(name).is_ok_and(|a| a.abi.functions().any(|f| f.name == "hasRole"))
}
