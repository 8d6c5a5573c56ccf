use std::{fmt, sync::Arc};

use axum::{
    Json, Router,
    extract::{Request, State},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use milepost_http::{PeerIdentity, Problem, RouteRule};
use milepost_ingest::{Ingest, IngestRequest};
use milepost_types::{Address, Timestamp, parse_address};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::{
    IngestApiSettings,
    body::{self, Budget},
    problem::{busy, from_ingest, refuse},
};

/// Tells the time of receipt.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

const WRITE_RULE: &str = "client certificate of a live connection, or each event's signature by its device's key; \
    device claimed, paired, not banned and its provider licensed at the twin's block";

/// Every route of [`router`].
pub const ROUTES: &[RouteRule] = &[
    RouteRule {
        method: "POST",
        path: "/",
        auth: WRITE_RULE,
    },
    RouteRule {
        method: "POST",
        path: "/v1/ingest",
        auth: WRITE_RULE,
    },
    RouteRule {
        method: "POST",
        path: "/{*path}",
        auth: WRITE_RULE,
    },
    RouteRule {
        method: "GET",
        path: "/healthz",
        auth: "public: says whether events can be stored now",
    },
];

#[derive(Clone)]
struct Api(Arc<Inner>);

struct Inner {
    ingest: Ingest,
    settings: IngestApiSettings,
    clock: Clock,
    budget: Budget,
    in_flight: Semaphore,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}

/// The routes of the device listener. Certificates come as [`PeerIdentity`], which the listener sets.
pub fn router(ingest: Ingest, settings: IngestApiSettings, clock: Clock) -> Router {
    let budget = Budget::new(&settings);
    let in_flight = Semaphore::new(settings.requests_max.min(Semaphore::MAX_PERMITS));
    let api = Api(Arc::new(Inner {
        ingest,
        settings,
        clock,
        budget,
        in_flight,
    }));
    Router::new()
        .route("/", post(accept))
        .route("/v1/ingest", post(accept))
        .route("/healthz", get(healthz).post(accept))
        .fallback(any_path)
        .method_not_allowed_fallback(not_allowed)
        .with_state(api)
}

async fn healthz(State(api): State<Api>) -> Response {
    if api.0.ingest.is_ready() {
        return Json(json!({ "status": "ok" })).into_response();
    }
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "not_ready",
        "events cannot be stored now",
    )
    .retry_after(5)
    .into_response()
}

/// Devices of the deployed system post to whatever path they were configured with.
async fn any_path(State(api): State<Api>, request: Request) -> Response {
    if request.method() == Method::POST {
        accept(State(api), request).await
    } else {
        not_allowed().await
    }
}

async fn not_allowed() -> Response {
    let problem = refuse(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "events are sent with POST",
    );
    let mut response = problem.into_response();
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

async fn accept(State(api): State<Api>, request: Request) -> Response {
    match api.0.accept(request).await {
        Ok(response) => response,
        Err(problem) => {
            let unsupported = problem.code == "encoding_unsupported";
            let mut response = problem.into_response();
            if unsupported {
                let accepted = HeaderValue::from_static("gzip, zstd");
                response
                    .headers_mut()
                    .insert(header::ACCEPT_ENCODING, accepted);
            }
            response
        }
    }
}

impl Inner {
    async fn accept(&self, request: Request) -> Result<Response, Problem> {
        let Ok(_in_flight) = self.in_flight.try_acquire() else {
            return Err(busy("too many requests at once"));
        };
        let (parts, body) = request.into_parts();
        let certificate = certificate(parts.extensions.get::<PeerIdentity>())?;
        let idempotency_key = text(&parts.headers, "idempotency-key")?;
        let content_type = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let content_type = content_type.map(str::to_owned);
        let body = body::read(&parts.headers, body, &self.settings, &self.budget).await?;
        let request = IngestRequest {
            body: body.bytes.clone(),
            content_type,
            certificate,
            idempotency_key,
            received_at: (self.clock)(),
        };
        Ok(match self.ingest.accept(request).await {
            Ok(answer) => Json(answer).into_response(),
            Err(refusal) => from_ingest(refusal),
        })
    }
}

/// The connection that the client's certificate names. Letter case carries no meaning in an address.
fn certificate(peer: Option<&PeerIdentity>) -> Result<Option<Address>, Problem> {
    let Some(name) = peer.and_then(|peer| peer.common_name.as_deref()) else {
        return Ok(None);
    };
    match parse_address(name.trim()) {
        Ok(address) => Ok(Some(address)),
        Err(error) => {
            let detail = format!(
                "the client certificate's common name must be a connection address: {error}"
            );
            Err(refuse(StatusCode::UNAUTHORIZED, "certificate_name", detail).field("certificate"))
        }
    }
}

fn text(headers: &HeaderMap, name: &'static str) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) => Err(refuse(
            StatusCode::BAD_REQUEST,
            "invalid_field",
            format!("{name}: is not printable ASCII"),
        )
        .field(name)),
    }
}
