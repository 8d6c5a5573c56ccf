//! Stakes of all licences (economy rules, section 3).

use alloy_primitives::{Address, U256};
use milepost_economics::stake::{self, VaultView};
use milepost_economics::{Key, LicenseKind, ParameterSource};
use milepost_types::Wei;

use crate::shares;
use crate::table::{Slot, Table, Undo};
use crate::{Call, Effect, Ledger, LicenseId, LicenseState, Refusal};

/// Who posted a part of a stake; slashed in this order. The numbers are those of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum StakeClass {
    /// The holder.
    Own = 0,
    /// A financing partner.
    Partner = 1,
    /// The foundation, as a loan.
    Loan = 2,
}

impl StakeClass {
    /// In the order in which a slash empties them.
    pub const ALL: [Self; 3] = [Self::Own, Self::Partner, Self::Loan];
}

/// One class of a vault: posters own shares, so a slash needs no list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pool {
    /// Tokens in it.
    pub amount: U256,
    /// Shares of this epoch.
    pub shares: U256,
    /// Counts how often it was emptied; shares of an earlier epoch are void.
    pub epoch: u64,
}

/// The stake of a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vault {
    /// By class.
    pub pools: [Pool; 3],
    /// When the loan must be back; zero without a loan.
    pub loan_due_at: u64,
    /// Cases that hold it.
    pub challenges: u64,
    /// Last case that restarts the release delay.
    pub restarted_at: u64,
}

impl Vault {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> U256 {
        self.pools.iter().map(|pool| pool.amount).sum()
    }

    fn loan_past_due(&self, now: u64) -> bool {
        self.loan_due_at != 0 && now >= self.loan_due_at
    }

    fn counted(&self, now: u64) -> U256 {
        let loan = self.pools[StakeClass::Loan as usize].amount;
        if self.loan_past_due(now) {
            self.total() - loan
        } else {
            self.total()
        }
    }
}

/// All vaults.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Vaults {
    vaults: Table<LicenseId, Vault>,
    shares: Table<(LicenseId, u8, u64, Address), U256>,
    total: Slot<U256>,
}

impl Undo for Vaults {
    fn commit(&mut self) {
        self.vaults.commit();
        self.shares.commit();
        self.total.commit();
    }

    fn rollback(&mut self) {
        self.vaults.rollback();
        self.shares.rollback();
        self.total.rollback();
    }
}

impl Ledger {
    pub(crate) fn stake(&mut self, call: Call, id: LicenseId, amount: U256) -> Result<(), Refusal> {
        let own = self.licence(id)?.holder == call.caller;
        if !own && !self.parameters.flag(Key::StakeThirdParty) {
            return Err(Refusal::ThirdPartyNotAllowed);
        }
        self.post(
            call,
            id,
            if own {
                StakeClass::Own
            } else {
                StakeClass::Partner
            },
            amount,
        )
    }

    pub(crate) fn lend(
        &mut self,
        call: Call,
        id: LicenseId,
        amount: U256,
        due_at: u64,
    ) -> Result<(), Refusal> {
        if call.caller != self.accounts.foundation {
            return Err(Refusal::NotFoundation(call.caller));
        }
        let vault = self.vault(id);
        if due_at <= call.now || due_at < vault.loan_due_at {
            return Err(Refusal::LoanDueTooEarly);
        }
        self.post(call, id, StakeClass::Loan, amount)?;
        self.vaults.vaults.entry(id, |v| v.loan_due_at = due_at);
        Ok(())
    }

