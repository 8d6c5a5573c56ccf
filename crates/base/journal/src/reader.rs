//! Reading durable records in order.

use std::{fs::File, io, sync::Arc};

use bytes::Bytes;
use tokio::sync::watch;
use tracing::warn;

use crate::{
    CorruptRecord, ReadError,
    frame::{FRAME_BYTES, FrameHeader, HeaderRead, SEGMENT_HEADER_BYTES},
    seal::Cipher,
    segment::{self, Window},
    state::Shared,
    walk::{self, Step},
};

/// One durable record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Sequence number, from 1.
    pub seq: u64,
    /// What was appended.
    pub payload: Bytes,
}

/// What [`Reader::skip_corrupt`] passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The damage.
    pub corrupt: CorruptRecord,
    /// Records lost: from `corrupt.seq` up to here. Equal to `corrupt.seq` when only padding was damaged.
    pub to_seq_exclusive: u64,
}

/// A position in the journal. Reads are blocking file reads, mostly from the page cache; run long catch-ups on a
/// blocking thread. Not shared: each consumer has its own.
#[derive(Debug)]
pub struct Reader {
    shared: Arc<Shared>,
    durable: watch::Receiver<u64>,
    closed: watch::Receiver<bool>,
    /// Next record to give.
    position: u64,
    open: Option<OpenSegment>,
    looked_again_at: u64,
    damage: Option<(CorruptRecord, WayOn)>,
}

#[derive(Debug)]
struct OpenSegment {
    first_seq: u64,
    name: String,
    window: Window,
    seed: u32,
    cipher: Option<Cipher>,
    /// Where record `position` should start.
    offset: u64,
    /// Durable end of the file as last seen.
    end: u64,
    /// First record of the segment after it, once there is one.
    next_first: Option<u64>,
}

/// How to continue after damage.
#[derive(Debug, Clone, Copy)]
enum WayOn {
    /// The header was good: the next record starts here.
    At(u64),
    /// Look for the next good header.
    Search,
    /// Nothing more in this segment.
    NextSegment,
}

enum Next {
    Entry(Entry),
    /// Nothing durable beyond the position.
    None,
}

impl Reader {
    pub(crate) fn new(shared: Arc<Shared>, from_seq: u64) -> Result<Self, ReadError> {
        let durable = shared.durable.subscribe();
        let next = *durable.borrow() + 1;
        let first_available = shared
            .state
            .lock()
            .segments
            .front()
            .map_or(next, |segment| segment.first_seq);
        let position = if from_seq == 0 {
            first_available
        } else {
            from_seq
        };
        if position < first_available {
            return Err(ReadError::Gone {
                wanted: position,
                first_available,
            });
        }
        if position > next {
            return Err(ReadError::Ahead {
                wanted: position,
                next,
            });
        }
        let closed = shared.closed.subscribe();
        Ok(Self {
            shared,
            durable,
            closed,
            position,
            open: None,
            looked_again_at: 0,
            damage: None,
        })
    }

