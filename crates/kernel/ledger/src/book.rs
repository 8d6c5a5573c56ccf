//! Licences (economy rules, section 2) with their requirement, usage and monthly burn (section 3).

use alloy_primitives::{Address, B256, U256};
use milepost_economics::{FunctionClass, Key, LicenseKind};

use crate::rules;
use crate::table::{Slot, Table, Undo};
use crate::{Burn, Call, Effect, Ledger, License, LicenseId, LicenseState, Refusal};

/// Licences of all kinds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book {
    pub(crate) licenses: Table<LicenseId, License>,
    live: Table<(Address, LicenseKind), LicenseId>,
    live_types: Table<(LicenseId, B256), LicenseId>,
    last_id: Slot<u64>,
    price: Slot<U256>,
    rebased_at: Slot<u64>,
}

impl Undo for Book {
    fn commit(&mut self) {
        self.licenses.commit();
        self.live.commit();
        self.live_types.commit();
        self.last_id.commit();
        self.price.commit();
        self.rebased_at.commit();
    }

    fn rollback(&mut self) {
        self.licenses.rollback();
        self.live.rollback();
        self.live_types.rollback();
        self.last_id.rollback();
        self.price.rollback();
        self.rebased_at.rollback();
    }
}

/// Who an action is done as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Power {
    Team,
    Governance,
}

impl Ledger {
    pub(crate) fn licence(&self, id: LicenseId) -> Result<&License, Refusal> {
        self.book
            .licenses
            .get(&id)
            .ok_or(Refusal::UnknownLicense(id))
    }

    fn licence_in(&self, id: LicenseId, states: &[LicenseState]) -> Result<&License, Refusal> {
        let license = self.licence(id)?;
        if states.contains(&license.state) {
            Ok(license)
        } else {
            Err(Refusal::WrongLicenseState(id, license.state))
        }
    }

    /// Governance, or a member of the team within its term and without a conflict with `party`.
    fn power(&self, call: Call, party: Address) -> Result<Power, Refusal> {
        if call.caller == self.accounts.governance {
            return Ok(Power::Governance);
        }
        self.team_without_conflict(call, &[party])?;
        Ok(Power::Team)
    }

    pub(crate) fn team_without_conflict(
        &self,
        call: Call,
        parties: &[Address],
    ) -> Result<(), Refusal> {
        let member = self
            .members
            .get(&call.caller)
            .filter(|m| call.now < m.until)
            .ok_or(Refusal::NotTeam(call.caller))?;
        match parties
            .iter()
            .find(|party| member.conflicts.contains(*party))
        {
            Some(party) => Err(Refusal::ConflictOfInterest {
                member: call.caller,
                party: *party,
            }),
            None => Ok(()),
        }
    }

    // Applications ------------------------------------------------------------------------------------------------

    pub(crate) fn apply_for(
        &mut self,
        call: Call,
        kind: LicenseKind,
        terms: B256,
    ) -> Result<(), Refusal> {
        not_zero(terms)?;
        if kind == LicenseKind::DeviceType {
            return Err(Refusal::WrongKind(kind));
        }
        if let Some(id) = self.book.live.get(&(call.caller, kind)) {
            return Err(Refusal::AlreadyLicensed(*id));
        }
        let id = self.new_license(License::new(kind, call.caller, None));
        self.book.live.insert((call.caller, kind), id);
        Ok(())
    }

    pub(crate) fn apply_for_type(
        &mut self,
        call: Call,
        parent: LicenseId,
        device_type: B256,
        terms: B256,
    ) -> Result<(), Refusal> {
        not_zero(terms)?;
        not_zero(device_type)?;
        let provider = self.licence_in(parent, &[LicenseState::Approved])?;
        if provider.kind != LicenseKind::Provider {
            return Err(Refusal::WrongKind(provider.kind));
        }
        if provider.holder != call.caller {
            return Err(Refusal::NotHolder(parent));
        }
        if let Some(id) = self.book.live_types.get(&(parent, device_type)) {
            return Err(Refusal::AlreadyLicensed(*id));
        }
        let license = License::new(
            LicenseKind::DeviceType,
            call.caller,
            Some((parent, device_type)),
        );
        let id = self.new_license(license);
        self.book.live_types.insert((parent, device_type), id);
        Ok(())
    }

