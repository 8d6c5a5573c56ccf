// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title EIP-712 types of the registry
/// @dev The legacy types have no nonce and no deadline, so a signature is valid forever; they are accepted only while
///      `legacySignaturesEnabled`. The `…WithNonceSign` types cover everything that the relayer passes.
library SignedTypes {
    bytes32 internal constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 internal constant NAME_HASH = keccak256("DIMO");
    bytes32 internal constant VERSION_HASH = keccak256("1");

    // Legacy, as deployed.
    bytes32 internal constant LEGACY_MINT_VEHICLE = keccak256(
        "MintVehicleWithDeviceDefinitionSign(uint256 manufacturerNode,address owner,string deviceDefinitionId,string[] attributes,string[] infos)"
    );
    bytes32 internal constant LEGACY_BURN_VEHICLE = keccak256("BurnVehicleSign(uint256 vehicleNode)");
    bytes32 internal constant LEGACY_CLAIM_AD =
        keccak256("ClaimAftermarketDeviceSign(uint256 aftermarketDeviceNode,address owner)");
    bytes32 internal constant LEGACY_PAIR_AD =
        keccak256("PairAftermarketDeviceSign(uint256 aftermarketDeviceNode,uint256 vehicleNode)");
    bytes32 internal constant LEGACY_UNPAIR_AD =
        keccak256("UnPairAftermarketDeviceSign(uint256 aftermarketDeviceNode,uint256 vehicleNode)");
    bytes32 internal constant LEGACY_MINT_SD =
        keccak256("MintSyntheticDeviceSign(uint256 connectionId,uint256 vehicleNode)");
    bytes32 internal constant LEGACY_MINT_VEHICLE_AND_SD = keccak256("MintVehicleAndSdSign(uint256 connectionId)");
    bytes32 internal constant LEGACY_BURN_SD =
        keccak256("BurnSyntheticDeviceSign(uint256 vehicleNode,uint256 syntheticDeviceNode)");

    // Ours.
    bytes32 internal constant SACD_INPUT =
        keccak256("SacdInput(address grantee,uint256 permissions,uint256 expiration,string source)");
    bytes32 internal constant MINT_VEHICLE = keccak256(
        "MintVehicleWithDeviceDefinitionWithNonceSign(uint256 manufacturerNode,address owner,uint256 storageNodeId,string deviceDefinitionId,string[] attributes,string[] infos,SacdInput sacdInput,uint256 nonce,uint256 deadline)SacdInput(address grantee,uint256 permissions,uint256 expiration,string source)"
    );
    bytes32 internal constant BURN_VEHICLE =
        keccak256("BurnVehicleWithNonceSign(uint256 vehicleNode,uint256 nonce,uint256 deadline)");
    bytes32 internal constant CLAIM_AD = keccak256(
        "ClaimAftermarketDeviceWithNonceSign(uint256 aftermarketDeviceNode,address owner,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant PAIR_AD = keccak256(
        "PairAftermarketDeviceWithNonceSign(uint256 aftermarketDeviceNode,uint256 vehicleNode,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant UNPAIR_AD = keccak256(
        "UnpairAftermarketDeviceWithNonceSign(uint256 aftermarketDeviceNode,uint256 vehicleNode,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant MINT_SD = keccak256(
        "MintSyntheticDeviceWithNonceSign(uint256 connectionId,uint256 vehicleNode,address syntheticDevice,string[] attributes,string[] infos,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant BURN_SD = keccak256(
        "BurnSyntheticDeviceWithNonceSign(uint256 vehicleNode,uint256 syntheticDeviceNode,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant MINT_VEHICLE_AND_SD = keccak256(
        "MintVehicleAndSdWithNonceSign(uint256 manufacturerNode,address owner,uint256 storageNodeId,string deviceDefinitionId,string[] attributes,string[] infos,uint256 connectionId,address syntheticDevice,string[] deviceAttributes,string[] deviceInfos,SacdInput sacdInput,uint256 nonce,uint256 deadline)SacdInput(address grantee,uint256 permissions,uint256 expiration,string source)"
    );
}
