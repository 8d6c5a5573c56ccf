// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {RegistryStorage} from "../../libraries/RegistryStorage.sol";
import {AttributeInfoPair, SacdInput} from "../../libraries/RegistryTypes.sol";
import {SignedTypes} from "../../libraries/SignedTypes.sol";
import {RegistryBase} from "./RegistryBase.sol";

/// @title EIP-712 checks of the registry
/// @dev Owners may be contracts (ERC-1271); device keys are plain ECDSA with low s. A nonce is any unused uint256 of
///      its signer: signatures are unordered, so a device can sign while it is offline.
abstract contract SignatureBase is RegistryBase {
    function _domainSeparator() internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                SignedTypes.DOMAIN, SignedTypes.NAME_HASH, SignedTypes.VERSION_HASH, block.chainid, address(this)
            )
        );
    }

    function _digest(bytes32 structHash) internal view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(_domainSeparator(), structHash);
    }

    function _requireLegacy() internal view {
        if (!RegistryStorage.signatures().legacyEnabled) revert LegacySignaturesDisabled();
    }

    function _checkDeadline(uint256 deadline) internal view {
        if (block.timestamp > deadline) revert SignatureExpired(deadline);
    }

    /// @dev Callers verify the signature first: only its signer may burn a nonce.
    function _useNonce(address signer, uint256 nonce) internal {
        uint248 word = uint248(nonce >> 8);
        // The low byte selects one of the 256 bits of the word.
        uint256 bit = uint256(1) << uint8(nonce);
        mapping(uint248 => uint256) storage used = RegistryStorage.signatures().usedNonces[signer];
        uint256 bits = used[word];
        if (bits & bit != 0) revert NonceAlreadyUsed(signer, nonce);
        used[word] = bits | bit;
    }

    function _isOwnerSignature(address owner, bytes32 digest, bytes memory signature) internal view returns (bool) {
        return SignatureChecker.isValidSignatureNow(owner, digest, signature);
    }

    function _checkOwnerSignature(address owner, bytes32 digest, bytes memory signature) internal view {
        if (!_isOwnerSignature(owner, digest, signature)) revert InvalidOwnerSignature();
    }

    function _isDeviceSignature(address device, bytes32 digest, bytes memory signature) internal pure returns (bool) {
        (address recovered, ECDSA.RecoverError err,) = ECDSA.tryRecover(digest, signature);
        return err == ECDSA.RecoverError.NoError && recovered == device && device != address(0);
    }

    function _checkAdSignature(address device, bytes32 digest, bytes memory signature) internal pure {
        if (!_isDeviceSignature(device, digest, signature)) revert InvalidAdSignature();
    }

    function _checkSdSignature(address device, bytes32 digest, bytes memory signature) internal pure {
        if (!_isDeviceSignature(device, digest, signature)) revert InvalidSdSignature();
    }

    /// @dev EIP-712 hashes of the two columns of an attribute list.
    function _hashPairs(AttributeInfoPair[] memory pairs) internal pure returns (bytes32 attributes, bytes32 infos) {
        bytes32[] memory left = new bytes32[](pairs.length);
        bytes32[] memory right = new bytes32[](pairs.length);
        for (uint256 i = 0; i < pairs.length; ++i) {
            left[i] = keccak256(bytes(pairs[i].attribute));
            right[i] = keccak256(bytes(pairs[i].info));
        }
        attributes = keccak256(abi.encodePacked(left));
        infos = keccak256(abi.encodePacked(right));
    }

    function _hashSacd(SacdInput memory input) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                SignedTypes.SACD_INPUT,
                input.grantee,
                input.permissions,
                input.expiration,
                keccak256(bytes(input.source))
            )
        );
    }
}
