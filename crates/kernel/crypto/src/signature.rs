use std::{fmt, str::FromStr};

use milepost_types::{Address, B256, keccak256};
use secp256k1::{
    Message,
    ecdsa::{RecoverableSignature, RecoveryId},
};

use crate::SignatureError;

/// Half the order of the secp256k1 group, big-endian; the largest `s` that is accepted (EIP-2).
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// A recoverable secp256k1 signature in its one accepted form: low `s`, `v` of 27 or 28.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature([u8; 65]);

impl Signature {
    /// Reads `r`, `s`, `v`; `v` may be 0, 1, 27 or 28.
    ///
    /// # Errors
    /// [`SignatureError`] for another length, another `v`, or an `s` in the upper half.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SignatureError> {
        let mut own: [u8; 65] = bytes
            .try_into()
            .map_err(|_| SignatureError::Length { found: bytes.len() })?;
        own[64] = match own[64] {
            v @ (27 | 28) => v,
            v @ (0 | 1) => v + 27,
            v => return Err(SignatureError::RecoveryByte(v)),
        };
        if own[32..64] > HALF_ORDER[..] {
            return Err(SignatureError::HighS);
        }
        Ok(Self(own))
    }

    pub(crate) fn from_recoverable(signature: &RecoverableSignature) -> Self {
        let (id, compact) = signature.serialize_compact();
        let mut bytes = [0; 65];
        bytes[..64].copy_from_slice(&compact);
        // libsecp256k1 signs with low s; ids 2 and 3 need an r above the group order, one in 2¹²⁷ signatures.
        bytes[64] = if id == RecoveryId::Zero { 27 } else { 28 };
        Self(bytes)
    }

    /// `r`, `s`, `v` with `v` of 27 or 28.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 65] {
        self.0
    }

    /// Address of the key that made this signature over `digest`.
    ///
    /// Any well-formed signature gives some address; only comparing it proves something.
    ///
    /// # Errors
    /// [`SignatureError::Unrecoverable`] when `r` or `s` is out of range or no key fits.
    pub fn recover(&self, digest: B256) -> Result<Address, SignatureError> {
        let id = if self.0[64] == 27 {
            RecoveryId::Zero
        } else {
            RecoveryId::One
        };
        RecoverableSignature::from_compact(&self.0[..64], id)
            .and_then(|signature| signature.recover(Message::from_digest(digest.0)))
            .map(|key| address_of(&key))
            .map_err(|_| SignatureError::Unrecoverable)
    }
}

/// Last 20 bytes of the keccak of the uncompressed point, as everywhere on EVM chains.
pub(crate) fn address_of(key: &secp256k1::PublicKey) -> Address {
    // The first byte is the tag of the uncompressed form.
    Address::from_slice(&keccak256(&key.serialize_uncompressed()[1..])[12..])
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

/// `0x` and 130 hex digits of either case.
impl FromStr for Signature {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("0x").ok_or(SignatureError::Form {
            reason: "expected 0x before the hex digits",
        })?;
        if digits.len() % 2 != 0 {
            return Err(SignatureError::Form {
                reason: "has an odd number of hex digits",
            });
        }
        if digits.len() != 130 {
            return Err(SignatureError::Length {
                found: digits.len() / 2,
            });
        }
        let mut bytes = [0; 65];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| SignatureError::Form {
            reason: "contains a character that is no hex digit",
        })?;
        Self::from_bytes(&bytes)
    }
}
