//! Stops, crashes and a damaged file.

use milepost_sql::sqlx;
use milepost_twin::verify;

use crate::{
    fake::FakeChain,
    faults::{car, start},
    logs::{VEHICLE, id, mint, transfer, who},
    settings, until,
};

#[tokio::test]
async fn crashes_at_any_moment_lose_nothing_and_double_nothing() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    for n in 1..=150u64 {
        chain.push(
            &[
                mint(VEHICLE, who(1), id(n)),
                transfer(VEHICLE, who(1), who(2), id(n)),
            ],
            "a",
        );
    }
    // Each round the twin is dropped, as by a crash, once it has come a little further.
    for round in 1..=12u64 {
        let twin = start(settings(), &chain, &dir).await;
        until(&twin, |status| {
            status.head.is_some_and(|head| head.number >= round)
        })
        .await;
        drop(twin);
    }
    let twin = start(settings(), &chain, &dir).await;
    twin.wait_for_block(150).await.unwrap();
    for n in 1..=150 {
        let vehicle = twin.view().vehicle(&car(n)).unwrap();
        assert_eq!((vehicle.owner, vehicle.version), (who(2), 1), "{n}");
    }
    twin.stop().await;
    let report = verify(&settings(), &*chain, &dir.path().join("twin.db"), 0)
        .await
        .unwrap();
    assert!(report.is_clean(), "{:?}", report.differences);
}

#[tokio::test]
async fn d2_23_verify_names_rows_that_differ_are_missing_or_extra() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    for n in 1..=3u64 {
        chain.push(&[mint(VEHICLE, who(1), id(n))], "a");
    }
    let twin = start(settings(), &chain, &dir).await;
    twin.wait_for_block(3).await.unwrap();
    twin.stop().await;
    let file = dir.path().join("twin.db");
    let clean = verify(&settings(), &*chain, &file, 0).await.unwrap();
    assert!(clean.is_clean() && clean.block.unwrap().number == 3 && clean.rows["vehicles"] == 3);

    let pool = milepost_sql::open(&file, &milepost_sql::OpenOptions::default())
        .await
        .unwrap();
    let key = |n: u64| id(n).to_be_bytes::<32>().to_vec();
    let owner = who(9).to_vec();
    sqlx::query("UPDATE vehicles SET owner = ? WHERE token = ?")
        .bind(&owner)
        .bind(key(1))
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("DELETE FROM vehicles WHERE token = ?")
        .bind(key(2))
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("INSERT INTO vehicles VALUES (?, ?, NULL, '', NULL, 0)")
        .bind(key(8))
        .bind(&owner)
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;

    let report = verify(&settings(), &*chain, &file, 0).await.unwrap();
    assert_eq!(report.difference_count, 3, "{:?}", report.differences);
    let all = report.differences.join("\n");
    assert!(
        all.contains("vehicles (1): the index has")
            && all.contains("vehicles (2): missing in the index"),
        "{all}"
    );
    assert!(all.contains("vehicles (8): not on the chain"), "{all}");
}

#[tokio::test]
async fn verify_says_when_the_index_is_on_a_lost_branch() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    chain.grow_to(5, "a");
    let twin = start(settings(), &chain, &dir).await;
    twin.wait_for_block(5).await.unwrap();
    twin.stop().await;
    chain.cut_to(3);
    chain.grow_to(6, "b");
    let report = verify(&settings(), &*chain, &dir.path().join("twin.db"), 0)
        .await
        .unwrap();
    assert!(
        !report.is_clean() && report.differences[0].contains("block 5"),
        "{:?}",
        report.differences
    );
}

#[tokio::test]
async fn waiting_ends_when_the_twin_is_stopped() {
    let (chain, dir) = (FakeChain::new(), tempfile::tempdir().unwrap());
    let twin = start(settings(), &chain, &dir).await;
    let (waited, ()) = tokio::join!(twin.wait_for_block(1_000), twin.stop());
    assert!(matches!(waited, Err(milepost_twin::TwinError::Stopped)));
    assert!(matches!(
        twin.wait_for_block(1_000).await,
        Err(milepost_twin::TwinError::Stopped)
    ));
    twin.stop().await;
}
