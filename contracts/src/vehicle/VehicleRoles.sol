// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

import {INftId} from "../interfaces/INftIds.sol";
import {ISacd} from "../interfaces/ISacd.sol";
import {IVehicleRoles} from "../interfaces/IVehicleRoles.sol";

/// @title Vehicle roles
/// @dev Nobody but owners and their managers can grant: the administrator has no power over vehicles here.
contract VehicleRoles is IVehicleRoles, AccessControlUpgradeable, UUPSUpgradeable {
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    uint8 private constant MANAGE = 1 << 4;
    uint8 private constant ALL_ROLES = (1 << 5) - 1;

    bytes32 private constant STORAGE_SLOT = 0xffde4e69ce33617e37f72d0b721ff182bcffbddbe21069a2527d0399cca1aa00;

    /// @custom:storage-location erc7201:milepost.vehicleroles
    struct RolesStorage {
        address vehicleId;
        ISacd sacd;
        mapping(uint256 vehicleId => mapping(uint256 version => mapping(address account => Grant))) grants;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param vehicleId The vehicle NFT.
    /// @param sacd The permission contract that the NFT tells about transfers and burns.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(address vehicleId, address sacd, address admin) external initializer {
        if (vehicleId == address(0) || sacd == address(0) || admin == address(0)) revert ZeroAddress();
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        RolesStorage storage s = _roles();
        s.vehicleId = vehicleId;
        s.sacd = ISacd(sacd);
    }

    /// @inheritdoc IVehicleRoles
    function grant(uint256 vehicleId, address account, uint8 roles, uint64 from, uint64 until, bool delegable)
        external
    {
        if (account == address(0)) revert ZeroAddress();
        if (roles == 0 || roles > ALL_ROLES) revert InvalidRoles(roles);
        if (from >= until || until <= block.timestamp) revert InvalidPeriod(from, until);
        uint256 version = _version(vehicleId);
        mapping(address account => Grant) storage grants = _roles().grants[vehicleId][version];
        bool delegated = !_isOwner(vehicleId, msg.sender);
        if (delegated) {
            if (!_mayDelegate(grants[msg.sender], roles, from, until)) revert NotGrantor(vehicleId, msg.sender);
            if (delegable) revert NotDelegable(vehicleId, account);
            address other = grants[account].grantor;
            if (other != msg.sender && _live(grants, account)) revert GrantedByOther(vehicleId, account, other);
        }
        grants[account] = Grant({
            grantor: msg.sender, from: from, roles: roles, delegable: delegable, delegated: delegated, until: until
        });
        emit RolesGranted(vehicleId, account, msg.sender, version, roles, from, until, delegable);
    }

    /// @inheritdoc IVehicleRoles
    function revoke(uint256 vehicleId, address account) external {
        uint256 version = _version(vehicleId);
        mapping(address account => Grant) storage grants = _roles().grants[vehicleId][version];
        address grantor = grants[account].grantor;
        if (grantor == address(0)) revert NoGrant(vehicleId, account);
        if (msg.sender != grantor && msg.sender != account && !_isOwner(vehicleId, msg.sender)) {
            revert NotGrantor(vehicleId, msg.sender);
        }
        delete grants[account];
        emit RolesRevoked(vehicleId, account, msg.sender, version);
    }

    /// @inheritdoc IVehicleRoles
    function hasRoles(uint256 vehicleId, address account, uint8 roles) external view returns (bool) {
        return roles != 0 && rolesOf(vehicleId, account) & roles == roles;
    }

    /// @inheritdoc IVehicleRoles
    function rolesOf(uint256 vehicleId, address account) public view returns (uint8) {
        if (_isOwner(vehicleId, account)) return ALL_ROLES;
        mapping(address account => Grant) storage grants = _roles().grants[vehicleId][_version(vehicleId)];
        return _live(grants, account) ? grants[account].roles : 0;
    }

    /// @inheritdoc IVehicleRoles
    function grantOf(uint256 vehicleId, address account) external view returns (Grant memory) {
        return _roles().grants[vehicleId][_version(vehicleId)][account];
    }

    function _live(mapping(address account => Grant) storage grants, address account) private view returns (bool) {
        Grant storage g = grants[account];
        if (block.timestamp < g.from || block.timestamp >= g.until) return false;
        return !g.delegated || _mayDelegate(grants[g.grantor], g.roles, g.from, g.until);
    }

    /// @dev True when the manager's own grant is live, came from the owner, and covers what it passes on.
    function _mayDelegate(Grant storage manager, uint8 roles, uint64 from, uint64 until) private view returns (bool) {
        if (!manager.delegable || manager.roles & MANAGE == 0 || manager.delegated) return false;
        if (block.timestamp < manager.from || block.timestamp >= manager.until) return false;
        return roles & ~manager.roles == 0 && from >= manager.from && until <= manager.until;
    }

    function _isOwner(uint256 vehicleId, address account) private view returns (bool) {
        address nft = _roles().vehicleId;
        return INftId(nft).exists(vehicleId) && IERC721(nft).ownerOf(vehicleId) == account;
    }

    function _version(uint256 vehicleId) private view returns (uint256) {
        RolesStorage storage s = _roles();
        return s.sacd.tokenIdToVersion(s.vehicleId, vehicleId);
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _roles() private pure returns (RolesStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
