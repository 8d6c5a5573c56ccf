use milepost_policy::Permission;
use milepost_signals::{Location, SignalId, Value, ValueKind, id};
use serde_json::{Value as Json, json};

use crate::world::World;

fn value_of(signal: SignalId) -> Value {
    match signal.definition().kind {
        ValueKind::Number => Value::Number(5.0),
        ValueKind::Text => Value::Text("x".into()),
        ValueKind::Location => Value::Location(Location {
            latitude: 1.0,
            longitude: 1.0,
            hdop: 1.0,
            heading: 1.0,
        }),
    }
}

#[tokio::test]
async fn latest_answers_the_newest_row_of_each_signal_with_its_time() {
    let world = World::new();
    world.number(id::SPEED, 1.0, 8.0);
    world.number(id::SPEED, 2.5, 9.0);
    world.add(id::POWERTRAIN_TYPE, 1.0, Value::Text("ELECTRIC".into()));
    world.fix(3.0, 42.33, -83.04);
    world.fix(4.0, 0.0, 0.0);
    let query = "{ signalsLatest(tokenId: 7) { __typename lastSeen speed { __typename timestamp value } powertrainType { value __typename } \
                 currentLocationCoordinates { timestamp value { latitude longitude hdop } __typename } obdRunTime { value } } }";
    let expected = json!({
        "__typename": "SignalCollection",
        "lastSeen": "2026-05-02T06:00:04Z",
        "speed": {"__typename": "SignalFloat", "timestamp": "2026-05-02T06:00:02.500Z", "value": 9.0},
        "powertrainType": {"value": "ELECTRIC", "__typename": "SignalString"},
        "currentLocationCoordinates": {
            "timestamp": "2026-05-02T06:00:03Z",
            "value": {"latitude": 42.33, "longitude": -83.04, "hdop": 1.25},
            "__typename": "SignalLocation",
        },
        "obdRunTime": null,
    });
    assert_eq!(world.ask(query).await.data("signalsLatest"), &expected);
}

#[tokio::test]
async fn a_vehicle_without_data_has_a_latest_object_with_nulls() {
    let world = World::new();
    let answer = world.ask("{ signalsLatest(tokenId: 7) { lastSeen speed { value } } availableSignals(tokenId: 7) signalsSnapshot(tokenId: 7) { lastSeen signals { name } } }").await;
    let expected = json!({
        "signalsLatest": {"lastSeen": null, "speed": null},
        "availableSignals": null,
        "signalsSnapshot": {"lastSeen": null, "signals": []},
    });
    assert_eq!(answer.body["data"], expected);
}

#[tokio::test]
async fn only_null_island_fixes_answer_null_not_1970_and_zero() {
    let world = World::new();
    world.fix(4.0, 0.0, 0.0);
    let query = "{ signalsLatest(tokenId: 7) { lastSeen currentLocationCoordinates { timestamp } currentLocationApproximateCoordinates { timestamp } } availableSignals(tokenId: 7) }";
    let latest = json!({
        "lastSeen": "2026-05-02T06:00:04Z", "currentLocationCoordinates": null, "currentLocationApproximateCoordinates": null,
    });
    assert_eq!(
        world.ask(query).await.body["data"],
        json!({"signalsLatest": latest, "availableSignals": null})
    );
}

#[tokio::test]
async fn every_available_name_can_be_selected_in_latest() {
    let world = World::new();
    SignalId::ALL
        .iter()
        .for_each(|signal| world.add(*signal, 1.0, value_of(*signal)));
    for permissions in [
        vec![Permission::NonLocationHistory],
        vec![Permission::ApproximateLocation],
        vec![Permission::NonLocationHistory, Permission::LocationHistory],
    ] {
        let token = world.token(&permissions);
        let answer = world
            .ask_as(Some(token), "{ availableSignals(tokenId: 7) }")
            .await;
        let names: Vec<String> =
            serde_json::from_value(answer.data("availableSignals").clone()).unwrap();
        assert!(!names.is_empty() && names.is_sorted());
        for name in names {
            let query = format!("{{ signalsLatest(tokenId: 7) {{ {name} {{ timestamp }} }} }}");
            let answer = world.ask_as(Some(token), &query).await;
            assert!(answer.errors().is_empty(), "{}", answer.body);
            assert_eq!(
                answer.data("signalsLatest")[&name],
                json!({"timestamp": "2026-05-02T06:00:01Z"})
            );
        }
    }
}

