//! Cases against licences (economy rules, section 4).

mod terms;

use alloy_primitives::{Address, B256, U256};
use milepost_economics::Key;
use milepost_economics::court::{self, Parts};
use milepost_types::Wei;

use crate::book::not_zero;
use crate::merkle;
use crate::table::{Slot, Table, Undo};
use crate::{Call, CaseId, Effect, Ledger, LicenseId, Refusal, RootId, StakeClass};

pub use terms::{AdjudicatorKind, Ruling, Terms};

/// The third round is final.
const MAX_ROUNDS: usize = 3;

/// What a case waits for; the numbers are those of `ICourt.Phase`. Silence moves it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// The respondent's answer.
    Responding = 1,
    /// A settlement, or the end of the mediation.
    Mediation = 2,
    /// A ruling.
    Deciding = 3,
    /// An appeal.
    Appealable = 4,
    /// To be closed.
    Decided = 5,
    /// Nothing.
    Closed = 6,
}

/// How a case ended; the numbers are those of `ICourt.Outcome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Outcome {
    /// Not upheld.
    Dismissed = 1,
    /// Upheld by a ruling.
    Upheld = 2,
    /// Upheld by agreement.
    Settled = 3,
    /// Nobody decided in time.
    Lapsed = 4,
}

impl Outcome {
    const fn succeeded(self) -> bool {
        matches!(self, Self::Upheld | Self::Settled)
    }
}

/// The last step that an action took, with its time or deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Opened { respond_until: u64 },
    Responded { mediate_until: u64 },
    Began { at: u64 },
    Ruled { appeal_until: Option<u64> },
    Closed,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The challenged licence.
    pub license: LicenseId,
    /// Who opened it.
    pub challenger: Address,
    /// The evidence it was opened with.
    pub evidence: B256,
    /// A posted root that it is about.
    pub subject: Option<RootId>,
    /// The parameters when it opened.
    pub terms: Terms,
    step: Step,
    /// Round that is being or was last decided; zero before the first.
    pub round: usize,
    rulings: [Option<Ruling>; MAX_ROUNDS],
    settlement: Option<U256>,
    offer_of_challenger: U256,
    offer_of_respondent: U256,
    /// Fees earned, one per arbitrator and round.
    pub fee_units: u64,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When it was closed.
    pub closed_at: u64,
    /// What was paid, out of stake, deposit or debt.
    pub paid: Parts,
    /// What the debtor still owes.
    pub owed: Parts,
    /// Who owes it.
    pub debtor: Address,
    /// Of the users' part, what was claimed or swept.
    pub users_claimed: U256,
}

impl Case {
    /// What the case waits for at a time.
    #[must_use]
    pub fn phase(&self, now: u64) -> Phase {
        let mediation = self.terms.number(Key::CourtMediationWindow);
        match self.step {
            Step::Opened { respond_until } if now <= respond_until => Phase::Responding,
            Step::Opened { respond_until } if now <= respond_until + mediation => Phase::Mediation,
            Step::Opened { respond_until } => self.deciding(now, respond_until + mediation),
            Step::Responded { mediate_until } if now <= mediate_until => Phase::Mediation,
            Step::Responded { mediate_until } => self.deciding(now, mediate_until),
            Step::Began { at } => self.deciding(now, at),
            Step::Ruled {
                appeal_until: Some(until),
            } if now <= until => Phase::Appealable,
            Step::Ruled { .. } => Phase::Decided,
            Step::Closed => Phase::Closed,
        }
    }

    /// A round that nobody decides within the limitation lapses, so that stake is not locked for ever.
    fn deciding(&self, now: u64, began: u64) -> Phase {
        if now <= began + self.terms.number(Key::CourtLimitation) {
            Phase::Deciding
        } else {
            Phase::Decided
        }
    }

    fn last_ruling(&self) -> Option<&Ruling> {
        self.rulings.iter().rev().flatten().next()
    }

    /// Last moment of the step that was taken last, if it has one.
    #[must_use]
    pub fn deadline(&self) -> Option<u64> {
        match self.step {
            Step::Opened { respond_until } => Some(respond_until),
            Step::Responded { mediate_until } => Some(mediate_until),
            Step::Began { at } => Some(at + self.terms.number(Key::CourtLimitation)),
            Step::Ruled { appeal_until } => appeal_until,
            Step::Closed => None,
        }
    }

