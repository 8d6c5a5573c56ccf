// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ConnectionAttestations} from "../../src/devicemoney/ConnectionAttestations.sol";
import {IConnectionAttestations} from "../../src/interfaces/IConnectionAttestations.sol";
import {ILicenseBook} from "../../src/interfaces/ILicenseBook.sol";
import {CourtBase} from "../helpers/CourtBase.sol";

/// @title A posted root before the real court
contract AttestationDisputeTest is CourtBase {
    ConnectionAttestations private attestations;
    address private node = address(0x40DE);
    uint256 private nodeLicense;
    uint256 private rootId;

    function setUp() public override {
        super.setUp();
        attestations = ConnectionAttestations(
            _proxy(
                address(new ConnectionAttestations()),
                abi.encodeCall(ConnectionAttestations.initialize, (address(parameters), address(book), admin))
            )
        );
        vm.startPrank(admin);
        attestations.grantRole(attestations.COURT_ROLE(), address(court));
        rules.setSubject(address(attestations), true);
        vm.stopPrank();
        vm.prank(node);
        nodeLicense = book.applyFor(ILicenseBook.Kind.Node, "application");
        vm.prank(admin);
        book.overrule(nodeLicense, "analysis");
        _stake(node, nodeLicense, STAKE);
        vm.prank(node);
        rootId = attestations.post("root", "ipfs://leaves");
    }

    function _challenge(uint256 license) private returns (uint256) {
        vm.prank(carol);
        return court.open(license, block.timestamp, CLAIM_HASH, EVIDENCE, address(attestations), rootId);
    }

    function _decide(uint256 id, uint256 reparation) private {
        vm.prank(node);
        court.respond(id, "answer");
        vm.prank(node);
        court.declineMediation(id);
        _ruleAndClose(id, _ruling(reparation));
    }

    function _assertState(IConnectionAttestations.RootState state, string memory what) private view {
        assertEq(uint256(attestations.stateOf(rootId)), uint256(state), what);
    }

    function test_upheldCaseVoidsTheRootAndSlashesTheNode() public {
        uint256 id = _challenge(nodeLicense);
        _assertState(IConnectionAttestations.RootState.Disputed, "stopped");
        _decide(id, 20_000e18);
        _assertState(IConnectionAttestations.RootState.Void, "void");
        assertTrue(vault.stakeOf(nodeLicense) < STAKE, "slashed");
    }

    /// @dev Economy §4: otherwise a node whose stake is gone posts what it likes.
    function test_rootOfANodeWithoutStakeCanStillBeChallenged() public {
        vm.prank(carol);
        uint256 first = court.open(nodeLicense, block.timestamp, CLAIM_HASH, "first", address(0), 0);
        vm.startPrank(node);
        court.respond(first, "answer");
        court.proposeSettlement(first, STAKE);
        vm.stopPrank();
        vm.prank(carol);
        court.acceptSettlement(first, STAKE);
        assertEq(vault.stakeOf(nodeLicense), 0, "the stake is gone");
        uint256 id = _challenge(nodeLicense);
        _decide(id, 20_000e18);
        _assertState(IConnectionAttestations.RootState.Void, "void");
        assertEq(court.debtOf(node), 20_000e18 + FEE, "owed");
    }

    function test_lostCaseLetsTheRootCount() public {
        uint256 id = _challenge(nodeLicense);
        _decide(id, 0);
        _assertState(IConnectionAttestations.RootState.Final, "counts");
        assertEq(vault.stakeOf(nodeLicense), STAKE, "whole");
    }

    function test_caseAgainstAnotherLicenceOrAFinalRootIsRefused() public {
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(IConnectionAttestations.RootOfOtherLicense.selector, rootId, licenseId));
        court.open(licenseId, block.timestamp, CLAIM_HASH, EVIDENCE, address(attestations), rootId);
        vm.warp(block.timestamp + 7 days);
        vm.prank(carol);
        vm.expectRevert(
            abi.encodeWithSelector(
                IConnectionAttestations.RootNotOpen.selector, rootId, IConnectionAttestations.RootState.Final
            )
        );
        court.open(nodeLicense, block.timestamp, CLAIM_HASH, EVIDENCE, address(attestations), rootId);
    }
}
