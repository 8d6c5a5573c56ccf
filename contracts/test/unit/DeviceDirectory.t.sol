// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeviceDirectory} from "../../src/interfaces/IDeviceDirectory.sol";
import {DeviceMoneyBase} from "../helpers/DeviceMoneyBase.sol";

contract DeviceDirectoryTest is DeviceMoneyBase {
    function _assertDevice(
        IDeviceDirectory.Device memory found,
        address wallet,
        uint256 vehicleId,
        address owner,
        address maker
    ) private pure {
        assertEq(found.wallet, wallet, "wallet");
        assertEq(found.vehicleId, vehicleId, "vehicle");
        assertEq(found.owner, owner, "owner");
        assertEq(found.maker, maker, "maker");
    }

    function test_hardwareFromTheFactoryToTheVehicle() public {
        _assertDevice(directory.hardware(1), address(0), 0, address(0), address(0));
        uint256 ad = _newDevice(device);
        _assertDevice(directory.hardware(ad), device, 0, acme, acme);
        bytes memory sig = _sign(DEVICE_KEY, _claimHash(ad, alice, 1, _soon()));
        vm.prank(alice);
        registry.claimAftermarketDeviceWithNonce(ad, 1, _soon(), sig);
        _assertDevice(directory.hardware(ad), device, 0, alice, acme);
        uint256 vehicle = _newVehicle(alice);
        vm.prank(alice);
        registry.pairAftermarketDevice(ad, vehicle);
        _assertDevice(directory.hardware(ad), device, vehicle, alice, acme);
        vm.prank(alice);
        registry.transferVehicleWithDevice(vehicle, bob);
        _assertDevice(directory.hardware(ad), device, vehicle, bob, acme);
    }

    function test_makerFollowsTheOwnerOfTheManufacturer() public {
        uint256 ad = _newDevice(device);
        vm.prank(admin);
        registry.setController(bob);
        vm.prank(acme);
        d.manufacturerId.transferFrom(acme, bob, acmeId);
        assertEq(directory.hardware(ad).maker, bob, "new owner");
    }

    function test_softwareLivesAtTheVehicle() public {
        uint256 vehicle = _newVehicle(alice);
        uint256 sd = _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 1);
        address home = directory.vehicleAddress(vehicle);
        _assertDevice(directory.software(sd), home, vehicle, alice, acme);
        vm.prank(alice);
        d.vehicleId.transferFrom(alice, bob, vehicle);
        _assertDevice(directory.software(sd), home, vehicle, bob, acme);
        vm.prank(admin);
        d.connections.revoke(connectionId);
        _assertDevice(directory.software(sd), home, vehicle, bob, address(0));
        vm.prank(bob);
        d.sdId.burn(sd);
        _assertDevice(directory.software(sd), address(0), 0, address(0), address(0));
    }
}
