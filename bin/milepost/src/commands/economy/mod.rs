//! The economy for people: licences, stakes, court, vouchers and escrow on a chain; parameters, quotes and
//! simulations without one.

pub(crate) mod court;
pub(crate) mod handover;
pub(crate) mod license;
mod names;
pub(crate) mod params;
mod quote;
mod session;
pub(crate) mod simulate;
pub(crate) mod stake;
pub(crate) mod voucher;
