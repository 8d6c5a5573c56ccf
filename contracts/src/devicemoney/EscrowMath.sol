// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IDeviceEscrow} from "../interfaces/IDeviceEscrow.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {ParameterKeys as K} from "../libraries/ParameterKeys.sol";
import {TeamCurve} from "../libraries/TeamCurve.sol";
import {Tranches} from "../libraries/Tranches.sol";

/// @title Arithmetic of the escrow (docs/specs/economy.md §5)
library EscrowMath {
    using SafeCast for uint256;

    uint256 private constant BPS = 10_000;
    uint256 private constant PPM = 1_000_000;

    /// @notice The rules of a sale now, with the currency in which it is; the token is left out.
    function current(IParameters parameters, bytes32 deviceType, uint256 price)
        internal
        view
        returns (IDeviceEscrow.Terms memory t, uint256 currency)
    {
        bytes32[] memory keys = new bytes32[](17);
        keys[0] = K.ESCROW_BURN_PPM;
        keys[1] = K.ESCROW_TEAM_CAP_PPM;
        keys[2] = K.ESCROW_TEAM_FLOOR_PPM;
        keys[3] = K.ESCROW_TEAM_RATIO_PPM;
        keys[4] = K.ESCROW_MONTHS;
        keys[5] = K.ESCROW_BURN_LESS_TEAM;
        keys[6] = K.ESCROW_TEAM_BASE;
        keys[7] = K.ESCROW_REST_TO_PROVIDER;
        keys[8] = K.VOUCHER_CURRENCY;
        keys[9] = K.ESCROW_PROVIDER_BPS;
        keys[10] = K.ESCROW_WARRANTY_MONTHS;
        keys[11] = K.ESCROW_WINDOW_MONTHS;
        keys[12] = K.ESCROW_IDLE_MONTHS;
        keys[13] = K.ESCROW_DISPUTE_WINDOW;
        keys[14] = K.ESCROW_ON_DISCONNECT;
        keys[15] = K.ESCROW_ON_MALFUNCTION;
        keys[16] = K.ESCROW_ON_REVOKED;
        uint256[] memory v = parameters.getMany(keys);
        t.price = price.toUint96();
        t.burnPpm = v[0].toUint32();
        t.teamCapPpm = v[1].toUint32();
        t.teamFloorPpm = v[2].toUint32();
        t.teamRatioPpm = v[3].toUint32();
        t.months = v[4].toUint8();
        t.burnLessTeam = v[5] == 1;
        t.teamOfLocked = v[6] == 1;
        t.restToProvider = v[7] == 1;
        currency = v[8];
        t.providerBps = v[9].toUint16();
        t.warrantyMonths = v[10].toUint8();
        t.windowMonths = v[11].toUint8();
        t.idleMonths = v[12].toUint8();
        t.disputeWindow = v[13].toUint32();
        t.streamOnDisconnect = v[14] == 1;
        t.streamOnMalfunction = v[15] == 1;
        t.ownerOnRevoked = v[16] == 1;
        t.deviceType = deviceType;
    }

    /// @notice Parts of the price of voucher n, step by step as the text says. Parameters keep the sum of the
    ///         parts within the price.
    function totalsOf(IDeviceEscrow.Terms memory t, uint256 number)
        internal
        pure
        returns (IDeviceEscrow.Totals memory totals)
    {
        uint256 price = t.price;
        uint256 q = TeamCurve.decay(t.teamRatioPpm, number);
        uint256 teamOfPrice = TeamCurve.part(price, t.teamCapPpm, t.teamFloorPpm, q);
        totals.burned = (price * t.burnPpm) / PPM;
        if (t.burnLessTeam) totals.burned -= teamOfPrice;
        uint256 locked = price - totals.burned;
        totals.team = t.teamOfLocked ? TeamCurve.part(locked, t.teamCapPpm, t.teamFloorPpm, q) : teamOfPrice;
        totals.provider = t.restToProvider ? locked - totals.team : (price * t.providerBps) / BPS;
        totals.treasury = locked - totals.team - totals.provider;
    }

    /// @notice Provider's and team's part of tranches from+1 … to.
    function streamPart(IDeviceEscrow.Terms memory t, IDeviceEscrow.Totals memory totals, uint256 from, uint256 to)
        internal
        pure
        returns (uint256)
    {
        uint256 m = t.months;
        return Tranches.upTo(totals.provider, to, m) - Tranches.upTo(totals.provider, from, m)
            + Tranches.upTo(totals.team, to, m) - Tranches.upTo(totals.team, from, m);
    }

    /// @notice Treasury's part of the tranches after `from`.
    function treasuryRest(IDeviceEscrow.Terms memory t, IDeviceEscrow.Totals memory totals, uint256 from)
        internal
        pure
        returns (uint256)
    {
        return totals.treasury - Tranches.upTo(totals.treasury, from, t.months);
    }

    /// @notice What is still held of a voucher.
    function heldOf(
        IDeviceEscrow.State state,
        uint256 paid,
        IDeviceEscrow.Terms memory t,
        IDeviceEscrow.Totals memory totals
    ) internal pure returns (uint256 held) {
        if (state == IDeviceEscrow.State.None || state == IDeviceEscrow.State.Closed) {
            return 0;
        }
        if (state == IDeviceEscrow.State.Sold) return t.price;
        held = streamPart(t, totals, paid, t.months);
        // A stream starts by paying the treasury.
        if (state != IDeviceEscrow.State.Streaming) held += treasuryRest(t, totals, paid);
    }
}