#[tokio::test]
async fn the_snapshot_sets_the_field_of_the_signals_kind() {
    let world = World::new();
    world.number(id::SPEED, 1.0, 0.0);
    world.add(id::OBD_FUEL_TYPE_NAME, 2.0, Value::Text("".into()));
    world.fix(3.0, 42.33, -83.04);
    let query = "{ signalsSnapshot(tokenId: 7) { lastSeen signals { name timestamp valueNumber valueString valueLocation { latitude } } } }";
    let answer = world.ask(query).await;
    let snapshot = answer.data("signalsSnapshot");
    assert_eq!(snapshot["lastSeen"], json!("2026-05-02T06:00:03Z"));
    let names: Vec<&str> = snapshot["signals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "currentLocationApproximateCoordinates",
            "currentLocationCoordinates",
            "obdFuelTypeName",
            "speed"
        ]
    );
    let signals = &snapshot["signals"];
    assert_eq!(signals[1]["valueLocation"], json!({"latitude": 42.33}));
    let empty = json!({"name": "obdFuelTypeName", "timestamp": "2026-05-02T06:00:02Z", "valueNumber": null, "valueString": "", "valueLocation": null});
    assert_eq!(signals[2], empty);
    assert_eq!(
        (&signals[3]["valueNumber"], &signals[3]["valueString"]),
        (&json!(0.0), &json!(null))
    );
}

#[tokio::test]
async fn the_source_filter_is_checked_and_applied_in_every_query() {
    let world = World::new();
    world.add_from(1, "event-a", id::SPEED, 1.0, Value::Number(1.0));
    world.add_from(2, "event-b", id::SPEED, 2.0, Value::Number(2.0));
    let range = r#", from: "2026-05-02T06:00:00Z", to: "2026-05-02T06:01:00Z", interval: "1m""#;
    let queries = |source: &str| {
        let filter = format!("filter: {{source: \"{source}\"}}");
        [
            (
                "signals",
                format!("{{ signals(tokenId: 7{range}, {filter}) {{ speed(agg: MAX) }} }}"),
            ),
            (
                "signalsLatest",
                format!("{{ signalsLatest(tokenId: 7, {filter}) {{ speed {{ value }} }} }}"),
            ),
            (
                "availableSignals",
                format!("{{ availableSignals(tokenId: 7, {filter}) }}"),
            ),
            (
                "signalsSnapshot",
                format!(
                    "{{ signalsSnapshot(tokenId: 7, {filter}) {{ signals {{ valueNumber }} }} }}"
                ),
            ),
            (
                "dataSummary",
                format!("{{ dataSummary(tokenId: 7, {filter}) {{ numberOfSignals }} }}"),
            ),
        ]
    };
    for bad in [
        "autopi",
        "",
        "0x0000000000000000000000000000000000000001",
        "did:erc721:137:0x0000000000000000000000000000000000000001:1",
    ] {
        for (name, query) in queries(bad) {
            let message = format!("invalid argument: source '{bad}' is not a valid ethr DID");
            assert_eq!(
                world.ask(&query).await.error(),
                ("BAD_REQUEST".into(), name.into(), message)
            );
        }
    }
    let expected: [Json; 5] = [
        json!([{"speed": 1.0}]),
        json!({"speed": {"value": 1.0}}),
        json!(["speed"]),
        json!({"signals": [{"valueNumber": 1.0}]}),
        json!({"numberOfSignals": 1}),
    ];
    for ((name, query), expected) in
        queries("did:ethr:1:0x0000000000000000000000000000000000000001")
            .iter()
            .zip(expected)
    {
        assert_eq!(world.ask(query).await.data(name), &expected);
    }
}
