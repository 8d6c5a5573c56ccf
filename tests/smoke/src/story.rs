//! One story of the economy, told through real transactions on a chain of its own whose clock is moved: a maker is
//! licensed, stakes, buys a voucher and sells a device; the device is connected for twelve months and fails, its owner
//! gets the stream; the maker is challenged, the ruling is appealed, affected owners are paid; the maker gives up and
//! gets the rest after 184 days.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use milepost_chain_core::{
    Account, ChainError, ChainSource as _, DeployParams, DevChain, DevChainOptions, FleetMember,
    NamedEvent, Network as Chain, NewDevice, NewVehicle, Outcome, deploy, reason_hash,
};
use milepost_types::{Address, B256, U256, Wei, keccak256};
use serde_json::{Value, json};

use crate::{network::Network, report::Report};

const DAY_SECS: u64 = 86_400;
/// Longest month plus the window in which a root can be challenged.
const MONTH_AND_WINDOW_SECS: u64 = 39 * DAY_SECS;
const ARBITRATORS: usize = 9;
/// The node kind of licences, as the book numbers it.
const NODE: &str = "3";

/// The chain and who acts on it.
struct Stage {
    chain: DevChain,
    network: Chain,
    admin: Account,
    team: Account,
    maker: Account,
    owner: Account,
    neighbour: Account,
    operator: Account,
    challenger: Account,
    arbitrators: Vec<Account>,
}

/// Tells the story; every step is a check.
pub(crate) async fn tell(report: &mut Report, milepost: &Network, directory: &Path) -> Result<()> {
    let stage = Stage::set().await?;
    let file = directory.join("story.json");
    stage.write_network_file(&file)?;
    let file = file.to_str().context("path is not UTF-8")?;
    let told = stage.acts(report, milepost, file).await;
    report.check("story: to the end", told);
    stage.chain.stop().await.context("stop the story's chain")
}

impl Stage {
    async fn set() -> Result<Self> {
        let chain = DevChain::start(DevChainOptions::default()).await?;
        let new = |name: &str| Account::development("story", name);
        let admin = new("admin")?;
        let coins = U256::from(10u64).pow(U256::from(22));
        chain.set_balance(admin.address(), coins).await?;
        let deployment = deploy(&chain.rpc(), &admin, &DeployParams::default()).await?;
        let network = Chain::connect(chain.rpc(), deployment).await?;
        let arbitrators = (0..ARBITRATORS)
            .map(|number| new(&format!("arbitrator {number}")))
            .collect::<Result<Vec<_>, _>>()?;
        let stage = Self {
            team: new("team")?,
            maker: new("maker")?,
            owner: new("owner")?,
            neighbour: new("neighbour")?,
            operator: new("operator")?,
            challenger: new("challenger")?,
            arbitrators,
            chain,
            network,
            admin,
        };
        let others = [
            &stage.team,
            &stage.maker,
            &stage.owner,
            &stage.neighbour,
            &stage.operator,
            &stage.challenger,
        ];
        let all = others.into_iter().chain(&stage.arbitrators);
        stage.network.fund_gas(all.map(Account::address)).await?;
        for (account, tokens) in [
            (&stage.maker, 200_000),
            (&stage.operator, 100_000),
            (&stage.challenger, 10_000),
        ] {
            stage
                .network
                .mint_dimo(&stage.admin, account.address(), tokens_of(tokens))
                .await?;
        }
        Ok(stage)
    }

    /// So that `milepost` commands can act on this chain.
    fn write_network_file(&self, path: &Path) -> Result<()> {
        let shown = |account: &Account| json!({ "address": account.address().to_string(), "private_key": format!("{}", B256::from(account.secret())) });
        let deployment = self.network.deployment();
        let contracts: serde_json::Map<String, Value> = deployment
            .contracts
            .iter()
            .map(|(name, address)| (name.clone(), address.to_string().into()))
            .collect();
        let file = json!({
            "chain_id": deployment.chain_id,
            "rpc": self.chain.url(),
            "contracts": contracts,
            "accounts": { "team": shown(&self.team), "maker": shown(&self.maker), "owner": shown(&self.owner), "challenger": shown(&self.challenger) },
        });
        std::fs::write(path, serde_json::to_vec_pretty(&file)?)?;
        Ok(())
    }

