//! The parameters a run looks at, and every call into `milepost-economics`.
//!
//! Amounts leave here as 128-bit wei: the supply is below 2⁹⁰ wei, so sums over any run fit.

use std::num::NonZeroU64;

use milepost_economics::{
    DeviceType, FunctionClass, Key, LicenseKind, ParameterSource, Profile, bps_of, burn, calendar,
    court, escrow, ppm_of,
    split::SplitRule,
    stake::{self, Peg, Usage, Usd18},
};
use milepost_types::{U256, Wei};

use crate::{FeeMonth, LastSale, TYPES, licence::Challenge};

/// All values by number of their key: a lookup costs an index, which matters once per voucher.
#[derive(Debug)]
struct Values(Vec<U256>);

impl Values {
    fn of(profile: &Profile) -> Self {
        Self(Key::ALL.iter().map(|key| profile.get(*key)).collect())
    }
}

impl ParameterSource for Values {
    fn get(&self, key: Key) -> U256 {
        self.0[key as usize]
    }
}

/// Rules of one profile.
#[derive(Debug)]
pub(crate) struct Rules {
    values: Values,
    /// Supply caps; 0 is unlimited.
    pub(crate) caps: [u64; TYPES],
    prices: [Wei; TYPES],
    pub(crate) voucher_token: &'static str,
    pub(crate) escrow_months: u32,
    pub(crate) window_months: usize,
    pub(crate) idle_months: usize,
    pub(crate) warranty_months: usize,
    pub(crate) on_malfunction_user: bool,
    pub(crate) on_disconnect_user: bool,
    pub(crate) on_revoked_user: bool,
    /// Months from the end of a licence to its stake, rounded up.
    pub(crate) release_months: usize,
    /// Whole months that growth may stay uncovered.
    pub(crate) topup_months: usize,
}

/// Seconds of an average month: 365.2425 days / 12.
const MONTH_SECONDS: u64 = 2_629_746;

impl Rules {
    pub(crate) fn new(profile: &Profile) -> Self {
        let values = Values::of(profile);
        // Without vouchers devices are bonded freely: they cost nothing and no cap binds.
        let required = values.flag(Key::VoucherRequired);
        let prices = std::array::from_fn(|kind| {
            let price = values.wei(Key::voucher_price(DeviceType::ALL[kind]));
            if required { price } else { Wei(U256::ZERO) }
        });
        let caps = std::array::from_fn(|kind| {
            let cap = values.number(Key::voucher_cap(DeviceType::ALL[kind]));
            if required { cap } else { 0 }
        });
        let months = |key| usize::try_from(values.number(key)).expect("bounded by 240 months");
        let release = values
            .number(Key::StakeReleaseDelay)
            .div_ceil(MONTH_SECONDS);
        let topup = values.number(Key::StakeTopupWindow) / MONTH_SECONDS;
        Self {
            caps,
            prices,
            voucher_token: if values.number(Key::VoucherCurrency) == 1 {
                "DCX"
            } else {
                "DIMO"
            },
            escrow_months: escrow::months_of(&values),
            window_months: months(Key::EscrowWindowMonths),
            idle_months: months(Key::EscrowIdleMonths),
            warranty_months: months(Key::EscrowWarrantyMonths),
            on_malfunction_user: values.flag(Key::EscrowOnMalfunction),
            on_disconnect_user: values.flag(Key::EscrowOnDisconnect),
            on_revoked_user: values.flag(Key::EscrowOnRevoked),
            release_months: usize::try_from(release).expect("bounded by five years"),
            topup_months: usize::try_from(topup).expect("bounded by a year"),
            values,
        }
    }

    /// Split of the price of the n-th voucher of a type, in tranches.
    pub(crate) fn terms(&self, kind: usize, n: u64) -> Terms {
        let n = NonZeroU64::new(n).expect("vouchers count from 1");
        let split = escrow::split_price(&self.values, self.prices[kind], n);
        let part = |total| Part::new(total, self.escrow_months);
        Terms {
            price: wei(split.price),
            burned: wei(split.burned),
            provider: part(split.provider),
            team: part(split.team),
            treasury: part(split.treasury),
        }
    }

    /// The team's part of the last voucher of a type.
    pub(crate) fn last_sale(&self, kind: usize, n: u64) -> LastSale {
        let Some(team_ppm) = NonZeroU64::new(n).map(|n| {
            let split = escrow::split_price(&self.values, self.prices[kind], n);
            (split.team.0 * U256::from(1_000_000))
                .checked_div(split.price.0)
                .map_or(0, |ppm| ppm.saturating_to())
        }) else {
            return LastSale::default();
        };
        LastSale { n, team_ppm }
    }

    /// Royalty of a resale at a part of the first price.
    pub(crate) fn royalty(&self, price: u128, resale_ppm: u64) -> u128 {
        let resale = ppm_of(U256::from(price), U256::from(resale_ppm));
        bps_of(resale, self.values.get(Key::VoucherRoyaltyBps)).saturating_to()
    }

    /// What a licence must post; `at_approval` is filled in the first time.
    pub(crate) fn requirement(
        &self,
        kind: LicenseKind,
        size: &Size,
        at_approval: &mut Option<u128>,
    ) -> u128 {
        let usage = Usage {
            users: size.users,
            units: size.units,
            class: size.class,
        };
        let base = stake::base(&self.values, kind, usage, Some(size.peg));
        let kept = *at_approval.get_or_insert(wei(base.amount));
        wei(stake::requirement(
            &self.values,
            base,
            Some(Wei(U256::from(kept))),
            Wei(U256::ZERO),
        ))
    }

