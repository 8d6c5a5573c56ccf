// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

import {SacdInput} from "../libraries/RegistryTypes.sol";

/// @title What the registry needs of each id NFT
/// @dev Every state-changing function here is callable by the registry only: no admin can mint, burn or move ids.
interface INftId is IERC721 {
    /// @notice Caller is neither the registry nor entitled by ownership.
    error Unauthorized(address caller);
    error ZeroAddress();

    /// @notice Mints the next id (ids start at 1) without a receiver callback.
    function mint(address to) external returns (uint256 tokenId);

    /// @notice Burns on behalf of a registry flow that has already cleared the node.
    function registryBurn(uint256 tokenId) external;

    /// @notice Moves a token on behalf of a registry flow that has already checked consent.
    function registryTransfer(address from, address to, uint256 tokenId) external;

    /// @notice Writes a permission grant with this contract as sender (asset contracts are allowed setters).
    function setSacd(uint256 tokenId, SacdInput calldata input) external;

    /// @notice True while the id is minted and not burned.
    function exists(uint256 tokenId) external view returns (bool);

    /// @notice The only contract that may mint, burn and move on behalf of others.
    function registry() external view returns (address);
}

/// @title Callbacks of the id NFTs into the registry
/// @dev A missing module reverts (UnknownSelector), so a hook can never become a silent no-op.
interface IRegistryHooks {
    /// @notice VehicleId only: ends the device pairing (unless the device moves along) and drags the synthetic device.
    function onVehicleTransfer(uint256 vehicleId, address from, address to, bool withDevice) external;

    /// @notice VehicleId only: refuses a paired vehicle and clears every state of the node.
    function validateBurnAndResetNode(uint256 vehicleId) external;

    /// @notice SyntheticDeviceId only: unlinks the device from its vehicle and clears the node.
    function validateSdBurnAndResetNode(uint256 syntheticDeviceId) external;

    /// @notice ManufacturerId only: moves the one-manufacturer-per-controller flag.
    function updateManufacturerMinted(address from, address to) external;

    /// @notice AftermarketDeviceId only: the beneficiary ends with the ownership.
    function onAftermarketDeviceTransfer(uint256 aftermarketDeviceId) external;

    /// @notice AftermarketDeviceId only: unclaims an unpaired device and names the manufacturer's owner.
    function onReturnToManufacturer(uint256 aftermarketDeviceId, address owner) external returns (address);
}
