use std::time::{Duration, Instant};

use milepost_signals::{Location, Value, id};
use proptest::prelude::*;

use super::*;
use crate::{
    FloatAggregation, FloatFilter, Interval, LocationAggregation, LocationFilter, TextAggregation,
    model::{ModelStore, Row},
};

const VEHICLE: &str = "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:7";

fn vehicle() -> Did {
    VEHICLE.parse().unwrap()
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

fn row(signal: SignalId, micros: i64, value: Value) -> Row {
    Row {
        subject: vehicle(),
        signal,
        at: at(micros),
        source: Address::ZERO,
        event_id: "a",
        value,
    }
}

fn speed(micros: i64, value: f64) -> Row {
    row(id::SPEED, micros, Value::Number(value))
}

fn grid(from: i64, to: i64, interval: i64) -> Grid {
    Grid::new(
        at(from),
        at(to),
        Interval::from_micros(interval).unwrap(),
        &Limits::default(),
    )
    .unwrap()
}

fn float(signal: SignalId, how: FloatAggregation) -> Item {
    Item {
        signal,
        aggregation: Aggregation::Float {
            how,
            filter: FloatFilter::default(),
        },
    }
}

fn request(grid: Grid, items: Vec<Item>) -> SeriesRequest {
    SeriesRequest {
        grid,
        source: None,
        items,
    }
}

fn budget() -> Budget {
    Budget::until(Instant::now() + Duration::from_secs(60))
}

fn read(
    store: &ModelStore,
    requests: &[SeriesRequest],
    limits: &Limits,
) -> Result<Vec<SeriesTable>, QueryError> {
    read_series(store, &vehicle(), requests, limits, &budget())
}

#[test]
fn a_day_of_several_columns_is_one_call_of_the_store() {
    let store = ModelStore::default();
    store.add(speed(5, 3.0));
    store.add(row(id::POWERTRAIN_TYPE, 15, Value::Text("ELECTRIC".into())));
    let day = grid(0, 86_400_000_000, 10_000_000);
    let items = vec![
        float(id::SPEED, FloatAggregation::Avg),
        float(id::SPEED, FloatAggregation::Max),
        Item {
            signal: id::POWERTRAIN_TYPE,
            aggregation: Aggregation::Text(TextAggregation::Last),
        },
    ];
    let tables = read(
        &store,
        &[request(day, items.clone()), request(day, items)],
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(store.take_range_calls(), 1);
    assert_eq!(tables.len(), 2);
    assert_eq!(tables[0], tables[1]);
    assert_eq!(tables[0].columns[0], Column::Numbers(vec![(0, 3.0)]));
}

#[test]
fn different_windows_are_read_apart_and_empty_ones_not_at_all() {
    let store = ModelStore::default();
    store.add(speed(5, 3.0));
    store.add(speed(50, 4.0));
    let item = || vec![float(id::SPEED, FloatAggregation::Last)];
    let requests = [
        request(grid(0, 10, 10), item()),
        request(grid(40, 60, 10), item()),
        request(grid(5, 5, 10), item()),
    ];
    let tables = read(&store, &requests, &Limits::default()).unwrap();
    assert_eq!(store.take_range_calls(), 2);
    assert_eq!(tables[0].columns[0], Column::Numbers(vec![(0, 3.0)]));
    assert_eq!(tables[1].columns[0], Column::Numbers(vec![(1, 4.0)]));
    assert!(tables[2].columns[0].is_empty());
    read(
        &store,
        &[request(grid(0, 10, 10), vec![])],
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(store.take_range_calls(), 0, "no column, no read");
}

#[test]
fn the_source_filter_comes_before_duplicates_collapse() {
    let store = ModelStore::default();
    let (one, two) = (Address::with_last_byte(1), Address::with_last_byte(2));
    store.add(Row {
        source: one,
        event_id: "a",
        ..speed(5, 1.0)
    });
    store.add(Row {
        source: two,
        event_id: "b",
        ..speed(5, 2.0)
    });
    let of = |source| {
        let items = vec![float(id::SPEED, FloatAggregation::Last)];
        let request = SeriesRequest {
            grid: grid(0, 10, 10),
            source,
            items,
        };
        read(&store, &[request], &Limits::default())
            .unwrap()
            .remove(0)
            .columns
            .remove(0)
    };
    assert_eq!(
        of(None),
        Column::Numbers(vec![(0, 1.0)]),
        "lowest event id wins"
    );
    assert_eq!(of(Some(two)), Column::Numbers(vec![(0, 2.0)]));
    assert!(of(Some(Address::with_last_byte(3))).is_empty());
}

#[test]
fn a_row_of_buckets_is_the_union_of_the_columns() {
    let store = ModelStore::default();
    let fix = Location {
        latitude: 1.0,
        longitude: 2.0,
        hdop: 1.0,
        heading: 0.0,
    };
    store.add(speed(5, 1.0));
    store.add(speed(45, 1.0));
    store.add(row(
        id::CURRENT_LOCATION_COORDINATES,
        25,
        Value::Location(fix),
    ));
    store.add(row(
        id::CURRENT_LOCATION_COORDINATES,
        45,
        Value::Location(fix),
    ));
    let how = LocationAggregation::First;
    let location = Aggregation::Location {
        how,
        filter: LocationFilter::default(),
    };
    let items = vec![
        float(id::SPEED, FloatAggregation::Avg),
        Item {
            signal: id::CURRENT_LOCATION_COORDINATES,
            aggregation: location,
        },
    ];
    let tables = read(
        &store,
        &[request(grid(0, 100, 10), items)],
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(tables[0].buckets(), [0, 2, 4]);
}

#[test]
fn limits_end_a_read_with_their_name() {
    let store = ModelStore::default();
    (0..20).for_each(|t| store.add(speed(t, 1.0)));
    let requests = [request(
        grid(0, 20, 1),
        vec![float(id::SPEED, FloatAggregation::Avg)],
    )];
    let error = read(
        &store,
        &requests,
        &Limits {
            points_max: 19,
            ..Limits::default()
        },
    )
    .unwrap_err();
    assert!(
        error.is_callers() && error.to_string().contains("more than 19 points"),
        "{error}"
    );
    let error = read(
        &store,
        &requests,
        &Limits {
            cells_max: 19,
            ..Limits::default()
        },
    )
    .unwrap_err();
    assert!(
        error.is_callers() && error.to_string().contains("more than 19 values"),
        "{error}"
    );
    assert!(
        read(
            &store,
            &requests,
            &Limits {
                points_max: 20,
                cells_max: 20,
                ..Limits::default()
            }
        )
        .is_ok()
    );
}

#[test]
fn a_read_stops_when_its_time_is_over_or_its_caller_gone() {
    let store = ModelStore::default();
    let requests = [request(
        grid(0, 20, 1),
        vec![float(id::SPEED, FloatAggregation::Avg)],
    )];
    let late = Budget::until(Instant::now());
    let limits = Limits::default();
    assert!(matches!(
        read_series(&store, &vehicle(), &requests, &limits, &late),
        Err(QueryError::TimedOut)
    ));
    let gone = budget();
    gone.cancel();
    assert!(matches!(
        read_series(&store, &vehicle(), &requests, &limits, &gone),
        Err(QueryError::Cancelled)
    ));
    assert_eq!(store.take_range_calls(), 0);
}

#[test]
fn a_store_failure_is_ours_not_the_callers() {
    let store = ModelStore::default();
    store.break_disk();
    let requests = [request(
        grid(0, 20, 1),
        vec![float(id::SPEED, FloatAggregation::Avg)],
    )];
    let error = read(&store, &requests, &Limits::default()).unwrap_err();
    assert!(
        !error.is_callers() && !error.to_string().contains("secret"),
        "{error}"
    );
}

#[test]
fn ten_empty_years_take_a_handful_of_calls() {
    let store = ModelStore::default();
    let year = 365 * 86_400_000_000;
    let requests = [request(
        grid(0, 10 * year, year),
        vec![float(id::SPEED, FloatAggregation::Avg)],
    )];
    read(
        &store,
        &requests,
        &Limits {
            window_points: 86_400,
            ..Limits::default()
        },
    )
    .unwrap();
    assert!(store.take_range_calls() <= 6);
}

proptest! {
    #[test]
    fn reading_in_pieces_changes_nothing(
        rows in prop::collection::btree_map(0i64..30_000_000, -1e3f64..1e3, 0..120),
        interval in 1_000_000i64..20_000_000,
        window_points in 1u64..40,
    ) {
        let store = ModelStore::default();
        rows.iter().for_each(|(t, v)| store.add(speed(*t, *v)));
        use FloatAggregation::{Avg, First, Last, Max, Med, Min};
        let items = [Avg, Med, Max, Min, First, Last].map(|how| float(id::SPEED, how)).to_vec();
        let requests = [request(grid(0, 30_000_000, interval), items)];
        let whole = read(&store, &requests, &Limits::default()).unwrap();
        prop_assert_eq!(store.take_range_calls(), 1);
        let pieces = read(&store, &requests, &Limits { window_points, ..Limits::default() }).unwrap();
        prop_assert_eq!(whole, pieces);
    }
}
