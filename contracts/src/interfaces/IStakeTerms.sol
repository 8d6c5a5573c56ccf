// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ILicenseBook} from "./ILicenseBook.sol";

/// @title What a licence must stake and an app must burn, by the parameters
/// @notice docs/specs/economy.md §3; the Rust model computes the same to the wei.
interface IStakeTerms {
    error ZeroAddress();

    /// @notice Requirement by kind and usage, without grandfathering and without what the team added. A kind pegged to
    ///         USD needs 2^256 − 1 before the first price.
    /// @return amount What is needed.
    /// @return fixedKind True when it does not depend on usage; grandfathering applies to these.
    function base(ILicenseBook.Kind kind, uint256 users, uint256 units, uint8 class)
        external
        view
        returns (uint256 amount, bool fixedKind);

    /// @notice What an app burns for the users of one month.
    function appBurn(uint256 users) external view returns (uint256);

    function parameters() external view returns (address);

    /// @notice Source of the pegged price; zero: none.
    function usdPeg() external view returns (address);
}
