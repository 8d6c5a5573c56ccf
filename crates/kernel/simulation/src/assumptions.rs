//! What the model supposes about people and things: sales, churn, failures, growth.
//!
//! Not rules of the economy, those are parameters of a profile. Each assumption has a key, a unit, a default and a
//! sentence; the report prints all of them, and a run's id covers them.

use serde::{Deserialize, Serialize};

use crate::SimulationError;

/// What an assumption's number counts; it bounds the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Parts per million, at most 1,000,000.
    Ppm,
    /// Parts per ten thousand, at most 10,000.
    Bps,
    /// Months, at most 600.
    Months,
    /// A number of licences, at most 10,000.
    Licences,
    /// A relative weight, at most 1,000,000.
    Weight,
    /// Devices for each thousand owners, 1,000 to 1,000,000.
    DevicesPerThousand,
    /// Parts per million of another amount, at most 100,000,000.
    Ratio,
    /// Millionths of a token, at most 10^15.
    MicroTokens,
    /// Whole tokens, at most 10^12.
    Tokens,
    /// Millionths of a US dollar, 1 to 10^12.
    MicroUsd,
}

impl Unit {
    const fn bounds(self) -> (u64, u64) {
        match self {
            Self::Ppm | Self::Weight => (0, 1_000_000),
            Self::Bps => (0, 10_000),
            Self::Months => (0, 600),
            Self::Licences => (0, 10_000),
            Self::DevicesPerThousand => (1_000, 1_000_000),
            Self::Ratio => (0, 100_000_000),
            Self::MicroTokens => (0, 1_000_000_000_000_000),
            Self::Tokens => (0, 1_000_000_000_000),
            Self::MicroUsd => (1, 1_000_000_000_000),
        }
    }

    /// As printed behind a number.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ppm | Self::Ratio => "ppm",
            Self::Bps => "bps",
            Self::Months => "months",
            Self::Licences => "licences",
            Self::Weight => "weight",
            Self::DevicesPerThousand => "devices per 1,000 owners",
            Self::MicroTokens => "DIMO × 10⁻⁶",
            Self::Tokens => "DIMO",
            Self::MicroUsd => "USD × 10⁻⁶",
        }
    }
}

/// One assumption with its value in this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// Name to set it by.
    pub key: &'static str,
    /// Value in this run.
    pub value: u64,
    /// Value when nobody says otherwise.
    pub default: u64,
    /// What the number counts.
    pub unit: Unit,
    /// What is supposed.
    pub meaning: &'static str,
}

