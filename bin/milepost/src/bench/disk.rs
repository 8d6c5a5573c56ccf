//! Size of what the lake holds, from the transaction logs of its tables.

use std::{collections::HashMap, fs, path::Path};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// Live files of one table of a stopped node.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct TableSize {
    pub(crate) rows: u64,
    pub(crate) files: usize,
    pub(crate) bytes: u64,
    pub(crate) bytes_per_row: f64,
}

#[derive(Deserialize)]
struct Entry {
    add: Option<Add>,
    remove: Option<Remove>,
}

#[derive(Deserialize)]
struct Add {
    path: String,
    size: u64,
    stats: String,
}

#[derive(Deserialize)]
struct Remove {
    path: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stats {
    num_records: u64,
}

impl TableSize {
    /// Reads the log from its first entry on: a run makes fewer entries than there are between checkpoints.
    pub(crate) fn read(table: &Path) -> Result<Self> {
        let log = table.join("_delta_log");
        let mut live: HashMap<String, (u64, u64)> = HashMap::new();
        for version in 0u64.. {
            let path = log.join(format!("{version:020}.json"));
            if !path.exists() {
                break;
            }
            let text = fs::read_to_string(&path)?;
            apply(&text, &mut live).with_context(|| format!("read {}", path.display()))?;
        }
        let (bytes, rows) = live
            .values()
            .fold((0, 0), |(b, r), (size, rows)| (b + size, r + rows));
        Ok(Self {
            rows,
            files: live.len(),
            bytes,
            bytes_per_row: ratio(bytes, rows),
        })
    }
}

fn apply(text: &str, live: &mut HashMap<String, (u64, u64)>) -> Result<()> {
    for line in text.lines() {
        let entry: Entry = serde_json::from_str(line)?;
        if let Some(Remove { path }) = entry.remove {
            live.remove(&path);
        }
        if let Some(Add { path, size, stats }) = entry.add {
            let stats: Stats = serde_json::from_str(&stats)?;
            live.insert(path, (size, stats.num_records));
        }
    }
    Ok(())
}

/// `a / b`, 0 for nothing of nothing.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn ratio(a: u64, b: u64) -> f64 {
    if b == 0 { 0.0 } else { a as f64 / b as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaced_files_do_not_count() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("_delta_log");
        fs::create_dir(&log).unwrap();
        let add = |path: &str, size: u64, rows: u64| {
            format!(
                r#"{{"add":{{"path":"{path}","size":{size},"stats":"{{\"numRecords\":{rows}}}"}}}}"#
            )
        };
        let first = [
            r#"{"commitInfo":{}}"#.to_owned(),
            add("a", 10, 5),
            add("b", 20, 5),
        ]
        .join("\n");
        fs::write(log.join("00000000000000000000.json"), first).unwrap();
        let merge = [r#"{"remove":{"path":"a"}}"#.to_owned(), add("c", 5, 5)].join("\n");
        fs::write(log.join("00000000000000000001.json"), merge).unwrap();
        let size = TableSize::read(dir.path()).unwrap();
        assert_eq!(
            (size.rows, size.files, size.bytes, size.bytes_per_row),
            (10, 2, 25, 2.5)
        );
    }
}
