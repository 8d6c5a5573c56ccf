//! A disk that fails on command and loses power: what was not synced is kept sector by sector at random.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use parking_lot::Mutex;

use crate::disk::{Disk, LocalDisk, SegmentFile};

const SECTOR: usize = 512;

#[derive(Debug, Clone)]
pub(super) struct TestDisk(pub(super) Arc<Mutex<Faults>>);

#[derive(Debug)]
pub(super) struct Faults {
    pub(super) free_bytes: u64,
    pub(super) fail_sync: bool,
    /// Writes fail for lack of space.
    pub(super) full: bool,
    pub(super) syncs: u64,
    /// Operations until the power is gone; every later one fails.
    pub(super) operations_left: u64,
    unsynced: Vec<Change>,
}

/// What a power cut may undo.
#[derive(Debug)]
enum Change {
    Write {
        path: PathBuf,
        offset: u64,
        before: Vec<u8>,
    },
    Length {
        path: PathBuf,
        before: Vec<u8>,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
}

#[derive(Debug)]
struct TestFile {
    faults: Arc<Mutex<Faults>>,
    file: File,
    temporary: PathBuf,
}

impl TestFile {
    /// A segment is renamed once, from its temporary name to its own.
    fn path(&self) -> PathBuf {
        if self.temporary.exists() {
            self.temporary.clone()
        } else {
            self.temporary.with_extension("seg")
        }
    }
}

impl TestDisk {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Faults {
            free_bytes: u64::MAX,
            fail_sync: false,
            full: false,
            syncs: 0,
            operations_left: u64::MAX,
            unsynced: Vec::new(),
        })))
    }

    /// Leaves the files as a machine without power might: each unsynced sector, length and name old or new.
    pub(super) fn cut_power(&self, mut coin: impl FnMut() -> bool) {
        for change in self.0.lock().unsynced.drain(..).rev() {
            match change {
                Change::Write {
                    path,
                    offset,
                    before,
                } => {
                    let Ok(file) = OpenOptions::new().write(true).open(&path) else {
                        continue;
                    };
                    let first = SECTOR - usize::try_from(offset).unwrap() % SECTOR;
                    let mut at = 0;
                    while at < before.len() {
                        let to = if at == 0 { first } else { at + SECTOR }.min(before.len());
                        if coin() {
                            file.write_all_at(&before[at..to], offset + at as u64)
                                .unwrap();
                        }
                        at = to;
                    }
                }
                Change::Length { path, before } if coin() => fs::write(path, before).unwrap(),
                Change::Rename { from, to } if coin() => fs::rename(to, from).unwrap(),
                Change::Length { .. } | Change::Rename { .. } => {}
            }
        }
    }
}

impl Faults {
    fn operation(&mut self) -> io::Result<()> {
        if self.operations_left == 0 {
            return Err(io::Error::other("no power"));
        }
        self.operations_left -= 1;
        Ok(())
    }
}

fn path_of(change: &Change) -> Option<&Path> {
    match change {
        Change::Write { path, .. } | Change::Length { path, .. } => Some(path),
        Change::Rename { .. } => None,
    }
}

impl SegmentFile for TestFile {
    fn write_all_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut faults = self.faults.lock();
        faults.operation()?;
        if faults.full {
            // Half of it arrives, as on a real full disk.
            self.file.write_all_at(&bytes[..bytes.len() / 2], offset)?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        let mut before = vec![0; bytes.len()];
        let have = self.file.read_at(&mut before, offset)?;
        before[have..].fill(0);
        let path = self.path();
        faults.unsynced.push(Change::Write {
            path,
            offset,
            before,
        });
        self.file.write_all_at(bytes, offset)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        let mut faults = self.faults.lock();
        faults.operation()?;
        if faults.fail_sync {
            return Err(io::Error::from_raw_os_error(5));
        }
        faults.syncs += 1;
        let path = self.path();
        faults
            .unsynced
            .retain(|change| path_of(change) != Some(&path));
        Ok(())
    }

    fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        let mut faults = self.faults.lock();
        faults.operation()?;
        let path = self.path();
        let before = fs::read(&path)?;
        faults.unsynced.push(Change::Length { path, before });
        self.file.set_len(bytes)
    }
}

impl Disk for TestDisk {
    fn create(&self, path: &Path, bytes: u64) -> io::Result<Box<dyn SegmentFile>> {
        self.0.lock().operation()?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)?;
        file.set_len(bytes)?;
        let file = TestFile {
            faults: Arc::clone(&self.0),
            file,
            temporary: path.to_owned(),
        };
        Ok(Box::new(file))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut faults = self.0.lock();
        faults.operation()?;
        fs::rename(from, to)?;
        if to.extension().is_some_and(|e| e == "seg") {
            faults.unsynced.push(Change::Rename {
                from: from.to_owned(),
                to: to.to_owned(),
            });
        }
        Ok(())
    }

    fn sync_dir(&self, _: &Path) -> io::Result<()> {
        let mut faults = self.0.lock();
        faults.operation()?;
        faults
            .unsynced
            .retain(|change| !matches!(change, Change::Rename { .. }));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.lock().operation()?;
        LocalDisk.remove(path)
    }

    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Ok(self.0.lock().free_bytes)
    }
}
