//! The Merkle trees behind posted roots, and the proofs in them.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256};
use milepost_ledger::{CaseId, VoucherId, merkle};

use crate::random::Random;

/// Leaves, and what they stand for.
type List<T> = (Vec<B256>, Vec<T>);

/// Lists by root.
#[derive(Debug, Default)]
pub(crate) struct Trees {
    claims: BTreeMap<B256, List<(Address, U256)>>,
    months: BTreeMap<B256, List<(VoucherId, u64, Address)>>,
}

impl Trees {
    pub(crate) fn add_claims(&mut self, case: CaseId, list: Vec<(Address, U256)>) -> B256 {
        let leaves: Vec<_> = list
            .iter()
            .map(|(account, shares)| merkle::claim_leaf(case, *account, *shares))
            .collect();
        let root = merkle::root(&leaves);
        self.claims.insert(root, (leaves, list));
        root
    }

    pub(crate) fn add_months(&mut self, list: Vec<(VoucherId, u64, Address)>) -> B256 {
        let leaves: Vec<_> = list
            .iter()
            .map(|(voucher, period, owner)| merkle::month_leaf(*voucher, *period, *owner))
            .collect();
        let root = merkle::root(&leaves);
        self.months.insert(root, (leaves, list));
        root
    }

    /// Some claim of a list, with its proof.
    pub(crate) fn claim(
        &self,
        root: B256,
        random: &mut Random,
    ) -> Option<(Address, U256, Vec<B256>)> {
        let (leaves, list) = self.claims.get(&root)?;
        let at = usize::try_from(random.below(list.len() as u64)).ok()?;
        let (account, shares) = list[at];
        Some((account, shares, merkle::proof(leaves, at)))
    }

    /// Some month of a list that fits, or any, with its proof.
    pub(crate) fn month(
        &self,
        root: B256,
        random: &mut Random,
        fits: impl Fn(VoucherId, u64) -> bool,
    ) -> Option<(VoucherId, u64, Address, Vec<B256>)> {
        let (leaves, list) = self.months.get(&root)?;
        let any = random.chance(10);
        let all: Vec<usize> = (0..list.len())
            .filter(|at| any || fits(list[*at].0, list[*at].1))
            .collect();
        let at = *random.pick(&all)?;
        let (voucher, period, owner) = list[at];
        Some((voucher, period, owner, merkle::proof(leaves, at)))
    }
}
