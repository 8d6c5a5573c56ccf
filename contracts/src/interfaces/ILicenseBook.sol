// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ILicensed} from "./ILicenses.sol";

/// @title What the book asks of a court
interface IDebts {
    /// @notice What a holder owes beyond the stake that was taken.
    function debtOf(address holder) external view returns (uint256);
}

/// @title Events of the deployed provider licence, with its names and layouts
/// @notice Emitted for provider licences besides the events of this system, so that an index of the deployed network
///         follows both. The book emits the licence events, the vault the stake events.
interface IProviderEvents {
    event LicenseMinted(address indexed user, uint256 tokenId);
    event LicenseRevoked(uint256 tokenId);
    event LicenseRevocationReason(uint256 indexed tokenId, address indexed holder, bytes32 reasonHash);
    event LicenseSuspended(uint256 indexed tokenId, bytes32 reasonHash);
    event LicenseReinstated(uint256 indexed tokenId);
    event RequirementRaised(address indexed holder, uint256 amount);
    event StakeAmountAdjusted(uint256 amount);
}

/// @title Licences of all kinds (docs/specs/economy.md §2 and §3)
/// @notice A licence is applied for, decided by the team, by a vote or by both, and ends by revocation or renunciation.
///         Every transition is in one table; all others revert. The NFT exists while a licence is Approved or
///         Suspended. Governance is the holder of GOVERNANCE_ROLE; the team are the members of the roster, until their
///         term ends and never on a holder that they declared a conflict with. Nobody takes stake here.
interface ILicenseBook is ILicensed {
    enum Kind {
        None,
        Provider,
        Client,
        Node,
        App,
        Operator,
        Broker,
        DeviceType
    }
    enum State {
        None,
        Applied,
        Rejected,
        Approved,
        Suspended,
        Revoked,
        Renounced,
        Released
    }

    /// @notice Everything recorded on one licence.
    /// @param authority Account that approved it.
    /// @param baseAtApproval Requirement without what the team added, at the approval (grandfathering).
    /// @param graceRequirement Requirement before the growth that opened the top-up window.
    struct License {
        Kind kind;
        State state;
        bool recommended;
        uint8 class;
        address holder;
        uint64 appliedAt;
        uint64 approvedAt;
        uint64 suspendedAt;
        uint64 endedAt;
        uint64 graceUntil;
        uint64 users;
        uint128 units;
        address authority;
        uint256 parent;
        bytes32 deviceType;
        bytes32 applicationHash;
        uint256 raised;
        uint256 baseAtApproval;
        uint256 graceRequirement;
    }

    error ZeroAddress();
    error ZeroHash();
    error InvalidKind(Kind kind);
    error InvalidClass(uint8 class);
    error InvalidMonth(uint256 month);
    error WrongState(uint256 id, State state);
    error WrongParent(uint256 parent);
    error NotHolder(uint256 id, address account);
    error NotAuthorized(address account);
    error ConflictOfInterest(address member, address party);
    error AlreadyLicensed(address holder, Kind kind, uint256 id);
    error DeviceTypeTaken(uint256 parent, bytes32 deviceType, uint256 id);
    error AlreadyRecommended(uint256 id);
    error NotRecommended(uint256 id);
    error VoteRequired(uint256 id);
    error RevocationNotAllowed(uint256 id, uint256 allowedAt);
    error StakeMissing(uint256 id, uint256 staked, uint256 required);
    error StakeNotFree(uint256 id);
    error HolderInDebt(address holder, uint256 debt);
    error ChallengeOpen(uint256 id);
    error MonthAlreadyReported(uint256 id, uint256 month);
    error NotOldestMonth(uint256 id, uint256 month);
    error AlreadySet(address current);
    error Soulbound();

