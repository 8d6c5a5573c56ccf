//! Raw events and dead letters, for operators and for checks.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use milepost_cloudevent::Record;
use milepost_lake_core::Scan;
use milepost_types::{Did, Timestamp};

use crate::{
    Lake, LakeError,
    memtable::Memtable,
    rows::{DidCache, dead_at, key_at, read_events, seq_at, time},
    shared::View,
    tables::{dead, raw},
};

/// What could not be decoded, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Journal sequence of the event; [`Lake::raw_event`] gives it.
    pub seq: u64,
    /// When the event was received.
    pub received_at: Timestamp,
    /// Where in the payload; `record` or `journal` when the whole record could not be read.
    pub path: String,
    /// Name of the signal or event, when it could be read.
    pub name: Option<String>,
    /// What is wrong, with the limit.
    pub reason: String,
}

/// An event as it was received.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Journal sequence.
    pub seq: u64,
    /// The event and what the node added.
    pub record: Record,
}

/// Events of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectCount {
    /// The subject.
    pub subject: Did,
    /// Distinct events.
    pub events: u64,
}

/// Count of all raw events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawSummary {
    /// Rows.
    pub stored: u64,
    /// Events that differ by subject, time, type, source or id.
    pub distinct: u64,
    /// Distinct events by subject, ordered by subject.
    pub subjects: Vec<SubjectCount>,
}

impl Lake {
    /// Rows of raw events, repeated ones counted as often as they were received. From memory.
    #[must_use]
    pub fn raw_count(&self) -> u64 {
        let view = self.shared.view(|tables| &tables.raw);
        view.snapshot.rows() + in_memory(&view).len() as u64
    }

    /// Counts distinct events. Reads two columns of all raw events. Blocking.
    ///
    /// # Errors
    /// [`LakeError::Table`] when a file cannot be read.
    pub fn raw_summary(&self) -> Result<RawSummary, LakeError> {
        let view = self.shared.view(|tables| &tables.raw);
        let mut seen: HashSet<[u8; 16]> = HashSet::new();
        let mut subjects: BTreeMap<Did, u64> = BTreeMap::new();
        let mut stored = 0;
        let mut count = |key: [u8; 16], subject: Did| {
            stored += 1;
            if seen.insert(key) {
                *subjects.entry(subject).or_default() += 1;
            }
        };
        let scan = Scan {
            columns: vec![raw::SEQ, raw::EVENT_KEY, raw::SUBJECT],
            ..Scan::default()
        };
        self.shared
            .tables
            .raw
            .visit(&view.snapshot, &scan, |batch| {
                let mut dids = DidCache::default();
                for row in 0..batch.rows() {
                    count(key_at(batch, 1, row)?, dids.at(batch, 2, row)?);
                }
                Ok::<_, LakeError>(())
            })?;
        for (_, record) in in_memory(&view) {
            count(record.event.key().0, record.event.header.subject);
        }
        let distinct = subjects.values().sum();
        let subjects = subjects
            .into_iter()
            .map(|(subject, events)| SubjectCount { subject, events })
            .collect();
        Ok(RawSummary {
            stored,
            distinct,
            subjects,
        })
    }

    /// The event with this journal sequence. Blocking.
    ///
    /// # Errors
    /// [`LakeError::Table`] when a file cannot be read.
    pub fn raw_event(&self, seq: u64) -> Result<Option<StoredEvent>, LakeError> {
        let view = self.shared.view(|tables| &tables.raw);
        if let Some(record) = view.generations.iter().find_map(|mem| mem.record(seq)) {
            return Ok(Some(StoredEvent {
                seq,
                record: Record::clone(&record),
            }));
        }
        Ok(read_events(&self.shared.tables.raw, &view.snapshot, &[seq])?.pop())
    }

