use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_graphql::dynamic::Schema;
use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use milepost_signals::SignalStore;
use milepost_telemetry::{Budget, QueryError};
use milepost_types::{BlockRef, Timestamp};
use serde_json::json;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    ReadAuthority, TelemetryApiSettings,
    authority::Caller,
    document::{GraphRequest, prepare},
    error::{Code, GraphError},
    execute::{Answer, execute},
    http::{busy, errors_only, invalid_token, refusal},
    metrics,
    plan::Plan,
};

/// Says what time it is; tests set their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// No setting makes a request outlive an hour.
const TIMEOUT_MAX: Duration = Duration::from_secs(3_600);

/// The API with what it needs; one for the life of the node.
pub struct TelemetryApi {
    schema: Schema,
    store: Arc<dyn SignalStore>,
    authority: Arc<dyn ReadAuthority>,
    clock: Clock,
    settings: TelemetryApiSettings,
    requests: Semaphore,
    reads: Arc<Semaphore>,
}

impl std::fmt::Debug for TelemetryApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TelemetryApi")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl TelemetryApi {
    /// Puts the parts together.
    ///
    /// # Errors
    /// A message when the schema does not fit together, which a test rules out.
    pub fn new(
        store: Arc<dyn SignalStore>,
        authority: Arc<dyn ReadAuthority>,
        clock: Clock,
        settings: TelemetryApiSettings,
    ) -> Result<Self, String> {
        let schema = crate::schema::build().map_err(|error| error.to_string())?;
        let requests = Semaphore::new(settings.requests_max.min(Semaphore::MAX_PERMITS));
        let reads = Arc::new(Semaphore::new(
            settings.reads_max.min(Semaphore::MAX_PERMITS),
        ));
        Ok(Self {
            schema,
            store,
            authority,
            clock,
            settings,
            requests,
            reads,
        })
    }

    pub(crate) const fn settings(&self) -> &TelemetryApiSettings {
        &self.settings
    }

    /// Answers one GraphQL request of the bearer of `token`.
    pub(crate) async fn answer(&self, token: Option<&str>, request: GraphRequest) -> Response {
        let mut outcome = Outcome {
            word: "cancelled",
            started: Instant::now(),
        };
        let (word, response) = self.answer_counted(token, request, outcome.started).await;
        outcome.word = word;
        response
    }

    async fn answer_counted(
        &self,
        token: Option<&str>,
        request: GraphRequest,
        started: Instant,
    ) -> (&'static str, Response) {
        let Ok(Ok(_permit)) = timeout(self.queue_wait(), self.requests.acquire()).await else {
            return ("busy", busy());
        };
        let Ok(caller) = Caller::identify(self.authority.as_ref(), token, (self.clock)()) else {
            return ("denied", invalid_token());
        };
        let plan = match prepare(&self.schema, request, &self.settings).await {
            Ok(prepared) => {
                Plan::new(&prepared, &caller, &self.settings.limits).map_err(|error| vec![error])
            }
            Err(errors) => Err(errors),
        };
        let plan = match plan {
            Ok(plan) => plan,
            Err(errors) => return ("invalid", errors_only(status_of(&errors), &errors)),
        };
        // Read before the store is, so that the answer holds at least what it states.
        let watermark = self.store.watermark();
        let answer = if plan.reads_disk() {
            let Ok(Ok(permit)) =
                timeout(self.queue_wait(), Arc::clone(&self.reads).acquire_owned()).await
            else {
                return ("busy", busy());
            };
            match self.read(plan, permit, started).await {
                Ok(answer) => answer,
                Err(error) if error.code == Code::ServiceUnavailable => {
                    return ("timeout", errors_only(StatusCode::OK, &[error]));
                }
                Err(error) => return ("error", errors_only(StatusCode::OK, &[error])),
            }
        } else {
            self.execute(&plan, &Budget::until(self.deadline(started)))
        };
        let Some(caller) = self.still_allowed(token, caller, started) else {
            let message = "unauthorized: the grant ended or was narrowed while the query ran";
            return ("denied", refusal(StatusCode::OK, Code::Forbidden, message));
        };
        let word = if answer.errors.is_empty() {
            "ok"
        } else {
            "partial"
        };
        (
            word,
            respond(&answer, caller.grant().map(|grant| grant.block), watermark),
        )
    }

    fn queue_wait(&self) -> Duration {
        Duration::from_millis(self.settings.queue_wait_ms).min(TIMEOUT_MAX)
    }

    fn deadline(&self, started: Instant) -> Instant {
        started + Duration::from_millis(self.settings.request_timeout_ms).min(TIMEOUT_MAX)
    }

    fn execute(&self, plan: &Plan, budget: &Budget) -> Answer {
        execute(
            plan,
            self.store.as_ref(),
            &self.settings.limits,
            self.settings.response_bytes_max,
            budget,
        )
    }

    /// Carries a plan out on a blocking thread. The permit stays with the thread, so that reads whose clients have
    /// gone still count until they stop.
    async fn read(
        &self,
        plan: Plan,
        permit: OwnedSemaphorePermit,
        started: Instant,
    ) -> Result<Answer, GraphError> {
        let deadline = self.deadline(started);
        let budget = CancelOnDrop(Budget::until(deadline));
        let (store, limits) = (Arc::clone(&self.store), self.settings.limits.clone());
        let (bytes_max, working) = (self.settings.response_bytes_max, budget.0.clone());
        let thread = tokio::task::spawn_blocking(move || {
            let answer = execute(&plan, store.as_ref(), &limits, bytes_max, &working);
            drop(permit);
            answer
        });
        match tokio::time::timeout_at(deadline.into(), thread).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) => {
                tracing::error!("telemetry read panicked");
                Err(GraphError::new(Code::Internal, "internal server error"))
            }
            Err(_) => Err(GraphError::from_query(&QueryError::TimedOut)),
        }
    }

    /// What was read is answered only under a grant that still holds: one that has ended meanwhile never is, and
    /// after a long read the authority is asked again.
    fn still_allowed(
        &self,
        token: Option<&str>,
        caller: Caller,
        started: Instant,
    ) -> Option<Caller> {
        let now = (self.clock)();
        let ended = caller.grant().is_some_and(|grant| grant.expires_at <= now);
        if !ended && started.elapsed() < Duration::from_millis(self.settings.recheck_after_ms) {
            return Some(caller);
        }
        let again = Caller::identify(self.authority.as_ref(), token, now).ok()?;
        again.still_covers(&caller).then_some(again)
    }
}

