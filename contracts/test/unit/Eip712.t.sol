// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {
    AttributeInfoPair,
    MintSyntheticDeviceWithNonceInput,
    MintVehicleAndSdWithNonceInput,
    MintVehicleWithNonceInput,
    SacdInput
} from "../../src/libraries/RegistryTypes.sol";
import {SignedTypes} from "../../src/libraries/SignedTypes.sol";
import {BaseTest} from "../helpers/BaseTest.sol";

/// @dev The struct hashes that the contracts check are those of an independent EIP-712 implementation (forge's), so a
///      wallet or an SDK that follows the standard signs what the registry verifies.
contract Eip712Test is BaseTest {
    string private constant SACD = "SacdInput(address grantee,uint256 permissions,uint256 expiration,string source)";
    string private constant VEHICLE =
        "MintVehicleWithDeviceDefinitionWithNonceSign(uint256 manufacturerNode,address owner,uint256 storageNodeId,string deviceDefinitionId,string[] attributes,string[] infos,SacdInput sacdInput,uint256 nonce,uint256 deadline)";
    string private constant BOTH =
        "MintVehicleAndSdWithNonceSign(uint256 manufacturerNode,address owner,uint256 storageNodeId,string deviceDefinitionId,string[] attributes,string[] infos,uint256 connectionId,address syntheticDevice,string[] deviceAttributes,string[] deviceInfos,SacdInput sacdInput,uint256 nonce,uint256 deadline)";
    string private constant SYNTHETIC =
        "MintSyntheticDeviceWithNonceSign(uint256 connectionId,uint256 vehicleNode,address syntheticDevice,string[] attributes,string[] infos,uint256 nonce,uint256 deadline)";
    string private constant PAIR =
        "PairAftermarketDeviceWithNonceSign(uint256 aftermarketDeviceNode,uint256 vehicleNode,uint256 nonce,uint256 deadline)";
    string private constant UNPAIR =
        "UnpairAftermarketDeviceWithNonceSign(uint256 aftermarketDeviceNode,uint256 vehicleNode,uint256 nonce,uint256 deadline)";
    string private constant CLAIM =
        "ClaimAftermarketDeviceWithNonceSign(uint256 aftermarketDeviceNode,address owner,uint256 nonce,uint256 deadline)";
    string private constant BURN_VEHICLE =
        "BurnVehicleWithNonceSign(uint256 vehicleNode,uint256 nonce,uint256 deadline)";
    string private constant BURN_SD =
        "BurnSyntheticDeviceWithNonceSign(uint256 vehicleNode,uint256 syntheticDeviceNode,uint256 nonce,uint256 deadline)";

    struct VehicleMessage {
        uint256 manufacturerNode;
        address owner;
        uint256 storageNodeId;
        string deviceDefinitionId;
        string[] attributes;
        string[] infos;
        SacdInput sacdInput;
        uint256 nonce;
        uint256 deadline;
    }

    struct BothMessage {
        uint256 manufacturerNode;
        address owner;
        uint256 storageNodeId;
        string deviceDefinitionId;
        string[] attributes;
        string[] infos;
        uint256 connectionId;
        address syntheticDevice;
        string[] deviceAttributes;
        string[] deviceInfos;
        SacdInput sacdInput;
        uint256 nonce;
        uint256 deadline;
    }

    struct SyntheticMessage {
        uint256 connectionId;
        uint256 vehicleNode;
        address syntheticDevice;
        string[] attributes;
        string[] infos;
        uint256 nonce;
        uint256 deadline;
    }

    function _split(AttributeInfoPair[] memory pairs)
        private
        pure
        returns (string[] memory attributes, string[] memory infos)
    {
        attributes = new string[](pairs.length);
        infos = new string[](pairs.length);
        for (uint256 i = 0; i < pairs.length; ++i) {
            attributes[i] = pairs[i].attribute;
            infos[i] = pairs[i].info;
        }
    }

    function test_typehashes() public pure {
        assertEq(vm.eip712HashType(string.concat(VEHICLE, SACD)), SignedTypes.MINT_VEHICLE, "vehicle");
        assertEq(vm.eip712HashType(string.concat(BOTH, SACD)), SignedTypes.MINT_VEHICLE_AND_SD, "both");
        assertEq(vm.eip712HashType(SYNTHETIC), SignedTypes.MINT_SD, "synthetic");
        assertEq(vm.eip712HashType(PAIR), SignedTypes.PAIR_AD, "pair");
        assertEq(vm.eip712HashType(UNPAIR), SignedTypes.UNPAIR_AD, "unpair");
        assertEq(vm.eip712HashType(CLAIM), SignedTypes.CLAIM_AD, "claim");
        assertEq(vm.eip712HashType(BURN_VEHICLE), SignedTypes.BURN_VEHICLE, "burn vehicle");
        assertEq(vm.eip712HashType(BURN_SD), SignedTypes.BURN_SD, "burn synthetic");
        assertEq(vm.eip712HashType(SACD), SignedTypes.SACD_INPUT, "sacd");
    }

    function test_vehicleMessage() public {
        MintVehicleWithNonceInput memory i = _vehicleInput(ALICE_KEY, 77);
        i.sacdInput = _grant(bob);
        VehicleMessage memory message;
        message.manufacturerNode = i.manufacturerNode;
        message.owner = i.owner;
        message.storageNodeId = i.storageNodeId;
        message.deviceDefinitionId = i.deviceDefinitionId;
        (message.attributes, message.infos) = _split(i.attrInfoPairs);
        message.sacdInput = i.sacdInput;
        message.nonce = i.nonce;
        message.deadline = i.deadline;
        bytes32 hash = vm.eip712HashStruct(string.concat(VEHICLE, SACD), abi.encode(message));
        assertEq(hash, _vehicleHash(i), "struct hash");
        i.ownerSig = _sign(ALICE_KEY, hash);
        vm.prank(relayer);
        registry.mintVehicleWithDeviceDefinitionWithNonceSign(i);
        assertEq(d.vehicleId.ownerOf(1), alice, "accepted");
    }

    function test_combinedMessage() public {
        MintVehicleAndSdWithNonceInput memory i = _combinedInput(ALICE_KEY, SD_KEY, 77);
        i.sacdInput = _grant(bob);
        BothMessage memory message;
        message.manufacturerNode = i.manufacturerNode;
        message.owner = i.owner;
        message.storageNodeId = i.storageNodeId;
        message.deviceDefinitionId = i.deviceDefinitionId;
        (message.attributes, message.infos) = _split(i.attrInfoPairsVehicle);
        message.connectionId = i.connectionId;
        message.syntheticDevice = i.syntheticDeviceAddr;
        (message.deviceAttributes, message.deviceInfos) = _split(i.attrInfoPairsDevice);
        message.sacdInput = i.sacdInput;
        message.nonce = i.nonce;
        message.deadline = i.deadline;
        bytes32 hash = vm.eip712HashStruct(string.concat(BOTH, SACD), abi.encode(message));
        assertEq(hash, _combinedHash(i), "struct hash");
        i.vehicleOwnerSig = _sign(ALICE_KEY, hash);
        i.syntheticDeviceSig = _sign(SD_KEY, hash);
        vm.prank(acme);
        registry.mintVehicleAndSdWithNonceSign(i);
        assertEq(d.sdId.ownerOf(1), alice, "accepted");
    }

    function test_syntheticMessage() public {
        uint256 vehicle = _newVehicle(alice);
        MintSyntheticDeviceWithNonceInput memory i = _sdInput(vehicle, ALICE_KEY, SD_KEY, 77);
        SyntheticMessage memory message;
        message.connectionId = i.connectionId;
        message.vehicleNode = i.vehicleNode;
        message.syntheticDevice = i.syntheticDeviceAddr;
        (message.attributes, message.infos) = _split(i.attrInfoPairs);
        message.nonce = i.nonce;
        message.deadline = i.deadline;
        assertEq(vm.eip712HashStruct(SYNTHETIC, abi.encode(message)), _sdHash(i), "struct hash");
        vm.prank(acme);
        registry.mintSyntheticDeviceWithNonceSign(i);
    }

    function test_smallMessages() public pure {
        bytes memory four = abi.encode(uint256(1), uint256(2), uint256(3), uint256(4));
        assertEq(vm.eip712HashStruct(PAIR, four), _pairHash(1, 2, 3, 4), "pair");
        assertEq(vm.eip712HashStruct(UNPAIR, four), _unpairHash(1, 2, 3, 4), "unpair");
        bytes memory claim = abi.encode(uint256(1), address(2), uint256(3), uint256(4));
        assertEq(vm.eip712HashStruct(CLAIM, claim), _claimHash(1, address(2), 3, 4), "claim");
    }
}
