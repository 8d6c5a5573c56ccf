//! Latest values, in memory, behind `latest`.

use std::sync::Arc;

use hashbrown::HashMap;
use milepost_decode::Reading;
use milepost_signals::{Latest, LatestSet, Location, SignalId, Value};
use milepost_types::{Address, Did, Timestamp};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};

use crate::{
    LakeError, LakeStore,
    hot_store::HotStore,
    memtable::{SHARDS, shard_of},
};

/// Value as stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum HotValue {
    Number(f64),
    Text(Arc<str>),
    /// Latitude, longitude, HDOP, heading.
    Location([f64; 4]),
}

impl From<&Value> for HotValue {
    fn from(value: &Value) -> Self {
        match value {
            Value::Number(number) => Self::Number(*number),
            Value::Text(text) => Self::Text(text.clone()),
            Value::Location(l) => Self::Location([l.latitude, l.longitude, l.hdop, l.heading]),
        }
    }
}

impl From<&HotValue> for Value {
    fn from(value: &HotValue) -> Self {
        match value {
            HotValue::Number(number) => Self::Number(*number),
            HotValue::Text(text) => Self::Text(text.clone()),
            HotValue::Location([latitude, longitude, hdop, heading]) => Self::Location(Location {
                latitude: *latitude,
                longitude: *longitude,
                hdop: *hdop,
                heading: *heading,
            }),
        }
    }
}

/// Newest value of one signal from one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct HotPoint {
    pub(crate) source: [u8; 20],
    /// Microseconds since the epoch.
    pub(crate) at: i64,
    pub(crate) seq: u64,
    /// Id of the event; of two values of one time, that of the lower id counts.
    pub(crate) id: Arc<str>,
    pub(crate) value: HotValue,
}

impl HotPoint {
    /// Whether this point counts and not the other, whatever order they came in.
    pub(crate) fn beats(&self, other: &Self) -> bool {
        (self.at, &other.id, other.seq) > (other.at, &self.id, self.seq)
    }
}

/// Newest values of one subject.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct HotSubject {
    /// Newest time of anything, for each source.
    pub(crate) seen: Vec<([u8; 20], i64)>,
    /// Ascending by signal; one point for each source.
    pub(crate) signals: Vec<(u16, Vec<HotPoint>)>,
    #[serde(skip)]
    dirty: bool,
}

impl HotSubject {
    pub(crate) fn apply(&mut self, signal: SignalId, point: HotPoint) {
        self.dirty = true;
        match self
            .seen
            .iter_mut()
            .find(|(source, _)| *source == point.source)
        {
            Some((_, at)) => *at = (*at).max(point.at),
            None => self.seen.push((point.source, point.at)),
        }
        // A fix at (0, 0) is no position, but the device was heard.
        if matches!(point.value, HotValue::Location([latitude, longitude, ..]) if latitude == 0.0 && longitude == 0.0)
        {
            return;
        }
        let place = match self.signals.binary_search_by_key(&signal.0, |(id, _)| *id) {
            Ok(place) => place,
            Err(place) => {
                self.signals
                    .insert(place, (signal.0, Vec::with_capacity(1)));
                place
            }
        };
        let points = &mut self.signals[place].1;
        match points.iter_mut().find(|known| known.source == point.source) {
            Some(known) if point.beats(known) => *known = point,
            Some(_) => {}
            None => points.push(point),
        }
    }

    fn latest(&self, source: Option<[u8; 20]>) -> LatestSet {
        let wanted = |from: &[u8; 20]| source.is_none_or(|source| source == *from);
        let newest = |points: &[HotPoint]| -> Option<(Timestamp, Value)> {
            let candidates = points.iter().filter(|point| wanted(&point.source));
            let best =
                candidates.reduce(|best, next| if next.beats(best) { next } else { best })?;
            Some((
                Timestamp::from_micros(best.at).ok()?,
                Value::from(&best.value),
            ))
        };
        let signals = self.signals.iter().filter_map(|(signal, points)| {
            let signal = SignalId::from_index(*signal)?;
            newest(points).map(|(at, value)| Latest { signal, at, value })
        });
        let seen = self
            .seen
            .iter()
            .filter(|(source, _)| wanted(source))
            .map(|(_, at)| *at)
            .max();
        LatestSet {
            signals: signals.collect(),
            last_seen: seen.and_then(|at| Timestamp::from_micros(at).ok()),
        }
    }
}

/// Newest values of all subjects.
#[derive(Debug)]
pub(crate) struct Hot {
    shards: Vec<RwLock<HashMap<Did, HotSubject>>>,
    store: HotStore,
}

