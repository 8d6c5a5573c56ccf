//! Rows that are visible but not yet in the tables.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Instant,
};

use hashbrown::HashMap;
use milepost_cloudevent::Record;
use milepost_decode::{DecodeError, Reading, VehicleEvent};
use milepost_signals::{Location, SignalId, Value};
use milepost_types::{Address, Did};
use parking_lot::RwLock;

/// Small numbers for addresses that repeat in every row.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    known: RwLock<(Vec<Address>, HashMap<Address, u32>)>,
}

impl Sources {
    pub(crate) fn intern(&self, address: Address) -> u32 {
        if let Some(id) = self.find(address) {
            return id;
        }
        let mut known = self.known.write();
        let next = u32::try_from(known.0.len()).unwrap_or(u32::MAX);
        let id = *known.1.entry(address).or_insert(next);
        if id == next {
            known.0.push(address);
        }
        id
    }

    pub(crate) fn find(&self, address: Address) -> Option<u32> {
        self.known.read().1.get(&address).copied()
    }

    pub(crate) fn all(&self) -> Vec<Address> {
        self.known.read().0.clone()
    }
}

/// One value of one signal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point<V> {
    /// Microseconds since the epoch.
    pub(crate) at: i64,
    pub(crate) seq: u64,
    pub(crate) source: u32,
    pub(crate) value: V,
}

/// Values of one signal in order of arrival.
#[derive(Debug)]
pub(crate) enum Series {
    Numbers(Vec<Point<f64>>),
    Texts(Vec<Point<Arc<str>>>),
    Locations(Vec<Point<Location>>),
}

impl Series {
    fn new(value: &Value) -> Self {
        match value {
            Value::Number(_) => Self::Numbers(Vec::new()),
            Value::Text(_) => Self::Texts(Vec::new()),
            Value::Location(_) => Self::Locations(Vec::new()),
        }
    }

    /// `false` when the series holds values of another kind, which the catalogue rules out.
    fn push(&mut self, at: i64, seq: u64, source: u32, value: &Value) -> bool {
        match (self, value) {
            (Self::Numbers(points), Value::Number(value)) => points.push(Point {
                at,
                seq,
                source,
                value: *value,
            }),
            (Self::Texts(points), Value::Text(value)) => points.push(Point {
                at,
                seq,
                source,
                value: value.clone(),
            }),
            (Self::Locations(points), Value::Location(value)) => {
                points.push(Point {
                    at,
                    seq,
                    source,
                    value: *value,
                });
            }
            _ => return false,
        }
        true
    }
}

/// A vehicle event with its place in the payload.
#[derive(Debug, Clone)]
pub(crate) struct EventRow {
    pub(crate) seq: u64,
    pub(crate) item: i32,
    pub(crate) source: u32,
    pub(crate) event: VehicleEvent,
}

/// Something that did not become data.
#[derive(Debug, Clone)]
pub(crate) struct DeadRow {
    pub(crate) seq: u64,
    pub(crate) item: i32,
    /// Microseconds since the epoch.
    pub(crate) received_at: i64,
    pub(crate) error: DecodeError,
}

/// Rows of one subject.
#[derive(Debug, Default)]
pub(crate) struct SubjectRows {
    /// Ascending by signal.
    pub(crate) series: Vec<(SignalId, Series)>,
    pub(crate) events: Vec<EventRow>,
}

impl SubjectRows {
    pub(crate) fn series(&self, signal: SignalId) -> Option<&Series> {
        let place = self
            .series
            .binary_search_by_key(&signal, |(id, _)| *id)
            .ok()?;
        Some(&self.series[place].1)
    }

    fn series_mut(&mut self, signal: SignalId, value: &Value) -> &mut Series {
        let place = match self.series.binary_search_by_key(&signal, |(id, _)| *id) {
            Ok(place) => place,
            Err(place) => {
                self.series.insert(place, (signal, Series::new(value)));
                place
            }
        };
        &mut self.series[place].1
    }
}

/// Enough that a reader rarely waits for the writer.
pub(crate) const SHARDS: usize = 64;