    /// Sequence number of the next record.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Gives up to `records_max` records, stopping after the one that reaches `bytes_max` payload bytes; empty when
    /// nothing durable is left.
    ///
    /// # Errors
    /// [`ReadError::Corrupt`] when the next record is damaged; good records before it are given first. The same
    /// error is repeated until [`Self::skip_corrupt`]. Other errors leave the position where it is.
    pub fn next_batch(
        &mut self,
        records_max: usize,
        bytes_max: usize,
    ) -> Result<Vec<Entry>, ReadError> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < records_max && bytes < bytes_max {
            match self.next_entry() {
                Ok(Next::Entry(entry)) => {
                    bytes += entry.payload.len();
                    batch.push(entry);
                }
                Ok(Next::None) => break,
                Err(_) if !batch.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(batch)
    }

    /// Waits until a record is durable at the position. `false` when the journal was closed and nothing is left.
    pub async fn wait(&mut self) -> bool {
        let position = self.position;
        let (durable, closed) = (&mut self.durable, &mut self.closed);
        tokio::select! {
            biased;
            more = durable.wait_for(|seq| *seq >= position) => more.is_ok(),
            _ = closed.wait_for(|closed| *closed) => false,
        }
    }

    /// Continues after the damage that [`Self::next_batch`] reported: at the next record whose checksums fit.
    /// `None` when there is nothing to skip. Each call is logged and counted.
    ///
    /// # Errors
    /// [`ReadError::Io`] when the file cannot be read; the damage then stands.
    pub fn skip_corrupt(&mut self) -> Result<Option<Skipped>, ReadError> {
        let Some((corrupt, way)) = self.damage.clone() else {
            return Ok(None);
        };
        let durable = *self.durable.borrow();
        self.refresh();
        let found = match (way, self.open.as_mut()) {
            (WayOn::At(offset), Some(_)) => Some((offset, self.position + 1)),
            (WayOn::Search, Some(open)) => walk::resync(
                &mut open.window,
                open.offset,
                open.end,
                open.seed,
                corrupt.seq,
            )
            .map_err(|source| ReadError::Io {
                segment: open.name.clone(),
                source,
            })?
            .map(|(offset, header)| (offset, header.seq)),
            _ => None,
        };
        match (found, self.open.as_mut()) {
            (Some((offset, seq)), Some(open)) => {
                open.offset = offset;
                self.position = seq;
            }
            _ => {
                self.position = self
                    .next_segment_after(corrupt.seq)
                    .unwrap_or(durable + 1)
                    .max(corrupt.seq);
                self.open = None;
            }
        }
        self.damage = None;
        warn!(
            segment = corrupt.segment,
            offset = corrupt.offset,
            seq = corrupt.seq,
            to = self.position,
            "damaged journal records skipped"
        );
        Ok(Some(Skipped {
            corrupt,
            to_seq_exclusive: self.position,
        }))
    }

    fn next_segment_after(&self, seq: u64) -> Option<u64> {
        let current = self.open.as_ref().map_or(seq, |open| open.first_seq);
        let state = self.shared.state.lock();
        let index = state
            .segments
            .partition_point(|segment| segment.first_seq <= current);
        state.segments.get(index).map(|segment| segment.first_seq)
    }

    fn next_entry(&mut self) -> Result<Next, ReadError> {
        loop {
            if let Some((corrupt, _)) = &self.damage {
                return Err(ReadError::Corrupt(corrupt.clone()));
            }
            if self.position > *self.durable.borrow() {
                return Ok(Next::None);
            }
            if self.open.is_none() {
                self.open_segment()?;
                continue;
            }
            if let Some(entry) = self.read_here()? {
                return Ok(Next::Entry(entry));
            }
        }
    }

    /// Reads at the position; `None` when the segment ended or damage was noted.
    fn read_here(&mut self) -> Result<Option<Entry>, ReadError> {
        let position = self.position;
        let Some(open) = self.open.as_mut() else {
            return Ok(None);
        };
        let io = |name: &str, source| ReadError::Io {
            segment: name.to_owned(),
            source,
        };
        let step = walk::step(&mut open.window, open.offset, open.end, open.seed, position)
            .map_err(|source| io(&open.name, source))?;
        match step {
            Step::Record(header) => {
                let payload = open
                    .payload(&header)
                    .map_err(|source| io(&open.name, source))?;
                let after = open.offset + header.frame_bytes();
                let Some(payload) = payload else {
                    self.note_damage("authentication tag", WayOn::At(after));
                    return Ok(None);
                };
                open.offset = after;
                self.position += 1;
                Ok(Some(Entry {
                    seq: position,
                    payload,
                }))
            }
            Step::End | Step::EndMark => {
                self.leave_segment();
                Ok(None)
            }
            Step::Bad { what, resume } => {
                self.note_damage(what, resume.map_or(WayOn::Search, WayOn::At));
                Ok(None)
            }
        }
    }

    /// At the end of what is known of a segment: more of it, the next one, or a hole.
    fn leave_segment(&mut self) {
        let Some(known) = self.open.as_ref().map(|open| open.end) else {
            return;
        };
        self.refresh();
        let Some(open) = self.open.as_ref() else {
            return;
        };
        if open.end > known {
            return;
        }
        // A segment whose first group was undone is replaced by another file of the same name: look once more.
        let replaced = self.position == open.first_seq && self.looked_again_at != self.position;
        if open.next_first == Some(self.position) || replaced {
            self.looked_again_at = self.position;
            self.open = None;
        } else {
            self.note_damage(
                "records are missing at the end of the segment",
                WayOn::NextSegment,
            );
        }
    }

    /// Takes over what the writer has made durable since.
    fn refresh(&mut self) {
        let Some(open) = self.open.as_mut() else {
            return;
        };
        let file_bytes = open.window.file_bytes().unwrap_or(open.end);
        let state = self.shared.state.lock();
        let index = state
            .segments
            .partition_point(|segment| segment.first_seq < open.first_seq);
        match state.segments.get(index) {
            Some(segment) if segment.first_seq == open.first_seq => {
                open.end = segment.end.min(file_bytes);
                open.next_first = state.segments.get(index + 1).map(|next| next.first_seq);
            }
            // Deleted meanwhile; the open file still holds it, complete.
            other => {
                open.end = file_bytes;
                open.next_first = other.map(|next| next.first_seq);
            }
        }
    }

    fn open_segment(&mut self) -> Result<(), ReadError> {
        let (meta, next_first) = {
            let state = self.shared.state.lock();
            let after = state
                .segments
                .partition_point(|segment| segment.first_seq <= self.position);
            let next_first = state.segments.get(after).map(|segment| segment.first_seq);
            let Some(meta) = after
                .checked_sub(1)
                .and_then(|index| state.segments.get(index).copied())
            else {
                let first_available = next_first.unwrap_or(self.position + 1);
                return Err(ReadError::Gone {
                    wanted: self.position,
                    first_available,
                });
            };
            (meta, next_first)
        };
        let name = segment::file_name(meta.first_seq);
        let io = |source: io::Error| ReadError::Io {
            segment: name.clone(),
            source,
        };
        let file = match File::open(self.shared.dir.join(&name)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let first_available = next_first.unwrap_or(self.position + 1);
                return Err(ReadError::Gone {
                    wanted: self.position,
                    first_available,
                });
            }
            Err(error) => return Err(io(error)),
        };
        let HeaderRead::Good { header, .. } =
            segment::read_header(&file, meta.first_seq).map_err(io)?
        else {
            self.damage_at(name, 0, "segment header", WayOn::NextSegment);
            return Ok(());
        };
        let cipher = self
            .shared
            .options
            .key
            .as_ref()
            .map(|key| Cipher::new(key, header.id));
        // A segment that was cut short by something else than this journal ends where the file ends.
        let end = meta.end.min(file.metadata().map_err(io)?.len());
        let mut open = OpenSegment {
            first_seq: meta.first_seq,
            name,
            window: Window::new(file),
            seed: header.seed(),
            cipher,
            offset: SEGMENT_HEADER_BYTES.min(end),
            end,
            next_first,
        };
        let overshot = open.seek(self.position).map_err(|source| ReadError::Io {
            segment: open.name.clone(),
            source,
        })?;
        self.open = Some(open);
        if overshot {
            self.note_damage("header checksum", WayOn::Search);
        }
        Ok(())
    }

