// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Stake events of the deployed provider licence, with its names and layouts
interface IProviderStakeEvents {
    event StakeTokens(address indexed user, uint256 amountOfTokens);
    event UnstakeTokens(address indexed user, uint256 amountOfTokens);
    event StakePosted(address indexed holder, address indexed poster, uint256 amount);
    event StakeReleased(address indexed holder, address indexed poster, uint256 amount);
    event StakeSlashed(address indexed holder, uint256 amount, address recipient, bytes32 reasonHash);
}

/// @title Stakes of all licences (docs/specs/economy.md §3)
/// @notice One vault per licence with three classes: 0 own, 1 partner, 2 loan of the foundation. A slash empties them
///         in this order and hits the posters of a class in proportion. Loans past due are no cover.
interface IStakeVault {
    error ZeroAddress();
    error ZeroAmount();
    error ZeroShares(uint256 amount);
    error UnknownLicense(uint256 licenseId);
    error InvalidClass(uint8 class);
    error NotStakeable(uint256 licenseId, uint8 state);
    error ThirdPartyNotAllowed(address poster);
    error NotFoundation(address account);
    error InvalidDueTime(uint256 dueAt, uint256 earliest);
    error StakeLocked(uint256 licenseId, uint256 requested, uint256 withdrawable);
    error InsufficientStake(uint256 requested, uint256 available);
    error NoOpenChallenge(uint256 licenseId);

    event Staked(
        uint256 indexed licenseId, address indexed poster, uint8 indexed class, uint256 amount, uint256 shares
    );
    event Withdrawn(
        uint256 indexed licenseId, address indexed poster, uint8 indexed class, uint256 amount, uint256 shares
    );
    event Slashed(uint256 indexed licenseId, address indexed recipient, uint256 own, uint256 partner, uint256 loan);
    /// @notice The whole vault after every change.
    event StakeChanged(uint256 indexed licenseId, uint256 own, uint256 partner, uint256 loan, uint256 loanDueAt);
    event ChallengeLocked(uint256 indexed licenseId, uint256 open);
    event ChallengeUnlocked(uint256 indexed licenseId, uint256 open, bool succeeded, uint256 restartedAt);

    /// @notice Posts stake for a licence: class own when the caller is its holder, else partner (`stake.third_party`).
    ///         Before or after the approval (C-16); not for ended licences.
    function stake(uint256 licenseId, uint256 amount) external;

    /// @notice Posts a loan, also where partners may not post (D4-48). @dev Only `account("foundation")`. The due time counts
    ///         for the whole loan of the licence, is in the future and never before that of a loan that is still posted.
    function lend(uint256 licenseId, uint256 amount, uint64 dueAt) external;

    /// @notice Takes back what the caller posted in a class, as far as the vault is free. The foundation takes a loan
    ///         past due back at any time without an open challenge.
    function withdraw(uint256 licenseId, uint8 class, uint256 amount) external;

    /// @notice A challenge opens: nothing leaves but by slash. @dev COURT_ROLE.
    function lock(uint256 licenseId) external;

    /// @notice A challenge ends. Depending on `stake.release_rule` it restarts the release delay. @dev COURT_ROLE.
    function unlock(uint256 licenseId, bool succeeded) external;

    /// @notice Takes up to `amount`, own stake first, and sends it to the caller. @dev COURT_ROLE, the only way in
    ///         which stake leaves without its poster.
    function slash(uint256 licenseId, uint256 amount) external returns (uint256 taken);

    /// @notice All stake of a licence.
    function stakeOf(uint256 licenseId) external view returns (uint256);

    /// @notice Stake without loans past due.
    function countedStakeOf(uint256 licenseId) external view returns (uint256);

    /// @notice Challenges that hold the vault.
    function openChallenges(uint256 licenseId) external view returns (uint256);

    /// @notice Stake and shares of one class; shares of an earlier epoch are void.
    function poolOf(uint256 licenseId, uint8 class)
        external
        view
        returns (uint256 amount, uint256 totalShares, uint256 epoch);

    /// @notice What a poster owns of a class; loans belong to the foundation whoever asks.
    function postedBy(uint256 licenseId, uint8 class, address poster) external view returns (uint256);

    /// @notice Counted stake that may leave now.
    function withdrawable(uint256 licenseId) external view returns (uint256);

    /// @notice What one poster can take from a class now.
    function withdrawableBy(uint256 licenseId, uint8 class, address poster) external view returns (uint256);

    /// @notice Time from which the stake of an ended licence is free, zero while it is not ended.
    function releaseAt(uint256 licenseId) external view returns (uint256);

    /// @notice True for an ended licence: release time reached, no challenge open, no users left, no burn due.
    function isReleasable(uint256 licenseId) external view returns (bool);

    /// @notice Due time of the loan, zero without one.
    function loanDueAt(uint256 licenseId) external view returns (uint256);

    /// @notice Sum over all vaults; equals the token balance of this contract.
    function totalStaked() external view returns (uint256);
    function token() external view returns (address);
    function licenseBook() external view returns (address);
}
