// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ICourtRules} from "../../src/interfaces/ICourtRules.sol";
import {Ruling} from "../../src/interfaces/ICourt.sol";
import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {EconomyBase} from "../helpers/EconomyBase.sol";

/// @dev What holders, makers, owners and parties of a case pay; the emergency switch is wired as in production.
contract EconomyGasTest is EconomyBase {
    string private constant GROUP = "economy";

    function test_gasOfALicence() public {
        vm.prank(bob);
        uint256 id = book.applyFor(ILicenseBook.Kind.Provider, HASH);
        vm.snapshotGasLastCall(GROUP, "LicenseBook.applyFor");
        vm.prank(member);
        book.decide(id, true, HASH);
        vm.snapshotGasLastCall(GROUP, "LicenseBook.decide");
        uint256 required = book.requirementOf(id);
        vm.snapshotGasLastCall(GROUP, "LicenseBook.requirementOf");
        _mintFor(bob, address(vault), required + 1e18);
        vm.prank(bob);
        vault.stake(id, required + 1e18);
        vm.snapshotGasLastCall(GROUP, "StakeVault.stake");
        book.isActive(id);
        vm.snapshotGasLastCall(GROUP, "LicenseBook.isActive");
        vm.prank(bob);
        vault.withdraw(id, 0, 1e18);
        vm.snapshotGasLastCall(GROUP, "StakeVault.withdraw");
        vm.prank(bob);
        book.renounce(id);
        vm.snapshotGasLastCall(GROUP, "LicenseBook.renounce");
    }

    function test_gasOfADevice() public {
        (, uint256 ad) = _newPair(alice);
        _mintFor(acme, address(vouchers), 100_000e18);
        vm.startPrank(acme);
        vouchers.buy(DASH_CAM, 1, type(uint256).max);
        vm.snapshotGasLastCall(GROUP, "MintVoucher.buy first");
        uint256 voucher = vouchers.buy(DASH_CAM, 1, type(uint256).max);
        vm.snapshotGasLastCall(GROUP, "MintVoucher.buy");
        vouchers.buy(DASH_CAM, 100, type(uint256).max);
        vm.snapshotGasLastCall(GROUP, "MintVoucher.buy 100");
        escrow.bond(voucher, HARDWARE, ad);
        vm.snapshotGasLastCall(GROUP, "DeviceEscrow.bond");
        vm.stopPrank();
        _toEndOf(voucher, 1);
        vm.prank(node);
        attestations.post(HASH, "ipfs://leaves");
        vm.snapshotGasLastCall(GROUP, "ConnectionAttestations.post");
        _settle(voucher, 1, alice);
        (uint256 rootId, bytes32[] memory proof) = _attest(voucher, 2, alice);
        _toEndOf(voucher, 2);
        escrow.settle(voucher, 2, alice, rootId, proof);
        vm.snapshotGasLastCall(GROUP, "DeviceEscrow.settle");
        vm.prank(alice);
        escrow.reportMalfunction(voucher, HASH);
        vm.snapshotGasLastCall(GROUP, "DeviceEscrow.reportMalfunction");
        vm.warp(block.timestamp + params.get(K.ESCROW_DISPUTE_WINDOW));
        escrow.finalizeMalfunction(voucher);
        vm.snapshotGasLastCall(GROUP, "DeviceEscrow.finalizeMalfunction");
        vm.warp(block.timestamp + 31 days);
        escrow.claimStream(voucher);
        vm.snapshotGasLastCall(GROUP, "DeviceEscrow.claimStream");
    }

    function test_gasOfACase() public {
        uint256 id = _case("evidence");
        vm.snapshotGasLastCall(GROUP, "Court.open");
        vm.prank(acme);
        tribunal.respond(id, HASH);
        vm.snapshotGasLastCall(GROUP, "Court.respond");
        vm.prank(acme);
        tribunal.declineMediation(id);
        vm.prank(judge);
        tribunal.rule(id, _upheldFor(id, bob, 50_000e18));
        vm.snapshotGasLastCall(GROUP, "Court.rule");
        vm.warp(block.timestamp + WEEK + 1);
        tribunal.close(id);
        vm.snapshotGasLastCall(GROUP, "Court.close");
        tribunal.claim(id, bob, 1, new bytes32[](0));
        vm.snapshotGasLastCall(GROUP, "Court.claim");
    }

    /// @dev Twelve registered arbitrators, three seats.
    function test_gasOfAPanel() public {
        _set("court.adjudicator", uint256(ICourtRules.AdjudicatorKind.Panel));
        uint256 id = _case("evidence");
        vm.warp(block.timestamp + 2 * WEEK + 1);
        vm.roll(1000);
        panel.draw(id);
        vm.snapshotGasLastCall(GROUP, "PanelAdjudicator.draw, candidates");
        vm.roll(block.number + DRAW_DELAY + 1);
        panel.draw(id);
        vm.snapshotGasLastCall(GROUP, "PanelAdjudicator.draw, seats");
        Ruling memory r = _upheld(50_000e18);
        address[] memory seats = panel.panelOf(id, 1).seats;
        for (uint256 i = 0; i < seats.length; ++i) {
            bytes32 commitment = panel.commitmentOf(id, 1, seats[i], r, SALT);
            vm.prank(seats[i]);
            panel.commit(id, commitment);
            if (i == 0) vm.snapshotGasLastCall(GROUP, "PanelAdjudicator.commit");
        }
        for (uint256 i = 0; i < seats.length; ++i) {
            vm.prank(seats[i]);
            panel.reveal(id, r, SALT);
            if (i == 0) vm.snapshotGasLastCall(GROUP, "PanelAdjudicator.reveal");
        }
        panel.decide(id);
        vm.snapshotGasLastCall(GROUP, "PanelAdjudicator.decide");
        vm.warp(block.timestamp + WEEK + 1);
        tribunal.close(id);
        panel.distribute(id);
        vm.snapshotGasLastCall(GROUP, "PanelAdjudicator.distribute");
        vm.prank(seats[0]);
        panel.withdraw(seats[0]);
        vm.snapshotGasLastCall(GROUP, "PanelAdjudicator.withdraw");
    }
}
