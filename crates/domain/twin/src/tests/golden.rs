//! Every layout and name an event ever had means the same (protocol hazards 1 to 5).

use milepost_policy::TwinView as _;
use milepost_types::{Address, B256, U256};

use super::{
    Index, aftermarket,
    logs::{self, *},
    vehicle,
};
use crate::{DecodeError, abi::DecodeError as Decode, rows::Tables};

/// Tables after the common start and then one block with each of these events alone: all must agree.
fn all_mean_the_same(start: &[Emitted], variants: &[Emitted]) -> Tables {
    let mut outcomes = variants.iter().map(|variant| {
        let mut index = Index::new();
        index.block(start);
        let before = index.state().tables;
        index.block(std::slice::from_ref(variant));
        let after = index.state().tables;
        assert_ne!(before, after, "{variant:?} had no effect");
        after
    });
    let first = outcomes.next().unwrap();
    for (position, other) in outcomes.enumerate() {
        assert_eq!(first, other, "variant {}", position + 1);
    }
    first
}

fn text(value: &str) -> String {
    value.to_owned()
}

fn device_and_car() -> Vec<Emitted> {
    vec![
        mint(VEHICLE, who(1), id(7)),
        mint(AFTERMARKET, who(1), id(3)),
        by(
            REGISTRY,
            Registry::AftermarketDeviceNodeMinted {
                manufacturerId: id(1),
                tokenId: id(3),
                device: key(9),
                owner: who(1),
            },
        ),
        by(
            REGISTRY,
            Registry::AftermarketDeviceClaimed {
                node: id(3),
                owner: who(1),
            },
        ),
        by(
            REGISTRY,
            Registry::AftermarketDevicePaired {
                node: id(3),
                vehicle: id(7),
                owner: who(1),
            },
        ),
    ]
}

#[test]
fn attributes_of_vehicles_have_two_layouts_and_an_old_name() {
    let (a, i) = (text("Make"), text("Acme"));
    let tables = all_mean_the_same(
        &[mint(VEHICLE, who(1), id(7))],
        &[
            by(
                REGISTRY,
                Registry::VehicleAttributeSet {
                    tokenId: id(7),
                    attribute: a.clone(),
                    info: i.clone(),
                },
            ),
            by(
                REGISTRY,
                DevAdmin2025::VehicleAttributeSet {
                    tokenId: id(7),
                    attribute: a.clone(),
                    info: i.clone(),
                },
            ),
            by(
                REGISTRY,
                DevAdmin::VehicleAttributeSetDevAdmin {
                    tokenId: id(7),
                    attribute: a,
                    info: i,
                },
            ),
        ],
    );
    assert_eq!(tables.attributes.len(), 1);
}

#[test]
fn attributes_of_devices_have_two_layouts_and_an_old_name() {
    let (a, i) = (text("Serial"), text("S-1"));
    all_mean_the_same(
        &device_and_car(),
        &[
            by(
                REGISTRY,
                Registry::AftermarketDeviceAttributeSet {
                    tokenId: id(3),
                    attribute: a.clone(),
                    info: i.clone(),
                },
            ),
            by(
                REGISTRY,
                DevAdmin2025::AftermarketDeviceAttributeSet {
                    tokenId: id(3),
                    attribute: a.clone(),
                    info: i.clone(),
                },
            ),
            by(
                REGISTRY,
                DevAdmin::AftermarketDeviceAttributeSetDevAdmin {
                    tokenId: id(3),
                    attribute: a.clone(),
                    info: i.clone(),
                },
            ),
        ],
    );
    all_mean_the_same(
        &[mint(SYNTHETIC, who(1), id(3))],
        &[
            by(
                REGISTRY,
                Registry::SyntheticDeviceAttributeSet {
                    tokenId: id(3),
                    attribute: a.clone(),
                    info: i.clone(),
                },
            ),
            by(
                REGISTRY,
                DevAdmin::SyntheticDeviceAttributeSetDevAdmin {
                    tokenId: id(3),
                    attribute: a,
                    info: i,
                },
            ),
        ],
    );
}

