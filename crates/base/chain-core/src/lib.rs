//! The one door to EVM chains: reading blocks and logs, sending transactions, the compiled contracts, and a
//! development chain that survives restarts.
//!
//! Guarantees: every request ends (time limit, few retries), every answer about logs is checked against the
//! block it belongs to, an endpoint's URL never reaches a log (keys sit in it). Deployment is deterministic
//! (CREATE2) and idempotent: a second run finds everything in place, on any chain. Nothing is kept in memory
//! that a restart would miss.

mod account;
pub mod artifacts;
mod contracts;
mod deploy;
mod deployment;
mod devchain;
mod error;
mod network;
mod rpc;
mod rpc_source;
mod source;
mod tx;

pub use account::Account;
pub use alloy::primitives::Bytes;
pub use artifacts::{Artifact, artifact};
pub use deploy::{DeployParams, deploy};
pub use deployment::Deployment;
pub use devchain::{DevChain, DevChainOptions, Snapshot};
pub use error::ChainError;
pub use network::{
    Attribute, FleetMember, Handover, IssuedLicense, NamedEvent, Network, NewDevice, NewGrant,
    NewVehicle, Onboarded, Outcome, Payment, reason_hash,
};
pub use rpc::{Rpc, RpcOptions};
pub use source::{BlockHeader, ChainLog, ChainSource, ContractCall, is_valid_signature};
pub use tx::{Receipt, Sender, TxRequest};
