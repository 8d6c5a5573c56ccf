// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {
    AftermarketDeviceIdAddressPair,
    AftermarketDeviceInfos,
    AftermarketDeviceOwnerPair,
    AttributeInfoPair,
    MintSyntheticDeviceBatchInput,
    MintSyntheticDeviceInput,
    MintSyntheticDeviceWithNonceInput
} from "../libraries/RegistryTypes.sol";

/// @title Aftermarket devices: production, claim, service
/// @notice Manufacturer powers belong to the manufacturer's owner and to grantees of the numbered SACD permission on
///         the manufacturer NFT.
interface IAftermarketDeviceModule {
    event AftermarketDeviceIdProxySet(address indexed proxy);
    event AftermarketDeviceAttributeAdded(string attribute);
    event AftermarketDeviceAttributeSet(uint256 tokenId, string attribute, string info);
    event AftermarketDeviceNodeMinted(
        uint256 indexed manufacturerId, uint256 tokenId, address indexed aftermarketDeviceAddress, address indexed owner
    );
    event AftermarketDeviceClaimed(uint256 aftermarketDeviceNode, address indexed owner);
    event AftermarketDeviceUnclaimed(uint256 indexed aftermarketDeviceNode, address indexed owner);
    event AftermarketDeviceAddressReset(
        uint256 indexed manufacturerId, uint256 indexed tokenId, address indexed aftermarketDeviceAddress
    );
    event AftermarketDeviceNodeBurned(uint256 indexed tokenId, address indexed owner);

    /// @dev ADMIN_ROLE, once.
    function setAftermarketDeviceIdProxyAddress(address addr) external;

    /// @dev ADMIN_ROLE.
    function addAftermarketDeviceAttribute(string calldata attribute) external;

    /// @dev SET_AD_INFO_ROLE.
    function setAftermarketDeviceInfo(uint256 tokenId, AttributeInfoPair[] calldata attrInfo) external;

    /// @notice Mints devices to the manufacturer's owner, who must be licensed (D3-76). Permission 1.
    function mintAftermarketDeviceByManufacturerBatch(
        uint256 manufacturerNode,
        AftermarketDeviceInfos[] calldata adInfos
    ) external;

    /// @notice The caller claims a device with the device's signature over the legacy message.
    function claimAftermarketDevice(uint256 aftermarketDeviceNode, bytes calldata aftermarketDeviceSig) external;

    /// @notice The caller claims a device with the device's signature.
    function claimAftermarketDeviceWithNonce(
        uint256 aftermarketDeviceNode,
        uint256 nonce,
        uint256 deadline,
        bytes calldata aftermarketDeviceSig
    ) external;

    /// @notice Relayed claim, legacy message. @dev CLAIM_AD_ROLE.
    function claimAftermarketDeviceSign(
        uint256 aftermarketDeviceNode,
        address owner,
        bytes calldata ownerSig,
        bytes calldata aftermarketDeviceSig
    ) external;

    /// @notice Relayed claim; owner and device sign the same message. @dev CLAIM_AD_ROLE.
    function claimAftermarketDeviceWithNonceSign(
        uint256 aftermarketDeviceNode,
        address owner,
        uint256 nonce,
        uint256 deadline,
        bytes calldata ownerSig,
        bytes calldata aftermarketDeviceSig
    ) external;

    /// @notice Hands unclaimed devices to buyers. Permission 2 on the manufacturer of every device.
    /// @dev ADMIN_CLAIM_AD_ROLE may do it for any manufacturer's unclaimed devices.
    function claimAftermarketDeviceBatch(AftermarketDeviceOwnerPair[] calldata adOwnerPair) external;

    /// @notice Replaces device keys after a factory reset. Permission 3 on the manufacturer of every device.
    function resetAftermarketDeviceAddressByManufacturerBatch(AftermarketDeviceIdAddressPair[] calldata adIdAddrs)
        external;

    /// @notice Burns unclaimed devices and mints them again with a new id and the same key. Permission 4.
    function reprovisionAftermarketDeviceByManufacturerBatch(uint256[] calldata aftermarketDeviceNodes) external;

    function isAftermarketDeviceClaimed(uint256 nodeId) external view returns (bool);
    function getAftermarketDeviceIdByAddress(address addr) external view returns (uint256);
    function getAftermarketDeviceAddressById(uint256 nodeId) external view returns (address);
}

/// @title Pairing of aftermarket devices and vehicles, and what a transfer does to it
/// @notice A pairing needs a claimed, not banned device of a licensed manufacturer, and both sides unlinked. The
///         `owner` of the events is the vehicle's owner at that moment.
interface IPairingModule {
    event AftermarketDevicePaired(uint256 aftermarketDeviceNode, uint256 vehicleNode, address indexed owner);
    event AftermarketDeviceUnpaired(uint256 aftermarketDeviceNode, uint256 vehicleNode, address indexed owner);

    /// @notice The caller owns both.
    function pairAftermarketDevice(uint256 aftermarketDeviceNode, uint256 vehicleNode) external;

    /// @notice The caller owns the vehicle; the device signs the legacy message.
    function pairAftermarketDeviceWithAdSig(
        uint256 aftermarketDeviceNode,
        uint256 vehicleNode,
        bytes calldata aftermarketDeviceSig
    ) external;

    /// @notice The caller owns the vehicle; the device signs.
    function pairAftermarketDeviceWithAdSigAndNonce(
        uint256 aftermarketDeviceNode,
        uint256 vehicleNode,
        uint256 nonce,
        uint256 deadline,
        bytes calldata aftermarketDeviceSig
    ) external;