    async fn acts(&self, report: &mut Report, milepost: &Network, file: &str) -> Result<String> {
        let supply = self.read("DimoToken", "totalSupply", &[]).await?;
        self.officers()
            .await
            .context("appoint team and arbitrators")?;
        let licence = self
            .licensed(milepost, file)
            .await
            .context("license the maker")?;
        report.check(
            "story: a maker applies, is approved and stakes",
            Ok(format!("licence {licence} active with 100,000 DIMO")),
        );
        let (voucher, device) = self
            .device_sold(milepost, file)
            .await
            .context("sell a device")?;
        report.check(
            "story: it buys a voucher, mints and sells a device",
            Ok(format!("voucher {voucher} bonded to device {device}")),
        );
        let paid = self
            .connected_a_year(&voucher)
            .await
            .context("twelve connected months")?;
        report.check("story: the device is connected for 12 months", Ok(paid));
        let streamed = self
            .fails(milepost, file, &voucher)
            .await
            .context("the device fails")?;
        report.check(
            "story: it fails and its owner gets the stream",
            Ok(streamed),
        );
        let court = self.challenged(&licence).await.context("the court")?;
        report.check(
            "story: a challenge is ruled, appealed and paid to the affected owners",
            Ok(court),
        );
        let rest = self.renounced(&licence).await.context("renounce")?;
        report.check(
            "story: the maker renounces and gets the rest after 184 days",
            Ok(rest),
        );
        let left = self.read("DimoToken", "totalSupply", &[]).await?;
        ensure!(supply == left, "supply {supply} became {left}");
        Ok("no token came or went: the seed profile burns nothing of a voucher".to_owned())
    }

    /// The team, nine arbitrators without tokens, and a licensed node.
    async fn officers(&self) -> Result<()> {
        let year = self.now().await? + 300 * DAY_SECS;
        self.act(
            &self.admin,
            "TeamRoster",
            "appoint",
            &[&self.team.address(), &year],
        )
        .await?;
        for arbitrator in &self.arbitrators {
            self.act(
                &self.admin,
                "PanelAdjudicator",
                "register",
                &[&arbitrator.address()],
            )
            .await?;
        }
        let outcome = self
            .act(
                &self.operator,
                "LicenseBook",
                "applyFor",
                &[&NODE, &hash("node application")],
            )
            .await?;
        let node = field(&outcome, "LicenseApplied", "id")?;
        // A node licence takes a vote; here its result is carried out.
        self.act(
            &self.admin,
            "LicenseBook",
            "overrule",
            &[&node, &hash("vote")],
        )
        .await?;
        self.stake(&self.operator, &node, 100_000).await
    }

    async fn licensed(&self, milepost: &Network, file: &str) -> Result<String> {
        let application = hash("application of the maker");
        let arguments = [
            "license",
            "apply",
            "provider",
            "--application",
            &application,
            "--dev",
            file,
            "--json",
        ];
        let applied = milepost.milepost_json(&arguments).await?;
        let licence = applied["steps"][0]["events"][0]["values"]["id"]
            .as_str()
            .context("no licence id")?
            .to_owned();
        let analysis = hash("analysis of the application");
        let decide = [
            "license",
            "decide",
            &licence,
            "--approve",
            "--analysis",
            &analysis,
            "--dev",
            file,
        ];
        milepost.milepost(&decide).await?;
        self.refused("LicenseBook", "isActive", &licence).await?;
        let post = ["stake", "post", &licence, "100000", "--dev", file, "--json"];
        let preview = milepost
            .milepost_json(&[&post[..], &["--dry-run"]].concat())
            .await?;
        ensure!(
            preview["steps"][1]["payments"][0]["amount_wei"] == wei(100_000).as_str(),
            "the preview says {preview}"
        );
        self.refused("LicenseBook", "isActive", &licence).await?;
        milepost.milepost_json(&post).await?;
        self.holds("LicenseBook", "isActive", &licence).await?;
        Ok(licence)
    }

