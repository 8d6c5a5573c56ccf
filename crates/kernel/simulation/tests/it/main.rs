//! The simulator as a whole: determinism, conservation, closed forms, comparisons and reports.

mod closed_form;
mod comparison;
mod determinism;
mod money;
mod reports;

use milepost_economics::Profile;
use milepost_simulation::{Assumptions, Options};

fn seed() -> Profile {
    Profile::load("seed").expect("shipped profiles load")
}

fn options(devices: u64, years: u64) -> Options {
    Options {
        devices,
        years,
        seed: 42,
        assumptions: Assumptions::default(),
    }
}

/// A world in which more goes wrong than by default, so that rare paths are taken by few devices.
fn rough(devices: u64, years: u64) -> Options {
    let mut options = options(devices, years);
    let assumptions = &mut options.assumptions;
    for (key, value) in [
        ("life.gap", 100_000),
        ("life.gap_goes_on", 850_000),
        ("life.failure.software", 20_000),
        ("life.failure.dongle", 20_000),
        ("life.failure.ai", 20_000),
        ("licences.suspend", 30_000),
        ("licences.renounce", 5_000),
        ("licences.revoke", 300_000),
        ("court.case", 60_000),
        ("court.reparation_max", 10_000),
        ("bond.never", 100_000),
    ] {
        assumptions.set(key, value).expect("known keys");
    }
    options
}
