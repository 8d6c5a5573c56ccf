//! What admission and access see.

use milepost_policy::{DeviceKind, TwinView as _};
use milepost_types::{B256, Did, Timestamp, U256};

use super::{CHAIN, Index, START, aftermarket, logs::*, synthetic, vehicle};

fn dimo(n: u64) -> U256 {
    U256::from(n) * U256::from(10u64).pow(U256::from(18))
}

/// Maker 1 licensed with 100,000 DIMO and owner of manufacturer 1; device 3 of it claimed by and paired with car 7
/// of person 2; synthetic device 4 of connection 5 on the same car.
fn world() -> Index {
    let mut index = Index::new();
    index.block(&[
        by(
            PROVIDER,
            Provider::StakeAmountAdjusted {
                amount: dimo(100_000),
            },
        ),
        mint(PROVIDER, who(1), id(1)),
        by(
            PROVIDER,
            Provider::StakeTokens {
                user: who(1),
                amount: dimo(100_000),
            },
        ),
        mint(MANUFACTURER, who(1), id(1)),
        by(
            REGISTRY,
            Registry::ManufacturerNodeMinted {
                name: "Acme".into(),
                tokenId: id(1),
                owner: who(1),
            },
        ),
        mint(VEHICLE, who(2), id(7)),
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
        transfer(AFTERMARKET, who(1), who(2), id(3)),
        by(
            REGISTRY,
            Registry::AftermarketDeviceClaimed {
                node: id(3),
                owner: who(2),
            },
        ),
        by(
            REGISTRY,
            Registry::AftermarketDevicePaired {
                node: id(3),
                vehicle: id(7),
                owner: who(2),
            },
        ),
        mint(CONNECTIONS, who(1), id(5)),
        by(
            CONNECTIONS,
            Connections::ConnectionMinted {
                account: who(1),
                connectionId: id(5),
                connectionAddr: key(5),
                name: "acme-cloud".into(),
                connectionType: B256::ZERO,
                cost: U256::ZERO,
            },
        ),
        mint(SYNTHETIC, who(2), id(4)),
        by(
            REGISTRY,
            Registry::SyntheticDeviceNodeMinted {
                connectionId: id(5),
                node: id(4),
                vehicle: id(7),
                device: key(4),
                owner: who(2),
            },
        ),
    ]);
    index
}

fn grant(token: U256, permissions: u64, expiration: U256, template: u64) -> Emitted {
    by(
        SACD,
        Sacd::PermissionsSet {
            asset: VEHICLE,
            tokenId: token,
            permissions: id(permissions),
            grantee: who(8),
            expiration,
            templateId: id(template),
            source: "ipfs://doc".into(),
        },
    )
}

#[test]
fn a_device_comes_with_everything_admission_asks() {
    let view = world().view();
    let device = view.device(&aftermarket(id(3))).unwrap();
    assert_eq!(
        (device.kind, device.address, device.owner),
        (DeviceKind::Aftermarket, key(9), who(2))
    );
    assert_eq!(
        (device.vehicle, device.provider, device.connection),
        (Some(vehicle(id(7))), who(1), None)
    );
    assert!(
        device.claimed && device.provider_licensed && !device.banned && !device.consent_required
    );
    let software = view.device(&synthetic(id(4))).unwrap();
    assert_eq!(
        (software.kind, software.provider, software.connection),
        (DeviceKind::Synthetic, who(1), Some(key(5)))
    );
    assert_eq!(view.device_by_address(key(9)), Some(aftermarket(id(3))));
    assert_eq!(view.device_by_address(key(4)), Some(synthetic(id(4))));
    assert_eq!(
        view.devices_of(&vehicle(id(7))),
        [aftermarket(id(3)), synthetic(id(4))]
    );
    let connection = view.connection(key(5)).unwrap();
    assert_eq!(
        (
            connection.id,
            connection.owner,
            connection.provider_licensed
        ),
        (id(5), who(1), true)
    );
}

#[test]
fn ids_of_another_chain_or_contract_are_unknown() {
    let view = world().view();
    assert_eq!(
        view.vehicle(&Did::erc721(milepost_types::ChainId(1), VEHICLE, id(7))),
        None
    );
    assert_eq!(view.vehicle(&Did::erc721(CHAIN, AFTERMARKET, id(7))), None);
    assert_eq!(view.device(&Did::erc721(CHAIN, VEHICLE, id(3))), None);
    assert_eq!(view.vehicle(&Did::ethr(CHAIN, VEHICLE)), None);
}

