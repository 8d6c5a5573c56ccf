// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Court} from "../../src/court/Court.sol";
import {PanelAdjudicator} from "../../src/court/PanelAdjudicator.sol";
import {ICourt, Parts} from "../../src/interfaces/ICourt.sol";
import {StakeVault} from "../../src/stake/StakeVault.sol";
import {DimoToken} from "../../src/token/DimoToken.sol";
import {Assertions} from "../helpers/Assertions.sol";
import {CourtHandler} from "./CourtHandler.sol";
import {FuzzSelector} from "./FuzzSelector.sol";

contract CourtInvariantTest is Assertions {
    uint256 private constant STEPS = 1500;

    CourtHandler private handler;
    Court private court;
    StakeVault private vault;
    DimoToken private token;
    PanelAdjudicator private panel;

    function setUp() public {
        handler = new CourtHandler();
        (address c, address v, address t, address p) = handler.deployment();
        court = Court(c);
        vault = StakeVault(v);
        token = DimoToken(t);
        panel = PanelAdjudicator(p);
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0] = FuzzSelector(address(handler), handler.selectors());
    }

    /// @dev Random calls reach every step, so that the invariants above are not kept by idleness.
    function test_handlerReachesEveryStep() public {
        bytes4[] memory selectors = handler.selectors();
        uint256 seed = uint256(keccak256("seed"));
        for (uint256 i = 0; i < STEPS; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            // Surplus arguments are ignored by functions that take fewer.
            (bool ok,) = address(handler)
                .call(abi.encodePacked(selectors[seed % selectors.length], seed >> 8, (seed >> 16) % 2, seed >> 128));
            assertTrue(ok, "no call reverts");
        }
        bytes32[16] memory actions = [
            bytes32("open"),
            "respond",
            "settle",
            "settle refused",
            "decline",
            "rule",
            "panel",
            "panel failed",
            "appeal",
            "close",
            "claim",
            "sweep",
            "payDebt",
            "post",
            "withdraw",
            "pass"
        ];
        for (uint256 i = 0; i < actions.length; ++i) {
            assertTrue(handler.calls(actions[i]) != 0, string(abi.encodePacked(actions[i])));
        }
        invariant_courtHoldsOpenDepositsAndUnclaimedParts();
        invariant_stakeIsLockedWhileACaseIsOpen();
        invariant_stakeDecreasesOnlyByRuling();
        invariant_panelHoldsItsFees();
    }

    function _sum(Parts memory p) private pure returns (uint256) {
        return p.fees + p.challenger + p.users + p.treasury + p.burned;
    }

    /// @dev Deposits of open cases and users' parts that were not claimed yet, to the wei.
    function invariant_courtHoldsOpenDepositsAndUnclaimedParts() public view {
        uint256 deposits;
        uint256 users;
        uint256 debt;
        for (uint256 id = 1; id <= court.caseCount(); ++id) {
            ICourt.Case memory c = court.caseOf(id);
            if (court.phaseOf(id) != ICourt.Phase.Closed) deposits += court.termsOf(id).deposit;
            assertTrue(c.usersClaimed <= c.paid.users, "claims never exceed the part");
            users += c.paid.users - c.usersClaimed;
            debt += _sum(c.owed);
        }
        (uint256 heldDeposits, uint256 heldUsers) = court.held();
        assertEq(heldDeposits, deposits, "deposits");
        assertEq(heldUsers, users, "users' parts");
        assertEq(token.balanceOf(address(court)), deposits + users, "balance");
        uint256 debts;
        for (uint256 id = 1; id <= handler.licenses(); ++id) {
            debts += court.debtOf(_holder(id));
        }
        assertEq(debts, debt, "debts of holders are what cases are owed");
    }

    /// @dev A vault has as many locks as open cases, and gives nothing meanwhile.
    function invariant_stakeIsLockedWhileACaseIsOpen() public view {
        for (uint256 licenseId = 1; licenseId <= handler.licenses(); ++licenseId) {
            uint256 open;
            for (uint256 id = 1; id <= court.caseCount(); ++id) {
                if (court.caseOf(id).licenseId == licenseId && court.phaseOf(id) != ICourt.Phase.Closed) ++open;
            }
            assertEq(vault.openChallenges(licenseId), open, "one lock per open case");
            if (open != 0) assertEq(vault.withdrawable(licenseId), 0, "locked");
        }
    }

    /// @dev What posters put in and did not take out, less what rulings and settlements took.
    function invariant_stakeDecreasesOnlyByRuling() public view {
        for (uint256 id = 1; id <= handler.licenses(); ++id) {
            assertEq(vault.stakeOf(id), handler.posted(id) - handler.taken(id), "stake");
        }
    }

    /// @dev Every fee that reached the panel is credited to somebody or was paid for a case not distributed again yet.
    function invariant_panelHoldsItsFees() public view {
        uint256 fees;
        for (uint256 id = 1; id <= court.caseCount(); ++id) {
            if (court.termsOf(id).adjudicatorKind == 0) fees += court.caseOf(id).paid.fees;
        }
        assertEq(token.balanceOf(address(panel)), fees, "nothing withdrawn here");
        uint256 credits;
        address[] memory all = panel.arbitrators();
        for (uint256 i = 0; i < all.length; ++i) {
            credits += panel.creditOf(all[i]);
        }
        assertTrue(credits <= fees, "credits are covered");
    }

    function _holder(uint256 licenseId) private view returns (address) {
        return handler.holder(licenseId);
    }
}
