//! HTTP surface of log-in and token exchange, compatible with the deployed services and their clients.
//!
//! Parameters of the log-in come in the query string or as a form, as clients differ; bodies are at most 64 KiB;
//! no handler keeps anything of a caller who has not proved a key. Any web origin may call: answers depend on
//! signatures and bearer tokens, never on cookies. Errors of the exchange are `{"code","message"}`, those of the
//! log-in are OAuth's `{"error","error_description"}` with `code` and `message` beside, which clients show.

mod discovery;
mod error;
mod exchange;
mod login;

use std::{fmt, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use http::Method;
use milepost_access::AccessService;
use milepost_http::RouteRule;
use milepost_types::Timestamp;
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

/// Tells the time to the handlers.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Largest request body, bytes. The largest useful one, a form with a contract wallet's signature, is below 16 KiB.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Every route of [`router`].
pub const ROUTES: &[RouteRule] = &[
    RouteRule {
        method: "POST",
        path: "/auth/web3/generate_challenge",
        auth: "public: names a live licence and its redirect URI; changes nothing",
    },
    RouteRule {
        method: "POST",
        path: "/auth/web3/submit_challenge",
        auth: "signature of an enabled signer of a live licence over a challenge of ours, once",
    },
    RouteRule {
        method: "POST",
        path: "/v1/tokens/exchange",
        auth: "developer token; licence, signer and the owner's grant are checked at the twin's block",
    },
    RouteRule {
        method: "GET",
        path: "/keys",
        auth: "public: public keys",
    },
    RouteRule {
        method: "GET",
        path: "/.well-known/jwks.json",
        auth: "public: public keys",
    },
    RouteRule {
        method: "GET",
        path: "/.well-known/openid-configuration",
        auth: "public: issuer and its URLs",
    },
    RouteRule {
        method: "GET",
        path: "/health",
        auth: "public: says only that the process answers",
    },
];

#[derive(Clone)]
struct Api {
    service: Arc<AccessService>,
    clock: Clock,
}

impl Api {
    fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

/// The routes of [`ROUTES`] over `service`.
pub fn router(service: Arc<AccessService>, clock: Clock) -> Router {
    // Named headers instead of `*`, which browsers do not apply to `authorization`.
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request());
    Router::new()
        .route(
            "/auth/web3/generate_challenge",
            post(login::generate_challenge),
        )
        .route("/auth/web3/submit_challenge", post(login::submit_challenge))
        .route("/v1/tokens/exchange", post(exchange::exchange))
        .route("/keys", get(discovery::keys))
        .route("/.well-known/jwks.json", get(discovery::keys))
        .route(
            "/.well-known/openid-configuration",
            get(discovery::openid_configuration),
        )
        .route("/health", get(discovery::health))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(cors)
        .with_state(Api { service, clock })
}
