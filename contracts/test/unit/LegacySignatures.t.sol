// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IRegistryErrors} from "../../src/interfaces/IRegistryErrors.sol";
import {
    MintSyntheticDeviceInput,
    MintVehicleAndSdWithDdInput,
    MintVehicleAndSdWithDdInputBatch,
    MintVehicleAndSdWithDdInputWithSnId
} from "../../src/libraries/RegistryTypes.sol";
import {SignedTypes} from "../../src/libraries/SignedTypes.sol";
import {BaseTest} from "../helpers/BaseTest.sol";

/// @dev Messages as deployed: no nonce, no deadline. Refused unless the admin switches them on.
contract LegacySignaturesTest is BaseTest {
    bytes private refused = abi.encodeWithSelector(IRegistryErrors.LegacySignaturesDisabled.selector);

    function _enable() private {
        vm.prank(admin);
        registry.setLegacySignaturesEnabled(true);
    }

    function _vehicleSig(uint256 key) private view returns (bytes memory) {
        (bytes32 attributes, bytes32 infos) = _columns(_vehiclePairs());
        return _sign(
            key,
            keccak256(
                abi.encode(
                    SignedTypes.LEGACY_MINT_VEHICLE, acmeId, vm.addr(key), keccak256(bytes(DD_ID)), attributes, infos
                )
            )
        );
    }

    function _two(bytes32 typehash, uint256 a, uint256 b) private pure returns (bytes32) {
        return keccak256(abi.encode(typehash, a, b));
    }

    function _combined() private view returns (MintVehicleAndSdWithDdInput memory i) {
        i.manufacturerNode = acmeId;
        i.owner = alice;
        i.deviceDefinitionId = DD_ID;
        i.attrInfoPairsVehicle = _vehiclePairs();
        i.connectionId = connectionId;
        i.vehicleOwnerSig = _vehicleSig(ALICE_KEY);
        i.syntheticDeviceAddr = sdKey;
        i.syntheticDeviceSig =
            _sign(SD_KEY, keccak256(abi.encode(SignedTypes.LEGACY_MINT_VEHICLE_AND_SD, connectionId)));
        i.attrInfoPairsDevice = _noPairs();
    }

    function _combinedWithNode() private view returns (MintVehicleAndSdWithDdInputWithSnId memory i) {
        MintVehicleAndSdWithDdInput memory n = _combined();
        i.manufacturerNode = n.manufacturerNode;
        i.owner = n.owner;
        i.deviceDefinitionId = n.deviceDefinitionId;
        i.storageNodeId = registry.getDefaultStorageNodeId();
        i.attrInfoPairsVehicle = n.attrInfoPairsVehicle;
        i.connectionId = n.connectionId;
        i.vehicleOwnerSig = n.vehicleOwnerSig;
        i.syntheticDeviceSig = n.syntheticDeviceSig;
        i.syntheticDeviceAddr = n.syntheticDeviceAddr;
        i.attrInfoPairsDevice = n.attrInfoPairsDevice;
    }

    function _combinedBatch() private view returns (MintVehicleAndSdWithDdInputBatch[] memory list) {
        MintVehicleAndSdWithDdInput memory n = _combined();
        list = new MintVehicleAndSdWithDdInputBatch[](1);
        list[0].manufacturerNode = n.manufacturerNode;
        list[0].owner = n.owner;
        list[0].deviceDefinitionId = n.deviceDefinitionId;
        list[0].attrInfoPairsVehicle = n.attrInfoPairsVehicle;
        list[0].connectionId = n.connectionId;
        list[0].vehicleOwnerSig = n.vehicleOwnerSig;
        list[0].syntheticDeviceSig = n.syntheticDeviceSig;
        list[0].syntheticDeviceAddr = n.syntheticDeviceAddr;
        list[0].attrInfoPairsDevice = n.attrInfoPairsDevice;
        list[0].sacdInput = _grant(bob);
    }

    function _sdLegacy(uint256 vehicle) private view returns (MintSyntheticDeviceInput memory i) {
        bytes32 hash = _two(SignedTypes.LEGACY_MINT_SD, connectionId, vehicle);
        i.connectionId = connectionId;
        i.vehicleNode = vehicle;
        i.syntheticDeviceSig = _sign(SD_KEY, hash);
        i.vehicleOwnerSig = _sign(ALICE_KEY, hash);
        i.syntheticDeviceAddr = sdKey;
        i.attrInfoPairs = _noPairs();
    }

    function test_everyLegacyEntryIsRefusedWhileOff() public {
        (uint256 vehicle, uint256 ad) = _newPair(alice);
        uint256 sd = _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 9);
        bytes memory sig = _vehicleSig(ALICE_KEY);
        MintVehicleAndSdWithDdInput memory both = _combined();
        MintVehicleAndSdWithDdInputWithSnId memory wide = _combinedWithNode();
        MintVehicleAndSdWithDdInputBatch[] memory batch = _combinedBatch();
        MintSyntheticDeviceInput memory single = _sdLegacy(vehicle);
        vm.startPrank(relayer);
        vm.expectRevert(refused);
        registry.mintVehicleWithDeviceDefinitionSign(acmeId, alice, DD_ID, _vehiclePairs(), sig);
        vm.expectRevert(refused);
        registry.mintVehicleWithDeviceDefinitionSign(acmeId, alice, 0, DD_ID, _vehiclePairs(), sig);
        vm.expectRevert(refused);
        registry.burnVehicleSign(vehicle, sig);
        vm.expectRevert(refused);
        registry.claimAftermarketDeviceSign(ad, alice, sig, sig);
        vm.expectRevert(refused);
        registry.claimAftermarketDevice(ad, sig);
        vm.expectRevert(refused);
        registry.pairAftermarketDeviceSign(ad, vehicle, sig);
        vm.expectRevert(refused);
        registry.pairAftermarketDeviceSign(ad, vehicle, sig, sig);
        vm.expectRevert(refused);
        registry.pairAftermarketDeviceWithAdSig(ad, vehicle, sig);
        vm.expectRevert(refused);
        registry.unpairAftermarketDeviceSign(ad, vehicle, sig);
        vm.expectRevert(refused);
        registry.mintSyntheticDeviceSign(single);
        vm.expectRevert(refused);
        registry.burnSyntheticDeviceSign(vehicle, sd, sig);
        vm.expectRevert(refused);
        registry.mintVehicleAndSdWithDeviceDefinitionSign(both);
        vm.expectRevert(refused);
        registry.mintVehicleAndSdWithDeviceDefinitionSign(wide);
        vm.expectRevert(refused);
        registry.mintVehicleAndSdWithDeviceDefinitionSignAndSacd(both, _grant(bob));
        vm.expectRevert(refused);
        registry.mintVehicleAndSdWithDeviceDefinitionSignAndSacd(wide, _grant(bob));
        vm.expectRevert(refused);
        registry.mintVehicleAndSdWithDeviceDefinitionSignBatch(batch);
    }

    function test_deployedVehicleMessagesWorkWhileOn() public {
        _enable();
        bytes memory sig = _vehicleSig(ALICE_KEY);
        uint256 node = registry.getDefaultStorageNodeId();
        vm.startPrank(relayer);
        registry.mintVehicleWithDeviceDefinitionSign(acmeId, alice, DD_ID, _vehiclePairs(), sig);
        registry.mintVehicleWithDeviceDefinitionSign(acmeId, alice, node, DD_ID, _vehiclePairs(), sig);
        assertEq(d.vehicleId.balanceOf(alice), 2, "two: the legacy message can be replayed");
        vm.expectRevert(IRegistryErrors.InvalidOwnerSignature.selector);
        registry.mintVehicleWithDeviceDefinitionSign(acmeId, bob, DD_ID, _vehiclePairs(), sig);
        bytes memory burn = _sign(ALICE_KEY, keccak256(abi.encode(SignedTypes.LEGACY_BURN_VEHICLE, uint256(1))));
        vm.expectRevert(IRegistryErrors.InvalidOwnerSignature.selector);
        registry.burnVehicleSign(2, burn);
        registry.burnVehicleSign(1, burn);
        assertFalse(d.vehicleId.exists(1), "burned");
    }

    function test_deployedDeviceMessagesWorkWhileOn() public {
        _enable();
        uint256 vehicle = _newVehicle(alice);
        uint256 ad = _newDevice(device);
        uint256 second = _newDevice(bob);
        bytes32 claim = keccak256(abi.encode(SignedTypes.LEGACY_CLAIM_AD, ad, alice));
        bytes memory claimOwner = _sign(ALICE_KEY, claim);
        bytes memory claimDevice = _sign(DEVICE_KEY, claim);
        vm.prank(relayer);
        vm.expectRevert(IRegistryErrors.InvalidAdSignature.selector);
        registry.claimAftermarketDeviceSign(ad, alice, claimOwner, claimOwner);
        vm.prank(relayer);
        registry.claimAftermarketDeviceSign(ad, alice, claimOwner, claimDevice);
        bytes memory secondSig = _sign(BOB_KEY, keccak256(abi.encode(SignedTypes.LEGACY_CLAIM_AD, second, alice)));
        vm.prank(alice);
        registry.claimAftermarketDevice(second, secondSig);

        bytes32 pair = _two(SignedTypes.LEGACY_PAIR_AD, ad, vehicle);
        bytes32 unpair = _two(SignedTypes.LEGACY_UNPAIR_AD, ad, vehicle);
        bytes memory pairOwner = _sign(ALICE_KEY, pair);
        bytes memory pairDevice = _sign(DEVICE_KEY, pair);
        bytes memory unpairOwner = _sign(ALICE_KEY, unpair);
        vm.startPrank(relayer);
        registry.pairAftermarketDeviceSign(ad, vehicle, pairOwner);
        vm.expectRevert(IRegistryErrors.InvalidSigner.selector);
        registry.unpairAftermarketDeviceSign(ad, vehicle, pairOwner);
        registry.unpairAftermarketDeviceSign(ad, vehicle, unpairOwner);
        registry.pairAftermarketDeviceSign(ad, vehicle, pairDevice, pairOwner);
        registry.unpairAftermarketDeviceSign(ad, vehicle, unpairOwner);
        vm.stopPrank();
        vm.prank(alice);
        registry.pairAftermarketDeviceWithAdSig(ad, vehicle, pairDevice);
        assertEq(registry.getLink(address(d.adId), ad), vehicle, "paired");
    }

    function test_deployedSyntheticMessagesWorkWhileOn() public {
        _enable();
        uint256 vehicle = _newVehicle(alice);
        MintSyntheticDeviceInput memory single = _sdLegacy(vehicle);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.mintSyntheticDeviceSign(single);
        vm.prank(acme);
        registry.mintSyntheticDeviceSign(single);
        assertEq(d.sdId.ownerOf(1), alice, "minted");
        bytes memory burn = _sign(ALICE_KEY, _two(SignedTypes.LEGACY_BURN_SD, vehicle, 1));
        vm.prank(relayer);
        registry.burnSyntheticDeviceSign(vehicle, 1, burn);
        assertFalse(d.sdId.exists(1), "burned");
    }

    function test_deployedCombinedMessagesWorkWhileOn() public {
        _enable();
        MintVehicleAndSdWithDdInput memory both = _combined();
        MintVehicleAndSdWithDdInputWithSnId memory wide = _combinedWithNode();
        MintVehicleAndSdWithDdInputBatch[] memory batch = _combinedBatch();
        vm.prank(acme);
        registry.mintVehicleAndSdWithDeviceDefinitionSign(both);
        vm.prank(alice);
        d.sdId.burn(1);
        vm.prank(acme);
        registry.mintVehicleAndSdWithDeviceDefinitionSign(wide);
        vm.prank(alice);
        d.sdId.burn(2);
        vm.prank(acme);
        registry.mintVehicleAndSdWithDeviceDefinitionSignAndSacd(both, _grant(bob));
        assertTrue(d.sacd.hasPermission(address(d.vehicleId), 3, bob, 1), "grant");
        vm.prank(alice);
        d.sdId.burn(3);
        vm.prank(acme);
        registry.mintVehicleAndSdWithDeviceDefinitionSignAndSacd(wide, _grant(bob));
        vm.prank(alice);
        d.sdId.burn(4);
        vm.startPrank(acme);
        registry.mintVehicleAndSdWithDeviceDefinitionSignBatch(batch);
        assertTrue(d.sacd.hasPermission(address(d.vehicleId), 5, bob, 1), "grant");
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.BatchTooLarge.selector, 51, 50));
        registry.mintVehicleAndSdWithDeviceDefinitionSignBatch(new MintVehicleAndSdWithDdInputBatch[](51));
        both.syntheticDeviceSig = both.vehicleOwnerSig;
        vm.expectRevert(IRegistryErrors.InvalidSdSignature.selector);
        registry.mintVehicleAndSdWithDeviceDefinitionSign(both);
    }

    /// @dev A message of one generation is no message of the other.
    function test_newEntriesRefuseLegacySignatures() public {
        _enable();
        (uint256 vehicle, uint256 ad) = _newPair(alice);
        bytes memory legacy = _sign(ALICE_KEY, _two(SignedTypes.LEGACY_UNPAIR_AD, ad, vehicle));
        vm.prank(relayer);
        vm.expectRevert(IRegistryErrors.InvalidSigner.selector);
        registry.unpairAftermarketDeviceWithNonceSign(ad, vehicle, 0, _soon(), legacy);
    }
}
