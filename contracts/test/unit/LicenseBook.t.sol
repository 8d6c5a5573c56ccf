// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";

import {ILicenseBook, IProviderEvents} from "../../src/interfaces/ILicenseBook.sol";
import {IProviderStakeEvents} from "../../src/interfaces/IStakeVault.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {LicenseBook} from "../../src/license/LicenseBook.sol";
import {LicenseBase} from "../helpers/LicenseBase.sol";
import {Vm} from "../helpers/Vm.sol";

contract LicenseBookTest is LicenseBase {
    bytes32 private constant DASH_CAM = "dash_cam";

    function _emits() private {
        vm.expectEmit(true, true, true, true, address(book));
    }

    function _expect(bytes memory error_) private {
        vm.expectRevert(error_);
    }

    // Applications -------------------------------------------------------------------------------------------------

    function test_applicationIsRecorded_d1_06() public {
        _emits();
        emit ILicenseBook.LicenseApplied(1, ILicenseBook.Kind.Node, alice, 0, 0, HASH);
        uint256 id = _apply(alice, ILicenseBook.Kind.Node);
        assertEq(book.lastId(), id, "ids count from 1");
        vm.warp(block.timestamp + 5);
        _emits();
        emit ILicenseBook.Locked(id);
        _emits();
        emit ILicenseBook.LicenseStateChanged(
            id, ILicenseBook.State.Approved, ILicenseBook.State.Applied, governance, true, HASH
        );
        vm.prank(governance);
        book.decide(id, true, HASH);
        ILicenseBook.License memory l = book.licenseInfo(id);
        assertEq(l.holder, alice, "holder");
        assertEq(uint256(l.kind), uint256(ILicenseBook.Kind.Node), "role");
        assertEq(l.applicationHash, HASH, "terms");
        assertEq(l.authority, governance, "issuing authority");
        assertEq(l.appliedAt, START + 1, "applied at");
        assertEq(l.approvedAt, START + 6, "issued at");
        assertEq(book.ownerOf(id), alice, "NFT");
        assertTrue(book.locked(id), "ERC-5192");
        assertTrue(book.supportsInterface(0xb45a3c0e), "ERC-5192 id");
        assertTrue(book.supportsInterface(0x80ac58cd), "ERC-721 id");
    }

    function test_oneLiveLicencePerHolderAndKind() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        _expect(abi.encodeWithSelector(ILicenseBook.AlreadyLicensed.selector, alice, ILicenseBook.Kind.Provider, id));
        vm.prank(alice);
        book.applyFor(ILicenseBook.Kind.Provider, HASH);
        assertEq(book.licenseOf(alice, ILicenseBook.Kind.Provider), id, "applied is live");
        uint256 other = _apply(alice, ILicenseBook.Kind.App);
        assertTrue(other != id, "another kind");
        vm.prank(alice);
        book.withdrawApplication(id);
        assertEq(book.licenseOf(alice, ILicenseBook.Kind.Provider), 0, "free again");
        uint256 next = _approved(alice, ILicenseBook.Kind.Provider);
        vm.prank(alice);
        book.renounce(next);
        assertEq(book.licenseOf(alice, ILicenseBook.Kind.Provider), 0, "ended is not live");
        assertEq(book.holderOf(next), alice, "last holder");
        _apply(alice, ILicenseBook.Kind.Provider);
    }

    function test_kindsWithoutApplicationAreRefused() public {
        vm.startPrank(alice);
        _expect(abi.encodeWithSelector(ILicenseBook.InvalidKind.selector, ILicenseBook.Kind.None));
        book.applyFor(ILicenseBook.Kind.None, HASH);
        _expect(abi.encodeWithSelector(ILicenseBook.InvalidKind.selector, ILicenseBook.Kind.DeviceType));
        book.applyFor(ILicenseBook.Kind.DeviceType, HASH);
        _expect(abi.encodeWithSelector(ILicenseBook.ZeroHash.selector));
        book.applyFor(ILicenseBook.Kind.App, 0);
    }

    /// @dev C-10, for every kind with a mode of its own.
    function test_approvalModeIsPerKind_c10() public {
        for (uint256 k = 1; k <= 6; ++k) {
            ILicenseBook.Kind kind = ILicenseBook.Kind(k);
            _set(K.approvalOf(k), 1);
            uint256 id = _apply(alice, kind);
            if (kind == ILicenseBook.Kind.Client) _stake(alice, id, 20_000e18);
            vm.startPrank(member);
            _expect(abi.encodeWithSelector(ILicenseBook.VoteRequired.selector, id));
            book.decide(id, true, HASH);
            vm.stopPrank();
            _set(K.approvalOf(k), 0);
            vm.prank(member);
            book.decide(id, true, HASH);
            _assertState(id, ILicenseBook.State.Approved, "team");
        }
    }

    function test_recommendationThenVote_c10() public {
        _set(K.LICENSE_APPROVAL_PROVIDER, 2);
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        _expect(abi.encodeWithSelector(ILicenseBook.NotRecommended.selector, id));
        vm.prank(governance);
        book.decide(id, true, HASH);
        _emits();
        emit ILicenseBook.LicenseRecommended(id, member, HASH);
        vm.prank(member);
        book.decide(id, true, HASH);
        assertTrue(book.licenseInfo(id).recommended, "marked");
        _expect(abi.encodeWithSelector(ILicenseBook.AlreadyRecommended.selector, id));
        vm.prank(member);
        book.decide(id, true, HASH);
        vm.prank(governance);
        book.decide(id, true, HASH);
        _assertState(id, ILicenseBook.State.Approved, "voted");
    }

    /// @dev D1-31: 20,000 before the grant; one wei less reverts.
    function test_clientIsApprovedOnlyWithItsStake_d1_31() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Client);
        _stake(alice, id, 20_000e18 - 1);
        bytes memory missing = abi.encodeWithSelector(ILicenseBook.StakeMissing.selector, id, 20_000e18 - 1, 20_000e18);
        _expect(missing);
        vm.prank(member);
        book.decide(id, true, HASH);
        _expect(missing);
        vm.prank(governance);
        book.overrule(id, HASH);
        _stake(alice, id, 1);
        vm.prank(member);
        book.decide(id, true, HASH);
        assertTrue(book.isActive(id), "active at once");
    }

    /// @dev C-16.
    function test_stakeBeforeOrAfterTheLicence_c16() public {
        uint256 before = _apply(alice, ILicenseBook.Kind.Provider);
        _stake(alice, before, 100_000e18);
        assertFalse(book.isActive(before), "stake alone");
        vm.prank(member);
        book.decide(before, true, HASH);
        assertTrue(book.isActive(before) && book.isLicensed(alice), "stake, then licence");
        uint256 later = _approved(bob, ILicenseBook.Kind.Provider);
        assertFalse(book.isActive(later), "licence alone");
        _stake(bob, later, 100_000e18 - 1);
        assertFalse(book.isLicensed(bob), "one wei short");
        _stake(bob, later, 1);
        assertTrue(book.isLicensed(bob), "licence, then stake");
        assertFalse(book.isLicensed(mallory), "no licence");
    }

    // Team ---------------------------------------------------------------------------------------------------------

    /// @dev D1-22.
    function test_everyDecisionCarriesItsAnalysis_d1_22() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        bytes memory none = abi.encodeWithSelector(ILicenseBook.ZeroHash.selector);
        vm.startPrank(governance);
        _expect(none);
        book.decide(id, true, 0);
        _expect(none);
        book.decide(id, false, 0);
        _expect(none);
        book.overrule(id, 0);
        book.decide(id, true, HASH);
        _expect(none);
        book.suspend(id, 0);
        _expect(none);
        book.revoke(id, 0);
        _expect(none);
        book.raiseRequirement(id, 1, 0);
        _expect(none);
        book.reassign(id, bob, 0);
        book.suspend(id, HASH);
        _expect(none);
        book.reinstate(id, 0);
    }

    /// @dev D1-10.
    function test_powerEndsWithTheTerm_d1_10() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        vm.warp(roster.termOf(member) - 1);
        vm.prank(member);
        book.decide(id, true, HASH);
        vm.warp(roster.termOf(member));
        _expect(abi.encodeWithSelector(ILicenseBook.NotAuthorized.selector, member));
        vm.prank(member);
        book.suspend(id, HASH);
    }

    /// @dev D1-16, for each entry, and for the account a licence would move to.
    function test_conflictedMemberIsRefused_d1_16() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        bytes memory conflict = abi.encodeWithSelector(ILicenseBook.ConflictOfInterest.selector, torn, alice);
        vm.startPrank(torn);
        _expect(conflict);
        book.decide(id, true, HASH);
        _expect(conflict);
        book.raiseRequirement(id, 1, HASH);
        vm.stopPrank();
        vm.prank(member);
        book.decide(id, true, HASH);
        vm.startPrank(torn);
        _expect(conflict);
        book.suspend(id, HASH);
        _expect(conflict);
        book.revoke(id, HASH);
        _expect(conflict);
        book.reassign(id, mallory, HASH);
        vm.stopPrank();
        vm.prank(member);
        book.suspend(id, HASH);
        vm.startPrank(torn);
        _expect(conflict);
        book.reinstate(id, HASH);
        vm.stopPrank();
        uint256 free = _approved(mallory, ILicenseBook.Kind.Provider);
        _expect(abi.encodeWithSelector(ILicenseBook.ConflictOfInterest.selector, torn, bob));
        vm.prank(torn);
        book.reassign(free, bob, HASH);
    }

    /// @dev C-28: the second at which the window ends.
    function test_teamRevokesOnlyAfterTheSuspensionWindow_c28() public {
        uint256 id = _approved(alice, ILicenseBook.Kind.Provider);
        vm.startPrank(member);
        _expect(abi.encodeWithSelector(ILicenseBook.WrongState.selector, id, ILicenseBook.State.Approved));
        book.revoke(id, HASH);
        book.suspend(id, HASH);
        uint256 allowedAt = block.timestamp + 14 days;
        vm.warp(allowedAt - 1);
        _expect(abi.encodeWithSelector(ILicenseBook.RevocationNotAllowed.selector, id, allowedAt));
        book.revoke(id, HASH);
        vm.warp(allowedAt);
        book.revoke(id, HASH);
        vm.stopPrank();
        assertEq(book.endedAt(id), allowedAt, "ended");
    }

    /// @dev A new suspension starts a new window.
    function test_reinstatementForgetsTheSuspension_c28() public {
        uint256 id = _approved(alice, ILicenseBook.Kind.Provider);
        vm.startPrank(member);
        book.suspend(id, HASH);
        vm.warp(block.timestamp + 14 days);
        book.reinstate(id, HASH);
        book.suspend(id, HASH);
        _expect(abi.encodeWithSelector(ILicenseBook.RevocationNotAllowed.selector, id, block.timestamp + 14 days));
        book.revoke(id, HASH);
    }

    // Soul-bound ---------------------------------------------------------------------------------------------------

    function test_soulBound_c08() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        bytes memory bound_ = abi.encodeWithSelector(ILicenseBook.Soulbound.selector);
        vm.startPrank(alice);
        _expect(bound_);
        book.transferFrom(alice, bob, id);
        _expect(bound_);
        book.safeTransferFrom(alice, bob, id);
        _expect(bound_);
        book.safeTransferFrom(alice, bob, id, "");
        _expect(bound_);
        book.approve(bob, id);
        _expect(bound_);
        book.setApprovalForAll(bob, true);
    }

    function test_reassignMovesTheLicenceAndLeavesTheStake_c08() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        _emits();
        emit ILicenseBook.LicenseReassigned(id, alice, bob, member, HASH);
        vm.prank(member);
        book.reassign(id, bob, HASH);
        assertEq(book.ownerOf(id), bob, "NFT");
        assertEq(book.holderOf(id), bob, "holder");
        assertEq(book.licenseOf(alice, ILicenseBook.Kind.Provider), 0, "slot of the old holder");
        assertEq(book.licenseOf(bob, ILicenseBook.Kind.Provider), id, "slot of the new");
        assertTrue(book.isLicensed(bob) && !book.isLicensed(alice), "standing");
        assertEq(vault.postedBy(id, OWN, alice), 100_000e18, "stake stays the poster's");
        _stake(alice, id, 1);
        assertEq(vault.postedBy(id, PARTNER, alice), 1, "from now on a partner");
    }

    function test_reassignRefusals_c08() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        uint256 other = _apply(bob, ILicenseBook.Kind.Provider);
        vm.startPrank(member);
        _expect(abi.encodeWithSelector(ILicenseBook.AlreadyLicensed.selector, bob, ILicenseBook.Kind.Provider, other));
        book.reassign(id, bob, HASH);
        _expect(abi.encodeWithSelector(ILicenseBook.AlreadyLicensed.selector, alice, ILicenseBook.Kind.Provider, id));
        book.reassign(id, alice, HASH);
        _expect(abi.encodeWithSelector(ILicenseBook.ZeroAddress.selector));
        book.reassign(id, address(0), HASH);
        debts.owe(alice, 5);
        _expect(abi.encodeWithSelector(ILicenseBook.HolderInDebt.selector, alice, 5));
        book.reassign(id, mallory, HASH);
        debts.owe(alice, 0);
        vm.stopPrank();
        vm.prank(court);
        vault.lock(id);
        _expect(abi.encodeWithSelector(ILicenseBook.ChallengeOpen.selector, id));
        vm.prank(member);
        book.reassign(id, mallory, HASH);
    }

    // Active -------------------------------------------------------------------------------------------------------

    function test_courtDebtMakesInactive() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        debts.owe(alice, 1);
        assertFalse(book.isActive(id) || book.isLicensed(alice), "in debt");
        vm.prank(governance);
        book.setCourt(address(0));
        assertTrue(book.isActive(id), "no court, no debt");
        vm.prank(governance);
        book.setCourt(court);
        debts.owe(alice, 0);
        assertTrue(book.isActive(id), "paid");
    }

    function test_suspendedAndEndedAreInactive() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        vm.startPrank(member);
        book.suspend(id, HASH);
        assertFalse(book.isLicensed(alice), "suspended");
        book.reinstate(id, HASH);
        assertTrue(book.isLicensed(alice), "reinstated");
        vm.stopPrank();
        vm.prank(alice);
        book.renounce(id);
        assertFalse(book.isLicensed(alice) || book.isActive(id), "ended");
        assertEq(vault.stakeOf(id), 100_000e18, "the stake stays");
    }

    /// @dev D3-84; parameters stay the floor whatever the team writes (D1-18).
    function test_raisedRequirement_d3_84() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        _emits();
        emit ILicenseBook.RequirementRaisedFor(id, member, 150_000e18, HASH);
        _emits();
        emit ILicenseBook.LicenseTermsChanged(id, 0, 0, 0, 150_000e18, 100_000e18, 0, 0);
        vm.prank(member);
        book.raiseRequirement(id, 150_000e18, HASH);
        assertEq(book.requirementOf(id), 150_000e18, "raised");
        assertFalse(book.isActive(id), "no window for this");
        _stake(alice, id, 50_000e18);
        assertTrue(book.isActive(id), "posted");
        vm.prank(member);
        book.raiseRequirement(id, 1, HASH);
        assertEq(book.requirementOf(id), 100_000e18, "never below the parameters");
        _expect(abi.encodeWithSelector(ILicenseBook.NotAuthorized.selector, mallory));
        vm.prank(mallory);
        book.raiseRequirement(id, 0, HASH);
        vm.prank(alice);
        book.renounce(id);
        _expect(abi.encodeWithSelector(ILicenseBook.WrongState.selector, id, ILicenseBook.State.Renounced));
        vm.prank(member);
        book.raiseRequirement(id, 0, HASH);
    }

    // Device types -------------------------------------------------------------------------------------------------

    /// @dev D3-04, D3-26.
    function test_deviceTypeLivesUnderItsProvider_d3_04() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        vm.startPrank(alice);
        _expect(abi.encodeWithSelector(ILicenseBook.WrongState.selector, id, ILicenseBook.State.Applied));
        book.applyForDeviceType(id, DASH_CAM, HASH);
        vm.stopPrank();
        vm.prank(governance);
        book.overrule(id, HASH);
        _expect(abi.encodeWithSelector(ILicenseBook.NotHolder.selector, id, bob));
        vm.prank(bob);
        book.applyForDeviceType(id, DASH_CAM, HASH);
        _emits();
        emit ILicenseBook.LicenseApplied(id + 1, ILicenseBook.Kind.DeviceType, alice, id, DASH_CAM, HASH);
        vm.startPrank(alice);
        uint256 typeId = book.applyForDeviceType(id, DASH_CAM, HASH);
        _expect(abi.encodeWithSelector(ILicenseBook.DeviceTypeTaken.selector, id, DASH_CAM, typeId));
        book.applyForDeviceType(id, DASH_CAM, HASH);
        _expect(abi.encodeWithSelector(ILicenseBook.WrongParent.selector, typeId));
        book.applyForDeviceType(typeId, "hub", HASH);
        _expect(abi.encodeWithSelector(ILicenseBook.WrongParent.selector, id));
        book.applyForDeviceType(id, 0, HASH);
        vm.stopPrank();
        assertEq(book.deviceTypesApproved(id), 0, "an application does not limit the provider");
        vm.prank(member);
        book.decide(typeId, true, HASH);
        assertEq(book.deviceTypesApproved(id), 1, "approved by the team");
        assertEq(book.deviceTypeLicense(id, DASH_CAM), typeId, "by type");
        assertEq(book.deviceTypeOf(typeId), DASH_CAM, "type");
        assertEq(book.parentOf(typeId), id, "parent");
        assertFalse(book.isActive(typeId), "parent has no stake");
        _stake(alice, id, 100_000e18);
        assertTrue(book.isActive(typeId), "active with its parent");
        vm.prank(member);
        book.suspend(typeId, HASH);
        assertFalse(book.isActive(typeId), "suspended by itself");
        assertTrue(book.isActive(id), "parent is not");
        vm.prank(alice);
        book.renounce(typeId);
        assertEq(book.deviceTypeLicense(id, DASH_CAM), 0, "type is free");
        assertEq(book.deviceTypesApproved(id), 1, "but the provider stays limited");
        assertEq(book.licenseOf(alice, ILicenseBook.Kind.DeviceType), 0, "no slot");
        vm.prank(alice);
        book.applyForDeviceType(id, DASH_CAM, HASH);
    }

    function test_deviceTypeMovesOnlyAfterItsProvider_c08() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        vm.prank(alice);
        uint256 typeId = book.applyForDeviceType(id, DASH_CAM, HASH);
        vm.startPrank(member);
        book.decide(typeId, true, HASH);
        _expect(abi.encodeWithSelector(ILicenseBook.NotHolder.selector, id, bob));
        book.reassign(typeId, bob, HASH);
        _expect(
            abi.encodeWithSelector(ILicenseBook.AlreadyLicensed.selector, alice, ILicenseBook.Kind.DeviceType, typeId)
        );
        book.reassign(typeId, alice, HASH);
        book.reassign(id, bob, HASH);
        book.reassign(typeId, bob, HASH);
        vm.stopPrank();
        assertEq(book.ownerOf(typeId), bob, "moved");
        assertTrue(book.isActive(typeId), "active");
    }

    // The deployed events ------------------------------------------------------------------------------------------

    function test_providerEventsAreTheDeployedOnes() public pure {
        assertEq(IProviderEvents.LicenseMinted.selector, keccak256("LicenseMinted(address,uint256)"), "minted");
        assertEq(IProviderEvents.LicenseRevoked.selector, keccak256("LicenseRevoked(uint256)"), "revoked");
        assertEq(IProviderEvents.StakeAmountAdjusted.selector, keccak256("StakeAmountAdjusted(uint256)"), "adjusted");
    }

    function test_providerEmitsTheDeployedEvents() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        _emits();
        emit IProviderEvents.LicenseMinted(alice, id);
        vm.prank(member);
        book.decide(id, true, HASH);
        _emits();
        emit IProviderEvents.LicenseSuspended(id, HASH);
        vm.prank(member);
        book.suspend(id, HASH);
        _emits();
        emit IProviderEvents.LicenseReinstated(id);
        vm.prank(member);
        book.reinstate(id, HASH);
        _emits();
        emit IProviderEvents.RequirementRaised(alice, 7);
        vm.prank(member);
        book.raiseRequirement(id, 7, HASH);
        _emits();
        emit IProviderEvents.LicenseRevoked(id);
        _emits();
        emit IProviderEvents.LicenseRevocationReason(id, alice, HASH);
        vm.prank(governance);
        book.revoke(id, HASH);
    }

    function test_otherKindsDoNotEmitTheDeployedEvents() public {
        vm.recordLogs();
        uint256 id = _active(alice, ILicenseBook.Kind.Node);
        vm.startPrank(governance);
        book.suspend(id, HASH);
        book.reinstate(id, HASH);
        book.raiseRequirement(id, 7, HASH);
        book.revoke(id, HASH);
        vm.stopPrank();
        _slash(id, 1);
        bytes32[8] memory deployed = [
            IProviderEvents.LicenseMinted.selector,
            IProviderEvents.LicenseRevoked.selector,
            IProviderEvents.LicenseSuspended.selector,
            IProviderEvents.LicenseReinstated.selector,
            IProviderEvents.RequirementRaised.selector,
            IProviderStakeEvents.StakeTokens.selector,
            IProviderStakeEvents.StakeSlashed.selector,
            IProviderEvents.LicenseRevocationReason.selector
        ];
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertTrue(logs.length > 10, "something was recorded");
        for (uint256 i = 0; i < logs.length; ++i) {
            for (uint256 j = 0; j < deployed.length; ++j) {
                assertTrue(logs[i].topics[0] != deployed[j], "a node is not a provider");
            }
        }
    }

    function test_providerStakeIsAnnouncedOnChange() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        _set(K.STAKE_PROVIDER, 120_000e18);
        _emits();
        emit IProviderEvents.StakeAmountAdjusted(120_000e18);
        vm.prank(member);
        book.decide(id, true, HASH);
        _set(K.STAKE_PROVIDER, 110_000e18);
        _emits();
        emit IProviderEvents.StakeAmountAdjusted(110_000e18);
        vm.prank(mallory);
        book.announceProviderStake();
        vm.recordLogs();
        book.announceProviderStake();
        assertEq(vm.getRecordedLogs().length, 0, "nothing new");
    }

    // Wiring -------------------------------------------------------------------------------------------------------

    function test_wiringIsGovernancesAndTheVaultIsSetOnce() public {
        bytes32 role = book.GOVERNANCE_ROLE();
        bytes memory denied =
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, member, role);
        vm.startPrank(member);
        _expect(denied);
        book.setStakeVault(alice);
        _expect(denied);
        book.setStakeTerms(alice);
        _expect(denied);
        book.setCourt(alice);
        _expect(denied);
        book.overrule(1, HASH);
        vm.stopPrank();
        vm.startPrank(governance);
        _expect(abi.encodeWithSelector(ILicenseBook.AlreadySet.selector, address(vault)));
        book.setStakeVault(alice);
        _expect(abi.encodeWithSelector(ILicenseBook.ZeroAddress.selector));
        book.setStakeVault(address(0));
        _expect(abi.encodeWithSelector(ILicenseBook.ZeroAddress.selector));
        book.setStakeTerms(address(0));
        _emits();
        emit ILicenseBook.CourtSet(alice);
        book.setCourt(alice);
        _emits();
        emit ILicenseBook.StakeTermsSet(address(terms));
        book.setStakeTerms(address(terms));
        vm.stopPrank();
        assertEq(book.court(), alice, "court");
        assertEq(book.stakeVault(), address(vault), "vault");
        assertEq(book.stakeTerms(), address(terms), "terms");
        assertEq(book.parameters(), address(params), "parameters");
        assertEq(book.teamRoster(), address(roster), "roster");
        assertEq(book.token(), address(token), "token");
    }

    function test_upgradeAndInitialization() public {
        LicenseBook next = new LicenseBook();
        vm.expectRevert(abi.encodeWithSelector(Initializable.InvalidInitialization.selector));
        next.initialize(address(token), address(params), address(roster), admin);
        vm.expectRevert(abi.encodeWithSelector(Initializable.InvalidInitialization.selector));
        book.initialize(address(token), address(params), address(roster), admin);
        bytes32 role = book.UPGRADER_ROLE();
        _expect(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, governance, role));
        vm.prank(governance);
        book.upgradeToAndCall(address(next), "");
        vm.prank(admin);
        book.upgradeToAndCall(address(next), "");
        assertEq(book.teamRoster(), address(roster), "state stays");
    }
}
