//! What the API was asked and how it answered. Labels are fixed words.

use std::time::Duration;

use metrics::{counter, histogram};

/// A request ended; `outcome` is one of `ok`, `partial`, `invalid`, `denied`, `busy`,
/// `timeout`, `cancelled`, `error`.
pub(crate) fn request(outcome: &'static str, took: Duration) {
    counter!("telemetry_requests_total", "outcome" => outcome).increment(1);
    histogram!("telemetry_request_duration_seconds", "outcome" => outcome)
        .record(took.as_secs_f64());
}

/// Bytes of an answer.
pub(crate) fn answer(bytes: usize) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "answers are far below 2^53 bytes"
    )]
    histogram!("telemetry_answer_bytes").record(bytes as f64);
}
