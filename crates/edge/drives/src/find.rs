use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Which drives of a data folder to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// Recordings only.
    Real,
    /// Recordings, then generated weeks (`synth…`).
    All,
}

/// Drive files of a folder laid out like the project's data: CSVs in `drives-ved` that are no index and no vehicle
/// list, and `*.decoded.csv` in `drives-obd`, plain or `.zst`; by folder, then by name.
///
/// # Errors
/// When a folder that exists cannot be listed. A folder that does not exist holds no drives.
pub fn find(data: &Path, selection: Selection) -> io::Result<Vec<PathBuf>> {
    let mut found = list(&data.join("drives-ved"), |name| {
        let data_file = name.ends_with(".csv")
            && !name.ends_with("_index.csv")
            && !name.ends_with("_static.csv");
        data_file && (selection == Selection::All || !synthetic(name))
    })?;
    found.extend(list(&data.join("drives-obd"), |name| {
        name.ends_with(".decoded.csv")
    })?);
    Ok(found)
}

fn synthetic(name: &str) -> bool {
    name.starts_with("synth")
}

fn list(folder: &Path, wanted: impl Fn(&str) -> bool) -> io::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if wanted(name.strip_suffix(".zst").unwrap_or(&name)) {
            found.push((synthetic(&name), path));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}
