use std::collections::BTreeMap;

use milepost_types::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::{Circle, Interval, Vertex};

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

/// Buckets of ten microseconds from 0 to 100.
fn grid() -> Grid {
    Grid::new(
        at(0),
        at(100),
        Interval::from_micros(10).unwrap(),
        &Limits::default(),
    )
    .unwrap()
}

fn numbers(how: FloatAggregation, points: &[(i64, f64)]) -> Vec<(u32, f64)> {
    filtered(how, FloatFilter::default(), points)
}

fn filtered(how: FloatAggregation, filter: FloatFilter, points: &[(i64, f64)]) -> Vec<(u32, f64)> {
    let points = Points::Numbers(points.iter().map(|(t, v)| (at(*t), *v)).collect());
    match aggregate(
        &points,
        &grid(),
        &Aggregation::Float { how, filter },
        &Limits::default(),
    )
    .unwrap()
    {
        Column::Numbers(cells) => cells,
        other => panic!("{other:?}"),
    }
}

fn texts(how: TextAggregation, points: &[(i64, &str)]) -> Vec<(u32, String)> {
    let points = Points::Texts(
        points
            .iter()
            .map(|(t, v)| (at(*t), Arc::from(*v)))
            .collect(),
    );
    match aggregate(
        &points,
        &grid(),
        &Aggregation::Text(how),
        &Limits::default(),
    )
    .unwrap()
    {
        Column::Texts(cells) => cells.into_iter().map(|(b, t)| (b, t.to_string())).collect(),
        other => panic!("{other:?}"),
    }
}

fn place(latitude: f64, longitude: f64, hdop: f64) -> Location {
    Location {
        latitude,
        longitude,
        hdop,
        heading: 45.0,
    }
}

