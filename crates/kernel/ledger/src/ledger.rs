use std::collections::BTreeSet;

use alloy_primitives::{Address, U256};
use milepost_economics::{Key, Profile, check_value};

use crate::attest::Root;
use crate::book::Book;
use crate::court::Court;
use crate::table::{Table, Undo};
use crate::tokens::Tokens;
use crate::vault::Vaults;
use crate::voucher::Vouchers;
use crate::{Action, Connection, Device, Effect, Escrow, Parameters, Refusal, RootId, VoucherId};

/// A member of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its account.
    pub account: Address,
    /// End of its term, exclusive.
    pub until: u64,
    /// Accounts on which it does not decide.
    pub conflicts: BTreeSet<Address>,
}

/// Accounts with a part of their own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Accounts {
    /// The timelock.
    pub governance: Address,
    /// The licensing team.
    pub members: Vec<Member>,
    /// May report usage.
    pub reporters: BTreeSet<Address>,
    /// Receives the treasury's parts.
    pub treasury: Address,
    /// Receives the team's parts.
    pub team: Address,
    /// Makes loans.
    pub foundation: Address,
    /// Rules in the name of the drawn arbitrators.
    pub panel: Address,
    /// Rules under profiles with an external adjudicator.
    pub external_adjudicator: Address,
    /// Holds stakes.
    pub vault: Address,
    /// Holds deposits and users' parts.
    pub court: Address,
    /// Holds the money of vouchers.
    pub escrow: Address,
    /// What everybody has at the start.
    pub balances: Vec<(Address, U256)>,
}

/// Who does something, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) now: u64,
    pub(crate) caller: Address,
}

/// The economy as one state machine.
///
/// Time comes from the caller of [`Ledger::apply`] and MUST NOT go back. Two ledgers with the same profile and accounts
/// that apply the same actions at the same times are equal. An action that is refused changes nothing.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub(crate) parameters: Parameters,
    pub(crate) accounts: Accounts,
    pub(crate) members: Table<Address, Member>,
    pub(crate) tokens: Tokens,
    pub(crate) book: Book,
    pub(crate) vaults: Vaults,
    pub(crate) court: Court,
    pub(crate) vouchers: Vouchers,
    pub(crate) escrows: Table<VoucherId, Escrow>,
    pub(crate) bonded: Table<(Connection, u64), VoucherId>,
    pub(crate) devices: Table<(Connection, u64), Device>,
    pub(crate) roots: Table<RootId, Root>,
    pub(crate) effects: Vec<Effect>,
}

impl Ledger {
    /// The economy of a profile before anything happened.
    #[must_use]
    pub fn new(profile: &Profile, accounts: Accounts) -> Self {
        let mut tokens = Tokens::default();
        for (account, amount) in &accounts.balances {
            tokens.mint(*account, *amount);
        }
        tokens.commit();
        let mut members = Table::default();
        for member in &accounts.members {
            members.insert(member.account, member.clone());
        }
        members.commit();
        Self {
            parameters: Parameters::new(profile),
            accounts,
            members,
            tokens,
            book: Book::default(),
            vaults: Vaults::default(),
            court: Court::default(),
            vouchers: Vouchers::default(),
            escrows: Table::default(),
            bonded: Table::default(),
            devices: Table::default(),
            roots: Table::default(),
            effects: Vec::new(),
        }
    }

    /// Does one action, completely or not at all.
    ///
    /// # Errors
    /// [`Refusal`] with the rule that forbids it; the ledger is as before then.
    pub fn apply(
        &mut self,
        now: u64,
        caller: Address,
        action: Action,
    ) -> Result<Vec<Effect>, Refusal> {
        let done = self.dispatch(Call { now, caller }, action);
        let effects = std::mem::take(&mut self.effects);
        match done {
            Ok(()) => {
                self.each_part(|part| part.commit());
                Ok(effects)
            }
            Err(refusal) => {
                self.each_part(|part| part.rollback());
                Err(refusal)
            }
        }
    }

