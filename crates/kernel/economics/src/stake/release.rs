use milepost_types::{U256, Wei};

use crate::{Key, ParameterSource};

/// Whether a challenge that ends now restarts the delay of a release (C-09). An open one holds it in any case.
#[must_use]
pub fn restarts_release(p: &dyn ParameterSource, succeeded: bool) -> bool {
    match p.number(Key::StakeReleaseRule) {
        0 => true,
        1 => succeeded,
        _ => false,
    }
}

/// When the stake of an ended licence is free: `stake.release_delay` after its end, or after the last challenge that
/// restarted the delay. Unix seconds.
#[must_use]
pub fn release_at(p: &dyn ParameterSource, ended_at: u64, restarted_at: Option<u64>) -> u64 {
    ended_at
        .max(restarted_at.unwrap_or(0))
        .saturating_add(p.number(Key::StakeReleaseDelay))
}

/// A vault as far as its release depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VaultView {
    /// Licence applied for, rejected or released: nothing is owed.
    Free,
    /// Licence approved, with what it needs.
    Approved {
        /// The requirement.
        requirement: Wei,
    },
    /// Licence suspended: nothing leaves.
    Suspended,
    /// Licence revoked or renounced.
    Ended {
        /// From [`release_at`].
        release_at: u64,
        /// Users it still reaches; its data access goes on while there are any (D1-35).
        users: u64,
    },
}

/// What may leave a vault of `stake` now.
#[must_use]
pub fn withdrawable(view: VaultView, stake: Wei, open_challenges: u64, now: u64) -> Wei {
    let none = Wei(U256::ZERO);
    if open_challenges > 0 {
        return none;
    }
    match view {
        VaultView::Free => stake,
        VaultView::Approved { requirement } => Wei(stake.0.saturating_sub(requirement.0)),
        VaultView::Ended {
            release_at,
            users: 0,
        } if now >= release_at => stake,
        VaultView::Suspended | VaultView::Ended { .. } => none,
    }
}
