// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";

import {IStorageNode} from "../interfaces/IDirectories.sol";

/// @title Storage node NFT
/// @notice The default node of the network has the label "DIMO-Storage-Node-Default".
contract StorageNode is IStorageNode, ERC721Upgradeable, AccessControlUpgradeable, UUPSUpgradeable {
    /// @dev Mints nodes.
    bytes32 public constant MINTER_ROLE = keccak256("MINTER_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    bytes32 private constant STORAGE_SLOT = 0x92de5f4a4db1254db37ba77374dbd2297a673321d703f05b822bab207e60b700;

    struct Node {
        address addr;
        string label;
        string uri;
    }

    /// @custom:storage-location erc7201:milepost.storagenode
    struct NodeStorage {
        mapping(uint256 nodeId => Node) nodes;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(address admin) external initializer {
        if (admin == address(0)) revert ZeroAddress();
        __ERC721_init("DIMO Storage Node", "DIMO/STORAGE");
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
    }

    /// @inheritdoc IStorageNode
    function mint(address to, address nodeAddr, string calldata label, string calldata uri)
        external
        onlyRole(MINTER_ROLE)
        returns (uint256 nodeId)
    {
        if (bytes(label).length == 0) revert EmptyLabel();
        if (nodeAddr == address(0)) revert ZeroAddress();
        nodeId = uint256(keccak256(bytes(label)));
        if (_ownerOf(nodeId) != address(0)) revert NodeExists(nodeId);
        _nodes().nodes[nodeId] = Node(nodeAddr, label, uri);
        _mint(to, nodeId);
        emit StorageNodeAnchorMinted(to, nodeId, nodeAddr, label, uri);
    }

    /// @inheritdoc IStorageNode
    function setNodeUri(uint256 nodeId, string calldata uri) external {
        if (ownerOf(nodeId) != msg.sender) revert Unauthorized(msg.sender);
        _nodes().nodes[nodeId].uri = uri;
        emit NodeUriUpdated(nodeId, uri);
    }

    /// @inheritdoc IStorageNode
    function nodeAddress(uint256 nodeId) external view returns (address) {
        return _nodes().nodes[nodeId].addr;
    }

    /// @inheritdoc IStorageNode
    function nodeLabel(uint256 nodeId) external view returns (string memory) {
        return _nodes().nodes[nodeId].label;
    }

    /// @inheritdoc IStorageNode
    function nodeUri(uint256 nodeId) external view returns (string memory) {
        return _nodes().nodes[nodeId].uri;
    }

    /// @inheritdoc IStorageNode
    function exists(uint256 nodeId) external view returns (bool) {
        return _ownerOf(nodeId) != address(0);
    }

    /// @inheritdoc ERC721Upgradeable
    function supportsInterface(bytes4 interfaceId)
        public
        view
        override(ERC721Upgradeable, AccessControlUpgradeable)
        returns (bool)
    {
        return super.supportsInterface(interfaceId);
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _nodes() private pure returns (NodeStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
