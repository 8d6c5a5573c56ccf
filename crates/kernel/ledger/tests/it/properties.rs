use alloy_primitives::U256;
use milepost_economics::{DeviceType, FunctionClass, LicenseKind, PROFILE_NAMES};
use milepost_ledger::{
    Action, CaseId, Challenge, Connection, Effect, Ledger, LicenseId, RootId, Ruling, StakeClass,
    VoucherId, merkle, type_key,
};
use proptest::prelude::*;

use crate::world::{self, DAY, account, dimo, hash};

/// A step as numbers: what, who, on what, how much, and how much later.
type Numbers = (u8, u8, u64, u64, u64);

fn action((what, _, on, much, _): Numbers, ledger: &Ledger) -> Action {
    let id = LicenseId(on % 5 + 1);
    let case = CaseId(on % 3 + 1);
    let voucher = VoucherId(on % 4 + 1);
    let amount = dimo(much % 150_000) + U256::from(much % 7);
    let (analysis, evidence) = (hash(much), hash(much));
    match what {
        0 => Action::ApplyFor {
            kind: LicenseKind::ALL[usize::try_from(on % 7).expect("small")],
            terms: analysis,
        },
        1 => Action::Decide {
            id,
            approved: much % 5 != 0,
            analysis,
        },
        2 => Action::Suspend { id, analysis },
        3 => Action::Reinstate { id, analysis },
        4 => Action::Revoke { id, analysis },
        5 => Action::Renounce { id },
        6 => Action::Release { id },
        7 => Action::ReportUsage {
            id,
            users: much % 40_000,
            units: much,
            class: FunctionClass::Raw,
        },
        8 => Action::ReportMonth {
            id,
            month: 674 + on % 9,
            users: much,
        },
        9 => Action::PayBurn {
            id,
            month: 674 + on % 9,
        },
        10 | 11 => Action::Stake { id, amount },
        12 => Action::Lend {
            id,
            amount,
            due_at: world::START + much % 1_000 * DAY,
        },
        13..=15 => {
            let class = StakeClass::ALL[usize::try_from(much % 3).expect("small")];
            Action::WithdrawStake { id, class, amount }
        }
        16 | 17 => Action::OpenCase(Challenge {
            license: id,
            breach_at: world::START,
            claim: evidence,
            evidence,
            subject: (much % 4 == 0).then_some(RootId(on % 2 + 1)),
        }),
        18 => Action::Respond { id: case, evidence },
        19 => Action::ProposeSettlement { id: case, amount },
        20 => {
            let offer = ledger.offers(case).unwrap_or_default();
            Action::AcceptSettlement {
                id: case,
                amount: if on % 2 == 0 { offer.0 } else { offer.1 },
            }
        }
        21 => Action::DeclineMediation { id: case },
        22..=24 => {
            let ruling = Ruling {
                upheld: much % 3 != 0,
                reparation: if much % 3 == 0 {
                    U256::ZERO
                } else {
                    amount + U256::from(1)
                },
                award: None,
                opinion: evidence,
                impact_root: merkle::claim_leaf(case, account(12), U256::from(3)),
                impact_shares: U256::from(3),
            };
            Action::Rule {
                id: case,
                ruling,
                arbitrators: 3,
            }
        }
        25 => Action::Appeal { id: case },
        26 => Action::CloseCase { id: case },
        27 => Action::Claim {
            id: case,
            account: account(12),
            shares: U256::from(3),
            proof: Vec::new(),
        },
        28 => Action::SweepUnclaimed { id: case },
        29 => Action::PayDebt { id: case, amount },
        30 | 31 => {
            let device_type = type_key(DeviceType::ALL[usize::try_from(on % 6).expect("small")]);
            Action::Buy {
                to: account(12),
                device_type,
                count: much % 3,
                cost_max: U256::MAX,
            }
        }
        32 | 33 => Action::Bond {
            id: voucher,
            connection: Connection::Hardware,
            device: on % 2 + 1,
        },
        34 => Action::PostRoot {
            root: merkle::month_leaf(voucher, much % 4 + 1, account(12)),
        },
        35..=37 => Action::Settle {
            id: voucher,
            period: much % 4 + 1,
            owner: account(12),
            root: RootId(on % 3 + 1),
            proof: Vec::new(),
        },
        38 => Action::ReportMalfunction {
            id: voucher,
            evidence,
        },
        39 => Action::ContestMalfunction {
            id: voucher,
            evidence,
        },
        40 => Action::DecideMalfunction {
            id: voucher,
            upheld: much % 2 == 0,
            reason: evidence,
        },
        41 => Action::FinalizeMalfunction { id: voucher },
        42 => Action::ClaimStream { id: voucher },
        43 => Action::Disconnect { id: voucher },
        44 => Action::CloseEscrow { id: voucher },
        _ => Action::Transfer {
            to: account(12),
            amount,
        },
    }
}

