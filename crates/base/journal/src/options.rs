use std::fmt;

use crate::{JournalError, frame};

const MIB: u64 = 1 << 20;

/// Bounds of a journal. All sizes in bytes.
#[derive(Clone)]
pub struct JournalOptions {
    /// Size of a segment file, preallocated. Default 64 MiB: about 3 s at 20 MB/s, one rotation costs a few syncs.
    pub segment_bytes: u64,
    /// Most data not yet released by every cursor; beyond it appends are refused. Default 8 GiB.
    pub max_bytes: u64,
    /// Released data kept for rebuilding indexes and replays. Default 1 GiB.
    pub retain_bytes: u64,
    /// Free space of the file system that is never used. Default 1 GiB.
    pub reserve_bytes: u64,
    /// Append calls that may wait for the writer; more callers wait before they enter. Default 4096.
    pub queue_appends_max: usize,
    /// Payload bytes that may wait for the writer. Default 64 MiB.
    pub queue_bytes_max: usize,
    /// Target of one group commit; 8 MiB takes about 25 ms at 300 MB/s.
    pub commit_bytes_max: usize,
    /// Largest single record. Default 40 MiB: a 32 MiB body with its header.
    pub record_bytes_max: usize,
    /// Key that seals payloads (AES-256-GCM); `None` writes them plain.
    pub key: Option<[u8; 32]>,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self {
            segment_bytes: 64 * MIB,
            max_bytes: 8 << 30,
            retain_bytes: 1 << 30,
            reserve_bytes: 1 << 30,
            queue_appends_max: 4096,
            queue_bytes_max: 64 << 20,
            commit_bytes_max: 8 << 20,
            record_bytes_max: 40 << 20,
            key: None,
        }
    }
}

impl fmt::Debug for JournalOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JournalOptions")
            .field("segment_bytes", &self.segment_bytes)
            .field("max_bytes", &self.max_bytes)
            .field("retain_bytes", &self.retain_bytes)
            .field("reserve_bytes", &self.reserve_bytes)
            .field("queue_appends_max", &self.queue_appends_max)
            .field("queue_bytes_max", &self.queue_bytes_max)
            .field("commit_bytes_max", &self.commit_bytes_max)
            .field("record_bytes_max", &self.record_bytes_max)
            .field("encrypted", &self.key.is_some())
            .finish()
    }
}

impl JournalOptions {
    pub(crate) fn check(&self) -> Result<(), JournalError> {
        let bad = |field, rule| Err(JournalError::Option { field, rule });
        if self.segment_bytes < 4096 || self.segment_bytes > u64::from(u32::MAX) {
            return bad("segment_bytes", "must be 4 KiB to 4 GiB");
        }
        if self.max_bytes < 2 * self.segment_bytes {
            return bad("max_bytes", "must hold at least two segments");
        }
        if self.queue_appends_max == 0 || self.commit_bytes_max == 0 {
            return bad("queue_appends_max, commit_bytes_max", "must not be 0");
        }
        if self.queue_bytes_max == 0 || u32::try_from(self.queue_bytes_max).is_err() {
            return bad("queue_bytes_max", "must be 1 byte to 4 GiB");
        }
        if self.record_bytes_max == 0 || self.record_bytes_max > frame::RECORD_BYTES_MAX {
            return bad("record_bytes_max", "must be 1 byte to 1 GiB");
        }
        Ok(())
    }
}
