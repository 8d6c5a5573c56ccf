//! Bounds and consistency rules, the same as `Parameters` checks on chain after each change.

use milepost_types::U256;
use thiserror::Error;

use crate::Key;

/// A bound or rule that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Inconsistency {
    /// Outside the hard bounds of its key.
    #[error("'{key}' is {value}, outside {min}…{max}")]
    Bounds {
        /// The key.
        key: Key,
        /// Its value.
        value: U256,
        /// Least value.
        min: U256,
        /// Greatest value.
        max: U256,
    },
    /// The award vector is not 100 %.
    #[error("court.award_* sum to {0} bps, not 10000")]
    Award(U256),
    /// More than the price would be paid out.
    #[error("escrow: provider, team cap and burn are {0} ppm of the price, more than 1000000")]
    Escrow(U256),
    /// With `escrow.burn_less_team` the burn would be negative.
    #[error("the team's rate {team} ppm is above escrow.burn_ppm {burn}, which it is taken from")]
    BurnLessTeam {
        /// The team's greatest rate.
        team: U256,
        /// The burn.
        burn: U256,
    },
    /// The parameters' own vector gives the challenger more than a ruling may.
    #[error("court.award_challenger_bps {share} is above court.challenger_cap_bps {cap}")]
    ChallengerCap {
        /// The challenger's share.
        share: U256,
        /// The cap.
        cap: U256,
    },
    /// A higher level is easier to pass than a lower one.
    #[error("gov.level* and gov.quorum* must not descend")]
    Levels,
    /// The deposit does not cover three rounds.
    #[error("court.deposit {deposit} is below the fees of three rounds, {fees}")]
    Deposit {
        /// The deposit.
        deposit: U256,
        /// Fees of three full rounds.
        fees: U256,
    },
    /// An even panel can tie by design.
    #[error("court.panel_size {0} is not odd")]
    Panel(U256),
    /// Points of the lock-up curve out of order.
    #[error("stake.curve: points must ascend and values must not descend")]
    Curve,
    /// More than the gross would be taken.
    #[error("split: burn and protocol are {0} bps of the gross, more than 10000")]
    Split(U256),
}

/// Checks the hard bounds of one key.
///
/// # Errors
/// [`Inconsistency::Bounds`].
pub fn check_value(key: Key, value: U256) -> Result<(), Inconsistency> {
    if value < key.value_min() || value > key.value_max() {
        return Err(Inconsistency::Bounds {
            key,
            value,
            min: key.value_min(),
            max: key.value_max(),
        });
    }
    Ok(())
}

pub(super) fn check(get: &dyn Fn(Key) -> U256) -> Result<(), Inconsistency> {
    for key in Key::ALL {
        check_value(*key, get(*key))?;
    }
    let award = get(Key::CourtAwardBurnBps)
        + get(Key::CourtAwardUsersBps)
        + get(Key::CourtAwardChallengerBps)
        + get(Key::CourtAwardTreasuryBps);
    if award != U256::from(10_000) {
        return Err(Inconsistency::Award(award));
    }
    let (share, cap) = (
        get(Key::CourtAwardChallengerBps),
        get(Key::CourtChallengerCapBps),
    );
    if share > cap {
        return Err(Inconsistency::ChallengerCap { share, cap });
    }
    escrow(get)?;
    let panel = get(Key::CourtPanelSize);
    if !panel.bit(0) {
        return Err(Inconsistency::Panel(panel));
    }
    let (deposit, fees) = (
        get(Key::CourtDeposit),
        U256::from(3) * panel * get(Key::CourtArbitratorFee),
    );
    if deposit < fees {
        return Err(Inconsistency::Deposit { deposit, fees });
    }
    let x = [Key::StakeCurveX1, Key::StakeCurveX2, Key::StakeCurveX3].map(get);
    let y = [
        Key::StakeCurveY0,
        Key::StakeCurveY1,
        Key::StakeCurveY2,
        Key::StakeCurveY3,
    ]
    .map(get);
    if !x.windows(2).all(|w| w[0] < w[1]) || !y.is_sorted() {
        return Err(Inconsistency::Curve);
    }
    let split = get(Key::SplitBurnBps) + get(Key::SplitProtocolBps);
    if split > U256::from(10_000) {
        return Err(Inconsistency::Split(split));
    }
    let levels = [Key::GovLevel1Bps, Key::GovLevel2Bps, Key::GovLevel3Bps].map(get);
    let quorums = [Key::GovQuorum1Bps, Key::GovQuorum2Bps, Key::GovQuorum3Bps].map(get);
    if !levels.is_sorted() || !quorums.is_sorted() {
        return Err(Inconsistency::Levels);
    }
    Ok(())
}

/// The parts of a price never add up to more than the price, whatever the number of the voucher.
fn escrow(get: &dyn Fn(Key) -> U256) -> Result<(), Inconsistency> {
    let team = get(Key::EscrowTeamCapPpm).max(get(Key::EscrowTeamFloorPpm));
    let burn = get(Key::EscrowBurnPpm);
    let mut sum = burn;
    if get(Key::EscrowRestToProvider).is_zero() {
        sum += get(Key::EscrowProviderBps) * U256::from(100);
    }
    if get(Key::EscrowBurnLessTeam).is_zero() {
        sum += team;
    } else if team > burn {
        return Err(Inconsistency::BurnLessTeam { team, burn });
    }
    if sum > U256::from(1_000_000) {
        return Err(Inconsistency::Escrow(sum));
    }
    Ok(())
}
