//! Which events are stored, and which are being stored right now.

use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use hashbrown::{HashMap, hash_map::Entry};
use milepost_cloudevent::{Authenticity, CloudEvent, EventKey};
use milepost_types::Did;
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::generations::Generations;

/// What an event is compared by. 64 bits of the content hash: a device could only deceive itself with a collision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) key: EventKey,
    content: u64,
    /// What the signature may be used for only once.
    once: Option<OnceKey>,
    /// The sender left out `id` or `time`, so a repeat can have another key.
    filled: bool,
}

/// Hash of (producer, sequence) or (producer, `data`) under a key that is random per process, so that nobody can
/// make two of them collide.
type OnceKey = [u64; 2];

/// An event that is already known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// The same event again.
    Duplicate,
    /// Other content under the same key.
    Conflict,
    /// Another event under a signature or sequence number that is already used.
    Replayed,
}

/// One append in progress; `Some(durable)` at its end. Dropped without a value it counts as failed.
pub(crate) type Flight = watch::Receiver<Option<bool>>;

/// Answer of the index about one event.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Unknown until now; claimed for the asking request, which must store it.
    Fresh,
    /// Stored.
    Stored(Known),
    /// True as soon as the append of another request is durable.
    Pending(Known, Flight),
    /// Claimed by the asking request itself, for an earlier event of it.
    Own(Known),
}

#[derive(Debug)]
struct Pending {
    identity: Identity,
    flight: Arc<watch::Sender<Option<bool>>>,
}

#[derive(Debug)]
struct Tables {
    stored: Generations<EventKey, u64>,
    /// To the first half of the event key that used it.
    once: Generations<OnceKey, u64>,
    pending: HashMap<EventKey, Pending>,
    pending_once: HashMap<OnceKey, EventKey>,
}

/// Shared by all requests; held for about a microsecond per event.
#[derive(Debug)]
pub(crate) struct DedupIndex {
    tables: Mutex<Tables>,
    hashers: [RandomState; 2],
}

/// The events that one request has claimed. Settling it makes them stored or unknown again; dropping it unsettled
/// makes them unknown, so that no claim outlives its request.
#[derive(Debug)]
pub(crate) struct Claim {
    index: Arc<DedupIndex>,
    identities: Vec<Identity>,
    flight: Arc<watch::Sender<Option<bool>>>,
}

impl DedupIndex {
    pub(crate) fn new(keys_max: usize) -> Self {
        let tables = Tables {
            stored: Generations::new(keys_max),
            once: Generations::new(keys_max),
            pending: HashMap::new(),
            pending_once: HashMap::new(),
        };
        Self {
            tables: Mutex::new(tables),
            hashers: [RandomState::new(), RandomState::new()],
        }
    }

    /// What `event` is compared by. `filled` says that the sender left out `id` or `time`.
    pub(crate) fn identity(
        &self,
        event: &CloudEvent,
        authenticity: Authenticity,
        filled: bool,
    ) -> Identity {
        let header = &event.header;
        let once = match authenticity {
            // Connections may send again what they have sent; their certificate speaks for it.
            Authenticity::Certificate => None,
            Authenticity::Device | Authenticity::DeviceBatch => header
                .sequence
                .map(|sequence| self.once_key(&header.producer, Some(sequence), &[])),
            Authenticity::Legacy => {
                Some(self.once_key(&header.producer, None, event.data.wire_bytes()))
            }
        };
        Identity {
            key: event.key(),
            content: first_half(&event.content_hash()),
            once,
            filled,
        }
    }

    fn once_key(&self, producer: &Did, sequence: Option<u64>, data: &[u8]) -> OnceKey {
        [0, 1].map(|n: usize| self.hashers[n].hash_one((producer, sequence, data)))
    }

    /// Takes over an event that the journal holds.
    pub(crate) fn restore(&self, identity: Identity) {
        self.tables.lock().store(identity);
    }

    pub(crate) fn len(&self) -> usize {
        self.tables.lock().stored.len()
    }

    /// Judges the events of one request in order, claiming the unknown ones.
    pub(crate) fn claim(
        self: &Arc<Self>,
        identities: impl Iterator<Item = Identity>,
    ) -> (Vec<Verdict>, Claim) {
        let flight = Arc::new(watch::Sender::new(None));
        let mut claim = Claim {
            index: Arc::clone(self),
            identities: Vec::new(),
            flight,
        };
        let mut tables = self.tables.lock();
        let verdicts = identities.map(|identity| {
            let verdict = tables.judge(&identity, &claim.flight);
            if matches!(verdict, Verdict::Fresh) {
                tables.claim(identity, &claim.flight);
                claim.identities.push(identity);
            }
            verdict
        });
        let verdicts = verdicts.collect();
        drop(tables);
        (verdicts, claim)
    }
}

impl Tables {
    fn judge(&self, event: &Identity, own: &Arc<watch::Sender<Option<bool>>>) -> Verdict {
        if let Some(content) = self.stored.get(&event.key) {
            return Verdict::Stored(same_key(*content == event.content));
        }
        if let Some(pending) = self.pending.get(&event.key) {
            return pending.verdict(same_key(pending.identity.content == event.content), own);
        }
        let Some(once) = &event.once else {
            return Verdict::Fresh;
        };
        // The node made up the id or the time of this event: another key then does not make it another event.
        let known = if event.filled {
            Known::Duplicate
        } else {
            Known::Replayed
        };
        if self
            .once
            .get(once)
            .is_some_and(|key| *key != first_half(&event.key.0))
        {
            return Verdict::Stored(known);
        }
        match self
            .pending_once
            .get(once)
            .and_then(|key| self.pending.get(key))
        {
            Some(pending) => pending.verdict(known, own),
            None => Verdict::Fresh,
        }
    }

