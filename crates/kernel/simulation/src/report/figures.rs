//! The few numbers that sum up a run, and their change under a proposal.

use super::{
    table::{Cell, Kind, Table},
    tables::total_stake,
};
use crate::Outcome;

/// A key figure.
pub(crate) struct Figure {
    pub(crate) key: &'static str,
    pub(crate) title: &'static str,
    pub(crate) value: Value,
    /// Its amount is DIMO even where vouchers are paid in something else.
    pub(crate) dimo: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    Count(u64),
    Amount(u128),
    /// Parts per million of something.
    Ppm(u64),
}

/// Key figures in the order of the report: people and devices, then money out of vouchers, then DIMO.
pub(crate) fn figures(outcome: &Outcome) -> Vec<Figure> {
    let total = outcome.total();
    let figure = |key, title, value| Figure {
        key,
        title,
        value,
        dimo: false,
    };
    let mut list = vec![
        figure("sold", "Vouchers sold", Value::Count(total.sold)),
        figure(
            "unmet",
            "Demand not met (supply caps)",
            Value::Count(total.unmet),
        ),
        figure(
            "connected_end",
            "Devices connected in the last month",
            Value::Count(outcome.connected().last().copied().unwrap_or(0)),
        ),
        figure(
            "connected_months",
            "Device months connected",
            Value::Count(total.connected),
        ),
        figure(
            "completed",
            "Escrows paid in full",
            Value::Count(total.completed),
        ),
        figure("failed", "Devices that failed", Value::Count(total.failed)),
        figure(
            "disconnected",
            "Voluntary disconnects",
            Value::Count(total.disconnected),
        ),
        figure(
            "users_end",
            "Users in the last month",
            Value::Count(outcome.licences.last().map_or(0, |m| m.users)),
        ),
    ];
    let last = outcome.licences.last().map(total_stake).unwrap_or_default();
    list.extend([
        figure(
            "licences_end",
            "Licences in the last month",
            Value::Count(last.licences),
        ),
        figure("active_end", "Of them active", Value::Count(last.active)),
        figure(
            "cases",
            "Court cases",
            Value::Count(outcome.licences.iter().map(|m| m.court.cases).sum()),
        ),
        figure(
            "upheld",
            "Of them upheld",
            Value::Count(outcome.licences.iter().map(|m| m.court.upheld).sum()),
        ),
        figure(
            "provider_share",
            "Providers' part of what was paid in",
            part(total.provider, total.price),
        ),
        figure(
            "team_share",
            "Team's part of what was paid in",
            part(total.team, total.price),
        ),
        figure("price", "Paid for vouchers", Value::Amount(total.price)),
        figure(
            "device_burned",
            "Burned at bonding",
            Value::Amount(total.burned),
        ),
        figure(
            "rebates",
            "Rebates to providers",
            Value::Amount(total.provider),
        ),
        figure("team", "Team", Value::Amount(total.team)),
        figure(
            "escrow_treasury",
            "Treasury, from escrow",
            Value::Amount(total.treasury()),
        ),
        figure("streams", "Streamed to owners", Value::Amount(total.user())),
        figure(
            "held_end",
            "Held in escrow at the end",
            Value::Amount(outcome.books.held.iter().sum()),
        ),
        figure(
            "royalties",
            "Royalties on resold vouchers",
            Value::Amount(total.royalties),
        ),
    ]);
    list.extend(dimo(outcome));
    list
}

/// Figures that are DIMO whatever vouchers are paid in.
fn dimo(outcome: &Outcome) -> Vec<Figure> {
    let sum = |value: fn(&crate::LicenceMonth) -> u128| {
        Value::Amount(outcome.licences.iter().map(value).sum())
    };
    let last = outcome.licences.last().map(total_stake).unwrap_or_default();
    let figure = |key, title, value| Figure {
        key,
        title,
        value,
        dimo: true,
    };
    let rewards = outcome.reward_per_device();
    vec![
        figure(
            "required_end",
            "Stake required in the last month",
            Value::Amount(last.required),
        ),
        figure(
            "posted_end",
            "Stake posted in the last month",
            Value::Amount(last.posted),
        ),
        figure("app_burned", "Burned by apps", sum(|m| m.app_burned)),
        figure("court_taken", "Slashed", sum(|m| m.court.taken)),
        figure(
            "court_burned",
            "Burned by the court",
            sum(|m| m.court.burned),
        ),
        figure(
            "court_users",
            "Court awards to users",
            sum(|m| m.court.users),
        ),
        figure("fees", "Access fees", sum(|m| m.fees.gross)),
        figure("fees_burned", "Access fees burned", sum(|m| m.fees.burned)),
        figure(
            "reward_end",
            "Issuance per connected device in the last month",
            Value::Amount(rewards.last().copied().unwrap_or(0)),
        ),
        figure(
            "reward_always",
            "Issuance to a device connected in every month",
            Value::Amount(rewards.iter().sum()),
        ),
    ]
}

