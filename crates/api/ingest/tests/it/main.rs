//! The ingest listener as devices and connections meet it.

#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

mod encodings;
mod routes;
mod tls;
#[path = "../../../../domain/ingest/tests/it/world.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of ingest itself, which use more of it"
)]
mod world;

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body};
use http::{Request, Response, header};
use http_body_util::BodyExt as _;
use milepost_api_ingest::{IngestApiSettings, router};
use serde_json::Value;
use tower::ServiceExt as _;
use world::{Node, now};

pub(crate) fn api(node: &Node, settings: IngestApiSettings) -> Router {
    router(node.ingest.clone(), settings, Arc::new(now))
}

pub(crate) fn post(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).body(body.into()).unwrap()
}

/// Status, headers and JSON body of an answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> (u16, &str) {
        let kind = self.headers[header::CONTENT_TYPE].to_str().unwrap();
        assert_eq!(kind, "application/problem+json");
        assert_eq!(
            self.json["status"], self.status,
            "the body repeats the status"
        );
        (self.status, self.json["code"].as_str().unwrap())
    }
}

pub(crate) async fn send(api: &Router, request: Request<Body>) -> Answer {
    let answer = tokio::time::timeout(Duration::from_secs(60), api.clone().oneshot(request));
    let response: Response<Body> = answer.await.unwrap().unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        json,
    }
}
