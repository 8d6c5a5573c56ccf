use std::sync::atomic::Ordering;

use http::{Request, StatusCode, header};
use milepost_api_telemetry::{QUERY_RULES, TelemetryApiSettings};
use milepost_policy::{Permission, PermissionSet};
use milepost_signals::{SignalId, ValueKind, id};
use serde_json::json;

use crate::world::{MINUTE, TOKEN, World, after, vehicle};

/// Each root field with arguments that name the vehicle, and a selection.
fn roots(vehicle: &str) -> Vec<(&'static str, String)> {
    let range = r#"from: "2026-05-02T06:00:00Z", to: "2026-05-02T06:01:00Z", interval: "10s""#;
    vec![
        (
            "signals",
            format!("{{ signals({vehicle} {range}) {{ speed(agg: AVG) }} }}"),
        ),
        (
            "signalsLatest",
            format!("{{ signalsLatest({vehicle}) {{ lastSeen speed {{ value }} }} }}"),
        ),
        (
            "availableSignals",
            format!("{{ availableSignals({vehicle}) }}"),
        ),
        (
            "signalsSnapshot",
            format!("{{ signalsSnapshot({vehicle}) {{ lastSeen signals {{ name }} }} }}"),
        ),
        (
            "dataSummary",
            format!("{{ dataSummary({vehicle}) {{ numberOfSignals firstSeen }} }}"),
        ),
    ]
}

fn driven() -> World {
    let world = World::new();
    world.number(id::SPEED, 1.0, 8.0);
    world.fix(2.0, 42.33, -83.04);
    world.number(id::CURRENT_LOCATION_ALTITUDE, 30.0, 180.0);
    world.number(id::CURRENT_LOCATION_HEADING, 40.0, 90.0);
    world
        .store
        .add_event(vehicle(7), "behavior.harshBraking", after(50.0));
    world
}

#[tokio::test]
async fn every_query_field_is_covered_here_and_by_a_rule() {
    let fields: Vec<&str> = milepost_api_telemetry::query_fields();
    let rules: Vec<&str> = QUERY_RULES.iter().map(|rule| rule.field).collect();
    let tested: Vec<&str> = roots("").iter().map(|(name, _)| *name).collect();
    assert_eq!(fields, rules);
    assert_eq!(fields, tested);
    assert!(QUERY_RULES.iter().all(|rule| !rule.auth.is_empty()));
}

#[tokio::test]
async fn without_a_token_every_field_is_null_with_one_error() {
    let world = driven();
    for (name, query) in roots("tokenId: 7") {
        let answer = world.ask_as(None, &query).await;
        assert_eq!(answer.data(name), &json!(null));
        assert_eq!(
            answer.error(),
            (
                "UNAUTHORIZED".into(),
                name.into(),
                "unauthorized: jwt missing".into()
            )
        );
        assert!(answer.body["extensions"].is_null());
    }
    // Argument errors tell nothing to those without a token.
    assert_eq!(
        world.ask_as(None, "{ availableSignals }").await.error().2,
        "unauthorized: jwt missing"
    );
}

#[tokio::test]
async fn a_token_that_is_no_good_is_401_whatever_is_asked() {
    let world = driven();
    for (_, query) in roots("tokenId: 7")
        .into_iter()
        .chain([("", "{ __typename }".to_owned())])
    {
        let answer = world.ask_as(Some("made-up"), &query).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.body, json!({"message": "JWT is invalid."}));
        assert!(answer.headers.contains_key(header::WWW_AUTHENTICATE));
    }
    for value in ["Basic abc", "token-of-vehicle-7", "Bearer"] {
        let body = json!({"query": "{ __typename }"}).to_string();
        let request = Request::post("/query")
            .header("authorization", value)
            .body(body.into())
            .unwrap();
        assert_eq!(
            world.send(request).await.status,
            StatusCode::UNAUTHORIZED,
            "{value}"
        );
    }
}

