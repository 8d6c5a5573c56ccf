//! Months of the proleptic Gregorian calendar, UTC, in Unix seconds.

const DAY: u128 = 86_400;
const EPOCH_YEAR: u128 = 1970;

/// The time `months` after `time`: same day and time of day, clamped to the end of a shorter month.
///
/// Months are always added to the first time, so a clamp does not stay: 31 January, 28 February, 31 March. Held at
/// `u64::MAX`, 584 billion years off.
#[must_use]
pub fn add_months(time: u64, months: u32) -> u64 {
    let time = u128::from(time);
    let (year, month, day) = date(time / DAY);
    let index = year * 12 + (month - 1) + u128::from(months);
    let (year, month) = (index / 12, index % 12 + 1);
    let day = day.min(days_in(year, month));
    u64::try_from(day_number(year, month, day) * DAY + time % DAY).unwrap_or(u64::MAX)
}

/// The greatest m with `add_months(from, m) ≤ to`; 0 when `to` is before `from`.
#[must_use]
pub fn months_elapsed(from: u64, to: u64) -> u32 {
    if to <= from {
        return 0;
    }
    let (y0, m0, _) = date(u128::from(from) / DAY);
    let (y1, m1, _) = date(u128::from(to) / DAY);
    let months = u32::try_from((y1 * 12 + m1) - (y0 * 12 + m0)).unwrap_or(u32::MAX);
    if add_months(from, months) > to {
        months - 1
    } else {
        months
    }
}

/// The UTC year of a time.
#[must_use]
pub fn year_of(time: u64) -> u64 {
    let (year, _, _) = date(u128::from(time) / DAY);
    u64::try_from(year).unwrap_or(u64::MAX)
}

fn is_leap(year: u128) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u128, month: u128) -> u128 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days before 1 January of a year, counted from year 1.
fn days_before_year(year: u128) -> u128 {
    let y = year - 1;
    y * 365 + y / 4 - y / 100 + y / 400
}

fn days_before_month(year: u128, month: u128) -> u128 {
    (1..month).map(|m| days_in(year, m)).sum()
}

fn day_number(year: u128, month: u128, day: u128) -> u128 {
    days_before_year(year) - days_before_year(EPOCH_YEAR) + days_before_month(year, month) + day - 1
}

/// Year, month and day of a day number counted from 1 January 1970.
fn date(number: u128) -> (u128, u128, u128) {
    let since = number + days_before_year(EPOCH_YEAR);
    // 400 years have 146,097 days: the estimate is at most one year off.
    let mut year = since * 400 / 146_097 + 1;
    while days_before_year(year) > since {
        year -= 1;
    }
    while days_before_year(year + 1) <= since {
        year += 1;
    }
    let rest = since - days_before_year(year);
    let month = (1..=12)
        .rev()
        .find(|m| days_before_month(year, *m) <= rest)
        .expect("no day comes before January");
    (year, month, rest - days_before_month(year, month) + 1)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Datelike, Months};
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> u64 {
        DateTime::parse_from_rfc3339(text)
            .unwrap()
            .timestamp()
            .try_into()
            .unwrap()
    }

    #[test]
    fn a_month_later_is_clamped_to_the_end_of_the_month() {
        assert_eq!(
            add_months(at("2027-01-31T12:34:56Z"), 1),
            at("2027-02-28T12:34:56Z")
        );
        assert_eq!(
            add_months(at("2028-01-31T00:00:00Z"), 1),
            at("2028-02-29T00:00:00Z")
        );
        assert_eq!(
            add_months(at("2027-01-31T12:34:56Z"), 2),
            at("2027-03-31T12:34:56Z")
        );
        assert_eq!(
            add_months(at("2028-02-29T23:59:59Z"), 24),
            at("2030-02-28T23:59:59Z")
        );
        assert_eq!(
            add_months(at("2099-12-31T00:00:00Z"), 2),
            at("2100-02-28T00:00:00Z")
        );
        assert_eq!(add_months(u64::MAX, u32::MAX), u64::MAX);
    }

    proptest! {
        #[test]
        fn months_agree_with_chrono(time in 0u64..253_402_300_799, months in 0u32..1200) {
            let start = DateTime::from_timestamp(time.try_into().unwrap(), 0).unwrap();
            let later = start.checked_add_months(Months::new(months)).unwrap();
            prop_assert_eq!(add_months(time, months), u64::try_from(later.timestamp()).unwrap());
            prop_assert_eq!(year_of(time), u64::try_from(start.year()).unwrap());
        }

        #[test]
        fn elapsed_months_are_the_greatest_that_fit(from in 0u64..8_000_000_000, length in 0u64..4_000_000_000) {
            let months = months_elapsed(from, from + length);
            prop_assert!(add_months(from, months) <= from + length);
            prop_assert!(add_months(from, months + 1) > from + length);
        }
    }
}
