use milepost_economics::{
    amount::tokens,
    tally::{Choice, Level, Tally, VoteRule},
};
use milepost_types::{U256, Wei};
use proptest::prelude::*;

use crate::{profile, profiles};

const SUPPLY: u64 = 1_000_000_000;

fn tally(level: Level) -> Tally {
    Tally::new(VoteRule::of(&profile("seed"), level), tokens(SUPPLY))
}

#[test]
fn level_1_needs_more_than_half_and_three_percent_d2_01() {
    let mut votes = tally(Level::One);
    votes.count(Choice::For, tokens(15_000_000));
    votes.count(Choice::Against, tokens(15_000_000));
    assert!(votes.quorum_reached());
    assert!(!votes.passed(), "half is not more than half");
    votes.count(Choice::For, Wei(U256::from(1)));
    assert!(votes.passed());

    let mut votes = tally(Level::One);
    votes.count(Choice::For, Wei(tokens(30_000_000).0 - U256::from(1)));
    assert!(!votes.passed(), "one wei below 3 % of the supply");
    votes.count(Choice::Abstain, Wei(U256::from(1)));
    assert!(votes.passed(), "abstentions take part");
}

#[test]
fn higher_levels_need_60_and_70_percent_and_5_and_10() {
    for (level, for_percent, quorum_percent) in [(Level::Two, 60, 5), (Level::Three, 70, 10)] {
        let mut votes = tally(level);
        assert_eq!(votes.quorum(), tokens(SUPPLY / 100 * quorum_percent));
        // Twenty voters, none of them at the cap.
        for voter in 0..20u64 {
            let choice = if voter * 5 < for_percent {
                Choice::For
            } else {
                Choice::Against
            };
            votes.count(choice, tokens(SUPPLY / 100));
        }
        assert!(votes.quorum_reached());
        assert!(!votes.passed(), "exactly {for_percent} % is not more");
        votes.count(Choice::For, Wei(U256::from(1)));
        assert!(votes.passed());
    }
}

#[test]
fn a_voter_counts_for_at_most_five_percent() {
    let mut votes = tally(Level::One);
    assert_eq!(
        votes.count(Choice::For, tokens(600_000_000)),
        tokens(50_000_000)
    );
    assert_eq!(votes.in_favour, tokens(50_000_000));
}

#[test]
fn no_votes_never_pass() {
    for p in profiles() {
        for level in [Level::One, Level::Two, Level::Three] {
            assert!(!Tally::new(VoteRule::of(p, level), tokens(0)).passed());
            assert!(!Tally::new(VoteRule::of(p, level), tokens(SUPPLY)).passed());
        }
    }
}

proptest! {
    #[test]
    fn a_vote_for_never_makes_a_passed_proposal_fail(
        votes in proptest::collection::vec((0u8..3, 0u64..200_000_000), 1..30),
        more in 0u64..200_000_000,
    ) {
        for p in profiles() {
            for level in [Level::One, Level::Two, Level::Three] {
                let mut tally = Tally::new(VoteRule::of(p, level), tokens(SUPPLY));
                for (choice, weight) in &votes {
                    let choice = [Choice::For, Choice::Against, Choice::Abstain][usize::from(*choice)];
                    prop_assert!(tally.count(choice, tokens(*weight)) <= tally.voter_cap());
                }
                let before = tally.passed();
                tally.count(Choice::For, tokens(more));
                prop_assert!(!before || tally.passed());
            }
        }
    }

    #[test]
    fn what_passes_at_a_level_passes_at_every_lower_one(votes in proptest::collection::vec((0u8..3, 0u64..200_000_000), 1..30)) {
        for p in profiles() {
            let passed = [Level::One, Level::Two, Level::Three].map(|level| {
                let mut tally = Tally::new(VoteRule::of(p, level), tokens(SUPPLY));
                for (choice, weight) in &votes {
                    let choice = [Choice::For, Choice::Against, Choice::Abstain][usize::from(*choice)];
                    tally.count(choice, tokens(*weight));
                }
                tally.passed()
            });
            prop_assert!(passed.is_sorted_by(|a, b| a >= b), "{passed:?}");
        }
    }
}
