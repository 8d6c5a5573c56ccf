use milepost_chain_core::{
    Account, ChainError, ChainSource as _, FleetMember, NewDevice, NewGrant, NewVehicle,
    is_valid_signature,
};
use milepost_types::{Address, U256, Wei, keccak256};

use crate::{Views, World, account};

fn vehicle(manufacturer: U256) -> NewVehicle {
    NewVehicle {
        manufacturer,
        definition_id: "acme_model_2024".into(),
        attributes: vec![
            ("Make".into(), "Acme".into()),
            ("Year".into(), "2024".into()),
        ],
    }
}

impl World {
    fn registry(&self) -> Address {
        self.network.deployment().registry().unwrap()
    }

    async fn device_of(&self, key: &Account) -> U256 {
        self.ask(
            self.registry(),
            Views::getAftermarketDeviceIdByAddressCall {
                addr: key.address(),
            },
        )
        .await
    }

    async fn definition_and_make(&self, vehicle: U256) -> (String, String) {
        let definition = Views::getDeviceDefinitionIdByVehicleIdCall { vehicleId: vehicle };
        let make = Views::getInfoCall {
            idProxyAddress: self.network.deployment().vehicle().unwrap(),
            tokenId: vehicle,
            attribute: "Make".to_owned(),
        };
        (
            self.ask(self.registry(), definition).await,
            self.ask(self.registry(), make).await,
        )
    }

    async fn owners(&self, vehicle: U256, device: U256) -> (Address, Address) {
        let deployment = self.network.deployment();
        let vehicle = self
            .ask(
                deployment.vehicle().unwrap(),
                Views::ownerOfCall { tokenId: vehicle },
            )
            .await;
        let device = self
            .ask(
                deployment.aftermarket_device().unwrap(),
                Views::ownerOfCall { tokenId: device },
            )
            .await;
        (vehicle, device)
    }

    async fn paired_with(&self, vehicle: U256) -> U256 {
        let nft = self.network.deployment().vehicle().unwrap();
        self.ask(
            self.registry(),
            Views::getLinkCall {
                idProxyAddress: nft,
                tokenId: vehicle,
            },
        )
        .await
    }

    async fn synthetic_of(&self, vehicle: U256) -> U256 {
        let deployment = self.network.deployment();
        let (source, target) = (
            deployment.vehicle().unwrap(),
            deployment.synthetic_device().unwrap(),
        );
        self.ask(
            self.registry(),
            Views::getNodeLinkCall {
                source,
                target,
                tokenId: vehicle,
            },
        )
        .await
    }

    async fn waits_for_consent(&self, synthetic: U256) -> bool {
        let call = Views::isSyntheticDeviceConsentRequiredCall {
            syntheticDeviceNode: synthetic,
        };
        self.ask(self.registry(), call).await
    }

    async fn may(&self, vehicle: U256, grantee: &Account, permissions: U256) -> bool {
        let deployment = self.network.deployment();
        let (asset, grantee) = (deployment.vehicle().unwrap(), grantee.address());
        let call = Views::hasPermissionsCall {
            asset,
            tokenId: vehicle,
            grantee,
            permissions,
        };
        self.ask(deployment.sacd().unwrap(), call).await
    }

    async fn is_banned(&self, device: Address) -> bool {
        self.ask(
            self.network.deployment().device_standing().unwrap(),
            Views::isBannedCall { device },
        )
        .await
    }

    async fn fleet(&self, manufacturer: U256, owners: usize, size: usize) -> Vec<FleetMember> {
        let names: Vec<_> = (0..owners)
            .map(|n| account(&format!("owner {n}")))
            .collect();
        self.network
            .fund_gas(names.iter().map(Account::address))
            .await
            .unwrap();
        let member = |n: usize| FleetMember {
            owner: names[n % owners].clone(),
            vehicle: NewVehicle {
                attributes: [("Make", "Acme"), ("Model", "Roadrunner"), ("Year", "2024")]
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .into(),
                ..vehicle(manufacturer)
            },
            device: NewDevice {
                key: account(&format!("device {n}")).address(),
                attributes: vec![("Serial".into(), format!("S-{n}"))],
            },
        };
        (0..size).map(member).collect()
    }
}