    fn post(
        &mut self,
        call: Call,
        id: LicenseId,
        class: StakeClass,
        amount: U256,
    ) -> Result<(), Refusal> {
        let license = self.licence(id)?;
        if !license.state.is_live() {
            return Err(Refusal::WrongLicenseState(id, license.state));
        }
        if amount.is_zero() {
            return Err(Refusal::ZeroAmount);
        }
        let pool = self.vault(id).pools[class as usize];
        let shares = if pool.amount.is_zero() {
            amount
        } else {
            shares::mul_div_floor(amount, pool.shares, pool.amount).ok_or(Refusal::TooManyShares)?
        };
        if shares.is_zero() {
            return Err(Refusal::NoShares);
        }
        // A pool that slashes left with dust gives so many shares that their number ends.
        let all_shares = pool
            .shares
            .checked_add(shares)
            .ok_or(Refusal::TooManyShares)?;
        self.vaults.vaults.entry(id, |v| {
            let pool = &mut v.pools[class as usize];
            pool.amount += amount;
            pool.shares = all_shares;
        });
        self.vaults
            .shares
            .entry((id, class as u8, pool.epoch, call.caller), |owned| {
                *owned += shares
            });
        self.vaults.total.set(self.vaults.total.get() + amount);
        self.effects.push(Effect::Staked {
            license: id,
            class,
            amount,
        });
        self.transfer(call.caller, self.accounts.vault, amount)
    }

    pub(crate) fn withdraw(
        &mut self,
        call: Call,
        id: LicenseId,
        class: StakeClass,
        amount: U256,
    ) -> Result<(), Refusal> {
        self.licence(id)?;
        if class == StakeClass::Loan && call.caller != self.accounts.foundation {
            return Err(Refusal::NotFoundation(call.caller));
        }
        if amount.is_zero() {
            return Err(Refusal::ZeroAmount);
        }
        let posted = self.posted_by(id, class, call.caller);
        if amount > posted {
            return Err(Refusal::StakeTooSmall {
                posted,
                wanted: amount,
            });
        }
        let free = self.free_of(call.now, id, class);
        if amount > free {
            return Err(Refusal::StakeLocked {
                free,
                wanted: amount,
            });
        }
        let pool = self.vault(id).pools[class as usize];
        let shares = shares::mul_div_ceil(amount, pool.shares, pool.amount);
        self.vaults
            .shares
            .entry((id, class as u8, pool.epoch, call.caller), |owned| {
                *owned -= shares
            });
        self.vaults.vaults.entry(id, |v| {
            take_from(&mut v.pools[class as usize], amount, shares);
            forget_repaid_loan(v);
        });
        self.vaults.total.set(self.vaults.total.get() - amount);
        self.effects.push(Effect::Withdrawn {
            license: id,
            class,
            amount,
        });
        self.transfer(self.accounts.vault, call.caller, amount)
    }

    /// What may leave a class: a loan past due always, the rest as far as the licence does not need it.
    fn free_of(&self, now: u64, id: LicenseId, class: StakeClass) -> U256 {
        let vault = self.vault(id);
        if class == StakeClass::Loan && vault.loan_past_due(now) {
            return if vault.challenges == 0 {
                vault.pools[class as usize].amount
            } else {
                U256::ZERO
            };
        }
        self.withdrawable(now, id)
    }

    // Court only --------------------------------------------------------------------------------------------------

    pub(crate) fn lock_vault(&mut self, id: LicenseId) {
        self.vaults.vaults.entry(id, |v| v.challenges += 1);
    }

    pub(crate) fn unlock_vault(&mut self, now: u64, id: LicenseId, succeeded: bool) {
        let restarts = stake::restarts_release(&self.parameters, succeeded);
        self.vaults.vaults.entry(id, |v| {
            v.challenges -= 1;
            if restarts {
                v.restarted_at = now;
            }
        });
    }

    /// Takes up to `amount` for the court: own stake first, then partners, then the loan.
    pub(crate) fn slash(&mut self, id: LicenseId, amount: U256) -> Result<U256, Refusal> {
        let mut left = amount.min(self.vault(id).total());
        let taken = left;
        self.vaults.vaults.entry(id, |v| {
            for pool in &mut v.pools {
                let cut = left.min(pool.amount);
                left -= cut;
                if !cut.is_zero() {
                    take_from(pool, cut, U256::ZERO);
                }
            }
            forget_repaid_loan(v);
        });
        self.vaults.total.set(self.vaults.total.get() - taken);
        self.effects.push(Effect::Slashed {
            license: id,
            amount: taken,
        });
        self.transfer(self.accounts.vault, self.accounts.court, taken)?;
        Ok(taken)
    }

