// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IDeviceEscrow} from "../interfaces/IDeviceEscrow.sol";
import {IEscrowLens} from "../interfaces/IEscrowLens.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {Calendar} from "../libraries/Calendar.sol";
import {Tranches} from "../libraries/Tranches.sol";
import {EscrowMath} from "./EscrowMath.sol";

/// @title Views over the escrow that need no storage of their own
/// @dev Apart from the escrow because of the size limit of contracts.
contract EscrowLens is IEscrowLens {
    /// @inheritdoc IEscrowLens
    IDeviceEscrow public immutable escrow;
    IParameters private immutable _parameters;

    constructor(address escrow_, address parameters) {
        if (escrow_ == address(0) || parameters == address(0)) revert ZeroAddress();
        escrow = IDeviceEscrow(escrow_);
        _parameters = IParameters(parameters);
    }

    /// @inheritdoc IEscrowLens
    function escrowOf(uint256 voucher) external view returns (Escrow memory) {
        return _read(voucher);
    }

    /// @inheritdoc IEscrowLens
    function accountOf(uint256 voucher) external view returns (Account memory a) {
        Escrow memory e = _read(voucher);
        a.held = e.held;
        if (e.state == IDeviceEscrow.State.None || e.state == IDeviceEscrow.State.Sold) return a;
        a.burned = e.totals.burned;
        bool ownerOnRevoked = escrow.termsOf(escrow.recordOf(voucher).termsId).ownerOnRevoked;
        for (uint256 k = 1; k <= e.monthsPaid + e.monthsStreamed; ++k) {
            uint256 provider = Tranches.nth(e.totals.provider, k, e.months);
            uint256 team = Tranches.nth(e.totals.team, k, e.months);
            if (k > e.monthsPaid) {
                a.user += provider + team;
                continue;
            }
            a.team += team;
            if (escrow.paymentOf(voucher, k).reason == IDeviceEscrow.Reason.MonthAttested) a.provider += provider;
            else if (ownerOnRevoked) a.user += provider;
        }
        // What is neither held nor paid to somebody else went to the treasury.
        a.treasury = e.price - a.held - a.burned - a.provider - a.team - a.user;
    }

    /// @inheritdoc IEscrowLens
    function trancheOf(uint256 voucher, uint256 k) external view returns (Tranche memory) {
        return _tranche(_read(voucher), voucher, k);
    }

    /// @inheritdoc IEscrowLens
    function tranchesOf(uint256 voucher) external view returns (Tranche[] memory list) {
        Escrow memory e = _read(voucher);
        list = new Tranche[](e.months);
        for (uint256 i = 0; i < e.months; ++i) {
            list[i] = _tranche(e, voucher, i + 1);
        }
    }

    /// @inheritdoc IEscrowLens
    function periodOf(uint256 voucher, uint256 period) external view returns (uint256 from, uint256 to) {
        uint256 start = escrow.recordOf(voucher).start;
        if (start == 0 || period == 0) return (0, 0);
        return (Calendar.addMonths(start, period - 1), Calendar.addMonths(start, period));
    }

    /// @inheritdoc IEscrowLens
    function isPeriodUsed(uint256 voucher, uint256 period) external view returns (bool) {
        return period < 256 && escrow.recordOf(voucher).usedPeriods & (1 << period) != 0;
    }

    /// @inheritdoc IEscrowLens
    function previewTotals(uint256 price, uint256 number) external view returns (IDeviceEscrow.Totals memory) {
        (IDeviceEscrow.Terms memory t,) = EscrowMath.current(_parameters, 0, price);
        return EscrowMath.totalsOf(t, number);
    }

    function _read(uint256 voucher) private view returns (Escrow memory e) {
        IDeviceEscrow.Record memory r = escrow.recordOf(voucher);
        if (r.state == IDeviceEscrow.State.None) return e;
        IDeviceEscrow.Terms memory t = escrow.termsOf(r.termsId);
        e.state = r.state;
        e.stop = r.stop;
        e.contested = r.contested;
        e.deviceType = t.deviceType;
        e.number = r.number;
        e.price = t.price;
        e.token = t.token;
        e.totals = EscrowMath.totalsOf(t, r.number);
        e.months = t.months;
        e.monthsPaid = r.settled;
        e.monthsStreamed = r.paid - r.settled;
        e.kind = r.kind;
        e.deviceId = r.deviceId;
        e.licenseId = r.licenseId;
        e.start = r.start;
        e.settledUntil = r.settledUntil;
        e.since = r.since;
        e.streamOwner = r.owner;
        e.held = EscrowMath.heldOf(r.state, r.paid, t, e.totals);
    }

    function _tranche(Escrow memory e, uint256 voucher, uint256 k) private view returns (Tranche memory out) {
        if (e.state == IDeviceEscrow.State.None) return out;
        out.provider = Tranches.nth(e.totals.provider, k, e.months);
        out.team = Tranches.nth(e.totals.team, k, e.months);
        out.treasury = Tranches.nth(e.totals.treasury, k, e.months);
        if (e.state == IDeviceEscrow.State.Sold) {
            (out.state, out.reason) = (TrancheState.NotStarted, IDeviceEscrow.Reason.NotBonded);
        } else if (k <= e.monthsPaid + e.monthsStreamed) {
            IDeviceEscrow.Payment memory payment = escrow.paymentOf(voucher, k);
            out.reason = payment.reason;
            out.paidTo = payment.paidTo;
            out.period = payment.period;
            out.time = payment.time;
            if (k > e.monthsPaid) out.state = TrancheState.PaidToUser;
            else if (payment.reason == IDeviceEscrow.Reason.MonthAttested) out.state = TrancheState.Paid;
            else out.state = TrancheState.PaidWithoutProvider;
        } else if (e.state == IDeviceEscrow.State.Streaming) {
            (out.state, out.reason, out.paidTo) = (TrancheState.Scheduled, _reasonOf(e.stop), e.streamOwner);
            out.time = Calendar.addMonths(e.since, k - e.monthsPaid);
        } else if (e.state == IDeviceEscrow.State.Closed) {
            (out.state, out.reason, out.time) = (TrancheState.Forfeited, _reasonOf(e.stop), e.since);
            out.paidTo = _parameters.account("treasury");
        } else {
            out.state = TrancheState.Waiting;
            out.reason = e.state == IDeviceEscrow.State.Reported
                ? IDeviceEscrow.Reason.ReportOpen
                : IDeviceEscrow.Reason.MonthNotAttested;
        }
    }

    function _reasonOf(IDeviceEscrow.Stop stop) private pure returns (IDeviceEscrow.Reason) {
        if (stop == IDeviceEscrow.Stop.Malfunction) return IDeviceEscrow.Reason.Malfunction;
        if (stop == IDeviceEscrow.Stop.Disconnect) return IDeviceEscrow.Reason.Disconnect;
        return stop == IDeviceEscrow.Stop.Idle ? IDeviceEscrow.Reason.Idle : IDeviceEscrow.Reason.WindowOver;
    }
}
