use std::time::{Duration, Instant};

use http::{Request, StatusCode, header};
use milepost_api_telemetry::TelemetryApiSettings;
use milepost_signals::id;
use milepost_telemetry::Limits;
use serde_json::json;

use crate::world::{MINUTE, TOKEN, World, request};

fn settings() -> TelemetryApiSettings {
    TelemetryApiSettings::default()
}

/// Too much of anything is refused for its cost, at once, and without a token.
#[tokio::test]
async fn oversized_queries_are_refused_quickly_with_their_limit() {
    let world = World::with(TelemetryApiSettings {
        body_bytes_max: 1 << 20,
        ..settings()
    });
    let cyclic = "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }".to_owned();
    let mut bomb = "{ ...f0 }".to_owned();
    (0..30).for_each(|i| {
        bomb.push_str(&format!(
            " fragment f{i} on Query {{ ...f{} ...f{} }}",
            i + 1,
            i + 1
        ))
    });
    let aliases: String = (0..10_000)
        .map(|i| format!("a{i}: availableSignals(tokenId: 7) "))
        .collect();
    let cases = [
        (
            format!("{{ {aliases} }}"),
            "COMPLEXITY_LIMIT_EXCEEDED",
            StatusCode::OK,
        ),
        (
            "{a".repeat(10_000),
            "COMPLEXITY_LIMIT_EXCEEDED",
            StatusCode::OK,
        ),
        (
            format!("{{ availableSignals(did: {}", "[".repeat(10_000)),
            "COMPLEXITY_LIMIT_EXCEEDED",
            StatusCode::OK,
        ),
        (bomb, "COMPLEXITY_LIMIT_EXCEEDED", StatusCode::OK),
        (
            cyclic,
            "GRAPHQL_VALIDATION_FAILED",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ];
    for (query, code, status) in cases {
        let started = Instant::now();
        let answer = world.ask_as(None, &query).await;
        assert_eq!(
            (answer.status, answer.error().0.as_str()),
            (status, code),
            "{}",
            answer.body
        );
        // Generous: an unoptimised build on a busy machine; expanding any of them would take far longer.
        assert!(started.elapsed() < Duration::from_secs(2));
    }
}

#[tokio::test]
async fn a_hundred_fields_are_answered_and_one_more_is_not() {
    let world = World::new();
    world.number(id::SPEED, 1.0, 8.0);
    let fields = |n: usize| {
        (0..n)
            .map(|i| format!("a{i}: speed(agg: AVG) "))
            .collect::<String>()
    };
    let answer = world.minute(&fields(99)).await;
    assert_eq!(answer.data("signals")[0].as_object().unwrap().len(), 99);
    let answer = world.minute(&fields(100)).await;
    let message = "operation has complexity 101, which exceeds the limit of 100";
    assert_eq!(
        answer.error(),
        (
            "COMPLEXITY_LIMIT_EXCEEDED".into(),
            String::new(),
            message.into()
        )
    );
    assert_eq!(answer.body["data"], json!(null));
    let world = World::with(TelemetryApiSettings {
        complexity_max: 101,
        ..settings()
    });
    assert!(world.minute(&fields(100)).await.errors().is_empty());
}

#[tokio::test]
async fn variables_that_would_multiply_are_refused() {
    let world = World::new();
    let uses = (0..90)
        .map(|i| format!("a{i}: speed(agg: AVG, filter: {{in: $v}}) "))
        .collect::<String>();
    let query = format!("query($v: [Float!]) {{ signals({MINUTE}) {{ {uses} }} }}");
    let body = json!({"query": query, "variables": {"v": vec![1; 5_000]}});
    assert_eq!(
        world.post(Some(TOKEN), &body).await.error().0,
        "COMPLEXITY_LIMIT_EXCEEDED"
    );
    let body = json!({"query": query, "variables": {"v": vec![1; 500]}});
    assert!(world.post(Some(TOKEN), &body).await.errors().is_empty());
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_413() {
    let world = World::new();
    let padded = |bytes: usize| {
        let body = json!({"query": "{ __typename }"}).to_string();
        format!("{}{}", " ".repeat(bytes - body.len()), body)
    };
    assert_eq!(
        world.send(request(None, padded(65_536))).await.status,
        StatusCode::OK
    );
    for bytes in [65_537, 1_000_000] {
        let answer = world.send(request(None, padded(bytes))).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.error().2.contains("larger than 65536 bytes"));
    }
}

#[tokio::test]
async fn too_many_values_or_bytes_are_a_bad_request_not_a_crash() {
    let few = Limits {
        cells_max: 3,
        ..Limits::default()
    };
    let cells = World::with(TelemetryApiSettings {
        limits: few,
        ..settings()
    });
    let bytes = World::with(TelemetryApiSettings {
        response_bytes_max: 100,
        ..settings()
    });
    for (world, part) in [
        (cells, "more than 3 values"),
        (bytes, "answer is larger than this node sends"),
    ] {
        (0..6).for_each(|n| world.number(id::SPEED, 10.0 * f64::from(n), 1.0));
        let answer = world.minute("timestamp speed(agg: AVG)").await;
        assert_eq!(answer.data("signals"), &json!(null));
        let (code, path, message) = answer.error();
        assert_eq!((code.as_str(), path.as_str()), ("BAD_REQUEST", "signals"));
        assert!(message.contains(part), "{message}");
    }
}

#[tokio::test]
async fn a_request_without_time_left_is_unavailable() {
    let world = World::with(TelemetryApiSettings {
        request_timeout_ms: 0,
        ..settings()
    });
    let answer = world.minute("speed(agg: AVG)").await;
    let (code, _, message) = answer.error();
    assert_eq!(code, "SERVICE_UNAVAILABLE");
    assert_eq!(
        message,
        "request exceeded or is estimated to exceed the maximum execution time"
    );
}

#[tokio::test]
async fn beyond_the_concurrency_limits_requests_are_429_with_retry_after() {
    for settings in [
        TelemetryApiSettings {
            requests_max: 0,
            queue_wait_ms: 1,
            ..settings()
        },
        TelemetryApiSettings {
            reads_max: 0,
            queue_wait_ms: 1,
            ..settings()
        },
    ] {
        let world = World::with(settings);
        let answer = world.minute("speed(agg: AVG)").await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.headers[header::RETRY_AFTER], "1");
        assert_eq!(answer.error().0, "TOO_MANY_REQUESTS");
    }
    // Memory reads do not wait for disk reads.
    let world = World::with(TelemetryApiSettings {
        reads_max: 0,
        queue_wait_ms: 1,
        ..settings()
    });
    assert_eq!(
        world.ask("{ availableSignals(tokenId: 7) }").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn hostile_texts_are_answered_not_panicked_on() {
    let world = World::new();
    for query in [
        r#"{ availableSignals(did: "\ud800") }"#,
        "query($a: [Nope] = [5]) { availableSignals(did: $a) }",
        "query($a: Nope = 5) { availableSignals(did: $a) }",
        "query($a: Query) { availableSignals(did: $a) }",
        "{ availableSignals(did: \"\u{0}\") }",
        "{ ... on Nope { a(b: 1) { c } } }",
        "fragment x on Nope { a(b: 1) } { ...x }",
        "subscription { signals }",
        "mutation { signals }",
        "query A { __typename } query B { __typename }",
        "{ signalsLatest(tokenId: 7, filter: 5) { lastSeen } }",
        "{ signalsLatest(tokenId: 99999999999999999999) { lastSeen } }",
        "{ a @ifdef }",
        "",
        "   ",
        "#",
        "{}",
    ] {
        let answer = world.ask(query).await;
        assert!(
            answer.status.is_success() || answer.status == StatusCode::UNPROCESSABLE_ENTITY,
            "{query}"
        );
        let errors = answer.errors();
        assert!(
            !errors.is_empty() && errors.iter().all(|e| e.0 != "INTERNAL_SERVER_ERROR"),
            "{query}: {}",
            answer.body
        );
    }
    let deep = format!("{{\"query\": {}1{}}}", "[".repeat(50_00), "]".repeat(50_00));
    assert_eq!(
        world.send(request(None, deep)).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_get_query_beyond_the_limit_is_413() {
    let world = World::with(TelemetryApiSettings {
        body_bytes_max: 100,
        ..settings()
    });
    let request = Request::get(format!("/query?query={}", "a".repeat(101)))
        .body(String::new().into())
        .unwrap();
    assert_eq!(
        world.send(request).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}
