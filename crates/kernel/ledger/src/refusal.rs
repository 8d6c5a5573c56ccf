use alloy_primitives::{Address, B256, U256};
use milepost_economics::court::AwardError;
use milepost_economics::{Key, LicenseKind};
use thiserror::Error;

use crate::{CaseId, EscrowState, LicenseId, LicenseState, Phase, RootId, RootState, VoucherId};

/// The rule that forbids an action. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// A hash or key that must not be empty.
    #[error("a hash is empty")]
    ZeroHash,
    /// The zero address as a receiver.
    #[error("the zero address receives nothing")]
    ZeroAddress,
    /// An amount of zero.
    #[error("the amount is zero")]
    ZeroAmount,
    /// More than the account has.
    #[error("{account} has {balance} of {needed} wei")]
    BalanceTooSmall {
        /// Who pays.
        account: Address,
        /// What it has.
        balance: U256,
        /// What it needs.
        needed: U256,
    },
    /// Only for governance.
    #[error("{0} is not governance")]
    NotGovernance(Address),
    /// Only for members of the team within their term.
    #[error("{0} is no member of the team")]
    NotTeam(Address),
    /// A term ends in the future and within the longest term.
    #[error("a term cannot end at {0}")]
    TermTooLong(u64),
    /// Only for accounts that report usage.
    #[error("{0} does not report usage")]
    NotReporter(Address),
    /// Only for the foundation.
    #[error("{0} is not the foundation")]
    NotFoundation(Address),
    /// A member does not act on a holder it declared a conflict with.
    #[error("{member} has a conflict with {party}")]
    ConflictOfInterest {
        /// The member.
        member: Address,
        /// The other side.
        party: Address,
    },
    /// The team does not raise this parameter, or not below its floor, or not so far.
    #[error("{0} cannot be set to this value")]
    ParameterBounds(Key),

    /// No such licence.
    #[error("licence {0} does not exist")]
    UnknownLicense(LicenseId),
    /// Not from this state.
    #[error("licence {0} is {1:?}")]
    WrongLicenseState(LicenseId, LicenseState),
    /// Not for this kind.
    #[error("not for a licence of the kind {0}")]
    WrongKind(LicenseKind),
    /// Only the holder.
    #[error("the caller does not hold licence {0}")]
    NotHolder(LicenseId),
    /// One live licence per holder and kind, or per provider and device type.
    #[error("licence {0} is live already")]
    AlreadyLicensed(LicenseId),
    /// The team recommends once.
    #[error("licence {0} is recommended already")]
    AlreadyRecommended(LicenseId),
    /// The vote follows the team's recommendation.
    #[error("licence {0} is not recommended")]
    NotRecommended(LicenseId),
    /// The team does not approve this kind.
    #[error("licence {0} needs a vote")]
    VoteRequired(LicenseId),
    /// A client stakes first (D1-31).
    #[error("the stake of licence {0} is missing")]
    StakeMissing(LicenseId),
    /// The team revokes after a suspension, if at all (C-28).
    #[error("the team may not revoke licence {0} now")]
    RevocationNotAllowed(LicenseId),
    /// The stake of an ended licence is not free yet.
    #[error("the stake of licence {0} is not free")]
    StakeNotFree(LicenseId),
    /// No reassignment away from court debt.
    #[error("{0} has court debt")]
    HolderInDebt(Address),
    /// No reassignment away from a case.
    #[error("a case is open against licence {0}")]
    ChallengeOpen(LicenseId),
    /// Only past months are reported.
    #[error("month {0} is not over")]
    MonthNotOver(u64),
    /// A month is reported once, in ascending order.
    #[error("month {1} of licence {0} is reported")]
    MonthAlreadyReported(LicenseId, u64),
    /// The oldest month is paid first.
    #[error("month {1} is not the oldest that licence {0} owes")]
    NotOldestMonth(LicenseId, u64),
    /// The oracle has no price.
    #[error("no price")]
    NoPrice,
    /// The peg stands.
    #[error("no re-base is due")]
    NoRebaseDue,

    /// Partners and the foundation may not post.
    #[error("nobody but the holder posts stake")]
    ThirdPartyNotAllowed,
    /// A loan is due in the future and not before an earlier one.
    #[error("the loan would be due too early")]
    LoanDueTooEarly,
    /// The number of shares would pass 2^256.
    #[error("the pool has too many shares")]
    TooManyShares,
    /// Too little for a share.
    #[error("too little for a share of the pool")]
    NoShares,
    /// More than the poster has in the class.
    #[error("posted {posted} of {wanted} wei")]
    StakeTooSmall {
        /// What it has.
        posted: U256,
        /// What it wants.
        wanted: U256,
    },
    /// More than the licence can spare.
    #[error("{free} of {wanted} wei are free")]
    StakeLocked {
        /// What is free.
        free: U256,
        /// What was wanted.
        wanted: U256,
    },

    /// No such case.
    #[error("case {0} does not exist")]
    UnknownCase(CaseId),
    /// Not in this phase.
    #[error("case {0} is {1:?}")]
    WrongPhase(CaseId, Phase),
    /// Nobody challenges itself.
    #[error("the caller holds licence {0}")]
    OwnLicense(LicenseId),
    /// There is nothing to challenge for.
    #[error("licence {0} has no stake")]
    NoStake(LicenseId),
    /// One open case per licence and evidence.
    #[error("case {0} uses the evidence")]
    EvidenceUsed(CaseId),
    /// In the future, or too long ago.
    #[error("a breach at {0} cannot be challenged now")]
    BreachOutsideLimitation(u64),
    /// A challenger holds a deposit besides the deposit.
    #[error("{0} holds too little")]
    HoldingTooSmall(Address),
    /// Neither challenger nor respondent.
    #[error("{0} is no party")]
    NotParty(Address),
    /// A settlement is worth a deposit.
    #[error("a settlement is at least {0} wei")]
    SettlementTooSmall(U256),
    /// A settlement is paid out of the holder's own stake.
    #[error("a settlement takes at most {0} wei of own stake")]
    SettlementNotCovered(U256),
    /// The other side did not offer this.
    #[error("no such offer")]
    NoSuchOffer,
    /// Somebody else decides.
    #[error("{0} does not decide the case")]
    NotAdjudicator(Address),
    /// Reparation exactly when upheld, and no more than 2^128.
    #[error("the reparation does not fit the verdict")]
    ReparationAgainstVerdict,
    /// Root and shares of the affected users belong together.
    #[error("the list of affected users is incomplete")]
    ImpactListIncomplete,
    /// An award is divided completely, and its challenger's part is capped.
    #[error("the award cannot be executed")]
    Award(#[source] AwardError),
    /// After the window.
    #[error("the claims of case {0} are closed")]
    ClaimWindowOver(CaseId),
    /// Before the end of the window.
    #[error("the claims of case {0} are open")]
    ClaimWindowOpen(CaseId),
    /// A claim is paid once.
    #[error("claimed already in case {0}")]
    AlreadyClaimed(CaseId),
    /// Nothing is left of the users' part.
    #[error("nothing to claim in case {0}")]
    NothingToClaim(CaseId),
    /// Not in the list.
    #[error("the proof does not lead to the root")]
    WrongProof,
    /// Nothing is owed.
    #[error("nothing is owed in case {0}")]
    NoDebt(CaseId),

    /// Not 1…100.
    #[error("{0} vouchers cannot be bought at once")]
    CountOutOfRange(u64),
    /// The type is unknown, not priced or not one that can be priced.
    #[error("{0} is not on sale")]
    TypeNotOnSale(B256),
    /// Text of 1…17 characters without gaps.
    #[error("{0} is no type key")]
    TypeKey(B256),
    /// A type is added once.
    #[error("{0} exists")]
    TypeExists(B256),
    /// All vouchers of the type are sold.
    #[error("the cap of {0} is reached")]
    CapReached(B256),
    /// The escrow counts prices below 2^96.
    #[error("{0} wei is no price")]
    PriceTooLarge(U256),
    /// More than the buyer agreed to.
    #[error("the cost is {0} wei")]
    CostAboveLimit(U256),
    /// No such voucher.
    #[error("voucher {0} does not exist")]
    UnknownVoucher(VoucherId),
    /// Only the owner.
    #[error("the caller does not own voucher {0}")]
    NotVoucherOwner(VoucherId),
    /// It stays with its device.
    #[error("voucher {0} is bonded")]
    VoucherBonded(VoucherId),
    /// Not in this state.
    #[error("the escrow of voucher {0} is {1:?}")]
    WrongEscrowState(VoucherId, EscrowState),
    /// One voucher per device.
    #[error("the device has a voucher")]
    DeviceBonded,
    /// A device takes a voucher of a device's type.
    #[error("voucher {0} is for a connection without a device")]
    VoucherForSoftware(VoucherId),
    /// Unknown or without a vehicle.
    #[error("the device is not paired")]
    DeviceNotPaired,
    /// The maker's licence is not active.
    #[error("{0} is no active provider")]
    ProviderNotActive(Address),
    /// The maker is limited to device types and this is none of them.
    #[error("licence {0} does not cover the device type")]
    DeviceTypeNotActive(LicenseId),
    /// Not a month of the window.
    #[error("month {0} is outside the window")]
    PeriodOutOfRange(u64),
    /// The month is running.
    #[error("the month ends at {0}")]
    PeriodNotOver(u64),
    /// A report is open and the month ends after it.
    #[error("the month ends at {0}, after the report")]
    PeriodAfterReport(u64),
    /// A month pays once.
    #[error("month {0} has paid")]
    PeriodUsed(u64),
    /// Only the owner of the vehicle or device.
    #[error("the caller does not own the device of voucher {0}")]
    NotDeviceOwner(VoucherId),
    /// Only the holder of the provider licence.
    #[error("the caller is not the provider of voucher {0}")]
    NotProvider(VoucherId),
    /// Too late for a report.
    #[error("the warranty of voucher {0} is over")]
    WarrantyOver(VoucherId),
    /// Each report of a voucher needs new evidence.
    #[error("the evidence was used for voucher {0}")]
    ReportEvidenceUsed(VoucherId),
    /// Too late to contest, or contested already.
    #[error("the report on voucher {0} cannot be contested")]
    DisputeWindowOver(VoucherId),
    /// Contested, or too early to count.
    #[error("the report on voucher {0} does not count yet")]
    DisputeWindowOpen(VoucherId),
    /// Only contested reports are decided.
    #[error("the report on voucher {0} is not contested")]
    NotContested(VoucherId),
    /// Neither idle nor out of its window.
    #[error("the escrow of voucher {0} runs")]
    NotClosable(VoucherId),

    /// No such root.
    #[error("root {0} does not exist")]
    UnknownRoot(RootId),
    /// Not in this state.
    #[error("root {0} is {1:?}")]
    WrongRootState(RootId, RootState),
    /// Only active nodes attest.
    #[error("{0} has no active node licence")]
    NodeNotActive(Address),
    /// A case about a root is a case against its poster.
    #[error("root {0} was posted under another licence")]
    RootOfOtherLicense(RootId),
}
