use milepost_economics::{
    FunctionClass, Key, LicenseKind, ParameterSource,
    amount::{parse_units, tokens},
    burn::{Rounding, app_burn, app_burn_rounded},
    stake::{
        LockUpCurve, Peg, RebaseReason, UNPRICED, Usage, Usd18, VaultView, base, pegged,
        rebase_reason, release_at, requirement, restarts_release, withdrawable,
    },
};
use milepost_types::{U256, Wei};
use proptest::prelude::*;

use crate::{profile, profiles};

fn users(users: u64) -> Usage {
    Usage {
        users,
        ..Usage::default()
    }
}

fn needs(p: &dyn ParameterSource, kind: LicenseKind, usage: Usage) -> Wei {
    base(p, kind, usage, None).amount
}

fn usd(text: &str) -> Usd18 {
    Usd18(parse_units(text).unwrap())
}

#[test]
fn stakes_of_the_texts_d1_31_d1_32_d1_47_d1_48_d3_03() {
    let p = profile("seed");
    assert_eq!(needs(&p, LicenseKind::Client, users(0)), tokens(20_000));
    assert_eq!(needs(&p, LicenseKind::Provider, users(0)), tokens(100_000));
    for (count, stake) in [(0, 100_000), (50_000, 200_000), (1_000_000, 2_100_000)] {
        assert_eq!(needs(&p, LicenseKind::Node, users(count)), tokens(stake));
    }
    for (count, stake) in [(0, 0), (10_000, 0), (10_001, 10_000), (5_000_000, 10_000)] {
        assert_eq!(needs(&p, LicenseKind::App, users(count)), tokens(stake));
    }
    assert_eq!(needs(&p, LicenseKind::DeviceType, users(9)), tokens(0));
}

#[test]
fn app_burn_at_every_boundary_in_three_roundings_d1_49_c_12() {
    let p = profile("seed");
    let vectors = [
        (0, "0", "0", "0"),
        (10_000, "0", "0", "0"),
        (10_001, "0", "500.05", "1000"),
        (19_999, "0", "999.95", "1000"),
        (20_000, "1000", "1000", "1000"),
        (20_001, "1000", "1000.05", "2000"),
        (39_999, "1000", "1999.95", "2000"),
        (40_000, "2000", "2000", "2000"),
        (40_001, "2000", "2000.05", "3000"),
        (45_000, "2000", "2250", "3000"),
    ];
    for (count, floor, pro_rata, ceil) in vectors {
        let roundings = [
            (Rounding::Floor, floor),
            (Rounding::ProRata, pro_rata),
            (Rounding::Ceil, ceil),
        ];
        for (number, (rounding, expected)) in roundings.into_iter().enumerate() {
            let expected = Wei(parse_units(expected).unwrap());
            assert_eq!(
                app_burn_rounded(&p, count, rounding),
                expected,
                "{count} users, {rounding:?}"
            );
            let chosen = profile("seed")
                .with(Key::BurnRounding, U256::from(number))
                .unwrap();
            assert_eq!(app_burn(&chosen, count), expected);
        }
    }
}

#[test]
fn lock_up_points_and_the_segment_beyond_d5_46() {
    let curve = LockUpCurve::of(&profile("seed"));
    let points = [
        (0, 10_000),
        (10_000, 25_000),
        (55_000, 62_500),
        (100_000, 100_000),
        (550_000, 300_000),
        (1_000_000, 500_000),
        (1_900_000, 900_000),
    ];
    for (units, lock_up) in points {
        assert_eq!(curve.at(units), tokens(lock_up), "{units}");
    }
    // Aggregates count half but never below the least amount; drive counts ten times (D5-47).
    assert_eq!(curve.lock_up(0, 5_000), tokens(10_000));
    assert_eq!(curve.lock_up(100_000, 5_000), tokens(50_000));
    assert_eq!(curve.lock_up(100_000, 100_000), tokens(1_000_000));
}

