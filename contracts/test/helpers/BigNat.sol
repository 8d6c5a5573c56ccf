// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Natural numbers of any size, as far as the exact check of the curve needs them
/// @dev Limbs of 128 bits, lowest first.
library BigNat {
    uint256 private constant BITS = 128;
    uint256 private constant MASK = (1 << BITS) - 1;

    function from(uint256 x, uint256 limbs) internal pure returns (uint256[] memory n) {
        n = new uint256[](limbs);
        n[0] = x & MASK;
        n[1] = x >> BITS;
    }

    /// @dev Multiplies in place, `factor` below 2^127.
    function scale(uint256[] memory n, uint256 factor) internal pure {
        uint256 carry;
        for (uint256 i = 0; i < n.length; ++i) {
            uint256 product = n[i] * factor + carry;
            n[i] = product & MASK;
            carry = product >> BITS;
        }
        require(carry == 0, "too few limbs");
    }

    function lessThan(uint256[] memory a, uint256[] memory b) internal pure returns (bool) {
        for (uint256 i = a.length; i > 0; --i) {
            if (a[i - 1] != b[i - 1]) return a[i - 1] < b[i - 1];
        }
        return false;
    }
}
