//! Endpoints that are silent, busy, capped, forgetful or lying.

use std::{sync::Arc, time::Duration};

use milepost_chain_core::ChainSource;
use milepost_twin::{Halt, Twin, TwinError, TwinSettings, verify};
use milepost_types::{ChainId, Did};

use crate::{
    CHAIN_ID,
    fake::FakeChain,
    logs::{DevAdmin2025, REGISTRY, Registry, Stranger, VEHICLE, by, id, mint, who},
    settings, until,
};

pub(crate) fn car(n: u64) -> Did {
    Did::erc721(ChainId(CHAIN_ID), VEHICLE, id(n))
}

pub(crate) async fn start(
    settings: TwinSettings,
    chain: &Arc<FakeChain>,
    dir: &tempfile::TempDir,
) -> Twin {
    let source = Arc::clone(chain) as Arc<dyn ChainSource>;
    Twin::start(settings, source, &dir.path().join("twin.db"))
        .await
        .unwrap()
}

#[tokio::test]
async fn an_outage_leaves_the_last_state_and_its_age_and_ends_by_itself() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    chain.push(&[mint(VEHICLE, who(1), id(7))], "a");
    let twin = start(settings(), &chain, &dir).await;
    twin.wait_for_block(1).await.unwrap();
    chain.faults.lock().down = true;
    let status = until(&twin, |status| {
        status.fault.is_some() && status.silent_for_ms.is_some_and(|ms| ms > 0)
    })
    .await;
    assert_eq!(status.head.unwrap().number, 1);
    assert_eq!(twin.view().vehicle(&car(7)).unwrap().owner, who(1));
    chain.push(&[mint(VEHICLE, who(2), id(8))], "a");
    chain.faults.lock().down = false;
    twin.wait_for_block(2).await.unwrap();
    assert_eq!(twin.view().vehicle(&car(8)).unwrap().owner, who(2));
    assert_eq!(twin.status().fault, None);
    twin.stop().await;
}

#[tokio::test]
async fn a_start_without_an_endpoint_serves_the_stored_state() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    chain.push(&[mint(VEHICLE, who(1), id(7))], "a");
    let twin = start(settings(), &chain, &dir).await;
    twin.wait_for_block(1).await.unwrap();
    twin.stop().await;
    chain.faults.lock().down = true;
    let twin = start(settings(), &chain, &dir).await;
    assert_eq!(twin.view().vehicle(&car(7)).unwrap().owner, who(1));
    assert_eq!(twin.view().head().hash, chain.hash(1));
    assert_eq!(twin.status().silent_for_ms, None);
}

#[tokio::test]
async fn a_long_history_is_read_in_ranges_that_shrink_when_refused() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    for n in 1..=40 {
        chain.grow_to(n * 20 - 1, "a");
        chain.push(&[mint(VEHICLE, who(1), id(n))], "a");
    }
    chain.grow_to(900, "a");
    {
        let mut faults = chain.faults.lock();
        faults.range_max = Some(7);
        faults.doubled = true;
    }
    let twin = start(settings(), &chain, &dir).await;
    twin.wait_for_block(900).await.unwrap();
    for n in 1..=40 {
        assert!(twin.view().vehicle(&car(n)).is_some(), "{n}");
    }
    twin.stop().await;
    let report = verify(&settings(), &*chain, &dir.path().join("twin.db"), 0)
        .await
        .unwrap();
    assert!(report.is_clean(), "{:?}", report.differences);
    assert_eq!(report.rows["vehicles"], 40);
}

#[tokio::test]
async fn a_block_that_vanishes_between_two_requests_is_asked_again() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    chain.faults.lock().vanished = 3;
    chain.push(&[mint(VEHICLE, who(1), id(7))], "a");
    let twin = start(settings(), &chain, &dir).await;
    twin.wait_for_block(1).await.unwrap();
    assert!(twin.view().vehicle(&car(7)).is_some());
}

#[tokio::test]
async fn an_endpoint_that_keeps_contradicting_itself_halts_the_twin() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    chain.push(&[mint(VEHICLE, who(1), id(7))], "a");
    let twin = start(settings(), &chain, &dir).await;
    twin.wait_for_block(1).await.unwrap();
    chain.faults.lock().lies = true;
    chain.push(&[mint(VEHICLE, who(1), id(8))], "a");
    let halted = twin.wait_for_block(2).await.unwrap_err();
    assert!(
        matches!(halted, TwinError::Halted(Halt::Contradiction(_))),
        "{halted}"
    );
    assert_eq!(twin.view().head().number, 1);
    assert!(twin.view().vehicle(&car(7)).is_some());
}

