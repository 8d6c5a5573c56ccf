// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Court} from "../../src/court/Court.sol";
import {ConnectionAttestations} from "../../src/devicemoney/ConnectionAttestations.sol";
import {DeviceEscrow} from "../../src/devicemoney/DeviceEscrow.sol";
import {MintVoucher} from "../../src/devicemoney/MintVoucher.sol";
import {PreorderSpot} from "../../src/devicemoney/PreorderSpot.sol";
import {EmergencyPausable} from "../../src/governance/EmergencyPausable.sol";
import {ICourt, Ruling} from "../../src/interfaces/ICourt.sol";
import {IConnectionAttestations} from "../../src/interfaces/IConnectionAttestations.sol";
import {IDeviceEscrow} from "../../src/interfaces/IDeviceEscrow.sol";
import {IEmergencyPause} from "../../src/interfaces/IEmergencyPause.sol";
import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {LicenseBook} from "../../src/license/LicenseBook.sol";
import {StakeVault} from "../../src/stake/StakeVault.sol";
import {EconomyBase} from "../helpers/EconomyBase.sol";

/// @dev The worst switch: it says of every function that it is stopped, for ever.
contract StopsEverything {
    function isPaused(address, bytes4) external pure returns (bool) {
        return true;
    }
}

/// @title What the emergency switch stops in the economy, and what it cannot stop
contract PausedEconomyTest is EconomyBase {
    uint256 private constant PRICE = 500e18;
    uint256 private constant DURATION = 1 hours;
    uint256 private constant OTHER_KEY = 0xDE72CE;

    /// @dev One call that can be stopped, and that succeeds while it is not.
    struct Entry {
        address caller;
        address target;
        bytes data;
    }

    uint256 private typeLicense;
    bytes32 private termsHash;
    uint256 private saleId;

    function setUp() public override {
        super.setUp();
        typeLicense = _approveType(DASH_CAM);
        termsHash = keccak256(abi.encode(bytes32(0), bytes32(0), HASH));
        vm.prank(acme);
        saleId = spots.openSale(typeLicense, PRICE, 10, block.timestamp + 90 days, 0, HASH, "");
    }

    function _entries() private returns (Entry[] memory e) {
        address treasurer = financier;
        _mintFor(acme, address(vault), 10e18);
        _mintFor(foundation, address(vault), 10e18);
        _mintFor(treasurer, address(vouchers), 1000e18);
        _mintFor(bob, address(spots), PRICE);
        (, uint256 ad) = _newPair(alice);
        uint256 voucher = _buy(acme, DASH_CAM, 1);
        uint64 dueAt = uint64(block.timestamp + 30 days);
        e = new Entry[](11);
        e[0] = Entry(acme, address(vault), abi.encodeCall(StakeVault.stake, (providerLicense, 10e18)));
        e[1] = Entry(foundation, address(vault), abi.encodeCall(StakeVault.lend, (providerLicense, 10e18, dueAt)));
        e[2] = Entry(bob, address(book), abi.encodeCall(LicenseBook.applyFor, (ILicenseBook.Kind.App, HASH)));
        e[3] =
            Entry(acme, address(book), abi.encodeCall(LicenseBook.applyForDeviceType, (providerLicense, "hub", HASH)));
        e[4] = Entry(treasurer, address(vouchers), abi.encodeCall(MintVoucher.buy, (DASH_CAM, 1, 1000e18)));
        e[5] = Entry(treasurer, address(vouchers), abi.encodeCall(MintVoucher.buyFor, (acme, DASH_CAM, 1, 1000e18)));
        e[6] = Entry(acme, address(escrow), abi.encodeCall(DeviceEscrow.bond, (voucher, HARDWARE, ad)));
        e[7] = Entry(
            acme,
            address(spots),
            abi.encodeCall(PreorderSpot.openSale, (typeLicense, PRICE, 1, block.timestamp + 90 days, 0, HASH, ""))
        );
        e[8] = Entry(bob, address(spots), abi.encodeCall(PreorderSpot.buy, (saleId, 1, termsHash)));
        e[9] = Entry(node, address(attestations), abi.encodeCall(ConnectionAttestations.post, (HASH, "ipfs://leaves")));
        e[10] = Entry(
            carol,
            address(tribunal),
            abi.encodeCall(Court.open, (providerLicense, block.timestamp, "claim", "evidence", address(0), 0))
        );
    }

    function _pause(Entry[] memory e) private {
        IEmergencyPause.Function[] memory list = new IEmergencyPause.Function[](e.length);
        for (uint256 i = 0; i < e.length; ++i) {
            list[i] = IEmergencyPause.Function(e[i].target, bytes4(e[i].data));
        }
        vm.prank(guardian);
        pause.pause(list, DURATION, "reason");
    }

    function _try(Entry memory e) private returns (bool ok, bytes memory result) {
        vm.prank(e.caller);
        (ok, result) = e.target.call(e.data);
    }

    function _assertStopped(Entry memory e) private {
        (bool ok, bytes memory result) = _try(e);
        assertFalse(ok, "stopped");
        bytes memory reason = abi.encodeWithSelector(EmergencyPausable.FunctionIsPaused.selector, bytes4(e.data));
        assertEq(keccak256(result), keccak256(reason), "reason");
    }

    function _assertRuns(Entry memory e) private {
        (bool ok,) = _try(e);
        assertTrue(ok, "runs");
    }

    /// @dev From here on every function that can be stopped is stopped.
    function _stopEverything() private {
        address worst = address(new StopsEverything());
        vm.prank(governance);
        params.setAccount("pause", worst);
        _assertStopped(Entry(node, address(attestations), abi.encodeCall(attestations.post, (HASH, ""))));
    }

    // What stops ---------------------------------------------------------------------------------------------------

    /// @dev Each of the eleven functions, until the second at which the pause ends.
    function testFuzz_functionsThatTakeValueInOrStartSomethingStopUntilThePauseEnds(uint256 later) public {
        later = bound(later, 0, DURATION - 1);
        Entry[] memory e = _entries();
        uint256 start = block.timestamp;
        _pause(e);
        vm.warp(start + later);
        for (uint256 i = 0; i < e.length; ++i) {
            _assertStopped(e[i]);
        }
        vm.warp(start + DURATION);
        for (uint256 i = 0; i < e.length; ++i) {
            _assertRuns(e[i]);
        }
    }

    function test_aFunctionStopsAloneAndInItsOwnContractOnly() public {
        Entry[] memory e = _entries();
        Entry[] memory one = new Entry[](1);
        for (uint256 i = 0; i < e.length; ++i) {
            uint256 state = vm.snapshotState();
            one[0] = e[i];
            _pause(one);
            for (uint256 k = 0; k < e.length; ++k) {
                if (k == i) _assertStopped(e[k]);
                else _assertRuns(e[k]);
            }
            vm.revertToState(state);
        }
    }

    function test_resumedFunctionsRunAtOnce() public {
        Entry[] memory e = _entries();
        _pause(e);
        IEmergencyPause.Function[] memory list = new IEmergencyPause.Function[](1);
        list[0] = IEmergencyPause.Function(e[10].target, bytes4(e[10].data));
        vm.prank(governance);
        pause.resume(list);
        _assertRuns(e[10]);
        _assertStopped(e[0]);
    }

    function test_withoutASwitchNothingStops() public {
        Entry[] memory e = _entries();
        _pause(e);
        vm.prank(governance);
        params.setAccount("pause", address(0));
        assertEq(params.accountOrZero("pause"), address(0), "no switch");
        assertEq(params.accountOrZero("never named"), address(0), "no revert");
        for (uint256 i = 0; i < e.length; ++i) {
            _assertRuns(e[i]);
        }
    }

    // What does not ------------------------------------------------------------------------------------------------

    function test_stakeAndLicencesCanBeLeftWhateverIsStopped() public {
        uint256 dueAt = block.timestamp + 1 days;
        _post(acme, providerLicense, 10e18);
        _mintFor(foundation, address(vault), 30e18);
        vm.prank(foundation);
        vault.lend(providerLicense, 30e18, uint64(dueAt));
        uint256 applied = _appliedFor(bob, ILicenseBook.Kind.App);
        uint256 app = _appliedFor(alice, ILicenseBook.Kind.App);
        vm.startPrank(governance);
        book.overrule(app, HASH);
        book.grantRole(book.REPORTER_ROLE(), governance);
        book.reportMonth(app, 0, 50_000);
        vm.stopPrank();
        (, uint256 due,) = book.burnDue(app);
        _mintFor(alice, address(book), due);
        _stopEverything();

        vm.prank(acme);
        vault.withdraw(providerLicense, 0, 10e18);
        vm.prank(bob);
        book.withdrawApplication(applied);
        vm.prank(alice);
        book.payBurn(app, 0);
        vm.warp(dueAt);
        vm.prank(foundation);
        vault.withdraw(providerLicense, 2, 30e18);
        vm.prank(member);
        book.suspend(providerLicense, HASH);
        vm.prank(member);
        book.reinstate(providerLicense, HASH);
        vm.prank(acme);
        book.renounce(providerLicense);
        vm.warp(vault.releaseAt(providerLicense));
        uint256 rest = vault.stakeOf(providerLicense);
        vm.prank(acme);
        vault.withdraw(providerLicense, 0, rest);
        book.release(providerLicense);
        assertEq(_balance(acme), 10e18 + rest, "everything back");
        assertEq(vault.stakeOf(providerLicense), 0, "empty");
    }

    function test_applicationsAreDecidedWhateverIsStopped() public {
        uint256 first = _appliedFor(bob, ILicenseBook.Kind.App);
        uint256 second = _appliedFor(alice, ILicenseBook.Kind.App);
        _stopEverything();
        vm.startPrank(member);
        book.decide(first, true, HASH);
        book.raiseRequirement(first, 1e18, HASH);
        book.decide(second, false, HASH);
        vm.stopPrank();
        vm.startPrank(governance);
        book.reassign(first, mallory, HASH);
        book.revoke(first, HASH);
        vm.stopPrank();
        assertEq(uint256(book.stateOf(first)), uint256(ILicenseBook.State.Revoked), "governed");
    }

    function test_escrowsPayAndCloseWhateverIsStopped() public {
        (uint256 voucher,) = _bonded(DASH_CAM);
        uint256 other = _buy(acme, DASH_CAM, 3);
        _bond(acme, other, HARDWARE, _otherPair(OTHER_KEY, 2));
        _toEndOf(voucher, 1);
        (uint256 rootId, bytes32[] memory proof) = _attest(voucher, 1, alice);
        vm.prank(node);
        uint256 wrong = attestations.post(HASH, "");
        _stopEverything();

        escrow.settle(voucher, 1, alice, rootId, proof);
        vm.prank(node);
        attestations.withdraw(wrong);
        vm.prank(acme);
        vouchers.transferFrom(acme, bob, other + 1);
        vm.prank(alice);
        escrow.reportMalfunction(voucher, "first");
        vm.prank(acme);
        escrow.contestMalfunction(voucher, "answer");
        vm.prank(member);
        escrow.decideMalfunction(voucher, false, HASH);
        vm.prank(alice);
        escrow.reportMalfunction(voucher, "second");
        vm.warp(block.timestamp + params.get(K.ESCROW_DISPUTE_WINDOW));
        escrow.finalizeMalfunction(voucher);
        vm.warp(block.timestamp + 62 days);
        uint256 before = _balance(alice);
        escrow.claimStream(voucher);
        assertTrue(_balance(alice) > before, "streamed");
        vm.prank(alice);
        escrow.disconnect(other);
        vm.warp(block.timestamp + 365 days);
        escrow.close(other);
        _assertState(other, IDeviceEscrow.State.Closed, "closed");
        _revoke(providerLicense);
        escrow.noteRevocation(providerLicense);
        _assertConserved(voucher);
        _assertConserved(other);
    }

    function test_spotsAreRedeemedAndRefundedWhateverIsStopped() public {
        _mintFor(alice, address(spots), 2 * PRICE);
        vm.prank(alice);
        uint256 first = spots.buy(saleId, 2, termsHash);
        uint256 voucher = _buy(acme, DASH_CAM, 1);
        _stopEverything();
        vm.prank(acme);
        vouchers.transferFrom(acme, alice, voucher);
        vm.prank(alice);
        spots.redeem(first, voucher);
        vm.prank(acme);
        spots.cancelSale(saleId);
        vm.prank(alice);
        spots.refund(first + 1);
        assertEq(spots.held(), 0, "nothing kept");
        assertEq(_balance(alice), PRICE, "refunded");
        vm.prank(member);
        spots.publishTerms("terms", HASH, "");
    }

    function test_casesGoOnToTheirEndWhateverIsStopped() public {
        vm.prank(carol);
        uint256 settled = tribunal.open(nodeLicense, block.timestamp, "claim", "first", address(0), 0);
        uint256 ruled = _case("second");
        _stopEverything();
        vm.startPrank(acme);
        tribunal.respond(ruled, HASH);
        tribunal.declineMediation(ruled);
        vm.stopPrank();
        vm.startPrank(node);
        tribunal.respond(settled, HASH);
        tribunal.addEvidence(settled, HASH);
        tribunal.proposeSettlement(settled, 5000e18);
        vm.stopPrank();
        vm.prank(carol);
        tribunal.acceptSettlement(settled, 5000e18);
        Ruling memory r = _upheldFor(ruled, bob, 150_000e18);
        vm.prank(judge);
        tribunal.rule(ruled, r);
        vm.prank(acme);
        tribunal.appeal(ruled, HASH);
        vm.prank(judge);
        tribunal.rule(ruled, r);
        vm.warp(block.timestamp + 1);
        tribunal.close(ruled);
        tribunal.claim(ruled, bob, 1, new bytes32[](0));
        assertTrue(_balance(bob) != 0, "claimed");
        uint256 debt = tribunal.debtOf(acme);
        assertTrue(debt != 0, "insolvent");
        _mintFor(acme, address(tribunal), debt);
        vm.prank(acme);
        tribunal.payDebt(ruled, debt);
        assertEq(tribunal.debtOf(acme), 0, "paid");
        vm.warp(tribunal.claimsCloseAt(ruled) + 1);
        tribunal.sweepUnclaimed(ruled);
        assertEq(uint256(tribunal.phaseOf(ruled)), uint256(ICourt.Phase.Closed), "closed");
        assertEq(vault.openChallenges(providerLicense) + vault.openChallenges(nodeLicense), 0, "unlocked");
    }

    function test_aDisputedRootIsDecidedWhateverIsStopped() public {
        vm.prank(node);
        uint256 rootId = attestations.post(HASH, "");
        vm.prank(carol);
        uint256 id = tribunal.open(nodeLicense, block.timestamp, "claim", "evidence", address(attestations), rootId);
        _stopEverything();
        vm.warp(block.timestamp + 2 * WEEK + 1);
        vm.prank(judge);
        tribunal.rule(id, _upheld(20_000e18));
        vm.warp(block.timestamp + WEEK + 1);
        tribunal.close(id);
        assertEq(uint256(attestations.stateOf(rootId)), uint256(IConnectionAttestations.RootState.Void), "void");
    }
}
