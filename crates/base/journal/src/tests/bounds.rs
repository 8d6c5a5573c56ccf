use super::{disk::TestDisk, *};
use crate::{AppendError, FullReason, JournalError};

fn stored(dir: &Path) -> u64 {
    segments(dir)
        .iter()
        .map(|path| fs::metadata(path).unwrap().len())
        .sum()
}

#[tokio::test]
async fn appends_are_refused_while_consumers_lag_and_resume_when_they_release() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(
        dir.path(),
        JournalOptions {
            max_bytes: 16_384,
            retain_bytes: 0,
            ..small()
        },
    );
    journal.register("lake").unwrap();
    journal.register("hot").unwrap();
    let payload = || vec![Bytes::from(vec![7; 500])];
    let mut last = 0;
    let refused = loop {
        match journal.append(payload()).await {
            Ok(range) => last = range.last_inclusive,
            Err(error) => break error,
        }
    };
    assert_eq!(refused, AppendError::Full(FullReason::Unconsumed));
    assert!(journal.stats().unconsumed_bytes <= 16_384);
    journal.release("lake", last);
    assert_eq!(
        journal.append(payload()).await,
        Err(AppendError::Full(FullReason::Unconsumed)),
        "the slowest counts"
    );
    journal.release("hot", last);
    for _ in 0..100 {
        let range = journal.append(payload()).await.unwrap();
        journal.release("hot", range.last_inclusive);
        journal.release("lake", range.last_inclusive);
    }
    assert!(
        stored(dir.path()) <= 3 * 4096,
        "released segments are deleted"
    );
    journal.close().await;
}

#[tokio::test]
async fn only_released_segments_beyond_the_retained_size_are_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let options = JournalOptions {
        retain_bytes: 10_000,
        ..small()
    };
    let (journal, _) = open(dir.path(), options.clone());
    journal.register("lake").unwrap();
    append(&journal, 1..=300).await;
    assert_eq!(journal.stats().first_seq, 1, "nothing is released");
    journal.release("lake", 200);
    append(&journal, 301..=450).await;
    let stats = journal.stats();
    assert!(stats.first_seq > 100 && stats.first_seq <= 201, "{stats:?}");
    expect_records(&journal, 201..=450);
    let error = journal.reader(1).unwrap_err();
    assert!(
        matches!(error, ReadError::Gone { wanted: 1, first_available } if first_available == stats.first_seq)
    );
    journal.release("lake", 450);
    append(&journal, 451..=600).await;
    let stats = journal.stats();
    assert!(
        stats.total_bytes >= 10_000 && stats.total_bytes < 20_000,
        "{stats:?}"
    );
    journal.close().await;
    let (journal, recovery) = open(dir.path(), options);
    assert_eq!(
        (recovery.first_seq, recovery.next_seq),
        (stats.first_seq, 601)
    );
    journal.close().await;
}

#[tokio::test]
async fn nothing_is_deleted_beyond_the_cursors_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(
        dir.path(),
        JournalOptions {
            retain_bytes: 0,
            ..small()
        },
    );
    journal.register("lake").unwrap();
    append(&journal, 1..=100).await;
    journal.release("lake", 100);
    // The cursor file cannot be replaced.
    fs::create_dir(dir.path().join("cursors.tmp")).unwrap();
    append(&journal, 101..=300).await;
    assert_eq!(journal.stats().first_seq, 1);
    fs::remove_dir(dir.path().join("cursors.tmp")).unwrap();
    append(&journal, 301..=400).await;
    assert!(journal.stats().first_seq > 50);
    journal.close().await;
}

#[tokio::test]
async fn without_a_consumer_nothing_is_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(
        dir.path(),
        JournalOptions {
            retain_bytes: 0,
            ..small()
        },
    );
    append(&journal, 1..=300).await;
    assert_eq!(journal.stats().first_seq, 1);
    journal.close().await;
}

#[tokio::test]
async fn a_reader_that_holds_a_deleted_segment_finishes_it() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(
        dir.path(),
        JournalOptions {
            retain_bytes: 0,
            ..small()
        },
    );
    journal.register("lake").unwrap();
    append(&journal, 1..=10).await;
    let mut reader = journal.reader(0).unwrap();
    assert_eq!(reader.next_batch(1, 1).unwrap().len(), 1);
    journal.release("lake", 10);
    for seq in 11..=400 {
        append(&journal, seq..=seq).await;
        journal.release("lake", seq);
    }
    assert!(journal.stats().first_seq > 10);
    let rest = loop {
        match reader.next_batch(1, 1) {
            Ok(batch) => assert!(!batch.is_empty()),
            Err(error) => break error,
        }
    };
    assert!(reader.position() > 2);
    assert!(
        matches!(rest, ReadError::Gone { .. } | ReadError::Corrupt(_)),
        "never silent: {rest}"
    );
    journal.close().await;
}

