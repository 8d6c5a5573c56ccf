use std::{convert::Infallible, io::Write as _};

use bytes::Bytes;
use http::Request;
use tokio::sync::mpsc;

use super::*;
use crate::world::*;

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn encoded(encoding: &str, body: Vec<u8>) -> Request<Body> {
    let request = Request::post("/")
        .header("content-encoding", encoding)
        .header("content-length", body.len());
    request.body(Body::from(body)).unwrap()
}

#[tokio::test]
async fn gzip_and_zstd_bodies_of_all_sizes_are_read() {
    let node = Node::start();
    let api = api(&node, IngestApiSettings::default());
    let mut sequence = 0;
    for events in [1u64, 20, 400, 1000] {
        for encoding in ["gzip", "zstd", "identity"] {
            let padding = format!("{:0>3000}", sequence);
            let batch: Vec<_> = (0..events)
                .map(|_| {
                    sequence += 1;
                    Draft::new(1, sequence).set("data", format!("\"{padding}\""))
                })
                .collect();
            let body = array(&signed_batch(1, &batch)).into_bytes();
            let body = match encoding {
                "gzip" => gzip(&body),
                "zstd" => zstd::encode_all(&body[..], 3).unwrap(),
                _ => body,
            };
            let answer = send(&api, encoded(encoding, body)).await;
            assert_eq!(
                answer.json["accepted"], events,
                "{encoding}: {}",
                answer.json
            );
        }
    }
    assert_eq!(node.stored().len() as u64, sequence);
}

#[tokio::test]
async fn encodings_that_are_unknown_or_broken_are_refused() {
    let node = Node::start();
    let api = api(&node, IngestApiSettings::default());
    let answer = send(&api, encoded("br", b"x".to_vec())).await;
    assert_eq!(
        (answer.code(), &answer.headers["accept-encoding"]),
        (
            (415, "encoding_unsupported"),
            &"gzip, zstd".parse().unwrap()
        )
    );
    for encoding in ["gzip", "zstd"] {
        for body in [b"{}".to_vec(), Vec::new(), vec![7; 20_000]] {
            let answer = send(&api, encoded(encoding, body.clone())).await;
            assert_eq!(answer.status, 400, "{encoding}: {body:?}");
        }
    }
}

#[tokio::test]
async fn compression_bombs_are_stopped_by_size_and_by_ratio() {
    let node = Node::start();
    let api = api(&node, IngestApiSettings::default());
    let spaces = |bytes: usize| vec![b' '; bytes];
    // 300 kB become 300 MB: beyond the size.
    let answer = send(&api, encoded("gzip", gzip(&spaces(300 << 20)))).await;
    assert_eq!(answer.code(), (413, "body_too_large"));
    assert_eq!(answer.json["limit"], "33554432 bytes decompressed");
    // 1 kB become 20 MB: within the size, beyond any honest ratio.
    let small = zstd::encode_all(&spaces(20 << 20)[..], 19).unwrap();
    assert!(small.len() < 5_000);
    let answer = send(&api, encoded("zstd", small)).await;
    assert_eq!(answer.code(), (413, "body_too_large"));
    assert_eq!(answer.json["limit"], "1048576 bytes decompressed");
    // The node still works, and the memory was given back.
    let answer = send(
        &api,
        encoded("gzip", gzip(Draft::new(1, 1).signed(1).as_bytes())),
    )
    .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_refused_stated_or_not() {
    let node = Node::start();
    let settings = IngestApiSettings {
        body_bytes_max: 100_000,
        ..IngestApiSettings::default()
    };
    let api = api(&node, settings);
    let stated = Request::post("/")
        .header("content-length", 100_001)
        .body(Body::empty())
        .unwrap();
    assert_eq!(send(&api, stated).await.code(), (413, "body_too_large"));
    let answer = send(&api, post("/", vec![b' '; 100_001])).await;
    assert_eq!(answer.code(), (413, "body_too_large"));
    assert_eq!(
        (&answer.json["field"], &answer.json["limit"]),
        (&"body".into(), &"100000 bytes as sent".into())
    );
    // A body longer than it said is no longer than it said to us.
    let lying = Request::post("/")
        .header("content-length", 10)
        .body(Body::from(vec![b' '; 50]))
        .unwrap();
    assert_eq!(send(&api, lying).await.status, 413);
    assert_eq!(
        send(&api, post("/", vec![b' '; 100_000])).await.code(),
        (400, "empty_body")
    );
}

/// A body that the test feeds piece by piece.
fn fed() -> (mpsc::Sender<Bytes>, Body) {
    let (sender, receiver) = mpsc::channel::<Bytes>(4);
    (sender, Body::from_stream(Fed(receiver)))
}

struct Fed(mpsc::Receiver<Bytes>);

impl futures::Stream for Fed {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|piece| piece.map(Ok))
    }
}

