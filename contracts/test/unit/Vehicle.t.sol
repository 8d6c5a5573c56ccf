// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ISharedModule} from "../../src/interfaces/IRegistryCore.sol";
import {IRegistryErrors} from "../../src/interfaces/IRegistryErrors.sol";
import {IVehicleEvents} from "../../src/interfaces/IVehicleModules.sol";
import {AttributeInfoPair, MintVehicleWithNonceInput, SacdInput} from "../../src/libraries/RegistryTypes.sol";
import {SignedTypes} from "../../src/libraries/SignedTypes.sol";
import {BaseTest} from "../helpers/BaseTest.sol";
import {Wallet} from "../helpers/Mocks.sol";

contract VehicleTest is BaseTest {
    function _burnHash(uint256 id, uint256 nonce, uint256 deadline) private pure returns (bytes32) {
        return keccak256(abi.encode(SignedTypes.BURN_VEHICLE, id, nonce, deadline));
    }

    function test_mintWritesEverything() public {
        vm.expectEmit(true, true, true, true, address(registry));
        emit IVehicleEvents.VehicleNodeMintedWithDeviceDefinition(acmeId, 1, alice, DD_ID);
        vm.expectEmit(true, true, true, true, address(registry));
        emit ISharedModule.VehicleStorageNodeIdSet(1, registry.getDefaultStorageNodeId());
        vm.expectEmit(true, true, true, true, address(registry));
        emit IVehicleEvents.VehicleAttributeSet(1, "Make", "Acme");
        uint256 id = _newVehicle(alice);
        assertEq(id, 1, "ids start at 1");
        assertEq(d.vehicleId.ownerOf(id), alice, "owner");
        assertEq(registry.getParentNode(address(d.vehicleId), id), acmeId, "parent");
        assertEq(registry.getDeviceDefinitionIdByVehicleId(id), DD_ID, "definition");
        assertEq(registry.getInfo(address(d.vehicleId), id, "Make"), "Acme", "make");
        assertEq(registry.vehicleIdToStorageNodeId(id), registry.getDefaultStorageNodeId(), "storage node");
    }

    function test_mintVariantsWithStorageNodeAndGrant() public {
        vm.prank(admin);
        uint256 node = d.storageNode.mint(bob, bob, "bobs-node", "https://bob.invalid");
        vm.startPrank(alice);
        registry.mintVehicleWithDeviceDefinition(acmeId, alice, DD_ID, _noPairs(), _grant(bob));
        registry.mintVehicleWithDeviceDefinition(acmeId, alice, node, DD_ID, _noPairs());
        registry.mintVehicleWithDeviceDefinition(acmeId, alice, node, DD_ID, _noPairs(), _grant(bob));
        vm.stopPrank();
        assertTrue(d.sacd.hasPermission(address(d.vehicleId), 1, bob, 1), "grant 1");
        assertFalse(d.sacd.hasPermission(address(d.vehicleId), 2, bob, 1), "no grant 2");
        assertTrue(d.sacd.hasPermission(address(d.vehicleId), 3, bob, 1), "grant 3");
        assertEq(registry.vehicleIdToStorageNodeId(2), node, "node 2");
        assertEq(registry.vehicleIdToStorageNodeId(3), node, "node 3");
    }

    function test_mintForSomebodyElseIsRefused() public {
        vm.startPrank(mallory);
        bytes memory refused = abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory);
        vm.expectRevert(refused);
        registry.mintVehicleWithDeviceDefinition(acmeId, alice, DD_ID, _noPairs());
        vm.expectRevert(refused);
        registry.mintVehicleWithDeviceDefinition(acmeId, alice, DD_ID, _noPairs(), _grant(mallory));
        vm.expectRevert(refused);
        registry.mintVehicleWithDeviceDefinition(acmeId, alice, 0, DD_ID, _noPairs());
        vm.expectRevert(refused);
        registry.mintVehicleWithDeviceDefinition(acmeId, alice, 0, DD_ID, _noPairs(), _grant(mallory));
    }

    function test_mintChecksParentAttributeAndStorageNode() public {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidParentNode.selector, 99));
        registry.mintVehicleWithDeviceDefinition(99, alice, DD_ID, _noPairs());
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.AttributeNotWhitelisted.selector, "Colour"));
        registry.mintVehicleWithDeviceDefinition(acmeId, alice, DD_ID, _pairs("Colour", "red"));
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidStorageNode.selector, 77));
        registry.mintVehicleWithDeviceDefinition(acmeId, alice, 77, DD_ID, _noPairs());
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.BatchTooLarge.selector, 51, 50));
        registry.mintVehicleWithDeviceDefinition(acmeId, alice, DD_ID, new AttributeInfoPair[](51));
    }

    function test_relayedMint() public {
        MintVehicleWithNonceInput memory input = _vehicleInput(ALICE_KEY, 5);
        vm.prank(relayer);
        registry.mintVehicleWithDeviceDefinitionWithNonceSign(input);
        assertEq(d.vehicleId.ownerOf(1), alice, "owner");
        assertTrue(registry.isNonceUsed(alice, 5), "nonce");
    }

    function test_defect_replayedMintIsRefused() public {
        MintVehicleWithNonceInput memory input = _vehicleInput(ALICE_KEY, 5);
        vm.startPrank(relayer);
        registry.mintVehicleWithDeviceDefinitionWithNonceSign(input);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NonceAlreadyUsed.selector, alice, 5));
        registry.mintVehicleWithDeviceDefinitionWithNonceSign(input);
    }

    function test_expiredMintIsRefused() public {
        MintVehicleWithNonceInput memory input = _vehicleInput(ALICE_KEY, 5);
        vm.warp(input.deadline + 1);
        vm.prank(relayer);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.SignatureExpired.selector, input.deadline));
        registry.mintVehicleWithDeviceDefinitionWithNonceSign(input);
    }

    /// @dev The deployed message covers neither the storage node nor the grant: a relayer could choose both.
    function test_defect_relayerCannotChangeAnythingSigned() public {
        vm.startPrank(admin);
        d.storageNode.mint(mallory, mallory, "evil", "https://evil.invalid");
        vm.stopPrank();
        for (uint256 i = 0; i < 8; ++i) {
            MintVehicleWithNonceInput memory input = _vehicleInput(ALICE_KEY, 5);
            if (i == 0) input.storageNodeId = uint256(keccak256("evil"));
            else if (i == 1) input.sacdInput = _grant(mallory);
            else if (i == 2) input.attrInfoPairs[0].info = "Other";
            else if (i == 3) input.attrInfoPairs = _pairs("Make", "Acme");
            else if (i == 4) input.deviceDefinitionId = "other";
            else if (i == 5) input.owner = mallory;
            else if (i == 6) input.nonce = 6;
            else input.deadline += 1;
            vm.prank(relayer);
            vm.expectRevert(IRegistryErrors.InvalidOwnerSignature.selector);
            registry.mintVehicleWithDeviceDefinitionWithNonceSign(input);
        }
    }

    function test_contractOwnerSignsByErc1271() public {
        Wallet wallet = new Wallet(alice);
        MintVehicleWithNonceInput memory input = _vehicleInput(ALICE_KEY, 5);
        input.owner = address(wallet);
        input.sacdInput = _grant(bob);
        input.ownerSig = _sign(ALICE_KEY, _vehicleHash(input));
        vm.startPrank(relayer);
        registry.mintVehicleWithDeviceDefinitionWithNonceSign(input);
        assertEq(d.vehicleId.ownerOf(1), address(wallet), "owner");
        assertTrue(d.sacd.hasPermission(address(d.vehicleId), 1, bob, 1), "grant");

        bytes memory sig = _sign(MALLORY_KEY, _burnHash(1, 6, _soon()));
        vm.expectRevert(IRegistryErrors.InvalidOwnerSignature.selector);
        registry.burnVehicleWithNonceSign(1, 6, _soon(), sig);
        registry.burnVehicleWithNonceSign(1, 6, _soon(), _sign(ALICE_KEY, _burnHash(1, 6, _soon())));
        assertFalse(d.vehicleId.exists(1), "burned");
    }

    function test_ownerBurns() public {
        uint256 id = _newVehicle(alice);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        d.vehicleId.burn(id);
        vm.expectEmit(true, true, true, true, address(registry));
        emit IVehicleEvents.VehicleNodeBurned(id, alice);
        vm.prank(alice);
        d.vehicleId.burn(id);
        _assertGone(id);
    }

    function test_defect_relayedBurnLeavesNothing() public {
        uint256 id = _newVehicle(alice);
        bytes memory sig = _sign(ALICE_KEY, _burnHash(id, 1, _soon()));
        vm.prank(relayer);
        registry.burnVehicleWithNonceSign(id, 1, _soon(), sig);
        _assertGone(id);
    }

    function _assertGone(uint256 id) private view {
        assertFalse(d.vehicleId.exists(id), "token");
        assertEq(registry.vehicleIdToStorageNodeId(id), 0, "storage node");
        assertEq(registry.getDeviceDefinitionIdByVehicleId(id), "", "definition");
        assertEq(registry.getInfo(address(d.vehicleId), id, "Make"), "", "attribute");
        assertEq(registry.getParentNode(address(d.vehicleId), id), 0, "parent");
    }

    function test_burnSignatureFailures() public {
        uint256 id = _newVehicle(alice);
        uint256 deadline = _soon();
        bytes memory good = _sign(ALICE_KEY, _burnHash(id, 1, deadline));
        bytes memory foreign = _sign(BOB_KEY, _burnHash(id, 1, deadline));
        vm.startPrank(relayer);
        vm.expectRevert(IRegistryErrors.InvalidOwnerSignature.selector);
        registry.burnVehicleWithNonceSign(id, 1, deadline, foreign);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidNode.selector, address(d.vehicleId), 9));
        registry.burnVehicleWithNonceSign(9, 1, deadline, good);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.SignatureExpired.selector, deadline));
        registry.burnVehicleWithNonceSign(id, 1, deadline, good);
    }

    function test_burnOfAPairedVehicleIsRefused() public {
        (uint256 vehicle, uint256 ad) = _newPair(alice);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.VehiclePaired.selector, vehicle));
        d.vehicleId.burn(vehicle);
        registry.unpairAftermarketDevice(ad, vehicle);
        vm.stopPrank();
        uint256 sd = _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 9);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.VehiclePaired.selector, vehicle));
        d.vehicleId.burn(vehicle);
        d.sdId.burn(sd);
        d.vehicleId.burn(vehicle);
    }

    function test_onlyTheOwnerMoves() public {
        uint256 id = _newVehicle(alice);
        vm.prank(alice);
        d.vehicleId.approve(mallory, id);
        vm.prank(alice);
        d.vehicleId.setApprovalForAll(mallory, true);
        vm.startPrank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        d.vehicleId.transferFrom(alice, mallory, id);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        d.vehicleId.safeTransferFrom(alice, mallory, id);
        vm.stopPrank();
        vm.prank(alice);
        d.vehicleId.transferFrom(alice, bob, id);
        assertEq(d.vehicleId.ownerOf(id), bob, "owner");
    }

    function test_storageNodeOfAVehicle() public {
        uint256 id = _newVehicle(alice);
        vm.prank(admin);
        uint256 node = d.storageNode.mint(bob, bob, "bobs-node", "https://bob.invalid");
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.setStorageNodeIdForVehicle(id, node);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidStorageNode.selector, 3));
        registry.setStorageNodeIdForVehicle(id, 3);
        registry.setStorageNodeIdForVehicle(id, node);
        assertEq(registry.vehicleIdToStorageNodeId(id), node, "own node");
        registry.setStorageNodeIdForVehicle(id, 0);
        assertEq(registry.vehicleIdToStorageNodeId(id), registry.getDefaultStorageNodeId(), "back to default");
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidNode.selector, address(d.vehicleId), 9));
        registry.setStorageNodeIdForVehicle(9, node);
        vm.stopPrank();
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidStorageNode.selector, 3));
        registry.setDefaultStorageNodeId(3);
    }

    function test_operatorCorrectsAttributesAndDefinition() public {
        uint256 id = _newVehicle(alice);
        vm.startPrank(admin);
        registry.setVehicleInfo(id, _pairs("Make", ""));
        assertEq(registry.getInfo(address(d.vehicleId), id, "Make"), "", "cleared");
        vm.expectEmit(true, true, true, true, address(registry));
        emit IVehicleEvents.DeviceDefinitionIdSet(id, "new-id");
        registry.setVehicleDeviceDefinitionId(id, "new-id");
        assertEq(registry.getDeviceDefinitionIdByVehicleId(id), "new-id", "definition");
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidNode.selector, address(d.vehicleId), 9));
        registry.setVehicleInfo(9, _pairs("Make", ""));
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.AttributeExists.selector, "Make"));
        registry.addVehicleAttribute("Make");
    }

    function testFuzz_attributesRoundTrip(string calldata info, uint256 nonce) public {
        MintVehicleWithNonceInput memory input = _vehicleInput(ALICE_KEY, nonce);
        input.attrInfoPairs[1].info = info;
        input.ownerSig = _sign(ALICE_KEY, _vehicleHash(input));
        vm.prank(relayer);
        registry.mintVehicleWithDeviceDefinitionWithNonceSign(input);
        assertEq(registry.getInfo(address(d.vehicleId), 1, "Year"), info, "info");
        assertTrue(registry.isNonceUsed(alice, nonce), "nonce");
        assertFalse(registry.isNonceUsed(alice, nonce ^ 1), "neighbour nonce");
        assertFalse(registry.isNonceUsed(bob, nonce), "other signer");
    }

    function test_signerInvalidatesNonces() public {
        MintVehicleWithNonceInput memory input = _vehicleInput(ALICE_KEY, 300);
        vm.prank(alice);
        registry.invalidateNonces(uint248(300 >> 8), uint256(1) << (300 & 255));
        assertEq(registry.nonceBitmap(alice, 1), uint256(1) << 44, "bitmap");
        vm.prank(relayer);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NonceAlreadyUsed.selector, alice, 300));
        registry.mintVehicleWithDeviceDefinitionWithNonceSign(input);
    }

    function test_signatureOfAnotherChainIsRefused() public {
        MintVehicleWithNonceInput memory input = _vehicleInput(ALICE_KEY, 5);
        vm.chainId(999);
        vm.prank(relayer);
        vm.expectRevert(IRegistryErrors.InvalidOwnerSignature.selector);
        registry.mintVehicleWithDeviceDefinitionWithNonceSign(input);
    }

    function test_domainIsTheDeployedOne() public view {
        (, string memory name, string memory version, uint256 chainId, address verifier,,) = registry.eip712Domain();
        bytes32 expected = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                verifier
            )
        );
        assertEq(name, "DIMO", "name");
        assertEq(version, "1", "version");
        assertEq(registry.domainSeparator(), expected, "separator");
        assertEq(verifier, address(registry), "verifier");
    }
}
