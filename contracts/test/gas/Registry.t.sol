// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AftermarketDeviceInfos} from "../../src/libraries/RegistryTypes.sol";
import {VehicleRoles} from "../../src/vehicle/VehicleRoles.sol";
import {BaseTest} from "../helpers/BaseTest.sol";

/// @dev What users, makers and apps pay in the life of a vehicle.
contract RegistryGasTest is BaseTest {
    string private constant GROUP = "registry";

    function test_gasOfVehiclesAndDevices() public {
        vm.prank(alice);
        registry.mintVehicleWithDeviceDefinition(acmeId, alice, DD_ID, _vehiclePairs());
        vm.snapshotGasLastCall(GROUP, "mintVehicleWithDeviceDefinition");
        uint256 vehicle = d.vehicleId.lastId();
        AftermarketDeviceInfos[] memory infos = new AftermarketDeviceInfos[](1);
        infos[0].addr = device;
        infos[0].attrInfoPairs = _pairs("Serial", "SN-1");
        vm.prank(acme);
        registry.mintAftermarketDeviceByManufacturerBatch(acmeId, infos);
        vm.snapshotGasLastCall(GROUP, "mintAftermarketDeviceByManufacturerBatch");
        uint256 id = d.adId.lastId();
        bytes memory signature = _sign(DEVICE_KEY, _claimHash(id, alice, 1, _soon()));
        vm.prank(alice);
        registry.claimAftermarketDeviceWithNonce(id, 1, _soon(), signature);
        vm.snapshotGasLastCall(GROUP, "claimAftermarketDeviceWithNonce");
        vm.prank(alice);
        registry.pairAftermarketDevice(id, vehicle);
        vm.snapshotGasLastCall(GROUP, "pairAftermarketDevice");
        vm.prank(alice);
        d.vehicleId.transferFrom(alice, bob, vehicle);
        vm.snapshotGasLastCall(GROUP, "VehicleId.transferFrom");
    }

    function test_gasOfGrants() public {
        uint256 vehicle = _newVehicle(alice);
        vm.prank(alice);
        d.sacd.setPermissions(address(d.vehicleId), vehicle, bob, 12, block.timestamp + 1 days, "ipfs://grant");
        vm.snapshotGasLastCall(GROUP, "Sacd.setPermissions");
        VehicleRoles roles = VehicleRoles(
            _proxy(
                address(new VehicleRoles()),
                abi.encodeCall(VehicleRoles.initialize, (address(d.vehicleId), address(d.sacd), admin))
            )
        );
        vm.prank(alice);
        roles.grant(vehicle, bob, 4, uint64(block.timestamp), uint64(block.timestamp + 1 days), false);
        vm.snapshotGasLastCall(GROUP, "VehicleRoles.grant");
        roles.hasRoles(vehicle, bob, 4);
        vm.snapshotGasLastCall(GROUP, "VehicleRoles.hasRoles");
    }
}
