//! Who may write and who may read: pure decisions over facts of the chain.
//!
//! One choke point each way. [`admit`] decides whether an event may enter (twin facts: device known, claimed,
//! paired with the subject, not banned, provider licensed); [`authorize`] decides what a grantee may read of an
//! asset now. Both deny by default, state the block they were decided at, and say in words what is missing.
//! Facts come through [`TwinView`], which the twin implements; nothing here keeps state.

mod access;
mod admission;
mod permission;
mod view;

#[cfg(test)]
mod tests;

pub use access::{AccessDecision, Denial, authorize};
pub use admission::{Admission, AdmissionRequest, Refusal, admit};
pub use permission::{Permission, PermissionSet, UnknownPermission};
pub use view::{Connection, DeveloperLicense, Device, DeviceKind, Grant, TwinView, Vehicle};
