use std::{fmt::Debug, sync::Arc};

use milepost_types::{Address, Did, Timestamp};
use thiserror::Error;

use crate::SignalId;

/// A position. Degrees WGS84; `hdop` and `heading` (degrees) are 0 when the sender gave none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Location {
    /// −90 to 90.
    pub latitude: f64,
    /// −180 to 180.
    pub longitude: f64,
    /// Horizontal dilution of precision.
    pub hdop: f64,
    /// 0 to 360.
    pub heading: f64,
}

impl Location {
    /// A fix at exactly (0, 0) is what receivers send when they have none.
    #[must_use]
    pub fn is_null_island(&self) -> bool {
        self.latitude == 0.0 && self.longitude == 0.0
    }
}

/// A decoded value; the signal's definition says which kind it has.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Finite number; booleans are 0 and 1.
    Number(f64),
    /// Text.
    Text(Arc<str>),
    /// Position within range.
    Location(Location),
}

/// Points of one signal, ascending in time, at most one per time.
#[derive(Debug, Clone, PartialEq)]
pub enum Points {
    /// Numeric and boolean signals.
    Numbers(Vec<(Timestamp, f64)>),
    /// Text signals.
    Texts(Vec<(Timestamp, Arc<str>)>),
    /// Position signals.
    Locations(Vec<(Timestamp, Location)>),
}

/// Asks for the points of some signals of one vehicle.
#[derive(Debug, Clone)]
pub struct RangeQuery<'a> {
    /// The vehicle.
    pub subject: &'a Did,
    /// Signals wanted, without repeats.
    pub signals: &'a [SignalId],
    /// First time wanted.
    pub from: Timestamp,
    /// First time no longer wanted.
    pub to_exclusive: Timestamp,
    /// Only points of this source; applied before duplicates collapse.
    pub source: Option<Address>,
}

/// Newest point of a signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Latest {
    /// The signal.
    pub signal: SignalId,
    /// When it was measured.
    pub at: Timestamp,
    /// Its value. For positions the newest that is not (0, 0).
    pub value: Value,
}

/// Newest points of a vehicle.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LatestSet {
    /// One entry for each signal that has a point, ordered by signal.
    pub signals: Vec<Latest>,
    /// Newest time of anything, positions at (0, 0) included.
    pub last_seen: Option<Timestamp>,
}

/// How much is stored of one signal or event name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent<N> {
    /// The signal or event.
    pub name: N,
    /// Distinct times stored.
    pub count: u64,
    /// Earliest.
    pub first_seen: Timestamp,
    /// Latest.
    pub last_seen: Timestamp,
}

/// How much is stored of a vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Signals with at least one point, ordered by signal.
    pub signals: Vec<Extent<SignalId>>,
    /// Events by name.
    pub events: Vec<Extent<Arc<str>>>,
}

/// A read failed on our side; the caller's query was good.
#[derive(Debug, Error)]
#[error("signal store: {context}")]
pub struct StoreError {
    /// What was being read (file, table), for the operator's log; never shown to callers.
    pub context: String,
    /// Cause.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Decoded signals as queries see them: recent memory and the lake as one.
///
/// Two points of one (subject, signal, time) collapse to the one whose CloudEvent id is lowest, after the source
/// filter. Everything acknowledged up to [`SignalStore::watermark`] is visible. Calls may read disk: run them off
/// the reactor; `latest` is from memory only.
pub trait SignalStore: Send + Sync + Debug {
    /// Newest points of `subject`, of one source or of all. Unknown subjects have none.
    fn latest(&self, subject: &Did, source: Option<Address>) -> LatestSet;

    /// Points in a time range, in the order of `query.signals`.
    ///
    /// # Errors
    /// [`StoreError`] when a file cannot be read or fails its checksum.
    fn range(&self, query: &RangeQuery<'_>) -> Result<Vec<Points>, StoreError>;

    /// What is stored of `subject`, of one source or of all; duplicates count once.
    ///
    /// # Errors
    /// As [`SignalStore::range`].
    fn summary(&self, subject: &Did, source: Option<Address>) -> Result<Summary, StoreError>;

    /// Journal sequence up to which acknowledged events are visible.
    fn watermark(&self) -> u64;
}
