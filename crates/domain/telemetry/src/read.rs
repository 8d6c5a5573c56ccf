use milepost_signals::{Points, RangeQuery, SignalId, SignalStore};
use milepost_types::{Address, Did, Timestamp};

use crate::{Aggregation, Budget, Column, Grid, Limits, QueryError, aggregate::Series, metrics};

/// One column of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The signal.
    pub signal: SignalId,
    /// What is computed of it; must fit the signal's kind.
    pub aggregation: Aggregation,
}

/// One `signals` query: the columns over one window. The reader has been found to hold what each item needs.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesRequest {
    /// Window and buckets.
    pub grid: Grid,
    /// Only points of this source.
    pub source: Option<Address>,
    /// Columns, in answer order.
    pub items: Vec<Item>,
}

/// Answer to a [`SeriesRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesTable {
    /// Window and buckets.
    pub grid: Grid,
    /// Columns in the order of the items.
    pub columns: Vec<Column>,
}

impl SeriesTable {
    /// Buckets in which at least one column has a value, ascending.
    #[must_use]
    pub fn buckets(&self) -> Vec<u32> {
        let mut buckets: Vec<u32> = Vec::new();
        for column in &self.columns {
            let more = (0..column.len()).filter_map(|index| column.bucket(index));
            if buckets.is_empty() {
                buckets.extend(more);
            } else {
                buckets = merged(&buckets, more);
            }
        }
        buckets
    }
}

fn merged(left: &[u32], right: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut merged = Vec::with_capacity(left.len());
    let mut left = left.iter().copied().peekable();
    for bucket in right {
        while let Some(smaller) = left.next_if(|l| *l < bucket) {
            merged.push(smaller);
        }
        left.next_if_eq(&bucket);
        merged.push(bucket);
    }
    merged.extend(left);
    merged
}

/// Answers all `signals` queries of one operation about one vehicle.
///
/// Queries over the same window and source share one read, in which each signal is fetched once however many
/// columns use it. A window that may hold more than [`Limits::window_points`] points is read in pieces; shorter
/// ones, such as a day of a few signals, in one call of the store.
///
/// # Errors
/// Limits of [`Limits`], the [`Budget`], and [`QueryError::Store`].
pub fn read_series(
    store: &dyn SignalStore,
    subject: &Did,
    requests: &[SeriesRequest],
    limits: &Limits,
    budget: &Budget,
) -> Result<Vec<SeriesTable>, QueryError> {
    let mut tables: Vec<Option<SeriesTable>> = requests.iter().map(|_| None).collect();
    let mut points_left = limits.points_max;
    for (index, request) in requests.iter().enumerate() {
        if tables[index].is_some() {
            continue;
        }
        let same: Vec<usize> = (index..requests.len())
            .filter(|other| shares_read(request, &requests[*other]))
            .collect();
        let mut group = Group::new(same.iter().map(|i| &requests[*i]).collect());
        group.read(store, subject, limits, budget, &mut points_left)?;
        for (i, table) in same.into_iter().zip(group.finish(limits)?) {
            tables[i] = Some(table);
        }
    }
    let cells: usize = tables
        .iter()
        .flatten()
        .flat_map(|table| &table.columns)
        .map(Column::len)
        .sum();
    if cells > limits.cells_max {
        return Err(QueryError::TooManyCells {
            cells_max: limits.cells_max,
        });
    }
    Ok(tables.into_iter().flatten().collect())
}

fn shares_read(a: &SeriesRequest, b: &SeriesRequest) -> bool {
    a.grid.from() == b.grid.from()
        && a.grid.to_exclusive() == b.grid.to_exclusive()
        && a.source == b.source
}

/// Queries that share a read.
struct Group<'a> {
    requests: Vec<&'a SeriesRequest>,
    signals: Vec<SignalId>,
    /// For each request, for each item: index of its signal in `signals`, and its state.
    states: Vec<Vec<(usize, Series)>>,
}

