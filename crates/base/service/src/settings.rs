use std::{env, fs, io, path::Path, path::PathBuf};

use serde::de::DeserializeOwned;
use thiserror::Error;
use toml::{Table, Value};

/// Why settings cannot be used.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("settings file {0}")]
    Io(PathBuf, #[source] io::Error),
    /// The file is not TOML.
    #[error("settings file {0} is not TOML")]
    Toml(PathBuf, #[source] toml::de::Error),
    /// A key is unknown, missing or of the wrong type; the message names it.
    #[error("settings: {0}")]
    Invalid(String),
}

/// Reads settings from an optional TOML file and from `MILEPOST_*` variables, which win.
///
/// `MILEPOST_INGEST__LISTEN=0.0.0.0:9443` sets `listen` in table `ingest`: two underscores part tables. Values
/// are read as TOML where they parse as such, otherwise as text.
///
/// # Errors
/// [`SettingsError`] naming the file or key; unknown keys are refused by the target's `deny_unknown_fields`.
pub fn load<T: DeserializeOwned>(file: Option<&Path>) -> Result<T, SettingsError> {
    let variables = env::vars()
        .filter_map(|(name, value)| Some((name.strip_prefix("MILEPOST_")?.to_owned(), value)));
    load_from(file, variables)
}

fn load_from<T: DeserializeOwned>(
    file: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<T, SettingsError> {
    let mut table = match file {
        None => Table::new(),
        Some(path) => fs::read_to_string(path)
            .map_err(|e| SettingsError::Io(path.into(), e))?
            .parse::<Table>()
            .map_err(|e| SettingsError::Toml(path.into(), e))?,
    };
    for (name, text) in variables.filter(|(name, _)| name.contains("__")) {
        let value = text.parse::<Value>().unwrap_or(Value::String(text));
        set(&mut table, &name.to_lowercase(), value)?;
    }
    Value::Table(table)
        .try_into()
        .map_err(|e: toml::de::Error| SettingsError::Invalid(e.to_string()))
}

fn set(table: &mut Table, path: &str, value: Value) -> Result<(), SettingsError> {
    match path.split_once("__") {
        None => {
            table.insert(path.to_owned(), value);
            Ok(())
        }
        Some((head, rest)) => {
            match table
                .entry(head.to_owned())
                .or_insert_with(|| Value::Table(Table::new()))
            {
                Value::Table(inner) => set(inner, rest, value),
                _ => Err(SettingsError::Invalid(format!(
                    "MILEPOST_… sets a key inside {head}, which is not a table"
                ))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        ingest: Inner,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        listen: String,
        limit: u32,
    }

    fn read(text: &str, variables: &[(&str, &str)]) -> Result<Outer, SettingsError> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("node.toml");
        fs::write(&file, text).unwrap();
        load_from(
            Some(&file),
            variables
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned())),
        )
    }

    #[test]
    fn variables_win_over_the_file() {
        let settings = read(
            "[ingest]\nlisten = '127.0.0.1:1'\nlimit = 5",
            &[("INGEST__LIMIT", "7")],
        )
        .unwrap();
        assert_eq!(
            settings.ingest,
            Inner {
                listen: "127.0.0.1:1".into(),
                limit: 7
            }
        );
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = read("[ingest]\nlisten = 'x'\nlimit = 5\nlimits = 6", &[]).unwrap_err();
        assert!(error.to_string().contains("limits"), "{error}");
    }
}
