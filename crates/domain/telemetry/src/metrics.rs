//! What reads cost.

use metrics::{counter, histogram};

/// Points fetched from the store for `signals`.
pub(crate) fn points_read(points: u64) {
    counter!("telemetry_points_read_total").increment(points);
}

/// Calls of the store that one `signals` request took.
pub(crate) fn store_calls(calls: u32) {
    histogram!("telemetry_store_range_calls").record(f64::from(calls));
}

/// Stored numbers that are not finite and were left out of an answer.
pub(crate) fn not_finite_dropped(points: u64) {
    if points > 0 {
        counter!("telemetry_points_dropped_total", "reason" => "not_finite").increment(points);
    }
}
