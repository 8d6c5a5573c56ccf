// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Standing of an integration provider
interface ILicensed {
    /// @notice True iff `holder` has a live licence NFT and at least the required stake (D3-76).
    function isLicensed(address holder) external view returns (bool);
}

/// @title Team's ban list of device keys
interface IDeviceStanding {
    error ZeroAddress();
    error AlreadyBanned(address device);
    error NotBanned(address device);

    event DeviceBanned(address indexed device, bytes32 reasonHash);
    event DeviceUnbanned(address indexed device, bytes32 reasonHash);

    /// @notice Bans a device key. @dev TEAM_ROLE (D3-82): can stop any device from being claimed or paired.
    function ban(address device, bytes32 reasonHash) external;

    /// @notice Lifts a ban. @dev TEAM_ROLE.
    function unban(address device, bytes32 reasonHash) external;

    /// @notice True while the key is banned.
    function isBanned(address device) external view returns (bool);

    /// @notice Hash of the published reason of the current ban, zero when not banned.
    function banReason(address device) external view returns (bytes32);
}

/// @title Source of the DIMO price
interface IPriceProvider {
    event NewPrice(address source, uint256 amountUsdPerToken, uint256 updateTimestamp);

    /// @notice USD per whole token with 18 decimals. Reverts when there is no price or it is stale.
    function getAmountUsdPerToken() external view returns (uint256 amountUsdPerToken, uint256 updateTimestamp);
}
