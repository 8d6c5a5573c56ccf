//! A node's telemetry API over a model store, with grants and a clock the test sets.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};

use axum::{Router, body::Body};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use milepost_access::ReadGrant;
use milepost_api_telemetry::{
    AuthError, ReadAuthority, TelemetryApi, TelemetryApiSettings, router,
};
use milepost_policy::{Permission, PermissionSet};
use milepost_signals::{Location, SignalId, Value};
use milepost_types::{Address, B256, BlockRef, ChainId, Did, Timestamp, U256, address};
use parking_lot::Mutex;
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

use crate::model::{ModelStore, Row};

/// 2026-05-02T06:00:00Z: the range of most queries starts here.
pub(crate) const START: &str = "2026-05-02T06:00:00Z";
pub(crate) const TOKEN: &str = "token-of-vehicle-7";

pub(crate) fn vehicle(token: u64) -> Did {
    Did::erc721(
        ChainId(137),
        address!("0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF"),
        U256::from(token),
    )
}

pub(crate) fn start() -> Timestamp {
    Timestamp::parse_rfc3339(START).unwrap()
}

/// A time in seconds after [`START`].
pub(crate) fn after(secs: f64) -> Timestamp {
    #[allow(clippy::cast_possible_truncation)]
    start().saturating_add_micros((secs * 1e6).round() as i64)
}

/// Grants by token text.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    by_token: Mutex<HashMap<String, Result<ReadGrant, AuthError>>>,
    pub(crate) asked: AtomicU32,
    /// From this question on, the answer is a denial.
    pub(crate) revoked_from: AtomicU32,
}

impl ReadAuthority for Grants {
    fn read_grant(
        &self,
        bearer: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<ReadGrant>, AuthError> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let Some(bearer) = bearer else {
            return Ok(None);
        };
        let revoked_from = self.revoked_from.load(Ordering::SeqCst);
        if revoked_from > 0 && asked >= revoked_from {
            return Err(AuthError::Denied("no live grant".to_owned()));
        }
        let grant = self
            .by_token
            .lock()
            .get(bearer)
            .cloned()
            .unwrap_or(Err(AuthError::Token))?;
        if grant.expires_at <= now {
            Err(AuthError::Token)
        } else {
            Ok(Some(grant))
        }
    }
}

pub(crate) struct World {
    pub(crate) store: Arc<ModelStore>,
    pub(crate) grants: Arc<Grants>,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) router: Router,
}

/// What the API answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Json,
}

impl Answer {
    pub(crate) fn data(&self, field: &str) -> &Json {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        &self.body["data"][field]
    }

    /// (code, path joined with dots, message) of every error.
    pub(crate) fn errors(&self) -> Vec<(String, String, String)> {
        let Some(errors) = self.body["errors"].as_array() else {
            return Vec::new();
        };
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let one = |error: &Json| {
            let path: Vec<String> = error["path"]
                .as_array()
                .into_iter()
                .flatten()
                .map(text)
                .collect();
            (
                text(&error["extensions"]["code"]),
                path.join("."),
                text(&error["message"]),
            )
        };
        errors.iter().map(one).collect()
    }

    /// The only error.
    pub(crate) fn error(&self) -> (String, String, String) {
        let mut errors = self.errors();
        assert_eq!(errors.len(), 1, "{}", self.body);
        errors.remove(0)
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(TelemetryApiSettings::default())
    }

    /// A world where [`TOKEN`] holds every permission on vehicle 7.
    pub(crate) fn with(settings: TelemetryApiSettings) -> Self {
        let store = Arc::new(ModelStore::default());
        let grants = Arc::new(Grants::default());
        let clock = Arc::new(AtomicI64::new(after(86_400.0).as_micros()));
        let now = Arc::clone(&clock);
        let api = TelemetryApi::new(
            Arc::clone(&store) as _,
            Arc::clone(&grants) as _,
            Arc::new(move || Timestamp::from_micros(now.load(Ordering::SeqCst)).unwrap()),
            settings,
        )
        .unwrap();
        let world = Self {
            store,
            grants,
            clock,
            router: router(Arc::new(api)),
        };
        world.grant(TOKEN, PermissionSet::ALL);
        world
    }

    pub(crate) fn grant(&self, token: &str, permissions: PermissionSet) {
        let grant = ReadGrant {
            client_id: Address::with_last_byte(9),
            asset: vehicle(7),
            permissions,
            expires_at: after(90_000.0),
            block: BlockRef {
                chain: ChainId(137),
                number: 4711,
                hash: B256::with_last_byte(0xab),
                time: start(),
            },
        };
        self.grants
            .by_token
            .lock()
            .insert(token.to_owned(), Ok(grant));
    }

    /// A token that holds only these.
    pub(crate) fn token(&self, permissions: &[Permission]) -> &'static str {
        self.grant("narrow", permissions.iter().copied().collect());
        "narrow"
    }

    pub(crate) fn deny(&self, token: &str, reason: &str) {
        self.grants
            .by_token
            .lock()
            .insert(token.to_owned(), Err(AuthError::Denied(reason.to_owned())));
    }

    pub(crate) fn add(&self, signal: SignalId, secs: f64, value: Value) {
        self.add_from(1, "event-a", signal, secs, value);
    }

    pub(crate) fn add_from(
        &self,
        source: u8,
        event_id: &'static str,
        signal: SignalId,
        secs: f64,
        value: Value,
    ) {
        let (subject, source) = (vehicle(7), Address::with_last_byte(source));
        self.store.add(Row {
            subject,
            signal,
            at: after(secs),
            source,
            event_id,
            value,
        });
    }

    pub(crate) fn number(&self, signal: SignalId, secs: f64, number: f64) {
        self.add(signal, secs, Value::Number(number));
    }

    pub(crate) fn fix(&self, secs: f64, latitude: f64, longitude: f64) {
        let fix = Location {
            latitude,
            longitude,
            hdop: 1.25,
            heading: 10.0,
        };
        self.add(
            milepost_signals::id::CURRENT_LOCATION_COORDINATES,
            secs,
            Value::Location(fix),
        );
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&bytes)));
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub(crate) async fn post(&self, token: Option<&str>, body: &Json) -> Answer {
        self.send(request(token, body.to_string())).await
    }

    /// A query with [`TOKEN`].
    pub(crate) async fn ask(&self, query: &str) -> Answer {
        self.ask_as(Some(TOKEN), query).await
    }

    pub(crate) async fn ask_as(&self, token: Option<&str>, query: &str) -> Answer {
        self.post(token, &json!({"query": query})).await
    }

    /// `signals` of vehicle 7 over the first minute in ten-second buckets.
    pub(crate) async fn minute(&self, fields: &str) -> Answer {
        self.minute_as(TOKEN, fields).await
    }

    pub(crate) async fn minute_as(&self, token: &str, fields: &str) -> Answer {
        self.ask_as(
            Some(token),
            &format!("{{ signals({MINUTE}) {{ {fields} }} }}"),
        )
        .await
    }
}

/// Arguments of a minute of vehicle 7 in ten-second buckets.
pub(crate) const MINUTE: &str =
    r#"tokenId: 7, from: "2026-05-02T06:00:00Z", to: "2026-05-02T06:01:00Z", interval: "10s""#;

pub(crate) fn request(token: Option<&str>, body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::post("/query").header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(body.into()).unwrap()
}