    /// Price that pegged stakes go by in each month, given the average prices in 10⁻⁶ USD.
    pub(crate) fn pegs(&self, prices: &[u64]) -> Vec<Usd18> {
        let mut peg = Peg::default();
        (0u32..)
            .zip(prices)
            .map(|(month, price)| {
                let twap = Usd18(U256::from(*price) * U256::from(MICRO_USD));
                let now = calendar::add_months(START, month);
                if stake::rebase_reason(&self.values, &peg, twap, now).is_some() {
                    peg.last = Some((twap, now));
                }
                peg.price().unwrap_or(twap)
            })
            .collect()
    }

    /// Whether a challenge restarts the delay of a release.
    pub(crate) fn restarts_release(&self, upheld: bool) -> bool {
        stake::restarts_release(&self.values, upheld)
    }

    /// Burn of an app for a month.
    pub(crate) fn app_burn(&self, users: u64) -> u128 {
        wei(burn::app_burn(&self.values, users))
    }

    /// Closes a case against a vault with this stake.
    pub(crate) fn judge(&self, vault: u128, challenge: Challenge) -> Case {
        let arbitrators = match self.values.number(Key::CourtAdjudicator) {
            0 => self.values.number(Key::CourtPanelSize),
            _ => 1,
        };
        let rulings = challenge.rounds * arbitrators;
        if !challenge.upheld {
            let parts = court::dismissed(&self.values, rulings);
            return Case {
                deposit_lost: wei(parts.total()),
                ..Case::of(&parts)
            };
        }
        let reparation = bps_of(U256::from(vault), U256::from(challenge.reparation_bps));
        let due = court::due_upheld(&self.values, Wei(reparation), None, rulings);
        let closing = court::close(&due, Wei(U256::from(vault)), true);
        Case {
            taken: wei(closing.paid.total()),
            debt: wei(closing.owed.total()),
            ..Case::of(&closing.paid)
        }
    }

    /// Access fees of a month, at so many millionths of a token for each connected device.
    pub(crate) fn split(&self, connected: u64, fee_micro: u64) -> FeeMonth {
        let gross = u128::from(connected) * u128::from(fee_micro) * MICRO_TOKEN;
        let parts = SplitRule::of(&self.values).apply(Wei(U256::from(gross)));
        FeeMonth {
            gross,
            burned: wei(parts.burned),
            treasury: wei(parts.treasury),
            users: wei(parts.users),
            nodes: wei(parts.node),
        }
    }
}

/// 10⁻⁶ US dollars in 10⁻¹⁸.
const MICRO_USD: u64 = 1_000_000_000_000;
/// 10⁻⁶ of a token in wei.
const MICRO_TOKEN: u128 = 1_000_000_000_000;
/// 1 January 2026, UTC: only the change of years matters, for yearly rebases.
const START: u64 = 1_767_225_600;

/// Sizes that a requirement depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) users: u64,
    pub(crate) units: u64,
    pub(crate) class: FunctionClass,
    /// Price of the last rebase.
    pub(crate) peg: Usd18,
}

/// What a closed case moves, in wei.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) taken: u128,
    pub(crate) burned: u128,
    pub(crate) users: u128,
    pub(crate) treasury: u128,
    pub(crate) challenger: u128,
    pub(crate) fees: u128,
    pub(crate) deposit_lost: u128,
    pub(crate) debt: u128,
}

impl Case {
    fn of(parts: &court::Parts) -> Self {
        Self {
            burned: wei(parts.burned),
            users: wei(parts.users),
            treasury: wei(parts.treasury),
            challenger: wei(parts.challenger),
            fees: wei(parts.fees),
            ..Self::default()
        }
    }
}

/// A total in equal tranches with the dust in the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    total: u128,
    each: u128,
    last: u128,
}

impl Part {
    fn new(total: Wei, months: u32) -> Self {
        Self {
            total: wei(total),
            each: wei(escrow::tranches_up_to(total, months, 1)),
            last: wei(escrow::tranche(total, months, months)),
        }
    }

    const fn tranche(self, number: u32, months: u32) -> u128 {
        if number == months {
            self.last
        } else {
            self.each
        }
    }

    const fn unpaid(self, paid: u32, months: u32) -> u128 {
        if paid == months {
            0
        } else {
            self.total - self.each * paid as u128
        }
    }
}

/// What one voucher pays, fixed at its sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) price: u128,
    pub(crate) burned: u128,
    provider: Part,
    team: Part,
    treasury: Part,
}

impl Terms {
    /// Provider's, team's and treasury's part of a tranche, counted from 1.
    pub(crate) const fn tranche(&self, rules: &Rules, number: u32) -> (u128, u128, u128) {
        let months = rules.escrow_months;
        (
            self.provider.tranche(number, months),
            self.team.tranche(number, months),
            self.treasury.tranche(number, months),
        )
    }

    /// All parts together after some tranches.
    pub(crate) const fn unpaid(&self, rules: &Rules, paid: u32) -> u128 {
        let months = rules.escrow_months;
        self.provider.unpaid(paid, months)
            + self.team.unpaid(paid, months)
            + self.treasury.unpaid(paid, months)
    }
}

/// Bounds of the key table keep every amount of one licence or voucher below 2¹¹⁰ wei.
fn wei(amount: Wei) -> u128 {
    amount.0.saturating_to()
}
