use std::{sync::Arc, time::Instant};

use milepost_crypto::Verifier;
use milepost_journal::{AppendError, Journal};
use milepost_policy::TwinView;
use milepost_types::ChainId;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use tracing::info;

use crate::{
    IngestAnswer, IngestError, IngestRefusal, IngestRequest, IngestSettings, Rebuilt, RefusalKind,
    Rejection,
    check::{Candidate, Checked, Checker},
    dedup::{Claim, DedupIndex, Flight, Known, Verdict, landed},
    metrics::IngestMetrics,
    rate::RateLimiter,
    rebuild,
    refusal::stopping,
};

/// The write path; clones share it.
#[derive(Debug, Clone)]
pub struct Ingest(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: IngestSettings,
    checker: Arc<Checker>,
    journal: Journal,
    dedup: Arc<DedupIndex>,
    workers: Arc<Semaphore>,
    /// Appends in progress: each ends by itself even when its client goes away.
    appends: TaskTracker,
    metrics: IngestMetrics,
    rebuilt: Rebuilt,
}

/// A candidate as the index judged it.
struct Judged {
    index: usize,
    id: String,
    verdict: Verdict,
}

impl Ingest {
    /// Starts ingest for devices of `chain`, rebuilding the memory of repeats from the journal. Blocking: reads up
    /// to [`IngestSettings::dedup_keys_max`] records.
    ///
    /// # Errors
    /// [`IngestError`] when a setting is out of range or the journal cannot be read.
    pub fn new(
        settings: IngestSettings,
        view: Arc<dyn TwinView>,
        journal: Journal,
        chain: ChainId,
    ) -> Result<Self, IngestError> {
        settings
            .check()
            .map_err(|(field, rule)| IngestError::Setting { field, rule })?;
        let dedup = Arc::new(DedupIndex::new(settings.dedup_keys_max));
        let rebuilt = rebuild::rebuild(&journal, &dedup, settings.dedup_keys_max)?;
        info!(
            events = rebuilt.events,
            skipped = rebuilt.skipped,
            "memory of repeats rebuilt"
        );
        let verifier = Verifier::new(chain);
        let checker = Arc::new(Checker {
            limits: settings.body_limits(),
            view,
            verifier: if settings.legacy_signatures {
                verifier
            } else {
                verifier.without_legacy()
            },
            rate: RateLimiter::new(&settings),
            dedup: Arc::clone(&dedup),
        });
        let workers = Arc::new(Semaphore::new(settings.workers()));
        let metrics = IngestMetrics::new();
        let appends = TaskTracker::new();
        Ok(Self(Arc::new(Inner {
            settings,
            checker,
            journal,
            dedup,
            workers,
            appends,
            metrics,
            rebuilt,
        })))
    }

    /// What the journal gave at start.
    #[must_use]
    pub fn rebuilt(&self) -> Rebuilt {
        self.0.rebuilt
    }

    /// Whether events can be stored now, as far as is known without trying.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.0.appends.is_closed() && !self.0.journal.stats().failed
    }

    /// Takes one request and answers when everything that it reports as stored is durable.
    ///
    /// Events are judged one by one: bad ones do not hold up good ones. If the caller stops waiting, events that
    /// were already on their way to the journal are stored all the same, and a retry finds them.
    ///
    /// # Errors
    /// [`IngestRefusal`] when no event was accepted or was a duplicate: the status, code, field and limit of the
    /// first one; also when the body is unreadable, or the node cannot store now. After [`RefusalKind::Unavailable`]
    /// the whole request may be sent again.
    pub async fn accept(&self, request: IngestRequest) -> Result<IngestAnswer, IngestRefusal> {
        let started = Instant::now();
        let outcome = self.0.accept(request).await;
        self.0
            .metrics
            .outcome(&outcome, started.elapsed().as_secs_f64());
        outcome
    }

    /// Refuses new requests and waits until those under way are durable. The journal stays open.
    pub async fn stop(&self) {
        self.0.appends.close();
        self.0.appends.wait().await;
    }
}

