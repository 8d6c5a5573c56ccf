//! One signature for many events: a Merkle tree over their digests.
//!
//! Leaves and inner nodes are hashed under different first bytes, and the signed root digest covers the number of
//! leaves, so that an inner node cannot be passed off as an event and the shape of the tree is fixed. A node
//! without a sibling moves up unchanged: nothing is duplicated, so no two lists of events share a root.

use milepost_types::{B256, ChainId, keccak256};

use crate::{Signature, SignatureAttribute, SignatureError, SigningKey, canonical::Writer};

const BATCH_TAG: &[u8] = b"milepost/batch/v1";
const LEAF: u8 = 0;
const NODE: u8 = 1;

/// Most events under one signature. Twelve siblings of 32 bytes keep the attribute below 1 KiB.
pub const BATCH_EVENTS_MAX: usize = 4096;

/// What one event of a signed batch carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchProof {
    /// Signature over the root.
    pub signature: Signature,
    /// Place of the event in the batch, from 0.
    pub index: u32,
    /// Events in the batch.
    pub count: u32,
    /// Siblings on the way from the event to the root.
    pub siblings: Vec<B256>,
}

impl BatchProof {
    /// Digest under the batch signature, if the event with `digest` is where this proof says.
    ///
    /// # Errors
    /// [`SignatureError::Proof`] when index, count and number of siblings do not fit together.
    pub fn root_digest(&self, chain: ChainId, digest: B256) -> Result<B256, SignatureError> {
        if self.count == 0
            || usize::try_from(self.count).map_or(true, |count| count > BATCH_EVENTS_MAX)
        {
            return Err(SignatureError::Proof {
                reason: "names a batch of 0 or more than 4096 events",
            });
        }
        if self.index >= self.count {
            return Err(SignatureError::Proof {
                reason: "index is not below the number of events",
            });
        }
        let mut siblings = self.siblings.iter();
        let (mut node, mut index, mut width) = (leaf(digest), self.index, self.count);
        while width > 1 {
            // The last node of a row of odd width has no sibling and moves up.
            if index ^ 1 < width {
                let sibling = *siblings.next().ok_or(SignatureError::Proof {
                    reason: "is too short",
                })?;
                node = if index & 1 == 0 {
                    parent(node, sibling)
                } else {
                    parent(sibling, node)
                };
            }
            index /= 2;
            width = width.div_ceil(2);
        }
        if siblings.next().is_some() {
            return Err(SignatureError::Proof {
                reason: "is too long",
            });
        }
        Ok(root_digest(chain, node, self.count))
    }
}

/// Signs the events with these digests at once and returns the `signature` texts, in the same order.
///
/// # Errors
/// [`SignatureError::Proof`] when there are no events or more than [`BATCH_EVENTS_MAX`].
pub fn sign_batch(
    key: &SigningKey,
    chain: ChainId,
    digests: &[B256],
) -> Result<Vec<String>, SignatureError> {
    let count = u32::try_from(digests.len()).unwrap_or(u32::MAX);
    if digests.is_empty() || digests.len() > BATCH_EVENTS_MAX {
        return Err(SignatureError::Proof {
            reason: "names a batch of 0 or more than 4096 events",
        });
    }
    let rows = rows(digests);
    let root = rows[rows.len() - 1][0];
    let signature = key.sign_digest(root_digest(chain, root, count));
    let text = |index: u32| {
        let siblings = siblings(&rows, index as usize);
        SignatureAttribute::Batch(BatchProof {
            signature,
            index,
            count,
            siblings,
        })
        .to_string()
    };
    Ok((0..count).map(text).collect())
}

/// The tree from the leaves up to the root.
fn rows(digests: &[B256]) -> Vec<Vec<B256>> {
    let mut rows = vec![digests.iter().copied().map(leaf).collect::<Vec<_>>()];
    while let Some(last) = rows.last().filter(|row| row.len() > 1) {
        let above = last.chunks(2).map(|pair| match *pair {
            [left, right] => parent(left, right),
            [single] => single,
            _ => unreachable!("chunks of two"),
        });
        let above = above.collect();
        rows.push(above);
    }
    rows
}

fn siblings(rows: &[Vec<B256>], mut index: usize) -> Vec<B256> {
    let mut siblings = Vec::with_capacity(rows.len());
    for row in rows {
        siblings.extend(row.get(index ^ 1));
        index /= 2;
    }
    siblings
}

fn leaf(digest: B256) -> B256 {
    let mut bytes = [LEAF; 33];
    bytes[1..].copy_from_slice(digest.as_slice());
    keccak256(bytes)
}

fn parent(left: B256, right: B256) -> B256 {
    let mut bytes = [NODE; 65];
    bytes[1..33].copy_from_slice(left.as_slice());
    bytes[33..].copy_from_slice(right.as_slice());
    keccak256(bytes)
}

fn root_digest(chain: ChainId, root: B256, count: u32) -> B256 {
    let mut out = Writer::tagged(BATCH_TAG);
    out.fixed(&chain.0.to_be_bytes());
    out.fixed(&count.to_be_bytes());
    out.fixed(root.as_slice());
    keccak256(out.0)
}