    async fn device_sold(&self, milepost: &Network, file: &str) -> Result<(String, String)> {
        // The licence that the tool brought is the one the registry asks for.
        let manufacturer = self
            .network
            .mint_manufacturer(&self.admin, self.maker.address(), "Story Devices")
            .await?;
        let bought = milepost
            .milepost_json(&["voucher", "buy", "dash-cam", "--dev", file, "--json"])
            .await?;
        let voucher = bought["steps"][1]["events"]
            .as_array()
            .and_then(|events| events.iter().find(|e| e["event"] == "VouchersSold"))
            .and_then(|event| event["values"]["firstVoucher"].as_str())
            .context("no voucher was sold")?
            .to_owned();
        let member = FleetMember {
            owner: self.owner.clone(),
            vehicle: NewVehicle {
                manufacturer,
                definition_id: "story_cam_car_2026".to_owned(),
                attributes: Vec::new(),
            },
            device: NewDevice {
                key: Account::development("story", "device")?.address(),
                attributes: Vec::new(),
            },
        };
        let onboarded = self
            .network
            .onboard_fleet(&self.maker, manufacturer, &[member])
            .await?;
        let device = onboarded.first().context("one device")?.device.to_string();
        milepost
            .milepost(&[
                "voucher",
                "bond",
                &voucher,
                "--hardware",
                &device,
                "--dev",
                file,
            ])
            .await?;
        Ok((voucher, device))
    }

    /// The node attests each month; after the challenge window anyone settles it.
    async fn connected_a_year(&self, voucher: &str) -> Result<String> {
        let start = self.balances().await?;
        let owner = self.owner.address();
        for period in 1..=12u32 {
            let leaf = self
                .text(
                    "ConnectionAttestations",
                    "leafOf",
                    &[&voucher, &period, &owner],
                )
                .await?;
            // A list of one: the leaf is the root.
            let bounds = self
                .read(
                    "EscrowLens",
                    "periodOf",
                    &[voucher.to_owned(), period.to_string()],
                )
                .await?;
            let end: u64 = bounds["to"]
                .as_str()
                .context("end of the period")?
                .parse()?;
            self.until(end).await?;
            let posted = self
                .act(
                    &self.operator,
                    "ConnectionAttestations",
                    "post",
                    &[&leaf, &"ipfs://months"],
                )
                .await?;
            let root = field(&posted, "RootPosted", "rootId")?;
            let settle: [&dyn ToString; 5] = [&voucher, &period, &owner, &root, &"[]"];
            self.reverts(&self.owner, "DeviceEscrow", "settle", &settle)
                .await
                .context("before the challenge window is over")?;
            self.chain.increase_time(7 * DAY_SECS + 1).await?;
            self.act(&self.owner, "DeviceEscrow", "settle", &settle)
                .await?;
        }
        let paid = since(&start, &self.balances().await?);
        // 70 % of 80 in 24 tranches, each rounded down; the last one pays what is left.
        let tranche = U256::from(56u64) * ONE / U256::from(24u64);
        ensure!(
            paid.maker == tranche * U256::from(12u64)
                && paid.foundation == U256::from(12u64) * ONE,
            "{paid:?}"
        );
        Ok("maker 28, team 6, treasury 6 DIMO".to_owned())
    }

