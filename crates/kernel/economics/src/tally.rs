//! Counting votes (protocol notes 8.4).

use milepost_types::{U256, Wei};

use crate::{Key, ParameterSource, amount};

/// How much a proposal changes; the highest level of its calls counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Licences, parameters.
    One,
    /// In between.
    Two,
    /// The powers themselves.
    Three,
}

/// A voter's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// For.
    For,
    /// Against.
    Against,
    /// Counts for participation only.
    Abstain,
}

/// What a proposal needs, fixed when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoteRule {
    /// More than this part of for + against, in bps.
    pub for_bps: u64,
    /// At least this part of the supply takes part, in bps.
    pub quorum_bps: u64,
    /// A voter counts for at most this part of the supply, in bps.
    pub voter_cap_bps: u64,
}

/// Votes of a proposal, capped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    rule: VoteRule,
    supply: Wei,
    /// For.
    pub in_favour: Wei,
    /// Against.
    pub against: Wei,
    /// Neither.
    pub abstained: Wei,
}

impl VoteRule {
    /// The rule of a level.
    #[must_use]
    pub fn of(p: &dyn ParameterSource, level: Level) -> Self {
        let (share, quorum) = match level {
            Level::One => (Key::GovLevel1Bps, Key::GovQuorum1Bps),
            Level::Two => (Key::GovLevel2Bps, Key::GovQuorum2Bps),
            Level::Three => (Key::GovLevel3Bps, Key::GovQuorum3Bps),
        };
        Self {
            for_bps: p.number(share),
            quorum_bps: p.number(quorum),
            voter_cap_bps: p.number(Key::GovVoterCapBps),
        }
    }
}

impl Tally {
    /// No votes yet; `supply` is that at the snapshot.
    #[must_use]
    pub const fn new(rule: VoteRule, supply: Wei) -> Self {
        let zero = Wei(U256::ZERO);
        Self {
            rule,
            supply,
            in_favour: zero,
            against: zero,
            abstained: zero,
        }
    }

    /// Most that one voter counts for, rounded down.
    #[must_use]
    pub fn voter_cap(&self) -> Wei {
        Wei(amount::bps_of(
            self.supply.0,
            U256::from(self.rule.voter_cap_bps),
        ))
    }

    /// Participation that is needed, rounded down.
    #[must_use]
    pub fn quorum(&self) -> Wei {
        Wei(amount::bps_of(
            self.supply.0,
            U256::from(self.rule.quorum_bps),
        ))
    }

    /// Counts one voter, who votes once, and returns the weight that counted.
    pub fn count(&mut self, choice: Choice, weight: Wei) -> Wei {
        let weight = weight.min(self.voter_cap());
        let side = match choice {
            Choice::For => &mut self.in_favour,
            Choice::Against => &mut self.against,
            Choice::Abstain => &mut self.abstained,
        };
        side.0 += weight.0;
        weight
    }

    /// Whether enough of the supply took part.
    #[must_use]
    pub fn quorum_reached(&self) -> bool {
        self.in_favour.0 + self.against.0 + self.abstained.0 >= self.quorum().0
    }

    /// Whether more than the needed part of for + against is for, and the quorum is reached.
    #[must_use]
    pub fn passed(&self) -> bool {
        let (for_, against) = (self.in_favour.0, self.against.0);
        let needed = (for_ + against) * U256::from(self.rule.for_bps);
        for_ * U256::from(10_000) > needed && self.quorum_reached()
    }
}
