// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IManufacturerModule} from "../../src/interfaces/IRegistryCore.sol";
import {IRegistryErrors} from "../../src/interfaces/IRegistryErrors.sol";
import {BaseTest} from "../helpers/BaseTest.sol";

contract ManufacturerTest is BaseTest {
    function test_mint() public {
        vm.startPrank(admin);
        registry.setController(bob);
        assertTrue(registry.isAllowedToOwnManufacturerNode(bob), "allowed");
        vm.expectEmit(true, true, true, true, address(registry));
        emit IManufacturerModule.ManufacturerNodeMinted("Globex", 2, bob);
        registry.mintManufacturer(bob, "Globex", _noPairs());
        vm.stopPrank();
        assertEq(registry.getManufacturerIdByName("Globex"), 2, "id");
        assertEq(registry.getManufacturerNameById(2), "Globex", "name");
        assertTrue(registry.isController(bob) && registry.isManufacturerMinted(bob), "flags");
        assertFalse(registry.isAllowedToOwnManufacturerNode(bob), "one only");
    }

    function test_mintFailures() public {
        vm.startPrank(admin);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NotAllowed.selector, bob));
        registry.mintManufacturer(bob, "Globex", _noPairs());
        registry.setController(bob);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.ManufacturerNameTaken.selector, "Acme"));
        registry.mintManufacturer(bob, "Acme", _noPairs());
        vm.expectRevert(IRegistryErrors.EmptyName.selector);
        registry.mintManufacturer(bob, "", _noPairs());
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NotAllowed.selector, acme));
        registry.mintManufacturer(acme, "Acme 2", _noPairs());
        vm.expectRevert(IRegistryErrors.ZeroAddress.selector);
        registry.setController(address(0));
    }

    function test_attributes() public {
        vm.startPrank(admin);
        registry.addManufacturerAttribute("Site");
        registry.setManufacturerInfo(acmeId, _pairs("Site", "acme.invalid"));
        assertEq(registry.getInfo(address(d.manufacturerId), acmeId, "Site"), "acme.invalid", "info");
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidNode.selector, address(d.manufacturerId), 9));
        registry.setManufacturerInfo(9, _noPairs());
    }

    /// @dev Audit DMO-12: the limit of one was bypassed by transfer.
    function test_defect_nobodyHoldsTwoByTransfer() public {
        vm.startPrank(admin);
        registry.setController(bob);
        registry.mintManufacturer(bob, "Globex", _noPairs());
        vm.stopPrank();
        vm.startPrank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NotAllowed.selector, bob));
        d.manufacturerId.transferFrom(acme, bob, acmeId);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NotAllowed.selector, alice));
        d.manufacturerId.transferFrom(acme, alice, acmeId);
    }

    function test_transferMovesTheFlagAndEndsGrants() public {
        vm.prank(admin);
        registry.setController(bob);
        vm.startPrank(acme);
        d.sacd.setPermissions(address(d.manufacturerId), acmeId, mallory, 3 << 2, _soon(), 0, "x");
        d.manufacturerId.transferFrom(acme, bob, acmeId);
        vm.stopPrank();
        assertTrue(registry.isManufacturerMinted(bob), "receiver");
        assertTrue(registry.isAllowedToOwnManufacturerNode(acme), "sender may own again");
        assertFalse(d.sacd.hasPermission(address(d.manufacturerId), acmeId, mallory, 1), "grant ended");
    }
}
