use std::{collections::BTreeMap, time::Duration};

use milepost_drives::{Format, events, open};
use milepost_signals::Value;

use crate::support::{Scratch, assert_ids_are_usable, data, decoded, lines, samples};

fn micros(ts: &str) -> i64 {
    let (seconds, fraction) = ts.split_once('.').unwrap();
    assert_eq!(fraction.len(), 6);
    seconds.parse::<i64>().unwrap() * 1_000_000 + fraction.parse::<i64>().unwrap()
}

const NAMES: [(&str, &str); 12] = [
    ("obd.VehicleSpeed", "speed"),
    ("obd.EngineRPM", "powertrainCombustionEngineSpeed"),
    ("obd.EngineCoolantTemp", "powertrainCombustionEngineECT"),
    (
        "obd.ActualEngineTorque",
        "powertrainCombustionEngineTorquePercent",
    ),
    ("obd.CalcEngineLoad", "obdEngineLoad"),
    ("obd.ThrottlePosition", "obdThrottlePosition"),
    ("obd.IntakeManifoldAbsPressure", "obdMAP"),
    ("obd.BarometricPressure", "obdBarometricPressure"),
    (
        "obd.ControlModuleVoltage",
        "lowVoltageBatteryCurrentVoltage",
    ),
    ("obd.FuelTankLevel", "powertrainFuelSystemRelativeLevel"),
    ("gps.Altitude", "currentLocationAltitude"),
    ("gps.Heading", "currentLocationHeading"),
];

fn compare(log: &str, rows: u64, speeds: u64, positions: u64) {
    let Some(data) = data() else { return };
    let path = data.join(format!("drives-obd/{log}.decoded.csv.zst"));
    let mut file = open(&path).unwrap();
    assert_eq!(file.format(), Format::Obd);
    let payloads: Vec<_> = events(&mut file, Duration::from_secs(10))
        .map(Result::unwrap)
        .collect();
    let report = file.report();
    assert_eq!((report.rows, report.bad_row_count), (rows, 0));
    assert_eq!(
        (
            report.signals["speed"],
            report.signals["currentLocationCoordinates"]
        ),
        (speeds, positions)
    );
    assert_eq!(report.signals.len(), 13);
    assert!(
        report.skipped.contains_key("gps.Speed"),
        "GNSS speed is not the vehicle's own"
    );
    let accounted = report.readings + positions + report.skipped.values().sum::<u64>();
    assert_eq!(
        accounted, rows,
        "every row is a reading, half of a position, or skipped"
    );
    assert_ids_are_usable(&payloads);

    let mut expected: BTreeMap<&str, Vec<(i64, f64)>> = BTreeMap::new();
    for line in &lines(&path)[1..] {
        let cells: Vec<&str> = line.split(',').collect();
        if let Some((_, signal)) = NAMES.iter().find(|(name, _)| *name == cells[1]) {
            expected
                .entry(signal)
                .or_default()
                .push((micros(cells[0]), cells[2].parse().unwrap()));
        }
    }
    let mut found: BTreeMap<&str, Vec<(i64, f64)>> = BTreeMap::new();
    for payload in &payloads {
        assert_eq!(payload.vehicle_key, format!("obd-{log}"));
        let decoded = decoded(payload);
        assert_eq!(decoded.errors, []);
        for reading in decoded.signals {
            if let Value::Number(number) = reading.value {
                found
                    .entry(reading.signal.name())
                    .or_default()
                    .push((reading.at.as_micros(), number));
            }
        }
    }
    assert!(found == expected, "readings differ from the plain reader's");
}

#[test]
fn the_outward_drive_is_read_row_by_row() {
    compare("css_3BA199E2_00000164_obd2_gps", 57_694, 4_785, 2_161);
}

#[test]
fn the_return_drive_is_read_row_by_row() {
    compare("css_3BA199E2_00000165_obd2_gps", 69_373, 5_699, 2_671);
}

#[test]
fn halves_of_a_position_need_the_same_time() {
    let scratch = Scratch::new();
    let rows = "ts,signal,value\n\
                1.000001,gps.Longitude,11.5\n\
                1.000001,obd.VehicleSpeed,3\n\
                1.000001,gps.Latitude,48.1\n\
                2.0,gps.Latitude,48.2\n\
                3.0,gps.Longitude,11.6\n\
                4.0,gps.Latitude,91\n\
                4.0,gps.Longitude,11.6\n\
                5.0,obd.VehicleSpeed,n/a\n\
                x,obd.VehicleSpeed,1\n\
                5.0,obd.VehicleSpeed\n\
                6.0,gps.Latitude,48.3\n";
    let path = scratch.write("log.decoded.csv", rows.as_bytes());
    let (samples, file) = samples(&path);
    assert_eq!(samples.len(), 2);
    assert_eq!(samples[1].reading.at.as_micros(), 1_000_001);
    assert!(
        matches!(samples[1].reading.value, Value::Location(at) if (at.latitude, at.longitude) == (48.1, 11.5))
    );
    assert_eq!(samples[0].drive.vehicle_key, "obd-log");
    let report = file.report();
    let lines: Vec<u64> = report.bad_rows.iter().map(|bad| bad.line).collect();
    assert_eq!(lines, [5, 6, 8, 9, 10, 11, 12]);
}
