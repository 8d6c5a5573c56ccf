use std::fmt;

use milepost_types::{U256, Wei};

use crate::{Key, ParameterSource, amount, calendar};

/// US dollars in 10⁻¹⁸; as a price, dollars for a whole token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Usd18(pub U256);

impl fmt::Display for Usd18 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}", amount::format_units(self.0))
    }
}

/// Whole tokens that a dollar amount needs, rounded down (C-13). [`super::UNPRICED`] when the price is zero.
#[must_use]
pub fn pegged(usd: Usd18, price: Usd18) -> Wei {
    if price.0.is_zero() {
        return super::UNPRICED;
    }
    // At most 10²⁷ tokens by the bounds, so 10⁴⁵ wei.
    Wei(usd.0 / price.0 * amount::one())
}

/// The price that pegged requirements are computed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Peg {
    /// Price of the last rebase and its time; none before the first.
    pub last: Option<(Usd18, u64)>,
}

impl Peg {
    /// The price now in force.
    #[must_use]
    pub fn price(&self) -> Option<Usd18> {
        self.last.map(|(price, _)| price)
    }
}

/// Why a rebase is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RebaseReason {
    /// There is no price yet.
    First,
    /// A new UTC year began since the last one.
    NewYear,
    /// The average price moved by `stake.peg_rebase_bps` or more.
    Moved,
}

/// Whether the peg moves to `twap` at `now`, and why; no one can move it otherwise (C-13). A zero price never counts.
#[must_use]
pub fn rebase_reason(
    p: &dyn ParameterSource,
    peg: &Peg,
    twap: Usd18,
    now: u64,
) -> Option<RebaseReason> {
    if twap.0.is_zero() {
        return None;
    }
    let Some((last, at)) = peg.last else {
        return Some(RebaseReason::First);
    };
    if p.flag(Key::StakePegYearly) && calendar::year_of(now) > calendar::year_of(at) {
        return Some(RebaseReason::NewYear);
    }
    let distance = last.0.abs_diff(twap.0);
    let threshold = amount::mul_div_ceil(last.0, p.get(Key::StakePegRebaseBps), U256::from(10_000));
    (distance >= threshold).then_some(RebaseReason::Moved)
}