#[test]
fn d3_76_a_provider_is_licensed_only_with_licence_stake_and_no_suspension() {
    let licensed = |index: &Index| {
        index
            .view()
            .device(&aftermarket(id(3)))
            .unwrap()
            .provider_licensed
    };
    let steps = [
        (
            by(
                PROVIDER,
                Provider::StakeSlashed {
                    holder: who(1),
                    amount: id(1),
                    recipient: who(9),
                    reasonHash: B256::ZERO,
                },
            ),
            false,
        ),
        (
            by(
                PROVIDER,
                Provider::StakeTokens {
                    user: who(1),
                    amount: id(1),
                },
            ),
            true,
        ),
        (
            by(
                PROVIDER,
                Provider::LicenseSuspended {
                    tokenId: id(1),
                    reasonHash: B256::ZERO,
                },
            ),
            false,
        ),
        (
            by(PROVIDER, Provider::LicenseReinstated { tokenId: id(1) }),
            true,
        ),
        (
            by(
                PROVIDER,
                Provider::RequirementRaised {
                    holder: who(1),
                    amount: dimo(100_001),
                },
            ),
            false,
        ),
        (
            by(
                PROVIDER,
                Provider::RequirementRaised {
                    holder: who(1),
                    amount: U256::ZERO,
                },
            ),
            true,
        ),
        (
            by(
                PROVIDER,
                Provider::StakeAmountAdjusted {
                    amount: dimo(100_001),
                },
            ),
            false,
        ),
        (
            by(PROVIDER, Provider::StakeAmountAdjusted { amount: dimo(1) }),
            true,
        ),
        (
            by(
                PROVIDER,
                Provider::RequirementRaised {
                    holder: who(1),
                    amount: dimo(2),
                },
            ),
            true,
        ),
        (burn(PROVIDER, who(1), id(1)), false),
        (mint(PROVIDER, who(1), id(2)), true),
        (
            by(
                PROVIDER,
                Provider::UnstakeTokens {
                    user: who(1),
                    amount: dimo(99_999),
                },
            ),
            false,
        ),
    ];
    let mut index = world();
    for (position, (event, expected)) in steps.into_iter().enumerate() {
        index.block(&[event]);
        assert_eq!(licensed(&index), expected, "step {position}");
    }
}

#[test]
fn without_an_announced_requirement_a_hundred_thousand_dimo_are_asked() {
    let mut index = Index::new();
    index.block(&[
        mint(PROVIDER, who(1), id(1)),
        by(
            PROVIDER,
            Provider::StakeTokens {
                user: who(1),
                amount: dimo(100_000) - id(1),
            },
        ),
        mint(CONNECTIONS, who(1), id(5)),
        by(
            CONNECTIONS,
            Connections::ConnectionMinted {
                account: who(1),
                connectionId: id(5),
                connectionAddr: key(5),
                name: "c".into(),
                connectionType: B256::ZERO,
                cost: U256::ZERO,
            },
        ),
    ]);
    assert!(!index.view().connection(key(5)).unwrap().provider_licensed);
    index.block(&[by(
        PROVIDER,
        Provider::StakeTokens {
            user: who(1),
            amount: id(1),
        },
    )]);
    assert!(index.view().connection(key(5)).unwrap().provider_licensed);
}

#[test]
fn a_sale_ends_grants_raises_the_version_and_asks_consent_for_software() {
    let mut index = world();
    index.block(&[grant(id(7), 0x3FFFC, U256::MAX, 0)]);
    assert_eq!(
        index
            .view()
            .grant(&vehicle(id(7)), who(8))
            .unwrap()
            .expires_at,
        Timestamp::from_secs_saturating(u64::MAX)
    );
    index.block(&[
        transfer(VEHICLE, who(2), who(3), id(7)),
        by(
            REGISTRY,
            Registry::AftermarketDeviceUnpaired {
                node: id(3),
                vehicle: id(7),
                owner: who(2),
            },
        ),
        transfer(SYNTHETIC, who(2), who(3), id(4)),
        by(
            REGISTRY,
            Registry::SyntheticDeviceConsentRequired {
                node: id(4),
                vehicle: id(7),
                newOwner: who(3),
            },
        ),
    ]);
    let view = index.view();
    assert_eq!(view.grant(&vehicle(id(7)), who(8)), None);
    let car = view.vehicle(&vehicle(id(7))).unwrap();
    assert_eq!((car.owner, car.version), (who(3), 1));
    assert_eq!(view.device(&aftermarket(id(3))).unwrap().vehicle, None);
    assert!(view.device(&synthetic(id(4))).unwrap().consent_required);
    index.block(&[by(
        REGISTRY,
        Registry::SyntheticDeviceConsentGiven {
            node: id(4),
            vehicle: id(7),
            owner: who(3),
        },
    )]);
    assert!(
        !index
            .view()
            .device(&synthetic(id(4)))
            .unwrap()
            .consent_required
    );
    // A grant of the new owner is of the new version.
    index.block(&[grant(id(7), 12, U256::from(START + 9999), 0)]);
    assert_eq!(
        index.view().grant(&vehicle(id(7)), who(8)).unwrap().version,
        1
    );
}

