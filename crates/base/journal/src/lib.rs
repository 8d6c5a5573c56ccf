//! Append-only log of opaque records: what is acknowledged is on disk.
//!
//! # Guarantees
//! * [`Journal::append`] resolves to `Ok` only after `fdatasync` covered every record of the call; one sync serves
//!   all callers that wait (group commit). Records of one call are adjacent and in order.
//! * Readers see durable records only, in sequence order, each exactly once.
//! * After a crash every acknowledged record is present. A record that was being written may be present or not.
//!   A torn tail is cut at the last valid record and reported in [`Recovery`].
//! * A flipped bit anywhere is detected: readers get [`ReadError::Corrupt`] with segment and offset and can
//!   [`Reader::skip_corrupt`] to the next valid record; nothing is skipped silently.
//! * With a key, payloads are sealed with AES-256-GCM (D1-39) under a key derived per segment; the sequence number
//!   is the nonce, and a segment is never appended to after a restart, so no nonce is used twice.
//! * A failed `fdatasync` poisons the journal: the page is never written again and every later append fails until
//!   the process restarts and recovers from what the disk really holds.
//!
//! # Back-pressure
//! The queue to the writer thread is bounded in calls and bytes (callers wait). When un-consumed data would exceed
//! [`JournalOptions::max_bytes`], or a new segment would use the disk reserve, appends resolve with
//! [`AppendError::Full`] and succeed again, without restart, once consumers release data or space returns.
//!
//! # Layout
//! `<first seq, 20 digits>.seg` files, a `cursors` file, and a `lock` file that keeps a second process out. A record
//! is a 24-byte header (sequence, length, distance to the first record of its group commit, CRC-32 of the payload,
//! CRC-32 of the header) and the payload. Both checksums start from the segment's random id, so bytes of another
//! segment or bytes chosen by a sender never pass as a record.

mod cursors;
mod disk;
mod error;
mod frame;
mod journal;
mod metrics;
mod options;
mod reader;
mod recover;
mod seal;
mod segment;
mod state;
mod verify;
mod walk;
mod writer;

#[cfg(test)]
mod tests;

pub use error::{AppendError, CorruptRecord, FullReason, JournalError, ReadError};
pub use journal::{Journal, JournalStats};
pub use options::JournalOptions;
pub use reader::{Entry, Reader, Skipped};
pub use recover::Recovery;
pub use verify::{VerifyReport, verify};
pub use writer::SeqRange;
