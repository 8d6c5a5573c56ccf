use http::Request;
use milepost_api_ingest::{IngestApiSettings, ROUTES};
use milepost_http::{PeerIdentity, routes_without_rule};
use milepost_ingest::IngestSettings;
use milepost_journal::JournalOptions;
use serde_json::json;

use super::*;
use crate::world::*;

#[tokio::test]
async fn a_post_to_any_path_stores_its_events() {
    let node = Node::start();
    let api = api(&node, IngestApiSettings::default());
    for (sequence, path) in (1..).zip(["/", "/v1/ingest", "/vehicles/anything?x=1", "/healthz"]) {
        let answer = send(&api, post(path, Draft::new(1, sequence).signed(1))).await;
        assert_eq!(answer.status, 200, "{path}");
        let id = format!("ev-1-{sequence}");
        assert_eq!(
            answer.json,
            json!({ "accepted": 1, "duplicates": 0, "rejected": [], "ids": [id] })
        );
    }
    assert_eq!(node.stored().len(), 4);
}

#[tokio::test]
async fn other_methods_are_told_to_post() {
    let node = Node::start();
    let api = api(&node, IngestApiSettings::default());
    for (method, path) in [
        ("GET", "/"),
        ("PUT", "/v1/ingest"),
        ("DELETE", "/any"),
        ("PUT", "/healthz"),
    ] {
        let answer = send(
            &api,
            Request::builder()
                .method(method)
                .uri(path)
                .body(Body::empty())
                .unwrap(),
        )
        .await;
        assert_eq!(
            answer.code(),
            (405, "method_not_allowed"),
            "{method} {path}"
        );
        assert_eq!(answer.headers["allow"], "POST");
    }
}

#[tokio::test]
async fn health_says_whether_events_can_be_stored() {
    let node = Node::start();
    let api = api(&node, IngestApiSettings::default());
    let get = || Request::get("/healthz").body(Body::empty()).unwrap();
    assert_eq!(send(&api, get()).await.json, json!({ "status": "ok" }));
    node.ingest.stop().await;
    let answer = send(&api, get()).await;
    assert_eq!(answer.code(), (503, "not_ready"));
    let answer = send(&api, post("/", Draft::new(1, 1).signed(1))).await;
    assert_eq!(
        (answer.code(), &answer.headers["retry-after"]),
        ((503, "stopping"), &"5".parse().unwrap())
    );
}

#[tokio::test]
async fn refusals_name_code_field_limit_and_event() {
    let node = Node::start();
    let api = api(&node, IngestApiSettings::default());
    let answer = send(&api, post("/", Draft::new(1, 1).signed(2))).await;
    assert_eq!(answer.code(), (401, "wrong_signature"));
    assert_eq!(answer.json["field"], "signature");
    assert_eq!(answer.json["rejected"][0]["id"], "ev-1-1");
    let future = Draft::new(1, 1)
        .text("time", "2030-01-01T00:00:00Z")
        .signed(1);
    let answer = send(&api, post("/", future)).await;
    assert_eq!(answer.code(), (400, "invalid_field"));
    assert_eq!(
        (&answer.json["field"], &answer.json["limit"]),
        (&json!("time"), &json!("5 minutes ahead"))
    );
    let answer = send(
        &api,
        post(
            "/",
            Draft::new(1, 1).text("producer", hardware(77)).signed(1),
        ),
    )
    .await;
    assert_eq!(answer.code(), (403, "unknown_device"));
    send(&api, post("/", Draft::new(1, 1).signed(1))).await;
    let answer = send(
        &api,
        post("/", Draft::new(1, 1).text("id", "again").signed(1)),
    )
    .await;
    assert_eq!(answer.code(), (409, "replayed"));
    let answer = send(&api, post("/", "{")).await;
    assert_eq!(answer.code(), (400, "not_json"));
    assert!(answer.json.get("rejected").is_none());
}

