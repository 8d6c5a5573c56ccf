use std::time::Duration;

use super::{disk::TestDisk, *};
use crate::AppendError;

/// Small deterministic generator: the seed is all a failure needs to be repeated.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// Writers append until the power goes at a random operation; gives what was acknowledged.
async fn run_until_dark(dir: &Path, options: JournalOptions, disk: TestDisk) -> Vec<(u64, Bytes)> {
    let Ok((journal, _)) = Journal::open_on(dir, options, Box::new(disk)) else {
        return Vec::new();
    };
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4u64 {
        let journal = journal.clone();
        writers.spawn(async move {
            let mut acked = Vec::new();
            for turn in 0u64.. {
                let payload = Bytes::from(
                    format!("{writer}/{turn} ").repeat(1 + usize::try_from(turn % 40).unwrap()),
                );
                match journal.append(vec![payload.clone(); 2]).await {
                    Ok(range) => acked.extend([
                        (range.first, payload.clone()),
                        (range.last_inclusive, payload),
                    ]),
                    Err(_) => break,
                }
            }
            acked
        });
    }
    let mut acked = Vec::new();
    while let Some(done) = writers.join_next().await {
        acked.extend(done.unwrap());
    }
    journal.close().await;
    acked
}

#[test]
fn a_power_cut_at_any_moment_loses_nothing_that_was_acknowledged() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    let mut total = 0;
    for seed in 0..300 {
        let mut rng = Rng(seed);
        let options = if rng.below(2) == 0 { small() } else { sealed() };
        let dir = tempfile::tempdir().unwrap();
        let mut acked = Vec::new();
        // Twice in a row: the second life starts from a recovered journal.
        for _ in 0..2 {
            let disk = TestDisk::new();
            disk.0.lock().operations_left = rng.below(60);
            let run = run_until_dark(dir.path(), options.clone(), disk.clone());
            acked.extend(runtime.block_on(async {
                tokio::time::timeout(Duration::from_secs(60), run)
                    .await
                    .unwrap()
            }));
            disk.cut_power(|| rng.below(2) == 0);
        }
        let (journal, recovery) = open(dir.path(), options);
        assert_eq!(
            recovery.corrupt,
            [],
            "seed {seed}: an interrupted append was taken for damage"
        );
        let (entries, skipped) = read_all(&mut journal.reader(0).unwrap());
        assert!(skipped.is_empty(), "seed {seed}: {skipped:?}");
        for (seq, payload) in &acked {
            let found = entries
                .binary_search_by_key(seq, |entry| entry.seq)
                .map(|at| &entries[at].payload);
            assert_eq!(
                found,
                Ok(payload),
                "seed {seed}: acknowledged record {seq} is lost"
            );
        }
        total += acked.len();
        runtime.block_on(journal.close());
    }
    assert!(total > 3000, "the runs acknowledged only {total} records");
}

#[tokio::test]
async fn a_failed_sync_stops_the_journal_and_a_restart_recovers_it() {
    let dir = tempfile::tempdir().unwrap();
    let disk = TestDisk::new();
    let (journal, _) = Journal::open_on(dir.path(), sealed(), Box::new(disk.clone())).unwrap();
    append(&journal, 1..=10).await;
    disk.0.lock().fail_sync = true;
    assert!(matches!(
        journal.append(vec![record(11)]).await,
        Err(AppendError::Failed(_))
    ));
    disk.0.lock().fail_sync = false;
    let syncs = disk.0.lock().syncs;
    for _ in 0..3 {
        let error = journal.append(vec![record(11)]).await.unwrap_err();
        assert!(
            matches!(&error, AppendError::Failed(reason) if reason.contains("fdatasync")),
            "{error}"
        );
    }
    assert_eq!(
        disk.0.lock().syncs,
        syncs,
        "the same page is never synced again"
    );
    assert!(journal.stats().failed);
    assert_eq!(journal.stats().durable_seq, 10);
    expect_records(&journal, 1..=10);
    journal.close().await;
    // The kernel dropped the pages that it could not write.
    disk.cut_power(|| true);
    let (journal, recovery) = open(dir.path(), sealed());
    assert_eq!(recovery.next_seq, 11);
    append(&journal, 11..=12).await;
    expect_records(&journal, 1..=12);
    journal.close().await;
}
