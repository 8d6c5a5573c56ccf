// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

import {DimoGovernor} from "../../src/governance/DimoGovernor.sol";
import {DimoTimelock} from "../../src/governance/DimoTimelock.sol";
import {IDIMORegistry} from "../../src/interfaces/IDIMORegistry.sol";
import {IDimoGovernor} from "../../src/interfaces/IDimoGovernor.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {IMulticallModule} from "../../src/interfaces/IRegistryCore.sol";
import {ITeamRoster} from "../../src/interfaces/ITeamRoster.sol";
import {ParameterKeys as K} from "../../src/libraries/ParameterKeys.sol";
import {Parameters} from "../../src/parameters/Parameters.sol";
import {GovernanceBase} from "../helpers/Governance.sol";

/// @dev Votes counted by block, as in most tokens.
contract BlockVotes is ERC20Votes {
    constructor() ERC20("Block", "BLK") EIP712("Block", "1") {}
}

contract GovernanceTest is GovernanceBase {
    uint8 private constant AGAINST = 0;
    uint8 private constant FOR = 1;
    uint8 private constant ABSTAIN = 2;

    address private proposer = address(0x50);
    address private whale = address(0x3A1E);
    address[20] private voters;

    function setUp() public {
        _deployGovernance();
        // The whale has 40 %, twenty voters 2.5 % each, the proposer 1 %; 9 % never vote.
        _votes(whale, SUPPLY * 40 / 100);
        _votes(proposer, SUPPLY / 100);
        for (uint256 i = 0; i < voters.length; ++i) {
            voters[i] = address(uint160(0x1000 + i));
            _votes(voters[i], SUPPLY * 25 / 1000);
        }
        vm.prank(admin);
        token.mint(address(0xDEAD), SUPPLY * 9 / 100);
        assertEq(token.totalSupply(), SUPPLY, "supply");
        vm.warp(START + 1 hours);
    }

    // From proposal to effect --------------------------------------------------------------------------------------

    function test_voteChangesAParameterAfterEightDaysAndNinetySixHours() public {
        bytes memory data = abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 50_000e18));
        uint256 id = _propose(address(parameters), data);
        assertTrue(governor.state(id) == IGovernor.ProposalState.Pending, "pending");
        vm.warp(START + 1 hours + 1 days);
        assertTrue(governor.state(id) == IGovernor.ProposalState.Pending, "delay");
        vm.warp(START + 1 hours + 1 days + 1);
        _cast(id, FOR, 2);
        vm.warp(START + 1 hours + 8 days);
        assertTrue(governor.state(id) == IGovernor.ProposalState.Active, "open seven days");
        vm.warp(START + 1 hours + 8 days + 1);
        assertTrue(governor.state(id) == IGovernor.ProposalState.Succeeded, "passed");
        _queue(address(parameters), data);
        uint256 queued = START + 1 hours + 8 days + 1;
        assertEq(governor.proposalEta(id), queued + 96 hours, "96 hours");
        vm.warp(queued + 96 hours - 1);
        vm.expectRevert();
        _execute(address(parameters), data);
        vm.warp(queued + 96 hours);
        _execute(address(parameters), data);
        assertEq(parameters.get(K.STAKE_PROVIDER), 50_000e18, "in force");
        assertEq(parameters.floorOf(K.STAKE_PROVIDER), 50_000e18, "floor");
    }

    function test_votesAreNeededToPropose() public {
        address small = address(0x51);
        _votes(small, 5_000_000e18 - 1);
        vm.warp(block.timestamp + 1);
        bytes memory data = abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 0));
        (address[] memory t, uint256[] memory v, bytes[] memory c) = _lists(address(parameters), data);
        _refused(
            small,
            address(governor),
            abi.encodeCall(IGovernor.propose, (t, v, c, "d")),
            abi.encodeWithSelector(
                IGovernor.GovernorInsufficientProposerVotes.selector, small, 5_000_000e18 - 1, 5_000_000e18
            )
        );
        vm.prank(admin);
        token.mint(small, 1);
        vm.warp(block.timestamp + 1);
        vm.prank(small);
        governor.propose(t, v, c, "d");
    }

    /// @dev D1-10, D1-19: the team comes from a vote, and a vote overrules it.
    function test_voteAppointsATeamAndOverrulesIt() public {
        address member = address(0x7EA);
        uint256 until = block.timestamp + 100 days;
        _pass(address(roster), abi.encodeCall(ITeamRoster.appoint, (member, until)), 2);
        vm.prank(member);
        parameters.raise(K.STAKE_PROVIDER, 300_000e18);
        _pass(address(parameters), abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 100_000e18)), 2);
        assertEq(parameters.get(K.STAKE_PROVIDER), 100_000e18, "overruled");
        _pass(address(roster), abi.encodeCall(ITeamRoster.dismiss, (member)), 2);
        assertFalse(roster.isMember(member), "dismissed");
    }

    function test_nobodyElseHasThePowersOfTheVote() public {
        bytes32 role = keccak256("GOVERNANCE_ROLE");
        address[3] memory callers = [admin, whale, address(governor)];
        for (uint256 i = 0; i < callers.length; ++i) {
            _refusedForRole(
                callers[i], role, address(parameters), abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 1))
            );
            _refusedForRole(
                callers[i], 0, address(parameters), abi.encodeCall(parameters.grantRole, (role, callers[i]))
            );
            _refused(
                callers[i],
                address(governor),
                abi.encodeCall(IDimoGovernor.setLevel, (address(parameters), bytes4(0), 2)),
                abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, callers[i])
            );
        }
    }

    // Levels -------------------------------------------------------------------------------------------------------

    function test_level1NeedsMoreThanHalf() public {
        bytes memory data = abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 1));
        assertTrue(_result(address(parameters), data, 3, 3, 0) == IGovernor.ProposalState.Defeated, "half");
        data = abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 2));
        assertTrue(_result(address(parameters), data, 4, 3, 0) == IGovernor.ProposalState.Succeeded, "more");
    }

    function test_level2NeedsMoreThanSixtyPercentAndFivePercentOfTheSupply() public {
        bytes4 selector = IParameters.set.selector;
        _pass(address(governor), abi.encodeCall(IDimoGovernor.setLevel, (address(parameters), selector, 2)), 20);
        bytes memory data = abi.encodeCall(IParameters.set, (K.STAKE_APP, 1));
        assertEq(governor.levelOf(address(parameters), data), 2, "level");
        assertTrue(_result(address(parameters), data, 6, 4, 0) == IGovernor.ProposalState.Defeated, "60 %");
        data = abi.encodeCall(IParameters.set, (K.STAKE_APP, 2));
        assertTrue(_result(address(parameters), data, 7, 4, 0) == IGovernor.ProposalState.Succeeded, "63.6 %");
        data = abi.encodeCall(IParameters.set, (K.STAKE_APP, 3));
        assertTrue(_result(address(parameters), data, 1, 0, 0) == IGovernor.ProposalState.Defeated, "2.5 % took part");
        data = abi.encodeCall(IParameters.set, (K.STAKE_APP, 4));
        assertTrue(
            _result(address(parameters), data, 1, 0, 1) == IGovernor.ProposalState.Succeeded, "5 % with abstentions"
        );
    }

    function test_level3NeedsMoreThanSeventyPercentAndTenPercentOfTheSupply() public {
        bytes memory data = abi.encodeCall(IParameters.set, (K.GOV_VOTING_DELAY, 1));
        assertTrue(_result(address(parameters), data, 7, 3, 0) == IGovernor.ProposalState.Defeated, "70 %");
        data = abi.encodeCall(IParameters.set, (K.GOV_VOTING_DELAY, 2));
        assertTrue(_result(address(parameters), data, 8, 3, 0) == IGovernor.ProposalState.Succeeded, "72.7 %");
        data = abi.encodeCall(IParameters.set, (K.GOV_VOTING_DELAY, 3));
        assertTrue(_result(address(parameters), data, 3, 0, 0) == IGovernor.ProposalState.Defeated, "7.5 % took part");
        data = abi.encodeCall(IParameters.set, (K.GOV_VOTING_DELAY, 4));
        assertTrue(_result(address(parameters), data, 3, 0, 1) == IGovernor.ProposalState.Succeeded, "10 %");
    }

    function test_aProposalHasTheLevelOfItsHighestCall() public {
        (address[] memory t, uint256[] memory v, bytes[] memory c) =
            (new address[](2), new uint256[](2), new bytes[](2));
        (t[0], t[1]) = (address(parameters), address(parameters));
        c[0] = abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 1));
        c[1] = abi.encodeCall(IParameters.set, (K.GOV_TIMELOCK, 1 hours));
        vm.prank(proposer);
        uint256 id = governor.propose(t, v, c, "both");
        IDimoGovernor.Rules memory rules = governor.rulesOf(id);
        assertEq(rules.level, 3, "level");
        assertEq(rules.forBps, 7000, "for");
        assertEq(rules.quorumBps, 1000, "quorum");
        assertEq(rules.capBps, 500, "cap");
    }

    /// @dev A simple majority must not be able to lower the bar that is above it.
    function test_whatLowersTheBarIsAlwaysOfLevel3() public {
        bytes[9] memory calls = [
            abi.encodeCall(IParameters.set, (K.GOV_LEVEL3_BPS, 5000)),
            abi.encodeCall(IParameters.setMany, (_keys(K.STAKE_PROVIDER, K.GOV_TIMELOCK), new uint256[](2))),
            abi.encodeCall(IParameters.adopt, ("x", 1, new bytes32[](0), new uint256[](0))),
            abi.encodeWithSignature("upgradeToAndCall(address,bytes)", address(1), ""),
            abi.encodeWithSignature("upgradeTo(address)", address(1)),
            abi.encodeWithSignature("grantRole(bytes32,address)", bytes32(0), address(1)),
            abi.encodeWithSignature("transferOwnership(address)", address(1)),
            abi.encodeCall(IDimoGovernor.setLevel, (address(parameters), bytes4(0), 1)),
            bytes("")
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            address target = i < 7 ? address(parameters) : address(governor);
            assertEq(governor.levelOf(target, calls[i]), 3, "highest");
            assertEq(governor.levelOf(address(timelock), calls[i]), 3, "timelock");
            assertEq(governor.levelOf(address(governor), calls[i]), 3, "governor");
        }
        assertEq(governor.levelOf(address(token), calls[3]), 3, "upgrade of anything");
        assertEq(governor.levelOf(address(parameters), abi.encodeCall(IParameters.set, (K.STAKE_APP, 1))), 1, "plain");
        bytes memory two = abi.encodeCall(IParameters.setMany, (_keys(K.STAKE_APP, K.STAKE_CLIENT), new uint256[](2)));
        assertEq(governor.levelOf(address(parameters), two), 1, "plain list");
        assertEq(governor.levelOf(address(token), calls[0]), 1, "same selector elsewhere");
        // Not even a level 3 vote takes these down.
        _pass(
            address(governor),
            abi.encodeCall(IDimoGovernor.setLevel, (address(parameters), IParameters.adopt.selector, 1)),
            20
        );
        assertEq(governor.levelOf(address(parameters), calls[2]), 3, "fixed");
    }

    /// @dev The registry's code is its modules, and a batch is every call of the registry.
    function test_modulesAndBatchesOfARegistryAreAlwaysOfLevel3() public view {
        bytes[] memory batch = new bytes[](1);
        batch[0] = abi.encodeWithSignature("grantRole(bytes32,address)", bytes32(0), address(1));
        bytes4[] memory none = new bytes4[](0);
        bytes[4] memory calls = [
            abi.encodeCall(IDIMORegistry.addModule, (address(1), none)),
            abi.encodeCall(IDIMORegistry.removeModule, (address(1), none)),
            abi.encodeCall(IDIMORegistry.updateModule, (address(1), address(2), none, none)),
            abi.encodeCall(IMulticallModule.multiDelegateCall, (batch))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            assertEq(governor.levelOf(address(0x4E6), calls[i]), 3, "highest");
        }
    }

    /// @dev Taking a right away, and naming who judges, guards, pays and is paid, change as much as giving a right.
    function test_rolesWiringAndSupplyAreAlwaysOfLevel3() public {
        bytes4[15] memory selectors = [
            bytes4(keccak256("revokeRole(bytes32,address)")),
            bytes4(keccak256("renounceRole(bytes32,address)")),
            bytes4(keccak256("renounceRole(bytes32)")),
            bytes4(keccak256("setRoleAdmin(bytes32,bytes32)")),
            bytes4(keccak256("renounceOwnership()")),
            bytes4(keccak256("setAccount(bytes32,address)")),
            bytes4(keccak256("setAdjudicator(uint8,address)")),
            bytes4(keccak256("setSubject(address,bool)")),
            bytes4(keccak256("setCourt(address)")),
            bytes4(keccak256("setStakeVault(address)")),
            bytes4(keccak256("setStakeTerms(address)")),
            bytes4(keccak256("setCurrency(uint256,address)")),
            bytes4(keccak256("setEscrow(address)")),
            bytes4(keccak256("mint(address,uint256)")),
            bytes4(keccak256("multiDelegateCall(bytes[])"))
        ];
        for (uint256 i = 0; i < selectors.length; ++i) {
            assertEq(governor.levelOf(address(0x4E6), abi.encodePacked(selectors[i])), 3, "highest");
        }
        bytes memory lower = abi.encodeCall(IDimoGovernor.setLevel, (address(parameters), selectors[5], 1));
        _pass(address(governor), lower, 20);
        bytes memory data = abi.encodeCall(IParameters.setAccount, ("treasury", address(1)));
        assertEq(governor.levelOf(address(parameters), data), 3, "whatever was set");
        assertEq(
            governor.levelOf(address(token), abi.encodeWithSignature("mint(address)", proposer)), 1, "another mint"
        );
    }

    function test_levelsAreOneToThree() public {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 level = i * 4;
            bytes memory data = abi.encodeCall(IDimoGovernor.setLevel, (address(token), bytes4(0), level));
            _carry(address(governor), data, 20);
            vm.expectRevert(abi.encodeWithSelector(IDimoGovernor.InvalidLevel.selector, level));
            _execute(address(governor), data);
        }
    }

    // Cap and quorum -----------------------------------------------------------------------------------------------

    function test_aWhaleCountsForFivePercent() public {
        bytes memory data = abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 1));
        uint256 id = _propose(address(parameters), data);
        _open(id);
        assertEq(governor.voterCap(id), SUPPLY / 20, "cap");
        vm.prank(whale);
        assertEq(governor.castVote(id, FOR), SUPPLY / 20, "counted");
        (, uint256 inFavour,) = governor.proposalVotes(id);
        assertEq(inFavour, SUPPLY / 20, "not 40 %");
        // Two voters with 2.5 % each and one more stop 40 %.
        _cast(id, AGAINST, 3);
        vm.warp(governor.proposalDeadline(id) + 1);
        assertTrue(governor.state(id) == IGovernor.ProposalState.Defeated, "surplus does not count");
    }

    function test_theCapCountsForTheQuorumToo() public {
        bytes memory data = abi.encodeCall(IParameters.set, (K.GOV_VOTING_DELAY, 5));
        uint256 id = _propose(address(parameters), data);
        _open(id);
        vm.prank(whale);
        governor.castVote(id, FOR);
        vm.warp(governor.proposalDeadline(id) + 1);
        assertEq(governor.proposalQuorum(id), SUPPLY / 10, "10 %");
        assertTrue(governor.state(id) == IGovernor.ProposalState.Defeated, "5 % of 10 %");
    }

    function testFuzz_tallyFollowsTheRules(uint256 inFavour, uint256 against, uint256 abstain) public {
        inFavour = bound(inFavour, 0, 20);
        against = bound(against, 0, 20 - inFavour);
        abstain = bound(abstain, 0, 20 - inFavour - against);
        bytes memory data = abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 7));
        // Each voter has 25/1000 of the supply; level 1 needs 30/1000.
        bool passes = inFavour * 2 > inFavour + against && (inFavour + against + abstain) * 25 >= 30;
        IGovernor.ProposalState state = _result(address(parameters), data, inFavour, against, abstain);
        assertTrue(
            state == (passes ? IGovernor.ProposalState.Succeeded : IGovernor.ProposalState.Defeated), "by the rules"
        );
    }

    function test_votesAreThoseOfTheSnapshot() public {
        bytes memory data = abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 1));
        uint256 id = _propose(address(parameters), data);
        _open(id);
        vm.startPrank(voters[0]);
        token.transfer(address(0x77), token.balanceOf(voters[0]));
        vm.stopPrank();
        vm.prank(address(0x77));
        token.delegate(address(0x77));
        vm.prank(address(0x77));
        assertEq(governor.castVote(id, FOR), 0, "bought afterwards");
        vm.prank(voters[0]);
        assertEq(governor.castVote(id, FOR), SUPPLY * 25 / 1000, "sold afterwards");
        _refused(
            voters[0],
            address(governor),
            abi.encodeCall(IGovernor.castVote, (id, FOR)),
            abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, voters[0])
        );
    }

    function test_rulesOfARunningProposalDoNotMove() public {
        bytes memory harder = abi.encodeCall(IParameters.set, (K.GOV_QUORUM1_BPS, 500));
        bytes memory plain = abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 1));
        _carry(address(parameters), harder, 20);
        uint256 id = _propose(address(parameters), plain);
        _execute(address(parameters), harder);
        assertEq(parameters.get(K.GOV_QUORUM1_BPS), 500, "new quorum");
        assertEq(governor.rulesOf(id).quorumBps, 300, "old rules");
        _open(id);
        assertEq(governor.proposalQuorum(id), SUPPLY * 3 / 100, "old quorum");
        assertEq(governor.quorum(governor.proposalSnapshot(id)), SUPPLY * 5 / 100, "of a new proposal");
    }

    // Timelock -----------------------------------------------------------------------------------------------------

    function test_theDelayIsAParameterOnly() public {
        assertEq(timelock.getMinDelay(), 96 hours, "seed");
        _pass(address(parameters), abi.encodeCall(IParameters.set, (K.GOV_TIMELOCK, 48 hours)), 20);
        assertEq(timelock.getMinDelay(), 48 hours, "changed");
        _refused(
            address(timelock),
            address(timelock),
            abi.encodeCall(TimelockController.updateDelay, (0)),
            abi.encodeWithSelector(DimoTimelock.DelayIsAParameter.selector)
        );
    }

    function test_proposerCancelsBeforeTheVoteOnly() public {
        bytes memory data = abi.encodeCall(IParameters.set, (K.STAKE_PROVIDER, 1));
        uint256 id = _propose(address(parameters), data);
        (address[] memory t, uint256[] memory v, bytes[] memory c) = _lists(address(parameters), data);
        bytes memory cancel = abi.encodeCall(IGovernor.cancel, (t, v, c, keccak256("d")));
        _refused(
            whale,
            address(governor),
            cancel,
            abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, whale)
        );
        vm.prank(proposer);
        governor.cancel(t, v, c, keccak256("d"));
        assertTrue(governor.state(id) == IGovernor.ProposalState.Canceled, "cancelled");
    }

    function test_aTokenCountedByBlockIsRefused() public {
        address byBlock = address(new BlockVotes());
        vm.expectRevert(
            abi.encodeWithSelector(IDimoGovernor.UnsupportedClock.selector, "mode=blocknumber&from=default")
        );
        new DimoGovernor(byBlock, payable(address(timelock)), address(parameters));
        assertEq(token.CLOCK_MODE(), "mode=timestamp", "token");
        assertEq(token.clock(), block.timestamp, "clock");
        assertEq(governor.CLOCK_MODE(), "mode=timestamp", "governor");
    }

    // Upgrades -----------------------------------------------------------------------------------------------------

    function test_voteOfLevel3UpgradesParametersAndKeepsTheValues() public {
        Parameters next = new Parameters();
        bytes memory data = abi.encodeCall(parameters.upgradeToAndCall, (address(next), ""));
        _pass(address(parameters), data, 20);
        bytes32 slot = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc;
        assertEq(address(uint160(uint256(vm.load(address(parameters), slot)))), address(next), "implementation");
        assertEq(parameters.get(K.STAKE_PROVIDER), 100_000e18, "values stay");
    }

    // Steps --------------------------------------------------------------------------------------------------------

    function _propose(address target, bytes memory data) private returns (uint256) {
        (address[] memory t, uint256[] memory v, bytes[] memory c) = _lists(target, data);
        vm.prank(proposer);
        return governor.propose(t, v, c, "d");
    }

    function _open(uint256 id) private {
        vm.warp(governor.proposalSnapshot(id) + 1);
    }

    function _cast(uint256 id, uint8 support, uint256 count) private {
        for (uint256 i = 0; i < count; ++i) {
            vm.prank(voters[i]);
            governor.castVote(id, support);
        }
    }

    function _result(address target, bytes memory data, uint256 inFavour, uint256 against, uint256 abstain)
        private
        returns (IGovernor.ProposalState)
    {
        uint256 id = _propose(target, data);
        _open(id);
        for (uint256 i = 0; i < inFavour + against + abstain; ++i) {
            vm.prank(voters[i]);
            governor.castVote(id, i < inFavour ? FOR : i < inFavour + against ? AGAINST : ABSTAIN);
        }
        vm.warp(governor.proposalDeadline(id) + 1);
        return governor.state(id);
    }

    /// @dev Proposes, votes with `count` voters in favour, queues, and waits for the timelock.
    function _carry(address target, bytes memory data, uint256 count) private {
        assertTrue(_result(target, data, count, 0, 0) == IGovernor.ProposalState.Succeeded, "passed");
        _queue(target, data);
        vm.warp(block.timestamp + timelock.getMinDelay());
    }

    function _pass(address target, bytes memory data, uint256 count) private {
        _carry(target, data, count);
        _execute(target, data);
    }

    function _queue(address target, bytes memory data) private {
        (address[] memory t, uint256[] memory v, bytes[] memory c) = _lists(target, data);
        governor.queue(t, v, c, keccak256("d"));
    }

    function _execute(address target, bytes memory data) private {
        (address[] memory t, uint256[] memory v, bytes[] memory c) = _lists(target, data);
        governor.execute(t, v, c, keccak256("d"));
    }

    function _lists(address target, bytes memory data)
        private
        pure
        returns (address[] memory t, uint256[] memory v, bytes[] memory c)
    {
        (t, v, c) = (new address[](1), new uint256[](1), new bytes[](1));
        (t[0], c[0]) = (target, data);
    }

    function _keys(bytes32 a, bytes32 b) private pure returns (bytes32[] memory list) {
        list = new bytes32[](2);
        (list[0], list[1]) = (a, b);
    }
}