impl<'a> Group<'a> {
    fn new(requests: Vec<&'a SeriesRequest>) -> Self {
        let mut signals: Vec<SignalId> = requests
            .iter()
            .flat_map(|request| &request.items)
            .map(|item| item.signal)
            .collect();
        signals.sort_unstable();
        signals.dedup();
        let states = requests
            .iter()
            .map(|request| {
                let state = |item: &Item| {
                    let place = signals.binary_search(&item.signal).unwrap_or_default();
                    (place, Series::new(&item.aggregation))
                };
                request.items.iter().map(state).collect()
            })
            .collect();
        Self {
            requests,
            signals,
            states,
        }
    }

    fn read(
        &mut self,
        store: &dyn SignalStore,
        subject: &Did,
        limits: &Limits,
        budget: &Budget,
        points_left: &mut u64,
    ) -> Result<(), QueryError> {
        let Some(first) = self.requests.first() else {
            return Ok(());
        };
        let (grid, source) = (first.grid, first.source);
        if self.signals.is_empty() || grid.from() == grid.to_exclusive() {
            return Ok(());
        }
        let mut window = Window::new(&grid, self.signals.len(), limits);
        let mut calls = 0;
        while let Some((from, to_exclusive)) = window.piece() {
            budget.check()?;
            let query = RangeQuery {
                subject,
                signals: &self.signals,
                from,
                to_exclusive,
                source,
            };
            let points = store.range(&query)?;
            calls += 1;
            if points.len() != self.signals.len() {
                return Err(QueryError::StoreKind);
            }
            let count: u64 = points.iter().map(points_len).sum();
            metrics::points_read(count);
            *points_left = points_left
                .checked_sub(count)
                .ok_or(QueryError::TooManyPoints {
                    points_max: limits.points_max,
                })?;
            for (request, states) in self.requests.iter().zip(&mut self.states) {
                for (place, state) in states {
                    state.feed(&request.grid, &points[*place], limits)?;
                }
            }
            window.adapt(count);
        }
        metrics::store_calls(calls);
        Ok(())
    }

    fn finish(self, limits: &Limits) -> Result<Vec<SeriesTable>, QueryError> {
        let Self {
            requests, states, ..
        } = self;
        requests
            .into_iter()
            .zip(states)
            .map(|(request, states)| {
                let columns = states
                    .into_iter()
                    .map(|(_, state)| state.finish(limits))
                    .collect::<Result<_, _>>()?;
                Ok(SeriesTable {
                    grid: request.grid,
                    columns,
                })
            })
            .collect()
    }
}

fn points_len(points: &Points) -> u64 {
    let len = match points {
        Points::Numbers(points) => points.len(),
        Points::Texts(points) => points.len(),
        Points::Locations(points) => points.len(),
    };
    len as u64
}

/// Walks a range in pieces of about the wished number of points, which it learns from the pieces before.
struct Window {
    next: Timestamp,
    end: Timestamp,
    width_micros: i64,
    points_wanted: u64,
}

impl Window {
    /// The first piece supposes one point a second for each signal, the densest that vehicles commonly send.
    fn new(grid: &Grid, signals: usize, limits: &Limits) -> Self {
        let points_wanted = limits.window_points.max(1);
        let secs = i64::try_from(points_wanted / signals.max(1) as u64)
            .unwrap_or(i64::MAX)
            .max(1);
        Self {
            next: grid.from(),
            end: grid.to_exclusive(),
            width_micros: secs.saturating_mul(1_000_000),
            points_wanted,
        }
    }

    fn piece(&mut self) -> Option<(Timestamp, Timestamp)> {
        if self.next >= self.end {
            return None;
        }
        let from = self.next;
        self.next = from.saturating_add_micros(self.width_micros).min(self.end);
        Some((from, self.next))
    }

    /// Widens after a sparse piece, up to 8 times, and narrows after a dense one.
    fn adapt(&mut self, points: u64) {
        if points <= self.points_wanted / 8 {
            self.width_micros = self.width_micros.saturating_mul(8);
        } else if points > self.points_wanted * 2 {
            let pieces = i64::try_from(points / self.points_wanted).unwrap_or(i64::MAX);
            self.width_micros = (self.width_micros / pieces).max(1);
        }
    }
}

#[cfg(test)]
mod tests;
