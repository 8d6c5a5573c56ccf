// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {EmergencyPausable} from "../../src/governance/EmergencyPausable.sol";
import {EmergencyPause} from "../../src/governance/EmergencyPause.sol";
import {IEmergencyPause} from "../../src/interfaces/IEmergencyPause.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {GovernanceBase} from "../helpers/Governance.sol";

/// @dev A contract with one function that can be stopped and one that cannot.
contract Machine is EmergencyPausable {
    IParameters private immutable _parameters;
    uint256 public count;

    constructor(IParameters parameters) {
        _parameters = parameters;
    }

    function deposit() external whenRunning {
        ++count;
    }

    function withdraw() external {
        --count;
    }

    function _pauseParameters() internal view override returns (IParameters) {
        return _parameters;
    }
}

contract EmergencyPauseTest is GovernanceBase {
    bytes32 private constant REASON = "reason";

    address private guardian = address(0x6A);
    Machine private machine;

    function setUp() public {
        _deployGovernance();
        vm.startPrank(address(timelock));
        pause.grantRole(pause.GUARDIAN_ROLE(), guardian);
        parameters.setAccount("pause", address(pause));
        vm.stopPrank();
        machine = new Machine(parameters);
        machine.deposit();
    }

    function testFuzz_theGuardianStopsAFunctionForAtMostAWeek(uint256 duration, uint256 later) public {
        duration = bound(duration, 1, 7 days);
        later = bound(later, 0, 8 days);
        vm.expectEmit(true, true, true, true, address(pause));
        emit IEmergencyPause.FunctionPaused(address(machine), Machine.deposit.selector, START + duration, REASON);
        _pause(duration);
        assertEq(pause.pausedUntil(address(machine), Machine.deposit.selector), START + duration, "until");
        machine.withdraw();
        vm.warp(START + later);
        if (later < duration) {
            bytes memory reason =
                abi.encodeWithSelector(EmergencyPausable.FunctionIsPaused.selector, Machine.deposit.selector);
            _refused(guardian, address(machine), abi.encodeCall(Machine.deposit, ()), reason);
        } else {
            machine.deposit();
            assertEq(machine.count(), 1, "runs again");
        }
    }

    function testFuzz_noPauseIsLongerThanTheParameter(uint256 duration) public {
        if (duration != 0 && duration <= 7 days) duration += 7 days;
        bytes memory data = abi.encodeCall(IEmergencyPause.pause, (_functions(), duration, REASON));
        bytes memory reason = abi.encodeWithSelector(IEmergencyPause.InvalidDuration.selector, duration, 7 days);
        _refused(guardian, address(pause), data, reason);
        vm.prank(address(timelock));
        parameters.set(K.GOV_PAUSE_MAX, 0);
        reason = abi.encodeWithSelector(IEmergencyPause.InvalidDuration.selector, duration, 0);
        _refused(guardian, address(pause), data, reason);
    }

    function test_onePauseUntilGovernanceArmsAgain() public {
        _pause(1 days);
        assertFalse(pause.isArmed(), "spent");
        bytes memory data = abi.encodeCall(IEmergencyPause.pause, (_functions(), 1 days, REASON));
        _refused(guardian, address(pause), data, abi.encodeWithSelector(IEmergencyPause.NotArmed.selector));
        vm.warp(START + 2 days);
        _refused(guardian, address(pause), data, abi.encodeWithSelector(IEmergencyPause.NotArmed.selector));
        vm.expectEmit(true, true, true, true, address(pause));
        emit IEmergencyPause.Armed();
        vm.prank(address(timelock));
        pause.arm();
        _pause(1 days);
        assertTrue(pause.isPaused(address(machine), Machine.deposit.selector), "again");
    }

    function test_guardianOrGovernanceResumesEarly() public {
        _pause(1 days);
        bytes memory data = abi.encodeCall(IEmergencyPause.resume, (_functions()));
        _refused(admin, address(pause), data, abi.encodeWithSelector(IEmergencyPause.NotAllowedToLift.selector, admin));
        vm.expectEmit(true, true, true, true, address(pause));
        emit IEmergencyPause.FunctionResumed(address(machine), Machine.deposit.selector);
        vm.prank(guardian);
        pause.resume(_functions());
        machine.deposit();
        assertFalse(pause.isArmed(), "still spent");
        _refused(
            guardian,
            address(pause),
            data,
            abi.encodeWithSelector(IEmergencyPause.NotPaused.selector, address(machine), Machine.deposit.selector)
        );
        vm.startPrank(address(timelock));
        pause.arm();
        vm.stopPrank();
        _pause(1 days);
        vm.prank(address(timelock));
        pause.resume(_functions());
        machine.deposit();
    }

    function test_rolesAreSeparate() public {
        bytes32 guardianRole = pause.GUARDIAN_ROLE();
        bytes memory data = abi.encodeCall(IEmergencyPause.pause, (_functions(), 1, REASON));
        _refusedForRole(admin, guardianRole, address(pause), data);
        _refusedForRole(address(timelock), guardianRole, address(pause), data);
        data = abi.encodeCall(IEmergencyPause.arm, ());
        _refusedForRole(guardian, keccak256("GOVERNANCE_ROLE"), address(pause), data);
        data = abi.encodeWithSignature("upgradeToAndCall(address,bytes)", address(pause), "");
        _refusedForRole(guardian, keccak256("UPGRADER_ROLE"), address(pause), data);
        _refused(
            address(timelock),
            address(pause),
            abi.encodeCall(IEmergencyPause.arm, ()),
            abi.encodeWithSelector(IEmergencyPause.AlreadyArmed.selector)
        );
    }

    function test_listsAreNotEmptyAndBounded() public {
        IEmergencyPause.Function[] memory none = new IEmergencyPause.Function[](0);
        IEmergencyPause.Function[] memory many = new IEmergencyPause.Function[](65);
        bytes memory empty = abi.encodeWithSelector(IEmergencyPause.InvalidCount.selector, 0, 64);
        bytes memory full = abi.encodeWithSelector(IEmergencyPause.InvalidCount.selector, 65, 64);
        _refused(guardian, address(pause), abi.encodeCall(IEmergencyPause.pause, (none, 1, REASON)), empty);
        _refused(guardian, address(pause), abi.encodeCall(IEmergencyPause.pause, (many, 1, REASON)), full);
        _refused(guardian, address(pause), abi.encodeCall(IEmergencyPause.resume, (none)), empty);
        _refused(guardian, address(pause), abi.encodeCall(IEmergencyPause.resume, (many)), full);
    }

    function test_withoutASwitchNothingStops() public {
        _pause(1 days);
        assertEq(parameters.accountOrZero("pause"), address(pause), "switch");
        vm.prank(address(timelock));
        parameters.setAccount("pause", address(0));
        machine.deposit();
        assertEq(parameters.accountOrZero("pause"), address(0), "none");
        assertEq(machine.count(), 2, "runs");
    }

    function _pause(uint256 duration) private {
        vm.prank(guardian);
        pause.pause(_functions(), duration, REASON);
    }

    function _functions() private view returns (IEmergencyPause.Function[] memory list) {
        list = new IEmergencyPause.Function[](1);
        list[0] = IEmergencyPause.Function(address(machine), Machine.deposit.selector);
    }
}
