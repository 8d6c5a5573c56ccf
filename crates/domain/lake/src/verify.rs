//! Proof of a stopped node's lake against its journal.

use std::collections::{BTreeMap, HashMap, HashSet};

use milepost_cloudevent::Record;
use milepost_decode::{Decoded, decode};
use milepost_journal::{Journal, ReadError};
use milepost_lake_core::{Batch, Scan};
use milepost_signals::{SignalId, Value};
use milepost_types::{Did, Timestamp};

use crate::{
    LakeError, LakeStore,
    candidates::value_at,
    hot::{HotPoint, HotSubject, HotValue},
    lake::{Opened, open},
    report::{LakeReport, Tally, compare, hash},
    rows::{DidCache, dead_at, event_at, seq_at, time},
    tables::{dead, event, raw, signal},
};

fn signal_hash(at: i64, seq: u64, source: &str, value: &Value) -> u64 {
    let (at, seq) = (at.to_le_bytes(), seq.to_le_bytes());
    match value {
        Value::Number(number) => hash(&[
            &at,
            &seq,
            source.as_bytes(),
            &number.to_bits().to_le_bytes(),
        ]),
        Value::Text(text) => hash(&[&at, &seq, source.as_bytes(), text.as_bytes()]),
        Value::Location(l) => {
            let parts = [l.latitude, l.longitude, l.hdop, l.heading]
                .map(|part| part.to_bits().to_le_bytes());
            hash(&[&at, &seq, source.as_bytes(), &parts.concat()])
        }
    }
}

type Signals = BTreeMap<(Did, SignalId), Tally>;
type Events = BTreeMap<(Did, String), Tally>;

/// What decoding gives, in the form that the tables are reduced to.
#[derive(Debug, Default)]
struct Expected {
    signals: Signals,
    events: Events,
    dead: Tally,
}

struct Verifier {
    opened: Opened,
    report: LakeReport,
    expected: Expected,
    /// Latest values as decoding gives them up to the hot store's position.
    latest: HashMap<Did, HotSubject>,
    /// Hashes of the values that later records give.
    later: HashSet<u64>,
    /// Sequence and hash of the records in `raw_events`.
    seen: HashMap<u64, u64>,
    lost: HashSet<u64>,
}

/// Counts and compares: every journal record is in `raw_events` once and unchanged; decoding the raw events again
/// gives the rows of the other tables; the latest values are those that the raw events give. The node must be
/// stopped; what its last run left in the journal alone is counted as pending.
///
/// # Errors
/// When a table, the hot store or the journal cannot be read. What can be read but does not agree is in the report.
pub async fn verify(store: &LakeStore, journal: &Journal) -> Result<LakeReport, LakeError> {
    let opened = open(store).await?;
    let journal = journal.clone();
    let verified = tokio::task::spawn_blocking(move || {
        let mut verifier = Verifier {
            opened,
            report: LakeReport::default(),
            expected: Expected::default(),
            latest: HashMap::new(),
            later: HashSet::new(),
            seen: HashMap::new(),
            lost: HashSet::new(),
        };
        verifier.read_dead_letters()?;
        verifier.read_raw()?;
        verifier.read_journal(&journal)?;
        verifier.compare_signals()?;
        verifier.compare_events()?;
        verifier.compare_dead_letters()?;
        verifier.compare_latest();
        Ok(verifier.report)
    });
    verified.await.map_err(|_| LakeError::Stopped)?
}

fn record_hash(record: &Record) -> u64 {
    hash(&[&record.encode()])
}

fn all_columns(last: usize) -> Scan<'static> {
    Scan {
        columns: (0..=last).collect(),
        ..Scan::default()
    }
}

impl Verifier {
    /// Records that were lost or unreadable are known by their dead letter.
    fn read_dead_letters(&mut self) -> Result<(), LakeError> {
        let table = &self.opened.tables.dead;
        let lost = &mut self.lost;
        table.visit(&table.snapshot(), &all_columns(dead::REASON), |batch| {
            for row in 0..batch.rows() {
                let (_, letter) = dead_at(batch, row);
                if letter.path == "journal" || letter.path == "record" {
                    lost.insert(letter.seq);
                }
            }
            Ok(())
        })
    }

    fn read_raw(&mut self) -> Result<(), LakeError> {
        let table = self.opened.tables.raw.clone();
        let snapshot = table.snapshot();
        table.visit(&snapshot, &all_columns(raw::COLUMNS - 1), |batch| {
            for row in 0..batch.rows() {
                let event = event_at(batch, row)?;
                self.report.raw_events += 1;
                if batch.columns[raw::EVENT_KEY].blobs().get(row)
                    != Some(&event.record.event.key().0)
                {
                    self.report.differ(|| {
                        format!(
                            "raw event {}: stored key is not that of its header",
                            event.seq
                        )
                    });
                }
                if self
                    .seen
                    .insert(event.seq, record_hash(&event.record))
                    .is_some()
                {
                    self.report
                        .differ(|| format!("raw event {} is stored more than once", event.seq));
                    continue;
                }
                self.expect(event.seq, &event.record);
            }
            Ok::<_, LakeError>(())
        })?;
        let first = self
            .seen
            .keys()
            .chain(&self.lost)
            .min()
            .copied()
            .unwrap_or(1);
        for seq in first..=snapshot.cursor.unwrap_or(0) {
            if !self.seen.contains_key(&seq) && !self.lost.contains(&seq) {
                self.report.differ(|| format!("raw event {seq} is missing"));
            }
        }
        Ok(())
    }

