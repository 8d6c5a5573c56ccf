use milepost_policy::Permission;
use milepost_signals::{Value, id};
use serde_json::json;

use crate::world::{World, after, vehicle};

const ALL: &str = "{ dataSummary(tokenId: 7) { __typename numberOfSignals availableSignals firstSeen lastSeen \
                   signalDataSummary { name numberOfSignals firstSeen lastSeen __typename } \
                   eventDataSummary { name numberOfEvents firstSeen lastSeen __typename } } }";

#[tokio::test]
async fn the_summary_counts_signals_and_events() {
    let world = World::new();
    world.number(id::SPEED, 1.0, 8.0);
    world.add_from(2, "event-b", id::SPEED, 1.0, Value::Number(7.0));
    world.number(id::SPEED, 5.0, 9.0);
    world.fix(0.5, 42.0, -83.0);
    world
        .store
        .add_event(vehicle(7), "behavior.harshBraking", after(9.0));
    let expected = json!({
        "__typename": "DataSummary",
        "numberOfSignals": 3,
        "availableSignals": ["currentLocationCoordinates", "speed"],
        "firstSeen": "2026-05-02T06:00:00.500Z",
        "lastSeen": "2026-05-02T06:00:09Z",
        "signalDataSummary": [
            {"name": "currentLocationCoordinates", "numberOfSignals": 1, "firstSeen": "2026-05-02T06:00:00.500Z", "lastSeen": "2026-05-02T06:00:00.500Z", "__typename": "SignalDataSummary"},
            {"name": "speed", "numberOfSignals": 2, "firstSeen": "2026-05-02T06:00:01Z", "lastSeen": "2026-05-02T06:00:05Z", "__typename": "SignalDataSummary"},
        ],
        "eventDataSummary": [
            {"name": "behavior.harshBraking", "numberOfEvents": 1, "firstSeen": "2026-05-02T06:00:09Z", "lastSeen": "2026-05-02T06:00:09Z", "__typename": "EventDataSummary"},
        ],
    });
    assert_eq!(world.ask(ALL).await.data("dataSummary"), &expected);
}

#[tokio::test]
async fn without_data_first_and_last_seen_are_null() {
    let expected = json!({
        "__typename": "DataSummary", "numberOfSignals": 0, "availableSignals": [], "firstSeen": null, "lastSeen": null,
        "signalDataSummary": [], "eventDataSummary": [],
    });
    assert_eq!(World::new().ask(ALL).await.data("dataSummary"), &expected);
}

#[tokio::test]
async fn the_summary_is_shaped_by_privileges_without_errors() {
    let world = World::new();
    world.number(id::SPEED, 1.0, 8.0);
    world.fix(0.5, 42.0, -83.0);
    world
        .store
        .add_event(vehicle(7), "behavior.harshBraking", after(9.0));
    let short = "{ dataSummary(tokenId: 7) { numberOfSignals availableSignals lastSeen eventDataSummary { name } } }";
    let ask = async |permissions: &[Permission]| {
        let answer = world.ask_as(Some(world.token(permissions)), short).await;
        assert!(answer.errors().is_empty());
        answer.data("dataSummary").clone()
    };
    let of = |count: u32, names: &[&str], last: &str| json!({"numberOfSignals": count, "availableSignals": names, "lastSeen": format!("2026-05-02T06:00:{last}Z"), "eventDataSummary": []});
    assert_eq!(
        ask(&[Permission::NonLocationHistory]).await,
        of(1, &["speed"], "01")
    );
    assert_eq!(
        ask(&[Permission::LocationHistory]).await,
        of(1, &["currentLocationCoordinates"], "00.500")
    );
    assert_eq!(
        ask(&[Permission::ApproximateLocation]).await,
        of(1, &["currentLocationApproximateCoordinates"], "00.500")
    );
}
