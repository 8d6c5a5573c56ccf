// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IIntegrationLicense} from "../../src/interfaces/IIntegrationLicense.sol";
import {IntegrationLicense} from "../../src/license/IntegrationLicense.sol";
import {BaseTest} from "../helpers/BaseTest.sol";
import {CallbackToken, Reentering} from "../helpers/Mocks.sol";

contract IntegrationLicenseTest is BaseTest, Reentering {
    IntegrationLicense private license;
    uint256 private tokenId;

    function setUp() public override {
        super.setUp();
        license = d.license;
        tokenId = license.licenseOf(acme);
    }

    function _post(address poster, address holder, uint256 amount) private {
        vm.prank(admin);
        d.token.mint(poster, amount);
        vm.startPrank(poster);
        d.token.approve(address(license), amount);
        license.stakeFor(holder, amount);
        vm.stopPrank();
    }

    /// @dev D3-76.
    function test_licensedMeansNftAndStake() public {
        assertTrue(license.isLicensed(acme), "both");
        _post(bob, bob, STAKE);
        assertFalse(license.isLicensed(bob), "stake only");
        vm.prank(admin);
        license.mint(alice);
        assertFalse(license.isLicensed(alice), "NFT only");
        _post(alice, alice, STAKE - 1);
        assertFalse(license.isLicensed(alice), "one wei short");
        _post(alice, alice, 1);
        assertTrue(license.isLicensed(alice), "enough");
    }

    function test_mintAndEvents() public {
        vm.expectEmit(true, true, true, true, address(license));
        emit IIntegrationLicense.LicenseMinted(bob, 2);
        vm.prank(admin);
        license.mint(bob);
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.AlreadyLicensed.selector, bob));
        license.mint(bob);
    }

    function test_defect_revokedEventNamesTheRevokedLicense() public {
        vm.startPrank(admin);
        license.mint(bob);
        vm.expectEmit(true, true, true, true, address(license));
        emit IIntegrationLicense.LicenseRevoked(tokenId);
        vm.expectEmit(true, true, true, true, address(license));
        emit IIntegrationLicense.LicenseRevocationReason(tokenId, acme, "r");
        license.revoke(tokenId, "r");
        assertFalse(license.isLicensed(acme), "ended");
        assertEq(license.licenseOf(acme), 0, "none");
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.UnknownLicense.selector, tokenId));
        license.revoke(tokenId, "r");
    }

    function test_suspension() public {
        vm.startPrank(admin);
        vm.expectEmit(true, true, true, true, address(license));
        emit IIntegrationLicense.LicenseSuspended(tokenId, "r");
        license.suspend(tokenId, "r");
        assertFalse(license.isLicensed(acme), "suspended");
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.AlreadySuspended.selector, tokenId));
        license.suspend(tokenId, "r");
        license.reinstate(tokenId);
        assertTrue(license.isLicensed(acme), "reinstated");
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.NotSuspended.selector, tokenId));
        license.reinstate(tokenId);
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.UnknownLicense.selector, 9));
        license.suspend(9, "r");
    }

    function test_soulBound() public {
        vm.startPrank(acme);
        vm.expectRevert(IIntegrationLicense.Soulbound.selector);
        license.transferFrom(acme, bob, tokenId);
        vm.expectRevert(IIntegrationLicense.Soulbound.selector);
        license.safeTransferFrom(acme, bob, tokenId);
        vm.expectRevert(IIntegrationLicense.Soulbound.selector);
        license.approve(bob, tokenId);
        vm.expectRevert(IIntegrationLicense.Soulbound.selector);
        license.setApprovalForAll(bob, true);
    }

    // Stake --------------------------------------------------------------------------------------------------------

    function test_onlyTheExcessIsFreeWhileLicensed() public {
        _post(acme, acme, 500);
        assertEq(license.withdrawable(acme), 500, "excess");
        vm.startPrank(acme);
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.StakeLocked.selector, acme, 501, 500));
        license.unstake(501);
        vm.expectEmit(true, true, true, true, address(license));
        emit IIntegrationLicense.UnstakeTokens(acme, 500);
        license.unstake(500);
        assertEq(license.withdrawable(acme), 0, "rest is locked");
        assertTrue(license.isLicensed(acme), "still licensed");
        assertEq(d.token.balanceOf(acme), 500, "paid");
    }

    function test_suspendedStakeIsLockedWhole() public {
        _post(acme, acme, 500);
        vm.prank(admin);
        license.suspend(tokenId, "r");
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.StakeLocked.selector, acme, 1, 0));
        license.unstake(1);
    }

    /// @dev D3-85: six months after the end; the court still reaches the stake in that time.
    function test_stakeOfAnEndedLicenseIsReleasedLater() public {
        vm.prank(acme);
        license.renounce();
        assertEq(license.releaseAt(acme), START + 180 days, "release");
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.StakeLocked.selector, acme, 1, 0));
        license.unstake(1);
        vm.prank(admin);
        license.slash(acme, 1e18, bob, "late verdict");
        vm.warp(START + 180 days);
        vm.prank(acme);
        license.unstake(STAKE - 1e18);
        assertEq(license.stakeOf(acme), 0, "released");
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.NoLicense.selector, bob));
        license.renounce();
    }

    function test_newLicenseLocksTheStakeAgain() public {
        vm.prank(acme);
        license.renounce();
        vm.prank(admin);
        license.mint(acme);
        assertTrue(license.isLicensed(acme), "licensed again");
        vm.warp(START + 365 days);
        assertEq(license.withdrawable(acme), 0, "locked");
    }

    function test_stakeWithoutALicenseIsFree() public {
        _post(bob, bob, 700);
        vm.prank(bob);
        license.unstake(700);
        assertEq(d.token.balanceOf(bob), 700, "back");
    }

    /// @dev D3-77: a financing partner posts, and the release goes back to it.
    function test_releaseGoesToThePoster() public {
        vm.prank(admin);
        d.token.mint(bob, 300);
        vm.startPrank(bob);
        d.token.approve(address(license), 300);
        vm.expectEmit(true, true, true, true, address(license));
        emit IIntegrationLicense.StakeTokens(acme, 300);
        vm.expectEmit(true, true, true, true, address(license));
        emit IIntegrationLicense.StakePosted(acme, bob, 300);
        license.stakeFor(acme, 300);
        vm.stopPrank();
        assertEq(license.stakePostedBy(acme, bob), 300, "posted");
        assertEq(license.stakePostedBy(acme, acme), STAKE, "own");
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.InsufficientStake.selector, 1, 0));
        license.unstakeFor(acme, 1);
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.StakeLocked.selector, acme, 301, 300));
        license.unstakeFor(acme, 301);
        license.unstakeFor(acme, 300);
        assertEq(d.token.balanceOf(bob), 300, "back to the poster");
    }

    function test_slashHitsPostersInProportion() public {
        vm.prank(acme);
        license.renounce();
        _post(bob, acme, STAKE);
        vm.prank(admin);
        license.slash(acme, STAKE, foundation, "half of everything");
        assertEq(license.stakePostedBy(acme, acme), STAKE / 2, "own");
        assertEq(license.stakePostedBy(acme, bob), STAKE / 2, "partner");
        _post(mallory, acme, 10e18);
        assertEq(license.stakePostedBy(acme, mallory), 10e18, "later stake pays nothing for it");
        vm.warp(START + 180 days);
        vm.prank(bob);
        license.unstakeFor(acme, STAKE / 2);
        vm.prank(acme);
        license.unstake(STAKE / 2);
        vm.prank(mallory);
        license.unstakeFor(acme, 10e18);
        assertEq(license.totalStaked(), 0, "all out");
    }

    function test_poolSlashedToZeroStartsAnew() public {
        vm.prank(admin);
        license.slash(acme, STAKE, address(0), "everything");
        assertFalse(license.isLicensed(acme), "no stake");
        assertEq(license.stakePostedBy(acme, acme), 0, "nothing left");
        _post(bob, acme, STAKE);
        assertEq(license.stakePostedBy(acme, bob), STAKE, "undiluted");
        assertEq(license.stakePostedBy(acme, acme), 0, "old shares are dead");
        assertTrue(license.isLicensed(acme), "licensed again");
    }

    function testFuzz_postersNeverTakeMoreThanThePool(uint256 a, uint256 b, uint256 cut) public {
        a = bound(a, 1, 1e27);
        b = bound(b, 1, 1e27);
        _post(alice, bob, a);
        _post(mallory, bob, b);
        cut = bound(cut, 1, a + b - 1);
        vm.prank(admin);
        license.slash(bob, cut, foundation, "r");
        uint256 left = a + b - cut;
        uint256 x = license.stakePostedBy(bob, alice);
        uint256 y = license.stakePostedBy(bob, mallory);
        assertTrue(x + y <= left, "not more than the pool");
        assertTrue(x + y + 1 >= left, "at most one wei of dust");
        if (x != 0) {
            vm.prank(alice);
            license.unstakeFor(bob, x);
        }
        y = license.stakePostedBy(bob, mallory);
        if (y != 0) {
            vm.prank(mallory);
            license.unstakeFor(bob, y);
        }
        assertEq(d.token.balanceOf(address(license)), license.totalStaked(), "vault");
    }

    function test_slash() public {
        uint256 supply = d.token.totalSupply();
        vm.startPrank(admin);
        vm.expectEmit(true, true, true, true, address(license));
        emit IIntegrationLicense.StakeSlashed(acme, 5, bob, "r");
        license.slash(acme, 5, bob, "r");
        assertEq(d.token.balanceOf(bob), 5, "given");
        license.slash(acme, 7, address(0), "r");
        assertEq(d.token.totalSupply(), supply - 7, "burned");
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.InsufficientStake.selector, STAKE, STAKE - 12));
        license.slash(acme, STAKE, bob, "r");
        vm.expectRevert(IIntegrationLicense.ZeroAmount.selector);
        license.slash(acme, 0, bob, "r");
    }

    function test_zeroAmountsAreRefused() public {
        vm.startPrank(acme);
        vm.expectRevert(IIntegrationLicense.ZeroAmount.selector);
        license.stake(0);
        vm.expectRevert(IIntegrationLicense.ZeroAmount.selector);
        license.unstake(0);
        vm.expectRevert(IIntegrationLicense.ZeroAddress.selector);
        license.stakeFor(address(0), 1);
    }

    // Requirement --------------------------------------------------------------------------------------------------

    /// @dev D3-27 and D3-84.
    function test_teamCannotGoBelowTheFloor() public {
        vm.startPrank(admin);
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.RequirementBelowFloor.selector, STAKE - 1, STAKE));
        license.setRequirement(STAKE - 1);
        vm.expectEmit(true, true, true, true, address(license));
        emit IIntegrationLicense.StakeAmountAdjusted(STAKE + 1);
        license.setRequirement(STAKE + 1);
        assertFalse(license.isLicensed(acme), "short now");
        license.setRequirementFloor(1e18);
        license.setRequirement(1e18);
        assertEq(license.withdrawable(acme), STAKE - 1e18, "excess is free");
        license.setRequirementFloor(2e18);
        assertEq(license.requirement(), 2e18, "a higher floor lifts the requirement");
    }

    function test_raisedRequirementOfOneHolder() public {
        vm.startPrank(admin);
        vm.expectRevert(abi.encodeWithSelector(IIntegrationLicense.RequirementBelowFloor.selector, 1, STAKE));
        license.raiseRequirement(acme, 1);
        license.raiseRequirement(acme, STAKE * 2);
        assertEq(license.requirementOf(acme), STAKE * 2, "raised");
        assertEq(license.requirementOf(bob), STAKE, "others");
        assertFalse(license.isLicensed(acme), "short now");
        license.raiseRequirement(acme, 0);
        assertTrue(license.isLicensed(acme), "cleared");
    }

    /// @dev D3-81: the team cannot slash; D3-83: only the team licenses; governance alone moves the floor.
    function test_powersAreSeparate() public {
        address team = address(0x7EA);
        address governance = address(0x60B);
        address court = address(0xC07);
        bytes32 teamRole = license.TEAM_ROLE();
        bytes32 governanceRole = license.GOVERNANCE_ROLE();
        bytes32 courtRole = license.COURT_ROLE();
        vm.startPrank(admin);
        license.grantRole(teamRole, team);
        license.grantRole(governanceRole, governance);
        license.grantRole(courtRole, court);
        vm.stopPrank();
        _refused(team, courtRole, abi.encodeCall(license.slash, (acme, 1, team, "r")));
        _refused(team, governanceRole, abi.encodeCall(license.setRequirementFloor, (0)));
        _refused(team, governanceRole, abi.encodeCall(license.setReleaseDelay, (0)));
        address[2] memory others = [governance, court];
        for (uint256 i = 0; i < others.length; ++i) {
            _refused(others[i], teamRole, abi.encodeCall(license.mint, (bob)));
            _refused(others[i], teamRole, abi.encodeCall(license.revoke, (tokenId, "r")));
            _refused(others[i], teamRole, abi.encodeCall(license.suspend, (tokenId, "r")));
            _refused(others[i], teamRole, abi.encodeCall(license.reinstate, (tokenId)));
            _refused(others[i], teamRole, abi.encodeCall(license.setRequirement, (STAKE)));
            _refused(others[i], teamRole, abi.encodeCall(license.raiseRequirement, (acme, STAKE)));
        }
        _refused(governance, courtRole, abi.encodeCall(license.slash, (acme, 1, governance, "r")));
        vm.prank(governance);
        license.setReleaseDelay(1 days);
        assertEq(license.releaseDelay(), 1 days, "delay");
    }

    function _refused(address caller, bytes32 role, bytes memory data) private {
        vm.prank(caller);
        (bool ok, bytes memory result) = address(license).call(data);
        assertFalse(ok, "role missing, call passes");
        assertEq(
            keccak256(result),
            keccak256(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role)),
            "reason"
        );
    }

    function test_reentrantTokenTakesNothingTwice() public {
        CallbackToken token = new CallbackToken();
        IntegrationLicense other = IntegrationLicense(
            _proxy(
                address(new IntegrationLicense()),
                abi.encodeCall(IntegrationLicense.initialize, (address(token), admin))
            )
        );
        token.mint(address(this), 100);
        other.stake(100);
        token.arm(address(this), abi.encodeCall(this.act, (address(other), abi.encodeCall(other.unstake, (40)))));
        other.unstake(60);
        assertTrue(token.reentered(), "reentered");
        assertFalse(token.succeeded(), "refused");
        assertEq(
            keccak256(token.result()),
            keccak256(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)),
            "by the guard"
        );
        assertEq(other.stakeOf(address(this)), 40, "stake");
        assertEq(token.balanceOf(address(other)), 40, "balance");
    }
}
