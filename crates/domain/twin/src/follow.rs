//! The follower: one task that looks at the chain, takes back forks and applies blocks. The only writer.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use milepost_chain_core::{BlockHeader, ChainError, ChainSource};
use tokio_util::sync::CancellationToken;

use crate::{
    Halt, TwinError, TwinSettings,
    fetch::{self, Block},
    index::{Applied, Decoder},
    metrics,
    repo::{Link, Repo, oldest_kept},
    shared::Shared,
};

/// Blocks stored in one transaction near the head: bounds memory and the loss of work after a crash.
const BATCH_BLOCKS: u64 = 64;
/// Looks at a head that went back without a fork before blocks are taken back: one of several nodes behind an
/// endpoint may lag, but orphaned permissions must not live on.
const SHORTER_LOOKS_MAX: u32 = 3;
/// Contradictory answers in a row before the index halts.
const CONTRADICTIONS_MAX: u32 = 3;
/// Longest pause after faults.
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// Why one look at the chain did not end well.
#[derive(Debug)]
enum Fault {
    /// The endpoint; tried again.
    Chain(ChainError),
    /// The file; tried again.
    Storage(TwinError),
    /// For good.
    Halt(Halt),
}

impl From<ChainError> for Fault {
    fn from(error: ChainError) -> Self {
        Self::Chain(error)
    }
}

#[derive(Debug)]
pub(crate) struct Follower {
    pub(crate) settings: TwinSettings,
    pub(crate) source: Arc<dyn ChainSource>,
    pub(crate) decoder: Decoder,
    pub(crate) repo: Repo,
    pub(crate) shared: Arc<Shared>,
    links: VecDeque<Link>,
    addresses: Vec<milepost_types::Address>,
    range_blocks: u64,
    shorter_looks: u32,
    contradictions: u32,
    identity_known: bool,
}

impl Follower {
    pub(crate) fn new(
        settings: TwinSettings,
        source: Arc<dyn ChainSource>,
        decoder: Decoder,
        repo: Repo,
        shared: Arc<Shared>,
        links: Vec<Link>,
    ) -> Self {
        Self {
            addresses: decoder.addresses(),
            range_blocks: settings.range_blocks_max,
            settings,
            source,
            decoder,
            repo,
            shared,
            links: links.into(),
            shorter_looks: 0,
            contradictions: 0,
            identity_known: false,
        }
    }

    /// Follows the chain until told to stop; after a halt only the chain's head is still looked at.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let calm = self.settings.poll_interval();
        let mut pause = calm;
        let mut halted = false;
        loop {
            let look = async {
                if halted {
                    self.source
                        .head()
                        .await
                        .map(|head| self.shared.contact(head.number))
                        .map_err(Fault::Chain)
                } else {
                    self.catch_up().await
                }
            };
            let outcome = tokio::select! {
                () = stop.cancelled() => break,
                outcome = look => outcome,
            };
            match outcome {
                Ok(()) => {
                    pause = calm;
                    self.contradictions = 0;
                }
                Err(fault) => {
                    halted |= self.note(fault);
                    pause = (pause * 2).min(BACKOFF_MAX.max(calm));
                }
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.shared.wake.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        self.repo.close().await;
        self.shared
            .progress
            .send_modify(|progress| progress.stopped = true);
    }

    /// Records a fault; true when the index halts.
    fn note(&mut self, fault: Fault) -> bool {
        metrics::fault();
        let halt = match fault {
            Fault::Halt(halt) => halt,
            Fault::Storage(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the twin cannot write its index"
                );
                self.shared.facts.write().fault = Some(error.to_string());
                return false;
            }
            Fault::Chain(error) => {
                self.identity_known = false;
                if matches!(error, ChainError::Contradiction { .. }) {
                    self.contradictions += 1;
                    if self.contradictions >= CONTRADICTIONS_MAX {
                        return self.note(Fault::Halt(Halt::Contradiction(error.to_string())));
                    }
                }
                let mut facts = self.shared.facts.write();
                if facts.fault.is_none() {
                    tracing::warn!(%error, "the twin cannot read the chain and serves its last state");
                }
                facts.fault = Some(error.to_string());
                return false;
            }
        };
        metrics::halted();
        tracing::error!(reason = %halt, "the twin has halted");
        self.shared
            .progress
            .send_modify(|progress| progress.halted = Some(halt));
        true
    }

