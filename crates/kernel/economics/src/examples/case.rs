use std::{collections::BTreeMap, num::NonZeroU64};

use milepost_types::{U256, Wei};
use serde::Deserialize;

use crate::{
    DeviceType, FunctionClass, Key, LicenseKind, Profile, TeamCurve,
    amount::{self, format_units, parse_units},
    burn::{Rounding, app_burn_rounded},
    escrow::{self, Outcome},
    split::{self, SplitRule},
    stake::{self, Usage, Usd18},
};

/// The numbers of a worked example. Amounts are decimal texts in tokens, dollars or percent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// What a licence needs.
    Stake(StakeCase),
    /// What an app burns in a month, in the three roundings that the text leaves open.
    AppBurn(AppBurnCase),
    /// Where the price of a voucher goes.
    Voucher(VoucherCase),
    /// The team's rate, in percent rounded as printed.
    TeamRate(TeamRateCase),
    /// The first voucher at the team's floor.
    TeamFloor(TeamFloorCase),
    /// What all vouchers of the cap cost.
    FullMint(FullMintCase),
    /// What the team earns over all vouchers of each cap, rounded as printed, and the sum of these.
    TeamTotals(TeamTotalsCase),
    /// The stake of a provider and the price of its devices together.
    ProviderAndDevices(ProviderAndDevicesCase),
    /// Who gets an access fee.
    FeeSplit(FeeSplitCase),
    /// What nodes get of a fee, in percent, by their credits.
    NodePool(NodePoolCase),
    /// Whole tokens for dollars.
    Pegged(PeggedCase),
    /// A price for credits, and an amount of them in dollars (C-25).
    DcxPeg(DcxPegCase),
}

/// See [`Case::Stake`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StakeCase {
    license: LicenseKind,
    #[serde(default)]
    users: u64,
    #[serde(default)]
    units: u64,
    class: Option<FunctionClass>,
    usd_per_token: Option<String>,
    gives: String,
}

/// See [`Case::AppBurn`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppBurnCase {
    users: u64,
    floor: String,
    pro_rata: String,
    ceil: String,
}

/// See [`Case::Voucher`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoucherCase {
    #[serde(rename = "type")]
    device: DeviceType,
    n: NonZeroU64,
    months: u32,
    outcome: Outcome,
    price: Option<String>,
    burned: Option<String>,
    provider: Option<String>,
    team: Option<String>,
    user: Option<String>,
    treasury: Option<String>,
    /// First month, rounded as printed.
    provider_month: Option<String>,
    /// First month, rounded as printed.
    team_month: Option<String>,
}

/// See [`Case::TeamRate`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamRateCase {
    n: NonZeroU64,
    percent: String,
}

/// See [`Case::TeamFloor`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamFloorCase {
    first: u64,
}

/// See [`Case::FullMint`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FullMintCase {
    #[serde(rename = "type")]
    device: DeviceType,
    gives: String,
}

/// See [`Case::TeamTotals`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamTotalsCase {
    each: BTreeMap<DeviceType, String>,
    sum: String,
}

/// See [`Case::ProviderAndDevices`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderAndDevicesCase {
    #[serde(rename = "type")]
    device: DeviceType,
    devices: u64,
    gives: String,
}

/// See [`Case::FeeSplit`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeSplitCase {
    /// The rule the text states for this example; that of the profile when there is none.
    rule: Option<SplitRule>,
    gross: String,
    burned: String,
    #[serde(default = "zero")]
    treasury: String,
    users: String,
    node: String,
}

/// See [`Case::NodePool`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodePoolCase {
    credits: Vec<u64>,
    percent: Vec<String>,
    treasury_percent: String,
}

/// See [`Case::Pegged`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeggedCase {
    usd: String,
    usd_per_token: String,
    gives: String,
}

/// See [`Case::DcxPeg`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DcxPegCase {
    usd_per_dcx: String,
    dcx: String,
    usd: String,
}

fn zero() -> String {
    "0".to_owned()
}

/// One number to compare, both sides as text.
pub(super) struct Check {
    pub(super) what: String,
    pub(super) expected: String,
    pub(super) actual: String,
}

