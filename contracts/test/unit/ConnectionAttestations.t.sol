// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {IConnectionAttestations} from "../../src/interfaces/IConnectionAttestations.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {DeviceMoneyBase} from "../helpers/DeviceMoneyBase.sol";

contract ConnectionAttestationsTest is DeviceMoneyBase {
    bytes32 private constant ROOT = keccak256("root");
    bytes32[] private noProof;

    function _postRoot() private returns (uint256 id) {
        vm.prank(node);
        return attestations.post(ROOT, "ipfs://leaves");
    }

    function _assertState(uint256 id, IConnectionAttestations.RootState state, string memory what) private view {
        assertEq(uint256(attestations.stateOf(id)), uint256(state), what);
    }

    function _notOpen(uint256 id, IConnectionAttestations.RootState state) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IConnectionAttestations.RootNotOpen.selector, id, state);
    }

    function test_rootIsFinalAfterTheChallengeWindow() public {
        uint256 finalAt = block.timestamp + 7 days;
        vm.expectEmit(true, true, true, true, address(attestations));
        emit IConnectionAttestations.RootPosted(1, nodeLicense, ROOT, finalAt, "ipfs://leaves");
        uint256 id = _postRoot();
        _set(K.ATTEST_CHALLENGE_WINDOW, 1);
        vm.warp(finalAt - 1);
        _assertState(id, IConnectionAttestations.RootState.Posted, "window of the post");
        vm.warp(finalAt);
        _assertState(id, IConnectionAttestations.RootState.Final, "final");
        assertEq(attestations.rootOf(id).root, ROOT, "root");
        assertEq(attestations.rootOf(id).licenseId, nodeLicense, "licence");
    }

    function test_onlyActiveNodesPost() public {
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IConnectionAttestations.NodeNotActive.selector, mallory, 0));
        attestations.post(ROOT, "");
        // A provider licence is no node licence.
        vm.prank(acme);
        vm.expectRevert(abi.encodeWithSelector(IConnectionAttestations.NodeNotActive.selector, acme, 0));
        attestations.post(ROOT, "");
        vm.prank(node);
        vm.expectRevert(IConnectionAttestations.EmptyRoot.selector);
        attestations.post(0, "");
        _suspend(nodeLicense);
        vm.prank(node);
        vm.expectRevert(abi.encodeWithSelector(IConnectionAttestations.NodeNotActive.selector, node, nodeLicense));
        attestations.post(ROOT, "");
    }

    function test_posterTakesARootBackBeforeItIsFinal() public {
        uint256 id = _postRoot();
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IConnectionAttestations.NotPoster.selector, id, mallory));
        attestations.withdraw(id);
        vm.prank(node);
        attestations.withdraw(id);
        vm.warp(block.timestamp + 30 days);
        _assertState(id, IConnectionAttestations.RootState.Withdrawn, "withdrawn");
        uint256 next = _postRoot();
        vm.warp(block.timestamp + 7 days);
        vm.prank(node);
        vm.expectRevert(_notOpen(next, IConnectionAttestations.RootState.Final));
        attestations.withdraw(next);
    }

    function test_caseStopsTheRootAndVoidsItWhenUpheld() public {
        uint256 id = _postRoot();
        vm.expectEmit(true, true, true, true, address(attestations));
        emit IConnectionAttestations.RootDisputed(id, 7);
        vm.prank(court);
        attestations.onCaseOpened(7, id, nodeLicense);
        vm.warp(block.timestamp + 60 days);
        _assertState(id, IConnectionAttestations.RootState.Disputed, "stopped however long it takes");
        vm.prank(node);
        vm.expectRevert(_notOpen(id, IConnectionAttestations.RootState.Disputed));
        attestations.withdraw(id);
        vm.expectEmit(true, true, true, true, address(attestations));
        emit IConnectionAttestations.RootVoided(id, 7);
        vm.prank(court);
        attestations.onCaseClosed(7, id, true);
        _assertState(id, IConnectionAttestations.RootState.Void, "void");
        vm.expectRevert(
            abi.encodeWithSelector(
                IConnectionAttestations.RootNotFinal.selector, id, IConnectionAttestations.RootState.Void
            )
        );
        attestations.check(id, 1, 1, alice, noProof);
    }

    function test_rejectedCaseLetsTheRootCount() public {
        uint256 id = _postRoot();
        vm.startPrank(court);
        attestations.onCaseOpened(7, id, nodeLicense);
        attestations.onCaseOpened(8, id, nodeLicense);
        vm.warp(block.timestamp + 30 days);
        attestations.onCaseClosed(7, id, false);
        _assertState(id, IConnectionAttestations.RootState.Disputed, "the other case is open");
        attestations.onCaseClosed(8, id, false);
        _assertState(id, IConnectionAttestations.RootState.Final, "final");
        vm.stopPrank();
    }

    function test_voidStaysVoidWhateverOtherCasesSay() public {
        uint256 id = _postRoot();
        vm.startPrank(court);
        attestations.onCaseOpened(7, id, nodeLicense);
        attestations.onCaseOpened(8, id, nodeLicense);
        attestations.onCaseClosed(7, id, true);
        attestations.onCaseClosed(8, id, false);
        _assertState(id, IConnectionAttestations.RootState.Void, "void");
        vm.stopPrank();
    }

    function test_caseNeedsAnOpenRootOfThatLicence() public {
        uint256 id = _postRoot();
        bytes32 role = attestations.COURT_ROLE();
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, mallory, role));
        attestations.onCaseOpened(1, id, nodeLicense);
        vm.prank(mallory);
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, mallory, role));
        attestations.onCaseClosed(1, id, true);
        vm.startPrank(court);
        vm.expectRevert(_notOpen(id + 1, IConnectionAttestations.RootState.None));
        attestations.onCaseOpened(1, id + 1, nodeLicense);
        vm.expectRevert(
            abi.encodeWithSelector(IConnectionAttestations.RootOfOtherLicense.selector, id, providerLicense)
        );
        attestations.onCaseOpened(1, id, providerLicense);
        attestations.onCaseOpened(1, id, nodeLicense);
        vm.expectRevert(abi.encodeWithSelector(IConnectionAttestations.CaseKnown.selector, 1));
        attestations.onCaseOpened(1, id, nodeLicense);
        vm.expectRevert(abi.encodeWithSelector(IConnectionAttestations.CaseUnknown.selector, 2, id));
        attestations.onCaseClosed(2, id, true);
        attestations.onCaseClosed(1, id, false);
        vm.expectRevert(abi.encodeWithSelector(IConnectionAttestations.CaseUnknown.selector, 1, id));
        attestations.onCaseClosed(1, id, true);
        vm.warp(block.timestamp + 7 days);
        vm.expectRevert(_notOpen(id, IConnectionAttestations.RootState.Final));
        attestations.onCaseOpened(3, id, nodeLicense);
        vm.stopPrank();
    }

    /// @dev Economy §5: double hash, so that an inner node is never a leaf.
    function testFuzz_leaf(uint256 voucher, uint256 period, address owner) public view {
        assertEq(
            attestations.leafOf(voucher, period, owner),
            keccak256(bytes.concat(keccak256(abi.encode(voucher, period, owner)))),
            "leaf"
        );
    }
}
