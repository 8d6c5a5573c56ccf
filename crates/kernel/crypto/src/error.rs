use milepost_types::Address;
use thiserror::Error;

/// Why a signature was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// No `signature` attribute.
    #[error(
        "signature: is required; expected mp1:0x<130 hex digits>, mpb1:… or 0x<130 hex digits>"
    )]
    Missing,
    /// The text has none of the known forms.
    #[error("signature: {reason}")]
    Form {
        /// Which part is wrong and what was expected.
        reason: &'static str,
    },
    /// Wrong number of bytes.
    #[error("signature: has {found} bytes (limit: exactly 65: r, s, v)")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// Recovery byte other than 0, 1, 27 or 28.
    #[error("signature: recovery byte v is {0} (limit: 0, 1, 27 or 28)")]
    RecoveryByte(u8),
    /// `s` is in the upper half, so the signature is a rewritten copy of another.
    #[error("signature: s is above half the group order; only the low form is accepted")]
    HighS,
    /// `r` or `s` is no number that a signature can have, or no key fits.
    #[error("signature: r and s are not those of any secp256k1 signature over this event")]
    Unrecoverable,
    /// The current format needs an attribute that the sender left out.
    #[error("{field}: is required in a signed event")]
    FieldMissing {
        /// Attribute name.
        field: &'static str,
    },
    /// Place in the batch, batch size or length of the proof do not fit together.
    #[error("signature: batch proof {reason}")]
    Proof {
        /// What does not fit.
        reason: &'static str,
    },
    /// A valid signature of somebody else, or over other content.
    #[error("signature: made by {found} or over other content; the device key is {expected}")]
    OtherSigner {
        /// Key the twin holds for the device.
        expected: Address,
        /// Key that the signature and the received content give.
        found: Address,
    },
    /// The deployed format, at a verifier that does not take it.
    #[error("signature: the format over data alone is not accepted here; sign with mp1 or mpb1")]
    LegacyRefused,
    /// The deployed format on an event without payload: nothing would be signed.
    #[error("data: is required with a signature over data alone")]
    LegacyWithoutData,
}
