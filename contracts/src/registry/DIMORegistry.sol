// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDIMORegistry} from "../interfaces/IDIMORegistry.sol";
import {RegistryStorage} from "../libraries/RegistryStorage.sol";
import {Roles} from "../libraries/Roles.sol";
import {RegistryBase} from "./base/RegistryBase.sol";

/// @title Router of the DIMO registry
/// @notice One address; each selector is answered by the module registered for it, inside this contract's storage.
contract DIMORegistry is IDIMORegistry, RegistryBase {
    /// @param admin Receives DEFAULT_ADMIN_ROLE (grants roles) and ADMIN_ROLE (modules and configuration).
    constructor(address admin) {
        if (admin == address(0)) revert ZeroAddress();
        RegistryStorage.Access storage access = RegistryStorage.access();
        access.roles[Roles.DEFAULT_ADMIN_ROLE].members[admin] = true;
        access.roles[Roles.ADMIN_ROLE].members[admin] = true;
        emit RoleGranted(Roles.DEFAULT_ADMIN_ROLE, admin, msg.sender);
        emit RoleGranted(Roles.ADMIN_ROLE, admin, msg.sender);
    }

    /// @dev Non-payable: the registry holds no ether. An unknown selector reverts; it never delegatecalls nowhere.
    fallback() external {
        address module = RegistryStorage.router().modules[msg.sig];
        if (module == address(0)) revert UnknownSelector(msg.sig);
        assembly ("memory-safe") {
            // The call data is forwarded from free memory and this frame ends right after, so nothing is overwritten.
            let ptr := mload(0x40)
            calldatacopy(ptr, 0, calldatasize())
            let ok := delegatecall(gas(), module, ptr, calldatasize(), 0, 0)
            returndatacopy(ptr, 0, returndatasize())
            switch ok
            case 0 { revert(ptr, returndatasize()) }
            default { return(ptr, returndatasize()) }
        }
    }

    /// @inheritdoc IDIMORegistry
    function addModule(address implementation, bytes4[] calldata selectors) external onlyRole(Roles.ADMIN_ROLE) {
        _add(implementation, selectors);
        emit ModuleAdded(implementation, selectors);
    }

    /// @inheritdoc IDIMORegistry
    function removeModule(address implementation, bytes4[] calldata selectors) external onlyRole(Roles.ADMIN_ROLE) {
        _remove(implementation, selectors);
        emit ModuleRemoved(implementation, selectors);
    }

    /// @inheritdoc IDIMORegistry
    function updateModule(
        address oldImplementation,
        address newImplementation,
        bytes4[] calldata oldSelectors,
        bytes4[] calldata newSelectors
    ) external onlyRole(Roles.ADMIN_ROLE) {
        _remove(oldImplementation, oldSelectors);
        _add(newImplementation, newSelectors);
        emit ModuleUpdated(oldImplementation, newImplementation, oldSelectors, newSelectors);
    }

    /// @inheritdoc IDIMORegistry
    function moduleOf(bytes4 selector) external view returns (address) {
        return RegistryStorage.router().modules[selector];
    }

    function _add(address module, bytes4[] calldata selectors) private {
        if (module.code.length == 0) revert ModuleWithoutCode(module);
        RegistryStorage.Router storage router = RegistryStorage.router();
        for (uint256 i = 0; i < selectors.length; ++i) {
            bytes4 selector = selectors[i];
            if (router.modules[selector] != address(0) || _isOwnSelector(selector)) {
                revert SelectorAlreadyRegistered(selector);
            }
            router.modules[selector] = module;
        }
    }

    function _remove(address module, bytes4[] calldata selectors) private {
        RegistryStorage.Router storage router = RegistryStorage.router();
        for (uint256 i = 0; i < selectors.length; ++i) {
            bytes4 selector = selectors[i];
            if (module == address(0) || router.modules[selector] != module) {
                revert SelectorNotInModule(selector, module);
            }
            delete router.modules[selector];
        }
    }

    /// @dev The router answers these itself, so a module behind them could never be reached (audit DMO-04).
    function _isOwnSelector(bytes4 selector) private pure returns (bool) {
        return selector == IDIMORegistry.addModule.selector || selector == IDIMORegistry.removeModule.selector
            || selector == IDIMORegistry.updateModule.selector || selector == IDIMORegistry.moduleOf.selector;
    }
}
