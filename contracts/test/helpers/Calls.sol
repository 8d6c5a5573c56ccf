// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {Assertions} from "./Assertions.sol";
import {Vm} from "./Vm.sol";

/// @title Calls that must be refused for one exact reason
abstract contract Calls is Assertions {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function _refused(address caller, address target, bytes memory data, bytes memory reason) internal {
        vm.prank(caller);
        (bool ok, bytes memory result) = target.call(data);
        assertFalse(ok, "must be refused");
        assertEq(keccak256(result), keccak256(reason), "reason");
    }

    function _refusedForRole(address caller, bytes32 role, address target, bytes memory data) internal {
        bytes memory reason =
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role);
        _refused(caller, target, data, reason);
    }
}