macro_rules! assumptions {
    ($($key:literal $field:ident = $default:literal, $unit:ident, $meaning:literal;)*) => {
        /// Everything the model supposes, as plain numbers.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Assumptions {
            $(#[doc = $meaning] #[serde(rename = $key)] pub $field: u64,)*
        }

        impl Default for Assumptions {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl Assumptions {
            /// All of them, in the order of the report.
            #[must_use]
            pub fn list(&self) -> Vec<Assumption> {
                vec![$(Assumption {
                    key: $key,
                    value: self.$field,
                    default: $default,
                    unit: Unit::$unit,
                    meaning: $meaning,
                },)*]
            }

            /// Changes one by its key; the bounds are checked when the run starts.
            ///
            /// # Errors
            /// The key is not one of [`Assumptions::list`].
            pub fn set(&mut self, key: &str, value: u64) -> Result<(), SimulationError> {
                match key {
                    $($key => self.$field = value,)*
                    _ => return Err(SimulationError::UnknownAssumption { key: key.to_owned() }),
                }
                Ok(())
            }
        }
    };
}

assumptions! {
    "sales.months" sales_months = 0, Months, "devices are sold over this many months; 0 = the whole run";
    "sales.growth" sales_growth = 200, Bps, "each month sells this much more than the month before";
    "mix.software" mix_software = 600, Weight, "share of software connections in demand";
    "mix.dongle" mix_dongle = 150, Weight, "share of dongles in demand";
    "mix.hub" mix_hub = 40, Weight, "share of hubs in demand";
    "mix.dash_cam" mix_dash_cam = 80, Weight, "share of dash cams in demand";
    "mix.fleet" mix_fleet = 90, Weight, "share of fleet devices in demand";
    "mix.ai" mix_ai = 40, Weight, "share of AI devices in demand";
    "bond.delay_max" bond_delay_max = 3, Months, "hardware lies this long at most between sale and first connection, evenly spread; software connects at once";
    "bond.never" bond_never = 20_000, Ppm, "devices that are sold and never connected";
    "life.gap" life_gap = 20_000, Ppm, "chance each month that a connected device falls silent";
    "life.gap_goes_on" life_gap_goes_on = 500_000, Ppm, "chance each month that a silent device stays silent";
    "life.disconnect.software" life_disconnect_software = 12_000, Ppm, "software connections ended by their owner, a month";
    "life.disconnect.dongle" life_disconnect_dongle = 8_000, Ppm, "dongles unpaired by their owner, a month";
    "life.disconnect.hub" life_disconnect_hub = 5_000, Ppm, "hubs unpaired by their owner, a month";
    "life.disconnect.dash_cam" life_disconnect_dash_cam = 6_000, Ppm, "dash cams unpaired by their owner, a month";
    "life.disconnect.fleet" life_disconnect_fleet = 4_000, Ppm, "fleet devices unpaired by their owner, a month";
    "life.disconnect.ai" life_disconnect_ai = 5_000, Ppm, "AI devices unpaired by their owner, a month";
    "life.failure.software" life_failure_software = 1_000, Ppm, "software connections that break for good, a month";
    "life.failure.dongle" life_failure_dongle = 4_000, Ppm, "dongles that break, a month";
    "life.failure.hub" life_failure_hub = 2_500, Ppm, "hubs that break, a month";
    "life.failure.dash_cam" life_failure_dash_cam = 3_000, Ppm, "dash cams that break, a month";
    "life.failure.fleet" life_failure_fleet = 2_500, Ppm, "fleet devices that break, a month";
    "life.failure.ai" life_failure_ai = 3_500, Ppm, "AI devices that break, a month";
    "life.reconnect" life_reconnect = 250_000, Ppm, "unpaired devices that are paired again";
    "life.reconnect_max" life_reconnect_max = 5, Months, "they come back after 1 to so many months, evenly spread";
    "life.false_report" life_false_report = 60_000, Ppm, "malfunction reports that the provider contests with success; the device then works on";
    "owners.devices" owners_devices = 1_150, DevicesPerThousand, "connected devices of a thousand distinct owners (users)";
    "resale.share" resale_share = 50_000, Ppm, "vouchers sold on once before they are bonded";
    "resale.price" resale_price = 1_100_000, Ratio, "price of such a sale, of the first price";
    "licences.join_max" licences_join_max = 18, Months, "licensees join over this many months, evenly spread; one of each kind at the start";
    "licences.margin_max" licences_margin_max = 2_000, Bps, "licensees post up to so much above the requirement, evenly spread";
    "licences.topup_max" licences_topup_max = 2, Months, "a shortfall is made up after 0 to so many months, evenly spread";
    "licences.suspend" licences_suspend = 1_000, Ppm, "licences suspended by the team, a month";
    "licences.suspend_max" licences_suspend_max = 4, Months, "suspensions last 1 to so many months, evenly spread";
    "licences.revoke" licences_revoke = 200_000, Ppm, "suspensions that end in revocation";
    "licences.renounce" licences_renounce = 1_000, Ppm, "licences renounced, a month";
    "providers.count" providers_count = 20, Licences, "integration providers (makers), the k-th with 1/k of the first one's sales";
    "clients.count" clients_count = 8, Licences, "clients";
    "nodes.count" nodes_count = 6, Licences, "nodes, the k-th with 1/k of the first one's users";
    "apps.count" apps_count = 150, Licences, "apps, the k-th with 1/k of the first one's users";
    "apps.reach" apps_reach = 300_000, Ppm, "users of the first app, of all users";
    "apps.late" apps_late = 20_000, Ppm, "monthly burns of apps that are paid a month late";
    "operators.count" operators_count = 12, Licences, "data union operators";
    "brokers.count" brokers_count = 6, Licences, "data brokers";
    "unions.reach" unions_reach = 200_000, Ppm, "units (vehicles) of the first operator and broker, of all connected devices; the k-th has 1/k";
    "court.case" court_case = 3_000, Ppm, "challenges against a licence with stake, a month";
    "court.upheld" court_upheld = 500_000, Ppm, "challenges that are upheld";
    "court.reparation_min" court_reparation_min = 100, Bps, "least reparation, of the stake";
    "court.reparation_max" court_reparation_max = 5_000, Bps, "greatest reparation, of the stake; evenly spread";
    "court.appeal" court_appeal = 300_000, Ppm, "rounds that are followed by another, of at most three";
    "court.suspend" court_suspend = 300_000, Ppm, "upheld challenges that the team answers with a suspension";
    "fees.device_month" fees_device_month = 20_000, MicroTokens, "access fees paid for a connected device, a month";
    "rewards.month" rewards_month = 4_788_333, Tokens, "issuance shared by all connected devices in the first months (1,105,000 a week, DIP-2)";
    "rewards.decline" rewards_decline = 1_500, Bps, "issuance falls by this much every 12 months (DIP-2)";
    "price.start" price_start = 150_000, MicroUsd, "price of 1 DIMO at the start, for stakes pegged to US dollars";
    "price.swing" price_swing = 1_500, Bps, "the price moves by up to so much either way each month, evenly spread";
}

impl Assumptions {
    /// A world in which nothing goes wrong: everything sold in the first month is bonded at once and stays
    /// connected, nobody is suspended or challenged. What it pays has a closed form.
    #[must_use]
    pub fn ideal() -> Self {
        Self {
            sales_months: 1,
            sales_growth: 0,
            bond_delay_max: 0,
            bond_never: 0,
            life_gap: 0,
            life_disconnect_software: 0,
            life_disconnect_dongle: 0,
            life_disconnect_hub: 0,
            life_disconnect_dash_cam: 0,
            life_disconnect_fleet: 0,
            life_disconnect_ai: 0,
            life_failure_software: 0,
            life_failure_dongle: 0,
            life_failure_hub: 0,
            life_failure_dash_cam: 0,
            life_failure_fleet: 0,
            life_failure_ai: 0,
            licences_suspend: 0,
            licences_renounce: 0,
            licences_join_max: 0,
            court_case: 0,
            ..Self::default()
        }
    }

    /// Refuses numbers outside their unit's bounds and a mix of nothing.
    ///
    /// # Errors
    /// Names the first assumption that is out of bounds.
    pub fn check(&self) -> Result<(), SimulationError> {
        for assumption in self.list() {
            let (least, most) = assumption.unit.bounds();
            if assumption.value < least || assumption.value > most {
                return Err(SimulationError::AssumptionOutOfBounds {
                    key: assumption.key,
                    value: assumption.value,
                    least,
                    most,
                });
            }
        }
        if self.mix().iter().sum::<u64>() == 0 {
            return Err(SimulationError::EmptyMix);
        }
        if self.court_reparation_min > self.court_reparation_max {
            return Err(SimulationError::AssumptionOutOfBounds {
                key: "court.reparation_min",
                value: self.court_reparation_min,
                least: 0,
                most: self.court_reparation_max,
            });
        }
        Ok(())
    }

    /// Weights of demand by device type.
    pub(crate) const fn mix(&self) -> [u64; crate::TYPES] {
        [
            self.mix_software,
            self.mix_dongle,
            self.mix_hub,
            self.mix_dash_cam,
            self.mix_fleet,
            self.mix_ai,
        ]
    }

    /// Monthly chance of a voluntary disconnect by device type.
    pub(crate) const fn disconnect(&self) -> [u64; crate::TYPES] {
        [
            self.life_disconnect_software,
            self.life_disconnect_dongle,
            self.life_disconnect_hub,
            self.life_disconnect_dash_cam,
            self.life_disconnect_fleet,
            self.life_disconnect_ai,
        ]
    }

    /// Monthly chance of a malfunction by device type.
    pub(crate) const fn failure(&self) -> [u64; crate::TYPES] {
        [
            self.life_failure_software,
            self.life_failure_dongle,
            self.life_failure_hub,
            self.life_failure_dash_cam,
            self.life_failure_fleet,
            self.life_failure_ai,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_within_its_bounds_and_set_by_its_key() {
        let mut assumptions = Assumptions::default();
        assumptions.check().unwrap();
        Assumptions::ideal().check().unwrap();
        for assumption in Assumptions::default().list() {
            assumptions
                .set(assumption.key, assumption.default + 1)
                .unwrap();
        }
        for assumption in assumptions.list() {
            assert_eq!(
                assumption.value,
                assumption.default + 1,
                "{}",
                assumption.key
            );
        }
        assert!(assumptions.set("life.unknown", 1).is_err());
    }

    #[test]
    fn numbers_out_of_bounds_are_refused_by_name() {
        let mut assumptions = Assumptions::default();
        assumptions.set("life.gap", 1_000_001).unwrap();
        let error = assumptions.check().unwrap_err();
        assert!(error.to_string().contains("life.gap"), "{error}");
        let empty = Assumptions {
            mix_software: 0,
            mix_dongle: 0,
            mix_hub: 0,
            mix_dash_cam: 0,
            mix_fleet: 0,
            mix_ai: 0,
            ..Assumptions::default()
        };
        assert!(matches!(empty.check(), Err(SimulationError::EmptyMix)));
    }

    #[test]
    fn assumptions_survive_json_by_their_keys() {
        let text = serde_json::to_string(&Assumptions::default()).unwrap();
        assert!(text.contains("\"life.gap\":20000"));
        assert_eq!(
            serde_json::from_str::<Assumptions>(&text).unwrap(),
            Assumptions::default()
        );
        assert!(serde_json::from_str::<Assumptions>("{\"life.gapp\":1}").is_err());
    }
}
