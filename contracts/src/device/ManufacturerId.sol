// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IRegistryHooks} from "../interfaces/INftIds.sol";
import {RegistryNft} from "./RegistryNft.sol";

/// @title Manufacturer NFT
/// @notice Receivers must be controllers that own no manufacturer, also by transfer.
contract ManufacturerId is RegistryNft {
    /// @param registry_ The only minter.
    /// @param sacd_ Permission contract.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(address registry_, address sacd_, address admin) external initializer {
        __RegistryNft_init("DIMO Manufacturer ID", "DIMO/MANUFACTURER", registry_, sacd_, admin);
    }

    function _onTransfer(address from, address to, uint256) internal override {
        IRegistryHooks(_registry()).updateManufacturerMinted(from, to);
    }
}
