//! Arithmetic of the rules, each step as docs/specs/economy.md writes it.

use alloy_primitives::{U256, U512};
use milepost_economics::{Key, LicenseKind};

use crate::{License, Parameters};

const DAY: u64 = 86_400;

fn one_token() -> U256 {
    U256::from(10u64.pow(18))
}

/// `floor(a × b / c)`, exact for any product. Zero for `c` = 0 does not occur: callers divide by counts and pools.
pub(crate) fn mul_div_floor(a: U256, b: U256, c: U256) -> U256 {
    let product: U512 = a.widening_mul(b);
    U256::from(product / U512::from(c))
}

/// `ceil(a × b / c)`.
pub(crate) fn mul_div_ceil(a: U256, b: U256, c: U256) -> U256 {
    let product: U512 = a.widening_mul(b);
    U256::from(product.div_ceil(U512::from(c)))
}

// Calendar --------------------------------------------------------------------------------------------------------

/// Year, month (1…12) and day (1…31) of a day counted from 1 January 1970.
fn date(day: u64) -> (u64, u64, u64) {
    let mut year = 1970;
    let mut rest = day;
    while rest >= year_days(year) {
        rest -= year_days(year);
        year += 1;
    }
    let mut month = 1;
    while rest >= month_days(year, month) {
        rest -= month_days(year, month);
        month += 1;
    }
    (year, month, rest + 1)
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn year_days(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

const fn month_days(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub(crate) fn year_of(time: u64) -> u64 {
    date(time / DAY).0
}

/// Months since January 1970.
pub(crate) fn month_of(time: u64) -> u64 {
    let (year, month, _) = date(time / DAY);
    (year - 1970) * 12 + month - 1
}

/// The same day and time of day some months later, clamped to the end of a shorter month.
pub(crate) fn add_months(time: u64, months: u64) -> u64 {
    let (year, month, day) = date(time / DAY);
    let index = year * 12 + month - 1 + months;
    let (year, month) = (index / 12, index % 12 + 1);
    let before: u64 = (1970..year).map(year_days).sum::<u64>();
    let before = before + (1..month).map(|m| month_days(year, m)).sum::<u64>();
    (before + day.min(month_days(year, month)) - 1) * DAY + time % DAY
}

// Stakes and burns ------------------------------------------------------------------------------------------------

/// Whether a requirement does not depend on usage, so that grandfathering can keep it.
pub(crate) fn is_fixed_kind(p: &Parameters, kind: LicenseKind) -> bool {
    match kind {
        LicenseKind::Provider | LicenseKind::Client => true,
        LicenseKind::Node => !p.get(Key::StakeNodeUsd).is_zero(),
        _ => false,
    }
}

/// Requirement by kind, without grandfathering and without what the team added.
pub(crate) fn base_requirement(p: &Parameters, price: U256, license: &License) -> U256 {
    let users = U256::from(license.users);
    let pegged = |usd: U256| {
        if price.is_zero() {
            U256::MAX
        } else {
            usd / price * one_token()
        }
    };
    match license.kind {
        LicenseKind::Provider => match p.get(Key::StakeProviderUsd) {
            usd if usd.is_zero() => p.get(Key::StakeProvider),
            usd => pegged(usd),
        },
        LicenseKind::Client => p.get(Key::StakeClient),
        LicenseKind::Node => match p.get(Key::StakeNodeUsd) {
            usd if usd.is_zero() => {
                p.get(Key::StakeNodeBase) + p.get(Key::StakeNodePerUser) * users
            }
            usd => pegged(usd),
        },
        LicenseKind::App => {
            let free = p.get(Key::StakeAppFreeUsers);
            if users <= free {
                U256::ZERO
            } else {
                p.get(Key::StakeApp) + p.get(Key::StakeAppPerUser) * (users - free)
            }
        }
        LicenseKind::Operator | LicenseKind::Broker => {
            let factor = p.get(CLASS_FACTORS[license.class as usize]);
            let scaled = mul_div_floor(
                lock_up(p, U256::from(license.units)),
                factor,
                U256::from(10_000),
            );
            scaled.max(p.get(Key::StakeCurveMin))
        }
        LicenseKind::DeviceType => U256::ZERO,
    }
}

const CLASS_FACTORS: [Key; 7] = [
    Key::StakeClassBps0,
    Key::StakeClassBps1,
    Key::StakeClassBps2,
    Key::StakeClassBps3,
    Key::StakeClassBps4,
    Key::StakeClassBps5,
    Key::StakeClassBps6,
];

/// Linear through the points of the curve, beyond the last along the last segment.
fn lock_up(p: &Parameters, units: U256) -> U256 {
    let points = [
        (U256::ZERO, p.get(Key::StakeCurveY0)),
        (p.get(Key::StakeCurveX1), p.get(Key::StakeCurveY1)),
        (p.get(Key::StakeCurveX2), p.get(Key::StakeCurveY2)),
        (p.get(Key::StakeCurveX3), p.get(Key::StakeCurveY3)),
    ];
    let segment = points
        .windows(2)
        .rposition(|pair| units >= pair[0].0)
        .unwrap_or(0);
    let ((x, y), (x_next, y_next)) = (points[segment], points[segment + 1]);
    y + mul_div_floor(y_next - y, units - x, x_next - x)
}

/// What an app burns for the users of a month.
pub(crate) fn app_burn(p: &Parameters, users: u64) -> U256 {
    let users = U256::from(users);
    if users <= p.get(Key::BurnAppFreeUsers) {
        return U256::ZERO;
    }
    let (step, amount) = (p.get(Key::BurnAppUsers), p.get(Key::BurnAppAmount));
    match p.number(Key::BurnRounding) {
        0 => users / step * amount,
        1 => mul_div_floor(users, amount, step),
        _ => users.div_ceil(step) * amount,
    }
}

// Devices ---------------------------------------------------------------------------------------------------------

/// `max(x × cap × ratio^(n−1), x × floor)`, every step rounded down.
pub(crate) fn team_part(
    x: U256,
    cap_ppm: U256,
    floor_ppm: U256,
    ratio_ppm: U256,
    number: u64,
) -> U256 {
    let one = U256::from(1) << 127;
    let ppm = U256::from(1_000_000);
    let mut base = one * ratio_ppm / ppm;
    let mut power = one;
    let mut exponent = number - 1;
    while exponent > 0 {
        if exponent % 2 == 1 {
            power = power * base / one;
        }
        base = base * base / one;
        exponent /= 2;
    }
    let curve: U256 = x * cap_ppm * power / (ppm * one);
    curve.max(x * floor_ppm / ppm)
}

/// Tranche `k` of a total over `months`; the last one takes the dust.
pub(crate) fn tranche(total: U256, k: u64, months: u64) -> U256 {
    let share = total / U256::from(months);
    if k == months {
        total - share * U256::from(months - 1)
    } else {
        share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_clamp_to_the_end_of_shorter_ones_and_keep_the_time_of_day() {
        let jan31 = 1_706_688_000 + 3_661; // 2024-01-31T08:00:00Z + 1:01:01
        assert_eq!(add_months(jan31, 1), jan31 + 29 * DAY); // 29 February 2024
        assert_eq!(add_months(jan31, 2), jan31 + 60 * DAY); // 31 March
        assert_eq!(add_months(jan31, 12), jan31 + 366 * DAY);
        assert_eq!(add_months(0, 240), (20 * 365 + 5) * DAY);
        assert_eq!(month_of(jan31), 54 * 12);
        assert_eq!(year_of(1_704_067_199), 2023);
        assert_eq!(year_of(1_704_067_200), 2024);
    }
}
