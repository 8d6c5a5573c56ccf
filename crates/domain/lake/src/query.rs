//! Decoded signals for queries: memory and tables as one.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use milepost_lake_core::{Batch, KeyFilter, Scan};
use milepost_signals::{
    Extent, LatestSet, Points, RangeQuery, SignalId, SignalStore, StoreError, Summary,
};
use milepost_types::{Address, Did};

use crate::{
    Lake, LakeError,
    candidates::{Candidates, Layout, Wanted},
    memtable::{Memtable, Series, SubjectRows, shard_of},
    rows::{read_ids, time},
    shared::View,
    tables::{bucket, event, signal},
};

impl Lake {
    fn range_of(&self, query: &RangeQuery<'_>) -> Result<Vec<Points>, LakeError> {
        // Most times have one value, or one value sent twice. Only otherwise does it matter which event it is from.
        let mut found = self.gather(query, false)?;
        let mut ids = HashMap::new();
        if !contested(&mut found).is_empty() {
            found = self.gather(query, true)?;
            ids = self.ids(contested(&mut found))?;
        }
        Ok(found
            .into_iter()
            .map(|candidates| candidates.collapse(&ids))
            .collect())
    }

    /// Points of memory and tables, in any order; those of tables with their journal sequence if asked for.
    fn gather(&self, query: &RangeQuery<'_>, with_seq: bool) -> Result<Vec<Candidates>, LakeError> {
        let (from, to_exclusive) = (query.from.as_micros(), query.to_exclusive.as_micros());
        let mut found: Vec<Candidates> = query
            .signals
            .iter()
            .map(|signal| Candidates::new(signal.definition().kind))
            .collect();
        let view = self.shared.view(|tables| &tables.signals);
        let source = query.source.map(|source| self.shared.sources.find(source));
        let wanted = Wanted {
            from,
            to_exclusive,
            source,
            stored: view.stored,
        };
        each_subject(&view, query.subject, |rows| {
            for (signal, out) in query.signals.iter().zip(&mut found) {
                if let Some(series) = rows.series(*signal) {
                    wanted.add_series(series, out);
                }
            }
        });
        let subject = query.subject.to_string();
        let layout = Layout::new(query.signals, query.source.is_some(), with_seq);
        let scan = Scan {
            keys: vec![
                KeyFilter::I32(bucket(&subject)),
                KeyFilter::Label(vec![&subject]),
                KeyFilter::Label(query.signals.iter().map(|signal| signal.name()).collect()),
            ],
            between: Some((signal::TIME, from, to_exclusive)),
            columns: layout.columns.clone(),
        };
        let source = query.source.map(|source| source.to_string());
        for batch in self.shared.tables.signals.scan(&view.snapshot, &scan)? {
            layout.take(&batch, source.as_deref(), query.signals, &mut found);
        }
        Ok(found)
    }

    /// Event ids by journal sequence, from memory or from the raw events.
    fn ids(&self, seqs: BTreeSet<i64>) -> Result<HashMap<u64, Arc<str>>, LakeError> {
        let mut ids = HashMap::new();
        if seqs.is_empty() {
            return Ok(ids);
        }
        let View {
            generations,
            snapshot,
            ..
        } = self.shared.view(|tables| &tables.raw);
        let mut stored = Vec::new();
        for seq in seqs {
            let number = u64::try_from(seq).unwrap_or(0);
            match generations.iter().find_map(|mem| mem.record(number)) {
                Some(record) => {
                    ids.insert(number, Arc::from(&*record.event.header.id));
                }
                None => stored.push(seq),
            }
        }
        if !stored.is_empty() {
            ids.extend(read_ids(&self.shared.tables.raw, &snapshot, stored)?);
        }
        Ok(ids)
    }

    fn summary_of(&self, subject: &Did, source: Option<Address>) -> Result<Summary, LakeError> {
        let text = subject.to_string();
        let found_source = source.map(|source| self.shared.sources.find(source));
        let source = source.map(|source| source.to_string());
        let mut signals: BTreeMap<SignalId, Vec<i64>> = BTreeMap::new();
        let view = self.shared.view(|tables| &tables.signals);
        let wanted = Wanted {
            from: i64::MIN,
            to_exclusive: i64::MAX,
            source: found_source,
            stored: view.stored,
        };
        each_subject(&view, subject, |mem_rows| {
            for (signal, series) in &mem_rows.series {
                let times = signals.entry(*signal).or_default();
                match series {
                    Series::Numbers(p) => {
                        times.extend(p.iter().filter(|p| wanted.matches(p)).map(|p| p.at))
                    }
                    Series::Texts(p) => {
                        times.extend(p.iter().filter(|p| wanted.matches(p)).map(|p| p.at))
                    }
                    Series::Locations(p) => {
                        times.extend(p.iter().filter(|p| wanted.matches(p)).map(|p| p.at))
                    }
                }
            }
        });
        let names = [signal::NAME, signal::TIME, signal::SOURCE];
        let scan = subject_scan(&text, names.to_vec());
        self.shared
            .tables
            .signals
            .visit(&view.snapshot, &scan, |batch| {
                times_by_name(batch, source.as_deref(), |name, at| {
                    if let Some(signal) = SignalId::by_name(name) {
                        signals.entry(signal).or_default().push(at);
                    }
                });
                Ok::<_, LakeError>(())
            })?;
        let events = self.event_times(subject, &text, found_source, source.as_deref())?;
        Ok(Summary {
            signals: signals
                .into_iter()
                .filter_map(|(signal, times)| extent(signal, times))
                .collect(),
            events: events
                .into_iter()
                .filter_map(|(name, times)| extent(name, times))
                .collect(),
        })
    }

