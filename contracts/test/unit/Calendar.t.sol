// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Calendar} from "../../src/libraries/Calendar.sol";
import {Assertions} from "../helpers/Assertions.sol";

contract CalendarTest is Assertions {
    uint256 private constant NOON = 12 hours;
    /// @dev Year 9999.
    uint256 private constant LAST = 253_370_764_800;

    function _at(uint256 year, uint256 month, uint256 day) private pure returns (uint256) {
        return Calendar.toDays(year, month, day) * 1 days + NOON;
    }

    function test_knownDates() public pure {
        assertEq(Calendar.toDays(1970, 1, 1), 0, "epoch");
        assertEq(Calendar.toDays(2000, 3, 1) * 1 days, 951_868_800, "after the leap day of a leap century");
        assertEq(Calendar.toDays(2100, 3, 1) * 1 days, 4_107_542_400, "no leap day in 2100");
        (uint256 y, uint256 m, uint256 d) = Calendar.toDate(1_800_000_000 / uint256(1 days));
        assertEq(y * 10_000 + m * 100 + d, 20_270_115, "15 January 2027");
    }

    /// @dev Economy §5: day clamped to the end of the month, time of day kept, always counted from the start.
    function test_the31stIsClampedAndComesBack() public pure {
        uint256 start = _at(2027, 1, 31);
        assertEq(Calendar.addMonths(start, 1), _at(2027, 2, 28), "28 February");
        assertEq(Calendar.addMonths(start, 2), _at(2027, 3, 31), "31 March");
        assertEq(Calendar.addMonths(start, 3), _at(2027, 4, 30), "30 April");
        assertEq(Calendar.addMonths(start, 13), _at(2028, 2, 29), "leap year");
        assertEq(Calendar.addMonths(start, 11), _at(2027, 12, 31), "December");
        assertEq(Calendar.addMonths(start, 12), _at(2028, 1, 31), "year");
    }

    function test_leapDay() public pure {
        uint256 start = _at(2028, 2, 29);
        assertEq(Calendar.addMonths(start, 12), _at(2029, 2, 28), "next year");
        assertEq(Calendar.addMonths(start, 48), _at(2032, 2, 29), "next leap year");
        assertEq(Calendar.addMonths(start, 1), _at(2028, 3, 29), "March");
    }

    function testFuzz_dateAndDaysAreInverse(uint256 day) public pure {
        day = bound(day, 0, LAST / 1 days);
        (uint256 y, uint256 m, uint256 d) = Calendar.toDate(day);
        assertTrue(m >= 1 && m <= 12 && d >= 1 && d <= Calendar.daysIn(y, m), "a date");
        assertEq(Calendar.toDays(y, m, d), day, "round trip");
    }

    function testFuzz_monthsElapsedIsTheGreatestThatFits(uint256 from, uint256 to) public pure {
        from = bound(from, 0, LAST);
        to = bound(to, from, from + 100 * 366 days);
        uint256 months = Calendar.monthsElapsed(from, to);
        assertTrue(Calendar.addMonths(from, months) <= to, "fits");
        assertTrue(Calendar.addMonths(from, months + 1) > to, "one more does not");
        assertEq(Calendar.monthsElapsed(to, from), 0, "never negative");
    }

    function testFuzz_monthsRise(uint256 from, uint256 months) public pure {
        from = bound(from, 0, LAST);
        months = bound(months, 0, 300);
        uint256 here = Calendar.addMonths(from, months);
        uint256 next = Calendar.addMonths(from, months + 1);
        assertTrue(next >= here + 28 days - 3 days && next <= here + 34 days, "about a month later");
        assertEq(here % 1 days, from % 1 days, "time of day");
    }
}