impl Case {
    pub(super) fn checks(&self, p: &Profile) -> Vec<Check> {
        match self {
            Self::Stake(case) => case.checks(p),
            Self::AppBurn(case) => case.checks(p),
            Self::Voucher(case) => case.checks(p),
            Self::TeamRate(TeamRateCase { n, percent }) => {
                let hundred = U256::from(100) * amount::one();
                vec![rounded(
                    format!("team's rate at n = {n}"),
                    percent,
                    TeamCurve::of(p).part(hundred, *n),
                )]
            }
            Self::TeamFloor(TeamFloorCase { first }) => {
                let actual = TeamCurve::of(p).first_at_floor();
                let actual = actual.map_or_else(|| "never".to_owned(), |n| n.to_string());
                vec![Check {
                    what: "first n at the team's floor".to_owned(),
                    expected: first.to_string(),
                    actual,
                }]
            }
            Self::FullMint(FullMintCase { device, gives }) => {
                let sum = p.get(Key::voucher_price(*device)) * p.get(Key::voucher_cap(*device));
                vec![exact(format!("all {device} vouchers"), gives, sum)]
            }
            Self::TeamTotals(case) => case.checks(p),
            Self::ProviderAndDevices(ProviderAndDevicesCase {
                device,
                devices,
                gives,
            }) => {
                let price = p.get(Key::voucher_price(*device));
                let sum = p.get(Key::StakeProvider) + price * U256::from(*devices);
                vec![exact(
                    format!("provider stake and {devices} × {device}"),
                    gives,
                    sum,
                )]
            }
            Self::FeeSplit(case) => case.checks(p),
            Self::NodePool(case) => case.checks(p),
            Self::Pegged(PeggedCase {
                usd,
                usd_per_token,
                gives,
            }) => {
                let what = format!("${usd} at ${usd_per_token}");
                vec![with_units(
                    &what,
                    gives,
                    [usd, usd_per_token],
                    |[usd, price]| stake::pegged(Usd18(usd), Usd18(price)).0,
                )]
            }
            Self::DcxPeg(DcxPegCase {
                usd_per_dcx,
                dcx,
                usd,
            }) => {
                let what = format!("{dcx} DCX at ${usd_per_dcx}");
                vec![with_units(
                    &what,
                    usd,
                    [usd_per_dcx, dcx],
                    |[price, dcx]| amount::mul_div(price, dcx, amount::one()),
                )]
            }
        }
    }
}

impl TeamTotalsCase {
    /// One pass over the numbers of the largest cap: the decay of a number is the same for every type.
    fn checks(&self, p: &Profile) -> Vec<Check> {
        let curve = TeamCurve::of(p);
        let mut totals: Vec<_> = self
            .each
            .keys()
            .map(|t| {
                (
                    p.get(Key::voucher_price(*t)),
                    p.number(Key::voucher_cap(*t)),
                    U256::ZERO,
                )
            })
            .collect();
        let last = totals.iter().map(|(_, cap, _)| *cap).max().unwrap_or(0);
        for n in (1..=last).filter_map(NonZeroU64::new) {
            let decay = curve.decay(n);
            for (price, _, total) in totals.iter_mut().filter(|(_, cap, _)| n.get() <= *cap) {
                *total += curve.part_at(*price, decay);
            }
        }
        let mut sum = U256::ZERO;
        let mut checks = Vec::with_capacity(totals.len() + 1);
        for ((device, expected), (_, _, total)) in self.each.iter().zip(totals) {
            // The text adds what it printed: rounded totals.
            sum += round_as(expected, total);
            checks.push(rounded(
                format!("team's total over all {device} vouchers"),
                expected,
                total,
            ));
        }
        checks.push(exact(
            "sum of the team's totals as printed".to_owned(),
            &self.sum,
            sum,
        ));
        checks
    }
}

impl StakeCase {
    fn checks(&self, p: &Profile) -> Vec<Check> {
        let usage = Usage {
            users: self.users,
            units: self.units,
            class: self.class.unwrap_or(FunctionClass::Aggregate),
        };
        let price = self
            .usd_per_token
            .as_deref()
            .and_then(|text| parse_units(text).ok())
            .map(Usd18);
        let base = stake::base(p, self.license, usage, price);
        let what = format!(
            "{} with {} users, {} units",
            self.license, self.users, self.units
        );
        vec![exact(what, &self.gives, base.amount.0)]
    }
}

impl AppBurnCase {
    fn checks(&self, p: &Profile) -> Vec<Check> {
        let roundings = [
            (Rounding::Floor, "floor", &self.floor),
            (Rounding::ProRata, "pro rata", &self.pro_rata),
            (Rounding::Ceil, "ceil", &self.ceil),
        ];
        let check = |(rounding, name, expected): (Rounding, &str, &String)| {
            let burn = app_burn_rounded(p, self.users, rounding).0;
            exact(
                format!("burn of an app with {} users, {name}", self.users),
                expected,
                burn,
            )
        };
        roundings.map(check).into()
    }
}

