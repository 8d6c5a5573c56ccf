use milepost_economics::{DeviceType, Key, PROFILE_NAMES, Profile};
use milepost_simulation::{Assumptions, Options, run};
use milepost_types::U256;
use proptest::prelude::*;

use super::{options, rough, seed};

#[test]
fn every_profile_conserves_every_wei() {
    for name in PROFILE_NAMES {
        let profile = Profile::load(name).unwrap();
        for options in [options(4_000, 5), rough(4_000, 5)] {
            // `run` refuses what does not balance; the balances are looked at once more from outside.
            let outcome = run(&profile, &options).unwrap();
            for balance in outcome.balances() {
                assert_eq!(
                    balance.paid_in, balance.accounted,
                    "{name}: {}",
                    balance.what
                );
            }
            let held: u128 = DeviceType::ALL
                .iter()
                .map(|kind| outcome.held(*kind)[59])
                .sum();
            let total = outcome.total();
            assert_eq!(total.price, total.paid_out() + held, "{name}");
        }
    }
}

#[test]
fn the_rough_world_takes_every_path() {
    let outcome = run(&seed(), &rough(20_000, 5)).unwrap();
    let total = outcome.total();
    for (what, amount) in [
        ("rebates", total.provider),
        ("team", total.team),
        ("treasury share", total.treasury_share),
        ("treasury, unearned", total.treasury_unpaid),
        ("owners, malfunction", total.user_malfunction),
        ("owners, maker not live", total.user_standing),
        ("royalties", total.royalties),
    ] {
        assert!(amount > 0, "{what}");
    }
    assert!(total.failed > 0 && total.disconnected > 0 && total.completed > 0 && total.closed > 0);
    // Not in this profile: disconnects pay the treasury, nothing is burned at bonding.
    assert_eq!(
        (total.user_disconnect, total.burned, total.treasury_standing),
        (0, 0, 0)
    );
    let court = |value: fn(&milepost_simulation::CourtMonth) -> u128| -> u128 {
        outcome
            .licences
            .iter()
            .map(|month| value(&month.court))
            .sum()
    };
    assert!(court(|c| c.taken) > 0 && court(|c| c.deposits) > 0 && court(|c| c.debt) > 0);
    assert!(court(|c| c.debt_paid) > 0 && court(|c| c.debt_paid) <= court(|c| c.debt));
    let last = outcome.licences.last().unwrap();
    assert!(last.stakes.iter().any(|stake| stake.in_release > 0));
    assert!(
        last.stakes
            .iter()
            .any(|stake| stake.active < stake.licences)
    );
}

#[test]
fn a_parameter_moves_money_to_whom_it_says() {
    let plain = run(&seed(), &rough(5_000, 4)).unwrap().total();
    let with = |key, value: u64| {
        let profile = seed().with(key, U256::from(value)).unwrap();
        run(&profile, &rough(5_000, 4)).unwrap().total()
    };
    let streamed = with(Key::EscrowOnDisconnect, 1);
    assert!(streamed.user_disconnect > 0 && streamed.treasury_unpaid < plain.treasury_unpaid);
    let treasury = with(Key::EscrowOnMalfunction, 0);
    assert!(treasury.user_malfunction == 0 && treasury.treasury_unpaid > plain.treasury_unpaid);
    let revoked = with(Key::EscrowOnRevoked, 0);
    assert_eq!(revoked.treasury_standing, plain.user_standing);
    assert_eq!(revoked.user_standing, 0);
    let free = with(Key::VoucherRequired, 0);
    assert_eq!((free.price, free.paid_out()), (0, 0));
    assert!(free.bonded >= plain.bonded);
    // People and devices do not notice.
    for other in [streamed, treasury, revoked] {
        assert_eq!(
            (other.connected, other.failed, other.disconnected),
            (plain.connected, plain.failed, plain.disconnected)
        );
    }
}

#[test]
fn supply_caps_stop_sales_and_unlimited_ones_do_not() {
    let capped = seed().with(Key::VoucherCapDongle, U256::from(100)).unwrap();
    let outcome = run(&capped, &options(5_000, 3)).unwrap();
    let dongles = outcome.totals(DeviceType::Dongle);
    assert_eq!(dongles.sold, 100);
    assert!(dongles.unmet > 500);
    let unlimited = seed().with(Key::VoucherCapDongle, U256::ZERO).unwrap();
    let open = run(&unlimited, &options(5_000, 3))
        .unwrap()
        .totals(DeviceType::Dongle);
    assert_eq!((open.sold, open.unmet), (dongles.sold + dongles.unmet, 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_world_conserves_every_wei(
        seed in any::<u64>(),
        profile in 0..PROFILE_NAMES.len(),
        months in 1u64..=60,
        idle in 1u64..=12,
        window in 0u64..=24,
        warranty in 0u64..=48,
        choices in any::<[bool; 3]>(),
        risks in any::<[u16; 6]>(),
    ) {
        let profile = Profile::load(PROFILE_NAMES[profile]).unwrap();
        let number = U256::from::<u64>;
        let profile = profile.with_all(&[
            (Key::EscrowMonths, number(months)),
            (Key::EscrowIdleMonths, number(idle)),
            (Key::EscrowWindowMonths, number(months + window)),
            (Key::EscrowWarrantyMonths, number(warranty)),
            (Key::EscrowOnDisconnect, number(choices[0].into())),
            (Key::EscrowOnMalfunction, number(choices[1].into())),
            (Key::EscrowOnRevoked, number(choices[2].into())),
        ]).unwrap();
        let [gap, goes_on, disconnect, failure, suspend, case] = risks.map(|risk| u64::from(risk) * 2);
        let assumptions = Assumptions {
            life_gap: gap,
            life_gap_goes_on: goes_on * 7,
            life_disconnect_software: disconnect,
            life_failure_software: failure,
            licences_suspend: suspend,
            court_case: case,
            providers_count: u64::from(risks[0] % 4),
            ..Assumptions::default()
        };
        // `run` returns an error when anything does not balance.
        let outcome = run(&profile, &Options { devices: 300, years: 4, seed, assumptions }).unwrap();
        let total = outcome.total();
        prop_assert_eq!(total.sold + total.unmet, 300);
    }
}
