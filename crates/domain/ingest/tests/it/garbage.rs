use bytes::Bytes;
use milepost_ingest::IngestSettings;
use milepost_journal::JournalOptions;
use proptest::prelude::*;

use crate::world::*;

#[tokio::test]
async fn bodies_that_hold_no_events_say_why() {
    let node = Node::start();
    let deep = "[".repeat(200_000);
    let cases: [(Bytes, u16, &str); 9] = [
        (Bytes::new(), 400, "empty_body"),
        (" \n\t ".into(), 400, "empty_body"),
        ("[]".into(), 400, "empty_body"),
        ("42".into(), 400, "not_an_event"),
        ("{\"id\":".into(), 400, "not_json"),
        (deep.into(), 400, "not_json"),
        (
            Bytes::from_static(b"{\"id\":\"\xff\xfe\"}"),
            400,
            "not_utf8",
        ),
        (
            format!("[{}]", vec!["{}"; 1001].join(",")).into(),
            413,
            "too_many_events",
        ),
        (Bytes::from_static(b"\0\0\0\0"), 400, "not_an_event"),
    ];
    for (body, status, code) in cases {
        let shown = body.slice(..body.len().min(20));
        assert_eq!(refused(node.post(body).await), (status, code), "{shown:?}");
    }
    assert_eq!(node.stored().len(), 0);
}

#[tokio::test]
async fn payloads_beyond_a_limit_are_refused_and_named() {
    let node = Node::start();
    let nested = format!("{}{}", "[".repeat(65), "]".repeat(65));
    let refusal = node
        .post(Draft::new(1, 1).set("data", nested).json())
        .await
        .unwrap_err();
    assert_eq!(
        (refusal.kind.status(), refusal.field.as_deref()),
        (400, Some("data"))
    );
    assert_eq!(refusal.limit.as_deref(), Some("64 levels"));
    let large = format!("\"{}\"", "x".repeat(1 << 20));
    let refusal = node
        .post(Draft::new(1, 1).set("data", large).json())
        .await
        .unwrap_err();
    assert_eq!(
        (
            refusal.kind.status(),
            refusal.code,
            refusal.field.as_deref()
        ),
        (413, "too_large", Some("data"))
    );
    assert_eq!(refusal.limit.as_deref(), Some("1048576 bytes"));
    let header = Draft::new(1, 1).text("comment", "y".repeat(9000)).json();
    let refusal = node.post(header).await.unwrap_err();
    assert_eq!(
        (refusal.kind.status(), refusal.field.as_deref()),
        (413, Some("event"))
    );
    let fits = format!("\"{}\"", "x".repeat((1 << 20) - 2));
    assert_eq!(
        node.post(Draft::new(1, 2).set("data", fits).signed(1))
            .await
            .unwrap()
            .accepted,
        1
    );
}

#[tokio::test]
async fn odd_payloads_are_kept_as_they_are() {
    let node = Node::start();
    let odd = [
        "null",
        "1e308",
        "-0",
        "\"\\u0000\"",
        "[1e400]",
        "{\"a\":1,\"a\":2}",
        " { \"spaced\" : [ ] } ",
        "\"\\ud800\"",
    ];
    for (sequence, data) in (1..).zip(odd) {
        let answer = node
            .post(Draft::new(1, sequence).set("data", data).signed(1))
            .await
            .unwrap();
        assert_eq!(answer.accepted, 1, "{data}");
    }
    let stored: Vec<_> = node
        .stored()
        .iter()
        .map(|r| r.event.data.wire_bytes().to_vec())
        .collect();
    for (data, stored) in odd.iter().zip(stored) {
        assert_eq!(stored, data.trim().as_bytes());
    }
}

#[test]
fn no_bytes_make_ingest_fail_or_store_anything_unsigned() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let node = runtime.block_on(async {
        Node::with(
            IngestSettings {
                inline_bytes_max: 1 << 20,
                ..IngestSettings::default()
            },
            JournalOptions::default(),
        )
    });
    let good = Draft::new(1, 1).signed(1);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(300));
    let strategy = (
        any::<prop::sample::Index>(),
        prop::collection::vec(any::<u8>(), 0..64),
        any::<bool>(),
    );
    runner
        .run(&strategy, |(at, garbage, replace)| {
            let mut body = good.clone().into_bytes();
            let at = at.index(body.len());
            let end = if replace {
                (at + garbage.len()).min(body.len())
            } else {
                at
            };
            body.splice(at..end, garbage);
            let changed = body != good.as_bytes();
            let outcome = runtime.block_on(node.post(body));
            prop_assert!(outcome.is_ok() || changed);
            Ok(())
        })
        .unwrap();
    // White space between tokens is the only change that leaves the event as it was signed.
    assert!(node.stored().len() <= 1);
}
