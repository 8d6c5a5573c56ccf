// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ISyntheticDeviceEvents, ISyntheticDeviceModule} from "../../src/interfaces/IDeviceModules.sol";
import {IRegistryErrors} from "../../src/interfaces/IRegistryErrors.sol";
import {
    MintSyntheticDeviceBatchInput,
    MintSyntheticDeviceWithNonceInput,
    MintVehicleAndSdWithNonceInput,
    SacdInput
} from "../../src/libraries/RegistryTypes.sol";
import {SignedTypes} from "../../src/libraries/SignedTypes.sol";
import {BaseTest} from "../helpers/BaseTest.sol";
import {Wallet} from "../helpers/Mocks.sol";

contract SyntheticDeviceTest is BaseTest {
    uint256 private vehicle;

    function setUp() public override {
        super.setUp();
        vehicle = _newVehicle(alice);
    }

    function _burnHash(uint256 sd, uint256 nonce, uint256 deadline) private view returns (bytes32) {
        return keccak256(abi.encode(SignedTypes.BURN_SD, vehicle, sd, nonce, deadline));
    }

    function test_mint() public {
        vm.expectEmit(true, true, true, true, address(registry));
        emit ISyntheticDeviceEvents.SyntheticDeviceNodeMinted(connectionId, 1, vehicle, sdKey, alice);
        uint256 sd = _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 1);
        assertEq(d.sdId.ownerOf(sd), alice, "owner");
        assertEq(registry.getNodeLink(address(d.vehicleId), address(d.sdId), vehicle), sd, "vehicle side");
        assertEq(registry.getNodeLink(address(d.sdId), address(d.vehicleId), sd), vehicle, "device side");
        assertEq(registry.getParentNode(address(d.sdId), sd), connectionId, "parent");
        assertEq(registry.getSyntheticDeviceIdByAddress(sdKey), sd, "id by address");
        assertEq(registry.getSyntheticDeviceAddressById(sd), sdKey, "address by id");
    }

    function test_mintNeedsThePermissionOnTheConnection() public {
        MintSyntheticDeviceWithNonceInput memory input = _sdInput(vehicle, ALICE_KEY, SD_KEY, 1);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.mintSyntheticDeviceWithNonceSign(input);
        vm.prank(acme);
        d.sacd.setPermissions(address(d.connections), connectionId, bob, 3 << 2, _soon(), 0, "ipfs://x");
        vm.prank(bob);
        registry.mintSyntheticDeviceWithNonceSign(input);
        assertEq(d.sdId.ownerOf(1), alice, "owner");
    }

    function test_soldConnectionEndsGrants() public {
        vm.startPrank(acme);
        d.sacd.setPermissions(address(d.connections), connectionId, bob, 3 << 2, _soon(), 0, "ipfs://x");
        d.connections.transferFrom(acme, alice, connectionId);
        vm.stopPrank();
        MintSyntheticDeviceWithNonceInput memory input = _sdInput(vehicle, ALICE_KEY, SD_KEY, 1);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, bob));
        registry.mintSyntheticDeviceWithNonceSign(input);
        vm.prank(alice);
        vm.expectRevert(IRegistryErrors.InvalidLicense.selector);
        registry.mintSyntheticDeviceWithNonceSign(input);
    }

    function test_defect_mintNeedsALicensedConnectionOwner() public {
        MintSyntheticDeviceWithNonceInput memory input = _sdInput(vehicle, ALICE_KEY, SD_KEY, 1);
        MintVehicleAndSdWithNonceInput memory both = _combinedInput(ALICE_KEY, SD_KEY, 2);
        _slash(acme, 1);
        vm.startPrank(acme);
        vm.expectRevert(IRegistryErrors.InvalidLicense.selector);
        registry.mintSyntheticDeviceWithNonceSign(input);
        vm.expectRevert(IRegistryErrors.InvalidLicense.selector);
        registry.mintVehicleAndSdWithNonceSign(both);
    }

    function test_mintFailures() public {
        MintSyntheticDeviceWithNonceInput memory input = _sdInput(vehicle, ALICE_KEY, SD_KEY, 1);
        vm.startPrank(acme);
        input.connectionId = 1;
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidParentNode.selector, 1));
        registry.mintSyntheticDeviceWithNonceSign(input);
        input = _sdInput(vehicle, BOB_KEY, SD_KEY, 1);
        vm.expectRevert(IRegistryErrors.InvalidOwnerSignature.selector);
        registry.mintSyntheticDeviceWithNonceSign(input);
        input = _sdInput(vehicle, ALICE_KEY, SD_KEY, 1);
        input.syntheticDeviceSig = input.vehicleOwnerSig;
        vm.expectRevert(IRegistryErrors.InvalidSdSignature.selector);
        registry.mintSyntheticDeviceWithNonceSign(input);
        // The device address is part of the message: the owner agrees to one key.
        input = _sdInput(vehicle, ALICE_KEY, SD_KEY, 1);
        input.syntheticDeviceAddr = vm.addr(MALLORY_KEY);
        input.syntheticDeviceSig = _sign(MALLORY_KEY, _sdHash(input));
        vm.expectRevert(IRegistryErrors.InvalidOwnerSignature.selector);
        registry.mintSyntheticDeviceWithNonceSign(input);
        input = _sdInput(99, ALICE_KEY, SD_KEY, 1);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidNode.selector, address(d.vehicleId), 99));
        registry.mintSyntheticDeviceWithNonceSign(input);
        input = _sdInput(vehicle, ALICE_KEY, SD_KEY, 1);
        vm.warp(input.deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.SignatureExpired.selector, input.deadline));
        registry.mintSyntheticDeviceWithNonceSign(input);
    }

    function test_oneDevicePerVehicleAndOneVehiclePerKey() public {
        _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 1);
        MintSyntheticDeviceWithNonceInput memory input = _sdInput(vehicle, ALICE_KEY, BOB_KEY, 2);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.VehiclePaired.selector, vehicle));
        registry.mintSyntheticDeviceWithNonceSign(input);
        uint256 second = _newVehicle(alice);
        input = _sdInput(second, ALICE_KEY, SD_KEY, 3);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.DeviceAlreadyRegistered.selector, sdKey));
        registry.mintSyntheticDeviceWithNonceSign(input);
        _newDevice(device);
        input = _sdInput(second, ALICE_KEY, DEVICE_KEY, 4);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.DeviceAlreadyRegistered.selector, device));
        registry.mintSyntheticDeviceWithNonceSign(input);
    }

    function test_defect_replayedMintIsRefused() public {
        MintSyntheticDeviceWithNonceInput memory input = _sdInput(vehicle, ALICE_KEY, SD_KEY, 1);
        vm.prank(acme);
        registry.mintSyntheticDeviceWithNonceSign(input);
        vm.prank(alice);
        d.sdId.burn(1);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NonceAlreadyUsed.selector, sdKey, 1));
        registry.mintSyntheticDeviceWithNonceSign(input);
    }

    function test_bannedKeyIsNotMinted() public {
        vm.prank(admin);
        d.standing.ban(sdKey, "r");
        MintSyntheticDeviceWithNonceInput memory input = _sdInput(vehicle, ALICE_KEY, SD_KEY, 1);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.DeviceIsBanned.selector, sdKey));
        registry.mintSyntheticDeviceWithNonceSign(input);
    }

    function test_contractOwnerSignsByErc1271() public {
        Wallet wallet = new Wallet(alice);
        vm.prank(alice);
        d.vehicleId.transferFrom(alice, address(wallet), vehicle);
        uint256 sd = _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 1);
        assertEq(d.sdId.ownerOf(sd), address(wallet), "owner");
    }

    function test_unsignedBatchWaitsForConsent() public {
        MintSyntheticDeviceBatchInput[] memory list = new MintSyntheticDeviceBatchInput[](1);
        list[0].vehicleNode = vehicle;
        list[0].syntheticDeviceAddr = sdKey;
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, admin));
        registry.mintSyntheticDeviceBatch(connectionId, list);
        vm.prank(acme);
        d.sacd.setPermissions(address(d.connections), connectionId, admin, 3 << 2, _soon(), 0, "ipfs://x");
        vm.startPrank(admin);
        vm.expectEmit(true, true, true, true, address(registry));
        emit ISyntheticDeviceEvents.SyntheticDeviceConsentRequired(1, vehicle, alice);
        registry.mintSyntheticDeviceBatch(connectionId, list);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.BatchTooLarge.selector, 51, 50));
        registry.mintSyntheticDeviceBatch(connectionId, new MintSyntheticDeviceBatchInput[](51));
        vm.stopPrank();
        assertTrue(registry.isSyntheticDeviceConsentRequired(1), "required");
    }

    function test_ownerBurns() public {
        uint256 sd = _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 1);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        d.sdId.burn(sd);
        vm.expectEmit(true, true, true, true, address(registry));
        emit ISyntheticDeviceModule.SyntheticDeviceNodeBurned(sd, vehicle, alice);
        vm.prank(alice);
        d.sdId.burn(sd);
        _assertGone(sd);
    }

    function test_relayedBurn() public {
        uint256 sd = _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 1);
        uint256 deadline = _soon();
        bytes memory sig = _sign(ALICE_KEY, _burnHash(sd, 2, deadline));
        bytes memory foreign = _sign(BOB_KEY, _burnHash(sd, 2, deadline));
        uint256 second = _newVehicle(alice);
        vm.startPrank(relayer);
        vm.expectRevert(IRegistryErrors.InvalidOwnerSignature.selector);
        registry.burnSyntheticDeviceWithNonceSign(vehicle, sd, 2, deadline, foreign);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.VehicleNotPaired.selector, second));
        registry.burnSyntheticDeviceWithNonceSign(second, sd, 2, deadline, sig);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidNode.selector, address(d.sdId), 9));
        registry.burnSyntheticDeviceWithNonceSign(vehicle, 9, 2, deadline, sig);
        registry.burnSyntheticDeviceWithNonceSign(vehicle, sd, 2, deadline, sig);
        _assertGone(sd);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.SignatureExpired.selector, deadline));
        registry.burnSyntheticDeviceWithNonceSign(vehicle, sd, 2, deadline, sig);
    }

    function _assertGone(uint256 sd) private view {
        assertFalse(d.sdId.exists(sd), "token");
        assertEq(registry.getNodeLink(address(d.vehicleId), address(d.sdId), vehicle), 0, "vehicle side");
        assertEq(registry.getNodeLink(address(d.sdId), address(d.vehicleId), sd), 0, "device side");
        assertEq(registry.getSyntheticDeviceIdByAddress(sdKey), 0, "address");
        assertEq(registry.getParentNode(address(d.sdId), sd), 0, "parent");
    }

    function test_movesOnlyWithItsVehicle() public {
        uint256 sd = _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 1);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, alice));
        d.sdId.transferFrom(alice, bob, sd);
    }

    function test_attributesAreAllowListed() public {
        uint256 sd = _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 1);
        vm.startPrank(admin);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.AttributeNotWhitelisted.selector, "Kind"));
        registry.setSyntheticDeviceInfo(sd, _pairs("Kind", "x"));
        registry.addSyntheticDeviceAttribute("Kind");
        registry.setSyntheticDeviceInfo(sd, _pairs("Kind", "x"));
        assertEq(registry.getInfo(address(d.sdId), sd, "Kind"), "x", "info");
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidNode.selector, address(d.sdId), 9));
        registry.setSyntheticDeviceInfo(9, _pairs("Kind", "x"));
    }

    // Combined -----------------------------------------------------------------------------------------------------

    function test_combinedMint() public {
        MintVehicleAndSdWithNonceInput memory input = _combinedInput(ALICE_KEY, SD_KEY, 1);
        input.sacdInput = _grant(bob);
        input.vehicleOwnerSig = _sign(ALICE_KEY, _combinedHash(input));
        input.syntheticDeviceSig = _sign(SD_KEY, _combinedHash(input));
        vm.prank(acme);
        registry.mintVehicleAndSdWithNonceSign(input);
        uint256 id = d.vehicleId.lastId();
        assertEq(d.vehicleId.ownerOf(id), alice, "vehicle");
        assertEq(d.sdId.ownerOf(1), alice, "device");
        assertEq(registry.getNodeLink(address(d.vehicleId), address(d.sdId), id), 1, "link");
        assertTrue(d.sacd.hasPermission(address(d.vehicleId), id, bob, 1), "grant");
        assertFalse(registry.isSyntheticDeviceConsentRequired(1), "consented");
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NonceAlreadyUsed.selector, alice, 1));
        registry.mintVehicleAndSdWithNonceSign(input);
    }

    /// @dev The deployed device key signs the connection only: the same signature fits any vehicle and owner.
    function test_defect_deviceKeyIsBoundToTheOwner() public {
        MintVehicleAndSdWithNonceInput memory input = _combinedInput(ALICE_KEY, SD_KEY, 1);
        bytes memory deviceSig = input.syntheticDeviceSig;
        input = _combinedInput(BOB_KEY, SD_KEY, 1);
        input.syntheticDeviceSig = deviceSig;
        vm.prank(acme);
        vm.expectRevert(IRegistryErrors.InvalidSdSignature.selector);
        registry.mintVehicleAndSdWithNonceSign(input);
    }

    function test_defect_combinedMintCoversEveryField() public {
        SacdInput memory evil = _grant(mallory);
        for (uint256 i = 0; i < 9; ++i) {
            MintVehicleAndSdWithNonceInput memory input = _combinedInput(ALICE_KEY, SD_KEY, 1);
            if (i == 0) input.storageNodeId = registry.getDefaultStorageNodeId();
            else if (i == 1) input.sacdInput = evil;
            else if (i == 2) input.attrInfoPairsVehicle = _noPairs();
            else if (i == 3) input.attrInfoPairsDevice = _pairs("Kind", "x");
            else if (i == 4) input.deviceDefinitionId = "other";
            else if (i == 5) input.syntheticDeviceAddr = mallory;
            else if (i == 6) input.nonce = 2;
            else if (i == 7) input.deadline += 1;
            else input.manufacturerNode = 99;
            vm.prank(acme);
            vm.expectRevert(IRegistryErrors.InvalidOwnerSignature.selector);
            registry.mintVehicleAndSdWithNonceSign(input);
        }
    }

    function test_combinedMintFailures() public {
        MintVehicleAndSdWithNonceInput memory input = _combinedInput(ALICE_KEY, SD_KEY, 1);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.mintVehicleAndSdWithNonceSign(input);
        vm.warp(input.deadline + 1);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.SignatureExpired.selector, input.deadline));
        registry.mintVehicleAndSdWithNonceSign(input);
    }
}
