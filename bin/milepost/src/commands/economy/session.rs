//! What every command on the economy's contracts shares: which network, who acts, preview or execution, and how
//! the result is told.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result, bail};
use milepost_chain_core::{
    Account, Deployment, Handover, Network, Outcome, Rpc, RpcOptions, TxRequest,
};
use milepost_economics::amount::format_tokens;
use milepost_types::{Address, B256, keccak256, parse_address};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{cli::ChainArgs, dev_file, out::say};

/// The part of dev.json that these commands need; a file with the first three fields describes any network.
#[derive(Debug, Deserialize)]
struct NetworkFile {
    chain_id: u64,
    rpc: String,
    contracts: BTreeMap<String, String>,
    #[serde(default)]
    accounts: BTreeMap<String, dev_file::Account>,
}

/// A call to make: contract, function, arguments as text.
pub(super) struct Call(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) Vec<String>,
);

/// A network and who acts on it.
pub(super) struct Session {
    network: Network,
    account: Option<Account>,
    names: BTreeMap<Address, String>,
    dry_run: bool,
    json: bool,
}

impl Session {
    pub(super) async fn open(args: &ChainArgs, acting: &str) -> Result<Self> {
        let path = &args.dev.path;
        let text = fs::read(path).with_context(|| {
            format!(
                "read {}: is `cargo xtask dev` running? (--dev names another file)",
                path.display()
            )
        })?;
        let file: NetworkFile =
            serde_json::from_slice(&text).with_context(|| format!("parse {}", path.display()))?;
        let mut names = BTreeMap::new();
        let mut contracts = BTreeMap::new();
        for (name, address) in &file.contracts {
            let address = parse_address(address)?;
            names.insert(address, name.clone());
            contracts.insert(name.clone(), address);
        }
        for (name, account) in &file.accounts {
            names.insert(parse_address(&account.address)?, name.clone());
        }
        let deployment = Deployment {
            chain_id: file.chain_id,
            block: 0,
            contracts,
        };
        let rpc = Rpc::new(&file.rpc, RpcOptions::default())?;
        Ok(Self {
            account: account(args, &file, acting)?,
            network: Network::connect(rpc, deployment).await?,
            names,
            dry_run: args.dry_run,
            json: args.json,
        })
    }

    pub(super) fn account(&self) -> Result<&Account> {
        self.account
            .as_ref()
            .context("no account to act with: name a demo account with --as, or a --key-file")
    }

    /// Address of a contract as an argument.
    pub(super) fn contract(&self, name: &str) -> Result<String> {
        Ok(self.network.deployment().contract(name)?.to_string())
    }

    /// Refuses a name of something on another chain.
    pub(super) fn same_chain(&self, chain: u64) -> Result<()> {
        let ours = self.network.deployment().chain_id;
        if chain != ours {
            bail!("the DID is of chain {chain}, this network is chain {ours}");
        }
        Ok(())
    }

    pub(super) async fn read(
        &self,
        contract: &str,
        function: &str,
        arguments: &[String],
    ) -> Result<Value> {
        Ok(self.network.read(contract, function, arguments).await?)
    }

    /// A view's answer as text.
    pub(super) async fn text(
        &self,
        contract: &str,
        function: &str,
        arguments: &[String],
    ) -> Result<String> {
        Ok(plain(&self.read(contract, function, arguments).await?))
    }

    /// Hands the acting account's powers to the timelock, or with `--dry-run` says which.
    pub(super) async fn hand_over(&self) -> Result<Handover> {
        Ok(self
            .network
            .hand_over(self.account()?, self.dry_run)
            .await?)
    }

    /// Sends the calls, or with `--dry-run` shows what they would do; tells the result.
    pub(super) async fn act(&self, calls: Vec<Call>) -> Result<()> {
        let account = self.account()?;
        let transactions = calls
            .into_iter()
            .map(|Call(contract, function, arguments)| {
                self.network.transaction(contract, function, &arguments)
            })
            .collect::<Result<Vec<TxRequest>, _>>()?;
        let outcomes = if self.dry_run {
            self.network
                .preview(account.address(), &transactions)
                .await?
        } else {
            self.network.execute(account, transactions).await?
        };
        self.tell(&outcomes)
    }

