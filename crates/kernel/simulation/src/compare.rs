//! A proposal against today: the same random lives under two profiles.

use milepost_economics::Profile;
use milepost_types::keccak256;

use crate::{Options, Outcome, SimulationError, proposal, run};

/// A parameter that the proposal changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Name of the parameter.
    pub key: &'static str,
    /// Value today, as people write it.
    pub from: String,
    /// Value proposed, as people write it.
    pub to: String,
}

/// Two outcomes over the same random lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Parameters that differ; empty when the proposal sets what is set already.
    pub changes: Vec<Change>,
    /// The unchanged profile.
    pub today: Outcome,
    /// The changed one.
    pub changed: Outcome,
    /// Hash over both runs, hexadecimal.
    pub run_id: String,
}

/// Plays a profile as it is, and with parameters set to other values (each `key=value`; values as in profile files).
///
/// # Errors
/// A text that is not `key=value`, an unknown parameter, a value that it does not take, a changed profile that breaks
/// a bound or consistency rule; and as [`run`].
pub fn compare(
    profile: &Profile,
    sets: &[String],
    options: &Options,
) -> Result<Comparison, SimulationError> {
    let changed = proposal::with_sets(profile, sets)?;
    let changes = proposal::changes(profile, &changed);
    let today = run(profile, options)?;
    let mut changed = run(&changed, options)?;
    for (key, _, citation) in &mut changed.parameters {
        if changes.iter().any(|change| change.key == *key) {
            *citation = "the proposal".to_owned();
        }
    }
    let run_id = keccak256(format!("{}\n{}\n", today.run_id, changed.run_id)).to_string();
    Ok(Comparison {
        changes,
        today,
        changed,
        run_id,
    })
}
