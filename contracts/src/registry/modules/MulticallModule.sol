// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {IMulticallModule} from "../../interfaces/IRegistryCore.sol";
import {RegistryBase} from "../base/RegistryBase.sol";

/// @title Batch module
/// @dev The target is always the registry itself, and nothing is payable, so a batch has no power that single calls
///      lack. Revert reasons bubble up (the deployed module drops them).
contract MulticallModule is IMulticallModule, RegistryBase {
    /// @inheritdoc IMulticallModule
    function multiDelegateCall(bytes[] calldata data) external returns (bytes[] memory results) {
        _checkBatch(data.length);
        results = new bytes[](data.length);
        for (uint256 i = 0; i < data.length; ++i) {
            results[i] = Address.functionDelegateCall(address(this), data[i]);
        }
    }

    /// @inheritdoc IMulticallModule
    function multiStaticCall(bytes[] calldata data) external view returns (bytes[] memory results) {
        _checkBatch(data.length);
        results = new bytes[](data.length);
        for (uint256 i = 0; i < data.length; ++i) {
            results[i] = Address.functionStaticCall(address(this), data[i]);
        }
    }
}
