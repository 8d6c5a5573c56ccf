use std::collections::BTreeSet;

use alloy_primitives::{Address, B256, U256};
use milepost_economics::{LicenseKind, Profile};
use milepost_ledger::{Accounts, Action, Connection, Device, Ledger, LicenseId, Member, Refusal};

/// 1 March 2026, 00:00:00 UTC.
pub(crate) const START: u64 = 1_772_323_200;
pub(crate) const DAY: u64 = 86_400;

pub(crate) const fn account(number: u8) -> Address {
    Address::with_last_byte(number)
}

pub(crate) const GOVERNANCE: Address = account(1);
pub(crate) const MEMBER: Address = account(2);
pub(crate) const REPORTER: Address = account(3);
pub(crate) const FOUNDATION: Address = account(4);
pub(crate) const PANEL: Address = account(5);
pub(crate) const PROVIDER: Address = account(10);
pub(crate) const NODE: Address = account(11);
pub(crate) const OWNER: Address = account(12);
pub(crate) const CHALLENGER: Address = account(13);
pub(crate) const VAULT: Address = account(200);
pub(crate) const COURT: Address = account(201);
pub(crate) const ESCROW: Address = account(202);

pub(crate) fn dimo(whole: u64) -> U256 {
    U256::from(whole) * U256::from(10u64.pow(18))
}

pub(crate) fn hash(number: u64) -> B256 {
    B256::from(U256::from(number) + U256::from(1))
}

pub(crate) fn new(profile: &str) -> Ledger {
    let accounts = Accounts {
        governance: GOVERNANCE,
        members: vec![Member {
            account: MEMBER,
            until: START + 300 * DAY,
            conflicts: BTreeSet::from([CHALLENGER]),
        }],
        reporters: BTreeSet::from([REPORTER]),
        treasury: account(20),
        team: account(21),
        foundation: FOUNDATION,
        panel: PANEL,
        external_adjudicator: PANEL,
        vault: VAULT,
        court: COURT,
        escrow: ESCROW,
        balances: (1..20).map(|i| (account(i), dimo(1_000_000))).collect(),
    };
    Ledger::new(
        &Profile::load(profile).expect("a built-in profile"),
        accounts,
    )
}

/// With an active provider and node, and two devices of the provider paired with vehicles.
pub(crate) fn running(profile: &str) -> Result<Ledger, Refusal> {
    let mut ledger = new(profile);
    ledger.apply(
        START,
        OWNER,
        Action::Rebase {
            twap: U256::from(10u64.pow(17)),
        },
    )?;
    let licenses = [(PROVIDER, LicenseKind::Provider), (NODE, LicenseKind::Node)];
    for (i, (holder, kind)) in licenses.into_iter().enumerate() {
        let id = LicenseId(i as u64 + 1);
        ledger.apply(
            START,
            holder,
            Action::ApplyFor {
                kind,
                terms: hash(0),
            },
        )?;
        ledger.apply(
            START,
            GOVERNANCE,
            Action::Overrule {
                id,
                analysis: hash(0),
            },
        )?;
        let amount = ledger.requirement(id);
        ledger.apply(START, holder, Action::Stake { id, amount })?;
        assert!(ledger.is_active(START, id));
    }
    for id in 1..=2 {
        let wallet = Address::with_last_byte(100 + u8::try_from(id).expect("few devices"));
        let device = Device {
            wallet,
            vehicle: id,
            owner: OWNER,
            maker: PROVIDER,
        };
        let connection = Connection::Hardware;
        ledger.apply(
            START,
            OWNER,
            Action::SetDevice {
                connection,
                id,
                device,
            },
        )?;
    }
    Ok(ledger)
}
