// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IRegistryHooks} from "../interfaces/INftIds.sol";
import {RegistryNft} from "./RegistryNft.sol";

/// @title Synthetic device NFT
/// @notice Moves only with its vehicle; approvals give no power.
contract SyntheticDeviceId is RegistryNft {
    /// @param registry_ The only minter.
    /// @param sacd_ Permission contract.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(address registry_, address sacd_, address admin) external initializer {
        __RegistryNft_init("DIMO Synthetic Device ID", "DIMO/SYNTHETIC/DEVICE", registry_, sacd_, admin);
    }

    /// @notice Burns the caller's device and frees its vehicle.
    function burn(uint256 tokenId) external {
        if (ownerOf(tokenId) != msg.sender) revert Unauthorized(msg.sender);
        IRegistryHooks(_registry()).validateSdBurnAndResetNode(tokenId);
        _burn(tokenId);
    }

    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        bool isTransfer = _ownerOf(tokenId) != address(0) && to != address(0);
        if (isTransfer && !_isRegistry()) revert Unauthorized(msg.sender);
        return super._update(to, tokenId, auth);
    }

    /// @dev Links and consent are handled by the vehicle's hook.
    function _onTransfer(address, address, uint256) internal override {}
}
