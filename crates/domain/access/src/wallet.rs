use std::{error::Error, fmt::Debug};

use async_trait::async_trait;
use milepost_crypto::{Signature, SigningKey};
use milepost_types::{Address, B256};
use thiserror::Error;

/// Asks accounts that are contracts whether they signed (ERC-1271).
#[async_trait]
pub trait ContractSignatures: Send + Sync + Debug {
    /// Calls `isValidSignature(digest, signature)` at `account` and compares the answer with `0x1626ba7e`. No
    /// code at `account`, a revert and another answer are `false`.
    ///
    /// # Errors
    /// [`ContractCallError`] when the chain could not be asked; the client may try again.
    async fn is_valid(
        &self,
        account: Address,
        digest: B256,
        signature: &[u8],
    ) -> Result<bool, ContractCallError>;
}

/// The chain could not be asked.
#[derive(Debug, Error)]
#[error("contract signature check: {context}")]
pub struct ContractCallError {
    /// What was asked of which endpoint, for the operator's log.
    pub context: String,
    /// Cause.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

/// Longest signature passed to a contract account, bytes; multi-signature wallets stay well below.
const SIGNATURE_BYTES_MAX: usize = 4096;

/// Signs the text of a challenge as a wallet does (EIP-191): `0x` and 65 bytes in hex, `v` 27 or 28.
#[must_use]
pub fn sign_challenge(key: &SigningKey, challenge: &str) -> String {
    key.sign_personal(challenge.as_bytes()).to_string()
}

/// Bytes of a signature in hex, with or without `0x`.
pub(crate) fn signature_bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if digits.is_empty() || digits.len() > 2 * SIGNATURE_BYTES_MAX {
        return None;
    }
    hex::decode(digits).ok()
}

/// The account whose key made the signature; `None` when it is not in the form of a key's signature.
pub(crate) fn recover_signer(digest: B256, signature: &[u8]) -> Option<Address> {
    Signature::from_bytes(signature).ok()?.recover(digest).ok()
}
