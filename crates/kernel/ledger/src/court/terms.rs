use alloy_primitives::{Address, B256, U256};
use milepost_economics::court::{Award, Parts, due_settled, due_upheld};
use milepost_economics::{Key, ParameterSource};
use milepost_types::Wei;

use crate::book::not_zero;
use crate::{Refusal, Snapshot};

/// What an adjudicator says in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruling {
    /// The challenge was right.
    pub upheld: bool,
    /// What the respondent owes; zero exactly when not upheld.
    pub reparation: U256,
    /// How it is divided, if not by the vector of the parameters.
    pub award: Option<Award>,
    /// Hash of the published opinion.
    pub opinion: B256,
    /// Merkle root over the affected users and their shares.
    pub impact_root: B256,
    /// Sum of the shares.
    pub impact_shares: U256,
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

/// The parameters of a case as they were when it opened, and who decides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub(super) numbers: Snapshot,
    /// How the case is decided.
    pub kind: AdjudicatorKind,
    /// Who rules.
    pub adjudicator: Address,
}

impl Terms {
    pub(super) fn new(
        numbers: Snapshot,
        adjudicator_of: impl Fn(AdjudicatorKind) -> Address,
    ) -> Self {
        let kind = match numbers.number(Key::CourtAdjudicator) {
            0 => AdjudicatorKind::Panel,
            1 => AdjudicatorKind::Vote,
            _ => AdjudicatorKind::External,
        };
        Self {
            numbers,
            kind,
            adjudicator: adjudicator_of(kind),
        }
    }

    pub(super) fn number(&self, key: Key) -> u64 {
        self.numbers.number(key)
    }

    /// Paid by the challenger.
    #[must_use]
    pub fn deposit(&self) -> U256 {
        self.numbers.get(Key::CourtDeposit)
    }

    /// Whether a ruling can be executed.
    pub(super) fn check(&self, ruling: &Ruling) -> Result<(), Refusal> {
        not_zero(ruling.opinion)?;
        if ruling.upheld == ruling.reparation.is_zero() || too_large(ruling.reparation) {
            return Err(Refusal::ReparationAgainstVerdict);
        }
        if ruling.impact_root.is_zero() != ruling.impact_shares.is_zero()
            || too_large(ruling.impact_shares)
        {
            return Err(Refusal::ImpactListIncomplete);
        }
        if let Some(award) = ruling.award {
            award.check(&self.numbers).map_err(Refusal::Award)?;
        }
        Ok(())
    }

    /// What an upheld ruling makes due, after so many fees were earned.
    pub(super) fn due_upheld(&self, ruling: &Ruling, rulings: u64) -> Parts {
        due_upheld(&self.numbers, Wei(ruling.reparation), ruling.award, rulings)
    }

    /// What a settlement makes due.
    pub(super) fn due_settled(&self, amount: U256) -> Parts {
        due_settled(&self.numbers, Wei(amount))
    }
}

/// Amounts and shares of more than 2^128 would overflow products on chain; no supply reaches them.
pub(super) fn too_large(x: U256) -> bool {
    x.bit_len() > 128
}
