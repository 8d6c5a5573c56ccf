//! The chain of the story, its people, and how they act: through the tool, as a person would, or by a transaction
//! where a service would.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, Result, bail, ensure};
use milepost_chain_core::{
    Account, ChainError, ChainSource as _, DeployParams, DevChain, DevChainOptions,
    Network as Chain, Outcome, deploy, reason_hash,
};
use milepost_types::{Address, B256, U256, Wei};
use serde_json::{Map, Value, json};

use crate::network::Network;

pub(super) const DAY_SECS: u64 = 86_400;
/// Longest month plus the window in which a root can be challenged.
const MONTH_AND_WINDOW_SECS: u64 = 39 * DAY_SECS;
/// Everybody, with the tokens they start with.
const PEOPLE: [(&str, u64); 8] = [
    ("admin", 0),
    ("team", 0),
    ("maker", 200_000),
    ("owner", 0),
    ("neighbour", 0),
    ("node", 100_000),
    ("challenger", 10_000),
    ("voter", 5_000_000),
];
const ARBITRATORS: usize = 9;
/// One token in wei.
pub(super) const ONE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

/// What each person has, or gained, in wei.
pub(super) type Purses = BTreeMap<String, U256>;

/// The chain and who acts on it.
pub(super) struct Stage<'a> {
    milepost: &'a Network,
    chain: DevChain,
    pub(super) network: Chain,
    people: BTreeMap<String, Account>,
    directory: &'a Path,
}

impl<'a> Stage<'a> {
    pub(super) async fn set(milepost: &'a Network, directory: &'a Path) -> Result<Self> {
        let chain = DevChain::start(DevChainOptions::default()).await?;
        let arbitrators = (0..ARBITRATORS).map(arbitrator);
        let names = PEOPLE.iter().map(|(name, _)| (*name).to_owned());
        let people: BTreeMap<String, Account> = names
            .chain(arbitrators)
            .map(|name| Ok((name.clone(), Account::development("story", &name)?)))
            .collect::<Result<_>>()?;
        let admin = people["admin"].clone();
        let coins = U256::from(10u64).pow(U256::from(22));
        chain.set_balance(admin.address(), coins).await?;
        let deployment = deploy(&chain.rpc(), &admin, &DeployParams::default()).await?;
        let network = Chain::connect(chain.rpc(), deployment).await?;
        let addresses = people.values().map(Account::address);
        network.fund_gas(addresses).await?;
        for (name, tokens) in PEOPLE {
            network
                .mint_dimo(&admin, people[name].address(), Wei(dimo(tokens)))
                .await?;
        }
        let stage = Self {
            milepost,
            chain,
            network,
            people,
            directory,
        };
        stage.write_network_file()?;
        Ok(stage)
    }

    /// So that `milepost` commands can act on this chain.
    fn write_network_file(&self) -> Result<()> {
        let deployment = self.network.deployment();
        let contracts: Map<String, Value> = deployment
            .contracts
            .iter()
            .map(|(name, address)| (name.clone(), address.to_string().into()))
            .collect();
        let shown = |account: &Account| json!({ "address": account.address().to_string(), "private_key": B256::from(account.secret()).to_string() });
        let accounts: Map<String, Value> = self
            .people
            .iter()
            .map(|(name, account)| (name.clone(), shown(account)))
            .collect();
        let file = json!({
            "chain_id": deployment.chain_id,
            "rpc": self.chain.url(),
            "contracts": contracts,
            "accounts": accounts,
        });
        let path = self.directory.join("story.json");
        std::fs::write(path, serde_json::to_vec_pretty(&file)?)?;
        Ok(())
    }

    pub(super) async fn leave(self) -> Result<()> {
        self.chain.stop().await.context("stop the story's chain")
    }

    pub(super) fn person(&self, name: &str) -> Result<&Account> {
        self.people.get(name).with_context(|| format!("no {name}"))
    }

    pub(super) fn address(&self, name: &str) -> Result<Address> {
        Ok(self.person(name)?.address())
    }

    /// Who of the arbitrators has this address.
    pub(super) fn arbitrator_at(&self, address: &Value) -> Option<String> {
        (0..ARBITRATORS)
            .map(arbitrator)
            .find(|name| *address == self.people[name].address().to_string().as_str())
    }

    pub(super) fn arbitrators(&self) -> impl Iterator<Item = Address> {
        (0..ARBITRATORS).map(|number| self.people[&arbitrator(number)].address())
    }

    /// A `milepost` command, as it is typed; gives what it prints as JSON.
    pub(super) async fn tool(&self, who: &str, line: &str) -> Result<Value> {
        let file = self.directory.join("story.json");
        let file = file.to_str().context("path is not UTF-8")?;
        let mut args: Vec<&str> = line.split_whitespace().collect();
        args.extend(["--as", who, "--dev", file, "--json"]);
        self.milepost
            .milepost_json(&args)
            .await
            .with_context(|| format!("{who}: milepost {line}"))
    }

    /// What a command prints for people.
    pub(super) async fn shown(&self, line: &str) -> Result<String> {
        let file = self.directory.join("story.json");
        let file = file.to_str().context("path is not UTF-8")?;
        let mut args: Vec<&str> = line.split_whitespace().collect();
        args.extend(["--dev", file]);
        self.milepost.milepost(&args).await
    }

