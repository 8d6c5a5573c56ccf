//! Removal of files that no version in use refers to.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{FileEntry, Snapshot, Table, TableError, table::Inner};

/// A file taken out of the table that is still on disk.
#[derive(Debug)]
pub(crate) struct Retired {
    path: String,
    /// Kept to see whether a reader still holds the file; unknown for files retired before the last start.
    entry: Option<Arc<FileEntry>>,
    since: SystemTime,
}

impl Retired {
    pub(crate) fn now(entry: Arc<FileEntry>) -> Self {
        Self {
            path: entry.path.clone(),
            entry: Some(entry),
            since: SystemTime::now(),
        }
    }
}

/// How long files replaced before a restart stay for readers of other programs.
const KEPT_OVER_RESTART: Duration = Duration::from_secs(3_600);

impl Table {
    /// Removes replaced files that were replaced at least `grace` ago and that no snapshot holds. Returns how many.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub async fn vacuum(&self, grace: Duration) -> Result<usize, TableError> {
        self.inner.log.lock().await.drop_stale_seals()?;
        self.blocking(move |inner| {
            let due: Vec<Retired> = {
                let mut retired = inner.retired.lock();
                let old = |r: &Retired| r.since.elapsed().is_ok_and(|age| age >= grace);
                let free = |r: &Retired| {
                    r.entry
                        .as_ref()
                        .is_none_or(|entry| Arc::strong_count(entry) == 1)
                };
                retired.extract_if(.., |r| old(r) && free(r)).collect()
            };
            for file in &due {
                inner.delete(&file.path)?;
            }
            metrics::counter!("lake_files_vacuumed_total").increment(due.len() as u64);
            Ok(due.len())
        })
        .await
    }
}

impl Inner {
    /// At open: removes files of appends and merges that were never committed, and remembers replaced files.
    pub(crate) fn clear_folder(
        &self,
        snapshot: &Snapshot,
        removed: &[(String, i64)],
    ) -> Result<(), TableError> {
        let live: HashSet<&str> = snapshot.files.iter().map(|file| &*file.path).collect();
        let removed: HashMap<&str, i64> = removed.iter().map(|(path, ms)| (&**path, *ms)).collect();
        let prefix = format!("{}=", self.spec.partition);
        let mut found = HashSet::new();
        for folder in list(&self.dir)?
            .into_iter()
            .filter(|name| name.starts_with(&prefix))
        {
            for name in list(&self.dir.join(&folder))? {
                let data = name
                    .strip_prefix('.')
                    .and_then(|name| name.strip_suffix(".crc"))
                    .unwrap_or(&name);
                found.insert(format!("{folder}/{data}"));
            }
        }
        for path in found
            .iter()
            .filter(|path| path.ends_with(".parquet") && !live.contains(&***path))
        {
            let since = removed.get(&**path).and_then(|ms| u64::try_from(*ms).ok());
            let since = since.map(|ms| UNIX_EPOCH + Duration::from_millis(ms));
            match since.filter(|since| since.elapsed().is_ok_and(|age| age < KEPT_OVER_RESTART)) {
                Some(since) => self.retired.lock().push(Retired {
                    path: path.clone(),
                    entry: None,
                    since,
                }),
                None => {
                    tracing::info!(
                        table = self.spec.name,
                        path,
                        "file without a log entry removed"
                    );
                    self.delete(path)?;
                }
            }
        }
        for path in live.iter().filter(|path| !found.contains(**path)) {
            metrics::counter!("lake_files_missing_total").increment(1);
            tracing::error!(table = self.spec.name, path, "data file is missing");
        }
        Ok(())
    }
}

fn list(folder: &Path) -> Result<Vec<String>, TableError> {
    let entries = fs::read_dir(folder).map_err(TableError::io("list", folder))?;
    entries
        .map(|entry| {
            Ok(entry
                .map_err(TableError::io("list", folder))?
                .file_name()
                .to_string_lossy()
                .into_owned())
        })
        .collect()
}
