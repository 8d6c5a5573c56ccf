// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";

import {IParameters} from "../interfaces/IParameters.sol";
import {ITeamRoster} from "../interfaces/ITeamRoster.sol";
import {ParameterKeys as K} from "../libraries/ParameterKeys.sol";
import {ParameterLimits} from "../libraries/ParameterLimits.sol";

/// @title Parameters
contract Parameters is IParameters, AccessControlUpgradeable, UUPSUpgradeable {
    /// @dev Sets values and floors, and the named accounts.
    bytes32 public constant GOVERNANCE_ROLE = keccak256("GOVERNANCE_ROLE");
    /// @dev May replace the implementation, and with it the hard bounds.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    uint256 private constant BPS = 10_000;
    uint256 private constant PPM = 1_000_000;
    uint256 private constant PPM_PER_BPS = 100;
    /// @dev A dispute has at most three rounds.
    uint256 private constant COURT_ROUNDS = 3;

    bytes32 private constant ROSTER = "roster";
    bytes32 private constant STORAGE_SLOT = 0x6fe2441e61d3313041e1b68e2ad368ce18458fdac740de0b4842a5984599fe00;

    /// @dev One slot; the limits keep every value far below 2^120.
    struct Entry {
        uint120 value;
        uint120 floor;
        bool known;
    }

    /// @custom:storage-location erc7201:milepost.parameters
    struct ParametersStorage {
        mapping(bytes32 key => Entry) entries;
        mapping(bytes32 name => address) accounts;
        string name;
        uint256 version;
        bytes32 hash;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param name Name of the first profile.
    /// @param version Its version.
    /// @param keys All keys, ascending.
    /// @param values Their values, which are the floors too.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE; GOVERNANCE_ROLE is granted separately.
    function initialize(
        string calldata name,
        uint256 version,
        bytes32[] calldata keys,
        uint256[] calldata values,
        address admin
    ) external initializer {
        if (admin == address(0)) revert ZeroAddress();
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        _adopt(name, version, keys, values);
    }

    /// @inheritdoc IParameters
    function set(bytes32 key, uint256 value) external onlyRole(GOVERNANCE_ROLE) {
        _set(key, value);
        _checkRules();
    }

    /// @inheritdoc IParameters
    function setMany(bytes32[] calldata keys, uint256[] calldata values) external onlyRole(GOVERNANCE_ROLE) {
        _setAll(keys, values);
        _checkRules();
    }

    /// @inheritdoc IParameters
    function adopt(string calldata name, uint256 version, bytes32[] calldata keys, uint256[] calldata values)
        external
        onlyRole(GOVERNANCE_ROLE)
    {
        _adopt(name, version, keys, values);
    }

    /// @inheritdoc IParameters
    function raise(bytes32 key, uint256 value) external {
        Entry storage entry = _entry(key);
        if (!ITeamRoster(account(ROSTER)).isMember(msg.sender)) revert NotTeam(msg.sender);
        if (!ParameterLimits.isRaisable(key)) revert NotRaisable(key);
        if (value < entry.floor) revert BelowFloor(key, value, entry.floor);
        uint256 previous = entry.value;
        entry.value = _checked(key, value);
        _checkRules();
        emit ParameterRaised(key, msg.sender, previous, value);
    }

    /// @inheritdoc IParameters
    function setAccount(bytes32 name, address account_) external onlyRole(GOVERNANCE_ROLE) {
        ParametersStorage storage s = _parameters();
        address previous = s.accounts[name];
        s.accounts[name] = account_;
        emit AccountSet(name, previous, account_);
    }

    /// @inheritdoc IParameters
    function get(bytes32 key) external view returns (uint256) {
        return _entry(key).value;
    }

    /// @inheritdoc IParameters
    function getMany(bytes32[] calldata keys) external view returns (uint256[] memory values) {
        values = new uint256[](keys.length);
        for (uint256 i = 0; i < keys.length; ++i) {
            values[i] = _entry(keys[i]).value;
        }
    }

    /// @inheritdoc IParameters
    function floorOf(bytes32 key) external view returns (uint256) {
        return _entry(key).floor;
    }

    /// @inheritdoc IParameters
    function limitsOf(bytes32 key) external pure returns (uint256 min, uint256 max) {
        return ParameterLimits.limitsOf(key);
    }

    /// @inheritdoc IParameters
    function isRaisable(bytes32 key) external pure returns (bool) {
        return ParameterLimits.isRaisable(key);
    }

    /// @inheritdoc IParameters
    function account(bytes32 name) public view returns (address found) {
        found = _parameters().accounts[name];
        if (found == address(0)) revert AccountNotSet(name);
    }

    /// @inheritdoc IParameters
    function accountOrZero(bytes32 name) external view returns (address) {
        return _parameters().accounts[name];
    }

    /// @inheritdoc IParameters
    function profile() external view returns (string memory name, uint256 version, bytes32 hash) {
        ParametersStorage storage s = _parameters();
        return (s.name, s.version, s.hash);
    }

    function _adopt(string calldata name, uint256 version, bytes32[] calldata keys, uint256[] calldata values) private {
        if (keys.length != K.COUNT) revert IncompleteProfile(keys.length, K.COUNT);
        // Ascending, known and as many as there are keys: each key exactly once.
        for (uint256 i = 1; i < keys.length; ++i) {
            if (keys[i] <= keys[i - 1]) revert KeysNotAscending(keys[i - 1], keys[i]);
        }
        ParametersStorage storage s = _parameters();
        bytes32 hash = keccak256(abi.encode(name, version, keys, values));
        s.name = name;
        s.version = version;
        s.hash = hash;
        _setAll(keys, values);
        _checkRules();
        emit ProfileAdopted(name, version, hash);
    }

    function _setAll(bytes32[] calldata keys, uint256[] calldata values) private {
        if (keys.length != values.length) revert LengthMismatch(keys.length, values.length);
        for (uint256 i = 0; i < keys.length; ++i) {
            _set(keys[i], values[i]);
        }
    }

    function _set(bytes32 key, uint256 value) private {
        Entry storage entry = _parameters().entries[key];
        uint256 previous = entry.value;
        uint120 checked = _checked(key, value);
        entry.value = checked;
        entry.floor = checked;
        entry.known = true;
        emit ParameterSet(key, previous, value);
    }

    function _checked(bytes32 key, uint256 value) private pure returns (uint120) {
        (uint256 min, uint256 max) = ParameterLimits.limitsOf(key);
        if (value < min || value > max) revert OutOfLimits(key, value, min, max);
        return uint120(value);
    }

    /// @dev What must hold between parameters, after every change.
    function _checkRules() private view {
        _checkCourt();
        _checkEscrow();
        _checkCurve();
        if (_get(K.SPLIT_BURN_BPS) + _get(K.SPLIT_PROTOCOL_BPS) > BPS) revert Inconsistent("split");
        bool levels = _get(K.GOV_LEVEL1_BPS) <= _get(K.GOV_LEVEL2_BPS)
            && _get(K.GOV_LEVEL2_BPS) <= _get(K.GOV_LEVEL3_BPS) && _get(K.GOV_QUORUM1_BPS) <= _get(K.GOV_QUORUM2_BPS)
            && _get(K.GOV_QUORUM2_BPS) <= _get(K.GOV_QUORUM3_BPS);
        if (!levels) revert Inconsistent("gov.level");
    }

    function _checkCourt() private view {
        uint256 sum = _get(K.COURT_AWARD_BURN_BPS) + _get(K.COURT_AWARD_USERS_BPS) + _get(K.COURT_AWARD_CHALLENGER_BPS)
            + _get(K.COURT_AWARD_TREASURY_BPS);
        if (sum != BPS) revert Inconsistent("court.award");
        if (_get(K.COURT_AWARD_CHALLENGER_BPS) > _get(K.COURT_CHALLENGER_CAP_BPS)) {
            revert Inconsistent("court.challenger_cap");
        }
        uint256 panel = _get(K.COURT_PANEL_SIZE);
        if (panel % 2 == 0) revert Inconsistent("court.panel_size");
        // A lost case must pay everybody who ruled.
        if (_get(K.COURT_DEPOSIT) < COURT_ROUNDS * panel * _get(K.COURT_ARBITRATOR_FEE)) {
            revert Inconsistent("court.deposit");
        }
    }

    /// @dev The parts of a price never add up to more than the price, whatever the serial number of the voucher.
    function _checkEscrow() private view {
        uint256 burn = _get(K.ESCROW_BURN_PPM);
        uint256 cap = _get(K.ESCROW_TEAM_CAP_PPM);
        uint256 floor = _get(K.ESCROW_TEAM_FLOOR_PPM);
        uint256 team = cap > floor ? cap : floor;
        // `rest_to_provider` leaves the provider what the others do not take.
        uint256 sum = _get(K.ESCROW_REST_TO_PROVIDER) == 1 ? 0 : _get(K.ESCROW_PROVIDER_BPS) * PPM_PER_BPS;
        if (_get(K.ESCROW_BURN_LESS_TEAM) == 1) {
            // The team's rate comes out of the burn, which must be large enough.
            if (burn < team) revert Inconsistent("escrow.burn_less_team");
            sum += burn;
        } else {
            sum += burn + team;
        }
        if (sum > PPM) revert Inconsistent("escrow.parts");
    }

    function _checkCurve() private view {
        bool ascending =
            _get(K.STAKE_CURVE_X1) < _get(K.STAKE_CURVE_X2) && _get(K.STAKE_CURVE_X2) < _get(K.STAKE_CURVE_X3);
        bool notDescending = _get(K.STAKE_CURVE_Y0) <= _get(K.STAKE_CURVE_Y1)
            && _get(K.STAKE_CURVE_Y1) <= _get(K.STAKE_CURVE_Y2) && _get(K.STAKE_CURVE_Y2) <= _get(K.STAKE_CURVE_Y3);
        if (!ascending || !notDescending) revert Inconsistent("stake.curve");
    }

    function _get(bytes32 key) private view returns (uint256) {
        return _parameters().entries[key].value;
    }

    function _entry(bytes32 key) private view returns (Entry storage entry) {
        entry = _parameters().entries[key];
        if (!entry.known) revert UnknownParameter(key);
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _parameters() private pure returns (ParametersStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
