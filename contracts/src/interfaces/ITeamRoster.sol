// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Who is in the licensing team, until when, and whom each must not judge
/// @dev Members may be accounts or multi-signature contracts.
interface ITeamRoster {
    error ZeroAddress();
    error AlreadyMember(address account);
    error NotMember(address account);
    /// @dev The term ends in the past or beyond `license.term_max` from now.
    error InvalidTerm(uint256 until, uint256 latest);
    error ConflictUnchanged(address member, address party);

    event MemberAppointed(address indexed account, uint256 until);
    event TermRenewed(address indexed account, uint256 previousUntil, uint256 until);
    event MemberDismissed(address indexed account);
    event ConflictDeclared(address indexed member, address indexed party);
    /// @notice The member withdrew the declaration, which still binds until `until`.
    event ConflictWithdrawn(address indexed member, address indexed party, uint256 until);

    /// @notice Adds a member whose term ends at `until`. @dev GOVERNANCE_ROLE (D1-10: at most `license.term_max`).
    function appoint(address account, uint256 until) external;

    /// @notice Gives a member, also one whose term is over, a new end. @dev GOVERNANCE_ROLE.
    function renew(address account, uint256 until) external;

    /// @notice Ends a membership now. @dev GOVERNANCE_ROLE.
    function dismiss(address account) external;

    /// @notice Declares, or withdraws, the caller's conflict of interest with `party` (D1-16).
    /// @dev Live members. A withdrawal takes effect after 30 days: nobody lifts a conflict, decides, and declares again.
    function declareConflict(address party, bool conflict) external;

    /// @notice True until the term of the member is over.
    function isMember(address account) external view returns (bool);

    /// @notice End of the term, zero for who never was a member or was dismissed.
    function termOf(address account) external view returns (uint256 until);

    /// @notice True while a declared conflict binds.
    function hasConflict(address member, address party) external view returns (bool);
}
