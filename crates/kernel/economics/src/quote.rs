//! Answers for calculators: where the price of a voucher goes, and what a licence needs.

use std::num::NonZeroU64;

use milepost_types::{U256, Wei};
use serde::Serialize;
use thiserror::Error;

use crate::{
    DeviceType, FunctionClass, Key, LicenseKind, Profile, amount, burn,
    escrow::{self, Outcome, Tranche},
    profile::display_value,
    stake::{self, LockUpCurve, UNPRICED, Usage, Usd18},
};

/// Where the price of a voucher goes. `price = burned + provider + team + user + treasury`, to the wei.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VoucherQuote {
    /// Profile it is computed with.
    pub profile: String,
    /// Type of the device.
    #[serde(rename = "type")]
    pub device: DeviceType,
    /// Number of the voucher in its type, from 1; it decides the team's part.
    pub n: NonZeroU64,
    /// Months the device was connected, at most those of the escrow.
    pub months: u32,
    /// What was asked.
    pub outcome: Outcome,
    /// What it was settled as: "connected" for fewer months than the escrow has is a disconnection.
    pub settled_as: Outcome,
    /// What the amounts are in.
    pub currency: String,
    /// Price.
    #[serde(rename = "price_wei", with = "amount::decimal")]
    pub price: Wei,
    /// Burned when the device is bonded.
    #[serde(rename = "burned_wei", with = "amount::decimal")]
    pub burned: Wei,
    /// To the provider.
    #[serde(rename = "provider_wei", with = "amount::decimal")]
    pub provider: Wei,
    /// To the team.
    #[serde(rename = "team_wei", with = "amount::decimal")]
    pub team: Wei,
    /// To the user.
    #[serde(rename = "user_wei", with = "amount::decimal")]
    pub user: Wei,
    /// To the treasury.
    #[serde(rename = "treasury_wei", with = "amount::decimal")]
    pub treasury: Wei,
    /// Month by month.
    pub tranches: Vec<Tranche>,
}

/// What a licence needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StakeQuote {
    /// Profile it is computed with.
    pub profile: String,
    /// Kind of the licence.
    pub license: LicenseKind,
    /// Users it connects or serves.
    pub users: u64,
    /// Units it consumes.
    pub units: u64,
    /// Most far-reaching functionality.
    pub class: FunctionClass,
    /// Stake.
    #[serde(rename = "requirement_wei", with = "amount::decimal")]
    pub requirement: Wei,
    /// Burn for a month with these users.
    #[serde(rename = "monthly_burn_wei", with = "amount::decimal")]
    pub monthly_burn: Wei,
    /// The sum in words and tokens, so that it can be checked by hand (C-04).
    pub arithmetic: String,
}

/// Why there is no quote.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QuoteError {
    /// The stake is in dollars and no price is known.
    #[error(
        "the stake of a {kind} is pegged to {usd} in this profile; a price in dollars for a token is needed"
    )]
    PriceNeeded {
        /// The kind.
        kind: LicenseKind,
        /// The dollar amount.
        usd: Usd18,
    },
}

/// Where the price of the n-th voucher of a type goes when its device was connected for `months` and then met `outcome`.
#[must_use]
pub fn voucher_quote(
    profile: &Profile,
    device: DeviceType,
    n: NonZeroU64,
    months: u32,
    outcome: Outcome,
) -> VoucherQuote {
    let price = profile.wei(Key::voucher_price(device));
    let settled = escrow::settle(
        profile,
        &escrow::split_price(profile, price, n),
        months,
        outcome,
    );
    let total = escrow::months_of(profile);
    let currency = display_value(Key::VoucherCurrency, profile.get(Key::VoucherCurrency));
    VoucherQuote {
        profile: profile.name().to_owned(),
        device,
        n,
        months: months.min(total),
        outcome,
        settled_as: match outcome {
            _ if months >= total => Outcome::Connected,
            Outcome::Connected => Outcome::Disconnected,
            other => other,
        },
        currency: currency.to_uppercase(),
        price,
        burned: settled.burned,
        provider: settled.provider,
        team: settled.team,
        user: settled.user,
        treasury: settled.treasury,
        tranches: settled.tranches,
    }
}

/// What a new licence needs at this usage. `price`: dollars for a token, for kinds that are pegged.
///
/// # Errors
/// [`QuoteError::PriceNeeded`] for a pegged kind without price, or with a price of zero.
pub fn stake_quote(
    profile: &Profile,
    license: LicenseKind,
    usage: Usage,
    price: Option<Usd18>,
) -> Result<StakeQuote, QuoteError> {
    let requirement = stake::base(profile, license, usage, price).amount;
    let usd = peg_of(profile, license);
    if let (UNPRICED, Some(usd)) = (requirement, usd) {
        return Err(QuoteError::PriceNeeded { kind: license, usd });
    }
    let monthly_burn = match license {
        LicenseKind::App => burn::app_burn(profile, usage.users),
        _ => Wei(U256::ZERO),
    };
    let result = amount::format_tokens(requirement);
    let arithmetic = match (usd, price) {
        (Some(usd), Some(price)) => format!("floor({usd} / {price}) = {result}"),
        _ => format!("{} = {result}", sum_in_words(profile, license, usage)),
    };
    Ok(StakeQuote {
        profile: profile.name().to_owned(),
        license,
        users: usage.users,
        units: usage.units,
        class: usage.class,
        requirement,
        monthly_burn,
        arithmetic,
    })
}

fn peg_of(profile: &Profile, license: LicenseKind) -> Option<Usd18> {
    let key = match license {
        LicenseKind::Provider => Key::StakeProviderUsd,
        LicenseKind::Node => Key::StakeNodeUsd,
        _ => return None,
    };
    Some(Usd18(profile.get(key))).filter(|usd| !usd.0.is_zero())
}

fn sum_in_words(profile: &Profile, license: LicenseKind, usage: Usage) -> String {
    let tokens = |key| amount::format_tokens(profile.wei(key));
    let users = usage.users;
    match license {
        LicenseKind::Provider => "stake of a provider".to_owned(),
        LicenseKind::Client => "stake of a client".to_owned(),
        LicenseKind::Node => {
            format!(
                "{} + {} × {users} users",
                tokens(Key::StakeNodeBase),
                tokens(Key::StakeNodePerUser)
            )
        }
        LicenseKind::App => {
            let free = profile.number(Key::StakeAppFreeUsers);
            if users <= free {
                format!("{users} users, free up to {free}")
            } else {
                let (flat, each) = (tokens(Key::StakeApp), tokens(Key::StakeAppPerUser));
                format!("{flat} + {each} × ({users} − {free} users)")
            }
        }
        LicenseKind::Operator | LicenseKind::Broker => {
            let curve = amount::format_tokens(LockUpCurve::of(profile).at(usage.units));
            let factor = stake::class_factor(profile, usage.class);
            let least = tokens(Key::StakeCurveMin);
            format!(
                "max({least}, {curve} at {} units × {factor} / 10000)",
                usage.units
            )
        }
        LicenseKind::DeviceType => "no stake of its own".to_owned(),
    }
}
