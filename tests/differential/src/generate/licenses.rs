use alloy_primitives::{Address, U256};
use milepost_economics::{DeviceType, FunctionClass, LicenseKind};
use milepost_ledger::{Action, LicenseId, LicenseState, StakeClass, type_key};

use super::{DAY, Generator, dimo};
use crate::World;

impl World {
    fn state(&self, id: LicenseId) -> Option<LicenseState> {
        self.ledger.license(id).map(|license| license.state)
    }

    fn holder(&self, id: LicenseId) -> Address {
        self.ledger
            .license(id)
            .map_or(Address::ZERO, |license| license.holder)
    }
}

impl Generator {
    pub(super) fn license_action(&mut self, world: &World) -> Option<(Address, Action)> {
        // Decisions that wait come first, otherwise histories stay empty.
        if self.random.chance(45) {
            let waiting = self.license(world, |id| world.state(id) == Some(LicenseState::Applied));
            if let Some(id) = waiting {
                return Some(self.decision(world, id));
            }
        }
        match self.random.below(100) {
            0..24 => Some(self.application(world)),
            24..30 => {
                let analysis = self.hash();
                let id =
                    self.license(world, |id| world.state(id) == Some(LicenseState::Approved))?;
                Some((self.authority(world), Action::Suspend { id, analysis }))
            }
            30..42 => {
                let analysis = self.hash();
                let id =
                    self.license(world, |id| world.state(id) == Some(LicenseState::Suspended))?;
                let action = if self.random.chance(60) {
                    Action::Reinstate { id, analysis }
                } else {
                    Action::Revoke { id, analysis }
                };
                Some((self.authority(world), action))
            }
            42..45 => {
                let analysis = self.hash();
                let id = self.license(world, |_| true)?;
                Some((self.authority(world), Action::Revoke { id, analysis }))
            }
            45..48 => {
                let id = self.license(world, |_| true)?;
                Some((world.holder(id), Action::Renounce { id }))
            }
            48..54 => {
                let id = self.license(world, |id| {
                    matches!(
                        world.state(id),
                        Some(LicenseState::Revoked | LicenseState::Renounced)
                    )
                })?;
                let action = if self.random.chance(75) {
                    Action::Release { id }
                } else {
                    Action::NoteRevocation { id }
                };
                Some((self.anybody(world), action))
            }
            54..58 => {
                let reason = self.hash();
                let id = self.license(world, |_| true)?;
                let to = self.anybody(world);
                Some((self.authority(world), Action::Reassign { id, to, reason }))
            }
            58..63 => {
                let reason = self.hash();
                let id = self.license(world, |_| true)?;
                let amount = self.amount(200_000);
                Some((
                    self.authority(world),
                    Action::RaiseRequirement { id, amount, reason },
                ))
            }
            63..80 => {
                let id = self.license(world, |id| {
                    world
                        .state(id)
                        .is_some_and(|state| state != LicenseState::Applied)
                })?;
                let users = if self.random.chance(30) {
                    0
                } else {
                    self.random.below(60_000)
                };
                let units = self.random.below(3_000_000);
                let class = *self.random.pick(FunctionClass::ALL)?;
                Some((
                    world.cast.reporter,
                    Action::ReportUsage {
                        id,
                        users,
                        units,
                        class,
                    },
                ))
            }
            80..90 => {
                let id = self.license(world, |id| {
                    world
                        .ledger
                        .license(id)
                        .is_some_and(|license| license.kind == LicenseKind::App)
                })?;
                let this = (world.chain.time() / DAY - 20) * 12 / 365;
                let month = this - self.random.below(3) + self.random.below(2);
                let users = self.random.below(90_000);
                Some((
                    world.cast.reporter,
                    Action::ReportMonth { id, month, users },
                ))
            }
            90..97 => {
                let id = self.license(world, |id| {
                    world
                        .ledger
                        .license(id)
                        .is_some_and(|license| !license.burns.is_empty())
                })?;
                let burns = &world.ledger.license(id)?.burns;
                let month = if self.random.chance(85) {
                    burns[0].month
                } else {
                    burns[burns.len() - 1].month
                };
                Some((self.person(world), Action::PayBurn { id, month }))
            }
            _ => {
                let id = self.license(world, |_| true)?;
                Some((world.holder(id), Action::WithdrawApplication { id }))
            }
        }
    }

