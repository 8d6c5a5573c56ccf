//! Points that may answer a query, from memory and tables, and which of them do.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use milepost_lake_core::Batch;
use milepost_signals::{Location, Points, SignalId, Value, ValueKind};
use milepost_types::Timestamp;

use crate::{
    memtable::{Point, Series},
    rows::{seq_at, time},
    tables::signal,
};

/// A point that may answer the query.
#[derive(Debug, Clone)]
pub(crate) struct Candidate<V> {
    at: i64,
    seq: u64,
    value: V,
}

/// Candidates of one signal.
#[derive(Debug)]
pub(crate) enum Candidates {
    Numbers(Vec<Candidate<f64>>),
    Texts(Vec<Candidate<Arc<str>>>),
    Locations(Vec<Candidate<Location>>),
}

impl Candidates {
    pub(crate) fn new(kind: ValueKind) -> Self {
        match kind {
            ValueKind::Number => Self::Numbers(Vec::new()),
            ValueKind::Text => Self::Texts(Vec::new()),
            ValueKind::Location => Self::Locations(Vec::new()),
        }
    }

    pub(crate) fn sort(&mut self) {
        match self {
            Self::Numbers(list) => list.sort_by_key(|c| (c.at, c.seq)),
            Self::Texts(list) => list.sort_by_key(|c| (c.at, c.seq)),
            Self::Locations(list) => list.sort_by_key(|c| (c.at, c.seq)),
        }
    }

    /// Journal sequences whose event ids decide between different values of one time. Sorted before.
    pub(crate) fn contested(&self, out: &mut BTreeSet<i64>) {
        match self {
            Self::Numbers(list) => contested(list, out),
            Self::Texts(list) => contested(list, out),
            Self::Locations(list) => contested(list, out),
        }
    }

    pub(crate) fn collapse(self, ids: &HashMap<u64, Arc<str>>) -> Points {
        match self {
            Self::Numbers(list) => Points::Numbers(collapse(list, ids)),
            Self::Texts(list) => Points::Texts(collapse(list, ids)),
            Self::Locations(list) => Points::Locations(collapse(list, ids)),
        }
    }
}

fn contested<V: PartialEq>(sorted: &[Candidate<V>], out: &mut BTreeSet<i64>) {
    for group in sorted
        .chunk_by(|a, b| a.at == b.at)
        .filter(|group| group.len() > 1)
    {
        if group
            .iter()
            .any(|candidate| candidate.value != group[0].value)
        {
            out.extend(
                group
                    .iter()
                    .filter_map(|candidate| i64::try_from(candidate.seq).ok()),
            );
        }
    }
}

/// One point for each time: that of the event with the lowest id; an event whose id is unknown comes last.
fn collapse<V: PartialEq + Clone>(
    sorted: Vec<Candidate<V>>,
    ids: &HashMap<u64, Arc<str>>,
) -> Vec<(Timestamp, V)> {
    let mut points = Vec::with_capacity(sorted.len());
    for group in sorted.chunk_by(|a, b| a.at == b.at) {
        let order = |candidate: &&Candidate<V>| {
            let id = ids.get(&candidate.seq);
            (id.is_none(), id.cloned(), candidate.seq)
        };
        let best = if group.len() == 1 {
            group.first()
        } else {
            group.iter().min_by_key(order)
        };
        points.extend(best.map(|best| (time(best.at), best.value.clone())));
    }
    points
}

/// What of the rows in memory is wanted.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) from: i64,
    pub(crate) to_exclusive: i64,
    /// `Some(None)` is a source that never sent anything.
    pub(crate) source: Option<Option<u32>>,
    /// Rows up to this are in the table.
    pub(crate) stored: u64,
}

impl Wanted {
    pub(crate) fn matches<V>(&self, point: &Point<V>) -> bool {
        point.seq > self.stored
            && (self.from..self.to_exclusive).contains(&point.at)
            && self
                .source
                .is_none_or(|source| source == Some(point.source))
    }

    fn add<V: Clone>(&self, points: &[Point<V>], out: &mut Vec<Candidate<V>>) {
        let wanted = points.iter().filter(|point| self.matches(point));
        out.extend(wanted.map(|point| Candidate {
            at: point.at,
            seq: point.seq,
            value: point.value.clone(),
        }));
    }

    pub(crate) fn add_series(&self, series: &Series, out: &mut Candidates) {
        match (series, out) {
            (Series::Numbers(points), Candidates::Numbers(out)) => self.add(points, out),
            (Series::Texts(points), Candidates::Texts(out)) => self.add(points, out),
            (Series::Locations(points), Candidates::Locations(out)) => self.add(points, out),
            _ => debug_assert!(false, "values are of the catalogue's kind"),
        }
    }
}

