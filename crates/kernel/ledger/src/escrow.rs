//! The money of sold vouchers (economy rules, section 5).

use std::num::NonZeroU64;

use alloy_primitives::{Address, B256, U256};
use milepost_economics::escrow::{self, VoucherSplit};
use milepost_economics::{DeviceType, Key, ParameterSource, calendar};
use milepost_types::Wei;

use crate::book::not_zero;
use crate::voucher::type_key;
use crate::{Call, Effect, Ledger, LicenseId, LicenseState, Refusal, RootId, Snapshot, VoucherId};

/// How a device is connected; the numbers are those of `IDeviceEscrow.DeviceKind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Connection {
    /// An aftermarket device.
    Hardware = 0,
    /// A synthetic device.
    Software = 1,
}

/// What the registry says of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Device {
    /// Address that holds its voucher.
    pub wallet: Address,
    /// Vehicle that it is paired with; zero when none.
    pub vehicle: u64,
    /// Owner of the vehicle if paired, else of the device.
    pub owner: Address,
    /// Account whose provider licence answers for it.
    pub maker: Address,
}

/// Where an escrow is; the numbers are those of `IDeviceEscrow.State`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum EscrowState {
    /// Not bonded.
    Sold = 1,
    /// Months pay.
    Active = 2,
    /// A malfunction report is open.
    Reported = 3,
    /// The owner is paid month by month.
    Streaming = 4,
    /// Nothing is held.
    Closed = 5,
}

/// Why months stopped paying; the numbers are those of `IDeviceEscrow.Stop`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Stop {
    /// They did not, or all were paid.
    #[default]
    None = 0,
    /// A report counted.
    Malfunction = 1,
    /// The owner disconnected it.
    Disconnect = 2,
    /// Nothing was settled for too long.
    Idle = 3,
    /// The window is over.
    WindowOver = 4,
}

/// Price and rules of a sale, fixed for its vouchers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleTerms {
    /// Paid for the voucher.
    pub price: U256,
    numbers: Snapshot,
}

impl SaleTerms {
    pub(crate) const fn new(price: U256, numbers: Snapshot) -> Self {
        Self { price, numbers }
    }

    /// Tranches of a price.
    #[must_use]
    pub fn months(&self) -> u32 {
        escrow::months_of(&self.numbers)
    }

    /// `months` after `time`, for a parameter that counts months.
    fn later(&self, time: u64, months: Key) -> u64 {
        calendar::add_months(
            time,
            u32::try_from(self.numbers.number(months)).unwrap_or(u32::MAX),
        )
    }
}

/// Where a price went so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Burned.
    pub burned: U256,
    /// Paid to the provider.
    pub provider: U256,
    /// Paid to the team.
    pub team: U256,
    /// Paid to owners: streamed, or the provider's part while its licence was not live.
    pub user: U256,
    /// Paid to the treasury.
    pub treasury: U256,
}

impl Spent {
    fn total(&self) -> U256 {
        self.burned + self.provider + self.team + self.user + self.treasury
    }
}

/// The device and the licence that a voucher is bonded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bond {
    /// How the device is connected.
    pub connection: Connection,
    /// Its id in the registry.
    pub device: u64,
    /// The provider licence that earns.
    pub license: LicenseId,
    /// When the clock started.
    pub start: u64,
}

/// The escrow of a voucher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escrow {
    /// Type key.
    pub device_type: B256,
    /// The how manieth of its type.
    pub number: u64,
    /// Rules of the sale.
    pub terms: SaleTerms,
    /// Parts of the price.
    pub totals: VoucherSplit,
    /// Where it is.
    pub state: EscrowState,
    /// Why it stopped.
    pub stop: Stop,
    /// The provider contested the open report.
    pub contested: bool,
    /// What it is bonded to.
    pub bond: Option<Bond>,
    /// Tranches that attested months paid.
    pub settled: u32,
    /// Tranches paid in any way.
    pub paid: u32,
    /// End of the last settled month.
    pub settled_until: u64,
    /// Time of the report or of the start of the stream.
    pub since: u64,
    /// Owner on record of a report or stream.
    pub owner: Address,
    /// Where the price went.
    pub spent: Spent,
    used_periods: Vec<u64>,
    evidence: Vec<B256>,
}