    /// Adds what an event decodes to, as far as the other tables have come.
    fn expect(&mut self, seq: u64, record: &Record) {
        let Decoded {
            signals,
            events,
            errors,
        } = decode(&record.event, record.received_at);
        let header = &record.event.header;
        let source = header.source.to_string();
        let positions = self.opened.positions;
        for reading in &signals {
            let point = HotPoint {
                source: header.source.into_array(),
                at: reading.at.as_micros(),
                seq,
                id: (&*header.id).into(),
                value: HotValue::from(&reading.value),
            };
            if seq <= positions.hot {
                self.latest
                    .entry(header.subject)
                    .or_default()
                    .apply(reading.signal, point);
            } else {
                self.later
                    .insert(point_hash(&header.subject, reading.signal.0, &point));
            }
            if seq <= positions.signals {
                let tally = self
                    .expected
                    .signals
                    .entry((header.subject, reading.signal))
                    .or_default();
                tally.add(signal_hash(
                    reading.at.as_micros(),
                    seq,
                    &source,
                    &reading.value,
                ));
            }
        }
        for event in events.iter().filter(|_| seq <= positions.events) {
            let tally = self
                .expected
                .events
                .entry((header.subject, event.name.to_string()))
                .or_default();
            tally.add(event_hash(
                event.at,
                seq,
                &source,
                event.duration_ns,
                event.metadata.as_deref(),
            ));
        }
        for error in errors.iter().filter(|_| seq <= positions.dead) {
            self.expected.dead.add(hash(&[
                &seq.to_le_bytes(),
                error.path.as_bytes(),
                error.reason.as_bytes(),
            ]));
        }
    }

