// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {ILicensed} from "../../src/interfaces/ILicenses.sol";
import {DevLicenseDimo} from "../../src/license/DevLicenseDimo.sol";
import {LicenseBook} from "../../src/license/LicenseBook.sol";
import {StakeVault} from "../../src/stake/StakeVault.sol";
import {Assertions} from "../helpers/Assertions.sol";
import {IRegistry} from "../helpers/IRegistry.sol";
import {FuzzSelector} from "./FuzzSelector.sol";
import {LicenseHandler} from "./LicenseHandler.sol";

contract LicenseInvariantTest is Assertions {
    LicenseHandler private handler;
    IRegistry private registry;
    LicenseBook private book;
    StakeVault private vault;
    DevLicenseDimo private devLicense;

    function setUp() public {
        handler = new LicenseHandler();
        (address r, address b, address v, address dev) = handler.deployment();
        registry = IRegistry(r);
        book = LicenseBook(b);
        vault = StakeVault(v);
        devLicense = DevLicenseDimo(dev);
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0] = FuzzSelector(address(handler), handler.selectors());
    }

    /// @dev D3-76, asked of the contract that the registry asks.
    function invariant_licensedMeansNftAndStake() public view {
        ILicensed asked = ILicensed(registry.getManufacturerLicense());
        address[] memory holders = handler.actors();
        for (uint256 i = 0; i < holders.length; ++i) {
            address holder = holders[i];
            uint256 id = book.licenseOf(holder, ILicenseBook.Kind.Provider);
            ILicenseBook.State state = book.stateOf(id);
            bool live = state == ILicenseBook.State.Approved || state == ILicenseBook.State.Suspended;
            assertEq(book.balanceOf(holder), live ? 1 : 0, "the NFT exists while the licence is in force");
            assertTrue(!live || book.ownerOf(id) == holder, "the holder has it");
            bool expected = state == ILicenseBook.State.Approved && vault.countedStakeOf(id) >= book.requirementOf(id);
            assertTrue(asked.isLicensed(holder) == expected, "licensed iff NFT, live and staked");
            assertTrue(vault.withdrawable(id) <= vault.stakeOf(id), "withdrawable");
        }
    }

    function invariant_developerStakesAreTheBalance() public view {
        uint256 sum;
        for (uint256 id = 1; id <= handler.devLicenses(); ++id) {
            sum += devLicense.stakedBalance(id);
        }
        assertEq(devLicense.totalStaked(), sum, "total");
        assertEq(handler.balanceOf(address(devLicense)), sum, "vault");
    }
}
