use std::time::Duration;

use milepost_ingest::IngestSettings;
use milepost_journal::JournalOptions;
use tokio::task::JoinSet;

use crate::world::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_event_sent_by_many_at_once_is_stored_once_and_durable_before_any_answer() {
    let node = Node::start();
    for sequence in 0..10 {
        let mut posts = JoinSet::new();
        for _ in 0..32 {
            let (ingest, journal) = (node.ingest.clone(), node.journal.clone());
            let event = Draft::new(1, sequence).signed(1);
            posts.spawn(async move {
                let answer = ingest.accept(request(event)).await.unwrap();
                assert_eq!(*journal.durable().borrow(), sequence + 1);
                (answer.accepted, answer.duplicates)
            });
        }
        let answers = posts.join_all().await;
        assert_eq!(
            answers.iter().map(|(accepted, _)| accepted).sum::<usize>(),
            1
        );
        assert_eq!(
            answers
                .iter()
                .map(|(_, duplicates)| duplicates)
                .sum::<usize>(),
            31
        );
    }
    assert_eq!(node.stored().len(), 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_contradicting_events_sent_at_once_one_stands() {
    let node = Node::start();
    let mut posts = JoinSet::new();
    for variant in 0..32u64 {
        let ingest = node.ingest.clone();
        let draft = Draft::new(1, 1).set("data", format!("{{\"n\":{}}}", variant % 4));
        let draft = if variant % 8 < 4 {
            draft
        } else {
            draft.text("id", "other")
        };
        let event = draft.signed(1);
        posts.spawn(async move { ingest.accept(request(event)).await });
    }
    let mut accepted = 0;
    for outcome in posts.join_all().await {
        match outcome {
            Ok(answer) => accepted += answer.accepted,
            Err(refusal) => assert_eq!(refusal.kind.status(), 409),
        }
    }
    assert_eq!((accepted, node.stored().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hangs_up_neither_loses_nor_doubles_its_event() {
    let node = Node::start();
    for sequence in 0..100 {
        let (ingest, event) = (node.ingest.clone(), Draft::new(1, sequence).signed(1));
        let post = tokio::spawn(async move { ingest.accept(request(event)).await });
        for _ in 0..sequence % 5 {
            tokio::task::yield_now().await;
        }
        post.abort();
        let answer = node.post(Draft::new(1, sequence).signed(1)).await.unwrap();
        assert_eq!(answer.accepted + answer.duplicates, 1);
    }
    assert_eq!(node.stored().len(), 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_waits_for_the_requests_under_way() {
    let mut node = Node::start();
    let mut posts = JoinSet::new();
    for sequence in 0..64 {
        let (ingest, event) = (node.ingest.clone(), Draft::new(1, sequence).signed(1));
        posts.spawn(async move { (sequence, ingest.accept(request(event)).await.is_ok()) });
    }
    tokio::task::yield_now().await;
    tokio::time::timeout(Duration::from_secs(30), node.ingest.stop())
        .await
        .unwrap();
    let durable = *node.journal.durable().borrow();
    let answers = posts.join_all().await;
    let acknowledged = answers.iter().filter(|(_, stored)| *stored).count();
    assert_eq!(
        durable, acknowledged as u64,
        "nothing was written after the stop"
    );
    node.restart().await;
    for (sequence, stored) in answers {
        let answer = node.post(Draft::new(1, sequence).signed(1)).await.unwrap();
        assert_eq!(answer.duplicates == 1, stored);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_bodies_are_checked_by_few_workers_and_small_ones_pass_them() {
    let settings = IngestSettings {
        workers: 1,
        inline_bytes_max: 4096,
        ..IngestSettings::default()
    };
    let node = Node::with(settings, JournalOptions::default());
    let mut posts = JoinSet::new();
    for device in 1..=8u64 {
        let ingest = node.ingest.clone();
        let events: Vec<_> = (0..100)
            .map(|sequence| Draft::new(device, sequence).signed(device))
            .collect();
        posts.spawn(async move {
            ingest
                .accept(request(array(&events)))
                .await
                .unwrap()
                .accepted
        });
    }
    assert_eq!(
        node.post(Draft::new(1, 1000).signed(1))
            .await
            .unwrap()
            .accepted,
        1
    );
    assert_eq!(posts.join_all().await.iter().sum::<usize>(), 800);
    assert_eq!(node.stored().len(), 801);
}