async fn manufacturer(world: &World) -> (Account, U256) {
    let maker = world.actor("maker").await;
    world
        .network
        .license_provider(&world.admin, &maker)
        .await
        .unwrap();
    let id = world
        .network
        .mint_manufacturer(&world.admin, maker.address(), "Acme")
        .await
        .unwrap();
    (maker, id)
}

#[tokio::test]
async fn the_whole_life_of_a_vehicle_and_its_devices_runs_on_the_real_contracts() {
    let world = World::start().await;
    let net = &world.network;
    let (maker, acme) = manufacturer(&world).await;
    assert!(net.is_provider_licensed(maker.address()).await.unwrap());
    // A second time changes nothing.
    net.license_provider(&world.admin, &maker).await.unwrap();
    assert_eq!(
        net.mint_manufacturer(&world.admin, maker.address(), "Acme")
            .await
            .unwrap(),
        acme
    );

    let (owner, buyer, key) = (
        world.actor("owner").await,
        world.actor("buyer").await,
        account("device"),
    );
    let new = NewDevice {
        key: key.address(),
        attributes: vec![("Serial".into(), "S-1".into())],
    };
    let device = net.mint_devices(&maker, acme, &[new]).await.unwrap()[0];
    assert_eq!(world.device_of(&key).await, device);
    let car = net.mint_vehicle(&owner, &vehicle(acme)).await.unwrap();
    assert_eq!(
        world.definition_and_make(car).await,
        ("acme_model_2024".to_owned(), "Acme".to_owned())
    );
    net.set_vehicle_attributes(&world.admin, car, &[("Make".into(), "Ajax".into())])
        .await
        .unwrap();
    assert_eq!(world.definition_and_make(car).await.1, "Ajax");
    net.claim_device(&owner, device, &key).await.unwrap();
    assert_eq!(
        world.owners(car, device).await,
        (owner.address(), owner.address())
    );
    net.pair_device(&owner, device, car).await.unwrap();
    assert_eq!(world.paired_with(car).await, device);
    net.unpair_device(&owner, device, car).await.unwrap();
    assert_eq!(world.paired_with(car).await, U256::ZERO);
    net.pair_device_signed(&owner, device, car, &key)
        .await
        .unwrap();
    assert_eq!(world.paired_with(car).await, device);

    let cloud = account("cloud");
    let connection = net
        .mint_connection(&world.admin, maker.address(), "acme-cloud", cloud.address())
        .await
        .unwrap();
    assert_eq!(
        net.connection_of(cloud.address()).await.unwrap(),
        Some(connection)
    );
    let synthetic_key = account("synthetic");
    let synthetic = net
        .mint_synthetic_device(&maker, connection, car, &owner, &synthetic_key)
        .await
        .unwrap();
    assert_eq!(world.synthetic_of(car).await, synthetic);
    assert!(!world.waits_for_consent(synthetic).await);

    net.transfer_vehicle_with_device(&owner, car, buyer.address())
        .await
        .unwrap();
    assert_eq!(
        world.owners(car, device).await,
        (buyer.address(), buyer.address())
    );
    assert_eq!(world.paired_with(car).await, device);
    assert!(world.waits_for_consent(synthetic).await);
    net.give_consent(&buyer, synthetic).await.unwrap();
    assert!(!world.waits_for_consent(synthetic).await);
    net.burn_synthetic_device(&buyer, synthetic).await.unwrap();
    assert_eq!(world.synthetic_of(car).await, U256::ZERO);
    net.transfer_vehicle(&buyer, car, owner.address())
        .await
        .unwrap();
    assert_eq!(
        world.owners(car, device).await,
        (owner.address(), buyer.address())
    );
    assert_eq!(world.paired_with(car).await, U256::ZERO);
    net.burn_vehicle(&owner, car).await.unwrap();
    let vehicles = net.deployment().vehicle().unwrap();
    assert!(
        !world
            .ask(vehicles, Views::existsCall { tokenId: car })
            .await
    );
    net.revoke_connection(&world.admin, connection)
        .await
        .unwrap();
    assert_eq!(net.connection_of(cloud.address()).await.unwrap(), None);
}

