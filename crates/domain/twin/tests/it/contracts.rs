//! The twin on the real contracts: what a transaction changes is what admission and access see next.

use milepost_chain_core::{ChainSource as _, DevChain, DevChainOptions, NewGrant};
use milepost_policy::{Denial, PermissionSet, Refusal, authorize};
use milepost_types::{Did, Timestamp, U256, Wei};

use crate::{
    CHAIN_ID,
    network::{World, account},
    until,
};

#[tokio::test]
async fn d3_76_d3_82_admission_follows_the_chain() {
    let (world, dir) = (World::start().await, tempfile::tempdir().unwrap());
    let net = &world.net;
    let file = dir.path().join("twin.db");
    let twin = world.twin(&file).await;
    let admitted = world.admitted(&twin).await.unwrap();
    assert_eq!(
        (admitted.source, admitted.device_key),
        (world.maker.address(), world.device_key.address())
    );
    assert_eq!(
        world.synthetic_admitted(&twin).await.unwrap().source,
        world.cloud
    );

    net.ban_device(&world.admin, world.device_key.address(), "sends fakes")
        .await
        .unwrap();
    assert_eq!(
        world.admitted(&twin).await,
        Err(Refusal::Banned(world.device_did()))
    );
    net.unban_device(&world.admin, world.device_key.address(), "appeal won")
        .await
        .unwrap();
    world.admitted(&twin).await.unwrap();

    net.unpair_device(&world.owner, world.device, world.car)
        .await
        .unwrap();
    assert!(matches!(
        world.admitted(&twin).await,
        Err(Refusal::NotPaired { .. })
    ));
    net.pair_device_signed(&world.owner, world.device, world.car, &world.device_key)
        .await
        .unwrap();
    world.admitted(&twin).await.unwrap();

    net.suspend_provider(&world.admin, world.provider_license, "audit")
        .await
        .unwrap();
    assert!(matches!(
        world.admitted(&twin).await,
        Err(Refusal::ProviderUnlicensed(_))
    ));
    net.reinstate_provider(&world.admin, world.provider_license, "audit passed")
        .await
        .unwrap();
    world.admitted(&twin).await.unwrap();

    let parties = (&world.buyer, &world.maker);
    let license = world.provider_license;
    // One deposit, the least that a settlement is worth.
    let least = Wei(U256::from(5_000) * U256::from(10u64).pow(U256::from(18)));
    net.settle_case(&world.admin, parties, license, least, "lost data")
        .await
        .unwrap();
    assert!(matches!(
        world.admitted(&twin).await,
        Err(Refusal::ProviderUnlicensed(_))
    ));
    assert!(matches!(
        world.synthetic_admitted(&twin).await,
        Err(Refusal::ProviderUnlicensed(_))
    ));
    net.license_provider(&world.admin, &world.maker)
        .await
        .unwrap();
    world.admitted(&twin).await.unwrap();

    let stake = U256::from(100_000) * U256::from(10u64).pow(U256::from(18));
    net.raise_requirement(&world.admin, license, Wei(stake + U256::from(1)), "risk")
        .await
        .unwrap();
    assert!(matches!(
        world.admitted(&twin).await,
        Err(Refusal::ProviderUnlicensed(_))
    ));
    net.raise_requirement(&world.admin, license, Wei(U256::ZERO), "less risk")
        .await
        .unwrap();
    world.admitted(&twin).await.unwrap();

    net.transfer_vehicle(&world.owner, world.car, world.buyer.address())
        .await
        .unwrap();
    assert!(matches!(
        world.admitted(&twin).await,
        Err(Refusal::NotPaired { .. })
    ));
    assert!(matches!(
        world.synthetic_admitted(&twin).await,
        Err(Refusal::ConsentRequired(_))
    ));
    net.give_consent(&world.buyer, world.synthetic)
        .await
        .unwrap();
    world.synthetic_admitted(&twin).await.unwrap();

    assert_eq!(twin.status().unknown_logs, 0);
    twin.stop().await;
    let report = world.verified(&file).await;
    assert!(report.is_clean(), "{:?}", report.differences);
    assert!(report.spot_checks > 10, "{report:?}");
    assert_eq!(report.spot_unanswered, 0, "{report:?}");
}

