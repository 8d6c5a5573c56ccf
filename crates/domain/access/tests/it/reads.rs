use milepost_access::VehicleToken;
use milepost_policy::{Denial, Permission, PermissionSet, TwinView as _, Vehicle};
use milepost_types::{Did, Timestamp, U256};
use proptest::prelude::*;

use crate::world::{APP, BUYER, CHAIN, OWNER, World, at, grant, licence, never, set, vehicle};

fn token(permissions: PermissionSet) -> VehicleToken {
    VehicleToken {
        client_id: APP,
        asset: vehicle(1),
        permissions,
        grant_version: 0,
        block: 1,
        not_before: at(0),
        expires_at: at(600),
        jti: "token".into(),
    }
}

const LOCATION: Permission = Permission::LocationHistory;
const TELEMETRY: Permission = Permission::NonLocationHistory;

fn denied(world: &World, token: &VehicleToken, now: Timestamp) -> bool {
    world.service.authorize_read(token, now)
        == Err(Denial::NoGrant {
            asset: token.asset,
            grantee: token.client_id,
        })
}

#[test]
fn a_read_states_the_block_and_ends_with_token_or_grant() {
    let world = World::new();
    world
        .chain
        .set_grant(vehicle(1), APP, grant(set(&[LOCATION, TELEMETRY]), at(300)));
    let read = world
        .service
        .authorize_read(&token(set(&[LOCATION])), at(1))
        .unwrap();
    assert_eq!(
        (read.client_id, read.asset, read.permissions),
        (APP, vehicle(1), set(&[LOCATION]))
    );
    assert_eq!((read.expires_at, read.block), (at(300), world.chain.head()));

    world
        .chain
        .set_grant(vehicle(1), APP, grant(set(&[LOCATION, TELEMETRY]), never()));
    assert_eq!(
        world
            .service
            .authorize_read(&token(set(&[LOCATION])), at(1))
            .unwrap()
            .expires_at,
        at(600)
    );
}

#[test]
fn d1_42_withdrawal_stops_the_next_read() {
    let world = World::new();
    let held = token(set(&[LOCATION, TELEMETRY]));
    assert!(denied(&world, &held, at(1)), "nothing granted");
    world
        .chain
        .set_grant(vehicle(1), APP, grant(set(&[LOCATION, TELEMETRY]), at(900)));
    assert!(world.service.authorize_read(&held, at(1)).is_ok());
    // Overwritten with less: the rest goes at once.
    world
        .chain
        .set_grant(vehicle(1), APP, grant(set(&[TELEMETRY]), at(900)));
    assert_eq!(
        world
            .service
            .authorize_read(&held, at(1))
            .unwrap()
            .permissions,
        set(&[TELEMETRY])
    );
    // Overwritten with something else altogether.
    world
        .chain
        .set_grant(vehicle(1), APP, grant(set(&[Permission::RawData]), at(900)));
    assert!(denied(&world, &held, at(1)));
    // Withdrawn.
    world
        .chain
        .set_grant(vehicle(1), APP, grant(PermissionSet::EMPTY, at(900)));
    assert!(denied(&world, &held, at(1)));
}

#[test]
fn an_expired_grant_or_token_reads_nothing() {
    let world = World::new();
    world
        .chain
        .set_grant(vehicle(1), APP, grant(set(&[LOCATION]), at(300)));
    let held = token(set(&[LOCATION]));
    assert!(world.service.authorize_read(&held, at(299)).is_ok());
    assert!(
        denied(&world, &held, at(300)),
        "good only while later than now"
    );
    world
        .chain
        .set_grant(vehicle(1), APP, grant(set(&[LOCATION]), never()));
    assert!(world.service.authorize_read(&held, at(599)).is_ok());
    assert!(denied(&world, &held, at(600)), "the token has ended");
    assert!(
        denied(
            &world,
            &VehicleToken {
                not_before: at(60),
                ..held
            },
            at(1)
        ),
        "the token has not begun"
    );
}

#[test]
fn d1_43_a_revoked_licence_reads_nothing_even_with_a_grant() {
    let world = World::new();
    world
        .chain
        .set_grant(vehicle(1), APP, grant(PermissionSet::ALL, never()));
    let held = token(set(&[LOCATION]));
    world.chain.revoke(APP);
    assert_eq!(
        world.service.authorize_read(&held, at(1)),
        Err(Denial::Unlicensed(APP))
    );
    world.chain.issue(APP);
    assert!(world.service.authorize_read(&held, at(1)).is_ok());
}

#[test]
fn a_sale_ends_the_token_even_when_the_buyer_grants_too() {
    let world = World::new();
    world
        .chain
        .set_grant(vehicle(1), APP, grant(PermissionSet::ALL, never()));
    let held = token(set(&[LOCATION]));
    world.chain.transfer(vehicle(1), BUYER);
    assert!(denied(&world, &held, at(1)));
    world
        .chain
        .set_grant(vehicle(1), APP, grant(PermissionSet::ALL, never()));
    assert!(
        denied(&world, &held, at(1)),
        "the buyer's grant needs a new token"
    );
    let fresh = VehicleToken {
        grant_version: 1,
        ..held
    };
    assert!(world.service.authorize_read(&fresh, at(1)).is_ok());
}