#[tokio::test]
async fn a_licence_account_accepts_its_signers_and_nobody_else() {
    let world = World::start().await;
    let net = &world.network;
    let owner = world.actor("developer").await;
    let cost = net.developer_license_cost().await.unwrap();
    net.mint_dimo(&world.admin, owner.address(), cost)
        .await
        .unwrap();
    let license = net.issue_developer_license(&owner, "my-app").await.unwrap();
    let signer = account("signer");
    net.enable_signer(&owner, license.token, signer.address())
        .await
        .unwrap();
    net.set_redirect_uri(&owner, license.token, "https://app.example/back", true)
        .await
        .unwrap();

    let digest = keccak256("hello");
    let good = signer.sign_digest(digest).unwrap();
    let stranger = account("stranger").sign_digest(digest).unwrap();
    let rpc = net.rpc();
    let valid = |account, signature: [u8; 65]| async move {
        is_valid_signature(rpc, account, digest, &signature, 500_000)
            .await
            .unwrap()
    };
    assert!(valid(license.client_id, good).await);
    assert!(!valid(license.client_id, stranger).await);
    // No code: false, not an error. A contract without ERC-1271: false too.
    assert!(!valid(owner.address(), good).await);
    assert!(!valid(net.deployment().token().unwrap(), good).await);
    let contract = net.deployment().dev_license().unwrap();
    let is_signer = || Views::isSignerCall {
        tokenId: license.token,
        signer: signer.address(),
    };
    assert!(world.ask(contract, is_signer()).await);
    let uri = || Views::redirectUriStatusCall {
        tokenId: license.token,
        uri: "https://app.example/back".to_owned(),
    };
    assert!(world.ask(contract, uri()).await);
    net.set_redirect_uri(&owner, license.token, "https://app.example/back", false)
        .await
        .unwrap();
    assert!(!world.ask(contract, uri()).await);
    net.disable_signer(&owner, license.token, signer.address())
        .await
        .unwrap();
    assert!(!valid(license.client_id, good).await);
    assert!(!world.ask(contract, is_signer()).await);

    let client = || Views::tokenIdToClientIdCall {
        tokenId: license.token,
    };
    assert_eq!(world.ask(contract, client()).await, license.client_id);
    net.enable_signer(&owner, license.token, signer.address())
        .await
        .unwrap();
    net.revoke_developer_license(&world.admin, license.token)
        .await
        .unwrap();
    assert_eq!(world.ask(contract, client()).await, Address::ZERO);
    assert!(
        !valid(license.client_id, good).await,
        "a revoked licence must not log in"
    );
    // Broke: the reason names what is missing.
    let refused = net
        .issue_developer_license(&owner, "second")
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("ERC20InsufficientBalance"), "{refused}");
}

#[tokio::test]
async fn refusals_come_with_the_contracts_own_words() {
    let world = World::start().await;
    let net = &world.network;
    let (maker, acme) = manufacturer(&world).await;
    let owner = world.actor("owner").await;
    let car = net.mint_vehicle(&owner, &vehicle(acme)).await.unwrap();
    let stranger = world.actor("stranger").await;
    let refused = net
        .transfer_vehicle(&stranger, car, stranger.address())
        .await
        .unwrap_err();
    assert!(
        matches!(refused, ChainError::Reverted { ref call, .. } if call == "transfer vehicle"),
        "{refused}"
    );

    let new = NewDevice {
        key: account("device").address(),
        attributes: Vec::new(),
    };
    let device = net
        .mint_devices(&maker, acme, std::slice::from_ref(&new))
        .await
        .unwrap()[0];
    let refused = net
        .pair_device(&owner, device, car)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains('(') && !refused.contains("0x0"),
        "{refused}"
    );
    let license = net.provider_license(maker.address()).await.unwrap();
    net.settle_case(
        &world.admin,
        (&stranger, &maker),
        license,
        least_settlement(),
        "lost data",
    )
    .await
    .unwrap();
    assert!(!net.is_provider_licensed(maker.address()).await.unwrap());
    let other = NewDevice {
        key: account("device 2").address(),
        attributes: Vec::new(),
    };
    let refused = net
        .mint_devices(&maker, acme, &[other])
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("InvalidLicense"), "{refused}");

    // A device that was sold while the provider was licensed cannot be paired after the settlement.
    net.hand_over_devices(&maker, &[(device, owner.address())])
        .await
        .unwrap();
    let refused = net
        .pair_device(&owner, device, car)
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(refused, "pair device reverted: InvalidLicense()");
    net.license_provider(&world.admin, &maker).await.unwrap();
    net.ban_device(&world.admin, new.key, "sends fakes")
        .await
        .unwrap();
    let refused = net
        .pair_device(&owner, device, car)
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(
        refused,
        format!("pair device reverted: DeviceIsBanned({})", new.key)
    );
    let again = net
        .mint_connection(&stranger, stranger.address(), "mine", stranger.address())
        .await;
    assert!(
        again
            .unwrap_err()
            .to_string()
            .contains("AccessControlUnauthorizedAccount")
    );
}

