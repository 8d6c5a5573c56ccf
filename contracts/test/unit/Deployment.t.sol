// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Roles} from "../../src/libraries/Roles.sol";
import {BaseTest} from "../helpers/BaseTest.sol";

contract DeploymentTest is BaseTest {
    uint256 private constant DEFAULT_NODE_ID =
        97077788752129128008203392238079160986969880871961310481918723204306174661833;

    function test_deployMdGivesAWorkingSystem() public view {
        assertEq(registry.getDefaultStorageNodeId(), DEFAULT_NODE_ID, "default storage node id");
        assertEq(registry.getSacd(), address(d.sacd), "sacd");
        assertEq(registry.getManufacturerLicense(), address(d.book), "license");
        assertTrue(registry.hasRole(Roles.DEFAULT_ADMIN_ROLE, admin), "admin role");
        assertFalse(registry.legacySignaturesEnabled(), "legacy off");
        assertEq(d.vehicleId.name(), "DIMO Vehicle ID", "name");
        assertEq(d.vehicleId.symbol(), "DIMO/VEHICLE", "symbol");
        assertEq(d.connections.symbol(), "DIMX", "symbol");
        assertEq(d.book.requirementOf(_licenseOf(acme)), 100_000e18, "requirement");
    }

    function test_implementationsCannotBeInitialised() public {
        address[] memory proxies = new address[](13);
        proxies[0] = address(d.token);
        proxies[1] = address(d.sacd);
        proxies[2] = address(d.template);
        proxies[3] = address(d.manufacturerId);
        proxies[4] = address(d.vehicleId);
        proxies[5] = address(d.adId);
        proxies[6] = address(d.sdId);
        proxies[7] = address(d.connections);
        proxies[8] = address(d.storageNode);
        proxies[9] = address(d.standing);
        proxies[10] = address(d.book);
        proxies[11] = address(d.vault);
        proxies[12] = address(d.devLicense);
        bytes[5] memory calls = [
            abi.encodeWithSignature("initialize(address)", mallory),
            abi.encodeWithSignature("initialize(address,address)", mallory, mallory),
            abi.encodeWithSignature("initialize(address,address,address)", mallory, mallory, mallory),
            abi.encodeWithSignature("initialize(address,address,address,address)", mallory, mallory, mallory, mallory),
            abi.encodeWithSignature(
                "initialize(address,address,address,address,address,uint256)",
                mallory,
                mallory,
                mallory,
                mallory,
                mallory,
                0
            )
        ];
        for (uint256 i = 0; i < proxies.length; ++i) {
            address implementation = address(uint160(uint256(vm.load(proxies[i], ERC1967_SLOT))));
            assertTrue(implementation.code.length != 0, "implementation");
            for (uint256 j = 0; j < calls.length; ++j) {
                (bool ok,) = implementation.call(calls[j]);
                assertFalse(ok, "implementation initialised");
                (ok,) = proxies[i].call(calls[j]);
                assertFalse(ok, "proxy initialised twice");
            }
        }
    }

    function test_onlyUpgraderUpgrades() public {
        address implementation = address(uint160(uint256(vm.load(address(d.sacd), ERC1967_SLOT))));
        address[13] memory proxies = [
            address(d.token),
            address(d.sacd),
            address(d.template),
            address(d.manufacturerId),
            address(d.vehicleId),
            address(d.adId),
            address(d.sdId),
            address(d.connections),
            address(d.storageNode),
            address(d.standing),
            address(d.book),
            address(d.vault),
            address(d.devLicense)
        ];
        bytes memory upgrade = abi.encodeWithSignature("upgradeToAndCall(address,bytes)", implementation, "");
        for (uint256 i = 0; i < proxies.length; ++i) {
            vm.prank(mallory);
            (bool ok,) = proxies[i].call(upgrade);
            assertFalse(ok, "stranger upgrades");
            vm.prank(admin);
            (ok,) = proxies[i].call(upgrade);
            assertTrue(ok, "admin upgrades");
        }
    }
}
