//! The price of a device: its split, its tranches and what becomes of them (specification, section 5).

use std::num::NonZeroU64;

use milepost_types::{Address, U256, Wei, keccak256};
use serde::Serialize;

use crate::{Key, ParameterSource, TeamCurve, amount, kinds::named};

/// The parts of a price, fixed at sale. `burned + provider + team + treasury = price`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoucherSplit {
    /// What was paid for the voucher.
    pub price: Wei,
    /// Burned when the device is bonded (D4-50).
    pub burned: Wei,
    /// The provider's part over all months (D3-94, D4-54).
    pub provider: Wei,
    /// The team's part over all months (D3-95, D4-53).
    pub team: Wei,
    /// The treasury's part over all months (D3-96).
    pub treasury: Wei,
}

impl VoucherSplit {
    /// What stays in escrow after the burn.
    #[must_use]
    pub fn locked(&self) -> Wei {
        Wei(self.price.0 - self.burned.0)
    }
}

/// Splits the price of the n-th voucher of its type.
#[must_use]
pub fn split_price(p: &dyn ParameterSource, price: Wei, n: NonZeroU64) -> VoucherSplit {
    let curve = TeamCurve::of(p);
    let price = price.0;
    let decay = curve.decay(n);
    let mut burned = amount::ppm_of(price, p.get(Key::EscrowBurnPpm));
    if p.flag(Key::EscrowBurnLessTeam) {
        burned -= curve.part_at(price, decay);
    }
    let locked = price - burned;
    let base = if p.flag(Key::EscrowTeamBase) {
        locked
    } else {
        price
    };
    let team = curve.part_at(base, decay);
    let provider = if p.flag(Key::EscrowRestToProvider) {
        locked - team
    } else {
        amount::bps_of(price, p.get(Key::EscrowProviderBps))
    };
    VoucherSplit {
        price: Wei(price),
        burned: Wei(burned),
        provider: Wei(provider),
        team: Wei(team),
        treasury: Wei(locked - team - provider),
    }
}

/// Sum of tranches 1…k of a total over `months`: equal parts, the dust in the last (D3-104). `k ≤ months`.
#[must_use]
pub fn tranches_up_to(total: Wei, months: u32, k: u32) -> Wei {
    debug_assert!(k <= months && months > 0);
    if k >= months {
        return total;
    }
    Wei(U256::from(k) * (total.0 / U256::from(months)))
}

/// Tranche k of a total over `months`, `1 ≤ k ≤ months`.
#[must_use]
pub fn tranche(total: Wei, months: u32, k: u32) -> Wei {
    debug_assert!(k >= 1);
    Wei(tranches_up_to(total, months, k).0 - tranches_up_to(total, months, k - 1).0)
}

named! {
    /// What happened to the device after some attested months.
    Outcome {
        /// It stayed connected; with fewer months than the escrow has, the record ends there.
        Connected = 0 "connected",
        /// The owner disconnected it.
        Disconnected = 1 "disconnected",
        /// It failed.
        Malfunction = 2 "malfunction",
        /// It stayed connected, but the provider lost its licence.
        ProviderRevoked = 3 "provider-revoked",
    }
}

/// Why a tranche was paid as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The month is attested.
    Connected,
    /// The month is attested, the provider's licence is not live.
    ProviderRevoked,
    /// Unpaid when the owner disconnected or the record ended.
    Disconnected,
    /// Unpaid when the device failed.
    Malfunction,
}

/// Who got the provider's part of a tranche.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recipient {
    /// The holder of the provider licence.
    Provider,
    /// The owner of the device or vehicle, month by month.
    User,
    /// The treasury, at once.
    Treasury,
}

/// One of the monthly parts of the lock, as it was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tranche {
    /// Its number, from 1.
    pub month: u32,
    /// Who got the provider's part.
    pub recipient: Recipient,
    /// Why.
    pub reason: Reason,
    /// To the provider.
    #[serde(rename = "provider_wei", with = "crate::amount::decimal")]
    pub provider: Wei,
    /// To the team.
    #[serde(rename = "team_wei", with = "crate::amount::decimal")]
    pub team: Wei,
    /// To the user.
    #[serde(rename = "user_wei", with = "crate::amount::decimal")]
    pub user: Wei,
    /// To the treasury.
    #[serde(rename = "treasury_wei", with = "crate::amount::decimal")]
    pub treasury: Wei,
}

