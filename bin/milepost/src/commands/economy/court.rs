//! `milepost court …`: the life of a case.

use anyhow::{Result, bail};
use milepost_chain_core::Account;
use milepost_types::keccak256;
use serde_json::Value;

use super::{
    names,
    session::{Call, Session, document, plain},
};
use crate::cli::{CourtArgs, CourtCommand, RuleArgs};

const COURT: &str = "Court";
const PANEL: &str = "PanelAdjudicator";
const PHASES: [&str; 7] = [
    "none",
    "responding",
    "mediation",
    "deciding",
    "appealable",
    "decided",
    "closed",
];
// In the order of the contract's enum.
const OUTCOMES: [&str; 5] = ["open", "dismissed", "upheld", "settled", "lapsed"];
const PARTS: [&str; 5] = ["fees", "challenger", "users", "treasury", "burned"];
const ZERO: &str = "0x0000000000000000000000000000000000000000000000000000000000000000";

pub(crate) async fn run(args: CourtArgs) -> Result<()> {
    let session = Session::open(&args.chain, acting(&args.command)).await?;
    let call = |function, arguments| vec![Call(COURT, function, arguments)];
    match args.command {
        CourtCommand::Open {
            license,
            breach_at,
            claim,
            evidence,
            subject,
            subject_id,
        } => {
            let deposit = session
                .text("Parameters", "get", &[names::key("court.deposit")?])
                .await?;
            let subject = match subject {
                None => names::NOBODY.to_owned(),
                Some(address) if address.starts_with("0x") => address,
                Some(name) => session.contract(&name)?,
            };
            let arguments = vec![
                license.to_string(),
                breach_at.to_string(),
                document(&claim)?,
                document(&evidence)?,
                subject,
                subject_id.to_string(),
            ];
            session
                .act(vec![
                    Call(
                        "DimoToken",
                        "approve",
                        vec![session.contract(COURT)?, deposit],
                    ),
                    Call(COURT, "open", arguments),
                ])
                .await
        }
        CourtCommand::Respond { case, evidence } => {
            session
                .act(call(
                    "respond",
                    vec![case.to_string(), document(&evidence)?],
                ))
                .await
        }
        CourtCommand::Settle {
            case,
            propose,
            accept,
        } => {
            let (function, amount) = match (&propose, &accept) {
                (_, Some(amount)) => ("acceptSettlement", amount),
                (Some(amount), None) => ("proposeSettlement", amount),
                (None, None) => {
                    return session
                        .act(call("declineMediation", vec![case.to_string()]))
                        .await;
                }
            };
            session
                .act(call(function, vec![case.to_string(), names::wei(amount)?]))
                .await
        }
        CourtCommand::Draw { case } => {
            session
                .act(vec![Call(PANEL, "draw", vec![case.to_string()])])
                .await
        }
        CourtCommand::Rule(rule) => {
            let call = rule_call(&session, &rule).await?;
            session.act(vec![call]).await
        }
        CourtCommand::Decide { case } => {
            session
                .act(vec![Call(PANEL, "decide", vec![case.to_string()])])
                .await
        }
        CourtCommand::Appeal { case, evidence } => {
            session
                .act(call("appeal", vec![case.to_string(), document(&evidence)?]))
                .await
        }
        CourtCommand::Execute { case } => session.act(call("close", vec![case.to_string()])).await,
        CourtCommand::Claim {
            case,
            account,
            shares,
            proof,
        } => {
            let proof = format!("[{}]", proof.join(","));
            session
                .act(call(
                    "claim",
                    vec![case.to_string(), account, shares, proof],
                ))
                .await
        }
        CourtCommand::Collect { case } => {
            let member = session.account()?.address().to_string();
            session
                .act(vec![
                    Call(PANEL, "distribute", vec![case.to_string()]),
                    Call(PANEL, "withdraw", vec![member]),
                ])
                .await
        }
        CourtCommand::PayDebt { case, amount } => {
            let amount = names::wei(&amount)?;
            session
                .act(vec![
                    Call(
                        "DimoToken",
                        "approve",
                        vec![session.contract(COURT)?, amount.clone()],
                    ),
                    Call(COURT, "payDebt", vec![case.to_string(), amount]),
                ])
                .await
        }
        CourtCommand::Show { case } => show(&session, case).await,
    }
}

const fn acting(command: &CourtCommand) -> &'static str {
    match command {
        CourtCommand::Open { .. } | CourtCommand::Claim { .. } => "challenger",
        // The external adjudicator of a development network.
        CourtCommand::Rule(_) => "admin",
        _ => "maker",
    }
}

/// The call that rules: on a panel a blind vote or its disclosure, otherwise the ruling itself.
async fn rule_call(session: &Session, rule: &RuleArgs) -> Result<Call> {
    let case = rule.case.to_string();
    let of = [case.clone()];
    let terms = session.read(COURT, "termsOf", &of).await?;
    if plain(&terms["adjudicator"]) != session.contract(PANEL)? {
        if rule.reveal {
            bail!("--reveal is for members of a panel, which does not decide case {case}");
        }
        return Ok(Call(COURT, "rule", vec![case, ruling(rule)?]));
    }
    let round = session.text(COURT, "roundOf", &of).await?;
    let salt = salt(session.account()?, &case, &round);
    if rule.reveal {
        return Ok(Call(PANEL, "reveal", vec![case, ruling(rule)?, salt]));
    }
    let arbitrator = session.account()?.address().to_string();
    let arguments = [case.clone(), round, arbitrator, ruling(rule)?, salt];
    let commitment = session.text(PANEL, "commitmentOf", &arguments).await?;
    Ok(Call(PANEL, "commit", vec![case, commitment]))
}

