//! Decoded OBD logs. The name table is in the documentation of [`crate::Format::Obd`].

use std::{collections::VecDeque, sync::Arc};

use csv::ByteRecord;
use milepost_signals::{Location, SignalId, Value, id};
use milepost_types::Timestamp;

use super::{cell, number, on_globe, timestamp};
use crate::{
    Drive, Reading, Sample,
    report::{Tally, shortened},
};

const SIGNALS: [(&str, SignalId); 12] = [
    ("obd.VehicleSpeed", id::SPEED),
    ("obd.EngineRPM", id::POWERTRAIN_COMBUSTION_ENGINE_SPEED),
    (
        "obd.EngineCoolantTemp",
        id::POWERTRAIN_COMBUSTION_ENGINE_ECT,
    ),
    (
        "obd.ActualEngineTorque",
        id::POWERTRAIN_COMBUSTION_ENGINE_TORQUE_PERCENT,
    ),
    ("obd.CalcEngineLoad", id::OBD_ENGINE_LOAD),
    ("obd.ThrottlePosition", id::OBD_THROTTLE_POSITION),
    ("obd.IntakeManifoldAbsPressure", id::OBD_MAP),
    ("obd.BarometricPressure", id::OBD_BAROMETRIC_PRESSURE),
    (
        "obd.ControlModuleVoltage",
        id::LOW_VOLTAGE_BATTERY_CURRENT_VOLTAGE,
    ),
    (
        "obd.FuelTankLevel",
        id::POWERTRAIN_FUEL_SYSTEM_RELATIVE_LEVEL,
    ),
    ("gps.Altitude", id::CURRENT_LOCATION_ALTITUDE),
    ("gps.Heading", id::CURRENT_LOCATION_HEADING),
];
const LATITUDE: &str = "gps.Latitude";
const LONGITUDE: &str = "gps.Longitude";

#[derive(Debug)]
pub(crate) struct Obd {
    drive: Arc<Drive>,
    /// The half of a position that came first.
    half: Option<Half>,
}

#[derive(Debug, Clone, Copy)]
struct Half {
    name: &'static str,
    at: Timestamp,
    value: f64,
    line: u64,
}

impl Obd {
    pub(crate) fn recognise(header: &[String], file: &str) -> Option<Self> {
        let expected = header
            .iter()
            .map(String::as_str)
            .eq(["ts", "signal", "value"]);
        let drive = || Drive {
            vehicle_key: format!("obd-{}", shortened(file)),
            file: file.to_owned(),
            source: None,
            trip: None,
            number: 0,
            lane: 0,
        };
        expected.then(|| Self {
            drive: Arc::new(drive()),
            half: None,
        })
    }

    pub(crate) fn row(
        &mut self,
        line: u64,
        record: &ByteRecord,
        out: &mut VecDeque<Sample>,
        tally: &mut Tally,
    ) -> Result<(), String> {
        if record.len() != 3 {
            return Err(format!("{} fields, expected ts,signal,value", record.len()));
        }
        let at = unix_seconds(cell(record, 0, "ts")?)?;
        let name = cell(record, 1, "signal")?;
        let text = cell(record, 2, "value")?;
        let reading = if let Some((name, signal)) = SIGNALS.iter().find(|(known, _)| *known == name)
        {
            Some(Reading {
                signal: *signal,
                at,
                value: Value::Number(number(text, name)?),
            })
        } else if let Some(name) = [LATITUDE, LONGITUDE].into_iter().find(|half| *half == name) {
            self.position(
                Half {
                    name,
                    at,
                    value: number(text, name)?,
                    line,
                },
                tally,
            )?
        } else {
            tally.skip(name, 1);
            None
        };
        let drive = || Arc::clone(&self.drive);
        out.extend(reading.map(|reading| Sample {
            drive: drive(),
            event_id: None,
            closes_event: false,
            line,
            reading,
        }));
        Ok(())
    }

    /// A position when the other half of the same time is there.
    fn position(&mut self, new: Half, tally: &mut Tally) -> Result<Option<Reading>, String> {
        let (latitude, longitude) = match self.half {
            Some(half) if half.at == new.at && half.name != new.name => {
                self.half = None;
                if new.name == LATITUDE {
                    (new.value, half.value)
                } else {
                    (half.value, new.value)
                }
            }
            _ => {
                self.finish(tally);
                self.half = Some(new);
                return Ok(None);
            }
        };
        on_globe(latitude, longitude)?;
        let location = Location {
            latitude,
            longitude,
            ..Location::default()
        };
        let value = Value::Location(location);
        Ok(Some(Reading {
            signal: id::CURRENT_LOCATION_COORDINATES,
            at: new.at,
            value,
        }))
    }

    /// Reports a half that found no partner.
    pub(crate) fn finish(&mut self, tally: &mut Tally) {
        if let Some(half) = self.half.take() {
            tally.bad(
                half.line,
                format!("{} has no partner at the same time", half.name),
            );
        }
    }
}

/// Unix seconds in decimal, exactly: a double would already round the microseconds of today's dates.
fn unix_seconds(text: &str) -> Result<Timestamp, String> {
    let bad = || {
        format!(
            "ts: '{}' is not Unix seconds such as 1627274455.023950",
            shortened(text)
        )
    };
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(seconds) || !digits(fraction) || seconds.len() > 12 {
        return Err(bad());
    }
    let whole: i64 = seconds.parse().map_err(|_| bad())?;
    let padded = fraction.bytes().chain(std::iter::repeat(b'0')).take(6);
    let micros = padded.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    timestamp(whole * 1_000_000 + micros, "ts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unix_seconds_are_read_to_the_microsecond() {
        assert_eq!(
            unix_seconds("1627274455.023950").unwrap().as_micros(),
            1_627_274_455_023_950
        );
        assert_eq!(
            unix_seconds("1627274455.1").unwrap().as_micros(),
            1_627_274_455_100_000
        );
        assert_eq!(
            unix_seconds("1627274455.1234567").unwrap().as_micros(),
            1_627_274_455_123_456
        );
        assert_eq!(
            unix_seconds("1627274455").unwrap().as_micros(),
            1_627_274_455_000_000
        );
        for bad in [
            "",
            "-1",
            "1.",
            ".5",
            "1e9",
            "1627274455,5",
            "9999999999999",
            "999999999999",
        ] {
            assert!(unix_seconds(bad).is_err(), "{bad}");
        }
    }
}
