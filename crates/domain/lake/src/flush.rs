//! Writes one generation of rows to the tables and the hot store, then lets the journal go.
//!
//! Order: raw events first, so that the event behind every stored row can be found; the hot store last. Each part
//! commits with the position it reached, so a crash between two parts costs a replay and nothing else.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use milepost_lake_core::{MergePolicy, Part, Table};

use crate::{
    LakeError, build, build_raw,
    consumer::Stop,
    memtable::Memtable,
    metrics,
    shared::Shared,
    tables::{CONSUMER, Tables},
};

/// A table without new rows keeps its position until it is this many journal records behind: a commit for nothing is
/// spared, and a restart after a crash has at most so much more to read again.
const IDLE_RECORDS_MAX: u64 = 20_000;
const RETRY_FIRST: Duration = Duration::from_millis(500);
const RETRY_MAX: Duration = Duration::from_secs(30);
/// How often settled days and replaced files are looked at.
const MAINTAIN_EVERY: Duration = Duration::from_secs(60);

/// Makes the rows gathered so far the generation to be written, and starts a new one. The previous one is written.
pub(crate) fn freeze(shared: &Shared) -> Arc<Memtable> {
    let mut generations = shared.generations.write();
    debug_assert!(
        generations.frozen.is_none(),
        "one generation is written at a time"
    );
    let next = Arc::new(Memtable::new(generations.active.last_seq()));
    let frozen = std::mem::replace(&mut generations.active, next);
    generations.frozen = Some(frozen.clone());
    frozen
}

/// Writes a generation, however often it takes: a full disk fills the journal, and goes on when there is room. When
/// the lake is told to stop, a failed write is not repeated here.
pub(crate) async fn until_done(shared: &Arc<Shared>, frozen: &Arc<Memtable>, stop: &Stop) {
    let mut wait = RETRY_FIRST;
    while let Err(error) = once(shared, frozen, false).await {
        metrics::failed("flush");
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        tracing::error!(
            error = chain(&error),
            wait_ms,
            "rows cannot be written, trying again"
        );
        tokio::select! {
            () = stop.abandon.cancelled() => return,
            () = stop.drain.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = (wait * 2).min(RETRY_MAX);
    }
    shared.generations.write().frozen = None;
    shared.flushed.notify_one();
}

/// The error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Writes a generation once. May be repeated after a failure: parts that were done are skipped. With `all`, tables
/// without new rows move their position too.
pub(crate) async fn once(
    shared: &Arc<Shared>,
    frozen: &Arc<Memtable>,
    all: bool,
) -> Result<(), LakeError> {
    let started = Instant::now();
    let upto = frozen.last_seq();
    let sources = Arc::new(shared.sources.all());
    let Tables {
        raw,
        dead,
        signals,
        events,
    } = &shared.tables;
    append(raw, frozen, upto, all, build_raw::raw_events).await?;
    append(dead, frozen, upto, all, build_raw::dead_letters).await?;
    let known = sources.clone();
    append(signals, frozen, upto, all, move |mem| {
        build::signals(mem, &known)
    })
    .await?;
    append(events, frozen, upto, all, move |mem| {
        build::events(mem, &sources)
    })
    .await?;
    let hot = shared.clone();
    tokio::task::spawn_blocking(move || hot.hot.persist(upto))
        .await
        .map_err(|_| LakeError::Stopped)??;
    let stored = shared
        .tables
        .all()
        .iter()
        .map(|table| table.snapshot().cursor.unwrap_or(0))
        .min();
    shared
        .journal
        .release(CONSUMER, stored.unwrap_or(0).min(upto));
    metrics::flushed(started.elapsed(), frozen.rows());
    tracing::debug!(rows = frozen.rows(), upto, "rows written");
    Ok(())
}

async fn append(
    table: &Table,
    frozen: &Arc<Memtable>,
    upto: u64,
    all: bool,
    build: impl FnOnce(&Memtable) -> Vec<Part> + Send + 'static,
) -> Result<(), LakeError> {
    let reached = table.snapshot().cursor.unwrap_or(0);
    if reached >= upto {
        return Ok(());
    }
    let frozen = frozen.clone();
    let parts = tokio::task::spawn_blocking(move || build(&frozen))
        .await
        .map_err(|_| LakeError::Stopped)?;
    if !parts.is_empty() || all || upto - reached > IDLE_RECORDS_MAX {
        table.append(parts, Some(upto)).await?;
    }
    Ok(())
}

/// Merges small files and removes replaced ones, one after the other, until stopped.
pub(crate) async fn maintain(shared: Arc<Shared>, stop: Stop) {
    let settings = &shared.settings;
    let policy = MergePolicy {
        files_max: settings.merge_files_max,
        settled_after: Duration::from_millis(settings.merge_settled_ms),
        target_bytes: settings.merge_target_bytes,
    };
    let grace = Duration::from_millis(settings.vacuum_grace_ms);
    loop {
        tokio::select! {
            () = stop.abandon.cancelled() => return,
            () = stop.drain.cancelled() => return,
            () = shared.flushed.notified() => {}
            () = tokio::time::sleep(MAINTAIN_EVERY) => {}
        }
        for table in shared.tables.all() {
            tokio::select! {
                () = stop.abandon.cancelled() => return,
                () = stop.drain.cancelled() => return,
                done = tidy(table, &policy, grace) => {
                    if let Err(error) = done {
                        metrics::failed("merge");
                        tracing::error!(table = table.spec().name, error = chain(&error), "merge failed, old files stay");
                    }
                }
            }
        }
    }
}

async fn tidy(table: &Table, policy: &MergePolicy, grace: Duration) -> Result<(), LakeError> {
    for plan in policy.plan(&table.snapshot()) {
        let merged = table.merge(plan).await?;
        let (files, rows) = (merged.files, merged.rows);
        tracing::debug!(table = table.spec().name, files, rows, "files merged");
    }
    table.vacuum(grace).await?;
    Ok(())
}
