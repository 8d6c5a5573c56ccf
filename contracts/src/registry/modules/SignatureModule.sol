// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ISignatureModule} from "../../interfaces/IRegistryCore.sol";
import {RegistryStorage} from "../../libraries/RegistryStorage.sol";
import {Roles} from "../../libraries/Roles.sol";
import {SignatureBase} from "../base/SignatureBase.sol";

/// @title Signature switch and nonces module
contract SignatureModule is ISignatureModule, SignatureBase {
    /// @inheritdoc ISignatureModule
    function legacySignaturesEnabled() external view returns (bool) {
        return RegistryStorage.signatures().legacyEnabled;
    }

    /// @inheritdoc ISignatureModule
    function setLegacySignaturesEnabled(bool enabled) external onlyRole(Roles.ADMIN_ROLE) {
        RegistryStorage.signatures().legacyEnabled = enabled;
        emit LegacySignaturesSet(enabled);
    }

    /// @inheritdoc ISignatureModule
    function nonceBitmap(address signer, uint248 word) external view returns (uint256) {
        return RegistryStorage.signatures().usedNonces[signer][word];
    }

    /// @inheritdoc ISignatureModule
    function isNonceUsed(address signer, uint256 nonce) external view returns (bool) {
        uint256 bits = RegistryStorage.signatures().usedNonces[signer][uint248(nonce >> 8)];
        return bits & (uint256(1) << uint8(nonce)) != 0;
    }

    /// @inheritdoc ISignatureModule
    function invalidateNonces(uint248 word, uint256 mask) external {
        RegistryStorage.signatures().usedNonces[msg.sender][word] |= mask;
        emit NoncesInvalidated(msg.sender, word, mask);
    }

    /// @inheritdoc ISignatureModule
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparator();
    }

    /// @inheritdoc ISignatureModule
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        // Bits of ERC-5267: name, version, chainId and verifyingContract are used, salt is not.
        return (hex"0f", "DIMO", "1", block.chainid, address(this), bytes32(0), new uint256[](0));
    }
}
