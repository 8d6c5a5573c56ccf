// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {BaseTest} from "../helpers/BaseTest.sol";

/// @dev The function surface of the deployed registry that SDKs use (protocol reference §1.10) is answered.
contract DeployedSelectorsTest is BaseTest {
    function test_deployedSelectorsAreAnswered() public view {
        bytes4[36] memory selectors = [
            bytes4(0xd84baff1),
            0x97c95b2a,
            0x8b04a18b,
            0x8bf71ebc,
            0x8dca2b8e,
            0x592c0889,
            0xd0b61156,
            0x7ba79a39,
            0x08d2c2f5,
            0x89a841bb,
            0xab2ae229,
            0x492ab283,
            0xcfe642dd,
            0xb50df2f7,
            0x7ca22c7b,
            0xee4d9596,
            0x3f65997a,
            0x9d0b139b,
            0x9b3abd48,
            0xc624e8a1,
            0x261d982a,
            0x7c7c9978,
            0xd23965e3,
            0x484db0b3,
            0x58657dcc,
            0x7ae7fe4e,
            0x112e62a2,
            0xbd2b5568,
            0x82087d24,
            0xdce2f860,
            0x0a6cef46,
            0xb7bded95,
            0x7a26a1ed,
            0xae3ed8dd,
            0xe75745e9,
            0xc6b36f2a
        ];
        for (uint256 i = 0; i < selectors.length; ++i) {
            assertTrue(registry.moduleOf(selectors[i]) != address(0), "deployed selector is missing");
        }
    }

    /// @dev SACD and licence views that third parties call (§3.2, §10.14).
    function test_selectorsOfTheOtherContracts() public view {
        assertTrue(d.sacd.hasPermission.selector == 0x48eb48f5, "hasPermission");
        assertTrue(d.sacd.getPermissions.selector == 0x68233c61, "getPermissions");
        assertTrue(d.sacd.currentPermissionRecord.selector == 0x426d9e4a, "currentPermissionRecord");
        assertTrue(d.sacd.accountPermissionRecords.selector == 0x30eaba75, "accountPermissionRecords");
        assertTrue(d.sacd.getAccountPermissions.selector == 0x6805e547, "getAccountPermissions");
        assertTrue(d.devLicense.isSigner.selector == 0x48bcbd2d, "isSigner");
        assertTrue(d.devLicense.signers.selector == 0xc920ba60, "signers");
        assertTrue(d.devLicense.redirectUriStatus.selector == 0x2877fed1, "redirectUriStatus");
        assertTrue(d.devLicense.getTokenIdByLicenseAlias.selector == 0x6eac1c40, "getTokenIdByLicenseAlias");
        assertTrue(d.devLicense.getLicenseAliasByTokenId.selector == 0x3aea1a10, "getLicenseAliasByTokenId");
        assertTrue(d.devLicense.clientIdToTokenId.selector == 0xce052244, "clientIdToTokenId");
        assertTrue(d.devLicense.tokenIdToClientId.selector == 0x5df1453e, "tokenIdToClientId");
        assertTrue(d.devLicense.setRedirectUri.selector == 0xba1bedfc, "setRedirectUri");
        assertTrue(d.devLicense.revoke.selector == 0x20c5429b, "revoke");
        assertTrue(d.devLicense.lock.selector == 0x1338736f, "lock");
        assertTrue(d.devLicense.withdraw.selector == 0x441a3e70, "withdraw");
        assertTrue(d.devLicense.adminFreeze.selector == 0x0a98e154, "adminFreeze");
        assertTrue(d.devLicense.stakedBalance.selector == 0xf256cad5, "stakedBalance");
    }
}