#[tokio::test]
async fn a_body_in_pieces_is_put_together() {
    let node = Node::start();
    let api = api(&node, IngestApiSettings::default());
    let (pieces, body) = fed();
    let event = Draft::new(1, 1).signed(1).into_bytes();
    let feeding = tokio::spawn(async move {
        for piece in event.chunks(7) {
            pieces.send(Bytes::copy_from_slice(piece)).await.unwrap();
        }
    });
    assert_eq!(send(&api, post("/", body)).await.status, 200);
    feeding.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls_is_cut_off() {
    let node = Node::start();
    let api = api(&node, IngestApiSettings::default());
    let (pieces, body) = fed();
    pieces.send(Bytes::from_static(b"{")).await.unwrap();
    let answer = send(&api, post("/", body)).await;
    assert_eq!(answer.code(), (408, "body_timeout"));
    drop(pieces);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_is_cut_off() {
    let node = Node::start();
    let api = api(
        &node,
        IngestApiSettings {
            body_secs: 20,
            ..IngestApiSettings::default()
        },
    );
    let (pieces, body) = fed();
    let feeding = tokio::spawn(async move {
        while pieces.send(Bytes::from_static(b" ")).await.is_ok() {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    });
    assert_eq!(
        send(&api, post("/", body)).await.code(),
        (408, "body_timeout")
    );
    feeding.await.unwrap();
}

#[tokio::test]
async fn requests_beyond_those_in_flight_are_put_off() {
    let node = Node::start();
    let api = api(
        &node,
        IngestApiSettings {
            requests_max: 1,
            ..IngestApiSettings::default()
        },
    );
    let (pieces, body) = fed();
    let waiting = tokio::spawn({
        let api = api.clone();
        async move { send(&api, post("/", body)).await.status }
    });
    // Taken once the first request reads its body.
    for piece in 0..5 {
        let text = if piece == 4 {
            Draft::new(1, 1).signed(1)
        } else {
            " ".into()
        };
        pieces.send(text.into()).await.unwrap();
        if piece == 3 {
            pieces.reserve_many(4).await.unwrap();
            let answer = send(&api, post("/", Draft::new(1, 2).signed(1))).await;
            assert_eq!(
                (answer.code(), &answer.headers["retry-after"]),
                ((503, "overloaded"), &"1".parse().unwrap())
            );
        }
    }
    drop(pieces);
    assert_eq!(waiting.await.unwrap(), 200);
    assert_eq!(
        send(&api, post("/", Draft::new(1, 2).signed(1)))
            .await
            .status,
        200
    );
}

#[tokio::test(start_paused = true)]
async fn large_bodies_share_one_budget() {
    let node = Node::start();
    let settings = IngestApiSettings {
        body_bytes_max: 1 << 20,
        decoded_bytes_max: 1 << 20,
        memory_bytes_max: 0,
        ..IngestApiSettings::default()
    };
    let api = api(&node, settings);
    // Two bodies of unknown length take all of it.
    let mut held = Vec::new();
    for _ in 0..2 {
        let (pieces, body) = fed();
        let api = api.clone();
        tokio::spawn(async move { send(&api, post("/", body)).await });
        pieces.send(Bytes::from_static(b" ")).await.unwrap();
        pieces.reserve_many(4).await.unwrap();
        held.push(pieces);
    }
    let stated = Request::post("/")
        .header("content-length", 70_000)
        .body(Body::from(vec![b' '; 70_000]))
        .unwrap();
    assert_eq!(send(&api, stated).await.code(), (503, "overloaded"));
    // The journal's thread lives in real time.
    tokio::time::resume();
    let small = Draft::new(1, 1).signed(1);
    let request = Request::post("/")
        .header("content-length", small.len())
        .body(Body::from(small))
        .unwrap();
    assert_eq!(send(&api, request).await.status, 200, "small bodies pass");
}
