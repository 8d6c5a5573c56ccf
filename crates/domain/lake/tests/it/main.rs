//! The lake with real journals on real folders, seen through its public interface.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod encryption;
mod kill;
mod limits;
mod model;
mod raw;
mod support;
mod visible;
