use std::io::IsTerminal as _;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tracing_subscriber::{EnvFilter, fmt, util::TryInitError};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object each line.
    Json,
}

/// Why logging or metrics could not start.
#[derive(Debug, Error)]
pub enum TelemetryError {
    /// A log filter such as `info,milepost_ingest=debug` does not parse.
    #[error("log filter '{0}' does not parse")]
    Filter(String),
    /// Something else set up logging first.
    #[error("logging is already set up")]
    Log(#[from] TryInitError),
    /// Metrics could not be set up.
    #[error("metrics could not be set up")]
    Metrics(#[from] BuildError),
}

/// Renders the metrics of this process in the Prometheus text format.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// The current values, Prometheus text format.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds recorded samples into the histograms; call every few seconds, or their memory grows.
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }
}

/// Sets up logging to standard error and the metrics recorder; once in a process.
///
/// # Errors
/// [`TelemetryError`] for a bad filter or a second call.
pub fn init(filter: &str, format: LogFormat) -> Result<Metrics, TelemetryError> {
    let filter =
        EnvFilter::try_new(filter).map_err(|_| TelemetryError::Filter(filter.to_owned()))?;
    let log = fmt::Subscriber::builder()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => tracing_subscriber::util::SubscriberInitExt::try_init(log.finish())?,
        LogFormat::Json => {
            tracing_subscriber::util::SubscriberInitExt::try_init(log.json().finish())?
        }
    }
    // 100 µs to 30 s: one fsync is about 2 ms, a refused overload about 10 s.
    let buckets = [
        0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0,
    ];
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &buckets)?
        .install_recorder()?;
    Ok(Metrics(handle))
}
