//! Refusals as answers.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use milepost_http::Problem;
use milepost_ingest::{IngestRefusal, Rejection};
use serde::Serialize;

/// A refusal before ingest saw the request; counted by code.
pub(crate) fn refuse(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Problem {
    metrics::counter!("ingest_http_refused_total", "code" => code).increment(1);
    Problem::new(status, code, detail)
}

/// No room for now.
pub(crate) fn busy(detail: &'static str) -> Problem {
    refuse(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail).retry_after(1)
}

pub(crate) fn too_large(what: &'static str, limit: usize) -> Problem {
    refuse(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        format!("body is too large {what}"),
    )
    .field("body")
    .limit(format!("{limit} bytes {what}"))
}

#[derive(Serialize)]
struct WithEvents {
    #[serde(flatten)]
    problem: Problem,
    /// Single events, when the refusal is about them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rejected: Vec<Rejection>,
}

/// Ingest's refusal as `application/problem+json`.
pub(crate) fn from_ingest(refusal: IngestRefusal) -> Response {
    let status =
        StatusCode::from_u16(refusal.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut problem = Problem::new(status, refusal.code, refusal.detail);
    problem.field = refusal.field.map(Into::into);
    problem.limit = refusal.limit.map(Into::into);
    let body = axum::Json(WithEvents {
        problem,
        rejected: refusal.rejected,
    });
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if let Some(secs) = refusal.retry_after_secs {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
    }
    response
}
