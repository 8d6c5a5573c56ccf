// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDIMORegistry} from "../../src/interfaces/IDIMORegistry.sol";
import {
    IAftermarketDeviceModule,
    IPairingModule,
    ISyntheticDeviceModule
} from "../../src/interfaces/IDeviceModules.sol";
import {IRegistryHooks} from "../../src/interfaces/INftIds.sol";
import {
    IAccessControlModule,
    IManufacturerModule,
    IMapperModule,
    IMulticallModule,
    ISharedModule,
    ISignatureModule
} from "../../src/interfaces/IRegistryCore.sol";
import {ICombinedMintModule, IVehicleModule} from "../../src/interfaces/IVehicleModules.sol";

/// @title The registry as callers see it: router and all modules at one address
interface IRegistry is
    IDIMORegistry,
    IAccessControlModule,
    ISignatureModule,
    ISharedModule,
    IMapperModule,
    IMulticallModule,
    IManufacturerModule,
    IVehicleModule,
    ICombinedMintModule,
    IAftermarketDeviceModule,
    IPairingModule,
    ISyntheticDeviceModule,
    IRegistryHooks
{}
