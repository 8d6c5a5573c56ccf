//! Checksums beside files: written with the file, checked on every read.
//!
//! The checksum file of `part.parquet` is `.part.parquet.crc`: the four bytes `crc\0`, the block size as a
//! big-endian 32-bit number, then the CRC-32 of each block, big-endian. Hadoop's local file system uses this form.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use parquet::{
    errors::{ParquetError, Result as ParquetResult},
    file::reader::{ChunkReader, Length},
};

use crate::TableError;

/// One page or a few: what is checked beyond the bytes wanted stays small.
const BLOCK: usize = 16 * 1024;
const MAGIC: [u8; 4] = *b"crc\0";

/// Path of the checksum file of `path`.
pub(crate) fn seal_path(path: &Path) -> PathBuf {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    path.with_file_name(format!(".{name}.crc"))
}

#[derive(Debug)]
struct Sums {
    done: Vec<u32>,
    current: crc32fast::Hasher,
    filled: usize,
}

impl Sums {
    fn new() -> Self {
        Self {
            done: Vec::new(),
            current: crc32fast::Hasher::new(),
            filled: 0,
        }
    }

    fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, rest) = bytes.split_at(bytes.len().min(BLOCK - self.filled));
            self.current.update(now);
            self.filled += now.len();
            if self.filled == BLOCK {
                self.close_block();
            }
            bytes = rest;
        }
    }

    fn close_block(&mut self) {
        self.done.push(std::mem::take(&mut self.current).finalize());
        self.filled = 0;
    }

    fn finish(mut self) -> Vec<u8> {
        if self.filled > 0 {
            self.close_block();
        }
        let mut out = Vec::with_capacity(8 + 4 * self.done.len());
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&u32::try_from(BLOCK).unwrap_or(0).to_be_bytes());
        out.extend(self.done.iter().flat_map(|sum| sum.to_be_bytes()));
        out
    }
}

/// Writes a new file and remembers the checksums of its blocks.
#[derive(Debug)]
pub(crate) struct SealingWriter {
    path: PathBuf,
    file: File,
    sums: Sums,
    len: u64,
}

impl SealingWriter {
    pub(crate) fn create(path: &Path) -> Result<Self, TableError> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(TableError::io("create", path))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            sums: Sums::new(),
            len: 0,
        })
    }

    /// Fsyncs the file and its checksum file; the folder is left to the caller. Returns the length.
    pub(crate) fn seal(self) -> Result<u64, TableError> {
        self.file
            .sync_all()
            .map_err(TableError::io("fsync", &self.path))?;
        write_synced(&seal_path(&self.path), &self.sums.finish())?;
        Ok(self.len)
    }
}

impl Write for SealingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sums.update(&bytes[..written]);
        self.len += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), TableError> {
    let mut file = File::create(path).map_err(TableError::io("create", path))?;
    file.write_all(bytes)
        .map_err(TableError::io("write", path))?;
    file.sync_all().map_err(TableError::io("fsync", path))
}

/// Makes entries of a folder durable.
pub(crate) fn sync_dir(path: &Path) -> Result<(), TableError> {
    File::open(path)
        .and_then(|dir| dir.sync_all())
        .map_err(TableError::io("fsync", path))
}

/// Fsyncs a file that another writer made and gives it a checksum file.
pub(crate) fn seal_existing(path: &Path) -> Result<(), TableError> {
    let mut file = File::open(path).map_err(TableError::io("open", path))?;
    file.sync_all().map_err(TableError::io("fsync", path))?;
    let mut sums = Sums::new();
    let mut buffer = vec![0; BLOCK];
    loop {
        let read = file
            .read(&mut buffer)
            .map_err(TableError::io("read", path))?;
        if read == 0 {
            break;
        }
        sums.update(&buffer[..read]);
    }
    write_synced(&seal_path(path), &sums.finish())
}

/// Reads a whole file against its checksum file. `Ok(None)` when there is no checksum file.
pub(crate) fn read_sealed(path: &Path) -> Result<Option<Vec<u8>>, TableError> {
    let Some(sums) = load_sums(path)? else {
        return Ok(None);
    };
    let bytes = fs::read(path).map_err(TableError::io("read", path))?;
    let actual: Vec<u32> = bytes.chunks(BLOCK).map(crc32fast::hash).collect();
    if actual == sums {
        Ok(Some(bytes))
    } else {
        Err(TableError::corrupt(path, "checksum differs"))
    }
}

