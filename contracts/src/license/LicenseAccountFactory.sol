// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {BeaconProxy} from "@openzeppelin/contracts/proxy/beacon/BeaconProxy.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {ILicenseAccount, ILicenseAccountFactory} from "../interfaces/IDevLicense.sol";

/// @title Factory of licence accounts
/// @notice Open to anyone: an account always belongs to the contract that asked for it, so a foreign caller can only
///         create accounts of itself. The address depends on (caller, tokenId).
contract LicenseAccountFactory is ILicenseAccountFactory {
    /// @notice Beacon of all accounts; its owner can replace their code.
    address public immutable beacon;

    error ZeroAddress();

    /// @param beacon_ UpgradeableBeacon that points at a LicenseAccount.
    constructor(address beacon_) {
        if (beacon_ == address(0)) revert ZeroAddress();
        beacon = beacon_;
    }

    /// @inheritdoc ILicenseAccountFactory
    function create(uint256 tokenId) external returns (address account) {
        account = address(new BeaconProxy{salt: _salt(msg.sender, tokenId)}(beacon, _data(msg.sender, tokenId)));
        emit LicenseAccountCreated(msg.sender, tokenId, account);
    }

    /// @inheritdoc ILicenseAccountFactory
    function predict(address license, uint256 tokenId) external view returns (address account) {
        bytes memory code =
            abi.encodePacked(type(BeaconProxy).creationCode, abi.encode(beacon, _data(license, tokenId)));
        return Create2.computeAddress(_salt(license, tokenId), keccak256(code));
    }

    function _salt(address license, uint256 tokenId) private pure returns (bytes32) {
        return keccak256(abi.encode(license, tokenId));
    }

    function _data(address license, uint256 tokenId) private pure returns (bytes memory) {
        return abi.encodeCall(ILicenseAccount.initialize, (tokenId, license));
    }
}
