//! Vehicle Energy Dataset. The column table is in the documentation of [`crate::Format::Ved`].

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use csv::ByteRecord;
use milepost_signals::{Location, SignalId, Value, id};
use milepost_types::Timestamp;

use super::{cell, micros, number, on_globe, timestamp};
use crate::{
    Drive, Reading, Sample,
    report::{Tally, shortened},
};

const SIGNALS: [(&str, SignalId); 11] = [
    ("Vehicle Speed[km/h]", id::SPEED),
    ("MAF[g/sec]", id::POWERTRAIN_COMBUSTION_ENGINE_MAF),
    ("Engine RPM[RPM]", id::POWERTRAIN_COMBUSTION_ENGINE_SPEED),
    ("Absolute Load[%]", id::OBD_ENGINE_LOAD),
    ("OAT[DegC]", id::EXTERIOR_AIR_TEMPERATURE),
    ("Fuel Rate[L/hr]", id::OBD_FUEL_RATE),
    (
        "HV Battery SOC[%]",
        id::POWERTRAIN_TRACTION_BATTERY_STATE_OF_CHARGE_CURRENT,
    ),
    (VOLTAGE, id::POWERTRAIN_TRACTION_BATTERY_CURRENT_VOLTAGE),
    (
        "Short Term Fuel Trim Bank 1[%]",
        id::OBD_SHORT_TERM_FUEL_TRIM1,
    ),
    (
        "Long Term Fuel Trim Bank 1[%]",
        id::OBD_LONG_TERM_FUEL_TRIM1,
    ),
    (
        "Long Term Fuel Trim Bank 2[%]",
        id::OBD_LONG_TERM_FUEL_TRIM2,
    ),
];
const VOLTAGE: &str = "HV Battery Voltage[V]";
const CURRENT: &str = "HV Battery Current[A]";
const LATITUDE: &str = "Latitude[deg]";
const LONGITUDE: &str = "Longitude[deg]";
const KEYS: [&str; 4] = ["VehId", "Trip", "DayNum", "Timestamp(ms)"];

/// 2017-11-01T00:00:00Z, where `DayNum` is 1.
const DAY_ONE_MICROS: i64 = 1_509_494_400_000_000;
const DAY_MILLIS: f64 = 86_400_000.0;

/// Trips whose last values are remembered, for files that do not keep the rows of a trip together.
const TRIPS_MAX: usize = 4_096;

#[derive(Debug)]
pub(crate) struct Ved {
    file: String,
    keys: [usize; 4],
    signals: Vec<(usize, &'static str, SignalId)>,
    position: Option<(usize, usize)>,
    power: Option<(usize, usize)>,
    skipped: Vec<(usize, String)>,
    current: Option<Trip>,
    others: HashMap<(String, String), Trip>,
    lanes: HashMap<String, u32>,
    trips: u32,
}

#[derive(Debug)]
struct Trip {
    key: (String, String),
    drive: Arc<Drive>,
    /// `DayNum` as written and the time it means.
    start: (String, i64),
    values: [Option<f64>; SIGNALS.len()],
    position: Option<(f64, f64)>,
    power: Option<f64>,
    /// Row count when it was last used, to forget the oldest.
    used: u64,
}

impl Ved {
    pub(crate) fn recognise(header: &[String], file: &str) -> Option<Self> {
        let column = |name: &str| header.iter().position(|column| column == name);
        let [Some(vehicle), Some(trip), Some(day), Some(millis)] = KEYS.map(column) else {
            return None;
        };
        let signals: Vec<_> = SIGNALS
            .iter()
            .filter_map(|(name, signal)| Some((column(name)?, *name, *signal)))
            .collect();
        let position = column(LATITUDE).zip(column(LONGITUDE));
        let power = column(CURRENT).zip(column(VOLTAGE));
        let used = |name: &str| {
            KEYS.contains(&name)
                || SIGNALS.iter().any(|(column, _)| *column == name)
                || (position.is_some() && (name == LATITUDE || name == LONGITUDE))
                || (power.is_some() && name == CURRENT)
        };
        let skipped = header
            .iter()
            .cloned()
            .enumerate()
            .filter(|(_, name)| !used(name))
            .collect();
        Some(Self {
            file: file.to_owned(),
            keys: [vehicle, trip, day, millis],
            signals,
            position,
            power,
            skipped,
            current: None,
            others: HashMap::new(),
            lanes: HashMap::new(),
            trips: 0,
        })
    }

