//! What a verification counted, and the arithmetic behind it.

use std::collections::BTreeMap;

use serde::Serialize;

/// Differences listed in full; more are counted.
const LISTED_MAX: usize = 100;

/// What [`crate::verify`] counted and what did not agree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LakeReport {
    /// Records read from the journal.
    pub journal_records: u64,
    /// Journal records that the lake has not taken in yet; it does so at the next start.
    pub pending: u64,
    /// Rows of `raw_events`.
    pub raw_events: u64,
    /// Rows of `signals`.
    pub signals: u64,
    /// Rows of `events`.
    pub events: u64,
    /// Rows of `dead_letter`.
    pub dead_letters: u64,
    /// Subjects with latest values.
    pub subjects: u64,
    /// Differences found, listed or not.
    pub differences_total: u64,
    /// The first of them, in words.
    pub differences: Vec<String>,
}

impl LakeReport {
    /// Whether journal, tables and hot store agree.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.differences_total == 0
    }

    pub(crate) fn differ(&mut self, what: impl FnOnce() -> String) {
        self.differences_total += 1;
        if self.differences.len() < LISTED_MAX {
            self.differences.push(what());
        }
    }
}

/// Count and sum of hashes: equal for equal sets of rows, in any order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) rows: u64,
    sum: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, hash: u64) {
        self.rows += 1;
        self.sum = self.sum.wrapping_add(hash);
    }
}

pub(crate) fn hash(parts: &[&[u8]]) -> u64 {
    // FNV-1a with a final mix: this finds accidents, signatures find intent.
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for part in parts {
        for byte in (part.len() as u64).to_le_bytes().iter().chain(*part) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

pub(crate) fn compare<K: Ord>(
    report: &mut LakeReport,
    table: &str,
    expected: &BTreeMap<K, Tally>,
    found: &BTreeMap<K, Tally>,
    name: impl Fn(&K) -> String,
) {
    let empty = Tally::default();
    for (key, wanted) in expected {
        let have = found.get(key).unwrap_or(&empty);
        if have.rows != wanted.rows {
            report.differ(|| {
                format!(
                    "{table}: {} has {} rows, {} expected",
                    name(key),
                    have.rows,
                    wanted.rows
                )
            });
        } else if have != wanted {
            report.differ(|| format!("{table}: {} has other rows than its events give", name(key)));
        }
    }
    for (key, have) in found.iter().filter(|(key, _)| !expected.contains_key(*key)) {
        report.differ(|| {
            format!(
                "{table}: {} has {} rows without an event",
                name(key),
                have.rows
            )
        });
    }
}
