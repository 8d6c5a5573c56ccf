// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {LicenseBase} from "../helpers/LicenseBase.sol";

/// @title Every (state × action × caller), against the table of docs/specs/economy.md §2
contract LicenseTransitionsTest is LicenseBase {
    enum At {
        Unknown,
        Applied,
        Recommended,
        Rejected,
        Approved,
        Suspended,
        SuspendedLong,
        Revoked,
        Renounced,
        RevokedFree,
        RenouncedFree,
        Released
    }
    enum Act {
        Withdraw,
        Reject,
        Approve,
        Overrule,
        Suspend,
        Reinstate,
        Revoke,
        Renounce,
        Release,
        Reassign
    }
    enum Who {
        Holder,
        Stranger,
        Member,
        Expired,
        Torn,
        Governance,
        Court,
        Reporter,
        Admin
    }

    uint256 private constant WINDOW = 14 days;

    uint256 private approval;
    bool private teamRevokes;
    uint256 private window;

    function _config(uint256 approval_, bool teamRevokes_, uint256 window_) private {
        (approval, teamRevokes, window) = (approval_, teamRevokes_, window_);
        _set(K.LICENSE_APPROVAL_PROVIDER, approval_);
        _set(K.LICENSE_REVOKE_BY_TEAM, teamRevokes_ ? 1 : 0);
        _set(K.LICENSE_REVOKE_WINDOW, window_);
    }

    function test_tableWhenTheTeamApproves() public {
        _config(0, true, WINDOW);
        _enumerate();
    }

    function test_tableWhenAVoteApproves() public {
        _config(1, false, WINDOW);
        _enumerate();
    }

    function test_tableWhenTheTeamRecommendsAndAVoteApproves() public {
        _config(2, true, 0);
        _enumerate();
    }

    function _enumerate() private {
        for (uint256 s = 0; s <= uint256(type(At).max); ++s) {
            // Only team_then_vote marks an application.
            if (At(s) == At.Recommended && approval != 2) continue;
            uint256 base = vm.snapshotState();
            uint256 id = _bring(At(s));
            for (uint256 a = 0; a <= uint256(type(Act).max); ++a) {
                for (uint256 w = 0; w <= uint256(type(Who).max); ++w) {
                    _check(id, At(s), Act(a), Who(w));
                }
            }
            vm.revertToState(base);
        }
    }

    function _check(uint256 id, At at_, Act act, Who who) private {
        ILicenseBook.State before = book.stateOf(id);
        (bool expected, ILicenseBook.State to) = _table(at_, act, who, before);
        bytes memory data = _data(id, act);
        uint256 base = vm.snapshotState();
        vm.prank(_account(who));
        (bool ok,) = address(book).call(data);
        string memory what = string.concat(
            "state ", _digit(uint256(at_)), " action ", _digit(uint256(act)), " caller ", _digit(uint256(who))
        );
        if (expected) assertTrue(ok, string.concat("must work: ", what));
        else assertFalse(ok, string.concat("must revert: ", what));
        _assertState(id, expected ? to : before, what);
        bool nft = book.stateOf(id) == ILicenseBook.State.Approved || book.stateOf(id) == ILicenseBook.State.Suspended;
        assertEq(book.balanceOf(alice) + book.balanceOf(bob), nft ? 1 : 0, string.concat("NFT: ", what));
        vm.revertToState(base);
    }

    /// @dev The table, written independently of the code.
    function _table(At at_, Act act, Who who, ILicenseBook.State before)
        private
        view
        returns (bool, ILicenseBook.State)
    {
        bool team = who == Who.Member;
        bool gov = who == Who.Governance;
        bool applied = at_ == At.Applied || at_ == At.Recommended;
        bool suspended = at_ == At.Suspended || at_ == At.SuspendedLong;
        bool live = at_ == At.Approved || suspended;
        if (act == Act.Withdraw) return (applied && who == Who.Holder, ILicenseBook.State.Rejected);
        if (act == Act.Reject) return (applied && (team || gov), ILicenseBook.State.Rejected);
        if (act == Act.Approve) {
            if (approval == 2 && team) return (at_ == At.Applied, ILicenseBook.State.Applied);
            bool marked = approval != 2 || at_ == At.Recommended;
            return (applied && ((gov && marked) || (team && approval == 0)), ILicenseBook.State.Approved);
        }
        if (act == Act.Overrule) return (applied && gov, ILicenseBook.State.Approved);
        if (act == Act.Suspend) return (at_ == At.Approved && (team || gov), ILicenseBook.State.Suspended);
        if (act == Act.Reinstate) return (suspended && (team || gov), ILicenseBook.State.Approved);
        if (act == Act.Revoke) {
            bool long = at_ == At.SuspendedLong || window == 0;
            return (live && (gov || (team && teamRevokes && long)), ILicenseBook.State.Revoked);
        }
        if (act == Act.Renounce) return (live && who == Who.Holder, ILicenseBook.State.Renounced);
        if (act == Act.Release) {
            return (at_ == At.RevokedFree || at_ == At.RenouncedFree, ILicenseBook.State.Released);
        }
        return (live && (team || gov), before);
    }

    function _bring(At at_) private returns (uint256 id) {
        if (at_ == At.Unknown) return 77;
        id = _apply(alice, ILicenseBook.Kind.Provider);
        if (at_ == At.Applied) return id;
        if (at_ == At.Recommended) {
            vm.prank(member);
            book.decide(id, true, HASH);
            return id;
        }
        if (at_ == At.Rejected) {
            vm.prank(member);
            book.decide(id, false, HASH);
            return id;
        }
        vm.prank(governance);
        book.overrule(id, HASH);
        if (at_ == At.Suspended || at_ == At.SuspendedLong) {
            vm.prank(member);
            book.suspend(id, HASH);
            if (at_ == At.SuspendedLong) vm.warp(block.timestamp + WINDOW);
            else vm.warp(block.timestamp + WINDOW - 1);
        }
        if (at_ == At.Revoked || at_ == At.RevokedFree || at_ == At.Released) {
            vm.prank(governance);
            book.revoke(id, HASH);
        }
        if (at_ == At.Renounced || at_ == At.RenouncedFree) {
            vm.prank(alice);
            book.renounce(id);
        }
        if (at_ == At.Revoked || at_ == At.Renounced) vm.warp(block.timestamp + RELEASE_DELAY - 1);
        if (at_ == At.RevokedFree || at_ == At.RenouncedFree || at_ == At.Released) {
            vm.warp(block.timestamp + RELEASE_DELAY);
        }
        if (at_ == At.Released) book.release(id);
    }

    function _data(uint256 id, Act act) private view returns (bytes memory) {
        if (act == Act.Withdraw) return abi.encodeCall(book.withdrawApplication, (id));
        if (act == Act.Reject) return abi.encodeCall(book.decide, (id, false, HASH));
        if (act == Act.Approve) return abi.encodeCall(book.decide, (id, true, HASH));
        if (act == Act.Overrule) return abi.encodeCall(book.overrule, (id, HASH));
        if (act == Act.Suspend) return abi.encodeCall(book.suspend, (id, HASH));
        if (act == Act.Reinstate) return abi.encodeCall(book.reinstate, (id, HASH));
        if (act == Act.Revoke) return abi.encodeCall(book.revoke, (id, HASH));
        if (act == Act.Renounce) return abi.encodeCall(book.renounce, (id));
        if (act == Act.Release) return abi.encodeCall(book.release, (id));
        return abi.encodeCall(book.reassign, (id, bob, HASH));
    }

    function _account(Who who) private view returns (address) {
        if (who == Who.Holder) return alice;
        if (who == Who.Stranger) return mallory;
        if (who == Who.Member) return member;
        if (who == Who.Expired) return expired;
        if (who == Who.Torn) return torn;
        if (who == Who.Governance) return governance;
        if (who == Who.Court) return court;
        if (who == Who.Reporter) return reporter;
        return admin;
    }

    function _digit(uint256 value) private pure returns (string memory) {
        bytes memory digits = new bytes(2);
        (digits[0], digits[1]) = (bytes1(uint8(48 + value / 10)), bytes1(uint8(48 + value % 10)));
        return string(digits);
    }
}
