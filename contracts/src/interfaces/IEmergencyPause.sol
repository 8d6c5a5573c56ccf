// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title One emergency stop per vote
/// @dev The guardian stops functions for at most `gov.pause_max`, once; then governance has to re-arm the switch.
///      Only contracts that ask (`EmergencyPausable`) can be stopped, and only in the functions where they do.
interface IEmergencyPause {
    /// @dev One function of one contract.
    struct Function {
        address target;
        bytes4 selector;
    }

    error ZeroAddress();
    error NotArmed();
    error AlreadyArmed();
    error InvalidDuration(uint256 duration, uint256 max);
    error InvalidCount(uint256 count, uint256 max);
    error NotPaused(address target, bytes4 selector);
    error NotAllowedToLift(address account);

    event FunctionPaused(address indexed target, bytes4 indexed selector, uint256 until, bytes32 reasonHash);
    event FunctionResumed(address indexed target, bytes4 indexed selector);
    event Disarmed(address indexed guardian);
    event Armed();

    /// @notice Stops the functions for `duration` seconds and disarms the switch. @dev GUARDIAN_ROLE.
    function pause(Function[] calldata functions, uint256 duration, bytes32 reasonHash) external;

    /// @notice Ends pauses early. @dev GUARDIAN_ROLE or GOVERNANCE_ROLE.
    function resume(Function[] calldata functions) external;

    /// @notice Lets the guardian pause once more. @dev GOVERNANCE_ROLE.
    function arm() external;

    /// @notice True while the function is stopped.
    function isPaused(address target, bytes4 selector) external view returns (bool);

    /// @notice End of the last pause of the function, zero when there was none or it was lifted.
    function pausedUntil(address target, bytes4 selector) external view returns (uint256);

    /// @notice True while the guardian may pause.
    function isArmed() external view returns (bool);
}
