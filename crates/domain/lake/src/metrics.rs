//! Names: `lake_<noun>_<unit>[_total]`. Labels are fixed words.

use std::time::Duration;

use metrics::{counter, gauge, histogram};

/// Journal records that are durable but not yet visible.
pub(crate) fn lag(records: u64) {
    gauge!("lake_consumer_lag_records").set(as_f64(records));
}

/// Records taken from the journal and signals decoded from them.
pub(crate) fn consumed(records: usize, signals: usize) {
    counter!("lake_records_total").increment(records as u64);
    counter!("lake_signals_total").increment(signals as u64);
}

/// Something that did not become data; it is in `dead_letter`.
pub(crate) fn dead_lettered(reason: &'static str, count: usize) {
    counter!("lake_dead_letters_total", "reason" => reason).increment(count as u64);
}

/// Size of the rows in memory.
pub(crate) fn memory(rows: usize, bytes: usize) {
    gauge!("lake_memtable_rows").set(as_f64(rows as u64));
    gauge!("lake_memtable_bytes").set(as_f64(bytes as u64));
}

/// A generation of rows went to the tables.
pub(crate) fn flushed(took: Duration, rows: usize) {
    histogram!("lake_flush_seconds").record(took);
    counter!("lake_flushed_rows_total").increment(rows as u64);
}

/// Writing failed and will be tried again.
pub(crate) fn failed(what: &'static str) {
    counter!("lake_failures_total", "what" => what).increment(1);
}

/// The consumer waited for the tables.
pub(crate) fn paused() {
    counter!("lake_consumer_pauses_total").increment(1);
}

fn as_f64(value: u64) -> f64 {
    u32::try_from(value).map_or(f64::from(u32::MAX), f64::from)
}