    /// Last moment to claim; zero when there is nothing to claim.
    #[must_use]
    pub fn claims_close_at(&self) -> u64 {
        if self.paid.users == Wei::default() {
            0
        } else {
            self.closed_at + self.terms.number(Key::CourtClaimWindow)
        }
    }

    fn due(&self) -> (Outcome, Parts) {
        match (self.settlement, self.last_ruling()) {
            (Some(amount), _) => (Outcome::Settled, self.terms.due_settled(amount)),
            (None, None) => (Outcome::Lapsed, Parts::default()),
            (None, Some(ruling)) if ruling.upheld => (
                Outcome::Upheld,
                self.terms.due_upheld(ruling, self.fee_units),
            ),
            (None, Some(_)) => (
                Outcome::Dismissed,
                court::dismissed(&self.terms.numbers, self.fee_units),
            ),
        }
    }
}

/// All cases, and who owes what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Court {
    pub(crate) cases: Table<CaseId, Case>,
    evidence: Table<(LicenseId, B256), CaseId>,
    debts: Table<Address, U256>,
    claims: Table<(CaseId, B256), ()>,
    deposits: Slot<U256>,
    users_parts: Slot<U256>,
}

impl Undo for Court {
    fn commit(&mut self) {
        self.cases.commit();
        self.evidence.commit();
        self.debts.commit();
        self.claims.commit();
        self.deposits.commit();
        self.users_parts.commit();
    }

    fn rollback(&mut self) {
        self.cases.rollback();
        self.evidence.rollback();
        self.debts.rollback();
        self.claims.rollback();
        self.deposits.rollback();
        self.users_parts.rollback();
    }
}

/// Which side of a case somebody is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Party {
    Challenger,
    Respondent,
}

/// What a challenge is opened with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge {
    /// The licence.
    pub license: LicenseId,
    /// When the obligation was breached.
    pub breach_at: u64,
    /// Hash of the statement of claim.
    pub claim: B256,
    /// Hash of the evidence.
    pub evidence: B256,
    /// The posted root that it is about.
    pub subject: Option<RootId>,
}

impl Ledger {
    fn case_in(&self, now: u64, id: CaseId, wanted: Phase) -> Result<&Case, Refusal> {
        let case = self.court.cases.get(&id).ok_or(Refusal::UnknownCase(id))?;
        let phase = case.phase(now);
        if phase == wanted {
            Ok(case)
        } else {
            Err(Refusal::WrongPhase(id, phase))
        }
    }

    /// The present holder defends, so that a licence reassigned after a loss of keys still has a defence.
    fn respondent(&self, case: &Case) -> Address {
        self.license(case.license)
            .map_or(Address::ZERO, |license| license.holder)
    }

    fn party(&self, call: Call, case: &Case) -> Result<Party, Refusal> {
        if call.caller == case.challenger {
            Ok(Party::Challenger)
        } else if call.caller == self.respondent(case) {
            Ok(Party::Respondent)
        } else {
            Err(Refusal::NotParty(call.caller))
        }
    }

    fn update_case(&mut self, id: CaseId, change: impl FnOnce(&mut Case)) {
        self.court.cases.update(&id, change);
    }

