//! `milepost voucher …`: types, buying, bonding; `quote` needs no chain. `milepost escrow …`: what a device's
//! escrow paid, to whom, and why not.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use milepost_ledger::{VoucherId, merkle};
use milepost_types::{Address, B256, parse_address};
use serde_json::Value;

use super::{
    names,
    session::{Call, Session, document, plain},
};
use crate::cli::{DeviceArg, EscrowArgs, EscrowCommand, VoucherArgs, VoucherCommand};

const VOUCHER: &str = "MintVoucher";
const ESCROW: &str = "DeviceEscrow";
const ATTESTATIONS: &str = "ConnectionAttestations";
/// First line of a list of connected months.
const HEADING: &str = "voucher,period,owner";
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
            let (kind, id) = of_device(&session, &device)?;
            let arguments = vec![voucher.to_string(), kind, id];
            session.act(vec![Call(ESCROW, "bond", arguments)]).await
        }
        VoucherCommand::Show { voucher } => account(&session, &voucher.to_string()).await,
    }
}

pub(crate) async fn escrow(args: EscrowArgs) -> Result<()> {
    let acting = match args.command {
        EscrowCommand::Attest { .. } => "node",
        _ => "owner",
    };
    let session = Session::open(&args.chain, acting).await?;
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
        EscrowCommand::Attest { list, uri } => {
            let root = merkle::root(&leaves(&months(&list)?));
            let arguments = vec![root.to_string(), uri];
            session
                .act(vec![Call(ATTESTATIONS, "post", arguments)])
                .await
        }
        EscrowCommand::Settle {
            voucher,
            period,
            root,
            list,
        } => {
            let months = months(&list)?;
            let at = months
                .iter()
                .position(|m| m.voucher == voucher && m.period == period)
                .with_context(|| {
                    format!("{} has no month {period} of {voucher}", list.display())
                })?;
            let proof: Vec<String> = merkle::proof(&leaves(&months), at)
                .iter()
                .map(ToString::to_string)
                .collect();
            let arguments = vec![
                voucher.to_string(),
                period.to_string(),
                months[at].owner.to_string(),
                root.to_string(),
                format!("[{}]", proof.join(",")),
            ];
            session.act(call("settle", arguments)).await
        }
        EscrowCommand::Close { device } => {
            let voucher = voucher_of(&session, &device).await?;
            session.act(call("close", vec![voucher])).await
        }
    }
}

/// A month in which a device was connected.
struct Month {
    voucher: u64,
    period: u64,
    owner: Address,
}

/// Reads a list of connected months.
fn months(list: &Path) -> Result<Vec<Month>> {
    let text =
        fs::read_to_string(list).with_context(|| format!("read the list {}", list.display()))?;
    let mut lines = text.lines().enumerate();
    let heading = lines.next().map(|(_, line)| line.trim());
    if heading != Some(HEADING) {
        bail!("{}: the first line must be {HEADING}", list.display());
    }
    let months: Vec<Month> = lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            month(line).with_context(|| format!("{} line {}", list.display(), at + 1))
        })
        .collect::<Result<_>>()?;
    if months.is_empty() {
        bail!("{} lists no month", list.display());
    }
    Ok(months)
}

fn month(line: &str) -> Result<Month> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let [voucher, period, owner] = fields.as_slice() else {
        bail!("{} fields, not 3: {HEADING}", fields.len());
    };
    Ok(Month {
        voucher: voucher.parse().context("voucher")?,
        period: period.parse().context("period")?,
        owner: parse_address(owner).context("owner")?,
    })
}

fn leaves(months: &[Month]) -> Vec<B256> {
    months
        .iter()
        .map(|m| merkle::month_leaf(VoucherId(m.voucher), m.period, m.owner))
        .collect()
}

async fn types(session: &Session) -> Result<()> {
    let keys = session.read(VOUCHER, "deviceTypes", &[]).await?;
    let mut report = Vec::new();
    for key in keys.as_array().context("device types")? {
        let key = plain(key);
        let mut facts = session
            .read(VOUCHER, "deviceType", std::slice::from_ref(&key))
            .await?;
        if let Some(price) = facts.get("price").map(plain) {
            facts["price"] = names::dimo(session, &price).into();
        }
        report.push((names::ascii(&key), facts));
    }
    session.report(&report)
}

async fn buy(session: &Session, device_type: &str, count: u64) -> Result<()> {
    let key = names::device_type(device_type)?;
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
fn of_device(session: &Session, device: &DeviceArg) -> Result<(String, String)> {
    match device {
        DeviceArg::Hardware(id) => Ok((names::HARDWARE.to_owned(), id.to_string())),
        DeviceArg::Software(id) => Ok((names::SOFTWARE.to_owned(), id.to_string())),
        DeviceArg::Voucher(id) => bail!("voucher {id} is no device"),
        DeviceArg::Token {
            chain,
            contract,
            id,
        } => {
            session.same_chain(*chain)?;
            let contract = parse_address(contract)?.to_string();
            for (name, kind) in [
                ("AftermarketDeviceId", names::HARDWARE),
                ("SyntheticDeviceId", names::SOFTWARE),
            ] {
                if session.contract(name)? == contract {
                    return Ok((kind.to_owned(), id.to_string()));
                }
            }
            bail!("{contract} is no device contract of this network")
        }
    }
}

async fn voucher_of(session: &Session, device: &DeviceArg) -> Result<String> {
    if let DeviceArg::Voucher(voucher) = device {
        return Ok(voucher.to_string());
    }
    let (kind, id) = of_device(session, device)?;
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
        return session.report(&[
            ("voucher", voucher.into()),
            ("escrow", escrow),
            ("account", parts),
            ("tranches", tranches.into()),
        ]);
    }
    let (number, device_type) = (plain(&escrow["number"]), plain(&escrow["deviceType"]));
    let name = format!("{voucher}, number {number} of {device_type}");
    let mut lines = vec![
        ("voucher".to_owned(), name.into()),
        ("state".to_owned(), escrow["state"].take()),
        ("stopped by".to_owned(), escrow["stop"].take()),
        ("months paid".to_owned(), escrow["monthsPaid"].take()),
        (
            "months streamed".to_owned(),
            escrow["monthsStreamed"].take(),
        ),
    ];
    for part in ["burned", "provider", "team", "user", "treasury", "held"] {
        let amount = names::dimo(session, &plain(&parts[part]));
        lines.push((part.to_owned(), amount.into()));
    }
    for (index, tranche) in tranches.iter().enumerate() {
        lines.push((
            format!("tranche {}", index + 1),
            tranche_line(session, tranche).into(),
        ));
    }
    session.report(&lines)
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
