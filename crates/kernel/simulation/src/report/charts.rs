//! The charts of a run, each with the table of its yearly figures.

use milepost_economics::DeviceType;

use super::{
    chart::{Chart, Form, Series},
    figures::relative,
    table::{Cell, Kind, Table},
    tables::total_stake,
};
use crate::{Flows, Outcome, TOKEN_WEI};

/// What a year's row of a series is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Yearly {
    /// Sum of its months.
    Sum,
    /// Its last month.
    Last,
}

/// What a series counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    Wei,
    Devices,
    Ppm,
}

/// A chart before it knows whether there is something to compare with.
struct Draft {
    id: &'static str,
    title: &'static str,
    description: &'static str,
    token: &'static str,
    measure: Measure,
    form: Form,
    yearly: Yearly,
    series: Vec<(&'static str, Vec<u128>)>,
}

/// All charts of a run; with `today` the unchanged profile is drawn as dashed lines.
pub(crate) fn charts(outcome: &Outcome, today: Option<&Outcome>) -> Vec<Chart> {
    let drafts = drafts(outcome);
    match today {
        None => drafts.iter().map(|draft| finish(draft, None)).collect(),
        Some(today) => drafts
            .iter()
            .zip(&self::drafts(today))
            .map(|(draft, today)| finish(draft, Some(today)))
            .collect(),
    }
}

fn drafts(outcome: &Outcome) -> Vec<Draft> {
    let mut list = stakes(outcome);
    list.extend(rebates_and_team(outcome));
    list.extend(burns_and_treasury(outcome));
    list.extend(owners_and_escrow(outcome));
    list.extend(growth(outcome));
    list
}

fn of_months(outcome: &Outcome, value: impl Fn(usize) -> u128) -> Vec<u128> {
    (0..outcome.months()).map(value).collect()
}

/// One series for each device type.
fn by_type(outcome: &Outcome, value: fn(&Flows) -> u128) -> Vec<(&'static str, Vec<u128>)> {
    DeviceType::ALL
        .iter()
        .map(|kind| {
            (
                label(*kind),
                of_months(outcome, |month| value(outcome.flows(month, *kind))),
            )
        })
        .collect()
}

const fn label(kind: DeviceType) -> &'static str {
    match kind {
        DeviceType::Software => "Software",
        DeviceType::Dongle => "Dongle",
        DeviceType::Hub => "Hub",
        DeviceType::DashCam => "Dash cam",
        DeviceType::Fleet => "Fleet",
        DeviceType::Ai => "AI",
    }
}

fn stakes(outcome: &Outcome) -> Vec<Draft> {
    let stake = |value: fn(&crate::StakeMonth) -> u128| {
        of_months(outcome, |month| {
            value(&total_stake(&outcome.licences[month]))
        })
    };
    vec![Draft {
        id: "stake-coverage",
        title: "Stake coverage",
        description: "Stake that all live licences posted, against what is required of them, and stake of ended licences that waits for its release.",
        token: "DIMO",
        measure: Measure::Wei,
        form: Form::Lines,
        yearly: Yearly::Last,
        series: vec![
            ("Posted", stake(|s| s.posted)),
            ("Required", stake(|s| s.required)),
            ("In release", stake(|s| s.in_release)),
        ],
    }]
}

fn rebates_and_team(outcome: &Outcome) -> Vec<Draft> {
    let token = outcome.voucher_token;
    vec![
        Draft {
            id: "rebates",
            title: "Rebates to providers",
            description: "Rebates paid to providers each month for devices that were connected, by device type.",
            token,
            measure: Measure::Wei,
            form: Form::Stacked,
            yearly: Yearly::Sum,
            series: by_type(outcome, |f| f.provider),
        },
        Draft {
            id: "team-earnings",
            title: "Earnings of the licensing team",
            description: "Paid to the team each month, by device type.",
            token,
            measure: Measure::Wei,
            form: Form::Stacked,
            yearly: Yearly::Sum,
            series: by_type(outcome, |f| f.team),
        },
        Draft {
            id: "sold-n",
            title: "Vouchers sold (n)",
            description: "Number n of the last voucher sold of each type: the team's part of a price falls along the reverse bonding curve as n grows.",
            token,
            measure: Measure::Devices,
            form: Form::Lines,
            yearly: Yearly::Last,
            series: by_type(outcome, |f| u128::from(f.sold))
                .into_iter()
                .map(|(name, sold)| (name, running(&sold)))
                .collect(),
        },
    ]
}

fn running(values: &[u128]) -> Vec<u128> {
    values
        .iter()
        .scan(0, |sum, value| {
            *sum += value;
            Some(*sum)
        })
        .collect()
}

