//! Answers written straight to JSON, field by field of the plan.

mod json;
mod rows;
mod values;

pub(crate) use json::{Keyed, Writer};
pub(crate) use rows::{RowField, write_rows};
pub(crate) use values::{
    ExtentField, LatestField, LatestSignalField, LocationField, PointField, SnapshotField,
    SummaryField, write_latest, write_snapshot, write_summary,
};

/// The answer would be larger than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLarge;
