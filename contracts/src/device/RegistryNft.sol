// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {INftId} from "../interfaces/INftIds.sol";
import {ISacd} from "../interfaces/ISacd.sol";
import {SacdInput} from "../libraries/RegistryTypes.sol";

/// @title Common part of the four id NFTs
/// @dev The registry is fixed at initialisation and is the only minter, burner and forced mover: there is no role for
///      these powers that an admin could hand out. Mints have no receiver callback, so no foreign code runs inside a
///      registry flow.
abstract contract RegistryNft is INftId, ERC721Upgradeable, AccessControlUpgradeable, UUPSUpgradeable {
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    bytes32 private constant STORAGE_SLOT = 0x04bc5224066314ba3c57f995bb7378ee29e147aec6c59cb3d665a3afb9291600;

    /// @custom:storage-location erc7201:milepost.nft
    struct NftStorage {
        address registry;
        address sacd;
        uint256 lastId;
    }

    modifier onlyRegistry() {
        if (msg.sender != _nft().registry) revert Unauthorized(msg.sender);
        _;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @inheritdoc INftId
    function mint(address to) external onlyRegistry returns (uint256 tokenId) {
        tokenId = ++_nft().lastId;
        _mint(to, tokenId);
    }

    /// @inheritdoc INftId
    function registryBurn(uint256 tokenId) external onlyRegistry {
        _burn(tokenId);
    }

    /// @inheritdoc INftId
    function registryTransfer(address from, address to, uint256 tokenId) external onlyRegistry {
        _transfer(from, to, tokenId);
    }

    /// @inheritdoc INftId
    function setSacd(uint256 tokenId, SacdInput calldata input) external onlyRegistry {
        ISacd(_nft().sacd)
            .setPermissions(address(this), tokenId, input.grantee, input.permissions, input.expiration, input.source);
    }

    /// @inheritdoc INftId
    function exists(uint256 tokenId) external view returns (bool) {
        return _ownerOf(tokenId) != address(0);
    }

    /// @inheritdoc INftId
    function registry() external view returns (address) {
        return _nft().registry;
    }

    /// @notice The permission contract that is told about transfers.
    function sacd() external view returns (address) {
        return _nft().sacd;
    }

    /// @notice Highest id ever minted.
    function lastId() external view returns (uint256) {
        return _nft().lastId;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId)
        public
        view
        virtual
        override(IERC165, ERC721Upgradeable, AccessControlUpgradeable)
        returns (bool)
    {
        return super.supportsInterface(interfaceId);
    }

    function __RegistryNft_init(
        string memory name_,
        string memory symbol_,
        address registry_,
        address sacd_,
        address admin
    ) internal onlyInitializing {
        if (registry_ == address(0) || sacd_ == address(0) || admin == address(0)) revert ZeroAddress();
        __ERC721_init(name_, symbol_);
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        NftStorage storage s = _nft();
        s.registry = registry_;
        s.sacd = sacd_;
    }

    /// @dev Every transfer and burn voids the grants of the token: no old grantee keeps access.
    function _update(address to, uint256 tokenId, address auth) internal virtual override returns (address from) {
        from = super._update(to, tokenId, auth);
        if (from == address(0)) return from;
        ISacd(_nft().sacd).onTransfer(address(this), tokenId);
        if (to != address(0)) _onTransfer(from, to, tokenId);
    }

    /// @dev Registry hook of the kind, after the ownership has moved.
    function _onTransfer(address from, address to, uint256 tokenId) internal virtual;

    function _registry() internal view returns (address) {
        return _nft().registry;
    }

    function _isRegistry() internal view returns (bool) {
        return msg.sender == _nft().registry;
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _nft() private pure returns (NftStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