    fn new_license(&mut self, license: License) -> LicenseId {
        let id = LicenseId(self.book.last_id.get() + 1);
        self.book.last_id.set(id.0);
        self.effects.push(Effect::LicenseState(id, license.state));
        self.book.licenses.insert(id, license);
        id
    }

    pub(crate) fn withdraw_application(
        &mut self,
        call: Call,
        id: LicenseId,
    ) -> Result<(), Refusal> {
        let license = self.licence_in(id, &[LicenseState::Applied])?;
        if license.holder != call.caller {
            return Err(Refusal::NotHolder(id));
        }
        self.enter(call, id, LicenseState::Rejected);
        Ok(())
    }

    pub(crate) fn decide(
        &mut self,
        call: Call,
        id: LicenseId,
        approved: bool,
        analysis: B256,
    ) -> Result<(), Refusal> {
        let license = self.licence_in(id, &[LicenseState::Applied])?;
        let (kind, recommended) = (license.kind, license.recommended);
        let power = self.power(call, license.holder)?;
        not_zero(analysis)?;
        if !approved {
            self.enter(call, id, LicenseState::Rejected);
            return Ok(());
        }
        let Some(key) = approval_key(kind) else {
            return self.approve(call, id);
        };
        match (power, self.parameters.number(key)) {
            (Power::Team, 0) | (Power::Governance, 0 | 1) => self.approve(call, id),
            (Power::Team, 2) if recommended => Err(Refusal::AlreadyRecommended(id)),
            (Power::Team, 2) => {
                self.book.licenses.update(&id, |l| l.recommended = true);
                Ok(())
            }
            (Power::Team, _) => Err(Refusal::VoteRequired(id)),
            (Power::Governance, _) if recommended => self.approve(call, id),
            (Power::Governance, _) => Err(Refusal::NotRecommended(id)),
        }
    }

    pub(crate) fn overrule(
        &mut self,
        call: Call,
        id: LicenseId,
        analysis: B256,
    ) -> Result<(), Refusal> {
        self.only_governance(call)?;
        self.licence_in(id, &[LicenseState::Applied])?;
        not_zero(analysis)?;
        self.approve(call, id)
    }

    fn approve(&mut self, call: Call, id: LicenseId) -> Result<(), Refusal> {
        let license = self.licence(id)?;
        let (kind, parent) = (license.kind, license.parent);
        let base = self.base_requirement(license);
        // A client must have staked before the licence is granted (D1-31).
        if kind == LicenseKind::Client
            && self.counted_stake(call.now, id) < base.max(license.raised)
        {
            return Err(Refusal::StakeMissing(id));
        }
        if let Some(parent) = parent {
            self.book
                .licenses
                .update(&parent, |l| l.types_approved += 1);
        }
        self.book
            .licenses
            .update(&id, |l| l.base_at_approval = base);
        self.enter(call, id, LicenseState::Approved);
        Ok(())
    }

    // Life --------------------------------------------------------------------------------------------------------

    pub(crate) fn suspend(
        &mut self,
        call: Call,
        id: LicenseId,
        analysis: B256,
    ) -> Result<(), Refusal> {
        let holder = self.licence_in(id, &[LicenseState::Approved])?.holder;
        self.power(call, holder)?;
        not_zero(analysis)?;
        self.enter(call, id, LicenseState::Suspended);
        Ok(())
    }

    pub(crate) fn reinstate(
        &mut self,
        call: Call,
        id: LicenseId,
        analysis: B256,
    ) -> Result<(), Refusal> {
        let holder = self.licence_in(id, &[LicenseState::Suspended])?.holder;
        self.power(call, holder)?;
        not_zero(analysis)?;
        self.enter(call, id, LicenseState::Approved);
        Ok(())
    }

