use std::fs;

use milepost_lake_core::{Table, TableError};

use crate::support::{DAY, data_files, one, open, parts, read_all, row, spec};

async fn two_days(dir: &std::path::Path) -> Table {
    let table = open(dir).await;
    let rows: Vec<_> = (0..2_000)
        .map(|i| row("ann", "speed", (i % 2) * DAY + i, i))
        .collect();
    table.append(parts(&rows), Some(1)).await.unwrap();
    table
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_flipped_bit_is_found_and_names_the_file_while_others_serve() {
    let dir = tempfile::tempdir().unwrap();
    let table = two_days(dir.path()).await;
    let files = data_files(dir.path(), &table.snapshot());
    drop(table);
    let good = fs::read(&files[0]).unwrap();
    for at in (0..good.len()).step_by(good.len() / 40) {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        fs::write(&files[0], &bad).unwrap();
        let table = open(dir.path()).await;
        let scan = one("ann", &["speed"], 0, DAY);
        match table.scan(&table.snapshot(), &scan).unwrap_err() {
            TableError::Corrupt { path, .. } => assert_eq!(path, files[0]),
            other => panic!("byte {at}: {other}"),
        }
        let other_day = table
            .scan(&table.snapshot(), &one("ann", &["speed"], DAY, 2 * DAY))
            .unwrap();
        assert_eq!(other_day[0].rows(), 1_000);
    }
    fs::write(&files[0], &good).unwrap();
    assert_eq!(read_all(&open(dir.path()).await).len(), 2_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_or_cut_file_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let table = two_days(dir.path()).await;
    let files = data_files(dir.path(), &table.snapshot());
    let good = fs::read(&files[0]).unwrap();
    fs::write(&files[0], &good[..good.len() - 1]).unwrap();
    let scan = one("ann", &["speed"], 0, DAY);
    let cut = table.scan(&table.snapshot(), &scan).unwrap_err();
    assert!(matches!(cut, TableError::Corrupt { .. }), "{cut}");
    fs::remove_file(&files[0]).unwrap();
    let table = open(dir.path()).await;
    let missing = table.scan(&table.snapshot(), &scan).unwrap_err();
    assert!(missing.to_string().contains("missing"), "{missing}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_log_entry_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(two_days(dir.path()).await);
    let entry = dir.path().join("_delta_log/00000000000000000001.json");
    let changed = fs::read_to_string(&entry)
        .unwrap()
        .replace("\"version\":1", "\"version\":9");
    fs::write(&entry, changed).unwrap();
    let refused = Table::open_or_create(dir.path(), spec(None))
        .await
        .unwrap_err();
    assert!(matches!(refused, TableError::Corrupt { .. }), "{refused}");
}
