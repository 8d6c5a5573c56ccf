// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ILicensed} from "./ILicenses.sol";

/// @title Licence and stake of integration providers (D3-73 … D3-85)
/// @notice "Licensed" means: holds the NFT, not suspended, stake at least the requirement. The stake may be posted by
///         the holder or by a financing partner; it goes back to the poster. A slash hits all posters of a holder in
///         proportion. Powers are split: the team licenses, suspends, revokes and raises requirements but can
///         neither slash nor go below the floor; governance moves the floor; the court slashes.
interface IIntegrationLicense is ILicensed {
    error ZeroAddress();
    error ZeroAmount();
    error Soulbound();
    error AlreadyLicensed(address holder);
    error NoLicense(address holder);
    error UnknownLicense(uint256 tokenId);
    error AlreadySuspended(uint256 tokenId);
    error NotSuspended(uint256 tokenId);
    error RequirementBelowFloor(uint256 amount, uint256 floor);
    error StakeLocked(address holder, uint256 requested, uint256 withdrawable);
    error InsufficientStake(uint256 requested, uint256 available);

    /// @notice `user` is the holder whose stake changes, whoever posts.
    event StakeTokens(address indexed user, uint256 amountOfTokens);
    event UnstakeTokens(address indexed user, uint256 amountOfTokens);
    event StakeAmountAdjusted(uint256 amount);
    event LicenseMinted(address indexed user, uint256 tokenId);
    event LicenseRevoked(uint256 tokenId);

    event StakePosted(address indexed holder, address indexed poster, uint256 amount);
    event StakeReleased(address indexed holder, address indexed poster, uint256 amount);
    event LicenseSuspended(uint256 indexed tokenId, bytes32 reasonHash);
    event LicenseReinstated(uint256 indexed tokenId);
    event LicenseRevocationReason(uint256 indexed tokenId, address indexed holder, bytes32 reasonHash);
    event RequirementRaised(address indexed holder, uint256 amount);
    event StakeSlashed(address indexed holder, uint256 amount, address recipient, bytes32 reasonHash);
    event StakeReleaseScheduled(address indexed holder, uint256 releaseAt);
    event RequirementFloorSet(uint256 floor);
    event ReleaseDelaySet(uint256 releaseDelay);

    /// @notice Licenses an account. @dev TEAM_ROLE. One licence per holder; the stake follows later (D3-75).
    function mint(address to) external returns (uint256 tokenId);

    /// @notice Takes a licence away. @dev TEAM_ROLE. The stake stays locked for `releaseDelay`, so a court can act.
    function revoke(uint256 tokenId, bytes32 reasonHash) external;

    /// @notice Suspends a licence; the whole stake is locked meanwhile. @dev TEAM_ROLE.
    function suspend(uint256 tokenId, bytes32 reasonHash) external;

    /// @notice Ends a suspension. @dev TEAM_ROLE.
    function reinstate(uint256 tokenId) external;

    /// @notice The holder gives the licence up; the stake is released after `releaseDelay` (D3-85).
    function renounce() external;

    /// @notice Posts stake for the caller.
    function stake(uint256 amount) external;

    /// @notice Posts stake for another holder (D3-77).
    function stakeFor(address holder, uint256 amount) external;

    /// @notice Takes back stake that the caller posted for itself.
    function unstake(uint256 amount) external;

    /// @notice Takes back stake that the caller posted for `holder`.
    function unstakeFor(address holder, uint256 amount) external;

    /// @notice Stake of every holder without an own one. @dev TEAM_ROLE; never below the floor (D3-27).
    function setRequirement(uint256 amount) external;

    /// @notice Lowest requirement. @dev GOVERNANCE_ROLE only. Does not move the requirement itself.
    function setRequirementFloor(uint256 floor) external;

    /// @notice Raises one holder's requirement, zero clears it (D3-84). @dev TEAM_ROLE.
    function raiseRequirement(address holder, uint256 amount) external;

    /// @notice Seconds between the end of a licence and the release of its stake. @dev GOVERNANCE_ROLE.
    function setReleaseDelay(uint256 releaseDelay) external;

    /// @notice Takes stake; a zero recipient burns it. @dev COURT_ROLE (D3-80); reaches stake of former holders too.
    function slash(address holder, uint256 amount, address recipient, bytes32 reasonHash) external;

    function requirement() external view returns (uint256);
    function requirementFloor() external view returns (uint256);
    function releaseDelay() external view returns (uint256);

    /// @notice The holder's own requirement when raised, else the general one.
    function requirementOf(address holder) external view returns (uint256);

    /// @notice Stake posted for a holder.
    function stakeOf(address holder) external view returns (uint256);

    /// @notice Part of a holder's stake that a poster may take back once it is free.
    function stakePostedBy(address holder, address poster) external view returns (uint256);

    /// @notice Part of a holder's stake that is not locked now.
    function withdrawable(address holder) external view returns (uint256);

    /// @notice Time from which a former holder's stake is free, zero when not scheduled.
    function releaseAt(address holder) external view returns (uint256);

    /// @notice Sum over all holders; equals the token balance of this contract.
    function totalStaked() external view returns (uint256);

    /// @notice Licence of a holder, zero when none.
    function licenseOf(address holder) external view returns (uint256);
    function isSuspended(uint256 tokenId) external view returns (bool);
    function stakingToken() external view returns (address);
}