#[tokio::test]
async fn a_transaction_that_fails_only_when_it_is_mined_tells_its_reason() {
    let world = World::start().await;
    let net = &world.network;
    let (maker, acme) = manufacturer(&world).await;
    let owner = world.actor("owner").await;
    let key = account("device");
    let new = NewDevice {
        key: key.address(),
        attributes: Vec::new(),
    };
    let device = net.mint_devices(&maker, acme, &[new]).await.unwrap()[0];
    world.chain.set_automine(false).await.unwrap();
    let expire = async {
        // Only when the claim waits in the pool does time pass beyond its deadline.
        while crate::raw(&world.chain, "txpool_status", serde_json::json!([])).await["pending"]
            == "0x0"
        {
            tokio::task::yield_now().await;
        }
        world.chain.increase_time(2 * 3600).await.unwrap();
    };
    let (claimed, ()) = tokio::join!(net.claim_device(&owner, device, &key), expire);
    let refused = claimed.unwrap_err().to_string();
    assert!(
        refused.starts_with("claim device reverted: SignatureExpired("),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_operations_of_one_account_at_once_from_two_programs_all_succeed() {
    let world = World::start().await;
    let other = world.other_network().await;
    let receivers: Vec<_> = (0..30)
        .map(|n| account(&format!("receiver {n}")).address())
        .collect();
    let one = receivers.iter().map(|to| {
        world
            .network
            .mint_dimo(&world.admin, *to, Wei(U256::from(1)))
    });
    let two = receivers
        .iter()
        .map(|to| other.mint_dimo(&world.admin, *to, Wei(U256::from(2))));
    let (one, two) = tokio::join!(
        futures::future::join_all(one),
        futures::future::join_all(two)
    );
    let failed: Vec<_> = one.into_iter().chain(two).filter_map(Result::err).collect();
    assert!(failed.is_empty(), "{failed:?}");
    for receiver in receivers {
        assert_eq!(
            world.network.dimo_balance(receiver).await.unwrap(),
            Wei(U256::from(3))
        );
    }
}

#[tokio::test]
async fn an_account_goes_on_after_the_chain_lost_its_blocks() {
    let world = World::start().await;
    let to = account("receiver").address();
    let mint = || {
        world
            .network
            .mint_dimo(&world.admin, to, Wei(U256::from(1)))
    };
    let snapshot = world.chain.snapshot().await.unwrap();
    for _ in 0..3 {
        mint().await.unwrap();
    }
    // A receipt may be there before the pool forgets the transaction, and a revert in between would keep it.
    while crate::raw(&world.chain, "txpool_status", serde_json::json!([])).await["pending"] != "0x0"
    {
        tokio::task::yield_now().await;
    }
    world.chain.revert(snapshot).await.unwrap();
    mint().await.unwrap();
    assert_eq!(
        world.network.dimo_balance(to).await.unwrap(),
        Wei(U256::from(1))
    );
}

#[tokio::test]
async fn grants_templates_bans_and_suspensions_are_accepted() {
    let world = World::start().await;
    let net = &world.network;
    let (_, acme) = manufacturer(&world).await;
    let owner = world.actor("owner").await;
    let grantee = world.actor("grantee").await;
    let car = net.mint_vehicle(&owner, &vehicle(acme)).await.unwrap();
    let permissions = U256::from(0x3FFFC);
    let mut grant = NewGrant::new(grantee.address(), permissions, 4_000_000_000);
    net.grant_vehicle(&owner, car, &grant).await.unwrap();
    assert!(world.may(car, &grantee, permissions).await);
    assert!(!world.may(car, &grantee, U256::from(3)).await);
    net.renounce_vehicle_grant(&grantee, car).await.unwrap();
    assert!(!world.may(car, &grantee, permissions).await);
    net.grant_account(&owner, &grant).await.unwrap();
    let (grantor, of) = (owner.address(), grantee.address());
    let account_grant = Views::hasAccountPermissionsCall {
        grantor,
        grantee: of,
        permissions,
    };
    assert!(
        world
            .ask(net.deployment().sacd().unwrap(), account_grant)
            .await
    );
    grant.template = net
        .create_vehicle_template(&owner, grant.permissions, "bafy-test")
        .await
        .unwrap();
    net.grant_vehicle(&owner, car, &grant).await.unwrap();
    net.deactivate_template(&owner, grant.template)
        .await
        .unwrap();
    let templates = net.deployment().template().unwrap();
    assert!(
        !world
            .ask(
                templates,
                Views::isTemplateActiveCall {
                    templateId: grant.template
                }
            )
            .await
    );
    let refused = net
        .grant_vehicle(&owner, car, &grant)
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("TemplateNotActive"), "{refused}");
    net.revoke_vehicle_grant(&owner, car, grantee.address())
        .await
        .unwrap();
    assert!(!world.may(car, &grantee, permissions).await);
    let refused = net
        .grant_vehicle(
            &grantee,
            car,
            &NewGrant::new(of, permissions, 4_000_000_000),
        )
        .await
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!("grant permissions reverted: Unauthorized({of})")
    );

    let key = account("device").address();
    net.ban_device(&world.admin, key, "sends fakes")
        .await
        .unwrap();
    assert!(world.is_banned(key).await);
    net.unban_device(&world.admin, key, "appeal won")
        .await
        .unwrap();
    assert!(!world.is_banned(key).await);
}

