// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IRegistryHooks} from "../../src/interfaces/INftIds.sol";
import {IRegistryErrors} from "../../src/interfaces/IRegistryErrors.sol";
import {MintSyntheticDeviceBatchInput, MintVehicleWithNonceInput} from "../../src/libraries/RegistryTypes.sol";
import {Roles} from "../../src/libraries/Roles.sol";
import {BaseTest} from "../helpers/BaseTest.sol";

/// @dev Every role-guarded entry of the registry refuses a caller without the role, and says which role is missing.
contract RegistryRolesTest is BaseTest {
    bytes private constant SIG = hex"00";

    function _refused(bytes32 role, bytes memory data) private {
        vm.prank(mallory);
        (bool ok, bytes memory result) = address(registry).call(data);
        assertFalse(ok, "stranger passes");
        assertEq(
            keccak256(result),
            keccak256(abi.encodeWithSelector(IRegistryErrors.AccessControlUnauthorizedAccount.selector, mallory, role)),
            "reason"
        );
    }

    function test_adminEntries() public {
        bytes32 role = Roles.ADMIN_ROLE;
        _refused(role, abi.encodeCall(registry.setLegacySignaturesEnabled, (true)));
        _refused(role, abi.encodeCall(registry.setFoundation, (mallory)));
        _refused(role, abi.encodeCall(registry.setDimoToken, (mallory)));
        _refused(role, abi.encodeCall(registry.setManufacturerLicense, (mallory)));
        _refused(role, abi.encodeCall(registry.setConnectionsManager, (mallory)));
        _refused(role, abi.encodeCall(registry.setSacd, (mallory)));
        _refused(role, abi.encodeCall(registry.setDeviceStanding, (mallory)));
        _refused(role, abi.encodeCall(registry.setStorageNode, (mallory)));
        _refused(role, abi.encodeCall(registry.setDefaultStorageNodeId, (1)));
        _refused(role, abi.encodeCall(registry.setManufacturerIdProxyAddress, (mallory)));
        _refused(role, abi.encodeCall(registry.setVehicleIdProxyAddress, (mallory)));
        _refused(role, abi.encodeCall(registry.setAftermarketDeviceIdProxyAddress, (mallory)));
        _refused(role, abi.encodeCall(registry.setSyntheticDeviceIdProxyAddress, (mallory)));
        _refused(role, abi.encodeCall(registry.addManufacturerAttribute, ("X")));
        _refused(role, abi.encodeCall(registry.addVehicleAttribute, ("X")));
        _refused(role, abi.encodeCall(registry.addAftermarketDeviceAttribute, ("X")));
        _refused(role, abi.encodeCall(registry.addSyntheticDeviceAttribute, ("X")));
        _refused(role, abi.encodeCall(registry.setController, (mallory)));
    }

    function test_operatorEntries() public {
        _refused(Roles.MINT_MANUFACTURER_ROLE, abi.encodeCall(registry.mintManufacturer, (mallory, "M", _noPairs())));
        _refused(Roles.SET_MANUFACTURER_INFO_ROLE, abi.encodeCall(registry.setManufacturerInfo, (1, _noPairs())));
        _refused(Roles.SET_VEHICLE_INFO_ROLE, abi.encodeCall(registry.setVehicleInfo, (1, _noPairs())));
        _refused(Roles.SET_VEHICLE_INFO_ROLE, abi.encodeCall(registry.setVehicleDeviceDefinitionId, (1, "x")));
        _refused(Roles.SET_AD_INFO_ROLE, abi.encodeCall(registry.setAftermarketDeviceInfo, (1, _noPairs())));
        _refused(Roles.SET_SD_INFO_ROLE, abi.encodeCall(registry.setSyntheticDeviceInfo, (1, _noPairs())));
        MintSyntheticDeviceBatchInput[] memory none;
        _refused(Roles.MINT_SD_ROLE, abi.encodeCall(registry.mintSyntheticDeviceBatch, (connectionId, none)));
    }

    function test_relayerEntries() public {
        MintVehicleWithNonceInput memory input = _vehicleInput(ALICE_KEY, 1);
        _refused(
            Roles.MINT_VEHICLE_ROLE, abi.encodeCall(registry.mintVehicleWithDeviceDefinitionWithNonceSign, (input))
        );
        _refused(
            Roles.MINT_VEHICLE_ROLE,
            abi.encodeWithSignature(
                "mintVehicleWithDeviceDefinitionSign(uint256,address,string,(string,string)[],bytes)",
                acmeId,
                alice,
                DD_ID,
                _noPairs(),
                SIG
            )
        );
        _refused(
            Roles.MINT_VEHICLE_ROLE,
            abi.encodeWithSignature(
                "mintVehicleWithDeviceDefinitionSign(uint256,address,uint256,string,(string,string)[],bytes)",
                acmeId,
                alice,
                0,
                DD_ID,
                _noPairs(),
                SIG
            )
        );
        _refused(Roles.BURN_VEHICLE_ROLE, abi.encodeCall(registry.burnVehicleSign, (1, SIG)));
        _refused(Roles.BURN_VEHICLE_ROLE, abi.encodeCall(registry.burnVehicleWithNonceSign, (1, 1, _soon(), SIG)));
        _refused(Roles.CLAIM_AD_ROLE, abi.encodeCall(registry.claimAftermarketDeviceSign, (1, alice, SIG, SIG)));
        _refused(
            Roles.CLAIM_AD_ROLE,
            abi.encodeCall(registry.claimAftermarketDeviceWithNonceSign, (1, alice, 1, _soon(), SIG, SIG))
        );
        _refused(
            Roles.PAIR_AD_ROLE, abi.encodeWithSignature("pairAftermarketDeviceSign(uint256,uint256,bytes)", 1, 1, SIG)
        );
        _refused(
            Roles.PAIR_AD_ROLE,
            abi.encodeWithSignature("pairAftermarketDeviceSign(uint256,uint256,bytes,bytes)", 1, 1, SIG, SIG)
        );
        _refused(
            Roles.PAIR_AD_ROLE,
            abi.encodeWithSignature(
                "pairAftermarketDeviceWithNonceSign(uint256,uint256,uint256,uint256,bytes)", 1, 1, 1, _soon(), SIG
            )
        );
        _refused(
            Roles.PAIR_AD_ROLE,
            abi.encodeWithSignature(
                "pairAftermarketDeviceWithNonceSign(uint256,uint256,uint256,uint256,bytes,bytes)",
                1,
                1,
                1,
                _soon(),
                SIG,
                SIG
            )
        );
        _refused(Roles.UNPAIR_AD_ROLE, abi.encodeCall(registry.unpairAftermarketDeviceSign, (1, 1, SIG)));
        _refused(
            Roles.UNPAIR_AD_ROLE, abi.encodeCall(registry.unpairAftermarketDeviceWithNonceSign, (1, 1, 1, _soon(), SIG))
        );
        _refused(Roles.BURN_SD_ROLE, abi.encodeCall(registry.burnSyntheticDeviceSign, (1, 1, SIG)));
        _refused(Roles.BURN_SD_ROLE, abi.encodeCall(registry.burnSyntheticDeviceWithNonceSign, (1, 1, 1, _soon(), SIG)));
    }

    function test_hooksAnswerTheirProxyOnly() public {
        bytes[6] memory hooks = [
            abi.encodeCall(IRegistryHooks.onVehicleTransfer, (1, alice, bob, false)),
            abi.encodeCall(IRegistryHooks.validateBurnAndResetNode, (1)),
            abi.encodeCall(IRegistryHooks.validateSdBurnAndResetNode, (1)),
            abi.encodeCall(IRegistryHooks.updateManufacturerMinted, (alice, bob)),
            abi.encodeCall(IRegistryHooks.onAftermarketDeviceTransfer, (1)),
            abi.encodeCall(IRegistryHooks.onReturnToManufacturer, (1, alice))
        ];
        for (uint256 i = 0; i < hooks.length; ++i) {
            vm.prank(admin);
            (bool ok, bytes memory result) = address(registry).call(hooks[i]);
            assertFalse(ok, "hook open");
            assertEq(
                keccak256(result), keccak256(abi.encodeWithSelector(IRegistryErrors.OnlyNftProxy.selector)), "reason"
            );
        }
    }

    function test_idProxiesAreSetOnce() public {
        vm.startPrank(admin);
        bytes4 already = IRegistryErrors.ProxyAlreadySet.selector;
        vm.expectRevert(abi.encodeWithSelector(already, address(d.vehicleId)));
        registry.setVehicleIdProxyAddress(mallory);
        vm.expectRevert(abi.encodeWithSelector(already, address(d.manufacturerId)));
        registry.setManufacturerIdProxyAddress(mallory);
        vm.expectRevert(abi.encodeWithSelector(already, address(d.adId)));
        registry.setAftermarketDeviceIdProxyAddress(mallory);
        vm.expectRevert(abi.encodeWithSelector(already, address(d.sdId)));
        registry.setSyntheticDeviceIdProxyAddress(mallory);
    }

    function test_nftPowersAnswerTheRegistryOnly() public {
        address[4] memory nfts = [address(d.vehicleId), address(d.manufacturerId), address(d.adId), address(d.sdId)];
        bytes[4] memory calls = [
            abi.encodeWithSignature("mint(address)", mallory),
            abi.encodeWithSignature("registryBurn(uint256)", 1),
            abi.encodeWithSignature("registryTransfer(address,address,uint256)", acme, mallory, 1),
            abi.encodeWithSignature("setSacd(uint256,(address,uint256,uint256,string))", 1, _grant(mallory))
        ];
        for (uint256 i = 0; i < nfts.length; ++i) {
            for (uint256 j = 0; j < calls.length; ++j) {
                // Not even the admin: these powers are no role.
                vm.prank(admin);
                (bool ok, bytes memory result) = nfts[i].call(calls[j]);
                assertFalse(ok, "open");
                assertEq(
                    keccak256(result),
                    keccak256(abi.encodeWithSelector(IRegistryErrors.Unauthorized.selector, admin)),
                    "reason"
                );
            }
        }
    }

    function test_roleManagement() public {
        bytes32 role = Roles.PAIR_AD_ROLE;
        _refused(Roles.DEFAULT_ADMIN_ROLE, abi.encodeCall(registry.grantRole, (role, mallory)));
        _refused(Roles.DEFAULT_ADMIN_ROLE, abi.encodeCall(registry.revokeRole, (role, admin)));
        _refused(Roles.DEFAULT_ADMIN_ROLE, abi.encodeCall(registry.setRoleAdmin, (role, role)));
        vm.startPrank(admin);
        registry.grantRole(role, bob);
        registry.grantRole(role, bob);
        assertTrue(registry.hasRole(role, bob), "granted");
        registry.revokeRole(role, bob);
        registry.revokeRole(role, bob);
        assertFalse(registry.hasRole(role, bob), "revoked");
        registry.grantRole(role, bob);
        vm.stopPrank();
        vm.prank(bob);
        registry.renounceRole(role);
        assertFalse(registry.hasRole(role, bob), "renounced");
    }

    /// @dev D3-25: a power moves to another holder without a code change.
    function test_roleAdminCanMove() public {
        bytes32 role = Roles.PAIR_AD_ROLE;
        bytes32 lead = keccak256("RELAY_LEAD_ROLE");
        vm.startPrank(admin);
        registry.setRoleAdmin(role, lead);
        registry.grantRole(lead, bob);
        vm.expectRevert(abi.encodeWithSelector(IRegistryErrors.AccessControlUnauthorizedAccount.selector, admin, lead));
        registry.grantRole(role, alice);
        vm.stopPrank();
        assertEq(registry.getRoleAdmin(role), lead, "admin role");
        vm.prank(bob);
        registry.grantRole(role, alice);
        assertTrue(registry.hasRole(role, alice), "granted by the lead");
    }
}
