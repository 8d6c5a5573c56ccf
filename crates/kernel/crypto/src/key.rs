use std::fmt;

use milepost_types::{Address, B256, keccak256};
use secp256k1::{Message, PublicKey, SECP256K1, SecretKey, rand};
use thiserror::Error;

use crate::{Signature, SignatureError, signature::address_of};

/// A secp256k1 private key held in memory. It cannot be printed, copied or serialised, and is overwritten on drop.
pub struct SigningKey {
    secret: SecretKey,
    address: Address,
}

/// Why bytes or text are not a private key. Never contains them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not 64 hex digits.
    #[error("private key: expected 64 hex digits, with or without 0x")]
    Hex,
    /// Zero, or not below the group order.
    #[error("private key: the number is zero or not below the order of secp256k1")]
    Range,
}

impl SigningKey {
    /// From the 32 bytes of the private number, big-endian.
    ///
    /// # Errors
    /// [`KeyError::Range`] when the number is zero or too large.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, KeyError> {
        SecretKey::from_byte_array(bytes)
            .map(Self::from_secret)
            .map_err(|_| KeyError::Range)
    }

    /// From 64 hex digits, with or without `0x`.
    ///
    /// # Errors
    /// [`KeyError`] when the text is not hex of that length, or the number is out of range.
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut bytes)
            .map_err(|_| KeyError::Hex)?;
        Self::from_bytes(bytes)
    }

    /// A new key from the caller's source of randomness.
    pub fn random<R: rand::Rng + rand::CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self::from_secret(SecretKey::new(rng))
    }

    fn from_secret(secret: SecretKey) -> Self {
        let address = address_of(&PublicKey::from_secret_key(SECP256K1, &secret));
        Self { secret, address }
    }

    /// Account of this key; for a device, its on-chain address.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// Signs a 32-byte digest; the same digest always gives the same signature (RFC 6979).
    #[must_use]
    pub fn sign_digest(&self, digest: B256) -> Signature {
        let signature =
            SECP256K1.sign_ecdsa_recoverable(Message::from_digest(digest.0), &self.secret);
        Signature::from_recoverable(&signature)
    }

    /// Signs a text the way wallets do (EIP-191, `personal_sign`).
    #[must_use]
    pub fn sign_personal(&self, message: &[u8]) -> Signature {
        self.sign_digest(personal_hash(message))
    }
}

impl Signature {
    /// Account that signed `message` the way wallets do (EIP-191, `personal_sign`).
    ///
    /// # Errors
    /// [`SignatureError::Unrecoverable`] when no key fits.
    pub fn recover_personal(&self, message: &[u8]) -> Result<Address, SignatureError> {
        self.recover(personal_hash(message))
    }
}

/// EIP-191 digest of a personal message.
#[must_use]
pub fn personal_hash(message: &[u8]) -> B256 {
    let mut bytes = format!("\x19Ethereum Signed Message:\n{}", message.len()).into_bytes();
    bytes.extend_from_slice(message);
    keccak256(bytes)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Drop for SigningKey {
    fn drop(&mut self) {
        self.secret.non_secure_erase();
    }
}
