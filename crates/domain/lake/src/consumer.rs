//! Follows the journal: decodes, makes rows visible, decides when they go to the tables.
//!
//! Back-pressure: with one generation being written and the other full, nothing is taken from the journal.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use milepost_cloudevent::Record;
use milepost_decode::{DecodeError, decode};
use milepost_journal::{Entry, ReadError, Reader, Skipped};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{LakeError, flush, memtable::Memtable, metrics, shared::Shared};

/// Bytes taken from the journal at a time, and made visible together: about 10 ms of work.
const READ_BYTES: usize = 512 << 10;
/// Wait after a failed read of the journal.
const RETRY: Duration = Duration::from_secs(1);

/// Longer than anyone waits for rows that are not there.
const NEVER: Duration = Duration::from_secs(3_600);

/// How the lake is told to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    /// Write what is in memory, then end.
    pub(crate) drain: CancellationToken,
    /// End at once, as a crash would.
    pub(crate) abandon: CancellationToken,
    /// Set by the consumer when it has ended, for whatever reason.
    pub(crate) ended: CancellationToken,
}

#[derive(Debug)]
pub(crate) struct Consumer {
    shared: Arc<Shared>,
    /// `None` only while a step has it.
    reader: Option<Reader>,
    flushing: Option<JoinHandle<()>>,
    /// Callers that want a flush.
    asked: mpsc::Receiver<oneshot::Sender<()>>,
    /// Callers whose rows are not yet on their way.
    waiting: Vec<oneshot::Sender<()>>,
    /// Callers whose rows are being written.
    promised: Vec<oneshot::Sender<()>>,
    stop: Stop,
}

