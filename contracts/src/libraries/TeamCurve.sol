// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Reverse bonding curve of the team's part (D3-102)
/// @notice `x × max(floor, cap × ratio^(n−1))` in the integer steps of docs/specs/economy.md §5. Every step rounds down;
///         the result is the floor of the exact value or one wei less.
/// @dev Sound for x < 2^96, n < 2^40 and ppm ≤ 10^6: the greatest product is below 2^244.
library TeamCurve {
    uint256 internal constant PPM = 1_000_000;
    /// @dev Fixed-point one: the square still fits into 256 bits.
    uint256 internal constant ONE = 1 << 127;
    uint256 private constant ONE_BITS = 127;

    error ZeroNumber();

    /// @notice `ratio^(n−1)` with 127 binary places, by squaring.
    function decay(uint256 ratioPpm, uint256 n) internal pure returns (uint256 q) {
        if (n == 0) revert ZeroNumber();
        uint256 base = (ONE * ratioPpm) / PPM;
        q = ONE;
        for (uint256 e = n - 1; e > 0; e >>= 1) {
            if (e & 1 == 1) q = (q * base) >> ONE_BITS;
            base = (base * base) >> ONE_BITS;
        }
    }

    /// @notice The team's part of `x` for a decay that is already known.
    function part(uint256 x, uint256 capPpm, uint256 floorPpm, uint256 q) internal pure returns (uint256) {
        uint256 curve = (x * capPpm * q) / (PPM * ONE);
        uint256 least = (x * floorPpm) / PPM;
        return curve > least ? curve : least;
    }
}
