//! Real recordings, hand-written files and simulated fleets, read, grouped and decoded again.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod fleet;
mod grouping;
mod neutral;
mod obd;
mod support;
mod ved;
