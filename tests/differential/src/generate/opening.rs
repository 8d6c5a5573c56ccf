use alloy_primitives::{Address, U256, keccak256};
use milepost_economics::{DeviceType, LicenseKind};
use milepost_ledger::{Action, Connection, Device, LicenseId, VoucherId, type_key};

use super::{Generator, dimo};
use crate::World;

impl Generator {
    /// Two providers, two nodes, some devices and vouchers: step `place` of what every history begins with.
    pub(super) fn opening(&mut self, world: &World, place: usize) -> Option<(Address, Action)> {
        let people = &world.cast.people;
        let holders = [people[3], people[4], people[5], people[6]];
        let id = LicenseId(place as u64 % 4 + 1);
        Some(match place {
            0 => (
                people[0],
                Action::Rebase {
                    twap: U256::from(10u64.pow(17)),
                },
            ),
            1..5 => {
                let kind = if place < 3 {
                    LicenseKind::Provider
                } else {
                    LicenseKind::Node
                };
                (
                    holders[place - 1],
                    Action::ApplyFor {
                        kind,
                        terms: self.hash(),
                    },
                )
            }
            5..9 => (
                world.cast.governance,
                Action::Overrule {
                    id,
                    analysis: self.hash(),
                },
            ),
            9..13 => {
                let holder = world
                    .ledger
                    .license(id)
                    .map_or(people[3], |license| license.holder);
                let amount = world.ledger.requirement(id).min(dimo(500_000));
                (holder, Action::Stake { id, amount })
            }
            13..19 => {
                let connection = if place < 17 {
                    Connection::Hardware
                } else {
                    Connection::Software
                };
                let number = place as u64 - 12;
                let wallet =
                    Address::from_word(keccak256([connection as u8, number.to_be_bytes()[7]]));
                let device = Device {
                    wallet,
                    vehicle: number,
                    owner: people[place % 3],
                    maker: holders[place % 2],
                };
                (
                    world.cast.governance,
                    Action::SetDevice {
                        connection,
                        id: number,
                        device,
                    },
                )
            }
            19..22 => {
                let types = [
                    DeviceType::DashCam,
                    DeviceType::Dongle,
                    DeviceType::Software,
                ];
                let device_type = type_key(types[place - 19]);
                let buyer = people[place % 3];
                let action = Action::Buy {
                    to: buyer,
                    device_type,
                    count: 2,
                    cost_max: U256::MAX,
                };
                (buyer, action)
            }
            22..28 => {
                let voucher = VoucherId(place as u64 - 21);
                let device = place as u64 - 21;
                let connection = if device < 5 {
                    Connection::Hardware
                } else {
                    Connection::Software
                };
                let owner = world.ledger.voucher_owner(voucher)?;
                (
                    owner,
                    Action::Bond {
                        id: voucher,
                        connection,
                        device,
                    },
                )
            }
            _ => return None,
        })
    }
}
