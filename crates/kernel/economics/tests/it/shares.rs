use milepost_economics::{
    amount::{parse_tokens, tokens},
    split::{SplitRule, proportional},
};
use milepost_types::{U256, Wei};
use proptest::prelude::*;

use crate::{profile, profiles};

#[test]
fn ten_thousand_are_burned_kept_and_shared_d2_39() {
    for name in ["seed", "dlp3"] {
        let split = SplitRule::of(&profile(name)).apply(tokens(10_000));
        assert_eq!(split.burned, tokens(4_000));
        assert_eq!(split.treasury, tokens(0));
        assert_eq!(split.node, tokens(4_800));
        assert_eq!(split.users, tokens(1_200));
    }
}

#[test]
fn nodes_share_their_pool_by_credits_c_18() {
    let split = SplitRule::of(&profile("deployed-2025")).apply(tokens(100));
    assert_eq!((split.treasury, split.node), (tokens(60), tokens(40)));
    assert_eq!(
        proportional(split.node, &[1_125_000, 125_000]),
        [tokens(36), tokens(4)]
    );
}

#[test]
fn an_app_and_its_users_share_after_one_percent_burn_dip_3a1() {
    let rule = SplitRule {
        burn_bps: 100,
        protocol_bps: 0,
        user_bps: 9_500,
    };
    let first = rule.apply(tokens(100_000)); // $1,000,000 at $10
    assert_eq!(
        (first.burned, first.node, first.users),
        (tokens(1_000), tokens(4_950), tokens(94_050))
    );
    let second = rule.apply(tokens(6)); // $60 at $10
    let amount = |text| parse_tokens(text).unwrap();
    assert_eq!(
        (second.burned, second.node, second.users),
        (amount("0.06"), amount("0.297"), amount("5.643"))
    );
    // Example 3 prints "500" where the rule gives about 50 (C-25).
    let third = rule.apply(amount("50.5"));
    assert_eq!(third.node.0 + third.users.0, amount("49.995").0);
}

#[test]
fn largest_remainders_get_the_rest_and_ties_the_earlier() {
    let wei = |parts: &[u64]| {
        parts
            .iter()
            .map(|p| Wei(U256::from(*p)))
            .collect::<Vec<_>>()
    };
    let share = |total: u64, weights: &[u128]| proportional(Wei(U256::from(total)), weights);
    assert_eq!(share(10, &[1, 1, 1]), wei(&[4, 3, 3]));
    assert_eq!(share(11, &[1, 1, 1]), wei(&[4, 4, 3]));
    assert_eq!(share(100, &[1, 2, 4]), wei(&[14, 29, 57]));
    assert_eq!(share(5, &[0, 0]), wei(&[0, 0]));
    assert_eq!(share(5, &[]), wei(&[]));
}

proptest! {
    #[test]
    fn every_fee_is_split_without_rest(gross in any::<u128>()) {
        for p in profiles() {
            let split = SplitRule::of(p).apply(Wei(U256::from(gross)));
            let sum = split.burned.0 + split.treasury.0 + split.users.0 + split.node.0;
            prop_assert_eq!(sum, U256::from(gross));
        }
    }

    #[test]
    fn proportional_parts_sum_to_the_total_and_are_fair(
        total in any::<u128>(),
        weights in proptest::collection::vec(0u128..u128::from(u64::MAX), 1..40),
    ) {
        let parts = proportional(Wei(U256::from(total)), &weights);
        let sum = weights.iter().fold(U256::ZERO, |s, w| s + U256::from(*w));
        let paid = parts.iter().fold(U256::ZERO, |s, p| s + p.0);
        if sum.is_zero() {
            prop_assert!(paid.is_zero());
            return Ok(());
        }
        prop_assert_eq!(paid, U256::from(total));
        for (part, weight) in parts.iter().zip(&weights) {
            let floor = U256::from(total) * U256::from(*weight) / sum;
            prop_assert!(part.0 == floor || part.0 == floor + U256::from(1));
            prop_assert!(*weight != 0 || part.0.is_zero(), "no weight, no part");
        }
        for (i, a) in weights.iter().enumerate() {
            for (j, b) in weights.iter().enumerate() {
                prop_assert!(a <= b || parts[i].0 >= parts[j].0);
            }
        }
    }
}
