//! `milepost court …`: the life of a case.

use anyhow::Result;
use serde_json::json;

use super::{
    names,
    session::{Call, Session, document, plain},
};
use crate::cli::{CourtArgs, CourtCommand, RuleArgs};

const COURT: &str = "Court";
const PHASES: [&str; 7] = [
    "none",
    "responding",
    "mediation",
    "deciding",
    "appealable",
    "decided",
    "closed",
];
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
                .text("Parameters", "get", &[names::key("court.deposit")])
                .await?;
            let subject = subject.unwrap_or_else(|| names::NOBODY.to_owned());
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
        CourtCommand::Rule(rule) => session.act(vec![ruling(&rule)?]).await,
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
        CourtCommand::Rule { .. } => "court",
        _ => "maker",
    }
}

/// The ruling as the adjudicator's contract takes it.
fn ruling(rule: &RuleArgs) -> Result<Call> {
    let award = match &rule.award {
        Some(award) => format!("({})", award.replace(':', ",")),
        None => "(0,0,0,0)".to_owned(),
    };
    let amount = if rule.uphold {
        names::wei(&rule.amount)?
    } else {
        "0".to_owned()
    };
    let ruling = format!(
        "({},{},{},{},{},{})",
        rule.uphold,
        amount,
        award,
        document(&rule.opinion)?,
        rule.impact_root.as_deref().unwrap_or(ZERO),
        rule.impact_shares
    );
    Ok(Call(COURT, "rule", vec![rule.case.to_string(), ruling]))
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
    session.report(&json!({
        "case": case,
        "phase": PHASES.get(phase).copied().unwrap_or("?"),
        "deadline": plain(&session.read(COURT, "deadlineOf", &of).await?),
        "round": round,
        "facts": facts,
        "rulings": rulings,
        "execution_would_pay": session.read(COURT, "previewClose", &of).await?,
    }))
}
