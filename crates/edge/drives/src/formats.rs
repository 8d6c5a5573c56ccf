//! One reader per file format: from a CSV record to samples.

mod neutral;
mod obd;
mod ved;

use std::collections::VecDeque;

use csv::ByteRecord;
use milepost_types::Timestamp;

pub(crate) use self::{neutral::Neutral, obd::Obd, ved::Ved};
use crate::{
    Sample,
    report::{Tally, shortened},
};

/// The reader of a file.
#[derive(Debug)]
pub(crate) enum Rows {
    Ved(Box<Ved>),
    Obd(Obd),
    Neutral(Neutral),
}

impl Rows {
    /// Turns a record into samples at the end of `out`; what is wrong with it goes to `tally`.
    pub(crate) fn row(
        &mut self,
        line: u64,
        record: &ByteRecord,
        out: &mut VecDeque<Sample>,
        tally: &mut Tally,
    ) {
        let result = match self {
            Self::Ved(rows) => rows.row(line, record, out, tally),
            Self::Obd(rows) => rows.row(line, record, out, tally),
            Self::Neutral(rows) => rows.row(line, record, out),
        };
        if let Err(reason) = result {
            tally.bad(line, reason);
        }
    }

    /// Accounts for what was still waiting for a partner when the file ended.
    pub(crate) fn finish(&mut self, tally: &mut Tally) {
        if let Self::Obd(rows) = self {
            rows.finish(tally);
        }
    }
}

/// A field of a record, trimmed; absent ones are empty.
fn cell<'r>(record: &'r ByteRecord, column: usize, name: &str) -> Result<&'r str, String> {
    let bytes = record.get(column).unwrap_or_default().trim_ascii();
    std::str::from_utf8(bytes).map_err(|_| format!("{name} is not UTF-8"))
}

fn number(text: &str, name: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(format!(
            "{name}: '{}' is not a finite number",
            shortened(text)
        )),
    }
}

/// A number of `unit_micros` as whole microseconds, rounded.
fn micros(value: f64, unit_micros: f64, name: &str) -> Result<i64, String> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2⁵³: up to here every whole number is a double
    let micros = (value * unit_micros).round();
    if micros.abs() > EXACT {
        return Err(format!("{name}: {value} is out of range"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and within 2^53, checked above"
    )]
    let whole = micros as i64;
    Ok(whole)
}

fn timestamp(micros: i64, name: &str) -> Result<Timestamp, String> {
    Timestamp::from_micros(micros).map_err(|error| format!("{name}: {error}"))
}

fn on_globe(latitude: f64, longitude: f64) -> Result<(), String> {
    if (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) {
        return Ok(());
    }
    Err(format!(
        "position {latitude};{longitude} is not on the globe (-90 to 90, -180 to 180)"
    ))
}
