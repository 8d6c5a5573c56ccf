use std::{fmt, str::FromStr};

use thiserror::Error;

/// Length of a bucket: whole microseconds, at least one.
///
/// Text form is Go's duration: `1h30m`, `300ms`, `1.5s`; units `ns us µs ms s m h`, fractions allowed, cut to the
/// microsecond. As an extension `d` stands for 24 hours, also in combination: `1d12h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval(i64);

/// Why a text is not an interval. Texts keep the words of Go's parser, which clients know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IntervalError {
    /// Not a sequence of numbers with units, or longer than 292 years.
    #[error("failed parsing interval: time: invalid duration \"{0}\"")]
    Invalid(String),
    /// A number without a unit.
    #[error("failed parsing interval: time: missing unit in duration \"{0}\"")]
    MissingUnit(String),
    /// A unit other than those listed.
    #[error(
        "failed parsing interval: time: unknown unit \"{unit}\" in duration \"{text}\"; units are ns, us, ms, s, m, h and d"
    )]
    UnknownUnit {
        /// The unit.
        unit: String,
        /// The whole text.
        text: String,
    },
    /// Zero, negative, or a fraction of a microsecond.
    #[error("interval must be at least 1us")]
    TooShort,
}

/// Go's durations are 64-bit nanoseconds.
const NANOS_MAX: u128 = i64::MAX as u128;
const ECHO_CHARS_MAX: usize = 64;
/// More digits than any duration that fits needs; keeps the arithmetic below 2¹²⁸.
const DIGITS_MAX: usize = 20;

impl Interval {
    /// An interval of whole microseconds.
    ///
    /// # Errors
    /// [`IntervalError::TooShort`] below one microsecond.
    pub const fn from_micros(micros: i64) -> Result<Self, IntervalError> {
        if micros < 1 {
            Err(IntervalError::TooShort)
        } else {
            Ok(Self(micros))
        }
    }

    /// Length in microseconds, at least 1.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }
}

impl FromStr for Interval {
    type Err = IntervalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let echo = || text.chars().take(ECHO_CHARS_MAX).collect::<String>();
        let (negative, mut rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        if rest == "0" {
            return Err(IntervalError::TooShort);
        }
        if rest.is_empty() {
            return Err(IntervalError::Invalid(echo()));
        }
        let mut nanos: u128 = 0;
        while !rest.is_empty() {
            let (part, tail) = one_part(rest).map_err(|fault| match fault {
                Fault::Invalid => IntervalError::Invalid(echo()),
                Fault::MissingUnit => IntervalError::MissingUnit(echo()),
                Fault::UnknownUnit(unit) => IntervalError::UnknownUnit {
                    unit: unit.chars().take(16).collect(),
                    text: echo(),
                },
            })?;
            nanos += part;
            if nanos > NANOS_MAX {
                return Err(IntervalError::Invalid(echo()));
            }
            rest = tail;
        }
        if negative {
            return Err(IntervalError::TooShort);
        }
        let micros = i64::try_from(nanos / 1_000).map_err(|_| IntervalError::Invalid(echo()))?;
        Self::from_micros(micros)
    }
}

enum Fault<'a> {
    Invalid,
    MissingUnit,
    UnknownUnit(&'a str),
}

/// Reads one number with its unit; gives nanoseconds and what follows.
fn one_part(text: &str) -> Result<(u128, &str), Fault<'_>> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, mut rest) = text.split_at(digits(text));
    let mut fraction = "";
    if let Some(after) = rest.strip_prefix('.') {
        (fraction, rest) = after.split_at(digits(after));
    }
    if whole.is_empty() && fraction.is_empty() {
        return Err(Fault::Invalid);
    }
    let unit_len = rest
        .find(|c: char| c == '.' || c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(unit_len);
    let scale: u128 = match unit {
        "" => return Err(Fault::MissingUnit),
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60 * 1_000_000_000,
        "h" => 3_600 * 1_000_000_000,
        "d" => 24 * 3_600 * 1_000_000_000,
        other => return Err(Fault::UnknownUnit(other)),
    };
    let whole = whole.trim_start_matches('0');
    if whole.len() > DIGITS_MAX {
        return Err(Fault::Invalid);
    }
    let number = |digits: &str| {
        if digits.is_empty() {
            Ok(0)
        } else {
            digits.parse::<u128>()
        }
    };
    let nanos = number(whole).map_err(|_| Fault::Invalid)? * scale;
    if nanos > NANOS_MAX {
        return Err(Fault::Invalid);
    }
    // Digits beyond the 15th are below a nanosecond of a day.
    let kept = &fraction[..fraction.len().min(15)];
    let divisor = 10u128.pow(u32::try_from(kept.len()).unwrap_or(0));
    let part = number(kept).map_err(|_| Fault::Invalid)? * scale / divisor;
    Ok((nanos + part, rest))
}

/// The interval in microseconds with its unit.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}us", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn micros(text: &str) -> i64 {
        text.parse::<Interval>()
            .unwrap_or_else(|e| panic!("{text}: {e}"))
            .as_micros()
    }

    #[test]
    fn go_durations_are_read_as_go_reads_them() {
        for (text, expected) in [
            ("1h30m", 5_400_000_000),
            ("300ms", 300_000),
            ("1.5h", 5_400_000_000),
            ("+5s", 5_000_000),
            (".5s", 500_000),
            ("1.s", 1_000_000),
            ("1us", 1),
            ("1µs", 1),
            ("1μs", 1),
            ("1999ns", 1),
            ("0.5ms500us", 1_000),
            ("39h9m14.425s", 140_954_425_000),
            ("2562047h", 9_223_369_200_000_000),
            ("1d", 86_400_000_000),
            ("1d12h", 129_600_000_000),
            ("0.3333333333333333333h", 1_199_999_999),
            ("0000000000000000000000000000001s", 1_000_000),
        ] {
            assert_eq!(micros(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_its_fault() {
        for text in [
            "",
            "-",
            "+",
            "h",
            "1h h",
            " 1h",
            "1h ",
            ".s",
            "3000000h",
            "99999999999999999999999h",
            "1,5s",
        ] {
            let error = text.parse::<Interval>().unwrap_err();
            assert!(
                error.to_string().starts_with("failed parsing interval: "),
                "{text}: {error}"
            );
        }
        assert!(matches!(
            "5".parse::<Interval>(),
            Err(IntervalError::MissingUnit(_))
        ));
        assert!(matches!(
            "5w".parse::<Interval>(),
            Err(IntervalError::UnknownUnit { .. })
        ));
        for text in ["0", "0s", "-1h", "999ns", "-5ms"] {
            assert_eq!(
                text.parse::<Interval>(),
                Err(IntervalError::TooShort),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_panic(text in ".{0,40}") {
            if let Ok(interval) = text.parse::<Interval>() {
                prop_assert!(interval.as_micros() >= 1);
            }
        }

        #[test]
        fn number_like_text_is_read_or_refused_without_panic(text in "[-+]?([0-9]{0,30}(\\.[0-9]{0,30})?(ns|us|µs|ms|s|m|h|d|x)?){1,3}") {
            if let Ok(interval) = text.parse::<Interval>() {
                prop_assert!(interval.as_micros() >= 1);
            }
        }

        #[test]
        fn the_display_form_is_read_back(micros in 1i64..9_000_000_000_000_000) {
            let interval = Interval::from_micros(micros).unwrap();
            prop_assert_eq!(interval.to_string().parse::<Interval>().unwrap(), interval);
        }
    }
}