impl Inner {
    async fn accept(&self, request: IngestRequest) -> Result<IngestAnswer, IngestRefusal> {
        // Holding the token makes `stop` wait for requests that are still being checked.
        let _under_way = self.appends.token();
        if self.appends.is_closed() {
            return Err(stopping(self.settings.retry_after_secs));
        }
        let Checked {
            events,
            candidates,
            rejected,
        } = self.check(request).await?;
        if candidates.is_empty() {
            return Err(IngestRefusal::of_events(rejected));
        }
        let (verdicts, claim) = self
            .dedup
            .claim(candidates.iter().map(|candidate| candidate.identity));
        let mut judged = Vec::with_capacity(candidates.len());
        let mut records = Vec::new();
        for (candidate, verdict) in candidates.into_iter().zip(verdicts) {
            let Candidate {
                index, id, record, ..
            } = candidate;
            if matches!(verdict, Verdict::Fresh) {
                records.push(record);
            }
            judged.push(Judged { index, id, verdict });
        }
        if !records.is_empty() {
            self.store(records, claim).await?;
        }
        self.answer(events, judged, rejected).await
    }

    async fn check(&self, request: IngestRequest) -> Result<Checked, IngestRefusal> {
        if request.body.len() <= self.settings.inline_bytes_max {
            return self.checker.check(&request);
        }
        let unavailable = || {
            IngestRefusal::unavailable(
                "internal",
                "the request could not be checked",
                self.settings.retry_after_secs,
            )
        };
        let permit = Arc::clone(&self.workers)
            .acquire_owned()
            .await
            .map_err(|_| unavailable())?;
        let checker = Arc::clone(&self.checker);
        let work = tokio::task::spawn_blocking(move || {
            let checked = checker.check(&request);
            drop(permit);
            checked
        });
        work.await.map_err(|_| unavailable())?
    }

    /// Appends in a task of its own, so that the claim is settled whatever becomes of the caller.
    async fn store(&self, records: Vec<bytes::Bytes>, claim: Claim) -> Result<(), IngestRefusal> {
        let journal = self.journal.clone();
        let append = self.appends.spawn(async move {
            let outcome = journal.append(records).await;
            claim.settle(outcome.is_ok());
            outcome
        });
        let outcome = append
            .await
            .unwrap_or_else(|error| Err(AppendError::Failed(error.to_string())));
        outcome
            .map(drop)
            .map_err(|error| IngestRefusal::from_append(&error, self.settings.retry_after_secs))
    }

    async fn answer(
        &self,
        events: usize,
        judged: Vec<Judged>,
        rejected: Vec<Rejection>,
    ) -> Result<IngestAnswer, IngestRefusal> {
        let mut answer = IngestAnswer {
            rejected,
            ids: vec![None; events],
            ..IngestAnswer::default()
        };
        for Judged { index, id, verdict } in judged {
            let known = match verdict {
                Verdict::Fresh => {
                    answer.accepted += 1;
                    answer.ids[index] = Some(id);
                    continue;
                }
                Verdict::Stored(known) | Verdict::Own(known) => known,
                Verdict::Pending(known, flight) => self.settled(known, flight).await?,
            };
            match known {
                Known::Duplicate => {
                    answer.duplicates += 1;
                    answer.ids[index] = Some(id);
                }
                known => answer.rejected.push(contradiction(index, id, known)),
            }
        }
        answer
            .rejected
            .sort_unstable_by_key(|rejection| rejection.index);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a gauge of some million entries"
        )]
        self.metrics.dedup_keys.set(self.dedup.len() as f64);
        if answer.accepted + answer.duplicates == 0 {
            return Err(IngestRefusal::of_events(answer.rejected));
        }
        Ok(answer)
    }

    /// What is known of an event stands only when the other request's append is durable.
    async fn settled(&self, known: Known, flight: Flight) -> Result<Known, IngestRefusal> {
        if landed(flight).await {
            return Ok(known);
        }
        let detail = "the same event was being stored by another request, which failed";
        Err(IngestRefusal::unavailable(
            "storage_failed",
            detail,
            self.settings.retry_after_secs,
        ))
    }
}

fn contradiction(index: usize, id: String, known: Known) -> Rejection {
    let (code, detail, field) = match known {
        Known::Replayed => (
            "replayed",
            "the sequence number, or the data under a signature over data alone, was already used by another event \
             of this device",
            "signature",
        ),
        _ => (
            "conflict",
            "an event with the same subject, time, type, source and id but other content is stored",
            "id",
        ),
    };
    Rejection::new(index, Some(id), RefusalKind::Conflict, code, detail).field(field)
}
