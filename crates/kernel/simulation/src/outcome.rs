//! What a run gives: series, totals, and the proof that no wei was lost.

use milepost_economics::DeviceType;

use crate::{
    Options, SimulationError, TYPES,
    books::{Books, Flows, ProviderFlows},
    licence::Standing,
    stake::{LicenceMonth, ProviderStake},
};

/// The last voucher of a type that was sold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LastSale {
    /// Its number, counted from 1; 0 when none was sold.
    pub n: u64,
    /// The team's part of its price in ppm, rounded down; 0 when none was sold.
    pub team_ppm: u64,
}

/// One provider over the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderOutcome {
    /// What its devices brought.
    pub flows: ProviderFlows,
    /// Its stake at the end.
    pub stake: ProviderStake,
    /// Standing in the last month, in a word.
    pub standing: &'static str,
}

/// One account of the proof: what came in equals what is accounted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Which account.
    pub what: String,
    /// Wei that came in.
    pub paid_in: u128,
    /// Wei that were paid out, and what is still held.
    pub accounted: u128,
}

/// All that one run of one profile gives. Equal inputs give equal outcomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Name and version of the profile.
    pub profile: String,
    /// Hash of the profile, hexadecimal.
    pub profile_hash: String,
    /// Parameters of the profile: name, value as people write it, citation.
    pub parameters: Vec<(&'static str, String, String)>,
    /// What was asked for.
    pub options: Options,
    /// Hash over model version, profile hash and options, hexadecimal.
    pub run_id: String,
    /// Token that vouchers are paid in: DIMO or DCX.
    pub voucher_token: &'static str,
    /// Licences, court, app burns and access fees by month.
    pub licences: Vec<LicenceMonth>,
    /// Single providers.
    pub providers: Vec<ProviderOutcome>,
    /// Last sale of each type.
    pub last_sales: [LastSale; TYPES],
    /// Wei of issuance shared by the connected devices of each month.
    pub issuance: Vec<u128>,
    pub(crate) books: Books,
}

impl Outcome {
    /// Months of the run.
    #[must_use]
    pub const fn months(&self) -> usize {
        self.licences.len()
    }

    /// Flows of a month (from 0) and a type.
    #[must_use]
    pub fn flows(&self, month: usize, kind: DeviceType) -> &Flows {
        self.books.get(month, kind as usize)
    }

    /// Flows of a month over all types.
    #[must_use]
    pub fn flows_of_month(&self, month: usize) -> Flows {
        let mut sum = Flows::default();
        for kind in DeviceType::ALL {
            sum += *self.flows(month, *kind);
        }
        sum
    }

    /// Flows of a type over the run.
    #[must_use]
    pub fn totals(&self, kind: DeviceType) -> Flows {
        let mut sum = Flows::default();
        for month in 0..self.months() {
            sum += *self.flows(month, kind);
        }
        sum
    }

    /// Flows over the run and all types.
    #[must_use]
    pub fn total(&self) -> Flows {
        let mut sum = Flows::default();
        for kind in DeviceType::ALL {
            sum += self.totals(*kind);
        }
        sum
    }

    /// Wei in escrow at the end of each month: everything paid in so far less everything paid out.
    #[must_use]
    pub fn held(&self, kind: DeviceType) -> Vec<u128> {
        let (mut paid_in, mut paid_out) = (0u128, 0u128);
        (0..self.months())
            .map(|month| {
                let flows = self.flows(month, kind);
                paid_in += flows.price;
                paid_out += flows.paid_out();
                paid_in.saturating_sub(paid_out)
            })
            .collect()
    }

    /// Connected devices in each month.
    #[must_use]
    pub fn connected(&self) -> Vec<u64> {
        (0..self.months())
            .map(|month| self.flows_of_month(month).connected)
            .collect()
    }

    /// Issuance of each month for one connected device, in wei; 0 in months without any.
    #[must_use]
    pub fn reward_per_device(&self) -> Vec<u128> {
        self.connected()
            .into_iter()
            .zip(&self.issuance)
            .map(|(connected, pool)| pool.checked_div(u128::from(connected)).unwrap_or(0))
            .collect()
    }

    /// Every account of the run. The held amounts come device by device from what is unpaid, not from the flows.
    #[must_use]
    pub fn balances(&self) -> Vec<Balance> {
        let mut balances: Vec<Balance> = DeviceType::ALL
            .iter()
            .map(|kind| {
                let totals = self.totals(*kind);
                Balance {
                    what: format!("vouchers, {kind}"),
                    paid_in: totals.price,
                    accounted: totals.paid_out() + self.books.held[*kind as usize],
                }
            })
            .collect();
        let total = self.total();
        balances.push(Balance {
            what: "vouchers, all types".to_owned(),
            paid_in: total.price,
            accounted: total.paid_out() + self.books.held.iter().sum::<u128>(),
        });
        let mut rebates = Balance {
            what: "provider tranches".to_owned(),
            paid_in: 0,
            accounted: 0,
        };
        rebates.paid_in = total.provider + total.user_standing + total.treasury_standing;
        rebates.accounted = self
            .providers
            .iter()
            .map(|p| p.flows.rebates + p.flows.lost)
            .sum();
        balances.push(rebates);
        let mut court = Balance {
            what: "court".to_owned(),
            paid_in: 0,
            accounted: 0,
        };
        let mut fees = Balance {
            what: "access fees".to_owned(),
            paid_in: 0,
            accounted: 0,
        };
        for month in &self.licences {
            court.paid_in += month.court.taken + month.court.deposits;
            court.accounted += month.court.burned
                + month.court.users
                + month.court.treasury
                + month.court.challengers
                + month.court.fees;
            fees.paid_in += month.fees.gross;
            fees.accounted +=
                month.fees.burned + month.fees.treasury + month.fees.users + month.fees.nodes;
        }
        balances.extend([court, fees]);
        balances
    }

    /// Refuses an outcome in which money appeared or vanished.
    pub(crate) fn verify(&self) -> Result<(), SimulationError> {
        for balance in self.balances() {
            if balance.paid_in != balance.accounted {
                return Err(SimulationError::NotConserved {
                    what: balance.what,
                    paid_in: balance.paid_in,
                    accounted: balance.accounted,
                });
            }
        }
        Ok(())
    }
}

pub(crate) const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Absent => "not yet joined",
        Standing::Approved => "approved",
        Standing::Suspended => "suspended",
        Standing::Revoked => "revoked",
        Standing::Renounced => "renounced",
    }
}