#[test]
fn unpairing_has_two_layouts_and_an_old_name() {
    let tables = all_mean_the_same(
        &device_and_car(),
        &[
            by(
                REGISTRY,
                Registry::AftermarketDeviceUnpaired {
                    node: id(3),
                    vehicle: id(7),
                    owner: who(1),
                },
            ),
            by(
                REGISTRY,
                DevAdmin2025::AftermarketDeviceUnpaired {
                    node: id(3),
                    vehicle: id(7),
                    owner: who(1),
                },
            ),
            by(
                REGISTRY,
                DevAdmin::AftermarketDeviceUnpairedDevAdmin {
                    node: id(3),
                    vehicle: id(7),
                    owner: who(1),
                },
            ),
        ],
    );
    assert_eq!(tables.aftermarket_devices[&(id(3),)].vehicle, None);
}

#[test]
fn unclaiming_has_three_forms() {
    let tables = all_mean_the_same(
        &device_and_car(),
        &[
            by(
                REGISTRY,
                Registry::AftermarketDeviceUnclaimed {
                    node: id(3),
                    owner: who(1),
                },
            ),
            by(REGISTRY, Legacy::AftermarketDeviceUnclaimed { node: id(3) }),
            by(
                REGISTRY,
                DevAdmin::AftermarketDeviceUnclaimedDevAdmin { node: id(3) },
            ),
        ],
    );
    assert_eq!(tables.aftermarket_devices[&(id(3),)].claimed_at, None);
}

#[test]
fn devices_minted_before_manufacturers_were_named_have_two_layouts() {
    let tables = all_mean_the_same(
        &[mint(AFTERMARKET, who(1), id(3))],
        &[
            by(
                REGISTRY,
                Legacy::AftermarketDeviceNodeMinted {
                    tokenId: id(3),
                    device: key(9),
                    owner: who(1),
                },
            ),
            by(
                REGISTRY,
                November2022::AftermarketDeviceNodeMinted {
                    tokenId: id(3),
                    device: key(9),
                    owner: who(1),
                },
            ),
        ],
    );
    assert_eq!(tables.aftermarket_devices[&(id(3),)].manufacturer, None);
}

#[test]
fn synthetic_devices_of_the_retired_integrations_have_no_connection() {
    let mut index = Index::new();
    index.block(&[
        by(
            REGISTRY,
            Legacy::SyntheticDeviceNodeMinted {
                node: id(1),
                vehicle: id(7),
                device: key(1),
                owner: who(1),
            },
        ),
        by(
            REGISTRY,
            Registry::SyntheticDeviceNodeMinted {
                connectionId: id(5),
                node: id(2),
                vehicle: id(8),
                device: key(2),
                owner: who(1),
            },
        ),
    ]);
    let devices = index.state().tables.synthetic_devices;
    assert_eq!(
        (devices[&(id(1),)].connection, devices[&(id(1),)].vehicle),
        (None, Some(id(7)))
    );
    assert_eq!(
        (devices[&(id(2),)].connection, devices[&(id(2),)].vehicle),
        (Some(id(5)), Some(id(8)))
    );
}

#[test]
fn vehicle_and_manufacturer_mints_of_all_times_make_the_row() {
    for (event, manufacturer, definition) in [
        (
            by(
                REGISTRY,
                Legacy::VehicleNodeMinted {
                    tokenId: id(7),
                    owner: who(1),
                },
            ),
            None,
            "",
        ),
        (
            by(
                REGISTRY,
                Registry::VehicleNodeMinted {
                    manufacturerNode: id(4),
                    tokenId: id(7),
                    owner: who(1),
                },
            ),
            Some(id(4)),
            "",
        ),
        (
            by(
                REGISTRY,
                Spring2024::VehicleNodeMinted {
                    manufacturerId: id(4),
                    vehicleId: id(7),
                    owner: who(1),
                    ddId: text("dd"),
                },
            ),
            Some(id(4)),
            "dd",
        ),
        (
            by(
                REGISTRY,
                Registry::VehicleNodeMintedWithDeviceDefinition {
                    manufacturerId: id(4),
                    vehicleId: id(7),
                    owner: who(1),
                    ddId: text("dd"),
                },
            ),
            Some(id(4)),
            "dd",
        ),
    ] {
        // The NFT's own event may come before or after.
        for order in [
            vec![mint(VEHICLE, who(1), id(7)), event.clone()],
            vec![event.clone(), mint(VEHICLE, who(1), id(7))],
        ] {
            let mut index = Index::new();
            index.block(&order);
            let row = index.state().tables.vehicles[&(id(7),)].clone();
            assert_eq!(
                (row.owner, row.manufacturer, row.definition_id.as_str()),
                (who(1), manufacturer, definition)
            );
        }
    }
    all_mean_the_same(
        &[],
        &[
            by(
                REGISTRY,
                Legacy::ManufacturerNodeMinted {
                    tokenId: id(4),
                    owner: who(1),
                },
            ),
            by(
                REGISTRY,
                November2022::ManufacturerNodeMinted {
                    tokenId: id(4),
                    owner: who(1),
                },
            ),
        ],
    );
}