    /// @notice `parent` and `deviceType` are zero except for device types.
    event LicenseApplied(
        uint256 indexed id,
        Kind indexed kind,
        address indexed holder,
        uint256 parent,
        bytes32 deviceType,
        bytes32 applicationHash
    );
    event LicenseRecommended(uint256 indexed id, address indexed actor, bytes32 analysisHash);
    /// @notice Every transition after the application. `analysisHash` is zero for those of the holder and for releases.
    event LicenseStateChanged(
        uint256 indexed id,
        State indexed state,
        State from,
        address indexed actor,
        bool byGovernance,
        bytes32 analysisHash
    );
    event LicenseReassigned(
        uint256 indexed id, address indexed from, address indexed to, address actor, bytes32 reasonHash
    );
    event RequirementRaisedFor(uint256 indexed id, address indexed actor, uint256 amount, bytes32 reasonHash);
    event UsageReported(uint256 indexed id, address indexed reporter, uint256 users, uint256 units, uint8 class);
    /// @notice All that, besides parameters and the peg, the requirement and the cover of a licence follow from.
    event LicenseTermsChanged(
        uint256 indexed id,
        uint256 users,
        uint256 units,
        uint8 class,
        uint256 raised,
        uint256 baseAtApproval,
        uint256 graceUntil,
        uint256 graceRequirement
    );
    /// @notice `amount` zero: the month is reported and nothing is due. `month` counts from January 1970.
    event BurnDue(uint256 indexed id, uint256 indexed month, uint256 users, uint256 amount, uint256 dueAt);
    event BurnPaid(uint256 indexed id, uint256 indexed month, address indexed payer, uint256 amount);
    /// @notice ERC-5192, with every mint.
    event Locked(uint256 tokenId);
    event StakeVaultSet(address vault);
    event StakeTermsSet(address terms);
    event CourtSet(address court);

    // Applications -------------------------------------------------------------------------------------------------

    /// @notice Applies for a licence of any kind but a device type. One live licence per account and kind.
    /// @param applicationHash Hash of the application with the terms that the applicant accepts.
    function applyFor(Kind kind, bytes32 applicationHash) external returns (uint256 id);

    /// @notice Applies for a device type under an approved provider licence of the caller. One live licence per type.
    function applyForDeviceType(uint256 providerLicense, bytes32 deviceType, bytes32 applicationHash)
        external
        returns (uint256 id);

    /// @notice The applicant takes an application back.
    function withdrawApplication(uint256 id) external;

    /// @notice Decides an application. The team rejects always, approves when `license.approval.K` is 0 and recommends
    ///         when it is 2; governance rejects and approves, with 2 only what the team recommended. Device types are
    ///         always the team's or governance's to approve. A client's stake must be posted already (D1-31).
    /// @dev Team or governance. `analysisHash` is the hash of the published analysis (D1-22).
    function decide(uint256 id, bool approved, bytes32 analysisHash) external;

    /// @notice Approves an application without a recommendation. @dev GOVERNANCE_ROLE (C-10, D1-19).
    function overrule(uint256 id, bytes32 analysisHash) external;

    // Life ---------------------------------------------------------------------------------------------------------

    /// @notice Suspends a licence; its whole stake is locked meanwhile. @dev Team or governance, at once.
    function suspend(uint256 id, bytes32 analysisHash) external;

    /// @notice Ends a suspension. @dev Team or governance.
    function reinstate(uint256 id, bytes32 analysisHash) external;

    /// @notice Ends a licence; its stake stays locked for `stake.release_delay`. @dev Governance, from Approved and
    ///         Suspended. The team when `license.revoke_by_team` is set and the suspension lasted for
    ///         `license.revoke_window`; with a window of zero also without a suspension (C-28).
    function revoke(uint256 id, bytes32 analysisHash) external;

    /// @notice The holder gives the licence up (D1-36).
    function renounce(uint256 id) external;

    /// @notice Closes an ended licence whose stake is free. Anyone.
    function release(uint256 id) external;

    /// @notice Moves a live licence to another account after a merger or the loss of a key (C-08). Refused while the
    ///         holder has court debt or a challenge is open. Posted stake stays with its posters.
    /// @dev Team or governance. A device type moves only to the holder of its provider licence.
    function reassign(uint256 id, address to, bytes32 reasonHash) external;

