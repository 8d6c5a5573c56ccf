// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {IStakeTerms} from "../../src/interfaces/IStakeTerms.sol";
import {IStakeVault} from "../../src/interfaces/IStakeVault.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {UtcMonths} from "../../src/libraries/UtcMonths.sol";
import {StakeTerms} from "../../src/stake/StakeTerms.sol";
import {LicenseBase} from "../helpers/LicenseBase.sol";

contract LicenseUsageTest is LicenseBase {
    uint256 private constant TOPUP = 30 days;
    uint256 private constant DUE_WINDOW = 14 days;

    function _base(ILicenseBook.Kind kind, uint256 users, uint256 units, uint8 class) private view returns (uint256 r) {
        (r,) = terms.base(kind, users, units, class);
    }

    // Requirements by kind -----------------------------------------------------------------------------------------

    function test_fixedKinds() public view {
        assertEq(_base(ILicenseBook.Kind.Provider, 9, 9, 6), 100_000e18, "provider, D3-03");
        assertEq(_base(ILicenseBook.Kind.Client, 9, 9, 6), 20_000e18, "client, D1-31");
        assertEq(_base(ILicenseBook.Kind.DeviceType, 9, 9, 6), 0, "device type");
    }

    /// @dev D1-32, on the licence itself.
    function test_nodeStake_d1_32() public {
        uint256 id = _approved(alice, ILicenseBook.Kind.Node);
        assertEq(book.requirementOf(id), 100_000e18, "0 users");
        _users(id, 50_000);
        assertEq(book.requirementOf(id), 200_000e18, "50,000 users");
        _users(id, 1_000_000);
        assertEq(book.requirementOf(id), 2_100_000e18, "1,000,000 users");
    }

    /// @dev D1-47, D1-48.
    function test_appStep_d1_48() public {
        uint256[2][6] memory vectors = [
            [uint256(10_000), 0],
            [uint256(10_001), 10_000e18],
            [uint256(19_999), 10_000e18],
            [uint256(20_000), 10_000e18],
            [uint256(40_001), 10_000e18],
            [uint256(45_000), 10_000e18]
        ];
        for (uint256 i = 0; i < vectors.length; ++i) {
            assertEq(_base(ILicenseBook.Kind.App, vectors[i][0], 0, 0), vectors[i][1], "step");
        }
        _set(K.STAKE_APP_PER_USER, 1e18);
        assertEq(_base(ILicenseBook.Kind.App, 10_000, 0, 0), 0, "free");
        assertEq(_base(ILicenseBook.Kind.App, 10_001, 0, 0), 10_001e18, "one above");
        assertEq(_base(ILicenseBook.Kind.App, 45_000, 0, 0), 45_000e18, "35,000 above");
    }

    /// @dev D5-46: the points of the curve, the middle of each segment, beyond the last.
    function test_lockUpCurve_d5_46() public view {
        uint256[2][7] memory vectors = [
            [uint256(0), 10_000e18],
            [uint256(5000), 17_500e18],
            [uint256(10_000), 25_000e18],
            [uint256(55_000), 62_500e18],
            [uint256(100_000), 100_000e18],
            [uint256(1_000_000), 500_000e18],
            [uint256(1_900_000), 900_000e18]
        ];
        for (uint256 i = 0; i < vectors.length; ++i) {
            assertEq(_base(ILicenseBook.Kind.Operator, 0, vectors[i][0], 1), vectors[i][1], "curve");
            assertEq(_base(ILicenseBook.Kind.Broker, 0, vectors[i][0], 1), vectors[i][1], "the same for brokers");
        }
        // 100,000e18 + floor(400,000e18 × 1 / 900,000)
        assertEq(_base(ILicenseBook.Kind.Broker, 0, 100_001, 1), 100_000_444444444444444444, "rounded down");
    }

    /// @dev D5-47.
    function test_classFactor_d5_47() public view {
        uint256[7] memory factors = [uint256(5000), 10_000, 20_000, 30_000, 50_000, 80_000, 100_000];
        for (uint8 class = 0; class < 7; ++class) {
            assertEq(
                _base(ILicenseBook.Kind.Operator, 0, 100_000, class), 100_000e18 * factors[class] / 10_000, "factor"
            );
        }
        assertEq(_base(ILicenseBook.Kind.Operator, 0, 0, 0), 10_000e18, "never below the least");
    }

    function testFuzz_curveNeverFalls(uint256 a, uint256 b, uint8 class) public view {
        a = bound(a, 0, type(uint128).max);
        b = bound(b, a, type(uint128).max);
        class = uint8(bound(class, 0, 6));
        uint256 low = _base(ILicenseBook.Kind.Operator, 0, a, class);
        assertTrue(low <= _base(ILicenseBook.Kind.Operator, 0, b, class), "ascending");
        assertTrue(low >= 10_000e18, "least");
    }

    // Grandfathering -----------------------------------------------------------------------------------------------

    function test_grandfatheredLicenceKeepsItsRequirement_c13() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        _set(K.STAKE_PROVIDER, 150_000e18);
        assertFalse(book.isActive(id), "off: the parameter counts");
        _set(K.STAKE_GRANDFATHER, 1);
        assertEq(book.requirementOf(id), 100_000e18, "as approved");
        assertTrue(book.isActive(id), "covered");
        assertEq(book.requirementOf(_approved(bob, ILicenseBook.Kind.Provider)), 150_000e18, "a new one");
        uint256 applied = _apply(mallory, ILicenseBook.Kind.Provider);
        assertEq(book.requirementOf(applied), 150_000e18, "an application has nothing to keep");
        _set(K.STAKE_PROVIDER, 90_000e18);
        assertEq(book.requirementOf(id), 90_000e18, "a lower parameter counts");
        vm.prank(member);
        book.raiseRequirement(id, 130_000e18, HASH);
        assertEq(book.requirementOf(id), 130_000e18, "the team's amount is above it");
    }

    function test_growthIsNeverGrandfathered() public {
        _set(K.STAKE_GRANDFATHER, 1);
        uint256 id = _active(alice, ILicenseBook.Kind.Node);
        _users(id, 50_000);
        assertEq(book.requirementOf(id), 200_000e18, "users count");
        _set(K.STAKE_NODE_BASE, 110_000e18);
        assertEq(book.requirementOf(id), 210_000e18, "and so does the parameter");
    }

    // Top-up window ------------------------------------------------------------------------------------------------

    /// @dev D1-33.
    function test_growthOpensATopUpWindow_d1_33() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Node);
        uint256 until = block.timestamp + TOPUP;
        vm.expectEmit(true, true, true, true, address(book));
        emit ILicenseBook.UsageReported(id, reporter, 10, 0, 0);
        vm.expectEmit(true, true, true, true, address(book));
        emit ILicenseBook.LicenseTermsChanged(id, 10, 0, 0, 0, 100_000e18, until, 100_000e18);
        _users(id, 10);
        assertTrue(book.isActive(id), "in the window");
        assertEq(vault.withdrawable(id), 0, "nothing is free");
        vm.warp(until);
        assertTrue(book.isActive(id), "last second");
        vm.warp(until + 1);
        assertFalse(book.isActive(id), "over");
        _stake(alice, id, 20e18);
        assertTrue(book.isActive(id), "topped up");
    }

    function test_windowNeedsTheOldRequirement() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Node);
        _users(id, 10);
        _slash(id, 1);
        assertFalse(book.isActive(id), "below what was needed before the growth");
    }

    /// @dev Otherwise a report a month would be a window without end.
    function test_furtherGrowthDoesNotProlongTheWindow() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Node);
        uint256 until = block.timestamp + TOPUP;
        _users(id, 10);
        vm.warp(until - 1);
        _users(id, 20);
        assertEq(book.licenseInfo(id).graceUntil, until, "the same window");
        vm.warp(until + 1);
        assertFalse(book.isActive(id), "over");
        _users(id, 30);
        assertFalse(book.isActive(id), "and no second one");
    }

    function test_coveredReportClosesTheWindow() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Node);
        _users(id, 10);
        _stake(alice, id, 20e18);
        _users(id, 9);
        assertEq(book.licenseInfo(id).graceUntil, 0, "closed");
        assertEq(vault.withdrawable(id), 2e18, "excess");
        _users(id, 11);
        assertEq(book.licenseInfo(id).graceUntil, block.timestamp + TOPUP, "the next growth opens the next");
        assertEq(book.licenseInfo(id).graceRequirement, 100_018e18, "at the requirement before it");
    }

    function test_licenceWithoutCoverGetsNoWindow() public {
        uint256 id = _approved(alice, ILicenseBook.Kind.Node);
        _users(id, 10);
        assertEq(book.licenseInfo(id).graceUntil, 0, "was not covered");
        assertFalse(book.isActive(id), "inactive");
    }

    function test_operatorsCurveOpensAWindowToo() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Operator);
        _units(id, 10_000, 6);
        assertEq(book.requirementOf(id), 250_000e18, "ten times 25,000");
        assertTrue(book.isActive(id), "in the window");
        vm.warp(block.timestamp + TOPUP + 1);
        assertFalse(book.isActive(id), "over");
    }

    function test_reportersOnlyAndInTheRightStates() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Node);
        bytes32 role = book.REPORTER_ROLE();
        bytes memory denied =
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, member, role);
        vm.startPrank(member);
        vm.expectRevert(denied);
        book.reportUsage(id, 1, 0, 0);
        vm.expectRevert(denied);
        book.reportMonth(id, 1, 0);
        vm.stopPrank();
        vm.startPrank(reporter);
        vm.expectRevert(abi.encodeWithSelector(ILicenseBook.WrongState.selector, id, ILicenseBook.State.Applied));
        book.reportUsage(id, 1, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ILicenseBook.WrongState.selector, 99, ILicenseBook.State.None));
        book.reportUsage(99, 1, 0, 0);
        vm.stopPrank();
        vm.prank(governance);
        book.overrule(id, HASH);
        vm.startPrank(reporter);
        vm.expectRevert(abi.encodeWithSelector(ILicenseBook.InvalidClass.selector, uint8(7)));
        book.reportUsage(id, 1, 0, 7);
        vm.expectRevert(abi.encodeWithSelector(ILicenseBook.InvalidKind.selector, ILicenseBook.Kind.Node));
        book.reportMonth(id, 1, 0);
        vm.stopPrank();
        vm.startPrank(governance);
        book.revokeRole(role, reporter);
        vm.stopPrank();
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, reporter, role)
        );
        vm.prank(reporter);
        book.reportUsage(id, 1, 0, 0);
    }

    // Monthly burn -------------------------------------------------------------------------------------------------

    /// @dev C-12, D1-49: floor, pro rata, ceil.
    function test_burnInThreeRoundings_c12() public {
        uint256[4][6] memory vectors = [
            [uint256(10_000), 0, 0, 0],
            [uint256(10_001), 0, 500.05e18, 1000e18],
            [uint256(19_999), 0, 999.95e18, 1000e18],
            [uint256(20_000), 1000e18, 1000e18, 1000e18],
            [uint256(40_001), 2000e18, 2000.05e18, 3000e18],
            [uint256(45_000), 2000e18, 2250e18, 3000e18]
        ];
        for (uint256 rounding = 0; rounding < 3; ++rounding) {
            _set(K.BURN_ROUNDING, rounding);
            for (uint256 i = 0; i < vectors.length; ++i) {
                assertEq(terms.appBurn(vectors[i][0]), vectors[i][rounding + 1], "burn");
            }
        }
    }

    function _app() private returns (uint256 id, uint256 month) {
        id = _approved(alice, ILicenseBook.Kind.App);
        month = UtcMonths.monthOf(block.timestamp) - 3;
    }

    function _pay(uint256 id, uint256 month, uint256 amount) private {
        vm.prank(admin);
        token.mint(bob, amount);
        vm.startPrank(bob);
        token.approve(address(book), amount);
        book.payBurn(id, month);
        vm.stopPrank();
    }

    function test_burnIsDueAndPaidOldestFirst_d1_49() public {
        (uint256 id, uint256 month) = _app();
        uint256 dueAt = block.timestamp + DUE_WINDOW;
        vm.expectEmit(true, true, true, true, address(book));
        emit ILicenseBook.BurnDue(id, month, 45_000, 2000e18, dueAt);
        vm.startPrank(reporter);
        book.reportMonth(id, month, 45_000);
        book.reportMonth(id, month + 1, 20_000);
        vm.stopPrank();
        (uint256 m, uint256 amount, uint256 at_) = book.burnDue(id);
        assertEq(m, month, "oldest");
        assertEq(amount, 2000e18, "amount");
        assertEq(at_, dueAt, "due");
        vm.warp(dueAt);
        assertTrue(book.isActive(id), "last second");
        vm.warp(dueAt + 1);
        assertTrue(book.hasOverdueBurn(id), "overdue");
        assertFalse(book.isActive(id), "inactive");
        vm.expectRevert(abi.encodeWithSelector(ILicenseBook.NotOldestMonth.selector, id, month + 1));
        book.payBurn(id, month + 1);
        uint256 supply = token.totalSupply();
        vm.prank(admin);
        token.mint(bob, 3000e18);
        vm.startPrank(bob);
        token.approve(address(book), 3000e18);
        vm.expectEmit(true, true, true, true, address(book));
        emit ILicenseBook.BurnPaid(id, month, bob, 2000e18);
        book.payBurn(id, month);
        assertFalse(book.isActive(id), "the next one is overdue too");
        book.payBurn(id, month + 1);
        vm.expectRevert(abi.encodeWithSelector(ILicenseBook.NotOldestMonth.selector, id, month + 1));
        book.payBurn(id, month + 1);
        vm.stopPrank();
        assertTrue(book.isActive(id), "paid");
        assertEq(token.totalSupply(), supply, "burned");
        assertEq(token.balanceOf(address(book)), 0, "nothing is kept");
    }

    /// @dev Economy §3: renouncing, and applying again, would leave the burns behind while the stake comes free.
    function test_burnDueHoldsTheStakeAlsoOfAnEndedLicence() public {
        (uint256 id, uint256 month) = _app();
        _stake(alice, id, 300e18);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(ILicenseBook.NotOldestMonth.selector, id, month));
        book.payBurn(id, month);
        assertEq(vault.withdrawable(id), 300e18, "nothing is required of so few users");
        vm.startPrank(reporter);
        book.reportMonth(id, month, 20_000);
        book.reportMonth(id, month + 1, 20_000);
        vm.stopPrank();
        assertEq(vault.withdrawable(id), 0, "held while approved, before it is overdue");
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.StakeLocked.selector, id, 1, 0));
        vault.withdraw(id, 0, 1);
        vm.prank(alice);
        book.renounce(id);
        _approved(alice, ILicenseBook.Kind.App);
        vm.warp(vault.releaseAt(id));
        assertFalse(vault.isReleasable(id), "two months are due");
        vm.expectRevert(abi.encodeWithSelector(ILicenseBook.StakeNotFree.selector, id));
        book.release(id);
        _pay(id, month, 1000e18);
        assertEq(vault.withdrawable(id), 0, "one month is due");
        _pay(id, month + 1, 1000e18);
        assertTrue(vault.isReleasable(id), "paid after the end");
        assertEq(vault.withdrawable(id), 300e18, "free");
        book.release(id);
        _withdraw(alice, id, 0, 300e18);
    }

    function test_monthIsReportedOnceAfterItsEndInOrder() public {
        (uint256 id, uint256 month) = _app();
        vm.startPrank(reporter);
        vm.expectRevert(abi.encodeWithSelector(ILicenseBook.InvalidMonth.selector, month + 3));
        book.reportMonth(id, month + 3, 1);
        book.reportMonth(id, month + 1, 10_000);
        vm.expectRevert(abi.encodeWithSelector(ILicenseBook.MonthAlreadyReported.selector, id, month + 1));
        book.reportMonth(id, month + 1, 45_000);
        vm.expectRevert(abi.encodeWithSelector(ILicenseBook.MonthAlreadyReported.selector, id, month));
        book.reportMonth(id, month, 45_000);
        vm.stopPrank();
        (, uint256 amount,) = book.burnDue(id);
        assertEq(amount, 0, "free users owe nothing");
    }

    /// @dev A shorter window does not make a later month overdue before an older one.
    function test_dueTimesAscend() public {
        (uint256 id, uint256 month) = _app();
        vm.prank(reporter);
        book.reportMonth(id, month, 20_000);
        uint256 dueAt = block.timestamp + DUE_WINDOW;
        _set(K.BURN_DUE_WINDOW, 0);
        vm.expectEmit(true, true, true, true, address(book));
        emit ILicenseBook.BurnDue(id, month + 1, 20_000, 1000e18, dueAt);
        vm.prank(reporter);
        book.reportMonth(id, month + 1, 20_000);
        _pay(id, month, 1000e18);
        vm.expectEmit(true, true, true, true, address(book));
        emit ILicenseBook.BurnDue(id, month + 2, 20_000, 1000e18, dueAt);
        vm.prank(reporter);
        book.reportMonth(id, month + 2, 20_000);
    }

    function testFuzz_monthsOfTheCalendar(uint256 time) public pure {
        time = bound(time, 0, 16_725_225_600);
        uint256 month = UtcMonths.monthOf(time);
        assertEq(UtcMonths.yearOf(time), 1970 + month / 12, "year");
        assertTrue(UtcMonths.monthOf(time + 31 days) >= month + 1, "31 days later is another month");
        assertTrue(UtcMonths.monthOf(time + 28 days) <= month + 1, "28 days later is at most the next");
    }

    function test_monthVectors() public pure {
        assertEq(UtcMonths.monthOf(0), 0, "1970-01-01");
        assertEq(UtcMonths.monthOf(951_782_399), 361, "2000-02-28T23:59:59");
        assertEq(UtcMonths.monthOf(951_868_799), 361, "2000-02-29T23:59:59");
        assertEq(UtcMonths.monthOf(951_868_800), 362, "2000-03-01");
        assertEq(UtcMonths.monthOf(1_709_164_800), 649, "2024-02-29");
        assertEq(UtcMonths.monthOf(1_798_761_599), 683, "2026-12-31T23:59:59");
        assertEq(UtcMonths.monthOf(1_798_761_600), 684, "2027-01-01");
        assertEq(UtcMonths.yearOf(1_798_761_599), 2026, "2026");
        assertEq(UtcMonths.yearOf(1_798_761_600), 2027, "2027");
        assertEq(UtcMonths.yearOf(4_107_542_399), 2100, "2100-02-28T23:59:59");
        assertEq(UtcMonths.monthOf(4_107_542_400), 1562, "2100-03-01: no leap day");
    }

    function test_termsNeedParameters() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeTerms.ZeroAddress.selector));
        new StakeTerms(address(0), address(peg));
        assertEq(terms.parameters(), address(params), "parameters");
        assertEq(terms.usdPeg(), address(peg), "peg");
    }
}
