use std::{collections::HashSet, time::Duration};

use super::{disk::TestDisk, *};
use crate::{AppendError, JournalError};

#[tokio::test]
async fn acknowledged_records_are_read_back_after_reopening() {
    for options in [small(), sealed()] {
        let dir = tempfile::tempdir().unwrap();
        let (journal, recovery) = open(dir.path(), options.clone());
        assert_eq!(
            recovery,
            Recovery {
                first_seq: 1,
                next_seq: 1,
                ..Recovery::default()
            }
        );
        append(&journal, 1..=200).await;
        expect_records(&journal, 1..=200);
        journal.close().await;
        let (journal, recovery) = open(dir.path(), options.clone());
        assert_eq!(
            (
                recovery.next_seq,
                recovery.bytes_cut,
                recovery.corrupt.len()
            ),
            (201, 0, 0)
        );
        append(&journal, 201..=230).await;
        expect_records(&journal, 1..=230);
        journal.close().await;
        let report = crate::verify(dir.path(), options.key.as_ref()).unwrap();
        assert_eq!(
            (report.records, report.first_seq, report.last_seq),
            (230, 1, 230)
        );
        assert_eq!((report.torn_bytes, report.corrupt.len()), (0, 0));
        assert_eq!(report.authenticated, options.key.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_appends_share_syncs_and_keep_each_callers_order() {
    let dir = tempfile::tempdir().unwrap();
    let disk = TestDisk::new();
    let options = JournalOptions {
        segment_bytes: 1 << 20,
        max_bytes: 1 << 30,
        ..small()
    };
    let (journal, _) = Journal::open_on(dir.path(), options, Box::new(disk.clone())).unwrap();
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..64u64 {
        let journal = journal.clone();
        callers.spawn(async move {
            let mut last = 0;
            for turn in 0..40u64 {
                let payload = |part: u64| Bytes::from(format!("{caller} {turn} {part}"));
                let range = journal.append(vec![payload(0), payload(1)]).await.unwrap();
                assert_eq!(
                    range.last_inclusive,
                    range.first + 1,
                    "one call is adjacent"
                );
                assert!(range.first > last, "a caller's appends keep their order");
                assert!(
                    *journal.durable().borrow() >= range.last_inclusive,
                    "durable before the answer"
                );
                last = range.last_inclusive;
            }
        });
    }
    while let Some(done) = callers.join_next().await {
        done.unwrap();
    }
    let (entries, skipped) = read_all(&mut journal.reader(0).unwrap());
    assert!(skipped.is_empty());
    assert_eq!(
        entries.iter().map(|e| e.seq).collect::<Vec<_>>(),
        (1..=5120).collect::<Vec<_>>()
    );
    let distinct: HashSet<_> = entries.iter().map(|e| e.payload.clone()).collect();
    assert_eq!(distinct.len(), 5120);
    let syncs = disk.0.lock().syncs;
    assert!(syncs < 2560, "2560 appends took {syncs} syncs");
    journal.close().await;
}

#[tokio::test]
async fn a_reader_waits_for_the_next_durable_record_and_ends_with_the_journal() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path(), sealed());
    let mut reader = journal.reader(0).unwrap();
    assert!(reader.next_batch(10, 1000).unwrap().is_empty());
    let consumer = tokio::spawn(async move {
        let mut entries = Vec::new();
        while reader.wait().await {
            entries.extend(reader.next_batch(10, 1000).unwrap());
        }
        entries
    });
    append(&journal, 1..=100).await;
    journal.close().await;
    let entries = tokio::time::timeout(Duration::from_secs(20), consumer)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(entries.len(), 100);
    assert_eq!(
        journal.append(vec![record(101)]).await,
        Err(AppendError::Closed)
    );
}

#[tokio::test]
async fn a_reader_starts_at_any_record() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path(), small());
    append(&journal, 1..=150).await;
    for from in 1..=151 {
        let (entries, _) = read_all(&mut journal.reader(from).unwrap());
        assert_eq!(entries.len(), usize::try_from(151 - from).unwrap());
        assert_eq!(
            entries.first().map(|e| e.seq),
            (from <= 150).then_some(from)
        );
    }
    let error = journal.reader(152).unwrap_err();
    assert!(
        matches!(
            error,
            ReadError::Ahead {
                wanted: 152,
                next: 151
            }
        ),
        "{error}"
    );
    journal.close().await;
}

