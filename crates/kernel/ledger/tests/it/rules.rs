use alloy_primitives::U256;
use milepost_economics::{DeviceType, FunctionClass, LicenseKind};
use milepost_ledger::{
    Action, CaseId, Challenge, Connection, EscrowState, LicenseId, LicenseState, Outcome, Phase,
    Refusal, RootId, Ruling, StakeClass, VoucherId, merkle, type_key,
};

use crate::world::*;

const PROVIDER_ID: LicenseId = LicenseId(1);
const NODE_ID: LicenseId = LicenseId(2);

fn challenge(license: LicenseId) -> Action {
    let (claim, evidence) = (hash(1), hash(2));
    Action::OpenCase(Challenge {
        license,
        breach_at: START,
        claim,
        evidence,
        subject: None,
    })
}

#[test]
fn a_client_is_licensed_only_when_it_has_staked_d1_31() {
    let mut ledger = new("seed");
    let kind = LicenseKind::Client;
    let id = LicenseId(1);
    ledger
        .apply(
            START,
            OWNER,
            Action::ApplyFor {
                kind,
                terms: hash(0),
            },
        )
        .unwrap();
    let decide = Action::Decide {
        id,
        approved: true,
        analysis: hash(0),
    };
    let stake = |amount| Action::Stake { id, amount };
    ledger
        .apply(START, OWNER, stake(dimo(20_000) - U256::from(1)))
        .unwrap();
    assert_eq!(
        ledger.apply(START, MEMBER, decide.clone()),
        Err(Refusal::StakeMissing(id))
    );
    ledger.apply(START, OWNER, stake(U256::from(1))).unwrap();
    ledger.apply(START, MEMBER, decide).unwrap();
    assert!(ledger.is_active(START, id));
}

#[test]
fn a_member_decides_neither_on_a_conflict_nor_after_its_term_d1_16() {
    let mut ledger = new("seed");
    let kind = LicenseKind::Provider;
    ledger
        .apply(
            START,
            CHALLENGER,
            Action::ApplyFor {
                kind,
                terms: hash(0),
            },
        )
        .unwrap();
    ledger
        .apply(
            START,
            OWNER,
            Action::ApplyFor {
                kind,
                terms: hash(0),
            },
        )
        .unwrap();
    let decide = |id| Action::Decide {
        id: LicenseId(id),
        approved: true,
        analysis: hash(0),
    };
    let conflict = Refusal::ConflictOfInterest {
        member: MEMBER,
        party: CHALLENGER,
    };
    assert_eq!(ledger.apply(START, MEMBER, decide(1)), Err(conflict));
    let end = START + 300 * DAY;
    assert_eq!(
        ledger.apply(end, MEMBER, decide(2)),
        Err(Refusal::NotTeam(MEMBER))
    );
    ledger.apply(end - 1, MEMBER, decide(2)).unwrap();
}

