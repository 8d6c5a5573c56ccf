// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";

import {IEmergencyPause} from "../interfaces/IEmergencyPause.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {ParameterKeys as K} from "../libraries/ParameterKeys.sol";

/// @title Emergency pause
contract EmergencyPause is IEmergencyPause, AccessControlUpgradeable, UUPSUpgradeable {
    /// @dev Pauses, once per arming.
    bytes32 public constant GUARDIAN_ROLE = keccak256("GUARDIAN_ROLE");
    /// @dev Arms, and lifts pauses.
    bytes32 public constant GOVERNANCE_ROLE = keccak256("GOVERNANCE_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    uint256 private constant FUNCTIONS_MAX = 64;

    bytes32 private constant STORAGE_SLOT = 0xd90d8dd11af051dc6fca908583de252ff1a28d9e6f3bfe49af341ba885341800;

    /// @custom:storage-location erc7201:milepost.emergencypause
    struct PauseStorage {
        IParameters parameters;
        bool armed;
        mapping(address target => mapping(bytes4 selector => uint256)) until;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @notice Starts armed.
    /// @param parameters Gives the longest pause.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE; the other roles are granted separately.
    function initialize(address parameters, address admin) external initializer {
        if (parameters == address(0) || admin == address(0)) revert ZeroAddress();
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        PauseStorage storage s = _pause();
        s.parameters = IParameters(parameters);
        s.armed = true;
        emit Armed();
    }

    /// @inheritdoc IEmergencyPause
    function pause(Function[] calldata functions, uint256 duration, bytes32 reasonHash)
        external
        onlyRole(GUARDIAN_ROLE)
    {
        PauseStorage storage s = _pause();
        if (!s.armed) revert NotArmed();
        uint256 max = s.parameters.get(K.GOV_PAUSE_MAX);
        if (duration == 0 || duration > max) revert InvalidDuration(duration, max);
        if (functions.length == 0 || functions.length > FUNCTIONS_MAX) {
            revert InvalidCount(functions.length, FUNCTIONS_MAX);
        }
        s.armed = false;
        uint256 until = block.timestamp + duration;
        for (uint256 i = 0; i < functions.length; ++i) {
            s.until[functions[i].target][functions[i].selector] = until;
            emit FunctionPaused(functions[i].target, functions[i].selector, until, reasonHash);
        }
        emit Disarmed(msg.sender);
    }

    /// @inheritdoc IEmergencyPause
    function resume(Function[] calldata functions) external {
        if (!hasRole(GUARDIAN_ROLE, msg.sender) && !hasRole(GOVERNANCE_ROLE, msg.sender)) {
            revert NotAllowedToLift(msg.sender);
        }
        if (functions.length == 0 || functions.length > FUNCTIONS_MAX) {
            revert InvalidCount(functions.length, FUNCTIONS_MAX);
        }
        for (uint256 i = 0; i < functions.length; ++i) {
            (address target, bytes4 selector) = (functions[i].target, functions[i].selector);
            if (!isPaused(target, selector)) revert NotPaused(target, selector);
            delete _pause().until[target][selector];
            emit FunctionResumed(target, selector);
        }
    }

    /// @inheritdoc IEmergencyPause
    function arm() external onlyRole(GOVERNANCE_ROLE) {
        PauseStorage storage s = _pause();
        if (s.armed) revert AlreadyArmed();
        s.armed = true;
        emit Armed();
    }

    /// @inheritdoc IEmergencyPause
    function isPaused(address target, bytes4 selector) public view returns (bool) {
        return block.timestamp < _pause().until[target][selector];
    }

    /// @inheritdoc IEmergencyPause
    function pausedUntil(address target, bytes4 selector) external view returns (uint256) {
        return _pause().until[target][selector];
    }

    /// @inheritdoc IEmergencyPause
    function isArmed() external view returns (bool) {
        return _pause().armed;
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _pause() private pure returns (PauseStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
