use std::sync::Arc;

use milepost_signals::{Location, Points, SignalId, ValueKind};

use crate::{FloatFilter, Grid, Limits, LocationFilter, QueryError};

mod fold;
mod series;

pub(crate) use series::Series;

/// How the numbers of a bucket become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FloatAggregation {
    /// Arithmetic mean.
    Avg,
    /// Exact median; of an even count the mean of the two in the middle.
    Med,
    /// Greatest.
    Max,
    /// Least.
    Min,
    /// One, uniformly at random.
    Rand,
    /// Earliest.
    First,
    /// Latest.
    Last,
}

/// How the texts of a bucket become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextAggregation {
    /// One, uniformly at random over rows.
    Rand,
    /// The most frequent; of several the smallest in byte order.
    Top,
    /// All different ones, ascending in byte order, joined by commas.
    Unique,
    /// Earliest.
    First,
    /// Latest.
    Last,
}

/// How the positions of a bucket become one. Fixes at (0, 0) and off the globe are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LocationAggregation {
    /// Means of latitude, longitude and HDOP, each by itself; wrong across the 180th meridian.
    Avg,
    /// One, uniformly at random.
    Rand,
    /// Earliest.
    First,
    /// Latest.
    Last,
}

/// What is computed of one signal in every bucket.
#[derive(Debug, Clone, PartialEq)]
pub enum Aggregation {
    /// Of a number signal: of the numbers that pass the filter.
    Float {
        /// How.
        how: FloatAggregation,
        /// Which numbers count.
        filter: FloatFilter,
    },
    /// Of a text signal.
    Text(TextAggregation),
    /// Of a position signal: of the positions that pass the filter.
    Location {
        /// How.
        how: LocationAggregation,
        /// Which positions count.
        filter: LocationFilter,
    },
    /// Of a position signal: aggregated first, then moved to the centre of its H3 cell ([`crate::approximate`]).
    Approximate(LocationAggregation),
}

impl Aggregation {
    /// Whether it can be computed of `signal`.
    #[must_use]
    pub fn fits(&self, signal: SignalId) -> bool {
        signal.definition().kind
            == match self {
                Self::Float { .. } => ValueKind::Number,
                Self::Text(_) => ValueKind::Text,
                Self::Location { .. } | Self::Approximate(_) => ValueKind::Location,
            }
    }
}

/// One aggregated value for each bucket that has one, ascending in bucket number.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Of numbers; finite.
    Numbers(Vec<(u32, f64)>),
    /// Of texts.
    Texts(Vec<(u32, Arc<str>)>),
    /// Of positions; on the globe.
    Locations(Vec<(u32, Location)>),
}

impl Column {
    /// Number of buckets with a value.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(cells) => cells.len(),
            Self::Texts(cells) => cells.len(),
            Self::Locations(cells) => cells.len(),
        }
    }

    /// Whether no bucket has a value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bucket number of the `index`-th value.
    #[must_use]
    pub fn bucket(&self, index: usize) -> Option<u32> {
        match self {
            Self::Numbers(cells) => cells.get(index).map(|cell| cell.0),
            Self::Texts(cells) => cells.get(index).map(|cell| cell.0),
            Self::Locations(cells) => cells.get(index).map(|cell| cell.0),
        }
    }
}

/// Aggregates points that are in memory; points outside the window are left out.
///
/// # Errors
/// [`QueryError::StoreKind`] when the points are of another kind than the aggregation; limits as
/// [`crate::read_series`].
pub fn aggregate(
    points: &Points,
    grid: &Grid,
    aggregation: &Aggregation,
    limits: &Limits,
) -> Result<Column, QueryError> {
    let mut series = Series::new(aggregation);
    series.feed(grid, points, limits)?;
    series.finish(limits)
}

#[cfg(test)]
mod tests;
