use std::{path::Path, sync::Arc, thread};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use crate::{
    AppendError, JournalError, JournalOptions, ReadError, Reader, Recovery, SeqRange, cursors,
    disk::{Disk, LocalDisk},
    metrics::JournalMetrics,
    recover::{self, Recovered, io_error},
    state::Shared,
    writer::{Append, Command, Writer},
};

/// Handle of an open journal; clones share it. The journal stays open until [`Journal::close`] or until the last
/// handle is dropped (readers do not count).
#[derive(Debug, Clone)]
pub struct Journal {
    shared: Arc<Shared>,
    queue: mpsc::Sender<Command>,
    queue_bytes: Arc<Semaphore>,
}

/// Sizes of a journal now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalStats {
    /// Oldest record kept.
    pub first_seq: u64,
    /// Newest durable record; one less than `first_seq` when empty.
    pub durable_seq: u64,
    /// Up to here every registered consumer is finished.
    pub released_seq: u64,
    /// Segment files.
    pub segments: usize,
    /// Bytes of all segments.
    pub total_bytes: u64,
    /// Bytes of segments with anything not yet released.
    pub unconsumed_bytes: u64,
    /// A disk failure stopped all writing.
    pub failed: bool,
}

impl Journal {
    /// Opens or creates the journal in `dir`, recovers it, and starts the writer thread. Blocking.
    ///
    /// # Errors
    /// [`JournalError::Locked`] when another process has it, the key errors when `options.key` is not the one the
    /// data was sealed with (encryption cannot be switched on or off in place), I/O errors with their path.
    pub fn open(
        dir: impl AsRef<Path>,
        options: JournalOptions,
    ) -> Result<(Self, Recovery), JournalError> {
        Self::open_on(dir.as_ref(), options, Box::new(LocalDisk))
    }

    pub(crate) fn open_on(
        dir: &Path,
        options: JournalOptions,
        disk: Box<dyn Disk>,
    ) -> Result<(Self, Recovery), JournalError> {
        options.check()?;
        let Recovered {
            state,
            report,
            lock,
        } = recover::recover(dir, &options, disk.as_ref())?;
        let (queue, receiver) = mpsc::channel(options.queue_appends_max);
        let queue_bytes = Arc::new(Semaphore::new(options.queue_bytes_max));
        let shared = Arc::new(Shared {
            dir: dir.to_owned(),
            options,
            state: Mutex::new(state),
            cursor_file: Mutex::new(()),
            durable: watch::Sender::new(report.next_seq - 1),
            closed: watch::Sender::new(false),
            failed: std::sync::OnceLock::new(),
            metrics: JournalMetrics::new(),
        });
        shared.report_sizes();
        let writer = Writer::new(Arc::clone(&shared), disk, lock, report.next_seq);
        thread::Builder::new()
            .name("journal".into())
            .spawn(move || writer.run(receiver))
            .map_err(io_error("starting the writer", dir))?;
        Ok((
            Self {
                shared,
                queue,
                queue_bytes,
            },
            report,
        ))
    }

