use std::{io, path::PathBuf};

use thiserror::Error;

/// Why a journal cannot be opened, verified or given a cursor.
#[derive(Debug, Error)]
pub enum JournalError {
    /// A file operation failed.
    #[error("journal {action} of {path}")]
    Io {
        /// What was attempted.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// Another process has it open.
    #[error("journal {0} is in use by another process")]
    Locked(PathBuf),
    /// An option is out of range.
    #[error("journal option {field}: {rule}")]
    Option {
        /// Field of [`crate::JournalOptions`].
        field: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// The segment was sealed with another key.
    #[error("segment {0} was written with another encryption key")]
    WrongKey(PathBuf),
    /// A key is given but the stored segments are plain.
    #[error("segment {0} is not encrypted, but a key is configured")]
    NotEncrypted(PathBuf),
    /// No key is given but the stored segments are sealed.
    #[error("segment {0} is encrypted, but no key is configured")]
    KeyMissing(PathBuf),
    /// Written by a later release.
    #[error("segment {path} has format version {found}; this release reads version {known}")]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// Cursor names are file-safe words.
    #[error("cursor name '{0}' must be 1 to 64 of a-z, 0-9, '-', '_', '.'")]
    CursorName(String),
}

/// Which bound refused an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FullReason {
    /// Un-consumed data reached `max_bytes`.
    Unconsumed,
    /// The file system's free space is down to `reserve_bytes`.
    DiskReserve,
}

impl FullReason {
    /// Metric label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unconsumed => "unconsumed",
            Self::DiskReserve => "disk_reserve",
        }
    }
}

/// Why an append was not stored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AppendError {
    /// No room now; retry later. Nothing of the call was stored.
    #[error("journal is full: {}", match .0 {
        FullReason::Unconsumed => "consumers are too far behind",
        FullReason::DiskReserve => "the disk reserve is reached",
    })]
    Full(FullReason),
    /// The disk failed; nothing can be stored until the process restarts. Records of the call may or may not be
    /// present after the restart.
    #[error("journal failed and needs a restart: {0}")]
    Failed(String),
    /// One record is larger than the limit.
    #[error("record of {bytes} bytes exceeds the limit of {limit} bytes")]
    TooLarge {
        /// Size given.
        bytes: usize,
        /// Limit.
        limit: usize,
    },
    /// A call without records.
    #[error("append without records")]
    Empty,
    /// [`crate::Journal::close`] was called.
    #[error("journal is closed")]
    Closed,
}

/// A place in a segment that does not hold what was written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("segment {segment}: record {seq} at byte {offset} is damaged: {what}")]
pub struct CorruptRecord {
    /// File name of the segment.
    pub segment: String,
    /// Byte offset in the file.
    pub offset: u64,
    /// Sequence number expected there.
    pub seq: u64,
    /// Which check failed.
    pub what: &'static str,
}

/// Why a reader cannot give the next record.
#[derive(Debug, Error)]
pub enum ReadError {
    /// A damaged record; [`crate::Reader::skip_corrupt`] continues after it.
    #[error(transparent)]
    Corrupt(CorruptRecord),
    /// Retention deleted the position.
    #[error("record {wanted} is gone; the oldest kept is {first_available}")]
    Gone {
        /// Position asked for.
        wanted: u64,
        /// Oldest available.
        first_available: u64,
    },
    /// The position is later than anything ever written here: the reader's cursor belongs to another journal.
    #[error("position {wanted} is beyond the end of this journal ({next})")]
    Ahead {
        /// Position asked for.
        wanted: u64,
        /// Next sequence number to be written.
        next: u64,
    },
    /// A file operation failed.
    #[error("reading journal segment {segment}")]
    Io {
        /// File name.
        segment: String,
        /// Cause.
        source: io::Error,
    },
}