/// One deposit of the seed profile.
fn least_settlement() -> Wei {
    Wei(U256::from(5_000) * U256::from(10u64).pow(U256::from(18)))
}

#[tokio::test]
async fn a_provider_is_licensed_exactly_while_it_has_licence_standing_stake_and_no_debt() {
    let world = World::start().await;
    let net = &world.network;
    let (maker, challenger) = (world.actor("maker").await, world.actor("challenger").await);
    let licensed = || async { net.is_provider_licensed(maker.address()).await.unwrap() };
    assert!(!licensed().await);
    let license = net.license_provider(&world.admin, &maker).await.unwrap();
    assert!(licensed().await);
    let height = world.chain.height().await.unwrap();
    net.license_provider(&world.admin, &maker).await.unwrap();
    assert_eq!(
        world.chain.height().await.unwrap(),
        height,
        "nothing was lacking"
    );
    net.suspend_provider(&world.admin, license, "audit")
        .await
        .unwrap();
    assert!(!licensed().await);
    net.reinstate_provider(&world.admin, license, "audit passed")
        .await
        .unwrap();
    assert!(licensed().await);
    let million = Wei(U256::from(10u64).pow(U256::from(24)));
    net.raise_requirement(&world.admin, license, million, "more at risk")
        .await
        .unwrap();
    assert!(!licensed().await);
    // Licensing again tops the stake up to the raised requirement.
    assert_eq!(
        net.license_provider(&world.admin, &maker).await.unwrap(),
        license
    );
    assert!(licensed().await);
    let staked = || async {
        let vault = net.deployment().stake_vault().unwrap();
        let call = Views::stakeOfCall { licenseId: license };
        world.ask(vault, call).await
    };
    assert_eq!(staked().await, million.0);
    let parties = (&challenger, &maker);
    net.settle_case(&world.admin, parties, license, least_settlement(), "one")
        .await
        .unwrap();
    assert!(!licensed().await);
    assert_eq!(staked().await, million.0 - least_settlement().0);

    // A settlement is paid from the own stake; a ruling beyond it leaves a debt, and stake alone does not make up for it.
    net.license_provider(&world.admin, &maker).await.unwrap();
    assert!(licensed().await);
    let more = Wei(million.0 + U256::from(7));
    let refused = net
        .settle_case(&world.admin, parties, license, more, "two")
        .await;
    assert!(
        matches!(&refused, Err(ChainError::Reverted { reason, .. }) if reason.starts_with("SettlementNotCovered")),
        "{refused:?}"
    );
    let key = milepost_types::B256::right_padding_from(b"court.adjudicator").to_string();
    let external = net
        .transaction("Parameters", "set", &[key, "2".to_owned()])
        .unwrap();
    net.execute(&world.admin, vec![external]).await.unwrap();
    let case = net
        .rule_case(&world.admin, parties, license, more, "three")
        .await
        .unwrap();
    world.chain.increase_time(8 * 86_400).await.unwrap();
    net.close_case(&challenger, case).await.unwrap();
    assert_eq!(staked().await, U256::ZERO);
    let debt = net.court_debt(maker.address()).await.unwrap();
    assert!(debt.0 >= U256::from(7), "reparation and fees: {debt:?}");
    net.license_provider(&world.admin, &maker).await.unwrap();
    assert_eq!(staked().await, million.0);
    assert!(!licensed().await);
    net.mint_dimo(&world.admin, maker.address(), debt)
        .await
        .unwrap();
    net.pay_court_debt(&maker, case, debt).await.unwrap();
    assert!(licensed().await);

    net.revoke_provider(&world.admin, license, "gone")
        .await
        .unwrap();
    assert!(!licensed().await);
    // A new licence needs a new stake: the old one waits out its release.
    let second = net.license_provider(&world.admin, &maker).await.unwrap();
    assert_ne!(second, license);
    assert!(licensed().await);
}