    fn claim(&mut self, identity: Identity, flight: &Arc<watch::Sender<Option<bool>>>) {
        if let Some(once) = identity.once {
            self.pending_once.insert(once, identity.key);
        }
        self.pending.insert(
            identity.key,
            Pending {
                identity,
                flight: Arc::clone(flight),
            },
        );
    }

    fn store(&mut self, identity: Identity) {
        self.stored.insert(identity.key, identity.content);
        if let Some(once) = identity.once {
            self.once.insert(once, first_half(&identity.key.0));
        }
    }

    fn unclaim(&mut self, identity: &Identity) {
        self.pending.remove(&identity.key);
        if let Some(once) = identity.once
            && let Entry::Occupied(entry) = self.pending_once.entry(once)
            && *entry.get() == identity.key
        {
            entry.remove();
        }
    }
}

impl Pending {
    fn verdict(&self, known: Known, own: &Arc<watch::Sender<Option<bool>>>) -> Verdict {
        if Arc::ptr_eq(&self.flight, own) {
            Verdict::Own(known)
        } else {
            Verdict::Pending(known, self.flight.subscribe())
        }
    }
}

impl Claim {
    /// The claimed events are durable, or were not stored.
    pub(crate) fn settle(mut self, durable: bool) {
        let identities = std::mem::take(&mut self.identities);
        {
            let mut tables = self.index.tables.lock();
            for identity in identities {
                tables.unclaim(&identity);
                if durable {
                    tables.store(identity);
                }
            }
        }
        self.flight.send_replace(Some(durable));
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.identities.is_empty() {
            return;
        }
        let mut tables = self.index.tables.lock();
        self.identities
            .iter()
            .for_each(|identity| tables.unclaim(identity));
        drop(tables);
        self.flight.send_replace(Some(false));
    }
}

fn same_key(same_content: bool) -> Known {
    if same_content {
        Known::Duplicate
    } else {
        Known::Conflict
    }
}

fn first_half(hash: &[u8; 16]) -> u64 {
    let mut half = [0; 8];
    half.copy_from_slice(&hash[..8]);
    u64::from_be_bytes(half)
}

/// Waits for another request's append. `false` when it was not stored.
pub(crate) async fn landed(mut flight: Flight) -> bool {
    flight
        .wait_for(Option::is_some)
        .await
        .is_ok_and(|outcome| *outcome == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(key: u8, content: u64, once: u64) -> Identity {
        Identity {
            key: EventKey([key; 16]),
            content,
            once: Some([once, 0]),
            filled: false,
        }
    }

    fn claim(index: &Arc<DedupIndex>, event: Identity) -> (Verdict, Claim) {
        let (mut verdicts, claim) = index.claim([event].into_iter());
        (verdicts.remove(0), claim)
    }

    #[tokio::test]
    async fn a_second_request_learns_the_outcome_of_the_first() {
        for durable in [true, false] {
            let index = Arc::new(DedupIndex::new(100));
            let (first, mine) = claim(&index, identity(1, 7, 1));
            assert!(matches!(first, Verdict::Fresh));
            let (second, none) = claim(&index, identity(1, 7, 1));
            let Verdict::Pending(Known::Duplicate, flight) = second else {
                panic!("{second:?}")
            };
            drop(none);
            let (conflict, _) = claim(&index, identity(1, 8, 1));
            assert!(matches!(conflict, Verdict::Pending(Known::Conflict, _)));
            let (replay, _) = claim(&index, identity(2, 7, 1));
            assert!(matches!(replay, Verdict::Pending(Known::Replayed, _)));
            let waiting = tokio::spawn(landed(flight));
            mine.settle(durable);
            assert_eq!(waiting.await.unwrap(), durable);
            let (again, _) = claim(&index, identity(1, 7, 1));
            match again {
                Verdict::Stored(Known::Duplicate) => assert!(durable),
                Verdict::Fresh => {
                    assert!(!durable, "an event that was not stored is not remembered")
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn a_claim_that_is_dropped_is_a_failure_and_leaves_nothing() {
        let index = Arc::new(DedupIndex::new(100));
        let (_, mine) = claim(&index, identity(1, 7, 1));
        let (second, _) = claim(&index, identity(1, 7, 1));
        let Verdict::Pending(_, flight) = second else {
            panic!("{second:?}")
        };
        drop(mine);
        assert!(!landed(flight).await);
        assert!(matches!(claim(&index, identity(2, 7, 1)).0, Verdict::Fresh));
        let tables = index.tables.lock();
        assert!(
            tables.pending.is_empty() && tables.pending_once.is_empty() && tables.stored.len() == 0
        );
    }

    #[test]
    fn events_of_one_request_see_each_other() {
        let index = Arc::new(DedupIndex::new(100));
        let events = [
            identity(1, 7, 1),
            identity(1, 7, 1),
            identity(1, 8, 1),
            identity(2, 7, 1),
            identity(3, 7, 3),
        ];
        let (verdicts, claim) = index.claim(events.into_iter());
        assert!(matches!(
            verdicts[..],
            [
                Verdict::Fresh,
                Verdict::Own(Known::Duplicate),
                Verdict::Own(Known::Conflict),
                Verdict::Own(Known::Replayed),
                Verdict::Fresh,
            ]
        ));
        claim.settle(true);
        assert_eq!(index.len(), 2);
    }
}
