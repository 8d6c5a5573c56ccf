// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title What the court asks of an adjudicator that consists of arbitrators
/// @dev Other adjudicators (a token vote, an external address) only call `ICourt.rule`.
interface IAdjudicator {
    /// @notice Arbitrators whose opinion counted in a round; each earns one fee.
    function arbitratorsRuled(uint256 caseId, uint256 round) external view returns (uint256);
}
