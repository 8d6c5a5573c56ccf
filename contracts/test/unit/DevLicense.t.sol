// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IDevLicense} from "../../src/interfaces/IDevLicense.sol";
import {AdminPriceProvider} from "../../src/license/AdminPriceProvider.sol";
import {DevLicenseDimo} from "../../src/license/DevLicenseDimo.sol";
import {LicenseAccount} from "../../src/license/LicenseAccount.sol";
import {BaseTest} from "../helpers/BaseTest.sol";
import {CallbackToken, Reentering} from "../helpers/Mocks.sol";

contract DevLicenseTest is BaseTest, Reentering {
    uint256 private constant SIGNER_KEY = 0x516;
    /// @dev 100 USD at 0.05 USD per DIMO.
    uint256 private constant COST = 2_000e18;

    address private signer = vm.addr(SIGNER_KEY);
    DevLicenseDimo private dev;

    function setUp() public override {
        super.setUp();
        dev = d.devLicense;
        vm.prank(admin);
        d.token.mint(alice, 1_000_000e18);
        vm.prank(alice);
        d.token.approve(address(dev), type(uint256).max);
    }

    function _issue() private returns (uint256 id, address client) {
        vm.prank(alice);
        return dev.issueInDimo("my-app");
    }

    function _valid(address client, uint256 key) private view returns (bool) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, "login");
        bytes4 result = LicenseAccount(client).isValidSignature("login", abi.encodePacked(r, s, v));
        return result == IERC1271.isValidSignature.selector;
    }

    function _lock(uint256 id, uint256 amount) private {
        vm.prank(alice);
        dev.lock(id, amount);
    }

    // Issue --------------------------------------------------------------------------------------------------------

    function test_issue() public {
        address predicted = d.accountFactory.predict(address(dev), 1);
        vm.expectEmit(true, true, true, true, address(dev));
        emit IDevLicense.Issued(1, alice, predicted);
        vm.expectEmit(true, true, true, true, address(dev));
        emit IDevLicense.Locked(1);
        vm.expectEmit(true, true, true, true, address(dev));
        emit IDevLicense.LicenseAliasSet(1, "my-app");
        (uint256 id, address client) = _issue();
        assertEq(client, predicted, "deterministic client id");
        assertEq(dev.ownerOf(id), alice, "owner");
        assertEq(dev.clientIdToTokenId(client), id, "by client");
        assertEq(dev.tokenIdToClientId(id), client, "client");
        assertEq(dev.getTokenIdByLicenseAlias("my-app"), id, "by alias");
        assertEq(dev.getLicenseAliasByTokenId(id), "my-app", "alias");
        assertEq(LicenseAccount(client).tokenId(), id, "account token");
        assertEq(LicenseAccount(client).license(), address(dev), "account license");
        assertEq(d.token.balanceOf(foundation), COST, "fee");
        assertTrue(dev.locked(id), "locked");
    }

    function test_accountIsInitialisedInTheSameTransaction() public {
        (, address client) = _issue();
        vm.expectRevert();
        LicenseAccount(client).initialize(2, mallory);
        LicenseAccount implementation = LicenseAccount(d.beacon.implementation());
        vm.expectRevert();
        implementation.initialize(2, mallory);
    }

    function test_foreignCallerOfTheFactoryGetsItsOwnAccount() public {
        vm.prank(mallory);
        address account = d.accountFactory.create(1);
        assertEq(LicenseAccount(account).license(), mallory, "bound to the caller");
        (, address client) = _issue();
        assertTrue(client != account, "no collision");
    }

    function test_defect_issueDoesNotSpendAnothersAllowance() public {
        vm.startPrank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.InvalidSender.selector, mallory));
        dev.issueInDimo(alice, "forced");
        vm.stopPrank();
        vm.prank(alice);
        dev.setIssuerApproval(mallory, true);
        vm.prank(mallory);
        vm.expectRevert();
        dev.issueInDimo(alice, "no funds of its own");
        vm.prank(admin);
        d.token.mint(mallory, COST);
        vm.startPrank(mallory);
        d.token.approve(address(dev), COST);
        dev.issueInDimo(alice, "approved");
        vm.stopPrank();
        assertEq(d.token.balanceOf(mallory), 0, "the caller pays");
        assertEq(d.token.balanceOf(alice), 1_000_000e18, "not the owner");
        assertEq(dev.ownerOf(1), alice, "owner");
    }

    function testFuzz_defect_costIsNeverRoundedToZero(uint256 cost, uint256 price) public {
        cost = bound(cost, 1, 1_000_000e18);
        price = bound(price, 1, 1_000_000e18);
        vm.startPrank(admin);
        dev.setLicenseCost(cost);
        d.price.setPrice(price);
        vm.stopPrank();
        uint256 inDimo = dev.licenseCostInDimo();
        assertTrue(inDimo > 0, "not free");
        assertTrue(inDimo * price >= cost * 1e18, "covers the cost");
        assertTrue((inDimo - 1) * price < cost * 1e18, "not one wei too much");
    }

    function test_zeroCostIsFreeOnPurpose() public {
        vm.prank(admin);
        dev.setLicenseCost(0);
        vm.prank(bob);
        dev.issueInDimo("free");
        assertEq(dev.ownerOf(1), bob, "issued");
    }

    function test_stalePriceStopsIssuing() public {
        vm.startPrank(admin);
        AdminPriceProvider strict = new AdminPriceProvider(admin, 1e18, 1 hours);
        dev.setPriceProviderAddress(address(strict));
        vm.stopPrank();
        _issue();
        vm.warp(block.timestamp + 1 hours + 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(AdminPriceProvider.StalePrice.selector, START));
        dev.issueInDimo("late");
    }

    function test_alias() public {
        (uint256 id,) = _issue();
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.AliasAlreadyInUse.selector, "my-app"));
        dev.issueInDimo("my-app");
        vm.expectRevert(IDevLicense.AliasExceedsMaxLength.selector);
        dev.setLicenseAlias(id, "123456789012345678901234567890123");
        dev.setLicenseAlias(id, "my-app");
        dev.setLicenseAlias(id, "renamed");
        assertEq(dev.getTokenIdByLicenseAlias("my-app"), 0, "old alias is free");
        dev.setLicenseAlias(id, "");
        assertEq(dev.getTokenIdByLicenseAlias(""), 0, "no alias belongs to nobody");
        dev.issueInDimo("");
        dev.issueInDimo("");
        assertEq(dev.balanceOf(alice), 3, "empty is not unique");
    }

    function test_soulBound() public {
        (uint256 id,) = _issue();
        vm.startPrank(alice);
        vm.expectRevert(IDevLicense.InvalidOperation.selector);
        dev.approve(bob, id);
        vm.expectRevert(IDevLicense.InvalidOperation.selector);
        dev.setApprovalForAll(bob, true);
        vm.expectRevert(IDevLicense.InvalidOperation.selector);
        dev.transferFrom(alice, bob, id);
        vm.expectRevert(IDevLicense.InvalidOperation.selector);
        dev.safeTransferFrom(alice, bob, id);
    }

    // Signers ------------------------------------------------------------------------------------------------------

    function test_signerSignsForTheAccount() public {
        (uint256 id, address client) = _issue();
        assertFalse(_valid(client, SIGNER_KEY), "before");
        vm.prank(alice);
        dev.enableSigner(id, signer);
        assertTrue(dev.isSigner(id, signer), "signer");
        assertEq(dev.signers(id, signer), START, "enabled at");
        assertEq(dev.getSignerExpiration(id, signer), START + 365 days, "expires at");
        assertTrue(_valid(client, SIGNER_KEY), "valid");
        assertFalse(_valid(client, MALLORY_KEY), "stranger");
        assertFalse(_valid(client, ALICE_KEY), "the owner is no signer");
        vm.prank(alice);
        dev.disableSigner(id, signer);
        assertFalse(_valid(client, SIGNER_KEY), "disabled");
        assertEq(dev.signers(id, signer), 0, "disabled");
    }

    function test_signerExpires() public {
        (uint256 id, address client) = _issue();
        vm.prank(alice);
        dev.enableSigner(id, signer);
        vm.warp(START + 365 days - 1);
        assertTrue(_valid(client, SIGNER_KEY), "last second");
        vm.warp(START + 365 days);
        assertFalse(_valid(client, SIGNER_KEY), "expired");
        vm.prank(alice);
        dev.enableSigner(id, signer);
        assertTrue(_valid(client, SIGNER_KEY), "renewed");
    }

    function test_periodChangesNewSignersOnly() public {
        (uint256 id,) = _issue();
        vm.prank(alice);
        dev.enableSigner(id, signer);
        vm.prank(admin);
        dev.setPeriodValidity(1 days);
        assertEq(dev.getSignerExpiration(id, signer), START + 365 days, "old");
        vm.prank(alice);
        dev.enableSigner(id, bob);
        assertEq(dev.getSignerExpiration(id, bob), START + 1 days, "new");
    }

    function test_malformedSignatureIsInvalid() public {
        (, address client) = _issue();
        assertTrue(LicenseAccount(client).isValidSignature("login", "") == bytes4(0xffffffff), "empty");
        assertTrue(LicenseAccount(client).isValidSignature("login", new bytes(65)) == bytes4(0xffffffff), "zeroes");
    }

    function test_ownerOnly() public {
        (uint256 id,) = _issue();
        bytes[6] memory calls = [
            abi.encodeCall(dev.enableSigner, (id, mallory)),
            abi.encodeCall(dev.disableSigner, (id, signer)),
            abi.encodeCall(dev.setRedirectUri, (id, true, "https://x.invalid")),
            abi.encodeCall(dev.setLicenseAlias, (id, "x")),
            abi.encodeCall(dev.lock, (id, 1)),
            abi.encodeCall(dev.withdraw, (id, 1))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(mallory);
            (bool ok, bytes memory result) = address(dev).call(calls[i]);
            assertFalse(ok, "stranger");
            assertEq(
                keccak256(result),
                keccak256(abi.encodeWithSelector(IDevLicense.InvalidSender.selector, mallory)),
                "reason"
            );
        }
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.NonexistentToken.selector, 9));
        dev.enableSigner(9, signer);
        vm.prank(alice);
        vm.expectRevert(IDevLicense.ZeroAddress.selector);
        dev.enableSigner(id, address(0));
    }

    function test_redirectUri() public {
        (uint256 id,) = _issue();
        vm.startPrank(alice);
        vm.expectEmit(true, true, true, true, address(dev));
        emit IDevLicense.RedirectUriEnabled(id, "https://x.invalid");
        dev.setRedirectUri(id, true, "https://x.invalid");
        assertTrue(dev.redirectUriStatus(id, "https://x.invalid"), "on");
        vm.expectEmit(true, true, true, true, address(dev));
        emit IDevLicense.RedirectUriDisabled(id, "https://x.invalid");
        dev.setRedirectUri(id, false, "https://x.invalid");
        assertFalse(dev.redirectUriStatus(id, "https://x.invalid"), "off");
    }

    // Stake --------------------------------------------------------------------------------------------------------

    function test_defect_withdrawWorks() public {
        (uint256 id,) = _issue();
        _lock(id, 500);
        assertEq(dev.stakedBalance(id), 500, "staked");
        uint256 before = d.token.balanceOf(alice);
        vm.startPrank(alice);
        vm.expectEmit(true, true, true, true, address(dev));
        emit IDevLicense.StakeWithdraw(id, alice, 200);
        dev.withdraw(id, 200);
        assertEq(d.token.balanceOf(alice), before + 200, "paid");
        assertEq(dev.stakedBalance(id), 300, "rest");
        assertEq(dev.totalStaked(), 300, "total");
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.InsufficientStakedFunds.selector, id, 301));
        dev.withdraw(id, 301);
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.InvalidAmount.selector, 0));
        dev.withdraw(id, 0);
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.InvalidAmount.selector, 0));
        dev.lock(id, 0);
    }

    function test_frozenStakeStays() public {
        (uint256 id,) = _issue();
        _lock(id, 500);
        vm.expectEmit(true, true, true, true, address(dev));
        emit IDevLicense.AssetFreezeUpdate(id, 500, true);
        vm.prank(admin);
        dev.adminFreeze(id, true);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.FrozenToken.selector, id));
        dev.withdraw(id, 1);
        vm.prank(admin);
        dev.adminFreeze(id, false);
        vm.prank(alice);
        dev.withdraw(id, 500);
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.NonexistentToken.selector, 9));
        dev.adminFreeze(9, true);
    }

    function test_defect_forfeitNeedsFreezeAndReason() public {
        (uint256 id,) = _issue();
        _lock(id, 500);
        vm.startPrank(admin);
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.NotFrozen.selector, id));
        dev.adminBurnLockedFunds(id, 100, "r");
        dev.adminFreeze(id, true);
        uint256 supply = d.token.totalSupply();
        vm.expectEmit(true, true, true, true, address(dev));
        emit IDevLicense.AssetForfeit(id, 100);
        dev.adminBurnLockedFunds(id, 100, "r");
        assertEq(d.token.totalSupply(), supply - 100, "burned");
        vm.expectEmit(true, true, true, true, address(dev));
        emit IDevLicense.AssetForfeitReason(id, 150, bob, "r");
        dev.adminReallocate(id, 150, bob, "r");
        assertEq(d.token.balanceOf(bob), 150, "moved");
        assertEq(dev.stakedBalance(id), 250, "rest");
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.InsufficientStakedFunds.selector, id, 251));
        dev.adminBurnLockedFunds(id, 251, "r");
        vm.expectRevert(IDevLicense.ZeroAddress.selector);
        dev.adminReallocate(id, 1, address(0), "r");
    }

    function test_rolesAreSeparate() public {
        (uint256 id,) = _issue();
        bytes[9] memory calls = [
            abi.encodeCall(dev.adminFreeze, (id, true)),
            abi.encodeCall(dev.adminBurnLockedFunds, (id, 1, "r")),
            abi.encodeCall(dev.adminReallocate, (id, 1, mallory, "r")),
            abi.encodeCall(dev.revoke, (id)),
            abi.encodeCall(dev.setLicenseCost, (0)),
            abi.encodeCall(dev.setPeriodValidity, (1)),
            abi.encodeCall(dev.setReceiverAddress, (mallory)),
            abi.encodeCall(dev.setPriceProviderAddress, (mallory)),
            abi.encodeCall(dev.setLicenseFactoryAddress, (mallory))
        ];
        bytes32 licenseAdmin = dev.LICENSE_ADMIN_ROLE();
        bytes32 court = dev.COURT_ROLE();
        vm.startPrank(admin);
        dev.grantRole(licenseAdmin, bob);
        dev.grantRole(court, acme);
        vm.stopPrank();
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(mallory);
            (bool ok,) = address(dev).call(calls[i]);
            assertFalse(ok, "stranger");
            bool isCourtCall = i == 1 || i == 2;
            vm.prank(acme);
            (ok,) = address(dev).call(calls[i]);
            assertFalse(ok, isCourtCall ? "court takes unfrozen stake" : "court administers");
        }
        vm.startPrank(bob);
        dev.adminFreeze(id, true);
        vm.expectRevert();
        dev.adminBurnLockedFunds(id, 1, "r");
    }

    // Revoke -------------------------------------------------------------------------------------------------------

    function test_defect_revokeEndsLogin() public {
        (uint256 id, address client) = _issue();
        vm.startPrank(alice);
        dev.enableSigner(id, signer);
        dev.setRedirectUri(id, true, "https://x.invalid");
        vm.stopPrank();
        vm.prank(admin);
        dev.revoke(id);
        assertFalse(dev.isSigner(id, signer), "signer");
        assertFalse(_valid(client, SIGNER_KEY), "account");
        assertFalse(LicenseAccount(client).isSigner(signer), "account");
        assertEq(dev.signers(id, signer), 0, "signers");
        assertEq(dev.getSignerExpiration(id, signer), 0, "expiration");
        assertFalse(dev.redirectUriStatus(id, "https://x.invalid"), "redirect");
        assertEq(dev.clientIdToTokenId(client), 0, "client");
        assertEq(dev.tokenIdToClientId(id), address(0), "client");
        assertEq(dev.getTokenIdByLicenseAlias("my-app"), 0, "alias is free");
        assertEq(dev.getLicenseAliasByTokenId(id), "", "alias");
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.NonexistentToken.selector, id));
        dev.enableSigner(id, signer);
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.NonexistentToken.selector, id));
        dev.revoke(id);
    }

    function test_defect_stakedLicenseCanBeRevokedAndStakeClaimed() public {
        (uint256 id,) = _issue();
        _lock(id, 500);
        vm.startPrank(admin);
        dev.revoke(id);
        dev.adminFreeze(id, true);
        vm.stopPrank();
        assertEq(dev.formerOwner(id), alice, "former owner");
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.FrozenToken.selector, id));
        dev.withdraw(id, 500);
        vm.prank(admin);
        dev.adminFreeze(id, false);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.InvalidSender.selector, mallory));
        dev.withdraw(id, 500);
        vm.prank(alice);
        dev.withdraw(id, 500);
        assertEq(dev.totalStaked(), 0, "claimed");
    }

    function test_parametersAreChecked() public {
        vm.startPrank(admin);
        vm.expectRevert(IDevLicense.ZeroAddress.selector);
        dev.setReceiverAddress(address(0));
        vm.expectRevert(IDevLicense.ZeroAddress.selector);
        dev.setPriceProviderAddress(address(0));
        vm.expectRevert(IDevLicense.ZeroAddress.selector);
        dev.setLicenseFactoryAddress(address(0));
        vm.expectRevert(abi.encodeWithSelector(IDevLicense.InvalidAmount.selector, 0));
        dev.setPeriodValidity(0);
        vm.expectRevert(abi.encodeWithSelector(AdminPriceProvider.InvalidPrice.selector, 0));
        d.price.setPrice(0);
        vm.stopPrank();
        vm.prank(mallory);
        vm.expectRevert();
        d.price.setPrice(1);
    }

    // Reentrancy ---------------------------------------------------------------------------------------------------

    function test_reentrantTokenTakesNothingTwice() public {
        CallbackToken token = new CallbackToken();
        vm.startPrank(admin);
        DevLicenseDimo other = DevLicenseDimo(
            _proxy(
                address(new DevLicenseDimo()),
                abi.encodeCall(
                    DevLicenseDimo.initialize,
                    (admin, foundation, address(d.accountFactory), address(d.price), address(token), 0)
                )
            )
        );
        vm.stopPrank();
        // The test contract owns the licence, so that the callback could withdraw again.
        (uint256 id,) = other.issueInDimo("x");
        token.mint(address(this), 100);
        other.lock(id, 100);
        token.arm(address(this), abi.encodeCall(this.act, (address(other), abi.encodeCall(other.withdraw, (id, 40)))));
        other.withdraw(id, 60);
        assertTrue(token.reentered(), "reentered");
        assertFalse(token.succeeded(), "refused");
        assertEq(
            keccak256(token.result()),
            keccak256(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)),
            "by the guard"
        );
        assertEq(other.stakedBalance(id), 40, "stake");
        assertEq(token.balanceOf(address(other)), 40, "balance");
    }
}
