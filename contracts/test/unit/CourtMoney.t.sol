// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Award, ICourt, Parts, Ruling} from "../../src/interfaces/ICourt.sol";
import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {CourtBase} from "../helpers/CourtBase.sol";

/// @title Who is paid what when a case closes, and after
contract CourtMoneyTest is CourtBase {
    uint256 private constant USERS_MAX = 12;
    uint256 private constant SHARES_MAX = 1e12;

    function _list(uint256 id, Ruling memory r) private pure returns (Ruling memory, bytes32[] memory proof) {
        bytes32[] memory leaves = new bytes32[](2);
        leaves[0] = _leaf(id, address(0xA11CE), 1);
        leaves[1] = _leaf(id, address(0xB0B), 3);
        (r.impactRoot, proof) = _merkle(leaves, 0);
        r.impactShares = 4;
        return (r, proof);
    }

    function _closed(uint256 reparation) private returns (uint256 id) {
        id = _openDeciding();
        _ruleAndClose(id, _ruling(reparation));
    }

    function _closedWithList(uint256 reparation) private returns (uint256 id, bytes32[] memory proof) {
        id = _openDeciding();
        Ruling memory r;
        (r, proof) = _list(id, _ruling(reparation));
        _ruleAndClose(id, r);
    }

    // Dismissed ----------------------------------------------------------------------------------------------------

    /// @dev Protocol 8.1 rule 7: the deposit pays the adjudicator, the rest is burned; the stake is untouched.
    function test_dismissedDepositPaysFeesAndIsBurned() public {
        uint256 balance = token.balanceOf(carol);
        uint256 supply = token.totalSupply();
        uint256 id = _openDeciding();
        _rule(id, 0);
        ICourt.Preview memory p = court.previewClose(id);
        vm.warp(block.timestamp + WEEK + 1);
        vm.expectEmit(true, true, true, true, address(court));
        emit ICourt.PartsPaid(id, Parts(FEE, 0, 0, 0, DEPOSIT - FEE));
        vm.expectEmit(true, true, true, true, address(court));
        emit ICourt.CaseClosed(id, licenseId, acme, ICourt.Outcome.Dismissed, 0);
        court.close(id);
        assertEq(token.balanceOf(judge), FEE, "fee");
        assertEq(token.totalSupply(), supply - (DEPOSIT - FEE), "burned");
        assertEq(token.balanceOf(carol), balance - DEPOSIT, "deposit lost");
        assertEq(vault.stakeOf(licenseId), STAKE, "stake");
        assertEq(vault.openChallenges(licenseId), 0, "unlocked");
        assertEq(keccak256(abi.encode(p.paid)), keccak256(abi.encode(court.caseOf(id).paid)), "as previewed");
        assertEq(p.depositReturned, 0, "as previewed");
        _assertHeld();
    }

    // Upheld -------------------------------------------------------------------------------------------------------

    function test_D380_upheldPaysTheVector() public {
        uint256 balance = token.balanceOf(carol);
        uint256 supply = token.totalSupply();
        (uint256 id,) = _closedWithList(80_000e18);
        Parts memory p = court.caseOf(id).paid;
        assertEq(p.fees, FEE, "fee on top");
        assertEq(p.challenger, 10_000e18, "two deposits, above 5 % of 80,000");
        assertEq(p.users, 48_000e18, "60 %");
        assertEq(p.treasury, 8000e18, "10 %");
        assertEq(p.burned, 14_000e18, "25 % less the excess of 6,000");
        assertEq(token.balanceOf(carol), balance + 10_000e18, "deposit back and reward");
        assertEq(token.balanceOf(judge), FEE, "judge");
        assertEq(token.balanceOf(treasury), 8000e18, "treasury");
        assertEq(token.balanceOf(address(court)), 48_000e18, "for claims");
        assertEq(token.totalSupply(), supply - 14_000e18, "burned");
        assertEq(vault.stakeOf(licenseId), STAKE - 80_000e18 - FEE, "stake");
        assertEq(court.debtOf(acme), 0, "solvent");
        _assertHeld();
    }

    /// @dev Protocol 8.1 rule 8 and rule 7: at least two deposits are paid, all of it to the challenger.
    function test_respondentsLeastPaymentAndChallengersLeastReward() public {
        uint256 id = _closed(1);
        Parts memory p = court.caseOf(id).paid;
        assertEq(p.challenger, 2 * DEPOSIT, "least reward");
        assertEq(_sum(p), 2 * DEPOSIT + FEE, "least payment and fee");
        assertEq(vault.stakeOf(licenseId), STAKE - 2 * DEPOSIT - FEE, "stake");
    }

    function test_onePercentOfALargeReparation() public {
        _stake(acme, licenseId, 10_000_000e18);
        uint256 id = _openDeciding();
        Ruling memory r = _ruling(5_000_000e18);
        r.award = Award(10_000, 0, 0, 0);
        _ruleAndClose(id, r);
        Parts memory p = court.caseOf(id).paid;
        assertEq(p.challenger, 50_000e18, "1 % although the vector gives nothing");
        assertEq(p.burned, 4_950_000e18, "the rest");
    }

    function test_C27_rulingNamesItsOwnVector() public {
        uint256 id = _openDeciding();
        (Ruling memory r,) = _list(id, _ruling(60_000e18));
        r.award = Award(0, 8000, 2000, 0);
        _ruleAndClose(id, r);
        Parts memory p = court.caseOf(id).paid;
        assertEq(p.challenger, 12_000e18, "20 %");
        assertEq(p.users, 48_000e18, "80 %");
        assertEq(p.burned + p.treasury, 0, "nothing else");
    }

    function test_withoutAListTheUsersPartIsTheTreasurys() public {
        uint256 id = _closed(80_000e18);
        Parts memory p = court.caseOf(id).paid;
        assertEq(p.users, 0, "no users");
        assertEq(p.treasury, 56_000e18, "10 % and 60 %");
        assertEq(court.claimsCloseAt(id), 0, "no claims");
        vm.expectRevert(abi.encodeWithSelector(ICourt.ClaimWindowOver.selector, id, 0));
        court.claim(id, alice, 1, new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(ICourt.NothingLeft.selector, id));
        court.sweepUnclaimed(id);
    }

    function test_partnersStakePaysAfterTheHoldersOwn() public {
        _stake(bob, licenseId, 50_000e18);
        _closed(120_000e18);
        assertEq(vault.stakeOf(licenseId), 150_000e18 - 120_000e18 - FEE, "both classes");
        (uint256 own,,) = vault.poolOf(licenseId, 0);
        assertEq(own, 0, "own first");
    }

    function test_stakeOfARenouncedLicenceIsReached() public {
        vm.prank(acme);
        book.renounce(licenseId);
        uint256 id = _closed(30_000e18);
        assertEq(_sum(court.caseOf(id).paid), 30_000e18 + FEE, "paid");
    }

    // Insolvency ---------------------------------------------------------------------------------------------------

    function test_insolvencyIsRecordedAsDebtAndStopsActivity() public {
        uint256 second = _newClient();
        assertTrue(book.isActive(second), "another licence of the holder");
        uint256 balance = token.balanceOf(carol);
        (uint256 id,) = _closedWithList(150_000e18);
        ICourt.Case memory c = court.caseOf(id);
        assertEq(_sum(c.paid), STAKE, "all there is");
        assertEq(c.paid.fees, FEE, "fee whole");
        assertEq(c.paid.challenger, 10_000e18, "challenger whole");
        assertEq(c.paid.users, 89_500e18, "users next, 500 short of 60 % of 150,000");
        assertEq(c.owed.users, 0, "what is owed to users later is the treasury's to distribute");
        assertEq(c.owed.treasury, 15_500e18, "treasury 15,000 and the users' 500");
        assertEq(c.owed.burned, 35_000e18, "burn 37,500 less the excess of 2,500");
        assertEq(court.debtOf(acme), 50_500e18, "debt");
        assertEq(c.debtor, acme, "debtor");
        assertEq(token.balanceOf(carol), balance + 10_000e18, "deposit and reward");
        _stake(acme, licenseId, STAKE);
        assertFalse(book.isActive(licenseId), "not active, though covered again");
        assertFalse(book.isActive(second), "nor its other licences");
        _assertHeld();

        _fund(acme, 50_500e18);
        vm.prank(acme);
        court.payDebt(id, 50_500e18);
        assertEq(court.debtOf(acme), 0, "paid");
        assertTrue(book.isActive(licenseId), "active again");
        assertTrue(book.isActive(second), "both");
        assertEq(token.balanceOf(treasury), 15_500e18, "treasury");
        _assertHeld();
    }

    function _newClient() private returns (uint256 id) {
        vm.startPrank(acme);
        id = book.applyFor(ILicenseBook.Kind.Client, "application");
        vm.stopPrank();
        _stake(acme, id, 20_000e18);
        vm.prank(admin);
        book.decide(id, true, "analysis");
    }

    function test_debtIsPaidInTheSameOrderByAnyone() public {
        uint256 bigger = _stakeOnly(300e18);
        Parts memory owed = court.caseOf(bigger).owed;
        assertEq(owed.fees, FEE - 300e18, "fee owed");
        assertEq(owed.challenger, 2 * DEPOSIT, "challenger owed");
        uint256 carolHad = token.balanceOf(carol);
        _fund(bob, 100_000e18);
        vm.startPrank(bob);
        vm.expectEmit(true, true, true, true, address(court));
        emit ICourt.DebtPaid(bigger, acme, bob, Parts(200e18, 50e18, 0, 0, 0), 9950e18);
        assertEq(court.payDebt(bigger, 250e18), 250e18, "first the fee");
        assertEq(token.balanceOf(judge), 2 * FEE, "judge whole, of both cases");
        assertEq(token.balanceOf(carol), carolHad + 50e18, "then the challenger");
        assertEq(court.debtOf(acme), 9950e18, "left");
        assertEq(court.payDebt(bigger, 99_000e18), 9950e18, "never more than owed");
        vm.expectRevert(abi.encodeWithSelector(ICourt.NoDebt.selector, bigger));
        court.payDebt(bigger, 1);
        vm.stopPrank();
        assertEq(token.balanceOf(carol), carolHad + 2 * DEPOSIT, "challenger whole");
        ICourt.Case memory c = court.caseOf(bigger);
        assertEq(_sum(c.paid), 2 * DEPOSIT + FEE, "all paid");
        assertEq(_sum(c.owed), 0, "nothing owed");
        _assertHeld();
    }

    /// @dev A case against a licence whose vault holds only `stake`.
    function _stakeOnly(uint256 stake) private returns (uint256 id) {
        uint256 first = _openDeciding();
        id = _open(carol, "second");
        _ruleAndClose(first, _ruling(STAKE - stake - FEE));
        vm.warp(block.timestamp + WEEK);
        _ruleAndClose(id, _ruling(1));
    }

    function test_anEmptyVaultStillRecordsTheDebt() public {
        uint256 id = _stakeOnly(0);
        assertEq(vault.stakeOf(licenseId), 0, "empty");
        assertEq(_sum(court.caseOf(id).paid), 0, "nothing paid");
        assertEq(court.debtOf(acme), 2 * DEPOSIT + FEE, "all owed");
        assertEq(vault.openChallenges(licenseId), 0, "unlocked");
        _assertHeld();
    }

    function test_debtsOfSeveralCasesAddUp() public {
        uint256 first = _openDeciding();
        uint256 second = _open(carol, "second");
        _ruleAndClose(first, _ruling(150_000e18));
        vm.warp(block.timestamp + WEEK);
        _ruleAndClose(second, _ruling(150_000e18));
        assertEq(court.debtOf(acme), 2 * (150_000e18 + FEE) - STAKE, "sum");
        _fund(bob, 300_000e18);
        vm.startPrank(bob);
        uint256 paid = court.payDebt(first, 300_000e18);
        assertEq(court.debtOf(acme), 2 * (150_000e18 + FEE) - STAKE - paid, "one case at a time");
        vm.expectRevert(ICourt.ZeroAmount.selector);
        court.payDebt(second, 0);
        vm.stopPrank();
    }

    // Claims -------------------------------------------------------------------------------------------------------

    function test_affectedUsersClaimTheirShareOnce() public {
        (uint256 id, bytes32[] memory proof) = _closedWithList(80_000e18);
        assertEq(court.claimable(id, alice, 1), 12_000e18, "a quarter of 48,000");
        vm.expectEmit(true, true, true, true, address(court));
        emit ICourt.Claimed(id, alice, 1, 12_000e18);
        vm.prank(mallory);
        court.claim(id, alice, 1, proof);
        assertEq(token.balanceOf(alice), 12_000e18, "paid to the account");
        assertTrue(court.isClaimed(id, alice, 1), "claimed");
        assertEq(court.claimable(id, alice, 1), 0, "nothing more");
        vm.expectRevert(abi.encodeWithSelector(ICourt.AlreadyClaimed.selector, id, alice));
        court.claim(id, alice, 1, proof);
        _assertHeld();
    }

    function test_aClaimNeedsItsProof() public {
        (uint256 id, bytes32[] memory proof) = _closedWithList(80_000e18);
        vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidProof.selector, id, mallory));
        court.claim(id, mallory, 1, proof);
        vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidProof.selector, id, alice));
        court.claim(id, alice, 2, proof);
        vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidProof.selector, id, alice));
        court.claim(id, alice, 1, new bytes32[](0));
    }

    function test_aListOfOneCaseIsWorthlessInAnother() public {
        (uint256 id, bytes32[] memory proof) = _closedWithList(20_000e18);
        Ruling memory same = court.rulingOf(id, 1);
        uint256 next = _open(carol, "second");
        vm.warp(block.timestamp + 2 * WEEK + 1);
        _ruleAndClose(next, same);
        vm.expectRevert(abi.encodeWithSelector(ICourt.InvalidProof.selector, next, alice));
        court.claim(next, alice, 1, proof);
    }

    function test_claimInTheLastSecondThenTheRestIsSwept() public {
        (uint256 id, bytes32[] memory proof) = _closedWithList(80_000e18);
        uint256 end = court.claimsCloseAt(id);
        assertEq(end, block.timestamp + CLAIM_WINDOW, "window");
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(ICourt.ClaimWindowOpen.selector, id, end));
        court.sweepUnclaimed(id);
        court.claim(id, alice, 1, proof);
        vm.warp(end + 1);
        uint256 had = token.balanceOf(treasury);
        vm.expectRevert(abi.encodeWithSelector(ICourt.ClaimWindowOver.selector, id, end));
        court.claim(id, bob, 3, proof);
        assertEq(court.claimable(id, bob, 3), 0, "nothing claimable");
        vm.expectEmit(true, true, true, true, address(court));
        emit ICourt.UnclaimedSwept(id, 36_000e18);
        assertEq(court.sweepUnclaimed(id), 36_000e18, "rest");
        assertEq(token.balanceOf(treasury), had + 36_000e18, "treasury");
        vm.expectRevert(abi.encodeWithSelector(ICourt.NothingLeft.selector, id));
        court.sweepUnclaimed(id);
        _assertHeld();
    }

    /// @dev Random lists: all claim; together never more than the part, and at most one wei each less.
    function testFuzz_claimsOfAListNeverExceedThePart(uint256[12] memory raw, uint256 size, uint256 reparation) public {
        uint256[] memory shares = new uint256[](bound(size, 1, USERS_MAX));
        uint256 sum;
        for (uint256 i = 0; i < shares.length; ++i) {
            shares[i] = bound(raw[i], 1, SHARES_MAX);
            sum += shares[i];
        }
        uint256 id = _openDeciding();
        Ruling memory r = _ruling(bound(reparation, 1, 3 * STAKE));
        bytes32[] memory leaves = _leaves(id, shares);
        (r.impactRoot,) = _merkle(leaves, 0);
        r.impactShares = sum;
        _ruleAndClose(id, r);
        uint256 part = court.caseOf(id).paid.users;
        uint256 claimed;
        for (uint256 i = 0; i < shares.length && part != 0; ++i) {
            claimed += _claimAs(id, leaves, i, shares[i], part * shares[i] / sum);
        }
        assertTrue(claimed <= part && claimed + shares.length >= part, "the part but for rounding");
        assertEq(court.caseOf(id).usersClaimed, claimed, "on record");
        _assertHeld();
    }

    function _user(uint256 i) private pure returns (address) {
        return address(uint160(0xC1A100 + i));
    }

    function _leaves(uint256 id, uint256[] memory shares) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](shares.length);
        for (uint256 i = 0; i < shares.length; ++i) {
            leaves[i] = _leaf(id, _user(i), shares[i]);
        }
    }

    function _claimAs(uint256 id, bytes32[] memory leaves, uint256 i, uint256 shares, uint256 expected)
        private
        returns (uint256)
    {
        assertEq(court.claimable(id, _user(i), shares), expected, "claimable");
        if (expected == 0) return 0;
        (, bytes32[] memory proof) = _merkle(leaves, i);
        assertEq(court.claim(id, _user(i), shares, proof), expected, "floor of the share");
        assertEq(token.balanceOf(_user(i)), expected, "paid");
        return expected;
    }

    /// @dev A list whose shares sum to more than it says: the first come, nobody gets what is not there.
    function testFuzz_aFalseSumCannotOverdraw(uint256 sum, uint256[4] memory raw) public {
        uint256 id = _openDeciding();
        bytes32[] memory leaves = new bytes32[](raw.length);
        for (uint256 i = 0; i < raw.length; ++i) {
            raw[i] = bound(raw[i], 1, SHARES_MAX);
            leaves[i] = _leaf(id, address(uint160(0xC1A100 + i)), raw[i]);
        }
        Ruling memory r = _ruling(80_000e18);
        (r.impactRoot,) = _merkle(leaves, 0);
        r.impactShares = bound(sum, 1, SHARES_MAX);
        _ruleAndClose(id, r);
        uint256 open_ = _open(carol, "another case");
        for (uint256 i = 0; i < raw.length; ++i) {
            address account = address(uint160(0xC1A100 + i));
            (, bytes32[] memory proof) = _merkle(leaves, i);
            if (court.claimable(id, account, raw[i]) == 0) {
                vm.expectRevert(abi.encodeWithSelector(ICourt.NothingLeft.selector, id));
            }
            court.claim(id, account, raw[i], proof);
        }
        assertTrue(court.caseOf(id).usersClaimed <= court.caseOf(id).paid.users, "never more than the part");
        assertTrue(token.balanceOf(address(court)) >= DEPOSIT, "the other deposit is safe");
        _expectPhase(open_, ICourt.Phase.Responding, "open");
        _assertHeld();
    }

    // Conservation -------------------------------------------------------------------------------------------------

    struct Balances {
        uint256 supply;
        uint256 carol;
        uint256 judge;
        uint256 treasury;
        uint256 stake;
    }

    function _balances() private view returns (Balances memory b) {
        b.supply = token.totalSupply();
        b.carol = token.balanceOf(carol);
        b.judge = token.balanceOf(judge);
        b.treasury = token.balanceOf(treasury);
        b.stake = vault.stakeOf(licenseId);
    }

    function testFuzz_closeConservesToTheWei(
        uint256 reparation,
        uint256 stake,
        uint256[3] memory cuts,
        bool list,
        uint256 pay
    ) public {
        // The vault holds STAKE already; the rest of the range is above it and far below what is due.
        _stake(acme, licenseId, bound(stake, 1, 4 * STAKE));
        uint256 id = _openDeciding();
        Ruling memory r = _ruling(bound(reparation, 1, 20 * STAKE));
        if (list) (r,) = _list(id, r);
        cuts[0] = bound(cuts[0], 0, 2000);
        cuts[1] = bound(cuts[1], 0, 10_000 - cuts[0]);
        cuts[2] = bound(cuts[2], 0, 10_000 - cuts[0] - cuts[1]);
        r.award = Award(uint16(cuts[1]), uint16(cuts[2]), uint16(cuts[0]), uint16(10_000 - cuts[0] - cuts[1] - cuts[2]));
        vm.prank(judge);
        court.rule(id, r);
        ICourt.Preview memory preview = court.previewClose(id);
        Balances memory before = _balances();
        vm.warp(block.timestamp + WEEK + 1);
        court.close(id);
        ICourt.Case memory c = court.caseOf(id);
        assertEq(keccak256(abi.encode(preview.paid)), keccak256(abi.encode(c.paid)), "paid as previewed");
        assertEq(keccak256(abi.encode(preview.owed)), keccak256(abi.encode(c.owed)), "owed as previewed");
        _assertMoved(before, c, before.stake - vault.stakeOf(licenseId), DEPOSIT);
        uint256 due = (r.reparation > 2 * DEPOSIT ? r.reparation : 2 * DEPOSIT) + FEE;
        assertEq(_sum(c.paid) + _sum(c.owed), due, "paid and owed are due");
        assertEq(court.debtOf(acme), _sum(c.owed), "debt");
        _assertHeld();
        if (_sum(c.owed) == 0) return;

        pay = bound(pay, 1, 21 * STAKE);
        _fund(bob, pay);
        before = _balances();
        vm.prank(bob);
        uint256 paid = court.payDebt(id, pay);
        assertEq(token.balanceOf(bob), pay - paid, "payer");
        ICourt.Case memory later = court.caseOf(id);
        assertEq(_sum(later.paid), _sum(c.paid) + paid, "added to paid");
        assertEq(court.debtOf(acme), _sum(c.owed) - paid, "taken from debt");
        assertEq(later.paid.users, c.paid.users, "claims stay");
        assertEq(token.totalSupply(), before.supply - (later.paid.burned - c.paid.burned), "burned");
        _assertHeld();
    }

    function _assertMoved(Balances memory before, ICourt.Case memory c, uint256 taken, uint256 returned) private view {
        assertEq(_sum(c.paid), taken, "paid is taken");
        assertEq(token.totalSupply(), before.supply - c.paid.burned, "burned");
        assertEq(token.balanceOf(carol), before.carol + c.paid.challenger + returned, "challenger");
        assertEq(token.balanceOf(judge), before.judge + c.paid.fees, "fees");
        assertEq(token.balanceOf(treasury), before.treasury + c.paid.treasury, "treasury");
        assertEq(token.balanceOf(address(court)), c.paid.users, "users");
    }

    function testFuzz_settlementConservesToTheWei(uint256 amount) public {
        amount = bound(amount, DEPOSIT, STAKE);
        uint256 id = _openMediation();
        vm.prank(acme);
        court.proposeSettlement(id, amount);
        Balances memory before = _balances();
        vm.prank(carol);
        court.acceptSettlement(id, amount);
        ICourt.Case memory c = court.caseOf(id);
        _assertMoved(before, c, before.stake - vault.stakeOf(licenseId), DEPOSIT);
        assertEq(_sum(c.paid), amount, "paid is the settlement");
        assertEq(_sum(c.owed), 0, "no debt");
        assertEq(c.paid.fees, 0, "no fees");
        assertEq(c.paid.challenger, amount * 500 / 10_000, "no least reward");
        _assertHeld();
    }

    /// @dev Economy §4: nobody settles into debt.
    function testFuzz_settlementAboveTheOwnStakeMovesNothing(uint256 amount) public {
        amount = bound(amount, STAKE + 1, 5 * STAKE);
        uint256 id = _openMediation();
        vm.prank(acme);
        court.proposeSettlement(id, amount);
        Balances memory before = _balances();
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(ICourt.SettlementNotCovered.selector, id, amount, STAKE));
        court.acceptSettlement(id, amount);
        assertEq(keccak256(abi.encode(_balances())), keccak256(abi.encode(before)), "nothing moved");
        assertEq(court.debtOf(acme), 0, "no debt");
        _assertHeld();
    }

    /// @dev The fees of a vote go to the treasury.
    function test_feesOfAVoteAreForwarded() public {
        _set("court.adjudicator", 1);
        uint256 id = _openDeciding();
        vm.expectRevert(abi.encodeWithSignature("NotTimelock(address)", mallory));
        vm.prank(mallory);
        vote.rule(id, _ruling(0));
        vm.prank(timelock);
        vote.rule(id, _ruling(0));
        vm.warp(block.timestamp + WEEK + 1);
        court.close(id);
        assertEq(token.balanceOf(address(vote)), FEE, "one fee per round");
        vote.forwardFees();
        assertEq(token.balanceOf(treasury), FEE, "forwarded");
    }
}