    async fn fails(&self, milepost: &Network, file: &str, voucher: &str) -> Result<String> {
        let before = self.balances().await?;
        let evidence = hash("no heartbeat since the morning");
        let report = [
            "escrow",
            "report-malfunction",
            "--voucher",
            voucher,
            "--evidence",
            &evidence,
            "--dev",
            file,
        ];
        milepost.milepost(&report).await?;
        self.reverts(
            &self.owner,
            "DeviceEscrow",
            "finalizeMalfunction",
            &[&voucher],
        )
        .await
        .context("before the window is over")?;
        self.chain.increase_time(14 * DAY_SECS + 1).await?;
        self.act(
            &self.owner,
            "DeviceEscrow",
            "finalizeMalfunction",
            &[&voucher],
        )
        .await?;
        for _ in 0..13 {
            self.chain.increase_time(31 * DAY_SECS).await?;
            // Nothing is due in a month that the clock has not finished.
            let claim: [&dyn ToString; 1] = [&voucher];
            if self.text("EscrowLens", "escrowOf", &claim).await.is_ok() {
                let escrow = self
                    .read("EscrowLens", "escrowOf", &[voucher.to_owned()])
                    .await?;
                if escrow["held"] == "0" {
                    break;
                }
            }
            self.act(&self.neighbour, "DeviceEscrow", "claimStream", &claim)
                .await?;
        }
        let paid = since(&before, &self.balances().await?);
        let account = self
            .read("EscrowLens", "accountOf", &[voucher.to_owned()])
            .await?;
        let quote = milepost
            .milepost_json(&[
                "voucher",
                "quote",
                "--type",
                "dash-cam",
                "--n",
                "1",
                "--months",
                "12",
                "--outcome",
                "malfunction",
                "--json",
            ])
            .await?;
        for part in ["burned", "provider", "team", "user", "treasury"] {
            let (found, expected) = (&account[part], &quote[format!("{part}_wei")]);
            ensure!(
                found == expected,
                "{part}: {found} on chain, {expected} by the calculator"
            );
        }
        ensure!(
            quote["user_wei"] == paid.owner.to_string().as_str(),
            "{paid:?}, but {quote}"
        );
        let shown = milepost
            .milepost(&["escrow", "show", "--voucher", voucher, "--dev", file])
            .await?;
        ensure!(shown.contains("streamed"), "escrow show says {shown}");
        Ok("owner 34 DIMO in 12 months; burned, provider, team, user, treasury equal the calculator to the wei".to_owned())
    }

    async fn challenged(&self, licence: &str) -> Result<String> {
        let deposit = self
            .text("Parameters", "get", &[&key("court.deposit")])
            .await?;
        let court = self.network.deployment().contract("Court")?;
        self.act(
            &self.challenger,
            "DimoToken",
            "approve",
            &[&court, &deposit],
        )
        .await?;
        let breach = self.now().await? - DAY_SECS;
        let opened = self
            .act(
                &self.challenger,
                "Court",
                "open",
                &[
                    &licence,
                    &breach,
                    &hash("false data"),
                    &hash("evidence"),
                    &Address::ZERO,
                    &0,
                ],
            )
            .await?;
        let case = field(&opened, "CaseOpened", "caseId")?;
        self.reverts(&self.maker, "StakeVault", "withdraw", &[&licence, &0, &1])
            .await
            .context("stake of a challenged licence")?;
        self.act(&self.maker, "Court", "respond", &[&case, &hash("answer")])
            .await?;
        self.act(&self.maker, "Court", "declineMediation", &[&case])
            .await?;
        let (owner, neighbour) = (
            self.leaf(&case, &self.owner, 2),
            self.leaf(&case, &self.neighbour, 1),
        );
        let root = pair(owner, neighbour);
        self.panel_rules(&case, 1, &ruling(20_000, root))
            .await
            .context("round 1")?;
        self.act(
            &self.maker,
            "Court",
            "appeal",
            &[&case, &hash("new evidence")],
        )
        .await?;
        self.panel_rules(&case, 2, &ruling(20_000, root))
            .await
            .context("round 2")?;
        let before = self.balances().await?;
        let staked: U256 = self
            .text("StakeVault", "stakeOf", &[&licence])
            .await?
            .parse()?;
        self.act(&self.neighbour, "Court", "close", &[&case])
            .await?;
        let left: U256 = self
            .text("StakeVault", "stakeOf", &[&licence])
            .await?
            .parse()?;
        for (account, shares, proof) in [(&self.owner, 2, neighbour), (&self.neighbour, 1, owner)] {
            self.act(
                &self.challenger,
                "Court",
                "claim",
                &[&case, &account.address(), &shares, &format!("[{proof}]")],
            )
            .await?;
        }
        let paid = since(&before, &self.balances().await?);
        self.refused("LicenseBook", "isActive", licence).await?;
        // 20,000 and fees of two panels of three; the challenger has at least twice its deposit.
        ensure!(
            staked - left == U256::from(23_000u64) * ONE,
            "slashed {}",
            staked - left
        );
        ensure!(paid.challenger == U256::from(15_000u64) * ONE, "{paid:?}");
        let users = paid.owner + paid.neighbour;
        ensure!(
            !users.is_zero() && paid.owner >= paid.neighbour * U256::from(2u64),
            "{paid:?}"
        );
        Ok(format!(
            "two panels of three drawn by lot; 23,000 DIMO slashed, {users} wei to two owners, 10,000 and the deposit to the challenger",
        ))
    }

