//! Whether a provider is licensed, from events alone: what the contract that the registry asks would answer at the
//! block the index is at (D3-76).

use milepost_types::{Address, U256};

use crate::{
    apply::{
        COURT, KEY_GRANDFATHER, KEY_PROVIDER, KEY_PROVIDER_USD, KIND_PROVIDER, PEG_PRICE,
        PROVIDER_STAKE, STATE_APPROVED,
    },
    rows::{License, StakeRow},
    shared::provider_stake_default,
    state::State,
};

/// A network has the book or the deployed contract, never both (the settings refuse it), so rows of one kind only.
pub(crate) fn is_licensed(state: &State, holder: Address) -> bool {
    is_active_in_the_book(state, holder) || is_licensed_as_deployed(state, holder)
}

/// Licence NFT held and not suspended, stake at or above the higher of the general and the raised requirement.
fn is_licensed_as_deployed(state: &State, holder: Address) -> bool {
    let tables = &state.tables;
    let in_force = state
        .indexes
        .provider_licenses(holder)
        .filter_map(|token| tables.provider_licenses.get(&(token,)))
        .any(|license| license.suspended_for.is_none());
    let general = parameter(state, PROVIDER_STAKE).unwrap_or_else(provider_stake_default);
    let (staked, raised) = tables
        .provider_stakes
        .get(&(holder,))
        .map_or((U256::ZERO, U256::ZERO), |row| {
            (row.staked, row.required_min)
        });
    in_force && staked >= general.max(raised)
}

/// A provider licence approved and covered, and no debt to the court that the book asks. Monthly burns are owed by
/// apps only.
fn is_active_in_the_book(state: &State, holder: Address) -> bool {
    let tables = &state.tables;
    let now = state.head.map_or(0, |head| head.time.as_secs());
    let now = u64::try_from(now).unwrap_or(0);
    let active = state
        .indexes
        .licenses(holder)
        .filter_map(|license| tables.licenses.get(&(license,)))
        .filter(|license| license.kind == KIND_PROVIDER && license.state == STATE_APPROVED)
        .any(|license| is_covered(state, license, now));
    active && !is_in_debt(state, holder)
}

fn is_in_debt(state: &State, holder: Address) -> bool {
    let court = parameter(state, COURT).unwrap_or_default();
    let court = Address::from_word(court.into());
    let debt = state.tables.court_debts.get(&(court, holder));
    debt.is_some_and(|debt| !debt.owed.is_zero())
}

/// Counted stake at the requirement, or inside the top-up window at the one before the growth.
fn is_covered(state: &State, license: &License, now: u64) -> bool {
    let row = state.tables.stakes.get(&(license.license,));
    let staked = row.map_or(U256::ZERO, |row| counted(row, now));
    staked >= requirement(state, license)
        || (now <= license.grace_until && staked >= license.grace_requirement)
}

/// Stake without a loan that is due.
fn counted(row: &StakeRow, now: u64) -> U256 {
    let loan = if now < row.loan_due_at {
        row.loan
    } else {
        U256::ZERO
    };
    row.own.saturating_add(row.partner).saturating_add(loan)
}

/// Of an approved provider. A number that nobody announced is out of reach, as the contract reverts then.
fn requirement(state: &State, license: &License) -> U256 {
    let usd = parameter(state, KEY_PROVIDER_USD).unwrap_or_default();
    let mut base = if usd.is_zero() {
        parameter(state, KEY_PROVIDER).unwrap_or(U256::MAX)
    } else {
        pegged(usd, parameter(state, PEG_PRICE).unwrap_or_default())
    };
    if parameter(state, KEY_GRANDFATHER).is_some_and(|flag| !flag.is_zero()) {
        base = base.min(license.base_at_approval);
    }
    base.max(license.raised)
}

/// Whole tokens (C-13); out of reach before the first price.
fn pegged(usd: U256, price: U256) -> U256 {
    let token = U256::from(1_000_000_000_000_000_000u64);
    usd.checked_div(price)
        .map_or(U256::MAX, |tokens| tokens.saturating_mul(token))
}

fn parameter(state: &State, name: &str) -> Option<U256> {
    let row = state.tables.parameters.get(&(name.to_owned(),));
    row.map(|row| row.value)
}
