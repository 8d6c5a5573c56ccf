// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {EmergencyPausable} from "../governance/EmergencyPausable.sol";
import {ICaseSubject} from "../interfaces/ICaseSubject.sol";
import {IConnectionAttestations} from "../interfaces/IConnectionAttestations.sol";
import {ILicenseBook} from "../interfaces/ILicenseBook.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {ParameterKeys} from "../libraries/ParameterKeys.sol";

/// @title Roots of attested months
contract ConnectionAttestations is
    IConnectionAttestations,
    AccessControlUpgradeable,
    EmergencyPausable,
    UUPSUpgradeable
{
    using SafeCast for uint256;

    /// @dev The court: stops and voids roots, posts none.
    bytes32 public constant COURT_ROLE = keccak256("COURT_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    bytes32 private constant STORAGE_SLOT = 0x5a831c50b0d2b96dc6d3c40af3c69bef5f4347e24ebbc0b4f8522f391c292d00;

    /// @dev Two slots.
    struct Entry {
        bytes32 root;
        uint128 licenseId;
        uint40 postedAt;
        uint40 finalAt;
        uint32 openCases;
        bool voided;
        bool withdrawn;
    }

    /// @custom:storage-location erc7201:milepost.connectionattestations
    struct AttestationStorage {
        IParameters parameters;
        ILicenseBook book;
        uint256 lastId;
        mapping(uint256 rootId => Entry) entries;
        mapping(uint256 caseId => uint256 rootId) rootOfCase;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE; COURT_ROLE is granted to the court.
    function initialize(address parameters, address book, address admin) external initializer {
        if (parameters == address(0) || book == address(0) || admin == address(0)) revert ZeroAddress();
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        AttestationStorage storage s = _attestations();
        s.parameters = IParameters(parameters);
        s.book = ILicenseBook(book);
    }

    /// @inheritdoc IConnectionAttestations
    function post(bytes32 root, string calldata uri) external whenRunning returns (uint256 rootId) {
        if (root == 0) revert EmptyRoot();
        AttestationStorage storage s = _attestations();
        uint256 licenseId = s.book.licenseOf(msg.sender, ILicenseBook.Kind.Node);
        if (licenseId == 0 || !s.book.isActive(licenseId)) revert NodeNotActive(msg.sender, licenseId);
        uint256 finalAt = block.timestamp + s.parameters.get(ParameterKeys.ATTEST_CHALLENGE_WINDOW);
        rootId = ++s.lastId;
        Entry storage entry = s.entries[rootId];
        entry.root = root;
        entry.licenseId = licenseId.toUint128();
        entry.postedAt = block.timestamp.toUint40();
        entry.finalAt = finalAt.toUint40();
        emit RootPosted(rootId, licenseId, root, finalAt, uri);
    }

    /// @inheritdoc IConnectionAttestations
    function withdraw(uint256 rootId) external {
        AttestationStorage storage s = _attestations();
        Entry storage entry = s.entries[rootId];
        RootState state = _stateOf(entry);
        if (state != RootState.Posted) revert RootNotOpen(rootId, state);
        if (s.book.holderOf(entry.licenseId) != msg.sender) revert NotPoster(rootId, msg.sender);
        entry.withdrawn = true;
        emit RootWithdrawn(rootId);
    }

    /// @inheritdoc ICaseSubject
    function onCaseOpened(uint256 caseId, uint256 subjectId, uint256 licenseId) external onlyRole(COURT_ROLE) {
        AttestationStorage storage s = _attestations();
        Entry storage entry = s.entries[subjectId];
        RootState state = _stateOf(entry);
        if (state != RootState.Posted && state != RootState.Disputed) revert RootNotOpen(subjectId, state);
        if (entry.licenseId != licenseId) revert RootOfOtherLicense(subjectId, licenseId);
        if (s.rootOfCase[caseId] != 0) revert CaseKnown(caseId);
        s.rootOfCase[caseId] = subjectId;
        ++entry.openCases;
        emit RootDisputed(subjectId, caseId);
    }

    /// @inheritdoc ICaseSubject
    function onCaseClosed(uint256 caseId, uint256 subjectId, bool upheld) external onlyRole(COURT_ROLE) {
        AttestationStorage storage s = _attestations();
        if (s.rootOfCase[caseId] != subjectId || subjectId == 0) revert CaseUnknown(caseId, subjectId);
        delete s.rootOfCase[caseId];
        Entry storage entry = s.entries[subjectId];
        --entry.openCases;
        if (upheld) {
            entry.voided = true;
            emit RootVoided(subjectId, caseId);
        } else {
            emit RootUpheld(subjectId, caseId);
        }
    }

    /// @inheritdoc IConnectionAttestations
    function check(uint256 rootId, uint256 voucher, uint256 period, address owner, bytes32[] calldata proof)
        external
        view
    {
        Entry storage entry = _attestations().entries[rootId];
        RootState state = _stateOf(entry);
        if (state != RootState.Final) revert RootNotFinal(rootId, state);
        if (!MerkleProof.verifyCalldata(proof, entry.root, leafOf(voucher, period, owner))) {
            revert InvalidProof(rootId, voucher, period, owner);
        }
    }

    /// @inheritdoc IConnectionAttestations
    function stateOf(uint256 rootId) external view returns (RootState) {
        return _stateOf(_attestations().entries[rootId]);
    }

    /// @inheritdoc IConnectionAttestations
    function rootOf(uint256 rootId) external view returns (Root memory) {
        Entry storage entry = _attestations().entries[rootId];
        return Root(entry.root, entry.licenseId, entry.postedAt, entry.finalAt, entry.openCases, _stateOf(entry));
    }

    /// @inheritdoc IConnectionAttestations
    function leafOf(uint256 voucher, uint256 period, address owner) public pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(voucher, period, owner))));
    }

    function _stateOf(Entry storage entry) private view returns (RootState) {
        if (entry.postedAt == 0) return RootState.None;
        if (entry.voided) return RootState.Void;
        if (entry.withdrawn) return RootState.Withdrawn;
        if (entry.openCases != 0) return RootState.Disputed;
        return block.timestamp < entry.finalAt ? RootState.Posted : RootState.Final;
    }

    function _pauseParameters() internal view override returns (IParameters) {
        return _attestations().parameters;
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _attestations() private pure returns (AttestationStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