#[test]
fn a_new_grant_replaces_the_old_one_and_renouncing_removes_it() {
    let mut index = world();
    index.block(&[
        grant(id(7), 0x3FFFC, U256::from(START + 500), 0),
        grant(id(7), 12, U256::from(START + 900), 0),
    ]);
    let found = index.view().grant(&vehicle(id(7)), who(8)).unwrap();
    assert_eq!(
        (found.permissions, found.expires_at, found.source.as_str()),
        (
            id(12),
            Timestamp::from_secs_saturating(START + 900),
            "ipfs://doc"
        )
    );
    index.block(&[by(
        SACD,
        Sacd::PermissionsRenounced {
            asset: VEHICLE,
            tokenId: id(7),
            grantee: who(8),
        },
    )]);
    assert_eq!(index.view().grant(&vehicle(id(7)), who(8)), None);
}

#[test]
fn account_grants_are_token_zero_and_cannot_be_asked_for_as_a_token() {
    let mut index = world();
    let account = Sacd::PermissionsSet {
        asset: who(2),
        tokenId: U256::ZERO,
        permissions: id(12),
        grantee: who(8),
        expiration: U256::from(START + 900),
        templateId: U256::ZERO,
        source: String::new(),
    };
    index.block(&[by(SACD, account)]);
    let view = index.view();
    assert_eq!(
        view.grant(&Did::ethr(CHAIN, who(2)), who(8))
            .unwrap()
            .permissions,
        id(12)
    );
    assert_eq!(
        view.grant(&Did::erc721(CHAIN, who(2), U256::ZERO), who(8)),
        None
    );
    assert_eq!(view.grant(&Did::ethr(CHAIN, who(3)), who(8)), None);
}

#[test]
fn a_deactivated_or_unknown_template_shows_in_the_grant() {
    let mut index = world();
    index.block(&[
        by(
            TEMPLATE,
            Template::TemplateCreated {
                templateId: id(77),
                creator: who(2),
                asset: VEHICLE,
                permissions: id(12),
                cid: "cid".into(),
            },
        ),
        grant(id(7), 12, U256::from(START + 900), 77),
    ]);
    assert!(
        !index
            .view()
            .grant(&vehicle(id(7)), who(8))
            .unwrap()
            .template_inactive
    );
    index.block(&[by(
        TEMPLATE,
        Template::TemplateDeactivated { templateId: id(77) },
    )]);
    assert!(
        index
            .view()
            .grant(&vehicle(id(7)), who(8))
            .unwrap()
            .template_inactive
    );
    index.block(&[grant(id(7), 12, U256::from(START + 900), 78)]);
    assert!(
        index
            .view()
            .grant(&vehicle(id(7)), who(8))
            .unwrap()
            .template_inactive
    );
}

#[test]
fn old_privileges_count_until_their_last_second_and_join_a_live_grant() {
    let privilege = |number: u64, expires: u64| {
        by(
            VEHICLE,
            Nft::PrivilegeSet {
                tokenId: id(7),
                version: U256::ZERO,
                privId: id(number),
                user: who(8),
                expires: U256::from(expires),
            },
        )
    };
    let mut index = world();
    // Block 2 is at START + 20, block 3 at START + 30.
    index.block(&[privilege(1, START + 30), privilege(4, START + 500)]);
    let found = index.view().grant(&vehicle(id(7)), who(8)).unwrap();
    assert_eq!(found.permissions, U256::from((3 << 2) | (3 << 8)));
    assert_eq!(
        found.expires_at,
        Timestamp::from_secs_saturating(START + 31)
    );
    index.block(&[]); // START + 30: `expires >= now` still holds
    assert_eq!(
        index
            .view()
            .grant(&vehicle(id(7)), who(8))
            .unwrap()
            .permissions,
        U256::from((3 << 2) | (3 << 8))
    );
    index.block(&[grant(id(7), 3 << 14, U256::from(START + 200), 0)]);
    let found = index.view().grant(&vehicle(id(7)), who(8)).unwrap();
    assert_eq!(found.permissions, U256::from((3 << 8) | (3 << 14)));
    assert_eq!(
        found.expires_at,
        Timestamp::from_secs_saturating(START + 200)
    );
    index.block(&[transfer(VEHICLE, who(2), who(3), id(7))]);
    assert_eq!(index.view().grant(&vehicle(id(7)), who(8)), None);
}