#[test]
fn dollars_become_whole_tokens_c_13() {
    let p = profile("deployed-2025");
    let provider = |price| base(&p, LicenseKind::Provider, users(0), Some(usd(price))).amount;
    let node = |price| base(&p, LicenseKind::Node, users(1_000), Some(usd(price))).amount;
    assert_eq!(provider("2"), tokens(5_000));
    assert_eq!(provider("3"), tokens(3_333));
    assert_eq!(provider("0.1297"), tokens(77_101));
    assert_eq!(node("0.1297"), tokens(231_303));
    assert_eq!(
        needs(&p, LicenseKind::Node, users(0)),
        UNPRICED,
        "no stake covers it before the first price"
    );
    assert_eq!(pegged(usd("1"), usd("0")), UNPRICED);
}

#[test]
fn the_peg_moves_in_a_new_year_or_by_half_only_c_13() {
    const DEC_31: u64 = 1_767_139_200; // 2025-12-31T00:00:00Z
    const DAY: u64 = 86_400;
    let p = profile("deployed-2025");
    let peg = Peg {
        last: Some((usd("0.2"), DEC_31)),
    };
    let due = |price, now| rebase_reason(&p, &peg, usd(price), now);
    assert_eq!(
        rebase_reason(&p, &Peg::default(), usd("0.2"), 0),
        Some(RebaseReason::First)
    );
    assert_eq!(rebase_reason(&p, &Peg::default(), usd("0"), 0), None);
    assert_eq!(due("0.2", DEC_31 + DAY - 1), None);
    assert_eq!(due("0.2", DEC_31 + DAY), Some(RebaseReason::NewYear));
    assert_eq!(due("0.3", DEC_31), Some(RebaseReason::Moved));
    assert_eq!(due("0.1", DEC_31), Some(RebaseReason::Moved));
    assert_eq!(due("0.299999999999999999", DEC_31), None);
    assert_eq!(due("0.100000000000000001", DEC_31), None);
    let never = profile("deployed-2025")
        .with(Key::StakePegYearly, U256::ZERO)
        .unwrap();
    assert_eq!(
        rebase_reason(&never, &peg, usd("0.2"), DEC_31 + 400 * DAY),
        None
    );
    // Half of an odd price is no integer: the move must be at least the exact half.
    let odd = Peg {
        last: Some((Usd18(U256::from(3)), DEC_31)),
    };
    assert_eq!(rebase_reason(&p, &odd, Usd18(U256::from(4)), DEC_31), None);
    assert_eq!(
        rebase_reason(&p, &odd, Usd18(U256::from(5)), DEC_31),
        Some(RebaseReason::Moved)
    );
}

#[test]
fn existing_licences_keep_their_requirement_when_it_rises_c_13() {
    let p = profile("deployed-2025");
    let now = base(&p, LicenseKind::Provider, users(0), Some(usd("0.1")));
    let none = tokens(0);
    assert_eq!(
        requirement(&p, now, Some(tokens(77_101)), none),
        tokens(77_101)
    );
    assert_eq!(requirement(&p, now, None, none), tokens(100_000));
    let cheaper = base(&p, LicenseKind::Provider, users(0), Some(usd("1")));
    assert_eq!(
        requirement(&p, cheaper, Some(tokens(77_101)), none),
        tokens(10_000),
        "a fall counts"
    );
    // What the team raised for this licence counts in any case (D3-84); usage is never grandfathered.
    assert_eq!(
        requirement(&p, cheaper, Some(tokens(77_101)), tokens(90_000)),
        tokens(90_000)
    );
    let seed = profile("seed")
        .with(Key::StakeGrandfather, U256::from(1))
        .unwrap();
    let grown = base(&seed, LicenseKind::Node, users(50_000), None);
    assert_eq!(
        requirement(&seed, grown, Some(tokens(100_000)), none),
        tokens(200_000)
    );
}

