//! Tables of one outcome: the same numbers for terminal, CSV and HTML.

use milepost_economics::DeviceType;

use super::table::{Cell, Kind, Table};
use crate::{Flows, LicenceMonth, Outcome, licence::KINDS, stake::place};

/// Columns of device flows: key, title, value.
type FlowColumn = (&'static str, &'static str, fn(&Flows) -> Cell);

const FLOW_COLUMNS: [FlowColumn; 21] = [
    ("unmet", "Unmet", |f| Cell::Count(f.unmet)),
    ("sold", "Sold", |f| Cell::Count(f.sold)),
    ("bonded", "Bonded", |f| Cell::Count(f.bonded)),
    ("connected", "Connected", |f| Cell::Count(f.connected)),
    ("failed", "Failed", |f| Cell::Count(f.failed)),
    ("disconnected", "Disconnected", |f| {
        Cell::Count(f.disconnected)
    }),
    ("completed", "Completed", |f| Cell::Count(f.completed)),
    ("closed", "Closed early", |f| Cell::Count(f.closed)),
    ("price", "Paid in", |f| Cell::Amount(f.price)),
    ("burned", "Burned", |f| Cell::Amount(f.burned)),
    ("provider", "Providers", |f| Cell::Amount(f.provider)),
    ("team", "Team", |f| Cell::Amount(f.team)),
    ("treasury", "Treasury", |f| Cell::Amount(f.treasury())),
    ("treasury_share", "Treasury: share", |f| {
        Cell::Amount(f.treasury_share)
    }),
    ("treasury_unpaid", "Treasury: unearned", |f| {
        Cell::Amount(f.treasury_unpaid)
    }),
    ("treasury_standing", "Treasury: maker not live", |f| {
        Cell::Amount(f.treasury_standing)
    }),
    ("user", "Owners", |f| Cell::Amount(f.user())),
    ("user_malfunction", "Owners: malfunction", |f| {
        Cell::Amount(f.user_malfunction)
    }),
    ("user_disconnect", "Owners: disconnect", |f| {
        Cell::Amount(f.user_disconnect)
    }),
    ("user_standing", "Owners: maker not live", |f| {
        Cell::Amount(f.user_standing)
    }),
    ("royalties", "Royalties", |f| Cell::Amount(f.royalties)),
];

fn kind_of(cell: &Cell) -> Kind {
    match cell {
        Cell::Amount(_) | Cell::AmountChange(_) => Kind::Amount,
        Cell::Text(_) => Kind::Text,
        Cell::Count(_) | Cell::CountChange(_) | Cell::Ppm(_) | Cell::PpmChange(_) | Cell::Empty => {
            Kind::Number
        }
    }
}

fn with_flow_columns(mut table: Table) -> Table {
    for (key, title, value) in FLOW_COLUMNS {
        table = table.column(key, title, kind_of(&value(&Flows::default())));
    }
    table
}

fn flow_cells(flows: &Flows) -> impl Iterator<Item = Cell> {
    FLOW_COLUMNS.iter().map(move |(_, _, value)| value(flows))
}

/// Each month and type, and the total of each month (type `total`).
pub(crate) fn monthly(outcome: &Outcome) -> Table {
    let table = Table::new(
        "monthly",
        "Devices by month and type",
        outcome.voucher_token,
    )
    .column("month", "Month", Kind::Number)
    .column("type", "Type", Kind::Text)
    .column("held", "Held", Kind::Amount);
    let mut table = with_flow_columns(table);
    let held: Vec<Vec<u128>> = DeviceType::ALL
        .iter()
        .map(|kind| outcome.held(*kind))
        .collect();
    for month in 0..outcome.months() {
        let number = Cell::Count(month as u64 + 1);
        for (kind, held) in DeviceType::ALL.iter().zip(&held) {
            let mut row = vec![
                number.clone(),
                Cell::Text(kind.key().to_owned()),
                Cell::Amount(held[month]),
            ];
            row.extend(flow_cells(outcome.flows(month, *kind)));
            table.row(row);
        }
        let sum = held.iter().map(|held| held[month]).sum();
        let mut row = vec![number, Cell::Text("total".to_owned()), Cell::Amount(sum)];
        row.extend(flow_cells(&outcome.flows_of_month(month)));
        table.row(row);
    }
    table
}

/// Each type over the run, and the total. `Connected` counts device months.
pub(crate) fn types(outcome: &Outcome) -> Table {
    let table = Table::new("types", "Device types over the run", outcome.voucher_token)
        .column("type", "Type", Kind::Text)
        .column("n", "Last n", Kind::Number)
        .column("team_rate_ppm", "Team at n", Kind::Number)
        .column("held", "Held", Kind::Amount);
    let mut table = with_flow_columns(table);
    let mut held_total = 0;
    for (kind, last) in DeviceType::ALL.iter().zip(&outcome.last_sales) {
        let held = outcome.held(*kind).last().copied().unwrap_or(0);
        held_total += held;
        let mut row = vec![
            Cell::Text(kind.key().to_owned()),
            Cell::Count(last.n),
            Cell::Ppm(last.team_ppm),
            Cell::Amount(held),
        ];
        row.extend(flow_cells(&outcome.totals(*kind)));
        table.row(row);
    }
    let mut row = vec![
        Cell::Text("total".to_owned()),
        Cell::Empty,
        Cell::Empty,
        Cell::Amount(held_total),
    ];
    row.extend(flow_cells(&outcome.total()));
    table.row(row);
    table
}

