// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {Award, ICourt, Ruling} from "../../src/interfaces/ICourt.sol";
import {IPanelAdjudicator} from "../../src/interfaces/IPanelAdjudicator.sol";
import {CourtBase} from "../helpers/CourtBase.sol";

/// @title Drawing a panel, ruling blind, deciding, fees
contract PanelAdjudicatorTest is CourtBase {
    uint256 private constant SIZE = 3;
    uint256 private constant REGISTERED = 12;
    uint256 private constant DELAY = 16;
    uint256 private constant REVEAL_WINDOW = 259_200;
    bytes32 private constant SALT = "salt";

    uint256 private id;

    function setUp() public override {
        super.setUp();
        _set("court.adjudicator", 0);
        for (uint256 i = 0; i < REGISTERED; ++i) {
            _register(_judge(i));
        }
        id = _openDeciding();
        vm.roll(1000);
    }

    function _judge(uint256 i) private pure returns (address) {
        return address(uint160(0x10D6E000 + i));
    }

    function _register(address arbitrator) private {
        vm.prank(admin);
        panel.register(arbitrator);
    }

    /// @dev Asks and draws.
    function _draw() private returns (address[] memory seats) {
        panel.draw(id);
        vm.roll(block.number + DELAY + 1);
        assertTrue(panel.draw(id), "drawn");
        return panel.panelOf(id, court.roundOf(id)).seats;
    }

    function _commit(address arbitrator, Ruling memory r) private {
        bytes32 commitment = panel.commitmentOf(id, court.roundOf(id), arbitrator, r, SALT);
        vm.prank(arbitrator);
        panel.commit(id, commitment);
    }

    function _reveal(address arbitrator, Ruling memory r) private {
        vm.prank(arbitrator);
        panel.reveal(id, r, SALT);
    }

    /// @dev A whole round in which every seat rules the amount; zero is a dismissal.
    function _round(uint256[3] memory amounts) private returns (address[] memory seats) {
        seats = _draw();
        for (uint256 i = 0; i < SIZE; ++i) {
            _commit(seats[i], _ruling(amounts[i]));
        }
        for (uint256 i = 0; i < SIZE; ++i) {
            _reveal(seats[i], _ruling(amounts[i]));
        }
        panel.decide(id);
    }

    function _in(address[] memory list, address account) private pure returns (bool) {
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] == account) return true;
        }
        return false;
    }

    // Register -----------------------------------------------------------------------------------------------------

    function test_governanceKeepsTheRegister() public {
        bytes memory denied = abi.encodeWithSelector(
            IAccessControl.AccessControlUnauthorizedAccount.selector, mallory, panel.GOVERNANCE_ROLE()
        );
        vm.startPrank(mallory);
        vm.expectRevert(denied);
        panel.register(mallory);
        vm.expectRevert(denied);
        panel.remove(_judge(0));
        vm.expectRevert(denied);
        panel.recordConflict(_judge(0), carol);
        vm.expectRevert(denied);
        panel.liftConflict(_judge(0), carol);
        vm.stopPrank();
        vm.startPrank(admin);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.AlreadyRegistered.selector, _judge(0)));
        panel.register(_judge(0));
        vm.expectRevert(IPanelAdjudicator.ZeroAddress.selector);
        panel.register(address(0));
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotRegistered.selector, mallory));
        panel.remove(mallory);
        vm.expectEmit(true, true, true, true, address(panel));
        emit IPanelAdjudicator.ArbitratorRemoved(_judge(0));
        panel.remove(_judge(0));
        vm.stopPrank();
        assertFalse(panel.isArbitrator(_judge(0)), "removed");
        assertEq(panel.arbitrators().length, REGISTERED - 1, "one less");
        assertTrue(panel.isArbitrator(_judge(REGISTERED - 1)), "the moved one stays");
        vm.prank(admin);
        panel.remove(_judge(REGISTERED - 1));
        assertEq(panel.arbitrators().length, REGISTERED - 2, "the moved one is found");
    }

    function test_registerIsBounded() public {
        for (uint256 i = REGISTERED; i < 64; ++i) {
            _register(_judge(i));
        }
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.RegisterFull.selector, 64));
        panel.register(_judge(64));
        panel.draw(id);
        assertEq(panel.panelOf(id, 1).candidates.length, 64, "all of them");
    }

    // Draw ---------------------------------------------------------------------------------------------------------

    function test_drawUsesTheHashOfAComingBlock() public {
        vm.expectEmit(true, true, true, false, address(panel));
        emit IPanelAdjudicator.DrawRequested(id, 1, 1000 + DELAY, new address[](0));
        assertFalse(panel.draw(id), "asked");
        assertEq(panel.panelOf(id, 1).drawBlock, 1000 + DELAY, "coming block");
        vm.roll(1000 + DELAY);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.DrawTooEarly.selector, 1000 + DELAY, 1000 + DELAY));
        panel.draw(id);
        vm.roll(1000 + DELAY + 1);
        assertTrue(panel.draw(id), "drawn");
        IPanelAdjudicator.Panel memory p = panel.panelOf(id, 1);
        assertEq(p.seats.length, SIZE, "three");
        assertTrue(p.seats[0] != p.seats[1] && p.seats[1] != p.seats[2] && p.seats[0] != p.seats[2], "different");
        assertEq(p.commitEnds, block.timestamp + WEEK, "commit window");
        assertEq(p.revealEnds, block.timestamp + WEEK + REVEAL_WINDOW, "reveal window");
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.AlreadyDrawn.selector, id, 1));
        panel.draw(id);
    }

    function test_missedHashIsAskedForAgain() public {
        panel.draw(id);
        uint256 state = vm.snapshotState();
        vm.roll(1000 + DELAY + 256);
        assertTrue(panel.draw(id), "the last block with a hash");
        vm.revertToState(state);
        vm.roll(1000 + DELAY + 257);
        assertFalse(panel.draw(id), "asked again");
        assertEq(panel.panelOf(id, 1).drawBlock, 1000 + DELAY + 257 + DELAY, "a new block");
    }

    function test_drawOnlyWhileThePanelDecides() public {
        uint256 other = _open(carol, "other");
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotDeciding.selector, other));
        panel.draw(other);
        _set("court.adjudicator", 2);
        uint256 external_ = _open(carol, "external");
        vm.warp(block.timestamp + 2 * WEEK + 1);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotOurCase.selector, external_));
        panel.draw(external_);
    }

    function test_conflictsHoldingsAndPartiesAreExcluded() public {
        vm.prank(_judge(0));
        vm.expectEmit(true, true, true, true, address(panel));
        emit IPanelAdjudicator.ConflictDeclared(_judge(0), acme, _judge(0));
        panel.declareConflict(acme);
        vm.prank(admin);
        panel.recordConflict(_judge(1), carol);
        vm.prank(admin);
        token.mint(_judge(2), 1);
        _register(carol);
        _register(acme);
        assertFalse(panel.isEligible(id, _judge(0)), "conflict with the respondent");
        assertFalse(panel.isEligible(id, _judge(1)), "conflict with the challenger");
        assertFalse(panel.isEligible(id, _judge(2)), "holds one wei");
        assertFalse(panel.isEligible(id, carol), "challenger");
        assertFalse(panel.isEligible(id, acme), "respondent");
        assertFalse(panel.isEligible(id, mallory), "not registered");
        assertTrue(panel.isEligible(id, _judge(3)), "the others are");
        panel.draw(id);
        address[] memory candidates = panel.panelOf(id, 1).candidates;
        assertEq(candidates.length, REGISTERED - 3, "candidates");
        for (uint256 i = 0; i < 3; ++i) {
            assertFalse(_in(candidates, _judge(i)), "excluded");
        }
    }

    function test_onlyGovernanceLiftsAConflict() public {
        vm.prank(_judge(0));
        panel.declareConflict(acme);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotRegistered.selector, mallory));
        vm.prank(mallory);
        panel.declareConflict(acme);
        vm.prank(admin);
        panel.liftConflict(_judge(0), acme);
        assertTrue(panel.isEligible(id, _judge(0)), "lifted");
    }

    /// @dev Gifts reach anybody; whoever lets the panel pass them on is not disqualified by one.
    function test_aGiftDoesNotDisqualifyWhoPassesItOn() public {
        vm.prank(_judge(2));
        token.approve(address(panel), type(uint256).max);
        vm.prank(admin);
        token.mint(_judge(2), 5);
        assertTrue(panel.isEligible(id, _judge(2)), "eligible");
        panel.draw(id);
        assertTrue(_in(panel.panelOf(id, 1).candidates, _judge(2)), "candidate");
        assertEq(token.balanceOf(_judge(2)), 0, "holds nothing");
        assertEq(token.balanceOf(treasury), 5, "passed on");
    }

    /// @dev A delegation cannot be refused; only the power to propose disqualifies.
    function test_delegatedVotesDisqualifyFromTheProposalThreshold() public {
        _fund(bob, 5_000_000e18 - 1);
        vm.prank(bob);
        token.delegate(_judge(4));
        assertTrue(panel.isEligible(id, _judge(4)), "below");
        _fund(bob, 1);
        assertFalse(panel.isEligible(id, _judge(4)), "at the threshold");
    }

    /// @dev Once the hash can be known, nobody changes who may be drawn.
    function test_candidatesAreFixedBeforeTheHashIsKnown() public {
        panel.draw(id);
        vm.prank(admin);
        token.mint(_judge(0), 1);
        _register(address(0xFEE));
        vm.prank(admin);
        panel.remove(_judge(1));
        vm.roll(block.number + DELAY + 1);
        panel.draw(id);
        address[] memory candidates = panel.panelOf(id, 1).candidates;
        assertEq(candidates.length, REGISTERED, "as asked");
        assertTrue(_in(candidates, _judge(0)) && _in(candidates, _judge(1)), "as asked");
    }

    function test_tooFewArbitratorsNoDraw() public {
        vm.startPrank(admin);
        for (uint256 i = 2; i < REGISTERED; ++i) {
            panel.remove(_judge(i));
        }
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotEnoughArbitrators.selector, 2, SIZE));
        panel.draw(id);
        _register(_judge(2));
        _draw();
    }

    function testFuzz_drawnAreDifferentCandidates(bytes32 hash) public {
        panel.draw(id);
        vm.roll(block.number + DELAY + 1);
        vm.setBlockhash(1000 + DELAY, hash);
        panel.draw(id);
        IPanelAdjudicator.Panel memory p = panel.panelOf(id, 1);
        for (uint256 i = 0; i < SIZE; ++i) {
            assertTrue(_in(p.candidates, p.seats[i]), "a candidate");
            for (uint256 j = 0; j < i; ++j) {
                assertTrue(p.seats[i] != p.seats[j], "once");
            }
        }
    }

    function test_earlierRoundsArbitratorsAreExcluded() public {
        address[] memory first = _round([uint256(10e18), 20e18, 30e18]);
        vm.prank(acme);
        court.appeal(id, 0);
        address[] memory second = _round([uint256(0), 0, 0]);
        assertEq(court.roundOf(id), 3, "different verdict");
        address[] memory third = _draw();
        for (uint256 i = 0; i < SIZE; ++i) {
            assertFalse(_in(second, first[i]), "first not in second");
            assertFalse(_in(third, first[i]) || _in(third, second[i]), "neither in third");
        }
    }

    // Commit and reveal --------------------------------------------------------------------------------------------

    function test_commitmentIsTheHashOfEverything() public view {
        Ruling memory r = _ruling(5);
        assertEq(
            panel.commitmentOf(7, 2, alice, r, SALT),
            keccak256(abi.encode(uint256(7), uint256(2), alice, r, SALT)),
            "as in the rules"
        );
    }

    function test_onlySeatedArbitratorsCommitOnceInTime() public {
        address[] memory seats = _draw();
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotSeated.selector, id, mallory));
        vm.prank(mallory);
        panel.commit(id, "c");
        vm.startPrank(seats[0]);
        vm.expectRevert(IPanelAdjudicator.ZeroCommitment.selector);
        panel.commit(id, 0);
        vm.expectEmit(true, true, true, true, address(panel));
        emit IPanelAdjudicator.RulingCommitted(id, 1, seats[0], "c");
        panel.commit(id, "c");
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.AlreadyCommitted.selector, id, seats[0]));
        panel.commit(id, "d");
        vm.stopPrank();
        uint256 end = panel.panelOf(id, 1).commitEnds;
        vm.warp(end + 1);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.CommitPhaseOver.selector, id, end));
        vm.prank(seats[1]);
        panel.commit(id, "c");
        vm.warp(end);
        vm.prank(seats[1]);
        panel.commit(id, "c");
    }

    function test_aConflictFoundLaterStopsTheSeat() public {
        address[] memory seats = _draw();
        vm.startPrank(seats[0]);
        panel.declareConflict(carol);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.Conflicted.selector, id, seats[0]));
        panel.commit(id, "c");
        vm.stopPrank();
    }

    function test_nothingIsRevealedWhileOthersMayStillCommit() public {
        address[] memory seats = _draw();
        _commit(seats[0], _ruling(5e18));
        (bytes32 commitment, bool revealed, Ruling memory known) = panel.opinionOf(id, seats[0]);
        assertTrue(commitment != 0 && !revealed, "only a commitment");
        assertEq(known.reparation, 0, "nothing known");
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.RevealNotOpen.selector, id));
        _reveal(seats[0], _ruling(5e18));
        vm.warp(panel.panelOf(id, 1).commitEnds);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.RevealNotOpen.selector, id));
        _reveal(seats[0], _ruling(5e18));
        vm.warp(block.timestamp + 1);
        _reveal(seats[0], _ruling(5e18));
    }

    function test_revealUntilTheLastSecond() public {
        address[] memory seats = _draw();
        _commit(seats[0], _ruling(5e18));
        uint256 end = panel.panelOf(id, 1).revealEnds;
        vm.warp(end + 1);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.RevealNotOpen.selector, id));
        _reveal(seats[0], _ruling(5e18));
        vm.warp(end);
        _reveal(seats[0], _ruling(5e18));
    }

    function test_revealMustMatchTheCommitment() public {
        address[] memory seats = _draw();
        for (uint256 i = 0; i < SIZE; ++i) {
            _commit(seats[i], _ruling(5e18));
        }
        bytes memory mismatch = abi.encodeWithSelector(IPanelAdjudicator.CommitmentMismatch.selector, id, seats[0]);
        vm.expectRevert(mismatch);
        _reveal(seats[0], _ruling(6e18));
        vm.expectRevert(mismatch);
        vm.prank(seats[0]);
        panel.reveal(id, _ruling(5e18), "other salt");
        _reveal(seats[0], _ruling(5e18));
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.AlreadyRevealed.selector, id, seats[0]));
        _reveal(seats[0], _ruling(5e18));
    }

    /// @dev The commitment of another does not fit: it names its arbitrator.
    function test_aCopiedCommitmentCannotBeRevealed() public {
        address[] memory seats = _draw();
        bytes32 commitment = panel.commitmentOf(id, 1, seats[0], _ruling(5e18), SALT);
        for (uint256 i = 0; i < SIZE; ++i) {
            vm.prank(seats[i]);
            panel.commit(id, commitment);
        }
        _reveal(seats[0], _ruling(5e18));
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.CommitmentMismatch.selector, id, seats[1]));
        _reveal(seats[1], _ruling(5e18));
    }

    function test_aRulingThatTheCourtRefusesIsNotRevealed() public {
        address[] memory seats = _draw();
        Ruling memory r = _ruling(5e18);
        r.award = Award(0, 7000, 3000, 0);
        for (uint256 i = 0; i < SIZE; ++i) {
            _commit(seats[i], r);
        }
        vm.expectRevert(abi.encodeWithSelector(ICourt.ChallengerShareTooHigh.selector, 3000, 2000));
        _reveal(seats[0], r);
    }

    function test_whenAllCommittedTheRevealWindowBeginsAtOnce() public {
        address[] memory seats = _draw();
        for (uint256 i = 0; i < SIZE; ++i) {
            _commit(seats[i], _ruling(5e18));
        }
        assertEq(panel.panelOf(id, 1).revealEnds, block.timestamp + REVEAL_WINDOW, "window");
        _reveal(seats[0], _ruling(5e18));
    }

    // Verdict ------------------------------------------------------------------------------------------------------

    function test_majorityAndMedianAmount() public {
        address[] memory seats = _round([uint256(30e18), 10e18, 20e18]);
        Ruling memory r = court.rulingOf(id, 1);
        assertTrue(r.upheld, "upheld");
        assertEq(r.reparation, 20e18, "median");
        assertEq(panel.arbitratorsRuled(id, 1), SIZE, "three fees");
        assertEq(court.caseOf(id).feeUnits, SIZE, "three fees");
        assertTrue(_in(panel.panelOf(id, 1).ruled, seats[0]), "ruled");
    }

    function test_lowerMiddleOfTwoUpholding() public {
        _round([uint256(30e18), 0, 20e18]);
        assertEq(court.rulingOf(id, 1).reparation, 20e18, "lower middle");
    }

    function test_minorityForDismissalLoses() public {
        _round([uint256(0), 0, 20e18]);
        assertFalse(court.rulingOf(id, 1).upheld, "dismissed");
    }

    function test_awardAndImpactAreThoseOfTheMedian() public {
        address[] memory seats = _draw();
        Ruling[3] memory rulings = [_ruling(30e18), _ruling(10e18), _ruling(20e18)];
        rulings[2].award = Award(0, 9000, 1000, 0);
        rulings[2].impactRoot = "root";
        rulings[2].impactShares = 5;
        rulings[2].opinionHash = "third";
        for (uint256 i = 0; i < SIZE; ++i) {
            _commit(seats[i], rulings[i]);
        }
        for (uint256 i = 0; i < SIZE; ++i) {
            _reveal(seats[i], rulings[i]);
        }
        panel.decide(id);
        assertEq(keccak256(abi.encode(court.rulingOf(id, 1))), keccak256(abi.encode(rulings[2])), "the median's ruling");
    }

    function test_aTieIsNotUpheld() public {
        address[] memory seats = _draw();
        _commit(seats[0], _ruling(5e18));
        _commit(seats[1], _ruling(0));
        vm.warp(panel.panelOf(id, 1).commitEnds + 1);
        _reveal(seats[0], _ruling(5e18));
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotDecidable.selector, id, 1));
        panel.decide(id);
        _reveal(seats[1], _ruling(0));
        vm.expectEmit(true, true, true, true, address(panel));
        emit IPanelAdjudicator.PanelDecided(id, 1, false, 1, 2);
        panel.decide(id);
        assertFalse(court.rulingOf(id, 1).upheld, "not upheld");
        assertEq(court.caseOf(id).feeUnits, 2, "two who ruled");
    }

    /// @dev Who was drawn and does not act is left out; those who revealed decide.
    function test_thoseWhoRevealDecide() public {
        address[] memory seats = _draw();
        _commit(seats[0], _ruling(5e18));
        _commit(seats[1], _ruling(6e18));
        vm.warp(panel.panelOf(id, 1).commitEnds + 1);
        _reveal(seats[1], _ruling(6e18));
        vm.warp(panel.panelOf(id, 1).revealEnds);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotDecidable.selector, id, 1));
        panel.decide(id);
        vm.warp(block.timestamp + 1);
        panel.decide(id);
        assertEq(court.rulingOf(id, 1).reparation, 6e18, "one opinion");
        assertEq(court.caseOf(id).feeUnits, 1, "one fee");
    }

    function test_nobodyRevealsNewDrawOfOthers() public {
        address[] memory seats = _draw();
        _commit(seats[0], _ruling(5e18));
        vm.warp(panel.panelOf(id, 1).revealEnds + 1);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotDecidable.selector, id, 1));
        panel.decide(id);
        vm.expectEmit(true, true, true, true, address(panel));
        emit IPanelAdjudicator.PanelFailed(id, 1);
        assertFalse(panel.draw(id), "asked");
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotSeated.selector, id, seats[1]));
        vm.prank(seats[1]);
        panel.commit(id, "c");
        vm.roll(block.number + DELAY + 1);
        assertTrue(panel.draw(id), "drawn");
        address[] memory next = panel.panelOf(id, 1).seats;
        for (uint256 i = 0; i < SIZE; ++i) {
            assertFalse(_in(next, seats[i]), "others");
        }
        assertEq(court.roundOf(id), 1, "the same round");
        for (uint256 i = 0; i < SIZE; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotSeated.selector, id, seats[i]));
            vm.prank(seats[i]);
            panel.commit(id, "c");
        }
        vm.warp(panel.panelOf(id, 1).commitEnds + 1);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotSeated.selector, id, seats[0]));
        _reveal(seats[0], _ruling(5e18));
    }

    function test_nobodyCommitsNewDrawWithoutWaitingForReveals() public {
        _draw();
        vm.warp(panel.panelOf(id, 1).commitEnds);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.AlreadyDrawn.selector, id, 1));
        panel.draw(id);
        vm.warp(block.timestamp + 1);
        assertFalse(panel.draw(id), "asked");
    }

    function test_nothingAfterTheVerdict() public {
        address[] memory seats = _round([uint256(1e18), 1e18, 1e18]);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotDeciding.selector, id));
        panel.decide(id);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotDeciding.selector, id));
        panel.draw(id);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotDeciding.selector, id));
        vm.prank(seats[0]);
        panel.commit(id, "c");
    }

    // Fees ---------------------------------------------------------------------------------------------------------

    function test_everyArbitratorWhoRuledEarnsOneFee() public {
        address[] memory first = _round([uint256(10e18), 20e18, 30e18]);
        vm.prank(acme);
        court.appeal(id, 0);
        address[] memory second = _round([uint256(20e18), 20e18, 20e18]);
        court.close(id);
        assertEq(token.balanceOf(address(panel)), 6 * FEE, "paid by the court");
        vm.expectEmit(true, true, true, true, address(panel));
        emit IPanelAdjudicator.FeesDistributed(id, 6 * FEE, 6);
        panel.distribute(id);
        for (uint256 i = 0; i < SIZE; ++i) {
            assertEq(panel.creditOf(first[i]), FEE, "first round");
            assertEq(panel.creditOf(second[i]), FEE, "second round");
        }
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NothingToPay.selector, address(this)));
        panel.distribute(id);
        vm.startPrank(first[0]);
        vm.expectRevert(IPanelAdjudicator.ZeroAddress.selector);
        panel.withdraw(address(0));
        vm.expectEmit(true, true, true, true, address(panel));
        emit IPanelAdjudicator.FeesWithdrawn(first[0], bob, FEE);
        panel.withdraw(bob);
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NothingToPay.selector, first[0]));
        panel.withdraw(bob);
        vm.stopPrank();
        assertEq(token.balanceOf(bob), FEE, "out, and the arbitrator holds nothing");
    }

    /// @dev Protocol 8.1 rule 7: three full rounds at most cost the deposit.
    function test_threeDismissedRoundsAreCoveredByTheDeposit() public {
        _round([uint256(1e18), 1e18, 1e18]);
        vm.prank(acme);
        court.appeal(id, 0);
        _round([uint256(0), 0, 0]);
        _round([uint256(0), 0, 0]);
        court.close(id);
        assertEq(court.caseOf(id).paid.fees, 9 * FEE, "nine arbitrators");
        assertEq(court.caseOf(id).paid.burned, DEPOSIT - 9 * FEE, "the rest");
        _assertHeld();
    }

    /// @dev Fees come in parts when the holder is insolvent: nothing is lost or paid twice.
    function testFuzz_feesFromDebtAreDistributedToTheWei(uint256 stakeLeft, uint256[3] memory pays) public {
        stakeLeft = bound(stakeLeft, 1, 3 * FEE - 1);
        uint256 other = _open(carol, "other");
        _set("court.adjudicator", 2);
        uint256 drain = _open(carol, "drain");
        vm.warp(block.timestamp + 2 * WEEK + 1);
        _ruleAndClose(drain, _ruling(STAKE - stakeLeft - FEE));
        assertEq(vault.stakeOf(licenseId), stakeLeft, "little left");
        address[] memory seats = _round([uint256(1e18), 1e18, 1e18]);
        vm.warp(block.timestamp + WEEK + 1);
        court.close(id);
        panel.distribute(id);
        _fund(bob, 10 * FEE);
        for (uint256 i = 0; i < pays.length; ++i) {
            vm.prank(bob);
            court.payDebt(id, bound(pays[i], 1, FEE));
            if (court.caseOf(id).paid.fees == _credits(seats)) continue;
            panel.distribute(id);
        }
        assertEq(_credits(seats), court.caseOf(id).paid.fees, "all that was paid");
        assertEq(token.balanceOf(address(panel)), _credits(seats), "all that is here");
        assertTrue(panel.creditOf(seats[1]) == panel.creditOf(seats[2]), "equal");
        _expectPhase(other, ICourt.Phase.Deciding, "the other case goes on");
    }

    function _credits(address[] memory seats) private view returns (uint256 sum) {
        for (uint256 i = 0; i < seats.length; ++i) {
            sum += panel.creditOf(seats[i]);
        }
    }

    function test_feesOfOtherAdjudicatorsAreNotThePanels() public {
        _set("court.adjudicator", 2);
        uint256 external_ = _open(carol, "external");
        vm.expectRevert(abi.encodeWithSelector(IPanelAdjudicator.NotOurCase.selector, external_));
        panel.distribute(external_);
    }
}
