//! Segment files by name, and a window for reading them.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use crate::frame::{HeaderRead, SEGMENT_HEADER_BYTES, SegmentHeader};

const SUFFIX: &str = ".seg";
/// Read-ahead of a reader: some hundred records of usual size.
const WINDOW_BYTES: usize = 1 << 20;

pub(crate) fn file_name(first_seq: u64) -> String {
    format!("{first_seq:020}{SUFFIX}")
}

/// Segment files in order of their first sequence number. Leftovers of interrupted creations are not listed.
pub(crate) fn list(dir: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let first_seq = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_suffix(SUFFIX))
            .filter(|digits| digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|digits| digits.parse().ok());
        if let Some(first_seq) = first_seq {
            found.push((first_seq, path));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Reads the header of a segment. A header that names another first record than the file does is damaged.
pub(crate) fn read_header(file: &File, first_seq: u64) -> io::Result<HeaderRead> {
    let mut bytes = Vec::with_capacity(128);
    let len = file.metadata()?.len().min(SEGMENT_HEADER_BYTES);
    bytes.resize(usize::try_from(len).unwrap_or(usize::MAX), 0);
    file.read_exact_at(&mut bytes, 0)?;
    Ok(match SegmentHeader::decode(&bytes) {
        HeaderRead::Good { header, .. } if header.first_seq != first_seq => HeaderRead::Damaged,
        other => other,
    })
}

/// Buffered positional reads of one file.
#[derive(Debug)]
pub(crate) struct Window {
    file: File,
    buffer: Vec<u8>,
    base: u64,
}

impl Window {
    pub(crate) fn new(file: File) -> Self {
        Self {
            file,
            buffer: Vec::new(),
            base: 0,
        }
    }

    pub(crate) fn file_bytes(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// `len` bytes at `offset`, or `None` when they would reach past `end`. Nothing past `end` is read or kept,
    /// so a window on a segment that still grows never holds stale bytes.
    pub(crate) fn get(&mut self, offset: u64, len: usize, end: u64) -> io::Result<Option<&[u8]>> {
        if offset.checked_add(len as u64).is_none_or(|to| to > end) {
            return Ok(None);
        }
        let within = offset
            .checked_sub(self.base)
            .and_then(|start| usize::try_from(start).ok())
            .filter(|start| start + len <= self.buffer.len());
        let start = match within {
            Some(start) => start,
            None => {
                let left = usize::try_from(end - offset).unwrap_or(usize::MAX);
                let want = len.max(WINDOW_BYTES).min(left);
                if self.buffer.capacity() > 8 * WINDOW_BYTES && want < self.buffer.capacity() / 4 {
                    self.buffer = Vec::new();
                }
                self.buffer.resize(want, 0);
                self.base = offset;
                if let Err(error) = self.file.read_exact_at(&mut self.buffer, offset) {
                    self.buffer.clear();
                    return Err(error);
                }
                0
            }
        };
        Ok(Some(&self.buffer[start..start + len]))
    }
}