/// The types once more with the columns that fit a terminal.
pub(crate) fn types_brief(outcome: &Outcome) -> Table {
    let full = types(outcome);
    let keep = [
        "type",
        "sold",
        "unmet",
        "team_rate_ppm",
        "price",
        "burned",
        "provider",
        "team",
        "treasury",
        "user",
        "held",
    ];
    let places: Vec<usize> = keep
        .iter()
        .filter_map(|key| full.columns.iter().position(|column| column.key == *key))
        .collect();
    Table {
        name: "types_brief".to_owned(),
        columns: places
            .iter()
            .map(|place| full.columns[*place].clone())
            .collect(),
        rows: full
            .rows
            .iter()
            .map(|row| places.iter().map(|place| row[*place].clone()).collect())
            .collect(),
        title: full.title,
        token: full.token,
        whole: true,
    }
}

/// Each provider over the run.
pub(crate) fn providers(outcome: &Outcome) -> Table {
    let token = outcome.voucher_token;
    let mut table = Table::new("providers", "Providers over the run", token)
        .column("provider", "Provider", Kind::Text)
        .column("standing", "At the end", Kind::Text)
        .column("sold", "Sold", Kind::Number)
        .column("bonded", "Bonded", Kind::Number)
        .column("connected_months", "Device months", Kind::Number)
        .column("failed", "Failed", Kind::Number)
        .column("rebates", "Rebates", Kind::Amount)
        .column("lost", "Lost while not live", Kind::Amount);
    for (number, provider) in (1..).zip(&outcome.providers) {
        table.row(vec![
            Cell::Count(number),
            Cell::Text(provider.standing.to_owned()),
            Cell::Count(provider.flows.sold),
            Cell::Count(provider.flows.bonded),
            Cell::Count(provider.flows.connected_months),
            Cell::Count(provider.flows.failed),
            Cell::Amount(provider.flows.rebates),
            Cell::Amount(provider.flows.lost),
        ]);
    }
    table
}

/// Stake of each provider at the end; apart from [`providers`] because stakes are always DIMO.
pub(crate) fn provider_stakes(outcome: &Outcome) -> Table {
    let mut table = Table::new("provider_stakes", "Stakes of providers at the end", "DIMO")
        .column("provider", "Provider", Kind::Text)
        .column("standing", "At the end", Kind::Text)
        .column("required", "Required", Kind::Amount)
        .column("posted", "Posted", Kind::Amount)
        .column("slashed", "Slashed", Kind::Amount);
    for (number, provider) in (1..).zip(&outcome.providers) {
        table.row(vec![
            Cell::Count(number),
            Cell::Text(provider.standing.to_owned()),
            Cell::Amount(provider.stake.required),
            Cell::Amount(provider.stake.posted),
            Cell::Amount(provider.stake.slashed),
        ]);
    }
    table
}

/// Each month and kind of licence, and the total of each month (kind `total`).
pub(crate) fn stakes(outcome: &Outcome) -> Table {
    let mut table = Table::new("stakes", "Stakes by month and kind of licence", "DIMO")
        .column("month", "Month", Kind::Number)
        .column("kind", "Kind", Kind::Text)
        .column("licences", "Licences", Kind::Number)
        .column("active", "Active", Kind::Number)
        .column("required", "Required", Kind::Amount)
        .column("posted", "Posted", Kind::Amount)
        .column("in_release", "In release", Kind::Amount);
    for (month, row) in (1..).zip(&outcome.licences) {
        let mut line = |name: &str, stake: &crate::StakeMonth| {
            table.row(vec![
                Cell::Count(month),
                Cell::Text(name.to_owned()),
                Cell::Count(stake.licences),
                Cell::Count(stake.active),
                Cell::Amount(stake.required),
                Cell::Amount(stake.posted),
                Cell::Amount(stake.in_release),
            ]);
        };
        for kind in KINDS {
            line(kind.name(), &row.stakes[place(kind)]);
        }
        line("total", &total_stake(row));
    }
    table
}

/// Stakes of all kinds in a month.
pub(crate) fn total_stake(month: &LicenceMonth) -> crate::StakeMonth {
    let mut sum = crate::StakeMonth::default();
    for stake in &month.stakes {
        sum.licences += stake.licences;
        sum.active += stake.active;
        sum.required += stake.required;
        sum.posted += stake.posted;
        sum.in_release += stake.in_release;
    }
    sum
}

/// Columns of a month outside the device escrows: key, title, value.
type MonthColumn = (&'static str, &'static str, fn(&LicenceMonth) -> Cell);

