// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {UtcMonths} from "../../src/libraries/UtcMonths.sol";
import {LicenseBook} from "../../src/license/LicenseBook.sol";
import {StakeVault} from "../../src/stake/StakeVault.sol";
import {DimoToken} from "../../src/token/DimoToken.sol";
import {LicenseBase} from "../helpers/LicenseBase.sol";

/// @title Random but valid life of licences and their stakes
/// @dev Keeps what an observer would write down: the state of each licence after each action, and what left each vault
///      while a challenge was open. Actions that the rules forbid are skipped, so nothing reverts.
contract StakeHandler is LicenseBase {
    uint256 private constant MAX_STAKE = 300_000e18;
    uint256 private constant MAX_LICENSES = 24;
    uint256 private constant ACTORS = 4;

    mapping(bytes32 action => uint256) public calls;
    mapping(uint256 id => ILicenseBook.State) public seen;
    mapping(uint256 id => uint256) public slashed;
    mapping(uint256 id => uint256) public posted;
    mapping(uint256 id => uint256) public returned;
    bool public illegalTransition;
    bool public leftDuringChallenge;

    modifier observed(bytes32 action) {
        uint256 count = book.lastId();
        uint256[] memory held = new uint256[](count + 1);
        for (uint256 id = 1; id <= count; ++id) {
            held[id] = vault.openChallenges(id) == 0 ? 0 : vault.stakeOf(id);
        }
        _;
        ++calls[action];
        for (uint256 id = 1; id <= book.lastId(); ++id) {
            ILicenseBook.State state = book.stateOf(id);
            if (!_allowed(seen[id], state)) illegalTransition = true;
            seen[id] = state;
            if (id <= count && action != "slash" && vault.stakeOf(id) < held[id]) leftDuringChallenge = true;
        }
    }

    constructor() {
        setUp();
    }

    function selectors() external pure returns (bytes4[] memory list) {
        list = new bytes4[](17);
        list[0] = this.applyOne.selector;
        list[1] = this.decide.selector;
        list[2] = this.stake.selector;
        list[3] = this.lend.selector;
        list[4] = this.withdraw.selector;
        list[5] = this.suspendOrReinstate.selector;
        list[6] = this.end.selector;
        list[7] = this.release.selector;
        list[8] = this.report.selector;
        list[9] = this.burnMonth.selector;
        list[10] = this.challenge.selector;
        list[11] = this.slash.selector;
        list[12] = this.raise.selector;
        list[13] = this.reassign.selector;
        list[14] = this.changeParameter.selector;
        list[15] = this.pass.selector;
        list[16] = this.fill.selector;
    }

    function deployment() external view returns (LicenseBook, StakeVault, DimoToken) {
        return (book, vault, token);
    }

    function posters() public view returns (address[] memory list) {
        list = new address[](ACTORS + 1);
        for (uint256 i = 0; i < ACTORS; ++i) {
            list[i] = _actor(i);
        }
        list[ACTORS] = foundation;
    }

    function applyOne(uint256 who, uint256 kind) external observed("apply") {
        if (book.lastId() == MAX_LICENSES) return;
        ILicenseBook.Kind k = ILicenseBook.Kind(bound(kind, 1, 7));
        address holder = _actor(who);
        if (k == ILicenseBook.Kind.DeviceType) {
            uint256 parent = book.licenseOf(holder, ILicenseBook.Kind.Provider);
            if (book.stateOf(parent) != ILicenseBook.State.Approved) return;
            if (book.deviceTypeLicense(parent, "hub") != 0) return;
            vm.prank(holder);
            book.applyForDeviceType(parent, "hub", HASH);
        } else if (book.licenseOf(holder, k) == 0) {
            _apply(holder, k);
        }
    }

    function decide(uint256 which, uint256 what) external observed("decide") {
        (uint256 id, ILicenseBook.State state) = _pick(which);
        if (state != ILicenseBook.State.Applied) return;
        if (what % 8 == 0) {
            vm.prank(book.holderOf(id));
            book.withdrawApplication(id);
            return;
        }
        bool short = book.kindOf(id) == ILicenseBook.Kind.Client && vault.countedStakeOf(id) < book.requirementOf(id);
        bool approve = what % 8 != 1 && !short;
        vm.startPrank(governance);
        if (approve) book.overrule(id, HASH);
        else if (what % 8 == 1) book.decide(id, false, HASH);
        vm.stopPrank();
    }

    function stake(uint256 which, uint256 poster, uint256 amount) external observed("stake") {
        (uint256 id, ILicenseBook.State state) = _pick(which);
        if (!_takesStake(state)) return;
        amount = bound(amount, 1, MAX_STAKE);
        _stake(_actor(poster), id, amount);
        posted[id] += amount;
    }

    /// @dev Posts exactly what is missing, so that active licences are common.
    function fill(uint256 which) external observed("fill") {
        (uint256 id, ILicenseBook.State state) = _pick(which);
        if (!_takesStake(state)) return;
        uint256 required = book.requirementOf(id);
        uint256 counted = vault.countedStakeOf(id);
        if (counted >= required) return;
        _stake(book.holderOf(id), id, required - counted);
        posted[id] += required - counted;
    }

    function lend(uint256 which, uint256 amount, uint256 time) external observed("lend") {
        (uint256 id, ILicenseBook.State state) = _pick(which);
        if (!_takesStake(state)) return;
        amount = bound(amount, 1, MAX_STAKE);
        uint256 dueAt = vault.loanDueAt(id);
        if (dueAt <= block.timestamp) dueAt = block.timestamp;
        _lend(id, amount, dueAt + bound(time, 1, 100 days));
        posted[id] += amount;
    }

    function withdraw(uint256 which, uint256 poster, uint256 class, uint256 amount) external observed("withdraw") {
        (uint256 id,) = _pick(which);
        if (id == 0) return;
        uint8 c = uint8(bound(class, 0, 2));
        address from = c == LOAN ? foundation : _actor(poster);
        uint256 max = vault.withdrawableBy(id, c, from);
        if (max == 0) return;
        amount = bound(amount, 1, max);
        _withdraw(from, id, c, amount);
        returned[id] += amount;
        ++calls["withdrawn"];
    }

    function suspendOrReinstate(uint256 which) external observed("suspend") {
        (uint256 id, ILicenseBook.State state) = _pick(which);
        vm.startPrank(governance);
        if (state == ILicenseBook.State.Approved) book.suspend(id, HASH);
        if (state == ILicenseBook.State.Suspended) book.reinstate(id, HASH);
        vm.stopPrank();
    }

    function end(uint256 which, bool byHolder) external observed("end") {
        (uint256 id, ILicenseBook.State state) = _pick(which);
        if (state != ILicenseBook.State.Approved && state != ILicenseBook.State.Suspended) return;
        if (byHolder) {
            vm.prank(book.holderOf(id));
            book.renounce(id);
        } else {
            vm.prank(governance);
            book.revoke(id, HASH);
        }
        ++calls["ended"];
    }

    function release(uint256 which) external observed("release") {
        (uint256 id,) = _pick(which);
        ILicenseBook.State state = book.stateOf(id);
        if (state != ILicenseBook.State.Revoked && state != ILicenseBook.State.Renounced) return;
        if (!vault.isReleasable(id)) return;
        book.release(id);
        ++calls["released"];
    }

    function report(uint256 which, uint64 users, uint128 units, uint8 class) external observed("report") {
        (uint256 id, ILicenseBook.State state) = _pick(which);
        if (!_reportable(state)) return;
        // Half of the reports of ended licences say that nobody is left.
        users = state >= ILicenseBook.State.Revoked && users % 2 == 0 ? 0 : users % 50_000;
        vm.prank(reporter);
        book.reportUsage(id, users, units % 1_000_000, uint8(bound(class, 0, 6)));
    }

    function burnMonth(uint256 which, uint64 users, bool pay) external observed("burn") {
        (uint256 id, ILicenseBook.State state) = _pick(which);
        if (book.kindOf(id) != ILicenseBook.Kind.App || !_reportable(state)) return;
        (uint256 month, uint256 amount,) = book.burnDue(id);
        if (pay && amount != 0) {
            vm.prank(admin);
            token.mint(bob, amount);
            vm.startPrank(bob);
            token.approve(address(book), amount);
            book.payBurn(id, month);
            vm.stopPrank();
            return;
        }
        vm.prank(reporter);
        // A month that is reported already is skipped.
        try book.reportMonth(id, UtcMonths.monthOf(block.timestamp) - 1, users % 100_000) {} catch {}
    }

    function challenge(uint256 which, bool open, bool succeeded) external observed("challenge") {
        (uint256 id,) = _pick(which);
        if (id == 0) return;
        vm.startPrank(court);
        if (vault.openChallenges(id) == 0 || (open && vault.openChallenges(id) < 3)) vault.lock(id);
        else vault.unlock(id, succeeded);
        vm.stopPrank();
    }

    function slash(uint256 which, uint256 amount) external observed("slash") {
        (uint256 id,) = _pick(which);
        if (id == 0 || vault.openChallenges(id) == 0) return;
        amount = bound(amount, 1, MAX_STAKE);
        vm.prank(court);
        slashed[id] += vault.slash(id, amount);
        ++calls["slashed"];
    }

    function raise(uint256 which, uint256 amount) external observed("raise") {
        (uint256 id, ILicenseBook.State state) = _pick(which);
        if (!_takesStake(state)) return;
        vm.prank(governance);
        book.raiseRequirement(id, amount % 3 == 0 ? 0 : amount % MAX_STAKE, HASH);
    }

    function reassign(uint256 which, uint256 to) external observed("reassign") {
        (uint256 id, ILicenseBook.State state) = _pick(which);
        if (state != ILicenseBook.State.Approved && state != ILicenseBook.State.Suspended) return;
        ILicenseBook.Kind kind = book.kindOf(id);
        address target = kind == ILicenseBook.Kind.DeviceType ? book.holderOf(book.parentOf(id)) : _actor(to);
        if (target == book.holderOf(id) || vault.openChallenges(id) != 0) return;
        if (book.licenseOf(target, kind) != 0) return;
        vm.prank(governance);
        book.reassign(id, target, HASH);
        ++calls["reassigned"];
    }

    function changeParameter(uint256 which, uint256 value) external observed("parameter") {
        if (which % 4 == 0) _set(K.STAKE_PROVIDER, bound(value, 1, MAX_STAKE));
        if (which % 4 == 1) _set(K.STAKE_GRANDFATHER, value % 2);
        if (which % 4 == 2) _set(K.STAKE_RELEASE_RULE, value % 3);
        if (which % 4 == 3) _set(K.STAKE_NODE_PER_USER, bound(value, 0, 10e18));
    }

    function pass(uint256 time) external observed("pass") {
        vm.warp(block.timestamp + bound(time, 1, 100 days));
    }

    function _actor(uint256 seed) private view returns (address) {
        return [alice, bob, partner, mallory][seed % ACTORS];
    }

    function _pick(uint256 seed) private view returns (uint256 id, ILicenseBook.State state) {
        uint256 count = book.lastId();
        if (count == 0) return (0, ILicenseBook.State.None);
        id = 1 + seed % count;
        state = book.stateOf(id);
    }

    function _takesStake(ILicenseBook.State state) private pure returns (bool) {
        return state == ILicenseBook.State.Applied || state == ILicenseBook.State.Approved
            || state == ILicenseBook.State.Suspended;
    }

    function _reportable(ILicenseBook.State state) private pure returns (bool) {
        return state == ILicenseBook.State.Approved || state == ILicenseBook.State.Suspended
            || state == ILicenseBook.State.Revoked || state == ILicenseBook.State.Renounced;
    }

    /// @dev Edges of the table; each action makes at most one step.
    function _allowed(ILicenseBook.State from, ILicenseBook.State to) private pure returns (bool) {
        if (from == to) return true;
        if (from == ILicenseBook.State.None) return to == ILicenseBook.State.Applied;
        if (from == ILicenseBook.State.Applied) {
            return to == ILicenseBook.State.Rejected || to == ILicenseBook.State.Approved;
        }
        if (from == ILicenseBook.State.Approved) {
            return to == ILicenseBook.State.Suspended || to == ILicenseBook.State.Revoked
                || to == ILicenseBook.State.Renounced;
        }
        if (from == ILicenseBook.State.Suspended) {
            return
                to == ILicenseBook.State.Approved || to == ILicenseBook.State.Revoked
                    || to == ILicenseBook.State.Renounced;
        }
        if (from == ILicenseBook.State.Revoked || from == ILicenseBook.State.Renounced) {
            return to == ILicenseBook.State.Released;
        }
        return false;
    }
}
