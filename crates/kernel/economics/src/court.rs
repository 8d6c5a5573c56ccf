//! Arithmetic of the court: who gets what when a case closes (specification, section 4). Amounts are below 2¹²⁸.

use std::ops::{Add, Sub};

use milepost_types::{U256, Wei};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Key, ParameterSource, amount};

/// Shares of a reparation in bps, summing to 10,000 (C-27).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// Burned.
    pub burn: u64,
    /// For affected users.
    pub users: u64,
    /// For the challenger.
    pub challenger: u64,
    /// For the treasury.
    pub treasury: u64,
}

/// Why a ruling's award cannot be executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AwardError {
    /// Not 100 %.
    #[error("award sums to {0} bps, not 10000")]
    Sum(u64),
    /// More for the challenger than the cap.
    #[error("award gives the challenger {share} bps, more than {cap}")]
    ChallengerCap {
        /// The share.
        share: u64,
        /// `court.challenger_cap_bps`.
        cap: u64,
    },
}

impl Award {
    /// The vector of the parameters.
    #[must_use]
    pub fn of(p: &dyn ParameterSource) -> Self {
        Self {
            burn: p.number(Key::CourtAwardBurnBps),
            users: p.number(Key::CourtAwardUsersBps),
            challenger: p.number(Key::CourtAwardChallengerBps),
            treasury: p.number(Key::CourtAwardTreasuryBps),
        }
    }

    /// Checks a vector that a ruling names.
    ///
    /// # Errors
    /// [`AwardError`].
    pub fn check(&self, p: &dyn ParameterSource) -> Result<(), AwardError> {
        let sum = [self.burn, self.users, self.challenger, self.treasury]
            .into_iter()
            .fold(0u64, u64::saturating_add);
        if sum != 10_000 {
            return Err(AwardError::Sum(sum));
        }
        let cap = p.number(Key::CourtChallengerCapBps);
        if self.challenger > cap {
            return Err(AwardError::ChallengerCap {
                share: self.challenger,
                cap,
            });
        }
        Ok(())
    }
}

/// Parts of what a losing side owes, pays or still owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// Fees of the arbitrators.
    pub fees: Wei,
    /// To the challenger.
    pub challenger: Wei,
    /// To affected users.
    pub users: Wei,
    /// To the treasury.
    pub treasury: Wei,
    /// Burned.
    pub burned: Wei,
}

impl Parts {
    fn map2(self, other: Self, f: fn(U256, U256) -> U256) -> Self {
        let f = |a: Wei, b: Wei| Wei(f(a.0, b.0));
        Self {
            fees: f(self.fees, other.fees),
            challenger: f(self.challenger, other.challenger),
            users: f(self.users, other.users),
            treasury: f(self.treasury, other.treasury),
            burned: f(self.burned, other.burned),
        }
    }

    /// Sum of all parts.
    #[must_use]
    pub fn total(&self) -> Wei {
        Wei(self.fees.0 + self.challenger.0 + self.users.0 + self.treasury.0 + self.burned.0)
    }

    /// What `available` pays of these dues, in this order: fees, challenger, users, treasury, burn. The shortfall of an
    /// insolvent respondent is therefore cut from the burn first and from the fees last; `self - served` is the debt.
    #[must_use]
    pub fn serve(&self, available: Wei) -> Self {
        let mut left = available.0;
        let mut take = |due: Wei| {
            let part = due.0.min(left);
            left -= part;
            Wei(part)
        };
        Self {
            fees: take(self.fees),
            challenger: take(self.challenger),
            users: take(self.users),
            treasury: take(self.treasury),
            burned: take(self.burned),
        }
    }

    /// Without a list of affected users their part is the treasury's.
    #[must_use]
    pub fn users_to_treasury(self) -> Self {
        Self {
            treasury: Wei(self.treasury.0 + self.users.0),
            users: Wei(U256::ZERO),
            ..self
        }
    }
}

impl Add for Parts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.map2(other, |a, b| a + b)
    }
}

impl Sub for Parts {
    type Output = Self;

    /// Part by part; `other` must not exceed `self` in any part.
    fn sub(self, other: Self) -> Self {
        debug_assert!(self.serve(self.total()) == self);
        self.map2(other, |a, b| a - b)
    }
}