/// Value of a row; `first` is the column of the number, the others follow in table order.
pub(crate) fn value_at(batch: &Batch, first: usize, row: usize, kind: ValueKind) -> Option<Value> {
    match kind {
        ValueKind::Number => Some(batch.columns[first].f64s()[row])
            .filter(|n| !n.is_nan())
            .map(Value::Number),
        ValueKind::Text => batch.columns[first + 1]
            .labels()
            .get(row)
            .cloned()
            .map(Value::Text),
        ValueKind::Location => location_at(batch, first + 2, row).map(Value::Location),
    }
}

fn location_at(batch: &Batch, first: usize, row: usize) -> Option<Location> {
    let part = |index: usize| batch.columns[first + index].f64s()[row];
    let location = Location {
        latitude: part(0),
        longitude: part(1),
        hdop: part(2),
        heading: part(3),
    };
    (!location.latitude.is_nan()).then_some(location)
}

/// Columns to read for some kinds of values, and where the values begin.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) columns: Vec<usize>,
    seq: Option<usize>,
    source: Option<usize>,
    number: Option<usize>,
    text: Option<usize>,
    location: Option<usize>,
}

impl Layout {
    pub(crate) fn new(signals: &[SignalId], with_source: bool, with_seq: bool) -> Self {
        let has = |kind| {
            signals
                .iter()
                .any(|signal| signal.definition().kind == kind)
        };
        let mut columns = vec![signal::NAME, signal::TIME];
        let mut add = |wanted: bool, more: &[usize]| {
            let at = columns.len();
            columns.extend_from_slice(if wanted { more } else { &[] });
            wanted.then_some(at)
        };
        let seq = add(with_seq, &[signal::SEQ]);
        let source = add(with_source, &[signal::SOURCE]);
        let number = add(has(ValueKind::Number), &[signal::NUMBER]);
        let text = add(has(ValueKind::Text), &[signal::TEXT]);
        let place = [
            signal::LATITUDE,
            signal::LONGITUDE,
            signal::HDOP,
            signal::HEADING,
        ];
        let location = add(has(ValueKind::Location), &place);
        Self {
            columns,
            seq,
            source,
            number,
            text,
            location,
        }
    }

    /// Adds the rows of a batch to the candidates of their signals.
    pub(crate) fn take(
        &self,
        batch: &Batch,
        source: Option<&str>,
        signals: &[SignalId],
        out: &mut [Candidates],
    ) {
        let names = batch.columns[0].labels();
        let from_source: Option<Vec<bool>> = self.source.map(|column| {
            let labels = batch.columns[column].labels();
            let wanted: Vec<bool> = labels
                .values
                .iter()
                .map(|text| Some(&**text) == source)
                .collect();
            labels
                .keys
                .iter()
                .map(|key| wanted.get(*key as usize).copied().unwrap_or(false))
                .collect()
        });
        // Rows are sorted by name: a few long runs.
        let mut start = 0;
        for run in names.keys.chunk_by(|a, b| a == b) {
            let rows = start..start + run.len();
            start = rows.end;
            let name = names.get(rows.start);
            let place =
                name.and_then(|name| signals.iter().position(|signal| signal.name() == &**name));
            if let Some(out) = place.and_then(|place| out.get_mut(place)) {
                let kept = rows.filter(|row| from_source.as_ref().is_none_or(|keep| keep[*row]));
                self.take_run(batch, kept, out);
            }
        }
    }

    /// Adds rows of one signal.
    fn take_run(&self, batch: &Batch, rows: impl Iterator<Item = usize>, out: &mut Candidates) {
        let times = batch.columns[1].i64s();
        let seq = |row| self.seq.map_or(0, |column| seq_at(batch, column, row));
        match out {
            Candidates::Numbers(list) => {
                let Some(column) = self.number else { return };
                let values = batch.columns[column].f64s();
                let present = rows.filter(|row| !values[*row].is_nan());
                list.extend(present.map(|row| Candidate {
                    at: times[row],
                    seq: seq(row),
                    value: values[row],
                }));
            }
            Candidates::Texts(list) => {
                let Some(column) = self.text else { return };
                let labels = batch.columns[column].labels();
                list.extend(rows.filter_map(|row| {
                    Some(Candidate {
                        at: times[row],
                        seq: seq(row),
                        value: labels.get(row)?.clone(),
                    })
                }));
            }
            Candidates::Locations(list) => {
                let Some(column) = self.location else { return };
                list.extend(rows.filter_map(|row| {
                    Some(Candidate {
                        at: times[row],
                        seq: seq(row),
                        value: location_at(batch, column, row)?,
                    })
                }));
            }
        }
    }
}
