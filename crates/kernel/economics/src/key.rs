use std::{fmt, str::FromStr};

use milepost_types::{B256, U256};
use thiserror::Error;

use crate::{DeviceType, LicenseKind};

/// What the integer of a parameter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 10⁻¹⁸ of a token; written in whole tokens in profile files.
    Wei,
    /// 10⁻¹⁸ US dollars; written in dollars in profile files.
    Usd18,
    /// 1/10,000.
    Bps,
    /// 1/1,000,000.
    Ppm,
    /// Seconds.
    Seconds,
    /// Calendar months (UTC).
    Months,
    /// A number of users, units, vouchers or persons.
    Count,
    /// One of these names; the value is its place in the list.
    Choice(&'static [&'static str]),
    /// 0 or 1; `false` or `true` in profile files.
    Flag,
}

impl Unit {
    /// Short name, as in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wei => "wei",
            Self::Usd18 => "usd18",
            Self::Bps => "bps",
            Self::Ppm => "ppm",
            Self::Seconds => "seconds",
            Self::Months => "months",
            Self::Count => "count",
            Self::Choice(_) => "choice",
            Self::Flag => "flag",
        }
    }
}

/// A name that is not in the key table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown parameter '{0}'")]
pub struct UnknownKey(pub String);

const APPROVAL: Unit = Unit::Choice(&["team", "vote", "team_then_vote"]);
const RELEASE: Unit = Unit::Choice(&["any_challenge", "successful_challenge", "no_challenge"]);
const ROUNDING: Unit = Unit::Choice(&["floor", "pro_rata", "ceil"]);
const ADJUDICATOR: Unit = Unit::Choice(&["panel", "token_vote", "external"]);
const CURRENCY: Unit = Unit::Choice(&["dimo", "dcx"]);
const TEAM_BASE: Unit = Unit::Choice(&["price", "locked"]);
const BENEFICIARY: Unit = Unit::Choice(&["treasury", "user"]);

/// The whole supply of `$DIMO`: no amount in tokens or dollars is larger. Keeps every product below 2²⁵⁶.
const SUPPLY: u128 = 1_000_000_000 * 10u128.pow(18);
/// More users, units or vouchers than people and cars; keeps products far below 2²⁵⁶.
const MANY: u128 = 1_000_000_000_000;
const HOUR: u128 = 3_600;
const DAY: u128 = 24 * HOUR;
/// No window is longer than ten years.
const LONG: u128 = 3_650 * DAY;

struct Row {
    name: &'static str,
    unit: Unit,
    raisable: bool,
    min: u128,
    max: u128,
    doc: &'static str,
}

const fn row(
    name: &'static str,
    unit: Unit,
    raisable: bool,
    bounds: (u128, u128),
    doc: &'static str,
) -> Row {
    Row {
        name,
        unit,
        raisable,
        min: bounds.0,
        max: bounds.1,
        doc,
    }
}

