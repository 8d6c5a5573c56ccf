use crate::support::{SECOND, START, World, raw_record, record, vehicle};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_decoded_is_a_dead_letter_beside_its_event() {
    let world = World::new();
    let lake = world.start().await;
    let bad = [
        raw_record(
            1,
            1,
            "a",
            START,
            "{\"signals\":[{\"name\":\"nope\",\"value\":1}]}".into(),
        ),
        raw_record(1, 1, "b", START, "[]".into()),
    ];
    world.append(&bad).await;
    let seq = world
        .journal
        .append(vec![b"\xffnot a record".as_slice().into()])
        .await
        .unwrap()
        .last_inclusive;
    lake.wait_for(seq).await.unwrap();
    for state in ["memory", "tables", "restarted"] {
        let letters = lake.dead_letters(10).unwrap();
        assert_eq!(lake.dead_letter_count(), 3, "{state}");
        let places: Vec<_> = letters
            .iter()
            .map(|letter| (letter.seq, &*letter.path))
            .collect();
        assert_eq!(
            places,
            [(3, "record"), (2, "data"), (1, "signals[0].name")],
            "{state}: {letters:?}"
        );
        assert_eq!(lake.dead_letters(1).unwrap()[0].seq, 3);
        assert_eq!(lake.raw_event(2).unwrap().unwrap().record, bad[1]);
        assert_eq!(lake.raw_count(), 2);
        lake.flush().await.unwrap();
    }
    lake.shutdown().await.unwrap();
    drop(lake);
    let report = world.verified().await;
    assert!(report.is_sound(), "{:?}", report.differences);
    assert_eq!(
        (
            report.dead_letters,
            report.raw_events,
            report.journal_records
        ),
        (3, 2, 3)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_received_twice_is_read_once() {
    let world = World::new();
    let lake = world.start().await;
    let event = record(1, 1, "same", START, &[("speed", START, "1".into())]);
    let other = record(2, 1, "other", START, &[("speed", START, "1".into())]);
    world.append(&[event.clone(), other.clone()]).await;
    lake.wait_for(2).await.unwrap();
    lake.flush().await.unwrap();
    world.append(&[event.clone(), event.clone()]).await;
    lake.wait_for(4).await.unwrap();
    for _ in ["memory", "tables"] {
        let summary = lake.raw_summary().unwrap();
        assert_eq!(
            (lake.raw_count(), summary.stored, summary.distinct),
            (4, 4, 2)
        );
        assert_eq!(
            summary
                .subjects
                .iter()
                .map(|s| (s.subject, s.events))
                .collect::<Vec<_>>(),
            [(vehicle(1), 1), (vehicle(2), 1)]
        );
        let seqs = |subject: Option<&_>, limit| {
            lake.raw_events(subject, limit)
                .unwrap()
                .into_iter()
                .map(|event| event.seq)
                .collect::<Vec<_>>()
        };
        assert_eq!(seqs(None, 10), [2, 1]);
        assert_eq!(seqs(Some(&vehicle(1)), 10), [1]);
        assert_eq!(seqs(None, 1), [2]);
        lake.flush().await.unwrap();
    }
    let late = record(
        1,
        1,
        "late",
        START + SECOND,
        &[("speed", START, "1".into())],
    );
    lake.wait_for(world.append(std::slice::from_ref(&late)).await)
        .await
        .unwrap();
    assert_eq!(lake.raw_events(None, 1).unwrap()[0].record, late);
}
