use milepost_economics::{
    Key, ParameterSource,
    amount::tokens,
    court::{
        Award, AwardError, Parts, claim_share, close, dismissed, due_settled, due_upheld, fees,
        median_index, split_reparation,
    },
};
use milepost_types::{U256, Wei};
use proptest::prelude::*;

use crate::{profile, profiles};

fn parts(fees: u64, challenger: u64, users: u64, treasury: u64, burned: u64) -> Parts {
    Parts {
        fees: tokens(fees),
        challenger: tokens(challenger),
        users: tokens(users),
        treasury: tokens(treasury),
        burned: tokens(burned),
    }
}

#[test]
fn a_large_reparation_follows_the_vector_c_27() {
    let p = profile("seed");
    // 1,000,000: 5 % are above both 1 % and two deposits.
    let due = due_upheld(&p, tokens(1_000_000), None, 3);
    assert_eq!(due, parts(1_500, 50_000, 600_000, 100_000, 250_000));
}

#[test]
fn a_challenger_gets_at_least_two_deposits_out_of_the_burn_first() {
    let p = profile("seed");
    // 100,000: 5 % are 5,000, two deposits 10,000; the 5,000 more come out of the burn.
    assert_eq!(
        due_upheld(&p, tokens(100_000), None, 3),
        parts(1_500, 10_000, 60_000, 10_000, 20_000)
    );
    // The least reparation is two deposits: all of it is the challenger's.
    assert_eq!(
        due_upheld(&p, tokens(1), None, 3),
        parts(1_500, 10_000, 0, 0, 0)
    );
}

#[test]
fn the_challengers_excess_is_cut_from_burn_then_treasury_then_users() {
    let award = Award {
        burn: 2_500,
        users: 6_000,
        challenger: 500,
        treasury: 1_000,
    };
    let split = |least| split_reparation(tokens(1_000), &award, tokens(least), tokens(0));
    assert_eq!(split(0), parts(0, 50, 600, 100, 250));
    assert_eq!(split(100), parts(0, 100, 600, 100, 200));
    assert_eq!(split(350), parts(0, 350, 600, 50, 0));
    assert_eq!(split(500), parts(0, 500, 500, 0, 0));
    assert_eq!(split(5_000), parts(0, 1_000, 0, 0, 0));
}

#[test]
fn impacted_users_get_what_phase_1_2_promises_d5_17() {
    let due = due_upheld(&profile("phase-1.2"), tokens(1_000_000), None, 0);
    assert_eq!(due, parts(0, 50_000, 950_000, 0, 0));
}

#[test]
fn an_insolvent_respondent_pays_fees_first_and_the_burn_last() {
    let due = parts(1, 10, 60, 9, 20);
    let served = |vault| due.serve(tokens(vault));
    assert_eq!(served(1_000), due);
    assert_eq!(served(85), parts(1, 10, 60, 9, 5));
    assert_eq!(served(75), parts(1, 10, 60, 4, 0));
    assert_eq!(served(40), parts(1, 10, 29, 0, 0));
    assert_eq!(served(5), parts(1, 4, 0, 0, 0));
    let closing = close(&due, tokens(40), true);
    assert_eq!(closing.paid, parts(1, 10, 29, 0, 0));
    // Users' part of the debt is distributed by the treasury.
    assert_eq!(closing.owed, parts(0, 0, 0, 40, 20));
    let paid_later = closing.owed.serve(tokens(50));
    assert_eq!(paid_later, parts(0, 0, 0, 40, 10));
    assert_eq!((closing.owed - paid_later).total(), tokens(10));
}

#[test]
fn without_a_list_of_affected_users_their_part_is_the_treasurys() {
    let due = parts(0, 10, 60, 10, 20);
    assert_eq!(
        close(&due, tokens(1_000), false).paid,
        parts(0, 10, 0, 70, 20)
    );
}

#[test]
fn a_settlement_knows_no_least_amounts_and_no_fees() {
    assert_eq!(
        due_settled(&profile("seed"), tokens(100)),
        parts(0, 5, 60, 10, 25)
    );
}

#[test]
fn a_lost_challenge_pays_the_arbitrators_and_burns_the_rest() {
    let p = profile("seed");
    assert_eq!(dismissed(&p, 3), parts(1_500, 0, 0, 0, 3_500));
    assert_eq!(dismissed(&p, 0), parts(0, 0, 0, 0, 5_000));
    // More rulings than the deposit was sized for cannot take more than it.
    assert_eq!(dismissed(&p, 100), parts(5_000, 0, 0, 0, 0));
}