    /// One look at the chain: takes back what was forked off and applies what is new.
    async fn catch_up(&mut self) -> Result<(), Fault> {
        if !self.identity_known {
            check_identity(&*self.source, &self.settings, &self.repo)
                .await
                .map_err(|error| match error {
                    TwinError::Chain(error) => Fault::Chain(error),
                    wrong @ (TwinError::WrongChain { .. } | TwinError::OtherGenesis { .. }) => {
                        Fault::Halt(Halt::OtherChain(wrong.to_string()))
                    }
                    other => Fault::Storage(other),
                })?;
            self.identity_known = true;
        }
        loop {
            let head = self.source.head().await?;
            self.shared.contact(head.number);
            if self.links.is_empty() && !self.start_at_base().await? {
                return Ok(());
            }
            if !self.return_to_canonical(&head).await? {
                return Ok(());
            }
            let cursor = self.cursor();
            let target = head.number.saturating_sub(self.settings.confirmations);
            if cursor >= target {
                self.shared.publish_head();
                return Ok(());
            }
            let settled = head.number.saturating_sub(self.settings.reorg_window);
            if cursor < settled {
                self.apply_range(cursor + 1, settled.min(target)).await?;
            } else {
                self.apply_near(cursor + 1, target.min(cursor + BATCH_BLOCKS))
                    .await?;
            }
        }
    }

    fn cursor(&self) -> u64 {
        self.links.back().map_or(0, |link| link.number)
    }

    /// Takes the block before the first one as starting point; false while the chain is shorter.
    async fn start_at_base(&mut self) -> Result<bool, Fault> {
        let Some(header) = self.source.block(self.settings.first_block() - 1).await? else {
            return Ok(false);
        };
        let base = Link::from(&header);
        self.repo.set_base(&base).await.map_err(Fault::Storage)?;
        self.links.push_back(base);
        self.shared.state.write().head = Some(base.block_ref(self.decoder.chain()));
        Ok(true)
    }

    /// Takes back blocks that are no longer part of the chain; false when there is nothing more to do now.
    async fn return_to_canonical(&mut self, head: &BlockHeader) -> Result<bool, Fault> {
        let Some(last) = self.links.back().copied() else {
            return Ok(false);
        };
        if head.number >= last.number {
            self.shorter_looks = 0;
            let now = if head.number == last.number {
                Some(head.clone())
            } else {
                self.source.block(last.number).await?
            };
            let now = now.ok_or_else(|| {
                inconsistent(format!("block {} is missing below the head", last.number))
            })?;
            if now.hash == last.hash {
                return Ok(true);
            }
        } else if self
            .links
            .iter()
            .any(|link| link.number == head.number && link.hash == head.hash)
        {
            self.shorter_looks += 1;
            if self.shorter_looks < SHORTER_LOOKS_MAX {
                return Ok(false);
            }
        }
        self.shorter_looks = 0;
        let ancestor = self.common_ancestor(head.number).await?;
        self.roll_back(ancestor).await?;
        Ok(true)
    }