    pub(crate) fn revoke(
        &mut self,
        call: Call,
        id: LicenseId,
        analysis: B256,
    ) -> Result<(), Refusal> {
        let license = self.licence_in(id, &[LicenseState::Approved, LicenseState::Suspended])?;
        if self.power(call, license.holder)? == Power::Team {
            let window = self.parameters.number(Key::LicenseRevokeWindow);
            let waited = match license.state {
                LicenseState::Suspended => call.now >= license.suspended_at + window,
                _ => window == 0,
            };
            if !self.parameters.flag(Key::LicenseRevokeByTeam) || !waited {
                return Err(Refusal::RevocationNotAllowed(id));
            }
        }
        not_zero(analysis)?;
        self.enter(call, id, LicenseState::Revoked);
        Ok(())
    }

    pub(crate) fn renounce(&mut self, call: Call, id: LicenseId) -> Result<(), Refusal> {
        let license = self.licence_in(id, &[LicenseState::Approved, LicenseState::Suspended])?;
        if license.holder != call.caller {
            return Err(Refusal::NotHolder(id));
        }
        self.enter(call, id, LicenseState::Renounced);
        Ok(())
    }

    pub(crate) fn release(&mut self, call: Call, id: LicenseId) -> Result<(), Refusal> {
        self.licence_in(id, &[LicenseState::Revoked, LicenseState::Renounced])?;
        if !self.is_releasable(call.now, id) {
            return Err(Refusal::StakeNotFree(id));
        }
        self.enter(call, id, LicenseState::Released);
        Ok(())
    }

    pub(crate) fn reassign(
        &mut self,
        call: Call,
        id: LicenseId,
        to: Address,
        reason: B256,
    ) -> Result<(), Refusal> {
        let license = self.licence_in(id, &[LicenseState::Approved, LicenseState::Suspended])?;
        let (from, kind, parent) = (license.holder, license.kind, license.parent);
        self.power(call, from)?;
        self.power(call, to)?;
        not_zero(reason)?;
        if to.is_zero() {
            return Err(Refusal::ZeroAddress);
        }
        if to == from {
            return Err(Refusal::AlreadyLicensed(id));
        }
        if !self.debt_of(from).is_zero() {
            return Err(Refusal::HolderInDebt(from));
        }
        if self.open_challenges(id) != 0 {
            return Err(Refusal::ChallengeOpen(id));
        }
        match parent {
            Some(parent) => {
                if self.licence(parent)?.holder != to {
                    return Err(Refusal::NotHolder(parent));
                }
            }
            None => {
                if let Some(other) = self.book.live.get(&(to, kind)) {
                    return Err(Refusal::AlreadyLicensed(*other));
                }
                self.book.live.remove(&(from, kind));
                self.book.live.insert((to, kind), id);
            }
        }
        self.book.licenses.update(&id, |l| l.holder = to);
        Ok(())
    }

    /// Moves a licence to another state and keeps the index of live ones.
    fn enter(&mut self, call: Call, id: LicenseId, state: LicenseState) {
        let left = self.book.licenses.update(&id, |l| {
            match state {
                LicenseState::Suspended => l.suspended_at = call.now,
                LicenseState::Approved => l.suspended_at = 0,
                LicenseState::Revoked | LicenseState::Renounced => l.ended_at = call.now,
                _ => {}
            }
            let was_live = l.state.is_live();
            l.state = state;
            l.was_revoked |= state == LicenseState::Revoked;
            (was_live && !state.is_live()).then_some((l.holder, l.kind, l.parent, l.device_type))
        });
        if let Some((holder, kind, parent, device_type)) = left.flatten() {
            match parent {
                Some(parent) => self.book.live_types.remove(&(parent, device_type)),
                None => self.book.live.remove(&(holder, kind)),
            }
        }
        self.effects.push(Effect::LicenseState(id, state));
    }

