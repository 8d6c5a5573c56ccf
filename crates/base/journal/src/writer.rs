//! The single writer thread: takes waiting appends, writes them as one group, syncs once, wakes the callers.

use std::{fs::File, io, sync::Arc, time::Instant};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tracing::warn;

use crate::{
    AppendError, FullReason,
    disk::{Disk, SegmentFile, is_out_of_space},
    frame::{
        self, FRAME, FRAME_BYTES, FrameHeader, SEGMENT_HEADER_BYTES, SegmentHeader, TAG_BYTES,
    },
    seal::{self, Cipher},
    segment,
    state::{SegmentMeta, Shared},
};

/// Sequence numbers of one append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeqRange {
    /// First record.
    pub first: u64,
    /// Last record.
    pub last_inclusive: u64,
}

type Reply = oneshot::Sender<Result<SeqRange, AppendError>>;

/// One call waiting to become durable.
#[derive(Debug)]
pub(crate) struct Append {
    pub(crate) records: Vec<Bytes>,
    pub(crate) payload_bytes: usize,
    pub(crate) reply: Reply,
    /// Room in the queue, held until the call is answered.
    pub(crate) permit: OwnedSemaphorePermit,
}

#[derive(Debug)]
pub(crate) enum Command {
    Append(Append),
    Close,
}

#[derive(Debug)]
struct Active {
    file: Box<dyn SegmentFile>,
    seed: u32,
    cipher: Option<Cipher>,
    /// Durable end.
    offset: u64,
    /// The file system ran full within it: it takes no more records and is closed when there is space again.
    closing: bool,
}

struct Waiting {
    reply: Reply,
    range: SeqRange,
    payload_bytes: usize,
    _permit: OwnedSemaphorePermit,
}

pub(crate) struct Writer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) disk: Box<dyn Disk>,
    pub(crate) lock: File,
    active: Option<Active>,
    next_seq: u64,
    buffer: Vec<u8>,
    waiting: Vec<Waiting>,
}

/// The append cannot be stored now.
enum NoRoom {
    Full(FullReason),
    Failed(String),
}

impl From<NoRoom> for AppendError {
    fn from(reason: NoRoom) -> Self {
        match reason {
            NoRoom::Full(reason) => Self::Full(reason),
            NoRoom::Failed(reason) => Self::Failed(reason),
        }
    }
}

impl Writer {
    pub(crate) fn new(shared: Arc<Shared>, disk: Box<dyn Disk>, lock: File, next_seq: u64) -> Self {
        Self {
            shared,
            disk,
            lock,
            active: None,
            next_seq,
            buffer: Vec::new(),
            waiting: Vec::new(),
        }
    }

