// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";

import {IConnections} from "../interfaces/IDirectories.sol";
import {ISacd} from "../interfaces/ISacd.sol";

/// @title Connection NFT
/// @notice A transfer or revocation ends every SACD grant on the connection.
contract Connections is IConnections, ERC721Upgradeable, AccessControlUpgradeable, UUPSUpgradeable {
    /// @dev Mints connections.
    bytes32 public constant MINTER_ROLE = keccak256("MINTER_ROLE");
    /// @dev Ends connections.
    bytes32 public constant REVOKER_ROLE = keccak256("REVOKER_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    bytes32 private constant STORAGE_SLOT = 0xd70b46c9391cc904788c66cbb516d7434f8fb19206e7093105b1283089a80800;

    struct Connection {
        address addr;
        bytes32 kind;
    }

    /// @custom:storage-location erc7201:milepost.connections
    struct ConnectionsStorage {
        address sacd;
        mapping(uint256 connectionId => Connection) connections;
        mapping(address addr => uint256 connectionId) idByAddress;
        mapping(uint256 connectionId => bool) retired;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param sacd_ Permission contract that is told about transfers.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(address sacd_, address admin) external initializer {
        if (sacd_ == address(0) || admin == address(0)) revert ZeroAddress();
        __ERC721_init("DIMO Connection", "DIMX");
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        _connections().sacd = sacd_;
    }

    /// @inheritdoc IConnections
    function mint(address to, string calldata name, address connectionAddr, bytes32 connectionType_)
        external
        onlyRole(MINTER_ROLE)
        returns (uint256 connectionId)
    {
        bytes memory raw = bytes(name);
        // A zero byte would make two names spell the same id.
        if (raw.length == 0 || raw.length > 32 || raw[raw.length - 1] == 0) revert InvalidName(name);
        if (connectionAddr == address(0)) revert ZeroAddress();
        ConnectionsStorage storage s = _connections();
        if (s.idByAddress[connectionAddr] != 0) revert AddressInUse(connectionAddr);
        connectionId = uint256(bytes32(raw));
        if (_ownerOf(connectionId) != address(0)) revert ConnectionExists(connectionId);
        if (s.retired[connectionId]) revert ConnectionRetired(connectionId);
        s.connections[connectionId] = Connection(connectionAddr, connectionType_);
        s.idByAddress[connectionAddr] = connectionId;
        _mint(to, connectionId);
        emit ConnectionMinted(to, connectionId, connectionAddr, name, connectionType_, 0);
    }

    /// @inheritdoc IConnections
    function revoke(uint256 connectionId) external onlyRole(REVOKER_ROLE) {
        ConnectionsStorage storage s = _connections();
        delete s.idByAddress[s.connections[connectionId].addr];
        delete s.connections[connectionId];
        // Devices still name this id as their parent: another service must not inherit them.
        s.retired[connectionId] = true;
        _burn(connectionId);
    }

    /// @inheritdoc IConnections
    function connectionAddress(uint256 connectionId) external view returns (address) {
        return _connections().connections[connectionId].addr;
    }

    /// @inheritdoc IConnections
    function idByAddress(address connectionAddr) external view returns (uint256) {
        return _connections().idByAddress[connectionAddr];
    }

    /// @inheritdoc IConnections
    function connectionType(uint256 connectionId) external view returns (bytes32) {
        return _connections().connections[connectionId].kind;
    }

    /// @inheritdoc IConnections
    function connectionName(uint256 connectionId) external pure returns (string memory) {
        bytes32 raw = bytes32(connectionId);
        uint256 length = 32;
        while (length > 0 && raw[length - 1] == 0) --length;
        bytes memory name = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            name[i] = raw[i];
        }
        return string(name);
    }

    /// @inheritdoc IConnections
    function exists(uint256 connectionId) external view returns (bool) {
        return _ownerOf(connectionId) != address(0);
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

    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        from = super._update(to, tokenId, auth);
        if (from != address(0)) ISacd(_connections().sacd).onTransfer(address(this), tokenId);
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _connections() private pure returns (ConnectionsStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
