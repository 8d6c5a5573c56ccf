//! The economy of a network over years, played device by device.
//!
//! [`run`] takes a profile and gives an [`Outcome`]; [`compare`] plays the same random lives under a changed profile
//! too. All money goes through the functions of `milepost-economics`, in whole wei; the run ends with a proof that
//! what was paid in is burned, paid out or held. Nothing here reads a file, a clock or an environment: equal inputs
//! give equal bytes on every machine. [`Report`] turns outcomes into text, CSV and one HTML page.
//!
//! What people and devices do is supposed, not known: see [`Assumptions`]. Deliberate simplifications are listed in
//! [`SIMPLIFICATIONS`], which the report prints.

mod assumptions;
mod books;
mod compare;
mod device;
mod error;
mod licence;
mod market;
mod outcome;
mod proposal;
mod random;
mod report;
mod rules;
mod stake;

use milepost_economics::{DeviceType, LicenseKind, Profile};
use milepost_types::keccak256;
use serde::{Deserialize, Serialize};

pub use assumptions::{Assumption, Assumptions, Unit};
pub use books::{Flows, ProviderFlows};
pub use compare::{Change, Comparison, compare};
pub use error::SimulationError;
pub use outcome::{Balance, LastSale, Outcome, ProviderOutcome};
pub use report::{Cell, Chart, Column, File, Form, Kind, Report, Series, Table};
pub use stake::{CourtMonth, FeeMonth, LicenceMonth, ProviderStake, StakeMonth};

/// Device types of the economy.
pub(crate) const TYPES: usize = DeviceType::ALL.len();

/// Wei of one token.
pub(crate) const TOKEN_WEI: u128 = 1_000_000_000_000_000_000;

/// Part of a run's id: raised whenever equal options would give other numbers.
pub const MODEL_VERSION: u32 = 1;

/// Where the model is coarser than the rules.
pub const SIMPLIFICATIONS: [&str; 9] = [
    "Time passes in whole months. A connected period is settled in the month after it; tranches due after the run count as held.",
    "A close that anybody may call is called in the first month it is possible; a settlement due in that month comes first.",
    "Demand does not react to prices. What the supply cap does not let through is lost, not delayed.",
    "A maker that is suspended or gone sells nothing; the next one sells instead. A device whose maker is suspended waits to be bonded.",
    "A licence's shortfall of stake or debt counts against its own standing, not against the bonding of its devices.",
    "Licensees post their own stake, make up shortfalls after a lag and do not withdraw surpluses.",
    "Court cases are closed in the month they appear; all arbitrators of a panel rule; the users' part counts as paid.",
    "Users are connected devices divided by devices per owner; a device's owner of the month is paid without asking who it is.",
    "The price of a month is its time-weighted average price; the run starts on 1 January.",
];

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Devices that are asked for over the run; sold are those that the supply caps let through. 1 to 100,000,000.
    pub devices: u64,
    /// Length of the run, 1 to 50.
    pub years: u64,
    /// Which random lives.
    pub seed: u64,
    /// What is supposed.
    #[serde(default)]
    pub assumptions: Assumptions,
}

impl Options {
    fn check(&self) -> Result<(), SimulationError> {
        for (what, value, most) in [
            ("number of devices", self.devices, 100_000_000),
            ("number of years", self.years, 50),
        ] {
            if value < 1 || value > most {
                return Err(SimulationError::OptionOutOfBounds {
                    what,
                    value,
                    least: 1,
                    most,
                });
            }
        }
        self.assumptions.check()
    }

    fn months(&self) -> usize {
        usize::try_from(self.years * 12).expect("checked: at most 600 months")
    }
}

/// Plays a profile.
///
/// # Errors
/// Options or assumptions out of bounds; [`SimulationError::NotConserved`] would be a defect of the model.
pub fn run(profile: &Profile, options: &Options) -> Result<Outcome, SimulationError> {
    run_in_chunks(profile, options, u64::MAX, &mut |_| {})
}

/// As [`run`], calling `progress` with the number of devices played after each `chunk_devices`. The outcome does not
/// depend on how the run is cut.
///
/// # Errors
/// As [`run`].
pub fn run_in_chunks(
    profile: &Profile,
    options: &Options,
    chunk_devices: u64,
    progress: &mut dyn FnMut(u64),
) -> Result<Outcome, SimulationError> {
    options.check()?;
    let rules = rules::Rules::new(profile);
    let (assumptions, months) = (&options.assumptions, options.months());
    let providers = licence::lives(assumptions, options.seed, LicenseKind::Provider, months);
    let world = device::World::new(
        &rules,
        assumptions,
        options.seed,
        options.devices,
        months,
        &providers,
    );
    let mut books = books::Books::new(months, providers.len());
    let mut asked = [0; TYPES];
    let mut from = 0;
    while from < options.devices {
        let to = from
            .saturating_add(chunk_devices.max(1))
            .min(options.devices);
        books.absorb(&world.play(from..to, asked));
        if to < options.devices {
            for (sum, more) in asked.iter_mut().zip(world.count(from..to)) {
                *sum += more;
            }
        }
        from = to;
        progress(from);
    }
    let outcome = conclude(profile, options, &rules, &providers, books);
    outcome.verify()?;
    Ok(outcome)
}

/// Licences follow from the connected devices; then everything is put together.
fn conclude(
    profile: &Profile,
    options: &Options,
    rules: &rules::Rules,
    providers: &[licence::Life],
    books: books::Books,
) -> Outcome {
    let months = options.months();
    let connected: Vec<u64> = (0..months)
        .map(|month| {
            (0..TYPES)
                .map(|kind| books.get(month, kind).connected)
                .sum()
        })
        .collect();
    let licensing = stake::Licensing {
        rules,
        assumptions: &options.assumptions,
        seed: options.seed,
        connected: &connected,
        prices: &market::prices(&options.assumptions, options.seed, months),
    };
    let (licences, stakes) = licensing.run(providers);
    let providers = providers
        .iter()
        .zip(&stakes)
        .zip(&books.providers)
        .map(|((life, stake), flows)| ProviderOutcome {
            flows: *flows,
            stake: *stake,
            standing: life
                .standing
                .last()
                .map_or("", |standing| outcome::word(*standing)),
        })
        .collect();
    let last_sales = std::array::from_fn(|kind| {
        let n = (0..months).map(|month| books.get(month, kind).sold).sum();
        rules.last_sale(kind, n)
    });
    let profile_hash = profile.hash().to_string();
    Outcome {
        profile: profile.to_string(),
        run_id: run_id(&profile_hash, options),
        profile_hash,
        parameters: proposal::parameters(profile),
        options: options.clone(),
        voucher_token: rules.voucher_token,
        licences,
        providers,
        last_sales,
        issuance: market::issuance(&options.assumptions, months),
        books,
    }
}

/// Keccak-256 of a canonical text: the same for everybody who runs the same thing.
fn run_id(profile_hash: &str, options: &Options) -> String {
    let options = serde_json::to_string(options).expect("plain numbers serialise");
    let text = format!("milepost-simulation {MODEL_VERSION}\n{profile_hash}\n{options}\n");
    keccak256(text).to_string()
}
