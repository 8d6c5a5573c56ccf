use axum::{Json, extract::State, response::IntoResponse};
use http::header;
use milepost_access::JwkSet;
use serde_json::{Value, json};

use crate::Api;

/// Verifiers may keep the keys for a minute; a rotated key signs at once, so they fetch again on an unknown id.
const KEYS_CACHE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "public, max-age=60")];

pub(crate) async fn keys(State(api): State<Api>) -> impl IntoResponse {
    let keys: JwkSet = api.service.jwks();
    (KEYS_CACHE, Json(keys))
}

pub(crate) async fn openid_configuration(State(api): State<Api>) -> Json<Value> {
    let issuer = api.service.issuer();
    Json(json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/keys"),
        "token_endpoint": format!("{issuer}/auth/web3/submit_challenge"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email"],
        "claims_supported": ["iss", "sub", "aud", "iat", "nbf", "exp", "jti", "ethereum_address", "provider_id", "email_verified"],
    }))
}

pub(crate) async fn health() -> Json<Value> {
    Json(json!({"status": "ok"}))
}
