// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

import {ISacd, ITemplate} from "../interfaces/ISacd.sol";

/// @title SACD: permission grants
contract Sacd is ISacd, AccessControlUpgradeable, UUPSUpgradeable {
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    /// @dev Two bits per permission in 256 bits.
    uint8 private constant MAX_PERMISSION_INDEX = 127;

    bytes32 private constant STORAGE_SLOT = 0x6b12b947dc63efbaada340f8bdb46a06a917c09a253560541f8b2cf584730600;

    /// @custom:storage-location erc7201:milepost.sacd
    struct SacdStorage {
        address templateContract;
        mapping(address asset => mapping(uint256 tokenId => uint256)) versions;
        mapping(
            address asset
                => mapping(uint256 tokenId => mapping(uint256 version => mapping(address grantee => PermissionRecord)))
        ) records;
        mapping(address grantor => mapping(address grantee => PermissionRecord)) accountRecords;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(address admin) external initializer {
        if (admin == address(0)) revert ZeroAddress();
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
    }

    /// @inheritdoc ISacd
    function setPermissions(
        address asset,
        uint256 tokenId,
        address grantee,
        uint256 permissions,
        uint256 expiration,
        uint256 templateId,
        string calldata source
    ) external {
        _setPermissions(asset, tokenId, grantee, PermissionRecord(permissions, expiration, source, templateId));
    }

    /// @inheritdoc ISacd
    function setPermissions(
        address asset,
        uint256 tokenId,
        address grantee,
        uint256 permissions,
        uint256 expiration,
        string calldata source
    ) external {
        _setPermissions(asset, tokenId, grantee, PermissionRecord(permissions, expiration, source, 0));
    }

    /// @inheritdoc ISacd
    function setAccountPermissions(
        address grantee,
        uint256 permissions,
        uint256 expiration,
        uint256 templateId,
        string calldata source
    ) external {
        if (grantee == address(0)) revert ZeroAddress();
        // A template for accounts names no asset contract.
        _checkTemplate(templateId, address(0), permissions);
        _sacd().accountRecords[msg.sender][grantee] = PermissionRecord(permissions, expiration, source, templateId);
        emit PermissionsSet(msg.sender, 0, permissions, grantee, expiration, templateId, source);
    }

    /// @inheritdoc ISacd
    function renouncePermissions(address asset, uint256 tokenId) external {
        SacdStorage storage s = _sacd();
        delete s.records[asset][tokenId][s.versions[asset][tokenId]][msg.sender];
        emit PermissionsRenounced(asset, tokenId, msg.sender);
    }

    /// @inheritdoc ISacd
    function renounceAccountPermissions(address grantor) external {
        delete _sacd().accountRecords[grantor][msg.sender];
        emit PermissionsRenounced(grantor, 0, msg.sender);
    }

    /// @inheritdoc ISacd
    function onTransfer(address asset, uint256 tokenId) external {
        if (msg.sender != asset) revert Unauthorized(msg.sender);
        ++_sacd().versions[asset][tokenId];
    }

    /// @inheritdoc ISacd
    function setTemplateContract(address templateContract_) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _sacd().templateContract = templateContract_;
        emit TemplateContractSet(templateContract_);
    }

    /// @inheritdoc ISacd
    function hasPermission(address asset, uint256 tokenId, address grantee, uint8 permissionIndex)
        external
        view
        returns (bool)
    {
        if (_isOwner(asset, tokenId, grantee)) return true;
        return _granted(_current(asset, tokenId, grantee), _mask(permissionIndex));
    }

    /// @inheritdoc ISacd
    function hasPermissions(address asset, uint256 tokenId, address grantee, uint256 permissions)
        external
        view
        returns (bool)
    {
        if (_isOwner(asset, tokenId, grantee)) return true;
        return _granted(_current(asset, tokenId, grantee), permissions);
    }

    /// @inheritdoc ISacd
    function getPermissions(address asset, uint256 tokenId, address grantee, uint256 permissions)
        external
        view
        returns (uint256)
    {
        if (_isOwner(asset, tokenId, grantee)) return permissions;
        return _live(_current(asset, tokenId, grantee)) & permissions;
    }

    /// @inheritdoc ISacd
    function hasAccountPermission(address grantor, address grantee, uint8 permissionIndex)
        external
        view
        returns (bool)
    {
        if (grantor == grantee) return true;
        return _granted(_sacd().accountRecords[grantor][grantee], _mask(permissionIndex));
    }

    /// @inheritdoc ISacd
    function hasAccountPermissions(address grantor, address grantee, uint256 permissions) external view returns (bool) {
        if (grantor == grantee) return true;
        return _granted(_sacd().accountRecords[grantor][grantee], permissions);
    }

    /// @inheritdoc ISacd
    function getAccountPermissions(address grantor, address grantee, uint256 permissions)
        external
        view
        returns (uint256)
    {
        if (grantor == grantee) return permissions;
        return _live(_sacd().accountRecords[grantor][grantee]) & permissions;
    }

    /// @inheritdoc ISacd
    function currentPermissionRecord(address asset, uint256 tokenId, address grantee)
        external
        view
        returns (PermissionRecord memory permissionRecord)
    {
        return _current(asset, tokenId, grantee);
    }

    /// @inheritdoc ISacd
    function permissionRecords(address asset, uint256 tokenId, uint256 version, address grantee)
        external
        view
        returns (PermissionRecord memory permissionRecord)
    {
        return _sacd().records[asset][tokenId][version][grantee];
    }

    /// @inheritdoc ISacd
    function accountPermissionRecords(address grantor, address grantee)
        external
        view
        returns (PermissionRecord memory permissionRecord)
    {
        return _sacd().accountRecords[grantor][grantee];
    }

    /// @inheritdoc ISacd
    function tokenIdToVersion(address asset, uint256 tokenId) external view returns (uint256 version) {
        return _sacd().versions[asset][tokenId];
    }

    /// @inheritdoc ISacd
    function templateContract() external view returns (address) {
        return _sacd().templateContract;
    }

    function _setPermissions(address asset, uint256 tokenId, address grantee, PermissionRecord memory record) private {
        if (asset == address(0) || grantee == address(0)) revert ZeroAddress();
        // Token id 0 means "account grant" in the events, so no token may use it.
        if (tokenId == 0) revert InvalidTokenId(asset, tokenId);
        bool isAsset = msg.sender == asset && asset.code.length != 0;
        if (!isAsset && !_isOwner(asset, tokenId, msg.sender)) revert Unauthorized(msg.sender);
        _checkTemplate(record.templateId, asset, record.permissions);
        SacdStorage storage s = _sacd();
        s.records[asset][tokenId][s.versions[asset][tokenId]][grantee] = record;
        emit PermissionsSet(
            asset, tokenId, record.permissions, grantee, record.expiration, record.templateId, record.source
        );
    }

    function _checkTemplate(uint256 templateId, address asset, uint256 permissions) private view {
        if (templateId == 0) return;
        address template = _sacd().templateContract;
        if (template == address(0)) revert TemplateContractNotSet();
        (address templateAsset, uint256 templatePermissions,, bool isActive) = ITemplate(template).templates(templateId);
        if (!isActive) revert TemplateNotActive(templateId);
        if (templateAsset != asset) revert TemplateAssetMismatch(templateAsset, asset);
        if (templatePermissions != permissions) revert TemplatePermissionsMismatch(templatePermissions, permissions);
    }

    /// @dev False for burned tokens, accounts without code and contracts that are no ERC-721.
    function _isOwner(address asset, uint256 tokenId, address account) private view returns (bool) {
        if (asset.code.length == 0) return false;
        (bool ok, bytes memory result) = asset.staticcall(abi.encodeCall(IERC721.ownerOf, (tokenId)));
        return ok && result.length == 32 && uint256(bytes32(result)) == uint160(account) && account != address(0);
    }

    function _current(address asset, uint256 tokenId, address grantee) private view returns (PermissionRecord storage) {
        SacdStorage storage s = _sacd();
        return s.records[asset][tokenId][s.versions[asset][tokenId]][grantee];
    }

    function _live(PermissionRecord storage record) private view returns (uint256) {
        return record.expiration > block.timestamp ? record.permissions : 0;
    }

    /// @dev An empty mask is never granted, else an out-of-range index would be.
    function _granted(PermissionRecord storage record, uint256 mask) private view returns (bool) {
        return mask != 0 && _live(record) & mask == mask;
    }

    function _mask(uint8 index) private pure returns (uint256) {
        return index > MAX_PERMISSION_INDEX ? 0 : uint256(3) << (2 * uint256(index));
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _sacd() private pure returns (SacdStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
