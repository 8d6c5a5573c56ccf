// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";

import {ITemplate} from "../interfaces/ISacd.sol";

/// @title Permission templates
/// @notice Anyone may mint one: the id is bound to the document, and SACD compares asset and permissions again.
contract Template is ITemplate, ERC721Upgradeable, AccessControlUpgradeable, UUPSUpgradeable {
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    bytes32 private constant STORAGE_SLOT = 0x3704f01253e4a5f92f466464cb5c3c186396c725ecc564eda045ea9129c21700;

    /// @custom:storage-location erc7201:milepost.template
    struct TemplateStorage {
        mapping(uint256 templateId => TemplateData) templates;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(address admin) external initializer {
        if (admin == address(0)) revert ZeroAddress();
        __ERC721_init("DIMO SACD Template", "DIMO/TEMPLATE");
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
    }

    /// @inheritdoc ITemplate
    function createTemplate(address asset, uint256 permissions, string calldata cid)
        external
        returns (uint256 templateId)
    {
        if (bytes(cid).length == 0) revert EmptyCid();
        templateId = uint256(keccak256(bytes(cid)));
        TemplateStorage storage s = _template();
        if (_ownerOf(templateId) != address(0)) revert TemplateExists(templateId);
        s.templates[templateId] = TemplateData(asset, permissions, cid, true);
        emit TemplateCreated(templateId, msg.sender, asset, permissions, cid);
        _mint(msg.sender, templateId);
    }

    /// @inheritdoc ITemplate
    function deactivateTemplate(uint256 templateId) external {
        if (ownerOf(templateId) != msg.sender) revert Unauthorized(msg.sender);
        TemplateData storage data = _template().templates[templateId];
        if (!data.isActive) revert TemplateNotActive(templateId);
        data.isActive = false;
        emit TemplateDeactivated(templateId);
    }

    /// @inheritdoc ITemplate
    function templates(uint256 templateId)
        external
        view
        returns (address asset, uint256 permissions, string memory source, bool isActive)
    {
        TemplateData storage data = _template().templates[templateId];
        return (data.asset, data.permissions, data.source, data.isActive);
    }

    /// @inheritdoc ITemplate
    function isTemplateActive(uint256 templateId) external view returns (bool) {
        return _template().templates[templateId].isActive;
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

    function _template() private pure returns (TemplateStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
