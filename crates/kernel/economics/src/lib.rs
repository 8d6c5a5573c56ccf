//! The rules of the economy, as pure functions over integers.
//!
//! What the contracts compute, this crate computes to the wei (docs/specs/economy.md): parameters with the text each
//! comes from, stakes and lock-ups, the price of a device and its 24 tranches, burns, reparations, revenue shares and
//! votes. Nothing here reads a clock, a file or the network; every amount is an integer in wei, every time Unix seconds.
//! Requirement numbers (D…, C…) stand beside the rules that answer them.
//!
//! Rules read their numbers through [`ParameterSource`], so that they work on a shipped [`Profile`] as well as on
//! parameters that governance has changed since.

pub mod amount;
pub mod burn;
pub mod calendar;
pub mod court;
mod curve;
pub mod escrow;
pub mod examples;
mod key;
mod kinds;
mod profile;
pub mod quote;
mod source;
pub mod split;
pub mod stake;
pub mod table;
pub mod tally;

pub use amount::{bps_of, ppm_of};
pub use curve::{Decay, TeamCurve};
pub use examples::{ExampleResult, verify};
pub use key::{Key, Unit, UnknownKey};
pub use kinds::{DeviceType, FunctionClass, LicenseKind, UnknownName};
pub use profile::{
    Difference, Entry, Inconsistency, PROFILE_NAMES, Profile, ProfileError, check_value,
    display_value, solidity_keys,
};
pub use quote::{stake_quote, voucher_quote};
pub use source::ParameterSource;