    pub(crate) fn open_case(&mut self, call: Call, challenge: Challenge) -> Result<(), Refusal> {
        let Challenge {
            license,
            breach_at,
            claim,
            evidence,
            subject,
        } = challenge;
        if self.licence(license)?.holder == call.caller {
            return Err(Refusal::OwnLicense(license));
        }
        // What a posted root says can be challenged also when there is nothing left to lose.
        if subject.is_none() && self.stake_of(license).is_zero() {
            return Err(Refusal::NoStake(license));
        }
        not_zero(claim)?;
        not_zero(evidence)?;
        if let Some(other) = self.court.evidence.get(&(license, evidence)) {
            return Err(Refusal::EvidenceUsed(*other));
        }
        let accounts = &self.accounts;
        let terms = Terms::new(self.parameters.snapshot(), |kind| match kind {
            AdjudicatorKind::Panel => accounts.panel,
            AdjudicatorKind::Vote => accounts.governance,
            AdjudicatorKind::External => accounts.external_adjudicator,
        });
        if breach_at > call.now || call.now - breach_at > terms.number(Key::CourtLimitation) {
            return Err(Refusal::BreachOutsideLimitation(breach_at));
        }
        let deposit = terms.deposit();
        if self.balance(call.caller) < deposit * U256::from(2) {
            return Err(Refusal::HoldingTooSmall(call.caller));
        }
        let id = CaseId(self.court.cases.len() as u64 + 1);
        self.court.evidence.insert((license, evidence), id);
        self.court.deposits.set(self.court.deposits.get() + deposit);
        let case = Case {
            license,
            challenger: call.caller,
            evidence,
            subject,
            step: Step::Opened {
                respond_until: call.now + terms.number(Key::CourtResponseWindow),
            },
            terms,
            round: 0,
            rulings: [None; MAX_ROUNDS],
            settlement: None,
            offer_of_challenger: U256::ZERO,
            offer_of_respondent: U256::ZERO,
            fee_units: 0,
            outcome: None,
            closed_at: 0,
            paid: Parts::default(),
            owed: Parts::default(),
            debtor: Address::ZERO,
            users_claimed: U256::ZERO,
        };
        self.court.cases.insert(id, case);
        self.effects.push(Effect::CaseOpened(id));
        self.transfer(call.caller, self.accounts.court, deposit)?;
        self.lock_vault(license);
        match subject {
            Some(root) => self.dispute_root(call.now, root, license),
            None => Ok(()),
        }
    }

    pub(crate) fn respond(
        &mut self,
        call: Call,
        id: CaseId,
        evidence: B256,
    ) -> Result<(), Refusal> {
        let case = self.case_in(call.now, id, Phase::Responding)?;
        if call.caller != self.respondent(case) {
            return Err(Refusal::NotParty(call.caller));
        }
        not_zero(evidence)?;
        let mediate_until = call.now + case.terms.number(Key::CourtMediationWindow);
        self.update_case(id, |c| c.step = Step::Responded { mediate_until });
        Ok(())
    }

    pub(crate) fn propose_settlement(
        &mut self,
        call: Call,
        id: CaseId,
        amount: U256,
    ) -> Result<(), Refusal> {
        let case = self.case_in(call.now, id, Phase::Mediation)?;
        let party = self.party(call, case)?;
        let least = case.terms.deposit();
        if amount < least {
            return Err(Refusal::SettlementTooSmall(least));
        }
        if terms::too_large(amount) {
            return Err(Refusal::ReparationAgainstVerdict);
        }
        self.update_case(id, |c| match party {
            Party::Challenger => c.offer_of_challenger = amount,
            Party::Respondent => c.offer_of_respondent = amount,
        });
        Ok(())
    }

    pub(crate) fn accept_settlement(
        &mut self,
        call: Call,
        id: CaseId,
        amount: U256,
    ) -> Result<(), Refusal> {
        let case = self.case_in(call.now, id, Phase::Mediation)?;
        let offer = match self.party(call, case)? {
            Party::Challenger => case.offer_of_respondent,
            Party::Respondent => case.offer_of_challenger,
        };
        if offer.is_zero() || offer != amount {
            return Err(Refusal::NoSuchOffer);
        }
        // Debt that two who may be one agree on would be theirs to leave unpaid.
        let covered = self.available(case.license, Outcome::Settled);
        if amount > covered {
            return Err(Refusal::SettlementNotCovered(covered));
        }
        self.update_case(id, |c| c.settlement = Some(amount));
        self.finish(call, id)
    }

    pub(crate) fn decline_mediation(&mut self, call: Call, id: CaseId) -> Result<(), Refusal> {
        self.party(call, self.case_in(call.now, id, Phase::Mediation)?)?;
        self.begin_round(call.now, id, 1);
        Ok(())
    }

    fn begin_round(&mut self, now: u64, id: CaseId, round: usize) {
        self.update_case(id, |c| {
            c.step = Step::Began { at: now };
            c.round = round;
        });
    }