/// As in the deployed API: text that is not understood is 422, whatever is refused later 200.
fn status_of(errors: &[GraphError]) -> StatusCode {
    let not_understood =
        |error: &GraphError| matches!(error.code, Code::ParseFailed | Code::ValidationFailed);
    if errors.iter().any(not_understood) {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    }
}

/// Counts a request under its outcome when it ends, also when the client goes first.
struct Outcome {
    word: &'static str,
    started: Instant,
}

impl Drop for Outcome {
    fn drop(&mut self) {
        metrics::request(self.word, self.started.elapsed());
    }
}

/// Cancels the read when its request is dropped.
struct CancelOnDrop(Budget);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

fn respond(answer: &Answer, block: Option<BlockRef>, watermark: u64) -> Response {
    let mut body = Vec::with_capacity(answer.data.len() + 256);
    body.extend_from_slice(b"{\"data\":");
    body.extend_from_slice(&answer.data);
    if !answer.errors.is_empty() {
        let errors: Vec<_> = answer.errors.iter().map(GraphError::to_json).collect();
        body.extend_from_slice(b",\"errors\":");
        body.extend_from_slice(serde_json::Value::Array(errors).to_string().as_bytes());
    }
    if let Some(block) = block {
        let stated = json!({
            "block": {"chainId": block.chain.0, "number": block.number, "hash": block.hash},
            "watermark": watermark,
        });
        body.extend_from_slice(b",\"extensions\":");
        body.extend_from_slice(stated.to_string().as_bytes());
    }
    body.push(b'}');
    metrics::answer(body.len());
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    // Answers are one caller's alone.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