#[test]
fn beneficiaries_have_two_layouts_and_one_form_that_names_no_device() {
    let node = || id(3);
    all_mean_the_same(
        &device_and_car(),
        &[
            by(
                REGISTRY,
                Registry::BeneficiarySet {
                    proxy: AFTERMARKET,
                    nodeId: node(),
                    beneficiary: who(5),
                },
            ),
            by(
                REGISTRY,
                April2023::BeneficiarySet {
                    proxy: AFTERMARKET,
                    nodeId: node(),
                    beneficiary: who(5),
                },
            ),
        ],
    );
    let mut index = Index::new();
    let applied = index.block(&[by(
        REGISTRY,
        Summer2023::BeneficiarySet {
            proxy: AFTERMARKET,
            beneficiary: who(5),
        },
    )]);
    assert!(applied.changes.is_empty() && applied.unknown.is_empty());
}

#[test]
fn privileges_and_grants_of_both_layouts_are_read() {
    let expires = U256::from(super::START + 1000);
    all_mean_the_same(
        &[mint(VEHICLE, who(1), id(7))],
        &[
            by(
                VEHICLE,
                Nft::PrivilegeSet {
                    tokenId: id(7),
                    version: id(0),
                    privId: id(1),
                    user: who(2),
                    expires,
                },
            ),
            by(
                VEHICLE,
                Nft2022::PrivilegeSet {
                    tokenId: id(7),
                    version: id(0),
                    privId: id(1),
                    user: who(2),
                    expires,
                },
            ),
        ],
    );
    let (asset, permissions, grantee, source) = (VEHICLE, id(12), who(2), text("ipfs://x"));
    all_mean_the_same(
        &[mint(VEHICLE, who(1), id(7))],
        &[
            by(
                SACD,
                Sacd::PermissionsSet {
                    asset,
                    tokenId: id(7),
                    permissions,
                    grantee,
                    expiration: expires,
                    templateId: U256::ZERO,
                    source: source.clone(),
                },
            ),
            by(
                SACD,
                Sacd2024::PermissionsSet {
                    asset,
                    tokenId: id(7),
                    permissions,
                    grantee,
                    expiration: expires,
                    source,
                },
            ),
        ],
    );
}

#[test]
fn burn_annotations_of_all_names_change_nothing_in_either_order() {
    let annotations = [
        by(
            REGISTRY,
            Registry::VehicleNodeBurned {
                vehicleNode: id(7),
                owner: who(1),
            },
        ),
        by(
            REGISTRY,
            DevAdmin::VehicleNodeBurnedDevAdmin {
                vehicleNode: id(7),
                owner: who(1),
            },
        ),
        by(
            REGISTRY,
            DevAdmin::AftermarketDeviceNodeBurnedDevAdmin {
                node: id(3),
                owner: who(1),
            },
        ),
        by(
            REGISTRY,
            DevAdmin::SyntheticDeviceNodeBurnedDevAdmin {
                node: id(3),
                vehicle: id(7),
                owner: who(1),
            },
        ),
        by(
            REGISTRY,
            Registry::SyntheticDeviceNodeBurned {
                node: id(3),
                vehicle: id(7),
                owner: who(1),
            },
        ),
    ];
    for annotation in annotations {
        for order in [
            vec![annotation.clone(), burn(VEHICLE, who(1), id(7))],
            vec![burn(VEHICLE, who(1), id(7)), annotation.clone()],
        ] {
            let mut index = Index::new();
            index.block(&[mint(VEHICLE, who(1), id(7))]);
            let applied = index.block(&order);
            assert!(applied.unknown.is_empty());
            assert_eq!(index.view().vehicle(&vehicle(id(7))), None);
        }
    }
}

#[test]
fn device_admin_transfers_move_the_device() {
    let mut index = Index::new();
    index.block(&device_and_car());
    index.block(&[by(
        REGISTRY,
        DevAdmin::AftermarketDeviceTransferredDevAdmin {
            node: id(3),
            oldOwner: who(1),
            newOwner: who(2),
        },
    )]);
    assert_eq!(
        index.view().device(&aftermarket(id(3))).unwrap().owner,
        who(2)
    );
}

