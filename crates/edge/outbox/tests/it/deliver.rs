use std::{
    error::Error as _,
    time::{Duration, Instant},
};

use axum::http::HeaderMap;
use milepost_cloudevent::Authenticity;
use milepost_outbox::{
    Compression, DeliveryFailure, DeliveryReport, Framing, Outbox, OutboxConfig, OutboxError,
    Rejected, RetryPolicy, SignedEvent, Signing, json_array,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::{
    config, device, events,
    node::{Node, Played, play},
};

fn outbox(config: OutboxConfig) -> Outbox {
    Outbox::new(config).unwrap()
}

#[tokio::test]
async fn every_way_to_sign_frame_and_compress_is_taken_by_a_node() {
    let ways = [
        (Signing::Each, Authenticity::Device),
        (Signing::Batch, Authenticity::DeviceBatch),
        (Signing::Legacy, Authenticity::Legacy),
    ];
    for (signing, authenticity) in ways {
        for framing in [Framing::Array, Framing::Lines] {
            for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
                let (node, url) = Node::start(Vec::new()).await;
                let outbox = outbox(OutboxConfig {
                    signing,
                    framing,
                    compression,
                    ..config(&url)
                });
                let report = outbox.deliver(events(7)).await.unwrap();
                assert_eq!(
                    (report.accepted, report.events(), report.requests),
                    (7, 7, 1)
                );
                assert_eq!(node.authenticity(), [authenticity; 7]);
                assert_eq!(report.bytes_sent, node.bodies()[0].len() as u64);
            }
        }
    }
}

#[tokio::test]
async fn compressed_bodies_are_smaller() {
    let (_node, url) = Node::start(Vec::new()).await;
    let mut sizes = Vec::new();
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
        let outbox = outbox(OutboxConfig {
            compression,
            ..config(&url)
        });
        sizes.push(outbox.deliver(events(50)).await.unwrap().bytes_sent);
    }
    assert!(
        sizes[1] * 2 < sizes[0] && sizes[2] * 2 < sizes[0],
        "{sizes:?}"
    );
}

#[tokio::test]
async fn a_busy_node_gets_the_same_bytes_again() {
    let played = [429, 503, 500, 502, 504, 408].map(play).to_vec();
    let (node, url) = Node::start(played).await;
    let report = outbox(config(&url)).deliver(events(3)).await.unwrap();
    assert_eq!(
        (report.accepted, report.requests, report.retries),
        (3, 7, 6)
    );
    let bodies = node.bodies();
    assert_eq!(bodies.len(), 7);
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[tokio::test]
async fn retry_after_is_honoured() {
    let busy = Played {
        retry_after: Some("1"),
        ..play(503)
    };
    let (_node, url) = Node::start(vec![busy]).await;
    let start = Instant::now();
    outbox(config(&url)).deliver(events(1)).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_retry_after_beyond_the_deadline_ends_the_delivery_at_once() {
    let busy = Played {
        retry_after: Some("3600"),
        ..play(503)
    };
    let (node, url) = Node::start(vec![busy]).await;
    let error = outbox(config(&url)).deliver(events(2)).await.unwrap_err();
    assert!(matches!(
        error.failure,
        DeliveryFailure::Deadline { attempts: 1, .. }
    ));
    assert_eq!((error.undelivered.len(), node.bodies().len()), (2, 1));
}

#[tokio::test]
async fn what_a_dead_node_did_not_take_is_delivered_later_unchanged() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let retry = RetryPolicy {
        deadline: Duration::from_millis(100),
        ..config(&url).retry
    };
    let outbox = outbox(OutboxConfig {
        retry,
        ..config(&url)
    });
    let delivery = outbox.deliver(events(3));
    tokio::pin!(delivery);
    let error = loop {
        tokio::select! {
            outcome = &mut delivery => break outcome.unwrap_err(),
            connection = listener.accept() => drop(connection.unwrap()),
        }
    };
    let DeliveryFailure::Deadline { attempts, .. } = error.failure else {
        panic!("{error:?}")
    };
    assert!(attempts > 1);
    assert!(error.source().is_some());
    assert_eq!(error.to_string(), "3 of 3 events not delivered");

    let node = Node::default();
    node.serve_on(listener);
    let retry = RetryPolicy {
        deadline: Duration::from_secs(20),
        ..config(&url).retry
    };
    let later = Outbox::new(OutboxConfig {
        retry,
        ..config(&url)
    })
    .unwrap();
    assert_eq!(
        later
            .deliver_signed(error.undelivered.clone())
            .await
            .unwrap()
            .accepted,
        3
    );
    assert_eq!(node.bodies()[0], json_array(&error.undelivered));
}

/// Reads one request from a raw connection.
async fn read_request(listener: &TcpListener) -> (HeaderMap, Vec<u8>) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut bytes = Vec::new();
    loop {
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let headers: HeaderMap = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
        if bytes.len() == end + 4 + length {
            stream.shutdown().await.unwrap();
            return (headers, bytes[end + 4..].to_vec());
        }
    }
}

