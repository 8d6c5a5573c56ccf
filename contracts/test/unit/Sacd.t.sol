// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ISacd, ITemplate} from "../../src/interfaces/ISacd.sol";
import {BaseTest} from "../helpers/BaseTest.sol";

contract SacdTest is BaseTest {
    uint256 private vehicle;
    address private asset;

    function setUp() public override {
        super.setUp();
        vehicle = _newVehicle(alice);
        asset = address(d.vehicleId);
    }

    function _set(address grantee, uint256 permissions, uint256 expiration) private {
        vm.prank(alice);
        d.sacd.setPermissions(asset, vehicle, grantee, permissions, expiration, 0, "ipfs://doc");
    }

    function test_ownerGrants() public {
        uint256 until = _soon();
        vm.expectEmit(true, true, true, true, address(d.sacd));
        emit ISacd.PermissionsSet(asset, vehicle, 0x3FFFC, bob, until, 0, "ipfs://doc");
        _set(bob, 0x3FFFC, until);
        for (uint8 i = 1; i <= 8; ++i) {
            assertTrue(d.sacd.hasPermission(asset, vehicle, bob, i), "1 to 8");
        }
        assertFalse(d.sacd.hasPermission(asset, vehicle, bob, 9), "9");
        assertTrue(d.sacd.hasPermissions(asset, vehicle, bob, 0x3FFFC), "mask");
        assertFalse(d.sacd.hasPermissions(asset, vehicle, bob, 0x3FFFF), "wider mask");
        assertEq(d.sacd.getPermissions(asset, vehicle, bob, 0xFF), 0xFC, "subset");
        ISacd.PermissionRecord memory record = d.sacd.currentPermissionRecord(asset, vehicle, bob);
        assertEq(record.permissions, 0x3FFFC, "permissions");
        assertEq(record.expiration, until, "expiration");
        assertEq(record.source, "ipfs://doc", "source");
        record = d.sacd.permissionRecords(asset, vehicle, 0, bob);
        assertEq(record.permissions, 0x3FFFC, "by version");
    }

    function test_sixArgumentFormGrants() public {
        vm.prank(alice);
        d.sacd.setPermissions(asset, vehicle, bob, 3 << 2, _soon(), "ipfs://doc");
        assertTrue(d.sacd.hasPermission(asset, vehicle, bob, 1), "granted");
    }

    function test_bothBitsAreNeeded() public {
        _set(bob, (1 << 2) | (2 << 4) | (3 << 6), _soon());
        assertFalse(d.sacd.hasPermission(asset, vehicle, bob, 1), "01");
        assertFalse(d.sacd.hasPermission(asset, vehicle, bob, 2), "10");
        assertTrue(d.sacd.hasPermission(asset, vehicle, bob, 3), "11");
    }

    function test_grantEndsAtItsExpiration() public {
        uint256 until = _soon();
        _set(bob, 3 << 2, until);
        vm.warp(until - 1);
        assertTrue(d.sacd.hasPermission(asset, vehicle, bob, 1), "before");
        vm.warp(until);
        assertFalse(d.sacd.hasPermission(asset, vehicle, bob, 1), "at");
        assertEq(d.sacd.getPermissions(asset, vehicle, bob, type(uint256).max), 0, "mask");
    }

    function test_newGrantOverwrites() public {
        _set(bob, 0x3FFFC, _soon());
        _set(bob, 3 << 2, _soon());
        assertFalse(d.sacd.hasPermission(asset, vehicle, bob, 2), "not merged");
        _set(bob, 0, _soon());
        assertFalse(d.sacd.hasPermission(asset, vehicle, bob, 1), "revoked");
    }

    function test_onlyOwnerOrAssetSets() public {
        vm.startPrank(mallory);
        vm.expectRevert(abi.encodeWithSelector(ISacd.Unauthorized.selector, mallory));
        d.sacd.setPermissions(asset, vehicle, mallory, 3 << 2, _soon(), 0, "x");
        vm.expectRevert(abi.encodeWithSelector(ISacd.Unauthorized.selector, mallory));
        d.sacd.setPermissions(asset, 99, mallory, 3 << 2, _soon(), 0, "x");
        vm.expectRevert(abi.encodeWithSelector(ISacd.Unauthorized.selector, mallory));
        d.sacd.setPermissions(mallory, 1, mallory, 3 << 2, _soon(), 0, "x");
        vm.stopPrank();
        vm.prank(asset);
        d.sacd.setPermissions(asset, vehicle, bob, 3 << 2, _soon(), 0, "x");
        assertTrue(d.sacd.hasPermission(asset, vehicle, bob, 1), "asset sets");
    }

    function test_approvalIsNoOwnership() public {
        vm.prank(alice);
        d.vehicleId.setApprovalForAll(mallory, true);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(ISacd.Unauthorized.selector, mallory));
        d.sacd.setPermissions(asset, vehicle, mallory, 3 << 2, _soon(), 0, "x");
    }

    function test_setRefusesZeroes() public {
        vm.startPrank(alice);
        vm.expectRevert(ISacd.ZeroAddress.selector);
        d.sacd.setPermissions(address(0), vehicle, bob, 3 << 2, _soon(), 0, "x");
        vm.expectRevert(ISacd.ZeroAddress.selector);
        d.sacd.setPermissions(asset, vehicle, address(0), 3 << 2, _soon(), 0, "x");
        vm.expectRevert(abi.encodeWithSelector(ISacd.InvalidTokenId.selector, asset, 0));
        d.sacd.setPermissions(asset, 0, bob, 3 << 2, _soon(), 0, "x");
        vm.expectRevert(ISacd.ZeroAddress.selector);
        d.sacd.setAccountPermissions(address(0), 3 << 2, _soon(), 0, "x");
    }

    function test_ownerHasEverything() public view {
        assertTrue(d.sacd.hasPermission(asset, vehicle, alice, 1), "index");
        assertTrue(d.sacd.hasPermissions(asset, vehicle, alice, type(uint256).max), "mask");
        assertEq(d.sacd.getPermissions(asset, vehicle, alice, 0xF0), 0xF0, "subset");
    }

    function testFuzz_indexBeyondTheLayoutIsNeverGranted(uint8 index, uint256 permissions) public {
        _set(bob, permissions, _soon());
        bool expected = index <= 127 && (permissions >> (2 * uint256(index))) & 3 == 3;
        assertTrue(d.sacd.hasPermission(asset, vehicle, bob, index) == expected, "granted iff both bits");
        assertTrue(
            d.sacd.hasPermissions(asset, vehicle, bob, permissions) == (permissions != 0), "the empty mask is no grant"
        );
    }

    function test_strangerAndUnknownTokenHaveNothing() public view {
        assertFalse(d.sacd.hasPermission(asset, vehicle, bob, 1), "stranger");
        assertFalse(d.sacd.hasPermission(asset, 99, bob, 1), "unknown token");
        assertFalse(d.sacd.hasPermission(bob, 1, bob, 1), "account as asset");
        assertFalse(d.sacd.hasPermission(address(d.sacd), 1, bob, 1), "no ERC-721");
        assertFalse(d.sacd.hasPermission(asset, 99, address(0), 1), "zero");
    }

    function test_transferAndBurnEndGrants() public {
        _set(bob, 3 << 2, _soon());
        vm.prank(alice);
        d.vehicleId.transferFrom(alice, mallory, vehicle);
        assertEq(d.sacd.tokenIdToVersion(asset, vehicle), 1, "version");
        assertFalse(d.sacd.hasPermission(asset, vehicle, bob, 1), "transfer");
        assertEq(d.sacd.permissionRecords(asset, vehicle, 0, bob).permissions, 3 << 2, "history stays readable");
        vm.startPrank(mallory);
        d.sacd.setPermissions(asset, vehicle, bob, 3 << 2, _soon(), 0, "x");
        d.vehicleId.burn(vehicle);
        assertEq(d.sacd.tokenIdToVersion(asset, vehicle), 2, "version");
        assertFalse(d.sacd.hasPermission(asset, vehicle, bob, 1), "burn");
        assertFalse(d.sacd.hasPermission(asset, vehicle, mallory, 1), "owner of a burned token");
    }

    function test_onlyTheAssetReportsTransfers() public {
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(ISacd.Unauthorized.selector, mallory));
        d.sacd.onTransfer(asset, vehicle);
    }

    function test_granteeRenounces() public {
        _set(bob, 3 << 2, _soon());
        vm.expectEmit(true, true, true, true, address(d.sacd));
        emit ISacd.PermissionsRenounced(asset, vehicle, bob);
        vm.prank(bob);
        d.sacd.renouncePermissions(asset, vehicle);
        assertFalse(d.sacd.hasPermission(asset, vehicle, bob, 1), "renounced");
        assertEq(d.sacd.currentPermissionRecord(asset, vehicle, bob).source, "", "record cleared");
    }

    function test_accountGrant() public {
        uint256 until = _soon();
        vm.expectEmit(true, true, true, true, address(d.sacd));
        emit ISacd.PermissionsSet(alice, 0, 3 << 2, bob, until, 0, "ipfs://account");
        vm.prank(alice);
        d.sacd.setAccountPermissions(bob, 3 << 2, until, 0, "ipfs://account");
        assertTrue(d.sacd.hasAccountPermission(alice, bob, 1), "granted");
        assertTrue(d.sacd.hasAccountPermissions(alice, bob, 3 << 2), "mask");
        assertFalse(d.sacd.hasAccountPermission(alice, bob, 2), "other");
        assertTrue(d.sacd.hasAccountPermission(alice, alice, 2), "self");
        assertTrue(d.sacd.hasAccountPermissions(alice, alice, 7), "self mask");
        assertEq(d.sacd.getAccountPermissions(alice, alice, 7), 7, "self subset");
        assertEq(d.sacd.getAccountPermissions(alice, bob, 0xFF), 3 << 2, "subset");
        assertEq(d.sacd.accountPermissionRecords(alice, bob).source, "ipfs://account", "record");
        assertFalse(d.sacd.hasPermission(asset, vehicle, bob, 1), "no token permission");
        vm.prank(bob);
        d.sacd.renounceAccountPermissions(alice);
        assertFalse(d.sacd.hasAccountPermission(alice, bob, 1), "renounced");
    }

    // Templates ----------------------------------------------------------------------------------------------------

    function _template(address templateAsset) private returns (uint256 id) {
        vm.prank(acme);
        return d.template.createTemplate(templateAsset, 0x3FFFC, "bafy-template");
    }

    function test_templateGrant() public {
        vm.expectEmit(true, true, true, true, address(d.template));
        emit ITemplate.TemplateCreated(uint256(keccak256("bafy-template")), acme, asset, 0x3FFFC, "bafy-template");
        uint256 id = _template(asset);
        assertEq(d.template.ownerOf(id), acme, "owner");
        vm.startPrank(alice);
        d.sacd.setPermissions(asset, vehicle, bob, 0x3FFFC, _soon(), id, "ipfs://x");
        assertEq(d.sacd.currentPermissionRecord(asset, vehicle, bob).templateId, id, "template id");
        vm.expectRevert(abi.encodeWithSelector(ISacd.TemplatePermissionsMismatch.selector, 0x3FFFC, 12));
        d.sacd.setPermissions(asset, vehicle, bob, 12, _soon(), id, "ipfs://x");
        vm.expectRevert(abi.encodeWithSelector(ISacd.TemplateAssetMismatch.selector, asset, address(0)));
        d.sacd.setAccountPermissions(bob, 0x3FFFC, _soon(), id, "ipfs://x");
        vm.expectRevert(abi.encodeWithSelector(ISacd.TemplateNotActive.selector, 1));
        d.sacd.setPermissions(asset, vehicle, bob, 12, _soon(), 1, "ipfs://x");
    }

    function test_deactivatedTemplateEndsNewGrantsOnly() public {
        uint256 id = _template(asset);
        vm.prank(alice);
        d.sacd.setPermissions(asset, vehicle, bob, 0x3FFFC, _soon(), id, "ipfs://x");
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(ITemplate.Unauthorized.selector, mallory));
        d.template.deactivateTemplate(id);
        vm.startPrank(acme);
        d.template.deactivateTemplate(id);
        assertFalse(d.template.isTemplateActive(id), "inactive");
        vm.expectRevert(abi.encodeWithSelector(ITemplate.TemplateNotActive.selector, id));
        d.template.deactivateTemplate(id);
        vm.stopPrank();
        assertTrue(d.sacd.hasPermission(asset, vehicle, bob, 1), "existing grant stays");
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ISacd.TemplateNotActive.selector, id));
        d.sacd.setPermissions(asset, vehicle, bob, 0x3FFFC, _soon(), id, "ipfs://x");
    }

    function test_templateFailures() public {
        _template(asset);
        vm.startPrank(mallory);
        vm.expectRevert(abi.encodeWithSelector(ITemplate.TemplateExists.selector, uint256(keccak256("bafy-template"))));
        d.template.createTemplate(asset, 12, "bafy-template");
        vm.expectRevert(ITemplate.EmptyCid.selector);
        d.template.createTemplate(asset, 12, "");
        (bool ok,) = address(d.sacd).call(abi.encodeCall(d.sacd.setTemplateContract, (mallory)));
        assertFalse(ok, "stranger sets the template contract");
        vm.stopPrank();
        vm.prank(admin);
        d.sacd.setTemplateContract(address(0));
        vm.prank(alice);
        vm.expectRevert(ISacd.TemplateContractNotSet.selector);
        d.sacd.setPermissions(asset, vehicle, bob, 12, _soon(), 5, "ipfs://x");
    }

    function test_accountTemplateNamesNoAsset() public {
        uint256 id = _template(address(0));
        vm.prank(alice);
        d.sacd.setAccountPermissions(bob, 0x3FFFC, _soon(), id, "ipfs://x");
        assertTrue(d.sacd.hasAccountPermission(alice, bob, 8), "granted");
    }
}
