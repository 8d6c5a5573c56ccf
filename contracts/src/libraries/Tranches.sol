// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Equal parts of a total, dust in the last one (D3-104)
library Tranches {
    error NoSuchTranche(uint256 k, uint256 months);

    /// @notice Sum of tranches 1…k of `months`, 0 ≤ k ≤ months.
    function upTo(uint256 total, uint256 k, uint256 months) internal pure returns (uint256) {
        if (k > months) revert NoSuchTranche(k, months);
        return k == months ? total : k * (total / months);
    }

    /// @notice Tranche k of `months`, 1 ≤ k ≤ months.
    function nth(uint256 total, uint256 k, uint256 months) internal pure returns (uint256) {
        if (k == 0 || k > months) revert NoSuchTranche(k, months);
        uint256 share = total / months;
        return k == months ? total - (months - 1) * share : share;
    }
}
