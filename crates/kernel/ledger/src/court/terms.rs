use alloy_primitives::{Address, B256, U256};
use milepost_economics::{Key, bps_of};

use crate::{Parameters, Refusal};

/// Bps of a reparation; all zero stands for the vector of the parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Award {
    /// Burned.
    pub burn: u16,
    /// Kept for the affected users.
    pub users: u16,
    /// The challenger's.
    pub challenger: u16,
    /// The treasury's.
    pub treasury: u16,
}

impl Award {
    fn is_default(self) -> bool {
        self == Self::default()
    }

    fn sum(self) -> u32 {
        [self.burn, self.users, self.challenger, self.treasury]
            .into_iter()
            .map(u32::from)
            .sum()
    }
}

/// What an adjudicator says in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ruling {
    /// The challenge was right.
    pub upheld: bool,
    /// What the respondent owes; zero exactly when not upheld.
    pub reparation: U256,
    /// How it is divided.
    pub award: Award,
    /// Hash of the published opinion; zero only in the settlement that the court itself writes down.
    pub opinion: B256,
    /// Merkle root over the affected users and their shares.
    pub impact_root: B256,
    /// Sum of the shares.
    pub impact_shares: U256,
}

/// Amounts by receiver, in the order in which they are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// The adjudicator's.
    pub fees: U256,
    /// The challenger's.
    pub challenger: U256,
    /// Kept for claims.
    pub users: U256,
    /// The treasury's.
    pub treasury: U256,
    /// Burned.
    pub burned: U256,
}

impl Parts {
    /// All parts together.
    #[must_use]
    pub fn total(&self) -> U256 {
        self.fees + self.challenger + self.users + self.treasury + self.burned
    }

    /// Serves the parts in order from `available`.
    pub(super) fn serve(&self, available: U256) -> Self {
        let mut left = available;
        let mut take = |due: U256| {
            let part = due.min(left);
            left -= part;
            part
        };
        Self {
            fees: take(self.fees),
            challenger: take(self.challenger),
            users: take(self.users),
            treasury: take(self.treasury),
            burned: take(self.burned),
        }
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        Self {
            fees: self.fees - other.fees,
            challenger: self.challenger - other.challenger,
            users: self.users - other.users,
            treasury: self.treasury - other.treasury,
            burned: self.burned - other.burned,
        }
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        Self {
            fees: self.fees + other.fees,
            challenger: self.challenger + other.challenger,
            users: self.users + other.users,
            treasury: self.treasury + other.treasury,
            burned: self.burned + other.burned,
        }
    }

    /// Without a list of affected users their part is the treasury's.
    pub(super) fn users_to_treasury(mut self) -> Self {
        self.treasury += self.users;
        self.users = U256::ZERO;
        self
    }
}

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdjudicatorKind {
    /// Arbitrators drawn by lot, through the panel's contract.
    Panel,
    /// A vote of token holders, executed by governance.
    Vote,
    /// An address outside.
    External,
}

/// The parameters of a case as they were when it opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Paid by the challenger.
    pub deposit: U256,
    /// Per arbitrator and round.
    pub fee: U256,
    /// Seconds to respond.
    pub response: u64,
    /// Seconds to settle.
    pub mediation: u64,
    /// Seconds to appeal.
    pub appeal: u64,
    /// Seconds to claim.
    pub claim: u64,
    /// Seconds from breach to challenge, and of a round without a ruling.
    pub limitation: u64,
    /// Most fees of a round.
    pub panel_size: u64,
    /// The challenger's least reward, bps of the reparation.
    pub reward_bps: U256,
    /// The challenger's least reward in deposits.
    pub reward_deposits: U256,
    /// The least reparation in deposits.
    pub least_deposits: U256,
    /// Most that a ruling's own vector gives the challenger.
    pub challenger_cap: u16,
    /// The vector of the parameters.
    pub award: Award,
    /// How cases are decided.
    pub kind: AdjudicatorKind,
    /// Who rules.
    pub adjudicator: Address,
}

