//! Profiles, vectors of the texts and properties that hold for every profile.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::LazyLock;

use milepost_economics::{PROFILE_NAMES, Profile};

mod court;
mod curve;
mod devices;
mod examples;
mod generated;
mod profiles;
mod quotes;
mod shares;
mod stakes;
mod votes;

/// Every shipped profile. Read once: property tests ask for them thousands of times.
static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    PROFILE_NAMES
        .iter()
        .map(|name| Profile::load(name).unwrap())
        .collect()
});

fn profiles() -> impl Iterator<Item = &'static Profile> {
    PROFILES.iter()
}

fn profile(name: &str) -> Profile {
    profiles().find(|p| p.name() == name).unwrap().clone()
}
