// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IBurnable} from "../interfaces/IBurnable.sol";
import {IDevLicense, ILicenseAccountFactory, ILicenseSigners} from "../interfaces/IDevLicense.sol";
import {IPriceProvider} from "../interfaces/ILicenses.sol";

/// @title Developer licence
contract DevLicenseDimo is
    IDevLicense,
    ERC721Upgradeable,
    AccessControlUpgradeable,
    ReentrancyGuardTransient,
    UUPSUpgradeable
{
    using SafeERC20 for IERC20;

    /// @dev Parameters and freezes.
    bytes32 public constant LICENSE_ADMIN_ROLE = keccak256("LICENSE_ADMIN_ROLE");
    /// @dev Revokes licences.
    bytes32 public constant REVOKER_ROLE = keccak256("REVOKER_ROLE");
    /// @dev Takes frozen stake.
    bytes32 public constant COURT_ROLE = keccak256("COURT_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    /// @dev Deployed value: a signer lives one year.
    uint256 private constant DEFAULT_PERIOD_VALIDITY = 365 days;
    /// @dev The deployed alias was a bytes32.
    uint256 private constant MAX_ALIAS_LENGTH = 32;
    bytes4 private constant ERC5192_ID = 0xb45a3c0e;

    bytes32 private constant STORAGE_SLOT = 0x9bb177c1ac86762899c8eb728e6141b5cce6e642fc660e62e4f14f124f017b00;

    struct Signer {
        uint64 enabledAt;
        uint64 expiresAt;
    }

    /// @custom:storage-location erc7201:milepost.devlicense
    struct DevLicenseStorage {
        IERC20 dimoToken;
        address receiver;
        address provider;
        address accountFactory;
        uint256 licenseCostInUsd1e18;
        uint256 periodValidity;
        uint256 lastId;
        uint256 totalStaked;
        mapping(uint256 tokenId => address) clientIds;
        mapping(address clientId => uint256) tokenIds;
        mapping(uint256 tokenId => string) aliases;
        mapping(string licenseAlias => uint256) tokenIdByAlias;
        mapping(uint256 tokenId => mapping(address => Signer)) signers;
        mapping(uint256 tokenId => mapping(string uri => bool)) redirectUris;
        mapping(uint256 tokenId => uint256) stakes;
        mapping(uint256 tokenId => bool) frozen;
        mapping(uint256 tokenId => address) formerOwner;
        mapping(address account => mapping(address issuer => bool)) issuers;
    }

    modifier onlyTokenOwner(uint256 tokenId) {
        _checkTokenOwner(tokenId);
        _;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE; the powers are granted separately.
    /// @param receiver_ Receives the licence fees.
    /// @param accountFactory_ Deploys the licence accounts.
    /// @param provider_ DIMO price.
    /// @param dimoToken_ Token of fees and stakes.
    /// @param licenseCostInUsd1e18_ Cost in USD with 18 decimals; zero means free.
    function initialize(
        address admin,
        address receiver_,
        address accountFactory_,
        address provider_,
        address dimoToken_,
        uint256 licenseCostInUsd1e18_
    ) external initializer {
        if (admin == address(0) || receiver_ == address(0) || accountFactory_ == address(0)) {
            revert ZeroAddress();
        }
        if (provider_ == address(0) || dimoToken_ == address(0)) revert ZeroAddress();
        __ERC721_init("DIMO Developer License", "DLX");
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        DevLicenseStorage storage s = _dev();
        s.dimoToken = IERC20(dimoToken_);
        emit UpdateDimoTokenAddress(dimoToken_);
        _setReceiver(receiver_);
        _setProvider(provider_);
        _setFactory(accountFactory_);
        _setCost(licenseCostInUsd1e18_);
        _setPeriod(DEFAULT_PERIOD_VALIDITY);
    }

    /// @inheritdoc IDevLicense
    function issueInDimo(string calldata licenseAlias) external returns (uint256 tokenId, address clientId) {
        return _issue(msg.sender, licenseAlias);
    }

    /// @inheritdoc IDevLicense
    function issueInDimo(address to, string calldata licenseAlias)
        external
        returns (uint256 tokenId, address clientId)
    {
        if (to != msg.sender && !_dev().issuers[to][msg.sender]) {
            revert InvalidSender(msg.sender);
        }
        return _issue(to, licenseAlias);
    }

    /// @inheritdoc IDevLicense
    function setIssuerApproval(address issuer, bool approved) external {
        _dev().issuers[msg.sender][issuer] = approved;
        emit IssuerApprovalSet(msg.sender, issuer, approved);
    }

    /// @inheritdoc IDevLicense
    function setLicenseAlias(uint256 tokenId, string calldata licenseAlias) external onlyTokenOwner(tokenId) {
        _setAlias(tokenId, licenseAlias);
    }

    /// @inheritdoc IDevLicense
    function enableSigner(uint256 tokenId, address signer) external onlyTokenOwner(tokenId) {
        if (signer == address(0)) revert ZeroAddress();
        DevLicenseStorage storage s = _dev();
        uint256 expiresAt = block.timestamp + s.periodValidity;
        s.signers[tokenId][signer] = Signer(uint64(block.timestamp), uint64(expiresAt));
        emit SignerEnabled(tokenId, signer);
    }

    /// @inheritdoc IDevLicense
    function disableSigner(uint256 tokenId, address signer) external onlyTokenOwner(tokenId) {
        delete _dev().signers[tokenId][signer];
        emit SignerDisabled(tokenId, signer);
    }

    /// @inheritdoc IDevLicense
    function setRedirectUri(uint256 tokenId, bool enabled, string calldata uri) external onlyTokenOwner(tokenId) {
        _dev().redirectUris[tokenId][uri] = enabled;
        if (enabled) emit RedirectUriEnabled(tokenId, uri);
        else emit RedirectUriDisabled(tokenId, uri);
    }

    /// @inheritdoc IDevLicense
    function lock(uint256 tokenId, uint256 amount) external onlyTokenOwner(tokenId) nonReentrant {
        if (amount == 0) revert InvalidAmount(amount);
        DevLicenseStorage storage s = _dev();
        s.stakes[tokenId] += amount;
        s.totalStaked += amount;
        emit StakeDeposit(tokenId, msg.sender, amount);
        s.dimoToken.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IDevLicense
    function withdraw(uint256 tokenId, uint256 amount) external nonReentrant {
        DevLicenseStorage storage s = _dev();
        address owner = _ownerOf(tokenId);
        if (owner == address(0)) owner = s.formerOwner[tokenId];
        if (owner != msg.sender) revert InvalidSender(msg.sender);
        if (s.frozen[tokenId]) revert FrozenToken(tokenId);
        _takeStake(tokenId, amount);
        emit StakeWithdraw(tokenId, msg.sender, amount);
        s.dimoToken.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IDevLicense
    function adminFreeze(uint256 tokenId, bool frozen_) external onlyRole(LICENSE_ADMIN_ROLE) {
        DevLicenseStorage storage s = _dev();
        if (_ownerOf(tokenId) == address(0) && s.formerOwner[tokenId] == address(0)) revert NonexistentToken(tokenId);
        s.frozen[tokenId] = frozen_;
        emit AssetFreezeUpdate(tokenId, s.stakes[tokenId], frozen_);
    }

    /// @inheritdoc IDevLicense
    function adminBurnLockedFunds(uint256 tokenId, uint256 amount, bytes32 reasonHash)
        external
        onlyRole(COURT_ROLE)
        nonReentrant
    {
        _forfeit(tokenId, amount, address(0), reasonHash);
        IBurnable(address(_dev().dimoToken)).burn(amount);
    }

    /// @inheritdoc IDevLicense
    function adminReallocate(uint256 tokenId, uint256 amount, address to, bytes32 reasonHash)
        external
        onlyRole(COURT_ROLE)
        nonReentrant
    {
        if (to == address(0)) revert ZeroAddress();
        _forfeit(tokenId, amount, to, reasonHash);
        _dev().dimoToken.safeTransfer(to, amount);
    }

    /// @inheritdoc IDevLicense
    function revoke(uint256 tokenId) external onlyRole(REVOKER_ROLE) {
        address owner = _ownerOf(tokenId);
        if (owner == address(0)) revert NonexistentToken(tokenId);
        DevLicenseStorage storage s = _dev();
        s.formerOwner[tokenId] = owner;
        delete s.tokenIds[s.clientIds[tokenId]];
        delete s.clientIds[tokenId];
        delete s.tokenIdByAlias[s.aliases[tokenId]];
        delete s.aliases[tokenId];
        _burn(tokenId);
    }

    /// @inheritdoc IDevLicense
    function setLicenseCost(uint256 licenseCostInUsd1e18_) external onlyRole(LICENSE_ADMIN_ROLE) {
        _setCost(licenseCostInUsd1e18_);
    }

    /// @inheritdoc IDevLicense
    function setPeriodValidity(uint256 periodValidity_) external onlyRole(LICENSE_ADMIN_ROLE) {
        _setPeriod(periodValidity_);
    }

    /// @inheritdoc IDevLicense
    function setReceiverAddress(address receiver_) external onlyRole(LICENSE_ADMIN_ROLE) {
        _setReceiver(receiver_);
    }

    /// @inheritdoc IDevLicense
    function setPriceProviderAddress(address provider_) external onlyRole(LICENSE_ADMIN_ROLE) {
        _setProvider(provider_);
    }

    /// @inheritdoc IDevLicense
    function setLicenseFactoryAddress(address licenseAccountFactory_) external onlyRole(LICENSE_ADMIN_ROLE) {
        _setFactory(licenseAccountFactory_);
    }

    /// @inheritdoc ILicenseSigners
    function isSigner(uint256 tokenId, address signer) external view returns (bool) {
        return _ownerOf(tokenId) != address(0) && _dev().signers[tokenId][signer].expiresAt > block.timestamp;
    }

    /// @inheritdoc IDevLicense
    function signers(uint256 tokenId, address signer) external view returns (uint256) {
        return _ownerOf(tokenId) == address(0) ? 0 : _dev().signers[tokenId][signer].enabledAt;
    }

    /// @inheritdoc IDevLicense
    function getSignerExpiration(uint256 tokenId, address signer) external view returns (uint256) {
        return _ownerOf(tokenId) == address(0) ? 0 : _dev().signers[tokenId][signer].expiresAt;
    }

    /// @inheritdoc IDevLicense
    function redirectUriStatus(uint256 tokenId, string calldata uri) external view returns (bool enabled) {
        return _ownerOf(tokenId) != address(0) && _dev().redirectUris[tokenId][uri];
    }

    /// @inheritdoc IDevLicense
    function getLicenseAliasByTokenId(uint256 tokenId) external view returns (string memory licenseAlias) {
        return _dev().aliases[tokenId];
    }

    /// @inheritdoc IDevLicense
    function getTokenIdByLicenseAlias(string calldata licenseAlias) external view returns (uint256 tokenId) {
        return _dev().tokenIdByAlias[licenseAlias];
    }

    /// @inheritdoc IDevLicense
    function clientIdToTokenId(address clientId) external view returns (uint256 tokenId) {
        return _dev().tokenIds[clientId];
    }

    /// @inheritdoc IDevLicense
    function tokenIdToClientId(uint256 tokenId) external view returns (address clientId) {
        return _dev().clientIds[tokenId];
    }

    /// @inheritdoc IDevLicense
    function stakedBalance(uint256 tokenId) external view returns (uint256) {
        return _dev().stakes[tokenId];
    }

    /// @inheritdoc IDevLicense
    function totalStaked() external view returns (uint256) {
        return _dev().totalStaked;
    }

    /// @inheritdoc IDevLicense
    function frozen(uint256 tokenId) external view returns (bool) {
        return _dev().frozen[tokenId];
    }

    /// @inheritdoc IDevLicense
    function formerOwner(uint256 tokenId) external view returns (address) {
        return _dev().formerOwner[tokenId];
    }

    /// @inheritdoc IDevLicense
    function locked(uint256 tokenId) external view returns (bool) {
        _requireOwned(tokenId);
        return true;
    }

    /// @inheritdoc IDevLicense
    function licenseCostInUsd1e18() external view returns (uint256) {
        return _dev().licenseCostInUsd1e18;
    }

    /// @inheritdoc IDevLicense
    function periodValidity() external view returns (uint256) {
        return _dev().periodValidity;
    }

    /// @inheritdoc IDevLicense
    function receiver() external view returns (address) {
        return _dev().receiver;
    }

    /// @inheritdoc IDevLicense
    function provider() external view returns (address) {
        return _dev().provider;
    }

    /// @inheritdoc IDevLicense
    function dimoToken() external view returns (address) {
        return address(_dev().dimoToken);
    }

    /// @inheritdoc IDevLicense
    function licenseAccountFactory() external view returns (address) {
        return _dev().accountFactory;
    }

    /// @inheritdoc IDevLicense
    function isIssuerApproved(address account, address issuer) external view returns (bool) {
        return _dev().issuers[account][issuer];
    }

    /// @inheritdoc IDevLicense
    function licenseCostInDimo() public view returns (uint256) {
        DevLicenseStorage storage s = _dev();
        uint256 cost = s.licenseCostInUsd1e18;
        if (cost == 0) return 0;
        (uint256 price,) = IPriceProvider(s.provider).getAmountUsdPerToken();
        if (price == 0) revert InvalidPrice();
        // Multiply first and round up: dividing first makes the licence free whenever price > cost.
        return Math.mulDiv(cost, 1e18, price, Math.Rounding.Ceil);
    }

    /// @dev Soul-bound.
    function approve(address, uint256) public pure override {
        revert InvalidOperation();
    }

    /// @dev Soul-bound.
    function setApprovalForAll(address, bool) public pure override {
        revert InvalidOperation();
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

    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        from = super._update(to, tokenId, auth);
        if (from != address(0) && to != address(0)) revert InvalidOperation();
    }

    function _checkTokenOwner(uint256 tokenId) private view {
        address owner = _ownerOf(tokenId);
        if (owner == address(0)) revert NonexistentToken(tokenId);
        if (owner != msg.sender) revert InvalidSender(msg.sender);
    }

    function _issue(address to, string calldata licenseAlias)
        private
        nonReentrant
        returns (uint256 tokenId, address clientId)
    {
        DevLicenseStorage storage s = _dev();
        uint256 cost = licenseCostInDimo();
        tokenId = ++s.lastId;
        clientId = ILicenseAccountFactory(s.accountFactory).create(tokenId);
        s.clientIds[tokenId] = clientId;
        s.tokenIds[clientId] = tokenId;
        _mint(to, tokenId);
        emit Issued(tokenId, to, clientId);
        emit Locked(tokenId);
        if (bytes(licenseAlias).length != 0) _setAlias(tokenId, licenseAlias);
        if (cost != 0) s.dimoToken.safeTransferFrom(msg.sender, s.receiver, cost);
    }

    function _setAlias(uint256 tokenId, string calldata licenseAlias) private {
        if (bytes(licenseAlias).length > MAX_ALIAS_LENGTH) revert AliasExceedsMaxLength();
        DevLicenseStorage storage s = _dev();
        delete s.tokenIdByAlias[s.aliases[tokenId]];
        if (bytes(licenseAlias).length != 0) {
            if (s.tokenIdByAlias[licenseAlias] != 0) revert AliasAlreadyInUse(licenseAlias);
            s.tokenIdByAlias[licenseAlias] = tokenId;
        }
        s.aliases[tokenId] = licenseAlias;
        emit LicenseAliasSet(tokenId, licenseAlias);
    }

    function _takeStake(uint256 tokenId, uint256 amount) private {
        DevLicenseStorage storage s = _dev();
        if (amount == 0) revert InvalidAmount(amount);
        if (amount > s.stakes[tokenId]) revert InsufficientStakedFunds(tokenId, amount);
        s.stakes[tokenId] -= amount;
        s.totalStaked -= amount;
    }

    /// @dev Two keys are needed: one freezes, another takes.
    function _forfeit(uint256 tokenId, uint256 amount, address recipient, bytes32 reasonHash) private {
        if (!_dev().frozen[tokenId]) revert NotFrozen(tokenId);
        _takeStake(tokenId, amount);
        emit AssetForfeit(tokenId, amount);
        emit AssetForfeitReason(tokenId, amount, recipient, reasonHash);
    }

    function _setReceiver(address receiver_) private {
        if (receiver_ == address(0)) revert ZeroAddress();
        _dev().receiver = receiver_;
        emit UpdateReceiverAddress(receiver_);
    }

    function _setProvider(address provider_) private {
        if (provider_ == address(0)) revert ZeroAddress();
        _dev().provider = provider_;
        emit UpdatePriceProviderAddress(provider_);
    }

    function _setFactory(address factory) private {
        if (factory == address(0)) revert ZeroAddress();
        _dev().accountFactory = factory;
        emit UpdateLicenseAccountFactoryAddress(factory);
    }

    function _setCost(uint256 cost) private {
        _dev().licenseCostInUsd1e18 = cost;
        emit UpdateLicenseCost(cost);
    }

    function _setPeriod(uint256 period) private {
        // Expirations are stored in 64 bits.
        if (period == 0 || period > type(uint32).max) revert InvalidAmount(period);
        _dev().periodValidity = period;
        emit UpdatePeriodValidity(period);
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _dev() private pure returns (DevLicenseStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
