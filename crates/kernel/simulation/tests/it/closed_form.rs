use std::num::NonZeroU64;

use milepost_economics::{DeviceType, Key, LicenseKind, PROFILE_NAMES, Profile, escrow, stake};
use milepost_simulation::{Assumptions, Options, run};
use milepost_types::Wei;

use super::seed;

fn ideal(devices: u64, years: u64) -> Options {
    Options {
        devices,
        years,
        seed: 9,
        assumptions: Assumptions::ideal(),
    }
}

/// Sums of the splits of the first `n` vouchers of a type.
fn splits(profile: &Profile, kind: DeviceType, n: u64) -> [u128; 5] {
    let price = profile.wei(Key::voucher_price(kind));
    let mut sums = [0; 5];
    for n in 1..=n {
        let split =
            escrow::split_price(profile, price, NonZeroU64::new(n).expect("counted from 1"));
        let parts = [
            split.price,
            split.burned,
            split.provider,
            split.team,
            split.treasury,
        ];
        for (sum, part) in sums.iter_mut().zip(parts) {
            *sum += part.0.to::<u128>();
        }
    }
    sums
}

#[test]
fn d3_102_devices_connected_for_24_months_pay_the_sums_of_the_curve() {
    for name in PROFILE_NAMES {
        let profile = Profile::load(name).unwrap();
        let outcome = run(&profile, &ideal(6_000, 3)).unwrap();
        for kind in DeviceType::ALL {
            let totals = outcome.totals(*kind);
            let [price, burned, provider, team, treasury] = splits(&profile, *kind, totals.sold);
            let paid = [
                totals.price,
                totals.burned,
                totals.provider,
                totals.team,
                totals.treasury_share,
            ];
            assert_eq!(
                paid,
                [price, burned, provider, team, treasury],
                "{name} {kind}"
            );
            assert_eq!(
                totals.paid_out(),
                totals.price,
                "{name} {kind}: nothing is held"
            );
            assert_eq!(totals.completed, totals.sold);
            assert_eq!(totals.connected, totals.sold * 36);
        }
        assert_eq!(outcome.total().sold, 6_000);
    }
}

#[test]
fn d3_94_the_provider_gets_70_percent() {
    let total = run(&seed(), &ideal(2_000, 3)).unwrap().total();
    assert_eq!(total.provider * 10, total.price * 7);
}

#[test]
fn d3_100_whole_caps_pay_the_team_what_the_requirements_print() {
    // Index of constants, requirements 1.6: 354,653.77 for 30,000 dash cams.
    let mut options = ideal(30_000, 3);
    for key in [
        "mix.software",
        "mix.dongle",
        "mix.hub",
        "mix.fleet",
        "mix.ai",
    ] {
        options.assumptions.set(key, 0).unwrap();
    }
    let totals = run(&seed(), &options).unwrap().totals(DeviceType::DashCam);
    let cents = totals.team / 10_000_000_000_000_000;
    assert_eq!((totals.sold, cents), (30_000, 35_465_377));
}

#[test]
fn d1_32_nodes_together_need_their_bases_and_two_for_each_user() {
    let mut options = ideal(11_500, 1);
    options.assumptions.nodes_count = 1;
    let outcome = run(&seed(), &options).unwrap();
    let month = &outcome.licences[5];
    assert_eq!(month.users, 10_000);
    let node = month.stakes[LicenseKind::Node as usize - 1];
    assert_eq!(node.licences, 1);
    assert_eq!(node.required, (100_000 + 2 * 10_000) * 10u128.pow(18));
    assert!(node.posted >= node.required);
}

#[test]
fn d2_39_access_fees_split_as_in_the_worked_example() {
    let outcome = run(&seed(), &ideal(10_000, 1)).unwrap();
    let fees = &outcome.licences[3].fees;
    assert_eq!(fees.gross, 10_000 * 20_000 * 10u128.pow(12));
    assert_eq!(fees.burned * 10, fees.gross * 4);
    assert_eq!(fees.users * 100, fees.gross * 12);
    assert_eq!(fees.nodes * 100, fees.gross * 48);
}

#[test]
fn d1_49_apps_burn_for_whole_blocks_of_users() {
    let mut options = ideal(57_500, 1);
    options.assumptions.apps_count = 1;
    options.assumptions.apps_late = 0;
    options.assumptions.apps_reach = 900_000;
    let outcome = run(&seed(), &options).unwrap();
    // 50,000 users, 45,000 of them of the app: two whole blocks of 20,000.
    assert_eq!(outcome.licences[7].app_burned, 2_000 * 10u128.pow(18));
}

#[test]
fn c_13_pegged_providers_need_whole_tokens_at_the_price_of_the_last_rebase() {
    let mut options = ideal(100, 1);
    options.assumptions.price_swing = 0;
    let profile = Profile::load("deployed-2025").unwrap();
    let outcome = run(&profile, &options).unwrap();
    let provider = outcome.licences[0].stakes[LicenseKind::Provider as usize - 1];
    // $10,000 at $0.15 are 66,666 whole tokens for each of 20 providers.
    assert_eq!(provider.required, 20 * 66_666 * 10u128.pow(18));
    let base = stake::base(
        &profile,
        LicenseKind::Provider,
        stake::Usage::default(),
        Some(stake::Usd18(
            Wei(milepost_types::U256::from(150_000_000_000_000_000u64)).0,
        )),
    );
    assert_eq!(provider.required, 20 * base.amount.0.to::<u128>());
}
