//! Reading a whole journal to prove that it is sound.

use std::{fs::File, path::Path};

use crate::{
    CorruptRecord, JournalError,
    frame::{HeaderRead, VERSION},
    recover::{check_key, io_error},
    seal::Cipher,
    segment::{self, Window},
    walk,
};

/// What a journal holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyReport {
    /// Segment files.
    pub segments: usize,
    /// Good records.
    pub records: u64,
    /// First good record, 0 when there is none.
    pub first_seq: u64,
    /// Last good record, 0 when there is none.
    pub last_seq: u64,
    /// Bytes of all segment files as far as they are used.
    pub bytes: u64,
    /// Stored bytes of the payloads.
    pub payload_bytes: u64,
    /// Bytes of an interrupted append at the end; expected after a crash, cut at the next start.
    pub torn_bytes: u64,
    /// Sealed payloads were opened with the key, not only checked by checksum.
    pub authenticated: bool,
    /// Damaged places, in order.
    pub corrupt: Vec<CorruptRecord>,
}

/// Reads every record of the journal in `dir` and checks headers, checksums, order and, with `key`, the seals.
/// Changes nothing and takes no lock; on a journal in use, the append in progress may count as torn.
///
/// # Errors
/// I/O errors, and the key errors when `key` does not belong to the data. Without a key a sealed journal is checked
/// by its checksums. Damage is not an error but part of the report.
pub fn verify(dir: impl AsRef<Path>, key: Option<&[u8; 32]>) -> Result<VerifyReport, JournalError> {
    let dir = dir.as_ref();
    let listed = segment::list(dir).map_err(io_error("listing", dir))?;
    let mut report = VerifyReport {
        segments: listed.len(),
        authenticated: key.is_some(),
        ..Default::default()
    };
    let mut expected = None;
    for (index, (first_seq, path)) in listed.iter().enumerate() {
        let name = segment::file_name(*first_seq);
        let damage = |offset, seq, what| CorruptRecord {
            segment: name.clone(),
            offset,
            seq,
            what,
        };
        if let Some(expected) = expected
            && expected != *first_seq
        {
            report.corrupt.push(damage(
                0,
                expected,
                "records are missing before the segment",
            ));
        }
        let file = File::open(path).map_err(io_error("opening", path))?;
        match segment::read_header(&file, *first_seq).map_err(io_error("reading", path))? {
            HeaderRead::Version(found) => {
                return Err(JournalError::Version {
                    path: path.clone(),
                    found,
                    known: VERSION,
                });
            }
            HeaderRead::Damaged => {
                report.corrupt.push(damage(0, *first_seq, "segment header"));
                expected = None;
            }
            HeaderRead::Good {
                header,
                damaged_copy,
            } => {
                if key.is_some() || header.key_id == [0; 8] {
                    check_key(path, &header, key)?;
                }
                if let Some(offset) = damaged_copy {
                    report.corrupt.push(damage(
                        offset,
                        *first_seq,
                        "one copy of the segment header",
                    ));
                }
                let cipher = key.map(|key| Cipher::new(key, header.id));
                let last = index + 1 == listed.len();
                let walked = walk::walk(
                    &mut Window::new(file),
                    &name,
                    &header,
                    last,
                    cipher.as_ref(),
                )
                .map_err(io_error("reading", path))?;
                expected = Some(walked.next_seq);
                report.add(walked);
            }
        }
    }
    Ok(report)
}

impl VerifyReport {
    fn add(&mut self, walked: walk::Walked) {
        self.records += walked.records;
        self.payload_bytes += walked.payload_bytes;
        self.bytes += walked.valid_end;
        self.torn_bytes += walked.torn_bytes;
        self.corrupt.extend(walked.corrupt);
        if let Some((first, last)) = walked.seqs {
            if self.first_seq == 0 {
                self.first_seq = first;
            }
            self.last_seq = last;
        }
    }
}
