use milepost_economics::ProfileError;
use thiserror::Error;

/// Why a run cannot start, or must not be believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SimulationError {
    /// No assumption has this key.
    #[error("unknown assumption '{key}'")]
    UnknownAssumption {
        /// The key as given.
        key: String,
    },
    /// A number that its unit does not allow.
    #[error("assumption '{key}' is {value}, outside {least}…{most}")]
    AssumptionOutOfBounds {
        /// Key of the assumption.
        key: &'static str,
        /// Its value.
        value: u64,
        /// Least value.
        least: u64,
        /// Greatest value.
        most: u64,
    },
    /// All `mix.*` are zero.
    #[error("the mix of device types is empty: set at least one of mix.*")]
    EmptyMix,
    /// More than the model is made for.
    #[error("{what} is {value}, outside {least}…{most}")]
    OptionOutOfBounds {
        /// Name of the option.
        what: &'static str,
        /// Its value.
        value: u64,
        /// Least value.
        least: u64,
        /// Greatest value.
        most: u64,
    },
    /// Not written as `key=value`.
    #[error("'{text}' is not key=value")]
    Malformed {
        /// The text as given.
        text: String,
    },
    /// A parameter that is unknown, or a value it does not take.
    #[error("parameter '{key}': {reason}")]
    Parameter {
        /// The key as given.
        key: String,
        /// What is wrong.
        reason: String,
    },
    /// The changed profile breaks a bound or consistency rule.
    #[error("the changed profile is not consistent")]
    Profile(#[from] ProfileError),
    /// Money appeared or vanished: a defect of the model, its numbers must not be used.
    #[error("{what} does not balance: {paid_in} wei in, {accounted} wei accounted for")]
    NotConserved {
        /// The account.
        what: String,
        /// What came in.
        paid_in: u128,
        /// What was paid out or is held.
        accounted: u128,
    },
}