impl Escrow {
    pub(crate) fn sold(device_type: B256, number: NonZeroU64, terms: SaleTerms) -> Self {
        Self {
            device_type,
            number: number.get(),
            totals: escrow::split_price(&terms.numbers, Wei(terms.price), number),
            terms,
            state: EscrowState::Sold,
            stop: Stop::None,
            contested: false,
            bond: None,
            settled: 0,
            paid: 0,
            settled_until: 0,
            since: 0,
            owner: Address::ZERO,
            spent: Spent::default(),
            used_periods: Vec::new(),
            evidence: Vec::new(),
        }
    }

    /// What is left of the price.
    #[must_use]
    pub fn held(&self) -> U256 {
        self.terms.price - self.spent.total()
    }

    /// Whether a month of the clock has paid a tranche.
    #[must_use]
    pub fn is_period_used(&self, period: u64) -> bool {
        self.used_periods.contains(&period)
    }

    fn start(&self) -> u64 {
        self.bond.map_or(0, |bond| bond.start)
    }

    /// Tranches `from + 1 … to` of a total.
    fn tranches(&self, total: Wei, from: u32, to: u32) -> U256 {
        let up_to = |k| escrow::tranches_up_to(total, self.terms.months(), k).0;
        up_to(to) - up_to(from)
    }

    fn in_warranty(&self, now: u64) -> bool {
        now < self.terms.later(self.start(), Key::EscrowWarrantyMonths)
    }

    fn dispute_window(&self) -> u64 {
        self.terms.numbers.number(Key::EscrowDisputeWindow)
    }

    /// A report may be contested before.
    fn dispute_end(&self) -> u64 {
        self.since + self.dispute_window()
    }

    /// From then on a report counts without a decision: a contest that nobody decides lapses after a second window, so
    /// that the escrow is not locked for ever.
    fn counts_from(&self) -> u64 {
        if self.contested {
            self.dispute_end() + self.dispute_window()
        } else {
            self.dispute_end()
        }
    }
}

impl Ledger {
    fn escrow_in(&self, id: VoucherId, states: &[EscrowState]) -> Result<&Escrow, Refusal> {
        let escrow = self.escrows.get(&id).ok_or(Refusal::UnknownVoucher(id))?;
        if states.contains(&escrow.state) {
            Ok(escrow)
        } else {
            Err(Refusal::WrongEscrowState(id, escrow.state))
        }
    }

    fn update_escrow(&mut self, id: VoucherId, change: impl FnOnce(&mut Escrow)) {
        self.escrows.update(&id, change);
    }

    /// Owner of the bonded device now; zero when the device is gone.
    fn device_owner(&self, escrow: &Escrow) -> Address {
        escrow.bond.map_or(Address::ZERO, |bond| {
            self.device(bond.connection, bond.device).owner
        })
    }

    fn owned_device(&self, call: Call, id: VoucherId, escrow: &Escrow) -> Result<(), Refusal> {
        if self.device_owner(escrow) == call.caller {
            Ok(())
        } else {
            Err(Refusal::NotDeviceOwner(id))
        }
    }

