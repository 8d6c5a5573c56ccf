//! `milepost license …`: apply, review, decide, and what follows.

use anyhow::{Result, bail};
use milepost_types::U256;
use serde_json::Value;

use super::{
    names::{self, KINDS},
    session::{Call, Session, document, plain},
};
use crate::cli::{LicenseArgs, LicenseCommand};

const BOOK: &str = "LicenseBook";
const ROSTER: &str = "TeamRoster";

pub(crate) async fn run(args: LicenseArgs) -> Result<()> {
    let session = Session::open(&args.chain, acting(&args.command)).await?;
    let call = |function, arguments| vec![Call(BOOK, function, arguments)];
    match args.command {
        LicenseCommand::Apply {
            kind,
            application,
            parent,
            device_type,
        } => {
            let hash = document(&application)?;
            match (parent, device_type) {
                (Some(parent), Some(device_type)) => {
                    let key = names::device_type(&device_type)?;
                    session
                        .act(call(
                            "applyForDeviceType",
                            vec![parent.to_string(), key, hash],
                        ))
                        .await
                }
                (None, None) => {
                    session
                        .act(call("applyFor", vec![names::kind(kind), hash]))
                        .await
                }
                _ => bail!("a device-type licence needs both --parent and --device-type"),
            }
        }
        LicenseCommand::Review { id } => review(&session, id).await,
        LicenseCommand::Show { id } => show(&session, id).await,
        LicenseCommand::Decide {
            id,
            approve,
            reject: _,
            analysis,
        } => {
            let arguments = vec![id.to_string(), approve.to_string(), document(&analysis)?];
            session.act(call("decide", arguments)).await
        }
        LicenseCommand::Suspend { id, analysis } => {
            session
                .act(call("suspend", vec![id.to_string(), document(&analysis)?]))
                .await
        }
        LicenseCommand::Reinstate { id, analysis } => {
            session
                .act(call(
                    "reinstate",
                    vec![id.to_string(), document(&analysis)?],
                ))
                .await
        }
        LicenseCommand::Revoke { id, analysis } => {
            session
                .act(call("revoke", vec![id.to_string(), document(&analysis)?]))
                .await
        }
        LicenseCommand::Renounce { id } => {
            session.act(call("renounce", vec![id.to_string()])).await
        }
        LicenseCommand::Release { id } => session.act(call("release", vec![id.to_string()])).await,
        LicenseCommand::PayBurn { id, month } => {
            let due = session.read(BOOK, "burnDue", &[id.to_string()]).await?;
            let approve = vec![session.contract(BOOK)?, plain(&due["amount"])];
            session
                .act(vec![
                    Call("DimoToken", "approve", approve),
                    Call(BOOK, "payBurn", vec![id.to_string(), month.to_string()]),
                ])
                .await
        }
    }
}

/// Who acts when nobody is named, on a development network.
const fn acting(command: &LicenseCommand) -> &'static str {
    match command {
        LicenseCommand::Review { .. }
        | LicenseCommand::Decide { .. }
        | LicenseCommand::Suspend { .. }
        | LicenseCommand::Reinstate { .. }
        | LicenseCommand::Revoke { .. } => "team",
        _ => "maker",
    }
}

/// The application, and whether the acting member may decide on it.
async fn review(session: &Session, id: u64) -> Result<()> {
    let of = [id.to_string()];
    let license = session.read(BOOK, "licenseInfo", &of).await?;
    let holder = plain(&license["holder"]);
    if holder == names::NOBODY {
        bail!("no licence {id}");
    }
    let named = |value: &Value, names: &[&'static str]| {
        let index: Option<usize> = plain(value).parse().ok();
        index.and_then(|i| names.get(i)).copied().unwrap_or("?")
    };
    let state = named(&license["state"], &names::STATES);
    let member = session.account()?.address().to_string();
    let is_member = session
        .text(ROSTER, "isMember", std::slice::from_ref(&member))
        .await?;
    let parties = [member.clone(), holder.clone()];
    let conflict = session.text(ROSTER, "hasConflict", &parties).await?;
    let may = match (state, is_member.as_str(), conflict.as_str()) {
        ("applied", "true", "false") => "approve or reject (license decide)",
        ("applied", "true", _) => "nothing: a declared conflict with the applicant",
        ("applied", ..) => "nothing: no member of the team, or its term is over",
        _ => "nothing: the application was decided",
    };
    session.report(&[
        ("license", id.into()),
        ("kind", named(&license["kind"], &KINDS).into()),
        ("applicant", holder.into()),
        (
            "applied at",
            names::time(session, &plain(&license["appliedAt"])),
        ),
        ("application", license["applicationHash"].clone()),
        ("parent", license["parent"].clone()),
        (
            "device type",
            names::ascii(&plain(&license["deviceType"])).into(),
        ),
        ("state", state.into()),
        ("stake covers", session.read(BOOK, "isCovered", &of).await?),
        ("reviewer", member.into()),
        ("conflict", (conflict == "true").into()),
        ("reviewer may", may.into()),
    ])
}

async fn show(session: &Session, id: u64) -> Result<()> {
    let of = [id.to_string()];
    let holder = session.text(BOOK, "holderOf", &of).await?;
    if holder == names::NOBODY {
        bail!("no licence {id}");
    }
    let kind: usize = session.text(BOOK, "kindOf", &of).await?.parse()?;
    let state: usize = session.text(BOOK, "stateOf", &of).await?.parse()?;
    let active = session.read(BOOK, "isActive", &of).await?;
    let due = session.read(BOOK, "burnDue", &of).await?;
    let court = session.text("StakeVault", "openChallenges", &of).await?;
    let (requirement, staked, counted) = (
        session.text(BOOK, "requirementOf", &of).await?,
        session.text("StakeVault", "stakeOf", &of).await?,
        session.text("StakeVault", "countedStakeOf", &of).await?,
    );
    let withdrawable = session.text("StakeVault", "withdrawable", &of).await?;
    let users = session.text(BOOK, "usersOf", &of).await?;
    let debt = session
        .text("Court", "debtOf", std::slice::from_ref(&holder))
        .await?;
    let state = names::STATES.get(state).copied().unwrap_or("?");
    let dimo = |amount: &str| Value::from(names::dimo(session, amount));
    session.report(&[
        ("license", id.into()),
        ("kind", KINDS.get(kind).copied().unwrap_or("?").into()),
        ("holder", holder.into()),
        ("state", state.into()),
        ("active", active),
        ("requirement", dimo(&requirement)),
        ("staked", dimo(&staked)),
        ("counted", dimo(&counted)),
        ("withdrawable", dimo(&withdrawable)),
        ("open challenges", court.into()),
        ("users", users.into()),
        ("burn due", dimo(&plain(&due["amount"]))),
        ("debt", dimo(&debt)),
        ("next", next(state, &requirement, &counted).into()),
    ])
}

/// What can happen next, for people.
fn next(state: &str, requirement: &str, counted: &str) -> &'static str {
    let covered = match (requirement.parse::<U256>(), counted.parse::<U256>()) {
        (Ok(requirement), Ok(counted)) => counted >= requirement,
        _ => false,
    };
    match state {
        "applied" => "the team or a vote decides (license decide)",
        "approved" if covered => "nothing: licensed while the stake covers the requirement",
        "approved" => "post the missing stake (stake post)",
        "suspended" => "the team reinstates or revokes; the stake is locked",
        "revoked" | "renounced" => {
            "the stake is free after the release delay, if no challenge holds it"
        }
        _ => "nothing: this licence has ended",
    }
}
