// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAftermarketDeviceModule} from "../../interfaces/IDeviceModules.sol";
import {INftId} from "../../interfaces/INftIds.sol";
import {IMapperModule} from "../../interfaces/IRegistryCore.sol";
import {RegistryStorage} from "../../libraries/RegistryStorage.sol";
import {
    AftermarketDeviceIdAddressPair,
    AftermarketDeviceInfos,
    AftermarketDeviceOwnerPair,
    AttributeInfoPair
} from "../../libraries/RegistryTypes.sol";
import {Permissions, Roles} from "../../libraries/Roles.sol";
import {SignedTypes} from "../../libraries/SignedTypes.sol";
import {SignatureBase} from "../base/SignatureBase.sol";

/// @title Aftermarket device module
contract AftermarketDeviceModule is IAftermarketDeviceModule, SignatureBase {
    /// @inheritdoc IAftermarketDeviceModule
    function setAftermarketDeviceIdProxyAddress(address addr) external onlyRole(Roles.ADMIN_ROLE) {
        RegistryStorage.Aftermarket storage s = RegistryStorage.aftermarket();
        _checkNewProxy(s.idProxy, addr);
        s.idProxy = addr;
        emit AftermarketDeviceIdProxySet(addr);
    }

    /// @inheritdoc IAftermarketDeviceModule
    function addAftermarketDeviceAttribute(string calldata attribute) external onlyRole(Roles.ADMIN_ROLE) {
        _addAttribute(RegistryStorage.aftermarket().attributes, attribute);
        emit AftermarketDeviceAttributeAdded(attribute);
    }

    /// @inheritdoc IAftermarketDeviceModule
    function setAftermarketDeviceInfo(uint256 tokenId, AttributeInfoPair[] calldata attrInfo)
        external
        onlyRole(Roles.SET_AD_INFO_ROLE)
    {
        address proxy = RegistryStorage.aftermarket().idProxy;
        _checkNode(proxy, tokenId);
        _setInfos(proxy, tokenId, attrInfo);
    }

    /// @inheritdoc IAftermarketDeviceModule
    function mintAftermarketDeviceByManufacturerBatch(
        uint256 manufacturerNode,
        AftermarketDeviceInfos[] calldata adInfos
    ) external {
        _checkBatch(adInfos.length);
        address manufacturers = _checkManufacturer(manufacturerNode);
        _checkPermission(manufacturers, manufacturerNode, Permissions.MANUFACTURER_MINT_DEVICE);
        address owner = INftId(manufacturers).ownerOf(manufacturerNode);
        _checkLicensed(owner);
        address proxy = RegistryStorage.aftermarket().idProxy;
        for (uint256 i = 0; i < adInfos.length; ++i) {
            address device = adInfos[i].addr;
            _checkNewDevice(device);
            _checkNotBanned(device);
            uint256 tokenId = _mintDevice(proxy, manufacturerNode, device, owner);
            _setInfos(proxy, tokenId, adInfos[i].attrInfoPairs);
        }
    }

    /// @inheritdoc IAftermarketDeviceModule
    function claimAftermarketDevice(uint256 aftermarketDeviceNode, bytes calldata aftermarketDeviceSig) external {
        _requireLegacy();
        address device = _checkClaimable(aftermarketDeviceNode);
        _checkAdSignature(device, _legacyDigest(aftermarketDeviceNode, msg.sender), aftermarketDeviceSig);
        _claim(aftermarketDeviceNode, msg.sender);
    }

    /// @inheritdoc IAftermarketDeviceModule
    function claimAftermarketDeviceWithNonce(
        uint256 aftermarketDeviceNode,
        uint256 nonce,
        uint256 deadline,
        bytes calldata aftermarketDeviceSig
    ) external {
        _checkDeadline(deadline);
        address device = _checkClaimable(aftermarketDeviceNode);
        bytes32 digest = _claimDigest(aftermarketDeviceNode, msg.sender, nonce, deadline);
        _checkAdSignature(device, digest, aftermarketDeviceSig);
        _useNonce(device, nonce);
        _claim(aftermarketDeviceNode, msg.sender);
    }

    /// @inheritdoc IAftermarketDeviceModule
    function claimAftermarketDeviceSign(
        uint256 aftermarketDeviceNode,
        address owner,
        bytes calldata ownerSig,
        bytes calldata aftermarketDeviceSig
    ) external onlyRole(Roles.CLAIM_AD_ROLE) {
        _requireLegacy();
        address device = _checkClaimable(aftermarketDeviceNode);
        bytes32 digest = _legacyDigest(aftermarketDeviceNode, owner);
        _checkOwnerSignature(owner, digest, ownerSig);
        _checkAdSignature(device, digest, aftermarketDeviceSig);
        _claim(aftermarketDeviceNode, owner);
    }

    /// @inheritdoc IAftermarketDeviceModule
    function claimAftermarketDeviceWithNonceSign(
        uint256 aftermarketDeviceNode,
        address owner,
        uint256 nonce,
        uint256 deadline,
        bytes calldata ownerSig,
        bytes calldata aftermarketDeviceSig
    ) external onlyRole(Roles.CLAIM_AD_ROLE) {
        _checkDeadline(deadline);
        address device = _checkClaimable(aftermarketDeviceNode);
        bytes32 digest = _claimDigest(aftermarketDeviceNode, owner, nonce, deadline);
        _checkOwnerSignature(owner, digest, ownerSig);
        _checkAdSignature(device, digest, aftermarketDeviceSig);
        _useNonce(owner, nonce);
        _useNonce(device, nonce);
        _claim(aftermarketDeviceNode, owner);
    }

    /// @inheritdoc IAftermarketDeviceModule
    function claimAftermarketDeviceBatch(AftermarketDeviceOwnerPair[] calldata adOwnerPair) external {
        _checkBatch(adOwnerPair.length);
        bool isAdmin = _hasRole(Roles.ADMIN_CLAIM_AD_ROLE, msg.sender);
        address manufacturers = RegistryStorage.manufacturer().idProxy;
        for (uint256 i = 0; i < adOwnerPair.length; ++i) {
            uint256 tokenId = adOwnerPair[i].aftermarketDeviceNodeId;
            address owner = adOwnerPair[i].owner;
            if (owner == address(0)) revert ZeroAddress();
            _checkClaimable(tokenId);
            // Per device: one manufacturer must not give away another's devices (deployed bug bdc4ba5).
            if (!isAdmin) {
                _checkPermission(manufacturers, _manufacturerOf(tokenId), Permissions.MANUFACTURER_DISTRIBUTE_DEVICE);
            }
            _claim(tokenId, owner);
        }
    }

    /// @inheritdoc IAftermarketDeviceModule
    function resetAftermarketDeviceAddressByManufacturerBatch(AftermarketDeviceIdAddressPair[] calldata adIdAddrs)
        external
    {
        _checkBatch(adIdAddrs.length);
        RegistryStorage.Aftermarket storage s = RegistryStorage.aftermarket();
        address manufacturers = RegistryStorage.manufacturer().idProxy;
        for (uint256 i = 0; i < adIdAddrs.length; ++i) {
            uint256 tokenId = adIdAddrs[i].aftermarketDeviceNodeId;
            address device = adIdAddrs[i].deviceAddress;
            _checkNode(s.idProxy, tokenId);
            uint256 manufacturerNode = _manufacturerOf(tokenId);
            _checkPermission(manufacturers, manufacturerNode, Permissions.MANUFACTURER_FACTORY_RESET);
            _checkNewDevice(device);
            address oldDevice = s.addressById[tokenId];
            // A new key must not be a way around a ban of the old one.
            _checkNotBanned(oldDevice);
            _checkNotBanned(device);
            delete s.idByAddress[oldDevice];
            s.idByAddress[device] = tokenId;
            s.addressById[tokenId] = device;
            emit AftermarketDeviceAddressReset(manufacturerNode, tokenId, device);
        }
    }

    /// @inheritdoc IAftermarketDeviceModule
    function reprovisionAftermarketDeviceByManufacturerBatch(uint256[] calldata aftermarketDeviceNodes) external {
        _checkBatch(aftermarketDeviceNodes.length);
        address manufacturers = RegistryStorage.manufacturer().idProxy;
        for (uint256 i = 0; i < aftermarketDeviceNodes.length; ++i) {
            uint256 tokenId = aftermarketDeviceNodes[i];
            // Only unclaimed devices: a manufacturer cannot burn what a user owns.
            _checkClaimable(tokenId);
            uint256 manufacturerNode = _manufacturerOf(tokenId);
            _checkPermission(manufacturers, manufacturerNode, Permissions.MANUFACTURER_REPROVISION);
            _checkLicensed(INftId(manufacturers).ownerOf(manufacturerNode));
            _reprovision(tokenId, manufacturerNode);
        }
    }

    /// @notice Hook of AftermarketDeviceId: the beneficiary ends with the ownership.
    /// @dev AftermarketDeviceId proxy only.
    function onAftermarketDeviceTransfer(uint256 aftermarketDeviceId) external {
        address proxy = RegistryStorage.aftermarket().idProxy;
        _checkProxy(proxy);
        _resetBeneficiary(proxy, aftermarketDeviceId);
    }

    /// @notice Hook of AftermarketDeviceId: unclaims an unpaired device and names the manufacturer's owner.
    /// @dev AftermarketDeviceId proxy only, which has checked that `owner` is the caller and the owner.
    function onReturnToManufacturer(uint256 aftermarketDeviceId, address owner) external returns (address) {
        RegistryStorage.Aftermarket storage s = RegistryStorage.aftermarket();
        _checkProxy(s.idProxy);
        if (!s.claimed[aftermarketDeviceId]) revert AdNotClaimed(aftermarketDeviceId);
        if (RegistryStorage.nodes().links[s.idProxy][aftermarketDeviceId] != 0) revert AdPaired(aftermarketDeviceId);
        s.claimed[aftermarketDeviceId] = false;
        emit AftermarketDeviceUnclaimed(aftermarketDeviceId, owner);
        return INftId(RegistryStorage.manufacturer().idProxy).ownerOf(_manufacturerOf(aftermarketDeviceId));
    }

    /// @inheritdoc IAftermarketDeviceModule
    function isAftermarketDeviceClaimed(uint256 nodeId) external view returns (bool) {
        return RegistryStorage.aftermarket().claimed[nodeId];
    }

    /// @inheritdoc IAftermarketDeviceModule
    function getAftermarketDeviceIdByAddress(address addr) external view returns (uint256) {
        return RegistryStorage.aftermarket().idByAddress[addr];
    }

    /// @inheritdoc IAftermarketDeviceModule
    function getAftermarketDeviceAddressById(uint256 nodeId) external view returns (address) {
        return RegistryStorage.aftermarket().addressById[nodeId];
    }

    function _manufacturerOf(uint256 tokenId) private view returns (uint256) {
        return RegistryStorage.nodes().nodes[RegistryStorage.aftermarket().idProxy][tokenId].parent;
    }

    function _checkClaimable(uint256 tokenId) private view returns (address device) {
        RegistryStorage.Aftermarket storage s = RegistryStorage.aftermarket();
        _checkNode(s.idProxy, tokenId);
        if (s.claimed[tokenId]) revert DeviceAlreadyClaimed(tokenId);
        device = s.addressById[tokenId];
        _checkNotBanned(device);
    }

    function _claim(uint256 tokenId, address owner) private {
        RegistryStorage.Aftermarket storage s = RegistryStorage.aftermarket();
        address proxy = s.idProxy;
        s.claimed[tokenId] = true;
        emit AftermarketDeviceClaimed(tokenId, owner);
        INftId(proxy).registryTransfer(INftId(proxy).ownerOf(tokenId), owner, tokenId);
    }

    function _mintDevice(address proxy, uint256 manufacturerNode, address device, address owner)
        private
        returns (uint256 tokenId)
    {
        RegistryStorage.Aftermarket storage s = RegistryStorage.aftermarket();
        tokenId = INftId(proxy).mint(owner);
        s.idByAddress[device] = tokenId;
        s.addressById[tokenId] = device;
        RegistryStorage.nodes().nodes[proxy][tokenId].parent = manufacturerNode;
        emit AftermarketDeviceNodeMinted(manufacturerNode, tokenId, device, owner);
    }

    /// @dev Attributes move to the new id; the new token goes to whoever held the old one.
    function _reprovision(uint256 oldId, uint256 manufacturerNode) private {
        RegistryStorage.Aftermarket storage s = RegistryStorage.aftermarket();
        RegistryStorage.Nodes storage ns = RegistryStorage.nodes();
        address proxy = s.idProxy;
        address device = s.addressById[oldId];
        address owner = INftId(proxy).ownerOf(oldId);
        delete s.addressById[oldId];
        _resetBeneficiary(proxy, oldId);
        emit AftermarketDeviceNodeBurned(oldId, owner);
        INftId(proxy).registryBurn(oldId);
        uint256 newId = _mintDevice(proxy, manufacturerNode, device, owner);
        uint256 length = s.attributes.list.length;
        for (uint256 i = 0; i < length; ++i) {
            string memory attribute = s.attributes.list[i];
            string memory info = ns.nodes[proxy][oldId].info[attribute];
            if (bytes(info).length == 0) continue;
            ns.nodes[proxy][newId].info[attribute] = info;
            emit AftermarketDeviceAttributeSet(newId, attribute, info);
        }
        _clearInfos(s.attributes, proxy, oldId);
    }

    function _resetBeneficiary(address proxy, uint256 tokenId) private {
        RegistryStorage.Nodes storage ns = RegistryStorage.nodes();
        if (ns.beneficiaries[proxy][tokenId] == address(0)) return;
        delete ns.beneficiaries[proxy][tokenId];
        emit IMapperModule.BeneficiarySet(proxy, tokenId, address(0));
    }

    function _setInfos(address proxy, uint256 tokenId, AttributeInfoPair[] calldata pairs) private {
        _checkBatch(pairs.length);
        RegistryStorage.AttributeSet storage set = RegistryStorage.aftermarket().attributes;
        for (uint256 i = 0; i < pairs.length; ++i) {
            _storeInfo(set, proxy, tokenId, pairs[i]);
            emit AftermarketDeviceAttributeSet(tokenId, pairs[i].attribute, pairs[i].info);
        }
    }

    function _legacyDigest(uint256 tokenId, address owner) private view returns (bytes32) {
        return _digest(keccak256(abi.encode(SignedTypes.LEGACY_CLAIM_AD, tokenId, owner)));
    }

    function _claimDigest(uint256 tokenId, address owner, uint256 nonce, uint256 deadline)
        private
        view
        returns (bytes32)
    {
        return _digest(keccak256(abi.encode(SignedTypes.CLAIM_AD, tokenId, owner, nonce, deadline)));
    }
}
