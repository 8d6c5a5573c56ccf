// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {INftId} from "../../interfaces/INftIds.sol";
import {IManufacturerModule} from "../../interfaces/IRegistryCore.sol";
import {RegistryStorage} from "../../libraries/RegistryStorage.sol";
import {AttributeInfoPair} from "../../libraries/RegistryTypes.sol";
import {Roles} from "../../libraries/Roles.sol";
import {RegistryBase} from "../base/RegistryBase.sol";

/// @title Manufacturer module
contract ManufacturerModule is IManufacturerModule, RegistryBase {
    /// @inheritdoc IManufacturerModule
    function setManufacturerIdProxyAddress(address addr) external onlyRole(Roles.ADMIN_ROLE) {
        RegistryStorage.Manufacturer storage s = RegistryStorage.manufacturer();
        _checkNewProxy(s.idProxy, addr);
        s.idProxy = addr;
        emit ManufacturerIdProxySet(addr);
    }

    /// @inheritdoc IManufacturerModule
    function addManufacturerAttribute(string calldata attribute) external onlyRole(Roles.ADMIN_ROLE) {
        _addAttribute(RegistryStorage.manufacturer().attributes, attribute);
        emit ManufacturerAttributeAdded(attribute);
    }

    /// @inheritdoc IManufacturerModule
    function setController(address controller) external onlyRole(Roles.ADMIN_ROLE) {
        if (controller == address(0)) revert ZeroAddress();
        RegistryStorage.manufacturer().controllers[controller].isController = true;
        emit ControllerSet(controller);
    }

    /// @inheritdoc IManufacturerModule
    function mintManufacturer(address owner, string calldata name, AttributeInfoPair[] calldata attrInfoPairList)
        external
        onlyRole(Roles.MINT_MANUFACTURER_ROLE)
    {
        RegistryStorage.Manufacturer storage s = RegistryStorage.manufacturer();
        if (bytes(name).length == 0) revert EmptyName();
        if (s.idByName[name] != 0) revert ManufacturerNameTaken(name);
        if (!_isAllowed(owner)) revert NotAllowed(owner);
        s.controllers[owner].manufacturerMinted = true;
        address proxy = s.idProxy;
        uint256 tokenId = INftId(proxy).mint(owner);
        s.idByName[name] = tokenId;
        s.nameById[tokenId] = name;
        emit ManufacturerNodeMinted(name, tokenId, owner);
        _setInfos(proxy, tokenId, attrInfoPairList);
    }

    /// @inheritdoc IManufacturerModule
    function setManufacturerInfo(uint256 tokenId, AttributeInfoPair[] calldata attrInfoList)
        external
        onlyRole(Roles.SET_MANUFACTURER_INFO_ROLE)
    {
        address proxy = RegistryStorage.manufacturer().idProxy;
        _checkNode(proxy, tokenId);
        _setInfos(proxy, tokenId, attrInfoList);
    }

    /// @notice Hook of ManufacturerId: the receiver must be a controller without a manufacturer.
    /// @dev ManufacturerId proxy only.
    function updateManufacturerMinted(address from, address to) external {
        RegistryStorage.Manufacturer storage s = RegistryStorage.manufacturer();
        _checkProxy(s.idProxy);
        if (!_isAllowed(to)) revert NotAllowed(to);
        s.controllers[from].manufacturerMinted = false;
        s.controllers[to].manufacturerMinted = true;
    }

    /// @inheritdoc IManufacturerModule
    function getManufacturerIdByName(string calldata name) external view returns (uint256) {
        return RegistryStorage.manufacturer().idByName[name];
    }

    /// @inheritdoc IManufacturerModule
    function getManufacturerNameById(uint256 tokenId) external view returns (string memory) {
        return RegistryStorage.manufacturer().nameById[tokenId];
    }

    /// @inheritdoc IManufacturerModule
    function isAllowedToOwnManufacturerNode(address account) external view returns (bool) {
        return _isAllowed(account);
    }

    /// @inheritdoc IManufacturerModule
    function isController(address account) external view returns (bool) {
        return RegistryStorage.manufacturer().controllers[account].isController;
    }

    /// @inheritdoc IManufacturerModule
    function isManufacturerMinted(address account) external view returns (bool) {
        return RegistryStorage.manufacturer().controllers[account].manufacturerMinted;
    }

    function _isAllowed(address account) private view returns (bool) {
        RegistryStorage.Controller storage c = RegistryStorage.manufacturer().controllers[account];
        return c.isController && !c.manufacturerMinted;
    }

    function _setInfos(address proxy, uint256 tokenId, AttributeInfoPair[] calldata pairs) private {
        _checkBatch(pairs.length);
        RegistryStorage.AttributeSet storage set = RegistryStorage.manufacturer().attributes;
        for (uint256 i = 0; i < pairs.length; ++i) {
            _storeInfo(set, proxy, tokenId, pairs[i]);
            emit ManufacturerAttributeSet(tokenId, pairs[i].attribute, pairs[i].info);
        }
    }
}
