// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AftermarketDeviceIdAddressPair, MintSyntheticDeviceWithNonceInput} from "../../src/libraries/RegistryTypes.sol";
import {BaseTest} from "../helpers/BaseTest.sol";

/// @title Random but valid life of vehicles and devices
/// @dev Every action checks its preconditions itself and returns when they do not hold, so a revert is a bug.
contract RegistryHandler is BaseTest {
    struct Grant {
        uint256 vehicle;
        address grantee;
        uint256 epoch;
    }

    uint256 private constant ACTORS = 4;
    uint256 private constant MAX_VEHICLES = 8;
    uint256 private constant MAX_DEVICES = 6;
    uint256 private constant FIRST_KEY = 0x10000;

    Grant[] public grants;
    uint256 public nextKey = FIRST_KEY;
    uint256 public nextNonce = 1;
    mapping(uint256 ad => uint256 key) public keyOfDevice;
    /// @dev Own count of transfers and burns: the version inside SACD is what is being tested.
    mapping(uint256 vehicle => uint256) public epochOf;
    mapping(bytes32 action => uint256) public calls;

    constructor() {
        setUp();
    }

    function selectors() external pure returns (bytes4[] memory list) {
        list = new bytes4[](14);
        list[0] = this.mintVehicle.selector;
        list[1] = this.mintDevice.selector;
        list[2] = this.claim.selector;
        list[3] = this.pair.selector;
        list[4] = this.pairBySignatures.selector;
        list[5] = this.unpair.selector;
        list[6] = this.sellVehicle.selector;
        list[7] = this.sellVehicleWithDevice.selector;
        list[8] = this.sellDevice.selector;
        list[9] = this.mintSynthetic.selector;
        list[10] = this.burnSynthetic.selector;
        list[11] = this.burnVehicle.selector;
        list[12] = this.grant.selector;
        list[13] = this.serviceDevice.selector;
    }

    function deployment()
        external
        view
        returns (address registry_, address vehicles, address devices, address synthetics, address sacd)
    {
        return (address(registry), address(d.vehicleId), address(d.adId), address(d.sdId), address(d.sacd));
    }

    function grantCount() external view returns (uint256) {
        return grants.length;
    }

    function mintVehicle(uint256 who) external {
        if (d.vehicleId.lastId() >= MAX_VEHICLES) return;
        _newVehicle(_actor(who));
        ++calls["mintVehicle"];
    }

    function mintDevice() external {
        if (d.adId.lastId() >= MAX_DEVICES) return;
        uint256 key = nextKey++;
        keyOfDevice[_newDevice(vm.addr(key))] = key;
        ++calls["mintDevice"];
    }

    function claim(uint256 ad, uint256 who) external {
        ad = _device(ad);
        if (ad == 0 || registry.isAftermarketDeviceClaimed(ad)) return;
        address to = _actor(who);
        uint256 nonce = nextNonce++;
        bytes memory sig = _sign(keyOfDevice[ad], _claimHash(ad, to, nonce, _soon()));
        vm.prank(to);
        registry.claimAftermarketDeviceWithNonce(ad, nonce, _soon(), sig);
        ++calls["claim"];
    }

    function pair(uint256 ad, uint256 vehicle) external {
        (ad, vehicle) = (_device(ad), _vehicle(vehicle));
        if (!_pairable(ad, vehicle)) return;
        address owner = d.vehicleId.ownerOf(vehicle);
        if (d.adId.ownerOf(ad) != owner) return;
        vm.prank(owner);
        registry.pairAftermarketDevice(ad, vehicle);
        ++calls["pair"];
    }

    function pairBySignatures(uint256 ad, uint256 vehicle) external {
        (ad, vehicle) = (_device(ad), _vehicle(vehicle));
        if (!_pairable(ad, vehicle)) return;
        uint256 nonce = nextNonce++;
        bytes32 hash = _pairHash(ad, vehicle, nonce, _soon());
        bytes memory dev = _sign(keyOfDevice[ad], hash);
        bytes memory owner = _sign(_keyOf(d.vehicleId.ownerOf(vehicle)), hash);
        vm.prank(relayer);
        registry.pairAftermarketDeviceWithNonceSign(ad, vehicle, nonce, _soon(), dev, owner);
        ++calls["pairBySignatures"];
    }

    function unpair(uint256 vehicle, bool byDeviceOwner) external {
        vehicle = _vehicle(vehicle);
        uint256 ad = registry.getLink(address(d.vehicleId), vehicle);
        if (ad == 0) return;
        vm.prank(byDeviceOwner ? d.adId.ownerOf(ad) : d.vehicleId.ownerOf(vehicle));
        registry.unpairAftermarketDevice(ad, vehicle);
        ++calls["unpair"];
    }

    function sellVehicle(uint256 vehicle, uint256 who) external {
        vehicle = _vehicle(vehicle);
        if (vehicle == 0) return;
        address from = d.vehicleId.ownerOf(vehicle);
        vm.prank(from);
        d.vehicleId.transferFrom(from, _actor(who), vehicle);
        ++epochOf[vehicle];
        ++calls["sellVehicle"];
    }

    function sellVehicleWithDevice(uint256 vehicle, uint256 who) external {
        vehicle = _vehicle(vehicle);
        uint256 ad = registry.getLink(address(d.vehicleId), vehicle);
        if (ad == 0) return;
        address from = d.vehicleId.ownerOf(vehicle);
        if (d.adId.ownerOf(ad) != from) return;
        vm.prank(from);
        registry.transferVehicleWithDevice(vehicle, _actor(who));
        ++epochOf[vehicle];
        ++calls["sellVehicleWithDevice"];
    }

    function sellDevice(uint256 ad, uint256 who) external {
        ad = _device(ad);
        if (ad == 0 || !registry.isAftermarketDeviceClaimed(ad)) return;
        address from = d.adId.ownerOf(ad);
        vm.prank(from);
        d.adId.transferFrom(from, _actor(who), ad);
        ++calls["sellDevice"];
    }

    function mintSynthetic(uint256 vehicle) external {
        vehicle = _vehicle(vehicle);
        if (vehicle == 0 || _synthetic(vehicle) != 0) return;
        MintSyntheticDeviceWithNonceInput memory input =
            _sdInput(vehicle, _keyOf(d.vehicleId.ownerOf(vehicle)), nextKey++, nextNonce++);
        vm.prank(acme);
        registry.mintSyntheticDeviceWithNonceSign(input);
        ++calls["mintSynthetic"];
    }

    function burnSynthetic(uint256 vehicle) external {
        vehicle = _vehicle(vehicle);
        uint256 sd = _synthetic(vehicle);
        if (sd == 0) return;
        vm.prank(d.sdId.ownerOf(sd));
        d.sdId.burn(sd);
        ++calls["burnSynthetic"];
    }

    function burnVehicle(uint256 vehicle) external {
        vehicle = _vehicle(vehicle);
        if (vehicle == 0 || _synthetic(vehicle) != 0) return;
        if (registry.getLink(address(d.vehicleId), vehicle) != 0) return;
        vm.prank(d.vehicleId.ownerOf(vehicle));
        d.vehicleId.burn(vehicle);
        ++epochOf[vehicle];
        ++calls["burnVehicle"];
    }

    function grant(uint256 vehicle, uint256 who) external {
        vehicle = _vehicle(vehicle);
        if (vehicle == 0) return;
        address grantee = _actor(who);
        grants.push(Grant(vehicle, grantee, epochOf[vehicle]));
        vm.prank(d.vehicleId.ownerOf(vehicle));
        d.sacd.setPermissions(address(d.vehicleId), vehicle, grantee, 0x3FFFC, type(uint64).max, 0, "x");
        ++calls["grant"];
    }

    /// @dev Key reset; or return and reprovision of an unpaired device.
    function serviceDevice(uint256 ad, bool reset) external {
        ad = _device(ad);
        if (ad == 0) return;
        if (reset) {
            uint256 key = nextKey++;
            AftermarketDeviceIdAddressPair[] memory list = new AftermarketDeviceIdAddressPair[](1);
            list[0] = AftermarketDeviceIdAddressPair(ad, vm.addr(key));
            keyOfDevice[ad] = key;
            vm.prank(acme);
            registry.resetAftermarketDeviceAddressByManufacturerBatch(list);
            ++calls["reset"];
            return;
        }
        if (registry.getLink(address(d.adId), ad) != 0) return;
        if (registry.isAftermarketDeviceClaimed(ad)) {
            vm.prank(d.adId.ownerOf(ad));
            d.adId.returnToManufacturer(ad);
        }
        uint256[] memory ids = new uint256[](1);
        ids[0] = ad;
        vm.prank(acme);
        registry.reprovisionAftermarketDeviceByManufacturerBatch(ids);
        keyOfDevice[d.adId.lastId()] = keyOfDevice[ad];
        ++calls["reprovision"];
    }

    function _keyAt(uint256 i) private pure returns (uint256) {
        return [ALICE_KEY, BOB_KEY, MALLORY_KEY, uint256(0xCA01)][i % ACTORS];
    }

    function _actor(uint256 seed) private pure returns (address) {
        return vm.addr(_keyAt(seed));
    }

    function _keyOf(address account) private pure returns (uint256 key) {
        for (uint256 i = 0; i < ACTORS; ++i) {
            key = _keyAt(i);
            if (vm.addr(key) == account) return key;
        }
        revert("unknown account");
    }

    /// @dev A live vehicle, zero when the chosen one was never minted or is burned.
    function _vehicle(uint256 seed) private view returns (uint256 id) {
        uint256 last = d.vehicleId.lastId();
        if (last == 0) return 0;
        id = 1 + seed % last;
        return d.vehicleId.exists(id) ? id : 0;
    }

    function _device(uint256 seed) private view returns (uint256 id) {
        uint256 last = d.adId.lastId();
        if (last == 0) return 0;
        id = 1 + seed % last;
        return d.adId.exists(id) ? id : 0;
    }

    function _synthetic(uint256 vehicle) private view returns (uint256) {
        return registry.getNodeLink(address(d.vehicleId), address(d.sdId), vehicle);
    }

    function _pairable(uint256 ad, uint256 vehicle) private view returns (bool) {
        return ad != 0 && vehicle != 0 && registry.isAftermarketDeviceClaimed(ad)
            && registry.getLink(address(d.vehicleId), vehicle) == 0 && registry.getLink(address(d.adId), ad) == 0;
    }
}