    /// `arbitrators`: how many of the panel ruled; one for other adjudicators.
    pub(crate) fn rule(
        &mut self,
        call: Call,
        id: CaseId,
        ruling: Ruling,
        arbitrators: u64,
    ) -> Result<(), Refusal> {
        let case = self.case_in(call.now, id, Phase::Deciding)?;
        let terms = case.terms.clone();
        if call.caller != terms.adjudicator {
            return Err(Refusal::NotAdjudicator(call.caller));
        }
        terms.check(&ruling)?;
        let units = match terms.kind {
            AdjudicatorKind::Panel => arbitrators.min(terms.number(Key::CourtPanelSize)),
            AdjudicatorKind::Vote | AdjudicatorKind::External => 1,
        };
        let round = case.round.max(1);
        let first = case.rulings[0].unwrap_or(ruling);
        let same_verdict = first.upheld == ruling.upheld;
        let is_final = round == MAX_ROUNDS
            || (round == 2 && same_verdict && first.reparation == ruling.reparation);
        self.update_case(id, |c| {
            c.round = round;
            c.fee_units += units;
            c.rulings[round - 1] = Some(ruling);
            let appeal_until =
                (!is_final).then_some(call.now + terms.number(Key::CourtAppealWindow));
            c.step = Step::Ruled { appeal_until };
        });
        if round == 2 && !same_verdict {
            self.begin_round(call.now, id, MAX_ROUNDS);
        }
        Ok(())
    }

    pub(crate) fn appeal(&mut self, call: Call, id: CaseId) -> Result<(), Refusal> {
        let case = self.case_in(call.now, id, Phase::Appealable)?;
        let next = case.round + 1;
        self.party(call, case)?;
        self.begin_round(call.now, id, next);
        Ok(())
    }

    pub(crate) fn close_case(&mut self, call: Call, id: CaseId) -> Result<(), Refusal> {
        self.case_in(call.now, id, Phase::Decided)?;
        self.finish(call, id)
    }

    fn finish(&mut self, call: Call, id: CaseId) -> Result<(), Refusal> {
        let case = self
            .court
            .cases
            .get(&id)
            .ok_or(Refusal::UnknownCase(id))?
            .clone();
        let (outcome, due) = case.due();
        let debtor = self.respondent(&case);
        let deposit = case.terms.deposit();
        let (paid, owed, returned) = if outcome == Outcome::Dismissed {
            (due, Parts::default(), U256::ZERO)
        } else {
            let most = due.total().0.min(self.available(case.license, outcome));
            let taken = if most.is_zero() {
                U256::ZERO
            } else {
                self.slash(case.license, most)?
            };
            let listed = case
                .last_ruling()
                .is_some_and(|ruling| !ruling.impact_root.is_zero());
            let closing = court::close(&due, Wei(taken), listed);
            (closing.paid, closing.owed, deposit)
        };
        self.court.deposits.set(self.court.deposits.get() - deposit);
        self.court
            .users_parts
            .set(self.court.users_parts.get() + paid.users.0);
        // A settled or lapsed case judged nothing; its evidence may be brought again.
        if matches!(outcome, Outcome::Settled | Outcome::Lapsed) {
            self.court.evidence.remove(&(case.license, case.evidence));
        }
        let debt = owed.total().0;
        if !debt.is_zero() {
            self.court.debts.entry(debtor, |sum| *sum += debt);
        }
        self.update_case(id, |c| {
            c.step = Step::Closed;
            c.outcome = Some(outcome);
            c.closed_at = call.now;
            c.paid = paid;
            c.owed = owed;
            c.debtor = if debt.is_zero() {
                Address::ZERO
            } else {
                debtor
            };
        });
        self.effects.push(Effect::CaseClosed(id, outcome));
        self.transfer(self.accounts.court, case.challenger, returned)?;
        self.pay_parts(&case, &paid)?;
        // Two who settle may be one, so their agreement does not prolong what partners wait for.
        self.unlock_vault(call.now, case.license, outcome == Outcome::Upheld);
        if let Some(root) = case.subject {
            self.end_dispute(root, outcome.succeeded());
        }
        Ok(())
    }

    /// What an outcome may take out of the vault. Two parties who settle may be one: they dispose of the holder's own
    /// stake alone, which a slash takes first, and of none while another case holds it.
    fn available(&self, license: LicenseId, outcome: Outcome) -> U256 {
        let vault = self.vault(license);
        match outcome {
            Outcome::Upheld => vault.total(),
            Outcome::Settled if vault.challenges <= 1 => {
                vault.pools[StakeClass::Own as usize].amount
            }
            Outcome::Settled | Outcome::Dismissed | Outcome::Lapsed => U256::ZERO,
        }
    }

    /// All but the users' part, which the court keeps for claims.
    fn pay_parts(&mut self, case: &Case, parts: &Parts) -> Result<(), Refusal> {
        let court = self.accounts.court;
        self.transfer(court, case.terms.adjudicator, parts.fees.0)?;
        self.transfer(court, case.challenger, parts.challenger.0)?;
        self.transfer(court, self.accounts.treasury, parts.treasury.0)?;
        self.burn(court, parts.burned.0)
    }

