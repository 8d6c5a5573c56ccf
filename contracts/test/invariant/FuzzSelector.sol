// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @dev What forge reads from `targetSelectors()`.
struct FuzzSelector {
    address addr;
    bytes4[] selectors;
}