    fn read_journal(&mut self, journal: &Journal) -> Result<(), LakeError> {
        let stored = self.opened.positions.raw;
        let mut reader = journal.reader(0)?;
        loop {
            let entries = match reader.next_batch(1_024, 4 << 20) {
                Ok(entries) => entries,
                Err(ReadError::Corrupt(damage)) => {
                    let skipped = reader.skip_corrupt()?;
                    let lost =
                        damage.seq..skipped.map_or(damage.seq, |skipped| skipped.to_seq_exclusive);
                    for seq in
                        lost.filter(|seq| !self.seen.contains_key(seq) && !self.lost.contains(seq))
                    {
                        self.report
                            .differ(|| format!("journal record {seq} is damaged: {damage}"));
                    }
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            if entries.is_empty() {
                return Ok(());
            }
            for entry in entries {
                self.report.journal_records += 1;
                if entry.seq > stored {
                    self.report.pending += 1;
                }
                let Ok(record) = Record::decode(&entry.payload) else {
                    continue;
                };
                if entry.seq > stored {
                    self.expect(entry.seq, &record);
                } else {
                    self.check_stored(entry.seq, &record);
                }
            }
        }
    }

    fn check_stored(&mut self, seq: u64, record: &Record) {
        match self.seen.get(&seq) {
            Some(stored) if *stored == record_hash(record) => {}
            Some(_) => self
                .report
                .differ(|| format!("raw event {seq} is not the journal's record")),
            None if self.lost.contains(&seq) => {}
            None => self
                .report
                .differ(|| format!("journal record {seq} is not in raw_events")),
        }
    }

    fn compare_signals(&mut self) -> Result<(), LakeError> {
        let table = self.opened.tables.signals.clone();
        let mut found = Signals::new();
        table.visit(&table.snapshot(), &all_columns(signal::HEADING), |batch| {
            let mut dids = DidCache::default();
            for row in 0..batch.rows() {
                self.report.signals += 1;
                let seq = seq_at(batch, signal::SEQ, row);
                let (Some((id, value)), Some(source)) =
                    (named_value(batch, row), label(batch, signal::SOURCE, row))
                else {
                    self.report.differ(|| {
                        format!("a signal of record {seq} has no name, value or source")
                    });
                    continue;
                };
                let at = batch.columns[signal::TIME].i64s()[row];
                let tally = found
                    .entry((dids.at(batch, signal::SUBJECT, row)?, id))
                    .or_default();
                tally.add(signal_hash(at, seq, source, &value));
            }
            Ok::<_, LakeError>(())
        })?;
        let expected = std::mem::take(&mut self.expected.signals);
        compare(
            &mut self.report,
            "signals",
            &expected,
            &found,
            |(subject, signal)| format!("{subject} {signal}"),
        );
        Ok(())
    }

    fn compare_events(&mut self) -> Result<(), LakeError> {
        let table = self.opened.tables.events.clone();
        let mut found = Events::new();
        table.visit(&table.snapshot(), &all_columns(event::TAGS), |batch| {
            let mut dids = DidCache::default();
            for row in 0..batch.rows() {
                self.report.events += 1;
                let seq = seq_at(batch, event::SEQ, row);
                let name = label(batch, event::NAME, row)
                    .unwrap_or_default()
                    .to_owned();
                let at = time(batch.columns[event::TIME].i64s()[row]);
                let source = label(batch, event::SOURCE, row).unwrap_or_default();
                let duration = seq_at(batch, event::DURATION, row);
                let metadata = batch.columns[event::METADATA].blobs().text(row);
                let tally = found
                    .entry((dids.at(batch, event::SUBJECT, row)?, name))
                    .or_default();
                tally.add(event_hash(at, seq, source, duration, metadata));
            }
            Ok::<_, LakeError>(())
        })?;
        let expected = std::mem::take(&mut self.expected.events);
        compare(
            &mut self.report,
            "events",
            &expected,
            &found,
            |(subject, name)| format!("{subject} {name}"),
        );
        Ok(())
    }

    fn compare_dead_letters(&mut self) -> Result<(), LakeError> {
        let table = self.opened.tables.dead.clone();
        let mut found = Tally::default();
        table.visit(&table.snapshot(), &all_columns(dead::REASON), |batch| {
            for row in 0..batch.rows() {
                self.report.dead_letters += 1;
                let (_, letter) = dead_at(batch, row);
                if !self.lost.contains(&letter.seq) {
                    found.add(hash(&[
                        &letter.seq.to_le_bytes(),
                        letter.path.as_bytes(),
                        letter.reason.as_bytes(),
                    ]));
                }
            }
            Ok::<_, LakeError>(())
        })?;
        let wanted = self.expected.dead;
        if found != wanted {
            self.report.differ(|| {
                format!(
                    "dead_letter: {} rows stored, {} expected, or others",
                    found.rows, wanted.rows
                )
            });
        }
        Ok(())
    }

    /// A stored value may be newer than the hot store's position, but then it is one that a later record gives.
    fn compare_latest(&mut self) {
        let mut stored: HashMap<Did, HotSubject> = HashMap::new();
        self.opened.hot.each(|subject, values| {
            stored.insert(*subject, values.clone());
        });
        self.report.subjects = stored.len() as u64;
        let none = HotSubject::default();
        for (subject, wanted) in &self.latest {
            let found = stored.get(subject).unwrap_or(&none);
            for (signal, point) in points(wanted) {
                if find(found, signal, point).is_none_or(|held| held != point && !held.beats(point))
                {
                    self.report.differ(|| {
                        format!(
                            "latest {} of {subject} is not the newest value",
                            name(signal)
                        )
                    });
                }
            }
        }
        for (subject, found) in &stored {
            let wanted = self.latest.get(subject).unwrap_or(&none);
            for (signal, point) in points(found) {
                let known = find(wanted, signal, point) == Some(point);
                if !known && !self.later.contains(&point_hash(subject, signal, point)) {
                    self.report.differ(|| {
                        format!(
                            "latest {} of {subject} has no event behind it",
                            name(signal)
                        )
                    });
                }
            }
        }
    }
}

fn points(values: &HotSubject) -> impl Iterator<Item = (u16, &HotPoint)> {
    values
        .signals
        .iter()
        .flat_map(|(signal, points)| points.iter().map(|point| (*signal, point)))
}

fn name(signal: u16) -> &'static str {
    SignalId::from_index(signal).map_or("of an unknown signal", SignalId::name)
}

fn point_hash(subject: &Did, signal: u16, point: &HotPoint) -> u64 {
    let value = signal_hash(point.at, point.seq, &point.id, &Value::from(&point.value));
    hash(&[
        subject.to_string().as_bytes(),
        &signal.to_le_bytes(),
        &point.source,
        &value.to_le_bytes(),
    ])
}

fn find<'a>(values: &'a HotSubject, signal: u16, like: &HotPoint) -> Option<&'a HotPoint> {
    let place = values
        .signals
        .binary_search_by_key(&signal, |(id, _)| *id)
        .ok()?;
    values.signals[place]
        .1
        .iter()
        .find(|point| point.source == like.source)
}

fn label(batch: &Batch, column: usize, row: usize) -> Option<&str> {
    batch.columns[column].labels().get(row).map(|text| &**text)
}

fn named_value(batch: &Batch, row: usize) -> Option<(SignalId, Value)> {
    let id = SignalId::by_name(label(batch, signal::NAME, row)?)?;
    Some((
        id,
        value_at(batch, signal::NUMBER, row, id.definition().kind)?,
    ))
}

fn event_hash(at: Timestamp, seq: u64, source: &str, duration: u64, metadata: Option<&str>) -> u64 {
    let (at, seq, duration) = (
        at.as_micros().to_le_bytes(),
        seq.to_le_bytes(),
        duration.to_le_bytes(),
    );
    hash(&[
        &at,
        &seq,
        source.as_bytes(),
        &duration,
        metadata.unwrap_or("\0").as_bytes(),
    ])
}
