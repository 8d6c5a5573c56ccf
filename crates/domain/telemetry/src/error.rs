use milepost_signals::StoreError;
use milepost_types::Timestamp;
use thiserror::Error;

use crate::IntervalError;

/// Why a read gives no answer. All but [`QueryError::TimedOut`], [`QueryError::Cancelled`],
/// [`QueryError::Store`] and [`QueryError::StoreKind`] are the caller's to mend.
#[derive(Debug, Error)]
pub enum QueryError {
    /// `interval` is not a duration.
    #[error("invalid argument: {0}")]
    Interval(#[from] IntervalError),
    /// `from` is later than `to`.
    #[error("invalid argument: from {from} is after to {to}")]
    RangeReversed {
        /// Start asked for.
        from: Timestamp,
        /// End asked for.
        to: Timestamp,
    },
    /// The range is longer than the node answers.
    #[error("invalid argument: range from..to exceeds the maximum of {days_max} days")]
    RangeTooLong {
        /// Longest range.
        days_max: u32,
    },
    /// Too many buckets.
    #[error(
        "invalid argument: interval too small for the requested window (exceeds the aggregation bucket limit of {buckets_max})"
    )]
    TooManyBuckets {
        /// Most buckets in one window.
        buckets_max: u32,
    },
    /// `filter.source` names no account.
    #[error("invalid argument: source '{0}' is not a valid ethr DID")]
    Source(String),
    /// A number in a filter is NaN or infinite.
    #[error("invalid argument: filter numbers must be finite")]
    FilterNumber,
    /// A polygon of fewer than three vertices.
    #[error("invalid argument: not enough points in geofence filter, at least 3 are needed")]
    PolygonPoints,
    /// A polygon vertex off the globe.
    #[error(
        "invalid argument: invalid geofence polygon vertex: latitude must be within -90..90 and longitude within -180..180"
    )]
    PolygonVertex,
    /// A circle's centre off the globe.
    #[error(
        "invalid argument: invalid circle filter location: latitude must be within -90..90 and longitude within -180..180"
    )]
    CircleCenter,
    /// A circle's radius is negative or longer than any distance on Earth.
    #[error("invalid argument: invalid circle filter radius: must be within 0..20038 km")]
    CircleRadius,
    /// Too many stored points would have to be read.
    #[error(
        "invalid argument: the range holds more than {points_max} points of the signals asked for; shorten it or ask for fewer signals"
    )]
    TooManyPoints {
        /// Most points one request may read.
        points_max: u64,
    },
    /// Too many answer cells.
    #[error(
        "invalid argument: the answer has more than {cells_max} values; use a longer interval or fewer fields"
    )]
    TooManyCells {
        /// Most cells.
        cells_max: usize,
    },
    /// One bucket holds more values than `MED` may hold at once.
    #[error(
        "invalid argument: MED over more than {values_max} values in one interval; use a shorter interval"
    )]
    MedianTooLarge {
        /// Most values.
        values_max: usize,
    },
    /// One bucket holds more different texts than `TOP` and `UNIQUE` may hold at once.
    #[error(
        "invalid argument: more than {bytes_max} bytes of different texts; use a shorter range"
    )]
    TextsTooLarge {
        /// Most bytes.
        bytes_max: usize,
    },
    /// The deadline passed.
    #[error("request exceeded or is estimated to exceed the maximum execution time")]
    TimedOut,
    /// The caller has gone.
    #[error("request canceled by client")]
    Cancelled,
    /// The store failed.
    #[error("failed to read signals")]
    Store(#[from] StoreError),
    /// The store answered with points of another kind than the catalogue says, or fewer series than asked.
    #[error("store answer does not fit the signals asked for")]
    StoreKind,
}

impl QueryError {
    /// Whether the caller can mend it by asking differently.
    #[must_use]
    pub const fn is_callers(&self) -> bool {
        !matches!(
            self,
            Self::TimedOut | Self::Cancelled | Self::Store(_) | Self::StoreKind
        )
    }
}
