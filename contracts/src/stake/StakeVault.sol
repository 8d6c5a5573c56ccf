// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {EmergencyPausable} from "../governance/EmergencyPausable.sol";
import {ILicenseBook} from "../interfaces/ILicenseBook.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IProviderStakeEvents, IStakeVault} from "../interfaces/IStakeVault.sol";
import {ParameterKeys} from "../libraries/ParameterKeys.sol";

/// @title Stakes of all licences
contract StakeVault is
    IStakeVault,
    IProviderStakeEvents,
    AccessControlUpgradeable,
    ReentrancyGuardTransient,
    EmergencyPausable,
    UUPSUpgradeable
{
    using SafeERC20 for IERC20;

    /// @dev Locks, unlocks and slashes: the court contract and nobody else.
    bytes32 public constant COURT_ROLE = keccak256("COURT_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    uint8 private constant OWN = 0;
    uint8 private constant PARTNER = 1;
    uint8 private constant LOAN = 2;
    uint8 private constant CLASSES = 3;

    /// @dev Values of `stake.release_rule` (C-09).
    uint256 private constant RULE_ANY_RESTARTS = 0;
    uint256 private constant RULE_SUCCESS_RESTARTS = 1;

    bytes32 private constant STORAGE_SLOT = 0x5383ae97c9c661a4155f4c24f59d3e7b68c33d5a2681197bb55be165354ebc00;

    /// @dev Posters own shares, so a slash needs no loop. An emptied pool starts a new epoch: its old shares are
    ///      worthless and must not dilute new stake.
    struct Pool {
        uint256 stake;
        uint256 epoch;
        mapping(uint256 epoch => uint256) totalShares;
        mapping(uint256 epoch => mapping(address poster => uint256)) shares;
    }

    struct Vault {
        uint64 openChallenges;
        uint64 restartedAt;
        uint64 loanDueAt;
        mapping(uint8 class => Pool) pools;
    }

    /// @custom:storage-location erc7201:milepost.stakevault
    struct VaultStorage {
        IERC20 token;
        ILicenseBook book;
        IParameters parameters;
        uint256 totalStaked;
        mapping(uint256 licenseId => Vault) vaults;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param token_ Staked token.
    /// @param book Licences.
    /// @param parameters Numbers and the account of the foundation.
    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE; COURT_ROLE is granted separately.
    function initialize(address token_, address book, address parameters, address admin) external initializer {
        if (token_ == address(0) || book == address(0)) revert ZeroAddress();
        if (parameters == address(0) || admin == address(0)) revert ZeroAddress();
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        VaultStorage storage s = _vault();
        s.token = IERC20(token_);
        s.book = ILicenseBook(book);
        s.parameters = IParameters(parameters);
    }

    /// @inheritdoc IStakeVault
    function stake(uint256 licenseId, uint256 amount) external whenRunning nonReentrant {
        address holder = _stakeable(licenseId);
        uint8 class = msg.sender == holder ? OWN : PARTNER;
        if (class == PARTNER) _checkThirdParty();
        _post(licenseId, class, msg.sender, holder, amount);
    }

    /// @inheritdoc IStakeVault
    function lend(uint256 licenseId, uint256 amount, uint64 dueAt) external whenRunning nonReentrant {
        address holder = _stakeable(licenseId);
        _checkFoundation();
        Vault storage v = _vault().vaults[licenseId];
        uint256 earliest = Math.max(block.timestamp + 1, v.loanDueAt);
        if (dueAt < earliest) revert InvalidDueTime(dueAt, earliest);
        v.loanDueAt = dueAt;
        // Loans are the foundation's whichever account stands for it.
        _post(licenseId, LOAN, address(0), holder, amount);
    }

    /// @inheritdoc IStakeVault
    function withdraw(uint256 licenseId, uint8 class, uint256 amount) external nonReentrant {
        if (class >= CLASSES) revert InvalidClass(class);
        if (amount == 0) revert ZeroAmount();
        if (class == LOAN) _checkFoundation();
        uint256 free = _free(licenseId, class);
        if (amount > free) revert StakeLocked(licenseId, amount, free);
        VaultStorage storage s = _vault();
        Vault storage v = s.vaults[licenseId];
        Pool storage pool = v.pools[class];
        address poster = class == LOAN ? address(0) : msg.sender;
        uint256 total = pool.totalShares[pool.epoch];
        uint256 owned = pool.shares[pool.epoch][poster];
        if (owned == 0) revert InsufficientStake(amount, 0);
        // Rounded up, in favour of the remaining posters.
        uint256 shares = Math.mulDiv(amount, total, pool.stake, Math.Rounding.Ceil);
        if (shares > owned) revert InsufficientStake(amount, Math.mulDiv(owned, pool.stake, total));
        pool.shares[pool.epoch][poster] = owned - shares;
        pool.totalShares[pool.epoch] = total - shares;
        _shrink(v, class, amount);
        s.totalStaked -= amount;
        emit Withdrawn(licenseId, msg.sender, class, amount, shares);
        _emitChanged(licenseId, v);
        if (s.book.kindOf(licenseId) == ILicenseBook.Kind.Provider) {
            address holder = s.book.holderOf(licenseId);
            emit UnstakeTokens(holder, amount);
            emit StakeReleased(holder, msg.sender, amount);
        }
        s.token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IStakeVault
    function lock(uint256 licenseId) external onlyRole(COURT_ROLE) {
        VaultStorage storage s = _vault();
        if (s.book.holderOf(licenseId) == address(0)) revert UnknownLicense(licenseId);
        Vault storage v = s.vaults[licenseId];
        ++v.openChallenges;
        emit ChallengeLocked(licenseId, v.openChallenges);
    }

    /// @inheritdoc IStakeVault
    function unlock(uint256 licenseId, bool succeeded) external onlyRole(COURT_ROLE) {
        VaultStorage storage s = _vault();
        Vault storage v = s.vaults[licenseId];
        if (v.openChallenges == 0) revert NoOpenChallenge(licenseId);
        --v.openChallenges;
        uint256 rule = s.parameters.get(ParameterKeys.STAKE_RELEASE_RULE);
        if (rule == RULE_ANY_RESTARTS || (rule == RULE_SUCCESS_RESTARTS && succeeded)) {
            v.restartedAt = uint64(block.timestamp);
        }
        emit ChallengeUnlocked(licenseId, v.openChallenges, succeeded, v.restartedAt);
    }

    /// @inheritdoc IStakeVault
    function slash(uint256 licenseId, uint256 amount)
        external
        onlyRole(COURT_ROLE)
        nonReentrant
        returns (uint256 taken)
    {
        VaultStorage storage s = _vault();
        Vault storage v = s.vaults[licenseId];
        if (v.openChallenges == 0) revert NoOpenChallenge(licenseId);
        if (amount == 0) revert ZeroAmount();
        uint256[CLASSES] memory parts;
        for (uint8 class = 0; class < CLASSES; ++class) {
            parts[class] = Math.min(amount - taken, v.pools[class].stake);
            if (parts[class] == 0) continue;
            taken += parts[class];
            _shrink(v, class, parts[class]);
        }
        s.totalStaked -= taken;
        emit Slashed(licenseId, msg.sender, parts[OWN], parts[PARTNER], parts[LOAN]);
        _emitChanged(licenseId, v);
        if (s.book.kindOf(licenseId) == ILicenseBook.Kind.Provider) {
            emit StakeSlashed(s.book.holderOf(licenseId), taken, msg.sender, 0);
        }
        s.token.safeTransfer(msg.sender, taken);
    }

    /// @inheritdoc IStakeVault
    function stakeOf(uint256 licenseId) external view returns (uint256) {
        Vault storage v = _vault().vaults[licenseId];
        return v.pools[OWN].stake + v.pools[PARTNER].stake + v.pools[LOAN].stake;
    }

    /// @inheritdoc IStakeVault
    function openChallenges(uint256 licenseId) external view returns (uint256) {
        return _vault().vaults[licenseId].openChallenges;
    }

    /// @inheritdoc IStakeVault
    function poolOf(uint256 licenseId, uint8 class)
        external
        view
        returns (uint256 amount, uint256 totalShares, uint256 epoch)
    {
        Pool storage pool = _vault().vaults[licenseId].pools[class];
        return (pool.stake, pool.totalShares[pool.epoch], pool.epoch);
    }

    /// @inheritdoc IStakeVault
    function withdrawableBy(uint256 licenseId, uint8 class, address poster) external view returns (uint256) {
        if (class >= CLASSES) revert InvalidClass(class);
        return Math.min(postedBy(licenseId, class, poster), _free(licenseId, class));
    }

    /// @inheritdoc IStakeVault
    function loanDueAt(uint256 licenseId) external view returns (uint256) {
        return _vault().vaults[licenseId].loanDueAt;
    }

    /// @inheritdoc IStakeVault
    function totalStaked() external view returns (uint256) {
        return _vault().totalStaked;
    }

    /// @inheritdoc IStakeVault
    function token() external view returns (address) {
        return address(_vault().token);
    }

    /// @inheritdoc IStakeVault
    function licenseBook() external view returns (address) {
        return address(_vault().book);
    }

    /// @inheritdoc IStakeVault
    function countedStakeOf(uint256 licenseId) public view returns (uint256) {
        Vault storage v = _vault().vaults[licenseId];
        uint256 loan = block.timestamp < v.loanDueAt ? v.pools[LOAN].stake : 0;
        return v.pools[OWN].stake + v.pools[PARTNER].stake + loan;
    }

    /// @inheritdoc IStakeVault
    function postedBy(uint256 licenseId, uint8 class, address poster) public view returns (uint256) {
        Pool storage pool = _vault().vaults[licenseId].pools[class];
        uint256 total = pool.totalShares[pool.epoch];
        if (total == 0) return 0;
        return Math.mulDiv(pool.shares[pool.epoch][class == LOAN ? address(0) : poster], pool.stake, total);
    }

    /// @inheritdoc IStakeVault
    function withdrawable(uint256 licenseId) public view returns (uint256) {
        VaultStorage storage s = _vault();
        if (_held(s, licenseId)) return 0;
        ILicenseBook.State state = s.book.stateOf(licenseId);
        uint256 counted = countedStakeOf(licenseId);
        if (state == ILicenseBook.State.Approved) {
            return Math.saturatingSub(counted, s.book.requirementOf(licenseId));
        }
        if (state == ILicenseBook.State.Suspended) return 0;
        if (state == ILicenseBook.State.Revoked || state == ILicenseBook.State.Renounced) {
            return isReleasable(licenseId) ? counted : 0;
        }
        return counted;
    }

    /// @inheritdoc IStakeVault
    function releaseAt(uint256 licenseId) public view returns (uint256) {
        VaultStorage storage s = _vault();
        uint256 endedAt = s.book.endedAt(licenseId);
        if (endedAt == 0) return 0;
        uint256 from = Math.max(endedAt, s.vaults[licenseId].restartedAt);
        return from + s.parameters.get(ParameterKeys.STAKE_RELEASE_DELAY);
    }

    /// @inheritdoc IStakeVault
    function isReleasable(uint256 licenseId) public view returns (bool) {
        VaultStorage storage s = _vault();
        uint256 freeFrom = releaseAt(licenseId);
        if (freeFrom == 0 || block.timestamp < freeFrom || _held(s, licenseId)) return false;
        return s.book.usersOf(licenseId) == 0;
    }

    function _post(uint256 licenseId, uint8 class, address poster, address holder, uint256 amount) private {
        if (amount == 0) revert ZeroAmount();
        VaultStorage storage s = _vault();
        Vault storage v = s.vaults[licenseId];
        Pool storage pool = v.pools[class];
        uint256 total = pool.totalShares[pool.epoch];
        uint256 shares = total == 0 ? amount : Math.mulDiv(amount, total, pool.stake);
        if (shares == 0) revert ZeroShares(amount);
        pool.shares[pool.epoch][poster] += shares;
        pool.totalShares[pool.epoch] = total + shares;
        pool.stake += amount;
        s.totalStaked += amount;
        emit Staked(licenseId, msg.sender, class, amount, shares);
        _emitChanged(licenseId, v);
        if (s.book.kindOf(licenseId) == ILicenseBook.Kind.Provider) {
            emit StakeTokens(holder, amount);
            emit StakePosted(holder, msg.sender, amount);
        }
        s.token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function _shrink(Vault storage v, uint8 class, uint256 amount) private {
        Pool storage pool = v.pools[class];
        pool.stake -= amount;
        if (pool.stake != 0) return;
        // Rounding dust of the old shares must not own the next stake.
        ++pool.epoch;
        if (class == LOAN) v.loanDueAt = 0;
    }

    function _emitChanged(uint256 licenseId, Vault storage v) private {
        emit StakeChanged(licenseId, v.pools[OWN].stake, v.pools[PARTNER].stake, v.pools[LOAN].stake, v.loanDueAt);
    }

    /// @dev Holder of a licence that takes stake.
    function _stakeable(uint256 licenseId) private view returns (address holder) {
        ILicenseBook book = _vault().book;
        ILicenseBook.State state = book.stateOf(licenseId);
        if (
            state != ILicenseBook.State.Applied && state != ILicenseBook.State.Approved
                && state != ILicenseBook.State.Suspended
        ) revert NotStakeable(licenseId, uint8(state));
        return book.holderOf(licenseId);
    }

    function _checkThirdParty() private view {
        if (_vault().parameters.get(ParameterKeys.STAKE_THIRD_PARTY) == 0) revert ThirdPartyNotAllowed(msg.sender);
    }

    function _checkFoundation() private view {
        if (msg.sender != _vault().parameters.account("foundation")) revert NotFoundation(msg.sender);
    }

    /// @dev What may leave a class now.
    function _free(uint256 licenseId, uint8 class) private view returns (uint256) {
        Vault storage v = _vault().vaults[licenseId];
        if (class != LOAN || block.timestamp < v.loanDueAt) return withdrawable(licenseId);
        return v.openChallenges == 0 ? v.pools[LOAN].stake : 0;
    }

    /// @dev By an open case, or a burn that is due: a licence that ends would leave it behind.
    function _held(VaultStorage storage s, uint256 licenseId) private view returns (bool) {
        if (s.vaults[licenseId].openChallenges != 0) return true;
        (, uint256 burn,) = s.book.burnDue(licenseId);
        return burn != 0;
    }

    function _pauseParameters() internal view override returns (IParameters) {
        return _vault().parameters;
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _vault() private pure returns (VaultStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
