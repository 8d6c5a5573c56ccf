// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Events of role management, OpenZeppelin layout
interface IRoleEvents {
    event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole);
    event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender);
    event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender);
}

/// @title Module table of the registry
interface IDIMORegistry is IRoleEvents {
    event ModuleAdded(address indexed moduleAddr, bytes4[] selectors);
    event ModuleRemoved(address indexed moduleAddr, bytes4[] selectors);
    event ModuleUpdated(
        address indexed oldImplementation,
        address indexed newImplementation,
        bytes4[] oldSelectors,
        bytes4[] newSelectors
    );

    /// @notice Registers a module for selectors that nobody answers yet.
    /// @dev ADMIN_ROLE. A module runs with full power over the registry's storage: this is the upgrade key.
    function addModule(address implementation, bytes4[] calldata selectors) external;

    /// @notice Removes selectors of a module; calls to them revert from then on.
    /// @dev ADMIN_ROLE. Removing hook selectors stops transfers and burns of the id NFTs (they revert, by design).
    function removeModule(address implementation, bytes4[] calldata selectors) external;

    /// @notice Replaces a module in one step.
    /// @dev ADMIN_ROLE, same power as `addModule`.
    function updateModule(
        address oldImplementation,
        address newImplementation,
        bytes4[] calldata oldSelectors,
        bytes4[] calldata newSelectors
    ) external;

    /// @notice The module that answers a selector, zero when none does.
    function moduleOf(bytes4 selector) external view returns (address);
}
