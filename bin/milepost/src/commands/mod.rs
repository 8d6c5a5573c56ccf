//! One file for each command.

pub(crate) mod config;
pub(crate) mod dev;
pub(crate) mod economy;
pub(crate) mod fleet;
pub(crate) mod node;
pub(crate) mod replay;
pub(crate) mod token;
pub(crate) mod verify;