#[test]
fn an_open_case_holds_all_stake_and_silence_leads_to_a_ruling() {
    let mut ledger = running("seed").unwrap();
    let extra = Action::Stake {
        id: PROVIDER_ID,
        amount: dimo(500),
    };
    ledger.apply(START, PROVIDER, extra).unwrap();
    ledger
        .apply(START, CHALLENGER, challenge(PROVIDER_ID))
        .unwrap();
    let withdraw = Action::WithdrawStake {
        id: PROVIDER_ID,
        class: StakeClass::Own,
        amount: dimo(500),
    };
    let locked = Refusal::StakeLocked {
        free: U256::ZERO,
        wanted: dimo(500),
    };
    assert_eq!(ledger.apply(START, PROVIDER, withdraw.clone()), Err(locked));

    let id = CaseId(1);
    let silent = START + 14 * DAY;
    assert_eq!(ledger.case(id).unwrap().phase(silent), Phase::Mediation);
    assert_eq!(ledger.case(id).unwrap().phase(silent + 1), Phase::Deciding);
    let ruling = Ruling {
        upheld: true,
        reparation: dimo(40_000),
        award: None,
        opinion: hash(3),
        impact_root: merkle::claim_leaf(id, OWNER, U256::from(1)),
        impact_shares: U256::from(1),
    };
    ledger
        .apply(
            silent + 1,
            PANEL,
            Action::Rule {
                id,
                ruling,
                arbitrators: 3,
            },
        )
        .unwrap();
    let closable = silent + 2 + 7 * DAY;
    let early = Action::CloseCase { id };
    assert_eq!(
        ledger.apply(closable - 1, OWNER, early.clone()),
        Err(Refusal::WrongPhase(id, Phase::Appealable))
    );
    ledger.apply(closable, OWNER, early).unwrap();

    let case = ledger.case(id).unwrap();
    assert_eq!(case.outcome, Some(Outcome::Upheld));
    // 40,000: users 60 %, burn 25 %, challenger at least two deposits of 5,000, out of the burn first.
    let paid = case.paid;
    assert_eq!(paid.fees.0, dimo(1_500));
    assert_eq!(paid.challenger.0, dimo(10_000));
    assert_eq!(paid.users.0, dimo(24_000));
    assert_eq!(paid.treasury.0, dimo(4_000));
    assert_eq!(paid.burned.0, dimo(2_000));
    assert_eq!(ledger.stake_of(PROVIDER_ID), dimo(100_500 - 41_500));
    assert!(!ledger.is_active(closable, PROVIDER_ID));
    let share = Action::Claim {
        id,
        account: OWNER,
        shares: U256::from(1),
        proof: vec![],
    };
    ledger.apply(closable, CHALLENGER, share.clone()).unwrap();
    assert_eq!(ledger.balance(OWNER), dimo(1_024_000));
    assert_eq!(
        ledger.apply(closable, OWNER, share),
        Err(Refusal::AlreadyClaimed(id))
    );
}

#[test]
fn what_the_stake_does_not_cover_is_debt_and_stops_the_licence_until_paid() {
    let mut ledger = running("seed").unwrap();
    ledger
        .apply(START, CHALLENGER, challenge(PROVIDER_ID))
        .unwrap();
    let id = CaseId(1);
    let ruling = Ruling {
        upheld: true,
        reparation: dimo(200_000),
        award: None,
        opinion: hash(3),
        impact_root: hash(9),
        impact_shares: U256::from(1),
    };
    let now = START + 15 * DAY;
    ledger
        .apply(
            now,
            PANEL,
            Action::Rule {
                id,
                ruling,
                arbitrators: 3,
            },
        )
        .unwrap();
    let now = now + 8 * DAY;
    ledger.apply(now, OWNER, Action::CloseCase { id }).unwrap();
    assert_eq!(ledger.stake_of(PROVIDER_ID), U256::ZERO);
    assert_eq!(ledger.debt_of(PROVIDER), dimo(101_500));
    ledger
        .apply(
            now,
            PROVIDER,
            Action::Stake {
                id: PROVIDER_ID,
                amount: dimo(100_000),
            },
        )
        .unwrap();
    assert!(ledger.is_covered(now, PROVIDER_ID) && !ledger.is_active(now, PROVIDER_ID));
    ledger
        .apply(
            now,
            PROVIDER,
            Action::PayDebt {
                id,
                amount: dimo(999_999),
            },
        )
        .unwrap();
    assert_eq!(ledger.debt_of(PROVIDER), U256::ZERO);
    assert!(ledger.is_active(now, PROVIDER_ID));
}

#[test]
fn renounced_stake_is_free_after_184_days_and_not_while_users_are_left_d1_35() {
    let mut ledger = running("seed").unwrap();
    let id = NODE_ID;
    let usage = |users| Action::ReportUsage {
        id,
        users,
        units: 0,
        class: FunctionClass::Aggregate,
    };
    ledger.apply(START, REPORTER, usage(1)).unwrap();
    ledger.apply(START, NODE, Action::Renounce { id }).unwrap();
    let free = START + 184 * DAY;
    let release = Action::Release { id };
    assert_eq!(
        ledger.apply(free, OWNER, release.clone()),
        Err(Refusal::StakeNotFree(id))
    );
    ledger.apply(free, REPORTER, usage(0)).unwrap();
    assert_eq!(
        ledger.apply(free - 1, OWNER, release.clone()),
        Err(Refusal::StakeNotFree(id))
    );
    ledger.apply(free, OWNER, release).unwrap();
    assert_eq!(ledger.license(id).unwrap().state, LicenseState::Released);
    let amount = ledger.stake_of(id);
    ledger
        .apply(
            free,
            NODE,
            Action::WithdrawStake {
                id,
                class: StakeClass::Own,
                amount,
            },
        )
        .unwrap();
    assert_eq!(ledger.balance(NODE), dimo(1_000_000));
}

