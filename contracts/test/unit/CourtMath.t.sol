// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {CourtMath} from "../../src/court/CourtMath.sol";
import {Award, ICourt, Parts, Ruling} from "../../src/interfaces/ICourt.sol";
import {Assertions} from "../helpers/Assertions.sol";
import {Vm} from "../helpers/Vm.sol";

contract CourtMathTest is Assertions {
    using CourtMath for Parts;

    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant MAX = type(uint128).max;

    function check(Ruling calldata ruling, uint256 cap) external pure {
        CourtMath.checkRuling(ruling, cap);
    }

    function _award(uint256 a, uint256 b, uint256 c) private pure returns (Award memory award) {
        a = bound(a, 0, 10_000);
        b = bound(b, 0, 10_000 - a);
        c = bound(c, 0, 10_000 - a - b);
        return Award(uint16(a), uint16(b), uint16(c), uint16(10_000 - a - b - c));
    }

    function _ruling() private pure returns (Ruling memory r) {
        r.upheld = true;
        r.reparation = 1;
        r.opinionHash = "opinion";
    }

    /// @dev Award vectors of the seed profile, worked by hand: 100,000 × (25, 60, 5, 10) %, challenger's least 10,000.
    function test_C27_seedVectorWithLeastReward() public pure {
        Parts memory due = CourtMath.split(100_000e18, Award(2500, 6000, 500, 1000), 10_000e18, 4500e18);
        assertEq(due.fees, 4500e18, "fees on top");
        assertEq(due.challenger, 10_000e18, "least reward above 5 %");
        assertEq(due.users, 60_000e18, "users");
        assertEq(due.treasury, 10_000e18, "treasury");
        assertEq(due.burned, 20_000e18, "25,000 less the excess of 5,000");
    }

    function test_excessIsTakenFromBurnThenTreasuryThenUsers() public pure {
        Award memory award = Award(2500, 6000, 500, 1000);
        Parts memory due = CourtMath.split(10_000, award, 3000, 0);
        assertEq(due.burned, 0, "burn all");
        assertEq(due.treasury, 1000, "treasury untouched");
        assertEq(due.users, 6000, "users untouched");
        due = CourtMath.split(10_000, award, 3600, 0);
        assertEq(due.treasury, 400, "then treasury");
        due = CourtMath.split(10_000, award, 5000, 0);
        assertEq(due.treasury, 0, "treasury all");
        assertEq(due.users, 5000, "then users");
        due = CourtMath.split(10_000, award, 20_000, 0);
        assertEq(due.challenger, 10_000, "never more than the reparation");
        assertEq(due.users, 0, "nothing left");
    }

    function test_roundingFallsToTheBurn() public pure {
        Parts memory due = CourtMath.split(7, Award(2500, 6000, 500, 1000), 0, 0);
        assertEq(due.users, 4, "floor 4.2");
        assertEq(due.treasury, 0, "floor 0.7");
        assertEq(due.challenger, 0, "floor 0.35");
        assertEq(due.burned, 3, "the rest");
    }

    /// @dev The shortfall is cut from burn, then treasury, then users, then challenger, then fees.
    function test_insolvencyOrder() public pure {
        Parts memory due = Parts({fees: 5, challenger: 10, users: 60, treasury: 10, burned: 20});
        Parts memory paid = due.serve(100);
        assertEq(paid.burned, 15, "burn first");
        paid = due.serve(80);
        assertEq(paid.burned, 0, "no burn");
        assertEq(paid.treasury, 5, "then treasury");
        paid = due.serve(40);
        assertEq(paid.treasury, 0, "no treasury");
        assertEq(paid.users, 25, "then users");
        paid = due.serve(12);
        assertEq(paid.users, 0, "no users");
        assertEq(paid.challenger, 7, "then challenger");
        paid = due.serve(3);
        assertEq(paid.challenger, 0, "no challenger");
        assertEq(paid.fees, 3, "fees last");
    }

    function testFuzz_splitConservesToTheWei(uint256 rep, uint256 a, uint256 b, uint256 c, uint256 least, uint256 fees)
        public
        pure
    {
        rep = bound(rep, 0, MAX);
        least = bound(least, 0, MAX);
        fees = bound(fees, 0, MAX);
        Award memory award = _award(a, b, c);
        Parts memory due = CourtMath.split(rep, award, least, fees);
        assertEq(due.total(), rep + fees, "sum");
        assertEq(due.fees, fees, "fees");
        assertTrue(due.challenger >= (least < rep ? least : rep), "least reward");
        assertTrue(due.challenger >= rep * award.challengerBps / 10_000, "vector share");
        assertTrue(due.users <= rep * award.usersBps / 10_000, "users never above the vector");
        assertTrue(due.treasury <= rep * award.treasuryBps / 10_000, "treasury never above the vector");
        if (due.users < rep * award.usersBps / 10_000) assertEq(due.treasury + due.burned, 0, "users cut last");
        if (due.treasury < rep * award.treasuryBps / 10_000) assertEq(due.burned, 0, "treasury after burn");
    }

    function testFuzz_serveConservesToTheWei(uint128[5] memory v, uint256 available) public pure {
        Parts memory due = Parts(v[0], v[1], v[2], v[3], v[4]);
        available = bound(available, 0, due.total() + 1);
        Parts memory paid = due.serve(available);
        Parts memory owed = due.minus(paid);
        assertEq(paid.total(), available < due.total() ? available : due.total(), "all that is there");
        assertEq(paid.total() + owed.total(), due.total(), "paid and owed are due");
        assertEq(paid.plus(owed).total(), due.total(), "plus undoes minus");
        if (owed.fees != 0) assertEq(paid.challenger, 0, "fees before challenger");
        if (owed.challenger != 0) assertEq(paid.users, 0, "challenger before users");
        if (owed.users != 0) assertEq(paid.treasury, 0, "users before treasury");
        if (owed.treasury != 0) assertEq(paid.burned, 0, "treasury before burn");
    }

    /// @dev Paying in any two steps gives the same as paying at once: debt leaves nobody worse off for waiting.
    function testFuzz_serveInStepsIsServeAtOnce(uint128[5] memory v, uint256 x, uint256 y) public pure {
        Parts memory due = Parts(v[0], v[1], v[2], v[3], v[4]);
        x = bound(x, 0, due.total());
        y = bound(y, 0, due.total() - x);
        Parts memory first = due.serve(x);
        Parts memory steps = first.plus(due.minus(first).serve(y));
        assertEq(keccak256(abi.encode(steps)), keccak256(abi.encode(due.serve(x + y))), "same parts");
    }

    function testFuzz_usersToTreasuryMovesOnlyUsers(uint128[5] memory v) public pure {
        Parts memory parts = Parts(v[0], v[1], v[2], v[3], v[4]).usersToTreasury();
        assertEq(parts.users, 0, "users");
        assertEq(parts.treasury, uint256(v[2]) + v[3], "treasury");
        assertEq(parts.fees + parts.challenger + parts.burned, uint256(v[0]) + v[1] + v[4], "others");
    }

    function testFuzz_claimsNeverExceedThePart(uint128 part, uint256 total, uint256[8] memory shares) public pure {
        total = bound(total, 1, MAX);
        uint256 left = part;
        for (uint256 i = 0; i < shares.length; ++i) {
            uint256 pays = CourtMath.claimShare(part, shares[i], total, left);
            assertTrue(pays <= left, "never more than is left");
            left -= pays;
        }
    }

    function test_medianIsTheLowerMiddle() public pure {
        uint256[] memory v = new uint256[](1);
        v[0] = 9;
        assertEq(CourtMath.medianIndex(v), 0, "one");
        v = new uint256[](2);
        (v[0], v[1]) = (9, 4);
        assertEq(CourtMath.medianIndex(v), 1, "lower of two");
        v = new uint256[](3);
        (v[0], v[1], v[2]) = (9, 4, 6);
        assertEq(CourtMath.medianIndex(v), 2, "middle of three");
        v = new uint256[](4);
        (v[0], v[1], v[2], v[3]) = (9, 4, 6, 8);
        assertEq(CourtMath.medianIndex(v), 2, "lower middle of four");
        (v[0], v[1], v[2], v[3]) = (5, 5, 5, 5);
        assertEq(CourtMath.medianIndex(v), 1, "equals in order");
    }

    function testFuzz_medianHasAsManyBelowAsAbove(uint256[7] memory raw, uint256 size) public pure {
        size = bound(size, 1, raw.length);
        uint256[] memory v = new uint256[](size);
        for (uint256 i = 0; i < size; ++i) {
            v[i] = raw[i] % 4;
        }
        uint256 median = v[CourtMath.medianIndex(v)];
        uint256 below;
        uint256 above;
        for (uint256 i = 0; i < size; ++i) {
            if (v[i] < median) ++below;
            if (v[i] > median) ++above;
        }
        assertTrue(below <= (size - 1) / 2, "not more than half below");
        assertTrue(above <= size / 2, "not more than half above");
    }

    function test_rulingNeedsAnOpinion() public {
        Ruling memory r = _ruling();
        r.opinionHash = 0;
        VM.expectRevert(ICourt.ZeroHash.selector);
        this.check(r, 2000);
    }

    function test_upheldIffReparation() public {
        Ruling memory r = _ruling();
        r.reparation = 0;
        VM.expectRevert(abi.encodeWithSelector(ICourt.InvalidReparation.selector, true, 0));
        this.check(r, 2000);
        r.upheld = false;
        r.reparation = 1;
        VM.expectRevert(abi.encodeWithSelector(ICourt.InvalidReparation.selector, false, 1));
        this.check(r, 2000);
        r.upheld = true;
        r.reparation = MAX + 1;
        VM.expectRevert(abi.encodeWithSelector(ICourt.InvalidReparation.selector, true, MAX + 1));
        this.check(r, 2000);
        r.reparation = MAX;
        this.check(r, 2000);
    }

    function test_impactRootIffShares() public {
        Ruling memory r = _ruling();
        r.impactShares = 1;
        VM.expectRevert(abi.encodeWithSelector(ICourt.InvalidImpact.selector, bytes32(0), 1));
        this.check(r, 2000);
        r.impactRoot = "root";
        this.check(r, 2000);
        r.impactShares = 0;
        VM.expectRevert(abi.encodeWithSelector(ICourt.InvalidImpact.selector, bytes32("root"), 0));
        this.check(r, 2000);
        r.impactShares = MAX + 1;
        VM.expectRevert(abi.encodeWithSelector(ICourt.InvalidImpact.selector, bytes32("root"), MAX + 1));
        this.check(r, 2000);
    }

    function testFuzz_C27_awardSumsTo10000(uint16 a, uint16 b, uint16 c, uint16 d) public {
        Ruling memory r = _ruling();
        r.award = Award(a, b, c, d);
        uint256 sum = uint256(a) + b + c + d;
        if (sum != 0 && sum != 10_000) {
            VM.expectRevert(abi.encodeWithSelector(ICourt.InvalidAward.selector, sum));
        } else if (c > 2000) {
            VM.expectRevert(abi.encodeWithSelector(ICourt.ChallengerShareTooHigh.selector, c, 2000));
        }
        this.check(r, 2000);
    }

    function test_C27_challengerShareUpToTheCap() public {
        Ruling memory r = _ruling();
        r.award = Award(0, 8000, 2000, 0);
        this.check(r, 2000);
        r.award = Award(0, 7999, 2001, 0);
        VM.expectRevert(abi.encodeWithSelector(ICourt.ChallengerShareTooHigh.selector, 2001, 2000));
        this.check(r, 2000);
    }
}
