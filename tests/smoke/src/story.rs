//! One story of the economy, told through real transactions on a chain of its own whose clock is moved: a maker is
//! licensed, stakes, buys a voucher and sells a device; the device is connected for twelve months and fails, its owner
//! gets the stream; the maker is challenged, the ruling is appealed, affected owners are paid; the maker gives up and
//! gets the rest after 184 days; the deployer hands over, and a vote changes a number.

mod stage;

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use milepost_chain_core::{Account, FleetMember, NewDevice, NewVehicle};
use milepost_ledger::{CaseId, merkle};
use milepost_types::{B256, U256};

use crate::{network::Network, report::Report};
use stage::{DAY_SECS, ONE, Stage, dimo, emitted, field, hash};

/// Tells the story; every step is a check.
pub(crate) async fn tell(report: &mut Report, milepost: &Network, directory: &Path) -> Result<()> {
    let stage = Stage::set(milepost, directory).await?;
    let told = stage.acts(report).await;
    report.check("story: to the end", told);
    stage.leave().await
}

impl Stage<'_> {
    async fn acts(&self, report: &mut Report) -> Result<String> {
        let supply = self.read("DimoToken", "totalSupply", &[]).await?;
        self.officers()
            .await
            .context("appoint team and arbitrators")?;
        let licence = self.licensed().await.context("license the maker")?;
        report.check(
            "story: a maker applies, is approved and stakes",
            Ok(format!("licence {licence} active with 100,000 DIMO")),
        );
        let (voucher, device) = self.device_sold().await.context("sell a device")?;
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
            .fails(&voucher, &device)
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
        let vote = self.voted().await.context("governance")?;
        report.check(
            "story: the deployer hands over and a vote changes a number",
            Ok(vote),
        );
        Ok("no token came or went: the seed profile burns nothing of a voucher".to_owned())
    }

    /// The team, nine arbitrators without tokens, and a licensed node.
    async fn officers(&self) -> Result<()> {
        self.network
            .appoint(self.person("admin")?, self.address("team")?)
            .await?;
        for arbitrator in self.arbitrators() {
            self.act("admin", "PanelAdjudicator", "register", &[&arbitrator])
                .await?;
        }
        let application = hash("node application");
        let applied = self
            .tool(
                "node",
                &format!("license apply node --application {application}"),
            )
            .await?;
        let licence = emitted(&applied, "LicenseApplied", "id")?;
        // A node licence takes a vote; here its result is carried out.
        self.act(
            "admin",
            "LicenseBook",
            "overrule",
            &[&licence, &hash("vote")],
        )
        .await?;
        self.tool("node", &format!("stake post {licence} 100000"))
            .await?;
        self.is_active(&licence, true).await
    }

    async fn licensed(&self) -> Result<String> {
        let application = hash("application of the maker");
        let applied = self
            .tool(
                "maker",
                &format!("license apply provider --application {application}"),
            )
            .await?;
        let licence = emitted(&applied, "LicenseApplied", "id")?;
        let analysis = hash("analysis of the application");
        let decide = format!("license decide {licence} --approve --analysis {analysis}");
        self.tool("team", &decide).await?;
        let post = format!("stake post {licence} 100000");
        let preview = self.tool("maker", &format!("{post} --dry-run")).await?;
        ensure!(
            preview["steps"][1]["payments"][0]["amount_wei"] == dimo(100_000).to_string().as_str(),
            "the preview says {preview}"
        );
        self.is_active(&licence, false).await?;
        self.tool("maker", &post).await?;
        self.is_active(&licence, true).await?;
        Ok(licence)
    }

    async fn device_sold(&self) -> Result<(String, String)> {
        // The licence that the tool brought is the one the registry asks for.
        let maker = self.person("maker")?;
        let manufacturer = self
            .network
            .mint_manufacturer(self.person("admin")?, maker.address(), "Story Devices")
            .await?;
        let bought = self.tool("maker", "voucher buy dash-cam").await?;
        let voucher = emitted(&bought, "VouchersSold", "firstVoucher")?;
        let member = FleetMember {
            owner: self.person("owner")?.clone(),
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
            .onboard_fleet(maker, manufacturer, &[member])
            .await?;
        let id = onboarded.first().context("one device")?.device;
        let deployment = self.network.deployment();
        let device = format!(
            "did:erc721:{}:{}:{id}",
            deployment.chain_id,
            deployment.contract("AftermarketDeviceId")?
        );
        self.tool("maker", &format!("voucher bond {voucher} {device}"))
            .await?;
        Ok((voucher, device))
    }

    /// The node attests each month; after the challenge window anyone settles it.
    async fn connected_a_year(&self, voucher: &str) -> Result<String> {
        let start = self.purses().await?;
        let owner = self.address("owner")?;
        let neighbour = self.address("neighbour")?;
        for period in 1..=12u32 {
            let bounds = self
                .read("EscrowLens", "periodOf", &[&voucher, &period])
                .await?;
            let end = bounds["to"].as_str().context("end of the period")?;
            self.until(end.parse()?).await?;
            let list = self.write(
                "months.csv",
                &format!(
                    "voucher,period,owner\n{voucher},{period},{owner}\n999,{period},{neighbour}\n"
                ),
            )?;
            let attest = format!("escrow attest {list} --uri ipfs://months/{period}");
            let posted = self.tool("node", &attest).await?;
            let root = emitted(&posted, "RootPosted", "rootId")?;
            let settle =
                format!("escrow settle {voucher} --period {period} --root {root} --list {list}");
            let early = self.tool("owner", &format!("{settle} --dry-run")).await;
            ensure!(early.is_err(), "paid before the challenge window is over");
            self.later(7 * DAY_SECS + 1).await?;
            self.tool("owner", &settle).await?;
        }
        let paid = self.gained(&start).await?;
        // 70 % of 80 in 24 tranches, each rounded down; the last one pays what is left.
        let tranche = U256::from(56u64) * ONE / U256::from(24u64);
        ensure!(
            paid["maker"] == tranche * U256::from(12u64) && paid["admin"] == dimo(12),
            "{paid:?}"
        );
        Ok("maker 28, team 6, treasury 6 DIMO".to_owned())
    }

    async fn fails(&self, voucher: &str, device: &str) -> Result<String> {
        let before = self.purses().await?;
        let evidence = hash("no heartbeat since the morning");
        let report = format!("escrow report-malfunction {device} --evidence {evidence}");
        self.tool("owner", &report).await?;
        let finalize = format!("escrow finalize-malfunction {device}");
        let early = self.tool("owner", &format!("{finalize} --dry-run")).await;
        ensure!(early.is_err(), "final before the window is over");
        self.later(14 * DAY_SECS + 1).await?;
        self.tool("owner", &finalize).await?;
        for _ in 0..13 {
            self.later(31 * DAY_SECS).await?;
            let account = self.read("EscrowLens", "accountOf", &[&voucher]).await?;
            if account["held"] == "0" {
                break;
            }
            self.tool("neighbour", &format!("escrow claim-stream {device}"))
                .await?;
        }
        let paid = self.gained(&before).await?;
        let account = self.read("EscrowLens", "accountOf", &[&voucher]).await?;
        let quote = self
            .calculator(
                "voucher quote --type dash-cam --n 1 --months 12 --outcome malfunction --json",
            )
            .await?;
        for part in ["burned", "provider", "team", "user", "treasury"] {
            let (found, expected) = (&account[part], &quote[format!("{part}_wei")]);
            ensure!(
                found == expected,
                "{part}: {found} on chain, {expected} by the calculator"
            );
        }
        ensure!(
            quote["user_wei"] == paid["owner"].to_string().as_str(),
            "{paid:?}, but {quote}"
        );
        let shown = self.shown(&format!("escrow show {device}")).await?;
        ensure!(
            shown.matches("streamed").count() >= 12,
            "escrow show says {shown}"
        );
        Ok("owner 34 DIMO in 12 months; burned, provider, team, user, treasury equal the calculator to the wei".to_owned())
    }

    async fn challenged(&self, licence: &str) -> Result<String> {
        let breach = self.now().await? - DAY_SECS;
        let (claim, evidence) = (hash("false data"), hash("evidence"));
        let open = format!(
            "court open {licence} --breach-at {breach} --claim {claim} --evidence {evidence}"
        );
        let opened = self.tool("challenger", &open).await?;
        let case = emitted(&opened, "CaseOpened", "caseId")?;
        self.reverts("maker", "StakeVault", "withdraw", &[&licence, &0, &1])
            .await
            .context("stake of a challenged licence")?;
        let answer = hash("answer");
        self.tool(
            "maker",
            &format!("court respond {case} --evidence {answer}"),
        )
        .await?;
        self.tool("maker", &format!("court settle {case}")).await?;
        let number = CaseId(case.parse()?);
        let leaf = |account, shares| merkle::claim_leaf(number, account, U256::from(shares));
        let (owner, neighbour) = (
            leaf(self.address("owner")?, 2u64),
            leaf(self.address("neighbour")?, 1),
        );
        let root = merkle::parent(owner, neighbour);
        self.panel_rules(&case, 1, root).await.context("round 1")?;
        let evidence = hash("new evidence");
        self.tool(
            "maker",
            &format!("court appeal {case} --evidence {evidence}"),
        )
        .await?;
        self.panel_rules(&case, 2, root).await.context("round 2")?;
        let before = self.purses().await?;
        let staked = self.staked(licence).await?;
        let execute = format!("court execute {case}");
        self.tool("neighbour", &execute).await?;
        let slashed = staked - self.staked(licence).await?;
        for (name, shares, proof) in [("owner", 2, neighbour), ("neighbour", 1, owner)] {
            let account = self.address(name)?;
            let claim =
                format!("court claim {case} --account {account} --shares {shares} --proof {proof}");
            self.tool("challenger", &claim).await?;
        }
        let paid = self.gained(&before).await?;
        self.is_active(licence, false).await?;
        // 20,000 and fees of two panels of three; the challenger has at least twice its deposit.
        ensure!(slashed == dimo(23_000), "slashed {slashed}");
        ensure!(paid["challenger"] == dimo(15_000), "{paid:?}");
        let users = paid["owner"] + paid["neighbour"];
        ensure!(
            !users.is_zero() && paid["owner"] >= paid["neighbour"] * U256::from(2u64),
            "{paid:?}"
        );
        let shown = self.shown(&format!("court show {case}")).await?;
        ensure!(shown.contains("closed"), "court show says {shown}");
        Ok(format!(
            "two panels of three drawn by lot; 23,000 DIMO slashed, {users} wei to two owners, 10,000 and the deposit to the challenger"
        ))
    }

    /// Draws a panel, whose members vote blind and show their votes.
    async fn panel_rules(&self, case: &str, round: u32, root: B256) -> Result<()> {
        let draw = format!("court draw {case}");
        self.tool("challenger", &draw).await?;
        self.blocks(20).await?;
        self.tool("challenger", &draw).await?;
        let panel = self
            .read("PanelAdjudicator", "panelOf", &[&case, &round])
            .await?;
        let seats: Vec<String> = panel["seats"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|seat| self.arbitrator_at(seat))
            .collect();
        ensure!(seats.len() == 3, "{} seats", seats.len());
        let opinion = hash("opinion");
        let ruling = format!(
            "court rule {case} --uphold --amount 20000 --opinion {opinion} --impact-root {root} --impact-shares 3"
        );
        for seat in &seats {
            self.tool(seat, &ruling).await?;
        }
        for seat in &seats {
            self.tool(seat, &format!("{ruling} --reveal")).await?;
        }
        self.tool("challenger", &format!("court decide {case}"))
            .await?;
        Ok(())
    }

    async fn renounced(&self, licence: &str) -> Result<String> {
        self.tool("maker", &format!("license renounce {licence}"))
            .await?;
        let left = self.staked(licence).await?;
        let withdraw = format!("stake withdraw {licence} {}", left / ONE);
        self.later(183 * DAY_SECS).await?;
        let early = self.tool("maker", &format!("{withdraw} --dry-run")).await;
        ensure!(early.is_err(), "the stake is free a day early");
        self.later(DAY_SECS + 1).await?;
        let before = self.purses().await?;
        self.tool("maker", &withdraw).await?;
        self.tool("neighbour", &format!("license release {licence}"))
            .await?;
        let paid = self.gained(&before).await?;
        ensure!(paid["maker"] == left, "{} of {left}", paid["maker"]);
        Ok(format!("{} DIMO back", left / ONE))
    }

    /// What a vote must do after the deployer gave its powers away.
    async fn voted(&self) -> Result<String> {
        let preview = self.tool("admin", "handover --dry-run").await?;
        let powers = preview["renounced"].as_array().map_or(0, Vec::len);
        ensure!(powers > 0, "{preview}");
        let key = B256::right_padding_from(b"court.deposit").to_string();
        let set: [&dyn ToString; 2] = [&key, &dimo(6_000)];
        self.tool("admin", "handover").await?;
        self.reverts("admin", "Parameters", "set", &set)
            .await
            .context("the deployer after the handover")?;
        let again = self.tool("admin", "handover").await?;
        ensure!(again["renounced"] == serde_json::json!([]), "{again}");

        let voter = self.address("voter")?;
        self.act("voter", "DimoToken", "delegate", &[&voter])
            .await?;
        self.later(1).await?;
        let arguments = [key.clone(), dimo(6_000).to_string()];
        let call = self.network.transaction("Parameters", "set", &arguments)?;
        let (targets, values, calls) = (
            format!("[{}]", call.to),
            "[0]".to_owned(),
            format!("[{}]", call.data),
        );
        let description = "a higher deposit";
        let proposed = self
            .act(
                "voter",
                "DimoGovernor",
                "propose",
                &[&targets, &values, &calls, &description],
            )
            .await?;
        let id = field(&proposed, "ProposalCreated", "proposalId")?;
        let days = |secs: &str| -> Result<u64> { Ok(secs.parse::<u64>()? / DAY_SECS) };
        let delay = self.text("DimoGovernor", "votingDelay", &[]).await?;
        self.later(delay.parse::<u64>()? + 1).await?;
        self.act("voter", "DimoGovernor", "castVote", &[&id, &1])
            .await?;
        let period = self.text("DimoGovernor", "votingPeriod", &[]).await?;
        self.later(period.parse::<u64>()? + 1).await?;
        let outcome: [&dyn ToString; 4] = [&targets, &values, &calls, &hash(description)];
        self.act("voter", "DimoGovernor", "queue", &outcome).await?;
        let wait = self.text("DimoTimelock", "getMinDelay", &[]).await?;
        self.reverts("voter", "DimoGovernor", "execute", &outcome)
            .await
            .context("before the timelock is over")?;
        self.later(wait.parse::<u64>()? + 1).await?;
        self.act("neighbour", "DimoGovernor", "execute", &outcome)
            .await?;
        let value = self.text("Parameters", "get", &[&key]).await?;
        ensure!(value == dimo(6_000).to_string(), "court.deposit is {value}");
        Ok(format!(
            "{powers} powers to the timelock; {} days of voting, {} of waiting, court.deposit 6,000 DIMO",
            days(&period)?,
            days(&wait)?
        ))
    }
}
