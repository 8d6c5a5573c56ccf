// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Award, Terms} from "../interfaces/ICourt.sol";
import {ICourtRules} from "../interfaces/ICourtRules.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {ParameterKeys} from "../libraries/ParameterKeys.sol";

/// @title Terms of cases that open now
contract CourtRules is ICourtRules, AccessControlUpgradeable, UUPSUpgradeable {
    using SafeCast for uint256;

    /// @dev Names adjudicators and subjects.
    bytes32 public constant GOVERNANCE_ROLE = keccak256("GOVERNANCE_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    bytes32 private constant STORAGE_SLOT = 0x90a35ca2447868cbe15e53b0a08e0be6e5d8fab3941607404a465f031ff84100;

    /// @custom:storage-location erc7201:milepost.courtrules
    struct RulesStorage {
        IParameters parameters;
        mapping(AdjudicatorKind kind => address) adjudicators;
        mapping(address subject => bool) subjects;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE.
    function initialize(address parameters, address admin) external initializer {
        if (parameters == address(0) || admin == address(0)) revert ZeroAddress();
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        _rules().parameters = IParameters(parameters);
    }

    /// @inheritdoc ICourtRules
    function setAdjudicator(AdjudicatorKind kind, address adjudicator) external onlyRole(GOVERNANCE_ROLE) {
        if (adjudicator == address(0)) revert ZeroAddress();
        _rules().adjudicators[kind] = adjudicator;
        emit AdjudicatorSet(kind, adjudicator);
    }

    /// @inheritdoc ICourtRules
    function setSubject(address subject, bool allowed) external onlyRole(GOVERNANCE_ROLE) {
        if (subject == address(0)) revert ZeroAddress();
        _rules().subjects[subject] = allowed;
        emit SubjectSet(subject, allowed);
    }

    /// @inheritdoc ICourtRules
    function terms() external view returns (Terms memory t) {
        RulesStorage storage s = _rules();
        IParameters p = s.parameters;
        t.deposit = p.get(ParameterKeys.COURT_DEPOSIT).toUint128();
        t.arbitratorFee = p.get(ParameterKeys.COURT_ARBITRATOR_FEE).toUint128();
        t.responseWindow = p.get(ParameterKeys.COURT_RESPONSE_WINDOW).toUint32();
        t.mediationWindow = p.get(ParameterKeys.COURT_MEDIATION_WINDOW).toUint32();
        t.commitWindow = p.get(ParameterKeys.COURT_COMMIT_WINDOW).toUint32();
        t.revealWindow = p.get(ParameterKeys.COURT_REVEAL_WINDOW).toUint32();
        t.appealWindow = p.get(ParameterKeys.COURT_APPEAL_WINDOW).toUint32();
        t.claimWindow = p.get(ParameterKeys.COURT_CLAIM_WINDOW).toUint32();
        t.limitation = p.get(ParameterKeys.COURT_LIMITATION).toUint32();
        t.panelSize = p.get(ParameterKeys.COURT_PANEL_SIZE).toUint16();
        t.rewardDeposits = p.get(ParameterKeys.COURT_REWARD_DEPOSITS).toUint8();
        t.leastDeposits = p.get(ParameterKeys.COURT_LEAST_DEPOSITS).toUint8();
        t.rewardBps = p.get(ParameterKeys.COURT_REWARD_BPS).toUint16();
        t.challengerCapBps = p.get(ParameterKeys.COURT_CHALLENGER_CAP_BPS).toUint16();
        t.award = Award({
            burnBps: p.get(ParameterKeys.COURT_AWARD_BURN_BPS).toUint16(),
            usersBps: p.get(ParameterKeys.COURT_AWARD_USERS_BPS).toUint16(),
            challengerBps: p.get(ParameterKeys.COURT_AWARD_CHALLENGER_BPS).toUint16(),
            treasuryBps: p.get(ParameterKeys.COURT_AWARD_TREASURY_BPS).toUint16()
        });
        uint256 kind = p.get(ParameterKeys.COURT_ADJUDICATOR);
        if (kind > uint256(type(AdjudicatorKind).max)) revert AdjudicatorNotSet(kind);
        t.adjudicatorKind = uint8(kind);
        t.adjudicator = s.adjudicators[AdjudicatorKind(kind)];
        if (t.adjudicator == address(0)) revert AdjudicatorNotSet(kind);
    }

    /// @inheritdoc ICourtRules
    function adjudicatorOf(AdjudicatorKind kind) external view returns (address) {
        return _rules().adjudicators[kind];
    }

    /// @inheritdoc ICourtRules
    function isSubject(address subject) external view returns (bool) {
        return _rules().subjects[subject];
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _rules() private pure returns (RulesStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
