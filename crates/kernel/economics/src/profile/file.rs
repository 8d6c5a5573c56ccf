//! Profile files: TOML with one cited value per line.

use std::collections::BTreeMap;

use milepost_types::U256;
use serde::Deserialize;

use super::{Entry, Profile, ProfileError};
use crate::{
    Key, Unit, amount,
    examples::{self, Example},
};

static FILES: &[(&str, &str)] = &[
    ("seed", include_str!("../../profiles/seed.toml")),
    ("dip5-draft", include_str!("../../profiles/dip5-draft.toml")),
    ("dlp3", include_str!("../../profiles/dlp3.toml")),
    ("dip4", include_str!("../../profiles/dip4.toml")),
    (
        "hardware-ecosystem",
        include_str!("../../profiles/hardware-ecosystem.toml"),
    ),
    ("phase-1.2", include_str!("../../profiles/phase-1.2.toml")),
    (
        "deployed-2025",
        include_str!("../../profiles/deployed-2025.toml"),
    ),
];

/// Names of the shipped profiles; `seed` is the default.
pub static PROFILE_NAMES: &[&str] = &[
    "seed",
    "dip5-draft",
    "dlp3",
    "dip4",
    "hardware-ecosystem",
    "phase-1.2",
    "deployed-2025",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    name: String,
    version: u64,
    title: String,
    inherits: Option<String>,
    values: BTreeMap<String, ValueLine>,
    #[serde(default)]
    examples: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueLine {
    is: toml::Value,
    from: String,
}

pub(super) fn load(name: &str) -> Result<Profile, ProfileError> {
    let (_, text) = FILES
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| ProfileError::Unknown {
            name: name.chars().take(64).collect(),
            known: PROFILE_NAMES.join(", "),
        })?;
    parse(text)
}

pub(super) fn parse(text: &str) -> Result<Profile, ProfileError> {
    let file: ProfileFile =
        toml::from_str(text).map_err(|error| ProfileError::Syntax(error.to_string()))?;
    let mut entries = BTreeMap::new();
    if let Some(parent) = &file.inherits {
        if *parent == file.name {
            return Err(ProfileError::Syntax(format!("'{parent}' inherits itself")));
        }
        for (key, mut entry) in load(parent)?.entries {
            entry.inherited_from.get_or_insert_with(|| parent.clone());
            entries.insert(key, entry);
        }
    }
    for (name, line) in file.values {
        let key: Key = name.parse().map_err(|_| ProfileError::UnknownKey {
            profile: file.name.clone(),
            key: name.chars().take(64).collect(),
        })?;
        if line.from.trim().is_empty() {
            return Err(ProfileError::Uncited {
                profile: file.name,
                key,
            });
        }
        let value = read(key, &line.is).ok_or_else(|| ProfileError::Value {
            profile: file.name.clone(),
            key,
            text: line.is.to_string(),
            expected: expected(key.unit()),
        })?;
        entries.insert(
            key,
            Entry {
                value,
                citation: line.from,
                inherited_from: None,
            },
        );
    }
    if let Some(key) = Key::ALL.iter().find(|key| !entries.contains_key(key)) {
        return Err(ProfileError::Missing {
            profile: file.name,
            key: *key,
        });
    }
    let mut examples =
        examples::shipped(&file.name).map_err(|error| ProfileError::Syntax(error.to_string()))?;
    examples.extend(file.examples);
    let profile = Profile {
        name: file.name,
        version: file.version,
        title: file.title,
        entries,
        examples,
    };
    profile.check()?;
    Ok(profile)
}

fn read(key: Key, value: &toml::Value) -> Option<U256> {
    match key.unit() {
        Unit::Wei | Unit::Usd18 => amount::parse_units(value.as_str()?).ok(),
        Unit::Choice(names) => {
            let text = value.as_str()?;
            names.iter().position(|name| *name == text).map(U256::from)
        }
        Unit::Flag => value.as_bool().map(U256::from),
        Unit::Bps | Unit::Ppm | Unit::Seconds | Unit::Months | Unit::Count => {
            u64::try_from(value.as_integer()?).ok().map(U256::from)
        }
    }
}

fn expected(unit: Unit) -> String {
    match unit {
        Unit::Wei => "a text with tokens such as \"12.5\"".to_owned(),
        Unit::Usd18 => "a text with dollars such as \"12.5\"".to_owned(),
        Unit::Choice(names) => format!("one of {}", names.join(", ")),
        Unit::Flag => "true or false".to_owned(),
        Unit::Bps | Unit::Ppm | Unit::Seconds | Unit::Months | Unit::Count => {
            "a number, not negative".to_owned()
        }
    }
}
