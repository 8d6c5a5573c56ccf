// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {TeamRoster} from "../../src/governance/TeamRoster.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {Parameters} from "../../src/parameters/Parameters.sol";
import {Assertions} from "../helpers/Assertions.sol";
import {ProfileLoader} from "../helpers/Profile.sol";
import {Vm} from "../helpers/Vm.sol";

contract ParametersTest is Assertions, ProfileLoader {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address private admin = address(0xAD);
    address private member = address(0x7EA);

    Parameters private parameters;
    TeamRoster private roster;

    function setUp() public {
        vm.warp(1_800_000_000);
        parameters = _deployParameters("seed", admin);
        roster = _deployRoster(parameters, admin);
        vm.prank(admin);
        roster.appoint(member, block.timestamp + 30 days);
    }

    function test_seedProfileIsAdoptedWithItsHash() public view {
        Profile memory p = _profile("seed");
        (string memory name, uint256 version, bytes32 hash) = parameters.profile();
        assertEq(name, "seed", "name");
        assertEq(version, p.version, "version");
        assertEq(hash, p.hash, "hash of the file");
        assertEq(p.keys.length, K.COUNT, "count");
        for (uint256 i = 0; i < p.keys.length; ++i) {
            assertEq(parameters.get(p.keys[i]), p.values[i], "value");
            assertEq(parameters.floorOf(p.keys[i]), p.values[i], "floor");
            assertTrue(parameters.isRaisable(p.keys[i]) == p.raisable[i], "raisable");
        }
    }
}
