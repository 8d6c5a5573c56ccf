// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Something that a case can be about, such as a posted root
/// @dev Only the court calls this, and only where governance allowed the contract as a subject.
interface ICaseSubject {
    /// @notice Reverts when the subject cannot be challenged, or not under this licence.
    function onCaseOpened(uint256 caseId, uint256 subjectId, uint256 licenseId) external;

    /// @notice The case is over; `upheld` also after a settlement.
    function onCaseClosed(uint256 caseId, uint256 subjectId, bool upheld) external;
}
