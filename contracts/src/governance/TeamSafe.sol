// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ERC721Holder} from "@openzeppelin/contracts/token/ERC721/utils/ERC721Holder.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {ITeamSafe} from "../interfaces/ITeamSafe.sol";

/// @title m-of-n account, for a team or any other holder of a power
/// @dev Not upgradeable and without an administrator: only its own batches change it.
contract TeamSafe is ITeamSafe, IERC1271, EIP712, ERC721Holder {
    bytes32 private constant CALL_TYPE = keccak256("Call(address target,uint256 value,bytes data)");
    bytes32 private constant BATCH_TYPE =
        keccak256("Batch(Call[] calls,uint256 nonce,uint256 deadline)Call(address target,uint256 value,bytes data)");
    bytes32 private constant MESSAGE_TYPE = keccak256("Message(bytes32 hash)");

    /// @dev Keeps the check of a full set of approvals far below a block.
    uint256 private constant OWNERS_MAX = 32;

    address[] private _owners;
    mapping(address account => bool) private _isOwner;
    uint256 private _threshold;
    uint256 private _nonce;

    /// @param owners_ Ascending.
    /// @param threshold_ Approvals that a batch needs.
    constructor(address[] memory owners_, uint256 threshold_) EIP712("Milepost TeamSafe", "1") {
        _setOwners(owners_, threshold_);
    }

    receive() external payable {}

    /// @inheritdoc ITeamSafe
    function execute(Call[] calldata calls, uint256 deadline, Approval[] calldata approvals) external payable {
        if (block.timestamp > deadline) revert Expired(deadline);
        uint256 used = _nonce;
        bytes32 digest = _batchDigest(calls, used, deadline);
        _checkApprovals(digest, approvals);
        _nonce = used + 1;
        emit BatchExecuted(used, digest, calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            Address.functionCallWithValue(calls[i].target, calls[i].data, calls[i].value);
        }
    }

    /// @inheritdoc ITeamSafe
    function setOwners(address[] calldata owners_, uint256 threshold_) external {
        if (msg.sender != address(this)) revert NotSelf(msg.sender);
        for (uint256 i = 0; i < _owners.length; ++i) {
            delete _isOwner[_owners[i]];
        }
        _setOwners(owners_, threshold_);
    }

    /// @notice ERC-1271: `signature` is `abi.encode(Approval[])` over `hashOfMessage(hash)`.
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        _checkApprovals(hashOfMessage(hash), abi.decode(signature, (Approval[])));
        return IERC1271.isValidSignature.selector;
    }

    /// @inheritdoc ITeamSafe
    function hashOf(Call[] calldata calls, uint256 nonce_, uint256 deadline) external view returns (bytes32) {
        return _batchDigest(calls, nonce_, deadline);
    }

    /// @inheritdoc ITeamSafe
    function hashOfMessage(bytes32 hash) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(MESSAGE_TYPE, hash)));
    }

    /// @inheritdoc ITeamSafe
    function owners() external view returns (address[] memory) {
        return _owners;
    }

    /// @inheritdoc ITeamSafe
    function isOwner(address account) external view returns (bool) {
        return _isOwner[account];
    }

    /// @inheritdoc ITeamSafe
    function threshold() external view returns (uint256) {
        return _threshold;
    }

    /// @inheritdoc ITeamSafe
    function nonce() external view returns (uint256) {
        return _nonce;
    }

    function _setOwners(address[] memory owners_, uint256 threshold_) private {
        if (threshold_ == 0 || threshold_ > owners_.length || owners_.length > OWNERS_MAX) {
            revert InvalidThreshold(threshold_, owners_.length);
        }
        address previous = address(0);
        for (uint256 i = 0; i < owners_.length; ++i) {
            address owner = owners_[i];
            if (owner == address(0) || owner == address(this)) revert InvalidOwner(owner);
            if (owner <= previous) revert OwnersNotAscending(previous, owner);
            _isOwner[owner] = true;
            previous = owner;
        }
        _owners = owners_;
        _threshold = threshold_;
        emit OwnersChanged(owners_, threshold_);
    }

    function _checkApprovals(bytes32 digest, Approval[] memory approvals) private view {
        if (approvals.length < _threshold) revert TooFewApprovals(approvals.length, _threshold);
        address previous = address(0);
        for (uint256 i = 0; i < approvals.length; ++i) {
            address owner = approvals[i].owner;
            if (owner <= previous) revert OwnersNotAscending(previous, owner);
            if (!_isOwner[owner]) revert NotOwner(owner);
            if (!SignatureChecker.isValidSignatureNow(owner, digest, approvals[i].signature)) {
                revert BadApproval(owner);
            }
            previous = owner;
        }
    }

    function _batchDigest(Call[] calldata calls, uint256 nonce_, uint256 deadline) private view returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            hashes[i] = keccak256(abi.encode(CALL_TYPE, calls[i].target, calls[i].value, keccak256(calls[i].data)));
        }
        bytes32 list = keccak256(abi.encodePacked(hashes));
        return _hashTypedDataV4(keccak256(abi.encode(BATCH_TYPE, list, nonce_, deadline)));
    }
}