#[tokio::test]
async fn a_lost_answer_doubles_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let outbox = outbox(config(&format!(
        "http://{}/",
        listener.local_addr().unwrap()
    )));
    let node = Node::default();
    let losing = node.clone();
    let server = tokio::spawn(async move {
        // The node stores the events; the connection ends before the answer is out.
        let (headers, body) = read_request(&listener).await;
        drop(losing.ingest(&headers, &body));
        losing.serve_on(listener);
        body
    });
    let report = outbox.deliver(events(4)).await.unwrap();
    assert_eq!(
        (report.accepted, report.duplicates, report.retries),
        (0, 4, 1)
    );
    assert_eq!(node.stored(), 4);
    assert_eq!(node.bodies()[0], server.await.unwrap());
}

#[tokio::test]
async fn a_refusal_is_not_tried_again_and_says_why() {
    let body =
        r#"{"status":403,"code":"not_paired","field":"subject","detail":"device is not paired"}"#
            .to_owned();
    let (node, url) = Node::start(vec![Played { body, ..play(403) }]).await;
    let error = outbox(config(&url)).deliver(events(2)).await.unwrap_err();
    let DeliveryFailure::Refused {
        status,
        code,
        field,
        detail,
    } = error.failure
    else {
        panic!()
    };
    assert_eq!(
        (status, code.as_str(), field.as_deref()),
        (403, "not_paired", Some("subject"))
    );
    assert_eq!(detail, "device is not paired");
    assert_eq!((node.bodies().len(), error.undelivered.len()), (1, 2));
}

#[tokio::test]
async fn when_every_event_is_refused_each_is_reported_and_the_delivery_goes_on() {
    let body = r#"{"status":403,"code":"not_paired","detail":"device is not paired","rejected":[
        {"index":0,"id":"a","code":"not_paired","detail":"first"},
        {"index":1,"id":"b","code":"not_paired","detail":"second"}]}"#
        .to_owned();
    let (node, url) = Node::start(vec![Played { body, ..play(403) }]).await;
    let config = OutboxConfig {
        batch_events_max: 2,
        ..config(&url)
    };
    let report = outbox(config).deliver(events(4)).await.unwrap();
    assert_eq!((report.accepted, report.rejected.len()), (2, 2));
    assert_eq!(report.rejected[1].index, 1);
    assert_eq!(report.rejected[1].detail, "second");
    assert_eq!(node.bodies().len(), 2);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (node, url) = Node::start(vec![play(307)]).await;
    let error = outbox(config(&url)).deliver(events(1)).await.unwrap_err();
    assert!(matches!(
        error.failure,
        DeliveryFailure::Refused { status: 307, .. }
    ));
    assert_eq!(node.bodies().len(), 1);
}

#[tokio::test]
async fn requests_hold_no_more_than_the_batch_size_and_bytes() {
    let (node, url) = Node::start(Vec::new()).await;
    let by_count = outbox(OutboxConfig {
        batch_events_max: 4,
        signing: Signing::Batch,
        ..config(&url)
    });
    assert_eq!(by_count.deliver(events(10)).await.unwrap().requests, 3);
    assert_eq!(node.stored(), 10);

    let (_node, url) = Node::start(Vec::new()).await;
    let by_bytes = outbox(OutboxConfig {
        batch_bytes_max: 1,
        ..config(&url)
    });
    assert_eq!(by_bytes.deliver(events(3)).await.unwrap().requests, 3);
}

#[tokio::test]
async fn a_request_too_large_for_the_node_is_halved() {
    let (node, url) = Node::start(Vec::new()).await;
    node.limit_events(2);
    let report = outbox(OutboxConfig {
        signing: Signing::Batch,
        ..config(&url)
    })
    .deliver(events(7))
    .await
    .unwrap();
    assert_eq!((report.accepted, node.stored()), (7, 7));
}

