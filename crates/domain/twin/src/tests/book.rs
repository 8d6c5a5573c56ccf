//! The standing of a provider from the events of licence book, stake vault, court, parameters and peg.

use milepost_policy::TwinView as _;
use milepost_types::{Address, B256, U256};

use super::{Index, START, logs::*};

const APPROVED: u8 = 3;
const SUSPENDED: u8 = 4;
const REVOKED: u8 = 5;
const RENOUNCED: u8 = 6;
const MAX: U256 = U256::MAX;

fn dimo(n: u64) -> U256 {
    U256::from(n) * U256::from(10u64).pow(U256::from(18))
}

/// Connection 5 belongs to who(1), whose provider licence 1 is approved and covered by 100,000 of its own.
fn world() -> Index {
    let mut index = Index::new();
    index.block(&[
        set("stake.provider", dimo(100_000)),
        set("stake.provider_usd", U256::ZERO),
        set("stake.grandfather", U256::ZERO),
        by(BOOK, Book::CourtSet { court: COURT }),
        applied(id(1), 1, who(1)),
        state(id(1), APPROVED),
        own(dimo(100_000)),
        mint(CONNECTIONS, who(1), id(5)),
        by(
            CONNECTIONS,
            Connections::ConnectionMinted {
                account: who(1),
                connectionId: id(5),
                connectionAddr: key(5),
                name: "c".into(),
                connectionType: B256::ZERO,
                cost: U256::ZERO,
            },
        ),
    ]);
    assert!(licensed(&index));
    index
}

fn own(amount: U256) -> Emitted {
    stakes(id(1), [amount, U256::ZERO, U256::ZERO], 0)
}

/// Raised requirement, base at approval, end of the top-up window and requirement before the growth.
fn terms(raised: U256, base: U256, grace_until: u64, grace_requirement: U256) -> Emitted {
    let event = Book::LicenseTermsChanged {
        id: id(1),
        users: U256::ZERO,
        units: U256::ZERO,
        class: 0,
        raised,
        baseAtApproval: base,
        graceUntil: U256::from(grace_until),
        graceRequirement: grace_requirement,
    };
    by(BOOK, event)
}

fn rebased(price: U256) -> Emitted {
    let event = Peg::Rebased {
        price,
        previous: U256::ZERO,
        reason: 0,
        caller: who(9),
    };
    by(PEG, event)
}

fn reassigned(from: Address, to: Address) -> Emitted {
    let event = Book::LicenseReassigned {
        id: id(1),
        from,
        to,
        actor: who(8),
        reasonHash: B256::ZERO,
    };
    by(BOOK, event)
}

fn licensed(index: &Index) -> bool {
    index.view().connection(key(5)).unwrap().provider_licensed
}

fn follow(steps: impl IntoIterator<Item = (Emitted, bool)>) {
    let mut index = world();
    for (position, (event, expected)) in steps.into_iter().enumerate() {
        let applied = index.block(&[event]);
        assert!(applied.unknown.is_empty() && applied.orphans == 0);
        assert_eq!(licensed(&index), expected, "step {position}");
    }
}

#[test]
fn d3_76_a_provider_of_the_book_is_licensed_only_while_approved_and_covered() {
    let raise = Numbers::ParameterRaised {
        key: {
            let mut key = B256::ZERO;
            key[..14].copy_from_slice(b"stake.provider");
            key
        },
        member: who(8),
        previous: dimo(90_000),
        value: dimo(100_001),
    };
    follow([
        (own(dimo(100_000) - id(1)), false),
        (stakes(id(1), [dimo(1), dimo(99_999), U256::ZERO], 0), true),
        (state(id(1), SUSPENDED), false),
        (state(id(1), APPROVED), true),
        (terms(dimo(100_001), U256::ZERO, 0, U256::ZERO), false),
        (terms(U256::ZERO, U256::ZERO, 0, U256::ZERO), true),
        (by(NUMBERS, raise), false),
        (set("stake.provider", dimo(90_000)), true),
        // A longer key that begins alike is another parameter.
        (set("stake.provider_x", MAX), true),
        (set("stake.client", MAX), true),
        (state(id(1), RENOUNCED), false),
        (applied(id(2), 1, who(1)), false),
        (state(id(2), APPROVED), false),
        (
            stakes(id(2), [dimo(90_000), U256::ZERO, U256::ZERO], 0),
            true,
        ),
        (state(id(2), REVOKED), false),
    ]);
}

#[test]
fn a_licence_of_another_kind_makes_no_provider() {
    follow([
        (state(id(1), SUSPENDED), false),
        (applied(id(2), 3, who(1)), false),
        (state(id(2), APPROVED), false),
        (
            stakes(id(2), [dimo(100_000), U256::ZERO, U256::ZERO], 0),
            false,
        ),
    ]);
}