fn burns_and_treasury(outcome: &Outcome) -> Vec<Draft> {
    let licences = &outcome.licences;
    let mixed = if outcome.voucher_token == "DIMO" {
        "DIMO"
    } else {
        "DIMO (vouchers: DCX)"
    };
    vec![
        Draft {
            id: "burns",
            title: "Burns",
            description: "Burned each month: when devices are bonded, by apps for their users, by the court, and of access fees.",
            token: mixed,
            measure: Measure::Wei,
            form: Form::Stacked,
            yearly: Yearly::Sum,
            series: vec![
                (
                    "Devices",
                    of_months(outcome, |m| outcome.flows_of_month(m).burned),
                ),
                ("Apps", of_months(outcome, |m| licences[m].app_burned)),
                ("Court", of_months(outcome, |m| licences[m].court.burned)),
                (
                    "Access fees",
                    of_months(outcome, |m| licences[m].fees.burned),
                ),
            ],
        },
        Draft {
            id: "treasury",
            title: "Treasury inflow",
            description: "Paid to the treasury each month: its own tranches, tranches nobody earned, tranches of makers that were not live, royalties, court awards with paid debt, and access fees.",
            token: mixed,
            measure: Measure::Wei,
            form: Form::Stacked,
            yearly: Yearly::Sum,
            series: vec![
                (
                    "Own tranches",
                    of_months(outcome, |m| outcome.flows_of_month(m).treasury_share),
                ),
                (
                    "Unearned",
                    of_months(outcome, |m| outcome.flows_of_month(m).treasury_unpaid),
                ),
                (
                    "Maker not live",
                    of_months(outcome, |m| outcome.flows_of_month(m).treasury_standing),
                ),
                (
                    "Royalties",
                    of_months(outcome, |m| outcome.flows_of_month(m).royalties),
                ),
                (
                    "Court",
                    of_months(outcome, |m| {
                        licences[m].court.treasury + licences[m].court.debt_paid
                    }),
                ),
                (
                    "Access fees",
                    of_months(outcome, |m| licences[m].fees.treasury),
                ),
            ],
        },
    ]
}

fn owners_and_escrow(outcome: &Outcome) -> Vec<Draft> {
    let token = outcome.voucher_token;
    vec![
        Draft {
            id: "user-streams",
            title: "Streams to owners",
            description: "Paid each month out of escrow to owners whose device failed or was disconnected, or whose maker was suspended or revoked.",
            token,
            measure: Measure::Wei,
            form: Form::Stacked,
            yearly: Yearly::Sum,
            series: vec![
                (
                    "Malfunction",
                    of_months(outcome, |m| outcome.flows_of_month(m).user_malfunction),
                ),
                (
                    "Disconnect",
                    of_months(outcome, |m| outcome.flows_of_month(m).user_disconnect),
                ),
                (
                    "Maker not live",
                    of_months(outcome, |m| outcome.flows_of_month(m).user_standing),
                ),
            ],
        },
        Draft {
            id: "escrow-held",
            title: "Escrow held",
            description: "Paid for vouchers and neither burned nor paid out at the end of each month, by device type.",
            token,
            measure: Measure::Wei,
            form: Form::Stacked,
            yearly: Yearly::Last,
            series: DeviceType::ALL
                .iter()
                .map(|kind| (label(*kind), outcome.held(*kind)))
                .collect(),
        },
    ]
}

fn growth(outcome: &Outcome) -> Vec<Draft> {
    vec![
        Draft {
            id: "connected",
            title: "Connected devices",
            description: "Devices connected in each month, by type: what a supply cap allows to grow.",
            token: "DIMO",
            measure: Measure::Devices,
            form: Form::Stacked,
            yearly: Yearly::Last,
            series: by_type(outcome, |f| u128::from(f.connected)),
        },
        Draft {
            id: "dilution",
            title: "Issuance per connected device",
            description: "The month's issuance divided by the connected devices: what each new device dilutes. A beginning with few devices may lie above the axis.",
            token: "DIMO",
            measure: Measure::Wei,
            form: Form::Lines,
            yearly: Yearly::Sum,
            series: vec![("Per device", outcome.reward_per_device())],
        },
        Draft {
            id: "coverage-active",
            title: "Active licences",
            description: "Part of the live licences that is active: approved, covered by stake and without court debt.",
            token: "DIMO",
            measure: Measure::Ppm,
            form: Form::Lines,
            yearly: Yearly::Last,
            series: vec![(
                "Active",
                of_months(outcome, |month| {
                    let stake = total_stake(&outcome.licences[month]);
                    (u128::from(stake.active) * 1_000_000)
                        .checked_div(u128::from(stake.licences))
                        .unwrap_or(0)
                }),
            )],
        },
    ]
}

fn finish(draft: &Draft, today: Option<&Draft>) -> Chart {
    let mut description = draft.description.to_owned();
    if today.is_some() {
        description.push_str(" Dashed: the unchanged profile.");
    }
    Chart {
        id: draft.id,
        title: draft.title.to_owned(),
        description,
        unit: draft.unit(),
        form: draft.form,
        // Issuance for the very first devices is so high that nothing else could be told apart.
        axis_from: if draft.id == "dilution" && draft.months() > 24 {
            12
        } else {
            0
        },
        series: draft.lines(""),
        today: today.map(Draft::today).unwrap_or_default(),
        table: draft.table(today),
    }
}

