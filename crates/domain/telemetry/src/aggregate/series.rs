use std::sync::Arc;

use milepost_signals::{Location, Points};
use milepost_types::Timestamp;

use super::{
    Aggregation, Column, FloatAggregation, LocationAggregation, TextAggregation,
    fold::{Avg, AvgLocation, First, Fold, Last, Max, Med, Min, Rand, Top, Unique},
};
use crate::{
    FloatFilter, Grid, Limits, LocationFilter, QueryError,
    geo::{approximate, is_fix},
    metrics,
};

/// One aggregation in progress: fed with points in time order, in as many pieces as the reader likes.
pub(crate) struct Series(State);

enum State {
    Avg(Numbers<Avg>),
    Med(Numbers<Med>),
    Max(Numbers<Max>),
    Min(Numbers<Min>),
    Rand(Numbers<Rand<f64>>),
    First(Numbers<First<f64>>),
    Last(Numbers<Last<f64>>),
    TextRand(Buckets<Rand<Arc<str>>>),
    Top(Buckets<Top>),
    Unique(Buckets<Unique>),
    TextFirst(Buckets<First<Arc<str>>>),
    TextLast(Buckets<Last<Arc<str>>>),
    LocationAvg(Locations<AvgLocation>),
    LocationRand(Locations<Rand<Location>>),
    LocationFirst(Locations<First<Location>>),
    LocationLast(Locations<Last<Location>>),
}

struct Numbers<F: Fold> {
    filter: FloatFilter,
    buckets: Buckets<F>,
}

struct Locations<F: Fold> {
    filter: LocationFilter,
    approximate: bool,
    buckets: Buckets<F>,
}

/// The open bucket and those that are done.
struct Buckets<F: Fold> {
    open: F,
    bucket: u32,
    /// First microsecond after the open bucket; the least number before any point came.
    end: i64,
    done: Vec<(u32, F::Value)>,
}

impl<F: Fold> Default for Buckets<F> {
    fn default() -> Self {
        Self {
            open: F::default(),
            bucket: 0,
            end: i64::MIN,
            done: Vec::new(),
        }
    }
}

impl<F: Fold> Buckets<F> {
    fn close(&mut self) {
        if let Some(value) = self.open.take() {
            self.done.push((self.bucket, value));
        }
    }

    #[inline]
    fn add(&mut self, grid: &Grid, at: Timestamp, value: &F::Value) {
        if at.as_micros() >= self.end {
            self.close();
            (self.bucket, self.end) = grid.bucket_of(at);
        }
        self.open.add(value);
    }

    /// Folds a piece. The limits are looked at every few thousand points, so that one dense bucket cannot run away.
    fn feed<'a>(
        &mut self,
        grid: &Grid,
        points: impl Iterator<Item = (Timestamp, &'a F::Value)>,
        limits: &Limits,
    ) -> Result<(), QueryError>
    where
        F::Value: 'a,
    {
        const STRIDE: usize = 16_384;
        for (index, (at, value)) in points.enumerate() {
            self.add(grid, at, value);
            if index % STRIDE == STRIDE - 1 {
                self.check(limits)?;
            }
        }
        self.check(limits)
    }

    fn check(&self, limits: &Limits) -> Result<(), QueryError> {
        let cells_max = limits.cells_max;
        if self.done.len() > cells_max {
            return Err(QueryError::TooManyCells { cells_max });
        }
        self.open.check(limits)
    }

    fn finish(mut self) -> Vec<(u32, F::Value)> {
        self.close();
        self.done
    }
}

impl<F: Fold<Value = f64>> Numbers<F> {
    fn new(filter: &FloatFilter) -> Self {
        Self {
            filter: filter.clone(),
            buckets: Buckets::default(),
        }
    }

    fn feed(
        &mut self,
        grid: &Grid,
        points: &[(Timestamp, f64)],
        limits: &Limits,
    ) -> Result<(), QueryError> {
        let mut dropped = 0;
        let within = points.iter().filter(|(at, value)| {
            dropped += u64::from(!value.is_finite());
            value.is_finite() && grid.contains(*at)
        });
        let (filter, buckets) = (&self.filter, &mut self.buckets);
        let fed = if filter.is_empty() {
            buckets.feed(grid, within.map(|(at, value)| (*at, value)), limits)
        } else {
            buckets.feed(
                grid,
                within
                    .filter(|p| filter.matches(p.1))
                    .map(|(at, value)| (*at, value)),
                limits,
            )
        };
        metrics::not_finite_dropped(dropped);
        fed
    }
}

impl<F: Fold<Value = Location>> Locations<F> {
    fn new(filter: &LocationFilter, approximate: bool) -> Self {
        Self {
            filter: filter.clone(),
            approximate,
            buckets: Buckets::default(),
        }
    }

    fn feed(
        &mut self,
        grid: &Grid,
        points: &[(Timestamp, Location)],
        limits: &Limits,
    ) -> Result<(), QueryError> {
        let filter = &self.filter;
        let fixes = points
            .iter()
            .filter(|(at, fix)| grid.contains(*at) && is_fix(fix) && filter.matches(fix));
        self.buckets
            .feed(grid, fixes.map(|(at, fix)| (*at, fix)), limits)
    }

