// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";

import {EmergencyPausable} from "../governance/EmergencyPausable.sol";
import {ILicenseBook} from "../interfaces/ILicenseBook.sol";
import {ILicensed} from "../interfaces/ILicenses.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IStakeTerms} from "../interfaces/IStakeTerms.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {ITeamRoster} from "../interfaces/ITeamRoster.sol";
import {ParameterKeys} from "../libraries/ParameterKeys.sol";
import {LicenseUsage} from "./LicenseUsage.sol";

/// @title Licences of all kinds
/// @dev The token id is the licence id. An NFT exists while its licence is Approved or Suspended.
contract LicenseBook is LicenseUsage, EmergencyPausable, ERC721Upgradeable, UUPSUpgradeable {
    /// @dev Values of `license.approval.K` (C-10).
    uint256 private constant APPROVAL_TEAM = 0;
    uint256 private constant APPROVAL_TEAM_THEN_VOTE = 2;
    bytes4 private constant ERC5192_ID = 0xb45a3c0e;

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param token_ Token of stakes and burns.
    /// @param parameters_ Numbers.
    /// @param roster_ Members of the team.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE; GOVERNANCE_ROLE is granted separately and grants
    ///        REPORTER_ROLE.
    function initialize(address token_, address parameters_, address roster_, address admin) external initializer {
        if (token_ == address(0) || parameters_ == address(0)) revert ZeroAddress();
        if (roster_ == address(0) || admin == address(0)) revert ZeroAddress();
        __ERC721_init("DIMO License", "DIMO/LICENSE");
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        _setRoleAdmin(REPORTER_ROLE, GOVERNANCE_ROLE);
        BookStorage storage s = _book();
        s.token = token_;
        s.parameters = IParameters(parameters_);
        s.roster = ITeamRoster(roster_);
    }

    // Applications -------------------------------------------------------------------------------------------------

    /// @inheritdoc ILicenseBook
    function applyFor(Kind kind, bytes32 applicationHash) external whenRunning returns (uint256 id) {
        if (kind == Kind.None || kind == Kind.DeviceType) revert InvalidKind(kind);
        BookStorage storage s = _book();
        uint256 other = s.live[msg.sender][kind];
        if (other != 0) revert AlreadyLicensed(msg.sender, kind, other);
        id = _newLicense(kind, 0, 0, applicationHash);
        s.live[msg.sender][kind] = id;
    }

    /// @inheritdoc ILicenseBook
    function applyForDeviceType(uint256 providerLicense, bytes32 deviceType, bytes32 applicationHash)
        external
        whenRunning
        returns (uint256 id)
    {
        BookStorage storage s = _book();
        License storage parent = s.licenses[providerLicense];
        if (parent.kind != Kind.Provider || deviceType == 0) revert WrongParent(providerLicense);
        if (parent.holder != msg.sender) revert NotHolder(providerLicense, msg.sender);
        if (parent.state != State.Approved) revert WrongState(providerLicense, parent.state);
        uint256 other = s.liveTypes[providerLicense][deviceType];
        if (other != 0) revert DeviceTypeTaken(providerLicense, deviceType, other);
        id = _newLicense(Kind.DeviceType, providerLicense, deviceType, applicationHash);
        s.liveTypes[providerLicense][deviceType] = id;
    }

    /// @inheritdoc ILicenseBook
    function withdrawApplication(uint256 id) external {
        License storage l = _in(id, State.Applied);
        if (l.holder != msg.sender) revert NotHolder(id, msg.sender);
        _freeSlot(l);
        _setState(id, l, State.Rejected, false, 0);
    }

    /// @inheritdoc ILicenseBook
    function decide(uint256 id, bool approved, bytes32 analysisHash) external {
        License storage l = _in(id, State.Applied);
        bool governance = _power(l.holder);
        _notZero(analysisHash);
        if (!approved) {
            _freeSlot(l);
            _setState(id, l, State.Rejected, governance, analysisHash);
            return;
        }
        uint256 approval = l.kind == Kind.DeviceType
            ? APPROVAL_TEAM
            : _book().parameters.get(ParameterKeys.approvalOf(uint256(l.kind)));
        if (approval == APPROVAL_TEAM_THEN_VOTE && !governance) {
            if (l.recommended) revert AlreadyRecommended(id);
            l.recommended = true;
            emit LicenseRecommended(id, msg.sender, analysisHash);
            return;
        }
        if (approval == APPROVAL_TEAM_THEN_VOTE && !l.recommended) revert NotRecommended(id);
        if (approval != APPROVAL_TEAM && !governance) revert VoteRequired(id);
        _approve(id, l, governance, analysisHash);
    }

    /// @inheritdoc ILicenseBook
    function overrule(uint256 id, bytes32 analysisHash) external onlyRole(GOVERNANCE_ROLE) {
        License storage l = _in(id, State.Applied);
        _notZero(analysisHash);
        _approve(id, l, true, analysisHash);
    }

    // Life ---------------------------------------------------------------------------------------------------------

    /// @inheritdoc ILicenseBook
    function suspend(uint256 id, bytes32 analysisHash) external {
        License storage l = _in(id, State.Approved);
        bool governance = _power(l.holder);
        _notZero(analysisHash);
        l.suspendedAt = uint64(block.timestamp);
        _setState(id, l, State.Suspended, governance, analysisHash);
        if (l.kind == Kind.Provider) emit LicenseSuspended(id, analysisHash);
    }

    /// @inheritdoc ILicenseBook
    function reinstate(uint256 id, bytes32 analysisHash) external {
        License storage l = _in(id, State.Suspended);
        bool governance = _power(l.holder);
        _notZero(analysisHash);
        l.suspendedAt = 0;
        _setState(id, l, State.Approved, governance, analysisHash);
        if (l.kind == Kind.Provider) emit LicenseReinstated(id);
    }

    /// @inheritdoc ILicenseBook
    function revoke(uint256 id, bytes32 analysisHash) external {
        License storage l = _inForce(id);
        bool governance = _power(l.holder);
        _notZero(analysisHash);
        if (!governance) _checkTeamMayRevoke(id, l);
        _end(id, l, State.Revoked, governance, analysisHash);
        if (l.kind == Kind.Provider) emit LicenseRevocationReason(id, l.holder, analysisHash);
    }

    /// @inheritdoc ILicenseBook
    function renounce(uint256 id) external {
        License storage l = _inForce(id);
        if (l.holder != msg.sender) revert NotHolder(id, msg.sender);
        _end(id, l, State.Renounced, false, 0);
    }

    /// @inheritdoc ILicenseBook
    function release(uint256 id) external {
        BookStorage storage s = _book();
        License storage l = s.licenses[id];
        if (l.state != State.Revoked && l.state != State.Renounced) revert WrongState(id, l.state);
        if (!s.vault.isReleasable(id)) revert StakeNotFree(id);
        _setState(id, l, State.Released, false, 0);
    }

    /// @inheritdoc ILicenseBook
    function reassign(uint256 id, address to, bytes32 reasonHash) external {
        License storage l = _inForce(id);
        address from = l.holder;
        if (!_power(from)) _power(to);
        _notZero(reasonHash);
        if (to == address(0)) revert ZeroAddress();
        BookStorage storage s = _book();
        if (l.kind == Kind.DeviceType) {
            if (to == from) revert AlreadyLicensed(to, l.kind, id);
            if (s.licenses[l.parent].holder != to) revert NotHolder(l.parent, to);
        } else {
            uint256 other = s.live[to][l.kind];
            if (other != 0) revert AlreadyLicensed(to, l.kind, other);
            delete s.live[from][l.kind];
            s.live[to][l.kind] = id;
        }
        uint256 debt = _debtOf(from);
        if (debt != 0) revert HolderInDebt(from, debt);
        if (s.vault.openChallenges(id) != 0) revert ChallengeOpen(id);
        l.holder = to;
        _transfer(from, to, id);
        emit LicenseReassigned(id, from, to, msg.sender, reasonHash);
    }

    // Wiring -------------------------------------------------------------------------------------------------------

    /// @inheritdoc ILicenseBook
    function setStakeVault(address vault) external onlyRole(GOVERNANCE_ROLE) {
        if (vault == address(0)) revert ZeroAddress();
        BookStorage storage s = _book();
        if (address(s.vault) != address(0)) revert AlreadySet(address(s.vault));
        s.vault = IStakeVault(vault);
        emit StakeVaultSet(vault);
    }

    /// @inheritdoc ILicenseBook
    function setStakeTerms(address terms) external onlyRole(GOVERNANCE_ROLE) {
        if (terms == address(0)) revert ZeroAddress();
        _book().terms = IStakeTerms(terms);
        emit StakeTermsSet(terms);
        _announceProviderStake();
    }

    /// @inheritdoc ILicenseBook
    function setCourt(address court_) external onlyRole(GOVERNANCE_ROLE) {
        _book().court = court_;
        emit CourtSet(court_);
    }

    // Views --------------------------------------------------------------------------------------------------------

    /// @inheritdoc ILicensed
    function isLicensed(address holder) external view returns (bool) {
        uint256 id = _book().live[holder][Kind.Provider];
        return id != 0 && isActive(id);
    }

    /// @inheritdoc ILicenseBook
    function licenseInfo(uint256 id) external view returns (License memory) {
        return _book().licenses[id];
    }

    /// @inheritdoc ILicenseBook
    function lastId() external view returns (uint256) {
        return _book().lastId;
    }

    /// @inheritdoc ILicenseBook
    function kindOf(uint256 id) external view returns (Kind) {
        return _book().licenses[id].kind;
    }

    /// @inheritdoc ILicenseBook
    function stateOf(uint256 id) external view returns (State) {
        return _book().licenses[id].state;
    }

    /// @inheritdoc ILicenseBook
    function holderOf(uint256 id) external view returns (address) {
        return _book().licenses[id].holder;
    }

    /// @inheritdoc ILicenseBook
    function parentOf(uint256 id) external view returns (uint256) {
        return _book().licenses[id].parent;
    }

    /// @inheritdoc ILicenseBook
    function licenseOf(address holder, Kind kind) external view returns (uint256) {
        return _book().live[holder][kind];
    }

    /// @inheritdoc ILicenseBook
    function deviceTypeOf(uint256 id) external view returns (bytes32) {
        return _book().licenses[id].deviceType;
    }

    /// @inheritdoc ILicenseBook
    function deviceTypeLicense(uint256 providerLicense, bytes32 deviceType) external view returns (uint256) {
        return _book().liveTypes[providerLicense][deviceType];
    }

    /// @inheritdoc ILicenseBook
    function deviceTypesApproved(uint256 providerLicense) external view returns (uint256) {
        return _book().typesApproved[providerLicense];
    }

    /// @inheritdoc ILicenseBook
    function endedAt(uint256 id) external view returns (uint64) {
        return _book().licenses[id].endedAt;
    }

    /// @inheritdoc ILicenseBook
    function usersOf(uint256 id) external view returns (uint256) {
        return _book().licenses[id].users;
    }

    /// @inheritdoc ILicenseBook
    function locked(uint256 id) external view returns (bool) {
        _requireOwned(id);
        return true;
    }

    /// @inheritdoc ILicenseBook
    function stakeVault() external view returns (address) {
        return address(_book().vault);
    }

    /// @inheritdoc ILicenseBook
    function stakeTerms() external view returns (address) {
        return address(_book().terms);
    }

    /// @inheritdoc ILicenseBook
    function court() external view returns (address) {
        return _book().court;
    }

    /// @inheritdoc ILicenseBook
    function parameters() external view returns (address) {
        return address(_book().parameters);
    }

    /// @inheritdoc ILicenseBook
    function teamRoster() external view returns (address) {
        return address(_book().roster);
    }

    /// @inheritdoc ILicenseBook
    function token() external view returns (address) {
        return _book().token;
    }

    /// @inheritdoc ILicenseBook
    function isActive(uint256 id) public view returns (bool) {
        License storage l = _book().licenses[id];
        if (l.state != State.Approved || !isCovered(id) || hasOverdueBurn(id) || _debtOf(l.holder) != 0) return false;
        return l.kind != Kind.DeviceType || isActive(l.parent);
    }

    /// @dev Soul-bound: an approval would be meaningless.
    function approve(address, uint256) public pure override {
        revert Soulbound();
    }

    /// @dev Soul-bound: an approval would be meaningless.
    function setApprovalForAll(address, bool) public pure override {
        revert Soulbound();
    }

    /// @dev Soul-bound: `safeTransferFrom` ends here too.
    function transferFrom(address, address, uint256) public pure override {
        revert Soulbound();
    }

    /// @inheritdoc ERC721Upgradeable
    function supportsInterface(bytes4 interfaceId)
        public
        view
        override(ERC721Upgradeable, AccessControlUpgradeable)
        returns (bool)
    {
        return interfaceId == ERC5192_ID || super.supportsInterface(interfaceId);
    }

    // Internal -----------------------------------------------------------------------------------------------------

    function _newLicense(Kind kind, uint256 parent, bytes32 deviceType, bytes32 applicationHash)
        private
        returns (uint256 id)
    {
        _notZero(applicationHash);
        BookStorage storage s = _book();
        id = ++s.lastId;
        License storage l = s.licenses[id];
        l.kind = kind;
        l.state = State.Applied;
        l.holder = msg.sender;
        l.appliedAt = uint64(block.timestamp);
        l.parent = parent;
        l.deviceType = deviceType;
        l.applicationHash = applicationHash;
        emit LicenseApplied(id, kind, msg.sender, parent, deviceType, applicationHash);
    }

    function _approve(uint256 id, License storage l, bool governance, bytes32 analysisHash) private {
        BookStorage storage s = _book();
        if (l.kind == Kind.Client) {
            uint256 staked = s.vault.countedStakeOf(id);
            uint256 required = requirementOf(id);
            if (staked < required) revert StakeMissing(id, staked, required);
        }
        (l.baseAtApproval,) = _base(l);
        l.approvedAt = uint64(block.timestamp);
        l.authority = msg.sender;
        if (l.kind == Kind.DeviceType) ++s.typesApproved[l.parent];
        _mint(l.holder, id);
        emit Locked(id);
        _setState(id, l, State.Approved, governance, analysisHash);
        _emitTerms(id, l);
        if (l.kind != Kind.Provider) return;
        emit LicenseMinted(l.holder, id);
        _announceProviderStake();
    }

    function _end(uint256 id, License storage l, State state, bool governance, bytes32 analysisHash) private {
        _freeSlot(l);
        l.endedAt = uint64(block.timestamp);
        _burn(id);
        _setState(id, l, state, governance, analysisHash);
        if (l.kind == Kind.Provider) emit LicenseRevoked(id);
    }

    /// @dev The holder may apply for the same again.
    function _freeSlot(License storage l) private {
        BookStorage storage s = _book();
        if (l.kind == Kind.DeviceType) delete s.liveTypes[l.parent][l.deviceType];
        else delete s.live[l.holder][l.kind];
    }

    function _setState(uint256 id, License storage l, State state, bool governance, bytes32 analysisHash) private {
        State from = l.state;
        l.state = state;
        emit LicenseStateChanged(id, state, from, msg.sender, governance, analysisHash);
    }

    function _checkTeamMayRevoke(uint256 id, License storage l) private view {
        IParameters p = _book().parameters;
        if (p.get(ParameterKeys.LICENSE_REVOKE_BY_TEAM) == 0) revert RevocationNotAllowed(id, type(uint256).max);
        uint256 window = p.get(ParameterKeys.LICENSE_REVOKE_WINDOW);
        if (l.state == State.Approved) {
            if (window != 0) revert WrongState(id, State.Approved);
            return;
        }
        uint256 allowedAt = l.suspendedAt + window;
        if (block.timestamp < allowedAt) revert RevocationNotAllowed(id, allowedAt);
    }

    function _pauseParameters() internal view override returns (IParameters) {
        return _book().parameters;
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}
}
