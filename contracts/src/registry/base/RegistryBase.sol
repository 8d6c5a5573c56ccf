// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeviceStanding, ILicensed} from "../../interfaces/ILicenses.sol";
import {INftId} from "../../interfaces/INftIds.sol";
import {IRegistryErrors} from "../../interfaces/IRegistryErrors.sol";
import {ISacd} from "../../interfaces/ISacd.sol";
import {RegistryStorage} from "../../libraries/RegistryStorage.sol";
import {AttributeInfoPair, MAX_BATCH} from "../../libraries/RegistryTypes.sol";

/// @title Checks that every module shares
abstract contract RegistryBase is IRegistryErrors {
    modifier onlyRole(bytes32 role) {
        _checkRole(role);
        _;
    }

    function _hasRole(bytes32 role, address account) internal view returns (bool) {
        return RegistryStorage.access().roles[role].members[account];
    }

    function _checkRole(bytes32 role) internal view {
        if (!_hasRole(role, msg.sender)) revert AccessControlUnauthorizedAccount(msg.sender, role);
    }

    function _checkBatch(uint256 length) internal pure {
        if (length > MAX_BATCH) revert BatchTooLarge(length, MAX_BATCH);
    }

    function _checkProxy(address proxy) internal view {
        if (msg.sender != proxy || proxy == address(0)) revert OnlyNftProxy();
    }

    /// @dev Id proxies are set once: pointing the registry at another NFT would orphan every link.
    function _checkNewProxy(address current, address next) internal pure {
        if (next == address(0)) revert ZeroAddress();
        if (current != address(0)) revert ProxyAlreadySet(current);
    }

    function _checkNode(address proxy, uint256 id) internal view {
        if (proxy == address(0) || !INftId(proxy).exists(id)) revert InvalidNode(proxy, id);
    }

    function _checkManufacturer(uint256 id) internal view returns (address proxy) {
        proxy = RegistryStorage.manufacturer().idProxy;
        if (proxy == address(0) || !INftId(proxy).exists(id)) revert InvalidParentNode(id);
    }

    function _checkConnection(uint256 id) internal view returns (address proxy) {
        proxy = RegistryStorage.shared().connectionsManager;
        if (proxy == address(0) || !INftId(proxy).exists(id)) revert InvalidParentNode(id);
    }

    /// @dev D3-76: the licence NFT and the stake count, at every mint and pair.
    function _checkLicensed(address holder) internal view {
        address license = RegistryStorage.shared().manufacturerLicense;
        if (license == address(0) || !ILicensed(license).isLicensed(holder)) revert InvalidLicense();
    }

    function _checkNotBanned(address device) internal view {
        address standing = RegistryStorage.shared().deviceStanding;
        if (standing != address(0) && IDeviceStanding(standing).isBanned(device)) revert DeviceIsBanned(device);
    }

    /// @dev A key identifies one device: it is unique over aftermarket and synthetic devices together.
    function _checkNewDevice(address device) internal view {
        if (device == address(0)) revert ZeroAddress();
        if (
            RegistryStorage.aftermarket().idByAddress[device] != 0
                || RegistryStorage.synthetic().idByAddress[device] != 0
        ) revert DeviceAlreadyRegistered(device);
    }

    /// @dev Owner shortcut included. Without a SACD contract only the owner passes.
    function _checkPermission(address proxy, uint256 id, uint8 permission) internal view {
        if (INftId(proxy).ownerOf(id) == msg.sender) return;
        address sacd = RegistryStorage.shared().sacd;
        if (sacd == address(0) || !ISacd(sacd).hasPermission(proxy, id, msg.sender, permission)) {
            revert Unauthorized(msg.sender);
        }
    }

    function _addAttribute(RegistryStorage.AttributeSet storage set, string calldata attribute) internal {
        if (set.known[attribute]) revert AttributeExists(attribute);
        _checkBatch(set.list.length + 1);
        set.known[attribute] = true;
        set.list.push(attribute);
    }

    /// @dev Stores one allow-listed attribute; the caller emits its own kind's event.
    function _storeInfo(
        RegistryStorage.AttributeSet storage set,
        address proxy,
        uint256 id,
        AttributeInfoPair memory pair
    ) internal {
        if (!set.known[pair.attribute]) revert AttributeNotWhitelisted(pair.attribute);
        RegistryStorage.nodes().nodes[proxy][id].info[pair.attribute] = pair.info;
    }

    function _clearInfos(RegistryStorage.AttributeSet storage set, address proxy, uint256 id) internal {
        RegistryStorage.Node storage node = RegistryStorage.nodes().nodes[proxy][id];
        uint256 length = set.list.length;
        for (uint256 i = 0; i < length; ++i) {
            delete node.info[set.list[i]];
        }
        delete node.parent;
    }
}
