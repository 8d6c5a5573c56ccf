//! Going through the records of a segment, finding damage, and finding the way on after it.

use std::io;

use crate::{
    CorruptRecord,
    frame::{self, FRAME, FRAME_BYTES, FrameHeader, SEGMENT_HEADER_BYTES, SegmentHeader},
    seal::Cipher,
    segment::Window,
};

/// What stands at an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A record whose checksums fit.
    Record(FrameHeader),
    /// The mark of a completed segment.
    EndMark,
    /// `end` is reached.
    End,
    /// Not what was written; `resume` is where the next record starts, when the header is intact.
    Bad {
        what: &'static str,
        resume: Option<u64>,
    },
}

/// Checks what stands at `offset`, where record `expected_seq` should be.
pub(crate) fn step(
    w: &mut Window,
    offset: u64,
    end: u64,
    seed: u32,
    expected_seq: u64,
) -> io::Result<Step> {
    if offset == end {
        return Ok(Step::End);
    }
    let bad = |what| Ok(Step::Bad { what, resume: None });
    let Some(bytes) = w.get(offset, FRAME, end)? else {
        return bad("header is cut off");
    };
    let Some(header) = FrameHeader::decode(bytes, seed) else {
        return bad("header checksum");
    };
    if header.seq != expected_seq {
        return bad("sequence number");
    }
    if header.is_end_mark() {
        return Ok(Step::EndMark);
    }
    let Some(len) = payload_len(&header, offset, end) else {
        return bad("payload is cut off");
    };
    let Some(payload) = w.get(offset + FRAME_BYTES, len, end)? else {
        return bad("payload is cut off");
    };
    if frame::crc(seed, payload) != header.payload_crc {
        return Ok(Step::Bad {
            what: "payload checksum",
            resume: Some(offset + header.frame_bytes()),
        });
    }
    Ok(Step::Record(header))
}

fn payload_len(header: &FrameHeader, offset: u64, end: u64) -> Option<usize> {
    let fits = offset + header.frame_bytes() <= end;
    usize::try_from(header.payload_bytes())
        .ok()
        .filter(|_| fits)
}

/// The record header at `offset`, payload unchecked; `None` for anything else.
pub(crate) fn peek(
    w: &mut Window,
    offset: u64,
    end: u64,
    seed: u32,
) -> io::Result<Option<FrameHeader>> {
    let header = w
        .get(offset, FRAME, end)?
        .and_then(|bytes| FrameHeader::decode(bytes, seed));
    Ok(header.filter(|h| h.is_end_mark() || payload_len(h, offset, end).is_some()))
}

/// Finds the next header after damage at `offset`, whose sequence number is later than `seq`.
pub(crate) fn resync(
    w: &mut Window,
    offset: u64,
    end: u64,
    seed: u32,
    seq: u64,
) -> io::Result<Option<(u64, FrameHeader)>> {
    let mut at = offset + 1;
    while let Some(bytes) = w.get(at, FRAME, end)? {
        // No more records than bytes lie between: discards almost every offset before a checksum is computed.
        let candidate = frame::u64_at(bytes, 0);
        if candidate > seq
            && candidate - seq <= at - offset
            && let Some(header) = FrameHeader::decode(bytes, seed)
            && (header.is_end_mark() || payload_len(&header, at, end).is_some())
        {
            return Ok(Some((at, header)));
        }
        at += 1;
    }
    Ok(None)
}

/// Result of reading one whole segment.
#[derive(Debug)]
pub(crate) struct Walked {
    /// Good records.
    pub(crate) records: u64,
    /// Stored bytes of the good records' payloads.
    pub(crate) payload_bytes: u64,
    /// First and last good record.
    pub(crate) seqs: Option<(u64, u64)>,
    /// Sequence number after the last record of the segment, damaged ones included.
    pub(crate) next_seq: u64,
    /// Closed by an end mark.
    pub(crate) complete: bool,
    /// Where the good part ends.
    pub(crate) valid_end: u64,
    /// Bytes after `valid_end` that are not zero padding: an append that was interrupted.
    pub(crate) torn_bytes: u64,
    /// Damage, in order.
    pub(crate) corrupt: Vec<CorruptRecord>,
}

struct Gap {
    at: CorruptRecord,
    records: u64,
    payload_bytes: u64,
    seqs: Option<(u64, u64)>,
}

