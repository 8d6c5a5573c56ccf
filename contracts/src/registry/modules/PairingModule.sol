// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IPairingModule, ISyntheticDeviceEvents} from "../../interfaces/IDeviceModules.sol";
import {INftId} from "../../interfaces/INftIds.sol";
import {RegistryStorage} from "../../libraries/RegistryStorage.sol";
import {Roles} from "../../libraries/Roles.sol";
import {SignedTypes} from "../../libraries/SignedTypes.sol";
import {SignatureBase} from "../base/SignatureBase.sol";

/// @title Pairing module
contract PairingModule is IPairingModule, SignatureBase {
    /// @dev Both sides of a pairing, read once.
    struct Sides {
        address device;
        address deviceOwner;
        address vehicleOwner;
    }

    /// @inheritdoc IPairingModule
    function pairAftermarketDevice(uint256 aftermarketDeviceNode, uint256 vehicleNode) external {
        Sides memory sides = _checkPairable(aftermarketDeviceNode, vehicleNode);
        if (sides.deviceOwner != sides.vehicleOwner) revert OwnersDoNotMatch();
        if (msg.sender != sides.vehicleOwner) revert Unauthorized(msg.sender);
        _link(aftermarketDeviceNode, vehicleNode, sides.vehicleOwner);
    }

    /// @inheritdoc IPairingModule
    function pairAftermarketDeviceWithAdSig(
        uint256 aftermarketDeviceNode,
        uint256 vehicleNode,
        bytes calldata aftermarketDeviceSig
    ) external {
        _requireLegacy();
        Sides memory sides = _checkPairable(aftermarketDeviceNode, vehicleNode);
        if (msg.sender != sides.vehicleOwner) revert Unauthorized(msg.sender);
        bytes32 digest = _legacyDigest(SignedTypes.LEGACY_PAIR_AD, aftermarketDeviceNode, vehicleNode);
        _checkAdSignature(sides.device, digest, aftermarketDeviceSig);
        _link(aftermarketDeviceNode, vehicleNode, sides.vehicleOwner);
    }

    /// @inheritdoc IPairingModule
    function pairAftermarketDeviceWithAdSigAndNonce(
        uint256 aftermarketDeviceNode,
        uint256 vehicleNode,
        uint256 nonce,
        uint256 deadline,
        bytes calldata aftermarketDeviceSig
    ) external {
        Sides memory sides = _checkPairable(aftermarketDeviceNode, vehicleNode);
        if (msg.sender != sides.vehicleOwner) revert Unauthorized(msg.sender);
        bytes32 digest = _nonceDigest(SignedTypes.PAIR_AD, aftermarketDeviceNode, vehicleNode, nonce, deadline);
        _checkAdSignature(sides.device, digest, aftermarketDeviceSig);
        _useNonce(sides.device, nonce);
        _link(aftermarketDeviceNode, vehicleNode, sides.vehicleOwner);
    }

    /// @inheritdoc IPairingModule
    function pairAftermarketDeviceSign(uint256 aftermarketDeviceNode, uint256 vehicleNode, bytes calldata ownerSig)
        external
        onlyRole(Roles.PAIR_AD_ROLE)
    {
        _requireLegacy();
        Sides memory sides = _checkPairable(aftermarketDeviceNode, vehicleNode);
        if (sides.deviceOwner != sides.vehicleOwner) revert OwnersDoNotMatch();
        bytes32 digest = _legacyDigest(SignedTypes.LEGACY_PAIR_AD, aftermarketDeviceNode, vehicleNode);
        _checkOwnerSignature(sides.vehicleOwner, digest, ownerSig);
        _link(aftermarketDeviceNode, vehicleNode, sides.vehicleOwner);
    }

    /// @inheritdoc IPairingModule
    function pairAftermarketDeviceSign(
        uint256 aftermarketDeviceNode,
        uint256 vehicleNode,
        bytes calldata aftermarketDeviceSig,
        bytes calldata vehicleOwnerSig
    ) external onlyRole(Roles.PAIR_AD_ROLE) {
        _requireLegacy();
        Sides memory sides = _checkPairable(aftermarketDeviceNode, vehicleNode);
        bytes32 digest = _legacyDigest(SignedTypes.LEGACY_PAIR_AD, aftermarketDeviceNode, vehicleNode);
        _checkAdSignature(sides.device, digest, aftermarketDeviceSig);
        _checkOwnerSignature(sides.vehicleOwner, digest, vehicleOwnerSig);
        _link(aftermarketDeviceNode, vehicleNode, sides.vehicleOwner);
    }

    /// @inheritdoc IPairingModule
    function pairAftermarketDeviceWithNonceSign(
        uint256 aftermarketDeviceNode,
        uint256 vehicleNode,
        uint256 nonce,
        uint256 deadline,
        bytes calldata ownerSig
    ) external onlyRole(Roles.PAIR_AD_ROLE) {
        Sides memory sides = _checkPairable(aftermarketDeviceNode, vehicleNode);
        if (sides.deviceOwner != sides.vehicleOwner) revert OwnersDoNotMatch();
        bytes32 digest = _nonceDigest(SignedTypes.PAIR_AD, aftermarketDeviceNode, vehicleNode, nonce, deadline);
        _checkOwnerSignature(sides.vehicleOwner, digest, ownerSig);
        _useNonce(sides.vehicleOwner, nonce);
        _link(aftermarketDeviceNode, vehicleNode, sides.vehicleOwner);
    }

    /// @inheritdoc IPairingModule
    function pairAftermarketDeviceWithNonceSign(
        uint256 aftermarketDeviceNode,
        uint256 vehicleNode,
        uint256 nonce,
        uint256 deadline,
        bytes calldata aftermarketDeviceSig,
        bytes calldata vehicleOwnerSig
    ) external onlyRole(Roles.PAIR_AD_ROLE) {
        Sides memory sides = _checkPairable(aftermarketDeviceNode, vehicleNode);
        bytes32 digest = _nonceDigest(SignedTypes.PAIR_AD, aftermarketDeviceNode, vehicleNode, nonce, deadline);
        _checkAdSignature(sides.device, digest, aftermarketDeviceSig);
        _checkOwnerSignature(sides.vehicleOwner, digest, vehicleOwnerSig);
        _useNonce(sides.device, nonce);
        _useNonce(sides.vehicleOwner, nonce);
        _link(aftermarketDeviceNode, vehicleNode, sides.vehicleOwner);
    }

    /// @inheritdoc IPairingModule
    function unpairAftermarketDevice(uint256 aftermarketDeviceNode, uint256 vehicleNode) external {
        (address deviceOwner, address vehicleOwner) = _checkPaired(aftermarketDeviceNode, vehicleNode);
        if (msg.sender != deviceOwner && msg.sender != vehicleOwner) revert Unauthorized(msg.sender);
        _unlink(aftermarketDeviceNode, vehicleNode, vehicleOwner);
    }

    /// @inheritdoc IPairingModule
    function unpairAftermarketDeviceSign(uint256 aftermarketDeviceNode, uint256 vehicleNode, bytes calldata signature)
        external
        onlyRole(Roles.UNPAIR_AD_ROLE)
    {
        _requireLegacy();
        (address deviceOwner, address vehicleOwner) = _checkPaired(aftermarketDeviceNode, vehicleNode);
        bytes32 digest = _legacyDigest(SignedTypes.LEGACY_UNPAIR_AD, aftermarketDeviceNode, vehicleNode);
        _signerOf(deviceOwner, vehicleOwner, digest, signature);
        _unlink(aftermarketDeviceNode, vehicleNode, vehicleOwner);
    }

    /// @inheritdoc IPairingModule
    function unpairAftermarketDeviceWithNonceSign(
        uint256 aftermarketDeviceNode,
        uint256 vehicleNode,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external onlyRole(Roles.UNPAIR_AD_ROLE) {
        (address deviceOwner, address vehicleOwner) = _checkPaired(aftermarketDeviceNode, vehicleNode);
        bytes32 digest = _nonceDigest(SignedTypes.UNPAIR_AD, aftermarketDeviceNode, vehicleNode, nonce, deadline);
        _useNonce(_signerOf(deviceOwner, vehicleOwner, digest, signature), nonce);
        _unlink(aftermarketDeviceNode, vehicleNode, vehicleOwner);
    }

    /// @inheritdoc IPairingModule
    function transferVehicleWithDevice(uint256 vehicleId, address to) external {
        address vehicles = RegistryStorage.vehicle().idProxy;
        address devices = RegistryStorage.aftermarket().idProxy;
        if (to == address(0)) revert ZeroAddress();
        _checkNode(vehicles, vehicleId);
        if (INftId(vehicles).ownerOf(vehicleId) != msg.sender) revert Unauthorized(msg.sender);
        uint256 deviceId = RegistryStorage.nodes().links[vehicles][vehicleId];
        if (deviceId == 0) revert VehicleNotPaired(vehicleId);
        if (INftId(devices).ownerOf(deviceId) != msg.sender) revert OwnersDoNotMatch();
        INftId(vehicles).registryTransfer(msg.sender, to, vehicleId);
        INftId(devices).registryTransfer(msg.sender, to, deviceId);
    }

    /// @notice Hook of VehicleId: ends the pairing unless the device moves along, and drags the synthetic device,
    ///         whose new owner must consent before it collects again.
    /// @dev VehicleId proxy only.
    function onVehicleTransfer(uint256 vehicleId, address from, address to, bool withDevice) external {
        address vehicles = RegistryStorage.vehicle().idProxy;
        _checkProxy(vehicles);
        uint256 deviceId = RegistryStorage.nodes().links[vehicles][vehicleId];
        if (deviceId != 0 && !withDevice) _unlink(deviceId, vehicleId, from);

        RegistryStorage.Synthetic storage ss = RegistryStorage.synthetic();
        uint256 syntheticId = RegistryStorage.nodes().nodeLinks[vehicles][ss.idProxy][vehicleId];
        if (syntheticId == 0) return;
        ss.consentRequired[syntheticId] = true;
        emit ISyntheticDeviceEvents.SyntheticDeviceConsentRequired(syntheticId, vehicleId, to);
        INftId(ss.idProxy).registryTransfer(from, to, syntheticId);
    }

    function _checkPairable(uint256 deviceId, uint256 vehicleId) private view returns (Sides memory sides) {
        RegistryStorage.Aftermarket storage s = RegistryStorage.aftermarket();
        RegistryStorage.Nodes storage ns = RegistryStorage.nodes();
        address devices = s.idProxy;
        address vehicles = RegistryStorage.vehicle().idProxy;
        _checkNode(devices, deviceId);
        _checkNode(vehicles, vehicleId);
        if (!s.claimed[deviceId]) revert AdNotClaimed(deviceId);
        if (ns.links[vehicles][vehicleId] != 0) revert VehiclePaired(vehicleId);
        if (ns.links[devices][deviceId] != 0) revert AdPaired(deviceId);
        sides.device = s.addressById[deviceId];
        sides.deviceOwner = INftId(devices).ownerOf(deviceId);
        sides.vehicleOwner = INftId(vehicles).ownerOf(vehicleId);
        _checkNotBanned(sides.device);
        _checkLicensed(INftId(RegistryStorage.manufacturer().idProxy).ownerOf(ns.nodes[devices][deviceId].parent));
    }

    function _checkPaired(uint256 deviceId, uint256 vehicleId)
        private
        view
        returns (address deviceOwner, address vehicleOwner)
    {
        RegistryStorage.Nodes storage ns = RegistryStorage.nodes();
        address devices = RegistryStorage.aftermarket().idProxy;
        address vehicles = RegistryStorage.vehicle().idProxy;
        _checkNode(devices, deviceId);
        _checkNode(vehicles, vehicleId);
        if (ns.links[vehicles][vehicleId] != deviceId) revert VehicleNotPaired(vehicleId);
        if (ns.links[devices][deviceId] != vehicleId) revert AdNotPaired(deviceId);
        deviceOwner = INftId(devices).ownerOf(deviceId);
        vehicleOwner = INftId(vehicles).ownerOf(vehicleId);
    }

    function _link(uint256 deviceId, uint256 vehicleId, address owner) private {
        RegistryStorage.Nodes storage ns = RegistryStorage.nodes();
        ns.links[RegistryStorage.vehicle().idProxy][vehicleId] = deviceId;
        ns.links[RegistryStorage.aftermarket().idProxy][deviceId] = vehicleId;
        emit AftermarketDevicePaired(deviceId, vehicleId, owner);
    }

    function _unlink(uint256 deviceId, uint256 vehicleId, address owner) private {
        RegistryStorage.Nodes storage ns = RegistryStorage.nodes();
        delete ns.links[RegistryStorage.vehicle().idProxy][vehicleId];
        delete ns.links[RegistryStorage.aftermarket().idProxy][deviceId];
        emit AftermarketDeviceUnpaired(deviceId, vehicleId, owner);
    }

    /// @dev Either owner may sign; reverts when neither did.
    function _signerOf(address deviceOwner, address vehicleOwner, bytes32 digest, bytes memory signature)
        private
        view
        returns (address)
    {
        if (_isOwnerSignature(vehicleOwner, digest, signature)) return vehicleOwner;
        if (_isOwnerSignature(deviceOwner, digest, signature)) return deviceOwner;
        revert InvalidSigner();
    }

    function _legacyDigest(bytes32 typehash, uint256 deviceId, uint256 vehicleId) private view returns (bytes32) {
        return _digest(keccak256(abi.encode(typehash, deviceId, vehicleId)));
    }

    function _nonceDigest(bytes32 typehash, uint256 deviceId, uint256 vehicleId, uint256 nonce, uint256 deadline)
        private
        view
        returns (bytes32)
    {
        _checkDeadline(deadline);
        return _digest(keccak256(abi.encode(typehash, deviceId, vehicleId, nonce, deadline)));
    }
}
