use alloy_primitives::{Address, B256, U256};
use milepost_economics::{FunctionClass, LicenseKind};

use crate::LicenseId;

/// Where a licence is in its life; the numbers are those of `ILicenseBook.State`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum LicenseState {
    /// Waits for a decision.
    Applied = 1,
    /// Refused, or taken back by the applicant.
    Rejected = 2,
    /// In force.
    Approved = 3,
    /// Not in force until reinstated.
    Suspended = 4,
    /// Ended by team or governance.
    Revoked = 5,
    /// Ended by the holder.
    Renounced = 6,
    /// Ended, and its stake is free.
    Released = 7,
}

impl LicenseState {
    /// Applied, approved or suspended: it blocks another licence of the kind.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Applied | Self::Approved | Self::Suspended)
    }

    pub(crate) const fn is_ended(self) -> bool {
        matches!(self, Self::Revoked | Self::Renounced)
    }
}

/// What is on record about a licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct License {
    /// What it allows.
    pub kind: LicenseKind,
    /// Where it is.
    pub state: LicenseState,
    /// The team recommended it to the vote.
    pub recommended: bool,
    /// Last holder.
    pub holder: Address,
    /// Provider licence of a device type.
    pub parent: Option<LicenseId>,
    /// Type key of a device type.
    pub device_type: B256,
    /// Since when it is, or was at its end, suspended; zero when it was not.
    pub suspended_at: u64,
    /// When it was revoked or renounced.
    pub ended_at: u64,
    /// Reported users.
    pub users: u64,
    /// Reported units of operators and brokers.
    pub units: u64,
    /// Reported functionality of operators and brokers.
    pub class: FunctionClass,
    /// Least requirement that the team set for it.
    pub raised: U256,
    /// Requirement of the parameters at the approval.
    pub base_at_approval: U256,
    /// End of the top-up window.
    pub grace_until: u64,
    /// Requirement before the growth that opened it.
    pub grace_requirement: U256,
    /// Device types ever approved under it.
    pub types_approved: u64,
    /// Last month that was reported, from January 1970.
    pub last_month: Option<u64>,
    /// Months that are not paid, oldest first.
    pub burns: Vec<Burn>,
}

/// What an app owes for a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burn {
    /// Months since January 1970.
    pub month: u64,
    /// To be burned.
    pub amount: U256,
    /// Until then.
    pub due_at: u64,
}

impl License {
    pub(crate) fn new(
        kind: LicenseKind,
        holder: Address,
        parent: Option<(LicenseId, B256)>,
    ) -> Self {
        Self {
            kind,
            state: LicenseState::Applied,
            recommended: false,
            holder,
            parent: parent.map(|(id, _)| id),
            device_type: parent.map_or(B256::ZERO, |(_, device_type)| device_type),
            suspended_at: 0,
            ended_at: 0,
            users: 0,
            units: 0,
            class: FunctionClass::Aggregate,
            raised: U256::ZERO,
            base_at_approval: U256::ZERO,
            grace_until: 0,
            grace_requirement: U256::ZERO,
            types_approved: 0,
            last_month: None,
            burns: Vec::new(),
        }
    }
}
