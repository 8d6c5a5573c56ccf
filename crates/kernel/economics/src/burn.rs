//! What an app burns for the users it served in a month (D1-49).

use milepost_types::{U256, Wei};

use crate::{Key, ParameterSource, amount};

/// How a part of a block of users counts; the texts leave it open (C-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Full blocks only.
    Floor,
    /// In proportion.
    ProRata,
    /// A begun block counts whole.
    Ceil,
}

impl Rounding {
    /// That of a set of parameters.
    #[must_use]
    pub fn of(p: &dyn ParameterSource) -> Self {
        match p.number(Key::BurnRounding) {
            0 => Self::Floor,
            1 => Self::ProRata,
            _ => Self::Ceil,
        }
    }
}

/// Burn for a month with `users` distinct users served, all of them counted once above the free number.
#[must_use]
pub fn app_burn(p: &dyn ParameterSource, users: u64) -> Wei {
    app_burn_rounded(p, users, Rounding::of(p))
}

/// As [`app_burn`], with the rounding chosen by the caller.
#[must_use]
pub fn app_burn_rounded(p: &dyn ParameterSource, users: u64, rounding: Rounding) -> Wei {
    if users <= p.number(Key::BurnAppFreeUsers) {
        return Wei(U256::ZERO);
    }
    let (block, per_block) = (p.number(Key::BurnAppUsers), p.get(Key::BurnAppAmount));
    Wei(match rounding {
        Rounding::Floor => U256::from(users / block) * per_block,
        Rounding::ProRata => amount::mul_div(U256::from(users), per_block, U256::from(block)),
        Rounding::Ceil => U256::from(users.div_ceil(block)) * per_block,
    })
}
