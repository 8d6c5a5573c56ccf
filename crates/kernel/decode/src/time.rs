//! When something was measured, and which times are believed.

use milepost_types::Timestamp;

use crate::fields;

/// How far after its reception a measurement may lie: 5 minutes of clock error.
pub const FUTURE_MICROS_MAX: i64 = 5 * 60 * 1_000_000;

/// Earlier times come from clocks that were never set: 2000-01-01T00:00:00Z.
pub const EARLIEST: Timestamp = Timestamp::from_secs_saturating(946_684_800);

/// Reads the `timestamp` of an item and refuses times that cannot be true.
pub(crate) fn measured_at(json: Option<&str>, received_at: Timestamp) -> Result<Timestamp, String> {
    let json =
        json.ok_or("timestamp is missing; expected an RFC 3339 text such as 2026-05-02T06:09:58Z")?;
    let text = fields::text(json)
        .map_err(|reason| format!("{reason} in RFC 3339 form such as 2026-05-02T06:09:58Z"))?;
    let at = match parse_utc(text.as_bytes()) {
        Some(at) => at,
        None => Timestamp::parse_rfc3339(&text).map_err(|error| error.to_string())?,
    };
    if at < EARLIEST {
        return Err(format!(
            "{at} is before {EARLIEST}, so the sender's clock was not set"
        ));
    }
    let latest = received_at.saturating_add_micros(FUTURE_MICROS_MAX);
    if at > latest {
        return Err(format!(
            "{at} is after {latest}, 5 min after the event was received"
        ));
    }
    Ok(at)
}

/// The usual form, `YYYY-MM-DDTHH:MM:SS[.fraction]Z`, several times faster than the general parser; `None` sends
/// everything else there.
fn parse_utc(text: &[u8]) -> Option<Timestamp> {
    let (head, tail) = text.split_first_chunk::<19>()?;
    let punctuation = [head[4], head[7], head[10], head[13], head[16]];
    if &punctuation != b"--T::" {
        return None;
    }
    let two = |at: usize| {
        let (tens, ones) = (head[at].wrapping_sub(b'0'), head[at + 1].wrapping_sub(b'0'));
        (tens <= 9 && ones <= 9).then(|| i64::from(tens * 10 + ones))
    };
    let year = two(0)? * 100 + two(2)?;
    let (month, day) = (two(5)?, two(8)?);
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    // Days past the 28th are checked against the month by the general parser.
    let usual = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !usual
        || hour > 23
        || minute > 59
        || second > 59
        || (day > 28 && !in_month(year, month, day))
    {
        return None;
    }
    let seconds = days_since_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Timestamp::from_micros(seconds * 1_000_000 + fraction_micros(tail)?).ok()
}

/// Microseconds of `[.fraction]Z`; finer digits are cut.
fn fraction_micros(tail: &[u8]) -> Option<i64> {
    let digits = match tail {
        b"Z" => return Some(0),
        [b'.', digits @ .., b'Z'] if !digits.is_empty() => digits,
        _ => return None,
    };
    let mut micros = 0;
    let mut unit = 100_000;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        micros += i64::from(digit - b'0') * unit;
        unit /= 10;
    }
    Some(micros)
}

const fn in_month(year: i64, month: i64, day: i64) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    day <= days
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counting years from March so that the leap day is last.
const fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let march_year = if month <= 2 { year - 1 } else { year };
    let march_month = (month + 9) % 12;
    let leap_days = march_year / 4 - march_year / 100 + march_year / 400;
    march_year * 365 + leap_days + (march_month * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn received() -> Timestamp {
        Timestamp::parse_rfc3339("2026-05-02T06:10:00Z").unwrap()
    }

    #[test]
    fn a_time_up_to_five_minutes_ahead_is_believed() {
        assert!(measured_at(Some("\"2026-05-02T06:15:00Z\""), received()).is_ok());
        let error = measured_at(Some("\"2026-05-02T06:15:00.000001Z\""), received()).unwrap_err();
        assert!(error.contains("5 min"), "{error}");
    }

    #[test]
    fn clocks_that_were_never_set_are_refused() {
        assert!(measured_at(Some("\"2000-01-01T00:00:00Z\""), received()).is_ok());
        for early in [
            "1999-12-31T23:59:59.999Z",
            "1970-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "0000-00-00T00:00:00Z",
        ] {
            assert!(
                measured_at(Some(&format!("\"{early}\"")), received()).is_err(),
                "{early}"
            );
        }
    }

    #[test]
    fn missing_and_mistyped_times_are_refused() {
        assert!(
            measured_at(None, received())
                .unwrap_err()
                .contains("missing")
        );
        assert!(
            measured_at(Some("1777702198"), received())
                .unwrap_err()
                .contains("RFC 3339")
        );
        assert!(
            measured_at(Some("\"yesterday\""), received())
                .unwrap_err()
                .contains("RFC 3339")
        );
        assert!(measured_at(Some("\"\""), received()).is_err());
    }

    #[test]
    fn offsets_are_understood() {
        let at = measured_at(Some("\"2026-05-02T08:09:58+02:00\""), received()).unwrap();
        assert_eq!(at.to_string(), "2026-05-02T06:09:58Z");
    }

    proptest! {
        #[test]
        fn the_fast_parser_agrees_with_the_general_one(
            year in 1i64..=9999, month in 0u8..=13, day in 0u8..=32, hour in 0u8..=24, minute in 0u8..=60,
            second in 0u8..=61, fraction in "(\\.[0-9]{0,10})?", zone in "Z|z|\\+01:00|",
        ) {
            let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}");
            if let Some(fast) = parse_utc(text.as_bytes()) {
                prop_assert_eq!(Ok(fast), Timestamp::parse_rfc3339(&text));
            }
        }

        #[test]
        fn every_usual_time_takes_the_fast_path(micros in 946_684_800_000_000i64..4_102_444_800_000_000) {
            let at = Timestamp::from_micros(micros).unwrap();
            prop_assert_eq!(parse_utc(at.to_string().as_bytes()), Some(at));
        }
    }
}
