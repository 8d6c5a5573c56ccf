//! Runs random histories of the economy through the contracts and through the Rust model and compares them.
//!
//! The contracts are the committed artifacts, executed by `revm` in memory; the model is `milepost-ledger`. Both see
//! the same calls at the same times. A difference of one wei, or one side refusing what the other accepts, fails the
//! test and prints the shortest history that still shows it.

mod abi;
mod bridge;
mod chain;
mod compare;
mod generate;
mod moments;
mod random;
mod run;
mod stubs;
mod trees;
mod world;

pub use chain::{Chain, Revert};
pub use generate::Step;
pub use run::{Tallies, Tally};
pub use world::{START, World};
