// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ISacd} from "../../src/interfaces/ISacd.sol";
import {RegistryNft} from "../../src/device/RegistryNft.sol";
import {Assertions} from "../helpers/Assertions.sol";
import {IRegistry} from "../helpers/IRegistry.sol";
import {RegistryHandler} from "./RegistryHandler.sol";
import {FuzzSelector} from "./FuzzSelector.sol";

contract RegistryInvariantTest is Assertions {
    RegistryHandler private handler;
    IRegistry private registry;
    RegistryNft private vehicles;
    RegistryNft private devices;
    RegistryNft private synthetics;
    ISacd private sacd;

    function setUp() public {
        handler = new RegistryHandler();
        (address r, address v, address a, address s, address p) = handler.deployment();
        registry = IRegistry(r);
        vehicles = RegistryNft(v);
        devices = RegistryNft(a);
        synthetics = RegistryNft(s);
        sacd = ISacd(p);
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0] = FuzzSelector(address(handler), handler.selectors());
    }

    function invariant_atMostOneLiveLinkAndBothDirectionsAgree() public view {
        address v = address(vehicles);
        address a = address(devices);
        for (uint256 id = 1; id <= vehicles.lastId(); ++id) {
            uint256 ad = registry.getLink(v, id);
            if (ad == 0) continue;
            assertTrue(vehicles.exists(id) && devices.exists(ad), "both sides exist");
            assertEq(registry.getLink(a, ad), id, "device points back");
            assertTrue(registry.isAftermarketDeviceClaimed(ad), "only claimed devices are paired");
        }
        for (uint256 ad = 1; ad <= devices.lastId(); ++ad) {
            uint256 id = registry.getLink(a, ad);
            if (id != 0) assertEq(registry.getLink(v, id), ad, "vehicle points back");
        }
    }

    function invariant_syntheticDeviceFollowsItsVehicle() public view {
        address v = address(vehicles);
        address s = address(synthetics);
        for (uint256 id = 1; id <= vehicles.lastId(); ++id) {
            uint256 sd = registry.getNodeLink(v, s, id);
            if (sd == 0) continue;
            assertEq(registry.getNodeLink(s, v, sd), id, "device points back");
            assertEq(synthetics.ownerOf(sd), vehicles.ownerOf(id), "one owner");
        }
        for (uint256 sd = 1; sd <= synthetics.lastId(); ++sd) {
            bool live = synthetics.exists(sd);
            uint256 id = registry.getNodeLink(s, v, sd);
            assertTrue(live == (id != 0), "linked exactly while it lives");
            if (live) assertEq(registry.getNodeLink(v, s, id), sd, "vehicle points back");
            else assertEq(registry.getSyntheticDeviceAddressById(sd), address(0), "key is free");
        }
    }

    function invariant_oneKeyIsOneDevice() public view {
        for (uint256 ad = 1; ad <= devices.lastId(); ++ad) {
            address key = registry.getAftermarketDeviceAddressById(ad);
            assertTrue(devices.exists(ad) == (key != address(0)), "live devices have a key");
            if (key == address(0)) continue;
            assertEq(registry.getAftermarketDeviceIdByAddress(key), ad, "key points back");
            assertEq(registry.getSyntheticDeviceIdByAddress(key), 0, "not both kinds");
        }
    }

    function invariant_noOldGrantSurvivesATransfer() public view {
        uint256 count = handler.grantCount();
        for (uint256 i = 0; i < count; ++i) {
            (uint256 id, address grantee, uint256 epoch) = handler.grants(i);
            uint256 current = handler.epochOf(id);
            assertEq(sacd.tokenIdToVersion(address(vehicles), id), current, "version counts transfers and burns");
            if (epoch == current || _isOwner(id, grantee) || _grantedSince(i, id, grantee, current)) continue;
            assertFalse(sacd.hasPermission(address(vehicles), id, grantee, 1), "old grantee keeps access");
            assertEq(sacd.getPermissions(address(vehicles), id, grantee, type(uint256).max), 0, "mask");
        }
    }

    function invariant_burnedVehicleLeavesNothing() public view {
        for (uint256 id = 1; id <= vehicles.lastId(); ++id) {
            if (vehicles.exists(id)) continue;
            assertEq(registry.vehicleIdToStorageNodeId(id), 0, "storage node");
            assertEq(registry.getDeviceDefinitionIdByVehicleId(id), "", "definition");
            assertEq(registry.getParentNode(address(vehicles), id), 0, "parent");
            assertEq(registry.getLink(address(vehicles), id), 0, "link");
            assertEq(registry.getNodeLink(address(vehicles), address(synthetics), id), 0, "synthetic");
        }
    }

    function _isOwner(uint256 id, address account) private view returns (bool) {
        return vehicles.exists(id) && vehicles.ownerOf(id) == account;
    }

    function _grantedSince(uint256 from, uint256 id, address grantee, uint256 epoch) private view returns (bool) {
        for (uint256 i = from + 1; i < handler.grantCount(); ++i) {
            (uint256 otherId, address other, uint256 otherEpoch) = handler.grants(i);
            if (otherId == id && other == grantee && otherEpoch == epoch) return true;
        }
        return false;
    }
}