#[test]
fn a_failure_at_month_12_streams_30_of_60_dimo_d4_52() {
    let mut ledger = running("hardware-ecosystem").unwrap();
    let id = VoucherId(1);
    let device_type = type_key(DeviceType::DashCam);
    let buy = Action::Buy {
        to: OWNER,
        device_type,
        count: 1,
        cost_max: U256::MAX,
    };
    ledger.apply(START, OWNER, buy).unwrap();
    ledger
        .apply(
            START,
            OWNER,
            Action::Bond {
                id,
                connection: Connection::Hardware,
                device: 1,
            },
        )
        .unwrap();
    // 80 at 25 % burned: 60 locked, 57 for the provider and 3 for the team.
    let totals = ledger.escrow(id).unwrap().totals;
    assert_eq!(
        (totals.burned.0, totals.provider.0, totals.team.0),
        (dimo(20), dimo(57), dimo(3))
    );

    // Month by month: a tree of one leaf is its own root.
    let month = |i: u64| START + i * 31 * DAY;
    for period in 1..=12 {
        let now = month(period);
        let root = merkle::month_leaf(id, period, OWNER);
        ledger.apply(now, NODE, Action::PostRoot { root }).unwrap();
        let settle = Action::Settle {
            id,
            period,
            owner: OWNER,
            root: RootId(period),
            proof: vec![],
        };
        ledger.apply(now + 7 * DAY, PROVIDER, settle).unwrap();
    }
    let failed = month(12) + 8 * DAY;
    ledger
        .apply(
            failed,
            OWNER,
            Action::ReportMalfunction {
                id,
                evidence: hash(1),
            },
        )
        .unwrap();
    let counts = failed + 14 * DAY;
    ledger
        .apply(counts, PROVIDER, Action::FinalizeMalfunction { id })
        .unwrap();
    let before = ledger.balance(OWNER);
    ledger
        .apply(counts + 400 * DAY, PROVIDER, Action::ClaimStream { id })
        .unwrap();
    assert_eq!(ledger.balance(OWNER) - before, dimo(30));
    assert_eq!(ledger.escrow(id).unwrap().state, EscrowState::Closed);
    assert_eq!(ledger.balance(ESCROW), U256::ZERO);
}

#[test]
fn a_loan_past_due_is_no_cover_and_goes_home_d4_48() {
    let mut ledger = running("hardware-ecosystem").unwrap();
    let id = LicenseId(3);
    let kind = LicenseKind::Provider;
    ledger
        .apply(
            START,
            OWNER,
            Action::ApplyFor {
                kind,
                terms: hash(0),
            },
        )
        .unwrap();
    ledger
        .apply(
            START,
            GOVERNANCE,
            Action::Overrule {
                id,
                analysis: hash(0),
            },
        )
        .unwrap();
    let amount = ledger.requirement(id);
    let due_at = START + 100 * DAY;
    // The maker posts itself under this text; the foundation lends all the same.
    let stake = Action::Stake { id, amount };
    assert_eq!(
        ledger.apply(START, PROVIDER, stake),
        Err(Refusal::ThirdPartyNotAllowed)
    );
    ledger
        .apply(START, FOUNDATION, Action::Lend { id, amount, due_at })
        .unwrap();
    assert!(ledger.is_active(due_at - 1, id) && !ledger.is_active(due_at, id));
    let back = Action::WithdrawStake {
        id,
        class: StakeClass::Loan,
        amount,
    };
    let locked = Refusal::StakeLocked {
        free: U256::ZERO,
        wanted: amount,
    };
    assert_eq!(
        ledger.apply(due_at - 1, FOUNDATION, back.clone()),
        Err(locked)
    );
    ledger.apply(due_at, FOUNDATION, back).unwrap();
}

