use std::num::NonZeroU64;

use milepost_economics::{
    DeviceType, Key, Profile,
    amount::{parse_tokens, tokens},
    escrow::{
        Outcome, Reason, Recipient, Settlement, VoucherSplit, months_of, settle, split_price,
        tranche, tranches_up_to, vehicle_address,
    },
};
use milepost_types::{U256, Wei, address};
use proptest::prelude::*;

use crate::{profile, profiles};

const FIRST: NonZeroU64 = NonZeroU64::MIN;

fn sum(amounts: &[Wei]) -> U256 {
    amounts
        .iter()
        .fold(U256::ZERO, |sum, amount| sum + amount.0)
}

fn assert_conserved(split: &VoucherSplit, settled: &Settlement) {
    assert_eq!(
        sum(&[split.burned, split.provider, split.team, split.treasury]),
        split.price.0
    );
    let parts = [
        settled.burned,
        settled.provider,
        settled.team,
        settled.user,
        settled.treasury,
    ];
    assert_eq!(sum(&parts), split.price.0);
    assert_eq!(settled.burned, split.burned);
    let held = settled.tranches.iter().fold(U256::ZERO, |sum_, t| {
        sum_ + sum(&[t.provider, t.team, t.user, t.treasury])
    });
    assert_eq!(held, split.locked().0);
}

fn dash_cam(p: &Profile, months: u32, outcome: Outcome) -> Settlement {
    let split = split_price(p, p.wei(Key::VoucherPriceDashCam), FIRST);
    settle(p, &split, months, outcome)
}

#[test]
fn every_month_and_outcome_conserves_the_price_in_every_profile_d3_104() {
    for p in profiles() {
        for device in DeviceType::ALL {
            let price = p.wei(Key::voucher_price(*device));
            for n in [1, 7, 30_000, 1_000_000, 6_000_000] {
                let split = split_price(p, price, NonZeroU64::new(n).unwrap());
                for months in 0..=months_of(p) + 1 {
                    for outcome in Outcome::ALL {
                        assert_conserved(&split, &settle(p, &split, months, *outcome));
                    }
                }
            }
        }
    }
}

#[test]
fn the_hardware_page_reproduces_57_and_3_of_60_d4_53() {
    let p = profile("hardware-ecosystem");
    let split = split_price(&p, tokens(80), FIRST);
    assert_eq!((split.burned, split.locked()), (tokens(20), tokens(60)));
    assert_eq!(
        (split.provider, split.team, split.treasury),
        (tokens(57), tokens(3), tokens(0))
    );
    let first = dash_cam(&p, 24, Outcome::Connected).tranches[0];
    assert_eq!(first.provider, parse_tokens("2.375").unwrap());
    assert_eq!(first.team, parse_tokens("0.125").unwrap());
}

#[test]
fn with_the_price_as_base_the_bands_of_the_hardware_page_hold_d4_55() {
    let p = profile("hardware-ecosystem")
        .with(Key::EscrowTeamBase, U256::ZERO)
        .unwrap();
    let first = split_price(&p, tokens(80), FIRST);
    assert_eq!(
        (first.burned, first.provider, first.team),
        (tokens(20), tokens(56), tokens(4))
    );
    // At the floor: 29.9 % burned, 0.1 % to the team, 70 % still the maker's.
    let last = split_price(&p, tokens(80), NonZeroU64::new(10_000_000).unwrap());
    assert_eq!(last.burned, parse_tokens("23.92").unwrap());
    assert_eq!(last.team, parse_tokens("0.08").unwrap());
    assert_eq!(last.provider, tokens(56));
}

#[test]
fn a_failure_at_month_12_streams_30_of_60_to_the_user_d4_52() {
    let settled = dash_cam(&profile("hardware-ecosystem"), 12, Outcome::Malfunction);
    assert_eq!(settled.user, tokens(30));
    assert!(
        settled.tranches[..12]
            .iter()
            .all(|t| t.recipient == Recipient::Provider)
    );
    let rest = &settled.tranches[12..];
    assert_eq!(rest.len(), 12);
    assert!(rest.iter().all(|t| t.user == parse_tokens("2.5").unwrap()
        && t.recipient == Recipient::User
        && t.reason == Reason::Malfunction));
}

#[test]
fn a_disconnection_pays_the_treasury_and_a_failure_the_user_in_the_seed_c_02() {
    let p = profile("seed");
    // 56 / 24 is no integer of wei: twelve rounded tranches are four wei short of 28.
    let amount = |text| parse_tokens(text).unwrap();
    let earned = amount("27.999999999999999996");
    let gone = dash_cam(&p, 12, Outcome::Disconnected);
    assert_eq!(
        (gone.provider, gone.team, gone.user),
        (earned, tokens(6), tokens(0))
    );
    assert_eq!(gone.treasury, amount("46.000000000000000004"));
    let broken = dash_cam(&p, 12, Outcome::Malfunction);
    assert_eq!((broken.provider, broken.team), (earned, tokens(6)));
    assert_eq!(
        (broken.user, broken.treasury),
        (amount("34.000000000000000004"), tokens(12))
    );
    let ended = dash_cam(&p, 12, Outcome::Connected);
    assert_eq!(ended, gone, "a record that ends is a disconnection");
}

