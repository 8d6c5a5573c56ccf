// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";

import {IDebts, ILicenseBook, IProviderEvents} from "../interfaces/ILicenseBook.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IStakeTerms} from "../interfaces/IStakeTerms.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {ITeamRoster} from "../interfaces/ITeamRoster.sol";

/// @title Storage of the licence book, and who may do what
abstract contract LicenseState is ILicenseBook, IProviderEvents, AccessControlUpgradeable {
    /// @dev The timelock: decides, overrules and ends licences, approves reporters, sets vault, peg and court.
    bytes32 public constant GOVERNANCE_ROLE = keccak256("GOVERNANCE_ROLE");
    /// @dev Reports usage. A false report can make a licence inactive, burn dues grow, or hold back ended stake.
    bytes32 public constant REPORTER_ROLE = keccak256("REPORTER_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    bytes32 private constant STORAGE_SLOT = 0xe01b700f2126fcffea5d3ed9b92cf28992562629b7915b737d07ef192c088c00;

    struct Due {
        uint64 month;
        uint64 dueAt;
        uint256 amount;
    }

    /// @dev Dues are a queue in ascending order of months. `nextMonth` is the least month that may be reported.
    struct Dues {
        uint256 head;
        uint256 tail;
        uint256 nextMonth;
        mapping(uint256 index => Due) items;
    }

    /// @custom:storage-location erc7201:milepost.licensebook
    struct BookStorage {
        IParameters parameters;
        ITeamRoster roster;
        address token;
        IStakeVault vault;
        IStakeTerms terms;
        address court;
        uint256 lastId;
        uint256 announcedProviderStake;
        mapping(uint256 id => License) licenses;
        mapping(address holder => mapping(Kind => uint256 id)) live;
        mapping(uint256 parent => mapping(bytes32 deviceType => uint256 id)) liveTypes;
        mapping(uint256 parent => uint256) typesApproved;
        mapping(uint256 id => Dues) dues;
    }

    /// @dev The licence in one of the live states after its approval, or a revert.
    function _inForce(uint256 id) internal view returns (License storage l) {
        l = _book().licenses[id];
        if (l.state != State.Approved && l.state != State.Suspended) revert WrongState(id, l.state);
    }

    function _in(uint256 id, State state) internal view returns (License storage l) {
        l = _book().licenses[id];
        if (l.state != state) revert WrongState(id, l.state);
    }

    /// @dev True for governance, false for a member without a conflict; reverts for everybody else.
    function _power(address party) internal view returns (bool governance) {
        if (hasRole(GOVERNANCE_ROLE, msg.sender)) return true;
        ITeamRoster roster = _book().roster;
        if (!roster.isMember(msg.sender)) revert NotAuthorized(msg.sender);
        if (roster.hasConflict(msg.sender, party)) revert ConflictOfInterest(msg.sender, party);
        return false;
    }

    function _notZero(bytes32 hash) internal pure {
        if (hash == 0) revert ZeroHash();
    }

    function _debtOf(address holder) internal view returns (uint256) {
        address court_ = _book().court;
        return court_ == address(0) ? 0 : IDebts(court_).debtOf(holder);
    }

    function _book() internal pure returns (BookStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