#[test]
fn a_settlement_is_worth_a_deposit_and_restarts_no_release_delay() {
    let mut ledger = running("seed").unwrap();
    let renounce = Action::Renounce { id: PROVIDER_ID };
    ledger.apply(START, PROVIDER, renounce).unwrap();
    let free = ledger.release_at(PROVIDER_ID);
    let (now, id, deposit) = (START + 30 * DAY, CaseId(1), dimo(5_000));
    let open = challenge(PROVIDER_ID);
    ledger.apply(now, CHALLENGER, open.clone()).unwrap();
    let evidence = hash(3);
    let respond = Action::Respond { id, evidence };
    ledger.apply(now, PROVIDER, respond).unwrap();
    let propose = |amount| Action::ProposeSettlement { id, amount };
    for dust in [U256::ZERO, deposit - U256::from(1)] {
        assert_eq!(
            ledger.apply(now, PROVIDER, propose(dust)),
            Err(Refusal::SettlementTooSmall(deposit))
        );
    }
    ledger.apply(now, PROVIDER, propose(deposit)).unwrap();
    let amount = deposit;
    let accept = Action::AcceptSettlement { id, amount };
    ledger.apply(now, CHALLENGER, accept).unwrap();
    assert_eq!(ledger.case(id).unwrap().outcome, Some(Outcome::Settled));
    assert_eq!(ledger.release_at(PROVIDER_ID), free);

    // A ruling restarts it.
    ledger.apply(now, CHALLENGER, open).unwrap();
    let id = CaseId(2);
    let deciding = now + 14 * DAY + 1;
    let ruling = Ruling {
        upheld: true,
        reparation: deposit,
        award: None,
        opinion: hash(3),
        impact_root: hash(4),
        impact_shares: U256::from(1),
    };
    let rule = Action::Rule {
        id,
        ruling,
        arbitrators: 3,
    };
    ledger.apply(deciding, PANEL, rule).unwrap();
    let closed = deciding + 7 * DAY + 1;
    let close = Action::CloseCase { id };
    ledger.apply(closed, OWNER, close).unwrap();
    assert_eq!(ledger.release_at(PROVIDER_ID), closed + 184 * DAY);
}

#[test]
fn a_settlement_is_paid_out_of_own_stake_while_no_other_case_is_open() {
    let mut ledger = running("seed").unwrap();
    let partner = Action::Stake {
        id: PROVIDER_ID,
        amount: dimo(50_000),
    };
    ledger.apply(START, NODE, partner).unwrap();
    let own = ledger.posted_by(PROVIDER_ID, StakeClass::Own, PROVIDER);
    let id = CaseId(1);
    let open = challenge(PROVIDER_ID);
    ledger.apply(START, CHALLENGER, open).unwrap();
    let evidence = hash(3);
    let respond = Action::Respond { id, evidence };
    ledger.apply(START, PROVIDER, respond).unwrap();
    let propose = |amount| Action::ProposeSettlement { id, amount };
    let accept = |amount| Action::AcceptSettlement { id, amount };
    let more = own + U256::from(1);
    ledger.apply(START, CHALLENGER, propose(more)).unwrap();
    assert_eq!(
        ledger.apply(START, PROVIDER, accept(more)),
        Err(Refusal::SettlementNotCovered(own))
    );
    ledger.apply(START, CHALLENGER, propose(own)).unwrap();
    let other = Action::OpenCase(Challenge {
        license: PROVIDER_ID,
        breach_at: START,
        claim: hash(1),
        evidence: hash(4),
        subject: None,
    });
    let mut two = ledger.clone();
    two.apply(START, CHALLENGER, other).unwrap();
    assert_eq!(
        two.apply(START, PROVIDER, accept(own)),
        Err(Refusal::SettlementNotCovered(U256::ZERO))
    );
    ledger.apply(START, PROVIDER, accept(own)).unwrap();
    assert_eq!(ledger.stake_of(PROVIDER_ID), dimo(50_000));
    assert_eq!(ledger.debt_of(PROVIDER), U256::ZERO);
}