#[tokio::test]
async fn a_batch_stops_at_its_bounds() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path(), small());
    journal
        .append(vec![Bytes::from(vec![0; 100]); 10])
        .await
        .unwrap();
    let mut reader = journal.reader(0).unwrap();
    assert_eq!(reader.next_batch(4, usize::MAX).unwrap().len(), 4);
    assert_eq!(reader.next_batch(usize::MAX, 150).unwrap().len(), 2);
    assert_eq!(reader.position(), 7);
    journal.close().await;
}

#[tokio::test]
async fn a_second_process_is_kept_out() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path(), small());
    assert!(matches!(
        Journal::open(dir.path(), small()),
        Err(JournalError::Locked(_))
    ));
    journal.close().await;
    let (journal, _) = open(dir.path(), small());
    journal.close().await;
}

#[tokio::test]
async fn only_the_right_key_opens_a_journal() {
    let (plain, secret) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (dir, options) in [(&plain, small()), (&secret, sealed())] {
        let (journal, _) = open(dir.path(), options);
        append(&journal, 1..=3).await;
        journal.close().await;
    }
    let other = JournalOptions {
        key: Some([1; 32]),
        ..small()
    };
    let error = |dir: &tempfile::TempDir, options| Journal::open(dir.path(), options).unwrap_err();
    assert!(matches!(error(&secret, other), JournalError::WrongKey(_)));
    assert!(matches!(
        error(&secret, small()),
        JournalError::KeyMissing(_)
    ));
    assert!(matches!(
        error(&plain, sealed()),
        JournalError::NotEncrypted(_)
    ));
    assert!(matches!(
        crate::verify(secret.path(), Some(&[1; 32])),
        Err(JournalError::WrongKey(_))
    ));
    assert_eq!(
        crate::verify(secret.path(), None).unwrap().records,
        3,
        "checksums need no key"
    );
    let holds = |dir: &tempfile::TempDir| {
        let bytes = fs::read(&segments(dir.path())[0]).unwrap();
        bytes.windows(9).any(|window| window == b"record 2 ")
    };
    assert!(holds(&plain) && !holds(&secret));
}

#[tokio::test]
async fn odd_appends_are_refused_or_kept_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(
        dir.path(),
        JournalOptions {
            record_bytes_max: 20_000,
            ..sealed()
        },
    );
    assert_eq!(journal.append(Vec::new()).await, Err(AppendError::Empty));
    let large = Bytes::from(vec![1; 20_001]);
    assert_eq!(
        journal.append(vec![record(1), large.clone()]).await,
        Err(AppendError::TooLarge {
            bytes: 20_001,
            limit: 20_000
        })
    );
    journal.append(vec![Bytes::new()]).await.unwrap();
    // Larger than a segment: it gets one of its own.
    let big = large.slice(1..);
    journal.append(vec![big.clone(), record(3)]).await.unwrap();
    append(&journal, 4..=4).await;
    let (entries, skipped) = read_all(&mut journal.reader(0).unwrap());
    assert!(skipped.is_empty());
    let payloads: Vec<_> = entries.into_iter().map(|e| e.payload).collect();
    assert_eq!(payloads, [Bytes::new(), big, record(3), record(4)]);
    journal.close().await;
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_disturb_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path(), small());
    for _ in 0..50 {
        let (one, two) = (journal.clone(), journal.clone());
        let gone = tokio::spawn(async move { one.append(vec![Bytes::from_static(b"gone")]).await });
        let stays =
            tokio::spawn(async move { two.append(vec![Bytes::from_static(b"stays")]).await });
        tokio::task::yield_now().await;
        gone.abort();
        stays.await.unwrap().unwrap();
    }
    let (entries, _) = read_all(&mut journal.reader(0).unwrap());
    assert_eq!(entries.iter().filter(|e| e.payload == "stays").count(), 50);
    journal.close().await;
}
