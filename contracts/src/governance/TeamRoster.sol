// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";

import {IParameters} from "../interfaces/IParameters.sol";
import {ITeamRoster} from "../interfaces/ITeamRoster.sol";
import {ParameterKeys as K} from "../libraries/ParameterKeys.sol";

/// @title Roster of the licensing team
contract TeamRoster is ITeamRoster, AccessControlUpgradeable, UUPSUpgradeable {
    /// @dev Appoints, renews, dismisses.
    bytes32 public constant GOVERNANCE_ROLE = keccak256("GOVERNANCE_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    /// @dev A withdrawn conflict binds for another month.
    uint256 private constant CONFLICT_COOLING = 30 days;

    bytes32 private constant STORAGE_SLOT = 0x1cf1e0012c385fb8c74583c19a28e1202762253b9b9367d26256e4db9e923500;

    /// @custom:storage-location erc7201:milepost.teamroster
    struct RosterStorage {
        IParameters parameters;
        mapping(address account => uint256) termEnds;
        mapping(address member => mapping(address party => uint256)) conflictEnds;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param parameters Gives the longest term.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE; GOVERNANCE_ROLE is granted separately.
    function initialize(address parameters, address admin) external initializer {
        if (parameters == address(0) || admin == address(0)) revert ZeroAddress();
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        _roster().parameters = IParameters(parameters);
    }

    /// @inheritdoc ITeamRoster
    function appoint(address account, uint256 until) external onlyRole(GOVERNANCE_ROLE) {
        if (account == address(0)) revert ZeroAddress();
        RosterStorage storage s = _roster();
        if (s.termEnds[account] != 0) revert AlreadyMember(account);
        _checkTerm(until);
        s.termEnds[account] = until;
        emit MemberAppointed(account, until);
    }

    /// @inheritdoc ITeamRoster
    function renew(address account, uint256 until) external onlyRole(GOVERNANCE_ROLE) {
        RosterStorage storage s = _roster();
        uint256 previous = s.termEnds[account];
        if (previous == 0) revert NotMember(account);
        _checkTerm(until);
        s.termEnds[account] = until;
        emit TermRenewed(account, previous, until);
    }

    /// @inheritdoc ITeamRoster
    function dismiss(address account) external onlyRole(GOVERNANCE_ROLE) {
        RosterStorage storage s = _roster();
        if (s.termEnds[account] == 0) revert NotMember(account);
        delete s.termEnds[account];
        emit MemberDismissed(account);
    }

    /// @inheritdoc ITeamRoster
    function declareConflict(address party, bool conflict) external {
        if (!isMember(msg.sender)) revert NotMember(msg.sender);
        if (party == address(0)) revert ZeroAddress();
        mapping(address party => uint256) storage ends = _roster().conflictEnds[msg.sender];
        if ((ends[party] == type(uint256).max) == conflict) revert ConflictUnchanged(msg.sender, party);
        if (conflict) {
            ends[party] = type(uint256).max;
            emit ConflictDeclared(msg.sender, party);
        } else {
            uint256 until = block.timestamp + CONFLICT_COOLING;
            ends[party] = until;
            emit ConflictWithdrawn(msg.sender, party, until);
        }
    }

    /// @inheritdoc ITeamRoster
    function isMember(address account) public view returns (bool) {
        return block.timestamp < _roster().termEnds[account];
    }

    /// @inheritdoc ITeamRoster
    function termOf(address account) external view returns (uint256 until) {
        return _roster().termEnds[account];
    }

    /// @inheritdoc ITeamRoster
    function hasConflict(address member, address party) external view returns (bool) {
        return block.timestamp < _roster().conflictEnds[member][party];
    }

    function _checkTerm(uint256 until) private view {
        uint256 latest = block.timestamp + _roster().parameters.get(K.LICENSE_TERM_MAX);
        if (until <= block.timestamp || until > latest) revert InvalidTerm(until, latest);
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _roster() private pure returns (RosterStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
