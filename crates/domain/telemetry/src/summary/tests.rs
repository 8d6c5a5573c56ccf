use milepost_signals::{Location, SignalId, Value, id};

use super::*;
use crate::{
    APPROXIMATE_NAME,
    model::{ModelStore, Row},
};

fn vehicle() -> Did {
    "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:7"
        .parse()
        .unwrap()
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

fn add(store: &ModelStore, signal: SignalId, micros: i64, event_id: &'static str, source: u8) {
    let value = match signal {
        id::CURRENT_LOCATION_COORDINATES => Value::Location(Location {
            latitude: 1.0,
            ..Location::default()
        }),
        _ => Value::Number(1.0),
    };
    let source = Address::with_last_byte(source);
    store.add(Row {
        subject: vehicle(),
        signal,
        at: at(micros),
        source,
        event_id,
        value,
    });
}

fn set(permissions: &[Permission]) -> PermissionSet {
    permissions.iter().copied().collect()
}

fn driven() -> ModelStore {
    let store = ModelStore::default();
    add(&store, id::SPEED, 10, "a", 1);
    add(&store, id::SPEED, 10, "b", 2);
    add(&store, id::SPEED, 30, "c", 1);
    add(&store, id::CURRENT_LOCATION_COORDINATES, 5, "a", 1);
    add(&store, id::CURRENT_LOCATION_HEADING, 50, "a", 1);
    store.add_event(vehicle(), "behavior.harshBraking", at(60));
    store
}

#[test]
fn the_total_is_the_sum_and_duplicates_count_once() {
    let view = summary(&driven(), &vehicle(), None, PermissionSet::ALL).unwrap();
    assert_eq!(view.number_of_signals, 4);
    assert_eq!(
        (view.first_seen, view.last_seen),
        (Some(at(5)), Some(at(60)))
    );
    let names: Vec<&str> = view.signals.iter().map(|e| e.name).collect();
    assert_eq!(
        names,
        [
            "currentLocationCoordinates",
            "currentLocationHeading",
            "speed"
        ]
    );
    assert_eq!((view.signals[2].count, view.events[0].count), (2, 1));
}

#[test]
fn without_location_permission_totals_and_times_hide_positions_and_events() {
    let view = summary(
        &driven(),
        &vehicle(),
        None,
        set(&[Permission::NonLocationHistory]),
    )
    .unwrap();
    assert_eq!(view.number_of_signals, 2);
    assert_eq!(
        (view.first_seen, view.last_seen),
        (Some(at(10)), Some(at(30)))
    );
    assert_eq!(view.signals.len(), 1);
    assert!(view.events.is_empty());
}

#[test]
fn approximate_permission_counts_positions_under_the_approximate_name() {
    let view = summary(
        &driven(),
        &vehicle(),
        None,
        set(&[Permission::ApproximateLocation]),
    )
    .unwrap();
    assert_eq!(view.signals.len(), 1);
    assert_eq!(
        (view.signals[0].name, view.number_of_signals),
        (APPROXIMATE_NAME, 1)
    );
}

#[test]
fn a_source_narrows_signals_but_not_events() {
    let view = summary(
        &driven(),
        &vehicle(),
        Some(Address::with_last_byte(2)),
        PermissionSet::ALL,
    )
    .unwrap();
    assert_eq!((view.number_of_signals, view.events.len()), (1, 1));
}

#[test]
fn no_data_is_no_time_rather_than_an_invented_one() {
    assert_eq!(
        summary(&ModelStore::default(), &vehicle(), None, PermissionSet::ALL).unwrap(),
        SummaryView::default()
    );
    assert_eq!(
        summary(&driven(), &vehicle(), None, PermissionSet::EMPTY).unwrap(),
        SummaryView::default()
    );
}
