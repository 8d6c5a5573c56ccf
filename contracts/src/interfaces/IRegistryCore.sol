// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AttributeInfoPair} from "../libraries/RegistryTypes.sol";
import {IRoleEvents} from "./IDIMORegistry.sol";

/// @title Roles of the registry, OpenZeppelin semantics
interface IAccessControlModule is IRoleEvents {
    /// @notice True while the account has the role.
    function hasRole(bytes32 role, address account) external view returns (bool);

    /// @notice The role whose members grant and revoke this role.
    function getRoleAdmin(bytes32 role) external view returns (bytes32);

    /// @notice Grants a role. @dev Members of the role's admin role.
    function grantRole(bytes32 role, address account) external;

    /// @notice Revokes a role. @dev Members of the role's admin role.
    function revokeRole(bytes32 role, address account) external;

    /// @notice Gives up a role of the caller.
    function renounceRole(bytes32 role) external;

    /// @notice Moves the power over a role to another role (D3-25). @dev DEFAULT_ADMIN_ROLE.
    function setRoleAdmin(bytes32 role, bytes32 adminRole) external;
}

/// @title Signed messages: switch, nonces, domain
interface ISignatureModule {
    event LegacySignaturesSet(bool enabled);
    event NoncesInvalidated(address indexed signer, uint248 indexed word, uint256 mask);

    /// @notice True while messages without nonce and deadline are accepted. Off after deployment.
    function legacySignaturesEnabled() external view returns (bool);

    /// @notice Switches the legacy messages. @dev ADMIN_ROLE: while on, old signatures can be replayed by role holders.
    function setLegacySignaturesEnabled(bool enabled) external;

    /// @notice Used nonces of a signer; bit `n & 255` of word `n >> 8`.
    function nonceBitmap(address signer, uint248 word) external view returns (uint256);

    /// @notice True when a nonce was used or invalidated.
    function isNonceUsed(address signer, uint256 nonce) external view returns (bool);

    /// @notice Invalidates nonces of the caller, so that messages signed with them can no longer be relayed.
    function invalidateNonces(uint248 word, uint256 mask) external;

    /// @notice EIP-712 domain separator.
    function domainSeparator() external view returns (bytes32);

    /// @notice ERC-5267 description of the domain.
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        );
}

/// @title Addresses of the other contracts
interface ISharedModule {
    event FoundationSet(address indexed foundation);
    event DimoTokenSet(address indexed dimoToken);
    event ManufacturerLicenseSet(address indexed manufacturerLicense);
    event ConnectionsManagerSet(address indexed connectionsManager);
    event SacdSet(address indexed sacd);
    event StorageNodeSet(address indexed storageNode);
    event DeviceStandingSet(address indexed deviceStanding);
    event DefaultStorageNodeIdSet(uint256 indexed storageNodeId);
    event VehicleStorageNodeIdSet(uint256 indexed vehicleId, uint256 indexed storageNodeId);

    /// @dev ADMIN_ROLE.
    function setFoundation(address foundation) external;

    /// @dev ADMIN_ROLE.
    function setDimoToken(address dimoToken) external;

    /// @notice The contract that answers `isLicensed`. @dev ADMIN_ROLE: decides who may produce devices.
    function setManufacturerLicense(address manufacturerLicense) external;

    /// @dev ADMIN_ROLE.
    function setConnectionsManager(address connectionsManager) external;

    /// @notice The permission contract that the registry reads. @dev ADMIN_ROLE.
    function setSacd(address sacd) external;

    /// @notice The ban list. @dev ADMIN_ROLE; zero switches the check off.
    function setDeviceStanding(address deviceStanding) external;

    /// @notice The storage node NFT. @dev ADMIN_ROLE.
    function setStorageNode(address storageNode) external;

    /// @notice The storage node of vehicles that name none. @dev ADMIN_ROLE; must exist.
    function setDefaultStorageNodeId(uint256 storageNodeId) external;