/// Splits a reparation; the parts without fees sum to it.
///
/// The challenger gets its share, at least `least_reward`, at most all. What it gets above its share comes out of the
/// burn, then the treasury, then the users.
#[must_use]
pub fn split_reparation(reparation: Wei, award: &Award, least_reward: Wei, fees: Wei) -> Parts {
    let total = reparation.0;
    let share = |bps: u64| amount::bps_of(total, U256::from(bps));
    let own = share(award.challenger);
    let challenger = own.max(least_reward.0).min(total);
    let (mut users, mut treasury) = (share(award.users), share(award.treasury));
    let mut burned = total - own - users - treasury;
    let mut excess = challenger - own;
    for part in [&mut burned, &mut treasury, &mut users] {
        let cut = excess.min(*part);
        *part -= cut;
        excess -= cut;
    }
    Parts {
        fees,
        challenger: Wei(challenger),
        users: Wei(users),
        treasury: Wei(treasury),
        burned: Wei(burned),
    }
}

/// Fees of all arbitrators who ruled, over all rounds.
#[must_use]
pub fn fees(p: &dyn ParameterSource, rulings: u64) -> Wei {
    Wei(p.get(Key::CourtArbitratorFee) * U256::from(rulings))
}

/// Dues of a respondent who lost: at least `court.least_deposits` deposits, of which the challenger gets at least 1 % or
/// twice its deposit. `award` is the ruling's own vector, if it names one.
#[must_use]
pub fn due_upheld(
    p: &dyn ParameterSource,
    reparation: Wei,
    award: Option<Award>,
    rulings: u64,
) -> Parts {
    let deposit = p.get(Key::CourtDeposit);
    let reparation = reparation.0.max(p.get(Key::CourtLeastDeposits) * deposit);
    let least = amount::bps_of(reparation, p.get(Key::CourtRewardBps))
        .max(p.get(Key::CourtRewardDeposits) * deposit);
    let award = award.unwrap_or_else(|| Award::of(p));
    split_reparation(Wei(reparation), &award, Wei(least), fees(p, rulings))
}

/// Dues of a settlement: the parameters' vector, no least amounts, no fees.
#[must_use]
pub fn due_settled(p: &dyn ParameterSource, settlement: Wei) -> Parts {
    split_reparation(settlement, &Award::of(p), Wei(U256::ZERO), Wei(U256::ZERO))
}

/// What becomes of the deposit of a challenger who lost: fees, the rest burned.
#[must_use]
pub fn dismissed(p: &dyn ParameterSource, rulings: u64) -> Parts {
    let deposit = p.wei(Key::CourtDeposit);
    let fees = fees(p, rulings).min(deposit);
    Parts {
        fees,
        burned: Wei(deposit.0 - fees.0),
        ..Parts::default()
    }
}

/// The close of an upheld or settled case. The deposit goes back to the challenger besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// Paid from the vault.
    pub paid: Parts,
    /// Debt of the holder. The users' part of it goes to the treasury, because claims are counted at the close.
    pub owed: Parts,
}

/// Takes what is due from a vault.
#[must_use]
pub fn close(due: &Parts, vault: Wei, has_impact_list: bool) -> Closing {
    let paid = due.serve(vault);
    let owed = (*due - paid).users_to_treasury();
    let paid = if has_impact_list {
        paid
    } else {
        paid.users_to_treasury()
    };
    Closing { paid, owed }
}

/// One user's claim on the users' part, never more than `left` of it. `impact_shares` is not zero.
#[must_use]
pub fn claim_share(part: Wei, shares: U256, impact_shares: U256, left: Wei) -> Wei {
    Wei(amount::mul_div(
        part.0,
        shares.min(impact_shares),
        impact_shares,
    ))
    .min(left)
}

/// Index of the median amount of a panel, the lower of two; among equals the one that comes first in order.
#[must_use]
pub fn median_index(amounts: &[Wei]) -> Option<usize> {
    let mut order: Vec<usize> = (0..amounts.len()).collect();
    order.sort_by_key(|i| amounts[*i]);
    order.get(amounts.len().saturating_sub(1) / 2).copied()
}
