use alloy_primitives::{Address, B256, U256};
use milepost_economics::{FunctionClass, Key, LicenseKind};

use crate::{
    CaseId, Challenge, Connection, Device, LicenseId, LicenseState, Outcome, RootId, Ruling,
    StakeClass, VoucherId,
};

/// Everything that anyone can do: the external functions of the contracts, and what happens outside of them
/// ([`Action::SetDevice`]).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "fields are the arguments of the contract functions of the same name"
)]
pub enum Action {
    // LicenseBook
    ApplyFor {
        kind: LicenseKind,
        terms: B256,
    },
    ApplyForDeviceType {
        parent: LicenseId,
        device_type: B256,
        terms: B256,
    },
    WithdrawApplication {
        id: LicenseId,
    },
    Decide {
        id: LicenseId,
        approved: bool,
        analysis: B256,
    },
    Overrule {
        id: LicenseId,
        analysis: B256,
    },
    Suspend {
        id: LicenseId,
        analysis: B256,
    },
    Reinstate {
        id: LicenseId,
        analysis: B256,
    },
    Revoke {
        id: LicenseId,
        analysis: B256,
    },
    Renounce {
        id: LicenseId,
    },
    Release {
        id: LicenseId,
    },
    Reassign {
        id: LicenseId,
        to: Address,
        reason: B256,
    },
    RaiseRequirement {
        id: LicenseId,
        amount: U256,
        reason: B256,
    },
    ReportUsage {
        id: LicenseId,
        users: u64,
        units: u64,
        class: FunctionClass,
    },
    ReportMonth {
        id: LicenseId,
        month: u64,
        users: u64,
    },
    PayBurn {
        id: LicenseId,
        month: u64,
    },
    /// Takes the average of the oracle, which the ledger is told, as the price.
    Rebase {
        twap: U256,
    },

    // StakeVault
    Stake {
        id: LicenseId,
        amount: U256,
    },
    Lend {
        id: LicenseId,
        amount: U256,
        due_at: u64,
    },
    WithdrawStake {
        id: LicenseId,
        class: StakeClass,
        amount: U256,
    },

    // Court
    OpenCase(Challenge),
    Respond {
        id: CaseId,
        evidence: B256,
    },
    ProposeSettlement {
        id: CaseId,
        amount: U256,
    },
    AcceptSettlement {
        id: CaseId,
        amount: U256,
    },
    DeclineMediation {
        id: CaseId,
    },
    /// `arbitrators`: how many of the panel ruled; other adjudicators count as one.
    Rule {
        id: CaseId,
        ruling: Ruling,
        arbitrators: u64,
    },
    Appeal {
        id: CaseId,
    },
    CloseCase {
        id: CaseId,
    },
    Claim {
        id: CaseId,
        account: Address,
        shares: U256,
        proof: Vec<B256>,
    },
    SweepUnclaimed {
        id: CaseId,
    },
    PayDebt {
        id: CaseId,
        amount: U256,
    },

    // MintVoucher
    Buy {
        to: Address,
        device_type: B256,
        count: u64,
        cost_max: U256,
    },
    AddType {
        device_type: B256,
    },
    SetTypeTerms {
        device_type: B256,
        price: U256,
        cap: U256,
    },
    TransferVoucher {
        id: VoucherId,
        to: Address,
    },

    // DeviceEscrow
    Bond {
        id: VoucherId,
        connection: Connection,
        device: u64,
    },
    Settle {
        id: VoucherId,
        period: u64,
        owner: Address,
        root: RootId,
        proof: Vec<B256>,
    },
    ReportMalfunction {
        id: VoucherId,
        evidence: B256,
    },
    ContestMalfunction {
        id: VoucherId,
        evidence: B256,
    },
    DecideMalfunction {
        id: VoucherId,
        upheld: bool,
        reason: B256,
    },
    FinalizeMalfunction {
        id: VoucherId,
    },
    ClaimStream {
        id: VoucherId,
    },
    Disconnect {
        id: VoucherId,
    },
    CloseEscrow {
        id: VoucherId,
    },

    /// Puts a revocation on record with the escrow; the ledger remembers it by itself.
    NoteRevocation {
        id: LicenseId,
    },

    // ConnectionAttestations
    PostRoot {
        root: B256,
    },
    WithdrawRoot {
        id: RootId,
    },

    // Parameters
    RaiseParameter {
        key: Key,
        value: U256,
    },
    SetParameter {
        key: Key,
        value: U256,
    },

    // TeamRoster
    RenewTerm {
        member: Address,
        until: u64,
    },

    // Token and registry
    Transfer {
        to: Address,
        amount: U256,
    },
    SetDevice {
        connection: Connection,
        id: u64,
        device: Device,
    },
}

/// What an action did, besides the state that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields say what they are")]
pub enum Effect {
    Transferred {
        from: Address,
        to: Address,
        amount: U256,
    },
    Burned {
        from: Address,
        amount: U256,
    },
    LicenseState(LicenseId, LicenseState),
    Staked {
        license: LicenseId,
        class: StakeClass,
        amount: U256,
    },
    Withdrawn {
        license: LicenseId,
        class: StakeClass,
        amount: U256,
    },
    Slashed {
        license: LicenseId,
        amount: U256,
    },
    CaseOpened(CaseId),
    CaseClosed(CaseId, Outcome),
    VouchersSold {
        device_type: B256,
        count: u64,
    },
    Bonded {
        voucher: VoucherId,
        burned: U256,
    },
    Settled {
        voucher: VoucherId,
        tranche: u64,
    },
}
