//! Files of the transaction log: made durable, checked, and cleared of what a crash left.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    TableError,
    sealed::{read_sealed, seal_existing, seal_path, sync_dir},
};

fn entry_name(version: u64) -> String {
    format!("{version:020}.json")
}

/// Makes a log entry durable, with the checkpoint that came with it.
pub(crate) fn finish_entry(folder: &Path, version: u64) -> Result<(), TableError> {
    seal_existing(&folder.join(entry_name(version)))?;
    let checkpoint = folder.join(format!("{version:020}.checkpoint.parquet"));
    if checkpoint.exists() {
        seal_existing(&checkpoint)?;
    }
    sync_dir(folder)
}

pub(crate) fn names(folder: &Path) -> Result<Vec<String>, TableError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(TableError::io("list", folder))? {
        let entry = entry.map_err(TableError::io("list", folder))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}

/// Clears what a crash left unfinished and checks what is complete. `false` when there is no table yet.
pub(crate) fn recover(folder: &Path) -> Result<bool, TableError> {
    let names = names(folder)?;
    let version_of = |name: &String, suffix: &str| {
        name.strip_suffix(suffix)
            .filter(|v| v.len() == 20)?
            .parse::<u64>()
            .ok()
    };
    let entries: Vec<u64> = names
        .iter()
        .filter_map(|name| version_of(name, ".json"))
        .collect();
    let mut checkpoint = None;
    for version in names
        .iter()
        .filter_map(|name| version_of(name, ".checkpoint.parquet"))
        .rev()
    {
        let path = folder.join(format!("{version:020}.checkpoint.parquet"));
        if let Ok(Some(_)) = read_sealed(&path) {
            checkpoint = Some(version);
            break;
        }
        let damaged = seal_path(&path).exists();
        if !entries.contains(&version) || !covered(&entries, version) {
            // The only record of older entries: it cannot be given up.
            let reason = if damaged {
                "checksum differs"
            } else {
                "its checksum file is missing"
            };
            return Err(TableError::corrupt(&path, reason));
        }
        tracing::warn!(path = %path.display(), damaged, "checkpoint dropped, log entries replace it");
        remove(&path)?;
        remove(&seal_path(&path))?;
        remove(&folder.join("_last_checkpoint"))?;
    }
    for version in entries
        .iter()
        .copied()
        .filter(|version| checkpoint.is_none_or(|c| *version > c))
    {
        check_entry(folder, version, Some(&version) == entries.last())?;
    }
    Ok(checkpoint.is_some() || folder.join(entry_name(0)).exists())
}

/// Whether every version up to `version` is there as an entry.
fn covered(entries: &[u64], version: u64) -> bool {
    entries.iter().filter(|entry| **entry <= version).count() as u64 == version + 1
}

fn check_entry(folder: &Path, version: u64, newest: bool) -> Result<(), TableError> {
    let path = folder.join(entry_name(version));
    if read_sealed(&path)?.is_some() {
        return Ok(());
    }
    let bytes = fs::read(&path).map_err(TableError::io("read", &path))?;
    let whole = !bytes.is_empty()
        && bytes
            .split(|b| *b == b'\n')
            .filter(|l| !l.is_empty())
            .all(|l| serde_json::from_slice::<Value>(l).is_ok());
    match (whole, newest) {
        // Written by us just before a crash, or by another engine.
        (true, _) => seal_existing(&path),
        (false, true) => {
            tracing::warn!(path = %path.display(), "unfinished log entry removed");
            remove(&path)
        }
        (false, false) => Err(TableError::corrupt(&path, "not a log entry")),
    }
}

fn remove(path: &Path) -> Result<(), TableError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(TableError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}