    pub(crate) fn row(
        &mut self,
        line: u64,
        record: &ByteRecord,
        out: &mut VecDeque<Sample>,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let [vehicle, trip, day, millis] = self.keys;
        let (vehicle, trip) = (cell(record, vehicle, "VehId")?, cell(record, trip, "Trip")?);
        if vehicle.is_empty() || trip.is_empty() {
            return Err("VehId or Trip is empty".to_owned());
        }
        let day = cell(record, day, "DayNum")?;
        let millis = number(cell(record, millis, "Timestamp(ms)")?, "Timestamp(ms)")?;
        let mut state = self.take_trip(vehicle, trip, line);
        let result = start(&mut state.start, day)
            .and_then(|start| {
                timestamp(
                    start.saturating_add(micros(millis, 1_000.0, "Timestamp(ms)")?),
                    "time",
                )
            })
            .map(|at| self.readings(line, record, at, &mut state, out, tally));
        self.current = Some(state);
        result
    }

    /// Appends a sample for every column that changed.
    fn readings(
        &self,
        line: u64,
        record: &ByteRecord,
        at: Timestamp,
        trip: &mut Trip,
        out: &mut VecDeque<Sample>,
        tally: &mut Tally,
    ) {
        let drive = Arc::clone(&trip.drive);
        let mut emit = |signal, value| {
            let reading = Reading { signal, at, value };
            out.push_back(Sample {
                drive: Arc::clone(&drive),
                event_id: None,
                closes_event: false,
                line,
                reading,
            });
        };
        let mut value = |column: usize, name: &str| match cell(record, column, name) {
            Ok("") => None,
            Ok(text) => number(text, name)
                .map_err(|reason| tally.bad(line, reason))
                .ok(),
            Err(reason) => {
                tally.bad(line, reason);
                None
            }
        };
        for (slot, (column, name, signal)) in self.signals.iter().enumerate() {
            if let Some(value) = value(*column, name)
                && trip.values[slot].replace(value) != Some(value)
            {
                emit(*signal, Value::Number(value));
            }
        }
        if let Some((current, voltage)) = self.power
            && let Some(power) = value(current, CURRENT)
                .zip(value(voltage, VOLTAGE))
                .map(|(a, v)| a * v)
            && trip.power.replace(power) != Some(power)
        {
            emit(
                id::POWERTRAIN_TRACTION_BATTERY_CURRENT_POWER,
                Value::Number(power),
            );
        }
        if let Some((latitude, longitude)) = self.position
            && let Some(position) = value(latitude, LATITUDE).zip(value(longitude, LONGITUDE))
            && trip.position.replace(position) != Some(position)
        {
            let (latitude, longitude) = position;
            match on_globe(latitude, longitude) {
                Ok(()) => {
                    let location = Location {
                        latitude,
                        longitude,
                        ..Location::default()
                    };
                    emit(id::CURRENT_LOCATION_COORDINATES, Value::Location(location));
                }
                Err(reason) => tally.bad(line, reason),
            }
        }
        for (column, name) in &self.skipped {
            if record
                .get(*column)
                .is_some_and(|bytes| !bytes.trim_ascii().is_empty())
            {
                tally.skip(name, 1);
            }
        }
    }

    /// The state of a trip, taken out so that it can be changed beside `self`.
    fn take_trip(&mut self, vehicle: &str, trip: &str, row: u64) -> Trip {
        if let Some(mut current) = self.current.take() {
            if current.key.0 == vehicle && current.key.1 == trip {
                current.used = row;
                return current;
            }
            self.others.insert(current.key.clone(), current);
        }
        let key = (vehicle.to_owned(), trip.to_owned());
        if let Some(mut known) = self.others.remove(&key) {
            known.used = row;
            return known;
        }
        if self.others.len() >= TRIPS_MAX {
            let oldest = self
                .others
                .values()
                .min_by_key(|trip| trip.used)
                .map(|trip| trip.key.clone());
            oldest.and_then(|key| self.others.remove(&key));
        }
        let vehicle_key = format!("ved-{}", whole(vehicle));
        let next_lane = u32::try_from(self.lanes.len()).unwrap_or(u32::MAX);
        let lane = *self.lanes.entry(vehicle_key.clone()).or_insert(next_lane);
        let trip = Some(whole(trip));
        let drive = Drive {
            vehicle_key,
            file: self.file.clone(),
            source: None,
            trip,
            number: self.trips,
            lane,
        };
        self.trips = self.trips.wrapping_add(1);
        Trip {
            key,
            drive: Arc::new(drive),
            start: (String::new(), 0),
            values: [None; SIGNALS.len()],
            position: None,
            power: None,
            used: row,
        }
    }
}

/// Start of the trip in microseconds since the epoch; computed again only when `DayNum` is written differently.
fn start(known: &mut (String, i64), day: &str) -> Result<i64, String> {
    if known.0 != day || day.is_empty() {
        let millis = ((number(day, "DayNum")? - 1.0) * DAY_MILLIS).round();
        *known = (
            day.to_owned(),
            DAY_ONE_MICROS.saturating_add(micros(millis, 1_000.0, "DayNum")?),
        );
    }
    Ok(known.1)
}

/// `455.0`, as some exports write ids, as `455`.
fn whole(number: &str) -> String {
    let number = number.strip_suffix(".0").unwrap_or(number);
    shortened(number)
}