#[tokio::test]
async fn c28_a_team_member_revokes_only_after_the_suspension_window() {
    let world = World::start().await;
    let net = &world.network;
    let (maker, member) = (world.actor("maker").await, world.actor("member").await);
    let license = net.license_provider(&world.admin, &maker).await.unwrap();
    let until = world.network.rpc().head().await.unwrap().time.as_secs() + 31_000_000;
    let appoint = net
        .transaction(
            "TeamRoster",
            "appoint",
            &[member.address().to_string(), until.to_string()],
        )
        .unwrap();
    net.execute(&world.admin, vec![appoint]).await.unwrap();
    let refused = |error: ChainError| error.to_string();
    let early = net.revoke_provider(&member, license, "gone").await;
    assert!(refused(early.unwrap_err()).contains("WrongState"));
    net.suspend_provider(&member, license, "audit")
        .await
        .unwrap();
    let early = net.revoke_provider(&member, license, "gone").await;
    assert!(refused(early.unwrap_err()).contains("RevocationNotAllowed"));
    world.chain.increase_time(14 * 86_400).await.unwrap();
    net.revoke_provider(&member, license, "gone").await.unwrap();
    assert!(
        net.provider_license(maker.address())
            .await
            .unwrap()
            .is_zero()
    );
}

#[tokio::test]
async fn a_fleet_of_a_hundred_vehicles_is_set_up_in_seconds_and_found_again() {
    let world = World::start().await;
    let net = &world.network;
    let (maker, acme) = manufacturer(&world).await;
    for owners in [1, 10] {
        let snapshot = world.chain.snapshot().await.unwrap();
        let members = world.fleet(acme, owners, 100).await;
        let started = std::time::Instant::now();
        let fleet = net.onboard_fleet(&maker, acme, &members).await.unwrap();
        println!("100 vehicles of {owners} owners in {:?}", started.elapsed());
        assert!(started.elapsed().as_secs() < 15, "{:?}", started.elapsed());
        let vehicles: std::collections::HashSet<_> =
            fleet.iter().map(|member| member.vehicle).collect();
        assert_eq!(vehicles.len(), 100);
        for position in [0, 42, 99] {
            let (member, done) = (&members[position], fleet[position]);
            let owner = member.owner.address();
            assert_eq!(
                world.owners(done.vehicle, done.device).await,
                (owner, owner)
            );
            assert_eq!(world.paired_with(done.vehicle).await, done.device);
            assert_eq!(
                world
                    .device_of(&account(&format!("device {position}")))
                    .await,
                done.device
            );
        }
        // Again with twenty more: the hundred stay as they are.
        let height = world.chain.height().await.unwrap();
        assert_eq!(
            net.onboard_fleet(&maker, acme, &members).await.unwrap(),
            fleet
        );
        assert_eq!(world.chain.height().await.unwrap(), height);
        let more = world.fleet(acme, owners, 120).await;
        let grown = net.onboard_fleet(&maker, acme, &more).await.unwrap();
        assert_eq!(grown[..100], fleet[..]);
        world.chain.revert(snapshot).await.unwrap();
    }
}

