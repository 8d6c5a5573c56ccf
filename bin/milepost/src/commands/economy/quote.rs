//! Calculators that need no chain, so that anyone can check the rules.

use std::num::NonZeroU64;

use anyhow::{Context as _, Result};
use milepost_economics::{
    DeviceType, FunctionClass, LicenseKind, Profile,
    amount::parse_units,
    escrow::Outcome,
    stake::{Usage, Usd18},
    stake_quote, voucher_quote,
};

use crate::{
    cli::{StakeQuoteArgs, VoucherQuoteArgs},
    out::say,
};

/// Where the price of a voucher goes.
pub(super) fn voucher(args: &VoucherQuoteArgs, json: bool) -> Result<()> {
    let profile = Profile::load(&args.profile)?;
    let device: DeviceType = args.device_type.parse().context("--type")?;
    let outcome: Outcome = args.outcome.parse().context("--outcome")?;
    let n = NonZeroU64::new(args.n).context("--n starts at 1")?;
    let quote = voucher_quote(&profile, device, n, args.months, outcome);
    if json {
        say(serde_json::to_string_pretty(&quote)?)?;
    } else {
        say(quote.render_table())?;
    }
    Ok(())
}

/// What a licence needs.
pub(super) fn stake(args: &StakeQuoteArgs, json: bool) -> Result<()> {
    let profile = Profile::load(&args.profile)?;
    let license: LicenseKind = args.licence.parse().context("--licence")?;
    let class = FunctionClass::ALL
        .get(usize::from(args.class))
        .copied()
        .context("--class")?;
    let price = args
        .usd_per_dimo
        .as_deref()
        .map(parse_units)
        .transpose()
        .context("--usd-per-dimo")?
        .map(Usd18);
    let usage = Usage {
        users: args.users,
        units: args.units.unwrap_or(args.users),
        class,
    };
    let quote = stake_quote(&profile, license, usage, price)?;
    if json {
        say(serde_json::to_string_pretty(&quote)?)?;
    } else {
        say(quote.render_table())?;
    }
    Ok(())
}