    // Requirement and usage ---------------------------------------------------------------------------------------

    pub(crate) fn raise_requirement(
        &mut self,
        call: Call,
        id: LicenseId,
        amount: U256,
        reason: B256,
    ) -> Result<(), Refusal> {
        let live = [
            LicenseState::Applied,
            LicenseState::Approved,
            LicenseState::Suspended,
        ];
        let holder = self.licence_in(id, &live)?.holder;
        self.power(call, holder)?;
        not_zero(reason)?;
        self.book.licenses.update(&id, |l| l.raised = amount);
        Ok(())
    }

    pub(crate) fn report_usage(
        &mut self,
        call: Call,
        id: LicenseId,
        users: u64,
        units: u64,
        class: FunctionClass,
    ) -> Result<(), Refusal> {
        self.reportable(call, id)?;
        let before = self.requirement(id);
        let counted = self.counted_stake(call.now, id);
        self.book
            .licenses
            .update(&id, |l| (l.users, l.units, l.class) = (users, units, class));
        let after = self.requirement(id);
        let until = call.now + self.parameters.number(Key::StakeTopupWindow);
        self.book.licenses.update(&id, |l| {
            if counted >= after {
                (l.grace_until, l.grace_requirement) = (0, U256::ZERO);
            } else if counted >= before {
                (l.grace_until, l.grace_requirement) = (until, before);
            }
        });
        Ok(())
    }

    pub(crate) fn report_month(
        &mut self,
        call: Call,
        id: LicenseId,
        month: u64,
        users: u64,
    ) -> Result<(), Refusal> {
        let license = self.reportable(call, id)?;
        if license.kind != LicenseKind::App {
            return Err(Refusal::WrongKind(license.kind));
        }
        if month >= rules::month_of(call.now) {
            return Err(Refusal::MonthNotOver(month));
        }
        if license.last_month.is_some_and(|last| month <= last) {
            return Err(Refusal::MonthAlreadyReported(id, month));
        }
        let amount = rules::app_burn(&self.parameters, users);
        let due_at = call.now + self.parameters.number(Key::BurnDueWindow);
        self.book.licenses.update(&id, |l| {
            l.last_month = Some(month);
            // Never before an older month: the oldest is always the first to be overdue.
            let due_at = l
                .burns
                .last()
                .map_or(due_at, |older| due_at.max(older.due_at));
            if !amount.is_zero() {
                l.burns.push(Burn {
                    month,
                    amount,
                    due_at,
                });
            }
        });
        Ok(())
    }

    fn reportable(&self, call: Call, id: LicenseId) -> Result<&License, Refusal> {
        if !self.accounts.reporters.contains(&call.caller) {
            return Err(Refusal::NotReporter(call.caller));
        }
        let states = [
            LicenseState::Approved,
            LicenseState::Suspended,
            LicenseState::Revoked,
            LicenseState::Renounced,
        ];
        self.licence_in(id, &states)
    }

    pub(crate) fn pay_burn(
        &mut self,
        call: Call,
        id: LicenseId,
        month: u64,
    ) -> Result<(), Refusal> {
        let oldest = self.licence(id)?.burns.first().copied();
        let due = oldest
            .filter(|due| due.month == month)
            .ok_or(Refusal::NotOldestMonth(id, month))?;
        self.book.licenses.update(&id, |l| l.burns.remove(0));
        self.burn(call.caller, due.amount)
    }

    pub(crate) fn rebase(&mut self, call: Call, twap: U256) -> Result<(), Refusal> {
        if twap.is_zero() {
            return Err(Refusal::NoPrice);
        }
        let last = self.book.price.get();
        let distance = last.abs_diff(twap);
        let bps = self.parameters.get(Key::StakePegRebaseBps);
        let moved = distance * U256::from(10_000) >= last * bps;
        let yearly = self.parameters.flag(Key::StakePegYearly);
        let new_year =
            yearly && rules::year_of(call.now) > rules::year_of(self.book.rebased_at.get());
        if !last.is_zero() && !moved && !new_year {
            return Err(Refusal::NoRebaseDue);
        }
        self.book.price.set(twap);
        self.book.rebased_at.set(call.now);
        Ok(())
    }