#[tokio::test]
async fn a_providers_standing_follows_stake_classes_debt_parameters_and_the_end_of_a_loan() {
    let (world, dir) = (World::start().await, tempfile::tempdir().unwrap());
    let (net, license) = (&world.net, world.provider_license);
    let file = dir.path().join("twin.db");
    let twin = world.twin(&file).await;
    // Twin and contract always agree; gives what both say.
    let standing = async || {
        let ours = world.admitted(&twin).await.is_ok();
        let theirs = net.is_provider_licensed(world.maker.address()).await;
        assert_eq!(ours, theirs.unwrap());
        ours
    };
    let run = async |contract: &str, function: &str, arguments: &[&str]| {
        let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
        let call = net.transaction(contract, function, &arguments).unwrap();
        net.execute(&world.admin, vec![call]).await.unwrap();
    };
    assert!(standing().await);

    // A ruling beyond the stake: the rest is a debt that new stake does not make up for.
    let stake = U256::from(100_000) * U256::from(10u64).pow(U256::from(18));
    let (parties, beyond) = ((&world.buyer, &world.maker), Wei(stake + U256::from(9)));
    let key = milepost_types::B256::right_padding_from(b"court.adjudicator").to_string();
    run("Parameters", "set", &[&key, "2"]).await;
    let case = net
        .rule_case(&world.admin, parties, license, beyond, "lost data")
        .await
        .unwrap();
    world.chain.increase_time(8 * 86_400).await.unwrap();
    net.close_case(&world.admin, case).await.unwrap();
    net.license_provider(&world.admin, &world.maker)
        .await
        .unwrap();
    assert!(!standing().await);
    let debt = net.court_debt(world.maker.address()).await.unwrap();
    assert!(debt.0 >= U256::from(9), "reparation and fees: {debt:?}");
    net.mint_dimo(&world.admin, world.maker.address(), debt)
        .await
        .unwrap();
    net.pay_court_debt(&world.maker, case, debt).await.unwrap();
    assert!(standing().await);

    // Governance asks more; a partner's stake fills it up.
    let key = milepost_types::B256::right_padding_from(b"stake.provider").to_string();
    let more = (stake + U256::from(10)).to_string();
    run("Parameters", "set", &[&key, &more]).await;
    assert!(!standing().await);
    net.mint_dimo(&world.admin, world.buyer.address(), Wei(U256::from(4)))
        .await
        .unwrap();
    net.stake(&world.buyer, license, Wei(U256::from(4)))
        .await
        .unwrap();
    assert!(!standing().await);

    // The foundation, here the admin, lends the rest for a day; then time alone takes the cover away.
    let vault = net.deployment().stake_vault().unwrap().to_string();
    run(
        "DimoToken",
        "mint",
        &[&world.admin.address().to_string(), "6"],
    )
    .await;
    run("DimoToken", "approve", &[&vault, "6"]).await;
    let due = world.chain.rpc().head().await.unwrap().time.as_secs() + 86_400;
    run(
        "StakeVault",
        "lend",
        &[&license.to_string(), "6", &due.to_string()],
    )
    .await;
    assert!(standing().await);
    world.chain.increase_time(86_400).await.unwrap();
    assert!(!standing().await);

    // Grandfathered: what was asked when the licence was approved is enough again.
    let key = milepost_types::B256::right_padding_from(b"stake.grandfather").to_string();
    run("Parameters", "set", &[&key, "1"]).await;
    assert!(standing().await);

    net.revoke_provider(&world.admin, license, "gone")
        .await
        .unwrap();
    assert!(!standing().await);
    assert_eq!(twin.status().unknown_logs, 0);
    twin.stop().await;
    let report = world.verified(&file).await;
    assert!(report.is_clean(), "{:?}", report.differences);
    assert_eq!(report.spot_unanswered, 0, "{report:?}");
}

