// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {TeamRoster} from "../../src/governance/TeamRoster.sol";
import {ITeamRoster} from "../../src/interfaces/ITeamRoster.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {Parameters} from "../../src/parameters/Parameters.sol";
import {Calls} from "../helpers/Calls.sol";
import {ProfileLoader} from "../helpers/Profile.sol";

contract TeamRosterTest is Calls, ProfileLoader {
    uint256 private constant START = 1_800_000_000;
    uint256 private constant TERM_MAX = 365 days;

    address private admin = address(0xAD);
    address private member = address(0x7EA);
    address private acme = address(0xACE);

    Parameters private parameters;
    TeamRoster private roster;

    function setUp() public {
        vm.warp(START);
        parameters = _deployParameters("seed", admin);
        roster = _deployRoster(parameters, admin);
    }

    /// @dev D1-10.
    function testFuzz_membershipEndsWithTheTerm(uint256 term, uint256 later) public {
        term = bound(term, 1, TERM_MAX);
        later = bound(later, 0, 2 * TERM_MAX);
        vm.expectEmit(true, true, true, true, address(roster));
        emit ITeamRoster.MemberAppointed(member, START + term);
        vm.prank(admin);
        roster.appoint(member, START + term);
        assertEq(roster.termOf(member), START + term, "term");
        vm.warp(START + later);
        assertTrue(roster.isMember(member) == (later < term), "until the end of the term");
    }

    function testFuzz_noTermBeyondTheLongest(uint256 until) public {
        if (until > START && until <= START + TERM_MAX) until = START + TERM_MAX + 1;
        bytes memory reason = abi.encodeWithSelector(ITeamRoster.InvalidTerm.selector, until, START + TERM_MAX);
        _refused(admin, address(roster), abi.encodeCall(ITeamRoster.appoint, (member, until)), reason);
        vm.prank(admin);
        roster.appoint(member, START + 1);
        _refused(admin, address(roster), abi.encodeCall(ITeamRoster.renew, (member, until)), reason);
    }

    function test_theLongestTermIsAParameter() public {
        vm.startPrank(admin);
        parameters.set(K.LICENSE_TERM_MAX, 2 days);
        roster.appoint(member, START + 2 days);
        vm.stopPrank();
        _refused(
            admin,
            address(roster),
            abi.encodeCall(ITeamRoster.appoint, (acme, START + 2 days + 1)),
            abi.encodeWithSelector(ITeamRoster.InvalidTerm.selector, START + 2 days + 1, START + 2 days)
        );
    }

    function test_renewalRevivesAnExpiredMemberAndDismissalEndsAtOnce() public {
        vm.prank(admin);
        roster.appoint(member, START + 1 days);
        vm.warp(START + 2 days);
        assertFalse(roster.isMember(member), "over");
        vm.expectEmit(true, true, true, true, address(roster));
        emit ITeamRoster.TermRenewed(member, START + 1 days, START + 3 days);
        vm.prank(admin);
        roster.renew(member, START + 3 days);
        assertTrue(roster.isMember(member), "renewed");
        vm.expectEmit(true, true, true, true, address(roster));
        emit ITeamRoster.MemberDismissed(member);
        vm.prank(admin);
        roster.dismiss(member);
        assertFalse(roster.isMember(member), "dismissed");
        assertEq(roster.termOf(member), 0, "no term");
        vm.prank(admin);
        roster.appoint(member, START + 3 days);
        assertTrue(roster.isMember(member), "appointed again");
    }

    function test_onlyGovernanceAppoints() public {
        vm.prank(admin);
        roster.appoint(member, START + 1 days);
        bytes32 role = keccak256("GOVERNANCE_ROLE");
        address target = address(roster);
        _refusedForRole(member, role, target, abi.encodeCall(ITeamRoster.appoint, (acme, START + 1 days)));
        _refusedForRole(member, role, target, abi.encodeCall(ITeamRoster.renew, (member, START + 9 days)));
        _refusedForRole(member, role, target, abi.encodeCall(ITeamRoster.dismiss, (member)));
        _refusedForRole(
            member,
            keccak256("UPGRADER_ROLE"),
            target,
            abi.encodeWithSignature("upgradeToAndCall(address,bytes)", target, "")
        );
    }

    function test_refusesStrangersTwiceAndNobody() public {
        address target = address(roster);
        bytes memory notMember = abi.encodeWithSelector(ITeamRoster.NotMember.selector, acme);
        _refused(admin, target, abi.encodeCall(ITeamRoster.renew, (acme, START + 1)), notMember);
        _refused(admin, target, abi.encodeCall(ITeamRoster.dismiss, (acme)), notMember);
        _refused(
            admin,
            target,
            abi.encodeCall(ITeamRoster.appoint, (address(0), START + 1)),
            abi.encodeWithSelector(ITeamRoster.ZeroAddress.selector)
        );
        vm.prank(admin);
        roster.appoint(member, START + 1);
        _refused(
            admin,
            target,
            abi.encodeCall(ITeamRoster.appoint, (member, START + 1)),
            abi.encodeWithSelector(ITeamRoster.AlreadyMember.selector, member)
        );
    }

    /// @dev D1-16.
    function test_aConflictBindsAMonthBeyondItsWithdrawal() public {
        vm.prank(admin);
        roster.appoint(member, START + 365 days);
        vm.expectEmit(true, true, true, true, address(roster));
        emit ITeamRoster.ConflictDeclared(member, acme);
        vm.prank(member);
        roster.declareConflict(acme, true);
        assertTrue(roster.hasConflict(member, acme), "declared");
        assertFalse(roster.hasConflict(acme, member), "one way");
        vm.warp(START + 200 days);
        assertTrue(roster.hasConflict(member, acme), "binds for good");
        vm.expectEmit(true, true, true, true, address(roster));
        emit ITeamRoster.ConflictWithdrawn(member, acme, START + 230 days);
        vm.prank(member);
        roster.declareConflict(acme, false);
        vm.warp(START + 230 days - 1);
        assertTrue(roster.hasConflict(member, acme), "cools down");
        vm.prank(member);
        roster.declareConflict(acme, true);
        vm.warp(START + 300 days);
        assertTrue(roster.hasConflict(member, acme), "declared again");
        vm.startPrank(member);
        roster.declareConflict(acme, false);
        vm.warp(START + 330 days);
        assertFalse(roster.hasConflict(member, acme), "over");
        vm.stopPrank();
    }

    function test_conflictsAreDeclaredByLiveMembersOnly() public {
        address target = address(roster);
        bytes memory data = abi.encodeCall(ITeamRoster.declareConflict, (acme, true));
        _refused(member, target, data, abi.encodeWithSelector(ITeamRoster.NotMember.selector, member));
        vm.prank(admin);
        roster.appoint(member, START + 1 days);
        bytes memory unchanged = abi.encodeWithSelector(ITeamRoster.ConflictUnchanged.selector, member, acme);
        _refused(member, target, abi.encodeCall(ITeamRoster.declareConflict, (acme, false)), unchanged);
        vm.prank(member);
        roster.declareConflict(acme, true);
        _refused(member, target, data, unchanged);
        _refused(
            member,
            target,
            abi.encodeCall(ITeamRoster.declareConflict, (address(0), true)),
            abi.encodeWithSelector(ITeamRoster.ZeroAddress.selector)
        );
        vm.warp(START + 1 days);
        _refused(
            member,
            target,
            abi.encodeCall(ITeamRoster.declareConflict, (acme, false)),
            abi.encodeWithSelector(ITeamRoster.NotMember.selector, member)
        );
        assertTrue(roster.hasConflict(member, acme), "outlives the term");
    }
}