impl VoucherCase {
    fn checks(&self, p: &Profile) -> Vec<Check> {
        let price = p.wei(Key::voucher_price(self.device));
        let split = escrow::split_price(p, price, self.n);
        let settled = escrow::settle(p, &split, self.months, self.outcome);
        let totals = [
            ("price", &self.price, price),
            ("burned", &self.burned, settled.burned),
            ("provider", &self.provider, settled.provider),
            ("team", &self.team, settled.team),
            ("user", &self.user, settled.user),
            ("treasury", &self.treasury, settled.treasury),
        ];
        let label = |part: &str| {
            format!(
                "{} no. {}, {} after {} months: {part}",
                self.device, self.n, self.outcome, self.months
            )
        };
        let mut checks: Vec<_> = totals
            .into_iter()
            .filter_map(|(part, expected, actual)| {
                Some(exact(label(part), expected.as_ref()?, actual.0))
            })
            .collect();
        if let Some(first) = settled.tranches.first() {
            let months = [
                ("provider", &self.provider_month, first.provider),
                ("team", &self.team_month, first.team),
            ];
            checks.extend(months.into_iter().filter_map(|(part, expected, actual)| {
                Some(rounded(
                    label(&format!("{part} a month")),
                    expected.as_ref()?,
                    actual.0,
                ))
            }));
        }
        checks
    }
}

impl FeeSplitCase {
    fn checks(&self, p: &Profile) -> Vec<Check> {
        let rule = self.rule.unwrap_or_else(|| SplitRule::of(p));
        let Ok(gross) = parse_units(&self.gross) else {
            return vec![unreadable("gross", &self.gross)];
        };
        let split = rule.apply(Wei(gross));
        let label = |part: &str| format!("fee of {}: {part}", self.gross);
        vec![
            exact(label("burned"), &self.burned, split.burned.0),
            exact(label("treasury"), &self.treasury, split.treasury.0),
            exact(label("users"), &self.users, split.users.0),
            exact(label("node"), &self.node, split.node.0),
        ]
    }
}

impl NodePoolCase {
    fn checks(&self, p: &Profile) -> Vec<Check> {
        let split = SplitRule::of(p).apply(amount::tokens(100));
        let weights: Vec<_> = self.credits.iter().map(|c| u128::from(*c)).collect();
        let parts = split::proportional(split.node, &weights);
        let mut checks = vec![exact(
            "treasury, percent".to_owned(),
            &self.treasury_percent,
            split.treasury.0,
        )];
        checks.extend(parts.iter().enumerate().map(|(i, part)| {
            let expected = self.percent.get(i).map_or("", String::as_str);
            exact(
                format!("node with {} credits, percent", self.credits[i]),
                expected,
                part.0,
            )
        }));
        checks
    }
}

/// Compares to the last digit.
fn exact(what: String, expected: &str, actual: U256) -> Check {
    // Printed and computed amount in the same form: "2250" and "2250.0" are one number.
    let expected = parse_units(expected).map_or_else(|error| error.to_string(), format_units);
    Check {
        what,
        expected,
        actual: format_units(actual),
    }
}

/// Compares to as many decimals as the text prints.
fn rounded(what: String, expected: &str, actual: U256) -> Check {
    exact(what, expected, round_as(expected, actual))
}

/// An amount rounded half up to as many decimals as a text prints.
fn round_as(text: &str, amount: U256) -> U256 {
    let decimals = text
        .split_once('.')
        .map_or(0, |(_, part)| part.len())
        .min(amount::DECIMALS);
    let unit = U256::from(10).pow(U256::from(amount::DECIMALS - decimals));
    (amount + unit / U256::from(2)) / unit * unit
}

fn unreadable(what: &str, text: &str) -> Check {
    Check {
        what: what.to_owned(),
        expected: "an amount".to_owned(),
        actual: text.to_owned(),
    }
}

fn with_units<const N: usize>(
    what: &str,
    expected: &str,
    texts: [&String; N],
    rule: impl FnOnce([U256; N]) -> U256,
) -> Check {
    let mut units = [U256::ZERO; N];
    for (unit, text) in units.iter_mut().zip(texts) {
        match parse_units(text) {
            Ok(value) => *unit = value,
            Err(_) => return unreadable(what, text),
        }
    }
    exact(what.to_owned(), expected, rule(units))
}