macro_rules! keys {
    ($($variant:ident $name:literal $unit:expr, $raisable:ident, $min:expr => $max:expr, $doc:literal;)+) => {
        /// A parameter of the economy. The order is that of the specification, not of the encoding.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Key {
            $(#[doc = concat!("`", $name, "`: ", $doc)] $variant,)+
        }

        impl Key {
            /// Every key, in the order of the specification.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        static ROWS: &[Row] = &[$(row($name, $unit, keys!(@ $raisable), ($min, $max), $doc)),+];
    };
    (@ raisable) => { true };
    (@ fixed) => { false };
}

keys! {
    LicenseApprovalProvider "license.approval.provider" APPROVAL, fixed, 0 => 2, "who approves a provider [C-10]";
    LicenseApprovalClient "license.approval.client" APPROVAL, fixed, 0 => 2, "who approves a client [C-10]";
    LicenseApprovalNode "license.approval.node" APPROVAL, fixed, 0 => 2, "who approves a node [C-10, D2-01]";
    LicenseApprovalApp "license.approval.app" APPROVAL, fixed, 0 => 2, "who approves an app [C-10]";
    LicenseApprovalOperator "license.approval.operator" APPROVAL, fixed, 0 => 2, "who approves a data union operator [C-10, D5-11]";
    LicenseApprovalBroker "license.approval.broker" APPROVAL, fixed, 0 => 2, "who approves a data broker [C-10, D5-48]";
    LicenseRevokeByTeam "license.revoke_by_team" Unit::Flag, fixed, 0 => 1, "the team may revoke; otherwise only governance [C-28]";
    LicenseRevokeWindow "license.revoke_window" Unit::Seconds, fixed, 0 => LONG, "a suspension lasts at least this long before the team revokes [C-28]";
    LicenseTermMax "license.term_max" Unit::Seconds, fixed, DAY => LONG, "longest term of a team member [D1-10]";

    StakeProvider "stake.provider" Unit::Wei, raisable, 0 => SUPPLY, "stake of a provider [D3-03]";
    StakeClient "stake.client" Unit::Wei, raisable, 0 => SUPPLY, "stake of a client [D1-31]";
    StakeNodeBase "stake.node_base" Unit::Wei, raisable, 0 => SUPPLY, "stake of a node without users [D1-32]";
    StakeNodePerUser "stake.node_per_user" Unit::Wei, raisable, 0 => SUPPLY, "stake of a node for each connected user [D1-32]";
    StakeAppFreeUsers "stake.app_free_users" Unit::Count, fixed, 0 => MANY, "users up to which an app needs no stake [D1-47]";
    StakeApp "stake.app" Unit::Wei, raisable, 0 => SUPPLY, "stake of an app above the free number [D1-48]";
    StakeAppPerUser "stake.app_per_user" Unit::Wei, raisable, 0 => SUPPLY, "stake of an app for each user above the free number";
    StakeProviderUsd "stake.provider_usd" Unit::Usd18, fixed, 0 => SUPPLY, "stake of a provider in dollars; 0: not pegged [C-13]";
    StakeNodeUsd "stake.node_usd" Unit::Usd18, fixed, 0 => SUPPLY, "stake of a node in dollars; 0: not pegged [C-13]";
    StakePegWindow "stake.peg_window" Unit::Seconds, fixed, HOUR => LONG, "time the average price is taken over [C-13]";
    StakePegRebaseBps "stake.peg_rebase_bps" Unit::Bps, fixed, 1 => 100_000, "move of the price that re-bases the peg [C-13]";
    StakePegYearly "stake.peg_yearly" Unit::Flag, fixed, 0 => 1, "the peg is re-based each 1 January, UTC [C-13]";
    StakeGrandfather "stake.grandfather" Unit::Flag, fixed, 0 => 1, "a licence never needs more than at its approval when the parameter rises [C-13]";
    StakeTopupWindow "stake.topup_window" Unit::Seconds, fixed, 0 => LONG, "time to cover growth of users [D1-33]";
    StakeReleaseDelay "stake.release_delay" Unit::Seconds, fixed, 0 => LONG, "from the end of a licence to its stake; 184 days are never less than six months [C-09]";
    StakeReleaseRule "stake.release_rule" RELEASE, fixed, 0 => 2, "which challenge restarts the delay; an open one always holds [C-09]";
    StakeThirdParty "stake.third_party" Unit::Flag, fixed, 0 => 1, "partners may post; a loan of the foundation needs no leave [C-11, D4-48]";
    StakeCurveMin "stake.curve_min" Unit::Wei, fixed, 0 => SUPPLY, "least lock-up of operators and brokers [D5-46]";
    StakeCurveY0 "stake.curve_y0" Unit::Wei, fixed, 0 => SUPPLY, "lock-up at 0 units [D5-46]";
    StakeCurveX1 "stake.curve_x1" Unit::Count, fixed, 1 => MANY, "units at the first point [D5-46]";
    StakeCurveY1 "stake.curve_y1" Unit::Wei, fixed, 0 => SUPPLY, "lock-up at the first point [D5-46]";
    StakeCurveX2 "stake.curve_x2" Unit::Count, fixed, 1 => MANY, "units at the second point [D5-46]";
    StakeCurveY2 "stake.curve_y2" Unit::Wei, fixed, 0 => SUPPLY, "lock-up at the second point [D5-46]";
    StakeCurveX3 "stake.curve_x3" Unit::Count, fixed, 1 => MANY, "units at the third point [D5-46]";
    StakeCurveY3 "stake.curve_y3" Unit::Wei, fixed, 0 => SUPPLY, "lock-up at the third point [D5-46]";
    StakeClassBps0 "stake.class_bps.0" Unit::Bps, fixed, 1 => 1_000_000, "lock-up factor of aggregates [D5-47]";
    StakeClassBps1 "stake.class_bps.1" Unit::Bps, fixed, 1 => 1_000_000, "lock-up factor of non-location data [D5-47]";
    StakeClassBps2 "stake.class_bps.2" Unit::Bps, fixed, 1 => 1_000_000, "lock-up factor of location [D5-47]";
    StakeClassBps3 "stake.class_bps.3" Unit::Bps, fixed, 1 => 1_000_000, "lock-up factor of raw data [D5-47]";
    StakeClassBps4 "stake.class_bps.4" Unit::Bps, fixed, 1 => 1_000_000, "lock-up factor of comfort commands [D5-47]";
    StakeClassBps5 "stake.class_bps.5" Unit::Bps, fixed, 1 => 1_000_000, "lock-up factor of lock and unlock [D5-47]";
    StakeClassBps6 "stake.class_bps.6" Unit::Bps, fixed, 1 => 1_000_000, "lock-up factor of drive [D5-47]";

    BurnAppAmount "burn.app_amount" Unit::Wei, fixed, 0 => SUPPLY, "burned per month for each block of users [D1-49]";
    BurnAppUsers "burn.app_users" Unit::Count, fixed, 1 => MANY, "users of one block [D1-49]";
    BurnAppFreeUsers "burn.app_free_users" Unit::Count, fixed, 0 => MANY, "users up to which nothing is burned [D1-47]";
    BurnRounding "burn.rounding" ROUNDING, fixed, 0 => 2, "how a part of a block counts [C-12]";
    BurnDueWindow "burn.due_window" Unit::Seconds, fixed, 0 => LONG, "time to burn after a month is reported";

    CourtDeposit "court.deposit" Unit::Wei, fixed, 1 => SUPPLY, "deposit of a challenger";
    CourtArbitratorFee "court.arbitrator_fee" Unit::Wei, fixed, 0 => SUPPLY, "fee of an arbitrator for a round";
    CourtPanelSize "court.panel_size" Unit::Count, fixed, 1 => 15, "arbitrators of a round, odd";
    CourtResponseWindow "court.response_window" Unit::Seconds, fixed, HOUR => LONG, "time of the respondent to answer";
    CourtMediationWindow "court.mediation_window" Unit::Seconds, fixed, HOUR => LONG, "time to settle";
    CourtCommitWindow "court.commit_window" Unit::Seconds, fixed, HOUR => LONG, "time of the panel to commit";
    CourtRevealWindow "court.reveal_window" Unit::Seconds, fixed, HOUR => LONG, "time of the panel to reveal";
    CourtAppealWindow "court.appeal_window" Unit::Seconds, fixed, HOUR => LONG, "time to appeal";
    CourtClaimWindow "court.claim_window" Unit::Seconds, fixed, HOUR => LONG, "time of affected users to claim";
    CourtRewardBps "court.reward_bps" Unit::Bps, fixed, 0 => 10_000, "least reward of the challenger, of the reparation";
    CourtRewardDeposits "court.reward_deposits" Unit::Count, fixed, 0 => 100, "least reward of the challenger, in deposits";
    CourtLeastDeposits "court.least_deposits" Unit::Count, fixed, 0 => 100, "least reparation, in deposits";
    CourtAwardBurnBps "court.award_burn_bps" Unit::Bps, fixed, 0 => 10_000, "part of the reparation that is burned [C-27]";
    CourtAwardUsersBps "court.award_users_bps" Unit::Bps, fixed, 0 => 10_000, "part of the reparation for affected users [C-27]";
    CourtAwardChallengerBps "court.award_challenger_bps" Unit::Bps, fixed, 0 => 10_000, "part of the reparation for the challenger [C-27]";
    CourtAwardTreasuryBps "court.award_treasury_bps" Unit::Bps, fixed, 0 => 10_000, "part of the reparation for the treasury [C-27]";
    CourtChallengerCapBps "court.challenger_cap_bps" Unit::Bps, fixed, 0 => 10_000, "most that a ruling's vector gives the challenger [C-27]";
    CourtLimitation "court.limitation" Unit::Seconds, fixed, DAY => LONG, "from the breach to the last challenge";
    CourtAdjudicator "court.adjudicator" ADJUDICATOR, fixed, 0 => 2, "who decides [C-07]";

    VoucherPriceSoftware "voucher.price.software" Unit::Wei, fixed, 0 => SUPPLY, "price of a voucher for a software connection [D3-100]";
    VoucherCapSoftware "voucher.cap.software" Unit::Count, fixed, 0 => MANY, "vouchers for software connections; 0: unlimited [D3-99, D3-100]";
    VoucherPriceDongle "voucher.price.dongle" Unit::Wei, fixed, 0 => SUPPLY, "price of a voucher for a standard dongle [D3-100]";
    VoucherCapDongle "voucher.cap.dongle" Unit::Count, fixed, 0 => MANY, "vouchers for standard dongles; 0: unlimited [D3-99, D3-100]";
    VoucherPriceHub "voucher.price.hub" Unit::Wei, fixed, 0 => SUPPLY, "price of a voucher for a hub [D3-100]";
    VoucherCapHub "voucher.cap.hub" Unit::Count, fixed, 0 => MANY, "vouchers for hubs; 0: unlimited [D3-99, D3-100]";
    VoucherPriceDashCam "voucher.price.dash_cam" Unit::Wei, fixed, 0 => SUPPLY, "price of a voucher for a dash camera [D3-100]";
    VoucherCapDashCam "voucher.cap.dash_cam" Unit::Count, fixed, 0 => MANY, "vouchers for dash cameras; 0: unlimited [D3-99, D3-100]";
    VoucherPriceFleet "voucher.price.fleet" Unit::Wei, fixed, 0 => SUPPLY, "price of a voucher for a fleet device [D3-100]";
    VoucherCapFleet "voucher.cap.fleet" Unit::Count, fixed, 0 => MANY, "vouchers for fleet devices; 0: unlimited [D3-99, D3-100]";
    VoucherPriceAi "voucher.price.ai" Unit::Wei, fixed, 0 => SUPPLY, "price of a voucher for an AI device [D3-100]";
    VoucherCapAi "voucher.cap.ai" Unit::Count, fixed, 0 => MANY, "vouchers for AI devices; 0: unlimited [D3-99, D3-100]";
    VoucherRoyaltyBps "voucher.royalty_bps" Unit::Bps, fixed, 0 => 10_000, "royalty of secondary sales, to the treasury [D3-97]";
    VoucherRequired "voucher.required" Unit::Flag, fixed, 0 => 1, "a device needs a bonded voucher [D3-86]";
    VoucherCurrency "voucher.currency" CURRENCY, fixed, 0 => 1, "what the prices are in [C-14]";

    EscrowMonths "escrow.months" Unit::Months, fixed, 1 => 60, "tranches of the lock [D3-94]";
    EscrowProviderBps "escrow.provider_bps" Unit::Bps, fixed, 0 => 10_000, "the provider's part of the price [D3-94]";
    EscrowRestToProvider "escrow.rest_to_provider" Unit::Flag, fixed, 0 => 1, "the provider gets all of the lock that is not the team's [D4-54]";
    EscrowTeamCapPpm "escrow.team_cap_ppm" Unit::Ppm, fixed, 0 => 1_000_000, "the team's rate at the first voucher [D3-102]";
    EscrowTeamFloorPpm "escrow.team_floor_ppm" Unit::Ppm, fixed, 0 => 1_000_000, "the team's least rate [D3-102]";
    EscrowTeamRatioPpm "escrow.team_ratio_ppm" Unit::Ppm, fixed, 0 => 1_000_000, "the team's rate from one voucher to the next [D3-102]";
    EscrowTeamBase "escrow.team_base" TEAM_BASE, fixed, 0 => 1, "what the team's rate is of [C-03]";
    EscrowBurnPpm "escrow.burn_ppm" Unit::Ppm, fixed, 0 => 1_000_000, "burned at installation, of the price [D4-50]";
    EscrowBurnLessTeam "escrow.burn_less_team" Unit::Flag, fixed, 0 => 1, "the burn is less by the team's rate [D4-50]";
    EscrowOnDisconnect "escrow.on_disconnect" BENEFICIARY, fixed, 0 => 1, "who gets what is unpaid when the owner disconnects [C-02]";
    EscrowOnMalfunction "escrow.on_malfunction" BENEFICIARY, fixed, 0 => 1, "who gets what is unpaid when the device fails [C-02]";
    EscrowOnRevoked "escrow.on_revoked" BENEFICIARY, fixed, 0 => 1, "who gets the provider's tranches while its licence is not live";
    EscrowWarrantyMonths "escrow.warranty_months" Unit::Months, fixed, 0 => 240, "a malfunction counts from first connection this long [D4-52]";
    EscrowWindowMonths "escrow.window_months" Unit::Months, fixed, 1 => 240, "unpaid months may be resumed this long after first connection";
    EscrowIdleMonths "escrow.idle_months" Unit::Months, fixed, 1 => 240, "an escrow closes after so many idle months";
    EscrowDisputeWindow "escrow.dispute_window" Unit::Seconds, fixed, 0 => LONG, "time to contest a malfunction report";

    AttestChallengeWindow "attest.challenge_window" Unit::Seconds, fixed, 0 => LONG, "before a month root counts";

    GovProposalThreshold "gov.proposal_threshold" Unit::Wei, fixed, 0 => SUPPLY, "votes to propose [protocol 8.4]";
    GovVotingDelay "gov.voting_delay" Unit::Seconds, fixed, 0 => 30 * DAY, "from proposal to vote";
    GovVotingPeriod "gov.voting_period" Unit::Seconds, fixed, HOUR => 30 * DAY, "length of a vote [D2-01]";
    GovTimelock "gov.timelock" Unit::Seconds, fixed, HOUR => 30 * DAY, "from passage to effect [D2-44]";
    GovVoterCapBps "gov.voter_cap_bps" Unit::Bps, fixed, 1 => 10_000, "most of the supply that one voter counts for";
    GovLevel1Bps "gov.level1_bps" Unit::Bps, fixed, 5_000 => 9_900, "level 1 passes above this part of for + against [D2-01]";
    GovLevel2Bps "gov.level2_bps" Unit::Bps, fixed, 5_000 => 9_900, "level 2 passes above this part of for + against";
    GovLevel3Bps "gov.level3_bps" Unit::Bps, fixed, 5_000 => 9_900, "level 3 passes above this part of for + against";
    GovQuorum1Bps "gov.quorum1_bps" Unit::Bps, fixed, 1 => 10_000, "participation of the supply at level 1 [D2-01]";
    GovQuorum2Bps "gov.quorum2_bps" Unit::Bps, fixed, 1 => 10_000, "participation of the supply at level 2";
    GovQuorum3Bps "gov.quorum3_bps" Unit::Bps, fixed, 1 => 10_000, "participation of the supply at level 3";
    GovPauseMax "gov.pause_max" Unit::Seconds, fixed, 0 => 30 * DAY, "longest emergency pause";

    SplitBurnBps "split.burn_bps" Unit::Bps, fixed, 0 => 10_000, "access fees: burned, of the gross [D2-39]";
    SplitProtocolBps "split.protocol_bps" Unit::Bps, fixed, 0 => 10_000, "access fees: to the treasury, of the gross [C-18]";
    SplitUserBps "split.user_bps" Unit::Bps, fixed, 0 => 10_000, "access fees: users' part of the rest; the node keeps what is left [D2-38]";
}

impl Key {
    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// Name, such as `stake.provider`: ASCII, at most 31 characters.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What its integer counts.
    #[must_use]
    pub fn unit(self) -> Unit {
        self.row().unit
    }

    /// Whether the licensing team may raise the value above its floor (D1-18, D3-27).
    #[must_use]
    pub fn raisable(self) -> bool {
        self.row().raisable
    }

    /// Least value that anyone can set.
    #[must_use]
    pub fn value_min(self) -> U256 {
        U256::from(self.row().min)
    }

    /// Greatest value that anyone can set.
    #[must_use]
    pub fn value_max(self) -> U256 {
        U256::from(self.row().max)
    }

    /// What it means, in one line.
    #[must_use]
    pub fn doc(self) -> &'static str {
        self.row().doc
    }

    /// The key on chain: its name, left-aligned.
    #[must_use]
    pub fn bytes32(self) -> B256 {
        let mut word = [0u8; 32];
        let name = self.name().as_bytes();
        word[..name.len()].copy_from_slice(name);
        B256::from(word)
    }

    /// Name of its constant in Solidity, such as `STAKE_PROVIDER`.
    #[must_use]
    pub fn constant(self) -> String {
        self.name().to_ascii_uppercase().replace('.', "_")
    }

    /// Every key in ascending byte order: that of files, encodings and hashes.
    #[must_use]
    pub fn sorted() -> Vec<Self> {
        let mut keys = Self::ALL.to_vec();
        keys.sort_unstable_by_key(|key| key.name());
        keys
    }

    /// Who approves licences of a kind; device types follow their provider and have none.
    #[must_use]
    pub const fn approval(kind: LicenseKind) -> Option<Self> {
        match kind {
            LicenseKind::Provider => Some(Self::LicenseApprovalProvider),
            LicenseKind::Client => Some(Self::LicenseApprovalClient),
            LicenseKind::Node => Some(Self::LicenseApprovalNode),
            LicenseKind::App => Some(Self::LicenseApprovalApp),
            LicenseKind::Operator => Some(Self::LicenseApprovalOperator),
            LicenseKind::Broker => Some(Self::LicenseApprovalBroker),
            LicenseKind::DeviceType => None,
        }
    }

    /// Price of a voucher of a type.
    #[must_use]
    pub const fn voucher_price(device: DeviceType) -> Self {
        match device {
            DeviceType::Software => Self::VoucherPriceSoftware,
            DeviceType::Dongle => Self::VoucherPriceDongle,
            DeviceType::Hub => Self::VoucherPriceHub,
            DeviceType::DashCam => Self::VoucherPriceDashCam,
            DeviceType::Fleet => Self::VoucherPriceFleet,
            DeviceType::Ai => Self::VoucherPriceAi,
        }
    }

    /// Most vouchers of a type; 0: unlimited.
    #[must_use]
    pub const fn voucher_cap(device: DeviceType) -> Self {
        match device {
            DeviceType::Software => Self::VoucherCapSoftware,
            DeviceType::Dongle => Self::VoucherCapDongle,
            DeviceType::Hub => Self::VoucherCapHub,
            DeviceType::DashCam => Self::VoucherCapDashCam,
            DeviceType::Fleet => Self::VoucherCapFleet,
            DeviceType::Ai => Self::VoucherCapAi,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|key| key.name() == text)
            .ok_or_else(|| UnknownKey(text.chars().take(64).collect()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_fit_a_word_and_are_distinct() {
        let names: BTreeSet<_> = Key::ALL.iter().map(|k| k.name()).collect();
        assert_eq!(names.len(), Key::ALL.len());
        let constants: BTreeSet<_> = Key::ALL.iter().map(|k| k.constant()).collect();
        assert_eq!(constants.len(), Key::ALL.len());
        for key in Key::ALL {
            let name = key.name();
            assert!(name.len() <= 31, "{name}");
            assert!(
                name.bytes().all(|b| b.is_ascii_lowercase()
                    || b.is_ascii_digit()
                    || b == b'.'
                    || b == b'_'),
                "{name}"
            );
            assert_eq!(name.parse(), Ok(*key));
            assert!(key.value_min() <= key.value_max());
            assert!(!key.doc().is_empty() && !key.doc().contains('\n'));
        }
    }

    #[test]
    fn byte_order_of_words_is_that_of_names() {
        let sorted = Key::sorted();
        assert!(sorted.windows(2).all(|w| w[0].bytes32() < w[1].bytes32()));
    }

    #[test]
    fn choices_and_flags_are_bounded_by_their_names() {
        for key in Key::ALL {
            match key.unit() {
                Unit::Choice(names) => assert_eq!(key.value_max(), U256::from(names.len() - 1)),
                Unit::Flag => assert_eq!(key.value_max(), U256::from(1)),
                _ => {}
            }
        }
    }

    #[test]
    fn only_stakes_can_be_raised_by_the_team_d1_18() {
        let raisable: Vec<_> = Key::ALL
            .iter()
            .filter(|k| k.raisable())
            .map(|k| k.name())
            .collect();
        assert_eq!(
            raisable,
            [
                "stake.provider",
                "stake.client",
                "stake.node_base",
                "stake.node_per_user",
                "stake.app",
                "stake.app_per_user"
            ]
        );
    }
}
