//! Makes up the next step of a history. Most steps are ones that the ledger would accept, the rest are wrong in one thing.

mod court;
mod devices;
mod licenses;

use alloy_primitives::{Address, B256, U256, keccak256};
use milepost_economics::Key;
use milepost_ledger::{Action, CaseId, LicenseId, RootId, VoucherId};

use crate::World;
use crate::random::Random;
use crate::trees::Trees;

/// One step: so many seconds later, somebody does something.
#[derive(Debug, Clone)]
pub struct Step {
    /// Seconds since the step before.
    pub wait: u64,
    /// Who.
    pub caller: Address,
    /// What.
    pub action: Action,
}

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// The next steps of one history.
#[derive(Debug)]
pub(crate) struct Generator {
    random: Random,
    trees: Trees,
}

fn dimo(whole: u64) -> U256 {
    U256::from(whole) * U256::from(10u64.pow(18))
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            trees: Trees::default(),
        }
    }

    /// The next step in the state that the world is in.
    pub(crate) fn step(&mut self, world: &World) -> Step {
        let wait = self.wait(world);
        let now = world.chain.time() + wait;
        let (mut caller, action) = self.action(world, now);
        // Now and then somebody who must not.
        if self.random.chance(6) {
            caller = self.anybody(world);
        }
        Step {
            wait,
            caller,
            action,
        }
    }

    fn action(&mut self, world: &World, now: u64) -> (Address, Action) {
        loop {
            let found = match self.random.below(100) {
                0..30 => self.license_action(world),
                30..42 => self.stake_action(world, now),
                42..66 => self.court_action(world, now),
                66..96 => self.device_action(world, now),
                _ => self.other_action(world, now),
            };
            if let Some(step) = found {
                return step;
            }
        }
    }

    /// Mostly nothing to days; sometimes exactly up to, at or after a moment at which something changes.
    fn wait(&mut self, world: &World) -> u64 {
        let now = world.chain.time();
        match self.random.below(100) {
            0..35 => 0,
            35..50 => self.random.within(1, 12 * HOUR),
            50..72 => self.random.within(DAY, 12 * DAY),
            72..84 => self.random.within(20 * DAY, 45 * DAY),
            84..86 => self.random.within(100 * DAY, 250 * DAY),
            _ => {
                let moments: Vec<u64> = world
                    .moments()
                    .into_iter()
                    .filter(|m| *m > now + 1)
                    .collect();
                let moment = self.random.pick(&moments).copied().unwrap_or(now + DAY);
                (moment + self.random.below(3) - 1) - now
            }
        }
    }

    // Ingredients -------------------------------------------------------------------------------------------------

    fn anybody(&mut self, world: &World) -> Address {
        *self
            .random
            .pick(&world.cast.everybody())
            .expect("the cast is not empty")
    }

    fn person(&mut self, world: &World) -> Address {
        *self
            .random
            .pick(&world.cast.people)
            .expect("the cast is not empty")
    }

    /// Governance or a member of the team.
    fn authority(&mut self, world: &World) -> Address {
        match self.random.below(5) {
            0 | 1 => world.cast.governance,
            2 | 3 => world.cast.members[0],
            _ => world.cast.members[1],
        }
    }

    /// A fresh hash, one of a few that repeat, or none.
    fn hash(&mut self) -> B256 {
        match self.random.below(100) {
            0..3 => B256::ZERO,
            3..10 => keccak256([u8::try_from(self.random.below(3)).unwrap_or(0)]),
            _ => keccak256(self.random.next().to_be_bytes()),
        }
    }

    fn amount(&mut self, whole_max: u64) -> U256 {
        match self.random.below(20) {
            0 => U256::ZERO,
            1 => U256::from(self.random.within(1, 9)),
            2..6 => dimo(self.random.within(1, whole_max)),
            _ => {
                dimo(self.random.below(whole_max)) + U256::from(self.random.next() % 1_000_000_007)
            }
        }
    }

    fn license(&mut self, world: &World, fits: impl Fn(LicenseId) -> bool) -> Option<LicenseId> {
        let all: Vec<_> = world
            .ledger
            .licenses()
            .map(|(id, _)| id)
            .filter(|id| fits(*id))
            .collect();
        self.random.pick(&all).copied()
    }

    fn case(&mut self, world: &World, fits: impl Fn(CaseId) -> bool) -> Option<CaseId> {
        let all: Vec<_> = world
            .ledger
            .cases()
            .map(|(id, _)| id)
            .filter(|id| fits(*id))
            .collect();
        self.random.pick(&all).copied()
    }

    fn voucher(&mut self, world: &World, fits: impl Fn(VoucherId) -> bool) -> Option<VoucherId> {
        let all: Vec<_> = world
            .ledger
            .escrows()
            .map(|(id, _)| id)
            .filter(|id| fits(*id))
            .collect();
        self.random.pick(&all).copied()
    }

    fn root(&mut self, world: &World) -> Option<RootId> {
        let all: Vec<_> = (1..)
            .map(RootId)
            .take_while(|id| world.ledger.root(*id).is_some())
            .collect();
        self.random.pick(&all).copied()
    }

    // Everything else ---------------------------------------------------------------------------------------------

    fn other_action(&mut self, world: &World, now: u64) -> Option<(Address, Action)> {
        let governance = world.cast.governance;
        Some(match self.random.below(10) {
            0..3 => {
                let to = self.anybody(world);
                (
                    self.anybody(world),
                    Action::Transfer {
                        to,
                        amount: self.amount(50_000),
                    },
                )
            }
            3..6 => {
                let member = *self.random.pick(&world.cast.members)?;
                let longest = world.ledger.parameters().number(Key::LicenseTermMax);
                let until = if self.random.chance(90) {
                    now + longest
                } else {
                    now + longest + 1
                };
                (governance, Action::RenewTerm { member, until })
            }
            6..8 => {
                let keys = [
                    Key::StakeProvider,
                    Key::StakeClient,
                    Key::StakeNodeBase,
                    Key::StakeNodePerUser,
                    Key::StakeApp,
                    Key::CourtDeposit,
                ];
                let key = *self.random.pick(&keys)?;
                let old = world.ledger.parameters().get(key);
                let value = old * U256::from(self.random.within(80, 130)) / U256::from(100);
                (world.cast.members[0], Action::RaiseParameter { key, value })
            }
            8 => {
                let keys = [
                    (Key::StakeProvider, 150_000),
                    (Key::StakeClient, 30_000),
                    (Key::VoucherPriceDongle, 90),
                    (Key::VoucherPriceDashCam, 120),
                    (Key::BurnAppAmount, 2_000),
                ];
                let (key, most) = *self.random.pick(&keys)?;
                (
                    governance,
                    Action::SetParameter {
                        key,
                        value: self.amount(most),
                    },
                )
            }
            _ => {
                let cents = self.random.within(2, 40);
                let twap = U256::from(cents) * U256::from(10u64.pow(16))
                    + U256::from(self.random.below(999));
                (self.anybody(world), Action::Rebase { twap })
            }
        })
    }
}