#[test]
fn the_stake_comes_back_after_184_days_by_the_rule_of_the_text_c_09() {
    const DELAY: u64 = 184 * 86_400;
    let rules = [
        ("dip5-draft", true, true),
        ("dip4", false, true),
        ("deployed-2025", false, false),
    ];
    for (name, failed, succeeded) in rules {
        let p = profile(name);
        assert_eq!(
            (restarts_release(&p, false), restarts_release(&p, true)),
            (failed, succeeded),
            "{name}"
        );
        assert_eq!(release_at(&p, 1_000, None), 1_000 + DELAY);
        assert_eq!(release_at(&p, 1_000, Some(5_000)), 5_000 + DELAY);
        assert_eq!(
            release_at(&p, 1_000, Some(500)),
            1_000 + DELAY,
            "a challenge before the end restarts nothing"
        );
    }
}

#[test]
fn nothing_leaves_a_vault_while_it_is_needed_d1_35_d1_36() {
    let stake = tokens(150_000);
    let at = |view, challenges, now| withdrawable(view, stake, challenges, now);
    let needs = |amount| VaultView::Approved {
        requirement: tokens(amount),
    };
    let ended = |users| VaultView::Ended {
        release_at: 100,
        users,
    };
    assert_eq!(at(VaultView::Free, 0, 0), stake);
    assert_eq!(at(needs(100_000), 0, 0), tokens(50_000));
    assert_eq!(at(needs(200_000), 0, 0), tokens(0));
    assert_eq!(at(VaultView::Suspended, 0, 0), tokens(0));
    assert_eq!(at(ended(0), 0, 99), tokens(0));
    assert_eq!(at(ended(0), 0, 100), stake);
    assert_eq!(at(ended(1), 0, 100), tokens(0), "users are still connected");
    for view in [VaultView::Free, needs(1), ended(0)] {
        assert_eq!(
            at(view, 1, 1_000),
            tokens(0),
            "an open challenge holds everything"
        );
    }
}

proptest! {
    #[test]
    fn more_users_or_units_never_need_less(a in 0u64..10_000_000_000, more in 0u64..1_000_000_000) {
        for p in profiles() {
            for kind in LicenseKind::ALL {
                for class in FunctionClass::ALL {
                    let usage = |n| Usage { users: n, units: n, class: *class };
                    prop_assert!(needs(p, *kind, usage(a)) <= needs(p, *kind, usage(a + more)));
                }
            }
            prop_assert!(app_burn(p, a) <= app_burn(p, a + more));
        }
    }

    #[test]
    fn more_functionality_never_needs_less(units in 0u64..10_000_000_000) {
        for p in profiles() {
            let amounts: Vec<_> = FunctionClass::ALL
                .iter()
                .map(|class| needs(p, LicenseKind::Operator, Usage { users: 0, units, class: *class }))
                .collect();
            prop_assert!(amounts.is_sorted());
        }
    }

    #[test]
    fn roundings_are_ordered_and_less_than_a_block_apart(count in 0u64..1_000_000_000_000) {
        for p in profiles() {
            let [floor, exact, ceil] =
                [Rounding::Floor, Rounding::ProRata, Rounding::Ceil].map(|r| app_burn_rounded(p, count, r));
            prop_assert!(floor <= exact && exact <= ceil);
            prop_assert!(ceil.0 - floor.0 <= p.get(Key::BurnAppAmount));
        }
    }

    #[test]
    fn a_requirement_is_never_below_what_the_team_raised(raised in any::<u64>(), kept in any::<u64>(), count in 0u64..1_000_000) {
        for p in profiles() {
            for kind in LicenseKind::ALL {
                let base = base(p, *kind, users(count), Some(usd("0.1297")));
                let (raised, kept) = (Wei(U256::from(raised)), Wei(U256::from(kept)));
                let amount = requirement(p, base, Some(kept), raised);
                prop_assert!(amount >= raised);
                prop_assert!(amount <= base.amount.max(raised));
            }
        }
    }
}