#[test]
fn a_token_of_one_vehicle_says_nothing_about_another() {
    let world = World::new();
    world
        .chain
        .set_grant(vehicle(1), APP, grant(PermissionSet::ALL, never()));
    let read = world
        .service
        .authorize_read(&token(set(&[LOCATION])), at(1))
        .unwrap();
    assert_eq!(read.asset, vehicle(1));
    assert!(denied(
        &world,
        &VehicleToken {
            asset: vehicle(2),
            ..token(set(&[LOCATION]))
        },
        at(1)
    ));
}

#[test]
fn a_burned_or_foreign_vehicle_is_unknown() {
    let world = World::new();
    world
        .chain
        .set_grant(vehicle(1), APP, grant(PermissionSet::ALL, never()));
    let held = token(set(&[LOCATION]));
    let elsewhere = Did::erc721(
        milepost_types::ChainId(1),
        held.asset.address(),
        U256::from(1),
    );
    let foreign = VehicleToken {
        asset: elsewhere,
        ..held.clone()
    };
    assert_eq!(
        world.service.authorize_read(&foreign, at(1)),
        Err(Denial::UnknownAsset(elsewhere))
    );
    world
        .chain
        .next_block(|facts| facts.vehicles.retain(|did, _| *did != vehicle(1)));
    assert_eq!(
        world.service.authorize_read(&held, at(1)),
        Err(Denial::UnknownAsset(vehicle(1)))
    );
}

/// Facts that matter to one read, small enough that they often agree.
#[derive(Debug, Clone)]
struct Case {
    licensed: bool,
    owner_is_app: bool,
    version: u64,
    token_version: u64,
    token: PermissionSet,
    token_ends: u64,
    direct: Option<Record>,
    account: Option<Record>,
    now: u64,
}

/// A grant: raw bits with half-set pairs among them, its version, end and template.
type Record = (u32, u64, u64, bool);

fn record() -> impl Strategy<Value = Option<Record>> {
    prop::option::weighted(
        0.7,
        (any::<u32>(), 0..2u64, 1..6u64, prop::bool::weighted(0.2)),
    )
}

fn case() -> impl Strategy<Value = Case> {
    let token = prop::sample::subsequence(Permission::ALL.to_vec(), 0..=8);
    (
        prop::bool::weighted(0.9),
        prop::bool::weighted(0.1),
        0..2u64,
        0..2u64,
        token,
        1..6u64,
        record(),
        record(),
        0..6u64,
    )
        .prop_map(
            |(
                licensed,
                owner_is_app,
                version,
                token_version,
                token,
                token_ends,
                direct,
                account,
                now,
            )| Case {
                licensed,
                owner_is_app,
                version,
                token_version,
                token: token.into_iter().collect(),
                token_ends,
                direct,
                account,
                now,
            },
        )
}

fn put(world: &World, case: &Case) {
    world.chain.next_block(|facts| {
        let owner = if case.owner_is_app { APP } else { OWNER };
        facts.licences.clear();
        facts.grants.clear();
        if case.licensed {
            facts.licences.insert(APP, licence());
        }
        facts.vehicles.insert(
            vehicle(1),
            Vehicle {
                owner,
                version: case.version,
            },
        );
        for (asset, record) in [
            (vehicle(1), case.direct),
            (Did::ethr(CHAIN, owner), case.account),
        ] {
            if let Some((bits, version, ends, template_inactive)) = record {
                let mut grant = grant(PermissionSet::EMPTY, at(ends));
                (grant.permissions, grant.version, grant.template_inactive) =
                    (U256::from(bits), version, template_inactive);
                facts.grants.insert((asset, APP), grant);
            }
        }
    });
}

/// What the contract itself would answer, permission by permission.
fn on_chain(case: &Case, permission: Permission) -> bool {
    let holds = |(bits, _, ends, inactive): Record| {
        let pair = bits >> (2 * u32::from(permission.id())) & 3;
        pair == 3 && case.now < ends && !inactive
    };
    let direct = case
        .direct
        .is_some_and(|record| record.1 == case.version && holds(record));
    case.licensed && (case.owner_is_app || direct || case.account.is_some_and(holds))
}

#[test]
fn a_read_never_yields_more_than_the_token_and_the_chain_grant() {
    let world = World::new();
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(4_000)
    };
    proptest!(config, |(case in case())| {
        put(&world, &case);
        let held = VehicleToken { grant_version: case.token_version, expires_at: at(case.token_ends), ..token(case.token) };
        let live = case.now < case.token_ends && case.token_version == case.version;
        let expected: PermissionSet =
            case.token.iter().filter(|permission| live && on_chain(&case, *permission)).collect();
        match world.service.authorize_read(&held, at(case.now)) {
            Ok(read) => {
                prop_assert!(case.token.covers(read.permissions));
                prop_assert_eq!(read.permissions, expected);
                prop_assert!(!read.permissions.is_empty() && read.expires_at > at(case.now));
                prop_assert!(read.expires_at <= held.expires_at);
            }
            Err(_) => prop_assert!(expected.is_empty(), "refused {expected:?}"),
        }
    });
}