    fn event_times(
        &self,
        subject: &Did,
        text: &str,
        found_source: Option<Option<u32>>,
        source: Option<&str>,
    ) -> Result<BTreeMap<Arc<str>, Vec<i64>>, LakeError> {
        let mut events: BTreeMap<Arc<str>, Vec<i64>> = BTreeMap::new();
        let view = self.shared.view(|tables| &tables.events);
        each_subject(&view, subject, |mem_rows| {
            let wanted = mem_rows.events.iter().filter(|row| {
                row.seq > view.stored
                    && found_source.is_none_or(|source| source == Some(row.source))
            });
            for row in wanted {
                events
                    .entry(row.event.name.clone())
                    .or_default()
                    .push(row.event.at.as_micros());
            }
        });
        let scan = subject_scan(text, vec![event::NAME, event::TIME, event::SOURCE]);
        self.shared
            .tables
            .events
            .visit(&view.snapshot, &scan, |batch| {
                times_by_name(batch, source, |name, at| match events.get_mut(name) {
                    Some(times) => times.push(at),
                    None => {
                        events.insert(name.clone(), vec![at]);
                    }
                });
                Ok::<_, LakeError>(())
            })?;
        Ok(events)
    }
}

/// Sorts the candidates; the journal sequences of different values of one time.
fn contested(found: &mut [Candidates]) -> BTreeSet<i64> {
    let mut contested = BTreeSet::new();
    for candidates in found {
        candidates.sort();
        candidates.contested(&mut contested);
    }
    contested
}

/// Rows of a subject in memory, older generation first.
fn each_subject(view: &View, subject: &Did, mut each: impl FnMut(&SubjectRows)) {
    let mut visit = |mem: &Arc<Memtable>| {
        if let Some(rows) = mem.shards[shard_of(subject)].read().get(subject) {
            each(rows);
        }
    };
    view.generations.iter().for_each(&mut visit);
}

/// All rows of a subject, in `signals` as in `events`.
fn subject_scan(subject: &str, columns: Vec<usize>) -> Scan<'_> {
    let keys = vec![
        KeyFilter::I32(bucket(subject)),
        KeyFilter::Label(vec![subject]),
    ];
    Scan {
        keys,
        between: None,
        columns,
    }
}

/// Calls `each` with name and time of the rows of a source; columns are name, time, source.
fn times_by_name(batch: &Batch, source: Option<&str>, mut each: impl FnMut(&Arc<str>, i64)) {
    let (names, sources) = (batch.columns[0].labels(), batch.columns[2].labels());
    for row in 0..batch.rows() {
        if source.is_some_and(|wanted| sources.get(row).is_none_or(|from| &**from != wanted)) {
            continue;
        }
        if let Some(name) = names.get(row) {
            each(name, batch.columns[1].i64s()[row]);
        }
    }
}

fn extent<N>(name: N, mut times: Vec<i64>) -> Option<Extent<N>> {
    times.sort_unstable();
    times.dedup();
    let (first, last) = (*times.first()?, *times.last()?);
    Some(Extent {
        name,
        count: times.len() as u64,
        first_seen: time(first),
        last_seen: time(last),
    })
}

impl SignalStore for Lake {
    fn latest(&self, subject: &Did, source: Option<Address>) -> LatestSet {
        self.shared.hot.latest(subject, source)
    }

    fn range(&self, query: &RangeQuery<'_>) -> Result<Vec<Points>, StoreError> {
        if query.signals.is_empty() || query.from >= query.to_exclusive {
            let none = |signal: &SignalId| {
                Candidates::new(signal.definition().kind).collapse(&HashMap::new())
            };
            return Ok(query.signals.iter().map(none).collect());
        }
        Ok(self.range_of(query)?)
    }

    fn summary(&self, subject: &Did, source: Option<Address>) -> Result<Summary, StoreError> {
        Ok(self.summary_of(subject, source)?)
    }

    fn watermark(&self) -> u64 {
        Lake::watermark(self)
    }
}
