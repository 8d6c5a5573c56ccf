// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IRegistryErrors} from "../../src/interfaces/IRegistryErrors.sol";
import {
    AftermarketDeviceOwnerPair,
    MintVehicleAndSdWithNonceInput,
    MintVehicleWithNonceInput
} from "../../src/libraries/RegistryTypes.sol";
import {BaseTest} from "../helpers/BaseTest.sol";
import {Wallet} from "../helpers/Mocks.sol";

/// @dev Whole journeys over all contracts.
contract LifecycleTest is BaseTest {
    /// @dev From a provider's application to a paired device, all by relayer, the owner being a contract account.
    function test_relayedOnboardingOfASmartAccount() public {
        Wallet wallet = new Wallet(alice);
        MintVehicleWithNonceInput memory mint = _vehicleInput(ALICE_KEY, 1);
        mint.owner = address(wallet);
        mint.sacdInput = _grant(bob);
        mint.ownerSig = _sign(ALICE_KEY, _vehicleHash(mint));
        uint256 ad = _newDevice(device);
        bytes32 claim = _claimHash(ad, address(wallet), 2, _soon());
        bytes32 pair = _pairHash(ad, 1, 3, _soon());
        bytes memory claimOwner = _sign(ALICE_KEY, claim);
        bytes memory claimDevice = _sign(DEVICE_KEY, claim);
        bytes memory pairOwner = _sign(ALICE_KEY, pair);
        vm.startPrank(relayer);
        registry.mintVehicleWithDeviceDefinitionWithNonceSign(mint);
        registry.claimAftermarketDeviceWithNonceSign(ad, address(wallet), 2, _soon(), claimOwner, claimDevice);
        registry.pairAftermarketDeviceWithNonceSign(ad, 1, 3, _soon(), pairOwner);
        vm.stopPrank();
        assertEq(registry.getLink(address(d.vehicleId), 1), ad, "paired");
        assertTrue(d.sacd.hasPermission(address(d.vehicleId), 1, bob, 1), "granted");

        // The account itself acts as msg.sender too.
        wallet.execute(address(registry), abi.encodeCall(registry.unpairAftermarketDevice, (ad, 1)));
        assertEq(registry.getLink(address(d.vehicleId), 1), 0, "unpaired");
    }

    /// @dev A sale: grants, pairing, beneficiary and consent end; the buyer starts clean and can pair its own device.
    function test_saleAndSecondLife() public {
        MintVehicleAndSdWithNonceInput memory input = _combinedInput(ALICE_KEY, SD_KEY, 1);
        vm.prank(acme);
        registry.mintVehicleAndSdWithNonceSign(input);
        uint256 vehicle = d.vehicleId.lastId();
        uint256 ad = _newClaimedDevice(DEVICE_KEY, alice, 5);
        vm.startPrank(alice);
        registry.pairAftermarketDevice(ad, vehicle);
        d.sacd.setPermissions(address(d.vehicleId), vehicle, mallory, 0x3FFFC, type(uint64).max, 0, "ipfs://x");
        d.vehicleId.safeTransferFrom(alice, bob, vehicle);
        vm.stopPrank();

        assertFalse(d.sacd.hasPermission(address(d.vehicleId), vehicle, mallory, 1), "grants end");
        assertEq(registry.getLink(address(d.adId), ad), 0, "pairing ends");
        assertTrue(registry.isSyntheticDeviceConsentRequired(1), "connection waits");

        uint256 own = _newClaimedDevice(BOB_KEY, bob, 6);
        vm.startPrank(bob);
        registry.pairAftermarketDevice(own, vehicle);
        registry.giveSyntheticDeviceConsent(1);
        vm.stopPrank();
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, alice));
        registry.unpairAftermarketDevice(own, vehicle);
    }

    /// @dev Production stops with the stake and resumes with it; devices already sold keep their pairing.
    function test_slashedManufacturerStopsAndResumes() public {
        (uint256 vehicle, uint256 ad) = _newPair(alice);
        uint256 spare = _newDevice(bob);
        _slash(acme, 40_000e18);
        assertEq(d.token.balanceOf(admin), 40_000e18, "the court has what was taken");
        assertFalse(d.book.isLicensed(acme), "stake is short");
        assertEq(registry.getLink(address(d.adId), ad), vehicle, "existing pairing stays");

        AftermarketDeviceOwnerPair[] memory pairs = new AftermarketDeviceOwnerPair[](1);
        pairs[0] = AftermarketDeviceOwnerPair(spare, bob);
        vm.prank(acme);
        registry.claimAftermarketDeviceBatch(pairs);
        uint256 second = _newVehicle(bob);
        vm.prank(bob);
        vm.expectRevert(IRegistryErrors.InvalidLicense.selector);
        registry.pairAftermarketDevice(spare, second);
        _stakeFor(acme, 40_000e18);
        vm.prank(bob);
        registry.pairAftermarketDevice(spare, second);
        assertEq(registry.getLink(address(d.adId), spare), second, "paired");
    }

    /// @dev A manufacturer that changes hands must be licensed under its new owner.
    function test_licenseDoesNotMoveWithTheManufacturer() public {
        uint256 ad = _newClaimedDevice(DEVICE_KEY, alice, 1);
        uint256 vehicle = _newVehicle(alice);
        vm.prank(admin);
        registry.setController(bob);
        vm.prank(acme);
        d.manufacturerId.transferFrom(acme, bob, acmeId);
        vm.prank(alice);
        vm.expectRevert(IRegistryErrors.InvalidLicense.selector);
        registry.pairAftermarketDevice(ad, vehicle);
        _license(bob, STAKE);
        vm.prank(alice);
        registry.pairAftermarketDevice(ad, vehicle);
    }

    /// @dev Returned, reprovisioned and sold again: the old owner's signatures are of no use.
    function test_deviceSecondLife() public {
        uint256 ad = _newClaimedDevice(DEVICE_KEY, alice, 1);
        vm.prank(alice);
        d.adId.returnToManufacturer(ad);
        uint256[] memory ids = new uint256[](1);
        ids[0] = ad;
        vm.prank(acme);
        registry.reprovisionAftermarketDeviceByManufacturerBatch(ids);
        uint256 fresh = d.adId.lastId();
        bytes memory sig = _sign(DEVICE_KEY, _claimHash(fresh, bob, 2, _soon()));
        vm.prank(bob);
        registry.claimAftermarketDeviceWithNonce(fresh, 2, _soon(), sig);
        assertEq(d.adId.ownerOf(fresh), bob, "new owner");
        assertEq(registry.getAftermarketDeviceIdByAddress(device), fresh, "same key");
    }
}