    /// Draws a panel, whose members commit, reveal and decide.
    async fn panel_rules(&self, case: &str, round: u32, ruling: &str) -> Result<()> {
        self.act(&self.challenger, "PanelAdjudicator", "draw", &[&case])
            .await?;
        self.chain.mine(20, 1).await?;
        self.act(&self.challenger, "PanelAdjudicator", "draw", &[&case])
            .await?;
        let panel = self
            .read(
                "PanelAdjudicator",
                "panelOf",
                &[case.to_owned(), round.to_string()],
            )
            .await?;
        let seats: Vec<&Account> = panel["seats"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|seat| {
                self.arbitrators
                    .iter()
                    .find(|a| *seat == a.address().to_string().as_str())
            })
            .collect();
        ensure!(seats.len() == 3, "{} seats", seats.len());
        let salt = hash("salt");
        for seat in &seats {
            let arguments: [&dyn ToString; 5] = [&case, &round, &seat.address(), &ruling, &salt];
            let commitment = self
                .text("PanelAdjudicator", "commitmentOf", &arguments)
                .await?;
            self.act(seat, "PanelAdjudicator", "commit", &[&case, &commitment])
                .await?;
        }
        for seat in &seats {
            self.act(seat, "PanelAdjudicator", "reveal", &[&case, &ruling, &salt])
                .await?;
        }
        self.act(&self.challenger, "PanelAdjudicator", "decide", &[&case])
            .await?;
        Ok(())
    }

    async fn renounced(&self, licence: &str) -> Result<String> {
        self.act(&self.maker, "LicenseBook", "renounce", &[&licence])
            .await?;
        let left = self.text("StakeVault", "stakeOf", &[&licence]).await?;
        let withdraw: [&dyn ToString; 3] = [&licence, &0, &left];
        self.chain.increase_time(183 * DAY_SECS).await?;
        self.reverts(&self.maker, "StakeVault", "withdraw", &withdraw)
            .await
            .context("a day early")?;
        self.chain.increase_time(DAY_SECS + 1).await?;
        let before = self.balances().await?;
        self.act(&self.maker, "StakeVault", "withdraw", &withdraw)
            .await?;
        self.act(&self.neighbour, "LicenseBook", "release", &[&licence])
            .await?;
        let paid = since(&before, &self.balances().await?);
        ensure!(paid.maker.to_string() == left, "{} of {left}", paid.maker);
        Ok(format!("{} DIMO back", paid.maker / ONE))
    }

    fn leaf(&self, case: &str, account: &Account, shares: u64) -> B256 {
        let mut words = [0; 96];
        let case: U256 = case.parse().unwrap_or_default();
        words[..32].copy_from_slice(&case.to_be_bytes::<32>());
        words[44..64].copy_from_slice(account.address().as_slice());
        words[88..].copy_from_slice(&shares.to_be_bytes());
        keccak256(keccak256(words))
    }

    async fn stake(&self, holder: &Account, licence: &str, tokens: u64) -> Result<()> {
        let vault = self.network.deployment().contract("StakeVault")?;
        self.act(holder, "DimoToken", "approve", &[&vault, &wei(tokens)])
            .await?;
        self.act(holder, "StakeVault", "stake", &[&licence, &wei(tokens)])
            .await?;
        Ok(())
    }

    async fn act(
        &self,
        who: &Account,
        contract: &str,
        function: &str,
        arguments: &[&dyn ToString],
    ) -> Result<Outcome> {
        let transaction = self
            .network
            .transaction(contract, function, &texts(arguments))?;
        let mut outcomes = self.network.execute(who, vec![transaction]).await?;
        outcomes.pop().context("one transaction was sent")
    }

    /// Fails unless the contract refuses.
    async fn reverts(
        &self,
        who: &Account,
        contract: &str,
        function: &str,
        arguments: &[&dyn ToString],
    ) -> Result<()> {
        let transaction = self
            .network
            .transaction(contract, function, &texts(arguments))?;
        match self.network.preview(who.address(), &[transaction]).await {
            Err(ChainError::Reverted { .. }) => Ok(()),
            Err(other) => Err(other.into()),
            Ok(_) => bail!("{contract}.{function} was not refused"),
        }
    }

