// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IParameters} from "../interfaces/IParameters.sol";
import {ParameterKeys as K} from "./ParameterKeys.sol";

/// @title What no vote can exceed
/// @dev Code, not storage: a bound moves only with an upgrade of Parameters. The bounds keep the arithmetic of the other
///      contracts sound (no division by zero, sums within 256 bits) and the procedures usable (no empty window in
///      which somebody is to be heard); everything else is for governance to decide.
library ParameterLimits {
    uint256 private constant BPS = 10_000;
    uint256 private constant PPM = 1_000_000;
    /// @dev The supply of the token.
    uint256 private constant MAX_AMOUNT = 1_000_000_000e18;
    /// @dev Users, vehicles, vouchers: more than there are people.
    uint256 private constant MAX_COUNT = 1e12;
    uint256 private constant MAX_WINDOW = 3650 days;

    /// @notice Least and greatest value that `key` can have. Reverts when there is no such parameter.
    function limitsOf(bytes32 key) internal pure returns (uint256 min, uint256 max) {
        if (
            key == K.LICENSE_APPROVAL_PROVIDER || key == K.LICENSE_APPROVAL_CLIENT || key == K.LICENSE_APPROVAL_NODE
                || key == K.LICENSE_APPROVAL_APP || key == K.LICENSE_APPROVAL_OPERATOR
                || key == K.LICENSE_APPROVAL_BROKER || key == K.STAKE_RELEASE_RULE || key == K.BURN_ROUNDING
                || key == K.COURT_ADJUDICATOR
        ) return (0, 2);
        if (
            key == K.LICENSE_REVOKE_BY_TEAM || key == K.STAKE_PEG_YEARLY || key == K.STAKE_GRANDFATHER
                || key == K.STAKE_THIRD_PARTY || key == K.VOUCHER_REQUIRED || key == K.VOUCHER_CURRENCY
                || key == K.ESCROW_REST_TO_PROVIDER || key == K.ESCROW_TEAM_BASE || key == K.ESCROW_BURN_LESS_TEAM
                || key == K.ESCROW_ON_DISCONNECT || key == K.ESCROW_ON_MALFUNCTION || key == K.ESCROW_ON_REVOKED
        ) return (0, 1);
        if (
            key == K.LICENSE_REVOKE_WINDOW || key == K.STAKE_TOPUP_WINDOW || key == K.STAKE_RELEASE_DELAY
                || key == K.BURN_DUE_WINDOW || key == K.ESCROW_DISPUTE_WINDOW || key == K.ATTEST_CHALLENGE_WINDOW
        ) return (0, MAX_WINDOW);
        if (key == K.LICENSE_TERM_MAX || key == K.COURT_LIMITATION) return (1 days, MAX_WINDOW);
        if (
            key == K.STAKE_PROVIDER || key == K.STAKE_CLIENT || key == K.STAKE_NODE_BASE || key == K.STAKE_NODE_PER_USER
                || key == K.STAKE_APP || key == K.STAKE_APP_PER_USER || key == K.STAKE_PROVIDER_USD
                || key == K.STAKE_NODE_USD || key == K.STAKE_CURVE_MIN || key == K.STAKE_CURVE_Y0
                || key == K.STAKE_CURVE_Y1 || key == K.STAKE_CURVE_Y2 || key == K.STAKE_CURVE_Y3
                || key == K.BURN_APP_AMOUNT || key == K.COURT_ARBITRATOR_FEE || key == K.VOUCHER_PRICE_SOFTWARE
                || key == K.VOUCHER_PRICE_DONGLE || key == K.VOUCHER_PRICE_HUB || key == K.VOUCHER_PRICE_DASH_CAM
                || key == K.VOUCHER_PRICE_FLEET || key == K.VOUCHER_PRICE_AI || key == K.GOV_PROPOSAL_THRESHOLD
        ) return (0, MAX_AMOUNT);
        if (
            key == K.STAKE_APP_FREE_USERS || key == K.BURN_APP_FREE_USERS || key == K.VOUCHER_CAP_SOFTWARE
                || key == K.VOUCHER_CAP_DONGLE || key == K.VOUCHER_CAP_HUB || key == K.VOUCHER_CAP_DASH_CAM
                || key == K.VOUCHER_CAP_FLEET || key == K.VOUCHER_CAP_AI
        ) return (0, MAX_COUNT);
        if (
            key == K.STAKE_PEG_WINDOW || key == K.COURT_RESPONSE_WINDOW || key == K.COURT_MEDIATION_WINDOW
                || key == K.COURT_COMMIT_WINDOW || key == K.COURT_REVEAL_WINDOW || key == K.COURT_APPEAL_WINDOW
                || key == K.COURT_CLAIM_WINDOW
        ) return (1 hours, MAX_WINDOW);
        if (key == K.STAKE_PEG_REBASE_BPS) return (1, 10 * BPS);
        if (key == K.STAKE_CURVE_X1 || key == K.STAKE_CURVE_X2 || key == K.STAKE_CURVE_X3 || key == K.BURN_APP_USERS) {
            return (1, MAX_COUNT);
        }
        if (
            key == K.STAKE_CLASS_BPS_0 || key == K.STAKE_CLASS_BPS_1 || key == K.STAKE_CLASS_BPS_2
                || key == K.STAKE_CLASS_BPS_3 || key == K.STAKE_CLASS_BPS_4 || key == K.STAKE_CLASS_BPS_5
                || key == K.STAKE_CLASS_BPS_6
        ) return (1, 100 * BPS);
        if (key == K.COURT_DEPOSIT) return (1, MAX_AMOUNT);
        if (key == K.COURT_PANEL_SIZE) return (1, 15);
        if (
            key == K.COURT_REWARD_BPS || key == K.COURT_AWARD_BURN_BPS || key == K.COURT_AWARD_USERS_BPS
                || key == K.COURT_AWARD_CHALLENGER_BPS || key == K.COURT_AWARD_TREASURY_BPS
                || key == K.COURT_CHALLENGER_CAP_BPS || key == K.VOUCHER_ROYALTY_BPS || key == K.ESCROW_PROVIDER_BPS
                || key == K.SPLIT_BURN_BPS || key == K.SPLIT_PROTOCOL_BPS || key == K.SPLIT_USER_BPS
        ) return (0, BPS);
        if (key == K.COURT_REWARD_DEPOSITS || key == K.COURT_LEAST_DEPOSITS) return (0, 100);
        if (key == K.ESCROW_MONTHS) return (1, 60);
        if (
            key == K.ESCROW_TEAM_CAP_PPM || key == K.ESCROW_TEAM_FLOOR_PPM || key == K.ESCROW_TEAM_RATIO_PPM
                || key == K.ESCROW_BURN_PPM
        ) return (0, PPM);
        if (key == K.ESCROW_WARRANTY_MONTHS) return (0, 240);
        if (key == K.ESCROW_WINDOW_MONTHS || key == K.ESCROW_IDLE_MONTHS) return (1, 240);
        if (key == K.GOV_VOTING_DELAY || key == K.GOV_PAUSE_MAX) return (0, 30 days);
        if (key == K.GOV_VOTING_PERIOD || key == K.GOV_TIMELOCK) return (1 hours, 30 days);
        if (
            key == K.GOV_VOTER_CAP_BPS || key == K.GOV_QUORUM1_BPS || key == K.GOV_QUORUM2_BPS
                || key == K.GOV_QUORUM3_BPS
        ) return (1, BPS);
        if (key == K.GOV_LEVEL1_BPS || key == K.GOV_LEVEL2_BPS || key == K.GOV_LEVEL3_BPS) return (5000, 9900);
        revert IParameters.UnknownParameter(key);
    }

    /// @notice True for the parameters that the team may raise above their floor (D1-18, D3-27).
    function isRaisable(bytes32 key) internal pure returns (bool) {
        return key == K.STAKE_PROVIDER || key == K.STAKE_CLIENT || key == K.STAKE_NODE_BASE
            || key == K.STAKE_NODE_PER_USER || key == K.STAKE_APP || key == K.STAKE_APP_PER_USER;
    }
}
