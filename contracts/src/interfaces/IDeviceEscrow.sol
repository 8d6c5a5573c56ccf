// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Money of sold vouchers
/// @notice Every voucher has an escrow. Its totals and its rules are fixed at sale (they follow from the terms and from
///         the number of the voucher, which never change); what is left of the price is released month by month while
///         the device is connected. At any time burned + provider + team + user + treasury + held = price.
interface IDeviceEscrow {
    enum DeviceKind {
        Hardware,
        Software
    }

    /// @dev None: no such voucher. Sold: not bonded. Active: months pay. Reported: a malfunction report is open.
    ///      Streaming: the owner is paid month by month. Closed: nothing is held.
    enum State {
        None,
        Sold,
        Active,
        Reported,
        Streaming,
        Closed
    }

    /// @dev Why months stopped paying.
    enum Stop {
        None,
        Malfunction,
        Disconnect,
        Idle,
        WindowOver
    }

    /// @dev Why a tranche is in its state.
    enum Reason {
        None,
        NotBonded,
        MonthNotAttested,
        ReportOpen,
        MonthAttested,
        ProviderSuspended,
        ProviderRevoked,
        Malfunction,
        Disconnect,
        Idle,
        WindowOver
    }

    /// @notice Rules and price of a sale, shared by all vouchers that were sold under them.
    struct Terms {
        uint96 price;
        uint32 burnPpm;
        uint32 teamCapPpm;
        uint32 teamFloorPpm;
        uint32 teamRatioPpm;
        uint8 months;
        bool burnLessTeam;
        bool teamOfLocked;
        bool restToProvider;
        address token;
        uint16 providerBps;
        uint8 warrantyMonths;
        uint8 windowMonths;
        uint8 idleMonths;
        uint32 disputeWindow;
        bool streamOnDisconnect;
        bool streamOnMalfunction;
        bool ownerOnRevoked;
        bytes32 deviceType;
    }

    /// @notice Parts of the price.
    struct Totals {
        uint256 burned;
        uint256 provider;
        uint256 team;
        uint256 treasury;
    }

    /// @notice State of one escrow; `EscrowLens` adds what follows from it.
    /// @dev The first slot is written at sale and changes with the state, the second at bond, the others as needed.
    /// @param number n of the voucher within its type.
    /// @param contested The open report is contested.
    /// @param paid Tranches paid in any way.
    /// @param settled Tranches paid for attested months; the others were streamed to the owner.
    /// @param settledUntil End of the last settled month.
    /// @param since Time of the open report, of the begin of the stream or, when forfeited, of the end.
    /// @param usedPeriods Bit p: month p of the clock paid a tranche.
    /// @param owner Who reported, later who the stream pays.
    struct Record {
        uint32 termsId;
        uint40 number;
        State state;
        Stop stop;
        bool contested;
        uint8 paid;
        uint8 settled;
        uint40 start;
        uint40 settledUntil;
        uint40 since;
        DeviceKind kind;
        uint120 licenseId;
        uint128 deviceId;
        uint256 usedPeriods;
        address owner;
    }

    /// @notice Payment of one tranche. `period` is zero in a stream.
    struct Payment {
        address paidTo;
        uint16 period;
        Reason reason;
        uint40 time;
    }

    error ZeroAddress();
    error OnlyVoucherContract(address caller);
    error WrongState(uint256 voucher, State state);
    error NotVoucherOwner(uint256 voucher, address caller);
    error NotDeviceOwner(uint256 voucher, address caller);
    error NotProvider(uint256 voucher, address caller);
    error NotTeam(address caller);
    error ConflictOfInterest(address member, address party);
    error UnknownDevice(DeviceKind kind, uint256 deviceId);
    error DeviceNotPaired(DeviceKind kind, uint256 deviceId);
    error VoucherForSoftware(uint256 voucher);
    error DeviceAlreadyBonded(DeviceKind kind, uint256 deviceId, uint256 voucher);
    error ProviderNotActive(address maker, uint256 licenseId);
    error DeviceTypeNotActive(uint256 licenseId, bytes32 deviceType);
    error PeriodOutOfRange(uint256 period, uint256 last);
    error PeriodNotOver(uint256 period, uint256 end);
    error PeriodUsed(uint256 voucher, uint256 period);
    error PeriodAfterReport(uint256 period, uint256 end, uint256 reportedAt);
    error WarrantyOver(uint256 voucher, uint256 end);
    error LicenseNotRevoked(uint256 licenseId);
    error EmptyEvidence();
    error EvidenceUsed(uint256 voucher, bytes32 evidenceHash);
    error DisputeWindowOver(uint256 voucher, uint256 end);
    error DisputeWindowOpen(uint256 voucher, uint256 end);
    error AlreadyContested(uint256 voucher);
    error NotContested(uint256 voucher);
    error NotClosable(uint256 voucher, uint256 windowEnd, uint256 idleEnd);