#[test]
fn awards_must_be_whole_and_not_buy_challengers() {
    let p = profile("seed");
    let award = |burn, challenger| Award {
        burn,
        users: 0,
        challenger,
        treasury: 0,
    };
    assert_eq!(award(8_000, 2_000).check(&p), Ok(()));
    assert_eq!(award(8_000, 1_999).check(&p), Err(AwardError::Sum(9_999)));
    assert_eq!(
        award(7_999, 2_001).check(&p),
        Err(AwardError::ChallengerCap {
            share: 2_001,
            cap: 2_000
        })
    );
    assert_eq!(award(u64::MAX, 1).check(&p), Err(AwardError::Sum(u64::MAX)));
    for p in profiles() {
        assert_eq!(Award::of(p).check(p), Ok(()));
    }
}

#[test]
fn the_median_is_the_lower_middle() {
    let index =
        |amounts: &[u64]| median_index(&amounts.iter().map(|a| tokens(*a)).collect::<Vec<_>>());
    assert_eq!(index(&[]), None);
    assert_eq!(index(&[7]), Some(0));
    assert_eq!(index(&[9, 5]), Some(1));
    assert_eq!(index(&[9, 5, 7]), Some(2));
    assert_eq!(index(&[4, 4, 4]), Some(1));
    assert_eq!(index(&[1, 9, 3, 7]), Some(2));
}

proptest! {
    #[test]
    fn every_upheld_case_pays_out_what_it_takes(
        reparation in 0u128..=u128::from(u64::MAX) * 1_000_000_000,
        vault in 0u128..=u128::from(u64::MAX) * 1_000_000_000,
        rulings in 0u64..20,
        list in any::<bool>(),
    ) {
        for p in profiles() {
            let due = due_upheld(p, Wei(U256::from(reparation)), None, rulings);
            let least = p.get(Key::CourtLeastDeposits) * p.get(Key::CourtDeposit);
            let total = U256::from(reparation).max(least) + fees(p, rulings).0;
            prop_assert_eq!(due.total().0, total);
            let closing = close(&due, Wei(U256::from(vault)), list);
            prop_assert_eq!(closing.paid.total().0, total.min(U256::from(vault)));
            prop_assert_eq!(closing.paid.total().0 + closing.owed.total().0, total);
            prop_assert_eq!(closing.paid.fees.0 + closing.owed.fees.0, due.fees.0);
            // The debt is worked off in any steps and ends at nothing.
            let first = closing.owed.serve(Wei(U256::from(reparation / 3)));
            let rest = closing.owed - first;
            prop_assert_eq!(rest.serve(rest.total()), rest);
            prop_assert_eq!(first + rest, closing.owed);
        }
    }

    #[test]
    fn any_vector_splits_all_of_a_reparation(
        reparation in any::<u128>(),
        cuts in (0u64..=10_000, 0u64..=10_000, 0u64..=10_000),
        least in any::<u128>(),
    ) {
        let mut cuts = [cuts.0, cuts.1, cuts.2];
        cuts.sort_unstable();
        let award = Award {
            burn: cuts[0],
            users: cuts[1] - cuts[0],
            challenger: cuts[2] - cuts[1],
            treasury: 10_000 - cuts[2],
        };
        let due = split_reparation(Wei(U256::from(reparation)), &award, Wei(U256::from(least)), tokens(3));
        prop_assert_eq!(due.total().0, U256::from(reparation) + tokens(3).0);
        prop_assert!(due.challenger.0 >= U256::from(least.min(reparation)));
    }

    #[test]
    fn claims_never_exceed_the_users_part(part in any::<u128>(), shares in proptest::collection::vec(1u128..1_000_000, 1..20), extra in 0u128..10) {
        // The list may promise more shares than it says: the last ones get what is left.
        let stated = shares.iter().sum::<u128>().saturating_sub(extra).max(1);
        let mut left = U256::from(part);
        for share in shares {
            let claim = claim_share(Wei(U256::from(part)), U256::from(share), U256::from(stated), Wei(left));
            prop_assert!(claim.0 <= left);
            left -= claim.0;
        }
    }
}

#[test]
fn three_rounds_are_covered_by_the_deposit_in_every_profile() {
    for p in profiles() {
        let rulings = 3 * ParameterSource::number(p, Key::CourtPanelSize);
        assert!(fees(p, rulings) <= p.wei(Key::CourtDeposit));
    }
}