    /// @notice Moves a vehicle to another storage node; zero means the default. Vehicle owner only.
    function setStorageNodeIdForVehicle(uint256 vehicleId, uint256 storageNodeId) external;

    function getFoundation() external view returns (address);
    function getDimoToken() external view returns (address);
    function getManufacturerLicense() external view returns (address);
    function getConnectionsManager() external view returns (address);
    function getSacd() external view returns (address);
    function getDeviceStanding() external view returns (address);
    function getStorageNode() external view returns (address);
    function getDefaultStorageNodeId() external view returns (uint256);

    /// @notice Storage node of a vehicle, zero when unknown or burned.
    function vehicleIdToStorageNodeId(uint256 vehicleId) external view returns (uint256);
}

/// @title Views over nodes and links
interface IMapperModule {
    event BeneficiarySet(address indexed idProxyAddress, uint256 indexed nodeId, address indexed beneficiary);

    /// @notice Vehicle ↔ aftermarket device: the id linked to `tokenId` of `idProxyAddress`, zero when none.
    function getLink(address idProxyAddress, uint256 tokenId) external view returns (uint256);

    /// @notice Vehicle ↔ synthetic device: the id of `target` linked to `tokenId` of `source`, zero when none.
    function getNodeLink(address source, address target, uint256 tokenId) external view returns (uint256);

    /// @notice Manufacturer of a vehicle or aftermarket device, connection of a synthetic device.
    function getParentNode(address idProxyAddress, uint256 tokenId) external view returns (uint256);

    /// @notice One attribute of a node, empty when unset.
    function getInfo(address idProxyAddress, uint256 tokenId, string calldata attribute)
        external
        view
        returns (string memory);

    /// @notice Receiver of a node's rewards; the owner when none was named.
    function getBeneficiary(address idProxyAddress, uint256 nodeId) external view returns (address);

    /// @notice Names another beneficiary; zero returns to the owner. Device owner only; ends at transfer.
    function setAftermarketDeviceBeneficiary(uint256 nodeId, address beneficiary) external;
}

/// @title Several calls in one transaction
interface IMulticallModule {
    /// @notice Calls the registry several times as the caller; reverts with the reason of the first failure.
    function multiDelegateCall(bytes[] calldata data) external returns (bytes[] memory results);

    /// @notice Same for views.
    function multiStaticCall(bytes[] calldata data) external view returns (bytes[] memory results);
}

/// @title Manufacturers
interface IManufacturerModule {
    event ManufacturerIdProxySet(address indexed proxy);
    event ControllerSet(address indexed controller);
    event ManufacturerNodeMinted(string name, uint256 tokenId, address indexed owner);
    event ManufacturerAttributeAdded(string attribute);
    event ManufacturerAttributeSet(uint256 tokenId, string attribute, string info);

    /// @dev ADMIN_ROLE, once.
    function setManufacturerIdProxyAddress(address addr) external;

    /// @dev ADMIN_ROLE.
    function addManufacturerAttribute(string calldata attribute) external;

    /// @notice Allows an account to own one manufacturer. @dev ADMIN_ROLE.
    function setController(address controller) external;

    /// @notice Mints a manufacturer with a unique name to a controller that owns none. @dev MINT_MANUFACTURER_ROLE.
    function mintManufacturer(address owner, string calldata name, AttributeInfoPair[] calldata attrInfoPairList)
        external;

    /// @dev SET_MANUFACTURER_INFO_ROLE.
    function setManufacturerInfo(uint256 tokenId, AttributeInfoPair[] calldata attrInfoList) external;

    function getManufacturerIdByName(string calldata name) external view returns (uint256);
    function getManufacturerNameById(uint256 tokenId) external view returns (string memory);

    /// @notice True for a controller that owns no manufacturer.
    function isAllowedToOwnManufacturerNode(address account) external view returns (bool);
    function isController(address account) external view returns (bool);
    function isManufacturerMinted(address account) external view returns (bool);
}