/// Shard of a subject.
pub(crate) fn shard_of(subject: &Did) -> usize {
    let token = subject.token().map_or(0, |token| token.as_limbs()[0]);
    let address = subject.address();
    let tail = address
        .as_slice()
        .iter()
        .rev()
        .take(4)
        .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    let mixed = (token ^ tail.rotate_left(17)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(mixed >> 58).unwrap_or(0)
}

/// Rough cost of a stored row beside its text.
const POINT_BYTES: usize = 40;
const RECORD_BYTES: usize = 700;

/// One generation of rows. One writer, many readers; it stops growing when the next generation takes over.
#[derive(Debug)]
pub(crate) struct Memtable {
    pub(crate) shards: Vec<RwLock<HashMap<Did, SubjectRows>>>,
    /// Ascending by sequence.
    pub(crate) raw: RwLock<Vec<(u64, Arc<Record>)>>,
    /// Ascending by sequence and item.
    pub(crate) dead: RwLock<Vec<DeadRow>>,
    rows: AtomicUsize,
    bytes: AtomicUsize,
    /// Last journal record taken in, whether it left rows or not.
    last_seq: AtomicU64,
    /// Latest reception, microseconds since the epoch.
    received: AtomicU64,
    since: Instant,
}

impl Memtable {
    pub(crate) fn new(last_seq: u64) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            raw: RwLock::default(),
            dead: RwLock::default(),
            rows: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            last_seq: AtomicU64::new(last_seq),
            received: AtomicU64::new(0),
            since: Instant::now(),
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows.load(Relaxed)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    pub(crate) fn last_seq(&self) -> u64 {
        self.last_seq.load(Relaxed)
    }

    pub(crate) fn advance(&self, seq: u64) {
        self.last_seq.fetch_max(seq, Relaxed);
    }

    pub(crate) fn received(&self) -> i64 {
        i64::try_from(self.received.load(Relaxed)).unwrap_or(i64::MAX)
    }

    pub(crate) fn since(&self) -> Instant {
        self.since
    }

    fn grow(&self, rows: usize, bytes: usize) {
        self.rows.fetch_add(rows, Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn add_raw(&self, seq: u64, record: Arc<Record>) {
        self.received.fetch_max(
            u64::try_from(record.received_at.as_micros()).unwrap_or(0),
            Relaxed,
        );
        self.grow(1, RECORD_BYTES + record.event.data.wire_bytes().len());
        self.raw.write().push((seq, record));
    }

    pub(crate) fn add_signals(&self, subject: Did, seq: u64, source: u32, readings: &[Reading]) {
        if readings.is_empty() {
            return;
        }
        let mut text_bytes = 0;
        let mut shard = self.shards[shard_of(&subject)].write();
        let rows = shard.entry(subject).or_default();
        for reading in readings {
            let series = rows.series_mut(reading.signal, &reading.value);
            let fits = series.push(reading.at.as_micros(), seq, source, &reading.value);
            debug_assert!(fits, "the decoder gives values of the catalogue's kind");
            if let Value::Text(text) = &reading.value {
                text_bytes += text.len() + 16;
            }
        }
        drop(shard);
        self.grow(readings.len(), readings.len() * POINT_BYTES + text_bytes);
    }

    pub(crate) fn add_events(
        &self,
        subject: Did,
        seq: u64,
        source: u32,
        events: Vec<VehicleEvent>,
    ) {
        if events.is_empty() {
            return;
        }
        let bytes = events
            .iter()
            .map(|e| 160 + e.metadata.as_ref().map_or(0, String::len))
            .sum();
        self.grow(events.len(), bytes);
        let mut shard = self.shards[shard_of(&subject)].write();
        let rows = &mut shard.entry(subject).or_default().events;
        rows.extend((0i32..).zip(events).map(|(item, event)| EventRow {
            seq,
            item,
            source,
            event,
        }));
    }

    pub(crate) fn add_dead(&self, seq: u64, received_at: i64, errors: Vec<DecodeError>) {
        if errors.is_empty() {
            return;
        }
        let bytes = errors
            .iter()
            .map(|e| 96 + e.path.len() + e.reason.len())
            .sum();
        self.grow(errors.len(), bytes);
        let rows = (0i32..).zip(errors).map(|(item, error)| DeadRow {
            seq,
            item,
            received_at,
            error,
        });
        self.dead.write().extend(rows);
    }

    /// The record with this sequence number.
    pub(crate) fn record(&self, seq: u64) -> Option<Arc<Record>> {
        let raw = self.raw.read();
        let place = raw.binary_search_by_key(&seq, |(seq, _)| *seq).ok()?;
        Some(raw[place].1.clone())
    }
}
