//! Shares of a pool.

use alloy_primitives::{U256, U512};

/// `floor(a × b / c)`, exact for any product; `c` is the size of a pool that is not empty.
pub(crate) fn mul_div_floor(a: U256, b: U256, c: U256) -> U256 {
    let product: U512 = a.widening_mul(b);
    U256::from(product / U512::from(c))
}

/// `ceil(a × b / c)`.
pub(crate) fn mul_div_ceil(a: U256, b: U256, c: U256) -> U256 {
    let product: U512 = a.widening_mul(b);
    U256::from(product.div_ceil(U512::from(c)))
}
