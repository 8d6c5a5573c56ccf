//! Log-in, token verification and read decisions over facts of a chain.

#![expect(
    clippy::unwrap_used,
    reason = "a failed step of a test is a failed test"
)]

mod audit;
mod confusion;
mod logins;
mod reads;
mod world;
