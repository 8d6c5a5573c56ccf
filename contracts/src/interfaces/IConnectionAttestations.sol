// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ICaseSubject} from "./ICaseSubject.sol";

/// @title Months in which devices were connected, as Merkle roots
/// @notice A root is posted by the holder of an active node licence and counts after the challenge window. A court case
///         against the node with the root as its subject stops the root until the case is closed: upheld voids it.
interface IConnectionAttestations is ICaseSubject {
    /// @dev Posted: challenge window runs. Disputed: a case is open. Final: counts, and is not challengeable any more.
    enum RootState {
        None,
        Posted,
        Disputed,
        Final,
        Void,
        Withdrawn
    }

    /// @notice A posted root. `finalAt` is fixed when it is posted.
    struct Root {
        bytes32 root;
        uint256 licenseId;
        uint256 postedAt;
        uint256 finalAt;
        uint256 openCases;
        RootState state;
    }

    error ZeroAddress();
    error EmptyRoot();
    error NodeNotActive(address caller, uint256 licenseId);
    error NotPoster(uint256 rootId, address caller);
    error RootNotOpen(uint256 rootId, RootState state);
    error RootOfOtherLicense(uint256 rootId, uint256 licenseId);
    error CaseKnown(uint256 caseId);
    error CaseUnknown(uint256 caseId, uint256 rootId);
    error RootNotFinal(uint256 rootId, RootState state);
    error InvalidProof(uint256 rootId, uint256 voucher, uint256 period, address owner);

    event RootPosted(
        uint256 indexed rootId, uint256 indexed licenseId, bytes32 indexed root, uint256 finalAt, string uri
    );
    event RootWithdrawn(uint256 indexed rootId);
    event RootDisputed(uint256 indexed rootId, uint256 indexed caseId);
    event RootVoided(uint256 indexed rootId, uint256 indexed caseId);
    event RootUpheld(uint256 indexed rootId, uint256 indexed caseId);

    /// @notice Posts a root. Holder of an active node licence.
    /// @param uri Where all leaves can be read, so that anyone can check them.
    function post(bytes32 root, string calldata uri) external returns (uint256 rootId);

    /// @notice Takes an own root back before it is final and while nobody disputes it.
    function withdraw(uint256 rootId) external;

    /// @notice Reverts unless the root is final and contains the attested month.
    function check(uint256 rootId, uint256 voucher, uint256 period, address owner, bytes32[] calldata proof)
        external
        view;

    /// @notice `keccak256(bytes.concat(keccak256(abi.encode(voucher, period, owner))))`.
    function leafOf(uint256 voucher, uint256 period, address owner) external pure returns (bytes32);

    function stateOf(uint256 rootId) external view returns (RootState);
    function rootOf(uint256 rootId) external view returns (Root memory);
}
