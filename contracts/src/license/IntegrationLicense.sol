// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IIntegrationLicense} from "../interfaces/IIntegrationLicense.sol";
import {ILicensed} from "../interfaces/ILicenses.sol";
import {IBurnable} from "../interfaces/IBurnable.sol";

/// @title Integration provider licence
contract IntegrationLicense is
    IIntegrationLicense,
    ERC721Upgradeable,
    AccessControlUpgradeable,
    ReentrancyGuardTransient,
    UUPSUpgradeable
{
    using SafeERC20 for IERC20;

    /// @dev Licenses, suspends, revokes, raises requirements.
    bytes32 public constant TEAM_ROLE = keccak256("TEAM_ROLE");
    /// @dev Moves the floor and the release delay.
    bytes32 public constant GOVERNANCE_ROLE = keccak256("GOVERNANCE_ROLE");
    /// @dev Slashes.
    bytes32 public constant COURT_ROLE = keccak256("COURT_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    /// @dev D3-03.
    uint256 private constant DEFAULT_REQUIREMENT = 100_000e18;
    /// @dev D3-85: six months.
    uint256 private constant DEFAULT_RELEASE_DELAY = 180 days;

    bytes32 private constant STORAGE_SLOT = 0x36a4fa2a77f5247d662dff9e5d36e7e5bcdb594b8f4a5cbaeb7a48a223b47f00;

    /// @dev Posters own shares of a holder's pool, so a slash needs no loop. A pool slashed to zero starts a new epoch:
    ///      its old shares are worthless and must not dilute new stake.
    struct Pool {
        uint256 stake;
        uint256 epoch;
        mapping(uint256 epoch => uint256) totalShares;
        mapping(uint256 epoch => mapping(address poster => uint256)) shares;
    }

    /// @custom:storage-location erc7201:milepost.integrationlicense
    struct LicenseStorage {
        IERC20 token;
        uint256 lastId;
        uint256 requirement;
        uint256 floor;
        uint256 releaseDelay;
        uint256 totalStaked;
        mapping(address holder => uint256 tokenId) licenseOf;
        mapping(uint256 tokenId => bool) suspended;
        mapping(address holder => uint256) raisedRequirement;
        mapping(address holder => uint256) releaseAt;
        mapping(address holder => Pool) pools;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param token Staked token.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE; the three powers are granted separately.
    function initialize(address token, address admin) external initializer {
        if (token == address(0) || admin == address(0)) revert ZeroAddress();
        __ERC721_init("DIMO Integration Provider License", "DIMO/LICENSE");
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        LicenseStorage storage s = _license();
        s.token = IERC20(token);
        s.requirement = DEFAULT_REQUIREMENT;
        s.floor = DEFAULT_REQUIREMENT;
        s.releaseDelay = DEFAULT_RELEASE_DELAY;
        emit StakeAmountAdjusted(DEFAULT_REQUIREMENT);
    }

    /// @inheritdoc IIntegrationLicense
    function mint(address to) external onlyRole(TEAM_ROLE) returns (uint256 tokenId) {
        LicenseStorage storage s = _license();
        if (s.licenseOf[to] != 0) revert AlreadyLicensed(to);
        tokenId = ++s.lastId;
        s.licenseOf[to] = tokenId;
        delete s.releaseAt[to];
        _mint(to, tokenId);
        emit LicenseMinted(to, tokenId);
    }

    /// @inheritdoc IIntegrationLicense
    function revoke(uint256 tokenId, bytes32 reasonHash) external onlyRole(TEAM_ROLE) {
        address holder = _holderOf(tokenId);
        _end(holder, tokenId);
        emit LicenseRevocationReason(tokenId, holder, reasonHash);
    }

    /// @inheritdoc IIntegrationLicense
    function suspend(uint256 tokenId, bytes32 reasonHash) external onlyRole(TEAM_ROLE) {
        _holderOf(tokenId);
        LicenseStorage storage s = _license();
        if (s.suspended[tokenId]) revert AlreadySuspended(tokenId);
        s.suspended[tokenId] = true;
        emit LicenseSuspended(tokenId, reasonHash);
    }

    /// @inheritdoc IIntegrationLicense
    function reinstate(uint256 tokenId) external onlyRole(TEAM_ROLE) {
        LicenseStorage storage s = _license();
        if (!s.suspended[tokenId]) revert NotSuspended(tokenId);
        delete s.suspended[tokenId];
        emit LicenseReinstated(tokenId);
    }

    /// @inheritdoc IIntegrationLicense
    function renounce() external {
        uint256 tokenId = _license().licenseOf[msg.sender];
        if (tokenId == 0) revert NoLicense(msg.sender);
        _end(msg.sender, tokenId);
    }

    /// @inheritdoc IIntegrationLicense
    function stake(uint256 amount) external {
        _stake(msg.sender, amount);
    }

    /// @inheritdoc IIntegrationLicense
    function stakeFor(address holder, uint256 amount) external {
        _stake(holder, amount);
    }

    /// @inheritdoc IIntegrationLicense
    function unstake(uint256 amount) external {
        _unstake(msg.sender, amount);
    }

    /// @inheritdoc IIntegrationLicense
    function unstakeFor(address holder, uint256 amount) external {
        _unstake(holder, amount);
    }

    /// @inheritdoc IIntegrationLicense
    function setRequirement(uint256 amount) external onlyRole(TEAM_ROLE) {
        LicenseStorage storage s = _license();
        if (amount < s.floor) revert RequirementBelowFloor(amount, s.floor);
        s.requirement = amount;
        emit StakeAmountAdjusted(amount);
    }

    /// @inheritdoc IIntegrationLicense
    function setRequirementFloor(uint256 floor) external onlyRole(GOVERNANCE_ROLE) {
        LicenseStorage storage s = _license();
        s.floor = floor;
        emit RequirementFloorSet(floor);
        // A higher floor lifts the requirement with it: the requirement is never below the floor.
        if (s.requirement < floor) {
            s.requirement = floor;
            emit StakeAmountAdjusted(floor);
        }
    }

    /// @inheritdoc IIntegrationLicense
    function raiseRequirement(address holder, uint256 amount) external onlyRole(TEAM_ROLE) {
        LicenseStorage storage s = _license();
        if (amount != 0 && amount < s.requirement) revert RequirementBelowFloor(amount, s.requirement);
        s.raisedRequirement[holder] = amount;
        emit RequirementRaised(holder, amount);
    }

    /// @inheritdoc IIntegrationLicense
    function setReleaseDelay(uint256 releaseDelay_) external onlyRole(GOVERNANCE_ROLE) {
        _license().releaseDelay = releaseDelay_;
        emit ReleaseDelaySet(releaseDelay_);
    }

    /// @inheritdoc IIntegrationLicense
    function slash(address holder, uint256 amount, address recipient, bytes32 reasonHash)
        external
        onlyRole(COURT_ROLE)
        nonReentrant
    {
        LicenseStorage storage s = _license();
        Pool storage pool = s.pools[holder];
        if (amount == 0) revert ZeroAmount();
        if (amount > pool.stake) revert InsufficientStake(amount, pool.stake);
        pool.stake -= amount;
        s.totalStaked -= amount;
        if (pool.stake == 0) ++pool.epoch;
        emit StakeSlashed(holder, amount, recipient, reasonHash);
        if (recipient == address(0)) IBurnable(address(s.token)).burn(amount);
        else s.token.safeTransfer(recipient, amount);
    }

    /// @inheritdoc ILicensed
    function isLicensed(address holder) external view returns (bool) {
        LicenseStorage storage s = _license();
        uint256 tokenId = s.licenseOf[holder];
        return tokenId != 0 && !s.suspended[tokenId] && s.pools[holder].stake >= requirementOf(holder);
    }

    /// @inheritdoc IIntegrationLicense
    function requirement() external view returns (uint256) {
        return _license().requirement;
    }

    /// @inheritdoc IIntegrationLicense
    function requirementFloor() external view returns (uint256) {
        return _license().floor;
    }

    /// @inheritdoc IIntegrationLicense
    function releaseDelay() external view returns (uint256) {
        return _license().releaseDelay;
    }

    /// @inheritdoc IIntegrationLicense
    function stakeOf(address holder) external view returns (uint256) {
        return _license().pools[holder].stake;
    }

    /// @inheritdoc IIntegrationLicense
    function stakePostedBy(address holder, address poster) external view returns (uint256) {
        Pool storage pool = _license().pools[holder];
        uint256 total = pool.totalShares[pool.epoch];
        if (total == 0) return 0;
        return Math.mulDiv(pool.shares[pool.epoch][poster], pool.stake, total);
    }

    /// @inheritdoc IIntegrationLicense
    function releaseAt(address holder) external view returns (uint256) {
        return _license().releaseAt[holder];
    }

    /// @inheritdoc IIntegrationLicense
    function totalStaked() external view returns (uint256) {
        return _license().totalStaked;
    }

    /// @inheritdoc IIntegrationLicense
    function licenseOf(address holder) external view returns (uint256) {
        return _license().licenseOf[holder];
    }

    /// @inheritdoc IIntegrationLicense
    function isSuspended(uint256 tokenId) external view returns (bool) {
        return _license().suspended[tokenId];
    }

    /// @inheritdoc IIntegrationLicense
    function stakingToken() external view returns (address) {
        return address(_license().token);
    }

    /// @inheritdoc IIntegrationLicense
    function requirementOf(address holder) public view returns (uint256) {
        LicenseStorage storage s = _license();
        return Math.max(s.requirement, s.raisedRequirement[holder]);
    }

    /// @inheritdoc IIntegrationLicense
    function withdrawable(address holder) public view returns (uint256) {
        LicenseStorage storage s = _license();
        uint256 staked = s.pools[holder].stake;
        uint256 tokenId = s.licenseOf[holder];
        if (tokenId == 0) return block.timestamp < s.releaseAt[holder] ? 0 : staked;
        if (s.suspended[tokenId]) return 0;
        return Math.saturatingSub(staked, requirementOf(holder));
    }

    /// @dev Soul-bound: an approval would be meaningless.
    function approve(address, uint256) public pure override {
        revert Soulbound();
    }

    /// @dev Soul-bound: an approval would be meaningless.
    function setApprovalForAll(address, bool) public pure override {
        revert Soulbound();
    }

    /// @inheritdoc ERC721Upgradeable
    function supportsInterface(bytes4 interfaceId)
        public
        view
        override(ERC721Upgradeable, AccessControlUpgradeable)
        returns (bool)
    {
        return super.supportsInterface(interfaceId);
    }

    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        from = super._update(to, tokenId, auth);
        if (from != address(0) && to != address(0)) revert Soulbound();
    }

    function _holderOf(uint256 tokenId) private view returns (address holder) {
        holder = _ownerOf(tokenId);
        if (holder == address(0)) revert UnknownLicense(tokenId);
    }

    function _end(address holder, uint256 tokenId) private {
        LicenseStorage storage s = _license();
        delete s.licenseOf[holder];
        delete s.suspended[tokenId];
        uint256 freeAt = block.timestamp + s.releaseDelay;
        s.releaseAt[holder] = freeAt;
        _burn(tokenId);
        emit LicenseRevoked(tokenId);
        emit StakeReleaseScheduled(holder, freeAt);
    }

    function _stake(address holder, uint256 amount) private nonReentrant {
        if (holder == address(0)) revert ZeroAddress();
        if (amount == 0) revert ZeroAmount();
        LicenseStorage storage s = _license();
        Pool storage pool = s.pools[holder];
        uint256 total = pool.totalShares[pool.epoch];
        uint256 shares = total == 0 ? amount : Math.mulDiv(amount, total, pool.stake);
        pool.shares[pool.epoch][msg.sender] += shares;
        pool.totalShares[pool.epoch] = total + shares;
        pool.stake += amount;
        s.totalStaked += amount;
        emit StakeTokens(holder, amount);
        emit StakePosted(holder, msg.sender, amount);
        s.token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function _unstake(address holder, uint256 amount) private nonReentrant {
        if (amount == 0) revert ZeroAmount();
        LicenseStorage storage s = _license();
        Pool storage pool = s.pools[holder];
        uint256 free = withdrawable(holder);
        if (amount > free) revert StakeLocked(holder, amount, free);
        uint256 total = pool.totalShares[pool.epoch];
        // Rounded up, in favour of the remaining posters.
        uint256 shares = Math.mulDiv(amount, total, pool.stake, Math.Rounding.Ceil);
        uint256 owned = pool.shares[pool.epoch][msg.sender];
        if (shares > owned) revert InsufficientStake(amount, Math.mulDiv(owned, pool.stake, total));
        pool.shares[pool.epoch][msg.sender] = owned - shares;
        pool.totalShares[pool.epoch] = total - shares;
        pool.stake -= amount;
        s.totalStaked -= amount;
        // Nothing left: rounding dust of the old shares must not own the next stake.
        if (pool.stake == 0) ++pool.epoch;
        emit UnstakeTokens(holder, amount);
        emit StakeReleased(holder, msg.sender, amount);
        s.token.safeTransfer(msg.sender, amount);
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _license() private pure returns (LicenseStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
