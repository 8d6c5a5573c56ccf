// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";

import {IDeviceDirectory} from "../interfaces/IDeviceDirectory.sol";
import {IAftermarketDeviceModule} from "../interfaces/IDeviceModules.sol";
import {INftId} from "../interfaces/INftIds.sol";
import {IMapperModule, ISharedModule} from "../interfaces/IRegistryCore.sol";

/// @title Devices as the escrow sees them, read from the registry
contract DeviceDirectory is IDeviceDirectory, AccessControlUpgradeable, UUPSUpgradeable {
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    bytes32 private constant STORAGE_SLOT = 0xd1a28dc4b2f751dc6b9495cb346659f76f7bf3de191816f42016423f06025900;

    /// @custom:storage-location erc7201:milepost.devicedirectory
    struct DirectoryStorage {
        address registry;
        address manufacturerId;
        address vehicleId;
        address adId;
        address sdId;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param registry The router; the connections NFT is read from it.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(
        address registry,
        address manufacturerId,
        address vehicleId,
        address adId,
        address sdId,
        address admin
    ) external initializer {
        if (
            registry == address(0) || manufacturerId == address(0) || vehicleId == address(0) || adId == address(0)
                || sdId == address(0) || admin == address(0)
        ) revert ZeroAddress();
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        DirectoryStorage storage s = _directory();
        s.registry = registry;
        s.manufacturerId = manufacturerId;
        s.vehicleId = vehicleId;
        s.adId = adId;
        s.sdId = sdId;
    }

    /// @inheritdoc IDeviceDirectory
    function hardware(uint256 aftermarketDeviceId) external view returns (Device memory device) {
        DirectoryStorage storage s = _directory();
        INftId ids = INftId(s.adId);
        if (!ids.exists(aftermarketDeviceId)) return device;
        address registry = s.registry;
        device.wallet = IAftermarketDeviceModule(registry).getAftermarketDeviceAddressById(aftermarketDeviceId);
        device.vehicleId = IMapperModule(registry).getLink(address(ids), aftermarketDeviceId);
        device.owner =
            device.vehicleId == 0 ? ids.ownerOf(aftermarketDeviceId) : INftId(s.vehicleId).ownerOf(device.vehicleId);
        device.maker =
            _ownerOf(s.manufacturerId, IMapperModule(registry).getParentNode(address(ids), aftermarketDeviceId));
    }

    /// @inheritdoc IDeviceDirectory
    function software(uint256 syntheticDeviceId) external view returns (Device memory device) {
        DirectoryStorage storage s = _directory();
        INftId ids = INftId(s.sdId);
        if (!ids.exists(syntheticDeviceId)) return device;
        address registry = s.registry;
        address vehicles = s.vehicleId;
        // A synthetic device has a vehicle from its mint to its burn.
        device.vehicleId = IMapperModule(registry).getNodeLink(address(ids), vehicles, syntheticDeviceId);
        device.wallet = _vehicleAddress(vehicles, device.vehicleId);
        device.owner = INftId(vehicles).ownerOf(device.vehicleId);
        device.maker = _ownerOf(
            ISharedModule(registry).getConnectionsManager(),
            IMapperModule(registry).getParentNode(address(ids), syntheticDeviceId)
        );
    }

    /// @inheritdoc IDeviceDirectory
    function vehicleAddress(uint256 vehicleId) external view returns (address) {
        return _vehicleAddress(_directory().vehicleId, vehicleId);
    }

    function _ownerOf(address ids, uint256 id) private view returns (address) {
        return INftId(ids).exists(id) ? INftId(ids).ownerOf(id) : address(0);
    }

    function _vehicleAddress(address vehicles, uint256 vehicleId) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode(vehicles, vehicleId)))));
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _directory() private pure returns (DirectoryStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
