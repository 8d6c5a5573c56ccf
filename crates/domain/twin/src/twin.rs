use std::{path::Path, sync::Arc};

use milepost_chain_core::ChainSource;
use milepost_policy::TwinView;
use milepost_sql::{Durability, OpenOptions};
use milepost_types::BlockRef;
use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{
    TwinError, TwinSettings, TwinStatus,
    follow::{Follower, check_identity},
    index::Decoder,
    repo::Repo,
    shared::Shared,
    view::{Nfts, View},
};

/// A running index of the contracts' state (D2-21, D2-28).
///
/// Dropping it ends the task at once, which is safe at any moment; [`stop`](Self::stop) also waits.
#[derive(Debug)]
pub struct Twin {
    view: Arc<View>,
    shared: Arc<Shared>,
    stop: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Twin {
    /// Opens or creates the index file and follows the chain from where it ended.
    ///
    /// When the endpoint does not answer, the last stored state is served and the chain is tried again in the
    /// background.
    ///
    /// # Errors
    /// [`TwinError::Settings`]; [`TwinError::WrongChain`], [`TwinError::OtherGenesis`] and
    /// [`TwinError::OtherContracts`] when the file does not belong to this network; faults of the file.
    pub async fn start(
        settings: TwinSettings,
        source: Arc<dyn ChainSource>,
        index_file: &Path,
    ) -> Result<Self, TwinError> {
        settings.check()?;
        let options = OpenOptions {
            durability: Durability::Full,
            connections_max: 2,
            ..OpenOptions::default()
        };
        let pool = milepost_sql::open(index_file, &options).await?;
        let repo = Repo::new(pool, &settings.fingerprint(), settings.first_block()).await?;
        match check_identity(&*source, &settings, &repo).await {
            Err(TwinError::Chain(error)) => {
                tracing::warn!(%error, "the chain does not answer; serving the stored state")
            }
            other => other?,
        }
        let (state, links) = repo.load(settings.chain()).await?;
        let unknown_logs = repo.unknown_count().await?;
        let shared = Arc::new(Shared::new(state, unknown_logs));
        let view = Arc::new(View::new(Nfts::of(&settings), Arc::clone(&shared)));
        let decoder = Decoder::new(settings.chain(), settings.by_address());
        let follower = Follower::new(settings, source, decoder, repo, Arc::clone(&shared), links);
        let stop = CancellationToken::new();
        let task = tokio::spawn(follower.run(stop.clone()));
        Ok(Self {
            view,
            shared,
            stop,
            task: Mutex::new(Some(task)),
        })
    }

    /// The state as admission and access read it. Stays usable after the index stopped.
    #[must_use]
    pub fn view(&self) -> Arc<dyn TwinView> {
        Arc::clone(&self.view) as Arc<dyn TwinView>
    }

    /// Head, lag, age of the last answer, and why it halted.
    #[must_use]
    pub fn status(&self) -> TwinStatus {
        self.shared.status()
    }

    /// Waits until the index is at this height or higher; looks at the chain at once.
    ///
    /// # Errors
    /// [`TwinError::Halted`] or [`TwinError::Stopped`] when that will not happen any more.
    pub async fn wait_for_block(&self, number: u64) -> Result<BlockRef, TwinError> {
        let mut progress = self.shared.progress.subscribe();
        self.shared.wake.notify_one();
        loop {
            let now = progress.borrow_and_update().clone();
            match (now.head, now.halted) {
                (Some(head), _) if head.number >= number => return Ok(head),
                (_, Some(halt)) => return Err(TwinError::Halted(halt)),
                _ if now.stopped => return Err(TwinError::Stopped),
                _ => {}
            }
            if progress.changed().await.is_err() {
                return Err(TwinError::Stopped);
            }
        }
    }

    /// Looks at the chain now instead of at the next interval.
    pub fn poll_now(&self) {
        self.shared.wake.notify_one();
    }

    /// Ends the follower and closes the file. A second call does nothing.
    pub async fn stop(&self) {
        self.stop.cancel();
        let task = self.task.lock().take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the twin's task failed");
        }
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(task) = self.task.lock().take() {
            task.abort();
        }
    }
}
