use std::{fmt, str::FromStr};

use milepost_types::B256;

use crate::{BatchProof, Signature, SignatureError};

/// The `signature` attribute in its three forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureAttribute {
    /// `mp1:0x<130 hex>`: over the canonical bytes of this event.
    Event(Signature),
    /// `mpb1:0x<130 hex>:<index>:<count>:<proof hex>`: over a batch this event is part of.
    Batch(BatchProof),
    /// `0x<130 hex>`: the deployed format, over `data` alone.
    Legacy(Signature),
}

impl fmt::Display for SignatureAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(signature) => write!(f, "mp1:{signature}"),
            Self::Legacy(signature) => write!(f, "{signature}"),
            Self::Batch(BatchProof {
                signature,
                index,
                count,
                siblings,
            }) => {
                write!(f, "mpb1:{signature}:{index}:{count}:")?;
                siblings
                    .iter()
                    .try_for_each(|sibling| f.write_str(&hex::encode(sibling)))
            }
        }
    }
}

impl FromStr for SignatureAttribute {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(signature) = text.strip_prefix("mp1:") {
            return Ok(Self::Event(signature.parse()?));
        }
        if let Some(batch) = text.strip_prefix("mpb1:") {
            return batch_proof(batch).map(Self::Batch);
        }
        if text.contains(':') {
            return Err(SignatureError::Form {
                reason: "has an unknown format; known are mp1:, mpb1: and 0x",
            });
        }
        Ok(Self::Legacy(text.parse()?))
    }
}

fn batch_proof(text: &str) -> Result<BatchProof, SignatureError> {
    let parts: Vec<&str> = text.splitn(5, ':').collect();
    let [signature, index, count, proof] = parts[..] else {
        return Err(SignatureError::Form {
            reason: "expected mpb1:<signature>:<index>:<count>:<proof>",
        });
    };
    Ok(BatchProof {
        signature: signature.parse()?,
        index: decimal(index)?,
        count: decimal(count)?,
        siblings: siblings(proof)?,
    })
}

/// One spelling per number: no sign, no leading zero.
fn decimal(text: &str) -> Result<u32, SignatureError> {
    let bad = SignatureError::Form {
        reason: "batch index and count must be plain decimal numbers",
    };
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain).ok_or(bad)
}

fn siblings(text: &str) -> Result<Vec<B256>, SignatureError> {
    let bytes = hex::decode(text).map_err(|_| SignatureError::Form {
        reason: "batch proof is not hex",
    })?;
    let chunks = bytes.chunks_exact(32);
    if !chunks.remainder().is_empty() {
        return Err(SignatureError::Form {
            reason: "batch proof is not a whole number of 32-byte hashes",
        });
    }
    Ok(chunks.map(B256::from_slice).collect())
}
