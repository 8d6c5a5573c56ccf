// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @dev Most entries of one batch call; the deployed batches are unbounded and can be made to run out of gas.
uint256 constant MAX_BATCH = 50;

/// @dev One free-text attribute of a node. An empty `info` means "cleared".
struct AttributeInfoPair {
    string attribute;
    string info;
}

/// @dev Permission grant written together with a mint. `grantee == address(0)` means "no grant".
struct SacdInput {
    address grantee;
    uint256 permissions;
    uint256 expiration;
    string source;
}

/// @dev One device of an aftermarket mint batch.
struct AftermarketDeviceInfos {
    address addr;
    AttributeInfoPair[] attrInfoPairs;
}

/// @dev One device of an aftermarket claim batch.
struct AftermarketDeviceOwnerPair {
    uint256 aftermarketDeviceNodeId;
    address owner;
}

/// @dev One device of an address reset batch.
struct AftermarketDeviceIdAddressPair {
    uint256 aftermarketDeviceNodeId;
    address deviceAddress;
}

/// @dev Legacy synthetic device mint: two signatures over `MintSyntheticDeviceSign`.
struct MintSyntheticDeviceInput {
    uint256 connectionId;
    uint256 vehicleNode;
    bytes syntheticDeviceSig;
    bytes vehicleOwnerSig;
    address syntheticDeviceAddr;
    AttributeInfoPair[] attrInfoPairs;
}

/// @dev One device of a synthetic mint batch.
struct MintSyntheticDeviceBatchInput {
    uint256 vehicleNode;
    address syntheticDeviceAddr;
    AttributeInfoPair[] attrInfoPairs;
}

/// @dev Synthetic device mint whose message covers everything, with nonce and deadline.
struct MintSyntheticDeviceWithNonceInput {
    uint256 connectionId;
    uint256 vehicleNode;
    address syntheticDeviceAddr;
    AttributeInfoPair[] attrInfoPairs;
    uint256 nonce;
    uint256 deadline;
    bytes syntheticDeviceSig;
    bytes vehicleOwnerSig;
}

/// @dev Vehicle mint whose message covers everything, with nonce and deadline.
struct MintVehicleWithNonceInput {
    uint256 manufacturerNode;
    address owner;
    uint256 storageNodeId;
    string deviceDefinitionId;
    AttributeInfoPair[] attrInfoPairs;
    SacdInput sacdInput;
    uint256 nonce;
    uint256 deadline;
    bytes ownerSig;
}

/// @dev Legacy combined mint.
struct MintVehicleAndSdWithDdInput {
    uint256 manufacturerNode;
    address owner;
    string deviceDefinitionId;
    AttributeInfoPair[] attrInfoPairsVehicle;
    uint256 connectionId;
    bytes vehicleOwnerSig;
    bytes syntheticDeviceSig;
    address syntheticDeviceAddr;
    AttributeInfoPair[] attrInfoPairsDevice;
}

/// @dev Legacy combined mint with a storage node.
struct MintVehicleAndSdWithDdInputWithSnId {
    uint256 manufacturerNode;
    address owner;
    string deviceDefinitionId;
    uint256 storageNodeId;
    AttributeInfoPair[] attrInfoPairsVehicle;
    uint256 connectionId;
    bytes vehicleOwnerSig;
    bytes syntheticDeviceSig;
    address syntheticDeviceAddr;
    AttributeInfoPair[] attrInfoPairsDevice;
}

/// @dev Legacy combined mint, batch entry.
struct MintVehicleAndSdWithDdInputBatch {
    uint256 manufacturerNode;
    address owner;
    string deviceDefinitionId;
    AttributeInfoPair[] attrInfoPairsVehicle;
    uint256 connectionId;
    bytes vehicleOwnerSig;
    bytes syntheticDeviceSig;
    address syntheticDeviceAddr;
    AttributeInfoPair[] attrInfoPairsDevice;
    SacdInput sacdInput;
}

/// @dev Combined mint whose message covers everything and binds the device key to the vehicle owner.
struct MintVehicleAndSdWithNonceInput {
    uint256 manufacturerNode;
    address owner;
    uint256 storageNodeId;
    string deviceDefinitionId;
    AttributeInfoPair[] attrInfoPairsVehicle;
    uint256 connectionId;
    address syntheticDeviceAddr;
    AttributeInfoPair[] attrInfoPairsDevice;
    SacdInput sacdInput;
    uint256 nonce;
    uint256 deadline;
    bytes vehicleOwnerSig;
    bytes syntheticDeviceSig;
}
