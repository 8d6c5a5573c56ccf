//! Reads both sides and names the first thing in which they differ.

use std::collections::BTreeSet;
use std::fmt::Debug;

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use milepost_ledger::{
    Action, CaseId, Effect, EscrowState, LicenseId, Parts, RootId, StakeClass, VoucherId,
};

use crate::{World, abi};

/// What to look at after a step.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    accounts: BTreeSet<Address>,
    licenses: BTreeSet<LicenseId>,
    cases: BTreeSet<CaseId>,
    vouchers: BTreeSet<VoucherId>,
    roots: BTreeSet<RootId>,
}

impl Touched {
    /// What an action names and what its effects moved.
    pub(crate) fn by(world: &World, caller: Address, action: &Action, effects: &[Effect]) -> Self {
        let mut touched = Self::default();
        touched.accounts.insert(caller);
        touched.named(action);
        for effect in effects {
            touched.moved(effect);
        }
        for id in touched.cases.clone() {
            touched
                .licenses
                .extend(world.ledger.case(id).map(|case| case.license));
        }
        touched
    }

    /// Everything there is.
    pub(crate) fn everything(world: &World) -> Self {
        let ledger = &world.ledger;
        Self {
            accounts: ledger.balances().map(|(account, _)| account).collect(),
            licenses: ledger.licenses().map(|(id, _)| id).collect(),
            cases: ledger.cases().map(|(id, _)| id).collect(),
            vouchers: ledger.escrows().map(|(id, _)| id).collect(),
            roots: (1..)
                .map(RootId)
                .take_while(|id| ledger.root(*id).is_some())
                .collect(),
        }
    }

    fn named(&mut self, action: &Action) {
        match action {
            Action::WithdrawApplication { id }
            | Action::Decide { id, .. }
            | Action::Overrule { id, .. }
            | Action::Suspend { id, .. }
            | Action::Reinstate { id, .. }
            | Action::Revoke { id, .. }
            | Action::Renounce { id }
            | Action::Release { id }
            | Action::Reassign { id, .. }
            | Action::RaiseRequirement { id, .. }
            | Action::ReportUsage { id, .. }
            | Action::ReportMonth { id, .. }
            | Action::PayBurn { id, .. }
            | Action::Stake { id, .. }
            | Action::Lend { id, .. }
            | Action::NoteRevocation { id }
            | Action::WithdrawStake { id, .. } => {
                self.licenses.insert(*id);
            }
            Action::OpenCase(challenge) => {
                self.licenses.insert(challenge.license);
                self.roots.extend(challenge.subject);
            }
            Action::Respond { id, .. }
            | Action::ProposeSettlement { id, .. }
            | Action::AcceptSettlement { id, .. }
            | Action::DeclineMediation { id }
            | Action::Rule { id, .. }
            | Action::Appeal { id }
            | Action::CloseCase { id }
            | Action::Claim { id, .. }
            | Action::SweepUnclaimed { id }
            | Action::PayDebt { id, .. } => {
                self.cases.insert(*id);
            }
            Action::TransferVoucher { id, .. }
            | Action::Bond { id, .. }
            | Action::Settle { id, .. }
            | Action::ReportMalfunction { id, .. }
            | Action::ContestMalfunction { id, .. }
            | Action::DecideMalfunction { id, .. }
            | Action::FinalizeMalfunction { id }
            | Action::ClaimStream { id }
            | Action::Disconnect { id }
            | Action::CloseEscrow { id } => {
                self.vouchers.insert(*id);
            }
            Action::WithdrawRoot { id } => {
                self.roots.insert(*id);
            }
            _ => {}
        }
    }

    fn moved(&mut self, effect: &Effect) {
        match effect {
            Effect::Transferred { from, to, .. } => self.accounts.extend([*from, *to]),
            Effect::Burned { from, .. } => {
                self.accounts.insert(*from);
            }
            Effect::LicenseState(id, _) => {
                self.licenses.insert(*id);
            }
            Effect::CaseOpened(id) | Effect::CaseClosed(id, _) => {
                self.cases.insert(*id);
            }
            _ => {}
        }
    }
}

/// A value that the contract and the ledger see differently.
pub(crate) type Difference = String;

fn same<T: PartialEq + Debug>(what: &str, contract: &T, ledger: &T) -> Result<(), Difference> {
    if contract == ledger {
        Ok(())
    } else {
        Err(format!("{what}: contract {contract:?}, ledger {ledger:?}"))
    }
}

impl World {
    fn ask<C: SolCall>(&mut self, to: Address, call: &C) -> Result<C::Return, Difference> {
        self.chain
            .view(to, call)
            .map_err(|revert| format!("{}: view reverted with {}", C::SIGNATURE, revert.0))
    }

