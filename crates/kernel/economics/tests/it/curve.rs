use std::num::NonZeroU64;

use milepost_economics::{Key, Profile, TeamCurve};
use milepost_types::U256;
use num_bigint::BigUint;
use num_rational::Ratio;
use proptest::prelude::*;

use crate::{profile, profiles};

/// Numbers that the texts name: first, initial caps, and the one where the floor binds.
const NAMED: [u64; 6] = [1, 10_000, 30_000, 100_000, 1_000_000, 5_010_634];
/// Binary places of the interval oracle: 5,000,000 steps lose less than 2²³ units of 2⁻⁵¹².
const PLACES: u32 = 512;

fn big(value: U256) -> BigUint {
    BigUint::from_bytes_be(&value.to_be_bytes::<32>())
}

fn nth(n: u64) -> NonZeroU64 {
    NonZeroU64::new(n).unwrap()
}

struct Rates {
    cap: BigUint,
    floor: BigUint,
    ratio: BigUint,
}

impl Rates {
    fn of(p: &Profile) -> Self {
        Self {
            cap: big(p.get(Key::EscrowTeamCapPpm)),
            floor: big(p.get(Key::EscrowTeamFloorPpm)),
            ratio: big(p.get(Key::EscrowTeamRatioPpm)),
        }
    }
}

/// The floor of the exact value, from rational numbers. Numerators grow by 20 bits a step, so only for small n.
fn exact_rational(rates: &Rates, x: U256, n: u64) -> BigUint {
    let million = BigUint::from(1_000_000u32);
    let ratio = Ratio::new(rates.ratio.clone(), million.clone());
    let decay = ratio.pow(i32::try_from(n - 1).unwrap());
    let curve = Ratio::from(big(x) * &rates.cap) * decay / Ratio::from(million.clone());
    let least = Ratio::new(big(x) * &rates.floor, million);
    curve.max(least).floor().to_integer()
}

/// The floor of the exact value, for any n: the power is enclosed between a result rounded down and one rounded up at
/// every step. When both ends have the same floor, it is that of the exact value; with 512 places they differ by less
/// than 2⁻⁴⁰⁰ wei, so they would only disagree next to an integer, which the assertion reports.
fn exact_enclosed(rates: &Rates, x: U256, n: u64) -> BigUint {
    let one = BigUint::from(1u8) << PLACES;
    let million = BigUint::from(1_000_000u32);
    let up = &one - 1u8;
    let power = |round: &BigUint| {
        let mul = |a: &BigUint, b: &BigUint| (a * b + round) >> PLACES;
        let extra = if round.bits() == 0 {
            BigUint::ZERO
        } else {
            &million - 1u8
        };
        let mut base = (&rates.ratio * &one + extra) / &million;
        let (mut acc, mut e) = (one.clone(), n - 1);
        while e > 0 {
            if e & 1 == 1 {
                acc = mul(&acc, &base);
            }
            base = mul(&base, &base);
            e >>= 1;
        }
        acc
    };
    let value = |decay: BigUint| ((big(x) * &rates.cap * decay) >> PLACES) / &million;
    let (low, high) = (value(power(&BigUint::ZERO)), value(power(&up)));
    assert_eq!(low, high, "oracle is not sharp enough at n = {n}");
    low.max(big(x) * &rates.floor / million)
}

fn assert_floor_or_one_less(p: &Profile, x: U256, n: u64, exact: &BigUint) {
    let actual = big(TeamCurve::of(p).part(x, nth(n)));
    assert!(
        actual == *exact || &actual + 1u8 == *exact,
        "n = {n}, x = {x}: {actual} instead of {exact} or one less"
    );
}

#[test]
fn named_vouchers_are_exact_to_a_wei_d3_103() {
    for p in profiles() {
        let rates = Rates::of(p);
        for device in milepost_economics::DeviceType::ALL {
            let price = p.get(Key::voucher_price(*device));
            for n in NAMED {
                assert_floor_or_one_less(p, price, n, &exact_enclosed(&rates, price, n));
            }
        }
    }
}

#[test]
fn the_floor_binds_from_5010634_and_no_initial_cap_reaches_it_d3_103() {
    let seed = profile("seed");
    let curve = TeamCurve::of(&seed);
    let first = curve.first_at_floor().unwrap().get();
    assert_eq!(first, 5_010_634);
    let x = U256::from(10).pow(U256::from(21));
    let least = milepost_economics::ppm_of(x, seed.get(Key::EscrowTeamFloorPpm));
    assert!(curve.part(x, nth(first - 1)) > least);
    for later in [first, first + 1, u64::MAX] {
        assert_eq!(curve.part(x, nth(later)), least);
    }
    for device in milepost_economics::DeviceType::ALL {
        assert!(seed.number(Key::voucher_cap(*device)) < first);
    }
}

#[test]
fn a_curve_that_does_not_fall_has_no_first_voucher_at_the_floor() {
    let flat = profile("seed")
        .with(Key::EscrowTeamRatioPpm, U256::from(1_000_000))
        .unwrap();
    assert_eq!(TeamCurve::of(&flat).first_at_floor(), None);
    let zero = profile("seed")
        .with(Key::EscrowTeamRatioPpm, U256::ZERO)
        .unwrap();
    assert_eq!(TeamCurve::of(&zero).first_at_floor(), NonZeroU64::new(2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn small_numbers_agree_with_rational_arithmetic(n in 1u64..400, x in 0u128..1_000_000_000_000_000_000_000) {
        let seed = profile("seed");
        let rates = Rates::of(&seed);
        let exact = exact_rational(&rates, U256::from(x), n);
        prop_assert_eq!(&exact, &exact_enclosed(&rates, U256::from(x), n), "the oracles agree");
        assert_floor_or_one_less(&seed, U256::from(x), n, &exact);
    }

    #[test]
    fn any_number_is_the_floor_or_one_less(n in 1u64..=5_000_000, x in 0u128..=1_000_000_000_000_000_000_000_000_000) {
        let seed = profile("seed");
        let exact = exact_enclosed(&Rates::of(&seed), U256::from(x), n);
        assert_floor_or_one_less(&seed, U256::from(x), n, &exact);
    }

    #[test]
    fn any_ratio_is_the_floor_or_one_less(ratio in 900_000u64..=1_000_000, n in 1u64..=100_000, x in 0u128..=1_000_000_000_000_000_000_000) {
        let p = profile("seed").with(Key::EscrowTeamRatioPpm, U256::from(ratio)).unwrap();
        let exact = exact_enclosed(&Rates::of(&p), U256::from(x), n);
        assert_floor_or_one_less(&p, U256::from(x), n, &exact);
    }

    #[test]
    fn later_vouchers_never_give_the_team_more(n in 1u64..6_000_000, step in 1u64..1000, x in 0u128..1_000_000_000_000_000_000_000) {
        let curve = TeamCurve::of(&profile("seed"));
        prop_assert!(curve.part(U256::from(x), nth(n)) >= curve.part(U256::from(x), nth(n + step)));
    }

    #[test]
    fn a_higher_price_never_gives_the_team_less(n in 1u64..6_000_000, x in 0u128..1_000_000_000_000_000_000_000, more in 0u128..1_000_000) {
        let curve = TeamCurve::of(&profile("seed"));
        prop_assert!(curve.part(U256::from(x + more), nth(n)) >= curve.part(U256::from(x), nth(n)));
    }
}
