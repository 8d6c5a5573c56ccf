//! Tables on real folders: what survives, what is refused, what is read.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod crash;
mod damage;
mod encryption;
mod model;
mod support;
