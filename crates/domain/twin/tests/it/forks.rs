//! Forks of a made-up chain.

use milepost_twin::{Halt, TwinError, TwinSettings, verify};

use crate::{
    fake::FakeChain,
    faults::{car, start},
    logs::{VEHICLE, burn, id, mint, transfer, who},
    settings, until,
};

#[tokio::test]
async fn forks_of_many_depths_end_at_the_canonical_chain() {
    for depth in [1u64, 2, 7, 60, 64, 128] {
        let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
        chain.push(&[mint(VEHICLE, who(1), id(1))], "a");
        chain.grow_to(140, "a");
        let fork = chain.height();
        for n in 1..=depth {
            chain.push(
                &[
                    mint(VEHICLE, who(2), id(1000 + n)),
                    transfer(VEHICLE, who(1), who(2), id(1)),
                ],
                "losing",
            );
        }
        let twin = start(settings(), &chain, &dir).await;
        twin.wait_for_block(fork + depth).await.unwrap();
        assert_eq!(twin.view().vehicle(&car(1)).unwrap().owner, who(2));
        chain.cut_to(fork);
        for n in 1..=depth {
            chain.push(&[mint(VEHICLE, who(3), id(2000 + n))], "winning");
        }
        let tip = chain.push(&[], "winning");
        let status = until(&twin, |status| {
            status.head.is_some_and(|head| head.hash == chain.hash(tip))
        })
        .await;
        assert_eq!(
            (status.reorgs, status.last_reorg_depth),
            (1, depth),
            "depth {depth}"
        );
        let view = twin.view();
        let car_1 = view.vehicle(&car(1)).unwrap();
        assert_eq!((car_1.owner, car_1.version), (who(1), 0), "depth {depth}");
        assert_eq!(view.vehicle(&car(1000 + depth)), None);
        assert_eq!(view.vehicle(&car(2000 + depth)).unwrap().owner, who(3));
        twin.stop().await;
        let report = verify(&settings(), &*chain, &dir.path().join("twin.db"), 0)
            .await
            .unwrap();
        assert!(report.is_clean(), "depth {depth}: {:?}", report.differences);
    }
}

#[tokio::test]
async fn a_fork_deeper_than_the_window_halts_and_keeps_the_last_state() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    let settings = TwinSettings {
        reorg_window: 4,
        ..settings()
    };
    chain.push(&[mint(VEHICLE, who(1), id(1))], "a");
    chain.grow_to(20, "a");
    let twin = start(settings.clone(), &chain, &dir).await;
    twin.wait_for_block(20).await.unwrap();
    chain.cut_to(16);
    chain.grow_to(21, "four deep");
    twin.wait_for_block(21).await.unwrap();
    assert_eq!(twin.status().last_reorg_depth, 4);
    chain.cut_to(16);
    chain.grow_to(22, "five deep");
    let halted = twin.wait_for_block(22).await.unwrap_err();
    assert!(
        matches!(
            halted,
            TwinError::Halted(Halt::DeepReorg {
                oldest: 17,
                window: 4
            })
        ),
        "{halted}"
    );
    assert!(twin.view().vehicle(&car(1)).is_some());
}

#[tokio::test]
async fn a_removed_event_is_forgotten_even_when_the_fork_is_shorter() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    chain.push(&[mint(VEHICLE, who(1), id(1))], "a");
    chain.grow_to(5, "a");
    chain.push(&[burn(VEHICLE, who(1), id(1))], "a");
    chain.grow_to(9, "a");
    let twin = start(settings(), &chain, &dir).await;
    twin.wait_for_block(9).await.unwrap();
    assert_eq!(twin.view().vehicle(&car(1)), None);
    chain.cut_to(5);
    chain.grow_to(7, "shorter");
    until(&twin, |status| {
        status.head.is_some_and(|head| head.hash == chain.hash(7))
    })
    .await;
    assert_eq!(twin.view().vehicle(&car(1)).unwrap().owner, who(1));
}

#[tokio::test]
async fn a_lagging_head_is_waited_for_and_a_lost_one_is_followed() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    chain.grow_to(5, "a");
    chain.push(&[mint(VEHICLE, who(1), id(1))], "a");
    // Nobody looks by itself: every look is one the test asks for.
    let twin = start(
        TwinSettings {
            poll_interval_ms: 3_600_000,
            ..settings()
        },
        &chain,
        &dir,
    )
    .await;
    twin.wait_for_block(6).await.unwrap();
    let look = || async {
        let asked = chain.faults.lock().heads_asked;
        twin.poll_now();
        until(&twin, |_| chain.faults.lock().heads_asked > asked).await;
    };
    chain.faults.lock().head_behind = 2;
    look().await;
    look().await;
    assert!(twin.view().vehicle(&car(1)).is_some());
    chain.faults.lock().head_behind = 0;
    look().await;
    assert_eq!(twin.status().reorgs, 0);
    // A chain that lost its end for good: after three looks its blocks are gone here too.
    chain.cut_to(4);
    look().await;
    look().await;
    twin.poll_now();
    until(&twin, |status| {
        status.head.is_some_and(|head| head.number == 4)
    })
    .await;
    assert_eq!(twin.view().vehicle(&car(1)), None);
}

#[tokio::test]
async fn a_fork_while_the_twin_was_down_is_taken_back_at_start() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    chain.grow_to(30, "a");
    chain.push(&[mint(VEHICLE, who(1), id(1))], "a");
    let twin = start(settings(), &chain, &dir).await;
    twin.wait_for_block(31).await.unwrap();
    twin.stop().await;
    chain.cut_to(20);
    chain.push(&[mint(VEHICLE, who(2), id(2))], "b");
    chain.grow_to(40, "b");
    let twin = start(settings(), &chain, &dir).await;
    twin.wait_for_block(40).await.unwrap();
    assert_eq!(twin.view().vehicle(&car(1)), None);
    assert_eq!(twin.view().vehicle(&car(2)).unwrap().owner, who(2));
}

#[tokio::test]
async fn forks_in_a_row_leave_only_the_last_branch() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    chain.grow_to(10, "a");
    let twin = start(settings(), &chain, &dir).await;
    for round in 1..=6u64 {
        chain.cut_to(10 - round);
        let branch = format!("branch {round}");
        chain.push(&[mint(VEHICLE, who(1), id(round))], &branch);
        chain.grow_to(11, &branch);
        until(&twin, |status| {
            status.head.is_some_and(|head| head.hash == chain.hash(11))
        })
        .await;
        for n in 1..=round {
            assert_eq!(
                twin.view().vehicle(&car(n)).is_some(),
                n == round,
                "round {round}, car {n}"
            );
        }
    }
}