#[test]
fn a_burn_that_is_due_holds_the_stake_also_of_an_ended_licence() {
    let mut ledger = new("seed");
    let (kind, id) = (LicenseKind::App, LicenseId(1));
    let terms = hash(0);
    let apply_for = Action::ApplyFor { kind, terms };
    ledger.apply(START, OWNER, apply_for.clone()).unwrap();
    let analysis = hash(0);
    let overrule = Action::Overrule { id, analysis };
    ledger.apply(START, GOVERNANCE, overrule).unwrap();
    let amount = dimo(300);
    let stake = Action::Stake { id, amount };
    ledger.apply(START, OWNER, stake).unwrap();
    assert_eq!(ledger.withdrawable(START, id), amount);
    // January 2026.
    let month = 56 * 12;
    let report = Action::ReportMonth {
        id,
        month,
        users: 20_000,
    };
    ledger.apply(START, REPORTER, report).unwrap();
    assert_eq!(ledger.withdrawable(START, id), U256::ZERO);
    let renounce = Action::Renounce { id };
    ledger.apply(START, OWNER, renounce).unwrap();
    ledger.apply(START, OWNER, apply_for).unwrap();
    let now = ledger.release_at(id);
    assert_eq!(ledger.withdrawable(now, id), U256::ZERO);
    let release = Action::Release { id };
    assert_eq!(
        ledger.apply(now, OWNER, release.clone()),
        Err(Refusal::StakeNotFree(id))
    );
    let pay = Action::PayBurn { id, month };
    ledger.apply(now, OWNER, pay).unwrap();
    assert_eq!(ledger.withdrawable(now, id), amount);
    ledger.apply(now, OWNER, release).unwrap();
}

#[test]
fn a_contest_that_nobody_decides_lapses_after_a_second_window() {
    let mut ledger = running("seed").unwrap();
    let (id, device) = (VoucherId(1), 1);
    let buy = Action::Buy {
        to: OWNER,
        device_type: type_key(DeviceType::DashCam),
        count: 1,
        cost_max: U256::MAX,
    };
    ledger.apply(START, OWNER, buy).unwrap();
    let bond = Action::Bond {
        id,
        connection: Connection::Hardware,
        device,
    };
    ledger.apply(START, OWNER, bond).unwrap();
    let evidence = hash(1);
    let report = Action::ReportMalfunction { id, evidence };
    ledger.apply(START, OWNER, report).unwrap();
    let contest = Action::ContestMalfunction { id, evidence };
    ledger.apply(START, PROVIDER, contest).unwrap();
    let (lapses, finalize) = (START + 28 * DAY, Action::FinalizeMalfunction { id });
    assert_eq!(
        ledger.apply(lapses - 1, OWNER, finalize.clone()),
        Err(Refusal::DisputeWindowOpen(id))
    );
    ledger.apply(lapses, CHALLENGER, finalize).unwrap();
    assert_eq!(ledger.escrow(id).unwrap().state, EscrowState::Streaming);
}

#[test]
fn a_price_above_2_to_the_96_is_named_but_not_sold() {
    let mut ledger = running("seed").unwrap();
    let mut device_type = type_key(DeviceType::DashCam);
    device_type[8] = b'2';
    let add = Action::AddType { device_type };
    ledger.apply(START, MEMBER, add).unwrap();
    let price = U256::from(1) << 96;
    let terms = |price| Action::SetTypeTerms {
        device_type,
        price,
        cap: U256::ZERO,
    };
    let buy = Action::Buy {
        to: OWNER,
        device_type,
        count: 1,
        cost_max: U256::MAX,
    };
    ledger.apply(START, GOVERNANCE, terms(price)).unwrap();
    assert_eq!(
        ledger.apply(START, OWNER, buy.clone()),
        Err(Refusal::PriceTooLarge(price))
    );
    let most = price - U256::from(1);
    ledger.apply(START, GOVERNANCE, terms(most)).unwrap();
    // On sale; the buyer has less.
    assert!(matches!(
        ledger.apply(START, OWNER, buy),
        Err(Refusal::BalanceTooSmall { .. })
    ));
}
