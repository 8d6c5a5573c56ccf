// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Terms} from "./ICourt.sol";

/// @title What a case that opens now starts from
/// @dev Trust: GOVERNANCE_ROLE names adjudicators and subjects. A case keeps the terms with which it opened, so nothing
///      here reaches an open case, except that a subject taken off the list is not called any more: a broken one cannot
///      keep a case from closing.
interface ICourtRules {
    /// @dev Values of `court.adjudicator`.
    enum AdjudicatorKind {
        Panel,
        Vote,
        External
    }

    error ZeroAddress();
    error AdjudicatorNotSet(uint256 kind);

    event AdjudicatorSet(AdjudicatorKind indexed kind, address adjudicator);
    event SubjectSet(address indexed subject, bool allowed);

    /// @notice Names the adjudicator of later cases. @dev GOVERNANCE_ROLE.
    function setAdjudicator(AdjudicatorKind kind, address adjudicator) external;

    /// @notice Allows a contract as subject of cases, or no longer. @dev GOVERNANCE_ROLE.
    function setSubject(address subject, bool allowed) external;

    /// @notice Terms of a case that opens now. Reverts while the adjudicator of the profile is not named.
    function terms() external view returns (Terms memory);
    function adjudicatorOf(AdjudicatorKind kind) external view returns (address);
    function isSubject(address subject) external view returns (bool);
}
