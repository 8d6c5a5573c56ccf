// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {TeamSafe} from "../../src/governance/TeamSafe.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {ITeamSafe} from "../../src/interfaces/ITeamSafe.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {GovernanceBase} from "../helpers/Governance.sol";

/// @dev What the economy pays at every step (`get`, `isMember`, `isPaused`), and the steps of a vote.
contract GovernanceGasTest is GovernanceBase {
    string private constant GROUP = "governance";

    address private voter = address(0x50);

    function setUp() public {
        _deployGovernance();
        _votes(voter, 40_000_000e18);
        vm.warp(START + 1 hours);
    }

    function test_gasOfReads() public {
        parameters.get(K.STAKE_PROVIDER);
        vm.snapshotGasLastCall(GROUP, "Parameters.get");
        roster.isMember(voter);
        vm.snapshotGasLastCall(GROUP, "TeamRoster.isMember");
        pause.isPaused(voter, bytes4(0));
        vm.snapshotGasLastCall(GROUP, "EmergencyPause.isPaused");
    }

    function test_gasOfChanges() public {
        Profile memory p = _profile("dip4");
        vm.startPrank(address(timelock));
        parameters.set(K.STAKE_PROVIDER, 200_000e18);
        vm.snapshotGasLastCall(GROUP, "Parameters.set");
        parameters.adopt(p.name, p.version, p.keys, p.values);
        vm.snapshotGasLastCall(GROUP, "Parameters.adopt");
        roster.appoint(voter, block.timestamp + 1 days);
        vm.snapshotGasLastCall(GROUP, "TeamRoster.appoint");
        vm.stopPrank();
        vm.prank(voter);
        parameters.raise(K.STAKE_PROVIDER, 300_000e18);
        vm.snapshotGasLastCall(GROUP, "Parameters.raise");
    }

    function test_gasOfAVote() public {
        (address[] memory t, uint256[] memory v, bytes[] memory c) =
            (new address[](1), new uint256[](1), new bytes[](1));
        (t[0], c[0]) = (address(parameters), abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 1)));
        vm.prank(voter);
        uint256 id = governor.propose(t, v, c, "d");
        vm.snapshotGasLastCall(GROUP, "DimoGovernor.propose");
        vm.warp(governor.proposalSnapshot(id) + 1);
        vm.prank(voter);
        governor.castVote(id, 1);
        vm.snapshotGasLastCall(GROUP, "DimoGovernor.castVote");
        vm.warp(governor.proposalDeadline(id) + 1);
        governor.queue(t, v, c, keccak256("d"));
        vm.snapshotGasLastCall(GROUP, "DimoGovernor.queue");
        vm.warp(block.timestamp + timelock.getMinDelay());
        governor.execute(t, v, c, keccak256("d"));
        vm.snapshotGasLastCall(GROUP, "DimoGovernor.execute");
    }

    function test_gasOfATwoOfTwoBatch() public {
        (uint256 first, uint256 second) = vm.addr(1) < vm.addr(2) ? (1, 2) : (2, 1);
        address[] memory owners = new address[](2);
        (owners[0], owners[1]) = (vm.addr(first), vm.addr(second));
        TeamSafe safe = new TeamSafe(owners, 2);
        ITeamSafe.Call[] memory calls = new ITeamSafe.Call[](1);
        calls[0] = ITeamSafe.Call(address(token), 0, abi.encodeCall(token.approve, (voter, 1)));
        bytes32 digest = safe.hashOf(calls, 0, block.timestamp);
        ITeamSafe.Approval[] memory approvals = new ITeamSafe.Approval[](2);
        approvals[0] = ITeamSafe.Approval(owners[0], _signature(first, digest));
        approvals[1] = ITeamSafe.Approval(owners[1], _signature(second, digest));
        safe.execute(calls, block.timestamp, approvals);
        vm.snapshotGasLastCall(GROUP, "TeamSafe.execute");
    }

    function _signature(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}
