// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeviceEscrow} from "./IDeviceEscrow.sol";

/// @title Every tranche of a voucher, and why it was or was not paid
/// @notice Reads the escrow, holds nothing.
interface IEscrowLens {
    /// @dev NotStarted: not bonded. Waiting: for an attested month. Paid: as planned. PaidWithoutProvider: the
    ///      provider's licence was suspended or revoked, `paidTo` had its part. Scheduled: for the owner, at `time`.
    ///      PaidToUser: streamed to `paidTo`. Forfeited: to the treasury.
    enum TrancheState {
        None,
        NotStarted,
        Waiting,
        Paid,
        PaidWithoutProvider,
        Scheduled,
        PaidToUser,
        Forfeited
    }

    /// @notice Where the price of a voucher went so far.
    struct Account {
        uint256 burned;
        uint256 provider;
        uint256 team;
        uint256 user;
        uint256 treasury;
        uint256 held;
    }

    /// @notice Everything about one escrow. `monthsPaid` and `monthsStreamed` count tranches: paid for attested months,
    ///         streamed to the owner. `since` is the time of the open report, of the begin of the stream or, when
    ///         forfeited, of the end. `streamOwner` is who reported, later who the stream pays.
    struct Escrow {
        IDeviceEscrow.State state;
        IDeviceEscrow.Stop stop;
        bool contested;
        bytes32 deviceType;
        uint256 number;
        uint256 price;
        address token;
        IDeviceEscrow.Totals totals;
        uint256 months;
        uint256 monthsPaid;
        uint256 monthsStreamed;
        IDeviceEscrow.DeviceKind kind;
        uint256 deviceId;
        uint256 licenseId;
        uint256 start;
        uint256 settledUntil;
        uint256 since;
        address streamOwner;
        uint256 held;
    }

    /// @notice One tranche. `period` is the attested month that paid it, `time` that of payment or, when scheduled,
    ///         the time it is due.
    struct Tranche {
        TrancheState state;
        IDeviceEscrow.Reason reason;
        address paidTo;
        uint256 period;
        uint256 time;
        uint256 provider;
        uint256 team;
        uint256 treasury;
    }

    error ZeroAddress();

    /// @notice Everything about one escrow; all zero for an unknown voucher.
    function escrowOf(uint256 voucher) external view returns (Escrow memory);

    /// @notice Where the price of a voucher went; the six parts add up to it. All zero for an unknown voucher.
    function accountOf(uint256 voucher) external view returns (Account memory);

    /// @notice One tranche, 1 ≤ k ≤ months: its parts, who was or will be paid, when, and why.
    function trancheOf(uint256 voucher, uint256 k) external view returns (Tranche memory);

    /// @notice All tranches of a voucher, at most 60.
    function tranchesOf(uint256 voucher) external view returns (Tranche[] memory);

    /// @notice Bounds [from, to) of a month of the clock; zeroes when not bonded.
    function periodOf(uint256 voucher, uint256 period) external view returns (uint256 from, uint256 to);

    /// @notice True when a month of the clock has paid a tranche.
    function isPeriodUsed(uint256 voucher, uint256 period) external view returns (bool);

    /// @notice The split that a voucher with number `number` at `price` would get today.
    function previewTotals(uint256 price, uint256 number) external view returns (IDeviceEscrow.Totals memory);

    function escrow() external view returns (IDeviceEscrow);
}
