// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";

import {IEmergencyPause} from "../interfaces/IEmergencyPause.sol";

/// @title Base of contracts with functions that the emergency switch can stop
/// @dev Put `whenRunning` on functions that move value in; never on those that let people out, nor on governance.
abstract contract EmergencyPausable is Initializable {
    bytes32 private constant STORAGE_SLOT = 0xf5c126ccf20bd2bb7615f942ba26b2006949b9cf83803437abf0fc19f9b4da00;

    error FunctionIsPaused(bytes4 selector);

    event EmergencyPauseSet(address previous, address emergencyPause);

    /// @custom:storage-location erc7201:milepost.emergencypausable
    struct PausableStorage {
        IEmergencyPause emergencyPause;
    }

    /// @dev Refuses while the called function of this contract is stopped.
    modifier whenRunning() {
        _requireRunning();
        _;
    }

    /// @notice The switch that is asked; zero: nothing can be stopped.
    function emergencyPause() public view returns (address) {
        return address(_pausable().emergencyPause);
    }

    function __EmergencyPausable_init(address emergencyPause_) internal onlyInitializing {
        _setEmergencyPause(emergencyPause_);
    }

    /// @dev For a governance function of the heir.
    function _setEmergencyPause(address emergencyPause_) internal {
        PausableStorage storage s = _pausable();
        address previous = address(s.emergencyPause);
        s.emergencyPause = IEmergencyPause(emergencyPause_);
        emit EmergencyPauseSet(previous, emergencyPause_);
    }

    function _requireRunning() private view {
        IEmergencyPause source = _pausable().emergencyPause;
        if (address(source) == address(0)) return;
        if (source.isPaused(address(this), msg.sig)) revert FunctionIsPaused(msg.sig);
    }

    function _pausable() private pure returns (PausableStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
