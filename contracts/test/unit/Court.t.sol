// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {Court} from "../../src/court/Court.sol";
import {CourtRules} from "../../src/court/CourtRules.sol";
import {Award, ICourt, Ruling} from "../../src/interfaces/ICourt.sol";
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

    function test_oneCasePerEvidence() public {
        uint256 id = _open();
        _fund(bob, 2 * DEPOSIT);
        vm.expectRevert(abi.encodeWithSelector(ICourt.EvidenceUsed.selector, licenseId, EVIDENCE, id));
        _open(bob, EVIDENCE);
        assertEq(_open(bob, "other"), 2, "other evidence");
        uint256 other = _newLicense(globex, STAKE);
        vm.prank(carol);
        assertEq(court.open(other, START, CLAIM_HASH, EVIDENCE, address(0), 0), 3, "other licence");
    }

    function test_evidenceThatWasRuledOnIsUsedUp() public {
        uint256 id = _openDeciding();
        _ruleAndClose(id, _ruling(0));
        vm.expectRevert(abi.encodeWithSelector(ICourt.EvidenceUsed.selector, licenseId, EVIDENCE, id));
        _open();
    }

    function test_evidenceOfASettledCaseMayBeBroughtAgain() public {
        uint256 id = _settle(DEPOSIT);
        assertEq(court.caseOfEvidence(licenseId, EVIDENCE), 0, "freed");
        assertEq(_open(), id + 1, "again");
    }

    function test_subjectMustBeAllowed() public {
        vm.startPrank(carol);
        vm.expectRevert(abi.encodeWithSelector(ICourt.SubjectNotAllowed.selector, mallory));
        court.open(licenseId, START, CLAIM_HASH, EVIDENCE, mallory, 7);
        vm.expectRevert(bytes(abi.encodeWithSignature("Error(string)", "no such subject")));
        court.open(licenseId, START, CLAIM_HASH, EVIDENCE, address(subject), 0);
        uint256 id = court.open(licenseId, START, CLAIM_HASH, EVIDENCE, address(subject), 7);
        vm.stopPrank();
        assertEq(subject.openedCase(), id, "told");
        assertEq(subject.openedLicense(), licenseId, "licence");
    }

    function test_subjectHearsTheOutcome() public {
        vm.startPrank(carol);
        uint256 id = court.open(licenseId, START, CLAIM_HASH, EVIDENCE, address(subject), 7);
        vm.warp(START + 2 * WEEK + 1);
        vm.stopPrank();
        _ruleAndClose(id, _ruling(1e18));
        assertEq(subject.closedCase(), id, "told");
        assertTrue(subject.upheld(), "upheld");
    }

    function test_brokenSubjectIsTakenOffAndTheCaseCloses() public {
        vm.prank(carol);
        uint256 id = court.open(licenseId, START, CLAIM_HASH, EVIDENCE, address(subject), 7);
        vm.warp(START + 2 * WEEK + 1);
        _rule(id, 1e18);
        vm.warp(block.timestamp + WEEK + 1);
        subject.breakIt();
        vm.expectRevert(bytes(abi.encodeWithSignature("Error(string)", "broken")));
        court.close(id);
        vm.prank(admin);
        rules.setSubject(address(subject), false);
        court.close(id);
        assertEq(subject.closedCase(), 0, "not called");
    }

    /// @dev Everything a case needs is fixed when it opens.
    function test_laterParameterChangesDoNotTouchACase() public {
        uint256 id = _open();
        bytes32 before = keccak256(abi.encode(court.termsOf(id)));
        vm.startPrank(admin);
        parameters.set("court.deposit", 9000e18);
        parameters.set("court.response_window", 1 days);
        parameters.set("court.mediation_window", 1 days);
        parameters.set("court.appeal_window", 1 days);
        parameters.set("court.least_deposits", 5);
        parameters.set("court.arbitrator_fee", 1e18);
        parameters.set("court.adjudicator", 1);
        rules.setAdjudicator(ICourtRules.AdjudicatorKind.External, mallory);
        vm.stopPrank();
        assertEq(keccak256(abi.encode(court.termsOf(id))), before, "terms");
        assertEq(court.deadlineOf(id), START + WEEK, "response");
        vm.warp(START + 2 * WEEK + 1);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotAdjudicator.selector, id, mallory));
        court.rule(id, _ruling(1));
        _rule(id, 1);
        assertEq(court.deadlineOf(id), block.timestamp + WEEK, "appeal");
        ICourt.Preview memory p = court.previewClose(id);
        assertEq(p.taken, 2 * DEPOSIT + FEE, "old least payment and fee");
    }

    function test_newCaseNeedsItsAdjudicator() public {
        CourtRules fresh = CourtRules(
            _proxy(address(new CourtRules()), abi.encodeCall(CourtRules.initialize, (address(parameters), admin)))
        );
        vm.expectRevert(abi.encodeWithSelector(ICourtRules.AdjudicatorNotSet.selector, 2));
        fresh.terms();
    }

    // Deadlines ----------------------------------------------------------------------------------------------------

    function test_silenceMovesOnAndIsNoAdmission() public {
        uint256 id = _open();
        vm.warp(START + WEEK);
        _expectPhase(id, ICourt.Phase.Responding, "last second to respond");
        assertEq(court.deadlineOf(id), START + WEEK, "deadline");
        vm.warp(START + WEEK + 1);
        _expectPhase(id, ICourt.Phase.Mediation, "mediation");
        assertEq(court.deadlineOf(id), START + 2 * WEEK, "deadline");
        assertEq(court.roundOf(id), 0, "no round");
        vm.warp(START + 2 * WEEK);
        _expectPhase(id, ICourt.Phase.Mediation, "last second to settle");
        vm.warp(START + 2 * WEEK + 1);
        _expectPhase(id, ICourt.Phase.Deciding, "deciding");
        assertEq(court.roundOf(id), 1, "round 1");
        assertEq(court.deadlineOf(id), START + 2 * WEEK + LIMITATION, "lapse");
        _ruleAndClose(id, _ruling(0));
        assertEq(vault.stakeOf(licenseId), STAKE, "silence costs nothing");
    }

    function test_respondInTheLastSecondNotAfter() public {
        uint256 id = _open();
        vm.warp(START + WEEK + 1);
        _expectWrongPhase(id, ICourt.Phase.Mediation);
        vm.prank(acme);
        court.respond(id, "answer");
        vm.warp(START + WEEK);
        vm.expectEmit(true, true, true, true, address(court));
        emit ICourt.Responded(id, acme, "answer");
        vm.prank(acme);
        court.respond(id, "answer");
        assertEq(court.deadlineOf(id), START + 2 * WEEK, "a full mediation window from the answer");
    }

    function test_answerStartsMediationAtOnce() public {
        vm.warp(START + 1);
        uint256 id = _openMediation();
        _expectPhase(id, ICourt.Phase.Mediation, "mediation");
        vm.warp(START + 1 + WEEK);
        _expectPhase(id, ICourt.Phase.Mediation, "last second");
        vm.warp(START + 2 + WEEK);
        _expectPhase(id, ICourt.Phase.Deciding, "deciding");
    }

    function test_appealInTheLastSecondNotAfter() public {
        uint256 id = _openDeciding();
        _rule(id, 1e18);
        uint256 end = block.timestamp + WEEK;
        vm.warp(end + 1);
        _expectPhase(id, ICourt.Phase.Decided, "decided");
        _expectWrongPhase(id, ICourt.Phase.Decided);
        vm.prank(acme);
        court.appeal(id, 0);
        vm.warp(end);
        _expectWrongPhase(id, ICourt.Phase.Appealable);
        court.close(id);
        vm.prank(acme);
        court.appeal(id, 0);
        assertEq(court.roundOf(id), 2, "round 2");
    }

    function test_aRoundThatNobodyDecidesLapses() public {
        uint256 id = _openDeciding();
        uint256 balance = token.balanceOf(carol);
        vm.warp(START + LIMITATION);
        _expectPhase(id, ICourt.Phase.Deciding, "last second");
        _expectWrongPhase(id, ICourt.Phase.Deciding);
        court.close(id);
        vm.warp(START + LIMITATION + 1);
        _expectWrongPhase(id, ICourt.Phase.Decided);
        _rule(id, 1e18);
        court.close(id);
        assertEq(uint256(court.caseOf(id).outcome), uint256(ICourt.Outcome.Lapsed), "lapsed");
        assertEq(token.balanceOf(carol), balance + DEPOSIT, "deposit back");
        assertEq(vault.stakeOf(licenseId), STAKE, "stake whole");
        assertEq(vault.openChallenges(licenseId), 0, "unlocked");
        assertEq(court.caseOfEvidence(licenseId, EVIDENCE), 0, "nothing was judged");
    }

    function test_whenAnAppealLapsesTheEarlierRulingStands() public {
        uint256 id = _openDeciding();
        _rule(id, 40_000e18);
        vm.prank(acme);
        court.appeal(id, 0);
        vm.warp(block.timestamp + LIMITATION + 1);
        court.close(id);
        ICourt.Case memory c = court.caseOf(id);
        assertEq(uint256(c.outcome), uint256(ICourt.Outcome.Upheld), "upheld");
        assertEq(_sum(c.paid), 40_000e18 + FEE, "amount of round 1, one fee");
    }

    // Mediation ----------------------------------------------------------------------------------------------------

    function _settle(uint256 amount) private returns (uint256 id) {
        id = _openMediation();
        vm.prank(carol);
        court.proposeSettlement(id, amount);
        vm.prank(acme);
        court.acceptSettlement(id, amount);
    }

    function test_settlementIsAnUpheldCaseWithoutLeastAmountsAndFees() public {
        uint256 balance = token.balanceOf(carol);
        uint256 supply = token.totalSupply();
        uint256 id = _settle(10_000e18);
        ICourt.Case memory c = court.caseOf(id);
        assertEq(uint256(c.outcome), uint256(ICourt.Outcome.Settled), "settled");
        assertEq(c.paid.fees, 0, "no fees");
        assertEq(c.paid.challenger, 500e18, "5 %");
        assertEq(c.paid.users, 0, "no list");
        assertEq(c.paid.treasury, 7000e18, "10 % and the users' 60 %");
        assertEq(c.paid.burned, 2500e18, "25 %");
        assertEq(token.balanceOf(carol), balance + 500e18, "deposit back and reward");
        assertEq(token.balanceOf(treasury), 7000e18, "treasury");
        assertEq(token.totalSupply(), supply - 2500e18, "burned");
        assertEq(vault.stakeOf(licenseId), STAKE - 10_000e18, "stake");
        assertEq(vault.openChallenges(licenseId), 0, "unlocked");
        assertEq(court.rulingOf(id, 0).reparation, 10_000e18, "on record");
        _assertHeld();
    }

    /// @dev Economy §4: a settlement is between two parties, who may be one; it takes nothing of third parties.
    function test_settlementTakesOnlyTheHoldersOwnStake() public {
        _stake(bob, licenseId, 50_000e18);
        uint256 id = _openMediation();
        vm.prank(carol);
        court.proposeSettlement(id, STAKE + 1);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(ICourt.SettlementNotCovered.selector, id, STAKE + 1, STAKE));
        court.acceptSettlement(id, STAKE + 1);
        vm.prank(carol);
        court.proposeSettlement(id, STAKE);
        vm.prank(acme);
        court.acceptSettlement(id, STAKE);
        assertEq(vault.postedBy(licenseId, 1, bob), 50_000e18, "the partner's stake is whole");
        assertEq(vault.stakeOf(licenseId), 50_000e18, "own stake taken");
        assertEq(court.debtOf(acme), 0, "no debt");
        _assertHeld();
    }

    /// @dev Economy §4: colluders without stake of their own would re-open and settle for ever, and lock a partner's stake.
    function test_nothingIsSettledWithoutOwnStake() public {
        _stake(bob, licenseId, 50_000e18);
        uint256 id = _settle(STAKE);
        _expectPhase(id, ICourt.Phase.Closed, "closed");
        id = _openMediation();
        vm.prank(carol);
        court.proposeSettlement(id, DEPOSIT);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(ICourt.SettlementNotCovered.selector, id, DEPOSIT, 0));
        court.acceptSettlement(id, DEPOSIT);
        // What remains is a ruling, which costs the loser: the deposit here.
        vm.prank(acme);
        court.declineMediation(id);
        uint256 supply = token.totalSupply();
        _ruleAndClose(id, _ruling(0));
        assertEq(token.totalSupply(), supply - (DEPOSIT - FEE), "the rest of the deposit is burned");
        assertEq(vault.postedBy(licenseId, 1, bob), 50_000e18, "the partner's stake is whole");
    }

    /// @dev Economy §4: while another case holds the vault nobody drains it by agreement.
    function test_settlementTakesNothingWhileAnotherCaseIsOpen() public {
        uint256 honest = _open();
        _fund(mallory, 2 * DEPOSIT);
        uint256 id = _open(mallory, "collusion");
        vm.prank(acme);
        court.respond(id, "answer");
        vm.prank(mallory);
        court.proposeSettlement(id, STAKE);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(ICourt.SettlementNotCovered.selector, id, STAKE, 0));
        court.acceptSettlement(id, STAKE);
        vm.startPrank(acme);
        court.respond(honest, "answer");
        court.declineMediation(honest);
        vm.stopPrank();
        // Final with the second of two like rulings, while the other case is still in mediation.
        _rule(honest, 60_000e18);
        vm.prank(acme);
        court.appeal(honest, 0);
        _rule(honest, 60_000e18);
        court.close(honest);
        assertEq(_sum(court.caseOf(honest).paid), 60_000e18 + 2 * FEE, "paid in full");
        uint256 left = STAKE - 60_000e18 - 2 * FEE;
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(ICourt.SettlementNotCovered.selector, id, STAKE, left));
        court.acceptSettlement(id, STAKE);
        vm.prank(mallory);
        court.proposeSettlement(id, left);
        vm.prank(acme);
        court.acceptSettlement(id, left);
        assertEq(vault.stakeOf(licenseId), 0, "what the other case left");
        assertEq(court.debtOf(acme), 0, "no debt");
        _assertHeld();
    }

    function test_eitherSideProposesTheOtherAccepts() public {
        uint256 id = _openMediation();
        vm.startPrank(acme);
        court.proposeSettlement(id, 5000e18);
        vm.expectRevert(abi.encodeWithSelector(ICourt.OfferMismatch.selector, id, 0, 5000e18));
        court.acceptSettlement(id, 5000e18);
        court.proposeSettlement(id, 6000e18);
        vm.stopPrank();
        vm.startPrank(carol);
        vm.expectRevert(abi.encodeWithSelector(ICourt.OfferMismatch.selector, id, 6000e18, 5000e18));
        court.acceptSettlement(id, 5000e18);
        vm.expectEmit(true, true, true, true, address(court));
        emit ICourt.CaseSettled(id, carol, 6000e18);
        court.acceptSettlement(id, 6000e18);
        vm.stopPrank();
        _expectPhase(id, ICourt.Phase.Closed, "closed");
    }

    function test_aSettlementIsAnAmount() public {
        uint256 id = _openMediation();
        vm.startPrank(acme);
        vm.expectRevert(abi.encodeWithSelector(ICourt.SettlementTooSmall.selector, id, 0, DEPOSIT));
        court.proposeSettlement(id, 0);
        vm.expectRevert(abi.encodeWithSelector(ICourt.OfferMismatch.selector, id, 0, 0));
        court.acceptSettlement(id, 0);
        vm.stopPrank();
    }

    /// @dev Economy §4: two who may be one do not lock partners' stake for dust, nor prolong its release.
    function test_settlementIsWorthADepositAndRestartsNoReleaseDelay() public {
        _stake(bob, licenseId, 50_000e18);
        vm.prank(acme);
        book.renounce(licenseId);
        uint256 freeFrom = vault.releaseAt(licenseId);
        vm.warp(START + 30 days);
        uint256 id = _openMediation();
        vm.startPrank(acme);
        vm.expectRevert(abi.encodeWithSelector(ICourt.SettlementTooSmall.selector, id, DEPOSIT - 1, DEPOSIT));
        court.proposeSettlement(id, DEPOSIT - 1);
        court.proposeSettlement(id, DEPOSIT);
        vm.stopPrank();
        vm.prank(carol);
        court.acceptSettlement(id, DEPOSIT);
        assertEq(vault.releaseAt(licenseId), freeFrom, "not prolonged");
        id = _open(carol, "other");
        vm.startPrank(acme);
        court.respond(id, "answer");
        court.declineMediation(id);
        vm.stopPrank();
        _ruleAndClose(id, _ruling(DEPOSIT));
        assertEq(vault.releaseAt(licenseId), block.timestamp + 184 days, "a ruling prolongs it");
        assertEq(vault.withdrawableBy(licenseId, 1, bob), 0, "not before");
    }

    /// @dev What a settlement must be worth is fixed when the case opens.
    function test_leastSettlementIsTheDepositOfTheCase() public {
        uint256 id = _openMediation();
        _set("court.deposit", 2 * DEPOSIT);
        vm.prank(carol);
        court.proposeSettlement(id, DEPOSIT);
        vm.prank(acme);
        court.acceptSettlement(id, DEPOSIT);
        _expectPhase(id, ICourt.Phase.Closed, "closed");
    }

    function test_mediationAlsoAfterSilence() public {
        uint256 id = _open();
        vm.warp(START + WEEK + 1);
        vm.prank(carol);
        court.proposeSettlement(id, 9000e18);
        vm.prank(acme);
        court.acceptSettlement(id, 9000e18);
        _expectPhase(id, ICourt.Phase.Closed, "closed");
    }

    function test_eitherSideDeclinesMediation() public {
        uint256 id = _openMediation();
        vm.expectEmit(true, true, true, true, address(court));
        emit ICourt.MediationDeclined(id, carol);
        vm.expectEmit(true, true, true, true, address(court));
        emit ICourt.RoundBegan(id, 1);
        vm.prank(carol);
        court.declineMediation(id);
        _expectPhase(id, ICourt.Phase.Deciding, "deciding");
    }

    function test_onlyPartiesAct() public {
        uint256 id = _open();
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotRespondent.selector, id, carol));
        vm.prank(carol);
        court.respond(id, "answer");
        vm.prank(acme);
        court.respond(id, "answer");
        bytes memory notParty = abi.encodeWithSelector(ICourt.NotParty.selector, id, mallory);
        vm.startPrank(mallory);
        vm.expectRevert(notParty);
        court.addEvidence(id, "more");
        vm.expectRevert(notParty);
        court.proposeSettlement(id, 1);
        vm.expectRevert(notParty);
        court.acceptSettlement(id, 1);
        vm.expectRevert(notParty);
        court.declineMediation(id);
        vm.stopPrank();
        vm.prank(acme);
        court.declineMediation(id);
        _rule(id, 1e18);
        vm.prank(mallory);
        vm.expectRevert(notParty);
        court.appeal(id, 0);
    }

    function test_partiesAddEvidenceUntilTheDecision() public {
        uint256 id = _openDeciding();
        vm.startPrank(acme);
        vm.expectRevert(ICourt.ZeroHash.selector);
        court.addEvidence(id, 0);
        vm.expectEmit(true, true, true, true, address(court));
        emit ICourt.EvidenceAdded(id, acme, "more");
        court.addEvidence(id, "more");
        vm.stopPrank();
        _rule(id, 0);
        vm.warp(block.timestamp + WEEK + 1);
        _expectWrongPhase(id, ICourt.Phase.Decided);
        vm.prank(acme);
        court.addEvidence(id, "more");
    }

    // Rounds -------------------------------------------------------------------------------------------------------

    function test_rulingIsOnRecord() public {
        uint256 id = _openDeciding();
        Ruling memory r = _ruling(7e18);
        r.award = Award(1000, 7000, 2000, 0);
        r.impactRoot = "root";
        r.impactShares = 9;
        vm.expectEmit(true, true, true, true, address(court));
        emit ICourt.Ruled(id, 1, judge, r, 1);
        vm.prank(judge);
        court.rule(id, r);
        assertEq(keccak256(abi.encode(court.rulingOf(id, 1))), keccak256(abi.encode(r)), "ruling");
        _expectPhase(id, ICourt.Phase.Appealable, "appealable");
    }

    function test_invalidRulingsAreRefused() public {
        uint256 id = _openDeciding();
        Ruling memory r = _ruling(1);
        r.award = Award(0, 7999, 2001, 0);
        vm.startPrank(judge);
        vm.expectRevert(abi.encodeWithSelector(ICourt.ChallengerShareTooHigh.selector, 2001, 2000));
        court.rule(id, r);
        r.award = Award(1, 0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidAward.selector, 1));
        court.rule(id, r);
        vm.stopPrank();
    }

    function test_C07_onlyTheChosenAdjudicatorRules() public {
        uint256 external_ = _openDeciding();
        _set("court.adjudicator", 1);
        uint256 voted = _open(carol, "second");
        _set("court.adjudicator", 0);
        uint256 paneled = _open(carol, "third");
        vm.warp(block.timestamp + 2 * WEEK + 1);
        _expectOnly(external_, judge);
        _expectOnly(voted, address(vote));
        _expectOnly(paneled, address(panel));
        vm.prank(timelock);
        vote.rule(voted, _ruling(1e18));
        _expectPhase(voted, ICourt.Phase.Appealable, "the vote ruled");
    }

    function _expectOnly(uint256 id, address adjudicator) private {
        address[7] memory callers = [judge, address(vote), address(panel), admin, timelock, carol, acme];
        for (uint256 i = 0; i < callers.length; ++i) {
            if (callers[i] == adjudicator) continue;
            vm.expectRevert(abi.encodeWithSelector(ICourt.NotAdjudicator.selector, id, callers[i]));
            vm.prank(callers[i]);
            court.rule(id, _ruling(1e18));
        }
    }

    /// @dev Protocol 8.1 rule 6: same verdict, same amount: closed with the second round.
    function test_sameVerdictSameAmountIsFinal() public {
        uint256 id = _openDeciding();
        _rule(id, 40_000e18);
        vm.prank(carol);
        court.appeal(id, "new evidence");
        _rule(id, 40_000e18);
        _expectPhase(id, ICourt.Phase.Decided, "final at once");
        _expectWrongPhase(id, ICourt.Phase.Decided);
        vm.prank(acme);
        court.appeal(id, 0);
        court.close(id);
        assertEq(_sum(court.caseOf(id).paid), 40_000e18 + 2 * FEE, "two fees");
    }

    function test_twiceDismissedIsFinal() public {
        uint256 id = _openDeciding();
        _rule(id, 0);
        vm.prank(carol);
        court.appeal(id, 0);
        _rule(id, 0);
        _expectPhase(id, ICourt.Phase.Decided, "final at once");
        court.close(id);
        assertEq(court.caseOf(id).paid.fees, 2 * FEE, "two fees");
        assertEq(court.caseOf(id).paid.burned, DEPOSIT - 2 * FEE, "rest of the deposit");
    }

    /// @dev Same verdict, other amount: the second round counts, either may appeal once more.
    function test_sameVerdictOtherAmountMayBeAppealedOnceMore() public {
        uint256 id = _openDeciding();
        _rule(id, 40_000e18);
        vm.prank(acme);
        court.appeal(id, 0);
        _rule(id, 30_000e18);
        _expectPhase(id, ICourt.Phase.Appealable, "appealable");
        uint256 state = vm.snapshotState();
        vm.warp(block.timestamp + WEEK + 1);
        court.close(id);
        assertEq(_sum(court.caseOf(id).paid), 30_000e18 + 2 * FEE, "amount of the second round");
        vm.revertToState(state);

        vm.prank(carol);
        court.appeal(id, 0);
        assertEq(court.roundOf(id), 3, "round 3");
        _rule(id, 35_000e18);
        _expectPhase(id, ICourt.Phase.Decided, "the third round is final");
        court.close(id);
        assertEq(_sum(court.caseOf(id).paid), 35_000e18 + 3 * FEE, "amount of the third round");
    }

    /// @dev Different verdict: a third, final round at once.
    function test_differentVerdictGoesToTheThirdRoundAtOnce() public {
        uint256 id = _openDeciding();
        _rule(id, 0);
        vm.prank(carol);
        court.appeal(id, 0);
        _rule(id, 20_000e18);
        _expectPhase(id, ICourt.Phase.Deciding, "at once");
        assertEq(court.roundOf(id), 3, "round 3");
        _expectWrongPhase(id, ICourt.Phase.Deciding);
        vm.prank(acme);
        court.appeal(id, 0);
        uint256 state = vm.snapshotState();
        _rule(id, 0);
        _expectPhase(id, ICourt.Phase.Decided, "final");
        court.close(id);
        assertEq(uint256(court.caseOf(id).outcome), uint256(ICourt.Outcome.Dismissed), "third verdict counts");
        vm.revertToState(state);
        _rule(id, 25_000e18);
        court.close(id);
        assertEq(_sum(court.caseOf(id).paid), 25_000e18 + 3 * FEE, "third amount counts");
    }

    /// @dev Every step in every phase in which it is not due.
    function test_everyStepOutOfPhaseReverts() public {
        uint256 id = _open();
        _expectOutOfPhase(id, ICourt.Phase.Responding);
        vm.prank(acme);
        court.respond(id, "answer");
        _expectOutOfPhase(id, ICourt.Phase.Mediation);
        vm.prank(acme);
        court.declineMediation(id);
        _expectOutOfPhase(id, ICourt.Phase.Deciding);
        _rule(id, 1e18);
        _expectOutOfPhase(id, ICourt.Phase.Appealable);
        vm.warp(block.timestamp + WEEK + 1);
        _expectOutOfPhase(id, ICourt.Phase.Decided);
        court.close(id);
        _expectOutOfPhase(id, ICourt.Phase.Closed);
    }

    function _expectOutOfPhase(uint256 id, ICourt.Phase phase) private {
        if (phase != ICourt.Phase.Responding) {
            _expectWrongPhase(id, phase);
            vm.prank(acme);
            court.respond(id, "answer");
        }
        if (phase != ICourt.Phase.Mediation) {
            _expectWrongPhase(id, phase);
            vm.prank(acme);
            court.proposeSettlement(id, 1);
            _expectWrongPhase(id, phase);
            vm.prank(acme);
            court.acceptSettlement(id, 1);
            _expectWrongPhase(id, phase);
            vm.prank(acme);
            court.declineMediation(id);
        }
        if (phase != ICourt.Phase.Deciding) {
            _expectWrongPhase(id, phase);
            _rule(id, 1);
        }
        if (phase != ICourt.Phase.Appealable) {
            _expectWrongPhase(id, phase);
            vm.prank(acme);
            court.appeal(id, 0);
        }
        if (phase != ICourt.Phase.Decided) {
            _expectWrongPhase(id, phase);
            court.close(id);
        }
        if (phase != ICourt.Phase.Closed) {
            _expectWrongPhase(id, phase);
            court.claim(id, alice, 1, new bytes32[](0));
            _expectWrongPhase(id, phase);
            court.sweepUnclaimed(id);
        } else {
            _expectWrongPhase(id, phase);
            vm.prank(acme);
            court.addEvidence(id, "more");
            _expectWrongPhase(id, phase);
            court.previewClose(id);
        }
    }

    function test_unknownCasesRevert() public {
        bytes memory unknown = abi.encodeWithSelector(ICourt.UnknownCase.selector, 9);
        vm.expectRevert(unknown);
        court.respond(9, "answer");
        vm.expectRevert(unknown);
        court.close(9);
        vm.expectRevert(unknown);
        court.caseOf(9);
        vm.expectRevert(unknown);
        court.payDebt(9, 1);
        _expectPhase(9, ICourt.Phase.None, "no case");
    }

    // Powers -------------------------------------------------------------------------------------------------------

    /// @dev Only the court slashes; nobody administers the court into it. An administrator has no way to stake, ruling
    ///      or money.
    function test_D461_noAdministratorSlashesOrRules() public {
        uint256 id = _openDeciding();
        bytes32 role = vault.COURT_ROLE();
        assertTrue(vault.hasRole(role, address(court)), "the court");
        assertFalse(vault.hasRole(role, admin), "nobody else");
        vm.startPrank(admin);
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, admin, role));
        vault.slash(licenseId, 1);
        vm.expectRevert(abi.encodeWithSelector(ICourt.NotAdjudicator.selector, id, admin));
        court.rule(id, _ruling(1e18));
        vm.stopPrank();
    }

    function test_onlyTheUpgraderUpgrades() public {
        Court next = new Court();
        bytes32 role = court.UPGRADER_ROLE();
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, mallory, role));
        court.upgradeToAndCall(address(next), "");
        vm.prank(admin);
        court.upgradeToAndCall(address(next), "");
    }

    function test_onlyGovernanceNamesAdjudicatorsAndSubjects() public {
        bytes32 role = rules.GOVERNANCE_ROLE();
        bytes memory denied =
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, mallory, role);
        vm.startPrank(mallory);
        vm.expectRevert(denied);
        rules.setAdjudicator(ICourtRules.AdjudicatorKind.Panel, mallory);
        vm.expectRevert(denied);
        rules.setSubject(mallory, true);
        vm.stopPrank();
        vm.startPrank(admin);
        vm.expectRevert(ICourtRules.ZeroAddress.selector);
        rules.setAdjudicator(ICourtRules.AdjudicatorKind.Panel, address(0));
        vm.expectRevert(ICourtRules.ZeroAddress.selector);
        rules.setSubject(address(0), true);
        vm.expectEmit(true, true, true, true, address(rules));
        emit ICourtRules.AdjudicatorSet(ICourtRules.AdjudicatorKind.External, bob);
        rules.setAdjudicator(ICourtRules.AdjudicatorKind.External, bob);
        vm.stopPrank();
        assertEq(rules.adjudicatorOf(ICourtRules.AdjudicatorKind.External), bob, "named");
    }

    function test_storageFollowsErc7201() public view {
        bytes32 slot = keccak256(abi.encode(uint256(keccak256("milepost.court")) - 1)) & ~bytes32(uint256(0xff));
        assertEq(address(uint160(uint256(vm.load(address(court), slot)))), address(token), "court");
        slot = keccak256(abi.encode(uint256(keccak256("milepost.paneladjudicator")) - 1)) & ~bytes32(uint256(0xff));
        assertEq(address(uint160(uint256(vm.load(address(panel), slot)))), address(court), "panel");
        slot = keccak256(abi.encode(uint256(keccak256("milepost.courtrules")) - 1)) & ~bytes32(uint256(0xff));
        assertEq(address(uint160(uint256(vm.load(address(rules), slot)))), address(parameters), "rules");
    }

    function test_initializeOnceAndWithoutZeroAddresses() public {
        vm.expectRevert();
        court.initialize(address(1), address(1), address(1), address(1), address(1), address(1));
        address implementation = address(new Court());
        for (uint256 i = 0; i < 6; ++i) {
            address[6] memory a = [address(1), address(1), address(1), address(1), address(1), address(1)];
            a[i] = address(0);
            bytes memory data = abi.encodeCall(Court.initialize, (a[0], a[1], a[2], a[3], a[4], a[5]));
            vm.expectRevert(ICourt.ZeroAddress.selector);
            this.deployProxy(implementation, data);
        }
    }

    function deployProxy(address implementation, bytes calldata data) external returns (address) {
        return _proxy(implementation, data);
    }
}
