use std::fs;

use milepost_lake_core::{SecretKey, Table, TableError};

use crate::support::{data_files, merge_all, parts, read_all, row, sorted, spec};

const WHO: &str = "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:700";

async fn sealed(dir: &std::path::Path) -> Table {
    Table::open_or_create(dir, spec(Some(SecretKey::new([7; 32]))))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_key_neither_files_nor_log_tell_the_subject() {
    let dir = tempfile::tempdir().unwrap();
    let table = sealed(dir.path()).await;
    let rows: Vec<_> = (0..9_000).map(|i| row(WHO, "speed", i, i)).collect();
    table.append(parts(&rows[..6_000]), Some(1)).await.unwrap();
    table.append(parts(&rows[6_000..]), Some(2)).await.unwrap();
    assert_eq!(read_all(&table), sorted(rows.clone()));
    table
        .merge(merge_all().plan(&table.snapshot()).remove(0))
        .await
        .unwrap();
    drop(table);
    let table = sealed(dir.path()).await;
    assert_eq!(read_all(&table), sorted(rows));

    let mut stored = data_files(dir.path(), &table.snapshot());
    stored.extend(
        fs::read_dir(dir.path().join("_delta_log"))
            .unwrap()
            .map(|entry| entry.unwrap().path()),
    );
    for path in stored {
        let bytes = fs::read(&path).unwrap();
        for secret in [WHO.as_bytes(), b"speed"] {
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret),
                "{}",
                path.display()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_key_no_key_or_a_moved_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let table = sealed(dir.path()).await;
    table
        .append(parts(&[row(WHO, "speed", 1, 1)]), Some(1))
        .await
        .unwrap();
    table
        .append(parts(&[row(WHO, "speed", 2, 2)]), Some(2))
        .await
        .unwrap();
    let files = data_files(dir.path(), &table.snapshot());
    drop(table);
    for key in [None, Some(SecretKey::new([8; 32]))] {
        let table = Table::open_or_create(dir.path(), spec(key)).await.unwrap();
        let refused = table
            .scan(&table.snapshot(), &crate::support::all())
            .unwrap_err();
        assert!(matches!(refused, TableError::File { .. }), "{refused}");
    }
    let seal = |path: &std::path::Path| {
        path.with_file_name(format!(
            ".{}.crc",
            path.file_name().unwrap().to_str().unwrap()
        ))
    };
    let swap = dir.path().join("swap");
    for (a, b) in [
        (files[0].clone(), files[1].clone()),
        (seal(&files[0]), seal(&files[1])),
    ] {
        fs::rename(&a, &swap).unwrap();
        fs::rename(&b, &a).unwrap();
        fs::rename(&swap, &b).unwrap();
    }
    let table = sealed(dir.path()).await;
    let refused = table
        .scan(&table.snapshot(), &crate::support::all())
        .unwrap_err();
    assert!(
        matches!(
            refused,
            TableError::File { .. } | TableError::Corrupt { .. }
        ),
        "{refused}"
    );
}
