use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use serde::{Deserialize, Serialize};

use crate::QueryError;

/// Bounds of one read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Longest range of `signals`, days. Ten years by default: longer than any vehicle has been connected.
    pub range_days_max: u32,
    /// Most buckets of one window.
    pub buckets_max: u32,
    /// Most stored points one request may read. 100 million are a year of three signals at 1 Hz, about a second
    /// of folding.
    pub points_max: u64,
    /// Points aimed at for one call of the store; 4 million take 64 MB while they are folded.
    pub window_points: u64,
    /// Most cells of an answer: 1 million take at most 40 MB.
    pub cells_max: usize,
    /// Most values `MED` holds for one bucket; 10 million take 80 MB.
    pub median_values_max: usize,
    /// Most bytes of text an answer, or one bucket's different texts, may take.
    pub text_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            range_days_max: 3_660,
            buckets_max: 100_000,
            points_max: 100_000_000,
            window_points: 4_000_000,
            cells_max: 1_000_000,
            median_values_max: 10_000_000,
            text_bytes_max: 16 * 1024 * 1024,
        }
    }
}

/// Until when a read may work, and whether anyone still waits for it.
#[derive(Debug, Clone)]
pub struct Budget {
    deadline: Instant,
    cancelled: Arc<AtomicBool>,
}

impl Budget {
    /// Work until `deadline`.
    #[must_use]
    pub fn until(deadline: Instant) -> Self {
        Self {
            deadline,
            cancelled: Arc::new(AtomicBool::new(false)),
        }
    }

    /// Nobody waits for the answer any more; the read ends at its next check.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether to go on.
    ///
    /// # Errors
    /// [`QueryError::Cancelled`] or [`QueryError::TimedOut`].
    pub fn check(&self) -> Result<(), QueryError> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(QueryError::Cancelled);
        }
        if Instant::now() >= self.deadline {
            return Err(QueryError::TimedOut);
        }
        Ok(())
    }
}