    /// The newest block of the window that the chain still has, found by bisection: blocks name their parents, so
    /// below a common block all are common.
    async fn common_ancestor(&self, head: u64) -> Result<Link, Fault> {
        let mut common = None;
        let (mut low, mut high) = (0, self.links.partition_point(|link| link.number <= head));
        while low < high {
            let middle = usize::midpoint(low, high);
            let link = self.links[middle];
            let is_common = self
                .source
                .block(link.number)
                .await?
                .is_some_and(|block| block.hash == link.hash);
            if is_common {
                common = Some(link);
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        common.ok_or_else(|| {
            let oldest = self.links.front().map_or(0, |link| link.number);
            Fault::Halt(Halt::DeepReorg {
                oldest,
                window: self.settings.reorg_window,
            })
        })
    }

    async fn roll_back(&mut self, to: Link) -> Result<(), Fault> {
        let depth = self.cursor() - to.number;
        let undone = self
            .repo
            .roll_back(to.number)
            .await
            .map_err(Fault::Storage)?;
        let chain = self.decoder.chain();
        let restored = {
            let mut state = self.shared.state.write();
            state.head = Some(to.block_ref(chain));
            undone
                .iter()
                .try_for_each(|undo| state.restore(undo.table, &undo.key, undo.before.as_deref()))
        };
        if let Err(error) = restored {
            // The file is right, the memory is not: read it anew.
            tracing::error!(%error, "an undo entry does not fit its row; reading the index again");
            let (state, _) = self.repo.load(chain).await.map_err(Fault::Storage)?;
            *self.shared.state.write() = state;
        }
        self.links.retain(|link| link.number <= to.number);
        {
            let mut facts = self.shared.facts.write();
            facts.reorgs += 1;
            facts.last_reorg_depth = depth;
        }
        metrics::reorg(depth);
        tracing::warn!(block = to.number, depth, "fork: blocks were taken back");
        self.shared.publish_head();
        Ok(())
    }

    async fn apply_near(&mut self, from: u64, to_inclusive: u64) -> Result<(), Fault> {
        let blocks = fetch::each_block(&*self.source, from, to_inclusive, &self.addresses).await?;
        let parent = self.links.back().map(|link| link.hash);
        match blocks.first() {
            Some((first, _)) if Some(first.parent) == parent => {}
            Some((first, _)) => {
                return Err(inconsistent(format!(
                    "block {} does not follow the one before",
                    first.number
                ))
                .into());
            }
            None => {
                return Err(inconsistent(format!("block {from} is missing below the head")).into());
            }
        }
        // What was taken as settled has no undo; everything above it has.
        let undo_from = self.links.front().map_or(0, |link| link.number);
        self.apply(blocks, undo_from).await
    }

    /// Applies settled blocks in one large step, with fewer blocks per request after a refusal.
    async fn apply_range(&mut self, from: u64, to_inclusive: u64) -> Result<(), Fault> {
        let to = to_inclusive.min(from.saturating_add(self.range_blocks - 1));
        match fetch::blocks_with_logs(&*self.source, from, to, &self.addresses).await {
            Ok(blocks) => {
                self.range_blocks = (self.range_blocks + self.range_blocks / 4 + 1)
                    .min(self.settings.range_blocks_max);
                self.apply(blocks, to).await
            }
            Err(ChainError::Rpc { message, .. }) if self.range_blocks > 1 => {
                self.range_blocks = (self.range_blocks / 2).max(1);
                tracing::info!(blocks = self.range_blocks, %message, "asking for fewer blocks at once");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Applies blocks to memory and stores them; both or, after a fault of the file, neither.
    async fn apply(&mut self, blocks: Vec<Block>, undo_from: u64) -> Result<(), Fault> {
        let mut applied: Vec<Applied> = Vec::with_capacity(blocks.len());
        let mut halt = None;
        for (header, logs) in blocks {
            let outcome = self
                .decoder
                .apply(&mut self.shared.state.write(), &header, &logs);
            match outcome {
                Ok(block) => applied.push(block),
                Err(event) => {
                    halt = Some(Halt::Undecodable {
                        block: header.number,
                        log_index: event.log_index,
                        address: event.address,
                        error: event.error,
                    });
                    break;
                }
            }
        }
        if let Err(error) = self
            .repo
            .commit(&applied, undo_from, self.settings.reorg_window)
            .await
        {
            let mut state = self.shared.state.write();
            for block in applied.iter().rev() {
                state
                    .undo(&block.changes, block.before)
                    .map_err(|e| Fault::Storage(e.into()))?;
            }
            return Err(Fault::Storage(error));
        }
        self.account(&applied, undo_from);
        halt.map_or(Ok(()), |halt| Err(Fault::Halt(halt)))
    }

    fn account(&mut self, applied: &[Applied], undo_from: u64) {
        self.links
            .extend(applied.iter().map(|block| Link::from(&block.header)));
        let oldest = oldest_kept(self.cursor(), undo_from, self.settings.reorg_window);
        self.links.retain(|link| link.number >= oldest);
        let unknown: usize = applied.iter().map(|block| block.unknown.len()).sum();
        if unknown > 0 {
            metrics::unknown_logs(unknown);
            self.shared.facts.write().unknown_logs += unknown as u64;
            let block = self.cursor();
            tracing::warn!(unknown, block, "logs that no layout describes are kept raw");
        }
        metrics::orphan_events(applied.iter().map(|block| block.orphans).sum());
        self.shared.publish_head();
    }
}

fn inconsistent(what: String) -> ChainError {
    ChainError::Rpc {
        method: "eth_getBlockByNumber",
        code: 0,
        message: what,
    }
}

/// The endpoint must serve the chain the index was built from.
pub(crate) async fn check_identity(
    source: &dyn ChainSource,
    settings: &TwinSettings,
    repo: &Repo,
) -> Result<(), TwinError> {
    let found = source.chain_id().await?;
    if found != settings.chain_id {
        return Err(TwinError::WrongChain {
            expected: settings.chain_id,
            found,
        });
    }
    let genesis = source
        .block(0)
        .await?
        .ok_or_else(|| inconsistent("the chain has no genesis block".to_owned()))?
        .hash;
    match repo.genesis().await? {
        None => repo.set_genesis(genesis).await,
        Some(stored) if stored == genesis => Ok(()),
        Some(stored) => Err(TwinError::OtherGenesis {
            stored,
            found: genesis,
        }),
    }
}