#[test]
fn dip4_knows_no_payment_to_users_c_02() {
    let p = profile("dip4");
    for outcome in Outcome::ALL {
        for months in 0..=24 {
            assert_eq!(dash_cam(&p, months, *outcome).user, tokens(0));
        }
    }
}

#[test]
fn a_failure_counts_only_inside_the_warranty_d4_52() {
    let p = profile("seed")
        .with(Key::EscrowWarrantyMonths, U256::from(6))
        .unwrap();
    assert!(dash_cam(&p, 5, Outcome::Malfunction).user > tokens(0));
    let late = dash_cam(&p, 6, Outcome::Malfunction);
    assert_eq!(late.user, tokens(0));
    assert!(
        late.tranches[6..]
            .iter()
            .all(|t| t.recipient == Recipient::Treasury)
    );
}

#[test]
fn a_provider_without_licence_loses_its_tranches_only() {
    let seed = profile("seed");
    let settled = dash_cam(&seed, 10, Outcome::ProviderRevoked);
    let whole = dash_cam(&seed, 24, Outcome::Connected);
    assert_eq!(
        (settled.team, settled.treasury),
        (whole.team, whole.treasury)
    );
    assert_eq!(sum(&[settled.provider, settled.user]), whole.provider.0);
    assert_eq!(settled.tranches[10].recipient, Recipient::User);
    let settled = dash_cam(&profile("dip4"), 10, Outcome::ProviderRevoked);
    assert_eq!(settled.user, tokens(0));
    assert_eq!(settled.tranches[10].recipient, Recipient::Treasury);
}

#[test]
fn the_deployed_text_burns_everything_at_the_mint_c_14() {
    let p = profile("deployed-2025");
    for device in DeviceType::ALL {
        let split = split_price(&p, p.wei(Key::voucher_price(*device)), FIRST);
        assert_eq!((split.price, split.burned), (tokens(4000), tokens(4000)));
    }
}

#[test]
fn a_software_voucher_goes_to_the_address_of_its_vehicle_d3_90() {
    // keccak256 of two 32-byte words, the last 20 bytes: distinct for contract and number.
    let contract = address!("0x00000000000000000000000000000000000000aa");
    let one = vehicle_address(contract, U256::from(1));
    assert_ne!(one, vehicle_address(contract, U256::from(2)));
    assert_ne!(
        one,
        vehicle_address(
            address!("0x00000000000000000000000000000000000000ab"),
            U256::from(1)
        )
    );
}

proptest! {
    #[test]
    fn tranches_are_equal_and_the_dust_is_in_the_last(total in any::<u128>(), months in 1u32..=60) {
        let whole = Wei(U256::from(total));
        let parts: Vec<_> = (1..=months).map(|k| tranche(whole, months, k)).collect();
        prop_assert_eq!(sum(&parts), whole.0);
        prop_assert!(parts.windows(2).rev().skip(1).all(|w| w[0] == w[1]));
        let dust = parts[parts.len() - 1].0 - parts[0].0;
        prop_assert!(dust < U256::from(months));
        for k in 0..=months {
            prop_assert_eq!(tranches_up_to(whole, months, k).0, sum(&parts[..k as usize]));
        }
    }

    #[test]
    fn any_price_is_conserved_in_every_profile(
        price in 0u128..=1_000_000_000_000_000_000_000_000_000,
        n in 1u64..10_000_000,
        months in 0u32..80,
        outcome in proptest::sample::select(Outcome::ALL.to_vec()),
    ) {
        for p in profiles() {
            let split = split_price(p, Wei(U256::from(price)), NonZeroU64::new(n).unwrap());
            assert_conserved(&split, &settle(p, &split, months, outcome));
        }
    }

    #[test]
    fn any_consistent_escrow_conserves_the_price(
        provider in 0u64..=10_000,
        cap in 0u64..=1_000_000,
        floor in 0u64..=1_000_000,
        burn in 0u64..=1_000_000,
        flags in 0u8..8,
        price in any::<u64>(),
        n in 1u64..10_000_000,
    ) {
        let flag = |bit: u8| U256::from((flags >> bit) & 1);
        let changed = profile("seed").with_all(&[
            (Key::EscrowProviderBps, U256::from(provider)),
            (Key::EscrowTeamCapPpm, U256::from(cap)),
            (Key::EscrowTeamFloorPpm, U256::from(floor)),
            (Key::EscrowBurnPpm, U256::from(burn)),
            (Key::EscrowBurnLessTeam, flag(0)),
            (Key::EscrowTeamBase, flag(1)),
            (Key::EscrowRestToProvider, flag(2)),
        ]);
        if let Ok(p) = changed {
            let split = split_price(&p, Wei(U256::from(price)), NonZeroU64::new(n).unwrap());
            assert_conserved(&split, &settle(&p, &split, 7, Outcome::Malfunction));
        }
    }

    #[test]
    fn more_months_never_pay_provider_or_team_less(months in 0u32..24) {
        for p in profiles() {
            for outcome in Outcome::ALL {
                let (less, more) = (dash_cam(p, months, *outcome), dash_cam(p, months + 1, *outcome));
                prop_assert!(more.provider >= less.provider);
                prop_assert!(more.team >= less.team);
                prop_assert!(more.user <= less.user);
            }
        }
    }
}
