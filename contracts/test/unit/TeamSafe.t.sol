// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {TeamRoster} from "../../src/governance/TeamRoster.sol";
import {TeamSafe} from "../../src/governance/TeamSafe.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {ITeamSafe} from "../../src/interfaces/ITeamSafe.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {Parameters} from "../../src/parameters/Parameters.sol";
import {Calls} from "../helpers/Calls.sol";
import {Wallet} from "../helpers/Mocks.sol";
import {ProfileLoader} from "../helpers/Profile.sol";

contract TeamSafeTest is Calls, ProfileLoader {
    string private constant BATCH =
        "Batch(Call[] calls,uint256 nonce,uint256 deadline)Call(address target,uint256 value,bytes data)";

    struct Batch {
        ITeamSafe.Call[] calls;
        uint256 nonce;
        uint256 deadline;
    }

    address private admin = address(0xAD);
    /// @dev Keys in the order of their addresses.
    uint256[3] private keys;
    address[] private owners;

    TeamSafe private safe;
    Parameters private parameters;
    TeamRoster private roster;

    function setUp() public {
        vm.warp(1_800_000_000);
        keys = [uint256(0xA11CE), 0xB0B, 0xCA201];
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (vm.addr(keys[j]) < vm.addr(keys[i])) (keys[i], keys[j]) = (keys[j], keys[i]);
            }
            owners.push(vm.addr(keys[i]));
        }
        safe = new TeamSafe(owners, 2);
        parameters = _deployParameters("seed", admin);
        roster = _deployRoster(parameters, admin);
        vm.prank(admin);
        roster.appoint(address(safe), block.timestamp + 30 days);
    }

    /// @dev The team may be an m-of-n account.
    function test_twoOfThreeActAsTeamMember() public {
        ITeamSafe.Call[] memory calls = _raise(150_000e18);
        bytes32 digest = safe.hashOf(calls, 0, _soon());
        vm.expectEmit(true, true, true, true, address(safe));
        emit ITeamSafe.BatchExecuted(0, digest, 1);
        safe.execute(calls, _soon(), _approve(digest, 0, 2));
        assertEq(parameters.get(K.STAKE_PROVIDER), 150_000e18, "raised");
        assertEq(safe.nonce(), 1, "nonce");
        vm.warp(block.timestamp + 30 days);
        calls = _raise(160_000e18);
        ITeamSafe.Approval[] memory approvals = _approve(safe.hashOf(calls, 1, _soon()), 0, 2);
        _refused(
            admin,
            address(safe),
            abi.encodeCall(ITeamSafe.execute, (calls, _soon(), approvals)),
            abi.encodeWithSelector(IParameters.NotTeam.selector, address(safe))
        );
    }

    function test_digestIsEip712() public view {
        ITeamSafe.Call[] memory calls = new ITeamSafe.Call[](2);
        calls[0] = ITeamSafe.Call(address(1), 2, hex"0304");
        calls[1] = ITeamSafe.Call(address(5), 6, "");
        bytes32 message = vm.eip712HashStruct(BATCH, abi.encode(Batch(calls, 7, 8)));
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Milepost TeamSafe"),
                keccak256("1"),
                block.chainid,
                address(safe)
            )
        );
        assertEq(
            safe.hashOf(calls, 7, 8), keccak256(abi.encodePacked(hex"1901", domain, message)), "independent encoding"
        );
    }

    function test_tooFewForeignRepeatedAndFalseApprovalsAreRefused() public {
        ITeamSafe.Call[] memory calls = _raise(150_000e18);
        bytes32 digest = safe.hashOf(calls, 0, _soon());
        _executeRefused(calls, _approve(digest, 0, 1), abi.encodeWithSelector(ITeamSafe.TooFewApprovals.selector, 1, 2));
        ITeamSafe.Approval[] memory approvals = _approve(digest, 0, 2);
        approvals[1] = approvals[0];
        _executeRefused(
            calls, approvals, abi.encodeWithSelector(ITeamSafe.OwnersNotAscending.selector, owners[0], owners[0])
        );
        address stranger = address(type(uint160).max);
        approvals[1].owner = stranger;
        _executeRefused(calls, approvals, abi.encodeWithSelector(ITeamSafe.NotOwner.selector, stranger));
        approvals = _approve(digest, 0, 2);
        approvals[1].owner = owners[2];
        _executeRefused(calls, approvals, abi.encodeWithSelector(ITeamSafe.BadApproval.selector, owners[2]));
        approvals = _approve(safe.hashOf(calls, 1, _soon()), 0, 2);
        _executeRefused(calls, approvals, abi.encodeWithSelector(ITeamSafe.BadApproval.selector, owners[0]));
    }

    function testFuzz_aBatchIsBoundToItsCallsNonceDeadlineAndSafe(uint256 change) public {
        ITeamSafe.Call[] memory calls = _raise(150_000e18);
        uint256 deadline = _soon();
        change = bound(change, 0, 3);
        TeamSafe other = new TeamSafe(owners, 2);
        bytes32 digest = (change == 0 ? other : safe).hashOf(calls, change == 1 ? 1 : 0, deadline);
        ITeamSafe.Approval[] memory approvals = _approve(digest, 0, 2);
        if (change == 2) deadline += 1;
        if (change == 3) calls = _raise(150_000e18 + 1);
        _refused(
            admin,
            address(safe),
            abi.encodeCall(ITeamSafe.execute, (calls, deadline, approvals)),
            abi.encodeWithSelector(ITeamSafe.BadApproval.selector, owners[0])
        );
    }

    function test_aBatchWorksOnceAndInTime() public {
        ITeamSafe.Call[] memory calls = _raise(150_000e18);
        uint256 deadline = _soon();
        ITeamSafe.Approval[] memory approvals = _approve(safe.hashOf(calls, 0, deadline), 1, 2);
        vm.warp(deadline + 1);
        bytes memory data = abi.encodeCall(ITeamSafe.execute, (calls, deadline, approvals));
        _refused(admin, address(safe), data, abi.encodeWithSelector(ITeamSafe.Expired.selector, deadline));
        vm.warp(deadline);
        safe.execute(calls, deadline, approvals);
        _refused(admin, address(safe), data, abi.encodeWithSelector(ITeamSafe.BadApproval.selector, owners[1]));
    }

    function test_anEmptyBatchCancelsWhatWasSignedForItsNonce() public {
        ITeamSafe.Call[] memory calls = _raise(150_000e18);
        ITeamSafe.Approval[] memory approvals = _approve(safe.hashOf(calls, 0, _soon()), 0, 2);
        ITeamSafe.Call[] memory none = new ITeamSafe.Call[](0);
        safe.execute(none, _soon(), _approve(safe.hashOf(none, 0, _soon()), 0, 2));
        _executeRefused(calls, approvals, abi.encodeWithSelector(ITeamSafe.BadApproval.selector, owners[0]));
    }

    function test_oneFailingCallRevertsAllWithItsReason() public {
        ITeamSafe.Call[] memory calls = new ITeamSafe.Call[](2);
        calls[0] = _raise(150_000e18)[0];
        calls[1] = _raise(1)[0];
        ITeamSafe.Approval[] memory approvals = _approve(safe.hashOf(calls, 0, _soon()), 0, 2);
        _executeRefused(
            calls, approvals, abi.encodeWithSelector(IParameters.BelowFloor.selector, K.STAKE_PROVIDER, 1, 100_000e18)
        );
        assertEq(parameters.get(K.STAKE_PROVIDER), 100_000e18, "nothing happened");
        assertEq(safe.nonce(), 0, "nonce unused");
    }

    function test_onlyTheSafeChangesItsOwners() public {
        address[] memory next = new address[](1);
        next[0] = owners[2];
        bytes memory data = abi.encodeCall(ITeamSafe.setOwners, (next, 1));
        _refused(owners[0], address(safe), data, abi.encodeWithSelector(ITeamSafe.NotSelf.selector, owners[0]));
        ITeamSafe.Call[] memory calls = new ITeamSafe.Call[](1);
        calls[0] = ITeamSafe.Call(address(safe), 0, data);
        vm.expectEmit(true, true, true, true, address(safe));
        emit ITeamSafe.OwnersChanged(next, 1);
        safe.execute(calls, _soon(), _approve(safe.hashOf(calls, 0, _soon()), 0, 2));
        assertFalse(safe.isOwner(owners[0]), "out");
        assertTrue(safe.isOwner(owners[2]), "stays");
        assertEq(safe.threshold(), 1, "threshold");
        assertEq(safe.owners().length, 1, "owners");
        calls = _raise(150_000e18);
        ITeamSafe.Approval[] memory approvals = _approve(safe.hashOf(calls, 1, _soon()), 0, 1);
        _executeRefused(calls, approvals, abi.encodeWithSelector(ITeamSafe.NotOwner.selector, owners[0]));
        safe.execute(calls, _soon(), _approve(safe.hashOf(calls, 1, _soon()), 2, 1));
    }

    function test_ownersAreDistinctAndTheThresholdCanBeReached() public {
        vm.expectRevert(abi.encodeWithSelector(ITeamSafe.InvalidThreshold.selector, 0, 3));
        new TeamSafe(owners, 0);
        vm.expectRevert(abi.encodeWithSelector(ITeamSafe.InvalidThreshold.selector, 4, 3));
        new TeamSafe(owners, 4);
        vm.expectRevert(abi.encodeWithSelector(ITeamSafe.InvalidThreshold.selector, 1, 33));
        new TeamSafe(new address[](33), 1);
        address[] memory list = new address[](2);
        vm.expectRevert(abi.encodeWithSelector(ITeamSafe.InvalidOwner.selector, address(0)));
        new TeamSafe(list, 1);
        (list[0], list[1]) = (owners[0], owners[0]);
        vm.expectRevert(abi.encodeWithSelector(ITeamSafe.OwnersNotAscending.selector, owners[0], owners[0]));
        new TeamSafe(list, 1);
    }

    function test_signsAsAContractAndAcceptsContractsAsOwners() public {
        // The safe itself owns another safe.
        address[] memory list = new address[](2);
        Wallet wallet = new Wallet(owners[0]);
        (list[0], list[1]) =
            address(safe) < address(wallet) ? (address(safe), address(wallet)) : (address(wallet), address(safe));
        TeamSafe outer = new TeamSafe(list, 2);
        ITeamSafe.Call[] memory none = new ITeamSafe.Call[](0);
        bytes32 digest = outer.hashOf(none, 0, _soon());
        ITeamSafe.Approval[] memory approvals = new ITeamSafe.Approval[](2);
        for (uint256 i = 0; i < 2; ++i) {
            bool isSafe = list[i] == address(safe);
            approvals[i] = ITeamSafe.Approval(
                list[i], isSafe ? abi.encode(_approve(safe.hashOfMessage(digest), 1, 2)) : _signature(keys[0], digest)
            );
        }
        outer.execute(none, _soon(), approvals);
        assertEq(outer.nonce(), 1, "both approved");
        bytes memory signature = abi.encode(_approve(safe.hashOfMessage(digest), 0, 3));
        assertTrue(safe.isValidSignature(digest, signature) == IERC1271.isValidSignature.selector, "all three");
        // Owners' plain signatures of the hash are not the safe's.
        signature = abi.encode(_approve(digest, 0, 2));
        vm.expectRevert(abi.encodeWithSelector(ITeamSafe.BadApproval.selector, owners[0]));
        safe.isValidSignature(digest, signature);
    }

    function _raise(uint256 value) private view returns (ITeamSafe.Call[] memory calls) {
        calls = new ITeamSafe.Call[](1);
        calls[0] = ITeamSafe.Call(address(parameters), 0, abi.encodeCall(IParameters.raise, (K.STAKE_PROVIDER, value)));
    }

    function _soon() private view returns (uint256) {
        return block.timestamp + 1 hours;
    }

    function _approve(bytes32 digest, uint256 first, uint256 count)
        private
        view
        returns (ITeamSafe.Approval[] memory approvals)
    {
        approvals = new ITeamSafe.Approval[](count);
        for (uint256 i = 0; i < count; ++i) {
            approvals[i] = ITeamSafe.Approval(owners[first + i], _signature(keys[first + i], digest));
        }
    }

    function _signature(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _executeRefused(ITeamSafe.Call[] memory calls, ITeamSafe.Approval[] memory approvals, bytes memory reason)
        private
    {
        _refused(admin, address(safe), abi.encodeCall(ITeamSafe.execute, (calls, _soon(), approvals)), reason);
    }
}
