// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {LicenseBook} from "../../src/license/LicenseBook.sol";
import {StakeVault} from "../../src/stake/StakeVault.sol";
import {DimoToken} from "../../src/token/DimoToken.sol";
import {Assertions} from "../helpers/Assertions.sol";
import {FuzzSelector} from "./FuzzSelector.sol";
import {StakeHandler} from "./StakeHandler.sol";

contract StakeInvariantTest is Assertions {
    StakeHandler private handler;
    LicenseBook private book;
    StakeVault private vault;
    DimoToken private token;

    function setUp() public {
        handler = new StakeHandler();
        (book, vault, token) = handler.deployment();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0] = FuzzSelector(address(handler), handler.selectors());
    }

    function invariant_sumOfVaultsIsTheBalance() public view {
        uint256 sum;
        for (uint256 id = 1; id <= book.lastId(); ++id) {
            sum += vault.stakeOf(id);
            assertEq(
                vault.stakeOf(id) + handler.slashed(id) + handler.returned(id),
                handler.posted(id),
                "posted is conserved"
            );
        }
        assertEq(vault.totalStaked(), sum, "total");
        assertEq(token.balanceOf(address(vault)), sum, "balance");
        assertEq(token.balanceOf(address(book)), 0, "the book holds nothing");
    }

    function invariant_postersOwnNoMoreThanTheVault() public view {
        address[] memory posters = handler.posters();
        for (uint256 id = 1; id <= book.lastId(); ++id) {
            uint256 all;
            for (uint8 class = 0; class < 3; ++class) {
                (uint256 pool, uint256 shares,) = vault.poolOf(id, class);
                uint256 owned;
                for (uint256 i = 0; i < posters.length; ++i) {
                    // A loan belongs to the foundation, so it is counted once.
                    if (class == 2 && i != 0) break;
                    owned += vault.postedBy(id, class, posters[i]);
                    assertTrue(vault.withdrawableBy(id, class, posters[i]) <= pool, "withdrawable");
                }
                assertTrue(owned <= pool, "no more than the pool");
                assertTrue(owned + posters.length >= pool, "rounding dust only");
                assertTrue(shares >= pool, "a share is worth at most one wei");
                all += owned;
            }
            assertTrue(all <= vault.stakeOf(id), "no more than the vault");
            assertTrue(vault.withdrawable(id) <= vault.countedStakeOf(id), "counted");
            assertTrue(vault.countedStakeOf(id) <= vault.stakeOf(id), "all");
        }
    }

    function invariant_nothingLeavesDuringAChallenge() public view {
        assertFalse(handler.leftDuringChallenge(), "left");
        for (uint256 id = 1; id <= book.lastId(); ++id) {
            if (vault.openChallenges(id) == 0) continue;
            assertEq(vault.withdrawable(id), 0, "held");
            assertEq(vault.withdrawableBy(id, 2, address(0)), 0, "loans too");
            assertFalse(vault.isReleasable(id), "not releasable");
        }
    }

    function invariant_activeMeansApprovedAndCovered() public view {
        for (uint256 id = 1; id <= book.lastId(); ++id) {
            if (!book.isActive(id)) continue;
            ILicenseBook.License memory l = book.licenseInfo(id);
            assertEq(uint256(l.state), uint256(ILicenseBook.State.Approved), "approved");
            uint256 staked = vault.countedStakeOf(id);
            bool inWindow = block.timestamp <= l.graceUntil && staked >= l.graceRequirement;
            assertTrue(staked >= book.requirementOf(id) || inWindow, "covered");
            assertFalse(book.hasOverdueBurn(id), "no overdue burn");
            assertTrue(l.parent == 0 || book.isActive(l.parent), "parent");
            assertTrue(
                l.kind != ILicenseBook.Kind.Provider || book.isLicensed(l.holder), "an active provider is licensed"
            );
        }
    }

    function invariant_noTransitionOutsideTheTable() public view {
        assertFalse(handler.illegalTransition(), "transition");
        for (uint256 id = 1; id <= book.lastId(); ++id) {
            ILicenseBook.License memory l = book.licenseInfo(id);
            bool live = l.state == ILicenseBook.State.Applied || l.state == ILicenseBook.State.Approved
                || l.state == ILicenseBook.State.Suspended;
            bool slot = l.kind == ILicenseBook.Kind.DeviceType
                ? book.deviceTypeLicense(l.parent, l.deviceType) == id
                : book.licenseOf(l.holder, l.kind) == id;
            assertTrue(live == slot, "live licences have the slot, and only they");
            bool ended = l.state == ILicenseBook.State.Revoked || l.state == ILicenseBook.State.Renounced
                || l.state == ILicenseBook.State.Released;
            assertTrue(ended == (l.endedAt != 0), "end time");
        }
    }

    /// @dev The handler reaches what the invariants are about.
    function test_handlerReachesEveryAction() public {
        for (uint256 i = 0; i < 12; ++i) {
            handler.applyOne(i, i);
        }
        for (uint256 i = 0; i < book.lastId(); ++i) {
            handler.fill(i);
            handler.decide(i, 2);
            handler.challenge(i, true, true);
            handler.slash(i, 1);
            handler.challenge(i, false, i % 2 == 0);
            handler.fill(i);
        }
        handler.reassign(0, 1);
        for (uint256 i = 0; i < book.lastId(); ++i) {
            handler.end(i, i % 2 == 0);
        }
        for (uint256 i = 0; i < 4; ++i) {
            handler.pass(50 days);
        }
        for (uint256 i = 0; i < book.lastId(); ++i) {
            handler.release(i);
            for (uint256 poster = 0; poster < 4; ++poster) {
                handler.withdraw(i, poster, 0, type(uint256).max);
            }
        }
        assertTrue(handler.calls("ended") > 5 && handler.calls("released") > 5, "ends");
        assertTrue(handler.calls("slashed") > 2 && handler.calls("withdrawn") > 5, "stake moves");
    }
}
