// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Parameters} from "../../src/parameters/Parameters.sol";
import {Assertions} from "../helpers/Assertions.sol";
import {FuzzSelector} from "./FuzzSelector.sol";
import {ParametersHandler} from "./ParametersHandler.sol";

contract ParametersInvariantTest is Assertions {
    ParametersHandler private handler;
    Parameters private parameters;

    function setUp() public {
        handler = new ParametersHandler();
        parameters = handler.PARAMETERS();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0] = FuzzSelector(address(handler), handler.selectors());
    }

    /// @dev D1-18, D3-27: whatever the team does.
    function invariant_noValueIsBelowItsFloor() public view {
        bytes32[] memory keys = handler.keys();
        uint256[] memory floors = handler.allFloors();
        uint256[] memory values = parameters.getMany(keys);
        for (uint256 i = 0; i < keys.length; ++i) {
            if (values[i] < floors[i]) assertTrue(false, "below the floor");
            // A value that moved is one that the team may raise, within its bounds.
            if (values[i] == floors[i]) continue;
            assertTrue(parameters.isRaisable(keys[i]), "governance's alone");
            (, uint256 max) = parameters.limitsOf(keys[i]);
            assertTrue(values[i] <= max, "within the bounds");
        }
    }

    /// @dev Once per run: 112 calls.
    function afterInvariant() public view {
        bytes32[] memory keys = handler.keys();
        uint256[] memory floors = handler.allFloors();
        for (uint256 i = 0; i < keys.length; ++i) {
            assertEq(parameters.floorOf(keys[i]), floors[i], "no floor moves");
        }
    }
}