impl Consumer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        reader: Reader,
        asked: mpsc::Receiver<oneshot::Sender<()>>,
        stop: Stop,
    ) -> Self {
        Self {
            shared,
            reader: Some(reader),
            flushing: None,
            asked,
            waiting: Vec::new(),
            promised: Vec::new(),
            stop,
        }
    }

    /// Runs until stopped; after a drain everything taken in is in the tables.
    pub(crate) async fn run(mut self) -> Result<(), LakeError> {
        let _ended = self.stop.ended.clone().drop_guard();
        let followed = self.follow().await;
        if let Err(error) = &followed {
            metrics::failed("consumer");
            tracing::error!(
                error = flush::chain(error),
                "the lake no longer follows the journal"
            );
        }
        if self.stop.abandon.is_cancelled() {
            return followed;
        }
        followed.and(self.drain().await)
    }

    async fn follow(&mut self) -> Result<(), LakeError> {
        let mut closed = false;
        while !self.stop.drain.is_cancelled() && !self.stop.abandon.is_cancelled() {
            let due = self.due();
            if due.is_some_and(|at| at <= Instant::now()) && self.flushing.is_none() {
                self.start_flush();
                continue;
            }
            let full = self.full();
            if full {
                metrics::paused();
            }
            let Some(reader) = self.reader.as_mut() else {
                return Err(LakeError::Stopped);
            };
            let wake =
                tokio::time::Instant::from_std(due.unwrap_or_else(|| Instant::now() + NEVER));
            tokio::select! {
                biased;
                () = self.stop.abandon.cancelled() => {}
                () = self.stop.drain.cancelled() => {}
                Some(caller) = self.asked.recv() => self.waiting.push(caller),
                done = finished(&mut self.flushing), if self.flushing.is_some() => {
                    self.flushing = None;
                    done?;
                    answer(&mut self.promised);
                }
                () = tokio::time::sleep_until(wake), if self.flushing.is_none() => {}
                more = reader.wait(), if !full && !closed => {
                    if more { self.step().await? } else { closed = true }
                }
            }
        }
        Ok(())
    }

    /// When the rows in memory should go to the tables; `None` when there is nothing to write.
    fn due(&self) -> Option<Instant> {
        if !self.waiting.is_empty() {
            return Some(Instant::now());
        }
        let active = self.shared.generations.read().active.clone();
        let settings = &self.shared.settings;
        if active.rows() == 0 {
            return None;
        }
        if active.rows() >= settings.flush_rows_max || active.bytes() >= settings.flush_bytes_max {
            return Some(Instant::now());
        }
        Some(active.since() + Duration::from_millis(settings.flush_interval_ms))
    }

    fn full(&self) -> bool {
        let active = self.shared.generations.read().active.clone();
        let settings = &self.shared.settings;
        active.rows() >= settings.flush_rows_max || active.bytes() >= settings.flush_bytes_max
    }

    fn start_flush(&mut self) {
        let frozen = flush::freeze(&self.shared);
        self.promised.append(&mut self.waiting);
        let (shared, stop) = (self.shared.clone(), self.stop.clone());
        self.flushing = Some(tokio::spawn(async move {
            flush::until_done(&shared, &frozen, &stop).await
        }));
    }

    /// Writes both generations and moves all positions to the end.
    async fn drain(&mut self) -> Result<(), LakeError> {
        finished(&mut self.flushing).await?;
        let older = self.shared.generations.read().frozen.clone();
        if let Some(older) = older {
            flush::once(&self.shared, &older, false).await?;
            self.shared.generations.write().frozen = None;
        }
        let frozen = flush::freeze(&self.shared);
        flush::once(&self.shared, &frozen, true).await?;
        self.shared.generations.write().frozen = None;
        answer(&mut self.promised);
        answer(&mut self.waiting);
        Ok(())
    }

    /// Takes one batch of records in, on the blocking pool.
    async fn step(&mut self) -> Result<(), LakeError> {
        let Some(mut reader) = self.reader.take() else {
            return Err(LakeError::Stopped);
        };
        let shared = self.shared.clone();
        let stepped = tokio::task::spawn_blocking(move || {
            let result = step(&shared, &mut reader);
            (reader, result)
        });
        let (reader, result) = stepped.await.map_err(|_| LakeError::Stopped)?;
        self.reader = Some(reader);
        match result {
            Ok(()) => Ok(()),
            Err(error @ ReadError::Io { .. }) => {
                metrics::failed("journal read");
                tracing::error!(
                    error = flush::chain(&error),
                    "journal cannot be read, trying again"
                );
                tokio::select! {
                    () = self.stop.abandon.cancelled() => {}
                    () = self.stop.drain.cancelled() => {}
                    () = tokio::time::sleep(RETRY) => {}
                }
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Tells callers that their rows are written; those that no longer wait do not matter.
fn answer(callers: &mut Vec<oneshot::Sender<()>>) {
    for caller in callers.drain(..) {
        caller.send(()).unwrap_or(());
    }
}

async fn finished(flushing: &mut Option<JoinHandle<()>>) -> Result<(), LakeError> {
    match flushing {
        Some(task) => task.await.map_err(|_| LakeError::Stopped),
        None => Ok(()),
    }
}

/// Reads records and makes them visible. Blocking.
fn step(shared: &Shared, reader: &mut Reader) -> Result<(), ReadError> {
    let mem = shared.generations.read().active.clone();
    match reader.next_batch(shared.settings.read_records_max, READ_BYTES) {
        Ok(entries) => {
            let mut signals = 0;
            for entry in &entries {
                signals += take_in(shared, &mem, entry);
            }
            metrics::consumed(entries.len(), signals);
        }
        Err(ReadError::Corrupt(_)) => {
            if let Some(skipped) = reader.skip_corrupt()? {
                note_lost(shared, &mem, &skipped);
            }
        }
        Err(error) => return Err(error),
    }
    let seen = reader.position() - 1;
    mem.advance(seen);
    shared.watermark.send_if_modified(|mark| {
        let moved = seen > *mark;
        *mark = seen.max(*mark);
        moved
    });
    metrics::lag(shared.journal.stats().durable_seq.saturating_sub(seen));
    metrics::memory(mem.rows(), mem.bytes());
    Ok(())
}

/// Adds a record to what does not have it yet; returns the number of signals.
fn take_in(shared: &Shared, mem: &Memtable, entry: &Entry) -> usize {
    let seq = entry.seq;
    let had = &shared.opened_at;
    let record = match Record::decode(&entry.payload) {
        Ok(record) => record,
        Err(error) => {
            metrics::dead_lettered("record", 1);
            if seq > had.dead {
                mem.add_dead(
                    seq,
                    mem.received(),
                    vec![failure("record", error.to_string())],
                );
            }
            return 0;
        }
    };
    let decoded = decode(&record.event, record.received_at);
    let header = &record.event.header;
    let (subject, address) = (header.subject, header.source);
    let source = shared.sources.intern(address);
    let signals = decoded.signals.len();
    let received_at = record.received_at.as_micros();
    if seq > had.hot {
        shared.hot.apply(
            subject,
            address,
            seq,
            &Arc::from(&*header.id),
            &decoded.signals,
        );
    }
    if seq > had.raw {
        mem.add_raw(seq, Arc::new(record));
    }
    if seq > had.signals {
        mem.add_signals(subject, seq, source, &decoded.signals);
    }
    if seq > had.events {
        mem.add_events(subject, seq, source, decoded.events);
    }
    if !decoded.errors.is_empty() {
        metrics::dead_lettered("payload", decoded.errors.len());
        if seq > had.dead {
            mem.add_dead(seq, received_at, decoded.errors);
        }
    }
    signals
}

fn failure(path: &str, reason: String) -> DecodeError {
    DecodeError {
        path: path.to_owned(),
        name: None,
        reason,
    }
}

/// Records that the journal can no longer give leave a trace each.
fn note_lost(shared: &Shared, mem: &Memtable, skipped: &Skipped) {
    let lost = skipped.corrupt.seq..skipped.to_seq_exclusive;
    tracing::error!(
        from = lost.start,
        to_exclusive = lost.end,
        "journal records are damaged and were left out"
    );
    for seq in lost.filter(|seq| *seq > shared.opened_at.dead) {
        metrics::dead_lettered("journal", 1);
        mem.add_dead(
            seq,
            mem.received(),
            vec![failure("journal", skipped.corrupt.to_string())],
        );
    }
}
