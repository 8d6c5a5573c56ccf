// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {BaseTest} from "../helpers/BaseTest.sol";

/// @title Random but valid life of stakes and licences
contract LicenseHandler is BaseTest {
    uint256 private constant MAX_STAKE = 300_000e18;
    uint256 private constant ACTORS = 4;

    mapping(bytes32 action => uint256) public calls;
    uint256 public devLicenses;

    constructor() {
        setUp();
        vm.prank(admin);
        d.devLicense.setLicenseCost(0);
    }

    function selectors() external pure returns (bytes4[] memory list) {
        list = new bytes4[](15);
        list[0] = this.license.selector;
        list[1] = this.revoke.selector;
        list[2] = this.suspend.selector;
        list[3] = this.reinstate.selector;
        list[4] = this.renounce.selector;
        list[5] = this.stake.selector;
        list[6] = this.withdraw.selector;
        list[7] = this.slash.selector;
        list[8] = this.setRequirement.selector;
        list[9] = this.raiseRequirement.selector;
        list[10] = this.pass.selector;
        list[11] = this.devLock.selector;
        list[12] = this.devWithdraw.selector;
        list[13] = this.devFreezeOrForfeit.selector;
        list[14] = this.devIssueOrRevoke.selector;
    }

    function deployment() external view returns (address registry_, address book, address vault, address devLicense) {
        return (address(registry), address(d.book), address(d.vault), address(d.devLicense));
    }

    function balanceOf(address account) external view returns (uint256) {
        return d.token.balanceOf(account);
    }

    function actors() external view returns (address[] memory list) {
        list = new address[](ACTORS);
        for (uint256 i = 0; i < ACTORS; ++i) {
            list[i] = _actor(i);
        }
    }

    function license(uint256 who) external {
        address holder = _actor(who);
        uint256 id = _licenseOf(holder);
        if (id == 0) {
            vm.prank(holder);
            d.book.applyFor(ILicenseBook.Kind.Provider, "application");
            ++calls["apply"];
        } else if (d.book.stateOf(id) == ILicenseBook.State.Applied) {
            vm.prank(admin);
            d.book.decide(id, true, "analysis");
            ++calls["approve"];
        }
    }

    function revoke(uint256 who) external {
        uint256 id = _inForce(who);
        if (id == 0) return;
        vm.prank(admin);
        d.book.revoke(id, "r");
        ++calls["revoke"];
    }

    function suspend(uint256 who) external {
        uint256 id = _licenseOf(_actor(who));
        if (d.book.stateOf(id) != ILicenseBook.State.Approved) return;
        vm.prank(admin);
        d.book.suspend(id, "r");
        ++calls["suspend"];
    }

    function reinstate(uint256 who) external {
        uint256 id = _licenseOf(_actor(who));
        if (d.book.stateOf(id) != ILicenseBook.State.Suspended) return;
        vm.prank(admin);
        d.book.reinstate(id, "r");
        ++calls["reinstate"];
    }

    function renounce(uint256 who) external {
        uint256 id = _inForce(who);
        if (id == 0) return;
        vm.prank(_actor(who));
        d.book.renounce(id);
        ++calls["renounce"];
    }

    function stake(uint256 who, uint256 poster, uint256 amount) external {
        uint256 id = _licenseOf(_actor(who));
        if (id == 0) return;
        amount = bound(amount, 1, MAX_STAKE);
        address from = _actor(poster);
        vm.prank(admin);
        d.token.mint(from, amount);
        vm.startPrank(from);
        d.token.approve(address(d.vault), amount);
        d.vault.stake(id, amount);
        vm.stopPrank();
        ++calls["stake"];
    }

    function withdraw(uint256 who, uint256 poster, uint256 amount) external {
        address holder = _actor(who);
        address from = _actor(poster);
        uint256 id = _licenseOf(holder);
        if (id == 0) return;
        uint8 class = from == holder ? 0 : 1;
        uint256 max = d.vault.withdrawableBy(id, class, from);
        if (max == 0) return;
        vm.prank(from);
        d.vault.withdraw(id, class, bound(amount, 1, max));
        ++calls["withdraw"];
    }

    function slash(uint256 who, uint256 amount) external {
        uint256 staked = d.vault.stakeOf(_licenseOf(_actor(who)));
        if (staked == 0) return;
        _slash(_actor(who), bound(amount, 1, staked));
        ++calls["slash"];
    }

    function setRequirement(uint256 amount) external {
        vm.prank(admin);
        d.parameters.set(K.STAKE_PROVIDER, bound(amount, 1, MAX_STAKE));
        ++calls["setRequirement"];
    }

    function raiseRequirement(uint256 who, uint256 amount) external {
        uint256 id = _licenseOf(_actor(who));
        if (id == 0) return;
        vm.prank(admin);
        d.book.raiseRequirement(id, amount % 3 == 0 ? 0 : bound(amount, 1, MAX_STAKE * 2), "r");
        ++calls["raiseRequirement"];
    }

    function pass(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 100 days));
        ++calls["pass"];
    }

    function devIssueOrRevoke(uint256 who, bool revokeOne) external {
        if (!revokeOne) {
            vm.prank(_actor(who));
            d.devLicense.issueInDimo("");
            ++devLicenses;
            ++calls["devIssue"];
            return;
        }
        uint256 id = _live(who);
        if (id == 0) return;
        vm.prank(admin);
        d.devLicense.revoke(id);
        ++calls["devRevoke"];
    }

    function devLock(uint256 which, uint256 amount) external {
        uint256 id = _live(which);
        if (id == 0) return;
        amount = bound(amount, 1, MAX_STAKE);
        address owner = d.devLicense.ownerOf(id);
        vm.prank(admin);
        d.token.mint(owner, amount);
        vm.startPrank(owner);
        d.token.approve(address(d.devLicense), amount);
        d.devLicense.lock(id, amount);
        vm.stopPrank();
        ++calls["devLock"];
    }

    function devWithdraw(uint256 which, uint256 amount) external {
        if (devLicenses == 0) return;
        uint256 id = 1 + which % devLicenses;
        uint256 staked = d.devLicense.stakedBalance(id);
        if (staked == 0 || d.devLicense.frozen(id)) return;
        address former = d.devLicense.formerOwner(id);
        vm.prank(former == address(0) ? d.devLicense.ownerOf(id) : former);
        d.devLicense.withdraw(id, bound(amount, 1, staked));
        ++calls["devWithdraw"];
    }

    function devFreezeOrForfeit(uint256 which, uint256 amount, uint256 what) external {
        if (devLicenses == 0) return;
        uint256 id = 1 + which % devLicenses;
        uint256 staked = d.devLicense.stakedBalance(id);
        vm.startPrank(admin);
        if (!d.devLicense.frozen(id) || what % 3 == 0) {
            d.devLicense.adminFreeze(id, !d.devLicense.frozen(id));
            ++calls["devFreeze"];
        } else if (staked != 0) {
            amount = bound(amount, 1, staked);
            if (what % 3 == 1) d.devLicense.adminBurnLockedFunds(id, amount, "r");
            else d.devLicense.adminReallocate(id, amount, foundation, "r");
            ++calls["devForfeit"];
        }
        vm.stopPrank();
    }

    function _actor(uint256 seed) private view returns (address) {
        return [alice, bob, acme, mallory][seed % ACTORS];
    }

    /// @dev Approved or suspended, else zero.
    function _inForce(uint256 seed) private view returns (uint256 id) {
        id = _licenseOf(_actor(seed));
        return d.book.stateOf(id) == ILicenseBook.State.Applied ? 0 : id;
    }

    function _live(uint256 seed) private view returns (uint256 id) {
        if (devLicenses == 0) return 0;
        id = 1 + seed % devLicenses;
        return d.devLicense.formerOwner(id) == address(0) ? id : 0;
    }
}
