// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title What a licence account asks its licence
interface ILicenseSigners {
    /// @notice True while the licence exists and the signer is enabled and not expired.
    function isSigner(uint256 tokenId, address signer) external view returns (bool);
}

/// @title Account of one licence: its address is the clientId
interface ILicenseAccount {
    /// @notice Binds the account to its licence. Called by the beacon proxy's constructor, once.
    function initialize(uint256 tokenId, address license) external;
    function tokenId() external view returns (uint256);
    function license() external view returns (address);

    /// @notice True while `signer` may sign for the licence.
    function isSigner(address signer) external view returns (bool);
}

/// @title Deploys licence accounts
interface ILicenseAccountFactory {
    event LicenseAccountCreated(address indexed license, uint256 indexed tokenId, address account);

    /// @notice Deploys and initialises, in one step, the account of the caller's licence `tokenId`.
    function create(uint256 tokenId) external returns (address account);

    /// @notice Address of the account of a licence, deployed or not.
    function predict(address license, uint256 tokenId) external view returns (address account);
}

/// @title Developer licence
/// @notice Soul-bound. The caller pays, so nobody can spend another account's allowance; issuing to somebody else
///         needs that account's approval. A licence names signers (who log in), redirect URIs, an alias and a stake.
interface IDevLicense is ILicenseSigners {
    error ZeroAddress();
    error InvalidSender(address caller);
    error InvalidOperation();
    error InvalidAmount(uint256 amount);
    error InvalidPrice();
    error NonexistentToken(uint256 tokenId);
    error AliasAlreadyInUse(string licenseAlias);
    error AliasExceedsMaxLength();
    error FrozenToken(uint256 tokenId);
    error NotFrozen(uint256 tokenId);
    error InsufficientStakedFunds(uint256 tokenId, uint256 amount);

    event Issued(uint256 indexed tokenId, address indexed owner, address indexed clientId);
    event LicenseAliasSet(uint256 indexed tokenId, string licenseAlias);
    event Locked(uint256 indexed tokenId);
    event SignerEnabled(uint256 indexed tokenId, address indexed signer);
    event SignerDisabled(uint256 indexed tokenId, address indexed signer);
    event RedirectUriEnabled(uint256 indexed tokenId, string uri);
    event RedirectUriDisabled(uint256 indexed tokenId, string uri);
    event StakeDeposit(uint256 indexed tokenId, address indexed user, uint256 amount);
    event StakeWithdraw(uint256 indexed tokenId, address indexed user, uint256 amount);
    event AssetFreezeUpdate(uint256 indexed tokenId, uint256 amount, bool frozen);
    event AssetForfeit(uint256 indexed tokenId, uint256 amount);
    event UpdateLicenseCost(uint256 licenseCost);
    event UpdatePeriodValidity(uint256 periodValidity);
    event UpdateReceiverAddress(address receiver_);
    event UpdateDimoTokenAddress(address dimoToken_);
    event UpdatePriceProviderAddress(address provider);
    event UpdateLicenseAccountFactoryAddress(address licenseAccountFactory_);

    event IssuerApprovalSet(address indexed account, address indexed issuer, bool approved);
    event AssetForfeitReason(uint256 indexed tokenId, uint256 amount, address recipient, bytes32 reasonHash);

    /// @notice Issues a licence to the caller against the cost in DIMO.
    function issueInDimo(string calldata licenseAlias) external returns (uint256 tokenId, address clientId);

    /// @notice Issues to another account that approved the caller; the caller pays.
    function issueInDimo(address to, string calldata licenseAlias) external returns (uint256 tokenId, address clientId);

    /// @notice Lets an account issue licences to the caller.
    function setIssuerApproval(address issuer, bool approved) external;

    /// @notice Cost of a licence in DIMO wei, rounded up; zero only while the cost in USD is zero.
    function licenseCostInDimo() external view returns (uint256);

    /// @notice Names the licence, at most 32 bytes; empty frees the alias. Owner only.
    function setLicenseAlias(uint256 tokenId, string calldata licenseAlias) external;

    /// @notice Enables a key for `periodValidity` from now. Owner only.
    function enableSigner(uint256 tokenId, address signer) external;

    /// @notice Disables a key. Owner only.
    function disableSigner(uint256 tokenId, address signer) external;

    /// @notice Adds or removes a redirect URI. Owner only.
    function setRedirectUri(uint256 tokenId, bool enabled, string calldata uri) external;

    /// @notice Adds stake. Owner only.
    function lock(uint256 tokenId, uint256 amount) external;

    /// @notice Takes stake back unless frozen. Owner, or last owner of a revoked licence.
    function withdraw(uint256 tokenId, uint256 amount) external;

    /// @notice Blocks or frees withdrawals. @dev LICENSE_ADMIN_ROLE; takes nothing.
    function adminFreeze(uint256 tokenId, bool frozen_) external;

    /// @notice Burns frozen stake. @dev COURT_ROLE.
    function adminBurnLockedFunds(uint256 tokenId, uint256 amount, bytes32 reasonHash) external;

    /// @notice Moves frozen stake. @dev COURT_ROLE.
    function adminReallocate(uint256 tokenId, uint256 amount, address to, bytes32 reasonHash) external;

    /// @notice Ends a licence and every log-in of it, whatever its stake. @dev REVOKER_ROLE.
    function revoke(uint256 tokenId) external;

    /// @dev LICENSE_ADMIN_ROLE.
    function setLicenseCost(uint256 licenseCostInUsd1e18_) external;

    /// @notice Life of signers enabled from now on. @dev LICENSE_ADMIN_ROLE.
    function setPeriodValidity(uint256 periodValidity_) external;

    /// @dev LICENSE_ADMIN_ROLE.
    function setReceiverAddress(address receiver_) external;

    /// @dev LICENSE_ADMIN_ROLE.
    function setPriceProviderAddress(address provider_) external;

    /// @dev LICENSE_ADMIN_ROLE; existing accounts stay.
    function setLicenseFactoryAddress(address licenseAccountFactory_) external;

    /// @notice Time at which a key was enabled, zero when it is not.
    function signers(uint256 tokenId, address signer) external view returns (uint256);

    /// @notice Time at which a key expires, zero when it is not enabled.
    function getSignerExpiration(uint256 tokenId, address signer) external view returns (uint256);
    function redirectUriStatus(uint256 tokenId, string calldata uri) external view returns (bool enabled);
    function getLicenseAliasByTokenId(uint256 tokenId) external view returns (string memory licenseAlias);
    function getTokenIdByLicenseAlias(string calldata licenseAlias) external view returns (uint256 tokenId);
    function clientIdToTokenId(address clientId) external view returns (uint256 tokenId);
    function tokenIdToClientId(uint256 tokenId) external view returns (address clientId);
    function stakedBalance(uint256 tokenId) external view returns (uint256);
    function totalStaked() external view returns (uint256);
    function frozen(uint256 tokenId) external view returns (bool);

    /// @notice Who may withdraw the stake of a revoked licence.
    function formerOwner(uint256 tokenId) external view returns (address);

    /// @notice ERC-5192: every licence is locked.
    function locked(uint256 tokenId) external view returns (bool);
    function licenseCostInUsd1e18() external view returns (uint256);
    function periodValidity() external view returns (uint256);
    function receiver() external view returns (address);
    function provider() external view returns (address);
    function dimoToken() external view returns (address);
    function licenseAccountFactory() external view returns (address);
    function isIssuerApproved(address account, address issuer) external view returns (bool);
}
