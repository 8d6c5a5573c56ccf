//! `milepost voucher …`: types, buying, bonding; `quote` needs no chain. `milepost escrow …`: what a device's
//! escrow paid, to whom, and why not.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::{
    names,
    session::{Call, Session, document, plain},
};
use crate::cli::{DeviceArg, EscrowArgs, EscrowCommand, VoucherArgs, VoucherCommand};

const VOUCHER: &str = "MintVoucher";
const ESCROW: &str = "DeviceEscrow";
const LENS: &str = "EscrowLens";
// In the order of the contracts' enums.
const STATES: [&str; 6] = ["none", "sold", "active", "reported", "streaming", "closed"];
const STOPS: [&str; 5] = [
    "nothing",
    "malfunction",
    "disconnect",
    "idle",
    "window over",
];
const TRANCHE_STATES: [&str; 8] = [
    "none",
    "not started",
    "waiting",
    "paid",
    "paid without provider",
    "scheduled",
    "streamed",
    "forfeited",
];
const REASONS: [&str; 11] = [
    "none",
    "not bonded",
    "month not attested",
    "report open",
    "month attested",
    "provider suspended",
    "provider revoked",
    "malfunction",
    "disconnect",
    "idle",
    "window over",
];

pub(crate) async fn run(args: VoucherArgs) -> Result<()> {
    if let VoucherCommand::Quote(quote) = &args.command {
        return super::quote::voucher(quote, args.chain.json);
    }
    let session = Session::open(&args.chain, "maker").await?;
    match args.command {
        VoucherCommand::Quote(_) => Ok(()),
        VoucherCommand::Types => types(&session).await,
        VoucherCommand::Buy { device_type, count } => buy(&session, &device_type, count).await,
        VoucherCommand::Bond { voucher, device } => {
            let (kind, id) = of_device(&device)?;
            let arguments = vec![voucher.to_string(), kind, id];
            session.act(vec![Call(ESCROW, "bond", arguments)]).await
        }
        VoucherCommand::Show { voucher } => account(&session, &voucher.to_string()).await,
    }
}

pub(crate) async fn escrow(args: EscrowArgs) -> Result<()> {
    let session = Session::open(&args.chain, "owner").await?;
    let call = |function, arguments| vec![Call(ESCROW, function, arguments)];
    match args.command {
        EscrowCommand::Show { device } => {
            let voucher = voucher_of(&session, &device).await?;
            account(&session, &voucher).await
        }
        EscrowCommand::ReportMalfunction { device, evidence } => {
            let voucher = voucher_of(&session, &device).await?;
            session
                .act(call(
                    "reportMalfunction",
                    vec![voucher, document(&evidence)?],
                ))
                .await
        }
        EscrowCommand::FinalizeMalfunction { device } => {
            let voucher = voucher_of(&session, &device).await?;
            session
                .act(call("finalizeMalfunction", vec![voucher]))
                .await
        }
        EscrowCommand::ClaimStream { device } => {
            let voucher = voucher_of(&session, &device).await?;
            session.act(call("claimStream", vec![voucher])).await
        }
        EscrowCommand::Disconnect { device } => {
            let voucher = voucher_of(&session, &device).await?;
            session.act(call("disconnect", vec![voucher])).await
        }
        EscrowCommand::Close { device } => {
            let voucher = voucher_of(&session, &device).await?;
            session.act(call("close", vec![voucher])).await
        }
    }
}

async fn types(session: &Session) -> Result<()> {
    let keys = session.read(VOUCHER, "deviceTypes", &[]).await?;
    let mut report = serde_json::Map::new();
    for key in keys.as_array().context("device types")? {
        let key = plain(key);
        let facts = session
            .read(VOUCHER, "deviceType", std::slice::from_ref(&key))
            .await?;
        report.insert(names::ascii(&key), facts);
    }
    session.report(&Value::Object(report))
}