    fn each_part(&mut self, finish: impl Fn(&mut dyn Undo)) {
        let parts: [&mut dyn Undo; 11] = [
            &mut self.parameters,
            &mut self.members,
            &mut self.tokens,
            &mut self.book,
            &mut self.vaults,
            &mut self.court,
            &mut self.vouchers,
            &mut self.escrows,
            &mut self.bonded,
            &mut self.devices,
            &mut self.roots,
        ];
        for part in parts {
            finish(part);
        }
    }

    fn dispatch(&mut self, call: Call, action: Action) -> Result<(), Refusal> {
        match action {
            Action::ApplyFor { kind, terms } => self.apply_for(call, kind, terms),
            Action::ApplyForDeviceType {
                parent,
                device_type,
                terms,
            } => self.apply_for_type(call, parent, device_type, terms),
            Action::WithdrawApplication { id } => self.withdraw_application(call, id),
            Action::Decide {
                id,
                approved,
                analysis,
            } => self.decide(call, id, approved, analysis),
            Action::Overrule { id, analysis } => self.overrule(call, id, analysis),
            Action::Suspend { id, analysis } => self.suspend(call, id, analysis),
            Action::Reinstate { id, analysis } => self.reinstate(call, id, analysis),
            Action::Revoke { id, analysis } => self.revoke(call, id, analysis),
            Action::Renounce { id } => self.renounce(call, id),
            Action::Release { id } => self.release(call, id),
            Action::Reassign { id, to, reason } => self.reassign(call, id, to, reason),
            Action::RaiseRequirement { id, amount, reason } => {
                self.raise_requirement(call, id, amount, reason)
            }
            Action::ReportUsage {
                id,
                users,
                units,
                class,
            } => self.report_usage(call, id, users, units, class),
            Action::ReportMonth { id, month, users } => self.report_month(call, id, month, users),
            Action::PayBurn { id, month } => self.pay_burn(call, id, month),
            Action::Rebase { twap } => self.rebase(call, twap),
            Action::Stake { id, amount } => self.stake(call, id, amount),
            Action::Lend { id, amount, due_at } => self.lend(call, id, amount, due_at),
            Action::WithdrawStake { id, class, amount } => self.withdraw(call, id, class, amount),
            Action::OpenCase(challenge) => self.open_case(call, challenge),
            Action::Respond { id, evidence } => self.respond(call, id, evidence),
            Action::ProposeSettlement { id, amount } => self.propose_settlement(call, id, amount),
            Action::AcceptSettlement { id, amount } => self.accept_settlement(call, id, amount),
            Action::DeclineMediation { id } => self.decline_mediation(call, id),
            Action::Rule {
                id,
                ruling,
                arbitrators,
            } => self.rule(call, id, ruling, arbitrators),
            Action::Appeal { id } => self.appeal(call, id),
            Action::CloseCase { id } => self.close_case(call, id),
            Action::Claim {
                id,
                account,
                shares,
                proof,
            } => self.claim(call, id, account, shares, &proof),
            Action::SweepUnclaimed { id } => self.sweep_unclaimed(call, id),
            Action::PayDebt { id, amount } => self.pay_debt(call, id, amount),
            other => self.dispatch_devices(call, other),
        }
    }

    fn dispatch_devices(&mut self, call: Call, action: Action) -> Result<(), Refusal> {
        match action {
            Action::Buy {
                to,
                device_type,
                count,
                cost_max,
            } => self.buy(call, to, device_type, count, cost_max),
            Action::AddType { device_type } => self.add_type(call, device_type),
            Action::SetTypeTerms {
                device_type,
                price,
                cap,
            } => self.set_type_terms(call, device_type, price, cap),
            Action::TransferVoucher { id, to } => self.transfer_voucher(call, id, to),
            Action::Bond {
                id,
                connection,
                device,
            } => self.bond(call, id, connection, device),
            Action::Settle {
                id,
                period,
                owner,
                root,
                proof,
            } => self.settle(call, id, (period, owner), root, &proof),
            Action::ReportMalfunction { id, evidence } => {
                self.report_malfunction(call, id, evidence)
            }
            Action::ContestMalfunction { id, evidence } => {
                self.contest_malfunction(call, id, evidence)
            }
            Action::DecideMalfunction { id, upheld, reason } => {
                self.decide_malfunction(call, id, upheld, reason)
            }
            Action::FinalizeMalfunction { id } => self.finalize_malfunction(call, id),
            Action::ClaimStream { id } => self.claim_stream(call, id),
            Action::Disconnect { id } => self.disconnect(call, id),
            Action::CloseEscrow { id } => self.close_escrow(call, id),
            Action::PostRoot { root } => self.post_root(call, root),
            Action::WithdrawRoot { id } => self.withdraw_root(call, id),
            Action::RaiseParameter { key, value } => self.raise_parameter(call, key, value),
            Action::SetParameter { key, value } => self.set_parameter(call, key, value),
            Action::Transfer { to, amount } => self.transfer_checked(call.caller, to, amount),
            Action::NoteRevocation { id } => self.note_revocation(id),
            Action::RenewTerm { member, until } => self.renew_term(call, member, until),
            Action::SetDevice {
                connection,
                id,
                device,
            } => {
                self.devices.insert((connection, id), device);
                Ok(())
            }
            _ => unreachable!("every other action is dispatched by `dispatch`"),
        }
    }

