// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

import {ITwapOracle} from "../interfaces/IUsdPeg.sol";

/// @title Time-weighted average of posted prices
/// @notice A price holds from its observation to the next one. The average is computed here from the sum of
///         price × seconds, so a feeder can move it only for as long as its price stands. An average over a stretch in
///         which observations were further apart than `maxGap`, or that reaches back before the first one, is refused.
/// @dev Trusts its feeders for each single price. Replaced by pointing `account("oracle")` at another oracle.
contract PostedTwap is ITwapOracle, AccessControl {
    /// @dev Posts observations.
    bytes32 public constant FEEDER_ROLE = keccak256("FEEDER_ROLE");

    /// @notice Largest usable distance of two observations, and age of the newest one, in seconds.
    uint256 public immutable maxGap;

    struct Observation {
        uint64 time;
        uint192 price;
        /// @dev Sum of price × seconds up to `time`.
        uint256 cumulative;
    }

    Observation[] private _observations;
    uint256 private _continuousSince;

    error ZeroAddress();
    error ZeroWindow();
    error InvalidPrice(uint256 price);
    error TooSoon(uint256 previousAt);
    error StaleObservation(uint256 updatedAt);
    error IncompleteWindow(uint256 from, uint256 continuousSince);

    event ObservationPosted(address indexed feeder, uint256 price, uint256 time);

    /// @param admin Receives DEFAULT_ADMIN_ROLE; feeders are granted separately.
    /// @param maxGap_ Largest usable distance of two observations in seconds.
    constructor(address admin, uint256 maxGap_) {
        if (admin == address(0)) revert ZeroAddress();
        if (maxGap_ == 0) revert ZeroWindow();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        maxGap = maxGap_;
    }

    /// @notice Posts the price of now, USD per whole token with 18 decimals. @dev FEEDER_ROLE; one per second.
    function post(uint192 price) external onlyRole(FEEDER_ROLE) {
        if (price == 0) revert InvalidPrice(price);
        uint256 count = _observations.length;
        uint256 cumulative;
        if (count == 0) {
            _continuousSince = block.timestamp;
        } else {
            Observation storage last = _observations[count - 1];
            uint256 gap = block.timestamp - last.time;
            if (gap == 0) revert TooSoon(last.time);
            if (gap > maxGap) _continuousSince = block.timestamp;
            cumulative = last.cumulative + uint256(last.price) * gap;
        }
        _observations.push(Observation(uint64(block.timestamp), price, cumulative));
        emit ObservationPosted(msg.sender, price, block.timestamp);
    }

    /// @inheritdoc ITwapOracle
    function twap(uint32 windowSeconds) external view returns (uint256 usdPerDimo1e18, uint256 updatedAt) {
        if (windowSeconds == 0) revert ZeroWindow();
        uint256 count = _observations.length;
        if (count == 0) revert StaleObservation(0);
        Observation storage last = _observations[count - 1];
        updatedAt = last.time;
        if (block.timestamp - updatedAt > maxGap) revert StaleObservation(updatedAt);
        uint256 from = block.timestamp - windowSeconds;
        if (from < _continuousSince) revert IncompleteWindow(from, _continuousSince);
        uint256 end = last.cumulative + uint256(last.price) * (block.timestamp - updatedAt);
        Observation storage start = _observations[_lastAtOrBefore(from, count)];
        uint256 begin = start.cumulative + uint256(start.price) * (from - start.time);
        return ((end - begin) / windowSeconds, updatedAt);
    }

    /// @notice Number of observations.
    function observationCount() external view returns (uint256) {
        return _observations.length;
    }

    /// @notice Start of the present stretch without a gap, zero before the first observation.
    function continuousSince() external view returns (uint256) {
        return _continuousSince;
    }

    /// @dev Binary search; the first observation is known to be at or before `target`.
    function _lastAtOrBefore(uint256 target, uint256 count) private view returns (uint256 low) {
        uint256 high = count - 1;
        while (low < high) {
            uint256 middle = (low + high + 1) / 2;
            if (_observations[middle].time <= target) low = middle;
            else high = middle - 1;
        }
    }
}
