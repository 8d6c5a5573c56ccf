use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    response::IntoResponse,
};
use http::{HeaderMap, header};
use milepost_access::ExchangeRequest;
use serde_json::json;

use crate::{Api, error::ExchangeFailure, login::NO_STORE};

pub(crate) async fn exchange(
    State(api): State<Api>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse, ExchangeFailure> {
    let bearer = bearer(&headers).ok_or_else(|| {
        ExchangeFailure::unauthorized("missing or malformed bearer token in Authorization")
    })?;
    let now = api.now();
    let request = match parse(&body?) {
        Ok(request) => request,
        Err(cause) => {
            // Whoever has no good token learns only that.
            api.service
                .verify_developer_token(bearer, now)
                .map_err(|e| ExchangeFailure::unauthorized(e.to_string()))?;
            return Err(ExchangeFailure::bad_request(format!(
                "malformed request body: {cause}"
            )));
        }
    };
    let token = api.service.exchange(bearer, &request, now)?;
    Ok((NO_STORE, Json(json!({"token": token}))))
}

fn parse(body: &[u8]) -> Result<ExchangeRequest, String> {
    // A list would be read as the fields in their order.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err("expected a JSON object".to_owned());
    }
    serde_json::from_slice(body).map_err(|error| error.to_string().chars().take(200).collect())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
