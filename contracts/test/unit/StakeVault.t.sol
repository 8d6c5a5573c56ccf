// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {IProviderStakeEvents, IStakeVault} from "../../src/interfaces/IStakeVault.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {StakeVault} from "../../src/stake/StakeVault.sol";
import {LicenseBase} from "../helpers/LicenseBase.sol";
import {CallbackToken, Reentering} from "../helpers/Mocks.sol";

contract StakeVaultTest is LicenseBase, Reentering {
    uint256 private constant STAKE = 100_000e18;
    uint256 private constant MAX = 1_000_000e18;

    function _emits() private {
        vm.expectEmit(true, true, true, true, address(vault));
    }

    function _expectLocked(uint256 id, uint256 requested, uint256 free) private {
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.StakeLocked.selector, id, requested, free));
    }

    function _renounced() private returns (uint256 id) {
        id = _active(alice, ILicenseBook.Kind.Provider);
        vm.prank(alice);
        book.renounce(id);
    }

    // Posting ------------------------------------------------------------------------------------------------------

    function test_stakeIsRecordedByClass_c11() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Node);
        _fund(alice, 30);
        _emits();
        emit IStakeVault.Staked(id, alice, OWN, 30, 30);
        _emits();
        emit IStakeVault.StakeChanged(id, 30, 0, 0, 0);
        vm.prank(alice);
        vault.stake(id, 30);
        _stake(partner, id, 20);
        uint256 dueAt = block.timestamp + 90 days;
        _fund(foundation, 10);
        _emits();
        emit IStakeVault.Staked(id, foundation, LOAN, 10, 10);
        _emits();
        emit IStakeVault.StakeChanged(id, 30, 20, 10, dueAt);
        vm.prank(foundation);
        vault.lend(id, 10, uint64(dueAt));
        assertEq(vault.stakeOf(id), 60, "all");
        assertEq(vault.totalStaked(), 60, "total");
        assertEq(token.balanceOf(address(vault)), 60, "balance");
        assertEq(vault.postedBy(id, OWN, alice), 30, "own");
        assertEq(vault.postedBy(id, PARTNER, partner), 20, "partner");
        assertEq(vault.postedBy(id, LOAN, foundation), 10, "loan");
        assertEq(vault.loanDueAt(id), dueAt, "due");
    }

    function test_stakeIsTakenOnlyInLiveStates() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        vm.prank(alice);
        book.withdrawApplication(id);
        uint256 ended = _renounced();
        _fund(alice, 2);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotStakeable.selector, id, uint8(2)));
        vault.stake(id, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotStakeable.selector, ended, uint8(6)));
        vault.stake(ended, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotStakeable.selector, 99, uint8(0)));
        vault.stake(99, 1);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotStakeable.selector, ended, uint8(6)));
        vm.prank(foundation);
        vault.lend(ended, 1, uint64(block.timestamp + 1));
        uint256 live = _approved(bob, ILicenseBook.Kind.Provider);
        vm.prank(member);
        book.suspend(live, HASH);
        _stake(bob, live, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.ZeroAmount.selector));
        vm.prank(bob);
        vault.stake(live, 0);
    }

    /// @dev C-11: the makers "must themselves" of D4, which knows loans of the foundation all the same (D4-48).
    function test_thirdPartiesOnlyWhenAllowed_c11() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        _set(K.STAKE_THIRD_PARTY, 0);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.ThirdPartyNotAllowed.selector, partner));
        vm.prank(partner);
        vault.stake(id, 1);
        _lend(id, 1, block.timestamp + 1);
        _stake(alice, id, 1);
        assertEq(vault.stakeOf(id), 2, "own and loan");
    }

    // Withdrawing --------------------------------------------------------------------------------------------------

    function test_appliedAndRejectedStakeIsFree() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        _stake(alice, id, 10);
        _emits();
        emit IStakeVault.Withdrawn(id, alice, OWN, 4, 4);
        _emits();
        emit IStakeVault.StakeChanged(id, 6, 0, 0, 0);
        _withdraw(alice, id, OWN, 4);
        vm.prank(member);
        book.decide(id, false, HASH);
        _withdraw(alice, id, OWN, 6);
        assertEq(token.balanceOf(alice), 10, "all back");
        assertEq(vault.totalStaked(), 0, "empty");
    }

    function test_onlyTheExcessIsFreeWhileApproved() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        _stake(partner, id, 500);
        _expectLocked(id, 501, 500);
        vm.prank(alice);
        vault.withdraw(id, OWN, 501);
        assertEq(vault.withdrawableBy(id, OWN, alice), 500, "first come");
        _withdraw(alice, id, OWN, 500);
        assertTrue(book.isActive(id), "still covered");
        _expectLocked(id, 1, 0);
        vm.prank(partner);
        vault.withdraw(id, PARTNER, 1);
    }

    function test_suspendedStakeIsLockedWhole() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        _stake(alice, id, 500);
        vm.prank(member);
        book.suspend(id, HASH);
        _expectLocked(id, 1, 0);
        vm.prank(alice);
        vault.withdraw(id, OWN, 1);
    }

    function test_withdrawRefusals() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        _stake(alice, id, 10);
        _stake(partner, id, 10);
        vm.startPrank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, 1, 0));
        vault.withdraw(id, OWN, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InvalidClass.selector, uint8(3)));
        vault.withdraw(id, 3, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotFoundation.selector, mallory));
        vault.withdraw(id, LOAN, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotFoundation.selector, mallory));
        vault.lend(id, 1, uint64(block.timestamp + 1));
        vm.stopPrank();
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.ZeroAmount.selector));
        vault.withdraw(id, OWN, 0);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, 11, 10));
        vault.withdraw(id, OWN, 11);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InvalidClass.selector, uint8(3)));
        vault.withdrawableBy(id, 3, alice);
        vm.stopPrank();
    }

    // Slashing -----------------------------------------------------------------------------------------------------

    /// @dev Own, then partner, then the foundation (C-11, D4-48).
    function test_seniority_d4_48() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        _stake(alice, id, 30);
        _stake(partner, id, 20);
        _lend(id, 10, block.timestamp + 90 days);
        assertEq(_slash(id, 10), 10, "own first");
        _assertPools(id, 20, 20, 10);
        assertEq(_slash(id, 25), 25, "then partner");
        _assertPools(id, 0, 15, 10);
        vm.startPrank(court);
        vault.lock(id);
        _emits();
        emit IStakeVault.Slashed(id, court, 0, 15, 3);
        vault.slash(id, 18);
        vm.stopPrank();
        _assertPools(id, 0, 0, 7);
        assertEq(_slash(id, 1000), 7, "never more than there is");
        _assertPools(id, 0, 0, 0);
        assertEq(token.balanceOf(court), 60, "to the caller");
        assertEq(vault.loanDueAt(id), 0, "no loan left");
    }

    function _assertPools(uint256 id, uint256 own, uint256 partner_, uint256 loan) private view {
        (uint256 a,,) = vault.poolOf(id, OWN);
        (uint256 b,,) = vault.poolOf(id, PARTNER);
        (uint256 c,,) = vault.poolOf(id, LOAN);
        assertEq(a, own, "own");
        assertEq(b, partner_, "partner");
        assertEq(c, loan, "loan");
    }

    function testFuzz_slashIsProRataInsideAClass(uint256 a, uint256 b, uint256 cut) public {
        a = bound(a, 1, MAX);
        b = bound(b, 1, MAX);
        cut = bound(cut, 1, a + b);
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        _stake(bob, id, a);
        _stake(partner, id, b);
        _slash(id, cut);
        uint256 left = a + b - cut;
        assertEq(vault.postedBy(id, PARTNER, bob), a * left / (a + b), "in proportion");
        assertEq(vault.postedBy(id, PARTNER, partner), b * left / (a + b), "in proportion");
    }

    function test_emptiedPoolStartsANewEpoch() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        _stake(bob, id, 1000);
        _slash(id, 1000);
        _stake(partner, id, 5);
        assertEq(vault.postedBy(id, PARTNER, bob), 0, "old shares are void");
        assertEq(vault.postedBy(id, PARTNER, partner), 5, "and dilute nothing");
        (, uint256 shares, uint256 epoch) = vault.poolOf(id, PARTNER);
        assertEq(shares, 5, "shares");
        assertEq(epoch, 1, "epoch");
    }

    function testFuzz_sharesRoundInFavourOfTheRest(uint256 a, uint256 b, uint256 cut, uint256 out) public {
        a = bound(a, 1, MAX);
        b = bound(b, 1, MAX);
        cut = bound(cut, 1, a);
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        _stake(bob, id, a);
        if (cut < a) _slash(id, cut);
        uint256 before = vault.postedBy(id, PARTNER, bob);
        _stake(partner, id, b);
        assertTrue(vault.postedBy(id, PARTNER, partner) <= b, "no gain by posting");
        assertTrue(vault.postedBy(id, PARTNER, bob) >= before, "no loss by others' posting");
        uint256 mine = vault.postedBy(id, PARTNER, partner);
        if (mine == 0) return;
        before = vault.postedBy(id, PARTNER, bob);
        _withdraw(partner, id, PARTNER, bound(out, 1, mine));
        assertTrue(vault.postedBy(id, PARTNER, bob) >= before, "no loss by others' withdrawal");
    }

    /// @dev D3-80, D4-61: not the team, not governance, not an administrator, not the foundation.
    function test_onlyTheCourtLocksAndSlashes_d3_80() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        bytes32 role = vault.COURT_ROLE();
        address[7] memory others = [member, governance, admin, foundation, reporter, alice, mallory];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory denied =
                abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, others[i], role);
            vm.startPrank(others[i]);
            vm.expectRevert(denied);
            vault.slash(id, 1);
            vm.expectRevert(denied);
            vault.lock(id);
            vm.expectRevert(denied);
            vault.unlock(id, true);
            vm.stopPrank();
        }
    }

    function test_courtSlashesOnlyInsideAChallenge() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        vm.startPrank(court);
        bytes memory none = abi.encodeWithSelector(IStakeVault.NoOpenChallenge.selector, id);
        vm.expectRevert(none);
        vault.slash(id, 1);
        vm.expectRevert(none);
        vault.unlock(id, true);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.UnknownLicense.selector, 99));
        vault.lock(99);
        _emits();
        emit IStakeVault.ChallengeLocked(id, 1);
        vault.lock(id);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.ZeroAmount.selector));
        vault.slash(id, 0);
        _emits();
        emit IStakeVault.ChallengeUnlocked(id, 0, true, block.timestamp);
        vault.unlock(id, true);
    }

    /// @dev A slash takes cover away and gives no window.
    function test_slashGivesNoGrace() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        _slash(id, 1);
        assertFalse(book.isActive(id), "at once");
        _users(id, 5);
        assertEq(book.licenseInfo(id).graceUntil, 0, "a report after it neither");
    }

    // Loans --------------------------------------------------------------------------------------------------------

    function test_loanCoversUntilItsDueTime_d4_48() public {
        uint256 id = _approved(alice, ILicenseBook.Kind.Provider);
        uint256 dueAt = block.timestamp + 90 days;
        _lend(id, STAKE, dueAt);
        assertTrue(book.isLicensed(alice), "temporary licence");
        _expectLocked(id, 1, 0);
        vm.prank(foundation);
        vault.withdraw(id, LOAN, 1);
        vm.warp(dueAt - 1);
        assertTrue(book.isLicensed(alice), "last second");
        vm.warp(dueAt);
        assertFalse(book.isLicensed(alice), "due");
        assertEq(vault.countedStakeOf(id), 0, "no cover");
        assertEq(vault.stakeOf(id), STAKE, "still there for a slash");
        vm.prank(court);
        vault.lock(id);
        assertEq(vault.withdrawableBy(id, LOAN, foundation), 0, "held");
        _expectLocked(id, 1, 0);
        vm.prank(foundation);
        vault.withdraw(id, LOAN, 1);
        vm.prank(court);
        vault.unlock(id, false);
        _withdraw(foundation, id, LOAN, STAKE);
        assertEq(token.balanceOf(foundation), STAKE, "repaid");
        assertEq(vault.loanDueAt(id), 0, "closed");
    }

    /// @dev What a loan past due leaves is not an excess for others.
    function test_loanPastDueIsNobodysExcess() public {
        uint256 id = _approved(alice, ILicenseBook.Kind.Provider);
        _stake(alice, id, 120_000e18);
        _lend(id, 50_000e18, block.timestamp + 1 days);
        assertEq(vault.withdrawable(id), 70_000e18, "before");
        vm.warp(block.timestamp + 1 days);
        assertEq(vault.withdrawable(id), 20_000e18, "after");
        assertEq(vault.withdrawableBy(id, LOAN, foundation), 50_000e18, "the loan");
        _withdraw(alice, id, OWN, 20_000e18);
        assertTrue(book.isActive(id), "covered");
        vm.prank(member);
        book.suspend(id, HASH);
        _withdraw(foundation, id, LOAN, 50_000e18);
    }

    function test_dueTimeIsInTheFutureAndNeverMovedBack() public {
        uint256 id = _approved(alice, ILicenseBook.Kind.Provider);
        uint256 now_ = block.timestamp;
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InvalidDueTime.selector, now_, now_ + 1));
        vm.prank(foundation);
        vault.lend(id, 1, uint64(now_));
        _lend(id, 1, now_ + 10);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InvalidDueTime.selector, now_ + 9, now_ + 10));
        vm.prank(foundation);
        vault.lend(id, 1, uint64(now_ + 9));
        _lend(id, 1, now_ + 20);
        assertEq(vault.loanDueAt(id), now_ + 20, "for the whole loan");
    }

    function test_loansAreTheFoundationsWhoeverItIs() public {
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        _lend(id, 10, block.timestamp + 1);
        vm.prank(governance);
        params.setAccount("foundation", bob);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotFoundation.selector, foundation));
        vm.prank(foundation);
        vault.withdraw(id, LOAN, 10);
        _withdraw(bob, id, LOAN, 10);
    }

    // Release ------------------------------------------------------------------------------------------------------

    /// @dev C-09, D1-36: the 184th day.
    function test_stakeIsFree184DaysAfterTheEnd_c09() public {
        uint256 id = _renounced();
        uint256 freeAt = block.timestamp + 184 days;
        assertEq(vault.releaseAt(id), freeAt, "release time");
        vm.warp(freeAt - 1);
        _expectLocked(id, 1, 0);
        vm.prank(alice);
        vault.withdraw(id, OWN, 1);
        vm.expectRevert(abi.encodeWithSelector(ILicenseBook.StakeNotFree.selector, id));
        book.release(id);
        vm.warp(freeAt);
        assertTrue(vault.isReleasable(id), "now");
        uint256 half = vm.snapshotState();
        _withdraw(alice, id, OWN, STAKE);
        vm.revertToState(half);
        vm.expectEmit(true, true, true, true, address(book));
        emit ILicenseBook.LicenseStateChanged(
            id, ILicenseBook.State.Released, ILicenseBook.State.Renounced, mallory, false, 0
        );
        vm.prank(mallory);
        book.release(id);
        _withdraw(alice, id, OWN, STAKE);
        assertEq(token.balanceOf(alice), STAKE, "all");
    }

    /// @dev D1-35.
    function test_usersLeftHoldTheStake_d1_35() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Node);
        _users(id, 3);
        vm.prank(alice);
        book.renounce(id);
        vm.warp(block.timestamp + 184 days);
        assertFalse(vault.isReleasable(id), "users left");
        _expectLocked(id, 1, 0);
        vm.prank(alice);
        vault.withdraw(id, OWN, 1);
        _users(id, 0);
        _withdraw(alice, id, OWN, STAKE);
    }

    /// @dev C-09, all three rules: an open challenge holds at maturity under each.
    function test_openChallengeHoldsUnderEveryRule_c09() public {
        for (uint256 rule = 0; rule <= 2; ++rule) {
            uint256 base = vm.snapshotState();
            _set(K.STAKE_RELEASE_RULE, rule);
            uint256 id = _renounced();
            vm.prank(court);
            vault.lock(id);
            vm.warp(block.timestamp + 400 days);
            assertFalse(vault.isReleasable(id), "held");
            _expectLocked(id, 1, 0);
            vm.prank(alice);
            vault.withdraw(id, OWN, 1);
            vm.expectRevert(abi.encodeWithSelector(ILicenseBook.StakeNotFree.selector, id));
            book.release(id);
            vm.revertToState(base);
        }
    }

    function test_releaseRules_c09() public {
        // restart after a failed challenge, restart after a successful one
        bool[2][3] memory restarts = [[true, true], [false, true], [false, false]];
        for (uint256 rule = 0; rule <= 2; ++rule) {
            for (uint256 outcome = 0; outcome <= 1; ++outcome) {
                uint256 base = vm.snapshotState();
                _set(K.STAKE_RELEASE_RULE, rule);
                uint256 id = _renounced();
                uint256 end = block.timestamp;
                vm.prank(court);
                vault.lock(id);
                vm.warp(end + 100 days);
                vm.prank(court);
                vault.unlock(id, outcome == 1);
                uint256 from = restarts[rule][outcome] ? end + 100 days : end;
                assertEq(vault.releaseAt(id), from + 184 days, "release time");
                vm.warp(from + 184 days - 1);
                assertFalse(vault.isReleasable(id), "not yet");
                vm.warp(from + 184 days);
                assertTrue(vault.isReleasable(id), "free");
                _withdraw(alice, id, OWN, STAKE);
                vm.revertToState(base);
            }
        }
    }

    /// @dev A challenge that ended before the licence did changes nothing.
    function test_earlierChallengeDoesNotDelay_c09() public {
        uint256 id = _active(alice, ILicenseBook.Kind.Provider);
        vm.startPrank(court);
        vault.lock(id);
        vault.unlock(id, true);
        vm.stopPrank();
        vm.warp(block.timestamp + 10 days);
        vm.prank(alice);
        book.renounce(id);
        assertEq(vault.releaseAt(id), block.timestamp + 184 days, "from the end");
    }

    function test_twoChallengesBothHold() public {
        uint256 id = _renounced();
        vm.startPrank(court);
        vault.lock(id);
        vault.lock(id);
        vault.unlock(id, false);
        vm.stopPrank();
        vm.warp(block.timestamp + 184 days);
        assertEq(vault.openChallenges(id), 1, "one left");
        assertEq(vault.withdrawable(id), 0, "held");
        vm.prank(court);
        vault.unlock(id, false);
        assertEq(vault.withdrawable(id), STAKE, "free");
    }

    /// @dev One holder's next licence neither needs nor frees the stake of the last one.
    function test_licencesOfOneHolderAreSeparate() public {
        uint256 old = _renounced();
        uint256 next = _approved(alice, ILicenseBook.Kind.Provider);
        assertFalse(book.isLicensed(alice), "old stake does not cover");
        _stake(alice, next, STAKE);
        assertTrue(book.isLicensed(alice), "own stake does");
        _slash(old, STAKE);
        assertTrue(book.isLicensed(alice), "an old breach costs the old stake");
    }

    // The deployed events, reentrancy, upgrade ---------------------------------------------------------------------

    function test_providerStakeEmitsTheDeployedEvents() public {
        assertEq(IProviderStakeEvents.StakeTokens.selector, keccak256("StakeTokens(address,uint256)"), "stake");
        assertEq(IProviderStakeEvents.UnstakeTokens.selector, keccak256("UnstakeTokens(address,uint256)"), "unstake");
        uint256 id = _apply(alice, ILicenseBook.Kind.Provider);
        _fund(partner, 10);
        _emits();
        emit IProviderStakeEvents.StakeTokens(alice, 10);
        _emits();
        emit IProviderStakeEvents.StakePosted(alice, partner, 10);
        vm.prank(partner);
        vault.stake(id, 10);
        _emits();
        emit IProviderStakeEvents.UnstakeTokens(alice, 4);
        _emits();
        emit IProviderStakeEvents.StakeReleased(alice, partner, 4);
        _withdraw(partner, id, PARTNER, 4);
        vm.startPrank(court);
        vault.lock(id);
        _emits();
        emit IProviderStakeEvents.StakeSlashed(alice, 6, court, 0);
        vault.slash(id, 100);
        vm.stopPrank();
    }

    function test_tokenCallbackCannotReenter() public {
        CallbackToken callback = new CallbackToken();
        StakeVault other = StakeVault(
            _proxied(
                address(new StakeVault()),
                abi.encodeCall(StakeVault.initialize, (address(callback), address(book), address(params), admin))
            )
        );
        vm.prank(address(this));
        uint256 id = book.applyFor(ILicenseBook.Kind.Provider, HASH);
        callback.mint(address(this), 10);
        other.stake(id, 10);
        callback.arm(
            address(this),
            abi.encodeCall(Reentering.act, (address(other), abi.encodeCall(StakeVault.withdraw, (id, OWN, 5))))
        );
        other.withdraw(id, OWN, 5);
        assertTrue(callback.reentered() && !callback.succeeded(), "refused");
        assertEq(
            bytes32(callback.result()),
            bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector),
            "by the guard"
        );
        assertEq(other.stakeOf(id), 5, "once");
    }

    function test_upgradeAndInitialization() public {
        StakeVault next = new StakeVault();
        vm.expectRevert(abi.encodeWithSelector(Initializable.InvalidInitialization.selector));
        next.initialize(address(token), address(book), address(params), admin);
        bytes32 role = vault.UPGRADER_ROLE();
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, governance, role)
        );
        vm.prank(governance);
        vault.upgradeToAndCall(address(next), "");
        vm.prank(admin);
        vault.upgradeToAndCall(address(next), "");
        assertEq(vault.token(), address(token), "state stays");
        assertEq(vault.licenseBook(), address(book), "state stays");
        address code = address(next);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.ZeroAddress.selector));
        _proxied(code, abi.encodeCall(StakeVault.initialize, (address(0), address(book), address(params), admin)));
    }
}
