use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{
        DefaultBodyLimit, Query, State,
        rejection::{BytesRejection, QueryRejection},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use milepost_http::RouteRule;
use serde::Deserialize;
use serde_json::json;

use crate::{
    document::GraphRequest,
    error::{Code, GraphError},
    service::TelemetryApi,
};

const AUTH: &str = "optional vehicle JWT, checked against the chain for every request; each field by QUERY_RULES; \
                    without a token introspection only";

/// Routes of this API.
pub const ROUTES: &[RouteRule] = &[
    RouteRule {
        method: "GET",
        path: "/query",
        auth: AUTH,
    },
    RouteRule {
        method: "POST",
        path: "/query",
        auth: AUTH,
    },
    RouteRule {
        method: "GET",
        path: "/telemetry/query",
        auth: AUTH,
    },
    RouteRule {
        method: "POST",
        path: "/telemetry/query",
        auth: AUTH,
    },
];

/// The routes of [`ROUTES`].
pub fn router(api: Arc<TelemetryApi>) -> Router {
    // One byte more than the limit is let through, so that the answer can be ours.
    let body_bytes_max = api.settings().body_bytes_max.saturating_add(1);
    let query = || get(get_query).post(post_query);
    Router::new()
        .route("/query", query())
        .route("/telemetry/query", query())
        .layer(DefaultBodyLimit::max(body_bytes_max))
        .with_state(api)
}

#[derive(Debug, Deserialize)]
struct GetParameters {
    query: Option<String>,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<String>,
}

async fn get_query(
    State(api): State<Arc<TelemetryApi>>,
    headers: HeaderMap,
    parameters: Result<Query<GetParameters>, QueryRejection>,
) -> Response {
    let Ok(Query(parameters)) = parameters else {
        return refusal(
            StatusCode::BAD_REQUEST,
            Code::BadRequest,
            "query parameters could not be decoded",
        );
    };
    let Some(query) = parameters.query else {
        return refusal(
            StatusCode::BAD_REQUEST,
            Code::BadRequest,
            "the query parameter 'query' is missing",
        );
    };
    if query.len() > api.settings().body_bytes_max {
        return too_large(&api);
    }
    let variables = match parameters.variables.filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => match serde_json::from_str(&text) {
            Ok(variables) => Some(variables),
            Err(error) => return undecodable("variables", &error),
        },
    };
    respond(
        &api,
        &headers,
        GraphRequest {
            query,
            operation_name: parameters.operation_name,
            variables,
        },
    )
    .await
}

async fn post_query(
    State(api): State<Arc<TelemetryApi>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) if body.len() <= api.settings().body_bytes_max => body,
        Err(rejection) if rejection.status() != StatusCode::PAYLOAD_TOO_LARGE => {
            return refusal(
                StatusCode::BAD_REQUEST,
                Code::BadRequest,
                "request body could not be read",
            );
        }
        _ => return too_large(&api),
    };
    if body.trim_ascii_start().starts_with(b"[") {
        return refusal(
            StatusCode::BAD_REQUEST,
            Code::BadRequest,
            "batches are not answered; send one request each",
        );
    }
    match serde_json::from_slice(&body) {
        Ok(request) => respond(&api, &headers, request).await,
        Err(error) => undecodable("request body", &error),
    }
}

fn undecodable(what: &str, error: &serde_json::Error) -> Response {
    refusal(
        StatusCode::BAD_REQUEST,
        Code::BadRequest,
        format!("{what} could not be decoded as JSON: {error}"),
    )
}

fn too_large(api: &TelemetryApi) -> Response {
    let message = format!(
        "request is larger than {} bytes",
        api.settings().body_bytes_max
    );
    refusal(StatusCode::PAYLOAD_TOO_LARGE, Code::BadRequest, message)
}

/// An answer without data.
pub(crate) fn refusal(status: StatusCode, code: Code, message: impl Into<String>) -> Response {
    errors_only(status, &[GraphError::new(code, message)])
}

pub(crate) fn errors_only(status: StatusCode, errors: &[GraphError]) -> Response {
    let errors: Vec<_> = errors.iter().map(GraphError::to_json).collect();
    (status, axum::Json(json!({"errors": errors, "data": null}))).into_response()
}

pub(crate) fn busy() -> Response {
    let message = "server is at its concurrent-request limit; retry shortly";
    let mut response = refusal(
        StatusCode::TOO_MANY_REQUESTS,
        Code::TooManyRequests,
        message,
    );
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

pub(crate) fn invalid_token() -> Response {
    let body = axum::Json(json!({"message": "JWT is invalid."}));
    let mut response = (StatusCode::UNAUTHORIZED, body).into_response();
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer error=\"invalid_token\""),
    );
    response
}

/// The bearer token; a header of another scheme counts as a token that is no good.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, ()> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| ())?.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(()),
    }
}

async fn respond(api: &TelemetryApi, headers: &HeaderMap, request: GraphRequest) -> Response {
    match bearer(headers) {
        Ok(token) => api.answer(token, request).await,
        Err(()) => invalid_token(),
    }
}
