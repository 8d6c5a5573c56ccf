// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Months of the proleptic Gregorian calendar, UTC
/// @notice A month later is the same day and time of day, clamped to the end of a shorter month. Months are always
///         added to the first time, so a clamp does not stay: 31 January, 28 February, 31 March.
library Calendar {
    uint256 private constant DAY = 86_400;
    uint256 private constant EPOCH_YEAR = 1970;

    /// @notice The time `months` after `time`.
    function addMonths(uint256 time, uint256 months) internal pure returns (uint256) {
        (uint256 year, uint256 month, uint256 day) = toDate(time / DAY);
        uint256 index = year * 12 + (month - 1) + months;
        (year, month) = (index / 12, index % 12 + 1);
        uint256 last = daysIn(year, month);
        return toDays(year, month, day < last ? day : last) * DAY + time % DAY;
    }

    /// @notice The greatest m with `addMonths(from, m) <= to`; 0 when `to` is before `from`.
    function monthsElapsed(uint256 from, uint256 to) internal pure returns (uint256 months) {
        if (to <= from) return 0;
        (uint256 y0, uint256 m0,) = toDate(from / DAY);
        (uint256 y1, uint256 m1,) = toDate(to / DAY);
        months = (y1 * 12 + m1) - (y0 * 12 + m0);
        if (addMonths(from, months) > to) --months;
    }

    /// @notice Days of a month.
    function daysIn(uint256 year, uint256 month) internal pure returns (uint256) {
        if (month == 2) return isLeap(year) ? 29 : 28;
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }

    /// @notice True in years with 29 February.
    function isLeap(uint256 year) internal pure returns (bool) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    /// @notice Days from 1 January 1970 to a date.
    function toDays(uint256 year, uint256 month, uint256 day) internal pure returns (uint256) {
        return _daysBeforeYear(year) - _daysBeforeYear(EPOCH_YEAR) + _daysBeforeMonth(year, month) + day - 1;
    }

    /// @notice Date of a day number counted from 1 January 1970.
    function toDate(uint256 dayNumber) internal pure returns (uint256 year, uint256 month, uint256 day) {
        // 400 years have 146,097 days: the estimate is never too late and at most one year too early.
        year = EPOCH_YEAR + (dayNumber * 400) / 146_097;
        uint256 since = dayNumber + _daysBeforeYear(EPOCH_YEAR);
        if (_daysBeforeYear(year) > since) --year;
        if (_daysBeforeYear(year + 1) <= since) ++year;
        uint256 rest = since - _daysBeforeYear(year);
        // A month has at most 31 days, so the estimate is the month or the one before it.
        month = rest / 31 + 1;
        if (month < 12 && _daysBeforeMonth(year, month + 1) <= rest) ++month;
        day = rest - _daysBeforeMonth(year, month) + 1;
    }

    function _daysBeforeYear(uint256 year) private pure returns (uint256) {
        uint256 y = year - 1;
        return y * 365 + y / 4 - y / 100 + y / 400;
    }

    /// @dev 30 or 31 alternate up to July and again from August; (367m − 362) / 12 counts them as if February had 30.
    function _daysBeforeMonth(uint256 year, uint256 month) private pure returns (uint256 count) {
        count = (367 * month - 362) / 12;
        if (month > 2) count -= isLeap(year) ? 1 : 2;
    }
}