/// Reads every record of a segment. `last` says that no later segment exists: only there an interrupted append is
/// possible, and it is told apart from damage by the group rule: each record states from which sequence number on
/// its group was not yet durable, so a bad record before the latest group was durable and is damage, while bad
/// records of the latest group were never acknowledged and are cut.
pub(crate) fn walk(
    w: &mut Window,
    name: &str,
    header: &SegmentHeader,
    last: bool,
    cipher: Option<&Cipher>,
) -> io::Result<Walked> {
    let (end, seed) = (w.file_bytes()?, header.seed());
    let mut offset = SEGMENT_HEADER_BYTES.min(end);
    let mut expected = header.first_seq;
    let mut group_start = header.first_seq;
    let mut out = Walked {
        records: 0,
        payload_bytes: 0,
        seqs: None,
        next_seq: expected,
        complete: false,
        valid_end: offset,
        torn_bytes: 0,
        corrupt: Vec::new(),
    };
    let mut gaps = Vec::new();
    loop {
        let (what, resume) = match step(w, offset, end, seed, expected)? {
            Step::Record(record) => {
                group_start =
                    group_start.max(record.seq.saturating_sub(u64::from(record.group_offset)));
                let resume = offset + record.frame_bytes();
                if authentic(w, offset, end, &record, cipher)? {
                    out.records += 1;
                    out.payload_bytes += record.payload_bytes();
                    out.seqs = Some((out.seqs.map_or(expected, |s| s.0), expected));
                    (offset, expected) = (resume, expected + 1);
                    continue;
                }
                ("authentication tag", Some(resume))
            }
            Step::EndMark => {
                out.complete = true;
                offset += FRAME_BYTES;
                break;
            }
            Step::End => break,
            Step::Bad { .. } if last && nonzero_bytes(w, offset, end)? == 0 => break,
            Step::Bad { what, resume } => (what, resume),
        };
        let at = CorruptRecord {
            segment: name.to_owned(),
            offset,
            seq: expected,
            what,
        };
        gaps.push(Gap {
            at,
            records: out.records,
            payload_bytes: out.payload_bytes,
            seqs: out.seqs,
        });
        match resume {
            Some(resume) => (offset, expected) = (resume, expected + 1),
            None => match resync(w, offset, end, seed, expected)? {
                Some((at, header)) => (offset, expected) = (at, header.seq),
                None => break,
            },
        }
    }
    (out.valid_end, out.next_seq) = (offset, expected);
    if last && !out.complete {
        cut_latest_group(w, end, group_start, &mut gaps, &mut out)?;
    }
    out.corrupt = gaps.into_iter().map(|gap| gap.at).collect();
    Ok(out)
}

fn cut_latest_group(
    w: &mut Window,
    end: u64,
    group_start: u64,
    gaps: &mut Vec<Gap>,
    out: &mut Walked,
) -> io::Result<()> {
    if let Some(first) = gaps.iter().position(|gap| gap.at.seq >= group_start) {
        let cut = gaps.swap_remove(first);
        gaps.truncate(first);
        (out.valid_end, out.next_seq) = (cut.at.offset, cut.at.seq);
        (out.records, out.payload_bytes, out.seqs) = (cut.records, cut.payload_bytes, cut.seqs);
    }
    out.torn_bytes = nonzero_bytes(w, out.valid_end, end)?;
    Ok(())
}

fn authentic(
    w: &mut Window,
    offset: u64,
    end: u64,
    record: &FrameHeader,
    cipher: Option<&Cipher>,
) -> io::Result<bool> {
    let Some(cipher) = cipher else {
        return Ok(true);
    };
    let len = usize::try_from(record.payload_bytes()).unwrap_or(usize::MAX);
    let sealed = w.get(offset + FRAME_BYTES, len, end)?.map(<[u8]>::to_vec);
    Ok(sealed
        .and_then(|sealed| cipher.open(record, sealed))
        .is_some())
}

/// Bytes from `offset` up to the last one that is not zero.
fn nonzero_bytes(w: &mut Window, offset: u64, end: u64) -> io::Result<u64> {
    let (mut at, mut last) = (offset, 0);
    while at < end {
        let len = usize::try_from((end - at).min(64 << 10)).unwrap_or(usize::MAX);
        let Some(chunk) = w.get(at, len, end)? else {
            break;
        };
        if let Some(position) = chunk.iter().rposition(|b| *b != 0) {
            last = at + position as u64 + 1 - offset;
        }
        at += len as u64;
    }
    Ok(last)
}
