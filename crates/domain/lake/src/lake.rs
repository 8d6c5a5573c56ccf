use std::{fs, sync::Arc};

use milepost_journal::{Journal, ReadError, Reader};
use milepost_lake_core::Table;
use parking_lot::RwLock;
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    task::JoinHandle,
};

use crate::{
    LakeError, LakeSettings, LakeStore,
    consumer::{Consumer, Stop},
    flush,
    hot::Hot,
    hot_rebuild::rebuild_hot,
    memtable::{Memtable, Sources},
    shared::{Generations, Positions, Shared},
    tables::{CONSUMER, Tables},
};

/// Callers of `flush` that may wait to be heard.
const FLUSH_REQUESTS: usize = 16;

/// The running lake. Reads go through its `SignalStore` and the methods for raw data; clones share it.
#[derive(Debug, Clone)]
pub struct Lake {
    pub(crate) shared: Arc<Shared>,
    running: Arc<Running>,
}

/// Tasks of the lake; dropping the last handle without [`Lake::shutdown`] ends them like a crash.
#[derive(Debug)]
struct Running {
    stop: Stop,
    ask: mpsc::Sender<oneshot::Sender<()>>,
    tasks: tokio::sync::Mutex<Option<Tasks>>,
}

/// Consumer and maintainer.
type Tasks = (JoinHandle<Result<(), LakeError>>, JoinHandle<()>);

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.abandon.cancel();
    }
}

/// Everything of a lake but the tasks.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) tables: Tables,
    pub(crate) hot: Hot,
    pub(crate) positions: Positions,
    pub(crate) lock: fs::File,
}

/// Opens tables and hot store, and keeps other processes out.
pub(crate) async fn open(store: &LakeStore) -> Result<Opened, LakeError> {
    let io = |action| {
        let path = store.dir.clone();
        move |source| LakeError::Io {
            action,
            path,
            source,
        }
    };
    fs::create_dir_all(&store.dir).map_err(io("creation"))?;
    let lock = fs::File::create(store.dir.join("lock")).map_err(io("locking"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => return Err(LakeError::Locked(store.dir.clone())),
        Err(fs::TryLockError::Error(error)) => return Err(io("locking")(error)),
    }
    let tables = Tables::open(store).await?;
    let position = |table: &Table| table.snapshot().cursor.unwrap_or(0);
    let (raw, dead) = (position(&tables.raw), position(&tables.dead));
    let (signals, events) = (position(&tables.signals), position(&tables.events));
    let (for_hot, from) = (store.clone(), tables.clone());
    let hot = tokio::task::spawn_blocking(move || {
        let hot = Hot::open(&for_hot)?;
        if hot.cursor()?.is_none() && signals > 0 {
            tracing::warn!("the hot store is empty, latest values are taken from the tables");
            rebuild_hot(&from, &hot, signals)?;
        }
        Ok::<_, LakeError>(hot)
    });
    let hot = hot.await.map_err(|_| LakeError::Stopped)??;
    let positions = Positions {
        raw,
        dead,
        signals,
        events,
        hot: hot.cursor()?.unwrap_or(0),
    };
    Ok(Opened {
        tables,
        hot,
        positions,
        lock,
    })
}

impl Lake {
    /// Opens the lake in `store.dir`, or creates it, and follows `journal` from where the lake is.
    ///
    /// # Errors
    /// [`LakeError::Locked`] when another process has it, [`LakeError::AheadOfJournal`] when the lake belongs to
    /// another journal, and whatever keeps a table or the hot store from opening.
    pub async fn start(
        settings: LakeSettings,
        store: LakeStore,
        journal: Journal,
    ) -> Result<Self, LakeError> {
        settings.check()?;
        let Opened {
            tables,
            hot,
            positions,
            lock,
        } = open(&store).await?;
        let (reader, from) = reader(&journal, positions).await?;
        let last = from - 1;
        let shared = Arc::new(Shared {
            settings,
            tables,
            hot,
            sources: Sources::default(),
            generations: RwLock::new(Generations {
                frozen: None,
                active: Arc::new(Memtable::new(last)),
            }),
            journal,
            watermark: watch::Sender::new(last),
            flushed: Notify::new(),
            opened_at: positions,
            _lock: lock,
        });
        let stop = Stop::default();
        let (ask, asked) = mpsc::channel(FLUSH_REQUESTS);
        let consumer =
            tokio::spawn(Consumer::new(shared.clone(), reader, asked, stop.clone()).run());
        let maintainer = tokio::spawn(flush::maintain(shared.clone(), stop.clone()));
        let tasks = tokio::sync::Mutex::new(Some((consumer, maintainer)));
        Ok(Self {
            shared,
            running: Arc::new(Running { stop, ask, tasks }),
        })
    }

    /// Writes what is in memory and stops. The journal must still be open; later calls return at once.
    ///
    /// # Errors
    /// When the rows in memory could not be written (they are taken from the journal at the next start), or when
    /// the consumer had stopped on an error before.
    pub async fn shutdown(&self) -> Result<(), LakeError> {
        let Some((consumer, maintainer)) = self.running.tasks.lock().await.take() else {
            return Ok(());
        };
        self.running.stop.drain.cancel();
        let consumed = consumer.await.unwrap_or(Err(LakeError::Stopped));
        let maintained = maintainer.await.map_err(|_| LakeError::Stopped);
        consumed.and(maintained)
    }

    /// Journal sequence up to which records are visible.
    #[must_use]
    pub fn watermark(&self) -> u64 {
        *self.shared.watermark.borrow()
    }

    /// Follows [`Lake::watermark`].
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.shared.watermark.subscribe()
    }

    /// Waits until record `seq` is visible.
    ///
    /// # Errors
    /// [`LakeError::Stopped`] when the lake stops before.
    pub async fn wait_for(&self, seq: u64) -> Result<(), LakeError> {
        let mut mark = self.shared.watermark.subscribe();
        tokio::select! {
            reached = mark.wait_for(|mark| *mark >= seq) => reached.map(|_| ()).map_err(|_| LakeError::Stopped),
            () = self.running.stop.ended.cancelled() => Err(LakeError::Stopped),
        }
    }

    /// Writes what is in memory to the tables now; returns when everything visible at the call is there.
    ///
    /// # Errors
    /// [`LakeError::Stopped`] when the lake stops before.
    pub async fn flush(&self) -> Result<(), LakeError> {
        let (done, wait) = oneshot::channel();
        self.running
            .ask
            .send(done)
            .await
            .map_err(|_| LakeError::Stopped)?;
        wait.await.map_err(|_| LakeError::Stopped)
    }
}

/// A reader at the first record that some part of the lake does not have, and that record's sequence number.
async fn reader(journal: &Journal, positions: Positions) -> Result<(Reader, u64), LakeError> {
    let durable = journal.stats().durable_seq;
    if positions.greatest() > durable {
        return Err(LakeError::AheadOfJournal {
            lake: positions.greatest(),
            journal: durable,
        });
    }
    let registering = journal.clone();
    tokio::task::spawn_blocking(move || registering.register(CONSUMER))
        .await
        .map_err(|_| LakeError::Stopped)??;
    let from = positions.least() + 1;
    match journal.reader(from) {
        Ok(reader) => Ok((reader, from)),
        Err(ReadError::Gone {
            first_available, ..
        }) => {
            tracing::error!(
                from,
                first_available,
                "the journal no longer has the records that the lake needs next"
            );
            Ok((journal.reader(first_available)?, first_available))
        }
        Err(error) => Err(error.into()),
    }
}