impl Terms {
    pub(super) fn read(
        p: &Parameters,
        adjudicator_of: impl Fn(AdjudicatorKind) -> Address,
    ) -> Self {
        let bps = |key| u16::try_from(p.number(key)).expect("bps are bounded by 10,000");
        let kind = match p.number(Key::CourtAdjudicator) {
            0 => AdjudicatorKind::Panel,
            1 => AdjudicatorKind::Vote,
            _ => AdjudicatorKind::External,
        };
        Self {
            deposit: p.get(Key::CourtDeposit),
            fee: p.get(Key::CourtArbitratorFee),
            response: p.number(Key::CourtResponseWindow),
            mediation: p.number(Key::CourtMediationWindow),
            appeal: p.number(Key::CourtAppealWindow),
            claim: p.number(Key::CourtClaimWindow),
            limitation: p.number(Key::CourtLimitation),
            panel_size: p.number(Key::CourtPanelSize),
            reward_bps: p.get(Key::CourtRewardBps),
            reward_deposits: p.get(Key::CourtRewardDeposits),
            least_deposits: p.get(Key::CourtLeastDeposits),
            challenger_cap: bps(Key::CourtChallengerCapBps),
            award: Award {
                burn: bps(Key::CourtAwardBurnBps),
                users: bps(Key::CourtAwardUsersBps),
                challenger: bps(Key::CourtAwardChallengerBps),
                treasury: bps(Key::CourtAwardTreasuryBps),
            },
            kind,
            adjudicator: adjudicator_of(kind),
        }
    }

    /// Whether a ruling can be executed.
    pub(super) fn check(&self, ruling: &Ruling) -> Result<(), Refusal> {
        // Amounts and shares of more than 2^128 would overflow later products; no supply reaches them.
        let too_large = |x: U256| x.bit_len() > 128;
        if ruling.opinion.is_zero() {
            return Err(Refusal::ZeroHash);
        }
        if ruling.upheld == ruling.reparation.is_zero() || too_large(ruling.reparation) {
            return Err(Refusal::ReparationAgainstVerdict);
        }
        if ruling.impact_root.is_zero() != ruling.impact_shares.is_zero()
            || too_large(ruling.impact_shares)
        {
            return Err(Refusal::ImpactListIncomplete);
        }
        if !ruling.award.is_default() {
            if ruling.award.sum() != 10_000 {
                return Err(Refusal::AwardSum(ruling.award.sum()));
            }
            if ruling.award.challenger > self.challenger_cap {
                return Err(Refusal::ChallengerShareTooHigh);
            }
        }
        Ok(())
    }

    /// What an upheld ruling makes due.
    pub(super) fn due_upheld(&self, ruling: &Ruling, fees: U256) -> Parts {
        let reparation = ruling.reparation.max(self.least_deposits * self.deposit);
        let least = bps_of(reparation, self.reward_bps).max(self.reward_deposits * self.deposit);
        let award = if ruling.award.is_default() {
            self.award
        } else {
            ruling.award
        };
        split(reparation, award, least, fees)
    }

    /// What a settlement makes due: the vector of the parameters, without least amounts and fees.
    pub(super) fn due_settled(&self, amount: U256) -> Parts {
        split(amount, self.award, U256::ZERO, U256::ZERO)
    }
}

/// Divides a reparation; the challenger's excess over its vector share comes out of burn, then treasury, then users.
fn split(reparation: U256, award: Award, least: U256, fees: U256) -> Parts {
    let share = |bps: u16| bps_of(reparation, U256::from(bps));
    let of_vector = share(award.challenger);
    let challenger = reparation.min(of_vector.max(least));
    let mut users = share(award.users);
    let mut treasury = share(award.treasury);
    let mut burned = reparation - of_vector - users - treasury;
    let mut excess = challenger - of_vector;
    for part in [&mut burned, &mut treasury, &mut users] {
        let cut = excess.min(*part);
        *part -= cut;
        excess -= cut;
    }
    Parts {
        fees,
        challenger,
        users,
        treasury,
        burned,
    }
}
