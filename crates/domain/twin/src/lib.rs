//! The digital twin (D2-21, D2-22, D2-28): an index of the contracts' state that admission and access read.
//!
//! Guarantees:
//! - Answers come from memory and are true at the block [`milepost_policy::TwinView::head`] names.
//! - One task writes. Rows, the cursor and the undo journal of a batch of blocks are stored in one transaction, so a
//!   crash at any moment leaves the file at a block boundary and nothing is applied twice or skipped.
//! - Forks within the window are taken back exactly and the chain wins; a deeper fork, a known event that cannot be
//!   decoded, or an endpoint that keeps contradicting itself halts the index loudly and the last good state stays.
//! - While the endpoint is silent the last state is served; [`TwinStatus`] tells its age. The endpoint is asked again
//!   with growing pauses of up to 5 s.
//! - Events are read by (contract role, topic 0, number of topics) and position, in all layouts the deployed contracts
//!   ever emitted, so one index serves ours and theirs. Logs nobody described are kept raw and counted.

mod abi;
mod apply;
mod error;
mod events;
mod fetch;
mod follow;
mod index;
mod indexes;
mod metrics;
mod repo;
mod role;
mod rows;
mod settings;
mod shared;
mod spot;
mod standing;
mod state;
#[cfg(test)]
mod tests;
mod twin;
mod value;
mod verify;
mod view;

pub use abi::DecodeError;
pub use error::{Halt, TwinError};
pub use role::Role;
pub use settings::{ContractAt, TwinSettings};
pub use shared::TwinStatus;
pub use twin::Twin;
pub use value::RowError;
pub use verify::{TwinReport, verify};
