//! Bytes of segment headers and record headers.

use crc32fast::Hasher;

/// Two copies of the segment header, so that one damaged byte does not hide a whole segment.
pub(crate) const SEGMENT_HEADER_BYTES: u64 = 2 * COPY as u64;
/// Size of a record header.
pub(crate) const FRAME: usize = 24;
pub(crate) const FRAME_BYTES: u64 = FRAME as u64;
pub(crate) const TAG_BYTES: u64 = 16;
pub(crate) const RECORD_BYTES_MAX: usize = 1 << 30;
pub(crate) const VERSION: u32 = 1;

const COPY: usize = 64;
const MAGIC: [u8; 8] = *b"MPJRNL\r\n";
/// Length that marks the end of a completed segment.
const END_MARK: u32 = u32::MAX;

/// Identity of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    /// Random; salt of the key and start value of every checksum.
    pub(crate) id: [u8; 16],
    pub(crate) first_seq: u64,
    /// Fingerprint of the key, zero when plain.
    pub(crate) key_id: [u8; 8],
}

/// What the first bytes of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderRead {
    Good {
        header: SegmentHeader,
        damaged_copy: Option<u64>,
    },
    Version(u32),
    Damaged,
}

impl SegmentHeader {
    pub(crate) fn encode(&self) -> [u8; 2 * COPY] {
        let mut copy = [0u8; COPY];
        copy[..8].copy_from_slice(&MAGIC);
        copy[8..12].copy_from_slice(&VERSION.to_le_bytes());
        copy[12..28].copy_from_slice(&self.id);
        copy[28..36].copy_from_slice(&self.first_seq.to_le_bytes());
        copy[36..44].copy_from_slice(&self.key_id);
        let crc = crc32fast::hash(&copy[..60]);
        copy[60..].copy_from_slice(&crc.to_le_bytes());
        let mut both = [0u8; 2 * COPY];
        both[..COPY].copy_from_slice(&copy);
        both[COPY..].copy_from_slice(&copy);
        both
    }

    /// Reads the first good copy. `bytes` may be shorter than a header when the file was cut.
    pub(crate) fn decode(bytes: &[u8]) -> HeaderRead {
        let copies =
            [bytes.get(..COPY), bytes.get(COPY..2 * COPY)].map(|c| c.and_then(Self::decode_copy));
        match copies {
            [Some(Err(version)), _] | [None, Some(Err(version))] => HeaderRead::Version(version),
            [Some(Ok(header)), second] => {
                let damaged_copy = (second != Some(Ok(header))).then_some(COPY as u64);
                HeaderRead::Good {
                    header,
                    damaged_copy,
                }
            }
            [None, Some(Ok(header))] => HeaderRead::Good {
                header,
                damaged_copy: Some(0),
            },
            [None, None] => HeaderRead::Damaged,
        }
    }

    fn decode_copy(copy: &[u8]) -> Option<Result<Self, u32>> {
        if copy[..8] != MAGIC || crc32fast::hash(&copy[..60]) != u32_at(copy, 60) {
            return None;
        }
        let version = u32_at(copy, 8);
        if version != VERSION {
            return Some(Err(version));
        }
        let mut header = Self {
            id: [0; 16],
            first_seq: u64_at(copy, 28),
            key_id: [0; 8],
        };
        header.id.copy_from_slice(&copy[12..28]);
        header.key_id.copy_from_slice(&copy[36..44]);
        Some(Ok(header))
    }

    /// Start value of this segment's checksums.
    pub(crate) fn seed(&self) -> u32 {
        crc32fast::hash(&self.id)
    }
}

/// Header of one record, or the mark that closes a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub(crate) seq: u64,
    /// Stored payload length, tag included; [`END_MARK`] for the mark.
    len: u32,
    /// Records of the same group commit before this one: everything below `seq - group_offset` was durable when
    /// this record was written.
    pub(crate) group_offset: u32,
    pub(crate) payload_crc: u32,
}

