// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Token whose holder can destroy its own balance
interface IBurnable {
    /// @notice Destroys the caller's tokens.
    function burn(uint256 amount) external;
}
