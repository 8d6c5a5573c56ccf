// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Award, ICourt, Parts, Ruling} from "../interfaces/ICourt.sol";

/// @title Arithmetic of the court (economy rules, section 4)
/// @dev Pure. Amounts are below 2^128, so that no sum here overflows.
library CourtMath {
    uint256 internal constant BPS = 10_000;
    uint256 internal constant MAX_AMOUNT = type(uint128).max;

    /// @notice Reverts unless a ruling is one that can be executed.
    function checkRuling(Ruling memory ruling, uint256 challengerCapBps) internal pure {
        if (ruling.opinionHash == bytes32(0)) revert ICourt.ZeroHash();
        if (ruling.upheld != (ruling.reparation != 0) || ruling.reparation > MAX_AMOUNT) {
            revert ICourt.InvalidReparation(ruling.upheld, ruling.reparation);
        }
        if ((ruling.impactRoot == bytes32(0)) != (ruling.impactShares == 0) || ruling.impactShares > MAX_AMOUNT) {
            revert ICourt.InvalidImpact(ruling.impactRoot, ruling.impactShares);
        }
        if (isDefault(ruling.award)) return;
        uint256 sum = uint256(ruling.award.burnBps) + ruling.award.usersBps + ruling.award.challengerBps
            + ruling.award.treasuryBps;
        if (sum != BPS) revert ICourt.InvalidAward(sum);
        if (ruling.award.challengerBps > challengerCapBps) {
            revert ICourt.ChallengerShareTooHigh(ruling.award.challengerBps, challengerCapBps);
        }
    }

    /// @notice An award of zeros stands for the vector of the parameters.
    function isDefault(Award memory award) internal pure returns (bool) {
        return award.burnBps == 0 && award.usersBps == 0 && award.challengerBps == 0 && award.treasuryBps == 0;
    }

    /// @notice Splits a reparation; the parts without `fees` sum to it.
    /// @param leastReward What the challenger gets at least, as far as the reparation goes.
    function split(uint256 reparation, Award memory award, uint256 leastReward, uint256 fees)
        internal
        pure
        returns (Parts memory due)
    {
        uint256 vectorShare = reparation * award.challengerBps / BPS;
        due.fees = fees;
        due.challenger = Math.min(reparation, Math.max(vectorShare, leastReward));
        due.users = reparation * award.usersBps / BPS;
        due.treasury = reparation * award.treasuryBps / BPS;
        due.burned = reparation - vectorShare - due.users - due.treasury;
        // What the challenger gets above its share in the vector comes out of the others.
        uint256 excess = due.challenger - vectorShare;
        (due.burned, excess) = _reduce(due.burned, excess);
        (due.treasury, excess) = _reduce(due.treasury, excess);
        (due.users, excess) = _reduce(due.users, excess);
    }

    /// @notice Serves fees, challenger, users, treasury, burn in this order from `available`.
    function serve(Parts memory due, uint256 available) internal pure returns (Parts memory paid) {
        (paid.fees, available) = _take(due.fees, available);
        (paid.challenger, available) = _take(due.challenger, available);
        (paid.users, available) = _take(due.users, available);
        (paid.treasury, available) = _take(due.treasury, available);
        (paid.burned, available) = _take(due.burned, available);
    }

    /// @notice `a` and `b`, part by part.
    function plus(Parts memory a, Parts memory b) internal pure returns (Parts memory sum) {
        sum.fees = a.fees + b.fees;
        sum.challenger = a.challenger + b.challenger;
        sum.users = a.users + b.users;
        sum.treasury = a.treasury + b.treasury;
        sum.burned = a.burned + b.burned;
    }

    /// @notice `a` less `b`, part by part.
    function minus(Parts memory a, Parts memory b) internal pure returns (Parts memory left) {
        left.fees = a.fees - b.fees;
        left.challenger = a.challenger - b.challenger;
        left.users = a.users - b.users;
        left.treasury = a.treasury - b.treasury;
        left.burned = a.burned - b.burned;
    }

    /// @notice Without a list of affected users their part is the treasury's.
    function usersToTreasury(Parts memory parts) internal pure returns (Parts memory) {
        parts.treasury += parts.users;
        parts.users = 0;
        return parts;
    }

    function total(Parts memory parts) internal pure returns (uint256) {
        return parts.fees + parts.challenger + parts.users + parts.treasury + parts.burned;
    }

    /// @notice One user's claim on the users' part, never more than is left of it.
    function claimShare(uint256 part, uint256 shares, uint256 impactShares, uint256 left)
        internal
        pure
        returns (uint256)
    {
        return Math.min(Math.mulDiv(part, Math.min(shares, impactShares), impactShares), left);
    }

    /// @notice Index of the median, the lower one of two; among equals the one that comes first in order.
    /// @dev `values` holds a panel, so the square of its length is small.
    function medianIndex(uint256[] memory values) internal pure returns (uint256) {
        uint256 middle = (values.length - 1) / 2;
        for (uint256 i = 0; i < values.length; ++i) {
            uint256 rank;
            for (uint256 j = 0; j < values.length; ++j) {
                if (values[j] < values[i] || (values[j] == values[i] && j < i)) ++rank;
            }
            if (rank == middle) return i;
        }
        assert(false); // Ranks are a permutation, one of them is the middle.
        return 0;
    }

    function _reduce(uint256 part, uint256 excess) private pure returns (uint256, uint256) {
        uint256 cut = Math.min(part, excess);
        return (part - cut, excess - cut);
    }

    function _take(uint256 due, uint256 available) private pure returns (uint256, uint256) {
        uint256 part = Math.min(due, available);
        return (part, available - part);
    }
}
