use milepost_signals::{Location, Value, id};
use serde_json::json;

use crate::world::{MINUTE, TOKEN, World};

fn text(world: &World, secs: f64, text: &str) {
    world.add(id::POWERTRAIN_TYPE, secs, Value::Text(text.into()));
}

#[tokio::test]
async fn every_float_aggregation_answers_its_golden_value() {
    let world = World::new();
    for (secs, value) in [(0.0, 4.0), (3.0, 1.0), (9.9, 2.5), (10.0, 7.0), (59.0, 9.0)] {
        world.number(id::SPEED, secs, value);
    }
    let answer = world
        .minute(
            "timestamp avg: speed(agg: AVG) med: speed(agg: MED) max: speed(agg: MAX) min: speed(agg: MIN) \
             first: speed(agg: FIRST) last: speed(agg: LAST)",
        )
        .await;
    let row = |second: u32, avg: f64, med: f64, max: f64, min: f64, first: f64, last: f64| {
        let timestamp = format!("2026-05-02T06:00:{second:02}Z");
        json!({"timestamp": timestamp, "avg": avg, "med": med, "max": max, "min": min, "first": first, "last": last})
    };
    let expected = json!([
        row(0, 2.5, 2.5, 4.0, 1.0, 4.0, 2.5),
        row(10, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0),
        row(50, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0),
    ]);
    assert_eq!(
        answer.data("signals"),
        &expected,
        "empty buckets are left out"
    );
    assert!(answer.errors().is_empty());
    assert_eq!(world.store.take_range_calls(), 1);
}

#[tokio::test]
async fn text_aggregations_and_random_picks_answer_too() {
    let world = World::new();
    for (secs, value) in [(0.0, "P"), (1.0, "D"), (2.0, "D"), (3.0, "P"), (4.0, "N")] {
        text(&world, secs, value);
    }
    world.number(id::SPEED, 1.0, 8.0);
    let answer = world
        .minute(
            "t: powertrainType(agg: TOP) u: powertrainType(agg: UNIQUE) f: powertrainType(agg: FIRST) \
             l: powertrainType(agg: LAST) r: powertrainType(agg: RAND) s: speed(agg: RAND)",
        )
        .await;
    let row = &answer.data("signals")[0];
    assert_eq!((&row["t"], &row["u"]), (&json!("D"), &json!("D,N,P")));
    assert_eq!(
        (&row["f"], &row["l"], &row["s"]),
        (&json!("P"), &json!("N"), &json!(8.0))
    );
    assert!(["P", "D", "N"].contains(&row["r"].as_str().unwrap()));
}

#[tokio::test]
async fn aliases_are_evaluated_each_with_its_own_filter() {
    let world = World::new();
    (0..10).for_each(|n| world.number(id::SPEED, f64::from(n), f64::from(n)));
    let answer = world
        .minute(
            "all: speed(agg: AVG) fast: speed(agg: MIN, filter: {gt: 6}) \
             edges: speed(agg: AVG, filter: {gte: 9, or: [{lt: 1}]}) listed: speed(agg: MAX, filter: {in: [2, 3]}) \
             nothing: speed(agg: MAX, filter: {in: []}) empty: speed(agg: MAX, filter: {eq: 77})",
        )
        .await;
    let expected = json!([{"all": 4.5, "fast": 7.0, "edges": 4.5, "listed": 3.0, "nothing": 9.0, "empty": null}]);
    assert_eq!(answer.data("signals"), &expected);
    assert_eq!(world.store.take_range_calls(), 1);
}

#[tokio::test]
async fn no_data_and_no_signal_field_answer_null_not_an_empty_list() {
    let world = World::new();
    assert_eq!(
        world
            .minute("timestamp speed(agg: AVG)")
            .await
            .data("signals"),
        &json!(null)
    );
    world.number(id::SPEED, 1.0, 8.0);
    assert_eq!(
        world.minute("timestamp").await.data("signals"),
        &json!(null)
    );
    assert_eq!(
        world
            .minute("speed(agg: AVG, filter: {lt: 0})")
            .await
            .data("signals"),
        &json!(null)
    );
}

