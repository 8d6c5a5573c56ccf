// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {INftId} from "../../interfaces/INftIds.sol";
import {ISharedModule} from "../../interfaces/IRegistryCore.sol";
import {RegistryStorage} from "../../libraries/RegistryStorage.sol";
import {Roles} from "../../libraries/Roles.sol";
import {VehicleBase} from "../base/VehicleBase.sol";

/// @title Configuration and storage node module
contract SharedModule is ISharedModule, VehicleBase {
    /// @inheritdoc ISharedModule
    function setFoundation(address foundation) external onlyRole(Roles.ADMIN_ROLE) {
        RegistryStorage.shared().foundation = foundation;
        emit FoundationSet(foundation);
    }

    /// @inheritdoc ISharedModule
    function setDimoToken(address dimoToken) external onlyRole(Roles.ADMIN_ROLE) {
        RegistryStorage.shared().dimoToken = dimoToken;
        emit DimoTokenSet(dimoToken);
    }

    /// @inheritdoc ISharedModule
    function setManufacturerLicense(address manufacturerLicense) external onlyRole(Roles.ADMIN_ROLE) {
        RegistryStorage.shared().manufacturerLicense = manufacturerLicense;
        emit ManufacturerLicenseSet(manufacturerLicense);
    }

    /// @inheritdoc ISharedModule
    function setConnectionsManager(address connectionsManager) external onlyRole(Roles.ADMIN_ROLE) {
        RegistryStorage.shared().connectionsManager = connectionsManager;
        emit ConnectionsManagerSet(connectionsManager);
    }

    /// @inheritdoc ISharedModule
    function setSacd(address sacd) external onlyRole(Roles.ADMIN_ROLE) {
        RegistryStorage.shared().sacd = sacd;
        emit SacdSet(sacd);
    }

    /// @inheritdoc ISharedModule
    function setDeviceStanding(address deviceStanding) external onlyRole(Roles.ADMIN_ROLE) {
        RegistryStorage.shared().deviceStanding = deviceStanding;
        emit DeviceStandingSet(deviceStanding);
    }

    /// @inheritdoc ISharedModule
    function setStorageNode(address storageNode) external onlyRole(Roles.ADMIN_ROLE) {
        RegistryStorage.shared().storageNode = storageNode;
        emit StorageNodeSet(storageNode);
    }

    /// @inheritdoc ISharedModule
    function setDefaultStorageNodeId(uint256 storageNodeId) external onlyRole(Roles.ADMIN_ROLE) {
        _checkStorageNode(storageNodeId);
        RegistryStorage.shared().defaultStorageNodeId = storageNodeId;
        emit DefaultStorageNodeIdSet(storageNodeId);
    }

    /// @inheritdoc ISharedModule
    function setStorageNodeIdForVehicle(uint256 vehicleId, uint256 storageNodeId) external {
        address proxy = RegistryStorage.vehicle().idProxy;
        _checkNode(proxy, vehicleId);
        if (INftId(proxy).ownerOf(vehicleId) != msg.sender) revert Unauthorized(msg.sender);
        _setStorageNode(vehicleId, storageNodeId);
    }

    /// @inheritdoc ISharedModule
    function getFoundation() external view returns (address) {
        return RegistryStorage.shared().foundation;
    }

    /// @inheritdoc ISharedModule
    function getDimoToken() external view returns (address) {
        return RegistryStorage.shared().dimoToken;
    }

    /// @inheritdoc ISharedModule
    function getManufacturerLicense() external view returns (address) {
        return RegistryStorage.shared().manufacturerLicense;
    }

    /// @inheritdoc ISharedModule
    function getConnectionsManager() external view returns (address) {
        return RegistryStorage.shared().connectionsManager;
    }

    /// @inheritdoc ISharedModule
    function getSacd() external view returns (address) {
        return RegistryStorage.shared().sacd;
    }

    /// @inheritdoc ISharedModule
    function getDeviceStanding() external view returns (address) {
        return RegistryStorage.shared().deviceStanding;
    }

    /// @inheritdoc ISharedModule
    function getStorageNode() external view returns (address) {
        return RegistryStorage.shared().storageNode;
    }

    /// @inheritdoc ISharedModule
    function getDefaultStorageNodeId() external view returns (uint256) {
        return RegistryStorage.shared().defaultStorageNodeId;
    }

    /// @inheritdoc ISharedModule
    function vehicleIdToStorageNodeId(uint256 vehicleId) external view returns (uint256) {
        return RegistryStorage.vehicle().storageNodeId[vehicleId];
    }
}
