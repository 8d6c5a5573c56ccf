// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

import {DimoGovernor} from "../../src/governance/DimoGovernor.sol";
import {DimoTimelock} from "../../src/governance/DimoTimelock.sol";
import {EmergencyPause} from "../../src/governance/EmergencyPause.sol";
import {TeamRoster} from "../../src/governance/TeamRoster.sol";
import {Parameters} from "../../src/parameters/Parameters.sol";
import {DimoToken} from "../../src/token/DimoToken.sol";
import {Calls} from "./Calls.sol";
import {ProfileLoader} from "./Profile.sol";

/// @title Governance as it is in production: the timelock has every power, the deployer none
abstract contract GovernanceBase is Calls, ProfileLoader {
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant SUPPLY = 1_000_000_000e18;

    address internal admin = address(0xAD);

    DimoToken internal token;
    Parameters internal parameters;
    TeamRoster internal roster;
    EmergencyPause internal pause;
    DimoTimelock internal timelock;
    DimoGovernor internal governor;

    function _deployGovernance() internal {
        vm.warp(START);
        parameters = _deployParameters("seed", admin);
        roster = _deployRoster(parameters, admin);
        token = DimoToken(
            address(new ERC1967Proxy(address(new DimoToken()), abi.encodeCall(DimoToken.initialize, (admin))))
        );
        pause = EmergencyPause(
            address(
                new ERC1967Proxy(
                    address(new EmergencyPause()),
                    abi.encodeCall(EmergencyPause.initialize, (address(parameters), admin))
                )
            )
        );
        address[] memory everybody = new address[](1);
        timelock = new DimoTimelock(address(parameters), new address[](0), everybody, admin);
        governor = new DimoGovernor(address(token), payable(address(timelock)), address(parameters));
        vm.startPrank(admin);
        timelock.grantRole(timelock.PROPOSER_ROLE(), address(governor));
        timelock.grantRole(timelock.CANCELLER_ROLE(), address(governor));
        timelock.renounceRole(bytes32(0), admin);
        bytes32 governance = parameters.GOVERNANCE_ROLE();
        pause.grantRole(governance, address(timelock));
        parameters.grantRole(governance, address(timelock));
        roster.grantRole(governance, address(timelock));
        parameters.renounceRole(governance, admin);
        roster.renounceRole(governance, admin);
        _handOver(address(parameters));
        _handOver(address(roster));
        _handOver(address(pause));
        vm.stopPrank();
    }

    /// @dev Mints and lets the account vote for itself.
    function _votes(address account, uint256 amount) internal {
        vm.prank(admin);
        token.mint(account, amount);
        vm.prank(account);
        token.delegate(account);
    }

    function _handOver(address target) private {
        bytes32 upgrader = keccak256("UPGRADER_ROLE");
        Parameters access = Parameters(target);
        access.grantRole(upgrader, address(timelock));
        access.grantRole(bytes32(0), address(timelock));
        access.renounceRole(upgrader, admin);
        access.renounceRole(bytes32(0), admin);
    }
}