    /// Stores records together and resolves when they are durable. If the caller stops waiting, records that were
    /// already queued are stored all the same.
    ///
    /// # Errors
    /// See [`AppendError`]; on `Full`, `TooLarge` and `Empty` nothing was stored.
    pub async fn append(&self, records: Vec<Bytes>) -> Result<SeqRange, AppendError> {
        if let Some(reason) = self.shared.failed.get() {
            return Err(AppendError::Failed(reason.clone()));
        }
        let limit = self.shared.options.record_bytes_max;
        if let Some(large) = records.iter().find(|record| record.len() > limit) {
            return Err(AppendError::TooLarge {
                bytes: large.len(),
                limit,
            });
        }
        if records.is_empty() {
            return Err(AppendError::Empty);
        }
        let payload_bytes: usize = records.iter().map(Bytes::len).sum();
        // A call larger than the whole queue takes all of it.
        let room = payload_bytes.clamp(1, self.shared.options.queue_bytes_max);
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.queue_bytes)
            .acquire_many_owned(room)
            .await
            .map_err(|_| AppendError::Closed)?;
        let (reply, answer) = oneshot::channel();
        let append = Append {
            records,
            payload_bytes,
            reply,
            permit,
        };
        self.queue
            .send(Command::Append(append))
            .await
            .map_err(|_| AppendError::Closed)?;
        // Only a writer thread that ended abnormally drops a call unanswered.
        answer
            .await
            .unwrap_or_else(|_| Err(AppendError::Failed("the writer thread ended".into())))
    }

    /// Last durable sequence number, 0 before the first record; changes with every group commit.
    #[must_use]
    pub fn durable(&self) -> watch::Receiver<u64> {
        self.shared.durable.subscribe()
    }

    /// A reader that starts at record `from_seq`, or at the oldest one kept for 0. `durable + 1` waits for the next.
    ///
    /// # Errors
    /// [`ReadError::Gone`] when retention deleted the position, [`ReadError::Ahead`] when it was never written.
    pub fn reader(&self, from_seq: u64) -> Result<Reader, ReadError> {
        Reader::new(Arc::clone(&self.shared), from_seq)
    }

    /// Makes a consumer known, so that nothing it has not released is deleted, now and after restarts. Gives the
    /// position it last released, which after a crash may be older than what it did release. A new consumer starts
    /// before the oldest record kept. Blocking: writes the cursor file.
    ///
    /// # Errors
    /// [`JournalError::CursorName`], or an I/O error (the consumer is then not known after a restart).
    pub fn register(&self, name: &str) -> Result<u64, JournalError> {
        cursors::check_name(name)?;
        let released = {
            let durable = self.shared.durable_seq();
            let mut state = self.shared.state.lock();
            let before_first = state
                .segments
                .front()
                .map_or(durable, |segment| segment.first_seq - 1);
            *state.cursors.entry(name.to_owned()).or_insert(before_first)
        };
        self.store_cursors()?;
        Ok(released)
    }

    /// Everything up to `seq` is finished for this consumer; never moves backwards. Unknown names are ignored.
    pub fn release(&self, name: &str, seq: u64) {
        let seq = seq.min(self.shared.durable_seq());
        if let Some(cursor) = self.shared.state.lock().cursors.get_mut(name) {
            *cursor = (*cursor).max(seq);
        }
    }

    /// Forgets a consumer that no longer exists. Blocking: writes the cursor file.
    ///
    /// # Errors
    /// An I/O error: the consumer may be back after a restart.
    pub fn remove_cursor(&self, name: &str) -> Result<(), JournalError> {
        self.shared.state.lock().cursors.remove(name);
        self.store_cursors()
    }

    fn store_cursors(&self) -> Result<(), JournalError> {
        self.shared
            .store_cursors(&LocalDisk)
            .map_err(io_error("writing cursors", &self.shared.dir))
    }

    /// Sizes and positions now.
    #[must_use]
    pub fn stats(&self) -> JournalStats {
        let durable_seq = self.shared.durable_seq();
        let state = self.shared.state.lock();
        JournalStats {
            first_seq: state
                .segments
                .front()
                .map_or(durable_seq + 1, |segment| segment.first_seq),
            durable_seq,
            released_seq: state.released(),
            segments: state.segments.len(),
            total_bytes: state.total_bytes(),
            unconsumed_bytes: state.unconsumed_bytes(durable_seq),
            failed: self.shared.failed.get().is_some(),
        }
    }

    /// Stops accepting, stores what is queued, closes the segment, releases the lock.
    pub async fn close(&self) {
        // A full queue is worked off; an error means that the writer has already ended.
        if self.queue.send(Command::Close).await.is_err() && *self.shared.closed.borrow() {
            return;
        }
        let mut closed = self.shared.closed.subscribe();
        // The sender lives in `shared`, so this ends only with the value.
        drop(closed.wait_for(|closed| *closed).await);
    }
}
