// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IRegistryHooks} from "../interfaces/INftIds.sol";
import {RegistryNft} from "./RegistryNft.sol";

/// @title Aftermarket device NFT
/// @notice Transferable as usual; a transfer resets the beneficiary and keeps a pairing (the pairing belongs to the
///         vehicle, whose owner can end it). Only the registry burns, when it reprovisions.
contract AftermarketDeviceId is RegistryNft {
    /// @param registry_ The only minter.
    /// @param sacd_ Permission contract.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(address registry_, address sacd_, address admin) external initializer {
        __RegistryNft_init("DIMO Aftermarket Device ID", "DIMO/AFTERMARKET/DEVICE", registry_, sacd_, admin);
    }

    /// @notice Gives the caller's unpaired device back to the owner of its manufacturer, unclaimed.
    function returnToManufacturer(uint256 tokenId) external {
        if (ownerOf(tokenId) != msg.sender) revert Unauthorized(msg.sender);
        address manufacturer = IRegistryHooks(_registry()).onReturnToManufacturer(tokenId, msg.sender);
        _transfer(msg.sender, manufacturer, tokenId);
    }

    function _onTransfer(address, address, uint256 tokenId) internal override {
        IRegistryHooks(_registry()).onAftermarketDeviceTransfer(tokenId);
    }
}
