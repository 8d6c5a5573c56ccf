//! `milepost stake …`: post, withdraw, lend, show; `quote` needs no chain.

use anyhow::Result;

use super::{
    names,
    session::{Call, Session},
};
use crate::cli::{StakeArgs, StakeClass, StakeCommand};

const VAULT: &str = "StakeVault";

pub(crate) async fn run(args: StakeArgs) -> Result<()> {
    if let StakeCommand::Quote(quote) = &args.command {
        return super::quote::stake(quote, args.chain.json);
    }
    let acting = if matches!(args.command, StakeCommand::Lend { .. }) {
        "admin"
    } else {
        "maker"
    };
    let session = Session::open(&args.chain, acting).await?;
    match args.command {
        StakeCommand::Quote(_) => Ok(()),
        StakeCommand::Post { license, amount } => {
            let amount = names::wei(&amount)?;
            session
                .act(vec![
                    Call(
                        "DimoToken",
                        "approve",
                        vec![session.contract(VAULT)?, amount.clone()],
                    ),
                    Call(VAULT, "stake", vec![license.to_string(), amount]),
                ])
                .await
        }
        StakeCommand::Lend {
            license,
            amount,
            due_at,
        } => {
            let amount = names::wei(&amount)?;
            session
                .act(vec![
                    Call(
                        "DimoToken",
                        "approve",
                        vec![session.contract(VAULT)?, amount.clone()],
                    ),
                    Call(
                        VAULT,
                        "lend",
                        vec![license.to_string(), amount, due_at.to_string()],
                    ),
                ])
                .await
        }
        StakeCommand::Withdraw {
            license,
            amount,
            class,
        } => {
            let arguments = vec![license.to_string(), number(class), names::wei(&amount)?];
            session.act(vec![Call(VAULT, "withdraw", arguments)]).await
        }
        StakeCommand::Show { license } => show(&session, license).await,
    }
}

fn number(class: StakeClass) -> String {
    (class as u8).to_string()
}

async fn show(session: &Session, license: u64) -> Result<()> {
    let of = [license.to_string()];
    let amount = async |function: &str| -> Result<String> {
        Ok(names::dimo(
            session,
            &session.text(VAULT, function, &of).await?,
        ))
    };
    let requirement = session.text("LicenseBook", "requirementOf", &of).await?;
    let challenges = session.text(VAULT, "openChallenges", &of).await?;
    session.report(&[
        ("license", license.into()),
        ("requirement", names::dimo(session, &requirement).into()),
        ("staked", amount("stakeOf").await?.into()),
        ("counted", amount("countedStakeOf").await?.into()),
        ("withdrawable", amount("withdrawable").await?.into()),
        ("open challenges", challenges.into()),
        (
            "release at",
            names::time(session, &session.text(VAULT, "releaseAt", &of).await?),
        ),
        (
            "loan due at",
            names::time(session, &session.text(VAULT, "loanDueAt", &of).await?),
        ),
    ])
}