    /// Runs until the journal is closed or its last handle is dropped; appends already queued are stored first.
    pub(crate) fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        let mut group = Vec::new();
        while let Some(command) = queue.blocking_recv() {
            let mut bytes = 0;
            let mut next = Some(command);
            while let Some(command) = next {
                match command {
                    Command::Append(append) => {
                        bytes += append.payload_bytes;
                        group.push(append);
                    }
                    Command::Close => queue.close(),
                }
                next = if bytes < self.shared.options.commit_bytes_max {
                    queue.try_recv().ok()
                } else {
                    None
                };
            }
            self.commit(&mut group);
        }
        self.finish();
    }

    fn finish(mut self) {
        if self.shared.failed.get().is_none()
            && let Some(mut active) = self.active.take()
            && self.complete(&mut active).is_err()
        {
            warn!("journal segment not closed cleanly, the next start recovers it");
        }
        if let Err(error) = self.shared.store_cursors(self.disk.as_ref()) {
            warn!(%error, "journal cursors not stored");
        }
        let Self { shared, lock, .. } = self;
        // The lock goes before the word that the journal is closed, so that whoever waits for it may reopen.
        drop(lock);
        shared.closed.send_replace(true);
    }

    fn commit(&mut self, group: &mut Vec<Append>) {
        let durable = self.shared.durable_seq();
        let mut unconsumed = self.shared.state.lock().unconsumed_bytes(durable);
        for append in group.drain(..) {
            let bytes = self.stored_bytes(&append.records);
            let room = if unconsumed + bytes > self.shared.options.max_bytes {
                Err(NoRoom::Full(FullReason::Unconsumed))
            } else {
                self.make_room(bytes)
            };
            match room {
                Ok(()) => {
                    unconsumed += bytes;
                    self.encode(append);
                }
                Err(reason) => self.refuse(append.reply, reason),
            }
        }
        self.flush();
        self.shared.report_sizes();
    }

    fn refuse(&self, reply: Reply, reason: NoRoom) {
        if let NoRoom::Full(reason) = &reason {
            self.shared.metrics.full(*reason);
        }
        answer(reply, Err(reason.into()));
    }

    fn stored_bytes(&self, records: &[Bytes]) -> u64 {
        let tag = if self.shared.options.key.is_some() {
            TAG_BYTES
        } else {
            0
        };
        records
            .iter()
            .map(|record| FRAME_BYTES + record.len() as u64 + tag)
            .sum()
    }

    /// Makes the active segment one that has room for `bytes` behind what is already in the buffer. An append
    /// larger than a segment gets one of its own.
    fn make_room(&mut self, bytes: u64) -> Result<(), NoRoom> {
        if let Some(reason) = self.shared.failed.get() {
            return Err(NoRoom::Failed(reason.clone()));
        }
        if let Some(active) = &self.active {
            let used = active.offset + self.buffer.len() as u64;
            let fits = used + bytes + FRAME_BYTES <= self.shared.options.segment_bytes;
            if (fits || used == SEGMENT_HEADER_BYTES) && !active.closing {
                return Ok(());
            }
            self.flush();
        }
        if let Some(reason) = self.shared.failed.get() {
            return Err(NoRoom::Failed(reason.clone()));
        }
        if let Some(mut active) = self.active.take()
            && let Err(reason) = self.complete(&mut active)
        {
            active.closing = true;
            self.active = Some(active);
            return Err(reason);
        }
        self.start_segment(bytes)
    }

    fn encode(&mut self, append: Append) {
        let Some(active) = &self.active else {
            return self.refuse(append.reply, NoRoom::Failed("no active segment".into()));
        };
        // Records already in the buffer belong to the same group commit.
        let group_start = self
            .waiting
            .first()
            .map_or(self.next_seq, |first| first.range.first);
        let first = self.next_seq;
        for record in &append.records {
            encode_record(&mut self.buffer, active, self.next_seq, group_start, record);
            self.next_seq += 1;
        }
        let range = SeqRange {
            first,
            last_inclusive: self.next_seq - 1,
        };
        let Append {
            reply,
            permit,
            payload_bytes,
            ..
        } = append;
        self.waiting.push(Waiting {
            reply,
            range,
            payload_bytes,
            _permit: permit,
        });
    }

    /// Writes and syncs the buffer and answers everyone in it.
    fn flush(&mut self) {
        let (Some(first), Some(active)) = (self.waiting.first(), self.active.as_mut()) else {
            return;
        };
        let first_seq = first.range.first;
        let started = Instant::now();
        let written = active.file.write_all_at(&self.buffer, active.offset);
        let outcome = match written {
            Ok(()) => active
                .file
                .sync_data()
                .map_err(|error| ("fdatasync", error)),
            Err(error) => Err(("write", error)),
        };
        match outcome {
            Ok(()) => {
                active.offset += self.buffer.len() as u64;
                let end = active.offset;
                self.publish(end, started);
            }
            Err(("write", error)) if is_out_of_space(&error) => self.undo_group(first_seq),
            Err((action, error)) => {
                let reason = self.shared.poison(action, &error);
                for waiting in self.waiting.drain(..) {
                    answer(waiting.reply, Err(AppendError::Failed(reason.clone())));
                }
            }
        }
        self.buffer.clear();
        if self.buffer.capacity() > 4 * self.shared.options.commit_bytes_max {
            self.buffer = Vec::new();
        }
    }

    fn publish(&mut self, end: u64, started: Instant) {
        if let Some(segment) = self.shared.state.lock().segments.back_mut() {
            segment.end = end;
        }
        self.shared.durable.send_replace(self.next_seq - 1);
        let metrics = &self.shared.metrics;
        metrics
            .commit_seconds
            .record(started.elapsed().as_secs_f64());
        metrics.commits.increment(1);
        for waiting in self.waiting.drain(..) {
            metrics
                .records
                .increment(waiting.range.last_inclusive - waiting.range.first + 1);
            metrics.bytes.increment(waiting.payload_bytes as u64);
            answer(waiting.reply, Ok(waiting.range));
        }
    }

    /// The file system ran full within a segment (only where it cannot reserve space): the group is refused, and
    /// the segment ends before it. Its sequence numbers are used again in a new segment, under another key.
    fn undo_group(&mut self, first_seq: u64) {
        self.next_seq = first_seq;
        if let Some(active) = self.active.as_mut() {
            active.closing = true;
        }
        for waiting in std::mem::take(&mut self.waiting) {
            self.refuse(waiting.reply, NoRoom::Full(FullReason::DiskReserve));
        }
    }

    /// Closes a segment: end mark, cut to size, sync.
    fn complete(&self, active: &mut Active) -> Result<(), NoRoom> {
        let mark = FrameHeader::end_mark(self.next_seq).encode(active.seed);
        let end = active.offset + FRAME_BYTES;
        match active.file.write_all_at(&mark, active.offset) {
            Ok(()) => {}
            Err(error) if is_out_of_space(&error) => {
                return Err(NoRoom::Full(FullReason::DiskReserve));
            }
            Err(error) => return Err(self.failed("closing a segment", &error)),
        }
        let closed = active
            .file
            .set_len(end)
            .and_then(|()| active.file.sync_data());
        closed.map_err(|error| self.failed("closing a segment", &error))?;
        if let Some(segment) = self.shared.state.lock().segments.back_mut() {
            segment.end = end;
        }
        Ok(())
    }

    fn start_segment(&mut self, bytes: u64) -> Result<(), NoRoom> {
        self.shared.delete_expired(self.disk.as_ref());
        let options = &self.shared.options;
        let size = options
            .segment_bytes
            .max(SEGMENT_HEADER_BYTES + bytes + FRAME_BYTES);
        let free = self
            .disk
            .free_bytes(&self.shared.dir)
            .map_err(|e| self.failed("measuring free space", &e))?;
        if free < options.reserve_bytes.saturating_add(size) {
            return Err(NoRoom::Full(FullReason::DiskReserve));
        }
        let mut id = [0; 16];
        aws_lc_rs::rand::fill(&mut id)
            .map_err(|_| self.failed("random bytes", &io::Error::other("no entropy")))?;
        let key_id = options.key.as_ref().map(seal::key_id).unwrap_or_default();
        let header = SegmentHeader {
            id,
            first_seq: self.next_seq,
            key_id,
        };
        let file = match self.create_file(&header, size) {
            Ok(file) => file,
            Err(error) if is_out_of_space(&error) => {
                return Err(NoRoom::Full(FullReason::DiskReserve));
            }
            Err(error) => return Err(self.failed("creating a segment", &error)),
        };
        let cipher = options.key.as_ref().map(|key| Cipher::new(key, id));
        self.active = Some(Active {
            file,
            seed: header.seed(),
            cipher,
            offset: SEGMENT_HEADER_BYTES,
            closing: false,
        });
        let meta = SegmentMeta {
            first_seq: self.next_seq,
            end: SEGMENT_HEADER_BYTES,
        };
        let mut state = self.shared.state.lock();
        // A segment whose first group was undone is replaced by this one.
        if state
            .segments
            .back()
            .is_some_and(|last| last.first_seq == meta.first_seq)
        {
            state.segments.pop_back();
        }
        state.segments.push_back(meta);
        Ok(())
    }

    /// The file appears under its name only with a durable header.
    fn create_file(&self, header: &SegmentHeader, size: u64) -> io::Result<Box<dyn SegmentFile>> {
        let path = self.shared.dir.join(segment::file_name(header.first_seq));
        let temporary = path.with_extension("tmp");
        let mut file = self.disk.create(&temporary, size)?;
        file.write_all_at(&header.encode(), 0)?;
        file.sync_data()?;
        self.disk.rename(&temporary, &path)?;
        self.disk.sync_dir(&self.shared.dir)?;
        Ok(file)
    }

    fn failed(&self, action: &str, error: &io::Error) -> NoRoom {
        NoRoom::Failed(self.shared.poison(action, error))
    }
}

fn encode_record(buffer: &mut Vec<u8>, active: &Active, seq: u64, group_start: u64, record: &[u8]) {
    let start = buffer.len();
    let payload = start + FRAME;
    let stored = record.len() as u64
        + if active.cipher.is_some() {
            TAG_BYTES
        } else {
            0
        };
    let len = u32::try_from(stored).expect("record_bytes_max is at most 1 GiB");
    let group_offset = u32::try_from(seq - group_start).unwrap_or(u32::MAX);
    let mut header = FrameHeader::record(seq, len, group_offset, 0);
    buffer.resize(payload, 0);
    buffer.extend_from_slice(record);
    if let Some(cipher) = &active.cipher {
        let tag = cipher.seal(&header, &mut buffer[payload..]);
        buffer.extend_from_slice(&tag);
    }
    header.payload_crc = frame::crc(active.seed, &buffer[payload..]);
    buffer[start..payload].copy_from_slice(&header.encode(active.seed));
}

/// A caller that went away does not need its answer.
fn answer(reply: Reply, result: Result<SeqRange, AppendError>) {
    drop(reply.send(result));
}
