//! Identifiers, amounts and time as every other crate uses them.
//!
//! Pure values: no I/O, no clock. Parsing is strict and total: bad text is an error that names the part that
//! is wrong, never a panic. Chain ids, contracts and token ids are part of every identifier, because one address
//! exists on several chains (D1-54) and token ids are full 256-bit numbers.

mod block;
mod did;
mod ids;
mod time;

pub use alloy_primitives::{Address, B256, U256, address, keccak256};
pub use block::BlockRef;
pub use did::{Did, DidError};
pub use ids::{ChainId, Wei, parse_address};
pub use time::{TimeError, Timestamp};
