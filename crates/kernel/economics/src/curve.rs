//! The team's reverse bonding curve (D3-102) in the integer steps of the specification, section 5.

use std::num::NonZeroU64;

use milepost_types::U256;

use crate::{Key, ParameterSource};

/// Binary places of the fixed-point factor: the square of one still fits 256 bits on chain.
const PLACES: u32 = 127;
const ONE: u128 = 1 << PLACES;
const PPM: u64 = 1_000_000;

/// `x × max(floor, cap × ratio^(n−1))` for the n-th voucher of a type.
///
/// Every step rounds down, so each result is the floor of the exact rational value or one wei less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TeamCurve {
    cap_ppm: u64,
    floor_ppm: u64,
    ratio_ppm: u64,
}

impl TeamCurve {
    /// The curve of a set of parameters.
    #[must_use]
    pub fn of(p: &dyn ParameterSource) -> Self {
        Self {
            cap_ppm: p.number(Key::EscrowTeamCapPpm),
            floor_ppm: p.number(Key::EscrowTeamFloorPpm),
            ratio_ppm: p.number(Key::EscrowTeamRatioPpm),
        }
    }

    /// `ratio^(n−1)` with 127 binary places, by squaring.
    #[must_use]
    pub fn decay(self, n: NonZeroU64) -> Decay {
        let mut base =
            ((U256::from(ONE) * U256::from(self.ratio_ppm)) / U256::from(PPM)).to::<u128>();
        let mut acc = ONE;
        let mut exponent = n.get() - 1;
        while exponent > 0 {
            if exponent & 1 == 1 {
                acc = mul(acc, base);
            }
            base = mul(base, base);
            exponent >>= 1;
        }
        Decay(acc)
    }

    /// The team's part of `x` for the n-th voucher; `x < 2⁹⁶`, the bound of prices.
    #[must_use]
    pub fn part(self, x: U256, n: NonZeroU64) -> U256 {
        self.part_at(x, self.decay(n))
    }

    /// The team's part of `x` for a decay that is already known.
    #[must_use]
    pub fn part_at(self, x: U256, decay: Decay) -> U256 {
        debug_assert!(x.bit_len() <= 96);
        // x < 2⁹⁶ by the bounds of prices: below 2⁹⁶ × 2²⁰ × 2¹²⁷, and below 2¹¹⁶ after the shift. Two floors in a row
        // are the floor of the whole quotient.
        let scaled = (x * U256::from(self.cap_ppm) * U256::from(decay.0)) >> PLACES;
        let curve = U256::from(scaled.to::<u128>() / u128::from(PPM));
        curve.max(x * U256::from(self.floor_ppm) / U256::from(PPM))
    }

    /// The first voucher whose part is the floor, if any does: the curve never rises, so all later ones are too.
    #[must_use]
    pub fn first_at_floor(self) -> Option<NonZeroU64> {
        let at_floor = |n: u64| {
            let decay = self.decay(NonZeroU64::new(n).expect("searched from 1"));
            U256::from(self.cap_ppm) * U256::from(decay.0)
                < U256::from(self.floor_ppm) * U256::from(ONE)
        };
        let (mut low, mut high) = (1u64, u64::from(u32::MAX));
        if !at_floor(high) {
            return None;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if at_floor(middle) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        NonZeroU64::new(low)
    }
}

/// A power of the ratio, ≤ 1, with 127 binary places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decay(u128);

impl Decay {
    /// Numerator over 2¹²⁷.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }
}

/// `floor(a × b / 2¹²⁷)` for a, b ≤ 2¹²⁷, over 64-bit halves: a whole cap of a million vouchers is summed in tests.
const fn mul(a: u128, b: u128) -> u128 {
    const LOW: u128 = u64::MAX as u128;
    let (a_hi, a_lo, b_hi, b_lo) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let low = a_lo * b_lo;
    let (cross1, cross2) = (a_hi * b_lo, a_lo * b_hi);
    let middle = (low >> 64) + (cross1 & LOW) + (cross2 & LOW);
    let high = a_hi * b_hi + (cross1 >> 64) + (cross2 >> 64) + (middle >> 64);
    // The product is high × 2¹²⁸ + middle's low half × 2⁶⁴ + low's low half; bit 127 is the top of middle's low half.
    (high << 1) | ((middle >> 63) & 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn halves_multiply_as_whole_words(a in 0u128..=ONE, b in 0u128..=ONE) {
            let whole = (U256::from(a) * U256::from(b)) >> 127;
            prop_assert_eq!(U256::from(mul(a, b)), whole);
        }
    }

    #[test]
    fn one_times_one_is_one() {
        assert_eq!(mul(ONE, ONE), ONE);
        assert_eq!(mul(ONE, ONE - 1), ONE - 1);
    }
}
