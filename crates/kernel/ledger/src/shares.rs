//! Shares of a pool.

use alloy_primitives::{U256, U512};

/// `floor(a × b / c)`, exact for any product, unless it passes 2^256; `c` is the size of a pool that is not empty.
pub(crate) fn mul_div_floor(a: U256, b: U256, c: U256) -> Option<U256> {
    let product: U512 = a.widening_mul(b);
    let quotient = product / U512::from(c);
    (quotient.bit_len() <= 256).then(|| U256::from(quotient))
}

/// `ceil(a × b / c)`, for `a` up to `c`, so that it is at most `b`.
pub(crate) fn mul_div_ceil(a: U256, b: U256, c: U256) -> U256 {
    let product: U512 = a.widening_mul(b);
    U256::from(product.div_ceil(U512::from(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotient_of_more_than_256_bits_is_none() {
        let (one, two) = (U256::from(1), U256::from(2));
        assert_eq!(mul_div_floor(U256::MAX, two, two), Some(U256::MAX));
        assert_eq!(mul_div_floor(U256::MAX, two, one), None);
    }
}
