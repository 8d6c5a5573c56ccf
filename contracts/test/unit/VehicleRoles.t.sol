// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IVehicleRoles} from "../../src/interfaces/IVehicleRoles.sol";
import {VehicleRoles} from "../../src/vehicle/VehicleRoles.sol";
import {BaseTest} from "../helpers/BaseTest.sol";

contract VehicleRolesTest is BaseTest {
    uint8 private constant UNLOCK = 1;
    uint8 private constant DRIVE = 4;
    uint8 private constant VIEW = 8;
    uint8 private constant MANAGE = 16;
    uint8 private constant ALL = 31;
    uint64 private constant NOW = uint64(START);
    uint64 private constant LATER = uint64(START + 30 days);

    address private manager = address(0x3A);
    address private driver = address(0xD1);

    VehicleRoles private roles;
    uint256 private vehicle;

    function setUp() public override {
        super.setUp();
        roles = VehicleRoles(
            _proxy(
                address(new VehicleRoles()),
                abi.encodeCall(VehicleRoles.initialize, (address(d.vehicleId), address(d.sacd), admin))
            )
        );
        vehicle = _newVehicle(alice);
    }

    /// @dev D5-02.
    function test_theHolderOfTheNftHasEveryRole() public view {
        assertEq(roles.rolesOf(vehicle, alice), ALL, "owner");
        assertTrue(roles.hasRoles(vehicle, alice, ALL), "all");
        assertFalse(roles.hasRoles(vehicle, alice, 0), "nothing is never granted");
        assertEq(roles.rolesOf(vehicle, bob), 0, "others none");
        assertEq(roles.rolesOf(999, alice), 0, "no such vehicle");
        assertEq(roles.rolesOf(999, address(0)), 0, "nobody owns it");
    }

    /// @dev D5-03, D5-07.
    function testFuzz_aGrantIsScopedAndTimeBoxed(uint8 granted, uint8 asked, uint64 from, uint64 until, uint64 time)
        public
    {
        granted = uint8(bound(granted, 1, ALL));
        until = uint64(bound(until, START + 1, START + 400 days));
        from = uint64(bound(from, 0, until - 1));
        time = uint64(bound(time, START, START + 500 days));
        vm.expectEmit(true, true, true, true, address(roles));
        emit IVehicleRoles.RolesGranted(vehicle, driver, alice, 0, granted, from, until, false);
        _ownerGrants(driver, granted, from, until, false);
        vm.warp(time);
        bool live = time >= from && time < until;
        assertEq(roles.rolesOf(vehicle, driver), live ? granted : 0, "in its time");
        assertTrue(
            roles.hasRoles(vehicle, driver, asked) == (live && asked != 0 && asked & ~granted == 0), "in its scope"
        );
    }

    /// @dev D5-04, D5-05.
    function test_aTransferEndsEveryGrantAtOnce() public {
        _ownerGrants(driver, DRIVE, NOW, LATER, false);
        _ownerGrants(manager, MANAGE | DRIVE, NOW, LATER, true);
        vm.prank(alice);
        d.vehicleId.transferFrom(alice, bob, vehicle);
        assertEq(roles.rolesOf(vehicle, driver), 0, "driver");
        assertEq(roles.rolesOf(vehicle, manager), 0, "manager");
        assertEq(roles.rolesOf(vehicle, alice), 0, "seller");
        assertEq(roles.rolesOf(vehicle, bob), ALL, "buyer");
        _refusedGrant(manager, address(0xD2), DRIVE, NOW, LATER, false, _notGrantor(manager));
        _refusedGrant(alice, address(0xD2), DRIVE, NOW, LATER, false, _notGrantor(alice));
        vm.prank(bob);
        d.vehicleId.transferFrom(bob, alice, vehicle);
        assertEq(roles.rolesOf(vehicle, driver), 0, "not even when it comes back");
        assertEq(roles.grantOf(vehicle, driver).grantor, address(0), "nothing on record");
    }

    function test_aTransferWithItsDeviceEndsGrantsToo() public {
        (uint256 paired,) = _newPair(bob);
        vm.prank(bob);
        roles.grant(paired, driver, DRIVE, NOW, LATER, false);
        vm.prank(bob);
        registry.transferVehicleWithDevice(paired, alice);
        assertEq(roles.rolesOf(paired, driver), 0, "driver");
        assertEq(roles.rolesOf(paired, alice), ALL, "new owner");
    }

    function test_aBurnEndsEveryGrant() public {
        _ownerGrants(driver, DRIVE, NOW, LATER, false);
        vm.prank(alice);
        d.vehicleId.burn(vehicle);
        assertEq(roles.rolesOf(vehicle, driver), 0, "driver");
        assertEq(roles.rolesOf(vehicle, alice), 0, "former owner");
        _refusedGrant(alice, driver, DRIVE, NOW, LATER, false, _notGrantor(alice));
    }

    function testFuzz_aManagerPassesOnPartsOfItsOwn(uint8 own, uint8 passed, uint64 from, uint64 until) public {
        own = uint8(bound(own, 1, ALL));
        passed = uint8(bound(passed, 1, ALL));
        from = uint64(bound(from, START - 10 days, START + 40 days));
        until = uint64(bound(until, from + 1, START + 50 days));
        if (until <= START) return;
        _ownerGrants(manager, own, NOW, LATER, true);
        bool covered = own & MANAGE != 0 && passed & ~own == 0 && from >= NOW && until <= LATER;
        if (!covered) {
            _refusedGrant(manager, driver, passed, from, until, false, _notGrantor(manager));
            return;
        }
        vm.prank(manager);
        roles.grant(vehicle, driver, passed, from, until, false);
        IVehicleRoles.Grant memory g = roles.grantOf(vehicle, driver);
        assertTrue(g.delegated, "delegated");
        assertEq(g.grantor, manager, "by the manager");
        vm.warp(from);
        assertEq(roles.rolesOf(vehicle, driver), passed, "live");
    }

    function test_aManagerWithoutLeaveToDelegateCannot() public {
        _ownerGrants(manager, ALL, NOW, LATER, false);
        _refusedGrant(manager, driver, DRIVE, NOW, LATER, false, _notGrantor(manager));
    }

    function test_whatWasPassedOnIsNotPassedOnAgain() public {
        _ownerGrants(manager, MANAGE | DRIVE, NOW, LATER, true);
        _refusedGrant(
            manager,
            driver,
            DRIVE,
            NOW,
            LATER,
            true,
            abi.encodeWithSelector(IVehicleRoles.NotDelegable.selector, vehicle, driver)
        );
        vm.prank(manager);
        roles.grant(vehicle, driver, MANAGE | DRIVE, NOW, LATER, false);
        _refusedGrant(driver, address(0xD2), DRIVE, NOW, LATER, false, _notGrantor(driver));
    }

    function test_whatAManagerGrantedEndsWithTheManager() public {
        _ownerGrants(manager, MANAGE | DRIVE, NOW, LATER, true);
        vm.prank(manager);
        roles.grant(vehicle, driver, DRIVE, NOW, LATER, false);
        assertEq(roles.rolesOf(vehicle, driver), DRIVE, "live");
        _ownerGrants(manager, MANAGE, NOW, LATER, true);
        assertEq(roles.rolesOf(vehicle, driver), 0, "no longer covered");
        _ownerGrants(manager, MANAGE | DRIVE, NOW, LATER, true);
        assertEq(roles.rolesOf(vehicle, driver), DRIVE, "covered again");
        vm.prank(alice);
        roles.revoke(vehicle, manager);
        assertEq(roles.rolesOf(vehicle, driver), 0, "gone with the manager");
    }

    function test_aManagerDoesNotReplaceGrantsOfOthers() public {
        _ownerGrants(manager, MANAGE | DRIVE, NOW, LATER, true);
        _ownerGrants(driver, UNLOCK, NOW, NOW + 1 days, false);
        bytes memory reason = abi.encodeWithSelector(IVehicleRoles.GrantedByOther.selector, vehicle, driver, alice);
        _refusedGrant(manager, driver, DRIVE, NOW, LATER, false, reason);
        reason = abi.encodeWithSelector(IVehicleRoles.GrantedByOther.selector, vehicle, manager, alice);
        _refusedGrant(manager, manager, DRIVE, NOW, LATER, false, reason);
        vm.warp(START + 1 days);
        vm.prank(manager);
        roles.grant(vehicle, driver, DRIVE, NOW, LATER, false);
        assertEq(roles.rolesOf(vehicle, driver), DRIVE, "the old one was over");
        _ownerGrants(driver, VIEW, NOW, LATER, false);
        assertEq(roles.rolesOf(vehicle, driver), VIEW, "the owner replaces any");
    }

    function test_ownerGrantorAndHolderRevoke() public {
        _ownerGrants(manager, MANAGE | DRIVE, NOW, LATER, true);
        address[3] memory by = [alice, manager, driver];
        for (uint256 i = 0; i < by.length; ++i) {
            vm.prank(manager);
            roles.grant(vehicle, driver, DRIVE, NOW, LATER, false);
            _refused(mallory, abi.encodeCall(roles.revoke, (vehicle, driver)), _notGrantor(mallory));
            vm.expectEmit(true, true, true, true, address(roles));
            emit IVehicleRoles.RolesRevoked(vehicle, driver, by[i], 0);
            vm.prank(by[i]);
            roles.revoke(vehicle, driver);
            assertEq(roles.rolesOf(vehicle, driver), 0, "revoked");
        }
        bytes memory reason = abi.encodeWithSelector(IVehicleRoles.NoGrant.selector, vehicle, driver);
        _refused(alice, abi.encodeCall(roles.revoke, (vehicle, driver)), reason);
        _refused(
            manager,
            abi.encodeCall(roles.revoke, (vehicle, address(0xD2))),
            abi.encodeWithSelector(IVehicleRoles.NoGrant.selector, vehicle, address(0xD2))
        );
    }

    function test_grantsAreWellFormed() public {
        bytes memory zero = abi.encodeWithSelector(IVehicleRoles.ZeroAddress.selector);
        _refusedGrant(alice, address(0), DRIVE, NOW, LATER, false, zero);
        bytes memory none = abi.encodeWithSelector(IVehicleRoles.InvalidRoles.selector, 0);
        _refusedGrant(alice, driver, 0, NOW, LATER, false, none);
        bytes memory unknown = abi.encodeWithSelector(IVehicleRoles.InvalidRoles.selector, 32);
        _refusedGrant(alice, driver, 32, NOW, LATER, false, unknown);
        bytes memory period = abi.encodeWithSelector(IVehicleRoles.InvalidPeriod.selector, LATER, LATER);
        _refusedGrant(alice, driver, DRIVE, LATER, LATER, false, period);
        period = abi.encodeWithSelector(IVehicleRoles.InvalidPeriod.selector, 0, NOW);
        _refusedGrant(alice, driver, DRIVE, 0, NOW, false, period);
    }

    function test_strangersApprovedAccountsAndTheAdministratorGrantNothing() public {
        vm.prank(alice);
        d.vehicleId.setApprovalForAll(bob, true);
        address[3] memory callers = [mallory, bob, admin];
        for (uint256 i = 0; i < callers.length; ++i) {
            _refusedGrant(callers[i], callers[i], DRIVE, NOW, LATER, false, _notGrantor(callers[i]));
        }
    }

    function _ownerGrants(address account, uint8 granted, uint64 from, uint64 until, bool delegable) private {
        vm.prank(alice);
        roles.grant(vehicle, account, granted, from, until, delegable);
    }

    function _notGrantor(address account) private view returns (bytes memory) {
        return abi.encodeWithSelector(IVehicleRoles.NotGrantor.selector, vehicle, account);
    }

    function _refusedGrant(
        address caller,
        address account,
        uint8 granted,
        uint64 from,
        uint64 until,
        bool delegable,
        bytes memory reason
    ) private {
        _refused(caller, abi.encodeCall(roles.grant, (vehicle, account, granted, from, until, delegable)), reason);
    }

    function _refused(address caller, bytes memory data, bytes memory reason) private {
        vm.prank(caller);
        (bool ok, bytes memory result) = address(roles).call(data);
        assertFalse(ok, "must be refused");
        assertEq(keccak256(result), keccak256(reason), "reason");
    }
}
