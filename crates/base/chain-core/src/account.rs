use std::fmt;

use alloy::{
    consensus::{SignableTransaction as _, TxEip1559, TxEnvelope},
    eips::eip2718::Encodable2718 as _,
    network::TxSignerSync as _,
    signers::{SignerSync as _, local::PrivateKeySigner},
};
use milepost_types::{Address, B256, keccak256};

use crate::ChainError;

/// A key that owns things on the chain. Printing it shows the address only.
#[derive(Clone)]
pub struct Account {
    signer: PrivateKeySigner,
    secret: B256,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Account").field(&self.address()).finish()
    }
}

impl Account {
    /// From a secp256k1 private key.
    ///
    /// # Errors
    /// [`ChainError::Key`] for zero and for numbers above the curve's order.
    pub fn from_secret(secret: [u8; 32]) -> Result<Self, ChainError> {
        let secret = B256::from(secret);
        let signer = PrivateKeySigner::from_bytes(&secret).map_err(|_| ChainError::Key)?;
        Ok(Self { signer, secret })
    }

    /// A DEVELOPMENT key that anyone can compute: `keccak256("milepost development key/<seed>/<name>")`.
    /// The same seed and name always give the same account. Never for anything of value.
    ///
    /// # Errors
    /// [`ChainError::Key`] for the one in 2¹²⁸ texts whose hash is no key.
    pub fn development(seed: &str, name: &str) -> Result<Self, ChainError> {
        Self::from_secret(keccak256(format!("milepost development key/{seed}/{name}")).0)
    }

    /// The account's address.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.signer.address()
    }

    /// The private key, for programs that sign off the chain with it (a demo device).
    #[must_use]
    pub const fn secret(&self) -> [u8; 32] {
        self.secret.0
    }

    /// 65-byte signature (r, s, v of 27 or 28) over a digest.
    ///
    /// # Errors
    /// [`ChainError::Key`] when the library refuses the key, which a constructed account does not meet.
    pub fn sign_digest(&self, digest: B256) -> Result<[u8; 65], ChainError> {
        Ok(self
            .signer
            .sign_hash_sync(&digest)
            .map_err(|_| ChainError::Key)?
            .as_bytes())
    }

    /// The signed transaction, encoded for `eth_sendRawTransaction`.
    pub(crate) fn sign_transaction(&self, mut tx: TxEip1559) -> Result<Vec<u8>, ChainError> {
        let signature = self
            .signer
            .sign_transaction_sync(&mut tx)
            .map_err(|_| ChainError::Key)?;
        Ok(TxEnvelope::from(tx.into_signed(signature)).encoded_2718())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn development_keys_are_stable_and_their_debug_form_hides_the_secret() {
        let one = Account::development("demo", "owner-1").unwrap();
        let again = Account::development("demo", "owner-1").unwrap();
        let other = Account::development("demo", "owner-2").unwrap();
        assert_eq!(one.address(), again.address());
        assert_ne!(one.address(), other.address());
        let shown = format!("{one:?}");
        assert!(
            !shown.contains(&alloy::hex::encode(one.secret())),
            "{shown}"
        );
    }

    #[test]
    fn zero_is_no_key() {
        assert!(matches!(
            Account::from_secret([0; 32]),
            Err(ChainError::Key)
        ));
    }
}