/// Governance, team, reporter, foundation, panel and the four people.
const ACTORS: [u8; 9] = [1, 2, 3, 4, 5, 10, 11, 12, 13];

fn check(before: &Ledger, after: &Ledger, action: &Action, effects: Option<&[Effect]>) {
    let minted: U256 = dimo(1_000_000) * U256::from(19);
    let sum: U256 = after.balances().map(|(_, amount)| amount).sum();
    assert_eq!(sum, after.supply());
    assert_eq!(sum + after.burned(), minted);

    let staked: U256 = after.licenses().map(|(id, _)| after.stake_of(id)).sum();
    assert_eq!(after.balance(world::VAULT), staked);
    assert_eq!(after.total_staked(), staked);
    let (deposits, parts) = after.held_by_court();
    assert_eq!(after.balance(world::COURT), deposits + parts);
    let held: U256 = after.escrows().map(|(_, escrow)| escrow.held()).sum();
    assert_eq!(after.balance(world::ESCROW), held);
    for (id, escrow) in after.escrows() {
        let spent = escrow.spent;
        let all = spent.burned
            + spent.provider
            + spent.team
            + spent.user
            + spent.treasury
            + escrow.held();
        assert_eq!(all, escrow.terms.price, "voucher {id}");
    }

    let ruling = matches!(
        action,
        Action::CloseCase { .. } | Action::AcceptSettlement { .. }
    );
    for (id, _) in before.licenses() {
        let less = after.stake_of(id) < before.stake_of(id);
        if less && before.open_challenges(id) > 0 {
            assert!(
                ruling,
                "stake of licence {id} left while a case was open: {action:?}"
            );
        }
        if less && !ruling {
            assert!(matches!(action, Action::WithdrawStake { .. }), "{action:?}");
        }
    }
    match effects {
        None => assert_eq!(
            before, after,
            "a refused action changed something: {action:?}"
        ),
        Some(effects) => {
            let slashed = effects
                .iter()
                .any(|effect| matches!(effect, Effect::Slashed { .. }));
            assert!(!slashed || ruling, "slashed by {action:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn tokens_stakes_and_escrows_are_conserved_and_refusals_change_nothing(
        profile in 0..PROFILE_NAMES.len(),
        steps in prop::collection::vec((0u8..46, 0u8..9, 0u64..60, any::<u64>(), 0u64..30 * DAY), 1..120),
    ) {
        let mut ledger = world::running(PROFILE_NAMES[profile]).unwrap();
        let mut now = world::START;
        for step in steps {
            // Half of the steps happen at the same time as the one before.
            now += if step.4 % 2 == 0 { 0 } else { step.4 };
            let action = action(step, &ledger);
            let caller = account(ACTORS[usize::from(step.1)]);
            let before = ledger.clone();
            let done = ledger.apply(now, caller, action.clone());
            check(&before, &ledger, &action, done.as_deref().ok());
        }
    }
}
