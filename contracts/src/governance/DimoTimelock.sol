// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

import {IParameters} from "../interfaces/IParameters.sol";
import {ParameterKeys as K} from "../libraries/ParameterKeys.sol";

/// @title Owner of everything: what a vote decided happens after `gov.timelock`
/// @dev The delay of an operation is fixed when it is queued.
contract DimoTimelock is TimelockController {
    error ZeroAddress();
    /// @dev The delay is the parameter `gov.timelock` and nothing else.
    error DelayIsAParameter();

    IParameters private immutable _PARAMETERS;

    /// @param parameters Gives the delay.
    /// @param proposers Who may queue and cancel; the governor gets the roles when it exists.
    /// @param executors Who may execute; the zero address means everybody.
    /// @param admin Grants roles until it renounces; afterwards only the timelock itself.
    constructor(address parameters, address[] memory proposers, address[] memory executors, address admin)
        TimelockController(0, proposers, executors, admin)
    {
        if (parameters == address(0)) revert ZeroAddress();
        _PARAMETERS = IParameters(parameters);
    }

    /// @inheritdoc TimelockController
    function getMinDelay() public view override returns (uint256) {
        return _PARAMETERS.get(K.GOV_TIMELOCK);
    }

    /// @notice Always refused.
    function updateDelay(uint256) public pure override {
        revert DelayIsAParameter();
    }
}