    pub(crate) fn bond(
        &mut self,
        call: Call,
        id: VoucherId,
        connection: Connection,
        device: u64,
    ) -> Result<(), Refusal> {
        let escrow = self.escrow_in(id, &[EscrowState::Sold])?;
        let (burned, device_type) = (escrow.totals.burned.0, escrow.device_type);
        self.owned_voucher(call, id)?;
        if self.bonded.contains(&(connection, device)) {
            return Err(Refusal::DeviceBonded);
        }
        if connection == Connection::Hardware && device_type == type_key(DeviceType::Software) {
            return Err(Refusal::VoucherForSoftware(id));
        }
        let known = self.device(connection, device);
        if known.wallet.is_zero() || known.vehicle == 0 {
            return Err(Refusal::DeviceNotPaired);
        }
        let license = self
            .license_of(known.maker, milepost_economics::LicenseKind::Provider)
            .filter(|license| self.is_active(call.now, *license))
            .ok_or(Refusal::ProviderNotActive(known.maker))?;
        let limited = self
            .license(license)
            .is_some_and(|provider| provider.types_approved != 0);
        let of_type = self.device_type_license(license, device_type);
        if limited && !of_type.is_some_and(|of_type| self.is_active(call.now, of_type)) {
            return Err(Refusal::DeviceTypeNotActive(license));
        }
        self.bonded.insert((connection, device), id);
        self.move_voucher(id, known.wallet);
        self.update_escrow(id, |e| {
            e.state = EscrowState::Active;
            e.bond = Some(Bond {
                connection,
                device,
                license,
                start: call.now,
            });
            e.spent.burned = burned;
        });
        self.effects.push(Effect::Bonded {
            voucher: id,
            burned,
        });
        self.burn(self.accounts.escrow, burned)
    }

    pub(crate) fn settle(
        &mut self,
        call: Call,
        id: VoucherId,
        month: (u64, Address),
        root: RootId,
        proof: &[B256],
    ) -> Result<(), Refusal> {
        let (period, owner) = month;
        let escrow = self.escrow_in(id, &[EscrowState::Active, EscrowState::Reported])?;
        let bond = escrow.bond.ok_or(Refusal::UnknownVoucher(id))?;
        if period == 0 || period > escrow.terms.numbers.number(Key::EscrowWindowMonths) {
            return Err(Refusal::PeriodOutOfRange(period));
        }
        let end = calendar::add_months(bond.start, u32::try_from(period).unwrap_or(u32::MAX));
        if call.now < end {
            return Err(Refusal::PeriodNotOver(end));
        }
        if escrow.state == EscrowState::Reported && end > escrow.since {
            return Err(Refusal::PeriodAfterReport(end));
        }
        if escrow.is_period_used(period) {
            return Err(Refusal::PeriodUsed(period));
        }
        let (k, months, totals) = (escrow.paid + 1, escrow.terms.months(), escrow.totals);
        let to_owner = escrow.terms.numbers.flag(Key::EscrowOnRevoked);
        self.check_month(call.now, root, (id, period, owner), proof)?;
        let part = |total| escrow::tranche(total, months, k).0;
        let (provider, team, treasury) = (
            part(totals.provider),
            part(totals.team),
            part(totals.treasury),
        );
        if self.licence(bond.license)?.state == LicenseState::Revoked {
            self.revocations.insert(bond.license, ());
        }
        let license = self.licence(bond.license)?;
        // A licence given up by choice keeps earning, unless it was suspended then: only a reinstatement ends that.
        let earns = license.suspended_at == 0 && !self.revocations.contains(&bond.license);
        let payee = match (earns, to_owner) {
            (true, _) => license.holder,
            (false, true) => owner,
            (false, false) => self.accounts.treasury,
        };
        self.update_escrow(id, |e| {
            e.used_periods.push(period);
            e.settled_until = e.settled_until.max(end);
            e.settled += 1;
            e.paid = k;
            match (earns, to_owner) {
                (true, _) => e.spent.provider += provider,
                (false, true) => e.spent.user += provider,
                (false, false) => e.spent.treasury += provider,
            }
            e.spent.team += team;
            e.spent.treasury += treasury;
            if k == months {
                e.state = EscrowState::Closed;
            }
        });
        self.effects.push(Effect::Settled {
            voucher: id,
            tranche: k,
        });
        let escrow = self.accounts.escrow;
        self.transfer(escrow, payee, provider)?;
        self.transfer(escrow, self.accounts.team, team)?;
        self.transfer(escrow, self.accounts.treasury, treasury)
    }