    /// @notice Relayed; one owner of both signs the legacy message. @dev PAIR_AD_ROLE.
    function pairAftermarketDeviceSign(uint256 aftermarketDeviceNode, uint256 vehicleNode, bytes calldata ownerSig)
        external;

    /// @notice Relayed; device and vehicle owner sign the legacy message. @dev PAIR_AD_ROLE.
    function pairAftermarketDeviceSign(
        uint256 aftermarketDeviceNode,
        uint256 vehicleNode,
        bytes calldata aftermarketDeviceSig,
        bytes calldata vehicleOwnerSig
    ) external;

    /// @notice Relayed; one owner of both signs. @dev PAIR_AD_ROLE.
    function pairAftermarketDeviceWithNonceSign(
        uint256 aftermarketDeviceNode,
        uint256 vehicleNode,
        uint256 nonce,
        uint256 deadline,
        bytes calldata ownerSig
    ) external;

    /// @notice Relayed; device and vehicle owner sign the same message. @dev PAIR_AD_ROLE.
    function pairAftermarketDeviceWithNonceSign(
        uint256 aftermarketDeviceNode,
        uint256 vehicleNode,
        uint256 nonce,
        uint256 deadline,
        bytes calldata aftermarketDeviceSig,
        bytes calldata vehicleOwnerSig
    ) external;

    /// @notice Either owner ends the pairing.
    function unpairAftermarketDevice(uint256 aftermarketDeviceNode, uint256 vehicleNode) external;

    /// @notice Relayed, legacy message of either owner. @dev UNPAIR_AD_ROLE.
    function unpairAftermarketDeviceSign(uint256 aftermarketDeviceNode, uint256 vehicleNode, bytes calldata signature)
        external;

    /// @notice Relayed, message of either owner. @dev UNPAIR_AD_ROLE.
    function unpairAftermarketDeviceWithNonceSign(
        uint256 aftermarketDeviceNode,
        uint256 vehicleNode,
        uint256 nonce,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Moves a vehicle together with its paired device; the caller owns both and the pairing stays.
    /// @dev An ordinary transfer of the vehicle ends the pairing instead.
    function transferVehicleWithDevice(uint256 vehicleId, address to) external;
}

/// @title Events of synthetic devices
interface ISyntheticDeviceEvents {
    event SyntheticDeviceAttributeSet(uint256 indexed tokenId, string attribute, string info);
    event SyntheticDeviceNodeMinted(
        uint256 connectionId,
        uint256 syntheticDeviceNode,
        uint256 indexed vehicleNode,
        address indexed syntheticDeviceAddress,
        address indexed owner
    );

    /// @notice The device collects with credentials that its vehicle's owner has not agreed to: ingest must stop.
    event SyntheticDeviceConsentRequired(
        uint256 indexed syntheticDeviceNode, uint256 indexed vehicleNode, address indexed newOwner
    );
    event SyntheticDeviceConsentGiven(
        uint256 indexed syntheticDeviceNode, uint256 indexed vehicleNode, address indexed owner
    );
}

/// @title Synthetic devices (software connections)
interface ISyntheticDeviceModule is ISyntheticDeviceEvents {
    event SyntheticDeviceIdProxySet(address proxy);
    event SyntheticDeviceAttributeAdded(string attribute);
    event SyntheticDeviceNodeBurned(
        uint256 indexed syntheticDeviceNode, uint256 indexed vehicleNode, address indexed owner
    );

    /// @dev ADMIN_ROLE, once.
    function setSyntheticDeviceIdProxyAddress(address addr) external;

    /// @dev ADMIN_ROLE.
    function addSyntheticDeviceAttribute(string calldata attribute) external;

    /// @dev SET_SD_INFO_ROLE.
    function setSyntheticDeviceInfo(uint256 tokenId, AttributeInfoPair[] calldata attrInfo) external;

    /// @notice Permission 1 on the connection; device and vehicle owner sign the legacy message.
    function mintSyntheticDeviceSign(MintSyntheticDeviceInput calldata data) external;

    /// @notice Permission 1 on the connection; device and vehicle owner sign one message that covers everything.
    function mintSyntheticDeviceWithNonceSign(MintSyntheticDeviceWithNonceInput calldata data) external;

    /// @notice Mints without signatures; every device waits for its vehicle owner's consent.
    /// @dev MINT_SD_ROLE and permission 1 on the connection.
    function mintSyntheticDeviceBatch(uint256 connectionId, MintSyntheticDeviceBatchInput[] calldata data) external;

    /// @notice Relayed burn, legacy message. @dev BURN_SD_ROLE.
    function burnSyntheticDeviceSign(uint256 vehicleNode, uint256 syntheticDeviceNode, bytes calldata ownerSig) external;

    /// @notice Relayed burn. @dev BURN_SD_ROLE.
    function burnSyntheticDeviceWithNonceSign(
        uint256 vehicleNode,
        uint256 syntheticDeviceNode,
        uint256 nonce,
        uint256 deadline,
        bytes calldata ownerSig
    ) external;

    /// @notice The vehicle's owner agrees that the device keeps collecting.
    function giveSyntheticDeviceConsent(uint256 syntheticDeviceNode) external;

    /// @notice True while the device must not be ingested.
    function isSyntheticDeviceConsentRequired(uint256 syntheticDeviceNode) external view returns (bool);

    function getSyntheticDeviceIdByAddress(address addr) external view returns (uint256);
    function getSyntheticDeviceAddressById(uint256 nodeId) external view returns (address);
}