    /// Compares what a step touched.
    pub(crate) fn compare(&mut self, touched: &Touched) -> Result<(), Difference> {
        let token = self.contracts.token;
        let supply = self.ask(token, &abi::Token::totalSupplyCall {})?;
        same("total supply", &supply, &self.ledger.supply())?;
        for account in &touched.accounts {
            let balance = self.ask(token, &abi::Token::balanceOfCall { account: *account })?;
            same(
                &format!("balance of {account}"),
                &balance,
                &self.ledger.balance(*account),
            )?;
        }
        for id in &touched.licenses {
            self.compare_license(*id)
                .map_err(|d| format!("licence {id}: {d}"))?;
        }
        for id in &touched.cases {
            self.compare_case(*id)
                .map_err(|d| format!("case {id}: {d}"))?;
        }
        for id in &touched.vouchers {
            self.compare_escrow(*id)
                .map_err(|d| format!("voucher {id}: {d}"))?;
        }
        for id in &touched.roots {
            let call = abi::Attestations::stateOfCall {
                rootId: U256::from(id.0),
            };
            let state = self.ask(self.contracts.attestations, &call)?;
            let expected = self
                .ledger
                .root(*id)
                .map_or(0, |root| root.state(self.chain.time()) as u8);
            same(&format!("state of root {id}"), &state, &expected)?;
        }
        Ok(())
    }

    /// Compares everything there is, and the sums.
    pub(crate) fn compare_everything(&mut self) -> Result<(), Difference> {
        let everything = Touched::everything(self);
        self.compare(&everything)?;
        let contracts = self.contracts.clone();
        let last = self.ask(contracts.book, &abi::Book::lastIdCall {})?;
        same(
            "last licence",
            &last,
            &U256::from(self.ledger.licenses().count()),
        )?;
        let cases = self.ask(contracts.court, &abi::CourtContract::caseCountCall {})?;
        same("cases", &cases, &U256::from(self.ledger.cases().count()))?;
        let vouchers = self.ask(contracts.vouchers, &abi::Vouchers::lastIdCall {})?;
        same(
            "vouchers",
            &vouchers,
            &U256::from(self.ledger.escrows().count()),
        )?;
        let staked = self.ask(contracts.vault, &abi::StakeVault::totalStakedCall {})?;
        same("total staked", &staked, &self.ledger.total_staked())?;
        same(
            "balance of the vault",
            &self.ledger.balance(contracts.vault),
            &staked,
        )?;
        let held = self.ask(contracts.court, &abi::CourtContract::heldCall {})?;
        let (deposits, parts) = self.ledger.held_by_court();
        same(
            "held by the court",
            &(held.deposits, held.usersParts),
            &(deposits, parts),
        )?;
        same(
            "balance of the court",
            &self.ledger.balance(contracts.court),
            &(deposits + parts),
        )?;
        let price = self.ask(contracts.peg, &abi::Peg::priceCall {})?;
        same("price", &price, &self.ledger.peg_price())?;
        let held = self.ledger.escrows().map(|(_, escrow)| escrow.held()).sum();
        same(
            "balance of the escrow",
            &self.ledger.balance(contracts.escrow),
            &held,
        )
    }

    fn compare_license(&mut self, id: LicenseId) -> Result<(), Difference> {
        let (now, book, vault) = (self.chain.time(), self.contracts.book, self.contracts.vault);
        let word = U256::from(id.0);
        let found = self.ask(book, &abi::Book::licenseInfoCall { id: word })?;
        let Some(license) = self.ledger.license(id).cloned() else {
            return same("state", &found.state, &0);
        };
        same("state", &found.state, &(license.state as u8))?;
        same("kind", &found.kind, &(license.kind as u8))?;
        same("holder", &found.holder, &license.holder)?;
        same("recommended", &found.recommended, &license.recommended)?;
        same("ended", &found.endedAt, &license.ended_at)?;
        same(
            "usage",
            &(found.users, found.units, found.class),
            &(
                license.users,
                u128::from(license.units),
                license.class as u8,
            ),
        )?;
        same("raised", &found.raised, &license.raised)?;
        same(
            "base at approval",
            &found.baseAtApproval,
            &license.base_at_approval,
        )?;
        same(
            "grace",
            &(found.graceUntil, found.graceRequirement),
            &(license.grace_until, license.grace_requirement),
        )?;
        let requirement = self.ask(book, &abi::Book::requirementOfCall { id: word })?;
        same("requirement", &requirement, &self.ledger.requirement(id))?;
        let active = self.ask(book, &abi::Book::isActiveCall { id: word })?;
        same("active", &active, &self.ledger.is_active(now, id))?;
        let covered = self.ask(book, &abi::Book::isCoveredCall { id: word })?;
        same("covered", &covered, &self.ledger.is_covered(now, id))?;
        let due = self.ask(book, &abi::Book::burnDueCall { id: word })?;
        let owed = license
            .burns
            .first()
            .map_or((0, U256::ZERO, 0), |b| (b.month, b.amount, b.due_at));
        let owed = (U256::from(owed.0), owed.1, U256::from(owed.2));
        same("burn due", &(due.month, due.amount, due.dueAt), &owed)?;

        let stake = self.ask(vault, &abi::StakeVault::stakeOfCall { id: word })?;
        same("stake", &stake, &self.ledger.stake_of(id))?;
        let counted = self.ask(vault, &abi::StakeVault::countedStakeOfCall { id: word })?;
        same(
            "counted stake",
            &counted,
            &self.ledger.counted_stake(now, id),
        )?;
        let free = self.ask(vault, &abi::StakeVault::withdrawableCall { id: word })?;
        same("withdrawable", &free, &self.ledger.withdrawable(now, id))?;
        let open = self.ask(vault, &abi::StakeVault::openChallengesCall { id: word })?;
        same(
            "open challenges",
            &open,
            &U256::from(self.ledger.open_challenges(id)),
        )?;
        let release = self.ask(vault, &abi::StakeVault::releaseAtCall { id: word })?;
        same("release", &release, &U256::from(self.ledger.release_at(id)))?;
        let loan = self.ask(vault, &abi::StakeVault::loanDueAtCall { id: word })?;
        same(
            "loan due",
            &loan,
            &U256::from(self.ledger.vault(id).loan_due_at),
        )?;
        for class in StakeClass::ALL {
            let found = self.ask(
                vault,
                &abi::StakeVault::poolOfCall {
                    id: word,
                    class: class as u8,
                },
            )?;
            let pool = self.ledger.vault(id).pools[class as usize];
            let pool = (pool.amount, pool.shares, U256::from(pool.epoch));
            same(
                &format!("{class:?} pool"),
                &(found.amount, found.shares, found.epoch),
                &pool,
            )?;
        }
        Ok(())
    }