    // Requirement --------------------------------------------------------------------------------------------------

    /// @notice Least requirement of one licence, zero clears it (D3-84). It never lowers what the parameters ask.
    /// @dev Team or governance; Applied, Approved or Suspended.
    function raiseRequirement(uint256 id, uint256 amount, bytes32 reasonHash) external;

    /// @notice Records what a licensee uses. A report that lifts the requirement above the stake of a covered licence
    ///         opens the top-up window; it is not prolonged by further growth. A report that is covered closes it.
    /// @dev REPORTER_ROLE; Approved, Suspended, Revoked or Renounced (stake stays while users are left, D1-35).
    function reportUsage(uint256 id, uint64 users, uint128 units, uint8 class) external;

    /// @notice Records the users that an app served in a past month, in ascending order of months, and what it owes
    ///         for them (D1-49). @dev REPORTER_ROLE; the same states.
    /// @param month Months since January 1970, UTC.
    function reportMonth(uint256 id, uint256 month, uint64 users) external;

    /// @notice Burns what is due for the oldest unpaid month, from the caller's tokens.
    function payBurn(uint256 id, uint256 month) external;

    /// @notice Emits the provider stake of the parameters for indexes of the deployed events. Anyone.
    function announceProviderStake() external;

    // Wiring -------------------------------------------------------------------------------------------------------

    /// @notice Sets the vault, once. @dev GOVERNANCE_ROLE.
    function setStakeVault(address vault) external;

    /// @notice Sets the contract that computes requirements and burns. @dev GOVERNANCE_ROLE.
    function setStakeTerms(address terms) external;

    /// @notice Sets the court whose debts make a holder inactive; zero: none. @dev GOVERNANCE_ROLE.
    function setCourt(address court) external;

    // Views --------------------------------------------------------------------------------------------------------

    function licenseInfo(uint256 id) external view returns (License memory);
    function lastId() external view returns (uint256);
    function kindOf(uint256 id) external view returns (Kind);
    function stateOf(uint256 id) external view returns (State);

    /// @notice Last holder, also after the NFT is gone; zero for an unknown id.
    function holderOf(uint256 id) external view returns (address);
    function parentOf(uint256 id) external view returns (uint256);

    /// @notice Live licence (Applied, Approved, Suspended) or zero; zero for device types.
    function licenseOf(address holder, Kind kind) external view returns (uint256);

    /// @notice Type key of a device-type licence, e.g. "dash_cam".
    function deviceTypeOf(uint256 id) external view returns (bytes32);

    /// @notice Live licence or zero.
    function deviceTypeLicense(uint256 providerLicense, bytes32 deviceType) external view returns (uint256);

    /// @notice Device-type licences ever approved under a provider licence. Not zero: the provider is limited to types.
    function deviceTypesApproved(uint256 providerLicense) external view returns (uint256);

    /// @notice Approved, covered, no burn overdue, no court debt of the holder, and for a device type an active parent.
    function isActive(uint256 id) external view returns (bool);

    /// @notice Stake that the licence needs now; 2^256 − 1 for a pegged kind before the first price.
    function requirementOf(uint256 id) external view returns (uint256);

    /// @notice Counted stake at the requirement, or at the one before the growth inside the top-up window.
    function isCovered(uint256 id) external view returns (bool);

    /// @notice Revoked or renounced at, else zero.
    function endedAt(uint256 id) external view returns (uint64);
    function usersOf(uint256 id) external view returns (uint256);

    /// @notice Oldest unpaid month; all zero when nothing is due.
    function burnDue(uint256 id) external view returns (uint256 month, uint256 amount, uint256 dueAt);
    function hasOverdueBurn(uint256 id) external view returns (bool);

    /// @notice Always true (ERC-5192).
    function locked(uint256 id) external view returns (bool);
    function stakeVault() external view returns (address);
    function stakeTerms() external view returns (address);
    function court() external view returns (address);
    function parameters() external view returns (address);
    function teamRoster() external view returns (address);
    function token() external view returns (address);
}
