//! Decimal text of amounts with 18 decimals, exact in both directions.

use milepost_types::{U256, Wei};
use thiserror::Error;

/// Decimals of `$DIMO` and of dollar amounts.
pub const DECIMALS: usize = 18;

/// Why a text is no amount.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AmountError {
    /// Not digits with at most one point.
    #[error("'{0}' is not an amount such as 12.5")]
    Format(String),
    /// More than 18 digits after the point would be lost.
    #[error("'{0}' has more than 18 decimals")]
    TooFine(String),
    /// Does not fit 256 bits.
    #[error("'{0}' is too large")]
    TooLarge(String),
}

/// 10¹⁸: one token, or one dollar.
#[must_use]
pub const fn one() -> U256 {
    U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0])
}

/// A whole number of tokens.
#[must_use]
pub fn tokens(whole: u64) -> Wei {
    Wei(U256::from(whole) * one())
}

/// Reads a decimal number as an integer of 10⁻¹⁸.
///
/// # Errors
/// [`AmountError`] when the text is not plain decimal (no sign, no exponent, no separators), finer than 18 decimals
/// (even with zeros beyond) or too large. Nothing is rounded.
pub fn parse_units(text: &str) -> Result<U256, AmountError> {
    let shown = || text.chars().take(64).collect::<String>();
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return Err(AmountError::Format(shown()));
    }
    if part.len() > DECIMALS {
        return Err(AmountError::TooFine(shown()));
    }
    let too_large = |_| AmountError::TooLarge(shown());
    let whole = U256::from_str_radix(whole, 10).map_err(too_large)?;
    let part = U256::from_str_radix(&format!("{part:0<18}"), 10).map_err(too_large)?;
    whole
        .checked_mul(one())
        .and_then(|whole| whole.checked_add(part))
        .ok_or_else(|| AmountError::TooLarge(shown()))
}

/// Writes an integer of 10⁻¹⁸ as a decimal number without trailing zeros; [`parse_units`] reads it back exactly.
#[must_use]
pub fn format_units(value: U256) -> String {
    let (whole, part) = value.div_rem(one());
    if part.is_zero() {
        return whole.to_string();
    }
    let part = format!("{part:0>18}");
    format!("{whole}.{}", part.trim_end_matches('0'))
}

/// Reads an amount of tokens, such as `2.9167`.
///
/// # Errors
/// As [`parse_units`].
pub fn parse_tokens(text: &str) -> Result<Wei, AmountError> {
    parse_units(text).map(Wei)
}

/// Writes an amount in tokens, such as `2.9167`.
#[must_use]
pub fn format_tokens(amount: Wei) -> String {
    format_units(amount.0)
}

/// Serialises wei as decimal strings: JSON numbers lose digits, hexadecimal is for machines.
pub mod decimal {
    use milepost_types::{U256, Wei};
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    /// Writes a decimal string.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(amount: &Wei, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&amount.0)
    }

    /// Reads a decimal string.
    ///
    /// # Errors
    /// When it is no decimal number of at most 256 bits.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Wei, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        U256::from_str_radix(&text, 10)
            .map(Wei)
            .map_err(D::Error::custom)
    }
}

/// `floor(a × b / c)` with a product of 512 bits. `c` must not be zero and the result must fit.
pub(crate) fn mul_div(a: U256, b: U256, c: U256) -> U256 {
    match a.checked_mul(b) {
        Some(product) => product / c,
        None => {
            let product: alloy_primitives::U512 = a.widening_mul(b);
            U256::from(product / alloy_primitives::U512::from(c))
        }
    }
}

/// `ceil(a × b / c)`, as [`mul_div`].
pub(crate) fn mul_div_ceil(a: U256, b: U256, c: U256) -> U256 {
    let floor = mul_div(a, b, c);
    if a.mul_mod(b, c).is_zero() {
        floor
    } else {
        floor + U256::from(1)
    }
}

/// `floor(amount × bps / 10,000)`.
#[must_use]
pub fn bps_of(amount: U256, bps: U256) -> U256 {
    mul_div(amount, bps, U256::from(10_000))
}

/// `floor(amount × ppm / 1,000,000)`.
#[must_use]
pub fn ppm_of(amount: U256, ppm: U256) -> U256 {
    mul_div(amount, ppm, U256::from(1_000_000))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_exactly_or_refused() {
        assert_eq!(parse_tokens("80").unwrap(), tokens(80));
        assert_eq!(parse_units("0.000000000000000001").unwrap(), U256::from(1));
        assert_eq!(format_tokens(parse_tokens("2.9167").unwrap()), "2.9167");
        for bad in [
            "", ".", "1.", ".5", "-1", "+1", "1e3", "1,000", " 1", "1.2.3", "٣",
        ] {
            assert!(
                matches!(parse_units(bad), Err(AmountError::Format(_))),
                "{bad:?}"
            );
        }
        assert!(matches!(
            parse_units("1.0000000000000000000"),
            Err(AmountError::TooFine(_))
        ));
        assert!(matches!(
            parse_units(&"9".repeat(78)),
            Err(AmountError::TooLarge(_))
        ));
        assert!(matches!(
            parse_units(&"9".repeat(77)),
            Err(AmountError::TooLarge(_))
        ));
    }

    #[test]
    fn products_beyond_256_bits_are_divided_exactly() {
        let max = U256::MAX;
        assert_eq!(mul_div(max, max, max), max);
        assert_eq!(mul_div(max, U256::from(10_000), U256::from(10_000)), max);
    }

    proptest! {
        #[test]
        fn print_then_parse_is_identity(limbs in any::<[u64; 4]>()) {
            let value = U256::from_limbs(limbs);
            prop_assert_eq!(parse_units(&format_units(value)).unwrap(), value);
        }
    }
}
