// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {TeamRoster} from "../../src/governance/TeamRoster.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {Parameters} from "../../src/parameters/Parameters.sol";
import {Calls} from "../helpers/Calls.sol";
import {ProfileLoader} from "../helpers/Profile.sol";

/// @title A team that tries everything, and time that passes
/// @dev `allFloors` is the model: governance does nothing here, so it never changes.
contract ParametersHandler is Calls, ProfileLoader {
    uint256 private constant MAX_STEP = 20 days;

    Parameters public immutable PARAMETERS;
    TeamRoster public immutable ROSTER;

    address private _admin = address(0xAD);
    address[3] private _members = [address(0x71), address(0x72), address(0x73)];
    bytes32[] private _keys;
    uint256[] private _floors;

    constructor() {
        vm.warp(1_800_000_000);
        PARAMETERS = _deployParameters("seed", _admin);
        ROSTER = _deployRoster(PARAMETERS, _admin);
        Profile memory p = _profile("seed");
        for (uint256 i = 0; i < p.keys.length; ++i) {
            _keys.push(p.keys[i]);
            _floors.push(p.values[i]);
        }
        vm.startPrank(_admin);
        ROSTER.appoint(_members[0], block.timestamp + 300 days);
        ROSTER.appoint(_members[1], block.timestamp + 10 days);
        vm.stopPrank();
    }

    function keys() external view returns (bytes32[] memory) {
        return _keys;
    }

    function allFloors() external view returns (uint256[] memory) {
        return _floors;
    }

    function selectors() external pure returns (bytes4[] memory list) {
        list = new bytes4[](4);
        list[0] = this.teamRaises.selector;
        list[1] = this.teamTriesGovernance.selector;
        list[2] = this.renew.selector;
        list[3] = this.wait.selector;
    }

    /// @dev Any member, former member or stranger with any key and value, near the floor as often as far from it.
    function teamRaises(uint256 who, uint256 which, uint256 value, bool near) external {
        address member = _members[who % _members.length];
        bytes32 key = _keys[which % _keys.length];
        uint256 floor = _floors[which % _keys.length];
        if (near) value = floor + value % 1000 >= 500 ? floor + value % 500 : (floor > 500 ? floor - value % 500 : 0);
        (, uint256 max) = PARAMETERS.limitsOf(key);
        bool allowed = ROSTER.isMember(member) && PARAMETERS.isRaisable(key) && value >= floor && value <= max;
        uint256 before = PARAMETERS.get(key);
        vm.prank(member);
        (bool ok,) = address(PARAMETERS).call(abi.encodeCall(IParameters.raise, (key, value)));
        assertTrue(ok == allowed, "exactly what the rule allows");
        assertEq(PARAMETERS.get(key), ok ? value : before, "value");
    }

    /// @dev Every other entry of the contract.
    function teamTriesGovernance(uint256 who, uint256 which, uint256 value) external {
        address member = _members[who % _members.length];
        bytes32 key = _keys[which % _keys.length];
        bytes32[] memory list = new bytes32[](1);
        uint256[] memory values = new uint256[](1);
        (list[0], values[0]) = (key, value);
        bytes[4] memory calls = [
            abi.encodeCall(IParameters.set, (key, value)),
            abi.encodeCall(IParameters.setMany, (list, values)),
            abi.encodeCall(IParameters.adopt, ("x", 1, list, values)),
            abi.encodeCall(IParameters.setAccount, ("roster", member))
        ];
        vm.prank(member);
        (bool ok,) = address(PARAMETERS).call(calls[value % 4]);
        assertFalse(ok, "not the team's");
    }

    function renew(uint256 who, uint256 term) external {
        address member = _members[who % 2];
        uint256 until = block.timestamp + bound(term, 1, 365 days);
        vm.prank(_admin);
        ROSTER.renew(member, until);
    }

    function wait(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, MAX_STEP));
    }
}
