use alloy_primitives::{Address, B256, U256};
use milepost_ledger::{
    Action, AdjudicatorKind, Award, CaseId, Challenge, Phase, RootState, Ruling,
};

use super::{DAY, Generator};
use crate::{World, stubs};

impl Generator {
    pub(super) fn court_action(&mut self, world: &World, now: u64) -> Option<(Address, Action)> {
        if self.random.chance(18) {
            return self.challenge(world, now);
        }
        let id = self.case(world, |_| true)?;
        let case = world.ledger.case(id)?;
        let respondent = world.ledger.license(case.license)?.holder;
        let party = if self.random.chance(50) {
            case.challenger
        } else {
            respondent
        };
        // Sometimes a step of another phase.
        let phase = if self.random.chance(95) {
            case.phase(now)
        } else {
            Phase::Mediation
        };
        match phase {
            Phase::Responding => Some((
                respondent,
                Action::Respond {
                    id,
                    evidence: self.hash(),
                },
            )),
            Phase::Mediation => {
                let (offer, other) = world.ledger.offers(id).unwrap_or_default();
                let action = match self.random.below(10) {
                    0..4 => Action::ProposeSettlement {
                        id,
                        amount: self.amount(150_000),
                    },
                    4..6 => {
                        let amount = if party == case.challenger {
                            other
                        } else {
                            offer
                        };
                        Action::AcceptSettlement { id, amount }
                    }
                    _ => Action::DeclineMediation { id },
                };
                Some((party, action))
            }
            Phase::Deciding => self.ruling(world, id),
            Phase::Appealable => Some((party, Action::Appeal { id })),
            Phase::Decided => Some((self.anybody(world), Action::CloseCase { id })),
            Phase::Closed => self.after_close(world, id),
        }
    }

    fn challenge(&mut self, world: &World, now: u64) -> Option<(Address, Action)> {
        let root = self.root(world).filter(|root| {
            let state = world.ledger.root(*root).map(|r| r.state(now));
            matches!(state, Some(RootState::Posted | RootState::Disputed))
        });
        let root = root.filter(|_| self.random.chance(70));
        let license = match root.and_then(|root| world.ledger.root(root)) {
            Some(root) => root.license,
            None => {
                let any = self.random.chance(15);
                self.license(world, |id| any || !world.ledger.stake_of(id).is_zero())?
            }
        };
        let subject = if self.random.chance(90) {
            root
        } else {
            self.root(world)
        };
        let age = if self.random.chance(90) {
            self.random.below(400 * DAY)
        } else {
            63_072_000 + self.random.below(2)
        };
        let breach_at = if self.random.chance(98) {
            now - age
        } else {
            now + 1
        };
        let challenge = Challenge {
            license,
            breach_at,
            claim: self.hash(),
            evidence: self.hash(),
            subject,
        };
        Some((self.person(world), Action::OpenCase(challenge)))
    }

    fn ruling(&mut self, world: &World, id: CaseId) -> Option<(Address, Action)> {
        let case = world.ledger.case(id)?;
        let terms = &case.terms;
        let upheld = self.random.chance(60);
        let stake = world.ledger.stake_of(case.license);
        let reparation = match self.random.below(12) {
            0 => U256::ZERO,
            1..4 => U256::from(self.random.within(1, 1_000_000)),
            4..6 => stake,
            6 => stake * U256::from(2) + U256::from(1),
            // The same again, so that an appeal can confirm the amount.
            7..9 => super::dimo(20_000),
            _ => self.amount(120_000),
        };
        let reparation = if upheld {
            reparation
        } else if self.random.chance(97) {
            U256::ZERO
        } else {
            reparation
        };
        let award = match self.random.below(10) {
            0..5 => Award::default(),
            5 => Award {
                burn: 10_000,
                users: 0,
                challenger: 0,
                treasury: 0,
            },
            6 => Award {
                burn: 0,
                users: 10_000,
                challenger: 0,
                treasury: 0,
            },
            7 => Award {
                burn: 1_234,
                users: 5_677,
                challenger: 1_999,
                treasury: 1_090,
            },
            8 => Award {
                burn: 7_999,
                users: 0,
                challenger: 2_001,
                treasury: 0,
            },
            _ => Award {
                burn: 5_000,
                users: 4_999,
                challenger: 0,
                treasury: 0,
            },
        };
        let (impact_root, impact_shares) = if self.random.chance(50) {
            self.impact(world, id)
        } else {
            (B256::ZERO, U256::ZERO)
        };
        let ruling = Ruling {
            upheld,
            reparation,
            award,
            opinion: self.hash(),
            impact_root,
            impact_shares,
        };
        let arbitrators = match terms.kind {
            AdjudicatorKind::Panel => stubs::arbitrators(id.0, case.round.max(1) as u64),
            _ => 1,
        };
        Some((
            terms.adjudicator,
            Action::Rule {
                id,
                ruling,
                arbitrators,
            },
        ))
    }

    /// A list of affected users; sometimes with a sum that does not fit, which claims must survive.
    fn impact(&mut self, world: &World, id: CaseId) -> (B256, U256) {
        let count = self.random.within(1, 5);
        let mut list = Vec::new();
        for _ in 0..count {
            let account = self.person(world);
            list.push((account, U256::from(self.random.within(1, 1_000))));
        }
        let mut sum: U256 = list.iter().map(|(_, shares)| *shares).sum();
        if self.random.chance(10) {
            sum = sum / U256::from(2) + U256::from(1);
        }
        (self.trees.add_claims(id, list), sum)
    }

    fn after_close(&mut self, world: &World, id: CaseId) -> Option<(Address, Action)> {
        let case = world.ledger.case(id)?;
        if !case.owed.total().is_zero() && self.random.chance(60) {
            let owed = case.owed.total();
            let amount = match self.random.below(4) {
                0 => owed + U256::from(7),
                1 => owed,
                2 => U256::ZERO,
                _ => owed / U256::from(self.random.within(2, 9)) + U256::from(1),
            };
            let payer = if self.random.chance(80) {
                case.debtor
            } else {
                self.person(world)
            };
            return Some((payer, Action::PayDebt { id, amount }));
        }
        let root = world.ledger.impact_root(id);
        let claim = root.and_then(|root| self.trees.claim(root, &mut self.random));
        match claim.filter(|_| self.random.chance(75)) {
            Some((account, shares, proof)) => Some((
                self.anybody(world),
                Action::Claim {
                    id,
                    account,
                    shares,
                    proof,
                },
            )),
            None => Some((self.anybody(world), Action::SweepUnclaimed { id })),
        }
    }
}
