//! Reads of decoded signals: ranges in buckets, latest values and summaries, shaped by what the reader may see.
//!
//! Guarantees:
//! - What a caller may not read is never fetched, filtered on, counted or named; [`visible_name`] is the one rule.
//! - The same stored points give the same answer, bit for bit, whatever the storage layout (only `RAND` is
//!   random): points are folded in time order, means are compensated and cannot overflow, ties go to the smallest
//!   text. NaN and infinities never leave.
//! - Memory is bounded however long the range is: points are read in windows that adapt to their density and are
//!   folded at once; what must be held (values of one bucket for `MED`, texts for `TOP` and `UNIQUE`, answer
//!   cells) has limits with errors that name them ([`Limits`]). A read stops at its deadline or when its caller
//!   has gone ([`Budget`]).
//!
//! Everything here is synchronous and may read disk through [`milepost_signals::SignalStore`], except
//! [`latest`], [`available`] and [`snapshot`], which are from memory. Nothing is kept between calls.

mod aggregate;
mod error;
mod filter;
mod geo;
mod grid;
mod interval;
mod latest;
mod limits;
mod mean;
mod metrics;
#[cfg(test)]
mod model;
mod read;
mod source;
mod summary;
mod visibility;

pub use aggregate::{
    Aggregation, Column, FloatAggregation, LocationAggregation, TextAggregation, aggregate,
};
pub use error::QueryError;
pub use filter::FloatFilter;
pub use geo::{Circle, LocationFilter, Polygon, Vertex, approximate};
pub use grid::Grid;
pub use interval::{Interval, IntervalError};
pub use latest::{LatestView, available, latest, snapshot};
pub use limits::{Budget, Limits};
pub use read::{Item, SeriesRequest, SeriesTable, read_series};
pub use source::parse_source;
pub use summary::{SummaryView, summary};
pub use visibility::{APPROXIMATE_NAME, Need, approximate_need, missing, need, visible_name};
