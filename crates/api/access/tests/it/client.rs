//! A client of the routes, in the two ways the published SDKs send parameters.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{Router, body::Body};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use milepost_access::{ReadGrant, sign_challenge};
use milepost_api_access::router;
use milepost_crypto::SigningKey;
use milepost_policy::Denial;
use milepost_types::Address;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::world::{APP, DOMAIN, World, at, key};

/// How the parameters of the log-in travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// As the TypeScript SDK: query string and empty body.
    Query,
    /// As the Python SDK: form body.
    Form,
}

/// An answer of the routes.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body
    }

    pub(crate) fn message(&self) -> &str {
        self.body["message"].as_str().unwrap()
    }
}

/// Routes, facts and a clock that tests move.
pub(crate) struct Node {
    pub(crate) world: World,
    secs: Arc<AtomicU64>,
    router: Router,
}

impl Node {
    pub(crate) fn new() -> Self {
        let (world, secs) = (World::new(), Arc::new(AtomicU64::new(0)));
        let router = routes(&world, &secs);
        Self {
            world,
            secs,
            router,
        }
    }

    pub(crate) fn restart(&mut self) {
        self.world.restart();
        self.router = routes(&self.world, &self.secs);
    }

    pub(crate) fn at(&self, secs: u64) {
        self.secs.store(secs, Ordering::Relaxed);
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn post(
        &self,
        path: &str,
        parameters: &[(&str, &str)],
        style: Style,
    ) -> Answer {
        let text = serde_urlencoded::to_string(parameters).unwrap();
        let request = match style {
            Style::Query => Request::post(format!("{path}?{text}")).body(Body::empty()),
            Style::Form => Request::post(path)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::from(text)),
        };
        self.send(request.unwrap()).await
    }

    pub(crate) async fn challenge(
        &self,
        client_id: Address,
        address: Address,
        domain: &str,
        style: Style,
    ) -> Answer {
        let (client_id, address) = (client_id.to_string(), address.to_string());
        let parameters = [
            ("client_id", client_id.as_str()),
            ("domain", domain),
            ("scope", "openid email"),
            ("response_type", "code"),
            ("address", address.as_str()),
        ];
        self.post("/auth/web3/generate_challenge", &parameters, style)
            .await
    }

    pub(crate) async fn submit(
        &self,
        client_id: Address,
        domain: &str,
        state: &str,
        signature: &str,
        style: Style,
    ) -> Answer {
        let client_id = client_id.to_string();
        let parameters = [
            ("client_id", client_id.as_str()),
            ("domain", domain),
            ("grant_type", "authorization_code"),
            ("state", state),
            ("signature", signature),
        ];
        self.post("/auth/web3/submit_challenge", &parameters, style)
            .await
    }

    /// Logs in as `client_id` with `signer`; the answer of the second step.
    pub(crate) async fn log_in(
        &self,
        client_id: Address,
        signer: &SigningKey,
        style: Style,
    ) -> Answer {
        let challenge = self
            .challenge(client_id, client_id, DOMAIN, style)
            .await
            .ok();
        let signature = sign_challenge(signer, challenge["challenge"].as_str().unwrap());
        self.submit(
            client_id,
            DOMAIN,
            challenge["state"].as_str().unwrap(),
            &signature,
            style,
        )
        .await
    }

    pub(crate) async fn developer_token(&self) -> String {
        self.log_in(APP, &key(1), Style::Form).await.ok()["access_token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) async fn exchange(&self, bearer: &str, body: &Value) -> Answer {
        let request = Request::post("/v1/tokens/exchange")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {bearer}"));
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// What a read with this vehicle token would be allowed now.
    pub(crate) fn read(&self, token: &str) -> Result<ReadGrant, Denial> {
        let now = at(self.secs.load(Ordering::Relaxed));
        let token = self.world.service.verify_vehicle_token(token, now).unwrap();
        self.world.service.authorize_read(&token, now)
    }
}

fn routes(world: &World, secs: &Arc<AtomicU64>) -> Router {
    let secs = Arc::clone(secs);
    router(
        Arc::clone(&world.service),
        Arc::new(move || at(secs.load(Ordering::Relaxed))),
    )
}

/// The claims of a token, unverified, as clients read them.
pub(crate) fn claims(token: &str) -> Value {
    serde_json::from_slice(
        &URL_SAFE_NO_PAD
            .decode(token.split('.').nth(1).unwrap())
            .unwrap(),
    )
    .unwrap()
}
