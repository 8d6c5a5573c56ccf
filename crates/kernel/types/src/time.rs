use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;

/// A point in time: microseconds since 1970-01-01T00:00:00Z, UTC.
///
/// Finer input is cut to the microsecond. Text form is RFC 3339 with `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// Why a text is not a time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TimeError {
    /// Not RFC 3339.
    #[error("'{0}' is not an RFC 3339 time such as 2026-05-02T06:10:00Z")]
    Format(String),
    /// Outside the years that fit.
    #[error("time is outside the years 0000 to 9999")]
    Range,
}

const MICROS_MIN: i64 = -62_167_219_200_000_000; // 0000-01-01T00:00:00Z
const MICROS_MAX: i64 = 253_402_300_799_999_999; // 9999-12-31T23:59:59.999999Z

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// From microseconds since the epoch.
    ///
    /// # Errors
    /// [`TimeError::Range`] outside the years 0 to 9999, which RFC 3339 cannot write.
    pub const fn from_micros(micros: i64) -> Result<Self, TimeError> {
        if micros < MICROS_MIN || micros > MICROS_MAX {
            Err(TimeError::Range)
        } else {
            Ok(Self(micros))
        }
    }

    /// From whole seconds since the epoch; later than year 9999 becomes the last representable time, as
    /// on-chain expirations of 2²⁵⁶−1 seconds mean "never".
    #[must_use]
    pub const fn from_secs_saturating(secs: u64) -> Self {
        if secs > (MICROS_MAX / 1_000_000) as u64 {
            Self(MICROS_MAX)
        } else {
            Self(secs as i64 * 1_000_000)
        }
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This time moved by `micros`, held within the representable range.
    #[must_use]
    pub fn saturating_add_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros).clamp(MICROS_MIN, MICROS_MAX))
    }

    /// Reads an RFC 3339 text with any offset.
    ///
    /// # Errors
    /// [`TimeError::Format`] when the text is not RFC 3339, [`TimeError::Range`] when the year does not fit.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimeError> {
        let time = DateTime::parse_from_rfc3339(text)
            .map_err(|_| TimeError::Format(text.chars().take(64).collect()))?;
        Self::from_micros(time.timestamp_micros())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = DateTime::<Utc>::from_timestamp_micros(self.0).ok_or(fmt::Error)?;
        f.write_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
            Self::parse_rfc3339(&text).map_err(D::Error::custom)
        } else {
            Self::from_micros(i64::deserialize(deserializer)?).map_err(D::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_fractions_are_kept_to_the_microsecond() {
        let time = Timestamp::parse_rfc3339("2026-05-02T08:10:00.123456789+02:00").unwrap();
        assert_eq!(time.to_string(), "2026-05-02T06:10:00.123456Z");
    }

    #[test]
    fn never_expiring_grants_are_clamped() {
        assert_eq!(
            Timestamp::from_secs_saturating(u64::MAX).to_string(),
            "9999-12-31T23:59:59.999999Z"
        );
    }

    #[test]
    fn text_that_is_no_time_is_refused() {
        assert!(matches!(
            Timestamp::parse_rfc3339("yesterday"),
            Err(TimeError::Format(_))
        ));
        assert_eq!(Timestamp::from_micros(i64::MAX), Err(TimeError::Range));
    }
}
