//! Leaves and proofs as the contracts hash them: double-hashed leaves, pairs in ascending order.

use alloy_primitives::{Address, B256, U256, keccak256};

use crate::{CaseId, VoucherId};

/// Leaf of a user's part of a reparation.
#[must_use]
pub fn claim_leaf(case: CaseId, account: Address, shares: U256) -> B256 {
    leaf([
        U256::from(case.0),
        U256::from_be_bytes(account.into_word().0),
        shares,
    ])
}

/// Leaf of a month in which a device was connected.
#[must_use]
pub fn month_leaf(voucher: VoucherId, period: u64, owner: Address) -> B256 {
    leaf([
        U256::from(voucher.0),
        U256::from(period),
        U256::from_be_bytes(owner.into_word().0),
    ])
}

/// `keccak256(bytes.concat(keccak256(abi.encode(a, b, c))))`.
fn leaf(words: [U256; 3]) -> B256 {
    keccak256(keccak256(
        words.map(|word| word.to_be_bytes::<32>()).concat(),
    ))
}

/// Hash of two nodes, whichever side they are on.
#[must_use]
pub fn parent(a: B256, b: B256) -> B256 {
    let (low, high) = if a <= b { (a, b) } else { (b, a) };
    keccak256([low.0, high.0].concat())
}

/// Root over leaves in their order; a node without a partner moves up as it is. Of no leaves: a hash that is the root
/// of nothing.
#[must_use]
pub fn root(leaves: &[B256]) -> B256 {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = level_up(&level);
    }
    level
        .first()
        .copied()
        .unwrap_or_else(|| keccak256("an empty list"))
}

/// Siblings from the leaf at an index to the root.
#[must_use]
pub fn proof(leaves: &[B256], mut at: usize) -> Vec<B256> {
    let (mut level, mut path) = (leaves.to_vec(), Vec::new());
    while level.len() > 1 {
        path.extend(level.get(at ^ 1));
        level = level_up(&level);
        at /= 2;
    }
    path
}

fn level_up(level: &[B256]) -> Vec<B256> {
    level
        .chunks(2)
        .map(|pair| {
            if let [a, b] = pair {
                parent(*a, *b)
            } else {
                pair[0]
            }
        })
        .collect()
}

/// Whether a proof leads from a leaf to a root.
#[must_use]
pub fn proves(proof: &[B256], root: B256, leaf: B256) -> bool {
    proof
        .iter()
        .fold(leaf, |node, sibling| parent(node, *sibling))
        == root
}
