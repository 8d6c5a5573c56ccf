// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {TeamCurve} from "../../src/libraries/TeamCurve.sol";
import {Tranches} from "../../src/libraries/Tranches.sol";
import {Assertions} from "../helpers/Assertions.sol";
import {BigNat} from "../helpers/BigNat.sol";
import {Vm} from "../helpers/Vm.sol";

contract TeamCurveTest is Assertions {
    using BigNat for uint256[];

    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant CAP = 150_000;
    uint256 private constant FLOOR = 1000;
    uint256 private constant RATIO = 999_999;
    uint256 private constant FLOOR_BINDS = 5_010_634;
    uint256 private constant MAX_PRICE = 1_000_000_000e18;

    function _seed(uint256 price, uint256 n) private pure returns (uint256) {
        return TeamCurve.part(price, CAP, FLOOR, TeamCurve.decay(RATIO, n));
    }

    /// @dev D3-103: the rate in percent with six decimals, rounded half up.
    function _assertRate(uint256 n, uint256 micropercent) private pure {
        uint256 rate = _seed(100e18, n);
        assertEq((rate + 0.5e12) / 1e12, micropercent, "rate of n");
    }

    function test_D3_103_ratesToSixDecimals() public pure {
        _assertRate(1, 15_000_000);
        _assertRate(10_000, 14_850_762);
        _assertRate(30_000, 14_556_697);
        _assertRate(100_000, 13_572_574);
        _assertRate(1_000_000, 5_518_194);
        _assertRate(5_010_634, 100_000);
    }

    /// @dev D3-103: the first n at which 0.1 % is more than the curve.
    function test_D3_103_floorFirstBindsAt5010634() public pure {
        uint256 x = 1e27;
        assertTrue(TeamCurve.part(x, CAP, 0, TeamCurve.decay(RATIO, FLOOR_BINDS - 1)) > x / 1000, "curve above");
        assertTrue(TeamCurve.part(x, CAP, 0, TeamCurve.decay(RATIO, FLOOR_BINDS)) < x / 1000, "curve below");
        assertEq(_seed(80e18, FLOOR_BINDS - 1), 80_000_063_102_311_729, "above the floor");
        assertEq(_seed(80e18, FLOOR_BINDS), 0.08e18, "floor");
        assertEq(_seed(80e18, 2 ** 40 - 1), 0.08e18, "for ever");
    }

    /// @dev Requirements §1.6, exact values computed with rationals.
    function test_D3_102_weiAtTheLastVoucherOfEachInitialCap() public pure {
        assertEq(_seed(50e18, 100_000), 6_786_287_082_242_529_551, "dongle");
        assertEq(_seed(70e18, 30_000), 10_189_688_139_102_202_675, "hub");
        assertEq(_seed(80e18, 30_000), 11_645_357_873_259_660_200, "dash cam");
        assertEq(_seed(120e18, 100_000), 16_287_088_997_382_070_922, "fleet");
        assertEq(_seed(150e18, 30_000), 21_835_046_012_361_862_876, "ai");
        assertEq(_seed(80e18, 1_000_000), 4_414_555_501_335_242_466, "far out");
    }

    /// @dev Requirements §1.6: 310,322.05, 354,653.77 and 664,975.82 DIMO for the whole cap.
    function test_D3_102_teamTotalsOfWholeCaps() public pure {
        uint256 hub;
        uint256 dashCam;
        uint256 ai;
        for (uint256 n = 1; n <= 30_000; ++n) {
            uint256 q = TeamCurve.decay(RATIO, n);
            hub += TeamCurve.part(70e18, CAP, FLOOR, q);
            dashCam += TeamCurve.part(80e18, CAP, FLOOR, q);
            ai += TeamCurve.part(150e18, CAP, FLOOR, q);
        }
        assertEq(hub, 310_322_050_585_936_426_600_656, "hub");
        assertEq(dashCam, 354_653_772_098_213_058_974_359, "dash cam");
        assertEq(ai, 664_975_822_684_149_485_589_792, "ai");
    }

    /// @dev Economy §5: the floor of the exact value or one wei less, checked with whole numbers of any size.
    function testFuzz_atMostOneWeiBelowTheExactFloor(uint256 x, uint256 cap, uint256 ratio, uint256 n) public pure {
        x = bound(x, 0, MAX_PRICE);
        cap = bound(cap, 0, 1_000_000);
        ratio = bound(ratio, 0, 1_000_000);
        n = bound(n, 1, 200);
        uint256 found = TeamCurve.part(x, cap, 0, TeamCurve.decay(ratio, n));
        uint256 limbs = 4 + (20 * n) / 128;
        uint256[] memory exact = BigNat.from(x * cap, limbs);
        uint256[] memory low = BigNat.from(found, limbs);
        uint256[] memory high = BigNat.from(found + 2, limbs);
        for (uint256 i = 1; i < n; ++i) {
            exact.scale(ratio);
            low.scale(1_000_000);
            high.scale(1_000_000);
        }
        low.scale(1_000_000);
        high.scale(1_000_000);
        assertFalse(exact.lessThan(low), "never above the exact value");
        assertTrue(exact.lessThan(high), "at most one wei below its floor");
    }

    function testFuzz_notRisingInN(uint256 x, uint256 ratio, uint256 n) public pure {
        x = bound(x, 0, MAX_PRICE);
        ratio = bound(ratio, 0, 1_000_000);
        n = bound(n, 1, 2 ** 40 - 2);
        uint256 here = TeamCurve.part(x, CAP, FLOOR, TeamCurve.decay(ratio, n));
        uint256 next = TeamCurve.part(x, CAP, FLOOR, TeamCurve.decay(ratio, n + 1));
        assertTrue(next <= here, "not rising");
        assertTrue(here >= (x * FLOOR) / 1_000_000, "not below the floor");
        assertTrue(here <= (x * CAP) / 1_000_000, "not above the cap");
    }

    function testFuzz_tranchesAddUpAndDifferOnlyInTheLast(uint256 total, uint256 months, uint256 k) public pure {
        total = bound(total, 0, MAX_PRICE);
        months = bound(months, 1, 60);
        k = bound(k, 1, months);
        uint256 sum;
        for (uint256 i = 1; i <= months; ++i) {
            sum += Tranches.nth(total, i, months);
            assertEq(Tranches.upTo(total, i, months), sum, "running sum");
        }
        assertEq(sum, total, "D3-104");
        assertTrue(k == months || Tranches.nth(total, k, months) == total / months, "equal");
        assertTrue(Tranches.nth(total, months, months) >= total / months, "dust in the last one");
    }

    function decay(uint256 ratio, uint256 n) external pure returns (uint256) {
        return TeamCurve.decay(ratio, n);
    }

    function nth(uint256 k, uint256 months) external pure returns (uint256) {
        return Tranches.nth(1, k, months);
    }

    function test_numbersAndTranchesStartAtOne() public {
        vm.expectRevert(TeamCurve.ZeroNumber.selector);
        this.decay(RATIO, 0);
        vm.expectRevert(abi.encodeWithSelector(Tranches.NoSuchTranche.selector, 0, 24));
        this.nth(0, 24);
        vm.expectRevert(abi.encodeWithSelector(Tranches.NoSuchTranche.selector, 25, 24));
        this.nth(25, 24);
    }
}