    fn compare_case(&mut self, id: CaseId) -> Result<(), Difference> {
        let (now, court) = (self.chain.time(), self.contracts.court);
        let word = U256::from(id.0);
        let phase = self.ask(court, &abi::CourtContract::phaseOfCall { caseId: word })?;
        let Some(case) = self.ledger.case(id).cloned() else {
            return same("phase", &phase, &0);
        };
        same("phase", &phase, &(case.phase(now) as u8))?;
        let found = self.ask(court, &abi::CourtContract::caseOfCall { caseId: word })?;
        same("round", &usize::from(found.round), &case.round)?;
        same(
            "outcome",
            &found.outcome,
            &case.outcome.map_or(0, |outcome| outcome as u8),
        )?;
        same("fee units", &u64::from(found.feeUnits), &case.fee_units)?;
        let parts = |p: &abi::CaseParts| Parts {
            fees: p.fees,
            challenger: p.challenger,
            users: p.users,
            treasury: p.treasury,
            burned: p.burned,
        };
        same("paid", &parts(&found.paid), &case.paid)?;
        same("owed", &parts(&found.owed), &case.owed)?;
        same("users claimed", &found.usersClaimed, &case.users_claimed)?;
        for holder in [case.debtor, case.challenger] {
            let debt = self.ask(court, &abi::CourtContract::debtOfCall { holder })?;
            same("debt", &debt, &self.ledger.debt_of(holder))?;
        }
        Ok(())
    }

    fn compare_escrow(&mut self, id: VoucherId) -> Result<(), Difference> {
        let (lens, word) = (self.contracts.lens, U256::from(id.0));
        let found = self.ask(lens, &abi::Lens::escrowOfCall { voucher: word })?;
        let Some(escrow) = self.ledger.escrow(id).cloned() else {
            return same("state", &found.state, &0);
        };
        let owner = self.ask(
            self.contracts.vouchers,
            &abi::Vouchers::ownerOfCall { voucher: word },
        )?;
        same("owner", &Some(owner), &self.ledger.voucher_owner(id))?;
        same("state", &found.state, &(escrow.state as u8))?;
        same("stop", &found.stop, &(escrow.stop as u8))?;
        same("contested", &found.contested, &escrow.contested)?;
        same("type", &found.deviceType, &escrow.device_type)?;
        same("number", &found.number, &U256::from(escrow.number))?;
        same("price", &found.price, &escrow.terms.price)?;
        let t = &found.totals;
        let totals = milepost_ledger::Totals {
            burned: t.burned,
            provider: t.provider,
            team: t.team,
            treasury: t.treasury,
        };
        same("totals", &totals, &escrow.totals)?;
        same("settled", &found.monthsPaid, &U256::from(escrow.settled))?;
        same(
            "streamed",
            &found.monthsStreamed,
            &U256::from(escrow.paid - escrow.settled),
        )?;
        let license = escrow.bond.map_or(0, |bond| bond.license.0);
        same("licence", &found.licenseId, &U256::from(license))?;
        same(
            "start",
            &found.start,
            &U256::from(escrow.bond.map_or(0, |bond| bond.start)),
        )?;
        same(
            "settled until",
            &found.settledUntil,
            &U256::from(escrow.settled_until),
        )?;
        if matches!(escrow.state, EscrowState::Reported | EscrowState::Streaming) {
            same("since", &found.since, &U256::from(escrow.since))?;
            same("owner on record", &found.streamOwner, &escrow.owner)?;
        }
        same("held", &found.held, &escrow.held())?;
        let account = self.ask(lens, &abi::Lens::accountOfCall { voucher: word })?;
        let spent = milepost_ledger::Spent {
            burned: account.burned,
            provider: account.provider,
            team: account.team,
            user: account.user,
            treasury: account.treasury,
        };
        same("account", &spent, &escrow.spent)
    }
}