#[tokio::test]
async fn a_known_event_that_cannot_be_read_halts_before_its_block() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    let set = DevAdmin2025::VehicleAttributeSet {
        tokenId: id(7),
        attribute: "Make".into(),
        info: "Acme".into(),
    };
    let mut broken = by(REGISTRY, set);
    broken.1.data = broken.1.data.slice(..40);
    chain.push(&[mint(VEHICLE, who(1), id(7))], "a");
    chain.push(&[mint(VEHICLE, who(2), id(8)), broken], "a");
    chain.push(&[mint(VEHICLE, who(3), id(9))], "a");
    let twin = start(settings(), &chain, &dir).await;
    let halted = twin.wait_for_block(3).await.unwrap_err();
    assert!(
        matches!(
            halted,
            TwinError::Halted(Halt::Undecodable {
                block: 2,
                log_index: 1,
                ..
            })
        ),
        "{halted}"
    );
    assert_eq!(twin.view().head().number, 1);
    assert_eq!(twin.view().vehicle(&car(8)), None);
    // The chain's head is still looked at, so that the lag shows.
    chain.grow_to(10, "a");
    let status = until(&twin, |status| status.chain_head == Some(10)).await;
    assert_eq!(status.lag_blocks, 9);
    assert!(status.halted.unwrap().contains("block 2"));
    // A restart meets the same event and halts again.
    twin.stop().await;
    let twin = start(settings(), &chain, &dir).await;
    assert!(matches!(
        twin.wait_for_block(3).await,
        Err(TwinError::Halted(_))
    ));
}

#[tokio::test]
async fn unknown_logs_are_counted_and_do_not_stop_anything() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    chain.push(
        &[
            by(
                REGISTRY,
                Stranger::NeverHeardOf {
                    a: id(1),
                    b: "x".into(),
                },
            ),
            mint(VEHICLE, who(1), id(7)),
        ],
        "a",
    );
    let twin = start(settings(), &chain, &dir).await;
    twin.wait_for_block(1).await.unwrap();
    assert_eq!(twin.status().unknown_logs, 1);
    assert!(twin.view().vehicle(&car(7)).is_some());
    twin.stop().await;
    let twin = start(settings(), &chain, &dir).await;
    assert_eq!(twin.status().unknown_logs, 1);
}

#[tokio::test]
async fn another_chain_id_genesis_or_contract_set_is_refused() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    chain.push(&[mint(VEHICLE, who(1), id(7))], "a");
    let twin = start(settings(), &chain, &dir).await;
    twin.wait_for_block(1).await.unwrap();
    twin.stop().await;
    let file = dir.path().join("twin.db");
    let again = |chain: Arc<FakeChain>, settings: TwinSettings| {
        let file = file.clone();
        async move { Twin::start(settings, chain as Arc<dyn ChainSource>, &file).await }
    };
    let renewed = again(FakeChain::with_genesis(1), settings())
        .await
        .unwrap_err();
    assert!(
        matches!(renewed, TwinError::OtherGenesis { .. }),
        "{renewed}"
    );
    assert!(renewed.to_string().contains("delete the index file"));
    chain.faults.lock().chain_id = Some(1);
    assert!(matches!(
        again(Arc::clone(&chain), settings()).await.unwrap_err(),
        TwinError::WrongChain {
            expected: CHAIN_ID,
            found: 1
        }
    ));
    chain.faults.lock().chain_id = None;
    let mut fewer = settings();
    fewer.roles.remove(&milepost_twin::Role::Sacd);
    assert!(matches!(
        again(Arc::clone(&chain), fewer).await.unwrap_err(),
        TwinError::OtherContracts
    ));
    again(chain, settings()).await.unwrap();
}

#[tokio::test]
async fn unusable_settings_name_the_field() {
    let chain = FakeChain::new();
    let dir = tempfile::tempdir().unwrap();
    let refused = |settings: TwinSettings| {
        let source = Arc::clone(&chain) as Arc<dyn ChainSource>;
        let file = dir.path().join("twin.db");
        async move {
            Twin::start(settings, source, &file)
                .await
                .unwrap_err()
                .to_string()
        }
    };
    assert!(
        refused(TwinSettings {
            reorg_window: 0,
            ..settings()
        })
        .await
        .contains("reorg_window")
    );
    let mut twice = settings();
    let vehicle = twice.roles[&milepost_twin::Role::Vehicle].clone();
    twice
        .roles
        .get_mut(&milepost_twin::Role::Registry)
        .unwrap()
        .extend(vehicle);
    assert!(
        refused(twice)
            .await
            .contains("roles.registry names 2 contracts")
    );
    let mut none = settings();
    none.roles.clear();
    assert!(refused(none).await.contains("roles.registry"));
}

#[tokio::test]
async fn a_new_block_is_seen_within_a_moment_without_being_asked_for() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    let twin = start(settings(), &chain, &dir).await;
    for n in 1..=20 {
        let minted = Registry::VehicleNodeMintedWithDeviceDefinition {
            manufacturerId: id(1),
            vehicleId: id(n),
            owner: who(1),
            ddId: "a\0b".into(),
        };
        chain.push(&[by(REGISTRY, minted), mint(VEHICLE, who(1), id(n))], "a");
        let seen = tokio::time::timeout(
            Duration::from_secs(5),
            until(&twin, |s| s.head.is_some_and(|h| h.number == n)),
        );
        seen.await.unwrap();
    }
    assert_eq!(twin.status().lag_blocks, 0);
}