/// Where the whole price went. `burned + provider + team + user + treasury = price`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Burned when the device was bonded.
    pub burned: Wei,
    /// To the provider.
    pub provider: Wei,
    /// To the team.
    pub team: Wei,
    /// To the user.
    pub user: Wei,
    /// To the treasury.
    pub treasury: Wei,
    /// One entry for each month of the escrow.
    pub tranches: Vec<Tranche>,
}

/// Settles a voucher whose device was connected for `months` and then met `outcome`, once everything is paid.
///
/// Months above `escrow.months` count as that many. "Connected" for fewer is a record that ends and is settled as a
/// disconnection (D3-96). A failure or a disconnection pays the user only inside the warranty (D4-52), that is, when
/// `months < escrow.warranty_months`; otherwise what is unpaid goes to the treasury.
#[must_use]
pub fn settle(
    p: &dyn ParameterSource,
    split: &VoucherSplit,
    months: u32,
    outcome: Outcome,
) -> Settlement {
    let total = months_of(p);
    let connected = months.min(total);
    let warranty = u64::from(connected) < p.number(Key::EscrowWarrantyMonths);
    let (reason, to_user) = match outcome {
        Outcome::Connected | Outcome::Disconnected => (
            Reason::Disconnected,
            warranty && p.flag(Key::EscrowOnDisconnect),
        ),
        Outcome::Malfunction => (
            Reason::Malfunction,
            warranty && p.flag(Key::EscrowOnMalfunction),
        ),
        Outcome::ProviderRevoked => (Reason::ProviderRevoked, p.flag(Key::EscrowOnRevoked)),
    };
    let tranches: Vec<_> = (1..=total)
        .map(|k| {
            let [provider, team, treasury] =
                [split.provider, split.team, split.treasury].map(|part| tranche(part, total, k).0);
            let part = if k <= connected {
                Parts {
                    provider,
                    team,
                    treasury,
                    ..Parts::new(Recipient::Provider, Reason::Connected)
                }
            } else if outcome == Outcome::ProviderRevoked {
                let mut parts = Parts {
                    team,
                    treasury,
                    ..Parts::new(Recipient::User, reason)
                };
                parts.give(provider, to_user);
                parts
            } else {
                let mut parts = Parts {
                    treasury,
                    ..Parts::new(Recipient::User, reason)
                };
                parts.give(provider + team, to_user);
                parts
            };
            part.into_tranche(k)
        })
        .collect();
    let sum = |part: fn(&Tranche) -> Wei| {
        Wei(tranches
            .iter()
            .map(|t| part(t).0)
            .fold(U256::ZERO, |a, b| a + b))
    };
    Settlement {
        burned: split.burned,
        provider: sum(|t| t.provider),
        team: sum(|t| t.team),
        user: sum(|t| t.user),
        treasury: sum(|t| t.treasury),
        tranches,
    }
}

/// Number of tranches, `escrow.months`.
#[must_use]
pub fn months_of(p: &dyn ParameterSource) -> u32 {
    p.number(Key::EscrowMonths)
        .try_into()
        .expect("at most 60 by its bounds")
}

struct Parts {
    provider: U256,
    team: U256,
    user: U256,
    treasury: U256,
    recipient: Recipient,
    reason: Reason,
}

impl Parts {
    const fn new(recipient: Recipient, reason: Reason) -> Self {
        let zero = U256::ZERO;
        Self {
            provider: zero,
            team: zero,
            user: zero,
            treasury: zero,
            recipient,
            reason,
        }
    }

    fn give(&mut self, amount: U256, to_user: bool) {
        if to_user {
            self.recipient = Recipient::User;
            self.user += amount;
        } else {
            self.recipient = Recipient::Treasury;
            self.treasury += amount;
        }
    }

    const fn into_tranche(self, month: u32) -> Tranche {
        Tranche {
            month,
            recipient: self.recipient,
            reason: self.reason,
            provider: Wei(self.provider),
            team: Wei(self.team),
            user: Wei(self.user),
            treasury: Wei(self.treasury),
        }
    }
}

/// Address a voucher for a software connection moves to: that of the vehicle (D3-90).
#[must_use]
pub fn vehicle_address(vehicle_contract: Address, vehicle_id: U256) -> Address {
    let mut words = [0u8; 64];
    words[12..32].copy_from_slice(vehicle_contract.as_slice());
    words[32..].copy_from_slice(&vehicle_id.to_be_bytes::<32>());
    Address::from_word(keccak256(words))
}
