//! Bytes of a file, decompressed if need be, with a bound on what one record may take.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// No real row is near this; an unclosed quote would otherwise pull the rest of the file into memory.
const RECORD_BYTES_MAX: usize = 1024 * 1024;

const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A CSV whose records are bounded.
pub(crate) struct Input {
    csv: csv::Reader<Bounded>,
    read: Arc<AtomicU64>,
    total: u64,
}

impl Input {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let total = file.metadata()?.len();
        let read = Arc::new(AtomicU64::new(0));
        let mut plain = BufReader::new(Counted {
            file,
            read: Arc::clone(&read),
        });
        let compressed = plain.fill_buf()?.starts_with(&ZSTD_MAGIC);
        let bytes: Box<dyn Read + Send> = if compressed {
            Box::new(zstd::stream::read::Decoder::with_buffer(plain)?)
        } else {
            Box::new(plain)
        };
        let bounded = Bounded {
            bytes,
            left: RECORD_BYTES_MAX,
        };
        let csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bounded);
        Ok(Self { csv, read, total })
    }

    /// Reads the next record; `false` at the end.
    pub(crate) fn record(&mut self, record: &mut csv::ByteRecord) -> csv::Result<bool> {
        self.csv.get_mut().left = RECORD_BYTES_MAX;
        self.csv.read_byte_record(record)
    }

    /// Bytes of the file read so far, and in all.
    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.read.load(Ordering::Relaxed), self.total)
    }
}

struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

struct Bounded {
    bytes: Box<dyn Read + Send>,
    left: usize,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            let reason =
                format!("a record is longer than {RECORD_BYTES_MAX} bytes; is a quote left open?");
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        let room = buffer.len().min(self.left);
        let count = self.bytes.read(&mut buffer[..room])?;
        self.left -= count;
        Ok(count)
    }
}
