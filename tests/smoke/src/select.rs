//! Which files are replayed.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::oracle;

/// Where drives come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Recordings of a folder.
    Files {
        /// The folder.
        folder: PathBuf,
        /// VED files and decoded OBD logs in it, by path.
        files: Vec<PathBuf>,
    },
    /// No folder here: the simulator drives.
    Simulator {
        /// Folder that was looked for.
        looked: PathBuf,
    },
}

/// The drives of `data`, all of them; or without it those of `default`, where made-up ones (`synth*`) count only
/// with `all`.
pub(crate) fn choose(data: Option<&Path>, default: &Path, all: bool) -> Result<Choice> {
    if let Some(folder) = data {
        return Ok(Choice::Files {
            folder: folder.to_owned(),
            files: files(folder, true)?,
        });
    }
    let Ok(default) = default.canonicalize() else {
        return Ok(Choice::Simulator {
            looked: default.to_owned(),
        });
    };
    let files = files(&default, all)?;
    Ok(Choice::Files {
        folder: default,
        files,
    })
}

fn files(folder: &Path, made_up: bool) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for part in ["", "drives-ved", "drives-obd"] {
        let part = folder.join(part);
        if !part.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&part).with_context(|| format!("read {}", part.display()))? {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let csv = [".csv", ".csv.zst"].iter().any(|end| name.ends_with(end));
            let wanted = csv && path.is_file() && (made_up || !name.starts_with("synth"));
            if wanted && oracle::layout(&path)?.is_some() {
                found.push(path);
            }
        }
    }
    found.sort();
    anyhow::ensure!(
        !found.is_empty(),
        "{} holds no VED file and no decoded OBD log",
        folder.display()
    );
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn drives_are_known_by_their_columns_and_made_up_ones_are_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let ved = "DayNum,VehId,Trip,Timestamp(ms),Vehicle Speed[km/h]\n";
        fs::create_dir(dir.path().join("drives-ved")).unwrap();
        fs::create_dir(dir.path().join("drives-obd")).unwrap();
        for (name, text) in [
            ("drives-ved/ved_trips.csv", ved),
            ("drives-ved/synth30.csv", ved),
            ("drives-ved/ved_trips_index.csv", "VehId,Trip\n"),
            ("drives-ved/notes.txt", ved),
            ("drives-obd/a.decoded.csv", "ts,signal,value\n"),
        ] {
            fs::write(dir.path().join(name), text).unwrap();
        }
        let count = |choice: Choice| match choice {
            Choice::Files { files, .. } => files.len(),
            Choice::Simulator { .. } => 0,
        };
        assert_eq!(count(choose(None, dir.path(), false).unwrap()), 2);
        assert_eq!(count(choose(None, dir.path(), true).unwrap()), 3);
        assert_eq!(
            count(choose(Some(dir.path()), Path::new("/nowhere"), false).unwrap()),
            3
        );
        assert_eq!(
            count(choose(None, Path::new("/nowhere"), false).unwrap()),
            0
        );
        assert!(choose(Some(&dir.path().join("empty")), dir.path(), false).is_err());
    }
}
