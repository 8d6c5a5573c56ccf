// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";

import {IDeviceStanding} from "../interfaces/ILicenses.sol";

/// @title Device ban list (D3-82)
/// @notice Keyed by device address, so a ban also reaches keys that were never minted.
contract DeviceStanding is IDeviceStanding, AccessControlUpgradeable, UUPSUpgradeable {
    /// @dev Bans and unbans.
    bytes32 public constant TEAM_ROLE = keccak256("TEAM_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    bytes32 private constant STORAGE_SLOT = 0x5915f9badc1229f42e066fc01364cd8c626af720b94b982b7d4c6e5a385e3900;

    struct Ban {
        bool banned;
        bytes32 reasonHash;
    }

    /// @custom:storage-location erc7201:milepost.devicestanding
    struct StandingStorage {
        mapping(address device => Ban) bans;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE; TEAM_ROLE is granted separately.
    function initialize(address admin) external initializer {
        if (admin == address(0)) revert ZeroAddress();
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
    }

    /// @inheritdoc IDeviceStanding
    function ban(address device, bytes32 reasonHash) external onlyRole(TEAM_ROLE) {
        if (device == address(0)) revert ZeroAddress();
        Ban storage entry = _standing().bans[device];
        if (entry.banned) revert AlreadyBanned(device);
        entry.banned = true;
        entry.reasonHash = reasonHash;
        emit DeviceBanned(device, reasonHash);
    }

    /// @inheritdoc IDeviceStanding
    function unban(address device, bytes32 reasonHash) external onlyRole(TEAM_ROLE) {
        StandingStorage storage s = _standing();
        if (!s.bans[device].banned) revert NotBanned(device);
        delete s.bans[device];
        emit DeviceUnbanned(device, reasonHash);
    }

    /// @inheritdoc IDeviceStanding
    function isBanned(address device) external view returns (bool) {
        return _standing().bans[device].banned;
    }

    /// @inheritdoc IDeviceStanding
    function banReason(address device) external view returns (bytes32) {
        return _standing().bans[device].reasonHash;
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _standing() private pure returns (StandingStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