impl Draft {
    fn unit(&self) -> String {
        match self.measure {
            Measure::Wei => self.token.to_owned(),
            Measure::Devices if self.form == Form::Lines => "vouchers".to_owned(),
            Measure::Devices => "devices".to_owned(),
            Measure::Ppm => "%".to_owned(),
        }
    }

    fn lines(&self, suffix: &str) -> Vec<Series> {
        self.series
            .iter()
            .map(|(name, values)| Series {
                name: format!("{name}{suffix}"),
                values: values.iter().map(|value| self.scaled(*value)).collect(),
            })
            .collect()
    }

    /// Whether the series are parts of a whole.
    const fn totalled(&self) -> bool {
        matches!(self.form, Form::Stacked) || matches!(self.measure, Measure::Devices)
    }

    /// Dashed lines of the unchanged profile.
    fn today(&self) -> Vec<Series> {
        match self.form {
            Form::Lines => self.lines(", today"),
            Form::Stacked => vec![Series {
                name: "Total, today".to_owned(),
                values: (0..self.months())
                    .map(|month| self.scaled(self.total(month)))
                    .collect(),
            }],
        }
    }

    fn months(&self) -> usize {
        self.series.first().map_or(0, |(_, values)| values.len())
    }

    fn total(&self, month: usize) -> u128 {
        self.series.iter().map(|(_, values)| values[month]).sum()
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "places a mark; 53 bits are finer than any screen"
    )]
    fn scaled(&self, value: u128) -> f64 {
        match self.measure {
            // Micro-tokens first: exact for all that can be seen.
            Measure::Wei => (value / (TOKEN_WEI / 1_000_000)) as f64 / 1_000_000.0,
            Measure::Devices => value as f64,
            Measure::Ppm => value as f64 / 10_000.0,
        }
    }

    fn cell(&self, value: u128) -> Cell {
        let count = u64::try_from(value).unwrap_or(u64::MAX);
        match self.measure {
            Measure::Wei => Cell::Amount(value),
            Measure::Devices => Cell::Count(count),
            Measure::Ppm => Cell::Ppm(count),
        }
    }

    /// A row for each year, and the whole run for sums. What is compared comes first, to be seen without scrolling.
    fn table(&self, today: Option<&Self>) -> Table {
        let kind = match self.measure {
            Measure::Wei => Kind::Amount,
            Measure::Devices | Measure::Ppm => Kind::Number,
        };
        let basis = match self.yearly {
            Yearly::Sum => "by year",
            Yearly::Last => "at the end of each year",
        };
        let name = format!("chart_{}", self.id.replace('-', "_"));
        let mut table = Table::new(&name, &format!("{}, {basis}", self.title), self.token).column(
            "year",
            "Year",
            Kind::Text,
        );
        let totalled = self.totalled();
        if totalled {
            table = table.column("total", "Total", kind);
        }
        if today.is_some() {
            let what = if totalled {
                "Total"
            } else {
                self.series.first().map_or("", |(name, _)| *name)
            };
            table = table
                .column("today", &format!("{what}, today"), kind)
                .column("relative", "Change", Kind::Number);
        }
        for (name, _) in &self.series {
            table = table.column(&name.to_lowercase().replace(' ', "_"), name, kind);
        }
        // Large amounts are read, not reckoned with.
        let largest = self.series.iter().flat_map(|(_, values)| values).max();
        table.whole = largest.is_some_and(|wei| *wei >= 1_000 * TOKEN_WEI);
        let years = self.months().div_ceil(12);
        for year in 0..years {
            let span = year * 12..((year + 1) * 12).min(self.months());
            self.year(&mut table, today, format!("{}", year + 1), span);
        }
        if self.yearly == Yearly::Sum {
            self.year(&mut table, today, "All".to_owned(), 0..self.months());
        }
        table
    }

    fn year(
        &self,
        table: &mut Table,
        today: Option<&Self>,
        name: String,
        span: std::ops::Range<usize>,
    ) {
        let figure = |values: &[u128]| match self.yearly {
            Yearly::Sum => values[span.clone()].iter().sum(),
            Yearly::Last => values[span.end - 1],
        };
        let whole = |draft: &Self| -> u128 {
            let all = draft.series.iter().map(|(_, values)| figure(values));
            if draft.totalled() {
                all.sum()
            } else {
                all.take(1).sum()
            }
        };
        let mut row = vec![Cell::Text(name)];
        if self.totalled() {
            row.push(self.cell(whole(self)));
        }
        if let Some(today) = today {
            let before = whole(today);
            row.extend([self.cell(before), relative(before, whole(self))]);
        }
        row.extend(
            self.series
                .iter()
                .map(|(_, values)| self.cell(figure(values))),
        );
        table.row(row);
    }
}
