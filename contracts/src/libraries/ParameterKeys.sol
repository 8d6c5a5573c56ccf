// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Names of all parameters
/// @dev ASCII text, left-aligned; what each one means is said in docs/specs/economy.md §1.
library ParameterKeys {
    /// @dev Number of keys: a profile has exactly these.
    uint256 internal constant COUNT = 112;

    bytes32 internal constant LICENSE_APPROVAL_PROVIDER = "license.approval.provider";
    bytes32 internal constant LICENSE_APPROVAL_CLIENT = "license.approval.client";
    bytes32 internal constant LICENSE_APPROVAL_NODE = "license.approval.node";
    bytes32 internal constant LICENSE_APPROVAL_APP = "license.approval.app";
    bytes32 internal constant LICENSE_APPROVAL_OPERATOR = "license.approval.operator";
    bytes32 internal constant LICENSE_APPROVAL_BROKER = "license.approval.broker";
    bytes32 internal constant LICENSE_REVOKE_BY_TEAM = "license.revoke_by_team";
    bytes32 internal constant LICENSE_REVOKE_WINDOW = "license.revoke_window";
    bytes32 internal constant LICENSE_TERM_MAX = "license.term_max";
    bytes32 internal constant STAKE_PROVIDER = "stake.provider";
    bytes32 internal constant STAKE_CLIENT = "stake.client";
    bytes32 internal constant STAKE_NODE_BASE = "stake.node_base";
    bytes32 internal constant STAKE_NODE_PER_USER = "stake.node_per_user";
    bytes32 internal constant STAKE_APP_FREE_USERS = "stake.app_free_users";
    bytes32 internal constant STAKE_APP = "stake.app";
    bytes32 internal constant STAKE_APP_PER_USER = "stake.app_per_user";
    bytes32 internal constant STAKE_PROVIDER_USD = "stake.provider_usd";
    bytes32 internal constant STAKE_NODE_USD = "stake.node_usd";
    bytes32 internal constant STAKE_PEG_WINDOW = "stake.peg_window";
    bytes32 internal constant STAKE_PEG_REBASE_BPS = "stake.peg_rebase_bps";
    bytes32 internal constant STAKE_PEG_YEARLY = "stake.peg_yearly";
    bytes32 internal constant STAKE_GRANDFATHER = "stake.grandfather";
    bytes32 internal constant STAKE_TOPUP_WINDOW = "stake.topup_window";
    bytes32 internal constant STAKE_RELEASE_DELAY = "stake.release_delay";
    bytes32 internal constant STAKE_RELEASE_RULE = "stake.release_rule";
    bytes32 internal constant STAKE_THIRD_PARTY = "stake.third_party";
    bytes32 internal constant STAKE_CURVE_MIN = "stake.curve_min";
    bytes32 internal constant STAKE_CURVE_Y0 = "stake.curve_y0";
    bytes32 internal constant STAKE_CURVE_X1 = "stake.curve_x1";
    bytes32 internal constant STAKE_CURVE_Y1 = "stake.curve_y1";
    bytes32 internal constant STAKE_CURVE_X2 = "stake.curve_x2";
    bytes32 internal constant STAKE_CURVE_Y2 = "stake.curve_y2";
    bytes32 internal constant STAKE_CURVE_X3 = "stake.curve_x3";
    bytes32 internal constant STAKE_CURVE_Y3 = "stake.curve_y3";
    bytes32 internal constant STAKE_CLASS_BPS_0 = "stake.class_bps.0";
    bytes32 internal constant STAKE_CLASS_BPS_1 = "stake.class_bps.1";
    bytes32 internal constant STAKE_CLASS_BPS_2 = "stake.class_bps.2";
    bytes32 internal constant STAKE_CLASS_BPS_3 = "stake.class_bps.3";
    bytes32 internal constant STAKE_CLASS_BPS_4 = "stake.class_bps.4";
    bytes32 internal constant STAKE_CLASS_BPS_5 = "stake.class_bps.5";
    bytes32 internal constant STAKE_CLASS_BPS_6 = "stake.class_bps.6";
    bytes32 internal constant BURN_APP_AMOUNT = "burn.app_amount";
    bytes32 internal constant BURN_APP_USERS = "burn.app_users";
    bytes32 internal constant BURN_APP_FREE_USERS = "burn.app_free_users";
    bytes32 internal constant BURN_ROUNDING = "burn.rounding";
    bytes32 internal constant BURN_DUE_WINDOW = "burn.due_window";
    bytes32 internal constant COURT_DEPOSIT = "court.deposit";
    bytes32 internal constant COURT_ARBITRATOR_FEE = "court.arbitrator_fee";
    bytes32 internal constant COURT_PANEL_SIZE = "court.panel_size";
    bytes32 internal constant COURT_RESPONSE_WINDOW = "court.response_window";
    bytes32 internal constant COURT_MEDIATION_WINDOW = "court.mediation_window";
    bytes32 internal constant COURT_COMMIT_WINDOW = "court.commit_window";
    bytes32 internal constant COURT_REVEAL_WINDOW = "court.reveal_window";
    bytes32 internal constant COURT_APPEAL_WINDOW = "court.appeal_window";
    bytes32 internal constant COURT_CLAIM_WINDOW = "court.claim_window";
    bytes32 internal constant COURT_REWARD_BPS = "court.reward_bps";
    bytes32 internal constant COURT_REWARD_DEPOSITS = "court.reward_deposits";
    bytes32 internal constant COURT_LEAST_DEPOSITS = "court.least_deposits";
    bytes32 internal constant COURT_AWARD_BURN_BPS = "court.award_burn_bps";
    bytes32 internal constant COURT_AWARD_USERS_BPS = "court.award_users_bps";
    bytes32 internal constant COURT_AWARD_CHALLENGER_BPS = "court.award_challenger_bps";
    bytes32 internal constant COURT_AWARD_TREASURY_BPS = "court.award_treasury_bps";
    bytes32 internal constant COURT_CHALLENGER_CAP_BPS = "court.challenger_cap_bps";
    bytes32 internal constant COURT_LIMITATION = "court.limitation";
    bytes32 internal constant COURT_ADJUDICATOR = "court.adjudicator";
    bytes32 internal constant VOUCHER_PRICE_SOFTWARE = "voucher.price.software";
    bytes32 internal constant VOUCHER_CAP_SOFTWARE = "voucher.cap.software";
    bytes32 internal constant VOUCHER_PRICE_DONGLE = "voucher.price.dongle";
    bytes32 internal constant VOUCHER_CAP_DONGLE = "voucher.cap.dongle";
    bytes32 internal constant VOUCHER_PRICE_HUB = "voucher.price.hub";
    bytes32 internal constant VOUCHER_CAP_HUB = "voucher.cap.hub";
    bytes32 internal constant VOUCHER_PRICE_DASH_CAM = "voucher.price.dash_cam";
    bytes32 internal constant VOUCHER_CAP_DASH_CAM = "voucher.cap.dash_cam";
    bytes32 internal constant VOUCHER_PRICE_FLEET = "voucher.price.fleet";
    bytes32 internal constant VOUCHER_CAP_FLEET = "voucher.cap.fleet";
    bytes32 internal constant VOUCHER_PRICE_AI = "voucher.price.ai";
    bytes32 internal constant VOUCHER_CAP_AI = "voucher.cap.ai";
    bytes32 internal constant VOUCHER_ROYALTY_BPS = "voucher.royalty_bps";
    bytes32 internal constant VOUCHER_REQUIRED = "voucher.required";
    bytes32 internal constant VOUCHER_CURRENCY = "voucher.currency";
    bytes32 internal constant ESCROW_MONTHS = "escrow.months";
    bytes32 internal constant ESCROW_PROVIDER_BPS = "escrow.provider_bps";
    bytes32 internal constant ESCROW_REST_TO_PROVIDER = "escrow.rest_to_provider";
    bytes32 internal constant ESCROW_TEAM_CAP_PPM = "escrow.team_cap_ppm";
    bytes32 internal constant ESCROW_TEAM_FLOOR_PPM = "escrow.team_floor_ppm";
    bytes32 internal constant ESCROW_TEAM_RATIO_PPM = "escrow.team_ratio_ppm";
    bytes32 internal constant ESCROW_TEAM_BASE = "escrow.team_base";
    bytes32 internal constant ESCROW_BURN_PPM = "escrow.burn_ppm";
    bytes32 internal constant ESCROW_BURN_LESS_TEAM = "escrow.burn_less_team";
    bytes32 internal constant ESCROW_ON_DISCONNECT = "escrow.on_disconnect";
    bytes32 internal constant ESCROW_ON_MALFUNCTION = "escrow.on_malfunction";
    bytes32 internal constant ESCROW_ON_REVOKED = "escrow.on_revoked";
    bytes32 internal constant ESCROW_WARRANTY_MONTHS = "escrow.warranty_months";
    bytes32 internal constant ESCROW_WINDOW_MONTHS = "escrow.window_months";
    bytes32 internal constant ESCROW_IDLE_MONTHS = "escrow.idle_months";
    bytes32 internal constant ESCROW_DISPUTE_WINDOW = "escrow.dispute_window";
    bytes32 internal constant ATTEST_CHALLENGE_WINDOW = "attest.challenge_window";
    bytes32 internal constant GOV_PROPOSAL_THRESHOLD = "gov.proposal_threshold";
    bytes32 internal constant GOV_VOTING_DELAY = "gov.voting_delay";
    bytes32 internal constant GOV_VOTING_PERIOD = "gov.voting_period";
    bytes32 internal constant GOV_TIMELOCK = "gov.timelock";
    bytes32 internal constant GOV_VOTER_CAP_BPS = "gov.voter_cap_bps";
    bytes32 internal constant GOV_LEVEL1_BPS = "gov.level1_bps";
    bytes32 internal constant GOV_LEVEL2_BPS = "gov.level2_bps";
    bytes32 internal constant GOV_LEVEL3_BPS = "gov.level3_bps";
    bytes32 internal constant GOV_QUORUM1_BPS = "gov.quorum1_bps";
    bytes32 internal constant GOV_QUORUM2_BPS = "gov.quorum2_bps";
    bytes32 internal constant GOV_QUORUM3_BPS = "gov.quorum3_bps";
    bytes32 internal constant GOV_PAUSE_MAX = "gov.pause_max";
    bytes32 internal constant SPLIT_BURN_BPS = "split.burn_bps";
    bytes32 internal constant SPLIT_PROTOCOL_BPS = "split.protocol_bps";
    bytes32 internal constant SPLIT_USER_BPS = "split.user_bps";

    /// @dev Length of "voucher.price." and "voucher.cap." in bits.
    uint256 private constant PRICE_SHIFT = 14 * 8;
    uint256 private constant CAP_SHIFT = 12 * 8;

    /// @notice Price of a voucher of the type, e.g. "dash_cam". No such key exists for an unknown type, and none for a
    ///         text that would have to be cut: two types never share a key.
    function voucherPriceOf(bytes32 deviceType) internal pure returns (bytes32) {
        if (deviceType << (256 - PRICE_SHIFT) != 0) return bytes32(0);
        return bytes32("voucher.price.") | (deviceType >> PRICE_SHIFT);
    }

    /// @notice Greatest number of vouchers of the type.
    function voucherCapOf(bytes32 deviceType) internal pure returns (bytes32) {
        if (deviceType << (256 - CAP_SHIFT) != 0) return bytes32(0);
        return bytes32("voucher.cap.") | (deviceType >> CAP_SHIFT);
    }

    /// @notice Who approves licences of a kind, 1 provider to 6 broker; zero (no key) for others.
    function approvalOf(uint256 kind) internal pure returns (bytes32) {
        if (kind == 1) return LICENSE_APPROVAL_PROVIDER;
        if (kind == 2) return LICENSE_APPROVAL_CLIENT;
        if (kind == 3) return LICENSE_APPROVAL_NODE;
        if (kind == 4) return LICENSE_APPROVAL_APP;
        if (kind == 5) return LICENSE_APPROVAL_OPERATOR;
        if (kind == 6) return LICENSE_APPROVAL_BROKER;
        return bytes32(0);
    }

    /// @notice Stake factor of a functionality class, 0 to 6; zero (no key) for others.
    function classFactorOf(uint256 class) internal pure returns (bytes32) {
        if (class > 6) return bytes32(0);
        return bytes32(uint256(STAKE_CLASS_BPS_0) + (class << (256 - 17 * 8)));
    }
}