fn places(aggregation: &Aggregation, points: &[(i64, Location)]) -> Vec<(u32, f64, f64, f64)> {
    let points = Points::Locations(points.iter().map(|(t, v)| (at(*t), *v)).collect());
    match aggregate(&points, &grid(), aggregation, &Limits::default()).unwrap() {
        Column::Locations(cells) => cells
            .into_iter()
            .map(|(b, l)| (b, l.latitude, l.longitude, l.hdop))
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn located(how: LocationAggregation) -> Aggregation {
    Aggregation::Location {
        how,
        filter: LocationFilter::default(),
    }
}

/// Rows in three buckets; the third bucket [20, 30) is empty.
const ROWS: [(i64, f64); 7] = [
    (0, 4.0),
    (3, 1.0),
    (9, 2.5),
    (10, 7.0),
    (19, -7.0),
    (30, 0.5),
    (99, 9.0),
];

#[test]
fn golden_rows_give_the_golden_number_of_each_aggregation() {
    use FloatAggregation::{Avg, First, Last, Max, Med, Min};
    let golden = [
        (Avg, [2.5, 0.0, 0.5, 9.0]),
        (Med, [2.5, 0.0, 0.5, 9.0]),
        (Max, [4.0, 7.0, 0.5, 9.0]),
        (Min, [1.0, -7.0, 0.5, 9.0]),
        (First, [4.0, 7.0, 0.5, 9.0]),
        (Last, [2.5, -7.0, 0.5, 9.0]),
    ];
    for (how, [a, b, c, d]) in golden {
        assert_eq!(
            numbers(how, &ROWS),
            [(0, a), (1, b), (3, c), (9, d)],
            "{how:?}"
        );
    }
}

#[test]
fn the_median_of_an_even_count_is_the_mean_of_the_middle_two() {
    assert_eq!(
        numbers(
            FloatAggregation::Med,
            &[(0, 9.0), (1, 1.0), (2, 4.0), (3, 2.0)]
        ),
        [(0, 3.0)]
    );
    assert_eq!(
        numbers(FloatAggregation::Med, &[(0, f64::MAX), (1, f64::MAX)]),
        [(0, f64::MAX)]
    );
}

#[test]
fn random_picks_come_from_the_bucket_and_reach_every_row() {
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..500 {
        let cells = numbers(
            FloatAggregation::Rand,
            &[(0, 1.0), (4, 2.0), (9, 3.0), (10, 50.0)],
        );
        assert_eq!(cells[1], (1, 50.0));
        seen.insert(cells[0].1.to_bits());
    }
    // A row is missed with probability (2/3)^500.
    assert_eq!(seen.len(), 3);
}

#[test]
fn filters_choose_rows_before_the_aggregation_and_empty_buckets_vanish() {
    let above = FloatFilter {
        gt: Some(2.0),
        ..FloatFilter::default()
    };
    assert_eq!(
        filtered(FloatAggregation::Min, above, &ROWS),
        [(0, 2.5), (1, 7.0), (9, 9.0)]
    );
}

#[test]
fn points_outside_the_window_never_count() {
    assert_eq!(
        numbers(FloatAggregation::Max, &[(-1, 99.0), (0, 1.0), (100, 99.0)]),
        [(0, 1.0)]
    );
}

#[test]
fn numbers_that_are_not_finite_never_come_out() {
    let rows = [
        (0, f64::NAN),
        (1, 1.0),
        (2, f64::INFINITY),
        (12, f64::NEG_INFINITY),
    ];
    for how in [
        FloatAggregation::Avg,
        FloatAggregation::Med,
        FloatAggregation::Max,
        FloatAggregation::First,
    ] {
        assert_eq!(numbers(how, &rows), [(0, 1.0)], "{how:?}");
    }
}

#[test]
fn averages_near_the_top_of_the_range_are_finite_and_repeatable() {
    let rows: Vec<(i64, f64)> = (0..10).map(|t| (t, 1.7e308)).collect();
    assert_eq!(numbers(FloatAggregation::Avg, &rows), [(0, 1.7e308)]);
    let rows: Vec<(i64, f64)> = (0..10)
        .map(|t| (t, 0.1 * f64::from(i32::try_from(t).unwrap())))
        .collect();
    let first = numbers(FloatAggregation::Avg, &rows);
    assert!((0..50).all(|_| numbers(FloatAggregation::Avg, &rows) == first));
}

#[test]
fn golden_rows_give_the_golden_text_of_each_aggregation() {
    let rows = [
        (0, "P"),
        (1, "R"),
        (2, "D"),
        (5, "R"),
        (11, "b"),
        (12, "a"),
        (13, "b"),
        (14, "a"),
        (20, ""),
    ];
    let cells = |a: &str, b: &str| [(0, a.to_owned()), (1, b.to_owned()), (2, String::new())];
    assert_eq!(texts(TextAggregation::First, &rows), cells("P", "b"));
    assert_eq!(texts(TextAggregation::Last, &rows), cells("R", "a"));
    assert_eq!(texts(TextAggregation::Unique, &rows), cells("D,P,R", "a,b"));
    for _ in 0..50 {
        assert_eq!(
            texts(TextAggregation::Top, &rows),
            cells("R", "a"),
            "ties go to the smallest text"
        );
    }
    let picked = texts(TextAggregation::Rand, &rows);
    assert!(["P", "R", "D"].contains(&picked[0].1.as_str()));
}

#[test]
fn golden_rows_give_the_golden_position_of_each_aggregation() {
    let rows = [
        (0, place(0.0, 0.0, 9.0)),
        (1, place(40.0, -80.0, 1.0)),
        (2, place(42.0, -84.0, 3.0)),
        (3, place(95.0, 10.0, 1.0)),
        (4, place(10.0, 200.0, 1.0)),
        (15, place(0.0, 0.0, 1.0)),
    ];
    assert_eq!(
        places(&located(LocationAggregation::Avg), &rows),
        [(0, 41.0, -82.0, 2.0)]
    );
    assert_eq!(
        places(&located(LocationAggregation::First), &rows),
        [(0, 40.0, -80.0, 1.0)]
    );
    assert_eq!(
        places(&located(LocationAggregation::Last), &rows),
        [(0, 42.0, -84.0, 3.0)]
    );
    let picked = places(&located(LocationAggregation::Rand), &rows);
    assert!(picked == [(0, 40.0, -80.0, 1.0)] || picked == [(0, 42.0, -84.0, 3.0)]);
}

#[test]
fn geofences_choose_positions_before_the_aggregation() {
    let circle = Circle::new(
        Vertex {
            latitude: 42.0,
            longitude: -84.0,
        },
        5.0,
    )
    .unwrap();
    let filter = LocationFilter {
        circle: Some(circle),
        polygon: None,
    };
    let rows = [
        (0, place(40.0, -80.0, 1.0)),
        (1, place(42.01, -84.0, 3.0)),
        (12, place(40.0, -80.0, 1.0)),
    ];
    let aggregation = Aggregation::Location {
        how: LocationAggregation::First,
        filter,
    };
    assert_eq!(places(&aggregation, &rows), [(0, 42.01, -84.0, 3.0)]);
}

#[test]
fn approximation_follows_the_aggregation_and_keeps_hdop() {
    let rows = [(0, place(42.0, -83.0, 1.0)), (1, place(42.5, -83.5, 2.0))];
    let middle = crate::approximate(&place(42.25, -83.25, 1.5)).unwrap();
    let cells = places(&Aggregation::Approximate(LocationAggregation::Avg), &rows);
    assert_eq!(cells, [(0, middle.latitude, middle.longitude, 1.5)]);
}

#[test]
fn held_values_have_limits_that_the_error_names() {
    let limits = Limits {
        median_values_max: 3,
        text_bytes_max: 200,
        ..Limits::default()
    };
    let many = Points::Numbers((0..4).map(|t| (at(t), 1.0)).collect());
    let median = Aggregation::Float {
        how: FloatAggregation::Med,
        filter: FloatFilter::default(),
    };
    let error = aggregate(&many, &grid(), &median, &limits).unwrap_err();
    assert!(error.to_string().contains("more than 3 values"), "{error}");
    let many = Points::Texts(
        (0..4)
            .map(|t| (at(t), Arc::from(format!("text {t}"))))
            .collect(),
    );
    for how in [TextAggregation::Top, TextAggregation::Unique] {
        let error = aggregate(&many, &grid(), &Aggregation::Text(how), &limits).unwrap_err();
        assert!(error.to_string().contains("more than 200 bytes"), "{error}");
    }
}

#[test]
fn points_of_another_kind_are_an_error_not_a_panic() {
    let points = Points::Texts(vec![(at(0), Arc::from("x"))]);
    assert!(matches!(
        aggregate(
            &points,
            &grid(),
            &located(LocationAggregation::Avg),
            &Limits::default()
        ),
        Err(QueryError::StoreKind)
    ));
}

/// The definition of each aggregation, written as plainly as possible.
fn naive(how: FloatAggregation, values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    match how {
        #[allow(clippy::cast_precision_loss)]
        FloatAggregation::Avg => sorted.iter().map(|v| v / n as f64).sum(),
        FloatAggregation::Med if n % 2 == 1 => sorted[n / 2],
        FloatAggregation::Med => sorted[n / 2 - 1] / 2.0 + sorted[n / 2] / 2.0,
        FloatAggregation::Max => sorted[n - 1],
        FloatAggregation::Min => sorted[0],
        FloatAggregation::First => values[0],
        FloatAggregation::Last => values[n - 1],
        FloatAggregation::Rand => f64::NAN,
    }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

proptest! {
    #[test]
    fn bucketed_numbers_equal_their_definition(
        rows in prop::collection::btree_map(0i64..1000, -1e6f64..1e6, 0..200),
        interval in 1i64..400,
        low in -1e6f64..1e6,
        from in 0i64..500,
        cut in 0usize..200,
    ) {
        use FloatAggregation::{Avg, First, Last, Max, Med, Min};
        let grid = Grid::new(at(from), at(900), Interval::from_micros(interval).unwrap(), &Limits::default()).unwrap();
        let mut buckets: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        for (t, v) in rows.iter().filter(|(t, v)| (from..900).contains(*t) && **v >= low) {
            buckets.entry(u32::try_from((t - from) / interval).unwrap()).or_default().push(*v);
        }
        let points: Vec<_> = rows.iter().map(|(t, v)| (at(*t), *v)).collect();
        let (head, tail) = points.split_at(cut.min(points.len()));
        let filter = FloatFilter { gte: Some(low), ..FloatFilter::default() };
        for how in [Avg, Med, Max, Min, First, Last] {
            // Fed in two pieces, as a long range would be.
            let mut series = Series::new(&Aggregation::Float { how, filter: filter.clone() });
            for piece in [head, tail] {
                series.feed(&grid, &Points::Numbers(piece.to_vec()), &Limits::default()).unwrap();
            }
            let Column::Numbers(cells) = series.finish(&Limits::default()).unwrap() else { panic!() };
            let keys: Vec<u32> = cells.iter().map(|(b, _)| *b).collect();
            prop_assert_eq!(&keys, &buckets.keys().copied().collect::<Vec<_>>());
            for (bucket, value) in cells {
                let expected = naive(how, &buckets[&bucket]);
                prop_assert!(close(value, expected), "{:?} {} {}", how, value, expected);
            }
        }
    }

    #[test]
    fn bucketed_texts_equal_their_definition(
        rows in prop::collection::btree_map(0i64..100, "[a-c]{0,2}", 0..60),
    ) {
        let mut buckets: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        for (t, v) in &rows {
            buckets.entry(u32::try_from(t / 10).unwrap()).or_default().push(v);
        }
        let points: Vec<(i64, &str)> = rows.iter().map(|(t, v)| (*t, v.as_str())).collect();
        let of = |how| texts(how, &points).into_iter().collect::<BTreeMap<_, _>>();
        let (top, unique) = (of(TextAggregation::Top), of(TextAggregation::Unique));
        prop_assert_eq!(top.len(), buckets.len());
        for (bucket, values) in buckets {
            let mut counts: BTreeMap<&str, i32> = BTreeMap::new();
            values.iter().for_each(|v| *counts.entry(v).or_default() += 1);
            prop_assert_eq!(&unique[&bucket], &counts.keys().copied().collect::<Vec<_>>().join(","));
            let most = counts.values().max().unwrap();
            prop_assert_eq!(&top[&bucket], counts.iter().find(|(_, n)| *n == most).unwrap().0);
        }
    }
}
