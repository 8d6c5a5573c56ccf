// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {MintVoucher} from "../../src/devicemoney/MintVoucher.sol";
import {IDeviceEscrow} from "../../src/interfaces/IDeviceEscrow.sol";
import {IMintVoucher} from "../../src/interfaces/IMintVoucher.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {DimoToken} from "../../src/token/DimoToken.sol";
import {DeviceMoneyBase} from "../helpers/DeviceMoneyBase.sol";

contract MintVoucherTest is DeviceMoneyBase {
    bytes32 private constant DASH_CAM = "dash_cam";
    bytes32 private constant SCOOTER = "scooter";

    function _fund(address buyer, uint256 amount) private {
        vm.prank(admin);
        d.token.mint(buyer, amount);
        vm.prank(buyer);
        d.token.approve(address(vouchers), amount);
    }

    /// @dev D3-100, D3-103.
    function test_D3_100_sixInitialTypesWithPriceAndCap() public view {
        bytes32[6] memory keys = [
            bytes32("software"), bytes32("dongle"), bytes32("hub"), bytes32("dash_cam"), bytes32("fleet"), bytes32("ai")
        ];
        uint256[6] memory prices = [uint256(10), 50, 70, 80, 120, 150];
        uint256[6] memory caps = [uint256(1_000_000), 100_000, 30_000, 30_000, 100_000, 30_000];
        uint256 full;
        for (uint256 i = 0; i < 6; ++i) {
            IMintVoucher.DeviceType memory t = vouchers.deviceType(keys[i]);
            assertTrue(t.known && t.fromParameters && t.onSale, "on sale");
            assertEq(t.price, prices[i] * 1e18, "price");
            assertEq(t.cap, caps[i], "cap");
            full += t.price * t.cap;
            assertEq(vouchers.deviceTypes()[i], keys[i], "listed");
        }
        assertEq(full, 36_000_000e18, "full mint");
    }

    function test_D3_93_thePriceGoesToTheEscrow() public {
        _fund(bob, 160e18);
        vm.expectEmit(true, true, true, true, address(vouchers));
        emit IMintVoucher.VouchersSold(bob, bob, DASH_CAM, 1, 1, 2, 80e18);
        vm.prank(bob);
        uint256 first = vouchers.buy(DASH_CAM, 2, 160e18);
        assertEq(_balance(address(escrow)), 160e18, "escrowed");
        assertEq(_balance(address(vouchers)), 0, "nothing here");
        assertEq(vouchers.ownerOf(first + 1), bob, "owner");
        assertEq(vouchers.numberOf(first + 1), 2, "n");
        assertEq(vouchers.typeOf(first + 1), DASH_CAM, "type");
        vm.prank(bob);
        vouchers.transferFrom(bob, alice, first);
        assertEq(vouchers.ownerOf(first), alice, "D3-88: tradeable");
    }

    /// @dev D3-101: a financing partner pays, the maker has the vouchers.
    function test_D3_101_financingPartnerBuysForAMaker() public {
        _fund(financier, 500e18);
        vm.prank(financier);
        uint256 first = vouchers.buyFor(acme, "dongle", 10, 500e18);
        assertEq(vouchers.balanceOf(acme), 10, "maker");
        assertEq(_balance(financier), 0, "paid");
        assertEq(vouchers.ownerOf(first + 9), acme, "last");
    }

    function test_D3_102_numbersCountPerType() public {
        uint256 a = _buy(bob, DASH_CAM, 2);
        uint256 b = _buy(bob, "ai", 1);
        uint256 c = _buy(alice, DASH_CAM, 1);
        assertEq(vouchers.numberOf(a + 1), 2, "dash cam");
        assertEq(vouchers.numberOf(b), 1, "ai");
        assertEq(vouchers.numberOf(c), 3, "dash cam goes on");
    }

    function test_D3_99_capsHoldAndMayBeRaisedOrLifted() public {
        _set(K.VOUCHER_CAP_DASH_CAM, 3);
        _buy(bob, DASH_CAM, 2);
        _fund(bob, 160e18);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.CapReached.selector, DASH_CAM, 3, 4));
        vouchers.buy(DASH_CAM, 2, 160e18);
        _buy(bob, DASH_CAM, 1);
        _set(K.VOUCHER_CAP_DASH_CAM, 4);
        _buy(bob, DASH_CAM, 1);
        _set(K.VOUCHER_CAP_DASH_CAM, 0);
        _buy(bob, DASH_CAM, 100);
        assertEq(vouchers.deviceType(DASH_CAM).sold, 104, "unlimited");
    }

    function test_purchasesAreBounded() public {
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.CountOutOfRange.selector, 0, 100));
        vouchers.buy(DASH_CAM, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.CountOutOfRange.selector, 101, 100));
        vouchers.buy(DASH_CAM, 101, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.CostAboveLimit.selector, 80e18, 80e18 - 1));
        vouchers.buy(DASH_CAM, 1, 80e18 - 1);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.UnknownType.selector, SCOOTER));
        vouchers.buy(SCOOTER, 1, 80e18);
        _fund(bob, 1);
        vm.prank(bob);
        vm.expectRevert();
        vouchers.buy(DASH_CAM, 1, 80e18);
        assertEq(vouchers.lastId(), 0, "nothing sold");
    }

    /// @dev D3-53, D3-08: the team adds a type, governance prices it, no code changes.
    function test_D3_53_teamAddsATypeAndGovernancePricesIt() public {
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.NotTeam.selector, mallory));
        vouchers.addType(SCOOTER, HASH);
        vm.expectEmit(true, true, true, true, address(vouchers));
        emit IMintVoucher.TypeAdded(SCOOTER, HASH, member);
        vm.prank(member);
        vouchers.addType(SCOOTER, HASH);
        vm.prank(member);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.TypeExists.selector, SCOOTER));
        vouchers.addType(SCOOTER, HASH);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.TypeNotOnSale.selector, SCOOTER));
        vouchers.buy(SCOOTER, 1, 0);
        // D3-27: the team cannot give vouchers away.
        bytes32 role = vouchers.GOVERNANCE_ROLE();
        vm.prank(member);
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, member, role));
        vouchers.setTypeTerms(SCOOTER, 0, 0);
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.UnknownType.selector, bytes32("boat")));
        vouchers.setTypeTerms("boat", 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.PriceFromParameters.selector, DASH_CAM));
        vouchers.setTypeTerms(DASH_CAM, 1, 1);
        vm.expectEmit(true, true, true, true, address(vouchers));
        emit IMintVoucher.TypePriced(SCOOTER, 60e18, 2);
        vouchers.setTypeTerms(SCOOTER, 60e18, 2);
        vm.stopPrank();
        uint256 first = _buy(bob, SCOOTER, 2);
        assertEq(lens.escrowOf(first).totals.provider, 42e18, "70 %");
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.CapReached.selector, SCOOTER, 2, 3));
        vouchers.buy(SCOOTER, 1, 60e18);
    }

    function test_typeKeysAreShortText() public {
        vm.startPrank(governance);
        bytes32[3] memory bad = [bytes32(0), bytes32("eighteen_letters__"), bytes32("ab") | bytes32("\x00\x00\x00c")];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IMintVoucher.InvalidTypeKey.selector, bad[i]));
            vouchers.addType(bad[i], HASH);
        }
        vouchers.addType("seventeen_letters", HASH);
        vm.stopPrank();
    }

    /// @dev D3-97: read live, so that a new treasury or rate needs no call here.
    function testFuzz_D3_97_royaltyFollowsTheParameters(uint256 price, uint256 bps) public {
        bps = bound(bps, 0, 10_000);
        price = bound(price, 0, type(uint128).max);
        _set(K.VOUCHER_ROYALTY_BPS, bps);
        (address receiver, uint256 amount) = vouchers.royaltyInfo(1, price);
        assertEq(receiver, treasury, "treasury");
        assertEq(amount, (price * bps) / 10_000, "rate");
        vm.prank(governance);
        params.setAccount("treasury", bob);
        (receiver,) = vouchers.royaltyInfo(1, price);
        assertEq(receiver, bob, "live");
    }

    function test_bondedVouchersDoNotMove() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        vm.prank(device);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.VoucherBonded.selector, voucher));
        vouchers.transferFrom(device, bob, voucher);
        vm.prank(device);
        vouchers.approve(bob, voucher);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.VoucherBonded.selector, voucher));
        vouchers.transferFrom(device, bob, voucher);
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.OnlyEscrow.selector, admin));
        vouchers.bondTo(voucher, admin);
    }

    /// @dev C-14: the price is in the currency of the day; sold vouchers keep theirs.
    function test_C_14_otherCurrency() public {
        uint256 first = _buy(acme, DASH_CAM, 1);
        _set(K.VOUCHER_CURRENCY, 1);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.UnknownCurrency.selector, 1));
        vouchers.buy(DASH_CAM, 1, 80e18);
        DimoToken credits = DimoToken(_proxy(address(new DimoToken()), abi.encodeCall(DimoToken.initialize, (admin))));
        vm.prank(governance);
        vouchers.setCurrency(1, address(credits));
        vm.prank(admin);
        credits.mint(acme, 80e18);
        vm.startPrank(acme);
        credits.approve(address(vouchers), 80e18);
        uint256 second = vouchers.buy(DASH_CAM, 1, 80e18);
        vm.stopPrank();
        assertEq(lens.escrowOf(first).token, address(d.token), "first");
        assertEq(lens.escrowOf(second).token, address(credits), "second");
        (, uint256 ad) = _newPair(alice);
        _bond(acme, second, IDeviceEscrow.DeviceKind.Hardware, ad);
        _settle(second, 1, alice);
        assertEq(credits.balanceOf(acme), uint256(56e18) / 24, "rebate in credits");
        assertEq(_balance(address(escrow)), 80e18, "DIMO untouched");
    }

    /// @dev Deployed texts: 4,000 DCX a device, all of it burned when the device is bonded.
    function test_C_14_everythingBurnedAtBond() public {
        bytes32[] memory keys = new bytes32[](4);
        uint256[] memory values = new uint256[](4);
        (keys[0], values[0]) = (K.ESCROW_BURN_PPM, 1_000_000);
        (keys[1], values[1]) = (K.ESCROW_PROVIDER_BPS, 0);
        (keys[2], values[2]) = (K.ESCROW_TEAM_CAP_PPM, 0);
        (keys[3], values[3]) = (K.ESCROW_TEAM_FLOOR_PPM, 0);
        _setMany(keys, values);
        uint256 supply = d.token.totalSupply();
        (uint256 voucher,) = _bonded(DASH_CAM);
        assertEq(d.token.totalSupply(), supply, "80 minted for the purchase, 80 burned");
        _settle(voucher, 1, alice);
        _assertConserved(voucher);
    }

    function test_escrowIsSetOnceByTheAdmin() public {
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IMintVoucher.EscrowAlreadySet.selector, address(escrow)));
        vouchers.setEscrow(admin);
        bytes32 role = vouchers.DEFAULT_ADMIN_ROLE();
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, mallory, role));
        vouchers.setEscrow(mallory);
        role = vouchers.GOVERNANCE_ROLE();
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, mallory, role));
        vouchers.setCurrency(1, mallory);
    }

    function test_onlyTheUpgraderUpgrades() public {
        address next = address(new MintVoucher());
        bytes32 role = vouchers.UPGRADER_ROLE();
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, mallory, role));
        vouchers.upgradeToAndCall(next, "");
        vm.prank(admin);
        vouchers.upgradeToAndCall(next, "");
    }

    function test_interfaces() public {
        assertTrue(vouchers.supportsInterface(0x80ac58cd), "ERC-721");
        assertTrue(vouchers.supportsInterface(0x2a55205a), "ERC-2981");
        assertTrue(vouchers.supportsInterface(0xb45a3c0e), "ERC-5192");
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 9));
        vouchers.numberOf(9);
    }

    /// @dev One slot a voucher in the escrow: a hundred vouchers stay far below a block.
    function test_hundredVouchersInOnePurchase() public {
        _fund(bob, 8000e18);
        vm.prank(bob);
        uint256 before = gasleft();
        vouchers.buy(DASH_CAM, 100, 8000e18);
        assertTrue(before - gasleft() < 6_500_000, "gas");
        assertEq(vouchers.numberOf(100), 100, "last");
    }
}
