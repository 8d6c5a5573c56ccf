// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Service Access Contract Definitions: permission grants on NFTs and accounts
/// @notice Two bits per permission: permission i is granted iff bits 2i and 2i+1 are both set. One record per
///         (asset, token, version, grantee): a new grant overwrites, it never merges.
interface ISacd {
    struct PermissionRecord {
        uint256 permissions;
        uint256 expiration;
        string source;
        uint256 templateId;
    }

    error ZeroAddress();
    error Unauthorized(address caller);
    error InvalidTokenId(address asset, uint256 tokenId);
    error TemplateContractNotSet();
    error TemplateNotActive(uint256 templateId);
    error TemplateAssetMismatch(address expected, address actual);
    error TemplatePermissionsMismatch(uint256 expected, uint256 actual);

    event PermissionsSet(
        address indexed asset,
        uint256 indexed tokenId,
        uint256 permissions,
        address indexed grantee,
        uint256 expiration,
        uint256 templateId,
        string source
    );
    event PermissionsRenounced(address indexed asset, uint256 indexed tokenId, address indexed grantee);
    event TemplateContractSet(address indexed templateContract);

    /// @notice Grants permissions on a token. Callable by the token's owner and by the asset contract itself.
    function setPermissions(
        address asset,
        uint256 tokenId,
        address grantee,
        uint256 permissions,
        uint256 expiration,
        uint256 templateId,
        string calldata source
    ) external;

    /// @notice Older form without a template.
    function setPermissions(
        address asset,
        uint256 tokenId,
        address grantee,
        uint256 permissions,
        uint256 expiration,
        string calldata source
    ) external;

    /// @notice Grants permissions on the caller's account: asset = caller, tokenId = 0.
    function setAccountPermissions(
        address grantee,
        uint256 permissions,
        uint256 expiration,
        uint256 templateId,
        string calldata source
    ) external;

    /// @notice Gives up the caller's own grant on a token.
    function renouncePermissions(address asset, uint256 tokenId) external;

    /// @notice Gives up the caller's own grant on an account.
    function renounceAccountPermissions(address grantor) external;

    /// @notice Ends every grant on a token. Callable by the asset contract only.
    function onTransfer(address asset, uint256 tokenId) external;

    /// @notice Points at the template contract. @dev DEFAULT_ADMIN_ROLE; existing grants are not touched.
    function setTemplateContract(address templateContract) external;

    /// @notice True when the grantee owns the token or holds the unexpired permission.
    function hasPermission(address asset, uint256 tokenId, address grantee, uint8 permissionIndex)
        external
        view
        returns (bool);

    /// @notice True when the grantee owns the token or holds every bit of `permissions` (which must not be zero).
    function hasPermissions(address asset, uint256 tokenId, address grantee, uint256 permissions)
        external
        view
        returns (bool);

    /// @notice The subset of `permissions` that the grantee holds; all of it for the owner.
    function getPermissions(address asset, uint256 tokenId, address grantee, uint256 permissions)
        external
        view
        returns (uint256);

    /// @notice Same as `hasPermission` for an account grant.
    function hasAccountPermission(address grantor, address grantee, uint8 permissionIndex) external view returns (bool);

    /// @notice Same as `hasPermissions` for an account grant.
    function hasAccountPermissions(address grantor, address grantee, uint256 permissions) external view returns (bool);

    /// @notice Same as `getPermissions` for an account grant.
    function getAccountPermissions(address grantor, address grantee, uint256 permissions)
        external
        view
        returns (uint256);

    /// @notice Record of the current version.
    function currentPermissionRecord(address asset, uint256 tokenId, address grantee)
        external
        view
        returns (PermissionRecord memory permissionRecord);

    /// @notice Record of any version.
    function permissionRecords(address asset, uint256 tokenId, uint256 version, address grantee)
        external
        view
        returns (PermissionRecord memory permissionRecord);

    /// @notice Account grant.
    function accountPermissionRecords(address grantor, address grantee)
        external
        view
        returns (PermissionRecord memory permissionRecord);

    /// @notice Number of times the token was transferred or burned.
    function tokenIdToVersion(address asset, uint256 tokenId) external view returns (uint256 version);

    /// @notice The template contract.
    function templateContract() external view returns (address);
}

/// @title Reusable permission texts, one NFT per document
interface ITemplate {
    struct TemplateData {
        address asset;
        uint256 permissions;
        string source;
        bool isActive;
    }

    error ZeroAddress();
    error EmptyCid();
    error TemplateExists(uint256 templateId);
    error TemplateNotActive(uint256 templateId);
    error Unauthorized(address caller);

    event TemplateCreated(
        uint256 indexed templateId, address indexed creator, address indexed asset, uint256 permissions, string cid
    );
    event TemplateDeactivated(uint256 indexed templateId);

    /// @notice Mints the template of a document; the id is `uint256(keccak256(cid))`.
    /// @param asset Contract whose tokens may be granted with it; zero means account grants.
    function createTemplate(address asset, uint256 permissions, string calldata cid)
        external
        returns (uint256 templateId);

    /// @notice Ends new grants with this template. Callable by its owner; existing grants stay on chain.
    function deactivateTemplate(uint256 templateId) external;

    /// @notice Stored data, zeroes when unknown.
    function templates(uint256 templateId)
        external
        view
        returns (address asset, uint256 permissions, string memory source, bool isActive);

    /// @notice True while new grants may use it.
    function isTemplateActive(uint256 templateId) external view returns (bool);
}