/// What hides a blind vote. It comes from the member's key, so that it need not be kept until the vote is shown.
fn salt(arbitrator: &Account, case: &str, round: &str) -> String {
    let secret = arbitrator.secret();
    let text = format!("milepost panel salt/{case}/{round}");
    keccak256([&secret[..], text.as_bytes()].concat()).to_string()
}

/// The ruling as the adjudicator's contract takes it.
fn ruling(rule: &RuleArgs) -> Result<String> {
    let award = match &rule.award {
        Some(award) => format!("({})", award.replace(':', ",")),
        None => "(0,0,0,0)".to_owned(),
    };
    let amount = if rule.uphold {
        names::wei(&rule.amount)?
    } else {
        "0".to_owned()
    };
    Ok(format!(
        "({},{},{},{},{},{})",
        rule.uphold,
        amount,
        award,
        document(&rule.opinion)?,
        rule.impact_root.as_deref().unwrap_or(ZERO),
        rule.impact_shares
    ))
}

async fn show(session: &Session, case: u64) -> Result<()> {
    let of = [case.to_string()];
    let phase: usize = session.text(COURT, "phaseOf", &of).await?.parse()?;
    let facts = session.read(COURT, "caseOf", &of).await?;
    let round = session.text(COURT, "roundOf", &of).await?;
    let mut rulings = Vec::new();
    for number in 1..=round.parse::<u64>()? {
        let at = [case.to_string(), number.to_string()];
        rulings.push(session.read(COURT, "rulingOf", &at).await?);
    }
    let closed = PHASES.get(phase) == Some(&"closed");
    let execution = if closed {
        Value::Null
    } else {
        session.read(COURT, "previewClose", &of).await?
    };
    let deadline = session.text(COURT, "deadlineOf", &of).await?;
    let phase = PHASES.get(phase).copied().unwrap_or("?");
    if session.wants_json() {
        return session.report(&[
            ("case", case.into()),
            ("phase", phase.into()),
            ("deadline", deadline.into()),
            ("round", round.into()),
            ("facts", facts),
            ("rulings", rulings.into()),
            ("execution would pay", execution),
        ]);
    }
    let dimo = |amount: &Value| names::dimo(session, &plain(amount));
    let mut lines = vec![
        ("case".to_owned(), case.into()),
        ("phase".to_owned(), phase.into()),
        ("until".to_owned(), names::time(session, &deadline)),
        ("license".to_owned(), facts["licenseId"].clone()),
        ("challenger".to_owned(), facts["challenger"].clone()),
        (
            "opened".to_owned(),
            names::time(session, &plain(&facts["openedAt"])),
        ),
        (
            "breach".to_owned(),
            names::time(session, &plain(&facts["breachAt"])),
        ),
        ("claim".to_owned(), facts["claimHash"].clone()),
        ("evidence".to_owned(), facts["evidenceHash"].clone()),
        (
            "offered".to_owned(),
            format!(
                "{} by the challenger, {} by the holder",
                dimo(&facts["challengerOffer"]),
                dimo(&facts["respondentOffer"])
            )
            .into(),
        ),
    ];
    for (number, ruling) in rulings.iter().enumerate() {
        let text = if ruling["opinionHash"] == ZERO {
            "none yet".to_owned()
        } else if ruling["upheld"] == true {
            let opinion = plain(&ruling["opinionHash"]);
            format!("upheld, {}, opinion {opinion}", dimo(&ruling["reparation"]))
        } else {
            format!("not upheld, opinion {}", plain(&ruling["opinionHash"]))
        };
        lines.push((format!("ruling {}", number + 1), text.into()));
    }
    let outcome = |value: &Value| {
        let index: Option<usize> = plain(value).parse().ok();
        index.and_then(|i| OUTCOMES.get(i)).copied().unwrap_or("?")
    };
    let parts = |of: &Value| {
        let parts = PARTS
            .iter()
            .map(|part| format!("{part} {}", dimo(&of[*part])));
        parts.collect::<Vec<_>>().join(", ")
    };
    if execution.is_null() {
        lines.push(("outcome".to_owned(), outcome(&facts["outcome"]).into()));
        lines.push(("paid".to_owned(), parts(&facts["paid"]).into()));
        lines.push(("owed".to_owned(), parts(&facts["owed"]).into()));
    } else {
        lines.push((
            "executed now".to_owned(),
            format!(
                "{}: {} from the stake, {} of the deposit back",
                outcome(&execution["outcome"]),
                dimo(&execution["taken"]),
                dimo(&execution["depositReturned"])
            )
            .into(),
        ));
        lines.push(("would pay".to_owned(), parts(&execution["paid"]).into()));
        lines.push(("would owe".to_owned(), parts(&execution["owed"]).into()));
    }
    session.report(&lines)
}
