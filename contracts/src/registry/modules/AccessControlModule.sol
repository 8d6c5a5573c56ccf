// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAccessControlModule} from "../../interfaces/IRegistryCore.sol";
import {RegistryStorage} from "../../libraries/RegistryStorage.sol";
import {Roles} from "../../libraries/Roles.sol";
import {RegistryBase} from "../base/RegistryBase.sol";

/// @title Role management module
contract AccessControlModule is IAccessControlModule, RegistryBase {
    /// @inheritdoc IAccessControlModule
    function hasRole(bytes32 role, address account) external view returns (bool) {
        return _hasRole(role, account);
    }

    /// @inheritdoc IAccessControlModule
    function getRoleAdmin(bytes32 role) external view returns (bytes32) {
        return RegistryStorage.access().roles[role].adminRole;
    }

    /// @inheritdoc IAccessControlModule
    function grantRole(bytes32 role, address account) external {
        RegistryStorage.RoleData storage data = RegistryStorage.access().roles[role];
        _checkRole(data.adminRole);
        if (data.members[account]) return;
        data.members[account] = true;
        emit RoleGranted(role, account, msg.sender);
    }

    /// @inheritdoc IAccessControlModule
    function revokeRole(bytes32 role, address account) external {
        _checkRole(RegistryStorage.access().roles[role].adminRole);
        _revoke(role, account);
    }

    /// @inheritdoc IAccessControlModule
    function renounceRole(bytes32 role) external {
        _revoke(role, msg.sender);
    }

    /// @inheritdoc IAccessControlModule
    function setRoleAdmin(bytes32 role, bytes32 adminRole) external onlyRole(Roles.DEFAULT_ADMIN_ROLE) {
        RegistryStorage.RoleData storage data = RegistryStorage.access().roles[role];
        bytes32 previous = data.adminRole;
        data.adminRole = adminRole;
        emit RoleAdminChanged(role, previous, adminRole);
    }

    function _revoke(bytes32 role, address account) private {
        RegistryStorage.RoleData storage data = RegistryStorage.access().roles[role];
        if (!data.members[account]) return;
        data.members[account] = false;
        emit RoleRevoked(role, account, msg.sender);
    }
}