    pub(crate) fn claim(
        &mut self,
        call: Call,
        id: CaseId,
        account: Address,
        shares: U256,
        proof: &[B256],
    ) -> Result<(), Refusal> {
        let case = self.case_in(call.now, id, Phase::Closed)?;
        if call.now > case.claims_close_at() {
            return Err(Refusal::ClaimWindowOver(id));
        }
        let leaf = merkle::claim_leaf(id, account, shares);
        if self.court.claims.contains(&(id, leaf)) {
            return Err(Refusal::AlreadyClaimed(id));
        }
        let ruling = case.last_ruling().ok_or(Refusal::NothingToClaim(id))?;
        if !merkle::proves(proof, ruling.impact_root, leaf) {
            return Err(Refusal::WrongProof);
        }
        let part = case.paid.users;
        let left = Wei(part.0 - case.users_claimed);
        let amount = court::claim_share(part, shares, ruling.impact_shares, left).0;
        if amount.is_zero() {
            return Err(Refusal::NothingToClaim(id));
        }
        self.court.claims.insert((id, leaf), ());
        self.pay_users_part(id, account, amount)
    }

    pub(crate) fn sweep_unclaimed(&mut self, call: Call, id: CaseId) -> Result<(), Refusal> {
        let case = self.case_in(call.now, id, Phase::Closed)?;
        if call.now <= case.claims_close_at() {
            return Err(Refusal::ClaimWindowOpen(id));
        }
        let amount = case.paid.users.0 - case.users_claimed;
        if amount.is_zero() {
            return Err(Refusal::NothingToClaim(id));
        }
        self.pay_users_part(id, self.accounts.treasury, amount)
    }

    fn pay_users_part(&mut self, id: CaseId, to: Address, amount: U256) -> Result<(), Refusal> {
        self.update_case(id, |c| c.users_claimed += amount);
        self.court
            .users_parts
            .set(self.court.users_parts.get() - amount);
        self.transfer(self.accounts.court, to, amount)
    }

    pub(crate) fn pay_debt(&mut self, call: Call, id: CaseId, amount: U256) -> Result<(), Refusal> {
        let case = self
            .court
            .cases
            .get(&id)
            .ok_or(Refusal::UnknownCase(id))?
            .clone();
        if case.owed == Parts::default() {
            return Err(Refusal::NoDebt(id));
        }
        if amount.is_zero() {
            return Err(Refusal::ZeroAmount);
        }
        let parts = case.owed.serve(Wei(amount));
        self.update_case(id, |c| {
            c.owed = c.owed - parts;
            c.paid = c.paid + parts;
        });
        self.court
            .debts
            .entry(case.debtor, |debt| *debt -= parts.total().0);
        self.transfer(call.caller, self.accounts.court, parts.total().0)?;
        self.pay_parts(&case, &parts)
    }

    // Views -------------------------------------------------------------------------------------------------------

    /// A case.
    #[must_use]
    pub fn case(&self, id: CaseId) -> Option<&Case> {
        self.court.cases.get(&id)
    }

    /// All cases, by id.
    pub fn cases(&self) -> impl Iterator<Item = (CaseId, &Case)> {
        self.court.cases.iter().map(|(id, case)| (*id, case))
    }

    /// The amounts that challenger and respondent offer; zero without an offer.
    #[must_use]
    pub fn offers(&self, id: CaseId) -> Option<(U256, U256)> {
        self.case(id)
            .map(|case| (case.offer_of_challenger, case.offer_of_respondent))
    }

    /// Root of the affected users of a decided case.
    #[must_use]
    pub fn impact_root(&self, id: CaseId) -> Option<B256> {
        self.case(id)
            .and_then(Case::last_ruling)
            .map(|ruling| ruling.impact_root)
    }

    /// What rulings still want from a holder beyond its stake.
    #[must_use]
    pub fn debt_of(&self, holder: Address) -> U256 {
        self.court.debts.copied(&holder)
    }

    /// Deposits of open cases, and users' parts not claimed yet: what the court holds.
    #[must_use]
    pub fn held_by_court(&self) -> (U256, U256) {
        (self.court.deposits.get(), self.court.users_parts.get())
    }
}
