//! Demo vehicles: registered by real transactions, sending as devices do.

pub(crate) mod courier;
pub(crate) mod registrar;
