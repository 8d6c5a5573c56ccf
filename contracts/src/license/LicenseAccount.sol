// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {ILicenseAccount, ILicenseSigners} from "../interfaces/IDevLicense.sol";

/// @title Account of a developer licence
/// @notice Holds nothing and executes nothing: it only answers ERC-1271 for the live signers of its licence.
contract LicenseAccount is ILicenseAccount, IERC1271, Initializable {
    bytes4 private constant INVALID = 0xffffffff;

    bytes32 private constant STORAGE_SLOT = 0x19566510832b75840f778283049dd793675623d489a62c6308db7b75ee685900;

    error ZeroAddress();

    /// @custom:storage-location erc7201:milepost.licenseaccount
    struct AccountStorage {
        uint256 tokenId;
        address license;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @inheritdoc ILicenseAccount
    function initialize(uint256 tokenId_, address license_) external initializer {
        if (license_ == address(0)) revert ZeroAddress();
        AccountStorage storage s = _account();
        s.tokenId = tokenId_;
        s.license = license_;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer, ECDSA.RecoverError err,) = ECDSA.tryRecoverCalldata(hash, signature);
        if (err != ECDSA.RecoverError.NoError || !isSigner(signer)) return INVALID;
        return IERC1271.isValidSignature.selector;
    }

    /// @inheritdoc ILicenseAccount
    function tokenId() external view returns (uint256) {
        return _account().tokenId;
    }

    /// @inheritdoc ILicenseAccount
    function license() external view returns (address) {
        return _account().license;
    }

    /// @inheritdoc ILicenseAccount
    function isSigner(address signer) public view returns (bool) {
        AccountStorage storage s = _account();
        return ILicenseSigners(s.license).isSigner(s.tokenId, signer);
    }

    function _account() private pure returns (AccountStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