    pub(crate) fn only_governance(&self, call: Call) -> Result<(), Refusal> {
        if call.caller == self.accounts.governance {
            Ok(())
        } else {
            Err(Refusal::NotGovernance(call.caller))
        }
    }

    fn raise_parameter(&mut self, call: Call, key: Key, value: U256) -> Result<(), Refusal> {
        self.team_without_conflict(call, &[])?;
        if !key.raisable() || value < self.parameters.floor(key) {
            return Err(Refusal::ParameterBounds(key));
        }
        check_value(key, value).map_err(|_| Refusal::ParameterBounds(key))?;
        self.parameters.raise(key, value);
        Ok(())
    }

    fn set_parameter(&mut self, call: Call, key: Key, value: U256) -> Result<(), Refusal> {
        self.only_governance(call)?;
        check_value(key, value).map_err(|_| Refusal::ParameterBounds(key))?;
        self.parameters.set(key, value);
        Ok(())
    }

    fn renew_term(&mut self, call: Call, member: Address, until: u64) -> Result<(), Refusal> {
        self.only_governance(call)?;
        if until <= call.now || until > call.now + self.parameters.number(Key::LicenseTermMax) {
            return Err(Refusal::TermTooLong(until));
        }
        self.members
            .update(&member, |m| m.until = until)
            .ok_or(Refusal::NotTeam(member))
    }

    // Tokens ------------------------------------------------------------------------------------------------------

    /// A payment by a contract, which sends nothing when there is nothing to send.
    pub(crate) fn transfer(
        &mut self,
        from: Address,
        to: Address,
        amount: U256,
    ) -> Result<(), Refusal> {
        if amount.is_zero() {
            Ok(())
        } else {
            self.transfer_checked(from, to, amount)
        }
    }

    fn transfer_checked(
        &mut self,
        from: Address,
        to: Address,
        amount: U256,
    ) -> Result<(), Refusal> {
        self.tokens.transfer(from, to, amount)?;
        self.effects.push(Effect::Transferred { from, to, amount });
        Ok(())
    }

    pub(crate) fn burn(&mut self, from: Address, amount: U256) -> Result<(), Refusal> {
        if amount.is_zero() {
            return Ok(());
        }
        self.tokens.burn(from, amount)?;
        self.effects.push(Effect::Burned { from, amount });
        Ok(())
    }

    /// `$DIMO` of an account, in wei.
    #[must_use]
    pub fn balance(&self, account: Address) -> U256 {
        self.tokens.balance(account)
    }

    /// Every account that ever had `$DIMO`, with what it has.
    pub fn balances(&self) -> impl Iterator<Item = (Address, U256)> + '_ {
        self.tokens.holders()
    }

    /// All `$DIMO` there is.
    #[must_use]
    pub fn supply(&self) -> U256 {
        self.tokens.supply()
    }

    /// All `$DIMO` that was burned.
    #[must_use]
    pub fn burned(&self) -> U256 {
        self.tokens.burned()
    }

    /// The numbers in force.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Accounts with a part of their own.
    #[must_use]
    pub const fn accounts(&self) -> &Accounts {
        &self.accounts
    }
}
