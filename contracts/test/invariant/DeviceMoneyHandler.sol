// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeviceEscrow} from "../../src/interfaces/IDeviceEscrow.sol";
import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {IMintVoucher} from "../../src/interfaces/IMintVoucher.sol";
import {Calendar} from "../../src/libraries/Calendar.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {DeviceMoneyBase} from "../helpers/DeviceMoneyBase.sol";

/// @title Random but valid life of vouchers and their escrows
/// @dev acme buys with new tokens and receives only provider parts; alice and bob receive only user parts.
contract DeviceMoneyHandler is DeviceMoneyBase {
    uint256 private constant HUB_CAP = 4;
    uint256 private constant MAX_VOUCHERS = 12;
    uint256 private constant FIRST_KEY = 0x10000;

    mapping(bytes32 action => uint256) public calls;
    uint256 public minted;
    uint256 public supplyAtStart;
    uint256 private _devices;
    uint256 private _evidence;

    constructor() {
        setUp();
        _set(K.VOUCHER_CAP_HUB, HUB_CAP);
        supplyAtStart = d.token.totalSupply();
    }

    function selectors() external pure returns (bytes4[] memory list) {
        list = new bytes4[](14);
        list[0] = this.buy.selector;
        list[1] = this.bond.selector;
        list[2] = this.settle.selector;
        list[3] = this.settle.selector;
        list[4] = this.settle.selector;
        list[5] = this.report.selector;
        list[6] = this.decide.selector;
        list[7] = this.claim.selector;
        list[8] = this.disconnect.selector;
        list[9] = this.close.selector;
        list[10] = this.sellVehicle.selector;
        list[11] = this.suspendOrReinstate.selector;
        list[12] = this.changeTerms.selector;
        list[13] = this.pass.selector;
    }

    function contracts() external view returns (address, address, address, address, address) {
        return (address(d.token), address(params), address(vouchers), address(escrow), address(lens));
    }

    function accounts() external view returns (address, address, address, address, address) {
        return (acme, teamAccount, treasury, alice, bob);
    }

    function buy(uint256 which, uint256 count) external {
        if (vouchers.lastId() >= MAX_VOUCHERS) return;
        bytes32 key = [bytes32("hub"), "dash_cam", "software"][which % 3];
        count = bound(count, 1, 3);
        IMintVoucher.DeviceType memory t = vouchers.deviceType(key);
        if (t.cap != 0 && t.sold + count > t.cap) {
            vm.expectRevert(abi.encodeWithSelector(IMintVoucher.CapReached.selector, key, t.cap, t.sold + count));
            vouchers.buy(key, count, type(uint256).max);
            ++calls["capReached"];
            return;
        }
        minted += t.price * count;
        _buy(acme, key, count);
        ++calls["buy"];
    }

    function bond(uint256 which, bool software) external {
        uint256 voucher = _find(which, IDeviceEscrow.State.Sold);
        if (voucher == 0 || !book.isActive(providerLicense)) return;
        address owner = which % 2 == 0 ? alice : bob;
        uint256 ownerKey = which % 2 == 0 ? ALICE_KEY : BOB_KEY;
        uint256 n = ++_devices;
        uint256 vehicle = _newVehicle(owner);
        if (software || escrow.typeOf(voucher) == "software") {
            uint256 sd = _newSynthetic(vehicle, ownerKey, FIRST_KEY + n, n);
            _bond(acme, voucher, IDeviceEscrow.DeviceKind.Software, sd);
        } else {
            uint256 ad = _newClaimedDevice(FIRST_KEY + n, owner, n);
            vm.prank(owner);
            registry.pairAftermarketDevice(ad, vehicle);
            _bond(acme, voucher, IDeviceEscrow.DeviceKind.Hardware, ad);
        }
        ++calls["bond"];
    }

    function settle(uint256 which, uint256 period) external {
        bool reported = which % 7 == 0;
        uint256 voucher = _find(which, reported ? IDeviceEscrow.State.Reported : IDeviceEscrow.State.Active);
        if (voucher == 0) return;
        IDeviceEscrow.Record memory r = escrow.recordOf(voucher);
        uint256 window = escrow.termsOf(r.termsId).windowMonths;
        period = bound(period, 1, 6) + Calendar.monthsElapsed(r.start, block.timestamp);
        if (period > window || r.usedPeriods & (1 << period) != 0) return;
        if (reported && Calendar.addMonths(r.start, period) > r.since) return;
        _settle(voucher, period, _ownerOf(r));
        ++calls["settle"];
    }

    function report(uint256 which) external {
        uint256 voucher = _find(which, IDeviceEscrow.State.Active);
        if (voucher == 0) return;
        IDeviceEscrow.Record memory r = escrow.recordOf(voucher);
        uint256 warranty = escrow.termsOf(r.termsId).warrantyMonths;
        if (block.timestamp >= Calendar.addMonths(r.start, warranty)) return;
        vm.prank(_ownerOf(r));
        escrow.reportMalfunction(voucher, bytes32(++_evidence));
        if (which % 2 == 0) {
            vm.prank(acme);
            escrow.contestMalfunction(voucher, HASH);
        }
        ++calls["report"];
    }

    function decide(uint256 which, bool upheld) external {
        uint256 voucher = _find(which, IDeviceEscrow.State.Reported);
        if (voucher == 0) return;
        IDeviceEscrow.Record memory r = escrow.recordOf(voucher);
        if (r.contested && which % 3 != 0) {
            vm.prank(governance);
            escrow.decideMalfunction(voucher, upheld, HASH);
        } else {
            uint256 windows = r.contested ? 2 : 1;
            uint256 end = r.since + windows * escrow.termsOf(r.termsId).disputeWindow;
            if (block.timestamp < end) vm.warp(end);
            escrow.finalizeMalfunction(voucher);
        }
        ++calls["decide"];
    }

    function claim(uint256 which) external {
        uint256 voucher = _find(which, IDeviceEscrow.State.Streaming);
        if (voucher == 0) return;
        escrow.claimStream(voucher);
        ++calls["claim"];
    }

    function disconnect(uint256 which) external {
        uint256 voucher = _find(which, IDeviceEscrow.State.Active);
        if (voucher == 0) return;
        vm.prank(_ownerOf(escrow.recordOf(voucher)));
        escrow.disconnect(voucher);
        ++calls["disconnect"];
    }

    function close(uint256 which) external {
        uint256 voucher = _find(which, IDeviceEscrow.State.Active);
        if (voucher == 0 || which % 3 != 0) return;
        IDeviceEscrow.Record memory r = escrow.recordOf(voucher);
        uint256 last = r.start > r.settledUntil ? r.start : r.settledUntil;
        uint256 end = Calendar.addMonths(last, escrow.termsOf(r.termsId).idleMonths);
        if (block.timestamp < end) vm.warp(end);
        escrow.close(voucher);
        ++calls["close"];
    }

    function sellVehicle(uint256 which) external {
        uint256 count = d.vehicleId.lastId();
        if (count == 0) return;
        uint256 vehicle = 1 + which % count;
        address owner = d.vehicleId.ownerOf(vehicle);
        address to = owner == alice ? bob : alice;
        vm.startPrank(owner);
        if (registry.getLink(address(d.vehicleId), vehicle) != 0) registry.transferVehicleWithDevice(vehicle, to);
        else d.vehicleId.transferFrom(owner, to, vehicle);
        vm.stopPrank();
        ++calls["sellVehicle"];
    }

    function suspendOrReinstate() external {
        bool suspended = book.stateOf(providerLicense) == ILicenseBook.State.Suspended;
        vm.prank(governance);
        if (suspended) book.reinstate(providerLicense, HASH);
        else book.suspend(providerLicense, HASH);
        ++calls["suspendOrReinstate"];
    }

    /// @dev Old escrows keep their terms, whatever governance sets.
    function changeTerms(uint256 what) external {
        bytes32[] memory keys = new bytes32[](7);
        uint256[] memory values = new uint256[](7);
        (keys[0], values[0]) = (K.ESCROW_MONTHS, bound(what >> 8, 1, 8));
        (keys[1], values[1]) = (K.ESCROW_ON_DISCONNECT, what & 1);
        (keys[2], values[2]) = (K.ESCROW_ON_MALFUNCTION, (what >> 1) & 1);
        (keys[3], values[3]) = (K.ESCROW_ON_REVOKED, (what >> 2) & 1);
        (keys[4], values[4]) = (K.ESCROW_BURN_PPM, what & 8 == 0 ? 0 : 150_000);
        (keys[5], values[5]) = (K.ESCROW_BURN_LESS_TEAM, what & 8 == 0 ? 0 : 1);
        (keys[6], values[6]) = (K.VOUCHER_PRICE_DASH_CAM, bound(what >> 16, 0, 1e24));
        _setMany(keys, values);
        ++calls["changeTerms"];
    }

    function pass(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 40 days));
        ++calls["pass"];
    }

    function _ownerOf(IDeviceEscrow.Record memory r) private view returns (address) {
        return r.kind == IDeviceEscrow.DeviceKind.Hardware
            ? directory.hardware(r.deviceId).owner
            : directory.software(r.deviceId).owner;
    }

    /// @dev A voucher in that state, zero when there is none.
    function _find(uint256 which, IDeviceEscrow.State state) private view returns (uint256) {
        uint256 count = vouchers.lastId();
        for (uint256 i = 0; i < count; ++i) {
            uint256 voucher = 1 + addmod(which, i, count);
            if (escrow.recordOf(voucher).state == state) return voucher;
        }
        return 0;
    }
}
