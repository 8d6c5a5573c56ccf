use alloy_primitives::{Address, B256, U256, keccak256};
use milepost_economics::{DeviceType, LicenseKind, calendar};
use milepost_ledger::{Action, Connection, Device, EscrowState, RootState, VoucherId, type_key};

use super::{DAY, Generator};
use crate::World;
use crate::world::word;

/// Devices of a history; few, so that they meet vouchers, owners and makers again and again.
const DEVICES: u64 = 12;

impl Generator {
    pub(super) fn device_action(&mut self, world: &World, now: u64) -> Option<(Address, Action)> {
        let reported = |id: VoucherId| {
            world
                .ledger
                .escrow(id)
                .is_some_and(|escrow| escrow.state == EscrowState::Reported)
        };
        if self.random.chance(35)
            && let Some(id) = self.voucher(world, reported)
        {
            return self.about_report(world, id);
        }
        match self.random.below(100) {
            0..10 => Some(self.purchase(world)),
            10..17 => Some(self.device(world)),
            17..30 => self.bonding(world, now),
            30..40 => self.posting(world, now),
            40..72 => self.settlement(world, now),
            72..74 => {
                let id = self.voucher(world, |_| true)?;
                let owner = world.ledger.voucher_owner(id)?;
                Some((
                    owner,
                    Action::TransferVoucher {
                        id,
                        to: self.person(world),
                    },
                ))
            }
            74..77 => {
                let any = self.random.chance(20);
                let id = self.root(world).filter(|id| {
                    let state = world.ledger.root(*id).map(|root| root.state(now));
                    any || state == Some(RootState::Posted)
                })?;
                let holder = world.ledger.license(world.ledger.root(id)?.license)?.holder;
                Some((holder, Action::WithdrawRoot { id }))
            }
            77..79 => Some(self.added_type(world)),
            _ => self.trouble(world, now),
        }
    }

    fn type_key(&mut self) -> B256 {
        match self.random.below(20) {
            0 | 1 => word("scooter"),
            2 => word("unknown"),
            _ => type_key(*self.random.pick(DeviceType::ALL).expect("six types")),
        }
    }

    fn purchase(&mut self, world: &World) -> (Address, Action) {
        let device_type = self.type_key();
        let count = match self.random.below(12) {
            0 => 0,
            1 => 101,
            2 => self.random.within(5, 40),
            _ => self.random.within(1, 4),
        };
        let cost_max = if self.random.chance(95) {
            U256::MAX
        } else {
            self.amount(100)
        };
        let to = self.person(world);
        let buyer = if self.random.chance(80) {
            to
        } else {
            self.person(world)
        };
        (
            buyer,
            Action::Buy {
                to,
                device_type,
                count,
                cost_max,
            },
        )
    }

    fn added_type(&mut self, world: &World) -> (Address, Action) {
        let keys = [
            word("unknown"),
            word("dongle"),
            B256::ZERO,
            keccak256("no text"),
        ];
        let odd = *self.random.pick(&keys).expect("four keys");
        let device_type = if self.random.chance(75) {
            word("scooter")
        } else {
            odd
        };
        if self.random.chance(50) {
            return (self.authority(world), Action::AddType { device_type });
        }
        let (price, cap) = (self.amount(200), U256::from(self.random.below(12)));
        (
            world.cast.governance,
            Action::SetTypeTerms {
                device_type,
                price,
                cap,
            },
        )
    }

    /// Something happens in the registry: a device is made, paired, sold, unpaired or gone.
    fn device(&mut self, world: &World) -> (Address, Action) {
        let connection = if self.random.chance(70) {
            Connection::Hardware
        } else {
            Connection::Software
        };
        let id = self.random.within(1, DEVICES);
        let known = world.ledger.device(connection, id);
        let device = match self.random.below(20) {
            0 => Device::default(),
            1..3 => Device {
                vehicle: 0,
                ..known
            },
            3..7 => Device {
                owner: self.person(world),
                ..known
            },
            _ => {
                let makers: Vec<Address> = world
                    .ledger
                    .licenses()
                    .filter(|(_, license)| license.kind == LicenseKind::Provider)
                    .map(|(_, license)| license.holder)
                    .collect();
                let maker = self
                    .random
                    .pick(&makers)
                    .copied()
                    .unwrap_or(world.cast.people[0]);
                let wallet = Address::from_word(keccak256([connection as u8, id.to_be_bytes()[7]]));
                Device {
                    wallet,
                    vehicle: self.random.within(1, 50),
                    owner: self.person(world),
                    maker,
                }
            }
        };
        (
            world.cast.governance,
            Action::SetDevice {
                connection,
                id,
                device,
            },
        )
    }