    /// The escrow remembers a revocation, so that the release of the stake does not bring the rebate back.
    pub(crate) fn note_revocation(&mut self, id: LicenseId) -> Result<(), Refusal> {
        match self.licence(id)?.state {
            LicenseState::Revoked => {
                self.revocations.insert(id, ());
                Ok(())
            }
            state => Err(Refusal::WrongLicenseState(id, state)),
        }
    }

    pub(crate) fn report_malfunction(
        &mut self,
        call: Call,
        id: VoucherId,
        evidence: B256,
    ) -> Result<(), Refusal> {
        let escrow = self.escrow_in(id, &[EscrowState::Active])?;
        self.owned_device(call, id, escrow)?;
        if !escrow.in_warranty(call.now) {
            return Err(Refusal::WarrantyOver(id));
        }
        not_zero(evidence)?;
        if escrow.evidence.contains(&evidence) {
            return Err(Refusal::ReportEvidenceUsed(id));
        }
        self.update_escrow(id, |e| {
            e.state = EscrowState::Reported;
            e.contested = false;
            e.since = call.now;
            e.owner = call.caller;
            e.evidence.push(evidence);
        });
        Ok(())
    }

    pub(crate) fn contest_malfunction(
        &mut self,
        call: Call,
        id: VoucherId,
        evidence: B256,
    ) -> Result<(), Refusal> {
        let escrow = self.escrow_in(id, &[EscrowState::Reported])?;
        self.provider_of(escrow)
            .filter(|holder| *holder == call.caller)
            .ok_or(Refusal::NotProvider(id))?;
        not_zero(evidence)?;
        if escrow.contested || call.now >= escrow.dispute_end() {
            return Err(Refusal::DisputeWindowOver(id));
        }
        self.update_escrow(id, |e| e.contested = true);
        Ok(())
    }

    fn provider_of(&self, escrow: &Escrow) -> Option<Address> {
        escrow
            .bond
            .and_then(|bond| self.license(bond.license))
            .map(|license| license.holder)
    }

    pub(crate) fn decide_malfunction(
        &mut self,
        call: Call,
        id: VoucherId,
        upheld: bool,
        reason: B256,
    ) -> Result<(), Refusal> {
        let escrow = self.escrow_in(id, &[EscrowState::Reported])?;
        if !escrow.contested {
            return Err(Refusal::NotContested(id));
        }
        not_zero(reason)?;
        if call.caller != self.accounts.governance {
            let provider = self
                .provider_of(escrow)
                .ok_or(Refusal::UnknownVoucher(id))?;
            self.team_without_conflict(call, &[escrow.owner, provider])?;
        }
        if upheld {
            return self.uphold_report(id);
        }
        self.update_escrow(id, |e| {
            e.state = EscrowState::Active;
            e.contested = false;
            e.since = 0;
            e.owner = Address::ZERO;
        });
        Ok(())
    }

    pub(crate) fn finalize_malfunction(
        &mut self,
        call: Call,
        id: VoucherId,
    ) -> Result<(), Refusal> {
        let escrow = self.escrow_in(id, &[EscrowState::Reported])?;
        if call.now < escrow.counts_from() {
            return Err(Refusal::DisputeWindowOpen(id));
        }
        self.uphold_report(id)
    }

    fn uphold_report(&mut self, id: VoucherId) -> Result<(), Refusal> {
        let escrow = self.escrow_in(id, &[EscrowState::Reported])?;
        if escrow.terms.numbers.flag(Key::EscrowOnMalfunction) {
            self.open_stream(id, Stop::Malfunction)
        } else {
            self.forfeit(id, Stop::Malfunction)
        }
    }

