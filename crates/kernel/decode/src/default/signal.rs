//! `signals[]`.

use std::sync::Arc;

use milepost_signals::{Location, SignalId, Value, ValueKind};
use milepost_types::Timestamp;

use super::{
    halves::{Half, Halves},
    report_array,
};
use crate::{DecodeError, MAX_SIGNALS, MAX_TEXT_BYTES, Reading, fields, shortened, time};

const FIELDS: [&str; 6] = [
    "name",
    "timestamp",
    "value",
    "valueNumber",
    "valueString",
    "valueLocation",
];

pub(super) fn all(
    json: &str,
    received_at: Timestamp,
    errors: &mut Vec<DecodeError>,
) -> Vec<Reading> {
    let mut collected = Collected::new(json.len());
    let result = fields::array(json, MAX_SIGNALS, |index, element| {
        if let Err(error) = one(index, element, received_at, &mut collected, errors) {
            errors.push(error);
        }
    });
    report_array("signals", MAX_SIGNALS, result, errors);
    collected.finish(errors)
}

fn one(
    index: usize,
    element: &str,
    received_at: Timestamp,
    collected: &mut Collected,
    errors: &mut Vec<DecodeError>,
) -> Result<(), DecodeError> {
    let refuse = |field: &str, name: Option<&str>, reason: &str| DecodeError {
        path: format!("signals[{index}]{field}"),
        name: name.map(shortened),
        reason: reason.to_owned(),
    };
    let [name, timestamp, value, number, text, location] =
        fields::object(element, &FIELDS).map_err(|_| refuse("", None, "expected an object"))?;
    let name = name.ok_or_else(|| refuse(".name", None, "name is missing"))?;
    let name = fields::text(name).map_err(|reason| refuse(".name", None, reason))?;
    let name = name.as_ref();
    let target = match (SignalId::by_name(name), Half::by_name(name)) {
        (Some(signal), _) => Target::Signal(signal),
        (None, Some(half)) => Target::Half(half),
        (None, None) => return Err(refuse(".name", Some(name), "no signal has this name")),
    };
    let at = time::measured_at(timestamp, received_at)
        .map_err(|reason| refuse(".timestamp", Some(name), &reason))?;
    let wrong = |reason: &str| refuse(".value", Some(name), reason);
    let missing = || wrong("value is missing");
    match target {
        Target::Half(half) => {
            let value =
                fields::number(value.or(number).ok_or_else(missing)?, false).map_err(wrong)?;
            collected.halves.add(half, at, value, index);
        }
        Target::Signal(signal) => {
            let value = match signal.definition().kind {
                ValueKind::Number => Value::Number(
                    fields::number(
                        value.or(number).ok_or_else(missing)?,
                        signal.definition().boolean,
                    )
                    .map_err(wrong)?,
                ),
                ValueKind::Text => text_value(value.or(text).ok_or_else(missing)?)
                    .map_err(|reason| wrong(&reason))?,
                ValueKind::Location => {
                    let json = value.or(location).ok_or_else(missing)?;
                    let part = |field: &str, reason: &str| {
                        errors.push(refuse(&format!(".value.{field}"), Some(name), reason));
                    };
                    Value::Location(position(json, part).map_err(|reason| wrong(&reason))?)
                }
            };
            collected.add(Reading { signal, at, value }, index);
        }
    }
    Ok(())
}

enum Target {
    Signal(SignalId),
    Half(Half),
}

fn text_value(json: &str) -> Result<Value, String> {
    let text = fields::text(json).map_err(|reason| {
        let hint = if json.starts_with('[') {
            "; send a list as one text that holds a JSON array"
        } else {
            ""
        };
        format!("{reason}{hint}")
    })?;
    if text.len() > MAX_TEXT_BYTES {
        return Err(format!(
            "text of {} bytes is longer than {MAX_TEXT_BYTES}",
            text.len()
        ));
    }
    Ok(Value::Text(Arc::from(text.as_ref())))
}

