// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Account of several owners
/// @dev EIP-712 domain: name "Milepost TeamSafe", version "1", chain, this contract. Owners may be contracts (ERC-1271).
///      `Batch(Call[] calls,uint256 nonce,uint256 deadline)Call(address target,uint256 value,bytes data)`,
///      `Message(bytes32 hash)` for ERC-1271.
interface ITeamSafe {
    struct Call {
        address target;
        uint256 value;
        bytes data;
    }

    /// @dev One owner's approval. In a list the owners ascend, so nobody counts twice.
    struct Approval {
        address owner;
        bytes signature;
    }

    error InvalidOwner(address owner);
    error InvalidThreshold(uint256 threshold, uint256 owners);
    error OwnersNotAscending(address previous, address owner);
    error NotSelf(address caller);
    error NotOwner(address account);
    error Expired(uint256 deadline);
    error TooFewApprovals(uint256 given, uint256 threshold);
    error BadApproval(address owner);

    event OwnersChanged(address[] owners, uint256 threshold);
    event BatchExecuted(uint256 indexed nonce, bytes32 indexed hash, uint256 calls);

    /// @notice Executes calls that `threshold` owners signed; all or none. Anyone may send it.
    /// @dev The nonce is used up first. An empty batch cancels whatever else was signed for the same nonce.
    function execute(Call[] calldata calls, uint256 deadline, Approval[] calldata approvals) external payable;

    /// @notice Replaces all owners (ascending) and the threshold. @dev Only by a batch.
    function setOwners(address[] calldata owners, uint256 threshold) external;

    /// @notice Digest that owners sign for a batch.
    function hashOf(Call[] calldata calls, uint256 nonce, uint256 deadline) external view returns (bytes32);

    /// @notice Digest that owners sign to make the safe confirm `hash` through ERC-1271.
    function hashOfMessage(bytes32 hash) external view returns (bytes32);

    /// @notice Owners in ascending order.
    function owners() external view returns (address[] memory);

    function isOwner(address account) external view returns (bool);

    /// @notice Approvals that a batch needs.
    function threshold() external view returns (uint256);

    /// @notice Nonce of the next batch.
    function nonce() external view returns (uint256);
}
