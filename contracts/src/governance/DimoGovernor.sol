// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";

import {ICourtRules} from "../interfaces/ICourtRules.sol";
import {IDIMORegistry} from "../interfaces/IDIMORegistry.sol";
import {IDimoGovernor} from "../interfaces/IDimoGovernor.sol";
import {ILicenseBook} from "../interfaces/ILicenseBook.sol";
import {IMintVoucher} from "../interfaces/IMintVoucher.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IAccessControlModule, IMulticallModule} from "../interfaces/IRegistryCore.sol";
import {ParameterKeys as K} from "../libraries/ParameterKeys.sol";
import {DimoToken} from "../token/DimoToken.sol";

/// @title Governor over votes of the token
/// @dev Not upgradeable: another governor takes over by getting the roles on the timelock.
contract DimoGovernor is IDimoGovernor, Governor, GovernorCountingSimple, GovernorVotes, GovernorTimelockControl {
    uint256 private constant BPS = 10_000;
    uint256 private constant LOWEST_LEVEL = 1;
    uint256 private constant HIGHEST_LEVEL = 3;

    bytes4 private constant UPGRADE_TO_AND_CALL = bytes4(keccak256("upgradeToAndCall(address,bytes)"));
    bytes4 private constant UPGRADE_TO = bytes4(keccak256("upgradeTo(address)"));
    /// @dev Of OpenZeppelin's contracts; the registry's names its role alone.
    bytes4 private constant RENOUNCE_ROLE = bytes4(keccak256("renounceRole(bytes32,address)"));
    bytes4 private constant TRANSFER_OWNERSHIP = bytes4(keccak256("transferOwnership(address)"));
    bytes4 private constant RENOUNCE_OWNERSHIP = bytes4(keccak256("renounceOwnership()"));
    bytes4 private constant GOVERNANCE_PREFIX = "gov.";

    IParameters private immutable _PARAMETERS;

    mapping(address target => mapping(bytes4 selector => uint256)) private _levels;
    mapping(uint256 proposalId => Rules) private _rules;

    /// @param token_ Votes, with a clock in seconds.
    /// @param timelock_ Executes; this contract needs PROPOSER_ROLE and CANCELLER_ROLE there.
    /// @param parameters Thresholds and windows.
    constructor(address token_, address payable timelock_, address parameters)
        Governor("DIMO Governor")
        GovernorVotes(IVotes(token_))
        GovernorTimelockControl(TimelockController(timelock_))
    {
        if (token_ == address(0) || timelock_ == address(0) || parameters == address(0)) {
            revert ZeroAddress();
        }
        string memory mode = CLOCK_MODE();
        if (keccak256(bytes(mode)) != keccak256("mode=timestamp")) revert UnsupportedClock(mode);
        _PARAMETERS = IParameters(parameters);
    }

    /// @inheritdoc IDimoGovernor
    function setLevel(address target, bytes4 selector, uint256 level) external onlyGovernance {
        if (level < LOWEST_LEVEL || level > HIGHEST_LEVEL) revert InvalidLevel(level);
        _levels[target][selector] = level;
        emit LevelSet(target, selector, level);
    }

    /// @inheritdoc IDimoGovernor
    function levelOf(address target, bytes calldata data) external view returns (uint256) {
        return _levelOf(target, data);
    }

    /// @inheritdoc IDimoGovernor
    function rulesOf(uint256 proposalId) external view returns (Rules memory) {
        return _rules[proposalId];
    }

    /// @inheritdoc IDimoGovernor
    function proposalQuorum(uint256 proposalId) public view returns (uint256) {
        return _supplyAt(proposalSnapshot(proposalId)) * _rules[proposalId].quorumBps / BPS;
    }

    /// @inheritdoc IDimoGovernor
    function voterCap(uint256 proposalId) public view returns (uint256) {
        return _supplyAt(proposalSnapshot(proposalId)) * _rules[proposalId].capBps / BPS;
    }

    /// @notice Seconds between proposal and snapshot.
    function votingDelay() public view override returns (uint256) {
        return _PARAMETERS.get(K.GOV_VOTING_DELAY);
    }

    /// @notice Seconds that a vote is open.
    function votingPeriod() public view override returns (uint256) {
        return _PARAMETERS.get(K.GOV_VOTING_PERIOD);
    }

    /// @notice Votes that a proposer needs.
    function proposalThreshold() public view override returns (uint256) {
        return _PARAMETERS.get(K.GOV_PROPOSAL_THRESHOLD);
    }

    /// @notice Participation that a level 1 proposal with this snapshot would need; `proposalQuorum` for a given one.
    function quorum(uint256 timepoint) public view override returns (uint256) {
        return _supplyAt(timepoint) * _PARAMETERS.get(K.GOV_QUORUM1_BPS) / BPS;
    }

    /// @inheritdoc GovernorCountingSimple
    function COUNTING_MODE() public pure override(IGovernor, GovernorCountingSimple) returns (string memory) {
        return "support=bravo&quorum=against,for,abstain";
    }

    /// @inheritdoc Governor
    function state(uint256 proposalId) public view override(Governor, GovernorTimelockControl) returns (ProposalState) {
        return super.state(proposalId);
    }

    /// @inheritdoc Governor
    function proposalNeedsQueuing(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl)
        returns (bool)
    {
        return super.proposalNeedsQueuing(proposalId);
    }

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override returns (uint256 proposalId) {
        proposalId = super._propose(targets, values, calldatas, description, proposer);
        uint256 level = LOWEST_LEVEL;
        for (uint256 i = 0; i < targets.length; ++i) {
            uint256 callLevel = _levelOf(targets[i], calldatas[i]);
            if (callLevel > level) level = callLevel;
        }
        Rules memory rules = _rulesFor(level);
        _rules[proposalId] = rules;
        emit ProposalRulesFixed(proposalId, rules.level, rules.forBps, rules.quorumBps, rules.capBps);
    }

    function _countVote(uint256 proposalId, address account, uint8 support, uint256 weight, bytes memory params)
        internal
        override(Governor, GovernorCountingSimple)
        returns (uint256)
    {
        uint256 cap = voterCap(proposalId);
        return super._countVote(proposalId, account, support, weight > cap ? cap : weight, params);
    }

    function _quorumReached(uint256 proposalId)
        internal
        view
        override(Governor, GovernorCountingSimple)
        returns (bool)
    {
        (uint256 against, uint256 inFavour, uint256 abstain) = proposalVotes(proposalId);
        return against + inFavour + abstain >= proposalQuorum(proposalId);
    }

    function _voteSucceeded(uint256 proposalId)
        internal
        view
        override(Governor, GovernorCountingSimple)
        returns (bool)
    {
        (uint256 against, uint256 inFavour,) = proposalVotes(proposalId);
        return inFavour * BPS > (inFavour + against) * _rules[proposalId].forBps;
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }

    function _rulesFor(uint256 level) private view returns (Rules memory) {
        bytes32 forKey = K.GOV_LEVEL1_BPS;
        bytes32 quorumKey = K.GOV_QUORUM1_BPS;
        if (level == 2) (forKey, quorumKey) = (K.GOV_LEVEL2_BPS, K.GOV_QUORUM2_BPS);
        if (level == 3) (forKey, quorumKey) = (K.GOV_LEVEL3_BPS, K.GOV_QUORUM3_BPS);
        // The limits of these parameters are at most 10,000.
        return Rules({
            level: uint8(level),
            forBps: uint16(_PARAMETERS.get(forKey)),
            quorumBps: uint16(_PARAMETERS.get(quorumKey)),
            capBps: uint16(_PARAMETERS.get(K.GOV_VOTER_CAP_BPS))
        });
    }

    function _levelOf(address target, bytes memory data) private view returns (uint256 level) {
        if (target == address(this) || target == _executor()) return HIGHEST_LEVEL;
        bytes4 selector = bytes4(data);
        if (_changesPowers(selector) || _changesWiring(selector)) return HIGHEST_LEVEL;
        if (target == address(_PARAMETERS) && _changesGovernance(selector, data)) return HIGHEST_LEVEL;
        level = _levels[target][selector];
        if (level == 0) level = LOWEST_LEVEL;
    }

    /// @dev Code and rights of any contract. A registry's code is its modules, and its batch is every call that it has.
    ///      Taking a right away stops as much as giving one.
    function _changesPowers(bytes4 selector) private pure returns (bool) {
        return selector == UPGRADE_TO_AND_CALL || selector == UPGRADE_TO || selector == TRANSFER_OWNERSHIP
            || selector == RENOUNCE_OWNERSHIP || selector == RENOUNCE_ROLE
            || selector == IAccessControlModule.grantRole.selector
            || selector == IAccessControlModule.revokeRole.selector
            || selector == IAccessControlModule.renounceRole.selector
            || selector == IAccessControlModule.setRoleAdmin.selector || selector == IDIMORegistry.addModule.selector
            || selector == IDIMORegistry.removeModule.selector || selector == IDIMORegistry.updateModule.selector
            || selector == IMulticallModule.multiDelegateCall.selector;
    }

    /// @dev Who judges, guards, pays and is paid in the economy, and the supply that votes.
    function _changesWiring(bytes4 selector) private pure returns (bool) {
        return selector == IParameters.setAccount.selector || selector == ICourtRules.setAdjudicator.selector
            || selector == ICourtRules.setSubject.selector || selector == ILicenseBook.setCourt.selector
            || selector == ILicenseBook.setStakeVault.selector || selector == ILicenseBook.setStakeTerms.selector
            || selector == IMintVoucher.setCurrency.selector || selector == IMintVoucher.setEscrow.selector
            || selector == DimoToken.mint.selector;
    }

    /// @dev Malformed arguments revert here, as they would when executed.
    function _changesGovernance(bytes4 selector, bytes memory data) private pure returns (bool) {
        if (selector == IParameters.adopt.selector) return true;
        if (selector == IParameters.set.selector) {
            (bytes32 key,) = abi.decode(_arguments(data), (bytes32, uint256));
            return bytes4(key) == GOVERNANCE_PREFIX;
        }
        if (selector != IParameters.setMany.selector) return false;
        (bytes32[] memory keys,) = abi.decode(_arguments(data), (bytes32[], uint256[]));
        for (uint256 i = 0; i < keys.length; ++i) {
            if (bytes4(keys[i]) == GOVERNANCE_PREFIX) return true;
        }
        return false;
    }

    function _arguments(bytes memory data) private pure returns (bytes memory arguments) {
        arguments = new bytes(data.length - 4);
        for (uint256 i = 0; i < arguments.length; ++i) {
            arguments[i] = data[i + 4];
        }
    }

    function _supplyAt(uint256 timepoint) private view returns (uint256) {
        return token().getPastTotalSupply(timepoint);
    }
}