/// Reads a position. Without usable latitude and longitude there is none; an unusable HDOP or heading costs only
/// itself and is told to `part`.
fn position(json: &str, mut part: impl FnMut(&str, &str)) -> Result<Location, String> {
    let [latitude, longitude, hdop, heading] =
        fields::object(json, &["latitude", "longitude", "hdop", "heading"])
            .map_err(|_| "expected an object with latitude and longitude".to_owned())?;
    let degrees = |name: &str, json: Option<&str>| {
        let json = json.ok_or_else(|| format!("{name} is missing"))?;
        fields::plain_number(json).map_err(|reason| format!("{name}: {reason}"))
    };
    let (latitude, longitude) = (
        degrees("latitude", latitude)?,
        degrees("longitude", longitude)?,
    );
    on_globe(latitude, longitude)?;
    let mut extra = |name: &str, json: Option<&str>, max: f64| match json.map(fields::plain_number)
    {
        None => 0.0,
        Some(Ok(value)) if (0.0..=max).contains(&value) => value,
        Some(Ok(_)) => {
            part(
                name,
                if max < f64::MAX {
                    "outside 0 to 360; stored as 0"
                } else {
                    "below 0; stored as 0"
                },
            );
            0.0
        }
        Some(Err(reason)) => {
            part(name, reason);
            0.0
        }
    };
    let hdop = extra("hdop", hdop, f64::MAX);
    let heading = extra("heading", heading, 360.0);
    Ok(Location {
        latitude,
        longitude,
        hdop,
        heading,
    })
}

pub(super) fn on_globe(latitude: f64, longitude: f64) -> Result<(), String> {
    if !(-90.0..=90.0).contains(&latitude) {
        return Err(format!("latitude {latitude} is outside -90 to 90"));
    }
    if !(-180.0..=180.0).contains(&longitude) {
        return Err(format!("longitude {longitude} is outside -180 to 180"));
    }
    Ok(())
}

/// Readings of one payload as they come.
struct Collected {
    readings: Vec<Reading>,
    /// Index in the payload of each reading.
    origins: Vec<usize>,
    halves: Halves,
    /// Newest time of each signal so far. Senders write times in order, so a later time needs no search for a repeat.
    newest: Vec<Timestamp>,
    may_repeat: bool,
}

impl Collected {
    fn new(json_bytes: usize) -> Self {
        let expected = (json_bytes / 64).min(MAX_SIGNALS);
        Self {
            readings: Vec::with_capacity(expected),
            origins: Vec::with_capacity(expected),
            halves: Halves::default(),
            newest: vec![Timestamp::EPOCH; SignalId::ALL.len()], // below `time::EARLIEST`
            may_repeat: false,
        }
    }

    fn add(&mut self, reading: Reading, index: usize) {
        let newest = &mut self.newest[usize::from(reading.signal.0)];
        if reading.at > *newest {
            *newest = reading.at;
        } else {
            self.may_repeat = true;
        }
        self.readings.push(reading);
        self.origins.push(index);
    }

    fn finish(mut self, errors: &mut Vec<DecodeError>) -> Vec<Reading> {
        let merged = std::mem::take(&mut self.halves).merge(errors);
        if !merged.is_empty() {
            self.may_repeat = true;
            // In front, so that a position sent as such comes later and counts.
            let (readings, origins): (Vec<_>, Vec<_>) = merged.into_iter().unzip();
            self.readings.splice(0..0, readings);
            self.origins.splice(0..0, origins);
        }
        if self.may_repeat {
            self.without_repeats(errors)
        } else {
            self.readings
        }
    }

    fn without_repeats(self, errors: &mut Vec<DecodeError>) -> Vec<Reading> {
        let Self {
            mut readings,
            origins,
            ..
        } = self;
        let mut order: Vec<usize> = (0..readings.len()).collect();
        order.sort_by_key(|&i| (readings[i].signal, readings[i].at, i));
        let mut counts = vec![true; readings.len()];
        for pair in order.windows(2) {
            let [earlier, later] = [pair[0], pair[1]].map(|i| &readings[i]);
            if (earlier.signal, earlier.at) != (later.signal, later.at) {
                continue;
            }
            counts[pair[0]] = false;
            if earlier.value != later.value {
                errors.push(DecodeError {
                    path: format!("signals[{}]", origins[pair[0]]),
                    name: Some(earlier.signal.name().to_owned()),
                    reason: format!(
                        "signals[{}] gives another value for the same time; it counts",
                        origins[pair[1]]
                    ),
                });
            }
        }
        let mut counts = counts.into_iter();
        readings.retain(|_| counts.next().unwrap_or(true));
        readings
    }
}
