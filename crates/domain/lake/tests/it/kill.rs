//! Real kills: a child process takes records and writes the lake with tiny limits until it is killed.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use milepost_journal::{Journal, JournalOptions};
use milepost_lake::{LakeSettings, LakeStore};

use crate::support::{Item, Model, SECOND, START, record, signal, start, vehicle, verified};

const FOLDER: &str = "MILEPOST_LAKE_KILL_TEST_FOLDER";

fn event(number: i64) -> milepost_cloudevent::Record {
    let at = START + number * SECOND;
    let items: Vec<Item<'_>> = vec![
        ("speed", at, (number % 90).to_string()),
        ("isIgnitionOn", at, "1".into()),
    ];
    record(
        number.unsigned_abs() % 4,
        1,
        &format!("e-{number:08}"),
        at,
        &items,
    )
}

fn parts(folder: &Path) -> (LakeSettings, LakeStore, Journal) {
    let settings = LakeSettings {
        flush_rows_max: 60,
        merge_files_max: 3,
        merge_settled_ms: 0,
        vacuum_grace_ms: 0,
        ..LakeSettings::default()
    };
    let journal = Journal::open(
        folder.join("journal"),
        JournalOptions {
            segment_bytes: 4 << 20,
            ..JournalOptions::default()
        },
    )
    .unwrap()
    .0;
    (
        settings,
        LakeStore {
            dir: folder.join("lake"),
            key: None,
        },
        journal,
    )
}

/// Runs only as the child: the parent names the folder.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let (settings, store, journal) = parts(Path::new(&folder));
    let _lake = start(&settings, &store, &journal).await;
    loop {
        let first = i64::try_from(journal.stats().durable_seq).unwrap();
        let records = (first..first + 7)
            .map(|number| event(number).encode().into())
            .collect();
        println!(
            "acked {}",
            journal.append(records).await.unwrap().last_inclusive
        );
    }
}

#[test]
fn after_kill_9_at_any_moment_every_acknowledged_event_is_there_once() {
    let dir = tempfile::tempdir().unwrap();
    let exe = std::env::current_exe().unwrap();
    let mut acked = 0u64;
    for round in 0..6u64 {
        let mut child = Command::new(&exe)
            .args(["--exact", "kill::child", "--nocapture"].map(OsStr::new))
            .env(FOLDER, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Not a time but a place in the work: a different one each round.
        let until = acked + 300 + round * 137;
        for line in lines.map_while(Result::ok) {
            if let Some(seq) = line.split("acked ").nth(1).and_then(|seq| seq.parse().ok()) {
                acked = seq;
                if acked >= until {
                    break;
                }
            }
        }
        assert!(acked >= until, "the child ended by itself at {acked}");
        child.kill().unwrap();
        child.wait().unwrap();
        check(dir.path(), acked);
    }
}

fn check(folder: &Path, acked: u64) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (settings, store, journal) = parts(folder);
        let report = verified(&store, &journal).await;
        assert!(report.is_sound(), "{:?}", report.differences);
        let durable = journal.stats().durable_seq;
        assert!(durable >= acked);
        let lake = start(&settings, &store, &journal).await;
        lake.wait_for(durable).await.unwrap();
        assert_eq!(lake.raw_count(), durable);
        let count = i64::try_from(durable).unwrap();
        let model = Model {
            records: (0..count).map(event).collect(),
        };
        let signals = ["speed", "isIgnitionOn"].map(signal);
        model.compare(
            &lake,
            &[vehicle(0), vehicle(3)],
            &signals,
            (START, START + count * SECOND),
        );
        lake.shutdown().await.unwrap();
        drop(lake);
        let report = verified(&store, &journal).await;
        assert!(report.is_sound(), "{:?}", report.differences);
        assert_eq!(
            (report.raw_events, report.signals, report.pending),
            (durable, 2 * durable, 0)
        );
        journal.close().await;
    });
}