impl Hot {
    /// Reads the stored values into memory. Blocking.
    pub(crate) fn open(store: &LakeStore) -> Result<Self, LakeError> {
        let store = HotStore::open(&store.dir.join("hot"), store.key.as_ref())?;
        let shards: Vec<RwLock<HashMap<Did, HotSubject>>> =
            (0..SHARDS).map(|_| RwLock::default()).collect();
        for entry in store.load() {
            let (subject, values) = entry?;
            shards[shard_of(&subject)].write().insert(subject, values);
        }
        Ok(Self { shards, store })
    }

    /// Journal position that the stored values are complete up to.
    pub(crate) fn cursor(&self) -> Result<Option<u64>, LakeError> {
        self.store.cursor()
    }

    pub(crate) fn apply(
        &self,
        subject: Did,
        source: Address,
        seq: u64,
        id: &Arc<str>,
        readings: &[Reading],
    ) {
        if readings.is_empty() {
            return;
        }
        let mut shard = self.shards[shard_of(&subject)].write();
        let values = shard.entry(subject).or_default();
        for reading in readings {
            let point = HotPoint {
                source: source.into_array(),
                at: reading.at.as_micros(),
                seq,
                id: id.clone(),
                value: HotValue::from(&reading.value),
            };
            values.apply(reading.signal, point);
        }
    }

    /// Applies one point; for rebuilding from the tables.
    pub(crate) fn apply_point(&self, subject: Did, signal: SignalId, point: HotPoint) {
        self.shards[shard_of(&subject)]
            .write()
            .entry(subject)
            .or_default()
            .apply(signal, point);
    }

    pub(crate) fn latest(&self, subject: &Did, source: Option<Address>) -> LatestSet {
        let shard = self.shards[shard_of(subject)].read();
        shard
            .get(subject)
            .map(|values| values.latest(source.map(Address::into_array)))
            .unwrap_or_default()
    }

    /// Calls `each` for all subjects.
    pub(crate) fn each(&self, mut each: impl FnMut(&Did, &HotSubject)) {
        for shard in &self.shards {
            shard
                .read()
                .iter()
                .for_each(|(subject, values)| each(subject, values));
        }
    }

    /// Stores what changed, and the position it is complete up to, in one write; durable when this returns.
    /// Blocking. Values may be newer than the position: applying a record again changes nothing.
    pub(crate) fn persist(&self, cursor: u64) -> Result<(), LakeError> {
        let mut changed = Vec::new();
        for shard in &self.shards {
            let mut shard = shard.write();
            for (subject, values) in shard.iter_mut().filter(|(_, values)| values.dirty) {
                values.dirty = false;
                changed.push((*subject, values.clone()));
            }
        }
        let stored = self.store.save(&changed, cursor);
        if stored.is_err() {
            for (subject, _) in changed {
                if let Some(values) = self.shards[shard_of(&subject)].write().get_mut(&subject) {
                    values.dirty = true;
                }
            }
        }
        stored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(at: i64, seq: u64, id: &str, number: f64) -> HotPoint {
        HotPoint {
            source: [1; 20],
            at,
            seq,
            id: Arc::from(id),
            value: HotValue::Number(number),
        }
    }

    #[test]
    fn later_wins_then_lower_id_then_earlier_record_in_any_order() {
        let points = [
            point(5, 1, "z", 1.0),
            point(9, 2, "b", 2.0),
            point(9, 3, "a", 3.0),
            point(9, 4, "a", 4.0),
        ];
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            let mut subject = HotSubject::default();
            order
                .iter()
                .for_each(|i| subject.apply(SignalId(0), points[*i].clone()));
            order
                .iter()
                .for_each(|i| subject.apply(SignalId(0), points[*i].clone()));
            assert_eq!(subject.signals, [(0, vec![points[2].clone()])]);
            assert_eq!(subject.seen, [([1; 20], 9)]);
        }
    }

    #[test]
    fn null_island_is_seen_but_no_position() {
        let mut subject = HotSubject::default();
        let at = |at, place| HotPoint {
            value: HotValue::Location(place),
            ..point(at, 1, "a", 0.0)
        };
        subject.apply(SignalId(3), at(1, [52.5, 13.4, 0.0, 0.0]));
        subject.apply(SignalId(3), at(2, [0.0, 0.0, 0.0, 0.0]));
        let latest = subject.latest(None);
        assert_eq!(latest.last_seen.unwrap().as_micros(), 2);
        assert_eq!(latest.signals[0].at.as_micros(), 1);
    }
}