    /// The newest events by reception, of one subject or of all; of repeated ones the first received stands.
    /// Blocking; reads small columns of all raw events.
    ///
    /// # Errors
    /// [`LakeError::Table`] when a file cannot be read.
    pub fn raw_events(
        &self,
        subject: Option<&Did>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, LakeError> {
        let view = self.shared.view(|tables| &tables.raw);
        let mut first: HashMap<[u8; 16], u64> = HashMap::new();
        let mut note = |key: [u8; 16], seq: u64| {
            let known = first.entry(key).or_insert(seq);
            *known = seq.min(*known);
        };
        let wanted = subject.map(ToString::to_string);
        let scan = Scan {
            columns: vec![raw::SEQ, raw::EVENT_KEY, raw::SUBJECT],
            ..Scan::default()
        };
        self.shared
            .tables
            .raw
            .visit(&view.snapshot, &scan, |batch| {
                for row in 0..batch.rows() {
                    let of = batch.columns[2].labels().get(row);
                    if wanted
                        .as_deref()
                        .is_none_or(|wanted| of.is_some_and(|of| &**of == wanted))
                    {
                        note(key_at(batch, 1, row)?, seq_at(batch, 0, row));
                    }
                }
                Ok::<_, LakeError>(())
            })?;
        let recent = in_memory(&view);
        for (seq, record) in &recent {
            if subject.is_none_or(|subject| *subject == record.event.header.subject) {
                note(record.event.key().0, *seq);
            }
        }
        let newest: BTreeSet<u64> = first.into_values().collect();
        let newest: Vec<u64> = newest.into_iter().rev().take(limit).collect();
        let mut events: Vec<StoredEvent> = recent
            .into_iter()
            .filter(|(seq, _)| newest.contains(seq))
            .map(|(seq, record)| StoredEvent {
                seq,
                record: Record::clone(&record),
            })
            .collect();
        let mut stored: Vec<u64> = newest
            .into_iter()
            .filter(|seq| events.iter().all(|e| e.seq != *seq))
            .collect();
        stored.reverse();
        events.extend(read_events(
            &self.shared.tables.raw,
            &view.snapshot,
            &stored,
        )?);
        events.sort_unstable_by_key(|event| std::cmp::Reverse(event.seq));
        Ok(events)
    }

    /// The newest dead letters. Blocking.
    ///
    /// # Errors
    /// [`LakeError::Table`] when a file cannot be read.
    pub fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, LakeError> {
        let view = self.shared.view(|tables| &tables.dead);
        let mut newest: BTreeMap<(u64, i32), DeadLetter> = BTreeMap::new();
        for mem in view.generations.iter() {
            for row in mem.dead.read().iter().filter(|row| row.seq > view.stored) {
                let error = row.error.clone();
                let letter = DeadLetter {
                    seq: row.seq,
                    received_at: time(row.received_at),
                    path: error.path,
                    name: error.name,
                    reason: error.reason,
                };
                keep_newest(&mut newest, (row.seq, row.item), letter, limit);
            }
        }
        let scan = Scan {
            columns: (0..=dead::REASON).collect(),
            ..Scan::default()
        };
        self.shared
            .tables
            .dead
            .visit(&view.snapshot, &scan, |batch| {
                for row in 0..batch.rows() {
                    let (item, letter) = dead_at(batch, row);
                    keep_newest(&mut newest, (letter.seq, item), letter, limit);
                }
                Ok::<_, LakeError>(())
            })?;
        Ok(newest.into_values().rev().collect())
    }

    /// Number of dead letters. From memory.
    #[must_use]
    pub fn dead_letter_count(&self) -> u64 {
        let view = self.shared.view(|tables| &tables.dead);
        let recent = |mem: &Arc<Memtable>| {
            mem.dead
                .read()
                .iter()
                .filter(|row| row.seq > view.stored)
                .count() as u64
        };
        view.snapshot.rows() + view.generations.iter().map(recent).sum::<u64>()
    }
}

fn keep_newest(
    newest: &mut BTreeMap<(u64, i32), DeadLetter>,
    key: (u64, i32),
    letter: DeadLetter,
    limit: usize,
) {
    newest.insert(key, letter);
    if newest.len() > limit {
        newest.pop_first();
    }
}

/// Raw events in memory that the table does not have.
fn in_memory(view: &View) -> Vec<(u64, Arc<Record>)> {
    let mut rows = Vec::new();
    for mem in view.generations.iter() {
        rows.extend(
            mem.raw
                .read()
                .iter()
                .filter(|(seq, _)| *seq > view.stored)
                .cloned(),
        );
    }
    rows
}