impl FrameHeader {
    pub(crate) fn record(seq: u64, len: u32, group_offset: u32, payload_crc: u32) -> Self {
        debug_assert!(len != END_MARK);
        Self {
            seq,
            len,
            group_offset,
            payload_crc,
        }
    }

    pub(crate) fn end_mark(next_seq: u64) -> Self {
        Self {
            seq: next_seq,
            len: END_MARK,
            group_offset: 0,
            payload_crc: 0,
        }
    }

    pub(crate) fn is_end_mark(&self) -> bool {
        self.len == END_MARK
    }

    /// Payload bytes that follow.
    pub(crate) fn payload_bytes(&self) -> u64 {
        if self.is_end_mark() {
            0
        } else {
            u64::from(self.len)
        }
    }

    pub(crate) fn frame_bytes(&self) -> u64 {
        FRAME_BYTES + self.payload_bytes()
    }

    pub(crate) fn encode(&self, seed: u32) -> [u8; FRAME] {
        let mut bytes = [0u8; FRAME];
        bytes[..16].copy_from_slice(&self.authenticated());
        bytes[16..20].copy_from_slice(&self.payload_crc.to_le_bytes());
        let crc = crc(seed, &bytes[..20]);
        bytes[20..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// The part of the header that the sealed payload is bound to.
    pub(crate) fn authenticated(&self) -> [u8; 16] {
        let mut bytes = [0u8; 16];
        bytes[..8].copy_from_slice(&self.seq.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.len.to_le_bytes());
        bytes[12..].copy_from_slice(&self.group_offset.to_le_bytes());
        bytes
    }

    /// `None` when the checksum does not fit.
    pub(crate) fn decode(bytes: &[u8], seed: u32) -> Option<Self> {
        if bytes.len() < FRAME || crc(seed, &bytes[..20]) != u32_at(bytes, 20) {
            return None;
        }
        Some(Self {
            seq: u64_at(bytes, 0),
            len: u32_at(bytes, 8),
            group_offset: u32_at(bytes, 12),
            payload_crc: u32_at(bytes, 16),
        })
    }
}

/// CRC-32 of `bytes` from a start value.
pub(crate) fn crc(seed: u32, bytes: &[u8]) -> u32 {
    let mut hasher = Hasher::new_with_initial(seed);
    hasher.update(bytes);
    hasher.finalize()
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(word)
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_header_copy_is_reported_and_the_other_is_used() {
        let header = SegmentHeader {
            id: [7; 16],
            first_seq: 42,
            key_id: [1; 8],
        };
        let good = header.encode();
        assert_eq!(
            SegmentHeader::decode(&good),
            HeaderRead::Good {
                header,
                damaged_copy: None
            }
        );
        for at in 0..good.len() {
            let mut bytes = good;
            bytes[at] ^= 1;
            let damaged_copy = Some(if at < COPY { 0 } else { COPY as u64 });
            assert_eq!(
                SegmentHeader::decode(&bytes),
                HeaderRead::Good {
                    header,
                    damaged_copy
                }
            );
        }
        assert_eq!(SegmentHeader::decode(&good[..10]), HeaderRead::Damaged);
    }

    #[test]
    fn a_later_version_is_named() {
        let mut copy = SegmentHeader {
            id: [7; 16],
            first_seq: 42,
            key_id: [1; 8],
        }
        .encode();
        copy[8] = 9;
        let crc = crc32fast::hash(&copy[..60]);
        copy[60..64].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(SegmentHeader::decode(&copy), HeaderRead::Version(9));
    }

    #[test]
    fn record_headers_of_another_segment_do_not_pass() {
        let bytes = FrameHeader::record(5, 100, 2, 77).encode(1);
        assert!(FrameHeader::decode(&bytes, 1).is_some());
        assert_eq!(FrameHeader::decode(&bytes, 2), None);
    }
}