async fn buy(session: &Session, device_type: &str, count: u64) -> Result<()> {
    let key = names::device_type(device_type);
    let facts = session
        .read(VOUCHER, "deviceType", std::slice::from_ref(&key))
        .await?;
    let price: milepost_types::U256 = plain(&facts["price"]).parse()?;
    let cost = price
        .checked_mul(milepost_types::U256::from(count))
        .with_context(|| format!("{count} vouchers"))?;
    session
        .act(vec![
            Call(
                "DimoToken",
                "approve",
                vec![session.contract(VOUCHER)?, cost.to_string()],
            ),
            Call(
                VOUCHER,
                "buy",
                vec![key, count.to_string(), cost.to_string()],
            ),
        ])
        .await
}

/// Kind and id of a device as the contract takes them.
fn of_device(device: &DeviceArg) -> Result<(String, String)> {
    match (device.hardware, device.software) {
        (Some(id), None) => Ok((names::HARDWARE.to_owned(), id.to_string())),
        (None, Some(id)) => Ok((names::SOFTWARE.to_owned(), id.to_string())),
        _ => bail!("name the device: --hardware ID (aftermarket) or --software ID (synthetic)"),
    }
}

async fn voucher_of(session: &Session, device: &DeviceArg) -> Result<String> {
    if let Some(voucher) = device.voucher {
        return Ok(voucher.to_string());
    }
    let (kind, id) = of_device(device)?;
    let voucher = session.text(ESCROW, "voucherOf", &[kind, id]).await?;
    if voucher == "0" {
        bail!("no voucher is bonded to this device");
    }
    Ok(voucher)
}

/// Everything about one voucher's money.
async fn account(session: &Session, voucher: &str) -> Result<()> {
    let of = [voucher.to_owned()];
    let mut escrow = session.read(LENS, "escrowOf", &of).await?;
    let parts = session.read(LENS, "accountOf", &of).await?;
    let tranches = session.read(LENS, "tranchesOf", &of).await?;
    if plain(&escrow["state"]) == "0" {
        bail!("no voucher {voucher}");
    }
    spell(&mut escrow, "state", &STATES);
    spell(&mut escrow, "stop", &STOPS);
    escrow["deviceType"] = names::ascii(&plain(&escrow["deviceType"])).into();
    let tranches: Vec<Value> = tranches
        .as_array()
        .into_iter()
        .flatten()
        .cloned()
        .map(|mut tranche| {
            spell(&mut tranche, "state", &TRANCHE_STATES);
            spell(&mut tranche, "reason", &REASONS);
            tranche
        })
        .collect();
    if session.wants_json() {
        return session.report(&json!({
            "voucher": voucher, "escrow": escrow, "account": parts, "tranches": tranches,
        }));
    }
    session.report(&json!({
        "voucher": format!("{voucher}, number {} of {}", plain(&escrow["number"]), plain(&escrow["deviceType"])),
        "state": escrow["state"],
        "stopped_by": escrow["stop"],
        "months_paid": escrow["monthsPaid"],
        "months_streamed": escrow["monthsStreamed"],
    }))?;
    for part in ["burned", "provider", "team", "user", "treasury", "held"] {
        session.report(&json!({ (part): names::dimo(session, &plain(&parts[part])) }))?;
    }
    for (index, tranche) in tranches.iter().enumerate() {
        session.report(
            &json!({ (format!("tranche {}", index + 1)): tranche_line(session, tranche) }),
        )?;
    }
    Ok(())
}

/// What happened to one tranche, for people.
fn tranche_line(session: &Session, tranche: &Value) -> String {
    let amount = |part: &str| names::dimo(session, &plain(&tranche[part]));
    let to = match plain(&tranche["paidTo"]).as_str() {
        names::NOBODY => String::new(),
        _ => format!(" to {}", session.line(&tranche["paidTo"])),
    };
    format!(
        "{}{to} ({}): provider {}, team {}, treasury {}",
        plain(&tranche["state"]),
        plain(&tranche["reason"]),
        amount("provider"),
        amount("team"),
        amount("treasury"),
    )
}

/// Replaces a number by its name.
fn spell(value: &mut Value, field: &str, names: &[&str]) {
    let name = plain(&value[field])
        .parse::<usize>()
        .ok()
        .and_then(|number| names.get(number));
    if let Some(name) = name {
        value[field] = (*name).into();
    }
}
