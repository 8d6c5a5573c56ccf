//! Months in which devices were connected, as Merkle roots (economy rules, section 5).

use alloy_primitives::{Address, B256};
use milepost_economics::{Key, LicenseKind, ParameterSource};

use crate::book::not_zero;
use crate::merkle;
use crate::{Call, Ledger, LicenseId, Refusal, RootId, VoucherId};

/// Where a posted root is; the numbers are those of `IConnectionAttestations.RootState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum RootState {
    /// May be challenged.
    Posted = 1,
    /// A case is open.
    Disputed = 2,
    /// Counts.
    Final = 3,
    /// Lost a case.
    Void = 4,
    /// Taken back.
    Withdrawn = 5,
}

/// A posted root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root {
    /// Merkle root of the months.
    pub root: B256,
    /// Node licence that posted it.
    pub license: LicenseId,
    /// End of the challenge window.
    pub final_at: u64,
    /// Open cases about it.
    pub open_cases: u64,
    voided: bool,
    withdrawn: bool,
}

impl Root {
    /// Where it is at a time.
    #[must_use]
    pub const fn state(&self, now: u64) -> RootState {
        match self {
            Self { voided: true, .. } => RootState::Void,
            Self {
                withdrawn: true, ..
            } => RootState::Withdrawn,
            Self {
                open_cases: 1.., ..
            } => RootState::Disputed,
            Self { final_at, .. } if now < *final_at => RootState::Posted,
            Self { .. } => RootState::Final,
        }
    }
}

impl Ledger {
    fn root_in(&self, now: u64, id: RootId, states: &[RootState]) -> Result<Root, Refusal> {
        let root = *self.roots.get(&id).ok_or(Refusal::UnknownRoot(id))?;
        let state = root.state(now);
        if states.contains(&state) {
            Ok(root)
        } else {
            Err(Refusal::WrongRootState(id, state))
        }
    }

    pub(crate) fn post_root(&mut self, call: Call, root: B256) -> Result<(), Refusal> {
        not_zero(root)?;
        let license = self
            .license_of(call.caller, LicenseKind::Node)
            .filter(|id| self.is_active(call.now, *id))
            .ok_or(Refusal::NodeNotActive(call.caller))?;
        let final_at = call.now + self.parameters.number(Key::AttestChallengeWindow);
        let id = RootId(self.roots.len() as u64 + 1);
        let entry = Root {
            root,
            license,
            final_at,
            open_cases: 0,
            voided: false,
            withdrawn: false,
        };
        self.roots.insert(id, entry);
        Ok(())
    }

    pub(crate) fn withdraw_root(&mut self, call: Call, id: RootId) -> Result<(), Refusal> {
        let root = self.root_in(call.now, id, &[RootState::Posted])?;
        if self.licence(root.license)?.holder != call.caller {
            return Err(Refusal::NotHolder(root.license));
        }
        self.roots.update(&id, |r| r.withdrawn = true);
        Ok(())
    }

    pub(crate) fn dispute_root(
        &mut self,
        now: u64,
        id: RootId,
        license: LicenseId,
    ) -> Result<(), Refusal> {
        let root = self.root_in(now, id, &[RootState::Posted, RootState::Disputed])?;
        if root.license != license {
            return Err(Refusal::RootOfOtherLicense(id));
        }
        self.roots.update(&id, |r| r.open_cases += 1);
        Ok(())
    }

    pub(crate) fn end_dispute(&mut self, id: RootId, upheld: bool) {
        self.roots.update(&id, |r| {
            r.open_cases -= 1;
            r.voided |= upheld;
        });
    }

    pub(crate) fn check_month(
        &self,
        now: u64,
        id: RootId,
        month: (VoucherId, u64, Address),
        proof: &[B256],
    ) -> Result<(), Refusal> {
        let root = self.root_in(now, id, &[RootState::Final])?;
        let (voucher, period, owner) = month;
        if merkle::proves(proof, root.root, merkle::month_leaf(voucher, period, owner)) {
            Ok(())
        } else {
            Err(Refusal::WrongProof)
        }
    }

    /// A posted root.
    #[must_use]
    pub fn root(&self, id: RootId) -> Option<&Root> {
        self.roots.get(&id)
    }
}