#[test]
fn signers_end_after_a_year_unless_the_contract_says_otherwise_and_with_the_licence() {
    let mut index = Index::new();
    index.block(&[
        mint(DEV_LICENSE, who(6), id(1)),
        by(
            DEV_LICENSE,
            DevLicense::Issued {
                tokenId: id(1),
                owner: who(6),
                clientId: key(6),
            },
        ),
        by(
            DEV_LICENSE,
            DevLicense::LicenseAliasSet {
                tokenId: id(1),
                licenseAlias: "app".into(),
            },
        ),
        by(
            DEV_LICENSE,
            DevLicense::SignerEnabled {
                tokenId: id(1),
                signer: who(20),
            },
        ),
        by(
            DEV_LICENSE,
            DevLicense::UpdatePeriodValidity { period: U256::MAX },
        ),
        by(
            DEV_LICENSE,
            DevLicense::SignerEnabled {
                tokenId: id(1),
                signer: who(21),
            },
        ),
        by(
            DEV_LICENSE,
            DevLicense::SignerEnabled {
                tokenId: id(1),
                signer: who(22),
            },
        ),
        by(
            DEV_LICENSE,
            DevLicense::SignerDisabled {
                tokenId: id(1),
                signer: who(22),
            },
        ),
        by(
            DEV_LICENSE,
            DevLicense::RedirectUriEnabled {
                tokenId: id(1),
                uri: "https://a".into(),
            },
        ),
        by(
            DEV_LICENSE,
            DevLicense::RedirectUriEnabled {
                tokenId: id(1),
                uri: "https://b".into(),
            },
        ),
        by(
            DEV_LICENSE,
            DevLicense::RedirectUriDisabled {
                tokenId: id(1),
                uri: "https://a".into(),
            },
        ),
    ]);
    let view = index.view();
    let year = 365 * 24 * 3600;
    assert_eq!(
        view.signer_expires_at(key(6), who(20)),
        Some(Timestamp::from_secs_saturating(START + 10 + year))
    );
    assert_eq!(
        view.signer_expires_at(key(6), who(21)),
        Some(Timestamp::from_secs_saturating(u64::MAX))
    );
    assert_eq!(view.signer_expires_at(key(6), who(22)), None);
    let license = view.developer_license(key(6)).unwrap();
    assert_eq!(
        (license.token, license.owner, license.alias.as_str()),
        (id(1), who(6), "app")
    );
    assert_eq!(license.redirect_uris, ["https://b"]);
    index.block(&[burn(DEV_LICENSE, who(6), id(1))]);
    let view = index.view();
    assert_eq!(view.developer_license(key(6)), None);
    assert_eq!(view.signer_expires_at(key(6), who(20)), None);
}

#[test]
fn bans_key_changes_and_burns_show_at_once() {
    let mut index = world();
    index.block(&[by(
        STANDING,
        Standing::DeviceBanned {
            device: key(9),
            reasonHash: B256::ZERO,
        },
    )]);
    assert!(index.view().device(&aftermarket(id(3))).unwrap().banned);
    index.block(&[by(
        REGISTRY,
        Registry::AftermarketDeviceAddressReset {
            manufacturerId: id(1),
            tokenId: id(3),
            device: key(10),
        },
    )]);
    let view = index.view();
    assert!(!view.device(&aftermarket(id(3))).unwrap().banned);
    assert_eq!(view.device_by_address(key(9)), None);
    assert_eq!(view.device_by_address(key(10)), Some(aftermarket(id(3))));
    index.block(&[
        burn(AFTERMARKET, who(2), id(3)),
        burn(CONNECTIONS, who(1), id(5)),
    ]);
    let view = index.view();
    assert_eq!(view.device_by_address(key(10)), None);
    assert_eq!(view.connection(key(5)), None);
    // Its software devices lose their provider with the connection.
    assert!(!view.device(&synthetic(id(4))).unwrap().provider_licensed);
    assert_eq!(view.devices_of(&vehicle(id(7))), [synthetic(id(4))]);
}