    fn finish(self) -> Column {
        let cells = self.buckets.finish();
        Column::Locations(if self.approximate {
            cells
                .into_iter()
                .filter_map(|(bucket, fix)| Some((bucket, approximate(&fix)?)))
                .collect()
        } else {
            cells
        })
    }
}

impl Series {
    pub(crate) fn new(aggregation: &Aggregation) -> Self {
        Self(match aggregation {
            Aggregation::Float { how, filter } => match how {
                FloatAggregation::Avg => State::Avg(Numbers::new(filter)),
                FloatAggregation::Med => State::Med(Numbers::new(filter)),
                FloatAggregation::Max => State::Max(Numbers::new(filter)),
                FloatAggregation::Min => State::Min(Numbers::new(filter)),
                FloatAggregation::Rand => State::Rand(Numbers::new(filter)),
                FloatAggregation::First => State::First(Numbers::new(filter)),
                FloatAggregation::Last => State::Last(Numbers::new(filter)),
            },
            Aggregation::Text(how) => match how {
                TextAggregation::Rand => State::TextRand(Buckets::default()),
                TextAggregation::Top => State::Top(Buckets::default()),
                TextAggregation::Unique => State::Unique(Buckets::default()),
                TextAggregation::First => State::TextFirst(Buckets::default()),
                TextAggregation::Last => State::TextLast(Buckets::default()),
            },
            Aggregation::Location { how, filter } => Self::locations(*how, filter, false),
            Aggregation::Approximate(how) => {
                Self::locations(*how, &LocationFilter::default(), true)
            }
        })
    }

    fn locations(how: LocationAggregation, filter: &LocationFilter, approximate: bool) -> State {
        match how {
            LocationAggregation::Avg => State::LocationAvg(Locations::new(filter, approximate)),
            LocationAggregation::Rand => State::LocationRand(Locations::new(filter, approximate)),
            LocationAggregation::First => State::LocationFirst(Locations::new(filter, approximate)),
            LocationAggregation::Last => State::LocationLast(Locations::new(filter, approximate)),
        }
    }

    /// Takes the next points, which are later than all before.
    pub(crate) fn feed(
        &mut self,
        grid: &Grid,
        points: &Points,
        limits: &Limits,
    ) -> Result<(), QueryError> {
        match points {
            Points::Numbers(points) => match &mut self.0 {
                State::Avg(numbers) => numbers.feed(grid, points, limits),
                State::Med(numbers) => numbers.feed(grid, points, limits),
                State::Max(numbers) => numbers.feed(grid, points, limits),
                State::Min(numbers) => numbers.feed(grid, points, limits),
                State::Rand(numbers) => numbers.feed(grid, points, limits),
                State::First(numbers) => numbers.feed(grid, points, limits),
                State::Last(numbers) => numbers.feed(grid, points, limits),
                _ => Err(QueryError::StoreKind),
            },
            Points::Texts(points) => {
                let within = points
                    .iter()
                    .filter(|(at, _)| grid.contains(*at))
                    .map(|(at, text)| (*at, text));
                match &mut self.0 {
                    State::TextRand(buckets) => buckets.feed(grid, within, limits),
                    State::Top(buckets) => buckets.feed(grid, within, limits),
                    State::Unique(buckets) => buckets.feed(grid, within, limits),
                    State::TextFirst(buckets) => buckets.feed(grid, within, limits),
                    State::TextLast(buckets) => buckets.feed(grid, within, limits),
                    _ => Err(QueryError::StoreKind),
                }
            }
            Points::Locations(points) => match &mut self.0 {
                State::LocationAvg(locations) => locations.feed(grid, points, limits),
                State::LocationRand(locations) => locations.feed(grid, points, limits),
                State::LocationFirst(locations) => locations.feed(grid, points, limits),
                State::LocationLast(locations) => locations.feed(grid, points, limits),
                _ => Err(QueryError::StoreKind),
            },
        }
    }

    /// Closes the last bucket.
    pub(crate) fn finish(self, limits: &Limits) -> Result<Column, QueryError> {
        let column = match self.0 {
            State::Avg(numbers) => Column::Numbers(numbers.buckets.finish()),
            State::Med(numbers) => Column::Numbers(numbers.buckets.finish()),
            State::Max(numbers) => Column::Numbers(numbers.buckets.finish()),
            State::Min(numbers) => Column::Numbers(numbers.buckets.finish()),
            State::Rand(numbers) => Column::Numbers(numbers.buckets.finish()),
            State::First(numbers) => Column::Numbers(numbers.buckets.finish()),
            State::Last(numbers) => Column::Numbers(numbers.buckets.finish()),
            State::TextRand(buckets) => Column::Texts(buckets.finish()),
            State::Top(buckets) => Column::Texts(buckets.finish()),
            State::Unique(buckets) => Column::Texts(buckets.finish()),
            State::TextFirst(buckets) => Column::Texts(buckets.finish()),
            State::TextLast(buckets) => Column::Texts(buckets.finish()),
            State::LocationAvg(locations) => locations.finish(),
            State::LocationRand(locations) => locations.finish(),
            State::LocationFirst(locations) => locations.finish(),
            State::LocationLast(locations) => locations.finish(),
        };
        if let Column::Texts(cells) = &column {
            let bytes_max = limits.text_bytes_max;
            if cells.iter().map(|(_, text)| text.len()).sum::<usize>() > bytes_max {
                return Err(QueryError::TextsTooLarge { bytes_max });
            }
        }
        Ok(column)
    }
}
