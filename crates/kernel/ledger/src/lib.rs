//! The economy as one deterministic state machine.
//!
//! [`Ledger`] mirrors the contracts of docs/specs/economy.md §2 to §5: licences, stakes, the court, vouchers, escrows and
//! attested months, with the balances of `$DIMO`. Same actions, same times, same result to the wei; `tests/differential`
//! runs both and compares. Pure: no clock, no I/O, no randomness.
//!
//! Invariant: tokens are neither created nor lost, only moved and burned. Invariant: stake leaves by its poster while no
//! case is open and the licence does not need it, or by a ruling or settlement. Invariant: for every voucher, what was
//! paid and burned and what is held add up to its price.

mod action;
mod attest;
mod book;
mod court;
mod escrow;
mod ids;
mod ledger;
mod licence;
pub mod merkle;
mod parameters;
mod refusal;
mod shares;
mod table;
mod tokens;
mod vault;
mod voucher;

pub use action::{Action, Effect};
pub use attest::{Root, RootState};
pub use court::{AdjudicatorKind, Case, Challenge, Outcome, Phase, Ruling, Terms};
pub use escrow::{Bond, Connection, Device, Escrow, EscrowState, SaleTerms, Spent, Stop};
pub use ids::{CaseId, LicenseId, RootId, VoucherId};
pub use ledger::{Accounts, Ledger, Member};
pub use licence::{Burn, License, LicenseState};
pub use parameters::{Parameters, Snapshot};
pub use refusal::Refusal;
pub use vault::{Pool, StakeClass, Vault};
pub use voucher::type_key;

pub(crate) use ledger::Call;