    event TermsRecorded(uint256 indexed termsId, Terms terms);
    event EscrowOpened(uint256 indexed firstVoucher, uint256 count, uint256 firstNumber, uint256 indexed termsId);
    event Bonded(
        uint256 indexed voucher,
        DeviceKind indexed kind,
        uint256 indexed deviceId,
        address wallet,
        uint256 licenseId,
        uint256 start,
        uint256 burned
    );
    event TranchePaid(
        uint256 indexed voucher,
        uint256 indexed tranche,
        uint256 period,
        uint256 rootId,
        address providerPaidTo,
        uint256 provider,
        uint256 team,
        uint256 treasury,
        Reason reason
    );
    event RevocationNoted(uint256 indexed licenseId);
    event MalfunctionReported(
        uint256 indexed voucher, address indexed owner, bytes32 evidenceHash, uint256 contestUntil
    );
    event MalfunctionContested(uint256 indexed voucher, address indexed provider, bytes32 evidenceHash);
    event MalfunctionDecided(uint256 indexed voucher, address indexed decider, bool upheld, bytes32 reasonHash);
    event DisconnectNoted(uint256 indexed voucher, address indexed owner);
    event StreamOpened(uint256 indexed voucher, Stop indexed stop, address indexed owner, uint256 start, uint256 total);
    event StreamPaid(
        uint256 indexed voucher, uint256 fromTranche, uint256 toTranche, address indexed owner, uint256 amount
    );
    event StreamOwnerSet(uint256 indexed voucher, address indexed owner);
    event Forfeited(uint256 indexed voucher, Stop indexed stop, uint256 amount);
    event EscrowClosed(uint256 indexed voucher, Stop indexed stop);

    /// @notice Opens the escrows of `count` vouchers that are being sold; the caller moves `price × count` of the terms'
    ///         token here in the same transaction.
    /// @dev Voucher contract only: it is trusted to pay and to state the terms of the day.
    function open(Terms calldata terms, uint256 firstVoucher, uint256 firstNumber, uint256 count) external;

    /// @notice Bonds the caller's voucher to a connected device of an active provider with an active licence for the
    ///         voucher's type; burns the burned part and starts the clock. A software voucher bonds software only.
    function bond(uint256 voucher, DeviceKind kind, uint256 deviceId) external;

    /// @notice Pays the next tranche for an attested month. Anyone.
    /// @param period Month of the clock, from 1; months may be settled in any order, each once.
    /// @param owner Owner of the month, as attested.
    function settle(uint256 voucher, uint256 period, address owner, uint256 rootId, bytes32[] calldata proof) external;

    /// @notice The owner says that the device does not work. Counts unless the provider contests in time.
    /// @param evidenceHash Hash of the evidence; each report of a voucher needs new evidence.
    function reportMalfunction(uint256 voucher, bytes32 evidenceHash) external;

    /// @notice The holder of the provider licence objects; the team decides then.
    function contestMalfunction(uint256 voucher, bytes32 evidenceHash) external;

    /// @notice Decides a contested report. Team, without a conflict with owner or provider; or governance.
    /// @dev GOVERNANCE_ROLE for anybody else. Decides who gets what is unpaid of this one escrow, nothing more.
    function decideMalfunction(uint256 voucher, bool upheld, bytes32 reasonHash) external;

    /// @notice Makes a report count after the dispute window, a contested one that nobody decided after as much again.
    ///         Anyone.
    function finalizeMalfunction(uint256 voucher) external;

    /// @notice Pays what is due of a stream to the owner on record, then records the present owner. Anyone; a new
    ///         owner calls it once to be on record.
    function claimStream(uint256 voucher) external;

    /// @notice The owner says that the device is disconnected. Inside the warranty, when the terms say so, what is
    ///         unpaid streams to the owner; otherwise it is noted and months may resume.
    function disconnect(uint256 voucher) external;

    /// @notice Sends what is unpaid to the treasury when the window is over or nothing was settled for too long.
    function close(uint256 voucher) external;

    /// @notice Remembers that a provider licence was revoked, so that it earns nothing after its release either. Anyone;
    ///         `settle` does it too.
    function noteRevocation(uint256 licenseId) external;

    /// @notice True once a device has a voucher, also after the escrow is closed.
    function isBonded(DeviceKind kind, uint256 deviceId) external view returns (bool);

    /// @notice Voucher of a device, zero when none.
    function voucherOf(DeviceKind kind, uint256 deviceId) external view returns (uint256);

    /// @notice True when a device may connect only with a bonded voucher (`voucher.required`).
    function requiresVoucher() external view returns (bool);

    /// @notice Device type of a sold voucher.
    function typeOf(uint256 voucher) external view returns (bytes32);

    /// @notice n of a sold voucher: the how manieth of its type.
    function numberOf(uint256 voucher) external view returns (uint256);

    /// @notice Device and provider licence of a bonded voucher; zero licence when not bonded.
    function bondOf(uint256 voucher) external view returns (DeviceKind kind, uint256 deviceId, uint256 licenseId);

    /// @notice State of an escrow; all zero for an unknown voucher.
    function recordOf(uint256 voucher) external view returns (Record memory);

    /// @notice How tranche k was paid; all zero while it is not. `paidTo` is who had the provider's part or the stream.
    function paymentOf(uint256 voucher, uint256 k) external view returns (Payment memory);

    /// @notice Terms of a sale, from 1.
    function termsOf(uint256 termsId) external view returns (Terms memory);
}