#[tokio::test]
async fn cursors_survive_a_restart_and_never_move_back() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path(), small());
    assert!(matches!(
        journal.register("no way"),
        Err(JournalError::CursorName(_))
    ));
    assert_eq!(journal.register("lake").unwrap(), 0);
    append(&journal, 1..=20).await;
    journal.release("lake", 15);
    journal.release("lake", 3);
    journal.release("lake", 99);
    assert_eq!(journal.register("lake").unwrap(), 20, "held at what exists");
    journal.close().await;
    let (journal, _) = open(dir.path(), small());
    assert_eq!(journal.register("lake").unwrap(), 20);
    journal.remove_cursor("lake").unwrap();
    assert_eq!(
        journal.register("lake").unwrap(),
        0,
        "a new consumer starts before the oldest record"
    );
    journal.close().await;
}

#[tokio::test]
async fn a_damaged_cursor_file_pauses_deletion() {
    let dir = tempfile::tempdir().unwrap();
    let options = JournalOptions {
        retain_bytes: 0,
        ..small()
    };
    let (journal, _) = open(dir.path(), options.clone());
    journal.register("lake").unwrap();
    append(&journal, 1..=100).await;
    journal.close().await;
    fs::write(dir.path().join("cursors"), b"nonsense").unwrap();
    let (journal, recovery) = open(dir.path(), options.clone());
    assert!(recovery.cursors_lost);
    journal.register("other").unwrap();
    journal.release("other", 100);
    append(&journal, 101..=300).await;
    assert_eq!(journal.stats().first_seq, 1);
    journal.close().await;
    assert!(dir.path().join("cursors.damaged").exists());
    assert!(!open(dir.path(), options).1.cursors_lost);
}

#[tokio::test]
async fn a_journal_emptied_by_hand_does_not_reuse_numbers_that_consumers_have_seen() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path(), small());
    journal.register("lake").unwrap();
    append(&journal, 1..=50).await;
    journal.release("lake", 50);
    journal.close().await;
    segments(dir.path())
        .iter()
        .for_each(|path| fs::remove_file(path).unwrap());
    let (journal, recovery) = open(dir.path(), small());
    assert_eq!(recovery.next_seq, 51);
    append(&journal, 51..=52).await;
    expect_records(&journal, 51..=52);
    journal.close().await;
}

#[tokio::test]
async fn the_disk_reserve_refuses_appends_until_space_returns() {
    let dir = tempfile::tempdir().unwrap();
    let disk = TestDisk::new();
    let options = JournalOptions {
        reserve_bytes: 100_000,
        ..small()
    };
    let (journal, _) = Journal::open_on(dir.path(), options, Box::new(disk.clone())).unwrap();
    append(&journal, 1..=3).await;
    disk.0.lock().free_bytes = 104_000;
    // The reserved rest of the segment may still be used.
    let mut seq = 3;
    let refused = loop {
        match journal.append(vec![record(seq + 1)]).await {
            Ok(_) => seq += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refused, AppendError::Full(FullReason::DiskReserve));
    assert!(seq > 3);
    expect_records(&journal, 1..=seq);
    disk.0.lock().free_bytes = 104_096;
    append(&journal, seq + 1..=seq + 5).await;
    expect_records(&journal, 1..=seq + 5);
    journal.close().await;
}

#[test]
fn options_out_of_range_are_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let field = |options| match Journal::open(dir.path(), options) {
        Err(JournalError::Option { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        field(JournalOptions {
            segment_bytes: 100,
            ..small()
        }),
        "segment_bytes"
    );
    assert_eq!(
        field(JournalOptions {
            max_bytes: 5000,
            ..small()
        }),
        "max_bytes"
    );
    assert_eq!(
        field(JournalOptions {
            queue_bytes_max: 0,
            ..small()
        }),
        "queue_bytes_max"
    );
    assert_eq!(
        field(JournalOptions {
            record_bytes_max: 0,
            ..small()
        }),
        "record_bytes_max"
    );
}

#[tokio::test]
async fn a_full_file_system_refuses_the_group_and_later_resumes() {
    for options in [small(), sealed()] {
        for already in [0, 5] {
            let dir = tempfile::tempdir().unwrap();
            let disk = TestDisk::new();
            let (journal, _) =
                Journal::open_on(dir.path(), options.clone(), Box::new(disk.clone())).unwrap();
            append(&journal, 1..=already).await;
            let mut reader = journal.reader(0).unwrap();
            read_all(&mut reader);
            disk.0.lock().full = true;
            for _ in 0..2 {
                let refused = journal.append(vec![record(already + 1)]).await;
                assert_eq!(refused, Err(AppendError::Full(FullReason::DiskReserve)));
            }
            disk.0.lock().full = false;
            append(&journal, already + 1..=already + 2).await;
            expect_records(&journal, 1..=already + 2);
            let (entries, skipped) = read_all(&mut reader);
            assert_eq!(
                (entries.len(), skipped.len()),
                (2, 0),
                "a reader that was waiting goes on"
            );
            journal.close().await;
            let (journal, recovery) = open(dir.path(), options.clone());
            assert!(recovery.corrupt.is_empty());
            append(&journal, already + 3..=already + 3).await;
            expect_records(&journal, 1..=already + 3);
            journal.close().await;
        }
    }
}
