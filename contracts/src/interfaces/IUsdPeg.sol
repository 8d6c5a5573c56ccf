// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Time-weighted price of the token
interface ITwapOracle {
    /// @notice Average over the last `windowSeconds`; reverts without complete, fresh data.
    /// @return usdPerDimo1e18 USD per whole token with 18 decimals.
    /// @return updatedAt Time of the newest observation.
    function twap(uint32 windowSeconds) external view returns (uint256 usdPerDimo1e18, uint256 updatedAt);
}

/// @title Price that stakes pegged to USD are computed from (C-13)
/// @notice Between two re-bases the price stands still, so a requirement does not move with the market.
interface IUsdPeg {
    error ZeroAddress();
    error InvalidPrice(uint256 price);
    error StalePrice(uint256 updatedAt);
    error NoRebaseDue(uint256 price, uint256 twap);

    /// @notice `reason`: 0 first price, 1 new UTC year, 2 the price moved.
    event Rebased(uint256 price, uint256 previous, uint8 reason, address indexed caller);

    /// @notice Takes the oracle's average as the price: when none is set, in a new UTC year (`stake.peg_yearly`), or
    ///         when it moved by `stake.peg_rebase_bps` or more. Anyone may call.
    /// @dev Trusts `account("oracle")`. Reverts when no re-base is due.
    function rebase() external returns (uint256 price);

    /// @notice Price of the last re-base, USD per whole token with 18 decimals; zero before the first.
    function price() external view returns (uint256);

    /// @notice Time of the last re-base, zero before the first.
    function rebasedAt() external view returns (uint256);
}