#[tokio::test]
async fn a_mixed_batch_is_answered_event_by_event() {
    let node = Node::start();
    let api = api(&node, IngestApiSettings::default());
    let lines = [
        Draft::new(1, 1).signed(1),
        "nonsense".into(),
        Draft::new(1, 2).signed(2),
    ]
    .join("\n");
    let mut request = post("/", lines);
    request.headers_mut().insert(
        "content-type",
        "application/x-ndjson; charset=utf-8".parse().unwrap(),
    );
    let answer = send(&api, request).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        (&answer.json["accepted"], &answer.json["ids"]),
        (&json!(1), &json!(["ev-1-1", null, null]))
    );
    let codes: Vec<_> = answer.json["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (&r["index"], &r["code"]))
        .collect();
    assert_eq!(
        codes,
        [
            (&json!(1), &json!("invalid_field")),
            (&json!(2), &json!("wrong_signature"))
        ]
    );
    // Any other content type is read for what it is.
    let mut request = post("/", array(&[Draft::new(1, 3).signed(1)]));
    request
        .headers_mut()
        .insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(send(&api, request).await.status, 200);
}

#[tokio::test]
async fn the_certificates_name_is_the_connection_in_any_letter_case() {
    let node = Node::start();
    let api = api(&node, IngestApiSettings::default());
    let event = |sequence| Draft::new(1, sequence).text("producer", software(1)).json();
    let with = |sequence, name: &str| {
        let mut request = post("/", event(sequence));
        request.extensions_mut().insert(PeerIdentity {
            common_name: Some(name.to_owned()),
            ..PeerIdentity::default()
        });
        request
    };
    let connection = account(CONNECTION).to_string();
    assert_eq!(send(&api, with(1, &connection)).await.status, 200);
    assert_eq!(
        send(&api, with(2, &connection.to_lowercase())).await.status,
        200
    );
    assert_eq!(
        send(&api, with(3, "oracle.example.org")).await.code(),
        (401, "certificate_name")
    );
    assert_eq!(
        send(&api, with(3, &account(0xc9).to_string())).await.code(),
        (403, "unknown_connection")
    );
    assert_eq!(
        send(&api, post("/", event(3))).await.code(),
        (401, "signature_missing")
    );
}

#[tokio::test]
async fn idempotency_keys_are_taken_from_the_header() {
    let node = Node::start();
    let api = api(&node, IngestApiSettings::default());
    let send_with = async |key: &[u8]| {
        let mut request = post(
            "/",
            Draft::new(1, 1)
                .set("id", "")
                .set("sequence", "")
                .signed_legacy(1),
        );
        request.headers_mut().insert(
            "idempotency-key",
            http::HeaderValue::from_bytes(key).unwrap(),
        );
        send(&api, request).await
    };
    assert_eq!(send_with(b"try-1").await.json["ids"], json!(["try-1"]));
    assert_eq!(send_with(b"try-1").await.json["duplicates"], 1);
    assert_eq!(send_with(b"a b").await.json["field"], "Idempotency-Key");
    assert_eq!(send_with(b"\xff").await.code(), (400, "invalid_field"));
}

#[tokio::test]
async fn a_slowed_device_is_told_when_to_come_back() {
    let settings = IngestSettings {
        device_events_per_sec: 0.1,
        device_burst: 1.0,
        ..IngestSettings::default()
    };
    let node = Node::with(settings, JournalOptions::default());
    let api = api(&node, IngestApiSettings::default());
    assert_eq!(
        send(&api, post("/", Draft::new(1, 1).signed(1)))
            .await
            .status,
        200
    );
    let answer = send(&api, post("/", Draft::new(1, 2).signed(1))).await;
    assert_eq!(
        (answer.code(), &answer.headers["retry-after"]),
        ((429, "rate_limited"), &"10".parse().unwrap())
    );
}

#[test]
fn every_route_has_a_rule() {
    assert_eq!(
        routes_without_rule(ROUTES),
        Vec::<&milepost_http::RouteRule>::new()
    );
    assert!(
        ROUTES
            .iter()
            .any(|rule| rule.path == "/{*path}" && rule.method == "POST")
    );
}