    /// The treasury has its unpaid part at once; the rest waits for the owner.
    fn open_stream(&mut self, id: VoucherId, stop: Stop) -> Result<(), Refusal> {
        let escrow = self.escrows.get(&id).ok_or(Refusal::UnknownVoucher(id))?;
        let treasury = escrow.tranches(escrow.totals.treasury, escrow.paid, escrow.terms.months());
        self.update_escrow(id, |e| {
            e.state = EscrowState::Streaming;
            e.stop = stop;
            e.spent.treasury += treasury;
        });
        self.transfer(self.accounts.escrow, self.accounts.treasury, treasury)
    }

    fn forfeit(&mut self, id: VoucherId, stop: Stop) -> Result<(), Refusal> {
        let amount = self
            .escrows
            .get(&id)
            .ok_or(Refusal::UnknownVoucher(id))?
            .held();
        self.update_escrow(id, |e| {
            e.state = EscrowState::Closed;
            e.stop = stop;
            e.spent.treasury += amount;
        });
        self.transfer(self.accounts.escrow, self.accounts.treasury, amount)
    }

    pub(crate) fn claim_stream(&mut self, call: Call, id: VoucherId) -> Result<(), Refusal> {
        let escrow = self.escrow_in(id, &[EscrowState::Streaming])?;
        let months = escrow.terms.months();
        let elapsed = calendar::months_elapsed(escrow.since, call.now);
        let to = months.min(escrow.settled + elapsed);
        let amount = escrow.tranches(escrow.totals.provider, escrow.paid, to)
            + escrow.tranches(escrow.totals.team, escrow.paid, to);
        let (payee, present) = (escrow.owner, self.device_owner(escrow));
        self.update_escrow(id, |e| {
            e.paid = to;
            e.spent.user += amount;
            if to == months {
                e.state = EscrowState::Closed;
            }
            if !present.is_zero() {
                e.owner = present;
            }
        });
        self.transfer(self.accounts.escrow, payee, amount)
    }

    pub(crate) fn disconnect(&mut self, call: Call, id: VoucherId) -> Result<(), Refusal> {
        let escrow = self.escrow_in(id, &[EscrowState::Active])?;
        self.owned_device(call, id, escrow)?;
        if !escrow.terms.numbers.flag(Key::EscrowOnDisconnect) || !escrow.in_warranty(call.now) {
            return Ok(());
        }
        self.update_escrow(id, |e| {
            e.owner = call.caller;
            e.since = call.now;
        });
        self.open_stream(id, Stop::Disconnect)
    }

    pub(crate) fn close_escrow(&mut self, call: Call, id: VoucherId) -> Result<(), Refusal> {
        let escrow = self.escrow_in(id, &[EscrowState::Active])?;
        let window_end = escrow.terms.later(escrow.start(), Key::EscrowWindowMonths);
        let last = escrow.start().max(escrow.settled_until);
        let idle_end = escrow.terms.later(last, Key::EscrowIdleMonths);
        if call.now >= window_end {
            self.forfeit(id, Stop::WindowOver)
        } else if call.now >= idle_end {
            self.forfeit(id, Stop::Idle)
        } else {
            Err(Refusal::NotClosable(id))
        }
    }

    /// What the registry says of a device; all zeroes when it does not know it.
    #[must_use]
    pub fn device(&self, connection: Connection, device: u64) -> Device {
        self.devices.copied(&(connection, device))
    }

    /// The escrow of a sold voucher.
    #[must_use]
    pub fn escrow(&self, id: VoucherId) -> Option<&Escrow> {
        self.escrows.get(&id)
    }

    /// All escrows, by voucher.
    pub fn escrows(&self) -> impl Iterator<Item = (VoucherId, &Escrow)> {
        self.escrows.iter().map(|(id, escrow)| (*id, escrow))
    }
}