    /// A command that needs no chain.
    pub(super) async fn calculator(&self, line: &str) -> Result<Value> {
        let args: Vec<&str> = line.split_whitespace().collect();
        self.milepost.milepost_json(&args).await
    }

    /// A file beside the network's, for commands that read one; gives its path.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<String> {
        let path = self.directory.join(name);
        std::fs::write(&path, text)?;
        Ok(path.to_str().context("path is not UTF-8")?.to_owned())
    }

    /// A transaction without the tool.
    pub(super) async fn act(
        &self,
        who: &str,
        contract: &str,
        function: &str,
        arguments: &[&dyn ToString],
    ) -> Result<Outcome> {
        let transaction = self
            .network
            .transaction(contract, function, &texts(arguments))?;
        let mut outcomes = self
            .network
            .execute(self.person(who)?, vec![transaction])
            .await?;
        outcomes.pop().context("one transaction was sent")
    }

    /// Fails unless the contract refuses.
    pub(super) async fn reverts(
        &self,
        who: &str,
        contract: &str,
        function: &str,
        arguments: &[&dyn ToString],
    ) -> Result<()> {
        let transaction = self
            .network
            .transaction(contract, function, &texts(arguments))?;
        let from = self.address(who)?;
        match self.network.preview(from, &[transaction]).await {
            Err(ChainError::Reverted { .. }) => Ok(()),
            Err(other) => Err(other.into()),
            Ok(_) => bail!("{contract}.{function} by {who} was not refused"),
        }
    }

    pub(super) async fn read(
        &self,
        contract: &str,
        function: &str,
        arguments: &[&dyn ToString],
    ) -> Result<Value> {
        Ok(self
            .network
            .read(contract, function, &texts(arguments))
            .await?)
    }

    pub(super) async fn text(
        &self,
        contract: &str,
        function: &str,
        arguments: &[&dyn ToString],
    ) -> Result<String> {
        let value = self.read(contract, function, arguments).await?;
        Ok(value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned))
    }

    pub(super) async fn is_active(&self, licence: &str, expected: bool) -> Result<()> {
        let active = self.read("LicenseBook", "isActive", &[&licence]).await?;
        ensure!(active == expected, "licence {licence}: active is {active}");
        Ok(())
    }

    pub(super) async fn staked(&self, licence: &str) -> Result<U256> {
        Ok(self
            .text("StakeVault", "stakeOf", &[&licence])
            .await?
            .parse()?)
    }

    pub(super) async fn now(&self) -> Result<u64> {
        let head = self.network.rpc().head().await?;
        Ok(u64::try_from(head.time.as_secs())?)
    }

    /// Moves the clock.
    pub(super) async fn later(&self, secs: u64) -> Result<()> {
        Ok(self.chain.increase_time(secs).await?)
    }

    /// Moves the clock to a time that is not past.
    pub(super) async fn until(&self, time: u64) -> Result<()> {
        let wait = time.saturating_sub(self.now().await?);
        ensure!(
            wait <= MONTH_AND_WINDOW_SECS,
            "{} days to wait",
            wait / DAY_SECS
        );
        self.later(wait).await
    }

    pub(super) async fn blocks(&self, count: u64) -> Result<()> {
        Ok(self.chain.mine(count, 1).await?)
    }

    pub(super) async fn purses(&self) -> Result<Purses> {
        let mut purses = Purses::new();
        for (name, _) in PEOPLE {
            let balance = self.network.dimo_balance(self.address(name)?).await?;
            purses.insert(name.to_owned(), balance.0);
        }
        Ok(purses)
    }

    /// What each gained since; a loss shows as zero.
    pub(super) async fn gained(&self, before: &Purses) -> Result<Purses> {
        let mut purses = self.purses().await?;
        for (name, tokens) in &mut purses {
            *tokens = tokens.saturating_sub(before[name]);
        }
        Ok(purses)
    }
}

fn arbitrator(number: usize) -> String {
    format!("arbitrator-{number}")
}

pub(super) fn dimo(tokens: u64) -> U256 {
    U256::from(tokens) * ONE
}

/// Hash of a text that somebody published.
pub(super) fn hash(text: &str) -> String {
    reason_hash(text).to_string()
}

/// A value of the first event of this name in what the tool printed.
pub(super) fn emitted(told: &Value, event: &str, name: &str) -> Result<String> {
    let steps = told["steps"].as_array().into_iter().flatten();
    let mut events = steps.filter_map(|step| step["events"].as_array()).flatten();
    events
        .find(|found| found["event"] == event)
        .and_then(|found| found["values"][name].as_str())
        .map(str::to_owned)
        .with_context(|| format!("no {event} with {name} in {told}"))
}

/// A value of the first event of this name.
pub(super) fn field(outcome: &Outcome, event: &str, name: &str) -> Result<String> {
    let found = outcome.events.iter().find(|e| e.event == event);
    found
        .and_then(|e| e.values[name].as_str())
        .map(str::to_owned)
        .with_context(|| format!("{} emitted no {event} with {name}", outcome.label))
}

fn texts(arguments: &[&dyn ToString]) -> Vec<String> {
    arguments
        .iter()
        .map(|argument| argument.to_string())
        .collect()
}