#[tokio::test]
async fn d1_42_d1_43_access_follows_the_chain() {
    let (world, dir) = (World::start().await, tempfile::tempdir().unwrap());
    let (net, file) = (&world.net, dir.path().join("twin.db"));
    let twin = world.twin(&file).await;
    let developer = account("developer");
    net.fund_gas([developer.address()]).await.unwrap();
    net.mint_dimo(
        &world.admin,
        developer.address(),
        net.developer_license_cost().await.unwrap(),
    )
    .await
    .unwrap();
    let license = net
        .issue_developer_license(&developer, "my-app")
        .await
        .unwrap();
    let signer = account("signer").address();
    net.enable_signer(&developer, license.token, signer)
        .await
        .unwrap();
    net.set_redirect_uri(&developer, license.token, "https://app.example", true)
        .await
        .unwrap();
    world.caught_up(&twin).await;
    let view = twin.view();
    let known = view.developer_license(license.client_id).unwrap();
    assert_eq!(
        (known.alias.as_str(), known.redirect_uris.as_slice()),
        ("my-app", &["https://app.example".to_owned()][..])
    );
    let now = view.head().time;
    assert!(view.signer_expires_at(license.client_id, signer).unwrap() > now);

    let car = world.car_did();
    let may = |now| {
        let decision = authorize(&*view, &car, license.client_id, now);
        decision.map(|decision| decision.permissions)
    };
    assert!(matches!(may(now), Err(Denial::NoGrant { .. })));
    let until_secs = u64::try_from(now.as_secs()).unwrap() + 10_000;
    let mut grant = NewGrant::new(license.client_id, PermissionSet::ALL.to_sacd(), until_secs);
    net.grant_vehicle(&world.owner, world.car, &grant)
        .await
        .unwrap();
    world.caught_up(&twin).await;
    assert_eq!(may(now), Ok(PermissionSet::ALL));
    assert!(matches!(
        may(Timestamp::from_secs_saturating(until_secs)),
        Err(Denial::NoGrant { .. })
    ));
    net.revoke_vehicle_grant(&world.owner, world.car, license.client_id)
        .await
        .unwrap();
    world.caught_up(&twin).await;
    assert!(matches!(may(now), Err(Denial::NoGrant { .. })));

    net.grant_account(&world.owner, &grant).await.unwrap();
    world.caught_up(&twin).await;
    assert_eq!(may(now), Ok(PermissionSet::ALL));
    let account_did = Did::ethr(milepost_types::ChainId(CHAIN_ID), world.owner.address());
    assert_eq!(
        view.grant(&account_did, license.client_id)
            .unwrap()
            .permissions,
        grant.permissions
    );

    // The sale moves the car out of the seller's account grant, and the buyer's template grant ends with it.
    net.transfer_vehicle(&world.owner, world.car, world.buyer.address())
        .await
        .unwrap();
    world.caught_up(&twin).await;
    assert!(matches!(may(now), Err(Denial::NoGrant { .. })));
    grant.template = net
        .create_vehicle_template(&world.buyer, grant.permissions, "bafy-x")
        .await
        .unwrap();
    grant.expires_at = u64::MAX;
    net.grant_vehicle(&world.buyer, world.car, &grant)
        .await
        .unwrap();
    world.caught_up(&twin).await;
    assert_eq!(may(now), Ok(PermissionSet::ALL));
    net.deactivate_template(&world.buyer, grant.template)
        .await
        .unwrap();
    world.caught_up(&twin).await;
    assert!(matches!(may(now), Err(Denial::NoGrant { .. })));

    net.revoke_developer_license(&world.admin, license.token)
        .await
        .unwrap();
    world.caught_up(&twin).await;
    assert_eq!(may(now), Err(Denial::Unlicensed(license.client_id)));
    assert_eq!(view.signer_expires_at(license.client_id, signer), None);
    twin.stop().await;
    let report = world.verified(&file).await;
    assert!(
        report.is_clean() && report.spot_unanswered == 0,
        "{report:?}"
    );
}

