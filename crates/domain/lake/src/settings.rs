use std::path::PathBuf;

use milepost_service::Secret;
use serde::{Deserialize, Serialize};

use crate::LakeError;

/// Limits of the lake. Every field has a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LakeSettings {
    /// Decoded rows in memory that start a flush. Default 500 000: files of a few MB.
    pub flush_rows_max: usize,
    /// Bytes in memory that start a flush. Twice this may be held: one generation fills while the other is written.
    /// Default 32 MiB.
    pub flush_bytes_max: usize,
    /// Age of the oldest unwritten row that starts a flush, milliseconds. Default 60 000; rows are readable before.
    pub flush_interval_ms: u64,
    /// Journal records taken at a time, and made visible together. Default 256: about 10 ms of work.
    pub read_records_max: usize,
    /// Files of a day above which small ones are merged. Default 8.
    pub merge_files_max: usize,
    /// A day that nothing was added to for this long is merged into one file, milliseconds. Default 600 000.
    pub merge_settled_ms: u64,
    /// Files of this size are not merged further, bytes. Default 256 MiB.
    pub merge_target_bytes: u64,
    /// How long replaced files stay for other programs that read the table, milliseconds. Default 600 000.
    pub vacuum_grace_ms: u64,
}

impl Default for LakeSettings {
    fn default() -> Self {
        Self {
            flush_rows_max: 500_000,
            flush_bytes_max: 32 << 20,
            flush_interval_ms: 60_000,
            read_records_max: 256,
            merge_files_max: 8,
            merge_settled_ms: 600_000,
            merge_target_bytes: 256 << 20,
            vacuum_grace_ms: 600_000,
        }
    }
}

impl LakeSettings {
    /// # Errors
    /// [`LakeError::Setting`] naming the field that is out of range.
    pub fn check(&self) -> Result<(), LakeError> {
        let bad = |field, rule| Err(LakeError::Setting { field, rule });
        if self.flush_rows_max == 0 || self.flush_rows_max > 20_000_000 {
            return bad("flush_rows_max", "must be 1 to 20 000 000");
        }
        if self.flush_bytes_max == 0 || self.flush_bytes_max > 1 << 30 {
            return bad("flush_bytes_max", "must be 1 byte to 1 GiB");
        }
        if self.flush_interval_ms == 0 {
            return bad("flush_interval_ms", "must be at least 1");
        }
        if self.read_records_max == 0 || self.read_records_max > 100_000 {
            return bad("read_records_max", "must be 1 to 100 000");
        }
        if self.merge_files_max < 2 {
            return bad("merge_files_max", "must be at least 2");
        }
        if self.merge_target_bytes == 0 {
            return bad("merge_target_bytes", "must be at least 1");
        }
        Ok(())
    }
}

/// Where the lake is and how it is sealed.
#[derive(Debug, Clone)]
pub struct LakeStore {
    /// Folder of the lake; one process at a time.
    pub dir: PathBuf,
    /// Encrypts data files and hot store; `None` writes plain files. Fixed when the lake is created.
    pub key: Option<Secret>,
}
