//! Latest values from the tables, for a hot store that was lost.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use milepost_lake_core::Scan;
use milepost_signals::{SignalId, Value};
use milepost_types::{Address, Did, parse_address};

use crate::{
    LakeError,
    candidates::value_at,
    hot::{Hot, HotPoint, HotValue},
    rows::{DidCache, read_ids, seq_at},
    tables::{Tables, signal},
};

type Series = (Did, SignalId, Address);
/// The newest time of a series and all values of that time with their records.
type Newest = (i64, Vec<(u64, Value)>);

/// Fills an empty hot store from the tables, up to a journal position. Blocking; reads all signals.
pub(crate) fn rebuild_hot(tables: &Tables, hot: &Hot, upto: u64) -> Result<(), LakeError> {
    // First by time alone, every tie kept; then ids decide.
    let mut newest: HashMap<Series, Newest> = HashMap::new();
    let mut null_islands: HashMap<Series, (i64, u64, Value)> = HashMap::new();
    let scan = Scan {
        columns: (0..=signal::HEADING).collect(),
        ..Scan::default()
    };
    tables
        .signals
        .visit(&tables.signals.snapshot(), &scan, |batch| {
            let mut dids = DidCache::default();
            for row in 0..batch.rows() {
                let subject = dids.at(batch, signal::SUBJECT, row)?;
                let name = batch.columns[signal::NAME].labels().get(row);
                let Some(id) = name.and_then(|name| SignalId::by_name(name)) else {
                    continue;
                };
                let source = batch.columns[signal::SOURCE]
                    .labels()
                    .get(row)
                    .and_then(|text| parse_address(text).ok());
                let value = value_at(batch, signal::NUMBER, row, id.definition().kind);
                let (Some(source), Some(value)) = (source, value) else {
                    continue;
                };
                let (at, seq) = (
                    batch.columns[signal::TIME].i64s()[row],
                    seq_at(batch, signal::SEQ, row),
                );
                let key = (subject, id, source);
                if matches!(&value, Value::Location(location) if location.is_null_island()) {
                    let entry = null_islands.entry(key).or_insert((at, seq, value.clone()));
                    if at > entry.0 {
                        *entry = (at, seq, value);
                    }
                    continue;
                }
                let entry = newest.entry(key).or_insert((i64::MIN, Vec::new()));
                if at > entry.0 {
                    *entry = (at, vec![(seq, value)]);
                } else if at == entry.0 {
                    entry.1.push((seq, value));
                }
            }
            Ok::<_, LakeError>(())
        })?;
    let needed: BTreeSet<i64> = newest
        .values()
        .flat_map(|(_, ties)| ties.iter().filter_map(|(seq, _)| i64::try_from(*seq).ok()))
        .collect();
    let ids = read_ids(
        &tables.raw,
        &tables.raw.snapshot(),
        needed.into_iter().collect(),
    )?;
    let id = |seq: u64| ids.get(&seq).cloned().unwrap_or_else(|| Arc::from(""));
    for ((subject, signal, source), (at, ties)) in newest {
        for (seq, value) in ties {
            let value = HotValue::from(&value);
            hot.apply_point(
                subject,
                signal,
                HotPoint {
                    source: source.into_array(),
                    at,
                    seq,
                    id: id(seq),
                    value,
                },
            );
        }
    }
    for ((subject, signal, source), (at, seq, value)) in null_islands {
        let value = HotValue::from(&value);
        hot.apply_point(
            subject,
            signal,
            HotPoint {
                source: source.into_array(),
                at,
                seq,
                id: id(seq),
                value,
            },
        );
    }
    hot.persist(upto)
}