#[tokio::test]
async fn a_failure_half_way_keeps_what_was_settled() {
    let taken = Played {
        body: r#"{"accepted":2}"#.into(),
        ..play(200)
    };
    let (_node, url) = Node::start(vec![taken, play(401)]).await;
    let outbox = outbox(OutboxConfig {
        batch_events_max: 2,
        ..config(&url)
    });
    let signed = outbox.build(events(5)).unwrap();
    let error = outbox.deliver_signed(signed.clone()).await.unwrap_err();
    assert_eq!(error.report.accepted, 2);
    assert_eq!(error.undelivered, signed[2..]);
}

#[tokio::test]
async fn events_the_node_rejects_are_named_by_their_place_in_the_delivery() {
    let (node, url) = Node::start(Vec::new()).await;
    let outbox = outbox(OutboxConfig {
        batch_events_max: 2,
        ..config(&url)
    });
    let mut signed = outbox.build(events(5)).unwrap();
    let tampered = String::from_utf8(signed[3].json.to_vec())
        .unwrap()
        .replace("\"value\":3", "\"value\":4");
    signed[3] = SignedEvent {
        json: tampered.into(),
        ..signed[3].clone()
    };
    let report = outbox.deliver_signed(signed).await.unwrap();
    assert_eq!((report.accepted, node.stored()), (4, 4));
    let [
        Rejected {
            index: 3,
            id: Some(id),
            code,
            field: Some(field),
            ..
        },
    ] = &report.rejected[..]
    else {
        panic!("{report:?}")
    };
    assert!(id.ends_with("-3"));
    assert_eq!(
        (code.as_str(), field.as_str()),
        ("bad_signature", "signature")
    );
}

#[tokio::test]
async fn an_empty_200_of_the_deployed_ingest_accepts_all() {
    let (_node, url) = Node::start(vec![play(200)]).await;
    let report = outbox(config(&url)).deliver(events(3)).await.unwrap();
    assert_eq!(report.accepted, 3);
}

#[tokio::test]
async fn an_answer_that_does_not_account_for_every_event_is_not_believed() {
    for body in [
        r#"{"accepted":2}"#,
        r#"{"accepted":4}"#,
        r#"{"accepted":18446744073709551615,"duplicates":4}"#,
        r#"{"accepted":2,"rejected":[{"index":3}]}"#,
        "ok",
    ] {
        let (_node, url) = Node::start(vec![Played {
            body: body.into(),
            ..play(200)
        }])
        .await;
        let error = outbox(config(&url)).deliver(events(3)).await.unwrap_err();
        assert!(
            matches!(error.failure, DeliveryFailure::Answer { .. }),
            "{body}"
        );
        assert_eq!(error.undelivered.len(), 3);
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let (_node, url) = Node::start(vec![Played {
        body: "x".repeat(2 << 20),
        ..play(200)
    }])
    .await;
    let report = outbox(config(&url)).deliver(events(1)).await.unwrap();
    assert_eq!((report.accepted, report.retries), (1, 1));
}

#[tokio::test]
async fn nothing_to_deliver_sends_nothing() {
    let outbox = outbox(config("http://127.0.0.1:9/"));
    assert_eq!(
        outbox.deliver(Vec::new()).await.unwrap(),
        DeliveryReport::default()
    );
}

#[test]
fn settings_are_checked_at_the_start() {
    for bad in ["", "node", "ftp://node/", "/v1"] {
        assert!(
            matches!(Outbox::new(config(bad)), Err(OutboxError::Endpoint(_))),
            "{bad}"
        );
    }
    for bad in [0, 1001] {
        let config = OutboxConfig {
            batch_events_max: bad,
            ..config("http://node/")
        };
        assert!(matches!(
            Outbox::new(config),
            Err(OutboxError::BatchSize(_))
        ));
    }
    assert_eq!(
        device().to_string(),
        outbox(config("http://node/"))
            .build(events(1))
            .map(producer)
            .unwrap()
    );
}

fn producer(events: Vec<SignedEvent>) -> String {
    milepost_cloudevent::Incoming::parse(&events[0].json)
        .unwrap()
        .producer()
        .to_string()
}
