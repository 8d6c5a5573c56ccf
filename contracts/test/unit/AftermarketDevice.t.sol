// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAftermarketDeviceModule} from "../../src/interfaces/IDeviceModules.sol";
import {IMapperModule} from "../../src/interfaces/IRegistryCore.sol";
import {IRegistryErrors} from "../../src/interfaces/IRegistryErrors.sol";
import {
    AftermarketDeviceIdAddressPair,
    AftermarketDeviceInfos,
    AftermarketDeviceOwnerPair
} from "../../src/libraries/RegistryTypes.sol";
import {BaseTest} from "../helpers/BaseTest.sol";
import {Wallet} from "../helpers/Mocks.sol";

contract AftermarketDeviceTest is BaseTest {
    uint256 private constant GLOBEX_KEY = 0x61;
    /// @dev Order of secp256k1: the other half of a signature has s' = N - s.
    uint256 private constant N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function _infos(address key) private pure returns (AftermarketDeviceInfos[] memory infos) {
        infos = new AftermarketDeviceInfos[](1);
        infos[0].addr = key;
        infos[0].attrInfoPairs = _pairs("Serial", "SN-1");
    }

    function _permit(address grantee, uint8 permission) private {
        vm.prank(acme);
        d.sacd
            .setPermissions(
                address(d.manufacturerId), acmeId, grantee, uint256(3) << (2 * permission), _soon(), "ipfs://x"
            );
    }

    // Mint ---------------------------------------------------------------------------------------------------------

    function test_mint() public {
        vm.expectEmit(true, true, true, true, address(registry));
        emit IAftermarketDeviceModule.AftermarketDeviceNodeMinted(acmeId, 1, device, acme);
        uint256 id = _newDevice(device);
        assertEq(d.adId.ownerOf(id), acme, "manufacturer's owner holds it");
        assertEq(registry.getAftermarketDeviceIdByAddress(device), id, "id by address");
        assertEq(registry.getAftermarketDeviceAddressById(id), device, "address by id");
        assertEq(registry.getInfo(address(d.adId), id, "Serial"), "SN-1", "serial");
        assertEq(registry.getParentNode(address(d.adId), id), acmeId, "parent");
        assertFalse(registry.isAftermarketDeviceClaimed(id), "unclaimed");
    }

    function test_defect_mintNeedsStakeNotOnlyTheNft() public {
        _slash(acme, 1);
        assertEq(d.book.balanceOf(acme), 1, "still holds the NFT");
        vm.prank(acme);
        vm.expectRevert(IRegistryErrors.InvalidLicense.selector);
        registry.mintAftermarketDeviceByManufacturerBatch(acmeId, _infos(device));
        _stakeFor(acme, 1);
        _newDevice(device);
    }

    function test_mintNeedsALiveLicense() public {
        uint256 id = _licenseOf(acme);
        vm.prank(admin);
        d.book.suspend(id, "r");
        vm.prank(acme);
        vm.expectRevert(IRegistryErrors.InvalidLicense.selector);
        registry.mintAftermarketDeviceByManufacturerBatch(acmeId, _infos(device));
        vm.startPrank(admin);
        d.book.reinstate(id, "r");
        registry.setManufacturerLicense(address(0));
        vm.stopPrank();
        vm.prank(acme);
        vm.expectRevert(IRegistryErrors.InvalidLicense.selector);
        registry.mintAftermarketDeviceByManufacturerBatch(acmeId, _infos(device));
    }

    function test_mintByGranteeChecksTheOwnersLicense() public {
        _permit(bob, 1);
        vm.prank(bob);
        registry.mintAftermarketDeviceByManufacturerBatch(acmeId, _infos(device));
        assertEq(d.adId.ownerOf(1), acme, "to the manufacturer's owner");
    }

    function test_mintFailures() public {
        _newDevice(device);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.mintAftermarketDeviceByManufacturerBatch(acmeId, _infos(bob));
        vm.startPrank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidParentNode.selector, 9));
        registry.mintAftermarketDeviceByManufacturerBatch(9, _infos(bob));
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.DeviceAlreadyRegistered.selector, device));
        registry.mintAftermarketDeviceByManufacturerBatch(acmeId, _infos(device));
        vm.expectRevert(IRegistryErrors.ZeroAddress.selector);
        registry.mintAftermarketDeviceByManufacturerBatch(acmeId, _infos(address(0)));
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.BatchTooLarge.selector, 51, 50));
        registry.mintAftermarketDeviceByManufacturerBatch(acmeId, new AftermarketDeviceInfos[](51));
        AftermarketDeviceInfos[] memory infos = _infos(bob);
        infos[0].attrInfoPairs = _pairs("Make", "x");
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.AttributeNotWhitelisted.selector, "Make"));
        registry.mintAftermarketDeviceByManufacturerBatch(acmeId, infos);
        vm.stopPrank();
        vm.prank(admin);
        d.standing.ban(bob, "r");
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.DeviceIsBanned.selector, bob));
        registry.mintAftermarketDeviceByManufacturerBatch(acmeId, _infos(bob));
    }

    // Claim --------------------------------------------------------------------------------------------------------

    function test_ownerClaims() public {
        uint256 id = _newDevice(device);
        bytes memory sig = _sign(DEVICE_KEY, _claimHash(id, alice, 1, _soon()));
        vm.expectEmit(true, true, true, true, address(registry));
        emit IAftermarketDeviceModule.AftermarketDeviceClaimed(id, alice);
        vm.prank(alice);
        registry.claimAftermarketDeviceWithNonce(id, 1, _soon(), sig);
        assertEq(d.adId.ownerOf(id), alice, "owner");
        assertTrue(registry.isAftermarketDeviceClaimed(id), "claimed");
        assertTrue(registry.isNonceUsed(device, 1), "device nonce");
    }

    function test_claimSignatureIsForOneClaimant() public {
        uint256 id = _newDevice(device);
        bytes memory sig = _sign(DEVICE_KEY, _claimHash(id, alice, 1, _soon()));
        vm.prank(mallory);
        vm.expectRevert(IRegistryErrors.InvalidAdSignature.selector);
        registry.claimAftermarketDeviceWithNonce(id, 1, _soon(), sig);
    }

    function test_highSIsRefused() public {
        uint256 id = _newDevice(device);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(DEVICE_KEY, _digest(_claimHash(id, alice, 1, _soon())));
        bytes memory flipped = abi.encodePacked(r, bytes32(N - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        vm.prank(alice);
        vm.expectRevert(IRegistryErrors.InvalidAdSignature.selector);
        registry.claimAftermarketDeviceWithNonce(id, 1, _soon(), flipped);
    }

    function testFuzz_foreignSignatureBytesClaimNothing(bytes calldata sig) public {
        uint256 id = _newDevice(device);
        vm.prank(alice);
        vm.expectRevert(IRegistryErrors.InvalidAdSignature.selector);
        registry.claimAftermarketDeviceWithNonce(id, 1, _soon(), sig);
    }

    function test_relayedClaim() public {
        uint256 id = _newDevice(device);
        bytes32 hash = _claimHash(id, alice, 1, _soon());
        bytes memory owner = _sign(ALICE_KEY, hash);
        bytes memory dev = _sign(DEVICE_KEY, hash);
        vm.startPrank(relayer);
        vm.expectRevert(IRegistryErrors.InvalidOwnerSignature.selector);
        registry.claimAftermarketDeviceWithNonceSign(id, alice, 1, _soon(), dev, dev);
        vm.expectRevert(IRegistryErrors.InvalidAdSignature.selector);
        registry.claimAftermarketDeviceWithNonceSign(id, alice, 1, _soon(), owner, owner);
        registry.claimAftermarketDeviceWithNonceSign(id, alice, 1, _soon(), owner, dev);
        assertEq(d.adId.ownerOf(id), alice, "owner");
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.DeviceAlreadyClaimed.selector, id));
        registry.claimAftermarketDeviceWithNonceSign(id, alice, 1, _soon(), owner, dev);
    }

    function test_relayedClaimByContractOwner() public {
        Wallet wallet = new Wallet(alice);
        uint256 id = _newDevice(device);
        bytes32 hash = _claimHash(id, address(wallet), 1, _soon());
        bytes memory owner = _sign(ALICE_KEY, hash);
        bytes memory dev = _sign(DEVICE_KEY, hash);
        vm.prank(relayer);
        registry.claimAftermarketDeviceWithNonceSign(id, address(wallet), 1, _soon(), owner, dev);
        assertEq(d.adId.ownerOf(id), address(wallet), "owner");
    }

    /// @dev Returned to the manufacturer, a device cannot be claimed again with the old signatures.
    function test_defect_replayedClaimIsRefused() public {
        uint256 id = _newDevice(device);
        bytes32 hash = _claimHash(id, alice, 1, _soon());
        bytes memory owner = _sign(ALICE_KEY, hash);
        bytes memory dev = _sign(DEVICE_KEY, hash);
        vm.prank(relayer);
        registry.claimAftermarketDeviceWithNonceSign(id, alice, 1, _soon(), owner, dev);
        vm.prank(alice);
        d.adId.returnToManufacturer(id);
        vm.prank(relayer);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NonceAlreadyUsed.selector, alice, 1));
        registry.claimAftermarketDeviceWithNonceSign(id, alice, 1, _soon(), owner, dev);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.NonceAlreadyUsed.selector, device, 1));
        registry.claimAftermarketDeviceWithNonce(id, 1, _soon(), dev);
    }

    function test_expiredClaimIsRefused() public {
        uint256 id = _newDevice(device);
        uint256 deadline = _soon();
        bytes memory sig = _sign(DEVICE_KEY, _claimHash(id, alice, 1, deadline));
        vm.warp(deadline + 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.SignatureExpired.selector, deadline));
        registry.claimAftermarketDeviceWithNonce(id, 1, deadline, sig);
        vm.prank(relayer);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.SignatureExpired.selector, deadline));
        registry.claimAftermarketDeviceWithNonceSign(id, alice, 1, deadline, sig, sig);
    }

    function test_bannedDeviceIsNotClaimed() public {
        uint256 id = _newDevice(device);
        vm.prank(admin);
        d.standing.ban(device, "insecure");
        bytes memory sig = _sign(DEVICE_KEY, _claimHash(id, alice, 1, _soon()));
        bytes memory refused = abi.encodeWithSelector(IRegistryErrors.DeviceIsBanned.selector, device);
        vm.prank(alice);
        vm.expectRevert(refused);
        registry.claimAftermarketDeviceWithNonce(id, 1, _soon(), sig);
        AftermarketDeviceOwnerPair[] memory pairs = new AftermarketDeviceOwnerPair[](1);
        pairs[0] = AftermarketDeviceOwnerPair(id, alice);
        vm.prank(admin);
        vm.expectRevert(refused);
        registry.claimAftermarketDeviceBatch(pairs);
    }

    function test_batchClaim() public {
        uint256 id = _newDevice(device);
        AftermarketDeviceOwnerPair[] memory pairs = new AftermarketDeviceOwnerPair[](1);
        pairs[0] = AftermarketDeviceOwnerPair(id, alice);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.claimAftermarketDeviceBatch(pairs);
        _permit(bob, 2);
        vm.prank(bob);
        registry.claimAftermarketDeviceBatch(pairs);
        assertEq(d.adId.ownerOf(id), alice, "owner");
        pairs[0] = AftermarketDeviceOwnerPair(_newDevice(bob), address(0));
        vm.startPrank(admin);
        vm.expectRevert(IRegistryErrors.ZeroAddress.selector);
        registry.claimAftermarketDeviceBatch(pairs);
        pairs[0].owner = bob;
        registry.claimAftermarketDeviceBatch(pairs);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.BatchTooLarge.selector, 51, 50));
        registry.claimAftermarketDeviceBatch(new AftermarketDeviceOwnerPair[](51));
    }

    function test_defect_manufacturerCannotClaimAnothersDevices() public {
        address globex = vm.addr(GLOBEX_KEY);
        _newManufacturer(globex, "Globex");
        AftermarketDeviceOwnerPair[] memory pairs = new AftermarketDeviceOwnerPair[](1);
        pairs[0] = AftermarketDeviceOwnerPair(_newDevice(device), globex);
        vm.prank(globex);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, globex));
        registry.claimAftermarketDeviceBatch(pairs);
    }

    // Service ------------------------------------------------------------------------------------------------------

    function _reset(uint256 id, address key) private pure returns (AftermarketDeviceIdAddressPair[] memory list) {
        list = new AftermarketDeviceIdAddressPair[](1);
        list[0] = AftermarketDeviceIdAddressPair(id, key);
    }

    function test_defect_addressResetClearsTheOldMapping() public {
        uint256 id = _newDevice(device);
        vm.expectEmit(true, true, true, true, address(registry));
        emit IAftermarketDeviceModule.AftermarketDeviceAddressReset(acmeId, id, bob);
        vm.prank(acme);
        registry.resetAftermarketDeviceAddressByManufacturerBatch(_reset(id, bob));
        assertEq(registry.getAftermarketDeviceIdByAddress(device), 0, "old address is free");
        assertEq(registry.getAftermarketDeviceIdByAddress(bob), id, "new address");
        assertEq(registry.getAftermarketDeviceAddressById(id), bob, "address");
        _newDevice(device);
    }

    function test_defect_addressResetRefusesAUsedAddress() public {
        uint256 id = _newDevice(device);
        _newDevice(bob);
        uint256 vehicle = _newVehicle(alice);
        _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 1);
        vm.startPrank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.DeviceAlreadyRegistered.selector, bob));
        registry.resetAftermarketDeviceAddressByManufacturerBatch(_reset(id, bob));
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.DeviceAlreadyRegistered.selector, sdKey));
        registry.resetAftermarketDeviceAddressByManufacturerBatch(_reset(id, sdKey));
    }

    function test_addressResetFailures() public {
        uint256 id = _newDevice(device);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.resetAftermarketDeviceAddressByManufacturerBatch(_reset(id, bob));
        vm.startPrank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidNode.selector, address(d.adId), 9));
        registry.resetAftermarketDeviceAddressByManufacturerBatch(_reset(9, bob));
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.BatchTooLarge.selector, 51, 50));
        registry.resetAftermarketDeviceAddressByManufacturerBatch(new AftermarketDeviceIdAddressPair[](51));
        vm.stopPrank();
        _permit(bob, 3);
        vm.prank(admin);
        d.standing.ban(device, "r");
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.DeviceIsBanned.selector, device));
        registry.resetAftermarketDeviceAddressByManufacturerBatch(_reset(id, bob));
    }

    function test_reprovision() public {
        uint256 id = _newDevice(device);
        uint256[] memory ids = new uint256[](1);
        ids[0] = id;
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.reprovisionAftermarketDeviceByManufacturerBatch(ids);
        vm.expectEmit(true, true, true, true, address(registry));
        emit IAftermarketDeviceModule.AftermarketDeviceNodeBurned(id, acme);
        vm.expectEmit(true, true, true, true, address(registry));
        emit IAftermarketDeviceModule.AftermarketDeviceNodeMinted(acmeId, id + 1, device, acme);
        vm.prank(acme);
        registry.reprovisionAftermarketDeviceByManufacturerBatch(ids);
        assertFalse(d.adId.exists(id), "old id");
        assertEq(registry.getAftermarketDeviceIdByAddress(device), id + 1, "address moved");
        assertEq(registry.getAftermarketDeviceAddressById(id), address(0), "old mapping");
        assertEq(registry.getInfo(address(d.adId), id + 1, "Serial"), "SN-1", "attributes move");
        assertEq(registry.getInfo(address(d.adId), id, "Serial"), "", "old attributes");
        assertEq(registry.getParentNode(address(d.adId), id), 0, "old parent");
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.BatchTooLarge.selector, 51, 50));
        registry.reprovisionAftermarketDeviceByManufacturerBatch(new uint256[](51));
    }

    function test_reprovisionLeavesClaimedDevicesAlone() public {
        uint256[] memory ids = new uint256[](1);
        ids[0] = _newClaimedDevice(DEVICE_KEY, alice, 1);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.DeviceAlreadyClaimed.selector, ids[0]));
        registry.reprovisionAftermarketDeviceByManufacturerBatch(ids);
    }

    function test_returnToManufacturer() public {
        (uint256 vehicle, uint256 ad) = _newPair(alice);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        d.adId.returnToManufacturer(ad);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.AdPaired.selector, ad));
        d.adId.returnToManufacturer(ad);
        registry.unpairAftermarketDevice(ad, vehicle);
        vm.expectEmit(true, true, true, true, address(registry));
        emit IAftermarketDeviceModule.AftermarketDeviceUnclaimed(ad, alice);
        d.adId.returnToManufacturer(ad);
        vm.stopPrank();
        assertEq(d.adId.ownerOf(ad), acme, "back");
        assertFalse(registry.isAftermarketDeviceClaimed(ad), "unclaimed");
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.AdNotClaimed.selector, ad));
        d.adId.returnToManufacturer(ad);
    }

    function test_beneficiaryEndsAtTransfer() public {
        uint256 ad = _newClaimedDevice(DEVICE_KEY, alice, 1);
        assertEq(registry.getBeneficiary(address(d.adId), ad), alice, "owner by default");
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, mallory));
        registry.setAftermarketDeviceBeneficiary(ad, mallory);
        vm.startPrank(alice);
        registry.setAftermarketDeviceBeneficiary(ad, bob);
        assertEq(registry.getBeneficiary(address(d.adId), ad), bob, "named");
        vm.expectEmit(true, true, true, true, address(registry));
        emit IMapperModule.BeneficiarySet(address(d.adId), ad, address(0));
        d.adId.transferFrom(alice, mallory, ad);
        assertEq(registry.getBeneficiary(address(d.adId), ad), mallory, "reset");
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidNode.selector, address(d.adId), 9));
        registry.setAftermarketDeviceBeneficiary(9, bob);
    }

    function test_operatorSetsInfo() public {
        uint256 ad = _newDevice(device);
        vm.startPrank(admin);
        registry.setAftermarketDeviceInfo(ad, _pairs("IMEI", "123"));
        assertEq(registry.getInfo(address(d.adId), ad, "IMEI"), "123", "imei");
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.InvalidNode.selector, address(d.adId), 9));
        registry.setAftermarketDeviceInfo(9, _pairs("IMEI", "123"));
    }
}
