//! Opening: lock, check every segment header, recover the last segment, load cursors.

use std::{
    collections::VecDeque,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, FileExt},
    path::{Path, PathBuf},
};

use tracing::warn;

use crate::{
    CorruptRecord, JournalError, JournalOptions, cursors,
    disk::Disk,
    frame::{self, FRAME_BYTES, FrameHeader, HeaderRead, SegmentHeader},
    seal, segment,
    state::{SegmentMeta, State},
    walk::{self, Walked},
};

/// What opening a journal found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovery {
    /// Oldest record kept, or the next one to be written when the journal is empty.
    pub first_seq: u64,
    /// Next record to be written.
    pub next_seq: u64,
    /// Segment files kept.
    pub segments: usize,
    /// Bytes of an interrupted append that were cut from the last segment; none of them were acknowledged.
    pub bytes_cut: u64,
    /// Damage found in the last segment and in segment headers. Older records are checked when they are read, or
    /// by [`crate::verify`].
    pub corrupt: Vec<CorruptRecord>,
    /// The cursor file was damaged and set aside; nothing is deleted until the next start.
    pub cursors_lost: bool,
}

/// Everything a writer and readers start from.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub(crate) state: State,
    pub(crate) report: Recovery,
    pub(crate) lock: File,
}

pub(crate) fn io_error(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(io::Error) -> JournalError {
    let path = path.to_owned();
    move |source| JournalError::Io {
        action,
        path,
        source,
    }
}

pub(crate) fn recover(
    dir: &Path,
    options: &JournalOptions,
    disk: &dyn Disk,
) -> Result<Recovered, JournalError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(io_error("creation", dir))?;
    let lock = lock(dir)?;
    remove_leftovers(dir).map_err(io_error("clean-up", dir))?;
    let mut report = Recovery::default();
    let listed = segment::list(dir).map_err(io_error("listing", dir))?;
    let mut segments = VecDeque::with_capacity(listed.len());
    let mut next_seq = 1;
    for (index, (first_seq, path)) in listed.iter().enumerate() {
        let last = index + 1 == listed.len();
        let (meta, next) = open_segment(*first_seq, path, last, options, &mut report)?;
        segments.extend(meta);
        next_seq = next;
    }
    disk.sync_dir(dir).map_err(io_error("sync", dir))?;
    let cursors = cursors::load(dir).map_err(io_error("reading cursors", dir))?;
    report.cursors_lost = cursors.is_none();
    let cursors = cursors.unwrap_or_default();
    // Segments that were removed by hand must not lead to sequence numbers that consumers have already seen.
    report.next_seq = cursors
        .values()
        .fold(next_seq, |next, seq| next.max(seq.saturating_add(1)));
    report.first_seq = segments
        .front()
        .map_or(report.next_seq, |segment| segment.first_seq);
    report.segments = segments.len();
    let mut state = State {
        segments,
        cursors,
        deletion_paused: report.cursors_lost,
        stored_released: 0,
    };
    state.stored_released = state.released();
    Ok(Recovered {
        state,
        report,
        lock,
    })
}

fn lock(dir: &Path) -> Result<File, JournalError> {
    let path = dir.join("lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    let file = file.map_err(io_error("opening", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::Locked(dir.to_owned())),
        Err(TryLockError::Error(source)) => Err(JournalError::Io {
            action: "locking",
            path,
            source,
        }),
    }
}

fn remove_leftovers(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tmp") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Checks a header against the key in use.
pub(crate) fn check_key(
    path: &Path,
    header: &SegmentHeader,
    key: Option<&[u8; 32]>,
) -> Result<(), JournalError> {
    let path = || path.to_owned();
    match (header.key_id == [0; 8], key) {
        (true, None) => Ok(()),
        (true, Some(_)) => Err(JournalError::NotEncrypted(path())),
        (false, None) => Err(JournalError::KeyMissing(path())),
        (false, Some(key)) if seal::key_id(key) == header.key_id => Ok(()),
        (false, Some(_)) => Err(JournalError::WrongKey(path())),
    }
}

/// Checks one segment; gives what to keep of it and the sequence number after it (meaningful for the last one).
fn open_segment(
    first_seq: u64,
    path: &PathBuf,
    last: bool,
    options: &JournalOptions,
    report: &mut Recovery,
) -> Result<(Option<SegmentMeta>, u64), JournalError> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(io_error("opening", path))?;
    let len = file.metadata().map_err(io_error("reading", path))?.len();
    let name = segment::file_name(first_seq);
    let damage = |offset, what| CorruptRecord {
        segment: name.clone(),
        offset,
        seq: first_seq,
        what,
    };
    match segment::read_header(&file, first_seq).map_err(io_error("reading", path))? {
        HeaderRead::Version(found) => Err(JournalError::Version {
            path: path.clone(),
            found,
            known: frame::VERSION,
        }),
        HeaderRead::Damaged => {
            // Without the header nothing in the file can be checked; it is kept for the operator, and no sequence
            // number that may be in it is used again.
            warn!(path = %path.display(), "journal segment header damaged");
            report.corrupt.push(damage(0, "segment header"));
            let next = first_seq
                .saturating_add(len / FRAME_BYTES)
                .saturating_add(1);
            Ok((
                Some(SegmentMeta {
                    first_seq,
                    end: len,
                }),
                next,
            ))
        }
        HeaderRead::Good {
            header,
            damaged_copy,
        } => {
            check_key(path, &header, options.key.as_ref())?;
            if let Some(offset) = damaged_copy {
                report
                    .corrupt
                    .push(damage(offset, "one copy of the segment header"));
            }
            if !last {
                return Ok((
                    Some(SegmentMeta {
                        first_seq,
                        end: len,
                    }),
                    first_seq,
                ));
            }
            recover_last(file, path, &header, report)
        }
    }
}

fn recover_last(
    file: File,
    path: &PathBuf,
    header: &SegmentHeader,
    report: &mut Recovery,
) -> Result<(Option<SegmentMeta>, u64), JournalError> {
    let first_seq = header.first_seq;
    let reading = file.try_clone().map_err(io_error("opening", path))?;
    let mut window = segment::Window::new(reading);
    // Checksums suffice here; tags are checked by readers.
    let walked = walk::walk(
        &mut window,
        &segment::file_name(first_seq),
        header,
        true,
        None,
    )
    .map_err(io_error("recovering", path))?;
    let Walked {
        next_seq,
        complete,
        valid_end,
        torn_bytes,
        corrupt,
        ..
    } = walked;
    report.bytes_cut = torn_bytes;
    report.corrupt.extend(corrupt);
    if torn_bytes > 0 {
        warn!(path = %path.display(), bytes = torn_bytes, next_seq, "interrupted append cut from journal");
    }
    if complete {
        return Ok((
            Some(SegmentMeta {
                first_seq,
                end: valid_end,
            }),
            next_seq,
        ));
    }
    if next_seq == first_seq {
        fs::remove_file(path).map_err(io_error("removing empty segment", path))?;
        return Ok((None, next_seq));
    }
    let mark = FrameHeader::end_mark(next_seq).encode(header.seed());
    let end = valid_end + FRAME_BYTES;
    file.set_len(valid_end)
        .and_then(|()| file.write_all_at(&mark, valid_end))
        .and_then(|()| file.sync_data())
        .map_err(io_error("cutting", path))?;
    Ok((Some(SegmentMeta { first_seq, end }), next_seq))
}