fn part(of: u128, whole: u128) -> Value {
    let ppm = of.saturating_mul(1_000_000).checked_div(whole).unwrap_or(0);
    Value::Ppm(u64::try_from(ppm).unwrap_or(u64::MAX))
}

/// Key figures of one run: counts and shares, then amounts of each token.
pub(crate) fn summary(outcome: &Outcome) -> Vec<Table> {
    let figures = figures(outcome);
    let mut counts = Table::new("summary_counts", "Devices and people", "DIMO")
        .column("figure", "Figure", Kind::Text)
        .column("value", "Value", Kind::Number);
    let mut amounts = Vec::new();
    for (name, title, token_of_table, want) in sections(outcome) {
        let mut table = Table::new(name, title, token_of_table)
            .column("figure", "Figure", Kind::Text)
            .column("value", "Value", Kind::Amount);
        for figure in &figures {
            if let Value::Amount(wei) = figure.value
                && figure.dimo == want
            {
                table.row(vec![Cell::Text(figure.title.to_owned()), Cell::Amount(wei)]);
            }
        }
        amounts.push(table);
    }
    for figure in &figures {
        let cell = match figure.value {
            Value::Count(count) => Cell::Count(count),
            Value::Ppm(ppm) => Cell::Ppm(ppm),
            Value::Amount(_) => continue,
        };
        counts.row(vec![Cell::Text(figure.title.to_owned()), cell]);
    }
    std::iter::once(counts).chain(amounts).collect()
}

type Section = (&'static str, &'static str, &'static str, bool);

const fn sections(outcome: &Outcome) -> [Section; 2] {
    [
        (
            "summary_vouchers",
            "Vouchers and escrow",
            outcome.voucher_token,
            false,
        ),
        (
            "summary_network",
            "Stakes, burns, court, fees and issuance",
            "DIMO",
            true,
        ),
    ]
}

/// Key figures of today and of a proposal, with their difference.
pub(crate) fn differences(today: &Outcome, changed: &Outcome) -> Vec<Table> {
    let (before, after) = (figures(today), figures(changed));
    let head = |name: &str, title: &str, token, kind| {
        Table::new(name, title, token)
            .column("figure", "Figure", Kind::Text)
            .column("today", "Today", kind)
            .column("changed", "Changed", kind)
            .column("difference", "Difference", kind)
            .column("relative", "Relative", Kind::Number)
    };
    let mut counts = head(
        "differences_counts",
        "Effect on devices and people",
        "DIMO",
        Kind::Number,
    );
    let mut tables = Vec::new();
    for (name, title, token, want) in sections(changed) {
        let name = name.replace("summary", "differences");
        let mut table = head(
            &name,
            &format!("Effect on {}", title.to_lowercase()),
            token,
            Kind::Amount,
        );
        for (a, b) in before.iter().zip(&after) {
            if let (Value::Amount(from), Value::Amount(to)) = (a.value, b.value)
                && b.dimo == want
            {
                table.row(vec![
                    Cell::Text(b.title.to_owned()),
                    Cell::Amount(from),
                    Cell::Amount(to),
                    Cell::AmountChange(to.cast_signed() - from.cast_signed()),
                    relative(from, to),
                ]);
            }
        }
        tables.push(table);
    }
    for (a, b) in before.iter().zip(&after) {
        let change = |from: u64, to: u64| to.cast_signed() - from.cast_signed();
        let (from, to, cells) = match (a.value, b.value) {
            (Value::Count(from), Value::Count(to)) => (
                from,
                to,
                [
                    Cell::Count(from),
                    Cell::Count(to),
                    Cell::CountChange(change(from, to)),
                ],
            ),
            (Value::Ppm(from), Value::Ppm(to)) => (
                from,
                to,
                [
                    Cell::Ppm(from),
                    Cell::Ppm(to),
                    Cell::PpmChange(change(from, to)),
                ],
            ),
            _ => continue,
        };
        let mut row = vec![Cell::Text(b.title.to_owned())];
        row.extend(cells);
        row.push(relative(u128::from(from), u128::from(to)));
        counts.row(row);
    }
    std::iter::once(counts).chain(tables).collect()
}

/// Change in per cent of today, two decimals.
pub(crate) fn relative(from: u128, to: u128) -> Cell {
    if from == to {
        return Cell::Text("0 %".to_owned());
    }
    if from == 0 {
        return Cell::Text("from 0".to_owned());
    }
    let hundredths = to.abs_diff(from).saturating_mul(10_000) / from;
    let sign = if to < from { '−' } else { '+' };
    Cell::Text(format!(
        "{sign}{}.{:02} %",
        hundredths / 100,
        hundredths % 100
    ))
}
