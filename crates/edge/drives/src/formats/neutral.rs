//! The neutral format: one row per measurement, by catalogue name.

use std::{
    collections::{HashMap, VecDeque},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use csv::ByteRecord;
use milepost_signals::{Location, SignalId, Value, ValueKind};
use milepost_types::Timestamp;

use super::{cell, number, on_globe};
use crate::{Drive, Reading, Sample, report::shortened};

/// Bytes of a subject, source or id.
const NAME_BYTES_MAX: usize = 256;

#[derive(Debug)]
pub(crate) struct Neutral {
    file: String,
    columns: [usize; 4],
    source: Option<usize>,
    id: Option<usize>,
    width: usize,
    drives: HashMap<String, HashMap<String, Arc<Drive>>>,
    lanes: u32,
    last_lines: LastLines,
}

impl Neutral {
    pub(crate) fn recognise(header: &[String], file: &str) -> Option<Self> {
        let column = |name: &str| header.iter().position(|column| column == name);
        let [Some(subject), Some(name), Some(timestamp), Some(value)] =
            ["subject", "name", "timestamp", "value"].map(column)
        else {
            return None;
        };
        Some(Self {
            file: file.to_owned(),
            columns: [subject, name, timestamp, value],
            source: column("source"),
            id: column("id"),
            width: header.len(),
            drives: HashMap::new(),
            lanes: 0,
            last_lines: LastLines::default(),
        })
    }

    pub(crate) const fn has_ids(&self) -> bool {
        self.id.is_some()
    }

    pub(crate) fn last_lines(&self) -> LastLines {
        LastLines::default()
    }

    pub(crate) fn close_events_at(&mut self, last_lines: LastLines) {
        self.last_lines = last_lines;
    }

    pub(crate) fn row(
        &mut self,
        line: u64,
        record: &ByteRecord,
        out: &mut VecDeque<Sample>,
    ) -> Result<(), String> {
        if record.len() > self.width {
            return Err(format!(
                "{} fields, the header has {}; quote values with commas",
                record.len(),
                self.width
            ));
        }
        let [subject, name, timestamp, value] = self.columns;
        let subject = label(record, Some(subject), "subject")?;
        if subject.is_empty() {
            return Err("subject is empty".to_owned());
        }
        let name = cell(record, name, "name")?;
        let signal = SignalId::by_name(name)
            .ok_or_else(|| format!("no signal is named '{}'", shortened(name)))?;
        let at = Timestamp::parse_rfc3339(cell(record, timestamp, "timestamp")?)
            .map_err(|error| error.to_string())?;
        let value = match signal.definition().kind {
            ValueKind::Number => {
                let text = cell(record, value, "value")?;
                Value::Number(match text {
                    "true" if signal.definition().boolean => 1.0,
                    "false" if signal.definition().boolean => 0.0,
                    _ => number(text, name)?,
                })
            }
            ValueKind::Location => Value::Location(position(cell(record, value, "value")?)?),
            ValueKind::Text => {
                let bytes = record.get(value).unwrap_or_default();
                let text =
                    std::str::from_utf8(bytes).map_err(|_| "value is not UTF-8".to_owned())?;
                Value::Text(Arc::from(text))
            }
        };
        let id = label(record, self.id, "id")?;
        if !id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_/,. :".contains(&byte))
        {
            return Err(format!(
                "id '{}' has characters other than letters, digits and -_/,. :",
                shortened(id)
            ));
        }
        let event_id: Option<Arc<str>> = (!id.is_empty()).then(|| Arc::from(id));
        let source = label(record, self.source, "source")?;
        let drive = self.drive(subject, source);
        let reading = Reading { signal, at, value };
        let mut sample = Sample {
            drive,
            event_id,
            closes_event: false,
            line,
            reading,
        };
        sample.closes_event = self.last_lines.ends_with(&sample);
        out.push_back(sample);
        Ok(())
    }

    fn drive(&mut self, subject: &str, source: &str) -> Arc<Drive> {
        if let Some(known) = self
            .drives
            .get(subject)
            .and_then(|sources| sources.get(source))
        {
            return Arc::clone(known);
        }
        let drive = Arc::new(Drive {
            vehicle_key: subject.to_owned(),
            file: self.file.clone(),
            source: (!source.is_empty()).then(|| source.to_owned()),
            trip: None,
            number: self.lanes,
            lane: self.lanes,
        });
        self.lanes = self.lanes.wrapping_add(1);
        self.drives
            .entry(subject.to_owned())
            .or_default()
            .insert(source.to_owned(), Arc::clone(&drive));
        drive
    }
}

/// A short text that may be absent.
fn label<'r>(record: &'r ByteRecord, column: Option<usize>, name: &str) -> Result<&'r str, String> {
    let text = column.map_or(Ok(""), |column| cell(record, column, name))?;
    if text.len() > NAME_BYTES_MAX {
        return Err(format!(
            "{name} of {} bytes is longer than {NAME_BYTES_MAX}",
            text.len()
        ));
    }
    Ok(text)
}

/// `latitude;longitude[;hdop]`.
fn position(text: &str) -> Result<Location, String> {
    let mut parts = text.split(';').map(str::trim);
    let (Some(latitude), Some(longitude)) = (parts.next(), parts.next()) else {
        return Err(format!(
            "position '{}' is not latitude;longitude;hdop",
            shortened(text)
        ));
    };
    let latitude = number(latitude, "latitude")?;
    let longitude = number(longitude, "longitude")?;
    let hdop = parts
        .next()
        .filter(|text| !text.is_empty())
        .map_or(Ok(0.0), |text| number(text, "hdop"))?;
    if parts.next().is_some() || hdop < 0.0 {
        return Err(format!(
            "position '{}' is not latitude;longitude;hdop",
            shortened(text)
        ));
    }
    on_globe(latitude, longitude)?;
    Ok(Location {
        latitude,
        longitude,
        hdop,
        heading: 0.0,
    })
}

/// On which line the last sample of each event with an id is. Keys are 128-bit hashes: two of a billion ids collide
/// with a chance below 10⁻²⁰.
#[derive(Debug, Default)]
pub(crate) struct LastLines(HashMap<(u64, u64), u64>);

impl LastLines {
    pub(crate) fn note(&mut self, sample: &Sample) {
        if let Some(key) = Self::key(sample) {
            self.0.insert(key, sample.line);
        }
    }

    fn ends_with(&self, sample: &Sample) -> bool {
        Self::key(sample).is_some_and(|key| self.0.get(&key) == Some(&sample.line))
    }

    fn key(sample: &Sample) -> Option<(u64, u64)> {
        let id = sample.event_id.as_deref()?;
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, &sample.drive.vehicle_key, &sample.drive.source, id).hash(&mut hasher);
            hasher.finish()
        };
        Some((half(0), half(1)))
    }
}
