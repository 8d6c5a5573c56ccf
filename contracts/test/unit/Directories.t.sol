// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IConnections, IStorageNode} from "../../src/interfaces/IDirectories.sol";
import {IDeviceStanding} from "../../src/interfaces/ILicenses.sol";
import {BaseTest} from "../helpers/BaseTest.sol";

/// @dev Connections, storage nodes, device standing, token.
contract DirectoriesTest is BaseTest {
    // Connections --------------------------------------------------------------------------------------------------

    function test_connection() public {
        uint256 id = uint256(bytes32("globex-cloud"));
        vm.expectEmit(true, true, true, true, address(d.connections));
        emit IConnections.ConnectionMinted(bob, id, address(0xC1), "globex-cloud", "oem", 0);
        vm.prank(admin);
        assertEq(d.connections.mint(bob, "globex-cloud", address(0xC1), "oem"), id, "the id spells the name");
        assertEq(d.connections.ownerOf(id), bob, "owner");
        assertEq(d.connections.connectionAddress(id), address(0xC1), "address");
        assertEq(d.connections.idByAddress(address(0xC1)), id, "by address");
        assertEq(d.connections.connectionType(id), "oem", "type");
        assertEq(d.connections.connectionName(id), "globex-cloud", "name");
    }

    function testFuzz_connectionNameRoundTrip(bytes32 raw) public {
        string memory name = d.connections.connectionName(uint256(raw));
        vm.assume(bytes(name).length != 0 && uint256(raw) != connectionId);
        vm.prank(admin);
        uint256 id = d.connections.mint(bob, name, address(0xC1), 0);
        assertEq(id, uint256(raw), "id");
        assertEq(d.connections.connectionName(id), name, "name");
    }

    function test_connectionFailures() public {
        vm.startPrank(admin);
        vm.expectRevert(abi.encodeWithSelector(IConnections.ConnectionExists.selector, connectionId));
        d.connections.mint(bob, "acme-cloud", address(0xC1), 0);
        vm.expectRevert(abi.encodeWithSelector(IConnections.AddressInUse.selector, address(0xC0)));
        d.connections.mint(bob, "other", address(0xC0), 0);
        vm.expectRevert(IConnections.ZeroAddress.selector);
        d.connections.mint(bob, "other", address(0), 0);
        vm.expectRevert(abi.encodeWithSelector(IConnections.InvalidName.selector, ""));
        d.connections.mint(bob, "", address(0xC1), 0);
        string memory long = "123456789012345678901234567890123";
        vm.expectRevert(abi.encodeWithSelector(IConnections.InvalidName.selector, long));
        d.connections.mint(bob, long, address(0xC1), 0);
        vm.expectRevert(abi.encodeWithSelector(IConnections.InvalidName.selector, "acme-cloud\x00"));
        d.connections.mint(bob, "acme-cloud\x00", address(0xC1), 0);
        vm.stopPrank();
        vm.startPrank(mallory);
        vm.expectRevert();
        d.connections.mint(mallory, "mine", address(0xC1), 0);
        vm.expectRevert();
        d.connections.revoke(connectionId);
    }

    function test_revokedConnectionIsNotReused() public {
        vm.startPrank(admin);
        d.connections.revoke(connectionId);
        assertFalse(d.connections.exists(connectionId), "gone");
        assertEq(d.connections.idByAddress(address(0xC0)), 0, "address is free");
        vm.expectRevert(abi.encodeWithSelector(IConnections.ConnectionRetired.selector, connectionId));
        d.connections.mint(mallory, "acme-cloud", address(0xC0), 0);
    }

    // Storage nodes ------------------------------------------------------------------------------------------------

    function test_storageNode() public {
        uint256 id = uint256(keccak256("node-a"));
        vm.expectEmit(true, true, true, true, address(d.storageNode));
        emit IStorageNode.StorageNodeAnchorMinted(bob, id, address(0x50), "node-a", "https://a.invalid");
        vm.prank(admin);
        d.storageNode.mint(bob, address(0x50), "node-a", "https://a.invalid");
        assertEq(d.storageNode.nodeAddress(id), address(0x50), "address");
        assertEq(d.storageNode.nodeLabel(id), "node-a", "label");
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IStorageNode.Unauthorized.selector, mallory));
        d.storageNode.setNodeUri(id, "https://evil.invalid");
        vm.expectEmit(true, true, true, true, address(d.storageNode));
        emit IStorageNode.NodeUriUpdated(id, "https://b.invalid");
        vm.prank(bob);
        d.storageNode.setNodeUri(id, "https://b.invalid");
        assertEq(d.storageNode.nodeUri(id), "https://b.invalid", "uri");
    }

    function test_storageNodeFailures() public {
        vm.startPrank(admin);
        vm.expectRevert(
            abi.encodeWithSelector(IStorageNode.NodeExists.selector, uint256(keccak256(bytes(DEFAULT_NODE_LABEL))))
        );
        d.storageNode.mint(bob, bob, DEFAULT_NODE_LABEL, "x");
        vm.expectRevert(IStorageNode.EmptyLabel.selector);
        d.storageNode.mint(bob, bob, "", "x");
        vm.expectRevert(IStorageNode.ZeroAddress.selector);
        d.storageNode.mint(bob, address(0), "x", "x");
        vm.stopPrank();
        vm.prank(mallory);
        vm.expectRevert();
        d.storageNode.mint(mallory, mallory, "mine", "x");
    }

    // Standing -----------------------------------------------------------------------------------------------------

    function test_ban() public {
        vm.startPrank(admin);
        vm.expectEmit(true, true, true, true, address(d.standing));
        emit IDeviceStanding.DeviceBanned(device, "r");
        d.standing.ban(device, "r");
        assertTrue(d.standing.isBanned(device), "banned");
        assertEq(d.standing.banReason(device), "r", "reason");
        vm.expectRevert(abi.encodeWithSelector(IDeviceStanding.AlreadyBanned.selector, device));
        d.standing.ban(device, "r");
        vm.expectRevert(IDeviceStanding.ZeroAddress.selector);
        d.standing.ban(address(0), "r");
        vm.expectEmit(true, true, true, true, address(d.standing));
        emit IDeviceStanding.DeviceUnbanned(device, "ok");
        d.standing.unban(device, "ok");
        assertFalse(d.standing.isBanned(device), "free");
        vm.expectRevert(abi.encodeWithSelector(IDeviceStanding.NotBanned.selector, device));
        d.standing.unban(device, "ok");
        vm.stopPrank();
        vm.startPrank(mallory);
        vm.expectRevert();
        d.standing.ban(device, "r");
        vm.expectRevert();
        d.standing.unban(device, "r");
    }

    // Token --------------------------------------------------------------------------------------------------------

    function test_token() public {
        assertEq(d.token.name(), "Dimo", "name");
        assertEq(d.token.symbol(), "DIMO", "symbol");
        assertEq(d.token.decimals(), 18, "decimals");
        vm.prank(mallory);
        vm.expectRevert();
        d.token.mint(mallory, 1);
        vm.prank(admin);
        d.token.mint(alice, 10);
        vm.startPrank(alice);
        d.token.delegate(bob);
        assertEq(d.token.getVotes(bob), 10, "votes");
        d.token.burn(4);
        assertEq(d.token.balanceOf(alice), 6, "burned");
        assertEq(d.token.getVotes(bob), 6, "votes follow");
    }

    function test_permit() public {
        bytes32 typehash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 hash = keccak256(abi.encode(typehash, alice, bob, 7, d.token.nonces(alice), _soon()));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", d.token.DOMAIN_SEPARATOR(), hash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ALICE_KEY, digest);
        d.token.permit(alice, bob, 7, _soon(), v, r, s);
        assertEq(d.token.allowance(alice, bob), 7, "allowance");
    }
}
