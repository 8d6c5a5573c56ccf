//! Minting vouchers: one is needed for each device (economy rules, section 5).

use std::num::NonZeroU64;

use alloy_primitives::{Address, B256, U256};
use milepost_economics::{DeviceType, Key, ParameterSource};

use crate::escrow::{Escrow, EscrowState, SaleTerms};
use crate::table::{Slot, Table, Undo};
use crate::{Call, Effect, Ledger, Refusal, VoucherId};

/// Most vouchers of one purchase.
const MAX_COUNT: u64 = 100;
/// A price has at most so many bits on chain; more can be named for an added type, but not sold.
const MAX_PRICE_BITS: usize = 96;
/// A parameter key has at most 31 characters, the prefix `voucher.price.` 14.
const MAX_TYPE_LENGTH: usize = 17;

/// Price and cap of a type that was added to the six of the parameters; on sale once governance priced it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct AddedType {
    terms: Option<(U256, U256)>,
}

/// Who owns vouchers and how many were sold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Vouchers {
    owners: Table<VoucherId, Address>,
    added: Table<B256, AddedType>,
    sold: Table<B256, u64>,
    last_id: Slot<u64>,
}

impl Undo for Vouchers {
    fn commit(&mut self) {
        self.owners.commit();
        self.added.commit();
        self.sold.commit();
        self.last_id.commit();
    }

    fn rollback(&mut self) {
        self.owners.rollback();
        self.added.rollback();
        self.sold.rollback();
        self.last_id.rollback();
    }
}

/// A type's key on chain: its name, left-aligned.
#[must_use]
pub fn type_key(device: DeviceType) -> B256 {
    let mut word = B256::ZERO;
    word[..device.key().len()].copy_from_slice(device.key().as_bytes());
    word
}

const fn price_and_cap(device: DeviceType) -> (Key, Key) {
    match device {
        DeviceType::Software => (Key::VoucherPriceSoftware, Key::VoucherCapSoftware),
        DeviceType::Dongle => (Key::VoucherPriceDongle, Key::VoucherCapDongle),
        DeviceType::Hub => (Key::VoucherPriceHub, Key::VoucherCapHub),
        DeviceType::DashCam => (Key::VoucherPriceDashCam, Key::VoucherCapDashCam),
        DeviceType::Fleet => (Key::VoucherPriceFleet, Key::VoucherCapFleet),
        DeviceType::Ai => (Key::VoucherPriceAi, Key::VoucherCapAi),
    }
}

fn initial_type(key: B256) -> Option<DeviceType> {
    DeviceType::ALL
        .iter()
        .copied()
        .find(|device| type_key(*device) == key)
}

impl Ledger {
    /// Price and cap (0 = unlimited) of a type that is on sale.
    fn sale_terms(&self, key: B256) -> Result<(U256, U256), Refusal> {
        if let Some(device) = initial_type(key) {
            let (price, cap) = price_and_cap(device);
            return Ok((self.parameters.get(price), self.parameters.get(cap)));
        }
        self.vouchers
            .added
            .get(&key)
            .and_then(|added| added.terms)
            .ok_or(Refusal::TypeNotOnSale(key))
    }

    pub(crate) fn buy(
        &mut self,
        call: Call,
        to: Address,
        key: B256,
        count: u64,
        cost_max: U256,
    ) -> Result<(), Refusal> {
        if count == 0 || count > MAX_COUNT {
            return Err(Refusal::CountOutOfRange(count));
        }
        let (price, cap) = self.sale_terms(key)?;
        let sold = self.vouchers.sold.copied(&key);
        if !cap.is_zero() && U256::from(sold + count) > cap {
            return Err(Refusal::CapReached(key));
        }
        if price.bit_len() > MAX_PRICE_BITS {
            return Err(Refusal::PriceTooLarge(price));
        }
        let cost = price * U256::from(count);
        if cost > cost_max {
            return Err(Refusal::CostAboveLimit(cost));
        }
        if to.is_zero() {
            return Err(Refusal::ZeroAddress);
        }
        let terms = SaleTerms::new(price, self.parameters.snapshot());
        for i in 0..count {
            let id = VoucherId(self.vouchers.last_id.get() + 1);
            self.vouchers.last_id.set(id.0);
            self.vouchers.owners.insert(id, to);
            let number = NonZeroU64::MIN.saturating_add(sold + i);
            self.escrows
                .insert(id, Escrow::sold(key, number, terms.clone()));
        }
        self.vouchers.sold.insert(key, sold + count);
        self.effects.push(Effect::VouchersSold {
            device_type: key,
            count,
        });
        self.transfer(call.caller, self.accounts.escrow, cost)
    }

    pub(crate) fn add_type(&mut self, call: Call, key: B256) -> Result<(), Refusal> {
        if call.caller != self.accounts.governance {
            self.team_without_conflict(call, &[])?;
        }
        let length = key.iter().position(|byte| *byte == 0).unwrap_or(32);
        if length == 0 || length > MAX_TYPE_LENGTH || key[length..].iter().any(|byte| *byte != 0) {
            return Err(Refusal::TypeKey(key));
        }
        if initial_type(key).is_some() || self.vouchers.added.contains(&key) {
            return Err(Refusal::TypeExists(key));
        }
        self.vouchers.added.insert(key, AddedType::default());
        Ok(())
    }

    pub(crate) fn set_type_terms(
        &mut self,
        call: Call,
        key: B256,
        price: U256,
        cap: U256,
    ) -> Result<(), Refusal> {
        self.only_governance(call)?;
        self.vouchers
            .added
            .update(&key, |added| added.terms = Some((price, cap)))
            .ok_or(Refusal::TypeNotOnSale(key))
    }

    pub(crate) fn transfer_voucher(
        &mut self,
        call: Call,
        id: VoucherId,
        to: Address,
    ) -> Result<(), Refusal> {
        self.owned_voucher(call, id)?;
        if to.is_zero() {
            return Err(Refusal::ZeroAddress);
        }
        if self
            .escrow(id)
            .is_none_or(|escrow| escrow.state != EscrowState::Sold)
        {
            return Err(Refusal::VoucherBonded(id));
        }
        self.vouchers.owners.insert(id, to);
        Ok(())
    }

    pub(crate) fn owned_voucher(&self, call: Call, id: VoucherId) -> Result<(), Refusal> {
        if self.voucher_owner(id) == Some(call.caller) {
            Ok(())
        } else {
            Err(Refusal::NotVoucherOwner(id))
        }
    }

    pub(crate) fn move_voucher(&mut self, id: VoucherId, wallet: Address) {
        self.vouchers.owners.insert(id, wallet);
    }

    /// Owner of a voucher; the device's wallet once bonded.
    #[must_use]
    pub fn voucher_owner(&self, id: VoucherId) -> Option<Address> {
        self.vouchers.owners.get(&id).copied()
    }

    /// How many vouchers of a type were sold.
    #[must_use]
    pub fn sold(&self, key: B256) -> u64 {
        self.vouchers.sold.copied(&key)
    }
}
