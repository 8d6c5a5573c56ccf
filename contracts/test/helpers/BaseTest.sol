// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {
    AftermarketDeviceInfos,
    AttributeInfoPair,
    MintSyntheticDeviceWithNonceInput,
    MintVehicleAndSdWithNonceInput,
    MintVehicleWithNonceInput,
    SacdInput
} from "../../src/libraries/RegistryTypes.sol";
import {SignedTypes} from "../../src/libraries/SignedTypes.sol";
import {Assertions} from "./Assertions.sol";
import {Deploy, Deployment} from "./Deploy.sol";
import {IRegistry} from "./IRegistry.sol";

/// @title A deployed network with named actors
/// @dev admin holds every role; acme is a licensed manufacturer (id 1) that owns connection "acme-cloud"; alice and
///      bob own vehicles; mallory has nothing.
abstract contract BaseTest is Assertions, Deploy {
    bytes32 internal constant ERC1967_SLOT = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc;
    uint256 internal constant STAKE = 100_000e18;
    uint256 internal constant START = 1_800_000_000;
    string internal constant DD_ID = "acme_model-a_2024";

    uint256 internal constant ALICE_KEY = 0xA11CE;
    uint256 internal constant BOB_KEY = 0xB0B;
    uint256 internal constant ACME_KEY = 0xACE;
    uint256 internal constant DEVICE_KEY = 0xDE71CE;
    uint256 internal constant SD_KEY = 0x5D;
    uint256 internal constant MALLORY_KEY = 0xBAD;

    Deployment internal d;
    IRegistry internal registry;

    address internal admin = address(0xAD);
    address internal foundation = address(0xF0);
    address internal relayer = address(0xAD);
    address internal alice = vm.addr(ALICE_KEY);
    address internal bob = vm.addr(BOB_KEY);
    address internal acme = vm.addr(ACME_KEY);
    address internal device = vm.addr(DEVICE_KEY);
    address internal sdKey = vm.addr(SD_KEY);
    address internal mallory = vm.addr(MALLORY_KEY);

    uint256 internal acmeId;
    uint256 internal connectionId;

    function setUp() public virtual {
        vm.warp(START);
        d = _deploy(admin, foundation);
        registry = d.registry;
        vm.label(alice, "alice");
        vm.label(bob, "bob");
        vm.label(acme, "acme");
        vm.label(device, "device");
        vm.label(sdKey, "sdKey");
        vm.label(mallory, "mallory");
        acmeId = _newManufacturer(acme, "Acme");
        vm.prank(admin);
        connectionId = d.connections.mint(acme, "acme-cloud", address(0xC0), "oem");
    }

    // Actors -------------------------------------------------------------------------------------------------------

    function _license(address holder, uint256 amount) internal {
        vm.prank(holder);
        uint256 id = d.book.applyFor(ILicenseBook.Kind.Provider, "application");
        vm.prank(admin);
        d.book.decide(id, true, "analysis");
        _stakeFor(holder, amount);
    }

    function _licenseOf(address holder) internal view returns (uint256) {
        return d.book.licenseOf(holder, ILicenseBook.Kind.Provider);
    }

    function _stakeFor(address holder, uint256 amount) internal {
        vm.prank(admin);
        d.token.mint(holder, amount);
        vm.startPrank(holder);
        d.token.approve(address(d.vault), amount);
        d.vault.stake(_licenseOf(holder), amount);
        vm.stopPrank();
    }

    /// @dev What a lost case takes; it goes to whoever holds COURT_ROLE, here the admin.
    function _slash(address holder, uint256 amount) internal {
        uint256 id = _licenseOf(holder);
        vm.startPrank(admin);
        d.vault.lock(id);
        d.vault.slash(id, amount);
        d.vault.unlock(id, true);
        vm.stopPrank();
    }

    function _newManufacturer(address owner, string memory name) internal returns (uint256 id) {
        _license(owner, STAKE);
        vm.startPrank(admin);
        registry.setController(owner);
        registry.mintManufacturer(owner, name, new AttributeInfoPair[](0));
        vm.stopPrank();
        return registry.getManufacturerIdByName(name);
    }

    function _newVehicle(address owner) internal returns (uint256 id) {
        vm.prank(owner);
        registry.mintVehicleWithDeviceDefinition(acmeId, owner, DD_ID, _vehiclePairs());
        return d.vehicleId.lastId();
    }

    function _newDevice(address key) internal returns (uint256 id) {
        AftermarketDeviceInfos[] memory infos = new AftermarketDeviceInfos[](1);
        infos[0].addr = key;
        infos[0].attrInfoPairs = _pairs("Serial", "SN-1");
        vm.prank(acme);
        registry.mintAftermarketDeviceByManufacturerBatch(acmeId, infos);
        return d.adId.lastId();
    }

    function _newClaimedDevice(uint256 key, address owner, uint256 nonce) internal returns (uint256 id) {
        id = _newDevice(vm.addr(key));
        bytes memory sig = _sign(key, _claimHash(id, owner, nonce, _soon()));
        vm.prank(owner);
        registry.claimAftermarketDeviceWithNonce(id, nonce, _soon(), sig);
    }

    function _newPair(address owner) internal returns (uint256 vehicle, uint256 ad) {
        vehicle = _newVehicle(owner);
        ad = _newClaimedDevice(DEVICE_KEY, owner, 1);
        vm.prank(owner);
        registry.pairAftermarketDevice(ad, vehicle);
    }

    function _newSynthetic(uint256 vehicle, uint256 ownerKey, uint256 key, uint256 nonce)
        internal
        returns (uint256 id)
    {
        MintSyntheticDeviceWithNonceInput memory input = _sdInput(vehicle, ownerKey, key, nonce);
        vm.prank(acme);
        registry.mintSyntheticDeviceWithNonceSign(input);
        return d.sdId.lastId();
    }

    // Values -------------------------------------------------------------------------------------------------------

    function _soon() internal view returns (uint256) {
        return block.timestamp + 1 hours;
    }

    function _pairs(string memory attribute, string memory info) internal pure returns (AttributeInfoPair[] memory p) {
        p = new AttributeInfoPair[](1);
        p[0] = AttributeInfoPair(attribute, info);
    }

    function _vehiclePairs() internal pure returns (AttributeInfoPair[] memory p) {
        p = new AttributeInfoPair[](2);
        p[0] = AttributeInfoPair("Make", "Acme");
        p[1] = AttributeInfoPair("Year", "2024");
    }

    function _noPairs() internal pure returns (AttributeInfoPair[] memory p) {
        p = new AttributeInfoPair[](0);
    }

    function _grant(address grantee) internal view returns (SacdInput memory) {
        return SacdInput(grantee, 3 << 2, block.timestamp + 30 days, "ipfs://grant");
    }

    // Signatures ---------------------------------------------------------------------------------------------------

    function _digest(bytes32 structHash) internal view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(registry.domainSeparator(), structHash);
    }

    function _sign(uint256 key, bytes32 structHash) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _digest(structHash));
        return abi.encodePacked(r, s, v);
    }

    function _claimHash(uint256 ad, address owner, uint256 nonce, uint256 deadline) internal pure returns (bytes32) {
        return keccak256(abi.encode(SignedTypes.CLAIM_AD, ad, owner, nonce, deadline));
    }

    function _pairHash(uint256 ad, uint256 vehicle, uint256 nonce, uint256 deadline) internal pure returns (bytes32) {
        return keccak256(abi.encode(SignedTypes.PAIR_AD, ad, vehicle, nonce, deadline));
    }

    function _unpairHash(uint256 ad, uint256 vehicle, uint256 nonce, uint256 deadline) internal pure returns (bytes32) {
        return keccak256(abi.encode(SignedTypes.UNPAIR_AD, ad, vehicle, nonce, deadline));
    }

    function _columns(AttributeInfoPair[] memory pairs) internal pure returns (bytes32, bytes32) {
        bytes memory left;
        bytes memory right;
        for (uint256 i = 0; i < pairs.length; ++i) {
            left = bytes.concat(left, keccak256(bytes(pairs[i].attribute)));
            right = bytes.concat(right, keccak256(bytes(pairs[i].info)));
        }
        return (keccak256(left), keccak256(right));
    }

    function _sacdHash(SacdInput memory s) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(SignedTypes.SACD_INPUT, s.grantee, s.permissions, s.expiration, keccak256(bytes(s.source)))
        );
    }

    function _vehicleHash(MintVehicleWithNonceInput memory i) internal pure returns (bytes32) {
        (bytes32 attributes, bytes32 infos) = _columns(i.attrInfoPairs);
        return keccak256(
            abi.encode(
                SignedTypes.MINT_VEHICLE,
                i.manufacturerNode,
                i.owner,
                i.storageNodeId,
                keccak256(bytes(i.deviceDefinitionId)),
                attributes,
                infos,
                _sacdHash(i.sacdInput),
                i.nonce,
                i.deadline
            )
        );
    }

    function _sdHash(MintSyntheticDeviceWithNonceInput memory i) internal pure returns (bytes32) {
        (bytes32 attributes, bytes32 infos) = _columns(i.attrInfoPairs);
        return keccak256(
            abi.encode(
                SignedTypes.MINT_SD,
                i.connectionId,
                i.vehicleNode,
                i.syntheticDeviceAddr,
                attributes,
                infos,
                i.nonce,
                i.deadline
            )
        );
    }

    function _combinedHash(MintVehicleAndSdWithNonceInput memory i) internal pure returns (bytes32) {
        (bytes32 a, bytes32 b) = _columns(i.attrInfoPairsVehicle);
        bytes memory head = abi.encode(
            SignedTypes.MINT_VEHICLE_AND_SD,
            i.manufacturerNode,
            i.owner,
            i.storageNodeId,
            keccak256(bytes(i.deviceDefinitionId)),
            a,
            b
        );
        (a, b) = _columns(i.attrInfoPairsDevice);
        bytes memory tail =
            abi.encode(i.connectionId, i.syntheticDeviceAddr, a, b, _sacdHash(i.sacdInput), i.nonce, i.deadline);
        return keccak256(bytes.concat(head, tail));
    }

    function _vehicleInput(uint256 ownerKey, uint256 nonce) internal view returns (MintVehicleWithNonceInput memory i) {
        i.manufacturerNode = acmeId;
        i.owner = vm.addr(ownerKey);
        i.deviceDefinitionId = DD_ID;
        i.attrInfoPairs = _vehiclePairs();
        i.nonce = nonce;
        i.deadline = _soon();
        i.ownerSig = _sign(ownerKey, _vehicleHash(i));
    }

    function _sdInput(uint256 vehicle, uint256 ownerKey, uint256 key, uint256 nonce)
        internal
        view
        returns (MintSyntheticDeviceWithNonceInput memory i)
    {
        i.connectionId = connectionId;
        i.vehicleNode = vehicle;
        i.syntheticDeviceAddr = vm.addr(key);
        i.attrInfoPairs = _noPairs();
        i.nonce = nonce;
        i.deadline = _soon();
        i.syntheticDeviceSig = _sign(key, _sdHash(i));
        i.vehicleOwnerSig = _sign(ownerKey, _sdHash(i));
    }

    function _combinedInput(uint256 ownerKey, uint256 key, uint256 nonce)
        internal
        view
        returns (MintVehicleAndSdWithNonceInput memory i)
    {
        i.manufacturerNode = acmeId;
        i.owner = vm.addr(ownerKey);
        i.deviceDefinitionId = DD_ID;
        i.attrInfoPairsVehicle = _vehiclePairs();
        i.connectionId = connectionId;
        i.syntheticDeviceAddr = vm.addr(key);
        i.attrInfoPairsDevice = _noPairs();
        i.nonce = nonce;
        i.deadline = _soon();
        i.vehicleOwnerSig = _sign(ownerKey, _combinedHash(i));
        i.syntheticDeviceSig = _sign(key, _combinedHash(i));
    }
}
