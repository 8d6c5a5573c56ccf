// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {IDeviceEscrow} from "../../src/interfaces/IDeviceEscrow.sol";
import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {IPreorderSpot} from "../../src/interfaces/IPreorderSpot.sol";
import {DeviceMoneyBase} from "../helpers/DeviceMoneyBase.sol";

contract PreorderSpotTest is DeviceMoneyBase {
    bytes32 private constant DASH_CAM = "dash_cam";
    bytes32 private constant STANDARD = "preorder-1";
    bytes32 private constant TEXT = keccak256("standard terms");
    bytes32 private constant FREE = keccak256("free terms");
    uint256 private constant PRICE = 500e18;

    uint256 private typeLicense;
    uint256 private shipBy;
    bytes32 private termsHash;

    function setUp() public override {
        super.setUp();
        typeLicense = _approveType(DASH_CAM);
        vm.prank(member);
        spots.publishTerms(STANDARD, TEXT, "ipfs://terms");
        termsHash = keccak256(abi.encode(STANDARD, TEXT, FREE));
        shipBy = block.timestamp + 90 days;
    }

    function _open(uint256 quantity) private returns (uint256 saleId) {
        vm.prank(acme);
        return spots.openSale(typeLicense, PRICE, quantity, shipBy, STANDARD, FREE, "ipfs://sale");
    }

    function _buySpots(address buyer, uint256 saleId, uint256 count) private returns (uint256 first) {
        vm.prank(admin);
        d.token.mint(buyer, PRICE * count);
        vm.startPrank(buyer);
        d.token.approve(address(spots), PRICE * count);
        first = spots.buy(saleId, count, termsHash);
        vm.stopPrank();
    }

    function test_D4_05_spotsHaveTermsAndPositionsAndAreTradeable() public {
        vm.expectEmit(true, true, true, true, address(spots));
        emit IPreorderSpot.SaleOpened(
            1, providerLicense, typeLicense, DASH_CAM, PRICE, 10, shipBy, STANDARD, FREE, termsHash, "ipfs://sale"
        );
        uint256 saleId = _open(10);
        _buySpots(bob, saleId, 2);
        uint256 spot = _buySpots(alice, saleId, 1);
        assertEq(spots.spotOf(spot).position, 3, "D4-06: position");
        assertEq(spots.saleOf(saleId).termsHash, termsHash, "standard and free terms");
        assertEq(spots.held(), 3 * PRICE, "held");
        assertEq(_balance(address(spots)), 3 * PRICE, "here");
        vm.prank(alice);
        spots.transferFrom(alice, bob, spot);
        assertEq(spots.ownerOf(spot), bob, "traded");
    }

    /// @dev D4-40: never before the type is approved; D4-45: with the maker's own stake.
    function test_D4_40_saleNeedsAnApprovedTypeOfTheCaller() public {
        vm.prank(acme);
        uint256 pending = book.applyForDeviceType(providerLicense, "hub", HASH);
        vm.startPrank(acme);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.TypeNotActive.selector, pending));
        spots.openSale(pending, PRICE, 1, shipBy, STANDARD, FREE, "");
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.TypeNotActive.selector, providerLicense));
        spots.openSale(providerLicense, PRICE, 1, shipBy, STANDARD, FREE, "");
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.UnknownTerms.selector, bytes32("none")));
        spots.openSale(typeLicense, PRICE, 1, shipBy, "none", FREE, "");
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.InvalidSale.selector, 0, 1, shipBy));
        spots.openSale(typeLicense, 0, 1, shipBy, STANDARD, FREE, "");
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.InvalidSale.selector, PRICE, 1, block.timestamp));
        spots.openSale(typeLicense, PRICE, 1, block.timestamp, STANDARD, FREE, "");
        vm.stopPrank();
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.NotSeller.selector, providerLicense, mallory));
        spots.openSale(typeLicense, PRICE, 1, shipBy, STANDARD, FREE, "");
        _suspend(providerLicense);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.TypeNotActive.selector, typeLicense));
        spots.openSale(typeLicense, PRICE, 1, shipBy, STANDARD, FREE, "");
    }

    function test_D4_45_partnersStakeIsNotEnoughForAPreSale() public {
        address maker = address(0x3A4E);
        vm.prank(maker);
        uint256 license = book.applyFor(ILicenseBook.Kind.Provider, HASH);
        vm.prank(governance);
        book.overrule(license, HASH);
        _post(financier, license, 100_000e18);
        vm.prank(maker);
        uint256 hub = book.applyForDeviceType(license, "hub", HASH);
        vm.prank(member);
        book.decide(hub, true, HASH);
        assertTrue(book.isActive(hub), "licensed");
        vm.prank(maker);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.OwnStakeMissing.selector, license, 0, 100_000e18));
        spots.openSale(hub, PRICE, 1, shipBy, STANDARD, FREE, "");
    }

    function test_buyIsBoundToTermsQuantityAndLicence() public {
        uint256 saleId = _open(2);
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.TermsDiffer.selector, saleId, termsHash));
        spots.buy(saleId, 1, FREE);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.SoldOut.selector, saleId, 2, 3));
        spots.buy(saleId, 3, termsHash);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.CountOutOfRange.selector, 0, 100));
        spots.buy(saleId, 0, termsHash);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.UnknownSale.selector, saleId + 1));
        spots.buy(saleId + 1, 1, termsHash);
        vm.stopPrank();
        _suspend(typeLicense);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.TypeNotActive.selector, typeLicense));
        spots.buy(saleId, 1, termsHash);
        vm.warp(shipBy + 1);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.SaleOver.selector, saleId));
        spots.buy(saleId, 1, termsHash);
    }

    function test_ownerRedeemsAgainstAHandedOverVoucher() public {
        uint256 spot = _buySpots(alice, _open(1), 1);
        uint256 voucher = _buy(acme, DASH_CAM, 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.NotDelivered.selector, spot, voucher));
        spots.redeem(spot, voucher);
        vm.prank(acme);
        vouchers.transferFrom(acme, alice, voucher);
        // The maker cannot claim a delivery with a voucher alone.
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.NotDelivered.selector, spot, voucher));
        spots.redeem(spot, voucher);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.NotSpotOwner.selector, spot, mallory));
        spots.redeem(spot, voucher);
        vm.expectEmit(true, true, true, true, address(spots));
        emit IPreorderSpot.SpotRedeemed(spot, voucher, alice, acme, PRICE);
        vm.prank(alice);
        spots.redeem(spot, voucher);
        assertEq(_balance(acme), PRICE, "paid");
        assertEq(spots.held(), 0, "nothing held");
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, spot));
        spots.refund(spot);
    }

    function test_makerRedeemsWithADeviceBondedForTheOwnerAfterThePurchase() public {
        (uint256 early,) = _bonded(DASH_CAM);
        vm.warp(block.timestamp + 1 days);
        uint256 saleId = _open(3);
        uint256 spot = _buySpots(bob, saleId, 1);
        uint256 late = _bondFor(bob);
        _settle(late, 1, bob);
        vm.startPrank(acme);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.NotDelivered.selector, spot, early));
        spots.redeem(spot, early);
        spots.redeem(spot, late);
        vm.stopPrank();
        assertEq(spots.held(), 0, "paid");
        uint256 second = _buySpots(bob, saleId, 1);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.VoucherUsed.selector, late, spot));
        spots.redeem(second, late);
    }

    /// @dev Economy §5: a maker gives a bonded device away without the receiver's consent; that is no delivery.
    function test_makerNeedsAConnectedMonth() public {
        uint256 spot = _buySpots(bob, _open(1), 1);
        (uint256 vehicle, uint256 ad) = _newPair(alice);
        uint256 voucher = _buy(acme, DASH_CAM, 1);
        _bond(acme, voucher, IDeviceEscrow.DeviceKind.Hardware, ad);
        vm.prank(alice);
        registry.transferVehicleWithDevice(vehicle, bob);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.NotDelivered.selector, spot, voucher));
        spots.redeem(spot, voucher);
        uint256 snapshot = vm.snapshotState();
        // The owner's word is immediate.
        vm.prank(bob);
        spots.redeem(spot, voucher);
        assertEq(_balance(acme), PRICE, "confirmed");
        vm.revertToState(snapshot);
        _settle(voucher, 1, bob);
        vm.prank(acme);
        spots.redeem(spot, voucher);
        assertEq(spots.held(), 0, "in use");
    }

    function test_makerCannotClaimADeviceFromBeforeThePurchase() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        vm.warp(block.timestamp + 1 days);
        uint256 spot = _buySpots(alice, _open(1), 1);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.NotDelivered.selector, spot, voucher));
        spots.redeem(spot, voucher);
        vm.prank(alice);
        spots.redeem(spot, voucher);
    }

    function test_redeemNeedsTheTypeOfTheSale() public {
        uint256 spot = _buySpots(alice, _open(1), 1);
        uint256 voucher = _buy(alice, "ai", 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.WrongType.selector, voucher, bytes32("ai")));
        spots.redeem(spot, voucher);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.WrongType.selector, voucher + 1, bytes32(0)));
        spots.redeem(spot, voucher + 1);
    }

    function test_refundAfterTheShipByDate() public {
        uint256 spot = _buySpots(alice, _open(1), 1);
        vm.warp(shipBy);
        assertFalse(spots.isRefundable(spot), "still time");
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.NotRefundable.selector, spot, shipBy));
        spots.refund(spot);
        vm.warp(shipBy + 1);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.NotSpotOwner.selector, spot, acme));
        spots.refund(spot);
        vm.expectEmit(true, true, true, true, address(spots));
        emit IPreorderSpot.SpotRefunded(spot, alice, PRICE);
        vm.prank(alice);
        spots.refund(spot);
        assertEq(_balance(alice), PRICE, "paid back");
        assertEq(spots.held(), 0, "nothing held");
    }

    function test_refundAtOnceAfterCancellationOrTheEndOfALicence() public {
        uint256 saleId = _open(2);
        uint256 first = _buySpots(alice, saleId, 1);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.NotSeller.selector, providerLicense, mallory));
        spots.cancelSale(saleId);
        uint256 other = _buySpots(bob, _open(1), 1);
        vm.prank(acme);
        spots.cancelSale(saleId);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.SaleOver.selector, saleId));
        spots.cancelSale(saleId);
        assertTrue(spots.isRefundable(first), "cancelled");
        assertFalse(spots.isRefundable(other), "other sale");
        _revoke(typeLicense);
        assertTrue(spots.isRefundable(other), "type revoked");
        vm.prank(bob);
        spots.refund(other);
        vm.prank(alice);
        spots.refund(first);
        assertEq(_balance(address(spots)), 0, "all paid back");
    }

    function test_standardTermsArePublishedOnce() public {
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.NotTeam.selector, mallory));
        spots.publishTerms("preorder-2", TEXT, "");
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(IPreorderSpot.TermsExist.selector, STANDARD));
        spots.publishTerms(STANDARD, FREE, "");
        vm.expectRevert(IPreorderSpot.ZeroHash.selector);
        spots.publishTerms("preorder-2", 0, "");
        vm.stopPrank();
        assertEq(spots.termsTextOf(STANDARD), TEXT, "text");
    }

    function _bondFor(address owner) private returns (uint256 voucher) {
        uint256 vehicle = _newVehicle(owner);
        uint256 ad = _newClaimedDevice(0xD2, owner, 9);
        vm.prank(owner);
        registry.pairAftermarketDevice(ad, vehicle);
        voucher = _buy(acme, DASH_CAM, 1);
        _bond(acme, voucher, IDeviceEscrow.DeviceKind.Hardware, ad);
    }
}
