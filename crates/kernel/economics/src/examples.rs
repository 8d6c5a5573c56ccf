//! Worked examples that the texts print, recomputed with the parameters of the profile (C-25).
//!
//! Examples are data: those of the shipped texts are in `profiles/examples.toml`, each with the profiles whose text
//! prints it; a profile file may add its own. A profile that does not reproduce an example of its own text is refused.

mod case;

use serde::Deserialize;

pub use case::Case;

use crate::{Profile, ProfileError};

/// A worked example of a text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Text and requirement number.
    pub from: String,
    /// Names of the profiles whose text prints it; all when a profile file states it itself.
    #[serde(default)]
    pub profiles: Vec<String>,
    /// The numbers.
    pub case: Case,
}

/// One number of an example, as the text prints it and as the rules give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleResult {
    /// Text and requirement number.
    pub from: String,
    /// What the number is.
    pub what: String,
    /// As the text prints it.
    pub expected: String,
    /// As the rules give it, to as many decimals where the text rounds.
    pub actual: String,
    /// Whether they agree.
    pub ok: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleFile {
    examples: Vec<Example>,
}

/// Examples of the shipped texts that the profile of this name prints.
pub(crate) fn shipped(profile: &str) -> Result<Vec<Example>, toml::de::Error> {
    let file: ExampleFile = toml::from_str(include_str!("../profiles/examples.toml"))?;
    Ok(file
        .examples
        .into_iter()
        .filter(|e| e.profiles.iter().any(|p| p == profile))
        .collect())
}

/// Recomputes every example of a profile's text with its parameters.
///
/// The totals over whole caps make up more than a million evaluations of the curve: about a second.
#[must_use]
pub fn verify(profile: &Profile) -> Vec<ExampleResult> {
    profile
        .examples()
        .iter()
        .flat_map(|example| results(profile, example))
        .collect()
}

/// Refuses a profile that does not reproduce its own examples.
pub(crate) fn require(profile: &Profile) -> Result<(), ProfileError> {
    let failed = profile
        .examples()
        .iter()
        .flat_map(|e| results(profile, e))
        .find(|r| !r.ok);
    failed.map_or(Ok(()), |failed| {
        Err(ProfileError::Unreproduced {
            profile: profile.name().to_owned(),
            example: format!("{} ({})", failed.from, failed.what),
            expected: failed.expected,
            actual: failed.actual,
        })
    })
}

fn results(profile: &Profile, example: &Example) -> Vec<ExampleResult> {
    let checks = example.case.checks(profile);
    let result = |check: case::Check| ExampleResult {
        from: example.from.clone(),
        ok: check.expected == check.actual,
        what: check.what,
        expected: check.expected,
        actual: check.actual,
    };
    checks.into_iter().map(result).collect()
}
