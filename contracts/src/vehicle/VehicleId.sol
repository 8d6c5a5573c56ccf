// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RegistryNft} from "../device/RegistryNft.sol";
import {IRegistryHooks} from "../interfaces/INftIds.sol";

/// @title Vehicle NFT
/// @notice Only the owner moves a vehicle: approvals can be set (ERC-721) but give no power. A transfer ends every
///         grant and the device pairing, and drags the synthetic device along.
contract VehicleId is RegistryNft {
    /// @param registry_ The only minter.
    /// @param sacd_ Permission contract.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(address registry_, address sacd_, address admin) external initializer {
        __RegistryNft_init("DIMO Vehicle ID", "DIMO/VEHICLE", registry_, sacd_, admin);
    }

    /// @notice Burns the caller's vehicle, which must be unpaired.
    function burn(uint256 tokenId) external {
        if (ownerOf(tokenId) != msg.sender) revert Unauthorized(msg.sender);
        IRegistryHooks(_registry()).validateBurnAndResetNode(tokenId);
        _burn(tokenId);
    }

    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        from = _ownerOf(tokenId);
        bool isTransfer = from != address(0) && to != address(0);
        if (isTransfer && from != msg.sender && !_isRegistry()) revert Unauthorized(msg.sender);
        return super._update(to, tokenId, auth);
    }

    /// @dev The registry moves a vehicle only in `transferVehicleWithDevice`, where the pairing stays.
    function _onTransfer(address from, address to, uint256 tokenId) internal override {
        IRegistryHooks(_registry()).onVehicleTransfer(tokenId, from, to, _isRegistry());
    }
}
