// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title The numbers of the economy
/// @dev docs/specs/economy.md §1. Keys are in `ParameterKeys`, hard bounds in `ParameterLimits`.
interface IParameters {
    error ZeroAddress();
    error UnknownParameter(bytes32 key);
    error AccountNotSet(bytes32 name);
    error NotTeam(address account);
    error NotRaisable(bytes32 key);
    error BelowFloor(bytes32 key, uint256 value, uint256 floor);
    error OutOfLimits(bytes32 key, uint256 value, uint256 min, uint256 max);
    error LengthMismatch(uint256 keys, uint256 values);
    /// @dev Number of keys a profile has, and the number given.
    error IncompleteProfile(uint256 given, uint256 expected);
    /// @dev The keys of a profile are in ascending order, each once.
    error KeysNotAscending(bytes32 previous, bytes32 key);
    /// @dev `rule` names what the values together violate, e.g. "court.award".
    error Inconsistent(bytes32 rule);

    /// @notice Governance set value and floor.
    event ParameterSet(bytes32 indexed key, uint256 previous, uint256 value);
    /// @notice A team member moved the value; the floor stays.
    event ParameterRaised(bytes32 indexed key, address indexed member, uint256 previous, uint256 value);
    /// @notice Governance adopted a complete profile. `hash` as in `profile`.
    event ProfileAdopted(string name, uint256 version, bytes32 hash);
    event AccountSet(bytes32 indexed name, address previous, address account);

    /// @notice Sets value and floor of one parameter. @dev GOVERNANCE_ROLE.
    function set(bytes32 key, uint256 value) external;

    /// @notice Sets value and floor of several; the rules hold after the last. @dev GOVERNANCE_ROLE.
    function setMany(bytes32[] calldata keys, uint256[] calldata values) external;

    /// @notice Sets every parameter. Keys in ascending order. @dev GOVERNANCE_ROLE.
    function adopt(string calldata name, uint256 version, bytes32[] calldata keys, uint256[] calldata values) external;

    /// @notice Moves the value of a raisable parameter to any amount that is not below its floor.
    /// @dev Team members (D1-18, D3-27); no floor ever moves here.
    function raise(bytes32 key, uint256 value) external;

    /// @notice Names an address: "treasury", "team", "foundation", "oracle", "roster", "pause". Zero takes it away.
    /// @dev GOVERNANCE_ROLE. "roster" decides who is a team member, "pause" which functions are stopped.
    function setAccount(bytes32 name, address account_) external;

    /// @notice Value in force. Reverts `UnknownParameter`.
    function get(bytes32 key) external view returns (uint256);

    /// @notice Values in force, in the order of the keys.
    function getMany(bytes32[] calldata keys) external view returns (uint256[] memory values);

    /// @notice What governance set last. Reverts `UnknownParameter`.
    function floorOf(bytes32 key) external view returns (uint256);

    /// @notice Hard bounds of a key, fixed in code. Reverts `UnknownParameter`.
    function limitsOf(bytes32 key) external pure returns (uint256 min, uint256 max);

    /// @notice True when the team may raise the key.
    function isRaisable(bytes32 key) external pure returns (bool);

    /// @notice The address of that name. Reverts `AccountNotSet`.
    function account(bytes32 name) external view returns (address);

    /// @notice The address of that name, zero when there is none.
    /// @dev For callers that go on without it: a caught revert of `account` could be a lack of gas as well.
    function accountOrZero(bytes32 name) external view returns (address);

    /// @notice The profile adopted last; single changes since then are in the events.
    /// @return name Of the profile.
    /// @return version Of the profile.
    /// @return hash `keccak256(abi.encode(name, version, keys, values))`, keys ascending.
    function profile() external view returns (string memory name, uint256 version, bytes32 hash);
}
