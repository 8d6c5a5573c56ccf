// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IConnectionAttestations} from "../../src/interfaces/IConnectionAttestations.sol";
import {IDeviceEscrow} from "../../src/interfaces/IDeviceEscrow.sol";
import {IEscrowLens} from "../../src/interfaces/IEscrowLens.sol";
import {Calendar} from "../../src/libraries/Calendar.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {DeviceMoneyBase} from "../helpers/DeviceMoneyBase.sol";

contract DeviceEscrowTest is DeviceMoneyBase {
    IDeviceEscrow.DeviceKind private constant HARDWARE = IDeviceEscrow.DeviceKind.Hardware;
    IDeviceEscrow.DeviceKind private constant SOFTWARE = IDeviceEscrow.DeviceKind.Software;
    bytes32 private constant DASH_CAM = "dash_cam";
    bytes32[] private noProof;

    function _wrongState(uint256 voucher, IDeviceEscrow.State state) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDeviceEscrow.WrongState.selector, voucher, state);
    }

    // Bond ---------------------------------------------------------------------------------------------------------

    function test_D3_88_bondMovesTheVoucherToTheDeviceForEver() public {
        (, uint256 ad) = _newPair(alice);
        uint256 voucher = _buy(acme, DASH_CAM, 1);
        assertFalse(escrow.isBonded(HARDWARE, ad), "before");
        vm.expectEmit(true, true, true, true, address(escrow));
        emit IDeviceEscrow.Bonded(voucher, HARDWARE, ad, device, providerLicense, block.timestamp, 0);
        _bond(acme, voucher, HARDWARE, ad);
        assertTrue(escrow.isBonded(HARDWARE, ad), "bonded");
        assertEq(escrow.voucherOf(HARDWARE, ad), voucher, "voucher of the device");
        assertEq(vouchers.ownerOf(voucher), device, "with the device");
        assertTrue(vouchers.locked(voucher), "locked");
        _assertState(voucher, IDeviceEscrow.State.Active, "active");
        vm.prank(device);
        vm.expectRevert();
        vouchers.transferFrom(device, alice, voucher);
        vm.prank(device);
        vm.expectRevert(_wrongState(voucher, IDeviceEscrow.State.Active));
        escrow.bond(voucher, HARDWARE, ad);
    }

    function test_D3_90_softwareVoucherGoesToTheVehicleAndEachConnectionNeedsOne() public {
        uint256 vehicle = _newVehicle(alice);
        uint256 sd = _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 1);
        uint256 first = _buy(acme, "software", 2);
        _bond(acme, first, SOFTWARE, sd);
        address home = address(uint160(uint256(keccak256(abi.encode(address(d.vehicleId), vehicle)))));
        assertEq(vouchers.ownerOf(first), home, "vehicle address");
        assertEq(directory.vehicleAddress(vehicle), home, "directory");
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.DeviceAlreadyBonded.selector, SOFTWARE, sd, first));
        escrow.bond(first + 1, SOFTWARE, sd);
        // D3-92: a new connection of the same vehicle consumes another voucher.
        vm.prank(alice);
        d.sdId.burn(sd);
        uint256 next = _newSynthetic(vehicle, ALICE_KEY, 0x5E, 2);
        assertFalse(escrow.isBonded(SOFTWARE, next), "new connection");
        _bond(acme, first + 1, SOFTWARE, next);
        assertEq(vouchers.balanceOf(home), 2, "two vouchers at the vehicle");
    }

    function test_bondNeedsTheVoucherOfTheCaller() public {
        (, uint256 ad) = _newPair(alice);
        uint256 voucher = _buy(acme, DASH_CAM, 1);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.NotVoucherOwner.selector, voucher, mallory));
        escrow.bond(voucher, HARDWARE, ad);
        vm.prank(acme);
        vm.expectRevert(_wrongState(voucher + 1, IDeviceEscrow.State.None));
        escrow.bond(voucher + 1, HARDWARE, ad);
    }

    function test_bondNeedsAKnownPairedDevice() public {
        uint256 ad = _newClaimedDevice(DEVICE_KEY, alice, 1);
        uint256 voucher = _buy(acme, DASH_CAM, 1);
        vm.startPrank(acme);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.DeviceNotPaired.selector, HARDWARE, ad));
        escrow.bond(voucher, HARDWARE, ad);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.UnknownDevice.selector, HARDWARE, ad + 1));
        escrow.bond(voucher, HARDWARE, ad + 1);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.UnknownDevice.selector, SOFTWARE, 1));
        escrow.bond(voucher, SOFTWARE, 1);
        vm.stopPrank();
    }

    function test_D3_86_bondNeedsAnActiveProvider() public {
        (, uint256 ad) = _newPair(alice);
        uint256 voucher = _buy(acme, DASH_CAM, 1);
        _suspend(providerLicense);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.ProviderNotActive.selector, acme, providerLicense));
        escrow.bond(voucher, HARDWARE, ad);
        _revoke(providerLicense);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.ProviderNotActive.selector, acme, 0));
        escrow.bond(voucher, HARDWARE, ad);
    }

    /// @dev D3-04, D3-26: a maker that is licensed for types is limited to them, also after one was revoked.
    function test_D3_26_bondNeedsAnActiveLicenceForTheType() public {
        (, uint256 ad) = _newPair(alice);
        uint256 voucher = _buy(acme, DASH_CAM, 1);
        uint256 dongle = _approveType("dongle");
        bytes memory refused =
            abi.encodeWithSelector(IDeviceEscrow.DeviceTypeNotActive.selector, providerLicense, DASH_CAM);
        vm.prank(acme);
        vm.expectRevert(refused);
        escrow.bond(voucher, HARDWARE, ad);
        uint256 dashCam = _approveType(DASH_CAM);
        _suspend(dashCam);
        vm.prank(acme);
        vm.expectRevert(refused);
        escrow.bond(voucher, HARDWARE, ad);
        _revoke(dashCam);
        _revoke(dongle);
        vm.prank(acme);
        vm.expectRevert(refused);
        escrow.bond(voucher, HARDWARE, ad);
        _approveType(DASH_CAM);
        _bond(acme, voucher, HARDWARE, ad);
    }

    // Months -------------------------------------------------------------------------------------------------------

    /// @dev D3-94, D3-95, D3-96, §1.6: n = 1 dash cam, 80: provider 56, team 12, treasury 12.
    function test_D3_103_dashCamConnectedFor24Months() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _settle(voucher, 1, alice);
        assertEq(_balance(acme), uint256(56e18) / 24, "2.3333 a month");
        assertEq(_balance(teamAccount), 0.5e18, "0.5 a month");
        assertEq(_balance(treasury), 0.5e18, "0.5 a month");
        _settleMonths(voucher, 2, 24, alice);
        assertEq(_balance(acme), 56e18, "70 %");
        assertEq(_balance(teamAccount), 12e18, "15 %");
        assertEq(_balance(treasury), 12e18, "15 %");
        assertEq(_balance(address(escrow)), 0, "nothing left");
        _assertState(voucher, IDeviceEscrow.State.Closed, "closed");
        _assertConserved(voucher);
        (uint256 rootId, bytes32[] memory proof) = _attest(voucher, 25, alice);
        vm.expectRevert(_wrongState(voucher, IDeviceEscrow.State.Closed));
        escrow.settle(voucher, 25, alice, rootId, proof);
    }

    /// @dev Requirements §1.6, n = 1 of each type.
    function test_D3_103_splitOfEachTypeAtOne() public view {
        uint256[3][6] memory expected = [
            [uint256(10e18), 7e18, 1.5e18],
            [uint256(50e18), 35e18, 7.5e18],
            [uint256(70e18), 49e18, 10.5e18],
            [uint256(80e18), 56e18, 12e18],
            [uint256(120e18), 84e18, 18e18],
            [uint256(150e18), 105e18, 22.5e18]
        ];
        for (uint256 i = 0; i < 6; ++i) {
            IDeviceEscrow.Totals memory t = lens.previewTotals(expected[i][0], 1);
            assertEq(t.burned, 0, "burned");
            assertEq(t.provider, expected[i][1], "provider");
            assertEq(t.team, expected[i][2], "team");
            assertEq(t.treasury, expected[i][2], "treasury");
        }
    }

    function test_monthsSettleInAnyOrderEachOnce() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _settle(voucher, 3, alice);
        _settle(voucher, 1, alice);
        assertTrue(lens.isPeriodUsed(voucher, 1) && lens.isPeriodUsed(voucher, 3), "used");
        assertFalse(lens.isPeriodUsed(voucher, 2), "free");
        IEscrowLens.Tranche memory t = lens.trancheOf(voucher, 1);
        assertEq(t.period, 3, "first paid month");
        (uint256 rootId, bytes32[] memory proof) = _attest(voucher, 1, alice);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.PeriodUsed.selector, voucher, 1));
        escrow.settle(voucher, 1, alice, rootId, proof);
    }

    function test_monthMustBeOverAndInsideTheWindow() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        uint256 end = Calendar.addMonths(_start(voucher), 1);
        (uint256 rootId, bytes32[] memory proof) = _attest(voucher, 1, alice);
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.PeriodNotOver.selector, 1, end));
        escrow.settle(voucher, 1, alice, rootId, proof);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.PeriodOutOfRange.selector, 0, 36));
        escrow.settle(voucher, 0, alice, rootId, proof);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.PeriodOutOfRange.selector, 37, 36));
        escrow.settle(voucher, 37, alice, rootId, proof);
        vm.warp(end);
        escrow.settle(voucher, 1, alice, rootId, proof);
    }

    function test_settleNeedsAFinalRootWithThisLeaf() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _toEndOf(voucher, 1);
        (uint256 rootId, bytes32[] memory proof) = _attest(voucher, 1, alice);
        vm.expectRevert(abi.encodeWithSelector(IConnectionAttestations.InvalidProof.selector, rootId, voucher, 1, bob));
        escrow.settle(voucher, 1, bob, rootId, proof);
        vm.expectRevert(
            abi.encodeWithSelector(IConnectionAttestations.InvalidProof.selector, rootId, voucher, 1, alice)
        );
        escrow.settle(voucher, 1, alice, rootId, noProof);
        bytes32 leaf = attestations.leafOf(voucher, 1, alice);
        vm.prank(node);
        uint256 young = attestations.post(leaf, "");
        vm.expectRevert(
            abi.encodeWithSelector(
                IConnectionAttestations.RootNotFinal.selector, young, IConnectionAttestations.RootState.Posted
            )
        );
        escrow.settle(voucher, 1, alice, young, noProof);
        vm.prank(court);
        attestations.onCaseOpened(1, young, nodeLicense);
        vm.warp(block.timestamp + 30 days);
        vm.expectRevert(
            abi.encodeWithSelector(
                IConnectionAttestations.RootNotFinal.selector, young, IConnectionAttestations.RootState.Disputed
            )
        );
        escrow.settle(voucher, 1, alice, young, noProof);
        vm.prank(court);
        attestations.onCaseClosed(1, young, true);
        vm.expectRevert(
            abi.encodeWithSelector(
                IConnectionAttestations.RootNotFinal.selector, young, IConnectionAttestations.RootState.Void
            )
        );
        escrow.settle(voucher, 1, alice, young, noProof);
        escrow.settle(voucher, 1, alice, rootId, proof);
    }

    function test_clockOfThe31stKeepsTheEndOfTheMonth() public {
        vm.warp(Calendar.toDays(2028, 1, 31) * 1 days + 5 hours);
        (uint256 voucher,) = _bonded(DASH_CAM);
        (uint256 from, uint256 to) = lens.periodOf(voucher, 2);
        assertEq(from, Calendar.toDays(2028, 2, 29) * 1 days + 5 hours, "leap day");
        assertEq(to, Calendar.toDays(2028, 3, 31) * 1 days + 5 hours, "31 March");
        _settleMonths(voucher, 1, 3, alice);
        assertEq(escrow.recordOf(voucher).settledUntil, Calendar.toDays(2028, 4, 30) * 1 days + 5 hours, "30 April");
    }

    /// @dev D3-91: the voucher and its clock stay with the device.
    function test_D3_91_hardwareMovesBetweenVehiclesAndTheClockContinues() public {
        (uint256 voucher, uint256 ad) = _bonded(DASH_CAM);
        uint256 start = _start(voucher);
        _settle(voucher, 1, alice);
        uint256 other = _newVehicle(alice);
        uint256 vehicle = registry.getLink(address(d.adId), ad);
        vm.startPrank(alice);
        registry.unpairAftermarketDevice(ad, vehicle);
        registry.pairAftermarketDevice(ad, other);
        vm.stopPrank();
        _settle(voucher, 2, alice);
        assertEq(_start(voucher), start, "same clock");
        assertEq(escrow.recordOf(voucher).paid, 2, "two months");
        assertTrue(escrow.isBonded(HARDWARE, ad), "no second voucher");
    }

    function test_termsOfASaleStayWhenGovernanceChangesParameters() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        IEscrowLens.Escrow memory before = lens.escrowOf(voucher);
        _set(K.VOUCHER_PRICE_DASH_CAM, 100e18);
        _set(K.ESCROW_PROVIDER_BPS, 5000);
        _set(K.ESCROW_MONTHS, 12);
        IEscrowLens.Escrow memory later = lens.escrowOf(voucher);
        assertEq(keccak256(abi.encode(before)), keccak256(abi.encode(later)), "old escrow");
        uint256 next = _buy(acme, DASH_CAM, 1);
        later = lens.escrowOf(next);
        assertEq(later.price, 100e18, "new price");
        assertEq(later.totals.provider, 50e18, "new split");
        assertEq(later.months, 12, "new months");
        assertEq(later.number, 2, "n goes on");
        assertEq(escrow.recordOf(voucher).termsId + 1, escrow.recordOf(next).termsId, "one more set of terms");
    }

    // Provider's licence -------------------------------------------------------------------------------------------

    function test_suspendedProviderLosesTheMonthToItsOwner() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _settle(voucher, 1, alice);
        uint256 earned = _balance(acme);
        _suspend(providerLicense);
        _settle(voucher, 2, bob);
        assertEq(_balance(acme), earned, "provider stopped");
        assertEq(_balance(bob), uint256(56e18) / 24, "owner of the month");
        assertEq(_balance(teamAccount), 1e18, "team goes on");
        IEscrowLens.Tranche memory t = lens.trancheOf(voucher, 2);
        assertEq(uint256(t.state), uint256(IEscrowLens.TrancheState.PaidWithoutProvider), "state");
        assertEq(uint256(t.reason), uint256(IDeviceEscrow.Reason.ProviderSuspended), "why");
        assertEq(t.paidTo, bob, "to whom");
        vm.prank(governance);
        book.reinstate(providerLicense, HASH);
        _settle(voucher, 3, alice);
        assertEq(_balance(acme), earned + uint256(56e18) / 24, "earns again");
        _assertConserved(voucher);
    }

    function test_revokedProviderLosesTheMonthToTheTreasuryIfTheTermsSaySo() public {
        _set(K.ESCROW_ON_REVOKED, 0);
        (uint256 voucher,) = _bonded(DASH_CAM);
        _revoke(providerLicense);
        _settle(voucher, 1, alice);
        assertEq(_balance(alice), 0, "owner");
        assertEq(_balance(treasury), 0.5e18 + uint256(56e18) / 24, "treasury");
        assertEq(uint256(lens.trancheOf(voucher, 1).reason), uint256(IDeviceEscrow.Reason.ProviderRevoked), "why");
        _assertConserved(voucher);
    }

    /// @dev Economy §5: given up by choice keeps earning, also after the release; revoked earns nothing ever again.
    function test_renouncedProviderKeepsEarning() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        vm.prank(acme);
        book.renounce(providerLicense);
        _settle(voucher, 1, alice);
        vm.warp(block.timestamp + 184 days);
        vm.prank(acme);
        vault.withdraw(providerLicense, 0, 100_000e18);
        book.release(providerLicense);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.LicenseNotRevoked.selector, providerLicense));
        escrow.noteRevocation(providerLicense);
        _settle(voucher, 2, alice);
        assertEq(_balance(acme), 100_000e18 + 2 * (uint256(56e18) / 24), "two months and the stake");
        assertEq(_balance(alice), 0, "owner");
    }

    /// @dev Economy §5: a software voucher costs a fraction of what the cheapest device pays.
    function test_softwareVoucherBondsNoHardware() public {
        (, uint256 ad) = _newPair(alice);
        uint256 voucher = _buy(acme, "software", 1);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.VoucherForSoftware.selector, voucher));
        escrow.bond(voucher, IDeviceEscrow.DeviceKind.Hardware, ad);
        _bond(acme, _buy(acme, "dongle", 1), IDeviceEscrow.DeviceKind.Hardware, ad);
    }

    /// @dev Economy §5: a suspension does not end by giving the licence up, also not after the release.
    function test_providerThatRenouncesWhileSuspendedDoesNotEarn() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _suspend(providerLicense);
        vm.prank(acme);
        book.renounce(providerLicense);
        _settle(voucher, 1, alice);
        assertEq(_balance(acme), 0, "provider");
        assertEq(_balance(alice), uint256(56e18) / 24, "owner");
        vm.warp(block.timestamp + 184 days);
        vm.prank(acme);
        vault.withdraw(providerLicense, 0, 100_000e18);
        book.release(providerLicense);
        _settle(voucher, 2, alice);
        assertEq(_balance(acme), 100_000e18, "only the stake");
        assertEq(_balance(alice), 2 * (uint256(56e18) / 24), "owner");
        assertEq(
            uint256(lens.trancheOf(voucher, 2).reason), uint256(IDeviceEscrow.Reason.ProviderSuspended), "suspended"
        );
        _assertConserved(voucher);
    }

    function test_releaseAfterRevocationDoesNotBringTheRebateBack() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _revoke(providerLicense);
        escrow.noteRevocation(providerLicense);
        vm.warp(block.timestamp + 185 days);
        vm.prank(acme);
        vault.withdraw(providerLicense, 0, 100_000e18);
        book.release(providerLicense);
        _settle(voucher, 1, alice);
        assertEq(_balance(acme), 100_000e18, "stake only");
        assertEq(_balance(alice), uint256(56e18) / 24, "owner of the month");
    }

    // Malfunction --------------------------------------------------------------------------------------------------

    function _report(address owner, uint256 voucher, bytes32 evidence) private {
        vm.prank(owner);
        escrow.reportMalfunction(voucher, evidence);
    }

    function test_D4_52_uncontestedReportStreamsToTheOwner() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _settleMonths(voucher, 1, 12, alice);
        uint256 reportedAt = block.timestamp;
        uint256 contestUntil = reportedAt + 14 days;
        vm.expectEmit(true, true, true, true, address(escrow));
        emit IDeviceEscrow.MalfunctionReported(voucher, alice, "dead", contestUntil);
        _report(alice, voucher, "dead");
        assertEq(uint256(lens.trancheOf(voucher, 13).reason), uint256(IDeviceEscrow.Reason.ReportOpen), "waits");
        vm.warp(contestUntil - 1);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.DisputeWindowOpen.selector, voucher, contestUntil));
        escrow.finalizeMalfunction(voucher);
        vm.warp(contestUntil);
        uint256 before = _balance(treasury);
        escrow.finalizeMalfunction(voucher);
        assertEq(_balance(treasury) - before, 6e18, "unpaid treasury part at once");
        uint256 month = uint256(56e18) / 24 + 0.5e18;
        assertEq(lens.escrowOf(voucher).held, 68e18 - 12 * month, "provider's and team's unpaid part");
        IEscrowLens.Tranche memory t = lens.trancheOf(voucher, 13);
        assertEq(uint256(t.state), uint256(IEscrowLens.TrancheState.Scheduled), "scheduled");
        assertEq(t.time, Calendar.addMonths(reportedAt, 1), "due a month after the report");
        vm.warp(t.time - 1);
        escrow.claimStream(voucher);
        assertEq(_balance(alice), 0, "not yet");
        vm.warp(t.time);
        escrow.claimStream(voucher);
        assertEq(_balance(alice), month, "one month");
        vm.warp(Calendar.addMonths(reportedAt, 12));
        escrow.claimStream(voucher);
        assertEq(_balance(alice), 68e18 - 12 * month, "all");
        _assertState(voucher, IDeviceEscrow.State.Closed, "closed");
        _assertConserved(voucher);
        t = lens.trancheOf(voucher, 24);
        assertEq(uint256(t.state), uint256(IEscrowLens.TrancheState.PaidToUser), "to the user");
        assertEq(uint256(t.reason), uint256(IDeviceEscrow.Reason.Malfunction), "why");
        assertEq(t.paidTo, alice, "whom");
    }

    function test_onlyTheOwnerReportsAndOnlyInsideTheWarranty() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.NotDeviceOwner.selector, voucher, mallory));
        escrow.reportMalfunction(voucher, "dead");
        vm.prank(alice);
        vm.expectRevert(IDeviceEscrow.EmptyEvidence.selector);
        escrow.reportMalfunction(voucher, 0);
        uint256 end = Calendar.addMonths(_start(voucher), 24);
        vm.warp(end);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.WarrantyOver.selector, voucher, end));
        escrow.reportMalfunction(voucher, "dead");
        vm.warp(end - 1);
        _report(alice, voucher, "dead");
        vm.prank(alice);
        vm.expectRevert(_wrongState(voucher, IDeviceEscrow.State.Reported));
        escrow.reportMalfunction(voucher, "again");
    }

    function test_contestedReportIsDecidedByTheTeam() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _report(alice, voucher, "dead");
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.NotProvider.selector, voucher, mallory));
        escrow.contestMalfunction(voucher, "works");
        vm.prank(member);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.NotContested.selector, voucher));
        escrow.decideMalfunction(voucher, true, HASH);
        vm.prank(acme);
        escrow.contestMalfunction(voucher, "works");
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.AlreadyContested.selector, voucher));
        escrow.contestMalfunction(voucher, "works");
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.NotTeam.selector, mallory));
        escrow.decideMalfunction(voucher, true, HASH);
        vm.expectEmit(true, true, true, true, address(escrow));
        emit IDeviceEscrow.MalfunctionDecided(voucher, member, true, HASH);
        vm.prank(member);
        escrow.decideMalfunction(voucher, true, HASH);
        _assertState(voucher, IDeviceEscrow.State.Streaming, "streams");
        assertEq(lens.escrowOf(voucher).held, 68e18, "provider and team");
    }

    /// @dev Economy §5: a contest that nobody decides does not lock the escrow; the owner's word stands.
    function test_contestThatNobodyDecidesLapsesAfterAsMuchAgain() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _report(alice, voucher, "dead");
        uint256 end = block.timestamp + 28 days;
        vm.prank(acme);
        escrow.contestMalfunction(voucher, "works");
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.DisputeWindowOpen.selector, voucher, end));
        escrow.finalizeMalfunction(voucher);
        vm.warp(end);
        vm.prank(mallory);
        escrow.finalizeMalfunction(voucher);
        _assertState(voucher, IDeviceEscrow.State.Streaming, "the report counts");
        assertEq(lens.escrowOf(voucher).held, 68e18, "provider and team");
        vm.prank(member);
        vm.expectRevert(_wrongState(voucher, IDeviceEscrow.State.Streaming));
        escrow.decideMalfunction(voucher, false, HASH);
    }

    function test_decisionIsStillPossibleUntilSomebodyFinalizes() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _report(alice, voucher, "dead");
        vm.prank(acme);
        escrow.contestMalfunction(voucher, "works");
        vm.warp(block.timestamp + 28 days);
        vm.prank(member);
        escrow.decideMalfunction(voucher, false, HASH);
        _assertState(voucher, IDeviceEscrow.State.Active, "decided");
    }

    function test_D1_16_memberWithAConflictDoesNotDecide() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _report(alice, voucher, "dead");
        vm.prank(acme);
        escrow.contestMalfunction(voucher, "works");
        vm.startPrank(member);
        roster.declareConflict(acme, true);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.ConflictOfInterest.selector, member, acme));
        escrow.decideMalfunction(voucher, false, HASH);
        roster.declareConflict(alice, true);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.ConflictOfInterest.selector, member, alice));
        escrow.decideMalfunction(voucher, false, HASH);
        vm.stopPrank();
        vm.prank(governance);
        escrow.decideMalfunction(voucher, false, HASH);
        _assertState(voucher, IDeviceEscrow.State.Active, "governance decides");
    }

    function test_rejectedReportResumesAndNeedsNewEvidence() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _toEndOf(voucher, 1);
        _report(alice, voucher, "dead");
        vm.prank(acme);
        escrow.contestMalfunction(voucher, "works");
        vm.prank(member);
        escrow.decideMalfunction(voucher, false, HASH);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.EvidenceUsed.selector, voucher, bytes32("dead")));
        escrow.reportMalfunction(voucher, "dead");
        _settleMonths(voucher, 1, 2, alice);
        assertEq(escrow.recordOf(voucher).paid, 2, "months resume");
        _report(alice, voucher, "really dead");
    }

    function test_contestEndsWithTheDisputeWindow() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _report(alice, voucher, "dead");
        uint256 end = block.timestamp + 14 days;
        vm.warp(end);
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.DisputeWindowOver.selector, voucher, end));
        escrow.contestMalfunction(voucher, "works");
    }

    function test_openReportStopsMonthsThatEndAfterIt() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _toEndOf(voucher, 1);
        uint256 reportedAt = block.timestamp + 1 days;
        vm.warp(reportedAt);
        _report(alice, voucher, "dead");
        vm.prank(acme);
        escrow.contestMalfunction(voucher, "works");
        _settle(voucher, 1, alice);
        (uint256 rootId, bytes32[] memory proof) = _attest(voucher, 2, alice);
        _toEndOf(voucher, 2);
        uint256 end = Calendar.addMonths(_start(voucher), 2);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.PeriodAfterReport.selector, 2, end, reportedAt));
        escrow.settle(voucher, 2, alice, rootId, proof);
        vm.warp(Calendar.addMonths(_start(voucher), 36));
        vm.expectRevert(_wrongState(voucher, IDeviceEscrow.State.Reported));
        escrow.close(voucher);
        vm.prank(member);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.NotTeam.selector, member));
        escrow.decideMalfunction(voucher, true, HASH);
        // The member's term is over; governance decides.
        vm.prank(governance);
        escrow.decideMalfunction(voucher, true, HASH);
        assertEq(lens.escrowOf(voucher).monthsPaid, 1, "one month as planned");
        assertEq(escrow.recordOf(voucher).since, reportedAt, "the stream starts with the report");
    }

    function test_malfunctionToTheTreasuryIfTheTermsSaySo() public {
        _set(K.ESCROW_ON_MALFUNCTION, 0);
        (uint256 voucher,) = _bonded(DASH_CAM);
        _report(alice, voucher, "dead");
        vm.warp(block.timestamp + 14 days);
        escrow.finalizeMalfunction(voucher);
        assertEq(_balance(treasury), 80e18, "all");
        _assertState(voucher, IDeviceEscrow.State.Closed, "closed");
        IEscrowLens.Tranche memory t = lens.trancheOf(voucher, 1);
        assertEq(uint256(t.state), uint256(IEscrowLens.TrancheState.Forfeited), "forfeited");
        assertEq(uint256(t.reason), uint256(IDeviceEscrow.Reason.Malfunction), "why");
        assertEq(t.paidTo, treasury, "whom");
        _assertConserved(voucher);
    }

    /// @dev Vehicle sold with its device in the middle of a stream: what was due belongs to the seller.
    function test_streamFollowsTheOwner() public {
        (uint256 voucher, uint256 ad) = _bonded(DASH_CAM);
        _report(alice, voucher, "dead");
        vm.warp(block.timestamp + 14 days);
        escrow.finalizeMalfunction(voucher);
        uint256 since = escrow.recordOf(voucher).since;
        vm.warp(Calendar.addMonths(since, 3));
        uint256 vehicle = registry.getLink(address(d.adId), ad);
        vm.prank(alice);
        registry.transferVehicleWithDevice(vehicle, bob);
        vm.expectEmit(true, true, true, true, address(escrow));
        emit IDeviceEscrow.StreamOwnerSet(voucher, bob);
        escrow.claimStream(voucher);
        uint256 month = uint256(56e18) / 24 + 0.5e18;
        assertEq(_balance(alice), 3 * month, "seller");
        vm.warp(Calendar.addMonths(since, 24));
        escrow.claimStream(voucher);
        assertEq(_balance(bob), 68e18 - 3 * month, "buyer");
        _assertConserved(voucher);
        vm.expectRevert(_wrongState(voucher, IDeviceEscrow.State.Closed));
        escrow.claimStream(voucher);
    }

    function test_streamOfABurnedConnectionKeepsItsOwner() public {
        uint256 vehicle = _newVehicle(alice);
        uint256 sd = _newSynthetic(vehicle, ALICE_KEY, SD_KEY, 1);
        uint256 voucher = _buy(acme, "software", 1);
        _bond(acme, voucher, SOFTWARE, sd);
        _report(alice, voucher, "dead");
        vm.prank(alice);
        d.sdId.burn(sd);
        vm.warp(Calendar.addMonths(_start(voucher), 24));
        escrow.finalizeMalfunction(voucher);
        escrow.claimStream(voucher);
        assertEq(_balance(alice), 8.5e18, "provider and team part");
    }

    // D4 -----------------------------------------------------------------------------------------------------------

    /// @dev D4-50, 51, 53, 54: 80: 20 burned, 60 locked, 3 and 57 over 24 months.
    function test_D4_50_to_54_burnedLockedAndPaid() public {
        _adopt("hardware-ecosystem");
        uint256 supply = d.token.totalSupply();
        (uint256 voucher,) = _bonded(DASH_CAM);
        assertEq(d.token.totalSupply(), supply + 80e18 - 20e18, "80 came in, 20 burned");
        assertEq(_balance(address(escrow)), 60e18, "60 locked");
        _settle(voucher, 1, alice);
        assertEq(_balance(teamAccount), 0.125e18, "0.125 a month");
        assertEq(_balance(acme), 2.375e18, "2.375 a month");
        _settleMonths(voucher, 2, 24, alice);
        assertEq(_balance(teamAccount), 3e18, "3");
        assertEq(_balance(acme), 57e18, "57");
        assertEq(_balance(treasury), 0, "no one else is paid from the lock");
        _assertConserved(voucher);
    }

    /// @dev D4-52: at month 12 the owner gets 60 × 12 / 24 = 30, a month at a time.
    function test_D4_52_disconnectAtMonth12() public {
        _adopt("hardware-ecosystem");
        (uint256 voucher,) = _bonded(DASH_CAM);
        _settleMonths(voucher, 1, 12, alice);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.NotDeviceOwner.selector, voucher, mallory));
        escrow.disconnect(voucher);
        vm.expectEmit(true, true, true, true, address(escrow));
        emit IDeviceEscrow.StreamOpened(voucher, IDeviceEscrow.Stop.Disconnect, alice, block.timestamp, 30e18);
        vm.prank(alice);
        escrow.disconnect(voucher);
        uint256 since = block.timestamp;
        for (uint256 k = 1; k <= 12; ++k) {
            vm.warp(Calendar.addMonths(since, k));
            escrow.claimStream(voucher);
            assertEq(_balance(alice), k * 2.5e18, "1/24 of the lock a month");
        }
        _assertState(voucher, IDeviceEscrow.State.Closed, "closed");
        _assertConserved(voucher);
    }

    /// @dev D4-50: 25 % burned at the first voucher, 29.9 % once the team has its floor.
    function test_D4_50_burnRisesFrom25To29Point9Percent() public {
        _adopt("hardware-ecosystem");
        assertEq(lens.previewTotals(100e18, 1).burned, 25e18, "first");
        assertEq(lens.previewTotals(100e18, 2 ** 40 - 1).burned, 29.9e18, "last");
    }

    function test_disconnectIsOnlyNotedUnderTheSeedProfile() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        vm.expectEmit(true, true, true, true, address(escrow));
        emit IDeviceEscrow.DisconnectNoted(voucher, alice);
        vm.prank(alice);
        escrow.disconnect(voucher);
        _settle(voucher, 4, alice);
        assertEq(escrow.recordOf(voucher).paid, 1, "months resume");
    }

    function test_disconnectAfterTheWarrantyIsOnlyNoted() public {
        _adopt("hardware-ecosystem");
        (uint256 voucher,) = _bonded(DASH_CAM);
        vm.warp(Calendar.addMonths(_start(voucher), 24));
        vm.prank(alice);
        escrow.disconnect(voucher);
        _assertState(voucher, IDeviceEscrow.State.Active, "active");
    }

    // Close --------------------------------------------------------------------------------------------------------

    function test_neverConnectedGoesToTheTreasuryAfterTheIdleMonths() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        uint256 windowEnd = Calendar.addMonths(_start(voucher), 36);
        uint256 idleEnd = Calendar.addMonths(_start(voucher), 6);
        vm.warp(idleEnd - 1);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.NotClosable.selector, voucher, windowEnd, idleEnd));
        escrow.close(voucher);
        vm.warp(idleEnd);
        vm.expectEmit(true, true, true, true, address(escrow));
        emit IDeviceEscrow.Forfeited(voucher, IDeviceEscrow.Stop.Idle, 80e18);
        escrow.close(voucher);
        assertEq(_balance(treasury), 80e18, "all");
        assertEq(uint256(lens.trancheOf(voucher, 1).reason), uint256(IDeviceEscrow.Reason.Idle), "why");
        _assertConserved(voucher);
        vm.expectRevert(_wrongState(voucher, IDeviceEscrow.State.Closed));
        escrow.close(voucher);
    }

    function test_idleMonthsCountFromTheLastSettledMonth() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _settle(voucher, 5, alice);
        _settle(voucher, 2, alice);
        uint256 idleEnd = Calendar.addMonths(Calendar.addMonths(_start(voucher), 5), 6);
        vm.warp(idleEnd - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IDeviceEscrow.NotClosable.selector, voucher, Calendar.addMonths(_start(voucher), 36), idleEnd
            )
        );
        escrow.close(voucher);
        vm.warp(idleEnd);
        escrow.close(voucher);
        assertEq(_balance(treasury), 80e18 - 2 * (uint256(56e18) / 24 + 0.5e18), "the rest");
    }

    function test_windowEndsTheEscrow() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        _settle(voucher, 36, alice);
        escrow.close(voucher);
        assertEq(uint256(escrow.recordOf(voucher).stop), uint256(IDeviceEscrow.Stop.WindowOver), "window");
        _assertConserved(voucher);
    }

    function test_unbondedVouchersDoNotExpire() public {
        uint256 voucher = _buy(acme, DASH_CAM, 1);
        vm.warp(block.timestamp + 20 * 365 days);
        vm.expectRevert(_wrongState(voucher, IDeviceEscrow.State.Sold));
        escrow.close(voucher);
        assertEq(lens.escrowOf(voucher).held, 80e18, "held");
        assertEq(uint256(lens.trancheOf(voucher, 1).state), uint256(IEscrowLens.TrancheState.NotStarted), "tranche");
    }

    // Access -------------------------------------------------------------------------------------------------------

    function test_onlyTheVoucherContractOpensEscrows() public {
        IDeviceEscrow.Terms memory t = escrow.termsOf(1);
        vm.prank(admin);
        vm.expectRevert(abi.encodeWithSelector(IDeviceEscrow.OnlyVoucherContract.selector, admin));
        escrow.open(t, 1, 1, 1);
    }

    function test_D3_86_voucherIsRequiredUnlessGovernanceLiftsIt() public {
        assertTrue(escrow.requiresVoucher(), "seed");
        _set(K.VOUCHER_REQUIRED, 0);
        assertFalse(escrow.requiresVoucher(), "lifted");
    }

    function test_unknownVoucherIsAllZero() public view {
        assertEq(uint256(lens.escrowOf(7).state), 0, "escrow");
        assertEq(uint256(lens.trancheOf(7, 1).state), 0, "tranche");
        assertEq(lens.accountOf(7).held, 0, "account");
        assertEq(lens.tranchesOf(7).length, 0, "tranches");
    }

    // Conservation -------------------------------------------------------------------------------------------------

    struct Plan {
        uint256 price;
        uint256 months;
        uint256 settled;
        uint256 burnPpm;
        uint256 providerBps;
        uint256 capPpm;
        uint256 end;
        bool restToProvider;
        bool burnLessTeam;
        bool ofLocked;
    }

    function _setPlan(Plan memory p) private {
        bytes32[] memory keys = new bytes32[](9);
        uint256[] memory values = new uint256[](9);
        (keys[0], values[0]) = (K.VOUCHER_PRICE_DASH_CAM, p.price);
        (keys[1], values[1]) = (K.ESCROW_MONTHS, p.months);
        (keys[2], values[2]) = (K.ESCROW_BURN_PPM, p.burnPpm);
        (keys[3], values[3]) = (K.ESCROW_PROVIDER_BPS, p.providerBps);
        (keys[4], values[4]) = (K.ESCROW_TEAM_CAP_PPM, p.capPpm);
        (keys[5], values[5]) = (K.ESCROW_REST_TO_PROVIDER, p.restToProvider ? 1 : 0);
        (keys[6], values[6]) = (K.ESCROW_BURN_LESS_TEAM, p.burnLessTeam ? 1 : 0);
        (keys[7], values[7]) = (K.ESCROW_TEAM_BASE, p.ofLocked ? 1 : 0);
        (keys[8], values[8]) = (K.ESCROW_ON_DISCONNECT, 1);
        _setMany(keys, values);
    }

    /// @dev D3-104: to the wei, for every price, split, number of months and outcome.
    function testFuzz_D3_104_conservation(Plan memory p) public {
        p.price = bound(p.price, 0, 1_000_000e18);
        p.months = bound(p.months, 1, 24);
        p.settled = bound(p.settled, 0, p.months < 4 ? p.months : 4);
        p.capPpm = bound(p.capPpm, 1000, 200_000);
        p.burnPpm = bound(p.burnPpm, p.capPpm, 300_000);
        p.providerBps = bound(p.providerBps, 0, 5000);
        p.end = bound(p.end, 0, 3);
        _setPlan(p);
        uint256 supply = d.token.totalSupply();
        (uint256 voucher,) = _bonded(DASH_CAM);
        IDeviceEscrow.Totals memory t = lens.escrowOf(voucher).totals;
        assertEq(t.burned + t.provider + t.team + t.treasury, p.price, "parts");
        assertEq(d.token.totalSupply() + t.burned, supply + p.price, "burned");
        _settleMonths(voucher, 1, p.settled, alice);
        bool open = p.settled < p.months;
        if (open && p.end == 1) {
            vm.warp(Calendar.addMonths(block.timestamp, 7));
            escrow.close(voucher);
        } else if (open && p.end == 2) {
            vm.prank(alice);
            escrow.disconnect(voucher);
            vm.warp(Calendar.addMonths(block.timestamp, 2));
            escrow.claimStream(voucher);
        } else if (open && p.end == 3) {
            _report(alice, voucher, "dead");
            vm.warp(Calendar.addMonths(block.timestamp, 30));
            escrow.finalizeMalfunction(voucher);
            escrow.claimStream(voucher);
            _assertState(voucher, IDeviceEscrow.State.Closed, "streamed");
        }
        IEscrowLens.Account memory a = lens.accountOf(voucher);
        assertEq(a.burned + a.provider + a.team + a.user + a.treasury + a.held, p.price, "D3-104");
        assertEq(_balance(acme), a.provider, "provider");
        assertEq(_balance(teamAccount), a.team, "team");
        assertEq(_balance(alice), a.user, "user");
        assertEq(_balance(treasury), a.treasury, "treasury");
        assertEq(_balance(address(escrow)), a.held, "held");
    }
}
