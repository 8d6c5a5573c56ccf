use std::sync::Arc;

use milepost_journal::Journal;
use milepost_lake_core::Snapshot;
use parking_lot::RwLock;
use tokio::sync::{Notify, watch};

use crate::{
    LakeSettings,
    hot::Hot,
    memtable::{Memtable, Sources},
    tables::Tables,
};

/// Both generations of rows in memory.
#[derive(Debug, Clone)]
pub(crate) struct Generations {
    /// Being written to the tables.
    pub(crate) frozen: Option<Arc<Memtable>>,
    /// Being filled.
    pub(crate) active: Arc<Memtable>,
}

impl Generations {
    /// Older first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Memtable>> {
        self.frozen.iter().chain([&self.active])
    }
}

/// Journal positions that the parts of the lake were complete up to when it was opened; 0 for nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Positions {
    pub(crate) raw: u64,
    pub(crate) dead: u64,
    pub(crate) signals: u64,
    pub(crate) events: u64,
    pub(crate) hot: u64,
}

impl Positions {
    pub(crate) fn least(&self) -> u64 {
        self.raw
            .min(self.dead)
            .min(self.signals)
            .min(self.events)
            .min(self.hot)
    }

    pub(crate) fn greatest(&self) -> u64 {
        self.raw
            .max(self.dead)
            .max(self.signals)
            .max(self.events)
            .max(self.hot)
    }
}

/// What the consumer, the flusher, the maintainer and readers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: LakeSettings,
    pub(crate) tables: Tables,
    pub(crate) hot: Hot,
    pub(crate) sources: Sources,
    pub(crate) generations: RwLock<Generations>,
    pub(crate) journal: Journal,
    pub(crate) watermark: watch::Sender<u64>,
    /// Rung after each flush.
    pub(crate) flushed: Notify,
    pub(crate) opened_at: Positions,
    /// Held while the lake is open.
    pub(crate) _lock: std::fs::File,
}

impl Shared {
    /// Rows in memory and the files of a table, taken so that each row is in exactly one of them once rows in memory
    /// up to the snapshot's cursor are left out. Memory must be looked at first: rows move from it to the table.
    pub(crate) fn view(&self, table: impl Fn(&Tables) -> &milepost_lake_core::Table) -> View {
        let generations = self.generations.read().clone();
        let snapshot = table(&self.tables).snapshot();
        let stored = snapshot.cursor.unwrap_or(0);
        View {
            generations,
            snapshot,
            stored,
        }
    }
}

/// One moment of memory and of one table.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) generations: Generations,
    pub(crate) snapshot: Arc<Snapshot>,
    /// Rows in memory with a sequence up to this are in the table.
    pub(crate) stored: u64,
}