    // Views -------------------------------------------------------------------------------------------------------

    /// The vault of a licence.
    #[must_use]
    pub fn vault(&self, id: LicenseId) -> Vault {
        self.vaults.vaults.copied(&id)
    }

    /// All stake of a licence.
    #[must_use]
    pub fn stake_of(&self, id: LicenseId) -> U256 {
        self.vault(id).total()
    }

    /// Stake of all licences; the balance of the vault contract.
    #[must_use]
    pub fn total_staked(&self) -> U256 {
        self.vaults.total.get()
    }

    /// Stake without a loan past due.
    #[must_use]
    pub fn counted_stake(&self, now: u64, id: LicenseId) -> U256 {
        self.vault(id).counted(now)
    }

    /// Cases that hold the vault.
    #[must_use]
    pub fn open_challenges(&self, id: LicenseId) -> u64 {
        self.vault(id).challenges
    }

    /// What a poster owns of a class. The loan is the foundation's.
    #[must_use]
    pub fn posted_by(&self, id: LicenseId, class: StakeClass, poster: Address) -> U256 {
        let pool = self.vault(id).pools[class as usize];
        if class == StakeClass::Loan {
            return pool.amount;
        }
        let shares = self
            .vaults
            .shares
            .copied(&(id, class as u8, pool.epoch, poster));
        if shares.is_zero() {
            U256::ZERO
        } else {
            // A poster has at most all shares, and with them the amount of the pool.
            shares::mul_div_floor(shares, pool.amount, pool.shares).unwrap_or(pool.amount)
        }
    }

    /// Counted stake that may leave now.
    #[must_use]
    pub fn withdrawable(&self, now: u64, id: LicenseId) -> U256 {
        let Some(license) = self.license(id) else {
            return U256::ZERO;
        };
        // A licence that ends would leave a burn that is due behind.
        if !license.burns.is_empty() {
            return U256::ZERO;
        }
        let view = match license.state {
            LicenseState::Applied | LicenseState::Rejected | LicenseState::Released => {
                VaultView::Free
            }
            LicenseState::Approved => VaultView::Approved {
                requirement: Wei(self.requirement(id)),
            },
            LicenseState::Suspended => VaultView::Suspended,
            LicenseState::Revoked | LicenseState::Renounced => VaultView::Ended {
                release_at: self.release_at(id),
                users: license.users,
            },
        };
        let vault = self.vault(id);
        stake::withdrawable(view, Wei(vault.counted(now)), vault.challenges, now).0
    }

    /// When the stake of an ended licence is free; zero while it is not ended.
    #[must_use]
    pub fn release_at(&self, id: LicenseId) -> u64 {
        self.license(id)
            .filter(|license| license.ended_at != 0)
            .map_or(0, |license| {
                let restarted = self.vault(id).restarted_at;
                stake::release_at(&self.parameters, license.ended_at, Some(restarted))
            })
    }

    /// True for an ended licence: release time reached, no challenge open, no users left, no burn due.
    #[must_use]
    pub fn is_releasable(&self, now: u64, id: LicenseId) -> bool {
        self.license(id).is_some_and(|license| {
            license.state.is_ended()
                && now >= self.release_at(id)
                && self.open_challenges(id) == 0
                && license.users == 0
                && license.burns.is_empty()
        })
    }

    /// Whether an account is a provider in good standing.
    #[must_use]
    pub fn is_licensed(&self, now: u64, holder: Address) -> bool {
        self.license_of(holder, LicenseKind::Provider)
            .is_some_and(|id| self.is_active(now, id))
    }
}

/// Takes tokens and shares out of a pool; an emptied one begins a new epoch.
fn take_from(pool: &mut Pool, amount: U256, shares: U256) {
    pool.amount -= amount;
    pool.shares -= shares;
    if pool.amount.is_zero() {
        pool.shares = U256::ZERO;
        pool.epoch += 1;
    }
}

fn forget_repaid_loan(vault: &mut Vault) {
    if vault.pools[StakeClass::Loan as usize].amount.is_zero() {
        vault.loan_due_at = 0;
    }
}