#[tokio::test]
async fn an_expired_token_is_401() {
    let world = driven();
    assert_eq!(
        world.ask("{ availableSignals(tokenId: 7) }").await.status,
        StatusCode::OK
    );
    world
        .clock
        .store(after(90_000.0).as_micros(), Ordering::SeqCst);
    assert_eq!(
        world.ask("{ availableSignals(tokenId: 7) }").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn another_vehicles_token_opens_nothing_by_any_argument() {
    let world = driven();
    let other = vehicle(8);
    let elsewhere = vehicle(7).to_string().replace(":137:", ":80002:");
    let cases = [
        (
            "tokenId: 8".to_owned(),
            "unauthorized: token id does not match",
        ),
        (
            format!("subject: \"{other}\""),
            "unauthorized: DID in query does not match token claim",
        ),
        (
            format!("did: \"{other}\""),
            "unauthorized: DID in query does not match token claim",
        ),
        (
            format!("did: \"{elsewhere}\""),
            "unauthorized: DID in query does not match token claim",
        ),
    ];
    for (argument, message) in cases {
        for (name, query) in roots(&argument) {
            let answer = world.ask(&query).await;
            assert_eq!(answer.data(name), &json!(null));
            assert_eq!(
                answer.error(),
                ("FORBIDDEN".into(), name.into(), message.into())
            );
        }
    }
}

/// Every root field × every way to name the vehicle × every subset of permissions: nothing of another vehicle.
#[tokio::test]
async fn no_subset_of_permissions_opens_another_vehicle() {
    let world = driven();
    let row = |signal, value| crate::model::Row {
        subject: vehicle(8),
        signal,
        at: after(1.0),
        source: milepost_types::Address::ZERO,
        event_id: "event-a",
        value: milepost_signals::Value::Number(value),
    };
    world.store.add(row(id::SPEED, 88.0));
    world.store.add(row(id::CURRENT_LOCATION_ALTITUDE, 888.0));
    let did = vehicle(8);
    let arguments = [
        "tokenId: 8".to_owned(),
        format!("subject: \"{did}\""),
        format!("did: \"{did}\""),
    ];
    let queries: Vec<_> = arguments
        .iter()
        .flat_map(|argument| roots(argument))
        .collect();
    for bits in 0u16..256 {
        let set: PermissionSet = Permission::ALL
            .into_iter()
            .filter(|p| bits & (1 << (p.id() - 1)) != 0)
            .collect();
        world.grant("subset", set);
        for (name, query) in &queries {
            let answer = world.ask_as(Some("subset"), query).await;
            assert_eq!(
                (answer.data(name), answer.error().0.as_str()),
                (&json!(null), "FORBIDDEN")
            );
        }
    }
    assert_eq!(world.store.take_range_calls(), 0);
}

#[tokio::test]
async fn exactly_one_of_the_three_names_of_a_vehicle_is_needed() {
    let world = driven();
    let did = vehicle(7);
    for (argument, got) in [
        (String::new(), "got none"),
        (format!("tokenId: 7, did: \"{did}\""), "got tokenId and did"),
        (
            format!("subject: \"{did}\", did: \"{did}\""),
            "got subject and did",
        ),
        (
            format!("tokenId: 7, did: \"{}\"", vehicle(8)),
            "got tokenId and did",
        ),
    ] {
        for (name, query) in roots(&argument) {
            let query = query.replace("()", "");
            let (code, path, message) = world.ask(&query).await.error();
            assert_eq!((code.as_str(), path.as_str()), ("BAD_REQUEST", name));
            assert!(
                message.starts_with("invalid argument: exactly one of tokenId, subject and did"),
                "{message}"
            );
            assert!(message.ends_with(got), "{message}");
        }
    }
    for argument in [
        format!("did: \"{did}\""),
        format!(
            "subject: \"{}\"",
            did.to_string().replace("0xbA57", "0xba57")
        ),
    ] {
        for (name, query) in roots(&argument) {
            assert!(!world.ask(&query).await.data(name).is_null(), "{query}");
        }
    }
    let bad = world
        .ask("{ availableSignals(did: \"vehicle 7\") }")
        .await
        .error();
    assert!(
        bad.0 == "BAD_REQUEST" && bad.2.contains("did: not a DID"),
        "{bad:?}"
    );
    let negative = world.ask("{ availableSignals(tokenId: -7) }").await.error();
    assert!(
        negative.0 == "BAD_REQUEST" && negative.2.contains("tokenId must be a whole number"),
        "{negative:?}"
    );
}

#[tokio::test]
async fn a_revoked_grant_ends_the_next_read_with_its_reason() {
    let world = driven();
    assert!(
        world
            .ask("{ availableSignals(tokenId: 7) }")
            .await
            .errors()
            .is_empty()
    );
    world.deny(TOKEN, "no live grant of vehicle 7");
    for (name, query) in roots("tokenId: 7") {
        let answer = world.ask(&query).await;
        assert_eq!(answer.data(name), &json!(null));
        let message = "unauthorized: no live grant of vehicle 7";
        assert_eq!(
            answer.error(),
            ("FORBIDDEN".into(), name.into(), message.into())
        );
    }
    assert_eq!(
        world.ask("{ __typename }").await.body["data"],
        json!({"__typename": "Query"})
    );
}

#[tokio::test]
async fn the_authority_is_asked_for_every_request() {
    let world = driven();
    for n in 1..=5 {
        world.ask("{ availableSignals(tokenId: 7) }").await;
        assert_eq!(world.grants.asked.load(Ordering::SeqCst), n);
    }
}

#[tokio::test]
async fn a_grant_that_ends_during_a_read_withholds_the_answer() {
    let world = World::with(TelemetryApiSettings {
        recheck_after_ms: 0,
        ..TelemetryApiSettings::default()
    });
    world.number(id::SPEED, 1.0, 8.0);
    let query = format!("{{ signals({MINUTE}) {{ speed(agg: AVG) }} }}");
    assert!(world.ask(&query).await.errors().is_empty());
    // Asked twice so far: the first question of the next request passes, the one after the read does not.
    world.grants.revoked_from.store(4, Ordering::SeqCst);
    let answer = world.ask(&query).await;
    assert_eq!(answer.body["data"], json!(null));
    assert_eq!(answer.error().0, "FORBIDDEN");
    assert!(!answer.body.to_string().contains("8.0"));
}

#[tokio::test]
async fn a_missing_privilege_is_one_error_and_the_rest_is_delivered() {
    let world = driven();
    world.number(id::SPEED, 11.0, 9.0);
    let token = world.token(&[Permission::NonLocationHistory]);
    let fields = "speed(agg: AVG) where: currentLocationCoordinates(agg: LAST) { latitude } currentLocationAltitude(agg: MAX)";
    let answer = world.minute_as(token, fields).await;
    let row = |speed: f64| json!({"speed": speed, "where": null, "currentLocationAltitude": null});
    assert_eq!(
        answer.data("signals"),
        &json!([row(8.0), row(9.0)]),
        "no row because of positions alone"
    );
    let denied = |path: &str| {
        let message = "unauthorized: missing required privilege(s) privilege:GetLocationHistory";
        ("FORBIDDEN".to_owned(), path.to_owned(), message.to_owned())
    };
    assert_eq!(
        answer.errors(),
        [
            denied("signals.where"),
            denied("signals.currentLocationAltitude")
        ]
    );
    let answer = world
        .ask_as(Some(token), "{ signalsLatest(tokenId: 7) { lastSeen speed { value } currentLocationHeading { value } } }")
        .await;
    let expected = json!({"lastSeen": "2026-05-02T06:00:11Z", "speed": {"value": 9.0}, "currentLocationHeading": null});
    assert_eq!(answer.data("signalsLatest"), &expected);
    assert_eq!(
        answer.errors(),
        [denied("signalsLatest.currentLocationHeading")]
    );
}

#[tokio::test]
async fn each_signal_opens_with_its_own_privilege_only() {
    let world = World::new();
    for signal in SignalId::ALL {
        let of = need_of(*signal);
        let field = match signal.definition().kind {
            ValueKind::Number => format!("{signal}(agg: AVG)"),
            ValueKind::Text => format!("{signal}(agg: TOP)"),
            ValueKind::Location => format!("{signal}(agg: AVG) {{ hdop }}"),
        };
        let latest = format!("{{ signalsLatest(tokenId: 7) {{ {signal} {{ timestamp }} }} }}");
        for permission in Permission::ALL {
            let token = world.token(&[permission]);
            let errors = world.minute_as(token, &field).await.errors().len();
            let of_latest = world.ask_as(Some(token), &latest).await.errors().len();
            assert_eq!(
                (errors, of_latest),
                if permission == of { (0, 0) } else { (1, 1) },
                "{signal} {permission}"
            );
        }
    }
}

fn need_of(signal: SignalId) -> Permission {
    match signal.name() {
        "currentLocationAltitude" | "currentLocationCoordinates" | "currentLocationHeading" => {
            Permission::LocationHistory
        }
        _ => Permission::NonLocationHistory,
    }
}

#[tokio::test]
async fn filters_on_denied_fields_are_never_evaluated() {
    let world = driven();
    let token = world.token(&[
        Permission::NonLocationHistory,
        Permission::ApproximateLocation,
    ]);
    let inside = "currentLocationCoordinates(agg: LAST, filter: {inCircle: {center: {latitude: 42.33, longitude: -83.04}, radius: 1}}) { hdop }";
    let outside = inside.replace("42.33", "12.0");
    let malformed = inside.replace("42.33", "99.0");
    let mut bodies = Vec::new();
    for field in [inside, outside.as_str(), malformed.as_str()] {
        bodies.push(world.minute_as(token, field).await.body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:#?}");
    assert_eq!(
        world.store.take_range_calls(),
        0,
        "denied signals are not even read"
    );
}

#[tokio::test]
async fn approximate_position_needs_its_privilege_and_hides_the_exact_one() {
    let world = driven();
    let fields = "a: currentLocationApproximateCoordinates(agg: LAST) { latitude longitude hdop } e: currentLocationCoordinates(agg: LAST) { latitude }";
    let token = world.token(&[Permission::ApproximateLocation]);
    let answer = world.minute_as(token, fields).await;
    let near = &answer.data("signals")[0]["a"];
    assert_eq!(near["hdop"], json!(1.25));
    let (latitude, longitude) = (
        near["latitude"].as_f64().unwrap(),
        near["longitude"].as_f64().unwrap(),
    );
    assert!((latitude - 42.33).abs() < 0.06 && (longitude + 83.04).abs() < 0.08);
    assert!((latitude - 42.33).abs() > 1e-6);
    assert!(answer.data("signals")[0]["e"].is_null());
    assert_eq!(answer.error().1, "signals.e");
    assert!(
        !answer.body.to_string().contains("42.33,"),
        "{}",
        answer.body
    );

    let full = world.token(&[Permission::LocationHistory]);
    let both = world.minute_as(full, fields).await;
    assert!(both.errors().is_empty());
    assert_eq!(&both.data("signals")[0]["a"], near);

    let neither = world.token(&[Permission::NonLocationHistory]);
    let answer = world
        .minute_as(
            neither,
            "a: currentLocationApproximateCoordinates(agg: LAST) { hdop }",
        )
        .await;
    assert_eq!(answer.data("signals"), &json!(null));
    let message = "unauthorized: requires at least one of the following privileges [privilege:GetApproximateLocation privilege:GetLocationHistory]";
    assert_eq!(
        answer.error(),
        ("FORBIDDEN".into(), "signals.a".into(), message.into())
    );
    let latest = "{ signalsLatest(tokenId: 7) { lastSeen currentLocationApproximateCoordinates { timestamp value { latitude } } } }";
    let answer = world.ask_as(Some(neither), latest).await;
    assert!(answer.data("signalsLatest")["currentLocationApproximateCoordinates"].is_null());
    assert_eq!(answer.errors().len(), 1);
}

/// Every root, every subset of permissions: without location permission an answer is the same whether or not the
/// vehicle ever sent a position.
#[tokio::test]
async fn without_location_privilege_positions_cannot_be_told_from_none() {
    let (with, without) = (driven(), World::new());
    without.number(id::SPEED, 1.0, 8.0);
    let selections = [
        format!("{{ signals({MINUTE}) {{ timestamp speed(agg: AVG) currentLocationCoordinates(agg: LAST) {{ hdop }} currentLocationApproximateCoordinates(agg: LAST) {{ hdop }} currentLocationHeading(agg: MAX) }} }}"),
        "{ signalsLatest(tokenId: 7) { lastSeen speed { timestamp value } currentLocationCoordinates { timestamp } currentLocationAltitude { value } currentLocationApproximateCoordinates { timestamp } } }".to_owned(),
        "{ availableSignals(tokenId: 7) }".to_owned(),
        "{ signalsSnapshot(tokenId: 7) { lastSeen signals { name timestamp valueNumber valueLocation { latitude } } } }".to_owned(),
        "{ dataSummary(tokenId: 7) { numberOfSignals availableSignals firstSeen lastSeen signalDataSummary { name numberOfSignals } eventDataSummary { name } } }".to_owned(),
    ];
    for bits in 0u16..256 {
        let set: PermissionSet = Permission::ALL
            .into_iter()
            .filter(|p| bits & (1 << (p.id() - 1)) != 0)
            .collect();
        if set.contains(Permission::LocationHistory)
            || set.contains(Permission::ApproximateLocation)
        {
            continue;
        }
        for world in [&with, &without] {
            world.grant("subset", set);
        }
        for query in &selections {
            let mut answers = [
                with.ask_as(Some("subset"), query).await,
                without.ask_as(Some("subset"), query).await,
            ];
            for answer in &mut answers {
                // Freshness counts all events of the node, so it tells nothing about this vehicle.
                answer.body["extensions"]["watermark"] = json!(0);
            }
            assert_eq!(answers[0].body, answers[1].body, "{set:?} {query}");
        }
    }
}
