//! What writer, readers and handles share.

use std::{
    collections::VecDeque,
    io,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use parking_lot::Mutex;
use tokio::sync::watch;
use tracing::{info, warn};

use crate::{
    JournalOptions,
    cursors::{self, Cursors},
    disk::Disk,
    metrics::JournalMetrics,
    segment,
};

/// A segment as far as it is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentMeta {
    pub(crate) first_seq: u64,
    /// Durable bytes, header included.
    pub(crate) end: u64,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) segments: VecDeque<SegmentMeta>,
    pub(crate) cursors: Cursors,
    /// What `released` was when the cursor file was last written: only that much may be deleted, so that after a
    /// crash no consumer is sent back to a record that is gone.
    pub(crate) stored_released: u64,
    /// The cursor file was damaged: a consumer may be unknown, so nothing is deleted in this run.
    pub(crate) deletion_paused: bool,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) dir: PathBuf,
    pub(crate) options: JournalOptions,
    pub(crate) state: Mutex<State>,
    /// Serialises writes of the cursor file.
    pub(crate) cursor_file: Mutex<()>,
    /// Last durable sequence number, 0 for none.
    pub(crate) durable: watch::Sender<u64>,
    pub(crate) closed: watch::Sender<bool>,
    pub(crate) failed: OnceLock<String>,
    pub(crate) metrics: JournalMetrics,
}

impl State {
    /// Everything at or below is finished by every consumer; 0 while no consumer is registered.
    pub(crate) fn released(&self) -> u64 {
        self.cursors.values().copied().min().unwrap_or(0)
    }

    fn last_seq(&self, index: usize, durable: u64) -> u64 {
        self.segments
            .get(index + 1)
            .map_or(durable, |next| next.first_seq - 1)
    }

    /// Bytes of the segments that hold anything not yet released.
    pub(crate) fn unconsumed_bytes(&self, durable: u64) -> u64 {
        let released = self.released();
        let open = self
            .segments
            .iter()
            .enumerate()
            .filter(|(i, _)| self.last_seq(*i, durable) > released);
        open.map(|(_, segment)| segment.end).sum()
    }

    pub(crate) fn total_bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.end).sum()
    }

    /// Takes out the oldest segments that are wholly released and beyond `retain_bytes`; never the newest.
    fn take_expired(&mut self, durable: u64, retain_bytes: u64) -> Vec<SegmentMeta> {
        let (released, mut total) = (
            self.released().min(self.stored_released),
            self.total_bytes(),
        );
        let mut expired = Vec::new();
        while !self.deletion_paused
            && self.segments.len() > 1
            && self.last_seq(0, durable) <= released
            && total - self.segments[0].end >= retain_bytes
        {
            total -= self.segments[0].end;
            expired.extend(self.segments.pop_front());
        }
        expired
    }
}

impl Shared {
    pub(crate) fn durable_seq(&self) -> u64 {
        *self.durable.borrow()
    }

    /// Stops all writing for good; the first reason is kept.
    pub(crate) fn poison(&self, action: &str, error: &io::Error) -> String {
        let reason = self.failed.get_or_init(|| {
            tracing::error!(action, %error, "journal failed, appends stop until restart");
            self.metrics.failed.set(1.0);
            format!("{action}: {error}")
        });
        reason.clone()
    }

    /// Writes the cursor file. The lock makes the last writer's file the newest state.
    pub(crate) fn store_cursors(&self, disk: &dyn Disk) -> io::Result<()> {
        let _one_at_a_time = self.cursor_file.lock();
        let (cursors, released) = {
            let state = self.state.lock();
            (state.cursors.clone(), state.released())
        };
        cursors::store(&self.dir, disk, &cursors)?;
        self.state.lock().stored_released = released;
        Ok(())
    }

    /// Deletes what no consumer needs. On a full disk the cursor file cannot be written; what the last one allows
    /// is deleted all the same, which makes room.
    pub(crate) fn delete_expired(self: &Arc<Self>, disk: &dyn Disk) {
        if let Err(error) = self.store_cursors(disk) {
            warn!(%error, "journal cursors not stored");
        }
        let durable = self.durable_seq();
        let expired = self
            .state
            .lock()
            .take_expired(durable, self.options.retain_bytes);
        for segment in expired {
            let path = self.dir.join(segment::file_name(segment.first_seq));
            match disk.remove(&path) {
                Ok(()) => info!(
                    first_seq = segment.first_seq,
                    bytes = segment.end,
                    "journal segment deleted"
                ),
                Err(error) => warn!(path = %path.display(), %error, "journal segment not deleted"),
            }
        }
    }

    pub(crate) fn report_sizes(&self) {
        let (durable, state) = (self.durable_seq(), self.state.lock());
        #[expect(
            clippy::cast_precision_loss,
            reason = "a gauge of bytes needs no more than 53 bits"
        )]
        let (total, open) = (
            state.total_bytes() as f64,
            state.unconsumed_bytes(durable) as f64,
        );
        self.metrics.total_bytes.set(total);
        self.metrics.unconsumed_bytes.set(open);
    }
}
