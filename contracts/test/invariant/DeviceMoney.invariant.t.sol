// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {DeviceEscrow} from "../../src/devicemoney/DeviceEscrow.sol";
import {EscrowLens} from "../../src/devicemoney/EscrowLens.sol";
import {MintVoucher} from "../../src/devicemoney/MintVoucher.sol";
import {IDeviceEscrow} from "../../src/interfaces/IDeviceEscrow.sol";
import {IEscrowLens} from "../../src/interfaces/IEscrowLens.sol";
import {IMintVoucher} from "../../src/interfaces/IMintVoucher.sol";
import {DimoToken} from "../../src/token/DimoToken.sol";
import {Assertions} from "../helpers/Assertions.sol";
import {DeviceMoneyHandler} from "./DeviceMoneyHandler.sol";
import {FuzzSelector} from "./FuzzSelector.sol";

contract DeviceMoneyInvariantTest is Assertions {
    DeviceMoneyHandler private handler;
    DimoToken private token;
    MintVoucher private vouchers;
    DeviceEscrow private escrow;
    EscrowLens private lens;

    function setUp() public {
        handler = new DeviceMoneyHandler();
        (address t,, address v, address e, address l) = handler.contracts();
        (token, vouchers, escrow, lens) = (DimoToken(t), MintVoucher(v), DeviceEscrow(e), EscrowLens(l));
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0] = FuzzSelector(address(handler), handler.selectors());
    }

    /// @dev D3-104, and every part is where the account says, in tokens.
    function invariant_everyWeiOfEveryPriceIsSomewhere() public view {
        IEscrowLens.Account memory sum;
        for (uint256 v = 1; v <= vouchers.lastId(); ++v) {
            IEscrowLens.Account memory a = lens.accountOf(v);
            uint256 price = lens.escrowOf(v).price;
            assertEq(a.burned + a.provider + a.team + a.user + a.treasury + a.held, price, "parts of a price");
            sum.burned += a.burned;
            sum.provider += a.provider;
            sum.team += a.team;
            sum.user += a.user;
            sum.treasury += a.treasury;
            sum.held += a.held;
        }
        (address provider, address team, address treasury, address alice, address bob) = handler.accounts();
        assertEq(token.balanceOf(address(escrow)), sum.held, "escrow holds what is held");
        assertEq(token.balanceOf(provider), sum.provider, "provider");
        assertEq(token.balanceOf(team), sum.team, "team");
        assertEq(token.balanceOf(treasury), sum.treasury, "treasury");
        assertEq(token.balanceOf(alice) + token.balanceOf(bob), sum.user, "users");
        assertEq(token.totalSupply() + sum.burned, handler.supplyAtStart() + handler.minted(), "burned");
        assertEq(token.balanceOf(address(vouchers)), 0, "vouchers hold nothing");
    }

    /// @dev D3-99.
    function invariant_supplyIsWithinTheCap() public view {
        uint256 sold;
        bytes32[] memory keys = vouchers.deviceTypes();
        for (uint256 i = 0; i < keys.length; ++i) {
            IMintVoucher.DeviceType memory t = vouchers.deviceType(keys[i]);
            assertTrue(t.cap == 0 || t.sold <= t.cap, "cap");
            sold += t.sold;
        }
        assertEq(vouchers.lastId(), sold, "every voucher has a type");
    }

    function invariant_recordsAreConsistent() public view {
        for (uint256 v = 1; v <= vouchers.lastId(); ++v) {
            IDeviceEscrow.Record memory r = escrow.recordOf(v);
            uint256 months = escrow.termsOf(r.termsId).months;
            bool bonded = r.state != IDeviceEscrow.State.Sold;
            assertTrue(vouchers.locked(v) == bonded, "bonded vouchers are locked");
            assertTrue(r.settled <= r.paid && r.paid <= months, "tranches");
            uint256 used;
            for (uint256 bits = r.usedPeriods; bits != 0; bits &= bits - 1) {
                ++used;
            }
            assertEq(used, r.settled, "each month pays once");
            if (bonded) assertEq(escrow.voucherOf(r.kind, r.deviceId), v, "one voucher a device");
            bool over = r.paid == months || r.stop != IDeviceEscrow.Stop.None;
            if (r.state == IDeviceEscrow.State.Closed) assertTrue(over, "closed for a reason");
            else assertTrue(r.paid < months, "open escrows owe something");
        }
    }
}