    fn decision(&mut self, world: &World, id: LicenseId) -> (Address, Action) {
        let analysis = self.hash();
        let action = match self.random.below(20) {
            0 => return (world.holder(id), Action::WithdrawApplication { id }),
            1 | 2 => Action::Decide {
                id,
                approved: false,
                analysis,
            },
            3 | 4 => return (world.cast.governance, Action::Overrule { id, analysis }),
            _ => Action::Decide {
                id,
                approved: true,
                analysis,
            },
        };
        (self.authority(world), action)
    }

    fn application(&mut self, world: &World) -> (Address, Action) {
        let terms = self.hash();
        if self.random.chance(20) {
            let provider = self.license(world, |id| {
                world
                    .ledger
                    .license(id)
                    .is_some_and(|license| license.kind == LicenseKind::Provider)
            });
            if let Some(parent) = provider {
                let device_type =
                    type_key(*self.random.pick(&DeviceType::ALL[..3]).expect("types"));
                let action = Action::ApplyForDeviceType {
                    parent,
                    device_type,
                    terms,
                };
                return (world.holder(parent), action);
            }
        }
        // Providers and nodes carry the money, so they are the most.
        let kind = match self.random.below(12) {
            0..4 => LicenseKind::Provider,
            4..7 => LicenseKind::Node,
            7 => LicenseKind::Client,
            8 | 9 => LicenseKind::App,
            10 => LicenseKind::Operator,
            _ => LicenseKind::Broker,
        };
        (self.person(world), Action::ApplyFor { kind, terms })
    }

    pub(super) fn stake_action(&mut self, world: &World, now: u64) -> Option<(Address, Action)> {
        // Live licences below their requirement are topped up, often exactly.
        if self.random.chance(55) {
            let short = self.license(world, |id| {
                let live = world.state(id).is_some_and(LicenseState::is_live);
                let requirement = world.ledger.requirement(id);
                live && requirement < dimo(1_000_000_000)
                    && world.ledger.counted_stake(now, id) < requirement
            });
            if let Some(id) = short {
                let gap = world.ledger.requirement(id) - world.ledger.counted_stake(now, id);
                let amount = match self.random.below(6) {
                    0 => gap.saturating_sub(U256::from(1)),
                    1 => gap + self.amount(1_000),
                    2 => gap / U256::from(2),
                    _ => gap,
                };
                let poster = if self.random.chance(75) {
                    world.holder(id)
                } else {
                    self.person(world)
                };
                return Some((poster, Action::Stake { id, amount }));
            }
        }
        let id = self.license(world, |_| true)?;
        match self.random.below(10) {
            0 | 1 => Some((
                self.person(world),
                Action::Stake {
                    id,
                    amount: self.amount(20_000),
                },
            )),
            2 | 3 => {
                let amount = self.amount(60_000);
                let due_at = now + self.random.below(300 * DAY);
                Some((world.cast.foundation, Action::Lend { id, amount, due_at }))
            }
            _ => Some(self.withdrawal(world, now, id)),
        }
    }

    fn withdrawal(&mut self, world: &World, now: u64, id: LicenseId) -> (Address, Action) {
        let class = *self.random.pick(&StakeClass::ALL).expect("three classes");
        let posters: Vec<Address> = match class {
            StakeClass::Own => vec![world.holder(id)],
            StakeClass::Loan => vec![world.cast.foundation],
            StakeClass::Partner => {
                let everybody = world.cast.everybody();
                everybody
                    .into_iter()
                    .filter(|poster| !world.ledger.posted_by(id, class, *poster).is_zero())
                    .collect()
            }
        };
        let poster = self
            .random
            .pick(&posters)
            .copied()
            .unwrap_or(world.cast.foundation);
        let posted = world.ledger.posted_by(id, class, poster);
        let free = world.ledger.withdrawable(now, id).min(posted);
        let amount = match self.random.below(8) {
            0..3 => free,
            3 => free + U256::from(1),
            4 => posted,
            5 => posted + U256::from(1),
            _ => free / U256::from(self.random.within(2, 7)),
        };
        (poster, Action::WithdrawStake { id, class, amount })
    }
}
