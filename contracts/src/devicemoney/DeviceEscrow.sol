// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts-upgradeable/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {EmergencyPausable} from "../governance/EmergencyPausable.sol";
import {IBurnable} from "../interfaces/IBurnable.sol";
import {IConnectionAttestations} from "../interfaces/IConnectionAttestations.sol";
import {IDeviceDirectory} from "../interfaces/IDeviceDirectory.sol";
import {IDeviceEscrow} from "../interfaces/IDeviceEscrow.sol";
import {ILicenseBook} from "../interfaces/ILicenseBook.sol";
import {IMintVoucher} from "../interfaces/IMintVoucher.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {ITeamRoster} from "../interfaces/ITeamRoster.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {ParameterKeys} from "../libraries/ParameterKeys.sol";
import {Tranches} from "../libraries/Tranches.sol";
import {EscrowMath} from "./EscrowMath.sol";

/// @title Escrow of device vouchers (docs/specs/economy.md §5)
/// @dev No function sends money anywhere else than the terms of the sale say; the only discretion is the decision of a
///      contested malfunction report.
contract DeviceEscrow is
    IDeviceEscrow,
    AccessControlUpgradeable,
    ReentrancyGuardTransient,
    EmergencyPausable,
    UUPSUpgradeable
{
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev Decides contested reports besides the team.
    bytes32 public constant GOVERNANCE_ROLE = keccak256("GOVERNANCE_ROLE");
    /// @dev May replace the implementation.
    bytes32 public constant UPGRADER_ROLE = keccak256("UPGRADER_ROLE");

    /// @dev The contracts that the escrow reads.
    struct Wiring {
        address parameters;
        address team;
        address book;
        address directory;
        address attestations;
        address vouchers;
    }

    /// @dev The type whose price is that of a connection without a device.
    bytes32 private constant SOFTWARE_TYPE = "software";
    bytes32 private constant STORAGE_SLOT = 0xf2816f368ebdbe7df9332d32ed856e87fedaae615de8aec212972429bfb48e00;

    /// @custom:storage-location erc7201:milepost.deviceescrow
    struct EscrowStorage {
        IParameters parameters;
        ITeamRoster team;
        ILicenseBook book;
        IDeviceDirectory directory;
        IConnectionAttestations attestations;
        IMintVoucher vouchers;
        uint256 lastTerms;
        mapping(bytes32 hash => uint256 termsId) termsIds;
        mapping(uint256 termsId => Terms) terms;
        mapping(uint256 voucher => Record) records;
        mapping(uint256 voucher => mapping(uint256 tranche => Payment)) payments;
        mapping(DeviceKind kind => mapping(uint256 deviceId => uint256 voucher)) voucherOf;
        mapping(uint256 voucher => mapping(bytes32 evidenceHash => bool)) usedEvidence;
        mapping(uint256 licenseId => bool) revoked;
    }

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param admin Receives DEFAULT_ADMIN_ROLE and UPGRADER_ROLE; GOVERNANCE_ROLE is granted to the timelock.
    function initialize(Wiring calldata wiring, address admin) external initializer {
        if (
            wiring.parameters == address(0) || wiring.team == address(0) || wiring.book == address(0)
                || wiring.directory == address(0) || wiring.attestations == address(0) || wiring.vouchers == address(0)
                || admin == address(0)
        ) revert ZeroAddress();
        __AccessControl_init();
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(UPGRADER_ROLE, admin);
        EscrowStorage storage s = _escrow();
        s.parameters = IParameters(wiring.parameters);
        s.team = ITeamRoster(wiring.team);
        s.book = ILicenseBook(wiring.book);
        s.directory = IDeviceDirectory(wiring.directory);
        s.attestations = IConnectionAttestations(wiring.attestations);
        s.vouchers = IMintVoucher(wiring.vouchers);
    }

    /// @inheritdoc IDeviceEscrow
    function open(Terms calldata terms, uint256 firstVoucher, uint256 firstNumber, uint256 count) external {
        EscrowStorage storage s = _escrow();
        if (msg.sender != address(s.vouchers)) revert OnlyVoucherContract(msg.sender);
        uint256 termsId = _intern(terms);
        for (uint256 i = 0; i < count; ++i) {
            Record storage r = s.records[firstVoucher + i];
            r.termsId = termsId.toUint32();
            r.number = (firstNumber + i).toUint40();
            r.state = State.Sold;
        }
        emit EscrowOpened(firstVoucher, count, firstNumber, termsId);
    }

    /// @inheritdoc IDeviceEscrow
    function bond(uint256 voucher, DeviceKind kind, uint256 deviceId) external whenRunning nonReentrant {
        EscrowStorage storage s = _escrow();
        Record storage r = s.records[voucher];
        if (r.state != State.Sold) revert WrongState(voucher, r.state);
        if (s.vouchers.ownerOf(voucher) != msg.sender) revert NotVoucherOwner(voucher, msg.sender);
        if (s.voucherOf[kind][deviceId] != 0) {
            revert DeviceAlreadyBonded(kind, deviceId, s.voucherOf[kind][deviceId]);
        }
        IDeviceDirectory.Device memory device = _device(kind, deviceId);
        if (device.wallet == address(0)) revert UnknownDevice(kind, deviceId);
        if (device.vehicleId == 0) revert DeviceNotPaired(kind, deviceId);
        Terms memory t = _termsOf(r);
        if (kind == DeviceKind.Hardware && t.deviceType == SOFTWARE_TYPE) revert VoucherForSoftware(voucher);
        uint256 licenseId = _checkProvider(device.maker, t.deviceType);
        uint256 burned = EscrowMath.totalsOf(t, r.number).burned;

        r.state = State.Active;
        r.start = block.timestamp.toUint40();
        r.kind = kind;
        r.licenseId = licenseId.toUint120();
        r.deviceId = deviceId.toUint128();
        s.voucherOf[kind][deviceId] = voucher;
        emit Bonded(voucher, kind, deviceId, device.wallet, licenseId, block.timestamp, burned);
        s.vouchers.bondTo(voucher, device.wallet);
        if (burned != 0) IBurnable(t.token).burn(burned);
    }

    /// @inheritdoc IDeviceEscrow
    function settle(uint256 voucher, uint256 period, address owner, uint256 rootId, bytes32[] calldata proof)
        external
        nonReentrant
    {
        EscrowStorage storage s = _escrow();
        Record storage r = s.records[voucher];
        Terms memory t = _termsOf(r);
        uint256 end = _checkPeriod(r, t, voucher, period);
        s.attestations.check(rootId, voucher, period, owner, proof);

        uint256 k = uint256(r.paid) + 1;
        r.usedPeriods |= 1 << period;
        if (end > r.settledUntil) r.settledUntil = end.toUint40();
        // k ≤ months ≤ 60: the state is Closed after the last.
        r.paid = uint8(k);
        ++r.settled;
        if (k == t.months) r.state = State.Closed;
        _paySettled(voucher, k, period, rootId, owner, t);
        if (k == t.months) emit EscrowClosed(voucher, Stop.None);
    }

    /// @inheritdoc IDeviceEscrow
    function reportMalfunction(uint256 voucher, bytes32 evidenceHash) external {
        EscrowStorage storage s = _escrow();
        Record storage r = s.records[voucher];
        if (r.state != State.Active) revert WrongState(voucher, r.state);
        if (_ownerOf(r) != msg.sender) revert NotDeviceOwner(voucher, msg.sender);
        Terms memory t = _termsOf(r);
        uint256 end = Calendar.addMonths(r.start, t.warrantyMonths);
        if (block.timestamp >= end) revert WarrantyOver(voucher, end);
        if (evidenceHash == 0) revert EmptyEvidence();
        if (s.usedEvidence[voucher][evidenceHash]) revert EvidenceUsed(voucher, evidenceHash);
        s.usedEvidence[voucher][evidenceHash] = true;
        r.state = State.Reported;
        r.contested = false;
        r.since = block.timestamp.toUint40();
        r.owner = msg.sender;
        emit MalfunctionReported(voucher, msg.sender, evidenceHash, block.timestamp + t.disputeWindow);
    }

    /// @inheritdoc IDeviceEscrow
    function contestMalfunction(uint256 voucher, bytes32 evidenceHash) external {
        EscrowStorage storage s = _escrow();
        Record storage r = s.records[voucher];
        if (r.state != State.Reported) revert WrongState(voucher, r.state);
        if (s.book.holderOf(r.licenseId) != msg.sender) revert NotProvider(voucher, msg.sender);
        if (r.contested) revert AlreadyContested(voucher);
        if (evidenceHash == 0) revert EmptyEvidence();
        uint256 end = uint256(r.since) + s.terms[r.termsId].disputeWindow;
        if (block.timestamp >= end) revert DisputeWindowOver(voucher, end);
        r.contested = true;
        emit MalfunctionContested(voucher, msg.sender, evidenceHash);
    }

    /// @inheritdoc IDeviceEscrow
    function decideMalfunction(uint256 voucher, bool upheld, bytes32 reasonHash) external nonReentrant {
        EscrowStorage storage s = _escrow();
        Record storage r = s.records[voucher];
        if (r.state != State.Reported) revert WrongState(voucher, r.state);
        if (!r.contested) revert NotContested(voucher);
        if (reasonHash == 0) revert EmptyEvidence();
        if (!hasRole(GOVERNANCE_ROLE, msg.sender)) {
            if (!s.team.isMember(msg.sender)) revert NotTeam(msg.sender);
            _checkNoConflict(s, r.owner);
            _checkNoConflict(s, s.book.holderOf(r.licenseId));
        }
        emit MalfunctionDecided(voucher, msg.sender, upheld, reasonHash);
        if (upheld) {
            _uphold(voucher, r);
            return;
        }
        r.state = State.Active;
        r.contested = false;
        r.since = 0;
        r.owner = address(0);
    }

    /// @inheritdoc IDeviceEscrow
    function finalizeMalfunction(uint256 voucher) external nonReentrant {
        EscrowStorage storage s = _escrow();
        Record storage r = s.records[voucher];
        if (r.state != State.Reported) revert WrongState(voucher, r.state);
        // A contest that nobody decides lapses after a second window; the escrow is not locked for ever.
        uint256 windows = r.contested ? 2 : 1;
        uint256 end = r.since + windows * s.terms[r.termsId].disputeWindow;
        if (block.timestamp < end) revert DisputeWindowOpen(voucher, end);
        _uphold(voucher, r);
    }

    /// @inheritdoc IDeviceEscrow
    function claimStream(uint256 voucher) external nonReentrant {
        EscrowStorage storage s = _escrow();
        Record storage r = s.records[voucher];
        if (r.state != State.Streaming) revert WrongState(voucher, r.state);
        Terms memory t = _termsOf(r);
        address owner = r.owner;
        uint256 from = r.paid;
        uint256 to = Math.min(t.months, uint256(r.settled) + Calendar.monthsElapsed(r.since, block.timestamp));
        uint256 amount = EscrowMath.streamPart(t, EscrowMath.totalsOf(t, r.number), from, to);
        Payment memory payment = Payment(
            owner, 0, r.stop == Stop.Malfunction ? Reason.Malfunction : Reason.Disconnect, block.timestamp.toUint40()
        );
        // At most 60 months.
        for (uint256 k = from + 1; k <= to; ++k) {
            s.payments[voucher][k] = payment;
        }
        // to ≤ months ≤ 60.
        r.paid = uint8(to);
        if (to == t.months) r.state = State.Closed;
        address present = _ownerOf(r);
        bool moved = present != address(0) && present != owner;
        if (moved) r.owner = present;
        if (to > from) emit StreamPaid(voucher, from + 1, to, owner, amount);
        if (moved) emit StreamOwnerSet(voucher, present);
        if (to == t.months) emit EscrowClosed(voucher, r.stop);
        _send(t.token, owner, amount);
    }

    /// @inheritdoc IDeviceEscrow
    function disconnect(uint256 voucher) external nonReentrant {
        EscrowStorage storage s = _escrow();
        Record storage r = s.records[voucher];
        if (r.state != State.Active) revert WrongState(voucher, r.state);
        if (_ownerOf(r) != msg.sender) revert NotDeviceOwner(voucher, msg.sender);
        emit DisconnectNoted(voucher, msg.sender);
        Terms memory t = _termsOf(r);
        if (!t.streamOnDisconnect || block.timestamp >= Calendar.addMonths(r.start, t.warrantyMonths)) return;
        r.owner = msg.sender;
        r.since = block.timestamp.toUint40();
        _openStream(voucher, r, t, Stop.Disconnect);
    }

    /// @inheritdoc IDeviceEscrow
    function close(uint256 voucher) external nonReentrant {
        Record storage r = _escrow().records[voucher];
        if (r.state != State.Active) revert WrongState(voucher, r.state);
        Terms memory t = _termsOf(r);
        uint256 windowEnd = Calendar.addMonths(r.start, t.windowMonths);
        uint256 idleEnd = Calendar.addMonths(Math.max(r.start, r.settledUntil), t.idleMonths);
        if (block.timestamp < windowEnd && block.timestamp < idleEnd) revert NotClosable(voucher, windowEnd, idleEnd);
        _forfeit(voucher, r, t, block.timestamp < windowEnd ? Stop.Idle : Stop.WindowOver);
    }

    /// @inheritdoc IDeviceEscrow
    function noteRevocation(uint256 licenseId) external {
        EscrowStorage storage s = _escrow();
        if (s.book.stateOf(licenseId) != ILicenseBook.State.Revoked) revert LicenseNotRevoked(licenseId);
        _noteRevocation(s, licenseId);
    }

    /// @inheritdoc IDeviceEscrow
    function isBonded(DeviceKind kind, uint256 deviceId) external view returns (bool) {
        return _escrow().voucherOf[kind][deviceId] != 0;
    }

    /// @inheritdoc IDeviceEscrow
    function voucherOf(DeviceKind kind, uint256 deviceId) external view returns (uint256) {
        return _escrow().voucherOf[kind][deviceId];
    }

    /// @inheritdoc IDeviceEscrow
    function requiresVoucher() external view returns (bool) {
        return _escrow().parameters.get(ParameterKeys.VOUCHER_REQUIRED) == 1;
    }

    /// @inheritdoc IDeviceEscrow
    function typeOf(uint256 voucher) external view returns (bytes32) {
        EscrowStorage storage s = _escrow();
        return s.terms[s.records[voucher].termsId].deviceType;
    }

    /// @inheritdoc IDeviceEscrow
    function numberOf(uint256 voucher) external view returns (uint256) {
        return _escrow().records[voucher].number;
    }

    /// @inheritdoc IDeviceEscrow
    function bondOf(uint256 voucher) external view returns (DeviceKind kind, uint256 deviceId, uint256 licenseId) {
        Record storage r = _escrow().records[voucher];
        return (r.kind, r.deviceId, r.licenseId);
    }

    /// @inheritdoc IDeviceEscrow
    function recordOf(uint256 voucher) external view returns (Record memory) {
        return _escrow().records[voucher];
    }

    /// @inheritdoc IDeviceEscrow
    function paymentOf(uint256 voucher, uint256 k) external view returns (Payment memory) {
        return _escrow().payments[voucher][k];
    }

    /// @inheritdoc IDeviceEscrow
    function termsOf(uint256 termsId) external view returns (Terms memory) {
        return _escrow().terms[termsId];
    }

    // Checks -------------------------------------------------------------------------------------------------------

    /// @dev The maker's licence is active; a provider that is limited to types has an active licence for this one.
    function _checkProvider(address maker, bytes32 deviceType) private view returns (uint256 licenseId) {
        ILicenseBook book = _escrow().book;
        licenseId = book.licenseOf(maker, ILicenseBook.Kind.Provider);
        if (licenseId == 0 || !book.isActive(licenseId)) revert ProviderNotActive(maker, licenseId);
        if (book.deviceTypesApproved(licenseId) == 0) return licenseId;
        uint256 typeLicense = book.deviceTypeLicense(licenseId, deviceType);
        if (typeLicense == 0 || !book.isActive(typeLicense)) revert DeviceTypeNotActive(licenseId, deviceType);
    }

    function _checkPeriod(Record storage r, Terms memory t, uint256 voucher, uint256 period)
        private
        view
        returns (uint256 end)
    {
        State state = r.state;
        if (state != State.Active && state != State.Reported) revert WrongState(voucher, state);
        if (period == 0 || period > t.windowMonths) revert PeriodOutOfRange(period, t.windowMonths);
        end = Calendar.addMonths(r.start, period);
        if (block.timestamp < end) revert PeriodNotOver(period, end);
        if (state == State.Reported && end > r.since) revert PeriodAfterReport(period, end, r.since);
        if (r.usedPeriods & (1 << period) != 0) revert PeriodUsed(voucher, period);
    }

    function _checkNoConflict(EscrowStorage storage s, address party) private view {
        if (s.team.hasConflict(msg.sender, party)) revert ConflictOfInterest(msg.sender, party);
    }

    // Payments -----------------------------------------------------------------------------------------------------

    function _paySettled(uint256 voucher, uint256 k, uint256 period, uint256 rootId, address owner, Terms memory t)
        private
    {
        EscrowStorage storage s = _escrow();
        Record storage r = s.records[voucher];
        // The totals become the tranche in place.
        Totals memory part = EscrowMath.totalsOf(t, r.number);
        part.provider = Tranches.nth(part.provider, k, t.months);
        part.team = Tranches.nth(part.team, k, t.months);
        part.treasury = Tranches.nth(part.treasury, k, t.months);
        (address payee, Reason reason) = _payee(s, r.licenseId, t.ownerOnRevoked ? owner : address(0));
        // Period ≤ 240.
        s.payments[voucher][k] = Payment(payee, uint16(period), reason, block.timestamp.toUint40());
        emit TranchePaid(voucher, k, period, rootId, payee, part.provider, part.team, part.treasury, reason);
        _send(t.token, payee, part.provider);
        if (part.team != 0) _send(t.token, s.parameters.account("team"), part.team);
        if (part.treasury != 0) _send(t.token, _treasury(), part.treasury);
    }

    /// @dev Who gets the provider's part now. A licence given up by choice keeps earning, unless it was suspended then.
    function _payee(EscrowStorage storage s, uint256 licenseId, address otherwise)
        private
        returns (address payee, Reason reason)
    {
        ILicenseBook.State state = s.book.stateOf(licenseId);
        if (state == ILicenseBook.State.Revoked) _noteRevocation(s, licenseId);
        if (s.revoked[licenseId]) reason = Reason.ProviderRevoked;
        else if (_isSuspended(s, licenseId, state)) reason = Reason.ProviderSuspended;
        else return (s.book.holderOf(licenseId), Reason.MonthAttested);
        payee = otherwise == address(0) ? _treasury() : otherwise;
    }

    /// @dev Now, or when it ended: only a reinstatement ends a suspension.
    function _isSuspended(EscrowStorage storage s, uint256 licenseId, ILicenseBook.State state)
        private
        view
        returns (bool)
    {
        return state != ILicenseBook.State.Approved && s.book.licenseInfo(licenseId).suspendedAt != 0;
    }

    function _noteRevocation(EscrowStorage storage s, uint256 licenseId) private {
        if (s.revoked[licenseId]) return;
        s.revoked[licenseId] = true;
        emit RevocationNoted(licenseId);
    }

    /// @dev A report counts.
    function _uphold(uint256 voucher, Record storage r) private {
        Terms memory t = _termsOf(r);
        if (t.streamOnMalfunction) _openStream(voucher, r, t, Stop.Malfunction);
        else _forfeit(voucher, r, t, Stop.Malfunction);
    }

    /// @dev `since` and `owner` are set. The treasury has its part at once, the rest waits for the owner.
    function _openStream(uint256 voucher, Record storage r, Terms memory t, Stop stop) private {
        r.state = State.Streaming;
        r.stop = stop;
        Totals memory totals = EscrowMath.totalsOf(t, r.number);
        uint256 paid = r.paid;
        uint256 treasury = EscrowMath.treasuryRest(t, totals, paid);
        emit StreamOpened(voucher, stop, r.owner, r.since, EscrowMath.streamPart(t, totals, paid, t.months));
        if (treasury == 0) return;
        emit Forfeited(voucher, stop, treasury);
        _send(t.token, _treasury(), treasury);
    }

    function _forfeit(uint256 voucher, Record storage r, Terms memory t, Stop stop) private {
        uint256 amount = EscrowMath.heldOf(r.state, r.paid, t, EscrowMath.totalsOf(t, r.number));
        r.state = State.Closed;
        r.stop = stop;
        r.since = block.timestamp.toUint40();
        emit Forfeited(voucher, stop, amount);
        emit EscrowClosed(voucher, stop);
        if (amount != 0) _send(t.token, _treasury(), amount);
    }

    function _send(address token, address to, uint256 amount) private {
        if (amount != 0) IERC20(token).safeTransfer(to, amount);
    }

    /// @dev Stores terms unless they are known already.
    function _intern(Terms calldata t) private returns (uint256 termsId) {
        EscrowStorage storage s = _escrow();
        bytes32 hash = keccak256(abi.encode(t));
        termsId = s.termsIds[hash];
        if (termsId != 0) return termsId;
        termsId = ++s.lastTerms;
        s.termsIds[hash] = termsId;
        s.terms[termsId] = t;
        emit TermsRecorded(termsId, t);
    }

    function _termsOf(Record storage r) private view returns (Terms memory) {
        return _escrow().terms[r.termsId];
    }

    function _treasury() private view returns (address) {
        return _escrow().parameters.account("treasury");
    }

    function _device(DeviceKind kind, uint256 deviceId) private view returns (IDeviceDirectory.Device memory) {
        IDeviceDirectory directory = _escrow().directory;
        return kind == DeviceKind.Hardware ? directory.hardware(deviceId) : directory.software(deviceId);
    }

    /// @dev Zero when the device is gone.
    function _ownerOf(Record storage r) private view returns (address) {
        return _device(r.kind, r.deviceId).owner;
    }

    function _pauseParameters() internal view override returns (IParameters) {
        return _escrow().parameters;
    }

    function _authorizeUpgrade(address) internal view override onlyRole(UPGRADER_ROLE) {}

    function _escrow() private pure returns (EscrowStorage storage s) {
        bytes32 slot = STORAGE_SLOT;
        assembly ("memory-safe") {
            s.slot := slot
        }
    }
}