#[test]
fn an_empty_value_clears_an_attribute_and_burning_clears_all() {
    let set = |attribute: &str, info: &str| {
        by(
            REGISTRY,
            Registry::VehicleAttributeSet {
                tokenId: id(7),
                attribute: text(attribute),
                info: text(info),
            },
        )
    };
    let mut index = Index::new();
    index.block(&[
        mint(VEHICLE, who(1), id(7)),
        set("Make", "Acme"),
        set("Year", "2024"),
        set("a\0b", "x\0y"),
    ]);
    index.block(&[set("Make", "")]);
    let names: Vec<String> = index
        .state()
        .tables
        .attributes
        .into_values()
        .map(|row| row.name)
        .collect();
    assert_eq!(names, ["Year", "a\0b"]);
    index.block(&[burn(VEHICLE, who(1), id(7))]);
    assert!(index.state().tables.attributes.is_empty());
}

#[test]
fn unknown_events_are_kept_raw_and_foreign_contracts_are_ignored() {
    let mut index = Index::new();
    let stranger = Stranger::NeverHeardOf {
        a: id(1),
        b: text("x"),
    };
    let applied = index.block(&[
        by(REGISTRY, stranger.clone()),
        by(Address::repeat_byte(0xEE), stranger),
    ]);
    assert_eq!(applied.unknown.len(), 1);
    assert!(applied.changes.is_empty());
}

#[test]
fn a_known_event_that_cannot_be_read_is_an_error_and_leaves_the_state_alone() {
    let mut index = Index::new();
    index.block(&[mint(VEHICLE, who(1), id(7))]);
    let before = index.state();
    let good = transfer(VEHICLE, who(1), who(2), id(7));
    let mut cut = by(
        REGISTRY,
        Registry::VehicleAttributeSet {
            tokenId: id(7),
            attribute: text("Make"),
            info: text("Acme"),
        },
    );
    cut.1.data = cut.1.data.slice(..100);
    let error = index.try_block(&[good.clone(), cut]).unwrap_err();
    assert_eq!((error.address, error.log_index), (REGISTRY, 1));
    assert!(matches!(error.error, Decode::Short { .. }));
    assert_eq!(index.state(), before);
    // An ERC-20 Transfer has three topics: no layout of an NFT.
    let mut erc20 = good;
    let mut topics = erc20.1.topics().to_vec();
    topics.pop();
    erc20.1.set_topics_unchecked(topics);
    assert!(matches!(
        index.try_block(&[erc20]).unwrap_err().error,
        DecodeError::Layout { topics: 3, .. }
    ));
}

#[test]
fn a_log_delivered_twice_counts_once_and_odd_log_indexes_are_kept_in_order() {
    let header = super::header(1);
    let events = [
        mint(PROVIDER, who(1), id(1)),
        by(
            PROVIDER,
            Provider::StakeTokens {
                user: who(1),
                amount: id(100),
            },
        ),
        by(
            PROVIDER,
            Provider::UnstakeTokens {
                user: who(1),
                amount: id(30),
            },
        ),
    ];
    let mut logs = logs::chain_logs(1, header.hash, &events);
    logs[2].index = 0xffff_ffe2;
    let doubled: Vec<_> = logs.iter().rev().chain(&logs).cloned().collect();
    let mut state = crate::state::State::default();
    super::decoder()
        .apply(&mut state, &header, &doubled)
        .unwrap();
    assert_eq!(state.tables.provider_stakes[&(who(1),)].staked, id(70));
}

#[test]
fn ids_use_all_256_bits() {
    let mut index = Index::new();
    index.block(&[
        mint(VEHICLE, who(1), U256::MAX),
        by(
            REGISTRY,
            Registry::AftermarketDeviceNodeMinted {
                manufacturerId: U256::MAX,
                tokenId: U256::MAX - id(1),
                device: key(9),
                owner: who(1),
            },
        ),
        by(
            REGISTRY,
            Registry::AftermarketDevicePaired {
                node: U256::MAX - id(1),
                vehicle: U256::MAX,
                owner: who(1),
            },
        ),
        by(
            STANDING,
            Standing::DeviceBanned {
                device: key(9),
                reasonHash: B256::ZERO,
            },
        ),
    ]);
    let device = index
        .view()
        .device(&aftermarket(U256::MAX - id(1)))
        .unwrap();
    assert_eq!(device.vehicle, Some(vehicle(U256::MAX)));
    assert!(device.banned);
}
