//! Decoded OBD logs: every row of a known name is a reading, and each log is one car.

use std::{collections::BTreeMap, io::BufRead, path::Path};

use anyhow::{Context as _, Result};

use super::{FileFacts, Points, number, on_globe};

const NAMES: [(&str, &str); 12] = [
    ("obd.FuelTankLevel", "powertrainFuelSystemRelativeLevel"),
    ("obd.EngineCoolantTemp", "powertrainCombustionEngineECT"),
    ("obd.IntakeManifoldAbsPressure", "obdMAP"),
    ("obd.EngineRPM", "powertrainCombustionEngineSpeed"),
    ("obd.VehicleSpeed", "speed"),
    ("obd.ThrottlePosition", "obdThrottlePosition"),
    ("obd.CalcEngineLoad", "obdEngineLoad"),
    ("obd.BarometricPressure", "obdBarometricPressure"),
    (
        "obd.ControlModuleVoltage",
        "lowVoltageBatteryCurrentVoltage",
    ),
    (
        "obd.ActualEngineTorque",
        "powertrainCombustionEngineTorquePercent",
    ),
    ("gps.Altitude", "currentLocationAltitude"),
    ("gps.Heading", "currentLocationHeading"),
];

pub(super) fn read(path: &Path, input: impl BufRead) -> Result<FileFacts> {
    let mut points = Points::default();
    let mut halves: BTreeMap<i64, (Option<f64>, Option<f64>)> = BTreeMap::new();
    let mut rows = 0;
    for line in input.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        rows += 1;
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let [time, signal, value] = cells.as_slice() else {
            continue;
        };
        let (Some(time), Some(value)) = (micros(time), number(value)) else {
            continue;
        };
        match *signal {
            "gps.Latitude" => halves.entry(time).or_default().0 = Some(value),
            "gps.Longitude" => halves.entry(time).or_default().1 = Some(value),
            other => {
                if let Some((_, name)) = NAMES.iter().find(|(known, _)| *known == other) {
                    points.number(name, time, value);
                }
            }
        }
    }
    for (time, pair) in halves {
        if let (Some(latitude), Some(longitude)) = pair
            && on_globe(latitude, longitude)
        {
            points.positions.push((time, (latitude, longitude)));
        }
    }
    Ok(FileFacts {
        rows,
        vehicles: BTreeMap::from([(key(path)?, points)]),
    })
}

/// `css_1.decoded.csv.zst` as `obd-css_1`.
fn key(path: &Path) -> Result<String> {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .context("file name is not UTF-8")?;
    let stem = [".zst", ".csv", ".decoded"]
        .iter()
        .fold(name, |name, end| name.strip_suffix(end).unwrap_or(name));
    Ok(format!("obd-{}", stem.chars().take(64).collect::<String>()))
}

/// Seconds with up to six decimals, without the rounding of a double.
fn micros(seconds: &str) -> Option<i64> {
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let fraction = format!("{fraction:0<6}");
    let fraction: i64 = fraction.get(..6)?.parse().ok()?;
    Some(whole.parse::<i64>().ok()? * 1_000_000 + fraction)
}
