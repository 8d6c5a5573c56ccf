//! Worked examples of the texts (C-25).
use crate::{Profile, ProfileError};
use serde::Deserialize;
/// x
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Example {
    /// c
    pub from: String,
}
/// x
#[derive(Debug)]
pub struct ExampleResult;
/// x
pub fn verify(_: &Profile) -> Vec<ExampleResult> {
    vec![]
}
pub(crate) fn require(_: &Profile) -> Result<(), ProfileError> {
    Ok(())
}
