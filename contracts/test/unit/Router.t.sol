// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDIMORegistry} from "../../src/interfaces/IDIMORegistry.sol";
import {IPairingModule} from "../../src/interfaces/IDeviceModules.sol";
import {IRegistryHooks} from "../../src/interfaces/INftIds.sol";
import {IMulticallModule} from "../../src/interfaces/IRegistryCore.sol";
import {IRegistryErrors} from "../../src/interfaces/IRegistryErrors.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {DIMORegistry} from "../../src/registry/DIMORegistry.sol";
import {BaseTest} from "../helpers/BaseTest.sol";
import {PingModule} from "../helpers/Mocks.sol";

contract RouterTest is BaseTest {
    PingModule private ping;

    function setUp() public override {
        super.setUp();
        ping = new PingModule();
    }

    function _one(bytes4 selector) private pure returns (bytes4[] memory list) {
        list = new bytes4[](1);
        list[0] = selector;
    }

    function test_constructorRefusesZeroAdmin() public {
        vm.expectRevert(IRegistryErrors.ZeroAddress.selector);
        new DIMORegistry(address(0));
    }

    function test_defect_unknownSelectorReverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.UnknownSelector.selector, bytes4(0xdeadbeef)));
        (bool ok,) = address(registry).call(hex"deadbeef");
        ok;
    }

    function testFuzz_unknownSelectorReverts(bytes4 selector, bytes calldata rest) public {
        vm.assume(registry.moduleOf(selector) == address(0));
        vm.assume(
            selector != IDIMORegistry.addModule.selector && selector != IDIMORegistry.removeModule.selector
                && selector != IDIMORegistry.updateModule.selector && selector != IDIMORegistry.moduleOf.selector
        );
        (bool ok, bytes memory result) = address(registry).call(bytes.concat(selector, rest));
        assertFalse(ok, "success");
        assertEq(
            keccak256(result),
            keccak256(abi.encodeWithSelector(IRegistryErrors.UnknownSelector.selector, selector)),
            "reason"
        );
    }

    function test_etherIsRefused() public {
        (bool ok,) = address(registry).call{value: 1}("");
        assertFalse(ok, "empty call with ether");
    }

    function test_defect_removedModuleStopsTransfersAndBurns() public {
        uint256 vehicle = _newVehicle(alice);
        address pairing = registry.moduleOf(IPairingModule.unpairAftermarketDevice.selector);
        address vehicles = registry.moduleOf(IRegistryHooks.validateBurnAndResetNode.selector);
        vm.startPrank(admin);
        registry.removeModule(pairing, _one(IRegistryHooks.onVehicleTransfer.selector));
        registry.removeModule(vehicles, _one(IRegistryHooks.validateBurnAndResetNode.selector));
        vm.stopPrank();

        vm.startPrank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(IRegistryErrors.UnknownSelector.selector, IRegistryHooks.onVehicleTransfer.selector)
        );
        d.vehicleId.transferFrom(alice, bob, vehicle);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRegistryErrors.UnknownSelector.selector, IRegistryHooks.validateBurnAndResetNode.selector
            )
        );
        d.vehicleId.burn(vehicle);
    }

    function test_addUseUpdateRemove() public {
        PingModule other = new PingModule();
        vm.startPrank(admin);
        registry.addModule(address(ping), _one(PingModule.ping.selector));
        assertEq(PingModule(address(registry)).ping(), 7, "routed");
        registry.updateModule(
            address(ping), address(other), _one(PingModule.ping.selector), _one(PingModule.ping.selector)
        );
        assertEq(registry.moduleOf(PingModule.ping.selector), address(other), "moved");
        registry.removeModule(address(other), _one(PingModule.ping.selector));
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.UnknownSelector.selector, PingModule.ping.selector));
        PingModule(address(registry)).ping();
    }

    function test_takenSelectorIsRefused() public {
        bytes4 taken = IPairingModule.unpairAftermarketDevice.selector;
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.SelectorAlreadyRegistered.selector, taken));
        registry.addModule(address(ping), _one(taken));
    }

    function test_routersOwnSelectorIsRefused() public {
        bytes4 own = IDIMORegistry.addModule.selector;
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.SelectorAlreadyRegistered.selector, own));
        registry.addModule(address(ping), _one(own));
    }

    function test_moduleWithoutCodeIsRefused() public {
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.ModuleWithoutCode.selector, address(0x1234)));
        registry.addModule(address(0x1234), _one(0x01020304));
    }

    function test_foreignSelectorCannotBeRemoved() public {
        bytes4 foreign = IPairingModule.unpairAftermarketDevice.selector;
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.SelectorNotInModule.selector, foreign, address(ping)));
        registry.removeModule(address(ping), _one(foreign));
    }

    function test_unknownSelectorCannotBeRemovedFromNobody() public {
        vm.prank(admin);
        vm.expectRevert(
            abi.encodeWithSelector(IRegistryErrors.SelectorNotInModule.selector, bytes4(0x01020304), address(0))
        );
        registry.removeModule(address(0), _one(0x01020304));
    }

    function test_strangerManagesNoModules() public {
        bytes memory refused = abi.encodeWithSelector(
            IRegistryErrors.AccessControlUnauthorizedAccount.selector, mallory, Roles.ADMIN_ROLE
        );
        bytes4[] memory list = _one(PingModule.ping.selector);
        vm.startPrank(mallory);
        vm.expectRevert(refused);
        registry.addModule(address(ping), list);
        vm.expectRevert(refused);
        registry.removeModule(address(ping), list);
        vm.expectRevert(refused);
        registry.updateModule(address(ping), address(ping), list, list);
    }

    function test_revertReasonPassesTheRouter() public {
        vm.prank(admin);
        registry.addModule(address(ping), _one(PingModule.fail.selector));
        vm.expectRevert(abi.encodeWithSelector(PingModule.Reason.selector, 9));
        PingModule(address(registry)).fail(9);
    }

    function test_defect_multicallBubblesTheReason() public {
        vm.prank(admin);
        registry.addModule(address(ping), _one(PingModule.fail.selector));
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(PingModule.fail, (5));
        vm.expectRevert(abi.encodeWithSelector(PingModule.Reason.selector, 5));
        registry.multiDelegateCall(calls);
        vm.expectRevert(abi.encodeWithSelector(PingModule.Reason.selector, 5));
        registry.multiStaticCall(calls);
    }

    function test_multicallActsAsTheCaller() public {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeWithSignature(
            "mintVehicleWithDeviceDefinition(uint256,address,string,(string,string)[])",
            acmeId,
            alice,
            DD_ID,
            _noPairs()
        );
        calls[1] = calls[0];
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.multiDelegateCall(calls);
        vm.prank(alice);
        registry.multiDelegateCall(calls);
        assertEq(d.vehicleId.balanceOf(alice), 2, "two vehicles");

        calls[0] = abi.encodeCall(registry.getParentNode, (address(d.vehicleId), 1));
        calls[1] = abi.encodeCall(registry.getDefaultStorageNodeId, ());
        bytes[] memory results = registry.multiStaticCall(calls);
        assertEq(abi.decode(results[0], (uint256)), acmeId, "view");
    }

    function test_multicallIsBounded() public {
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.BatchTooLarge.selector, 51, 50));
        IMulticallModule(address(registry)).multiDelegateCall(new bytes[](51));
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.BatchTooLarge.selector, 51, 50));
        IMulticallModule(address(registry)).multiStaticCall(new bytes[](51));
    }
}