    fn bonding(&mut self, world: &World, now: u64) -> Option<(Address, Action)> {
        let id = self.voucher(world, |id| {
            world
                .ledger
                .escrow(id)
                .is_some_and(|escrow| escrow.state == EscrowState::Sold)
        })?;
        let mut devices: Vec<(Connection, u64)> = [Connection::Hardware, Connection::Software]
            .into_iter()
            .flat_map(|connection| (1..=DEVICES).map(move |device| (connection, device)))
            .collect();
        if self.random.chance(85) {
            devices.retain(|(connection, device)| {
                let known = world.ledger.device(*connection, *device);
                known.vehicle != 0 && world.ledger.is_licensed(now, known.maker)
            });
        }
        let (connection, device) = *self.random.pick(&devices)?;
        let owner = world.ledger.voucher_owner(id)?;
        Some((
            owner,
            Action::Bond {
                id,
                connection,
                device,
            },
        ))
    }

    fn running(&mut self, world: &World) -> Option<VoucherId> {
        self.voucher(world, |id| {
            world
                .ledger
                .escrow(id)
                .is_some_and(|e| matches!(e.state, EscrowState::Active | EscrowState::Reported))
        })
    }

    /// A node attests the months that are over, of some vouchers.
    fn posting(&mut self, world: &World, now: u64) -> Option<(Address, Action)> {
        let nodes: Vec<Address> = world
            .ledger
            .licenses()
            .filter(|(id, l)| l.kind == LicenseKind::Node && world.ledger.is_active(now, *id))
            .map(|(_, license)| license.holder)
            .collect();
        let node = match self.random.pick(&nodes) {
            Some(node) => *node,
            None if self.random.chance(5) => self.person(world),
            None => return None,
        };
        let mut months = Vec::new();
        for (id, escrow) in world.ledger.escrows() {
            let Some(bond) = escrow.bond else { continue };
            let over = u64::from(calendar::months_elapsed(bond.start, now));
            for period in over.saturating_sub(7)..=over + 1 {
                if months.len() < 60 && self.random.chance(80) {
                    months.push((id, period, self.person(world)));
                }
            }
        }
        let root = if self.random.chance(97) {
            self.trees.add_months(months)
        } else {
            B256::ZERO
        };
        Some((node, Action::PostRoot { root }))
    }

    fn settlement(&mut self, world: &World, now: u64) -> Option<(Address, Action)> {
        let early = self.random.chance(6);
        let unpaid = |id: VoucherId, period: u64| {
            world.ledger.escrow(id).is_some_and(|escrow| {
                let running = matches!(escrow.state, EscrowState::Active | EscrowState::Reported);
                running && !escrow.is_period_used(period)
            })
        };
        for _ in 0..6 {
            let root = self.root(world)?;
            let posted = world.ledger.root(root)?;
            if posted.state(now) != RootState::Final && !early {
                continue;
            }
            let Some(found) = self.trees.month(posted.root, &mut self.random, unpaid) else {
                continue;
            };
            let (id, period, owner, proof) = found;
            let owner = if self.random.chance(98) {
                owner
            } else {
                self.person(world)
            };
            return Some((
                self.anybody(world),
                Action::Settle {
                    id,
                    period,
                    owner,
                    root,
                    proof,
                },
            ));
        }
        None
    }

    fn trouble(&mut self, world: &World, now: u64) -> Option<(Address, Action)> {
        let streaming = |id: VoucherId| {
            world
                .ledger
                .escrow(id)
                .is_some_and(|escrow| escrow.state == EscrowState::Streaming)
        };
        if self.random.chance(35)
            && let Some(id) = self.voucher(world, streaming)
        {
            return Some((self.anybody(world), Action::ClaimStream { id }));
        }
        let id = if self.random.chance(95) {
            self.running(world)?
        } else {
            self.voucher(world, |_| true)?
        };
        let escrow = world.ledger.escrow(id)?;
        let bond = escrow.bond;
        let owner = bond.map_or(Address::ZERO, |b| {
            world.ledger.device(b.connection, b.device).owner
        });
        if escrow.state == EscrowState::Reported {
            return self.about_report(world, id);
        }
        let old = bond.is_some_and(|b| now > b.start + 150 * DAY);
        Some(match self.random.below(10) {
            0..4 => (
                owner,
                Action::ReportMalfunction {
                    id,
                    evidence: self.hash(),
                },
            ),
            4 | 5 => (owner, Action::Disconnect { id }),
            _ if old => (self.anybody(world), Action::CloseEscrow { id }),
            _ => return None,
        })
    }

    fn about_report(&mut self, world: &World, id: VoucherId) -> Option<(Address, Action)> {
        let escrow = world.ledger.escrow(id)?;
        let hash = self.hash();
        if escrow.contested && self.random.chance(80) {
            let upheld = self.random.chance(50);
            return Some((
                self.authority(world),
                Action::DecideMalfunction {
                    id,
                    upheld,
                    reason: hash,
                },
            ));
        }
        if self.random.chance(50) {
            return Some((self.anybody(world), Action::FinalizeMalfunction { id }));
        }
        let provider = world.ledger.license(escrow.bond?.license)?.holder;
        Some((provider, Action::ContestMalfunction { id, evidence: hash }))
    }
}
