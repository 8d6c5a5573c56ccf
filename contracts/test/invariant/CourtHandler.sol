// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Award, ICourt, Ruling} from "../../src/interfaces/ICourt.sol";
import {CourtBase} from "../helpers/CourtBase.sol";

/// @title Random but valid life of many cases against several licences, under all three adjudicators
contract CourtHandler is CourtBase {
    uint256 private constant LICENSES = 3;
    uint256 private constant ARBITRATORS = 40;
    uint256 private constant MAX_REPARATION = 300_000e18;
    bytes32 private constant SALT = "salt";

    mapping(bytes32 action => uint256) public calls;
    mapping(uint256 licenseId => uint256) public posted;
    mapping(uint256 licenseId => uint256) public taken;
    uint256 public claimedOrSwept;
    uint256 private nonce;

    constructor() {
        setUp();
        _newLicense(globex, STAKE);
        _newLicense(alice, 2 * STAKE);
        posted[1] = posted[2] = STAKE;
        posted[3] = 2 * STAKE;
        for (uint256 i = 0; i < ARBITRATORS; ++i) {
            vm.prank(admin);
            panel.register(address(uint160(0x10D6E000 + i)));
        }
        vm.roll(1000);
    }

    function deployment() external view returns (address court_, address vault_, address token_, address panel_) {
        return (address(court), address(vault), address(token), address(panel));
    }

    function selectors() external pure returns (bytes4[] memory list) {
        list = new bytes4[](12);
        list[0] = this.openCase.selector;
        list[1] = this.respond.selector;
        list[2] = this.settleOrDecline.selector;
        list[3] = this.ruleAlone.selector;
        list[4] = this.rulePanel.selector;
        list[5] = this.appeal.selector;
        list[6] = this.close.selector;
        list[7] = this.claim.selector;
        list[8] = this.sweep.selector;
        list[9] = this.payDebt.selector;
        list[10] = this.postOrWithdraw.selector;
        list[11] = this.pass.selector;
    }

    function licenses() external pure returns (uint256) {
        return LICENSES;
    }

    function holder(uint256 id) external view returns (address) {
        return book.holderOf(id);
    }

    function openCase(uint256 who, uint256 adjudicator) external {
        uint256 id = 1 + who % LICENSES;
        if (vault.stakeOf(id) == 0) return;
        // Several at once are the exception: none of them can be settled.
        if (vault.openChallenges(id) != 0 && (who >> 16) % 4 != 0) return;
        _set("court.adjudicator", adjudicator % 3);
        // Other cases keep the terms with which they opened.
        _set("court.deposit", 4500e18 + (who >> 8) % 4000e18);
        _fund(carol, 2 * 8500e18);
        vm.prank(carol);
        court.open(id, block.timestamp, CLAIM_HASH, bytes32(++nonce), address(0), 0);
        ++calls["open"];
    }

    function respond(uint256 which) external {
        uint256 id = _pick(which, ICourt.Phase.Responding);
        if (id == 0) return;
        vm.prank(_respondent(id));
        court.respond(id, "answer");
        ++calls["respond"];
    }

    function settleOrDecline(uint256 which, uint256 amount) external {
        uint256 id = _pick(which, ICourt.Phase.Mediation);
        if (id == 0) return;
        if (amount % 4 != 0) {
            vm.prank(_respondent(id));
            court.declineMediation(id);
            ++calls["decline"];
            return;
        }
        uint256 licence = court.caseOf(id).licenseId;
        uint256 least = court.termsOf(id).deposit;
        (uint256 covered,,) = vault.poolOf(licence, 0);
        if (vault.openChallenges(licence) > 1) covered = 0;
        bool refused = covered < least || (which >> 128) % 2 == 0;
        amount = refused
            ? bound(amount, covered < least ? least : covered + 1, type(uint128).max)
            : bound(amount, least, covered);
        address respondent = _respondent(id);
        vm.prank(carol);
        court.proposeSettlement(id, amount);
        vm.prank(respondent);
        if (refused) {
            vm.expectRevert(abi.encodeWithSelector(ICourt.SettlementNotCovered.selector, id, amount, covered));
            court.acceptSettlement(id, amount);
            ++calls["settle refused"];
            return;
        }
        court.acceptSettlement(id, amount);
        _took(id);
        ++calls["settle"];
    }

    function ruleAlone(uint256 which, uint256 amount) external {
        uint256 id = _pick(which, ICourt.Phase.Deciding);
        if (id == 0 || court.termsOf(id).adjudicatorKind == 0) return;
        Ruling memory r = _random(id, amount);
        if (court.termsOf(id).adjudicatorKind == 2) {
            vm.prank(judge);
            court.rule(id, r);
        } else {
            vm.prank(timelock);
            vote.rule(id, r);
        }
        ++calls["rule"];
    }

    /// @dev One full round: ask, draw, commit, reveal (a random number of them), decide.
    function rulePanel(uint256 which, uint256 amount, uint256 revealing) external {
        uint256 id = _pick(which, ICourt.Phase.Deciding);
        if (id == 0 || court.termsOf(id).adjudicatorKind != 0) return;
        if (block.timestamp + 2 * WEEK > court.deadlineOf(id)) return;
        panel.draw(id);
        vm.roll(block.number + 17);
        panel.draw(id);
        uint256 round = court.roundOf(id);
        address[] memory seats = panel.panelOf(id, round).seats;
        for (uint256 i = 0; i < seats.length; ++i) {
            Ruling memory r = _random(id, amount >> (i * 8));
            bytes32 commitment = panel.commitmentOf(id, round, seats[i], r, SALT);
            vm.prank(seats[i]);
            panel.commit(id, commitment);
        }
        revealing = bound(revealing, 0, seats.length);
        for (uint256 i = 0; i < revealing; ++i) {
            vm.prank(seats[i]);
            panel.reveal(id, _random(id, amount >> (i * 8)), SALT);
        }
        vm.warp(panel.panelOf(id, round).revealEnds + 1);
        if (revealing == 0) {
            // The next draw dissolves this panel; a register that is used up stays so.
            ++calls["panel failed"];
            return;
        }
        panel.decide(id);
        ++calls["panel"];
    }

    function appeal(uint256 which, bool byChallenger) external {
        uint256 id = _pick(which, ICourt.Phase.Appealable);
        if (id == 0) return;
        vm.prank(byChallenger ? carol : _respondent(id));
        court.appeal(id, 0);
        ++calls["appeal"];
    }

    function close(uint256 which) external {
        uint256 id = _pick(which, ICourt.Phase.Decided);
        if (id == 0) return;
        ICourt.Preview memory p = court.previewClose(id);
        court.close(id);
        assertEq(
            keccak256(abi.encode(p.paid, p.owed)),
            keccak256(abi.encode(court.caseOf(id).paid, court.caseOf(id).owed)),
            "as previewed"
        );
        if (uint256(p.outcome) == uint256(ICourt.Outcome.Upheld)) _took(id);
        if (court.termsOf(id).adjudicatorKind == 0 && court.caseOf(id).paid.fees != 0) panel.distribute(id);
        ++calls["close"];
    }

    /// @dev The list of every ruling here: alice 1, bob 2 of 3 shares.
    function claim(uint256 which, bool second) external {
        uint256 id = _pick(which, ICourt.Phase.Closed);
        if (id == 0) return;
        address account = second ? bob : alice;
        uint256 shares = second ? 2 : 1;
        if (court.claimable(id, account, shares) == 0) return;
        (, bytes32[] memory proof) = _merkle(_leaves(id), second ? 1 : 0);
        claimedOrSwept += court.claim(id, account, shares, proof);
        ++calls["claim"];
    }

    function sweep(uint256 which) external {
        uint256 id = _pick(which, ICourt.Phase.Closed);
        if (id == 0 || block.timestamp <= court.claimsCloseAt(id)) return;
        ICourt.Case memory c = court.caseOf(id);
        if (c.paid.users == c.usersClaimed) return;
        claimedOrSwept += court.sweepUnclaimed(id);
        ++calls["sweep"];
    }

    function payDebt(uint256 which, uint256 amount) external {
        uint256 id = _pick(which, ICourt.Phase.Closed);
        if (id == 0 || _sum(court.caseOf(id).owed) == 0) return;
        amount = bound(amount, 1, MAX_REPARATION);
        _fund(mallory, amount);
        vm.prank(mallory);
        court.payDebt(id, amount);
        ++calls["payDebt"];
    }

    function postOrWithdraw(uint256 which, uint256 amount) external {
        uint256 id = 1 + which % LICENSES;
        address poster = book.holderOf(id);
        uint256 free = vault.withdrawableBy(id, 0, poster);
        if (free != 0 && amount % 2 == 0) {
            amount = bound(amount, 1, free);
            vm.prank(poster);
            vault.withdraw(id, 0, amount);
            posted[id] -= amount;
            ++calls["withdraw"];
            return;
        }
        amount = bound(amount, 1e18, STAKE);
        _stake(poster, id, amount);
        posted[id] += amount;
        ++calls["post"];
    }

    function pass(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 10 days));
        ++calls["pass"];
    }

    function _took(uint256 id) private {
        ICourt.Case memory c = court.caseOf(id);
        taken[c.licenseId] += _sum(c.paid);
    }

    function _respondent(uint256 id) private view returns (address respondent) {
        (, respondent) = court.partiesOf(id);
    }

    /// @dev The first case in a phase, from a random one on; zero when none is.
    function _pick(uint256 seed, ICourt.Phase phase) private view returns (uint256) {
        uint256 count = court.caseCount();
        for (uint256 i = 0; i < count; ++i) {
            uint256 id = 1 + (seed % count + i) % count;
            if (court.phaseOf(id) == phase) return id;
        }
        return 0;
    }

    function _leaves(uint256 id) private view returns (bytes32[] memory leaves) {
        leaves = new bytes32[](2);
        leaves[0] = _leaf(id, alice, 1);
        leaves[1] = _leaf(id, bob, 2);
    }

    function _random(uint256 id, uint256 seed) private view returns (Ruling memory r) {
        r = _ruling(seed % 3 == 0 ? 0 : bound(uint256(keccak256(abi.encode(seed))), 1, MAX_REPARATION));
        if (!r.upheld) return r;
        if (seed % 5 == 0) r.award = Award(0, 8000, 2000, 0);
        if (seed % 7 == 0) r.award = Award(10_000, 0, 0, 0);
        if (seed % 4 == 0) return r;
        (r.impactRoot,) = _merkle(_leaves(id), 0);
        r.impactShares = 3;
    }
}
