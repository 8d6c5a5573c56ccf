//! A small node: reads, verifies and deduplicates as the real one, and plays prescribed failures before that.

use std::{
    collections::{HashSet, VecDeque},
    io::Read as _,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use milepost_cloudevent::{Authenticity, BodyLimits, EventKey, parse_body};
use milepost_crypto::{SignedFields, Verifier};
use milepost_types::Timestamp;
use tokio::net::TcpListener;

use crate::{CHAIN, key};

/// An answer to play instead of doing the work.
#[derive(Clone)]
pub(crate) struct Played {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<&'static str>,
    pub(crate) body: String,
}

pub(crate) fn play(status: u16) -> Played {
    Played {
        status,
        retry_after: None,
        body: String::new(),
    }
}

#[derive(Default)]
struct Inner {
    played: VecDeque<Played>,
    bodies: Vec<Bytes>,
    stored: HashSet<EventKey>,
    authenticity: Vec<Authenticity>,
    events_max: Option<usize>,
}

/// Handle on a running node.
#[derive(Clone, Default)]
pub(crate) struct Node(Arc<Mutex<Inner>>);

impl Node {
    /// Serves on a free port; returns the URL.
    pub(crate) async fn start(played: Vec<Played>) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let node = Self::default();
        node.0.lock().unwrap().played = played.into();
        node.serve_on(listener);
        (node, url)
    }

    pub(crate) fn serve_on(&self, listener: TcpListener) {
        let app = self.router();
        tokio::spawn(async move { axum::serve(listener, app).await });
    }

    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/", post(handle))
            .with_state(self.clone())
    }

    /// Bodies of all requests, as they came over the wire.
    pub(crate) fn bodies(&self) -> Vec<Bytes> {
        self.0.lock().unwrap().bodies.clone()
    }

    pub(crate) fn stored(&self) -> usize {
        self.0.lock().unwrap().stored.len()
    }

    pub(crate) fn authenticity(&self) -> Vec<Authenticity> {
        self.0.lock().unwrap().authenticity.clone()
    }

    /// Refuses larger requests with 413.
    pub(crate) fn limit_events(&self, max: usize) {
        self.0.lock().unwrap().events_max = Some(max);
    }

    /// Stores the events of a body and answers as the ingest does.
    pub(crate) fn ingest(&self, headers: &HeaderMap, body: &[u8]) -> Response {
        let content_type = headers
            .get("content-type")
            .and_then(|value| value.to_str().ok());
        let encoding = headers
            .get("content-encoding")
            .and_then(|value| value.to_str().ok());
        let body = decompress(encoding, body);
        let events = parse_body(&body, content_type, &BodyLimits::default()).unwrap();
        let mut inner = self.0.lock().unwrap();
        if inner.events_max.is_some_and(|max| events.len() > max) {
            let problem =
                r#"{"status":413,"code":"too_many_events","detail":"too many events","limit":"2"}"#;
            return (StatusCode::PAYLOAD_TOO_LARGE, problem).into_response();
        }
        let verifier = Verifier::new(CHAIN);
        let (mut accepted, mut duplicates, mut rejected) = (0, 0, Vec::new());
        for (index, event) in events.into_iter().enumerate() {
            let event = event.unwrap();
            match verifier.verify(&SignedFields::from(&event), Some(key().address())) {
                Ok((_, authenticity)) => {
                    inner.authenticity.push(authenticity);
                    let stored = event.into_event(key().address(), Timestamp::EPOCH, "");
                    if inner.stored.insert(stored.key()) { accepted += 1 } else { duplicates += 1 }
                }
                Err(error) => rejected.push(format!(
                    r#"{{"index":{index},"id":"{}","code":"bad_signature","field":"signature","detail":"{error}"}}"#,
                    event.id().unwrap_or_default()
                )),
            }
        }
        let rejected = rejected.join(",");
        format!(r#"{{"accepted":{accepted},"duplicates":{duplicates},"rejected":[{rejected}]}}"#)
            .into_response()
    }
}

fn decompress(encoding: Option<&str>, body: &[u8]) -> Vec<u8> {
    match encoding {
        None => body.to_vec(),
        Some("gzip") => {
            let mut out = Vec::new();
            flate2::read::GzDecoder::new(body)
                .read_to_end(&mut out)
                .unwrap();
            out
        }
        Some("zstd") => zstd::decode_all(body).unwrap(),
        Some(other) => panic!("{other}"),
    }
}

async fn handle(State(node): State<Node>, headers: HeaderMap, body: Bytes) -> Response {
    let played = {
        let mut inner = node.0.lock().unwrap();
        inner.bodies.push(body.clone());
        inner.played.pop_front()
    };
    let Some(Played {
        status,
        retry_after,
        body: text,
    }) = played
    else {
        return node.ingest(&headers, &body);
    };
    let mut response = (StatusCode::from_u16(status).unwrap(), text).into_response();
    if let Some(value) = retry_after {
        response
            .headers_mut()
            .insert("retry-after", value.parse().unwrap());
    }
    response
}
