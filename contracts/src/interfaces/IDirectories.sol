// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Connections: software services that synthetic devices belong to
interface IConnections {
    error ZeroAddress();
    error InvalidName(string name);
    error ConnectionExists(uint256 connectionId);
    error ConnectionRetired(uint256 connectionId);
    error AddressInUse(address connectionAddr);

    event ConnectionMinted(
        address indexed account,
        uint256 indexed connectionId,
        address indexed connectionAddr,
        string connectionName,
        bytes32 connectionType,
        uint256 connectionCostInDimo
    );

    /// @notice Mints the connection `name` (1 to 32 bytes; the id is the name as bytes32). @dev MINTER_ROLE.
    /// @param connectionAddr Key of the service, unique over all connections.
    function mint(address to, string calldata name, address connectionAddr, bytes32 connectionType)
        external
        returns (uint256 connectionId);

    /// @notice Ends a connection; no new device can be minted on it. @dev REVOKER_ROLE. The name is never used again.
    function revoke(uint256 connectionId) external;

    /// @notice Key of a connection, zero when unknown.
    function connectionAddress(uint256 connectionId) external view returns (address);

    /// @notice Connection of a key, zero when unknown.
    function idByAddress(address connectionAddr) external view returns (uint256);

    /// @notice Type given at mint.
    function connectionType(uint256 connectionId) external view returns (bytes32);

    /// @notice Name that an id spells.
    function connectionName(uint256 connectionId) external pure returns (string memory);
    function exists(uint256 connectionId) external view returns (bool);
}

/// @title Storage nodes that vehicles name
interface IStorageNode {
    error ZeroAddress();
    error EmptyLabel();
    error NodeExists(uint256 nodeId);
    error Unauthorized(address caller);

    event StorageNodeAnchorMinted(
        address indexed account,
        uint256 indexed nodeAnchorId,
        address indexed nodeAnchorAddr,
        string nodeAnchorLabel,
        string nodeAnchorUri
    );
    event NodeUriUpdated(uint256 indexed nodeId, string newNodeUri);

    /// @notice Mints a node; the id is `uint256(keccak256(label))`. @dev MINTER_ROLE.
    function mint(address to, address nodeAddr, string calldata label, string calldata uri)
        external
        returns (uint256 nodeId);

    /// @notice Changes where a node is reached. Owner only.
    function setNodeUri(uint256 nodeId, string calldata uri) external;

    function nodeAddress(uint256 nodeId) external view returns (address);
    function nodeLabel(uint256 nodeId) external view returns (string memory);
    function nodeUri(uint256 nodeId) external view returns (string memory);
    function exists(uint256 nodeId) external view returns (bool);
}