fn load_sums(path: &Path) -> Result<Option<Vec<u32>>, TableError> {
    let seal = seal_path(path);
    let bytes = match fs::read(&seal) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(TableError::io("read", &seal)(error)),
    };
    let block = bytes
        .get(4..8)
        .and_then(|b| b.try_into().ok())
        .map(u32::from_be_bytes);
    if bytes.get(..4) != Some(&MAGIC)
        || block.is_none_or(|b| b as usize != BLOCK)
        || !bytes.len().is_multiple_of(4)
    {
        return Err(TableError::corrupt(&seal, "not a checksum file"));
    }
    let words = bytes.get(8..).unwrap_or_default().chunks_exact(4);
    Ok(Some(
        words
            .map(|w| u32::from_be_bytes([w[0], w[1], w[2], w[3]]))
            .collect(),
    ))
}

/// A file whose bytes are checked against their checksums as they are read.
#[derive(Debug)]
pub(crate) struct SealedFile {
    path: PathBuf,
    file: File,
    len: u64,
    sums: Vec<u32>,
    damage: OnceLock<String>,
}

impl SealedFile {
    /// Opens a file that must have `len` bytes.
    pub(crate) fn open(path: &Path, len: u64) -> Result<Self, TableError> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(TableError::corrupt(path, "the file is missing"));
            }
            Err(error) => return Err(TableError::io("open", path)(error)),
        };
        let actual = file.metadata().map_err(TableError::io("stat", path))?.len();
        if actual != len {
            return Err(TableError::corrupt(
                path,
                format!("{actual} bytes on disk, {len} in the log"),
            ));
        }
        let sums = load_sums(path)?
            .ok_or_else(|| TableError::corrupt(path, "its checksum file is missing"))?;
        if sums.len() as u64 != len.div_ceil(BLOCK as u64) {
            return Err(TableError::corrupt(
                &seal_path(path),
                "does not cover the file",
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            len,
            sums,
            damage: OnceLock::new(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What a failed read means: damage when a checksum failed, whatever the decoder made of it.
    pub(crate) fn explain(&self, error: impl Into<ParquetError>) -> TableError {
        match self.damage.get() {
            Some(damage) => TableError::corrupt(&self.path, damage.clone()),
            None => TableError::file(&self.path)(error.into()),
        }
    }

    /// Memory held, besides the footer.
    pub(crate) fn weight(&self) -> usize {
        self.sums.len() * 4 + 256
    }

    /// Reads `len` bytes at `from`, whole blocks at a time, and checks each block.
    fn read_checked(&self, from: u64, len: usize) -> ParquetResult<Bytes> {
        let to = from.checked_add(len as u64).filter(|to| *to <= self.len);
        let Some(to) = to else {
            return Err(ParquetError::EOF(format!(
                "{len} bytes at {from} of a file of {} bytes",
                self.len
            )));
        };
        let block = BLOCK as u64;
        let (first, last) = (from / block, to.div_ceil(block));
        let start = first * block;
        let span = usize::try_from((last * block).min(self.len) - start).unwrap_or(usize::MAX);
        let mut buffer = vec![0; span];
        self.file.read_exact_at(&mut buffer, start)?;
        for (index, bytes) in (first..last).zip(buffer.chunks(BLOCK)) {
            let wanted = usize::try_from(index)
                .ok()
                .and_then(|index| self.sums.get(index));
            if wanted != Some(&crc32fast::hash(bytes)) {
                metrics::counter!("lake_corrupt_blocks_total").increment(1);
                let from = index * block;
                let to = from + bytes.len() as u64;
                let damage = self
                    .damage
                    .get_or_init(|| format!("bytes {from}..{to} do not match their checksum"));
                tracing::error!(path = %self.path.display(), from, "data file is damaged");
                return Err(ParquetError::General(damage.clone()));
            }
        }
        let skip = usize::try_from(from - start).unwrap_or(0);
        Ok(Bytes::from(buffer).slice(skip..skip + len))
    }
}

/// Shared handle that the Parquet reader takes.
#[derive(Debug, Clone)]
pub(crate) struct SealedRef(pub(crate) Arc<SealedFile>);

impl Length for SealedRef {
    fn len(&self) -> u64 {
        self.0.len
    }
}

impl ChunkReader for SealedRef {
    type T = SealedStream;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(SealedStream {
            file: self.0.clone(),
            at: start,
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        self.0.read_checked(start, length)
    }
}

/// Sequential reading, block by block.
#[derive(Debug)]
pub(crate) struct SealedStream {
    file: Arc<SealedFile>,
    at: u64,
}

impl Read for SealedStream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let block_end = (self.at / BLOCK as u64 + 1) * BLOCK as u64;
        let left = block_end.min(self.file.len).saturating_sub(self.at);
        let len = usize::try_from(left).unwrap_or(usize::MAX).min(out.len());
        if len == 0 {
            return Ok(0);
        }
        let bytes = self
            .file
            .read_checked(self.at, len)
            .map_err(io::Error::other)?;
        out[..len].copy_from_slice(&bytes);
        self.at += len as u64;
        Ok(len)
    }
}
