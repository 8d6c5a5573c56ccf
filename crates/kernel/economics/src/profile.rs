//! A complete, cited set of parameters.

mod check;
mod encode;
mod file;

use std::{collections::BTreeMap, fmt};

use milepost_types::{U256, Wei};
use thiserror::Error;

pub use check::{Inconsistency, check_value};
pub use encode::solidity_keys;
pub use file::PROFILE_NAMES;

use crate::{Key, Unit, amount, examples::Example};

/// One parameter of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The integer, in the unit of its key.
    pub value: U256,
    /// Text and requirement number it comes from, or `ours: …` where the texts leave it open.
    pub citation: String,
    /// The profile it was taken over from, when this profile's own text says nothing of it.
    pub inherited_from: Option<String>,
}

/// A complete set of parameters with the text each comes from, and the worked examples that text prints.
///
/// A profile always has every key once, within its bounds, and fulfils the consistency rules of the specification.
/// Whether it reproduces its own examples is asked with [`crate::verify`] (C-25).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    name: String,
    version: u64,
    title: String,
    entries: BTreeMap<Key, Entry>,
    examples: Vec<Example>,
}

/// Why a text is no profile.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProfileError {
    /// No profile of this name is shipped.
    #[error("unknown profile '{name}'; known: {known}")]
    Unknown {
        /// The name asked for.
        name: String,
        /// The names that are shipped.
        known: String,
    },
    /// Not TOML, or not of the expected form.
    #[error("profile cannot be read: {0}")]
    Syntax(String),
    /// A key that is not in the key table.
    #[error("profile '{profile}': unknown parameter '{key}'")]
    UnknownKey {
        /// The profile.
        profile: String,
        /// The key.
        key: String,
    },
    /// A key without value: every parameter must be stated or inherited.
    #[error("profile '{profile}': '{key}' has no value")]
    Missing {
        /// The profile.
        profile: String,
        /// The key.
        key: Key,
    },
    /// A value that is not written in the unit of its key.
    #[error("profile '{profile}': '{key}': '{text}' is not {expected}")]
    Value {
        /// The profile.
        profile: String,
        /// The key.
        key: Key,
        /// What is written.
        text: String,
        /// What would be right.
        expected: String,
    },
    /// A value without the text it comes from.
    #[error("profile '{profile}': '{key}' has no citation")]
    Uncited {
        /// The profile.
        profile: String,
        /// The key.
        key: Key,
    },
    /// A bound or consistency rule does not hold.
    #[error("profile '{profile}': {rule}")]
    Inconsistent {
        /// The profile.
        profile: String,
        /// The rule.
        rule: Inconsistency,
    },
    /// An example of its own text comes out differently (C-25).
    #[error(
        "profile '{profile}' does not reproduce {example}: text says {expected}, rules give {actual}"
    )]
    Unreproduced {
        /// The profile.
        profile: String,
        /// Citation of the example.
        example: String,
        /// What the text prints.
        expected: String,
        /// What the rules give.
        actual: String,
    },
}

/// A parameter in which two profiles differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The parameter.
    pub key: Key,
    /// Entry of the left profile.
    pub left: Entry,
    /// Entry of the right profile.
    pub right: Entry,
}

impl Profile {
    /// A shipped profile, by name.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`] with the known names. Shipped profiles always parse; a test loads them all.
    pub fn load(name: &str) -> Result<Self, ProfileError> {
        file::load(name)
    }

    /// Reads a profile file; `inherits` names a shipped profile.
    ///
    /// # Errors
    /// [`ProfileError`] for the first thing that is wrong, examples that do not reproduce included.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let profile = file::parse(text)?;
        crate::examples::require(&profile)?;
        Ok(profile)
    }

    /// Name, such as `seed`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Version of the text; part of the hash.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// What it is, in one line.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The integer of a parameter, in the unit of its key.
    #[must_use]
    pub fn get(&self, key: Key) -> U256 {
        self.entry(key).value
    }

    /// Value and citation of a parameter.
    #[must_use]
    pub fn entry(&self, key: Key) -> &Entry {
        self.entries.get(&key).expect("a profile has every key")
    }

    /// A parameter in wei.
    #[must_use]
    pub fn wei(&self, key: Key) -> Wei {
        debug_assert_eq!(key.unit(), Unit::Wei);
        Wei(self.get(key))
    }

    /// A parameter that counts something: all but amounts are below 2⁶⁴ by their bounds.
    #[must_use]
    pub fn number(&self, key: Key) -> u64 {
        self.get(key)
            .try_into()
            .expect("bounds of counts, rates and times are below 2^64")
    }

    /// A flag.
    #[must_use]
    pub fn flag(&self, key: Key) -> bool {
        debug_assert_eq!(key.unit(), Unit::Flag);
        !self.get(key).is_zero()
    }

    /// Every parameter in ascending byte order of its name.
    pub fn entries(&self) -> impl Iterator<Item = (Key, &Entry)> {
        Key::sorted().into_iter().map(|key| (key, self.entry(key)))
    }

    /// Worked examples that the text of this profile prints.
    #[must_use]
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// This profile with one value replaced, under the same name; for sweeps and tests.
    ///
    /// # Errors
    /// [`ProfileError::Inconsistent`] when a bound or consistency rule no longer holds.
    pub fn with(mut self, key: Key, value: U256) -> Result<Self, ProfileError> {
        let citation = "ours: replaced in a sweep or test".to_owned();
        self.entries.insert(
            key,
            Entry {
                value,
                citation,
                inherited_from: None,
            },
        );
        self.check()?;
        Ok(self)
    }

    /// As [`Profile::with`] for several values that are only consistent together.
    ///
    /// # Errors
    /// As [`Profile::with`].
    pub fn with_all(mut self, values: &[(Key, U256)]) -> Result<Self, ProfileError> {
        for (key, value) in values {
            let citation = "ours: replaced in a sweep or test".to_owned();
            self.entries.insert(
                *key,
                Entry {
                    value: *value,
                    citation,
                    inherited_from: None,
                },
            );
        }
        self.check()?;
        Ok(self)
    }

    /// Parameters whose values differ, in ascending order of their names.
    #[must_use]
    pub fn diff(&self, other: &Self) -> Vec<Difference> {
        self.entries()
            .filter(|(key, left)| left.value != other.get(*key))
            .map(|(key, left)| Difference {
                key,
                left: left.clone(),
                right: other.entry(key).clone(),
            })
            .collect()
    }

    fn check(&self) -> Result<(), ProfileError> {
        check::check(&|key| self.get(key)).map_err(|rule| ProfileError::Inconsistent {
            profile: self.name.clone(),
            rule,
        })
    }
}

/// A value as people write it: tokens or dollars, names of choices, `true` and `false`.
#[must_use]
pub fn display_value(key: Key, value: U256) -> String {
    match key.unit() {
        Unit::Wei => amount::format_units(value),
        Unit::Usd18 => format!("${}", amount::format_units(value)),
        Unit::Choice(names) => usize::try_from(value)
            .ok()
            .and_then(|i| names.get(i))
            .map_or_else(|| value.to_string(), |name| (*name).to_owned()),
        Unit::Flag => (!value.is_zero()).to_string(),
        Unit::Bps | Unit::Ppm | Unit::Seconds | Unit::Months | Unit::Count => value.to_string(),
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} v{}", self.name, self.version)
    }
}
