// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IEmergencyPause} from "../interfaces/IEmergencyPause.sol";
import {IParameters} from "../interfaces/IParameters.sol";

/// @title Base of contracts with functions that the emergency switch can stop
/// @dev Put `whenRunning` on functions that take value in or start something new; never on those that let people out,
///      nor on steps that somebody has to take in time, nor on governance. Keeps no storage. Trust: the account "pause"
///      of the parameters is the switch; a wrong one there stops these functions until governance names another.
abstract contract EmergencyPausable {
    /// @dev Name of the switch in the parameters.
    bytes32 private constant PAUSE = "pause";

    error FunctionIsPaused(bytes4 selector);

    /// @dev Refuses while the called function of this contract is stopped.
    modifier whenRunning() {
        _requireRunning();
        _;
    }

    /// @dev Where the switch is named.
    function _pauseParameters() internal view virtual returns (IParameters);

    function _requireRunning() private view {
        address source = _pauseParameters().accountOrZero(PAUSE);
        if (source == address(0)) return;
        if (IEmergencyPause(source).isPaused(address(this), msg.sig)) revert FunctionIsPaused(msg.sig);
    }
}