    async fn read(&self, contract: &str, function: &str, arguments: &[String]) -> Result<Value> {
        Ok(self.network.read(contract, function, arguments).await?)
    }

    async fn text(
        &self,
        contract: &str,
        function: &str,
        arguments: &[&dyn ToString],
    ) -> Result<String> {
        let value = self.read(contract, function, &texts(arguments)).await?;
        Ok(value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned))
    }

    async fn holds(&self, contract: &str, view: &str, id: &str) -> Result<()> {
        ensure!(
            self.text(contract, view, &[&id]).await? == "true",
            "{contract}.{view}({id}) is false"
        );
        Ok(())
    }

    async fn refused(&self, contract: &str, view: &str, id: &str) -> Result<()> {
        ensure!(
            self.text(contract, view, &[&id]).await? == "false",
            "{contract}.{view}({id}) is true"
        );
        Ok(())
    }

    async fn now(&self) -> Result<u64> {
        Ok(u64::try_from(
            self.network.rpc().head().await?.time.as_secs(),
        )?)
    }

    /// Moves the clock to a time that is not past.
    async fn until(&self, time: u64) -> Result<()> {
        let now = self.now().await?;
        if time > now {
            ensure!(
                time - now <= MONTH_AND_WINDOW_SECS,
                "{} days",
                (time - now) / DAY_SECS
            );
            self.chain.increase_time(time - now).await?;
        }
        Ok(())
    }

    async fn balances(&self) -> Result<Balances> {
        let of = async |account: Address| {
            Ok::<_, anyhow::Error>(self.network.dimo_balance(account).await?.0)
        };
        Ok(Balances {
            maker: of(self.maker.address()).await?,
            owner: of(self.owner.address()).await?,
            neighbour: of(self.neighbour.address()).await?,
            challenger: of(self.challenger.address()).await?,
            foundation: of(self.admin.address()).await?,
        })
    }
}

/// `$DIMO` of the people of the story, in wei. The foundation is treasury and team in one.
#[derive(Debug)]
struct Balances {
    maker: U256,
    owner: U256,
    neighbour: U256,
    challenger: U256,
    foundation: U256,
}

/// What each gained; a loss shows as zero.
fn since(before: &Balances, after: &Balances) -> Balances {
    Balances {
        maker: after.maker.saturating_sub(before.maker),
        owner: after.owner.saturating_sub(before.owner),
        neighbour: after.neighbour.saturating_sub(before.neighbour),
        challenger: after.challenger.saturating_sub(before.challenger),
        foundation: after.foundation.saturating_sub(before.foundation),
    }
}

/// One token in wei.
const ONE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

fn tokens_of(tokens: u64) -> Wei {
    Wei(U256::from(tokens) * ONE)
}

fn wei(tokens: u64) -> String {
    tokens_of(tokens).to_string()
}

fn hash(text: &str) -> String {
    reason_hash(text).to_string()
}

fn key(name: &str) -> String {
    let mut word = [0; 32];
    word[..name.len()].copy_from_slice(name.as_bytes());
    B256::from(word).to_string()
}

/// Node of a Merkle tree over sorted pairs.
fn pair(a: B256, b: B256) -> B256 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    keccak256([low.as_slice(), high.as_slice()].concat())
}

/// A ruling that upholds, as the contracts take it: three shares on the impact list, the profile's award.
fn ruling(tokens: u64, root: B256) -> String {
    format!(
        "(true,{},(0,0,0,0),{},{root},3)",
        wei(tokens),
        hash("opinion")
    )
}

fn texts(arguments: &[&dyn ToString]) -> Vec<String> {
    arguments
        .iter()
        .map(|argument| argument.to_string())
        .collect()
}

/// A value of the first event of this name.
fn field(outcome: &Outcome, event: &str, name: &str) -> Result<String> {
    let found: Option<&NamedEvent> = outcome.events.iter().find(|e| e.event == event);
    found
        .and_then(|e| e.values[name].as_str())
        .map(str::to_owned)
        .with_context(|| format!("{} emitted no {event} with {name}", outcome.label))
}
