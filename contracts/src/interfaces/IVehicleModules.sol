// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {
    AttributeInfoPair,
    MintVehicleAndSdWithDdInput,
    MintVehicleAndSdWithDdInputBatch,
    MintVehicleAndSdWithDdInputWithSnId,
    MintVehicleAndSdWithNonceInput,
    MintVehicleWithNonceInput,
    SacdInput
} from "../libraries/RegistryTypes.sol";

/// @title Events of vehicles
interface IVehicleEvents {
    event VehicleAttributeSet(uint256 tokenId, string attribute, string info);
    event VehicleNodeMintedWithDeviceDefinition(
        uint256 indexed manufacturerId, uint256 indexed vehicleId, address indexed owner, string deviceDefinitionId
    );
    event VehicleNodeBurned(uint256 indexed vehicleNode, address indexed owner);
    event DeviceDefinitionIdSet(uint256 indexed vehicleId, string ddId);
}

/// @title Vehicles
/// @notice Mints without a signature are for the caller's own vehicles; relayed mints need MINT_VEHICLE_ROLE and the
///         owner's signature. `storageNodeId` zero means the default node; `sacdInput.grantee` zero means no grant.
interface IVehicleModule is IVehicleEvents {
    event VehicleIdProxySet(address indexed proxy);
    event VehicleAttributeAdded(string attribute);

    /// @dev ADMIN_ROLE, once.
    function setVehicleIdProxyAddress(address addr) external;

    /// @dev ADMIN_ROLE.
    function addVehicleAttribute(string calldata attribute) external;

    /// @notice Rewrites attributes. @dev SET_VEHICLE_INFO_ROLE at any time: attributes are hints, not proofs.
    function setVehicleInfo(uint256 tokenId, AttributeInfoPair[] calldata attrInfo) external;

    /// @notice Corrects the device definition. @dev SET_VEHICLE_INFO_ROLE.
    function setVehicleDeviceDefinitionId(uint256 vehicleId, string calldata deviceDefinitionId) external;

    /// @notice Mints a vehicle to the caller.
    function mintVehicleWithDeviceDefinition(
        uint256 manufacturerNode,
        address owner,
        string calldata deviceDefinitionId,
        AttributeInfoPair[] calldata attrInfo
    ) external;

    /// @notice Same with a permission grant.
    function mintVehicleWithDeviceDefinition(
        uint256 manufacturerNode,
        address owner,
        string calldata deviceDefinitionId,
        AttributeInfoPair[] calldata attrInfo,
        SacdInput calldata sacdInput
    ) external;

    /// @notice Same with a storage node.
    function mintVehicleWithDeviceDefinition(
        uint256 manufacturerNode,
        address owner,
        uint256 storageNodeId,
        string calldata deviceDefinitionId,
        AttributeInfoPair[] calldata attrInfo
    ) external;

    /// @notice Same with a storage node and a permission grant.
    function mintVehicleWithDeviceDefinition(
        uint256 manufacturerNode,
        address owner,
        uint256 storageNodeId,
        string calldata deviceDefinitionId,
        AttributeInfoPair[] calldata attrInfo,
        SacdInput calldata sacdInput
    ) external;

    /// @notice Relayed mint, legacy message. @dev MINT_VEHICLE_ROLE; only while legacy messages are switched on.
    function mintVehicleWithDeviceDefinitionSign(
        uint256 manufacturerNode,
        address owner,
        string calldata deviceDefinitionId,
        AttributeInfoPair[] calldata attrInfo,
        bytes calldata signature
    ) external;

    /// @notice Same with a storage node, which the legacy message does not cover.
    function mintVehicleWithDeviceDefinitionSign(
        uint256 manufacturerNode,
        address owner,
        uint256 storageNodeId,
        string calldata deviceDefinitionId,
        AttributeInfoPair[] calldata attrInfo,
        bytes calldata signature
    ) external;

    /// @notice Relayed mint; the message covers storage node, attributes and grant. @dev MINT_VEHICLE_ROLE.
    function mintVehicleWithDeviceDefinitionWithNonceSign(MintVehicleWithNonceInput calldata data) external;

    /// @notice Relayed burn, legacy message. @dev BURN_VEHICLE_ROLE; only while legacy messages are switched on.
    function burnVehicleSign(uint256 tokenId, bytes calldata ownerSig) external;

    /// @notice Relayed burn. @dev BURN_VEHICLE_ROLE.
    function burnVehicleWithNonceSign(uint256 tokenId, uint256 nonce, uint256 deadline, bytes calldata ownerSig)
        external;

    /// @notice Device definition of a vehicle, empty when unknown.
    function getDeviceDefinitionIdByVehicleId(uint256 vehicleId) external view returns (string memory);
}

/// @title Vehicle and synthetic device in one step
/// @notice The caller needs permission 1 on the connection; the owner of the connection must be licensed.
interface ICombinedMintModule {
    /// @notice Legacy messages: the owner signs the vehicle, the device key signs the connection only.
    function mintVehicleAndSdWithDeviceDefinitionSign(MintVehicleAndSdWithDdInput calldata data) external;

    /// @notice Legacy messages, with a storage node.
    function mintVehicleAndSdWithDeviceDefinitionSign(MintVehicleAndSdWithDdInputWithSnId calldata data) external;

    /// @notice Legacy messages, with a grant that no signature covers.
    function mintVehicleAndSdWithDeviceDefinitionSignAndSacd(
        MintVehicleAndSdWithDdInput calldata data,
        SacdInput calldata sacdInput
    ) external;

    /// @notice Legacy messages, with a storage node and a grant.
    function mintVehicleAndSdWithDeviceDefinitionSignAndSacd(
        MintVehicleAndSdWithDdInputWithSnId calldata data,
        SacdInput calldata sacdInput
    ) external;

    /// @notice Legacy messages, up to 50 entries.
    function mintVehicleAndSdWithDeviceDefinitionSignBatch(MintVehicleAndSdWithDdInputBatch[] calldata data) external;

    /// @notice Owner and device key sign one message that covers everything.
    function mintVehicleAndSdWithNonceSign(MintVehicleAndSdWithNonceInput calldata data) external;
}
