// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IPairingModule, ISyntheticDeviceEvents} from "../../src/interfaces/IDeviceModules.sol";
import {IRegistryErrors} from "../../src/interfaces/IRegistryErrors.sol";
import {BaseTest} from "../helpers/BaseTest.sol";
import {Reenterer, Wallet} from "../helpers/Mocks.sol";

contract PairingTest is BaseTest {
    uint256 private vehicle;
    uint256 private ad;

    function setUp() public override {
        super.setUp();
        vehicle = _newVehicle(alice);
        ad = _newClaimedDevice(DEVICE_KEY, alice, 1);
    }

    function _assertPaired(bool paired) private view {
        assertEq(registry.getLink(address(d.vehicleId), vehicle), paired ? ad : 0, "vehicle side");
        assertEq(registry.getLink(address(d.adId), ad), paired ? vehicle : 0, "device side");
    }

    function _pairNow() private {
        vm.prank(alice);
        registry.pairAftermarketDevice(ad, vehicle);
    }

    // Pair, four ways ----------------------------------------------------------------------------------------------

    function test_ownerOfBothPairs() public {
        vm.expectEmit(true, true, true, true, address(registry));
        emit IPairingModule.AftermarketDevicePaired(ad, vehicle, alice);
        _pairNow();
        _assertPaired(true);
    }

    function test_pairNeedsBothOwners() public {
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.pairAftermarketDevice(ad, vehicle);
        vm.prank(alice);
        d.adId.transferFrom(alice, bob, ad);
        vm.prank(alice);
        vm.expectRevert(IRegistryErrors.OwnersDoNotMatch.selector);
        registry.pairAftermarketDevice(ad, vehicle);
    }

    function test_vehicleOwnerPairsWithDeviceSignature() public {
        vm.prank(alice);
        d.adId.transferFrom(alice, bob, ad);
        bytes memory sig = _sign(DEVICE_KEY, _pairHash(ad, vehicle, 7, _soon()));
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.pairAftermarketDeviceWithAdSigAndNonce(ad, vehicle, 7, _soon(), sig);
        vm.startPrank(alice);
        vm.expectRevert(IRegistryErrors.InvalidAdSignature.selector);
        registry.pairAftermarketDeviceWithAdSigAndNonce(ad, vehicle, 8, _soon(), sig);
        registry.pairAftermarketDeviceWithAdSigAndNonce(ad, vehicle, 7, _soon(), sig);
        _assertPaired(true);
    }

    function test_relayerPairsForOneOwner() public {
        bytes memory sig = _sign(ALICE_KEY, _pairHash(ad, vehicle, 7, _soon()));
        bytes memory foreign = _sign(MALLORY_KEY, _pairHash(ad, vehicle, 7, _soon()));
        vm.startPrank(relayer);
        vm.expectRevert(IRegistryErrors.InvalidOwnerSignature.selector);
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, _soon(), foreign);
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, _soon(), sig);
        _assertPaired(true);
    }

    function test_relayerPairsForOneOwnerOnlyWhenOwnersMatch() public {
        vm.prank(alice);
        d.adId.transferFrom(alice, bob, ad);
        bytes memory sig = _sign(ALICE_KEY, _pairHash(ad, vehicle, 7, _soon()));
        vm.prank(relayer);
        vm.expectRevert(IRegistryErrors.OwnersDoNotMatch.selector);
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, _soon(), sig);
    }

    function test_relayerPairsWithDeviceAndOwner() public {
        vm.prank(alice);
        d.adId.transferFrom(alice, bob, ad);
        bytes memory owner = _sign(ALICE_KEY, _pairHash(ad, vehicle, 7, _soon()));
        bytes memory dev = _sign(DEVICE_KEY, _pairHash(ad, vehicle, 7, _soon()));
        vm.startPrank(relayer);
        vm.expectRevert(IRegistryErrors.InvalidAdSignature.selector);
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, _soon(), owner, owner);
        vm.expectRevert(IRegistryErrors.InvalidOwnerSignature.selector);
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, _soon(), dev, dev);
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, _soon(), dev, owner);
        _assertPaired(true);
        assertTrue(registry.isNonceUsed(alice, 7) && registry.isNonceUsed(device, 7), "both nonces");
    }

    function test_defect_pairSignatureCannotBeReplayedAfterUnpair() public {
        bytes memory owner = _sign(ALICE_KEY, _pairHash(ad, vehicle, 7, _soon()));
        bytes memory dev = _sign(DEVICE_KEY, _pairHash(ad, vehicle, 7, _soon()));
        vm.prank(relayer);
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, _soon(), dev, owner);
        vm.prank(alice);
        registry.unpairAftermarketDevice(ad, vehicle);
        vm.startPrank(relayer);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NonceAlreadyUsed.selector, device, 7));
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, _soon(), dev, owner);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NonceAlreadyUsed.selector, alice, 7));
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, _soon(), owner);
        vm.stopPrank();
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NonceAlreadyUsed.selector, device, 7));
        registry.pairAftermarketDeviceWithAdSigAndNonce(ad, vehicle, 7, _soon(), dev);
    }

    function test_expiredPairIsRefused() public {
        uint256 deadline = _soon();
        bytes memory sig = _sign(ALICE_KEY, _pairHash(ad, vehicle, 7, deadline));
        vm.warp(deadline + 1);
        bytes memory refused = abi.encodeWithSelector(IRegistryErrors.SignatureExpired.selector, deadline);
        vm.startPrank(relayer);
        vm.expectRevert(refused);
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, deadline, sig);
        vm.expectRevert(refused);
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, deadline, sig, sig);
        vm.stopPrank();
        vm.prank(alice);
        vm.expectRevert(refused);
        registry.pairAftermarketDeviceWithAdSigAndNonce(ad, vehicle, 7, deadline, sig);
    }

    function test_pairPreconditions() public {
        uint256 unclaimed = _newDevice(bob);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidNode.selector, address(d.adId), 99));
        registry.pairAftermarketDevice(99, vehicle);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidNode.selector, address(d.vehicleId), 99));
        registry.pairAftermarketDevice(ad, 99);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.AdNotClaimed.selector, unclaimed));
        registry.pairAftermarketDevice(unclaimed, vehicle);
        registry.pairAftermarketDevice(ad, vehicle);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.VehiclePaired.selector, vehicle));
        registry.pairAftermarketDevice(ad, vehicle);
        vm.stopPrank();
        uint256 second = _newVehicle(alice);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.AdPaired.selector, ad));
        registry.pairAftermarketDevice(ad, second);
    }

    /// @dev D3-76 on each of the four ways.
    function test_defect_pairNeedsALicensedManufacturer() public {
        bytes32 hash = _pairHash(ad, vehicle, 7, _soon());
        bytes memory owner = _sign(ALICE_KEY, hash);
        bytes memory dev = _sign(DEVICE_KEY, hash);
        _slash(acme, 1);
        vm.startPrank(alice);
        vm.expectRevert(IRegistryErrors.InvalidLicense.selector);
        registry.pairAftermarketDevice(ad, vehicle);
        vm.expectRevert(IRegistryErrors.InvalidLicense.selector);
        registry.pairAftermarketDeviceWithAdSigAndNonce(ad, vehicle, 7, _soon(), dev);
        vm.stopPrank();
        vm.startPrank(relayer);
        vm.expectRevert(IRegistryErrors.InvalidLicense.selector);
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, _soon(), owner);
        vm.expectRevert(IRegistryErrors.InvalidLicense.selector);
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, _soon(), dev, owner);
    }

    function test_bannedDeviceIsNotPaired() public {
        vm.prank(admin);
        d.standing.ban(device, "false data");
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.DeviceIsBanned.selector, device));
        registry.pairAftermarketDevice(ad, vehicle);
        vm.prank(admin);
        d.standing.unban(device, "fixed");
        _pairNow();
        _assertPaired(true);
    }

    // Unpair -------------------------------------------------------------------------------------------------------

    function test_eitherOwnerUnpairs() public {
        _pairNow();
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.unpairAftermarketDevice(ad, vehicle);
        vm.prank(alice);
        d.adId.transferFrom(alice, bob, ad);
        _assertPaired(true);
        vm.expectEmit(true, true, true, true, address(registry));
        emit IPairingModule.AftermarketDeviceUnpaired(ad, vehicle, alice);
        vm.prank(bob);
        registry.unpairAftermarketDevice(ad, vehicle);
        _assertPaired(false);
    }

    function test_relayedUnpair() public {
        _pairNow();
        vm.prank(alice);
        d.adId.transferFrom(alice, bob, ad);
        uint256 deadline = _soon();
        bytes memory byVehicleOwner = _sign(ALICE_KEY, _unpairHash(ad, vehicle, 3, deadline));
        bytes memory byDeviceOwner = _sign(BOB_KEY, _unpairHash(ad, vehicle, 4, deadline));
        bytes memory foreign = _sign(MALLORY_KEY, _unpairHash(ad, vehicle, 3, deadline));
        vm.startPrank(relayer);
        vm.expectRevert(IRegistryErrors.InvalidSigner.selector);
        registry.unpairAftermarketDeviceWithNonceSign(ad, vehicle, 3, deadline, foreign);
        registry.unpairAftermarketDeviceWithNonceSign(ad, vehicle, 3, deadline, byVehicleOwner);
        _assertPaired(false);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.VehicleNotPaired.selector, vehicle));
        registry.unpairAftermarketDeviceWithNonceSign(ad, vehicle, 4, deadline, byDeviceOwner);
        bytes memory owner = _sign(ALICE_KEY, _pairHash(ad, vehicle, 7, deadline));
        bytes memory dev = _sign(DEVICE_KEY, _pairHash(ad, vehicle, 7, deadline));
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, 7, deadline, dev, owner);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NonceAlreadyUsed.selector, alice, 3));
        registry.unpairAftermarketDeviceWithNonceSign(ad, vehicle, 3, deadline, byVehicleOwner);
        registry.unpairAftermarketDeviceWithNonceSign(ad, vehicle, 4, deadline, byDeviceOwner);
        _assertPaired(false);
    }

    function test_expiredUnpairIsRefused() public {
        _pairNow();
        uint256 deadline = _soon();
        bytes memory sig = _sign(ALICE_KEY, _unpairHash(ad, vehicle, 3, deadline));
        vm.warp(deadline + 1);
        vm.prank(relayer);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.SignatureExpired.selector, deadline));
        registry.unpairAftermarketDeviceWithNonceSign(ad, vehicle, 3, deadline, sig);
    }

    function test_relayedUnpairByContractOwner() public {
        Wallet wallet = new Wallet(alice);
        vm.startPrank(alice);
        registry.pairAftermarketDevice(ad, vehicle);
        registry.transferVehicleWithDevice(vehicle, address(wallet));
        vm.stopPrank();
        bytes memory sig = _sign(ALICE_KEY, _unpairHash(ad, vehicle, 3, _soon()));
        vm.prank(relayer);
        registry.unpairAftermarketDeviceWithNonceSign(ad, vehicle, 3, _soon(), sig);
        _assertPaired(false);
    }

    function test_unpairOfTheWrongPairIsRefused() public {
        _pairNow();
        uint256 second = _newVehicle(alice);
        uint256 third = _newClaimedDevice(BOB_KEY, alice, 1);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.VehicleNotPaired.selector, second));
        registry.unpairAftermarketDevice(ad, second);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.VehicleNotPaired.selector, vehicle));
        registry.unpairAftermarketDevice(third, vehicle);
    }

    // Transfer -----------------------------------------------------------------------------------------------------

    function test_defect_saleEndsThePairing() public {
        _pairNow();
        vm.expectEmit(true, true, true, true, address(registry));
        emit IPairingModule.AftermarketDeviceUnpaired(ad, vehicle, alice);
        vm.prank(alice);
        d.vehicleId.transferFrom(alice, bob, vehicle);
        _assertPaired(false);
        assertEq(d.adId.ownerOf(ad), alice, "the seller keeps the device");
    }

    function test_deviceMovesWithTheVehicle() public {
        _pairNow();
        vm.prank(alice);
        registry.setAftermarketDeviceBeneficiary(ad, mallory);
        vm.prank(alice);
        registry.transferVehicleWithDevice(vehicle, bob);
        _assertPaired(true);
        assertEq(d.vehicleId.ownerOf(vehicle), bob, "vehicle");
        assertEq(d.adId.ownerOf(ad), bob, "device");
        assertEq(registry.getBeneficiary(address(d.adId), ad), bob, "the seller's beneficiary ends");
    }

    function test_transferWithDeviceFailures() public {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.VehicleNotPaired.selector, vehicle));
        registry.transferVehicleWithDevice(vehicle, bob);
        registry.pairAftermarketDevice(ad, vehicle);
        vm.expectRevert(IRegistryErrors.ZeroAddress.selector);
        registry.transferVehicleWithDevice(vehicle, address(0));
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidNode.selector, address(d.vehicleId), 99));
        registry.transferVehicleWithDevice(99, bob);
        vm.stopPrank();
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.transferVehicleWithDevice(vehicle, mallory);
        vm.prank(alice);
        d.adId.transferFrom(alice, bob, ad);
        vm.prank(alice);
        vm.expectRevert(IRegistryErrors.OwnersDoNotMatch.selector);
        registry.transferVehicleWithDevice(vehicle, bob);
    }

    function test_defect_saleRequiresNewConsentForTheConnection() public {
        uint256 sd = _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 2);
        assertFalse(registry.isSyntheticDeviceConsentRequired(sd), "the owner signed the mint");
        vm.expectEmit(true, true, true, true, address(registry));
        emit ISyntheticDeviceEvents.SyntheticDeviceConsentRequired(sd, vehicle, bob);
        vm.prank(alice);
        d.vehicleId.transferFrom(alice, bob, vehicle);
        assertEq(d.sdId.ownerOf(sd), bob, "dragged along");
        assertEq(registry.getNodeLink(address(d.vehicleId), address(d.sdId), vehicle), sd, "still linked");
        assertTrue(registry.isSyntheticDeviceConsentRequired(sd), "required");

        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, alice));
        registry.giveSyntheticDeviceConsent(sd);
        vm.expectEmit(true, true, true, true, address(registry));
        emit ISyntheticDeviceEvents.SyntheticDeviceConsentGiven(sd, vehicle, bob);
        vm.startPrank(bob);
        registry.giveSyntheticDeviceConsent(sd);
        assertFalse(registry.isSyntheticDeviceConsentRequired(sd), "given");
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.ConsentNotRequired.selector, sd));
        registry.giveSyntheticDeviceConsent(sd);
    }

    function test_transferWithDeviceAlsoRequiresConsent() public {
        uint256 sd = _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 2);
        _pairNow();
        vm.prank(alice);
        registry.transferVehicleWithDevice(vehicle, bob);
        assertEq(d.sdId.ownerOf(sd), bob, "dragged along");
        assertTrue(registry.isSyntheticDeviceConsentRequired(sd), "required");
    }

    function test_saleEndsGrants() public {
        vm.prank(alice);
        d.sacd.setPermissions(address(d.vehicleId), vehicle, mallory, 3 << 2, _soon(), 0, "ipfs://x");
        assertTrue(d.sacd.hasPermission(address(d.vehicleId), vehicle, mallory, 1), "before");
        vm.prank(alice);
        d.vehicleId.transferFrom(alice, bob, vehicle);
        assertFalse(d.sacd.hasPermission(address(d.vehicleId), vehicle, mallory, 1), "after");
        assertFalse(d.sacd.hasPermission(address(d.vehicleId), vehicle, alice, 1), "seller");
        assertTrue(d.sacd.hasPermission(address(d.vehicleId), vehicle, bob, 1), "buyer");
    }

    /// @dev The receiver's code runs after every hook: it sees the finished state and cannot bring the link back.
    function test_receiverCallbackSeesTheFinishedTransfer() public {
        _pairNow();
        Reenterer receiver = new Reenterer();
        receiver.arm(address(registry), abi.encodeCall(registry.unpairAftermarketDevice, (ad, vehicle)));
        vm.prank(alice);
        d.vehicleId.safeTransferFrom(alice, address(receiver), vehicle);
        assertTrue(receiver.called(), "called");
        assertFalse(receiver.succeeded(), "already unpaired");
        _assertPaired(false);
        assertEq(d.vehicleId.ownerOf(vehicle), address(receiver), "owner");
    }

    function test_receiverMayMoveTheVehicleOn() public {
        _pairNow();
        Reenterer receiver = new Reenterer();
        receiver.arm(
            address(d.vehicleId),
            abi.encodeWithSignature("transferFrom(address,address,uint256)", address(receiver), bob, vehicle)
        );
        vm.prank(alice);
        d.vehicleId.safeTransferFrom(alice, address(receiver), vehicle);
        assertTrue(receiver.succeeded(), "moved on");
        assertEq(d.vehicleId.ownerOf(vehicle), bob, "owner");
        _assertPaired(false);
    }
}
