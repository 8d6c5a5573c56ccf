//! What a licence must have at stake, and when it comes back (specification, section 3).

mod lockup;
mod peg;
mod release;

use milepost_types::{U256, Wei};

pub use lockup::{LockUpCurve, class_factor};
pub use peg::{Peg, RebaseReason, Usd18, pegged, rebase_reason};
pub use release::{VaultView, release_at, restarts_release, withdrawable};

use crate::{FunctionClass, Key, LicenseKind, ParameterSource};

/// Requirement of a pegged licence before the first price: no stake covers it.
pub const UNPRICED: Wei = Wei(U256::MAX);

/// What a licensee uses, as last reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Connected users of a node, users served by an app (D1-33, D1-50).
    pub users: u64,
    /// Data that an operator or broker consumes or has subscribed, in vehicle-months (D5-46).
    pub units: u64,
    /// Most far-reaching functionality that an operator or broker exposes (D5-47).
    pub class: FunctionClass,
}

impl Default for Usage {
    fn default() -> Self {
        Self {
            users: 0,
            units: 0,
            class: FunctionClass::Aggregate,
        }
    }
}

/// A requirement by kind alone, step (a).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base {
    /// What is needed.
    pub amount: Wei,
    /// Whether it does not depend on usage: such a licence can be grandfathered.
    pub fixed: bool,
}

/// Requirement by kind and usage, before grandfathering and what the team raised for this licence.
///
/// `price` is that of the last rebase, in dollars for a token; a pegged kind without one needs [`UNPRICED`].
#[must_use]
pub fn base(
    p: &dyn ParameterSource,
    kind: LicenseKind,
    usage: Usage,
    price: Option<Usd18>,
) -> Base {
    let fixed = |amount| Base {
        amount,
        fixed: true,
    };
    let grows = |amount| Base {
        amount,
        fixed: false,
    };
    match kind {
        LicenseKind::Provider => {
            fixed(peg(p, Key::StakeProviderUsd, price).unwrap_or_else(|| p.wei(Key::StakeProvider)))
        }
        LicenseKind::Client => fixed(p.wei(Key::StakeClient)),
        LicenseKind::Node => {
            peg(p, Key::StakeNodeUsd, price).map_or_else(|| grows(node(p, usage.users)), fixed)
        }
        LicenseKind::App => grows(app(p, usage.users)),
        LicenseKind::Operator | LicenseKind::Broker => {
            grows(LockUpCurve::of(p).lock_up(usage.units, class_factor(p, usage.class)))
        }
        LicenseKind::DeviceType => grows(Wei(U256::ZERO)),
    }
}

/// What a licence needs, in the order of the specification: base; for fixed kinds under `stake.grandfather` no more than
/// the base at approval; at least what the team raised for this licence (D3-84).
#[must_use]
pub fn requirement(
    p: &dyn ParameterSource,
    base: Base,
    at_approval: Option<Wei>,
    raised: Wei,
) -> Wei {
    let kept = at_approval.filter(|_| base.fixed && p.flag(Key::StakeGrandfather));
    kept.map_or(base.amount, |kept| base.amount.min(kept))
        .max(raised)
}

/// `stake.node_base + stake.node_per_user × users` (D1-32).
fn node(p: &dyn ParameterSource, users: u64) -> Wei {
    Wei(p.get(Key::StakeNodeBase) + p.get(Key::StakeNodePerUser) * U256::from(users))
}

/// Nothing up to the free number (D1-47), above it a flat amount and one for each further user (D1-48).
fn app(p: &dyn ParameterSource, users: u64) -> Wei {
    let free = p.number(Key::StakeAppFreeUsers);
    if users <= free {
        return Wei(U256::ZERO);
    }
    Wei(p.get(Key::StakeApp) + p.get(Key::StakeAppPerUser) * U256::from(users - free))
}

fn peg(p: &dyn ParameterSource, key: Key, price: Option<Usd18>) -> Option<Wei> {
    let usd = p.get(key);
    (!usd.is_zero()).then(|| price.map_or(UNPRICED, |price| pegged(Usd18(usd), price)))
}
