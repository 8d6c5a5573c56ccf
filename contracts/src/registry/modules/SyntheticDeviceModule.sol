// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ISyntheticDeviceModule} from "../../interfaces/IDeviceModules.sol";
import {INftId} from "../../interfaces/INftIds.sol";
import {RegistryStorage} from "../../libraries/RegistryStorage.sol";
import {
    AttributeInfoPair,
    MintSyntheticDeviceBatchInput,
    MintSyntheticDeviceInput,
    MintSyntheticDeviceWithNonceInput
} from "../../libraries/RegistryTypes.sol";
import {Roles} from "../../libraries/Roles.sol";
import {SignedTypes} from "../../libraries/SignedTypes.sol";
import {SyntheticBase} from "../base/SyntheticBase.sol";

/// @title Synthetic device module
contract SyntheticDeviceModule is ISyntheticDeviceModule, SyntheticBase {
    /// @inheritdoc ISyntheticDeviceModule
    function setSyntheticDeviceIdProxyAddress(address addr) external onlyRole(Roles.ADMIN_ROLE) {
        RegistryStorage.Synthetic storage s = RegistryStorage.synthetic();
        _checkNewProxy(s.idProxy, addr);
        s.idProxy = addr;
        emit SyntheticDeviceIdProxySet(addr);
    }

    /// @inheritdoc ISyntheticDeviceModule
    function addSyntheticDeviceAttribute(string calldata attribute) external onlyRole(Roles.ADMIN_ROLE) {
        _addAttribute(RegistryStorage.synthetic().attributes, attribute);
        emit SyntheticDeviceAttributeAdded(attribute);
    }

    /// @inheritdoc ISyntheticDeviceModule
    function setSyntheticDeviceInfo(uint256 tokenId, AttributeInfoPair[] calldata attrInfo)
        external
        onlyRole(Roles.SET_SD_INFO_ROLE)
    {
        address proxy = RegistryStorage.synthetic().idProxy;
        _checkNode(proxy, tokenId);
        _setSyntheticInfos(proxy, tokenId, attrInfo);
    }

    /// @inheritdoc ISyntheticDeviceModule
    function mintSyntheticDeviceSign(MintSyntheticDeviceInput calldata data) external {
        _requireLegacy();
        _checkConnectionMinter(data.connectionId);
        address owner = _vehicleOwner(data.vehicleNode);
        bytes32 digest = _digest(keccak256(abi.encode(SignedTypes.LEGACY_MINT_SD, data.connectionId, data.vehicleNode)));
        _checkSdSignature(data.syntheticDeviceAddr, digest, data.syntheticDeviceSig);
        _checkOwnerSignature(owner, digest, data.vehicleOwnerSig);
        _mintSynthetic(data.connectionId, data.vehicleNode, owner, data.syntheticDeviceAddr, data.attrInfoPairs);
    }

    /// @inheritdoc ISyntheticDeviceModule
    function mintSyntheticDeviceWithNonceSign(MintSyntheticDeviceWithNonceInput calldata data) external {
        _checkDeadline(data.deadline);
        _checkConnectionMinter(data.connectionId);
        address owner = _vehicleOwner(data.vehicleNode);
        bytes32 digest = _digest(_hashMint(data));
        _checkSdSignature(data.syntheticDeviceAddr, digest, data.syntheticDeviceSig);
        _checkOwnerSignature(owner, digest, data.vehicleOwnerSig);
        _useNonce(data.syntheticDeviceAddr, data.nonce);
        _useNonce(owner, data.nonce);
        _mintSynthetic(data.connectionId, data.vehicleNode, owner, data.syntheticDeviceAddr, data.attrInfoPairs);
    }

    /// @inheritdoc ISyntheticDeviceModule
    function mintSyntheticDeviceBatch(uint256 connectionId, MintSyntheticDeviceBatchInput[] calldata data)
        external
        onlyRole(Roles.MINT_SD_ROLE)
    {
        _checkBatch(data.length);
        _checkConnectionMinter(connectionId);
        for (uint256 i = 0; i < data.length; ++i) {
            uint256 vehicleId = data[i].vehicleNode;
            address owner = _vehicleOwner(vehicleId);
            uint256 tokenId =
                _mintSynthetic(connectionId, vehicleId, owner, data[i].syntheticDeviceAddr, data[i].attrInfoPairs);
            RegistryStorage.synthetic().consentRequired[tokenId] = true;
            emit SyntheticDeviceConsentRequired(tokenId, vehicleId, owner);
        }
    }

    /// @inheritdoc ISyntheticDeviceModule
    function burnSyntheticDeviceSign(uint256 vehicleNode, uint256 syntheticDeviceNode, bytes calldata ownerSig)
        external
        onlyRole(Roles.BURN_SD_ROLE)
    {
        _requireLegacy();
        address owner = _checkLinked(vehicleNode, syntheticDeviceNode);
        bytes32 structHash = keccak256(abi.encode(SignedTypes.LEGACY_BURN_SD, vehicleNode, syntheticDeviceNode));
        _checkOwnerSignature(owner, _digest(structHash), ownerSig);
        _burn(syntheticDeviceNode);
    }

    /// @inheritdoc ISyntheticDeviceModule
    function burnSyntheticDeviceWithNonceSign(
        uint256 vehicleNode,
        uint256 syntheticDeviceNode,
        uint256 nonce,
        uint256 deadline,
        bytes calldata ownerSig
    ) external onlyRole(Roles.BURN_SD_ROLE) {
        _checkDeadline(deadline);
        address owner = _checkLinked(vehicleNode, syntheticDeviceNode);
        bytes32 structHash =
            keccak256(abi.encode(SignedTypes.BURN_SD, vehicleNode, syntheticDeviceNode, nonce, deadline));
        _checkOwnerSignature(owner, _digest(structHash), ownerSig);
        _useNonce(owner, nonce);
        _burn(syntheticDeviceNode);
    }

    /// @inheritdoc ISyntheticDeviceModule
    function giveSyntheticDeviceConsent(uint256 syntheticDeviceNode) external {
        RegistryStorage.Synthetic storage s = RegistryStorage.synthetic();
        _checkNode(s.idProxy, syntheticDeviceNode);
        if (!s.consentRequired[syntheticDeviceNode]) revert ConsentNotRequired(syntheticDeviceNode);
        uint256 vehicleId = _vehicleOf(syntheticDeviceNode);
        if (_vehicleOwner(vehicleId) != msg.sender) revert Unauthorized(msg.sender);
        delete s.consentRequired[syntheticDeviceNode];
        emit SyntheticDeviceConsentGiven(syntheticDeviceNode, vehicleId, msg.sender);
    }

    /// @notice Hook of SyntheticDeviceId.burn: unlinks the device from its vehicle and clears the node.
    /// @dev SyntheticDeviceId proxy only.
    function validateSdBurnAndResetNode(uint256 tokenId) external {
        _checkProxy(RegistryStorage.synthetic().idProxy);
        _reset(tokenId);
    }

    /// @inheritdoc ISyntheticDeviceModule
    function isSyntheticDeviceConsentRequired(uint256 syntheticDeviceNode) external view returns (bool) {
        return RegistryStorage.synthetic().consentRequired[syntheticDeviceNode];
    }

    /// @inheritdoc ISyntheticDeviceModule
    function getSyntheticDeviceIdByAddress(address addr) external view returns (uint256) {
        return RegistryStorage.synthetic().idByAddress[addr];
    }

    /// @inheritdoc ISyntheticDeviceModule
    function getSyntheticDeviceAddressById(uint256 nodeId) external view returns (address) {
        return RegistryStorage.synthetic().addressById[nodeId];
    }

    function _vehicleOwner(uint256 vehicleId) private view returns (address) {
        address vehicles = RegistryStorage.vehicle().idProxy;
        _checkNode(vehicles, vehicleId);
        return INftId(vehicles).ownerOf(vehicleId);
    }

    function _vehicleOf(uint256 tokenId) private view returns (uint256) {
        address proxy = RegistryStorage.synthetic().idProxy;
        return RegistryStorage.nodes().nodeLinks[proxy][RegistryStorage.vehicle().idProxy][tokenId];
    }

    function _checkLinked(uint256 vehicleId, uint256 tokenId) private view returns (address owner) {
        _checkNode(RegistryStorage.synthetic().idProxy, tokenId);
        owner = _vehicleOwner(vehicleId);
        if (_vehicleOf(tokenId) != vehicleId) revert VehicleNotPaired(vehicleId);
    }

    function _burn(uint256 tokenId) private {
        _reset(tokenId);
        INftId(RegistryStorage.synthetic().idProxy).registryBurn(tokenId);
    }

    function _reset(uint256 tokenId) private {
        RegistryStorage.Synthetic storage s = RegistryStorage.synthetic();
        RegistryStorage.Nodes storage ns = RegistryStorage.nodes();
        address proxy = s.idProxy;
        address vehicles = RegistryStorage.vehicle().idProxy;
        _checkNode(proxy, tokenId);
        uint256 vehicleId = _vehicleOf(tokenId);
        delete ns.nodeLinks[vehicles][proxy][vehicleId];
        delete ns.nodeLinks[proxy][vehicles][tokenId];
        delete s.idByAddress[s.addressById[tokenId]];
        delete s.addressById[tokenId];
        delete s.consentRequired[tokenId];
        _clearInfos(s.attributes, proxy, tokenId);
        emit SyntheticDeviceNodeBurned(tokenId, vehicleId, INftId(proxy).ownerOf(tokenId));
    }

    function _hashMint(MintSyntheticDeviceWithNonceInput calldata data) private pure returns (bytes32) {
        (bytes32 attributes, bytes32 infos) = _hashPairs(data.attrInfoPairs);
        return keccak256(
            abi.encode(
                SignedTypes.MINT_SD,
                data.connectionId,
                data.vehicleNode,
                data.syntheticDeviceAddr,
                attributes,
                infos,
                data.nonce,
                data.deadline
            )
        );
    }
}
