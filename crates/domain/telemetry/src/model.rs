//! A store that keeps rows in a list and answers by looking at all of them: the oracle that tests compare with.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use milepost_signals::{
    Extent, Latest, LatestSet, Location, Points, RangeQuery, SignalId, SignalStore, StoreError,
    Summary, Value, ValueKind,
};
use milepost_types::{Address, Did, Timestamp};
use parking_lot::RwLock;

/// One stored signal.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) subject: Did,
    pub(crate) signal: SignalId,
    pub(crate) at: Timestamp,
    pub(crate) source: Address,
    pub(crate) event_id: &'static str,
    pub(crate) value: Value,
}

#[derive(Debug, Default)]
pub(crate) struct ModelStore {
    rows: RwLock<Vec<Row>>,
    events: RwLock<Vec<(Did, &'static str, Timestamp)>>,
    range_calls: AtomicU32,
    broken: std::sync::atomic::AtomicBool,
}

#[allow(dead_code)]
impl ModelStore {
    pub(crate) fn add(&self, row: Row) {
        self.rows.write().push(row);
    }

    pub(crate) fn add_event(&self, subject: Did, name: &'static str, at: Timestamp) {
        self.events.write().push((subject, name, at));
    }

    /// From now on disk reads fail.
    pub(crate) fn break_disk(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }

    /// Calls of `range` since the last question.
    pub(crate) fn take_range_calls(&self) -> u32 {
        self.range_calls.swap(0, Ordering::Relaxed)
    }

    fn disk(&self) -> Result<(), StoreError> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(StoreError {
                context: "file /secret/part-7.parquet".to_owned(),
                source: None,
            });
        }
        Ok(())
    }

    /// Points of one signal: filtered by source, then the lowest event id of each time.
    fn points(
        &self,
        subject: &Did,
        signal: SignalId,
        source: Option<Address>,
    ) -> BTreeMap<Timestamp, Value> {
        let mut kept: BTreeMap<Timestamp, (&'static str, Value)> = BTreeMap::new();
        for row in self.rows.read().iter() {
            if row.subject != *subject
                || row.signal != signal
                || source.is_some_and(|s| s != row.source)
            {
                continue;
            }
            let entry = kept
                .entry(row.at)
                .or_insert((row.event_id, row.value.clone()));
            if row.event_id < entry.0 {
                *entry = (row.event_id, row.value.clone());
            }
        }
        kept.into_iter()
            .map(|(at, (_, value))| (at, value))
            .collect()
    }

    fn signals(&self, subject: &Did) -> Vec<SignalId> {
        let mut all: Vec<_> = self
            .rows
            .read()
            .iter()
            .filter(|r| r.subject == *subject)
            .map(|r| r.signal)
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

fn number(value: Value) -> f64 {
    let Value::Number(number) = value else {
        panic!("not a number: {value:?}")
    };
    number
}

fn text(value: Value) -> Arc<str> {
    let Value::Text(text) = value else {
        panic!("not a text: {value:?}")
    };
    text
}

fn location(value: Value) -> Location {
    let Value::Location(location) = value else {
        panic!("not a location: {value:?}")
    };
    location
}

impl SignalStore for ModelStore {
    fn latest(&self, subject: &Did, source: Option<Address>) -> LatestSet {
        let mut set = LatestSet::default();
        for signal in self.signals(subject) {
            let points = self.points(subject, signal, source);
            set.last_seen = set.last_seen.max(points.keys().next_back().copied());
            let real =
                |value: &Value| !matches!(value, Value::Location(fix) if fix.is_null_island());
            if let Some((at, value)) = points.into_iter().rev().find(|(_, value)| real(value)) {
                set.signals.push(Latest { signal, at, value });
            }
        }
        set
    }

    fn range(&self, query: &RangeQuery<'_>) -> Result<Vec<Points>, StoreError> {
        self.disk()?;
        self.range_calls.fetch_add(1, Ordering::Relaxed);
        let within = |at: &Timestamp| query.from <= *at && *at < query.to_exclusive;
        let one = |signal: &SignalId| {
            let points = self.points(query.subject, *signal, query.source);
            let points = points.into_iter().filter(|(at, _)| within(at));
            match signal.definition().kind {
                ValueKind::Number => {
                    Points::Numbers(points.map(|(at, v)| (at, number(v))).collect())
                }
                ValueKind::Text => Points::Texts(points.map(|(at, v)| (at, text(v))).collect()),
                ValueKind::Location => {
                    Points::Locations(points.map(|(at, v)| (at, location(v))).collect())
                }
            }
        };
        Ok(query.signals.iter().map(one).collect())
    }

    fn summary(&self, subject: &Did, source: Option<Address>) -> Result<Summary, StoreError> {
        self.disk()?;
        let mut summary = Summary::default();
        for name in self.signals(subject) {
            let points = self.points(subject, name, source);
            if let (Some(first), Some(last)) = (points.keys().next(), points.keys().next_back()) {
                let count = points.len() as u64;
                summary.signals.push(Extent {
                    name,
                    count,
                    first_seen: *first,
                    last_seen: *last,
                });
            }
        }
        let mut events: BTreeMap<&str, Vec<Timestamp>> = BTreeMap::new();
        for (of, name, at) in self.events.read().iter() {
            if of == subject {
                events.entry(name).or_default().push(*at);
            }
        }
        for (name, mut times) in events {
            times.sort_unstable();
            times.dedup();
            let (first_seen, last_seen) = (times[0], times[times.len() - 1]);
            summary.events.push(Extent {
                name: name.into(),
                count: times.len() as u64,
                first_seen,
                last_seen,
            });
        }
        Ok(summary)
    }

    fn watermark(&self) -> u64 {
        self.rows.read().len() as u64
    }
}
