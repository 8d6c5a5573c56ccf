//! The operator's port: health, readiness, status, metrics. No user data.

use std::sync::Arc;

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
#[cfg(test)]
use milepost_http::RouteRule;
use milepost_service::Metrics;
use milepost_twin::TwinStatus;
use serde::Serialize;

use super::Parts;

/// Every route of the operator's port; a test over all listeners reads it.
#[cfg(test)]
pub(crate) const ROUTES: &[RouteRule] = &[
    RouteRule {
        method: "GET",
        path: "/healthz",
        auth: "operator's port: says only that the process answers",
    },
    RouteRule {
        method: "GET",
        path: "/ready",
        auth: "operator's port: no user data",
    },
    RouteRule {
        method: "GET",
        path: "/status",
        auth: "operator's port: blocks and cursors, no user data",
    },
    RouteRule {
        method: "GET",
        path: "/metrics",
        auth: "operator's port: counts, no user data",
    },
];

#[derive(Clone)]
struct Ops {
    parts: Arc<Parts>,
    metrics: Metrics,
}

/// Where the node stands.
#[derive(Debug, Serialize)]
struct Status {
    ready: bool,
    /// Block all decisions are made at.
    block: u64,
    twin: TwinStatus,
    /// Last journal sequence on disk.
    journal: u64,
    /// Last journal sequence visible to queries.
    watermark: u64,
}

pub(crate) fn router(parts: Arc<Parts>, metrics: Metrics) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/ready", get(ready))
        .route(
            "/status",
            get(|State(ops): State<Ops>| async move { Json(ops.status()) }),
        )
        .route(
            "/metrics",
            get(|State(ops): State<Ops>| async move { ops.metrics.render() }),
        )
        .with_state(Ops { parts, metrics })
}

async fn ready(State(ops): State<Ops>) -> (StatusCode, Json<Status>) {
    let status = ops.status();
    (
        if status.ready {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        },
        Json(status),
    )
}

impl Ops {
    fn status(&self) -> Status {
        let twin = self.parts.twin.status();
        let journal = *self.parts.journal.durable().borrow();
        Status {
            ready: twin.halted.is_none(),
            block: twin.head.map_or(0, |head| head.number),
            twin,
            journal,
            watermark: self.parts.store.watermark(),
        }
    }
}
