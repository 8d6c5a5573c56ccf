// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Years and months of the UTC calendar
library UtcMonths {
    uint256 private constant DAYS_PER_ERA = 146_097;
    /// @dev Days from 0000-03-01 to 1970-01-01.
    uint256 private constant EPOCH_SHIFT = 719_468;

    /// @notice Year of a Unix time.
    function yearOf(uint256 time) internal pure returns (uint256 year) {
        (year,) = _civil(time);
    }

    /// @notice Whole months from January 1970 to the month of a Unix time.
    function monthOf(uint256 time) internal pure returns (uint256) {
        (uint256 year, uint256 month) = _civil(time);
        return (year - 1970) * 12 + month - 1;
    }

    /// @dev Proleptic Gregorian calendar with years that begin in March, so that the leap day is the last one.
    function _civil(uint256 time) private pure returns (uint256 year, uint256 month) {
        uint256 z = time / 1 days + EPOCH_SHIFT;
        uint256 era = z / DAYS_PER_ERA;
        uint256 doe = z % DAYS_PER_ERA;
        uint256 yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        uint256 doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        uint256 mp = (5 * doy + 2) / 153;
        month = mp < 10 ? mp + 3 : mp - 9;
        year = yoe + era * 400 + (month <= 2 ? 1 : 0);
    }
}
