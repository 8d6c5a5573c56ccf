// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Storage of the registry
/// @dev All modules run inside the registry by delegatecall and share these ERC-7201 namespaces. A slot is
///      `keccak256(abi.encode(uint256(keccak256(id)) - 1)) & ~0xff`; the literals are recomputed in
///      test/unit/StorageSlots.t.sol. Fields are only ever appended.
library RegistryStorage {
    bytes32 internal constant ROUTER_SLOT = 0xa1b5aa8fee51e43c9fa7fe5f5d3b7091b11751714adbcd863649d29ba2549b00;
    bytes32 internal constant ACCESS_SLOT = 0x3ae567f70ca582499870e0e615d89353713de284b41e946c3c78d7be44af1100;
    bytes32 internal constant SIGNATURES_SLOT = 0x48f64c9f9d00c227557495f1e3b9fa3578bb2bc509bb955c351ced3489d1c800;
    bytes32 internal constant SHARED_SLOT = 0x9fbe740ba916950ed069a69b4bb3095f95b2fc33b4f830780a136a0ed3d4e000;
    bytes32 internal constant NODES_SLOT = 0xcc70a87d519955f715e2b31d3a6f9ecd80fa204ed3ba42896a0a68db88580700;
    bytes32 internal constant MANUFACTURER_SLOT = 0xa6a75e0b2dba4b25e3a74efb57cfe396a4d5694bf30c277d726db15a0cc74300;
    bytes32 internal constant VEHICLE_SLOT = 0xe32847d9874fc952691e3f121abc026685234409e2104a814963a5701820ae00;
    bytes32 internal constant AFTERMARKET_SLOT = 0x5fd6507a25c929095b67a78b5bc69755e729843261a1ca4b9e7cd77f44de4b00;
    bytes32 internal constant SYNTHETIC_SLOT = 0xb4a70fb7699791f5d948d35466194e9275b3be21e84816d60b21f84796882500;

    /// @custom:storage-location erc7201:milepost.registry.router
    struct Router {
        mapping(bytes4 selector => address module) modules;
    }

    struct RoleData {
        mapping(address account => bool) members;
        bytes32 adminRole;
    }

    /// @custom:storage-location erc7201:milepost.registry.access
    struct Access {
        mapping(bytes32 role => RoleData) roles;
    }

    /// @custom:storage-location erc7201:milepost.registry.signatures
    struct Signatures {
        bool legacyEnabled;
        mapping(address signer => mapping(uint248 word => uint256 bits)) usedNonces;
    }

    /// @custom:storage-location erc7201:milepost.registry.shared
    struct Shared {
        address foundation;
        address dimoToken;
        address manufacturerLicense;
        address connectionsManager;
        address sacd;
        address storageNode;
        address deviceStanding;
        uint256 defaultStorageNodeId;
    }

    struct Node {
        uint256 parent;
        mapping(string attribute => string info) info;
    }

    /// @custom:storage-location erc7201:milepost.registry.nodes
    struct Nodes {
        mapping(address proxy => mapping(uint256 id => Node)) nodes;
        mapping(address proxy => mapping(uint256 id => uint256 linked)) links;
        mapping(address source => mapping(address target => mapping(uint256 id => uint256 linked))) nodeLinks;
        mapping(address proxy => mapping(uint256 id => address)) beneficiaries;
    }

    struct AttributeSet {
        mapping(string attribute => bool) known;
        string[] list;
    }

    struct Controller {
        bool isController;
        bool manufacturerMinted;
    }

    /// @custom:storage-location erc7201:milepost.registry.manufacturer
    struct Manufacturer {
        address idProxy;
        AttributeSet attributes;
        mapping(address account => Controller) controllers;
        mapping(string name => uint256 id) idByName;
        mapping(uint256 id => string name) nameById;
    }

    /// @custom:storage-location erc7201:milepost.registry.vehicle
    struct Vehicle {
        address idProxy;
        AttributeSet attributes;
        mapping(uint256 id => string) deviceDefinitionId;
        mapping(uint256 id => uint256) storageNodeId;
    }

    /// @custom:storage-location erc7201:milepost.registry.aftermarket
    struct Aftermarket {
        address idProxy;
        AttributeSet attributes;
        mapping(uint256 id => bool) claimed;
        mapping(address device => uint256 id) idByAddress;
        mapping(uint256 id => address device) addressById;
    }

    /// @custom:storage-location erc7201:milepost.registry.synthetic
    struct Synthetic {
        address idProxy;
        AttributeSet attributes;
        mapping(address device => uint256 id) idByAddress;
        mapping(uint256 id => address device) addressById;
        mapping(uint256 id => bool) consentRequired;
    }

    function router() internal pure returns (Router storage s) {
        bytes32 slot = ROUTER_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }

    function access() internal pure returns (Access storage s) {
        bytes32 slot = ACCESS_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }

    function signatures() internal pure returns (Signatures storage s) {
        bytes32 slot = SIGNATURES_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }

    function shared() internal pure returns (Shared storage s) {
        bytes32 slot = SHARED_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }

    function nodes() internal pure returns (Nodes storage s) {
        bytes32 slot = NODES_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }

    function manufacturer() internal pure returns (Manufacturer storage s) {
        bytes32 slot = MANUFACTURER_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }

    function vehicle() internal pure returns (Vehicle storage s) {
        bytes32 slot = VEHICLE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }

    function aftermarket() internal pure returns (Aftermarket storage s) {
        bytes32 slot = AFTERMARKET_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }

    function synthetic() internal pure returns (Synthetic storage s) {
        bytes32 slot = SYNTHETIC_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