#[tokio::test]
async fn a_fleet_that_was_interrupted_is_completed() {
    let world = World::start().await;
    let net = &world.network;
    let (maker, acme) = manufacturer(&world).await;
    let members = world.fleet(acme, 1, 4).await;
    let devices: Vec<_> = members[..2]
        .iter()
        .map(|member| member.device.clone())
        .collect();
    let devices = net.mint_devices(&maker, acme, &devices).await.unwrap();
    // One device is minted only, one is with its owner already.
    net.hand_over_devices(&maker, &[(devices[1], members[1].owner.address())])
        .await
        .unwrap();
    let fleet = net.onboard_fleet(&maker, acme, &members).await.unwrap();
    assert_eq!(fleet[0].device, devices[0]);
    assert_eq!(fleet[1].device, devices[1]);
    for done in fleet {
        assert_eq!(world.paired_with(done.vehicle).await, done.device);
    }
}

#[tokio::test]
async fn a_handover_leaves_the_deployer_no_power_over_the_rules() {
    let world = World::start().await;
    let net = &world.network;
    let timelock = net.deployment().contract("DimoTimelock").unwrap();
    let said = net.hand_over(&world.admin, true).await.unwrap();
    let done = net.hand_over(&world.admin, false).await.unwrap();
    assert_eq!(said, done, "the preview says what is done");
    for expected in [
        "GOVERNANCE_ROLE on Parameters",
        "UPGRADER_ROLE on StakeVault",
        "ADMIN_ROLE on DIMORegistry",
        "DEFAULT_ADMIN_ROLE on DimoTimelock",
    ] {
        assert!(done.renounced.iter().any(|r| r == expected), "{expected}");
    }
    for (name, address) in &net.deployment().contracts {
        for role in ["GOVERNANCE_ROLE", "UPGRADER_ROLE", "ADMIN_ROLE"] {
            let role = milepost_types::keccak256(role).to_string();
            let of = |who: Address| [role.clone(), who.to_string()];
            let Ok(held) = net.read(name, "hasRole", &of(world.admin.address())).await else {
                continue;
            };
            assert_eq!(held, false, "{role} on {name} at {address}");
        }
    }
    let owner = net.read("UpgradeableBeacon", "owner", &[]).await.unwrap();
    assert_eq!(owner, timelock.to_string().as_str());
    let again = net.hand_over(&world.admin, false).await.unwrap();
    assert_eq!(again, Default::default(), "nothing is left to hand over");
    let refused = net
        .transaction(
            "LicenseBook",
            "overrule",
            &[
                "1".to_owned(),
                milepost_types::B256::repeat_byte(1).to_string(),
            ],
        )
        .unwrap();
    let refused = net.preview(world.admin.address(), &[refused]).await;
    assert!(
        matches!(&refused, Err(ChainError::Reverted { reason, .. }) if reason.starts_with("AccessControl")),
        "{refused:?}"
    );
}
