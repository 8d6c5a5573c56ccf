//! Balances of `$DIMO`. Allowances are not modelled: every account of a history approves the contracts without limit.

use alloy_primitives::{Address, U256};

use crate::Refusal;
use crate::table::{Slot, Table, Undo};

/// Who holds how much, how much was created and how much was burned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tokens {
    balances: Table<Address, U256>,
    minted: Slot<U256>,
    burned: Slot<U256>,
}

impl Tokens {
    pub(crate) fn balance(&self, account: Address) -> U256 {
        self.balances.copied(&account)
    }

    pub(crate) fn burned(&self) -> U256 {
        self.burned.get()
    }

    pub(crate) fn supply(&self) -> U256 {
        self.minted.get() - self.burned.get()
    }

    pub(crate) fn holders(&self) -> impl Iterator<Item = (Address, U256)> + '_ {
        self.balances
            .iter()
            .map(|(account, amount)| (*account, *amount))
    }

    pub(crate) fn mint(&mut self, to: Address, amount: U256) {
        self.minted.set(self.minted.get() + amount);
        self.balances.entry(to, |balance| *balance += amount);
    }

    pub(crate) fn transfer(
        &mut self,
        from: Address,
        to: Address,
        amount: U256,
    ) -> Result<(), Refusal> {
        if to.is_zero() {
            return Err(Refusal::ZeroAddress);
        }
        self.debit(from, amount)?;
        self.balances.entry(to, |balance| *balance += amount);
        Ok(())
    }

    pub(crate) fn burn(&mut self, from: Address, amount: U256) -> Result<(), Refusal> {
        self.debit(from, amount)?;
        self.burned.set(self.burned.get() + amount);
        Ok(())
    }

    fn debit(&mut self, from: Address, amount: U256) -> Result<(), Refusal> {
        let balance = self.balance(from);
        let rest = balance
            .checked_sub(amount)
            .ok_or(Refusal::BalanceTooSmall {
                account: from,
                balance,
                needed: amount,
            })?;
        self.balances.entry(from, |balance| *balance = rest);
        Ok(())
    }
}

impl Undo for Tokens {
    fn commit(&mut self) {
        self.balances.commit();
        self.minted.commit();
        self.burned.commit();
    }

    fn rollback(&mut self) {
        self.balances.rollback();
        self.minted.rollback();
        self.burned.rollback();
    }
}