const MONTH_COLUMNS: [MonthColumn; 19] = [
    ("users", "Users", |m| Cell::Count(m.users)),
    ("app_burned", "App burns", |m| Cell::Amount(m.app_burned)),
    ("cases", "Cases", |m| Cell::Count(m.court.cases)),
    ("upheld", "Upheld", |m| Cell::Count(m.court.upheld)),
    ("court_taken", "Slashed", |m| Cell::Amount(m.court.taken)),
    ("court_deposits", "Deposits lost", |m| {
        Cell::Amount(m.court.deposits)
    }),
    ("court_burned", "Court burns", |m| {
        Cell::Amount(m.court.burned)
    }),
    ("court_users", "Court to users", |m| {
        Cell::Amount(m.court.users)
    }),
    ("court_treasury", "Court to treasury", |m| {
        Cell::Amount(m.court.treasury)
    }),
    ("court_challengers", "Court to challengers", |m| {
        Cell::Amount(m.court.challengers)
    }),
    ("court_fees", "Arbitrators", |m| Cell::Amount(m.court.fees)),
    ("court_debt", "New debt", |m| Cell::Amount(m.court.debt)),
    ("court_debt_paid", "Debt paid", |m| {
        Cell::Amount(m.court.debt_paid)
    }),
    ("fees_gross", "Access fees", |m| Cell::Amount(m.fees.gross)),
    ("fees_burned", "Fees burned", |m| {
        Cell::Amount(m.fees.burned)
    }),
    ("fees_treasury", "Fees to treasury", |m| {
        Cell::Amount(m.fees.treasury)
    }),
    ("fees_users", "Fees to users", |m| {
        Cell::Amount(m.fees.users)
    }),
    ("fees_nodes", "Fees to nodes", |m| {
        Cell::Amount(m.fees.nodes)
    }),
    ("licences", "Licences", |m| {
        Cell::Count(total_stake(m).licences)
    }),
];

/// Users, burns, court, fees and issuance of each month.
pub(crate) fn network(outcome: &Outcome) -> Table {
    let mut table =
        Table::new("network", "Network by month", "DIMO").column("month", "Month", Kind::Number);
    for (key, title, value) in MONTH_COLUMNS {
        table = table.column(key, title, kind_of(&value(&LicenceMonth::default())));
    }
    let mut table = table.column("issuance", "Issuance", Kind::Amount).column(
        "reward_per_device",
        "Reward per device",
        Kind::Amount,
    );
    let rewards = outcome.reward_per_device();
    for (index, month) in outcome.licences.iter().enumerate() {
        let mut row = vec![Cell::Count(index as u64 + 1)];
        row.extend(MONTH_COLUMNS.iter().map(|(_, _, value)| value(month)));
        row.extend([
            Cell::Amount(outcome.issuance[index]),
            Cell::Amount(rewards[index]),
        ]);
        table.row(row);
    }
    table
}

/// What was supposed.
pub(crate) fn assumptions(outcome: &Outcome) -> Table {
    let mut table = Table::new("assumptions", "Assumptions of the model", "DIMO")
        .column("assumption", "Assumption", Kind::Text)
        .column("value", "Value", Kind::Number)
        .column("unit", "Unit", Kind::Text)
        .column("default", "Default", Kind::Number)
        .column("meaning", "Meaning", Kind::Text);
    for assumption in outcome.options.assumptions.list() {
        table.row(vec![
            Cell::Text(assumption.key.to_owned()),
            Cell::Count(assumption.value),
            Cell::Text(assumption.unit.label().to_owned()),
            Cell::Count(assumption.default),
            Cell::Text(assumption.meaning.to_owned()),
        ]);
    }
    table
}

/// The profile with its citations.
pub(crate) fn parameters(outcome: &Outcome) -> Table {
    let mut table = Table::new(
        "parameters",
        &format!("Parameters of {}", outcome.profile),
        "DIMO",
    )
    .column("parameter", "Parameter", Kind::Text)
    .column("value", "Value", Kind::Text)
    .column("source", "Source", Kind::Text);
    for (key, value, citation) in &outcome.parameters {
        table.row(vec![
            Cell::Text((*key).to_owned()),
            Cell::Text(value.clone()),
            Cell::Text(citation.clone()),
        ]);
    }
    table
}

/// The proof that nothing was lost.
pub(crate) fn balances(outcome: &Outcome) -> Table {
    let mut table = Table::new(
        "balances",
        "Conservation: paid in = paid out + held",
        outcome.voucher_token,
    )
    .column("account", "Account", Kind::Text)
    .column("paid_in", "Paid in", Kind::Amount)
    .column("accounted", "Paid out + held", Kind::Amount)
    .column("difference", "Difference (wei)", Kind::Number);
    for balance in outcome.balances() {
        let difference = balance.paid_in.abs_diff(balance.accounted);
        table.row(vec![
            Cell::Text(balance.what),
            Cell::Amount(balance.paid_in),
            Cell::Amount(balance.accounted),
            Cell::Count(u64::try_from(difference).unwrap_or(u64::MAX)),
        ]);
    }
    table
}