#[test]
fn d4_48_a_loan_covers_until_the_block_at_its_due_time() {
    let mut index = world();
    // Block 1 is at START + 10, each later one ten seconds after.
    let due = START + 40;
    index.block(&[stakes(id(1), [dimo(40_000), U256::ZERO, dimo(60_000)], due)]);
    assert!(licensed(&index));
    index.block(&[]);
    assert!(licensed(&index), "ten seconds before");
    index.block(&[]);
    assert!(!licensed(&index), "at the due time, without an event");
}

#[test]
fn the_top_up_window_ends_after_its_last_second() {
    let mut index = world();
    index.block(&[terms(dimo(200_000), U256::ZERO, START + 30, dimo(100_000))]);
    assert!(licensed(&index), "covered before the growth");
    index.block(&[]);
    assert!(licensed(&index), "the last second");
    index.block(&[]);
    assert!(!licensed(&index), "over");
    let mut index = world();
    index.block(&[terms(dimo(200_000), U256::ZERO, START + 300, dimo(100_001))]);
    assert!(!licensed(&index), "not covered before the growth");
}

#[test]
fn a_court_debt_makes_inactive_until_it_is_paid() {
    follow([
        (owes(COURT, who(2), id(1)), true),
        (owes(COURT, who(1), id(1)), false),
        (owes(COURT, who(1), id(2)), false),
        (pays(COURT, who(1), id(14)), false),
        (pays(COURT, who(1), U256::ZERO), true),
    ]);
    let mut index = world();
    index.block(&[owes(COURT, who(1), id(3))]);
    index.block(&[owes(COURT, who(1), id(4))]);
    let debt = &index.state().tables.court_debts[&(COURT, who(1))];
    assert_eq!(debt.owed, id(35));
}

#[test]
fn only_debts_to_the_court_that_the_book_asks_count() {
    let court = |court| by(BOOK, Book::CourtSet { court });
    follow([
        (owes(OTHER_COURT, who(1), id(1)), true),
        (court(OTHER_COURT), false),
        (court(Address::ZERO), true),
        (court(COURT), true),
        (owes(COURT, who(1), id(1)), false),
        (court(Address::ZERO), true),
    ]);
}

#[test]
fn c13_a_grandfathered_licence_keeps_the_requirement_of_its_approval() {
    follow([
        (terms(U256::ZERO, dimo(100_000), 0, U256::ZERO), true),
        (set("stake.provider", dimo(150_000)), false),
        (set("stake.grandfather", id(1)), true),
        (terms(dimo(120_000), dimo(100_000), 0, U256::ZERO), false),
        (terms(U256::ZERO, dimo(100_000), 0, U256::ZERO), true),
        (set("stake.provider", dimo(10)), true),
        (own(dimo(10)), true),
    ]);
}

#[test]
fn c13_a_stake_in_usd_follows_the_last_re_base_in_whole_tokens() {
    // 10,000 USD at 0.1 USD are 100,000 tokens; at 0.3 USD 33,333 whole ones.
    follow([
        (set("stake.provider_usd", dimo(10_000)), false),
        (rebased(dimo(1) / id(10)), true),
        (rebased(dimo(999) / id(10_000)), false),
        (rebased(dimo(3) / id(10)), true),
        (own(dimo(33_333)), true),
        (own(dimo(33_333) - id(1)), false),
        (set("stake.provider_usd", U256::ZERO), false),
        (own(dimo(100_000)), true),
    ]);
}

#[test]
fn c08_a_reassigned_licence_leaves_its_former_holder_without() {
    follow([
        (reassigned(who(1), who(2)), false),
        (reassigned(who(2), who(1)), true),
    ]);
}

#[test]
fn without_an_announced_requirement_nobody_is_licensed_by_the_book() {
    let mut index = Index::new();
    index.block(&[
        applied(id(1), 1, who(1)),
        state(id(1), APPROVED),
        own(MAX - id(1)),
    ]);
    assert!(!crate::standing::is_licensed(&index.state(), who(1)));
}

#[test]
fn the_deployed_events_that_book_and_vault_emit_besides_change_nothing() {
    let mut index = world();
    let before = index.state().tables;
    let applied = index.block(&[
        mint(BOOK, who(1), id(1)),
        by(
            BOOK,
            Book::LicenseMinted {
                user: who(1),
                tokenId: id(1),
            },
        ),
        by(BOOK, Book::StakeAmountAdjusted { amount: MAX }),
        by(
            VAULT,
            Vault::StakeTokens {
                user: who(1),
                amount: id(1),
            },
        ),
    ]);
    assert!(applied.unknown.is_empty());
    assert_eq!(index.state().tables, before);
}
