// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {RegistryStorage} from "../../src/libraries/RegistryStorage.sol";
import {SignedTypes} from "../../src/libraries/SignedTypes.sol";
import {UsdPeg} from "../../src/stake/UsdPeg.sol";
import {VehicleRoles} from "../../src/vehicle/VehicleRoles.sol";
import {EconomyBase} from "../helpers/EconomyBase.sol";

/// @dev Every namespace of src is here: `storage-layout.cjs` names those that are not.
contract StorageSlotsTest is EconomyBase {
    function _slot(string memory id) private pure returns (bytes32) {
        return keccak256(abi.encode(uint256(keccak256(bytes(id))) - 1)) & ~bytes32(uint256(0xff));
    }

    function test_registrySlotsFollowErc7201() public pure {
        assertEq(RegistryStorage.ROUTER_SLOT, _slot("milepost.registry.router"), "router");
        assertEq(RegistryStorage.ACCESS_SLOT, _slot("milepost.registry.access"), "access");
        assertEq(RegistryStorage.SIGNATURES_SLOT, _slot("milepost.registry.signatures"), "signatures");
        assertEq(RegistryStorage.SHARED_SLOT, _slot("milepost.registry.shared"), "shared");
        assertEq(RegistryStorage.NODES_SLOT, _slot("milepost.registry.nodes"), "nodes");
        assertEq(RegistryStorage.MANUFACTURER_SLOT, _slot("milepost.registry.manufacturer"), "manufacturer");
        assertEq(RegistryStorage.VEHICLE_SLOT, _slot("milepost.registry.vehicle"), "vehicle");
        assertEq(RegistryStorage.AFTERMARKET_SLOT, _slot("milepost.registry.aftermarket"), "aftermarket");
        assertEq(RegistryStorage.SYNTHETIC_SLOT, _slot("milepost.registry.synthetic"), "synthetic");
    }

    /// @dev The private namespaces of the other contracts, read where their first field must be.
    function test_contractSlotsFollowErc7201() public {
        assertEq(_first(address(d.vehicleId), "milepost.nft"), address(registry), "nft");
        assertEq(_first(address(d.sacd), "milepost.sacd"), address(d.template), "sacd");
        assertEq(_first(address(d.book), "milepost.licensebook"), address(d.parameters), "license book");
        assertEq(_first(address(d.vault), "milepost.stakevault"), address(d.token), "stake vault");
        assertEq(_first(address(d.devLicense), "milepost.devlicense"), address(d.token), "dev license");
        assertEq(_first(address(d.connections), "milepost.connections"), address(d.sacd), "connections");

        vm.prank(admin);
        d.standing.ban(device, "reason");
        bytes32 entry = keccak256(abi.encode(device, _slot("milepost.devicestanding")));
        assertEq(uint256(vm.load(address(d.standing), entry)), 1, "standing");
        entry = keccak256(abi.encode(registry.getDefaultStorageNodeId(), _slot("milepost.storagenode")));
        assertEq(address(uint160(uint256(vm.load(address(d.storageNode), entry)))), foundation, "storage node");
        vm.prank(alice);
        uint256 id = d.template.createTemplate(address(d.vehicleId), 12, "cid");
        entry = keccak256(abi.encode(id, _slot("milepost.template")));
        assertEq(address(uint160(uint256(vm.load(address(d.template), entry)))), address(d.vehicleId), "template");
    }

    function test_economySlotsFollowErc7201() public {
        assertEq(_first(address(roster), "milepost.teamroster"), address(params), "roster");
        assertEq(_first(address(pause), "milepost.emergencypause"), address(params), "pause");
        assertEq(_first(address(rules), "milepost.courtrules"), address(params), "rules");
        assertEq(_first(address(tribunal), "milepost.court"), address(d.token), "court");
        assertEq(_first(address(panel), "milepost.paneladjudicator"), address(tribunal), "panel");
        assertEq(_first(address(vouchers), "milepost.mintvoucher"), address(params), "vouchers");
        assertEq(_first(address(escrow), "milepost.deviceescrow"), address(params), "escrow");
        assertEq(_first(address(directory), "milepost.devicedirectory"), address(registry), "directory");
        assertEq(_first(address(attestations), "milepost.connectionattestations"), address(params), "attestations");
        assertEq(_first(address(spots), "milepost.preorderspot"), address(d.token), "spots");
        bytes memory data = abi.encodeCall(UsdPeg.initialize, (address(params), admin));
        assertEq(_first(_proxy(address(new UsdPeg()), data), "milepost.usdpeg"), address(params), "peg");
        data = abi.encodeCall(VehicleRoles.initialize, (address(d.vehicleId), address(d.sacd), admin));
        address roles = _proxy(address(new VehicleRoles()), data);
        assertEq(_first(roles, "milepost.vehicleroles"), address(d.vehicleId), "vehicle roles");

        // The lower half of an entry is its value.
        bytes32 entry = keccak256(abi.encode(bytes32("court.panel_size"), _slot("milepost.parameters")));
        assertEq(uint120(uint256(vm.load(address(params), entry))), params.get("court.panel_size"), "parameters");
        _mintFor(alice, address(d.devLicense), d.devLicense.licenseCostInDimo());
        vm.prank(alice);
        (uint256 tokenId, address account) = d.devLicense.issueInDimo("my-app");
        assertEq(uint256(vm.load(account, _slot("milepost.licenseaccount"))), tokenId, "account");
    }

    function _first(address target, string memory id) private view returns (address) {
        return address(uint160(uint256(vm.load(target, _slot(id)))));
    }

    /// @dev Values printed in the protocol reference.
    function test_legacyTypehashesAreTheDeployedOnes() public pure {
        assertEq(
            SignedTypes.LEGACY_MINT_VEHICLE, 0x952a5d30ceb3418e12449faaef4f43b3c8bccb0c129c074cb239455510c8beab, "mint"
        );
        assertEq(
            SignedTypes.LEGACY_BURN_VEHICLE, 0xb8ff1c3a10797a4f2fbbe3a6f1a978106a3c6a48dfefbbd0669f45c1eb9fa1f0, "burn"
        );
        assertEq(
            SignedTypes.LEGACY_CLAIM_AD, 0xe9c1553360948ae2a8aaa5056ec0959a02b1ace8e17c82131834e17c50221d99, "claim"
        );
        assertEq(SignedTypes.LEGACY_PAIR_AD, 0x2fc20392fbe0e33f2f54b3485f76af2689a66f0e9ab139988ebc81c81bfb063e, "pair");
        assertEq(
            SignedTypes.LEGACY_UNPAIR_AD, 0xf0c476233066480b8071a70befc1d91744ed1c267bb0ad3e3c651594466c63b7, "unpair"
        );
        assertEq(
            SignedTypes.LEGACY_MINT_SD, 0x91d6d5079d33d9c0673893369cff4980c95c70d96632cb85c5fb4a963388dc77, "mint sd"
        );
        assertEq(
            SignedTypes.LEGACY_MINT_VEHICLE_AND_SD,
            0x1eb239156a8c1dda65a6498179df42b8bba8f4959a767d8a2a2207c5f7cd886c,
            "both"
        );
        assertEq(
            SignedTypes.LEGACY_BURN_SD, 0x6717e3752bf2fca30452fcbf2ec42560ab93244dab83029dab37c7e18a3dabb4, "burn sd"
        );
    }
}