    fn tell(&self, outcomes: &[Outcome]) -> Result<()> {
        if self.json {
            let all: Vec<Value> = outcomes
                .iter()
                .map(|outcome| self.outcome_json(outcome))
                .collect();
            say(serde_json::to_string_pretty(
                &json!({ "dry_run": self.dry_run, "steps": all }),
            )?)?;
            return Ok(());
        }
        for outcome in outcomes {
            let (label, gas) = (&outcome.label, outcome.gas_used);
            match outcome.transaction {
                Some(hash) => say(format_args!("{label} in {hash}, {gas} gas"))?,
                None => say(format_args!("{label} would succeed, {gas} gas"))?,
            }
            for event in &outcome.events {
                say(format_args!(
                    "  {}.{} {}",
                    event.contract,
                    event.event,
                    self.line(&event.values)
                ))?;
            }
            for payment in &outcome.payments {
                let verb = if self.dry_run { "would pay" } else { "paid" };
                say(format_args!(
                    "  {} {verb} {} {} DIMO",
                    self.party(payment.from, "new tokens"),
                    self.party(payment.to, "the burn"),
                    format_tokens(payment.amount)
                ))?;
            }
        }
        Ok(())
    }

    fn outcome_json(&self, outcome: &Outcome) -> Value {
        let payments: Vec<Value> = outcome
            .payments
            .iter()
            .map(|p| {
                json!({
                    "from": p.from.to_string(), "from_name": self.party(p.from, "new tokens"),
                    "to": p.to.to_string(), "to_name": self.party(p.to, "the burn"),
                    "amount_wei": p.amount.to_string(),
                })
            })
            .collect();
        let events: Vec<Value> = outcome
            .events
            .iter()
            .map(|e| json!({ "contract": e.contract, "event": e.event, "values": e.values }))
            .collect();
        json!({
            "call": outcome.label,
            "transaction": outcome.transaction.map(|hash| hash.to_string()),
            "gas": outcome.gas_used,
            "payments": payments,
            "events": events,
        })
    }

    /// Prints a report in the order given: name and value lines, or JSON with `_` in the names.
    pub(super) fn report<N: AsRef<str>>(&self, lines: &[(N, Value)]) -> Result<()> {
        if self.json {
            let whole: serde_json::Map<String, Value> = lines
                .iter()
                .map(|(name, value)| (name.as_ref().replace(' ', "_"), value.clone()))
                .collect();
            say(serde_json::to_string_pretty(&whole)?)?;
            return Ok(());
        }
        for (name, value) in lines {
            say(format_args!("{:<24} {}", name.as_ref(), self.line(value)))?;
        }
        Ok(())
    }

    pub(super) const fn wants_json(&self) -> bool {
        self.json
    }

    fn party(&self, address: Address, zero: &str) -> String {
        if address.is_zero() {
            return zero.to_owned();
        }
        self.names
            .get(&address)
            .cloned()
            .unwrap_or_else(|| address.to_string())
    }

    /// A value on one line, addresses with their names.
    pub(super) fn line(&self, value: &Value) -> String {
        match value {
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| format!("{name}={}", self.line(value)))
                .collect::<Vec<_>>()
                .join(" "),
            Value::Array(items) => items
                .iter()
                .map(|item| self.line(item))
                .collect::<Vec<_>>()
                .join(", "),
            Value::String(text) => parse_address(text)
                .ok()
                .filter(|address| !address.is_zero())
                .map_or_else(|| text.clone(), |address| self.party(address, "")),
            Value::Null => "-".to_owned(),
            other => other.to_string(),
        }
    }
}

fn account(args: &ChainArgs, file: &NetworkFile, acting: &str) -> Result<Option<Account>> {
    if let Some(path) = &args.key_file {
        return key(path).map(Some);
    }
    let name = args.acting.as_deref().unwrap_or(acting);
    let Some(account) = file.accounts.get(name) else {
        if args.acting.is_some() {
            let known: Vec<&str> = file.accounts.keys().map(String::as_str).collect();
            bail!(
                "no account '{name}' in {}; it has {}",
                args.dev.path.display(),
                known.join(", ")
            );
        }
        return Ok(None);
    };
    secret(&account.private_key).map(Some)
}

fn key(path: &Path) -> Result<Account> {
    let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    secret(text.trim()).with_context(|| format!("{} must hold 64 hex digits", path.display()))
}

fn secret(text: &str) -> Result<Account> {
    let mut secret = [0; 32];
    hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut secret)
        .map_err(|_| anyhow::anyhow!("not a private key"))?;
    Ok(Account::from_secret(secret)?)
}

/// Hash of a published document: its file's Keccak-256, or a hash given as such.
pub(super) fn document(text: &str) -> Result<String> {
    if let Ok(hash) = text.parse::<B256>()
        && text.starts_with("0x")
    {
        return Ok(hash.to_string());
    }
    let content = fs::read(text)
        .with_context(|| format!("read {text} (a file, or the 0x hash of a published document)"))?;
    Ok(keccak256(content).to_string())
}

/// A JSON scalar without quotes.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
