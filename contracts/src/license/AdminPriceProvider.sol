// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

import {IPriceProvider} from "../interfaces/ILicenses.sol";

/// @title Price set by a role
/// @notice For development networks and for operators without an on-chain market. No spot price fallback.
contract AdminPriceProvider is IPriceProvider, AccessControl {
    /// @dev Sets the price that licence fees are computed from.
    bytes32 public constant PROVIDER_ADMIN_ROLE = keccak256("PROVIDER_ADMIN_ROLE");

    /// @notice Oldest usable price in seconds; zero means that a price never goes stale.
    uint256 public immutable maxAge;

    uint256 private _amountUsdPerToken;
    uint256 private _updatedAt;

    error InvalidPrice(uint256 amountUsdPerToken);
    error StalePrice(uint256 updatedAt);

    /// @param admin Receives DEFAULT_ADMIN_ROLE and PROVIDER_ADMIN_ROLE.
    /// @param amountUsdPerToken First price, USD per whole token with 18 decimals.
    /// @param maxAge_ Oldest usable price in seconds.
    constructor(address admin, uint256 amountUsdPerToken, uint256 maxAge_) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(PROVIDER_ADMIN_ROLE, admin);
        maxAge = maxAge_;
        _set(amountUsdPerToken);
    }

    /// @notice Sets the price. @dev PROVIDER_ADMIN_ROLE.
    function setPrice(uint256 amountUsdPerToken) external onlyRole(PROVIDER_ADMIN_ROLE) {
        _set(amountUsdPerToken);
    }

    /// @inheritdoc IPriceProvider
    function getAmountUsdPerToken() external view returns (uint256, uint256) {
        if (maxAge != 0 && block.timestamp > _updatedAt + maxAge) revert StalePrice(_updatedAt);
        return (_amountUsdPerToken, _updatedAt);
    }

    function _set(uint256 amountUsdPerToken) private {
        if (amountUsdPerToken == 0) revert InvalidPrice(amountUsdPerToken);
        _amountUsdPerToken = amountUsdPerToken;
        _updatedAt = block.timestamp;
        emit NewPrice(address(this), amountUsdPerToken, block.timestamp);
    }
}
