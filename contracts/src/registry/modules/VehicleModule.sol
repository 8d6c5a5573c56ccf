// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {INftId} from "../../interfaces/INftIds.sol";
import {IVehicleModule} from "../../interfaces/IVehicleModules.sol";
import {RegistryStorage} from "../../libraries/RegistryStorage.sol";
import {AttributeInfoPair, MintVehicleWithNonceInput, SacdInput} from "../../libraries/RegistryTypes.sol";
import {Roles} from "../../libraries/Roles.sol";
import {SignedTypes} from "../../libraries/SignedTypes.sol";
import {VehicleBase} from "../base/VehicleBase.sol";

/// @title Vehicle module
contract VehicleModule is IVehicleModule, VehicleBase {
    /// @inheritdoc IVehicleModule
    function setVehicleIdProxyAddress(address addr) external onlyRole(Roles.ADMIN_ROLE) {
        RegistryStorage.Vehicle storage vs = RegistryStorage.vehicle();
        _checkNewProxy(vs.idProxy, addr);
        vs.idProxy = addr;
        emit VehicleIdProxySet(addr);
    }

    /// @inheritdoc IVehicleModule
    function addVehicleAttribute(string calldata attribute) external onlyRole(Roles.ADMIN_ROLE) {
        _addAttribute(RegistryStorage.vehicle().attributes, attribute);
        emit VehicleAttributeAdded(attribute);
    }

    /// @inheritdoc IVehicleModule
    function setVehicleInfo(uint256 tokenId, AttributeInfoPair[] calldata attrInfo)
        external
        onlyRole(Roles.SET_VEHICLE_INFO_ROLE)
    {
        address proxy = RegistryStorage.vehicle().idProxy;
        _checkNode(proxy, tokenId);
        _setVehicleInfos(proxy, tokenId, attrInfo);
    }

    /// @inheritdoc IVehicleModule
    function setVehicleDeviceDefinitionId(uint256 vehicleId, string calldata deviceDefinitionId)
        external
        onlyRole(Roles.SET_VEHICLE_INFO_ROLE)
    {
        RegistryStorage.Vehicle storage vs = RegistryStorage.vehicle();
        _checkNode(vs.idProxy, vehicleId);
        vs.deviceDefinitionId[vehicleId] = deviceDefinitionId;
        emit DeviceDefinitionIdSet(vehicleId, deviceDefinitionId);
    }

    /// @inheritdoc IVehicleModule
    function mintVehicleWithDeviceDefinition(
        uint256 manufacturerNode,
        address owner,
        string calldata deviceDefinitionId,
        AttributeInfoPair[] calldata attrInfo
    ) external {
        _checkCaller(owner);
        _mintVehicle(manufacturerNode, owner, 0, deviceDefinitionId, attrInfo, _noSacd());
    }

    /// @inheritdoc IVehicleModule
    function mintVehicleWithDeviceDefinition(
        uint256 manufacturerNode,
        address owner,
        string calldata deviceDefinitionId,
        AttributeInfoPair[] calldata attrInfo,
        SacdInput calldata sacdInput
    ) external {
        _checkCaller(owner);
        _mintVehicle(manufacturerNode, owner, 0, deviceDefinitionId, attrInfo, sacdInput);
    }

    /// @inheritdoc IVehicleModule
    function mintVehicleWithDeviceDefinition(
        uint256 manufacturerNode,
        address owner,
        uint256 storageNodeId,
        string calldata deviceDefinitionId,
        AttributeInfoPair[] calldata attrInfo
    ) external {
        _checkCaller(owner);
        _mintVehicle(manufacturerNode, owner, storageNodeId, deviceDefinitionId, attrInfo, _noSacd());
    }

    /// @inheritdoc IVehicleModule
    function mintVehicleWithDeviceDefinition(
        uint256 manufacturerNode,
        address owner,
        uint256 storageNodeId,
        string calldata deviceDefinitionId,
        AttributeInfoPair[] calldata attrInfo,
        SacdInput calldata sacdInput
    ) external {
        _checkCaller(owner);
        _mintVehicle(manufacturerNode, owner, storageNodeId, deviceDefinitionId, attrInfo, sacdInput);
    }

    /// @inheritdoc IVehicleModule
    function mintVehicleWithDeviceDefinitionSign(
        uint256 manufacturerNode,
        address owner,
        string calldata deviceDefinitionId,
        AttributeInfoPair[] calldata attrInfo,
        bytes calldata signature
    ) external {
        _mintLegacy(manufacturerNode, owner, 0, deviceDefinitionId, attrInfo, signature);
    }

    /// @inheritdoc IVehicleModule
    function mintVehicleWithDeviceDefinitionSign(
        uint256 manufacturerNode,
        address owner,
        uint256 storageNodeId,
        string calldata deviceDefinitionId,
        AttributeInfoPair[] calldata attrInfo,
        bytes calldata signature
    ) external {
        _mintLegacy(manufacturerNode, owner, storageNodeId, deviceDefinitionId, attrInfo, signature);
    }

    /// @inheritdoc IVehicleModule
    function mintVehicleWithDeviceDefinitionWithNonceSign(MintVehicleWithNonceInput calldata data)
        external
        onlyRole(Roles.MINT_VEHICLE_ROLE)
    {
        _checkDeadline(data.deadline);
        _checkOwnerSignature(data.owner, _digest(_hashMint(data)), data.ownerSig);
        _useNonce(data.owner, data.nonce);
        _mintVehicle(
            data.manufacturerNode,
            data.owner,
            data.storageNodeId,
            data.deviceDefinitionId,
            data.attrInfoPairs,
            data.sacdInput
        );
    }

    /// @inheritdoc IVehicleModule
    function burnVehicleSign(uint256 tokenId, bytes calldata ownerSig) external onlyRole(Roles.BURN_VEHICLE_ROLE) {
        _requireLegacy();
        bytes32 structHash = keccak256(abi.encode(SignedTypes.LEGACY_BURN_VEHICLE, tokenId));
        _checkOwnerSignature(_ownerOf(tokenId), _digest(structHash), ownerSig);
        _burn(tokenId);
    }

    /// @inheritdoc IVehicleModule
    function burnVehicleWithNonceSign(uint256 tokenId, uint256 nonce, uint256 deadline, bytes calldata ownerSig)
        external
        onlyRole(Roles.BURN_VEHICLE_ROLE)
    {
        _checkDeadline(deadline);
        address owner = _ownerOf(tokenId);
        bytes32 structHash = keccak256(abi.encode(SignedTypes.BURN_VEHICLE, tokenId, nonce, deadline));
        _checkOwnerSignature(owner, _digest(structHash), ownerSig);
        _useNonce(owner, nonce);
        _burn(tokenId);
    }

    /// @notice Hook of VehicleId.burn: refuses a paired vehicle and clears every state of the node.
    /// @dev VehicleId proxy only.
    function validateBurnAndResetNode(uint256 tokenId) external {
        _checkProxy(RegistryStorage.vehicle().idProxy);
        _validateAndReset(tokenId);
    }

    /// @inheritdoc IVehicleModule
    function getDeviceDefinitionIdByVehicleId(uint256 vehicleId) external view returns (string memory) {
        return RegistryStorage.vehicle().deviceDefinitionId[vehicleId];
    }

    function _checkCaller(address owner) private view {
        if (msg.sender != owner) revert Unauthorized(msg.sender);
    }

    function _ownerOf(uint256 tokenId) private view returns (address) {
        address proxy = RegistryStorage.vehicle().idProxy;
        _checkNode(proxy, tokenId);
        return INftId(proxy).ownerOf(tokenId);
    }

    function _mintLegacy(
        uint256 manufacturerNode,
        address owner,
        uint256 storageNodeId,
        string calldata deviceDefinitionId,
        AttributeInfoPair[] calldata attrInfo,
        bytes calldata signature
    ) private onlyRole(Roles.MINT_VEHICLE_ROLE) {
        _requireLegacy();
        bytes32 digest = _legacyVehicleDigest(
            manufacturerNode, owner, deviceDefinitionId, attrInfo, SignedTypes.LEGACY_MINT_VEHICLE
        );
        _checkOwnerSignature(owner, digest, signature);
        _mintVehicle(manufacturerNode, owner, storageNodeId, deviceDefinitionId, attrInfo, _noSacd());
    }

    function _hashMint(MintVehicleWithNonceInput calldata data) private pure returns (bytes32) {
        (bytes32 attributes, bytes32 infos) = _hashPairs(data.attrInfoPairs);
        return keccak256(
            abi.encode(
                SignedTypes.MINT_VEHICLE,
                data.manufacturerNode,
                data.owner,
                data.storageNodeId,
                keccak256(bytes(data.deviceDefinitionId)),
                attributes,
                infos,
                _hashSacd(data.sacdInput),
                data.nonce,
                data.deadline
            )
        );
    }

    function _burn(uint256 tokenId) private {
        _validateAndReset(tokenId);
        INftId(RegistryStorage.vehicle().idProxy).registryBurn(tokenId);
    }

    function _validateAndReset(uint256 tokenId) private {
        RegistryStorage.Vehicle storage vs = RegistryStorage.vehicle();
        RegistryStorage.Nodes storage ns = RegistryStorage.nodes();
        address proxy = vs.idProxy;
        _checkNode(proxy, tokenId);
        if (ns.links[proxy][tokenId] != 0) revert VehiclePaired(tokenId);
        if (ns.nodeLinks[proxy][RegistryStorage.synthetic().idProxy][tokenId] != 0) revert VehiclePaired(tokenId);
        delete vs.deviceDefinitionId[tokenId];
        delete vs.storageNodeId[tokenId];
        _clearInfos(vs.attributes, proxy, tokenId);
        emit VehicleNodeBurned(tokenId, INftId(proxy).ownerOf(tokenId));
    }
}
