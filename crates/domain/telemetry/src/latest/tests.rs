use milepost_signals::SignalId;

use super::*;
use crate::model::{ModelStore, Row};

fn vehicle() -> Did {
    "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:7"
        .parse()
        .unwrap()
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

fn add(store: &ModelStore, signal: SignalId, micros: i64, value: Value) {
    let (subject, source) = (vehicle(), Address::ZERO);
    store.add(Row {
        subject,
        signal,
        at: at(micros),
        source,
        event_id: "a",
        value,
    });
}

fn fix(latitude: f64, longitude: f64) -> Value {
    Value::Location(Location {
        latitude,
        longitude,
        hdop: 1.0,
        heading: 0.0,
    })
}

fn set(permissions: &[Permission]) -> PermissionSet {
    permissions.iter().copied().collect()
}

fn driven() -> ModelStore {
    let store = ModelStore::default();
    add(&store, id::SPEED, 10, Value::Number(30.0));
    add(
        &store,
        id::CURRENT_LOCATION_COORDINATES,
        20,
        fix(42.33, -83.04),
    );
    add(&store, id::CURRENT_LOCATION_COORDINATES, 30, fix(0.0, 0.0));
    add(
        &store,
        id::CURRENT_LOCATION_ALTITUDE,
        25,
        Value::Number(180.0),
    );
    store
}

#[test]
fn latest_position_is_the_newest_real_fix_and_last_seen_counts_all() {
    let view = latest(&driven(), &vehicle(), None, PermissionSet::ALL);
    let position = view
        .signals
        .iter()
        .find(|e| e.signal == id::CURRENT_LOCATION_COORDINATES)
        .unwrap();
    assert_eq!(
        (position.at, &position.value),
        (at(20), &fix(42.33, -83.04))
    );
    assert_eq!(view.last_seen, Some(at(30)));
    assert_eq!(view.approximate.unwrap().0, at(20));
}

#[test]
fn only_null_island_fixes_are_no_position_but_were_seen() {
    let store = ModelStore::default();
    add(&store, id::CURRENT_LOCATION_COORDINATES, 30, fix(0.0, 0.0));
    let view = latest(&store, &vehicle(), None, PermissionSet::ALL);
    assert!(view.signals.is_empty() && view.approximate.is_none());
    assert_eq!(view.last_seen, Some(at(30)));
    assert!(available(&store, &vehicle(), None, PermissionSet::ALL).is_empty());
}

#[test]
fn without_location_permission_not_even_the_time_of_a_fix_shows() {
    let permissions = set(&[Permission::NonLocationHistory]);
    let view = latest(&driven(), &vehicle(), None, permissions);
    assert_eq!(view.signals.len(), 1);
    assert_eq!((view.last_seen, view.approximate), (Some(at(10)), None));
    assert_eq!(
        available(&driven(), &vehicle(), None, permissions),
        ["speed"]
    );
    assert_eq!(
        snapshot(&view).len(),
        1,
        "altitude and heading stay hidden too"
    );
}

#[test]
fn approximate_permission_gives_the_cell_and_nothing_exact() {
    let permissions = set(&[Permission::ApproximateLocation]);
    let view = latest(&driven(), &vehicle(), None, permissions);
    assert!(view.signals.is_empty());
    let (time, position) = view.approximate.unwrap();
    assert_eq!(time, at(20));
    assert_ne!((position.latitude, position.longitude), (42.33, -83.04));
    assert_eq!(view.last_seen, Some(at(20)));
    assert_eq!(
        available(&driven(), &vehicle(), None, permissions),
        [APPROXIMATE_NAME]
    );
    assert_eq!(snapshot(&view)[0].0, APPROXIMATE_NAME);
}

#[test]
fn nothing_stored_or_nothing_granted_is_nothing() {
    assert_eq!(
        latest(&ModelStore::default(), &vehicle(), None, PermissionSet::ALL),
        LatestView::default()
    );
    assert_eq!(
        latest(&driven(), &vehicle(), None, PermissionSet::EMPTY),
        LatestView::default()
    );
    assert!(available(&driven(), &vehicle(), None, PermissionSet::EMPTY).is_empty());
    assert_eq!(
        latest(
            &driven(),
            &vehicle(),
            Some(Address::with_last_byte(9)),
            PermissionSet::ALL
        ),
        LatestView::default()
    );
}

#[test]
fn snapshot_is_ordered_by_name_and_keeps_empty_texts_as_texts() {
    let store = driven();
    add(&store, id::OBD_FUEL_TYPE_NAME, 5, Value::Text("".into()));
    let view = latest(&store, &vehicle(), None, PermissionSet::ALL);
    let all = snapshot(&view);
    let names: Vec<&str> = all.iter().map(|(name, ..)| *name).collect();
    assert!(names.is_sorted());
    let text = all
        .iter()
        .find(|(name, ..)| *name == "obdFuelTypeName")
        .unwrap();
    assert_eq!(text.2, Value::Text("".into()));
}

#[test]
fn every_available_name_is_in_the_catalogue() {
    let store = ModelStore::default();
    for signal in SignalId::ALL {
        let value = match signal.definition().kind {
            milepost_signals::ValueKind::Number => Value::Number(1.0),
            milepost_signals::ValueKind::Text => Value::Text("x".into()),
            milepost_signals::ValueKind::Location => fix(1.0, 1.0),
        };
        add(&store, *signal, 1, value);
    }
    let names = available(&store, &vehicle(), None, PermissionSet::ALL);
    assert_eq!(names.len(), SignalId::ALL.len());
    assert!(names.is_sorted() && names.iter().all(|name| SignalId::by_name(name).is_some()));
}
