use metrics::counter;

/// Log-ins and challenges that ended, by step (`challenge`, `submit`) and reason (`ok` or what was wrong).
pub(crate) fn login(step: &'static str, reason: &'static str) {
    counter!("access_logins_total", "step" => step, "reason" => reason).increment(1);
}

/// Token exchanges, by reason (`ok` or what was wrong).
pub(crate) fn exchange(reason: &'static str) {
    counter!("access_exchanges_total", "reason" => reason).increment(1);
}

/// Vehicle tokens presented, by reason: `cached` and `verified` are good, the rest is what was wrong.
pub(crate) fn token(reason: &'static str) {
    counter!("access_vehicle_tokens_total", "reason" => reason).increment(1);
}

/// Reads decided against the chain, by reason (`ok` or what was wrong).
pub(crate) fn read(reason: &'static str) {
    counter!("access_reads_total", "reason" => reason).increment(1);
}
