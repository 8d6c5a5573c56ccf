use std::collections::BTreeMap;

use serde::Serialize;

use crate::Format;

/// Bad rows that are listed; the rest is only counted.
pub(crate) const LISTED_MAX: usize = 20;
/// Distinct columns or names that are counted by name as skipped.
const SKIPPED_NAMES_MAX: usize = 256;

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Path as given.
    pub file: String,
    /// Recognised format.
    pub format: Format,
    /// Rows read, without the header.
    pub rows: u64,
    /// Readings made of them.
    pub readings: u64,
    /// Readings by signal name; its length is the number of distinct signals.
    pub signals: BTreeMap<&'static str, u64>,
    /// Values left out because no signal stands for their column or name, by column or name.
    pub skipped: BTreeMap<String, u64>,
    /// Rows with something unusable in them.
    pub bad_row_count: u64,
    /// The first 20 of them.
    pub bad_rows: Vec<BadRow>,
}

/// A row with something unusable in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadRow {
    /// Line in the file, counted from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

/// The parts of a report that grow while rows are read.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) skipped: BTreeMap<String, u64>,
    pub(crate) bad_row_count: u64,
    pub(crate) bad_rows: Vec<BadRow>,
    last_bad_line: u64,
}

impl Tally {
    /// Counts a row once however much is wrong in it, and lists every reason while there is room.
    pub(crate) fn bad(&mut self, line: u64, reason: String) {
        if self.last_bad_line != line {
            self.bad_row_count += 1;
            self.last_bad_line = line;
        }
        if self.bad_rows.len() < LISTED_MAX {
            self.bad_rows.push(BadRow { line, reason });
        }
    }

    pub(crate) fn skip(&mut self, name: &str, count: u64) {
        if let Some(present) = self.skipped.get_mut(name) {
            *present += count;
            return;
        }
        let name = if self.skipped.len() < SKIPPED_NAMES_MAX {
            name
        } else {
            "(others)"
        };
        *self.skipped.entry(name.to_owned()).or_default() += count;
    }
}

/// Beginning of a text from a file, for messages.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}
