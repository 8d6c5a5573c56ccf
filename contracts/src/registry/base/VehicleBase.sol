// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {INftId} from "../../interfaces/INftIds.sol";
import {ISharedModule} from "../../interfaces/IRegistryCore.sol";
import {IVehicleEvents} from "../../interfaces/IVehicleModules.sol";
import {RegistryStorage} from "../../libraries/RegistryStorage.sol";
import {AttributeInfoPair, SacdInput} from "../../libraries/RegistryTypes.sol";
import {SignatureBase} from "./SignatureBase.sol";

/// @title Vehicle steps that several modules share
abstract contract VehicleBase is IVehicleEvents, SignatureBase {
    function _checkStorageNode(uint256 storageNodeId) internal view {
        address storageNode = RegistryStorage.shared().storageNode;
        if (storageNode == address(0) || !INftId(storageNode).exists(storageNodeId)) {
            revert InvalidStorageNode(storageNodeId);
        }
    }

    /// @dev Zero means the default node. Without a default nothing is stored.
    function _setStorageNode(uint256 vehicleId, uint256 storageNodeId) internal {
        if (storageNodeId == 0) storageNodeId = RegistryStorage.shared().defaultStorageNodeId;
        else _checkStorageNode(storageNodeId);
        if (storageNodeId == 0) return;
        RegistryStorage.vehicle().storageNodeId[vehicleId] = storageNodeId;
        emit ISharedModule.VehicleStorageNodeIdSet(vehicleId, storageNodeId);
    }

    function _setVehicleInfos(address proxy, uint256 vehicleId, AttributeInfoPair[] memory pairs) internal {
        _checkBatch(pairs.length);
        RegistryStorage.AttributeSet storage set = RegistryStorage.vehicle().attributes;
        for (uint256 i = 0; i < pairs.length; ++i) {
            _storeInfo(set, proxy, vehicleId, pairs[i]);
            emit VehicleAttributeSet(vehicleId, pairs[i].attribute, pairs[i].info);
        }
    }

    /// @dev The id NFT mints without a receiver callback, so no foreign code runs between these steps.
    function _mintVehicle(
        uint256 manufacturerNode,
        address owner,
        uint256 storageNodeId,
        string memory deviceDefinitionId,
        AttributeInfoPair[] memory pairs,
        SacdInput memory sacdInput
    ) internal returns (uint256 vehicleId) {
        _checkManufacturer(manufacturerNode);
        RegistryStorage.Vehicle storage vs = RegistryStorage.vehicle();
        address proxy = vs.idProxy;
        vehicleId = INftId(proxy).mint(owner);
        vs.deviceDefinitionId[vehicleId] = deviceDefinitionId;
        RegistryStorage.nodes().nodes[proxy][vehicleId].parent = manufacturerNode;
        emit VehicleNodeMintedWithDeviceDefinition(manufacturerNode, vehicleId, owner, deviceDefinitionId);
        _setStorageNode(vehicleId, storageNodeId);
        _setVehicleInfos(proxy, vehicleId, pairs);
        if (sacdInput.grantee != address(0)) INftId(proxy).setSacd(vehicleId, sacdInput);
    }

    function _noSacd() internal pure returns (SacdInput memory input) {}

    /// @dev Digest of the legacy vehicle message, which covers neither storage node nor grant.
    function _legacyVehicleDigest(
        uint256 manufacturerNode,
        address owner,
        string memory deviceDefinitionId,
        AttributeInfoPair[] memory pairs,
        bytes32 typehash
    ) internal view returns (bytes32) {
        (bytes32 attributes, bytes32 infos) = _hashPairs(pairs);
        return _digest(
            keccak256(
                abi.encode(typehash, manufacturerNode, owner, keccak256(bytes(deviceDefinitionId)), attributes, infos)
            )
        );
    }
}