    /// Requirement of the parameters, at the price of the last re-base.
    fn base_requirement(&self, license: &License) -> U256 {
        rules::base_requirement(&self.parameters, self.book.price.get(), license)
    }

    // Views -------------------------------------------------------------------------------------------------------

    /// Everything on record about a licence.
    #[must_use]
    pub fn license(&self, id: LicenseId) -> Option<&License> {
        self.book.licenses.get(&id)
    }

    /// All licences, by id.
    pub fn licenses(&self) -> impl Iterator<Item = (LicenseId, &License)> {
        self.book
            .licenses
            .iter()
            .map(|(id, license)| (*id, license))
    }

    /// The live licence of a holder.
    #[must_use]
    pub fn license_of(&self, holder: Address, kind: LicenseKind) -> Option<LicenseId> {
        self.book.live.get(&(holder, kind)).copied()
    }

    /// The live licence for a device type under a provider licence.
    #[must_use]
    pub fn device_type_license(&self, parent: LicenseId, device_type: B256) -> Option<LicenseId> {
        self.book.live_types.get(&(parent, device_type)).copied()
    }

    /// Stake that a licence needs now; the largest number for a pegged kind before the first price.
    #[must_use]
    pub fn requirement(&self, id: LicenseId) -> U256 {
        let Some(license) = self.license(id) else {
            return U256::ZERO;
        };
        let mut amount = self.base_requirement(license);
        let decided = !matches!(
            license.state,
            LicenseState::Applied | LicenseState::Rejected
        );
        let kept = decided && rules::is_fixed_kind(&self.parameters, license.kind);
        if kept && self.parameters.flag(Key::StakeGrandfather) {
            amount = amount.min(license.base_at_approval);
        }
        amount.max(license.raised)
    }

    /// Counted stake at the requirement, or at the one before the growth inside the top-up window.
    #[must_use]
    pub fn is_covered(&self, now: u64, id: LicenseId) -> bool {
        let Some(license) = self.license(id) else {
            return false;
        };
        let counted = self.counted_stake(now, id);
        counted >= self.requirement(id)
            || (now <= license.grace_until && counted >= license.grace_requirement)
    }

    /// Approved, covered, nothing overdue, no court debt, and for a device type an active provider.
    #[must_use]
    pub fn is_active(&self, now: u64, id: LicenseId) -> bool {
        self.license(id).is_some_and(|license| {
            license.state == LicenseState::Approved
                && self.is_covered(now, id)
                && license
                    .burns
                    .first()
                    .is_none_or(|oldest| now <= oldest.due_at)
                && self.debt_of(license.holder).is_zero()
                && license
                    .parent
                    .is_none_or(|parent| self.is_active(now, parent))
        })
    }

    /// Price of the last re-base, USD × 10^18 per token; zero before the first.
    #[must_use]
    pub fn peg_price(&self) -> U256 {
        self.book.price.get()
    }
}

const fn approval_key(kind: LicenseKind) -> Option<Key> {
    Some(match kind {
        LicenseKind::Provider => Key::LicenseApprovalProvider,
        LicenseKind::Client => Key::LicenseApprovalClient,
        LicenseKind::Node => Key::LicenseApprovalNode,
        LicenseKind::App => Key::LicenseApprovalApp,
        LicenseKind::Operator => Key::LicenseApprovalOperator,
        LicenseKind::Broker => Key::LicenseApprovalBroker,
        LicenseKind::DeviceType => return None,
    })
}

pub(crate) fn not_zero(hash: B256) -> Result<(), Refusal> {
    if hash.is_zero() {
        Err(Refusal::ZeroHash)
    } else {
        Ok(())
    }
}