#[tokio::test]
async fn buckets_start_at_from_and_keep_fractions_of_seconds() {
    let world = World::new();
    for (secs, value) in [
        (0.2, 1.0),
        (0.3, 2.0),
        (0.799_999, 3.0),
        (0.8, 4.0),
        (1.3, 5.0),
    ] {
        world.number(id::SPEED, secs, value);
    }
    let query = |from: &str, to: &str, interval: &str| {
        format!(
            r#"{{ signals(tokenId: 7, from: "2026-05-02T06:00:{from}Z", to: "2026-05-02T06:00:{to}Z", interval: "{interval}")
                 {{ timestamp speed(agg: LAST) }} }}"#
        )
    };
    let answer = world.ask(&query("00.3", "01.3", "500ms")).await;
    let expected = json!([
        {"timestamp": "2026-05-02T06:00:00.300Z", "speed": 3.0},
        {"timestamp": "2026-05-02T06:00:00.800Z", "speed": 4.0},
    ]);
    assert_eq!(
        answer.data("signals"),
        &expected,
        "from inclusive, to exclusive"
    );
    let answer = world.ask(&query("00.3", "00.300001", "1us")).await;
    assert_eq!(
        answer.data("signals"),
        &json!([{"timestamp": "2026-05-02T06:00:00.300Z", "speed": 2.0}])
    );
}

#[tokio::test]
async fn an_empty_range_is_fine_and_a_reversed_one_is_not() {
    let world = World::new();
    world.number(id::SPEED, 0.0, 1.0);
    let query = |from: &str, to: &str| {
        format!(
            r#"{{ signals(tokenId: 7, from: "{from}", to: "{to}", interval: "1m") {{ speed(agg: LAST) }} }}"#
        )
    };
    let same = "2026-05-02T06:00:00Z";
    let answer = world.ask(&query(same, same)).await;
    assert_eq!(
        (answer.data("signals"), answer.errors().len()),
        (&json!(null), 0)
    );
    let answer = world.ask(&query("2026-05-02T06:00:00.000001Z", same)).await;
    let (code, path, message) = answer.error();
    assert_eq!((code.as_str(), path.as_str()), ("BAD_REQUEST", "signals"));
    assert!(message.contains("is after to"), "{message}");
}

