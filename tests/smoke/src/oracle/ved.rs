//! Vehicle Energy Dataset: a row whenever something changed, all other columns repeated.

use std::{
    collections::{BTreeMap, HashMap},
    io::BufRead,
};

use anyhow::Result;

use super::{FileFacts, Points, number, on_globe};

/// Columns without which a file is no VED file.
pub(super) const KEYS: [&str; 4] = ["DayNum", "VehId", "Trip", "Timestamp(ms)"];

const COLUMNS: [(&str, &str); 11] = [
    ("Vehicle Speed[km/h]", "speed"),
    ("MAF[g/sec]", "powertrainCombustionEngineMAF"),
    ("Engine RPM[RPM]", "powertrainCombustionEngineSpeed"),
    ("Absolute Load[%]", "obdEngineLoad"),
    ("OAT[DegC]", "exteriorAirTemperature"),
    ("Fuel Rate[L/hr]", "obdFuelRate"),
    (
        "HV Battery SOC[%]",
        "powertrainTractionBatteryStateOfChargeCurrent",
    ),
    (
        "HV Battery Voltage[V]",
        "powertrainTractionBatteryCurrentVoltage",
    ),
    ("Short Term Fuel Trim Bank 1[%]", "obdShortTermFuelTrim1"),
    ("Long Term Fuel Trim Bank 1[%]", "obdLongTermFuelTrim1"),
    ("Long Term Fuel Trim Bank 2[%]", "obdLongTermFuelTrim2"),
];
const POWER: &str = "powertrainTractionBatteryCurrentPower";

/// Where the columns are.
struct Places {
    keys: [usize; 4],
    numbers: Vec<(usize, &'static str)>,
    /// Current and voltage, whose product is a signal.
    power: Option<(usize, usize)>,
    position: Option<(usize, usize)>,
}

/// Last values of a trip: a column that repeats its value says nothing new.
#[derive(Default)]
struct Held {
    numbers: HashMap<&'static str, f64>,
    position: Option<(f64, f64)>,
}

pub(super) fn read(header: &[String], input: impl BufRead) -> Result<FileFacts> {
    let places = Places::find(header);
    let mut vehicles: BTreeMap<String, Points> = BTreeMap::new();
    let mut trips: HashMap<(String, String), Held> = HashMap::new();
    let mut rows = 0;
    for line in input.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        rows += 1;
        let cells: Vec<&str> = line.split(',').collect();
        let cell = |place: usize| cells.get(place).copied().unwrap_or_default().trim();
        let [day, vehicle, trip, millis] = places.keys.map(cell);
        let (Some(day), Some(millis)) = (number(day), number(millis)) else {
            continue;
        };
        if vehicle.is_empty() || trip.is_empty() {
            continue;
        }
        let held = trips
            .entry((vehicle.to_owned(), trip.to_owned()))
            .or_default();
        let vehicle = format!("ved-{}", vehicle.strip_suffix(".0").unwrap_or(vehicle));
        row(
            &places,
            &cell,
            micros(day, millis),
            held,
            vehicles.entry(vehicle).or_default(),
        );
    }
    vehicles.retain(|_, points| points.counts().next().is_some());
    Ok(FileFacts { rows, vehicles })
}

impl Places {
    fn find(header: &[String]) -> Self {
        let place = |name: &str| header.iter().position(|column| column == name);
        Self {
            // Absent ones were ruled out by the layout.
            keys: KEYS.map(|key| place(key).unwrap_or(usize::MAX)),
            numbers: COLUMNS
                .iter()
                .filter_map(|(column, name)| Some((place(column)?, *name)))
                .collect(),
            power: place("HV Battery Current[A]").zip(place("HV Battery Voltage[V]")),
            position: place("Latitude[deg]").zip(place("Longitude[deg]")),
        }
    }
}

fn row<'c>(
    places: &Places,
    cell: &impl Fn(usize) -> &'c str,
    time: i64,
    held: &mut Held,
    points: &mut Points,
) {
    let pair = |(a, b): (usize, usize)| number(cell(a)).zip(number(cell(b)));
    let plain = places
        .numbers
        .iter()
        .map(|(place, name)| (*name, number(cell(*place))));
    let power = places
        .power
        .and_then(pair)
        .map(|(current, voltage)| current * voltage);
    for (name, value) in plain.chain([(POWER, power)]) {
        if let Some(value) = value
            && held.numbers.insert(name, value) != Some(value)
        {
            points.number(name, time, value);
        }
    }
    if let Some(position) = places.position.and_then(pair)
        && held.position.replace(position) != Some(position)
        && on_globe(position.0, position.1)
    {
        points.positions.push((time, position));
    }
}

/// `DayNum` is the start of the trip, day 1 being 2017-11-01 UTC, on a whole millisecond.
#[expect(
    clippy::cast_possible_truncation,
    reason = "times of this century in microseconds are far below 2^53"
)]
fn micros(day: f64, millis: f64) -> i64 {
    const DAY_ONE_MS: i64 = 1_509_494_400_000;
    let start_ms = DAY_ONE_MS + ((day - 1.0) * 86_400_000.0).round() as i64;
    start_ms * 1_000 + (millis * 1_000.0).round() as i64
}
