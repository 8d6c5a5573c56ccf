// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {Court} from "../../src/court/Court.sol";
import {Award, ICourt, Parts, Ruling, Terms} from "../../src/interfaces/ICourt.sol";
import {ICourtRules} from "../../src/interfaces/ICourtRules.sol";
import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {IStakeVault} from "../../src/interfaces/IStakeVault.sol";
import {CourtBase} from "../helpers/CourtBase.sol";

/// @title A case from opening to closing
contract CourtTest is CourtBase {
    // Opening ------------------------------------------------------------------------------------------------------

    function test_D379_anyHolderOpensACase() public {
        vm.expectEmit(true, true, true, true, address(court));
        emit ICourt.CaseOpened(1, licenseId, carol, acme, START - 5, CLAIM_HASH, EVIDENCE, address(0), 0);
        vm.prank(carol);
        uint256 id = court.open(licenseId, START - 5, CLAIM_HASH, EVIDENCE, address(0), 0);
        assertEq(id, 1, "first case");
        assertEq(token.balanceOf(address(court)), DEPOSIT, "deposit");
        assertEq(vault.openChallenges(licenseId), 1, "vault locked");
        ICourt.Case memory c = court.caseOf(id);
        assertEq(c.challenger, carol, "challenger");
        assertEq(c.breachAt, START - 5, "breach");
        assertEq(c.deadline, START + WEEK, "response deadline");
        assertEq(court.caseOfEvidence(licenseId, EVIDENCE), id, "evidence");
        (address challenger, address respondent) = court.partiesOf(id);
        assertEq(challenger, carol, "challenger");
        assertEq(respondent, acme, "respondent");
        _assertHeld();
    }

    function test_openCaseLocksTheWholeStake() public {
        _stake(acme, licenseId, 50_000e18);
        assertEq(vault.withdrawable(licenseId), 50_000e18, "free before");
        _open();
        assertEq(vault.withdrawable(licenseId), 0, "locked");
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.StakeLocked.selector, licenseId, 1, 0));
        vault.withdraw(licenseId, 0, 1);
    }

    function test_challengerHoldsTheDepositBesides() public {
        _fund(bob, 2 * DEPOSIT - 1);
        vm.expectRevert(abi.encodeWithSelector(ICourt.HoldingTooSmall.selector, bob, 2 * DEPOSIT - 1, 2 * DEPOSIT));
        _open(bob, EVIDENCE);
        _fund(bob, 1);
        _open(bob, EVIDENCE);
        assertEq(token.balanceOf(bob), DEPOSIT, "holds the deposit besides");
    }

    function test_nobodyChallengesItself() public {
        _fund(acme, 2 * DEPOSIT);
        vm.expectRevert(abi.encodeWithSelector(ICourt.OwnLicense.selector, licenseId, acme));
        _open(acme, EVIDENCE);
    }

    function test_onlyALicenceWithStakeIsChallenged() public {
        uint256 empty = _newLicenseWithoutStake();
        vm.startPrank(carol);
        vm.expectRevert(abi.encodeWithSelector(ICourt.UnknownLicense.selector, 99));
        court.open(99, START, CLAIM_HASH, EVIDENCE, address(0), 0);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NoStake.selector, empty));
        court.open(empty, START, CLAIM_HASH, EVIDENCE, address(0), 0);
        vm.stopPrank();
    }

    function _newLicenseWithoutStake() private returns (uint256 id) {
        vm.prank(globex);
        id = book.applyFor(ILicenseBook.Kind.Provider, "application");
        vm.prank(admin);
        book.decide(id, true, "analysis");
    }

    function test_limitationIsInclusive() public {
        vm.startPrank(carol);
        vm.expectRevert(abi.encodeWithSelector(ICourt.BreachTooOld.selector, START - LIMITATION - 1, LIMITATION));
        court.open(licenseId, START - LIMITATION - 1, CLAIM_HASH, EVIDENCE, address(0), 0);
        vm.expectRevert(abi.encodeWithSelector(ICourt.BreachInFuture.selector, START + 1));
        court.open(licenseId, START + 1, CLAIM_HASH, EVIDENCE, address(0), 0);
        court.open(licenseId, START - LIMITATION, CLAIM_HASH, EVIDENCE, address(0), 0);
        vm.stopPrank();
    }

    function test_hashesAreNotZero() public {
        vm.startPrank(carol);
        vm.expectRevert(ICourt.ZeroHash.selector);
        court.open(licenseId, START, 0, EVIDENCE, address(0), 0);
        vm.expectRevert(ICourt.ZeroHash.selector);
        court.open(licenseId, START, CLAIM_HASH, 0, address(0), 0);
        vm.stopPrank();
    }
}
