// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ICombinedMintModule} from "../../interfaces/IVehicleModules.sol";
import {
    AttributeInfoPair,
    MintVehicleAndSdWithDdInput,
    MintVehicleAndSdWithDdInputBatch,
    MintVehicleAndSdWithDdInputWithSnId,
    MintVehicleAndSdWithNonceInput,
    SacdInput
} from "../../libraries/RegistryTypes.sol";
import {SignedTypes} from "../../libraries/SignedTypes.sol";
import {SyntheticBase} from "../base/SyntheticBase.sol";
import {VehicleBase} from "../base/VehicleBase.sol";

/// @title Combined vehicle and synthetic device mint module
contract CombinedMintModule is ICombinedMintModule, VehicleBase, SyntheticBase {
    /// @inheritdoc ICombinedMintModule
    function mintVehicleAndSdWithDeviceDefinitionSign(MintVehicleAndSdWithDdInput calldata data) external {
        _mintLegacy(_widen(data), _noSacd());
    }

    /// @inheritdoc ICombinedMintModule
    function mintVehicleAndSdWithDeviceDefinitionSign(MintVehicleAndSdWithDdInputWithSnId calldata data) external {
        _mintLegacy(data, _noSacd());
    }

    /// @inheritdoc ICombinedMintModule
    function mintVehicleAndSdWithDeviceDefinitionSignAndSacd(
        MintVehicleAndSdWithDdInput calldata data,
        SacdInput calldata sacdInput
    ) external {
        _mintLegacy(_widen(data), sacdInput);
    }

    /// @inheritdoc ICombinedMintModule
    function mintVehicleAndSdWithDeviceDefinitionSignAndSacd(
        MintVehicleAndSdWithDdInputWithSnId calldata data,
        SacdInput calldata sacdInput
    ) external {
        _mintLegacy(data, sacdInput);
    }

    /// @inheritdoc ICombinedMintModule
    function mintVehicleAndSdWithDeviceDefinitionSignBatch(MintVehicleAndSdWithDdInputBatch[] calldata data) external {
        _checkBatch(data.length);
        for (uint256 i = 0; i < data.length; ++i) {
            _mintLegacy(_widenBatch(data[i]), data[i].sacdInput);
        }
    }

    /// @inheritdoc ICombinedMintModule
    function mintVehicleAndSdWithNonceSign(MintVehicleAndSdWithNonceInput calldata data) external {
        _checkDeadline(data.deadline);
        _checkConnectionMinter(data.connectionId);
        bytes32 digest = _digest(_hashMint(data));
        _checkOwnerSignature(data.owner, digest, data.vehicleOwnerSig);
        _checkSdSignature(data.syntheticDeviceAddr, digest, data.syntheticDeviceSig);
        _useNonce(data.owner, data.nonce);
        _useNonce(data.syntheticDeviceAddr, data.nonce);
        uint256 vehicleId = _mintVehicle(
            data.manufacturerNode,
            data.owner,
            data.storageNodeId,
            data.deviceDefinitionId,
            data.attrInfoPairsVehicle,
            data.sacdInput
        );
        _mintSynthetic(data.connectionId, vehicleId, data.owner, data.syntheticDeviceAddr, data.attrInfoPairsDevice);
    }

    function _mintLegacy(MintVehicleAndSdWithDdInputWithSnId memory data, SacdInput memory sacdInput) private {
        _requireLegacy();
        _checkConnectionMinter(data.connectionId);
        bytes32 vehicleDigest = _legacyVehicleDigest(
            data.manufacturerNode,
            data.owner,
            data.deviceDefinitionId,
            data.attrInfoPairsVehicle,
            SignedTypes.LEGACY_MINT_VEHICLE
        );
        _checkOwnerSignature(data.owner, vehicleDigest, data.vehicleOwnerSig);
        bytes32 deviceDigest = _digest(keccak256(abi.encode(SignedTypes.LEGACY_MINT_VEHICLE_AND_SD, data.connectionId)));
        _checkSdSignature(data.syntheticDeviceAddr, deviceDigest, data.syntheticDeviceSig);
        uint256 vehicleId = _mintVehicle(
            data.manufacturerNode,
            data.owner,
            data.storageNodeId,
            data.deviceDefinitionId,
            data.attrInfoPairsVehicle,
            sacdInput
        );
        _mintSynthetic(data.connectionId, vehicleId, data.owner, data.syntheticDeviceAddr, data.attrInfoPairsDevice);
    }

    function _widen(MintVehicleAndSdWithDdInput calldata data)
        private
        pure
        returns (MintVehicleAndSdWithDdInputWithSnId memory wide)
    {
        wide.manufacturerNode = data.manufacturerNode;
        wide.owner = data.owner;
        wide.deviceDefinitionId = data.deviceDefinitionId;
        wide.attrInfoPairsVehicle = data.attrInfoPairsVehicle;
        wide.connectionId = data.connectionId;
        wide.vehicleOwnerSig = data.vehicleOwnerSig;
        wide.syntheticDeviceSig = data.syntheticDeviceSig;
        wide.syntheticDeviceAddr = data.syntheticDeviceAddr;
        wide.attrInfoPairsDevice = data.attrInfoPairsDevice;
    }

    function _widenBatch(MintVehicleAndSdWithDdInputBatch calldata data)
        private
        pure
        returns (MintVehicleAndSdWithDdInputWithSnId memory wide)
    {
        wide.manufacturerNode = data.manufacturerNode;
        wide.owner = data.owner;
        wide.deviceDefinitionId = data.deviceDefinitionId;
        wide.attrInfoPairsVehicle = data.attrInfoPairsVehicle;
        wide.connectionId = data.connectionId;
        wide.vehicleOwnerSig = data.vehicleOwnerSig;
        wide.syntheticDeviceSig = data.syntheticDeviceSig;
        wide.syntheticDeviceAddr = data.syntheticDeviceAddr;
        wide.attrInfoPairsDevice = data.attrInfoPairsDevice;
    }

    function _hashMint(MintVehicleAndSdWithNonceInput calldata data) private pure returns (bytes32) {
        (bytes32 attributes, bytes32 infos) = _hashPairs(data.attrInfoPairsVehicle);
        (bytes32 deviceAttributes, bytes32 deviceInfos) = _hashPairs(data.attrInfoPairsDevice);
        // Two halves: one abi.encode of all fields needs more stack than the EVM reaches.
        bytes memory vehiclePart = abi.encode(
            SignedTypes.MINT_VEHICLE_AND_SD,
            data.manufacturerNode,
            data.owner,
            data.storageNodeId,
            keccak256(bytes(data.deviceDefinitionId)),
            attributes,
            infos
        );
        return keccak256(
            bytes.concat(
                vehiclePart,
                abi.encode(
                    data.connectionId,
                    data.syntheticDeviceAddr,
                    deviceAttributes,
                    deviceInfos,
                    _hashSacd(data.sacdInput),
                    data.nonce,
                    data.deadline
                )
            )
        );
    }
}
