//! Signatures of devices and accounts: secp256k1 as on chain, over bytes that mean one thing only.
//!
//! What a device signs is written down in `docs/specs/device-signature.md`; [`event_digest`] is that text in code.
//! The guarantees:
//! - Every attribute of an event and the exact bytes of its payload are covered; no other event, batch, personal
//!   message or transaction has the same signed bytes, on this chain or another.
//! - A signature has one form: `s` in the upper half of the group order is refused.
//! - An event of a signed batch carries its own proof and stays verifiable alone.
//! - The deployed format, which covers the payload only, is read and reported as
//!   [`Authenticity::Legacy`](milepost_cloudevent::Authenticity::Legacy).
//!
//! Verification is pure computation on the caller's thread (about 60 µs for a recovery); the only state is the
//! bounded cache of batch signatures in [`Verifier`].

mod attribute;
mod batch;
mod canonical;
mod error;
mod key;
mod signature;
mod verify;

pub use attribute::SignatureAttribute;
pub use batch::{BATCH_EVENTS_MAX, BatchProof, sign_batch};
pub use canonical::{SignedFields, event_bytes, event_digest, sign_event};
pub use error::SignatureError;
pub use key::{KeyError, SigningKey, personal_hash};
pub use signature::Signature;
pub use verify::Verifier;
