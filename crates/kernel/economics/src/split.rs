//! Revenue from vehicle data and its split (D2-38, D2-39, C-18).

use milepost_types::{U256, Wei};
use serde::{Deserialize, Serialize};

use crate::{Key, ParameterSource, amount};

/// Who gets what of an access fee, in bps: burn and treasury of the gross, users of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitRule {
    /// Burned, of the gross.
    pub burn_bps: u64,
    /// To the treasury, of the gross. With the burn at most 10,000.
    pub protocol_bps: u64,
    /// To users, of what is left.
    pub user_bps: u64,
}

/// An access fee in its parts: `burned + treasury + users + node = gross`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeSplit {
    /// Burned.
    pub burned: Wei,
    /// To the treasury.
    pub treasury: Wei,
    /// To users, through the foundation (D2-40).
    pub users: Wei,
    /// The node keeps the rest, dust included.
    pub node: Wei,
}

impl SplitRule {
    /// The rule of a set of parameters.
    #[must_use]
    pub fn of(p: &dyn ParameterSource) -> Self {
        Self {
            burn_bps: p.number(Key::SplitBurnBps),
            protocol_bps: p.number(Key::SplitProtocolBps),
            user_bps: p.number(Key::SplitUserBps),
        }
    }

    /// Splits a fee.
    #[must_use]
    pub fn apply(&self, gross: Wei) -> FeeSplit {
        let of = |amount, bps| amount::bps_of(amount, U256::from(bps));
        let (burned, treasury) = (of(gross.0, self.burn_bps), of(gross.0, self.protocol_bps));
        let rest = gross.0 - burned - treasury;
        let users = of(rest, self.user_bps);
        FeeSplit {
            burned: Wei(burned),
            treasury: Wei(treasury),
            users: Wei(users),
            node: Wei(rest - users),
        }
    }
}

/// Divides a total in proportion to weights by largest remainder: the parts sum to it exactly and none is a whole unit
/// away from its exact share. Among equal remainders the earlier one gets the unit. All zero when the weights are.
#[must_use]
pub fn proportional(total: Wei, weights: &[u128]) -> Vec<Wei> {
    let sum = weights
        .iter()
        .fold(U256::ZERO, |sum, w| sum + U256::from(*w));
    if sum.is_zero() {
        return vec![Wei(U256::ZERO); weights.len()];
    }
    let mut parts: Vec<_> = weights
        .iter()
        .map(|w| amount::mul_div(total.0, U256::from(*w), sum))
        .collect();
    let left = total.0 - parts.iter().fold(U256::ZERO, |sum, part| sum + *part);
    let mut order: Vec<_> = (0..weights.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(total.0.mul_mod(U256::from(weights[*i]), sum)));
    // Fewer units are left than there are parts.
    for index in order.into_iter().take(left.saturating_to()) {
        parts[index] += U256::from(1);
    }
    parts.into_iter().map(Wei).collect()
}