#[tokio::test]
async fn real_forks_of_depth_1_7_and_64_take_back_what_the_lost_branch_did() {
    for depth in [1u64, 7, 64] {
        let (world, dir) = (World::start().await, tempfile::tempdir().unwrap());
        let file = dir.path().join("twin.db");
        let twin = world.twin(&file).await;
        world.admitted(&twin).await.unwrap();
        let snapshot = world.chain.snapshot().await.unwrap();
        let fork = world.chain.height().await.unwrap();
        world
            .net
            .ban_device(&world.admin, world.device_key.address(), "mistake")
            .await
            .unwrap();
        world.chain.mine(depth - 1, 1).await.unwrap();
        assert_eq!(world.chain.height().await.unwrap(), fork + depth);
        assert!(matches!(
            world.admitted(&twin).await,
            Err(Refusal::Banned(_))
        ));

        world.chain.revert(snapshot).await.unwrap();
        world.chain.mine(depth + 1, 3).await.unwrap();
        let tip = world.chain.rpc().head().await.unwrap();
        until(&twin, |status| {
            status.head.is_some_and(|head| head.hash == tip.hash)
        })
        .await;
        world.admitted(&twin).await.unwrap();
        let status = twin.status();
        assert_eq!((status.reorgs, status.last_reorg_depth), (1, depth));
        twin.stop().await;
        assert!(world.verified(&file).await.is_clean());
    }
}

#[tokio::test]
async fn a_restarted_chain_is_gone_on_with_and_a_new_one_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (state, file) = (dir.path().join("chain.json"), dir.path().join("twin.db"));
    let options = DevChainOptions {
        state: Some(state),
        ..DevChainOptions::default()
    };
    let mut world = World::start_with(options.clone()).await;
    let twin = world.twin(&file).await;
    let head = twin.view().head();
    twin.stop().await;
    let another = DevChainOptions {
        genesis_time_secs: Some(1_700_000_000),
        ..DevChainOptions::default()
    };
    let old = std::mem::replace(&mut world.chain, DevChain::start(another).await.unwrap());
    old.stop().await.unwrap();
    // Another chain under the same id.
    let fresh = milepost_twin::Twin::start(
        world.settings.clone(),
        std::sync::Arc::new(world.chain.rpc()),
        &file,
    )
    .await;
    assert!(matches!(
        fresh,
        Err(milepost_twin::TwinError::OtherGenesis { .. })
    ));
    // The old chain, started again.
    world.chain = DevChain::start(options).await.unwrap();
    world.net =
        milepost_chain_core::Network::connect(world.chain.rpc(), world.net.deployment().clone())
            .await
            .unwrap();
    let twin = world.twin(&file).await;
    assert_eq!(twin.view().head().hash, head.hash);
    world
        .net
        .ban_device(&world.admin, world.device_key.address(), "x")
        .await
        .unwrap();
    assert!(matches!(
        world.admitted(&twin).await,
        Err(Refusal::Banned(_))
    ));
    twin.stop().await;
    assert!(world.verified(&file).await.is_clean());
}

#[tokio::test]
async fn signers_expire_with_chain_time_as_the_contract_says() {
    let (world, dir) = (World::start().await, tempfile::tempdir().unwrap());
    let net = &world.net;
    let twin = world.twin(&dir.path().join("twin.db")).await;
    net.mint_dimo(
        &world.admin,
        world.owner.address(),
        net.developer_license_cost().await.unwrap(),
    )
    .await
    .unwrap();
    let license = net
        .issue_developer_license(&world.owner, "app")
        .await
        .unwrap();
    let key = account("signer");
    net.enable_signer(&world.owner, license.token, key.address())
        .await
        .unwrap();
    world.caught_up(&twin).await;
    let ends = twin
        .view()
        .signer_expires_at(license.client_id, key.address())
        .unwrap();
    let (rpc, digest) = (world.chain.rpc(), milepost_types::keccak256("x"));
    let signature = key.sign_digest(digest).unwrap();
    let valid = || {
        milepost_chain_core::is_valid_signature(
            &rpc,
            license.client_id,
            digest,
            &signature,
            500_000,
        )
    };
    assert!(valid().await.unwrap());
    let left = u64::try_from(ends.as_secs() - twin.view().head().time.as_secs()).unwrap();
    world.chain.increase_time(left + 1).await.unwrap();
    world.caught_up(&twin).await;
    assert!(twin.view().head().time >= ends);
    assert!(!valid().await.unwrap());
}
