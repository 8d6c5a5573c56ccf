use std::{fs, time::Duration};

use milepost_lake_core::{FailPoint, Part, Table, TableError};

use crate::support::{
    DAY, Row, all, data_files, merge_all, on_disk, open, parts, read_all, row, rows, sorted, spec,
};

fn sample(seq: i64, count: i64) -> Vec<Row> {
    (seq..seq + count)
        .map(|s| {
            row(
                ["ann", "bob"][usize::try_from(s % 2).unwrap()],
                "speed",
                s * DAY / 7,
                s,
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_and_cursor_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut written = Vec::new();
    for step in 0..3 {
        let table = open(dir.path()).await;
        assert_eq!(
            table.snapshot().cursor,
            (step > 0).then(|| u64::try_from(step * 10).unwrap())
        );
        let new = sample(step * 10, 10);
        table
            .append(parts(&new), Some(u64::try_from(step * 10 + 10).unwrap()))
            .await
            .unwrap();
        written.extend(new);
        assert_eq!(read_all(&table), sorted(written.clone()));
    }
    assert_eq!(read_all(&open(dir.path()).await), sorted(written));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_without_a_log_entry_are_invisible_and_removed_at_open() {
    let dir = tempfile::tempdir().unwrap();
    let table = open(dir.path()).await;
    table.append(parts(&sample(0, 20)), Some(20)).await.unwrap();
    let files = on_disk(dir.path(), ".parquet");
    table.fail_next(FailPoint::BeforeCommit);
    let failed = table
        .append(parts(&sample(20, 20)), Some(40))
        .await
        .unwrap_err();
    assert!(matches!(failed, TableError::Injected(_)));
    assert!(on_disk(dir.path(), ".parquet") > files);
    assert_eq!(read_all(&table), sorted(sample(0, 20)));
    drop(table);

    let table = open(dir.path()).await;
    assert_eq!(on_disk(dir.path(), ".parquet"), files);
    assert_eq!(table.snapshot().cursor, Some(20));
    table
        .append(parts(&sample(20, 20)), Some(40))
        .await
        .unwrap();
    assert_eq!(read_all(&table), sorted(sample(0, 40)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_is_not_repeated_when_only_the_answer_was_lost() {
    let dir = tempfile::tempdir().unwrap();
    let table = open(dir.path()).await;
    table.fail_next(FailPoint::AfterCommit);
    table
        .append(parts(&sample(0, 5)), Some(5))
        .await
        .unwrap_err();
    table.append(parts(&sample(0, 5)), Some(5)).await.unwrap();
    assert_eq!(read_all(&table), sorted(sample(0, 5)));
    let table = open(dir.path()).await;
    table.append(parts(&sample(0, 5)), Some(5)).await.unwrap();
    assert_eq!(read_all(&table), sorted(sample(0, 5)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_moves_without_rows() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path())
        .await
        .append(Vec::new(), Some(77))
        .await
        .unwrap();
    assert_eq!(open(dir.path()).await.snapshot().cursor, Some(77));
}

async fn appended(dir: &std::path::Path, times: i64) -> Table {
    let table = open(dir).await;
    for step in 0..times {
        let rows: Vec<Row> = (0..4)
            .map(|i| row("ann", "speed", step + i * 100, step * 4 + i))
            .collect();
        table
            .append(parts(&rows), Some(u64::try_from(step).unwrap() + 1))
            .await
            .unwrap();
    }
    table
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merge_keeps_every_row_and_old_files_while_read() {
    let dir = tempfile::tempdir().unwrap();
    let table = appended(dir.path(), 6).await;
    let before = read_all(&table);
    let held = table.snapshot();
    let plans = merge_all().plan(&held);
    assert_eq!(plans.len(), 1);
    let report = table.merge(plans[0].clone()).await.unwrap();
    assert_eq!((report.files, report.rows), (6, 24));
    assert_eq!(table.snapshot().files.len(), 1);
    assert_eq!(table.snapshot().cursor, Some(6));
    assert_eq!(read_all(&table), before);
    // Merged rows are in sort order inside the file.
    let merged = table.scan(&table.snapshot(), &all()).unwrap();
    assert!(merged[0].columns[3].i64s().is_sorted());

    drop(plans);
    assert_eq!(table.vacuum(Duration::ZERO).await.unwrap(), 0);
    assert_eq!(rows(&table.scan(&held, &all()).unwrap()), before);
    drop(held);
    assert_eq!(table.vacuum(Duration::ZERO).await.unwrap(), 6);
    assert_eq!(on_disk(dir.path(), ".parquet"), 1);
    assert_eq!(read_all(&open(dir.path()).await), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merge_cut_before_its_commit_leaves_the_old_files() {
    let dir = tempfile::tempdir().unwrap();
    let table = appended(dir.path(), 4).await;
    let before = read_all(&table);
    table.fail_next(FailPoint::BeforeCommit);
    table
        .merge(merge_all().plan(&table.snapshot()).remove(0))
        .await
        .unwrap_err();
    assert_eq!(on_disk(dir.path(), ".parquet"), 5);
    drop(table);
    let table = open(dir.path()).await;
    assert_eq!(on_disk(dir.path(), ".parquet"), 4);
    assert_eq!(read_all(&table), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outdated_merge_plan_does_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let table = appended(dir.path(), 3).await;
    let plan = merge_all().plan(&table.snapshot()).remove(0);
    table.merge(plan.clone()).await.unwrap();
    assert_eq!(table.merge(plan).await.unwrap().files, 0);
    assert_eq!(read_all(&table).len(), 12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_large_files_are_left_alone_and_small_ones_go_together() {
    let dir = tempfile::tempdir().unwrap();
    let table = open(dir.path()).await;
    let large: Vec<Row> = (0..60_000)
        .map(|i| row("ann", "speed", i * 48_271 % DAY, i * 31 % 60_000))
        .collect();
    table.append(parts(&large), Some(1)).await.unwrap();
    let policy = milepost_lake_core::MergePolicy {
        settled_after: Duration::from_secs(600),
        files_max: 8,
        target_bytes: 1 << 30,
    };
    for step in 0..8 {
        assert!(policy.plan(&table.snapshot()).is_empty());
        table
            .append(
                parts(&[row("bob", "speed", step, 100_000 + step)]),
                Some(u64::try_from(step).unwrap() + 2),
            )
            .await
            .unwrap();
    }
    let plan = policy.plan(&table.snapshot()).remove(0);
    assert_eq!(plan.files.len(), 8);
    table.merge(plan).await.unwrap();
    assert_eq!(table.snapshot().files.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_log_is_read_from_its_checkpoint_and_bad_ones_are_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let table = appended(dir.path(), 105).await;
    let before = read_all(&table);
    drop(table);
    let log = dir.path().join("_delta_log");
    let checkpoint = log.join("00000000000000000099.checkpoint.parquet");
    assert!(checkpoint.exists());
    let table = open(dir.path()).await;
    assert_eq!(
        (read_all(&table), table.snapshot().cursor),
        (before.clone(), Some(105))
    );
    drop(table);

    // A checkpoint cut by a power failure: the entries say the same.
    let bytes = fs::read(&checkpoint).unwrap();
    fs::write(&checkpoint, &bytes[..bytes.len() / 2]).unwrap();
    let table = open(dir.path()).await;
    assert!(!checkpoint.exists());
    assert_eq!(
        (read_all(&table), table.snapshot().cursor),
        (before.clone(), Some(105))
    );
    drop(table);

    // The newest entry cut before it was made durable.
    let newest = log.join("00000000000000000106.json");
    fs::write(&newest, b"{\"commitInfo\":{\"time").unwrap();
    let table = open(dir.path()).await;
    assert_eq!(
        (read_all(&table), table.snapshot().cursor),
        (before, Some(105))
    );
    table
        .append(parts(&[row("ann", "speed", 1, 9_999)]), Some(106))
        .await
        .unwrap();
    assert_eq!(read_all(&open(dir.path()).await).len(), 421);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_layout_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()).await);
    let mut other = spec(None);
    other.columns.swap_remove(6);
    let refused = Table::open_or_create(dir.path(), other).await.unwrap_err();
    assert!(matches!(refused, TableError::Schema { .. }), "{refused}");
    let table = open(dir.path()).await;
    let short = Part {
        partition: 0,
        batch: milepost_lake_core::Batch::default(),
    };
    table.append(vec![short], None).await.unwrap();
    assert_eq!(data_files(dir.path(), &table.snapshot()).len(), 0);
}
