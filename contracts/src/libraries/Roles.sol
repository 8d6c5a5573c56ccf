// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Role names of the registry
/// @dev Same keccak names as the deployed registry where the power is the same. The deployed DEV_* roles (developer
///      back doors that burn, move and unpair anything) do not exist here.
library Roles {
    bytes32 internal constant DEFAULT_ADMIN_ROLE = 0x00;
    bytes32 internal constant ADMIN_ROLE = keccak256("ADMIN_ROLE");
    bytes32 internal constant MINT_MANUFACTURER_ROLE = keccak256("MINT_MANUFACTURER_ROLE");
    bytes32 internal constant SET_MANUFACTURER_INFO_ROLE = keccak256("SET_MANUFACTURER_INFO_ROLE");
    bytes32 internal constant MINT_VEHICLE_ROLE = keccak256("MINT_VEHICLE_ROLE");
    bytes32 internal constant BURN_VEHICLE_ROLE = keccak256("BURN_VEHICLE_ROLE");
    bytes32 internal constant SET_VEHICLE_INFO_ROLE = keccak256("SET_VEHICLE_INFO_ROLE");
    bytes32 internal constant ADMIN_CLAIM_AD_ROLE = keccak256("ADMIN_CLAIM_AD_ROLE");
    bytes32 internal constant CLAIM_AD_ROLE = keccak256("CLAIM_AD_ROLE");
    bytes32 internal constant PAIR_AD_ROLE = keccak256("PAIR_AD_ROLE");
    bytes32 internal constant UNPAIR_AD_ROLE = keccak256("UNPAIR_AD_ROLE");
    bytes32 internal constant SET_AD_INFO_ROLE = keccak256("SET_AD_INFO_ROLE");
    bytes32 internal constant MINT_SD_ROLE = keccak256("MINT_SD_ROLE");
    bytes32 internal constant BURN_SD_ROLE = keccak256("BURN_SD_ROLE");
    bytes32 internal constant SET_SD_INFO_ROLE = keccak256("SET_SD_INFO_ROLE");
}

/// @title Permission numbers of SACD that the registry reads
library Permissions {
    uint8 internal constant MANUFACTURER_MINT_DEVICE = 1;
    uint8 internal constant MANUFACTURER_DISTRIBUTE_DEVICE = 2;
    uint8 internal constant MANUFACTURER_FACTORY_RESET = 3;
    uint8 internal constant MANUFACTURER_REPROVISION = 4;
    uint8 internal constant CONNECTION_MINT_DEVICE = 1;
}
