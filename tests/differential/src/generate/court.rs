use alloy_primitives::{Address, B256, U256};
use milepost_economics::court::Award;
use milepost_ledger::{Action, AdjudicatorKind, CaseId, Challenge, Phase, RootState, Ruling};

use super::{DAY, Generator};
use crate::{World, stubs};

impl Generator {
    pub(super) fn court_action(&mut self, world: &World, now: u64) -> Option<(Address, Action)> {
        if self.random.chance(18) {
            return self.challenge(world, now);
        }
        // Cases that can be settled or answered do not wait for long.
        let soon = |id| {
            let phase = world.ledger.case(id).map(|case| case.phase(now));
            matches!(
                phase,
                Some(Phase::Responding | Phase::Mediation | Phase::Appealable)
            )
        };
        let soon = if self.random.chance(50) {
            self.case(world, soon)
        } else {
            None
        };
        let id = soon.or_else(|| self.case(world, |_| true))?;
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
                let (of_challenger, of_respondent) = world.ledger.offers(id).unwrap_or_default();
                let offer = if party == case.challenger {
                    of_respondent
                } else {
                    of_challenger
                };
                let action = match self.random.below(10) {
                    0..6 if !offer.is_zero() => {
                        let amount = if self.random.chance(95) {
                            offer
                        } else {
                            self.amount(100)
                        };
                        Action::AcceptSettlement { id, amount }
                    }
                    0..7 => {
                        // A settlement is worth a deposit and paid from the own stake: a little above the deposit is
                        // often both.
                        let odd = self.random.chance(30);
                        let above = self.amount(if odd { 150_000 } else { 3_000 });
                        let least = if odd {
                            U256::ZERO
                        } else {
                            case.terms.deposit()
                        };
                        let amount = least + above;
                        Action::ProposeSettlement { id, amount }
                    }
                    7 => Action::AcceptSettlement { id, amount: offer },
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
        let award = |burn, users, challenger, treasury| {
            Some(Award {
                burn,
                users,
                challenger,
                treasury,
            })
        };
        let award = match self.random.below(10) {
            0..5 => None,
            5 => award(10_000, 0, 0, 0),
            6 => award(0, 10_000, 0, 0),
            7 => award(1_234, 5_677, 1_999, 1_090),
            8 => award(7_999, 0, 2_001, 0),
            _ => award(5_000, 4_999, 0, 0),
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
        if !case.owed.total().0.is_zero() && self.random.chance(60) {
            let owed = case.owed.total().0;
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
            // Nothing is left of most cases.
            None if case.paid.users.0 == case.users_claimed && self.random.chance(95) => None,
            None => Some((self.anybody(world), Action::SweepUnclaimed { id })),
        }
    }
}