#[tokio::test]
async fn bad_arguments_are_bad_requests_that_name_themselves() {
    let world = World::new();
    let ask = async |from: &str, interval: &str, fields: &str| {
        let query = format!(
            r#"{{ signals(tokenId: 7, from: "{from}", to: "2026-05-02T07:00:00Z", interval: "{interval}") {{ {fields} }} }}"#
        );
        world.ask(&query).await.error()
    };
    let from = "2026-05-02T06:00:00Z";
    for (from, interval, fields, path, part) in [
        (
            from,
            "5 minutes",
            "speed(agg: AVG)",
            "signals",
            "failed parsing interval: ",
        ),
        (from, "999ns", "speed(agg: AVG)", "signals", "at least 1us"),
        (from, "-1m", "speed(agg: AVG)", "signals", "at least 1us"),
        (
            from,
            "35999us",
            "speed(agg: AVG)",
            "signals",
            "interval too small for the requested window",
        ),
        (
            "yesterday",
            "1m",
            "speed(agg: AVG)",
            "signals",
            "from: 'yesterday' is not an RFC 3339 time",
        ),
        (
            "1016-05-02T06:00:00Z",
            "1d",
            "speed(agg: AVG)",
            "signals",
            "exceeds the maximum of 3660 days",
        ),
        (
            from,
            "1m",
            "s: speed(agg: AVG, filter: {gt: 1e400})",
            "",
            "",
        ),
        (
            from,
            "1m",
            "currentLocationCoordinates(agg: AVG, filter: {inPolygon: [{latitude: 1, longitude: 1}]}) { hdop }",
            "signals.currentLocationCoordinates",
            "not enough points in geofence filter",
        ),
        (
            from,
            "1m",
            "p: currentLocationCoordinates(agg: AVG, filter: {inPolygon: [{latitude: 1, longitude: 1}, {latitude: 2, longitude: 2}, {latitude: 3, longitude: 181}]}) { hdop }",
            "signals.p",
            "invalid geofence polygon vertex",
        ),
        (
            from,
            "1m",
            "c: currentLocationCoordinates(agg: AVG, filter: {inCircle: {center: {latitude: 91, longitude: 1}, radius: 1}}) { hdop }",
            "signals.c",
            "invalid circle filter location",
        ),
        (
            from,
            "1m",
            "c: currentLocationCoordinates(agg: AVG, filter: {inCircle: {center: {latitude: 1, longitude: 1}, radius: -1}}) { hdop }",
            "signals.c",
            "invalid circle filter radius",
        ),
    ] {
        let (code, at, message) = ask(from, interval, fields).await;
        if part.is_empty() {
            continue; // refused by the parser: a number that no float can hold
        }
        assert_eq!(
            (code.as_str(), at.as_str()),
            ("BAD_REQUEST", path),
            "{message}"
        );
        assert!(
            message.starts_with("invalid argument: ") && message.contains(part),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_bad_field_leaves_the_others_standing() {
    let world = World::new();
    world.number(id::SPEED, 1.0, 8.0);
    let bad = "currentLocationCoordinates(agg: AVG, filter: {inPolygon: []}) { latitude }";
    let answer = world.minute(&format!("speed(agg: AVG) {bad}")).await;
    assert_eq!(
        answer.data("signals"),
        &json!([{"speed": 8.0, "currentLocationCoordinates": null}])
    );
    assert_eq!(answer.error().1, "signals.currentLocationCoordinates");
}

#[tokio::test]
async fn geofences_use_kilometres_the_right_axes_and_both_shapes() {
    let world = World::new();
    world.fix(1.0, 42.0, -83.0);
    world.fix(11.0, 42.198, -83.0); // 22 km north
    world.fix(21.0, 42.0, -83.01); // 0.8 km west
    let circle = "inCircle: {center: {latitude: 42, longitude: -83}, radius: 5}";
    let west = "inPolygon: [{latitude: 41, longitude: -84}, {latitude: 41, longitude: -83.005}, \
                {latitude: 43, longitude: -83.005}, {latitude: 43, longitude: -84}]";
    let longitudes = async |filter: String| {
        let fields = format!(
            "c: currentLocationCoordinates(agg: FIRST, filter: {{{filter}}}) {{ longitude hdop }}"
        );
        world.minute(&fields).await.data("signals").clone()
    };
    let at = |longitude: f64| json!({"c": {"longitude": longitude, "hdop": 1.25}});
    assert_eq!(
        longitudes(circle.to_owned()).await,
        json!([at(-83.0), at(-83.01)])
    );
    assert_eq!(longitudes(west.to_owned()).await, json!([at(-83.01)]));
    assert_eq!(
        longitudes(format!("{circle}, {west}")).await,
        json!([at(-83.01)])
    );
}

#[tokio::test]
async fn null_island_and_impossible_positions_never_reach_an_aggregate() {
    let world = World::new();
    for (secs, latitude, longitude) in [
        (1.0, 40.0, 20.0),
        (2.0, 0.0, 0.0),
        (3.0, 95.0, 200.0),
        (12.0, 0.0, 0.0),
    ] {
        world.fix(secs, latitude, longitude);
    }
    let fields = "a: currentLocationCoordinates(agg: AVG) { latitude longitude } l: currentLocationCoordinates(agg: LAST) { latitude }";
    let expected = json!([{"a": {"latitude": 40.0, "longitude": 20.0}, "l": {"latitude": 40.0}}]);
    assert_eq!(world.minute(fields).await.data("signals"), &expected);
}

#[tokio::test]
async fn sources_are_filtered_before_duplicates_collapse() {
    let world = World::new();
    world.add_from(1, "event-a", id::SPEED, 1.0, Value::Number(1.0));
    world.add_from(2, "event-b", id::SPEED, 1.0, Value::Number(2.0));
    let ask = async |filter: &str| {
        let answer = world
            .ask(&format!(
                "{{ signals({MINUTE}{filter}) {{ speed(agg: LAST) }} }}"
            ))
            .await;
        answer.data("signals")[0]["speed"].clone()
    };
    let two = r#", filter: {source: "did:ethr:137:0x0000000000000000000000000000000000000002"}"#;
    assert_eq!(ask("").await, json!(1.0), "lowest event id");
    assert_eq!(ask(two).await, json!(2.0));
    assert_eq!(ask(", filter: {}").await, json!(1.0));
}

#[tokio::test]
async fn several_queries_of_one_operation_share_reads() {
    let world = World::new();
    world.number(id::SPEED, 1.0, 8.0);
    world.number(id::OBD_RUN_TIME, 1.0, 99.0);
    let query = format!(
        "query Both {{ a: signals({MINUTE}) {{ speed(agg: AVG) }} b: signals({MINUTE}) {{ obdRunTime(agg: MAX) speed(agg: MAX) }} __typename }}"
    );
    let answer = world.ask(&query).await;
    assert_eq!(
        answer.body["data"],
        json!({"a": [{"speed": 8.0}], "b": [{"obdRunTime": 99.0, "speed": 8.0}], "__typename": "Query"})
    );
    assert_eq!(world.store.take_range_calls(), 1);
}

#[tokio::test]
async fn fragments_variables_and_conditions_work_together() {
    let world = World::new();
    world.number(id::SPEED, 1.0, 8.0);
    world.fix(2.0, 40.0, 20.0);
    let query = "
        query Q($id: Int!, $from: Time!, $to: Time!, $every: String = \"1m\", $how: FloatAggregation!, $f: SignalFloatFilter, $yes: Boolean!) {
          signals(tokenId: $id, from: $from, to: $to, interval: $every) { ...speeds ... on SignalAggregations { __typename } }
        }
        fragment speeds on SignalAggregations {
          speed(agg: $how, filter: $f)
          left: speed(agg: MAX) @skip(if: $yes)
          kept: speed(agg: MAX) @include(if: $yes)
          currentLocationCoordinates(agg: FIRST) { latitude __typename }
          currentLocationCoordinates(agg: FIRST) { longitude }
        }";
    let variables = json!({
        "id": 7, "from": "2026-05-02T08:00:00+02:00", "to": "2026-05-02T06:01:00Z", "how": "AVG", "yes": true,
        "f": {"or": [{"gt": 7.5}, {"lt": null}], "gt": 100},
    });
    let answer = world
        .post(
            Some(TOKEN),
            &json!({"query": query, "variables": variables}),
        )
        .await;
    let position = json!({"latitude": 40.0, "__typename": "Location", "longitude": 20.0});
    let row = json!({"speed": 8.0, "kept": 8.0, "currentLocationCoordinates": position, "__typename": "SignalAggregations"});
    assert_eq!(answer.data("signals"), &json!([row]));
}

#[tokio::test]
async fn averages_near_the_largest_number_are_answered_and_repeatable() {
    let world = World::new();
    (0..10).for_each(|n| world.number(id::SPEED, f64::from(n), 1.7e308));
    (10..20).for_each(|n| world.number(id::SPEED, f64::from(n), 0.1 * f64::from(n)));
    let first = world.minute("speed(agg: AVG)").await;
    assert_eq!(first.data("signals")[0]["speed"], json!(1.7e308));
    for _ in 0..5 {
        assert_eq!(world.minute("speed(agg: AVG)").await.body, first.body);
    }
}

#[tokio::test]
async fn answers_state_their_block_and_freshness() {
    let world = World::new();
    world.number(id::SPEED, 1.0, 8.0);
    let answer = world.minute("speed(agg: AVG)").await;
    let hash = "0x00000000000000000000000000000000000000000000000000000000000000ab";
    let expected = json!({"block": {"chainId": 137, "number": 4711, "hash": hash}, "watermark": 1});
    assert_eq!(answer.body["extensions"], expected);
}

#[tokio::test]
async fn a_broken_store_is_an_internal_error_without_internals() {
    let world = World::new();
    world.store.break_disk();
    let query = format!(
        "{{ a: signals({MINUTE}) {{ speed(agg: AVG) }} dataSummary(tokenId: 7) {{ lastSeen }} signalsLatest(tokenId: 7) {{ lastSeen }} }}"
    );
    let answer = world.ask(&query).await;
    let expected = |path: &str| {
        (
            "INTERNAL_SERVER_ERROR".to_owned(),
            path.to_owned(),
            "internal server error".to_owned(),
        )
    };
    assert_eq!(answer.errors(), [expected("a"), expected("dataSummary")]);
    assert_eq!(
        answer.body["data"],
        json!({"a": null, "dataSummary": null, "signalsLatest": {"lastSeen": null}})
    );
    assert!(!answer.body.to_string().contains("secret"));
}

#[tokio::test]
async fn every_signal_of_the_catalogue_can_be_aggregated() {
    let world = World::new();
    for signal in milepost_signals::SignalId::ALL {
        let (value, field) = match signal.definition().kind {
            milepost_signals::ValueKind::Number => {
                (Value::Number(5.0), format!("{signal}(agg: AVG)"))
            }
            milepost_signals::ValueKind::Text => {
                (Value::Text("x".into()), format!("{signal}(agg: TOP)"))
            }
            milepost_signals::ValueKind::Location => (
                Value::Location(Location {
                    latitude: 1.0,
                    longitude: 1.0,
                    hdop: 1.0,
                    heading: 1.0,
                }),
                format!("{signal}(agg: FIRST) {{ hdop }}"),
            ),
        };
        world.add(*signal, 1.0, value);
        let answer = world.minute(&field).await;
        assert!(
            !answer.data("signals")[0][signal.name()].is_null(),
            "{signal}: {}",
            answer.body
        );
    }
}