    fn note_damage(&mut self, what: &'static str, way: WayOn) {
        if let Some(open) = &self.open {
            self.damage_at(open.name.clone(), open.offset, what, way);
        }
    }

    fn damage_at(&mut self, segment: String, offset: u64, what: &'static str, way: WayOn) {
        self.shared.metrics.corrupt.increment(1);
        self.damage = Some((
            CorruptRecord {
                segment,
                offset,
                seq: self.position,
                what,
            },
            way,
        ));
    }
}

impl OpenSegment {
    /// Moves `offset` to record `seq` by the headers alone. `true` when damage hides where it starts: `offset` is
    /// then the damaged place.
    fn seek(&mut self, seq: u64) -> io::Result<bool> {
        let mut at = self.first_seq;
        while at < seq {
            let header = walk::peek(&mut self.window, self.offset, self.end, self.seed)?;
            match header.filter(|header| header.seq == at) {
                Some(header) if header.is_end_mark() => return Ok(false),
                Some(header) => {
                    self.offset += header.frame_bytes();
                    at += 1;
                }
                None if self.offset >= self.end => return Ok(false),
                None => match walk::resync(&mut self.window, self.offset, self.end, self.seed, at)?
                {
                    Some((offset, header)) if header.seq <= seq => {
                        (self.offset, at) = (offset, header.seq)
                    }
                    _ => return Ok(true),
                },
            }
        }
        Ok(false)
    }

    /// The payload of the checked record at `offset`; `None` when its tag does not fit.
    fn payload(&mut self, header: &FrameHeader) -> io::Result<Option<Bytes>> {
        let len = usize::try_from(header.payload_bytes()).unwrap_or(usize::MAX);
        let Some(stored) = self.window.get(self.offset + FRAME_BYTES, len, self.end)? else {
            return Ok(None);
        };
        Ok(match &self.cipher {
            None => Some(Bytes::copy_from_slice(stored)),
            Some(cipher) => cipher.open(header, stored.to_vec()).map(Bytes::from),
        })
    }
}
