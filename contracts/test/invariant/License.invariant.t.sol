// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {DevLicenseDimo} from "../../src/license/DevLicenseDimo.sol";
import {IntegrationLicense} from "../../src/license/IntegrationLicense.sol";
import {DimoToken} from "../../src/token/DimoToken.sol";
import {Assertions} from "../helpers/Assertions.sol";
import {FuzzSelector} from "./FuzzSelector.sol";
import {LicenseHandler} from "./LicenseHandler.sol";

contract LicenseInvariantTest is Assertions {
    LicenseHandler private handler;
    IntegrationLicense private license;
    DevLicenseDimo private devLicense;
    DimoToken private token;

    function setUp() public {
        handler = new LicenseHandler();
        (address l, address dev, address t) = handler.deployment();
        license = IntegrationLicense(l);
        devLicense = DevLicenseDimo(dev);
        token = DimoToken(t);
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0] = FuzzSelector(address(handler), handler.selectors());
    }

    /// @dev D3-76.
    function invariant_licensedMeansNftAndStake() public view {
        address[] memory holders = handler.actors();
        for (uint256 i = 0; i < holders.length; ++i) {
            address holder = holders[i];
            uint256 id = license.licenseOf(holder);
            assertEq(license.balanceOf(holder), id == 0 ? 0 : 1, "at most one NFT");
            bool expected = id != 0 && license.ownerOf(id) == holder && !license.isSuspended(id)
                && license.stakeOf(holder) >= license.requirementOf(holder);
            assertTrue(license.isLicensed(holder) == expected, "licensed iff NFT, live and staked");
            assertTrue(license.requirementOf(holder) >= license.requirementFloor(), "never below the floor");
        }
    }

    function invariant_sumOfStakesIsTheBalance() public view {
        address[] memory holders = handler.actors();
        uint256 sum;
        for (uint256 i = 0; i < holders.length; ++i) {
            uint256 posted;
            for (uint256 j = 0; j < holders.length; ++j) {
                posted += license.stakePostedBy(holders[i], holders[j]);
            }
            uint256 staked = license.stakeOf(holders[i]);
            assertTrue(posted <= staked, "posters own no more than the pool");
            assertTrue(posted + holders.length >= staked, "rounding dust only");
            assertTrue(license.withdrawable(holders[i]) <= staked, "withdrawable");
            sum += staked;
        }
        assertEq(license.totalStaked(), sum, "total");
        assertEq(token.balanceOf(address(license)), sum, "vault");
    }

    function invariant_developerStakesAreTheBalance() public view {
        uint256 sum;
        for (uint256 id = 1; id <= handler.devLicenses(); ++id) {
            sum += devLicense.stakedBalance(id);
        }
        assertEq(devLicense.totalStaked(), sum, "total");
        assertEq(token.balanceOf(address(devLicense)), sum, "vault");
    }
}
