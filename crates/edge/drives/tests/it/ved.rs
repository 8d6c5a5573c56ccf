use std::{collections::BTreeMap, time::Duration};

use milepost_drives::{Format, OutgoingPayload, events, open};
use milepost_signals::{Value, id};
use milepost_types::Timestamp;

use crate::support::{Scratch, assert_ids_are_usable, at, data, decoded, lines, samples};

const HEADER: &str = "DayNum,VehId,Trip,Timestamp(ms),Latitude[deg],Longitude[deg],Vehicle Speed[km/h],\
                      HV Battery Current[A],HV Battery Voltage[V],Heater Power[Watts]";

/// (vehicle, signal) to the times in µs and values that the file means, read the plain way.
type Expected = BTreeMap<(String, &'static str), Vec<(i64, Vec<f64>)>>;

fn expected(lines: &[String]) -> Expected {
    let header: Vec<&str> = lines[0].split(',').collect();
    let column = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let singles = [
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
    let mut expected = Expected::new();
    let mut last: BTreeMap<(&str, &str, &str), Vec<f64>> = BTreeMap::new();
    for line in &lines[1..] {
        let cells: Vec<&str> = line.split(',').collect();
        let value = |name: &str| cells[column(name)].parse::<f64>().ok();
        let (vehicle, trip) = (cells[column("VehId")], cells[column("Trip")]);
        let start_ms = (value("DayNum").unwrap() - 1.0) * 86_400_000.0;
        let millis = 1_509_494_400_000.0 + start_ms.round() + value("Timestamp(ms)").unwrap();
        let mut put = |signal: &'static str, values: Vec<f64>| {
            if last
                .insert((vehicle, trip, signal), values.clone())
                .as_ref()
                != Some(&values)
            {
                let list = expected
                    .entry((format!("ved-{vehicle}"), signal))
                    .or_default();
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "whole milliseconds of this century"
                )]
                list.push((millis as i64 * 1_000, values));
            }
        };
        for (name, signal) in singles {
            value(name)
                .into_iter()
                .for_each(|value| put(signal, vec![value]));
        }
        if let (Some(current), Some(voltage)) = (
            value("HV Battery Current[A]"),
            value("HV Battery Voltage[V]"),
        ) {
            put(
                "powertrainTractionBatteryCurrentPower",
                vec![current * voltage],
            );
        }
        if let (Some(latitude), Some(longitude)) = (value("Latitude[deg]"), value("Longitude[deg]"))
        {
            put("currentLocationCoordinates", vec![latitude, longitude]);
        }
    }
    expected
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Number(number) => vec![*number],
        Value::Location(location) => vec![location.latitude, location.longitude],
        Value::Text(text) => panic!("VED has no text, found {text}"),
    }
}

#[test]
fn the_ten_real_trips_give_the_readings_that_a_plain_reader_finds() {
    let Some(data) = data() else { return };
    let path = data.join("drives-ved/ved_trips.csv.zst");
    let mut file = open(&path).unwrap();
    assert_eq!(file.format(), Format::Ved);
    let payloads: Vec<OutgoingPayload> = events(&mut file, Duration::from_secs(10))
        .map(Result::unwrap)
        .collect();

    let report = file.report();
    assert_eq!(
        (report.rows, report.readings, report.bad_row_count),
        (35_540, 48_571, 0)
    );
    assert_eq!(report.signals.len(), 9);
    assert_eq!(report.signals["speed"], 13_696);
    assert_eq!(report.signals["currentLocationCoordinates"], 5_300);
    assert_eq!(
        report.signals["powertrainTractionBatteryCurrentPower"],
        20_775
    );
    assert!(report.skipped.contains_key("Air Conditioning Power[Watts]"));
    assert_ids_are_usable(&payloads);

    let mut found = Expected::new();
    for payload in &payloads {
        let decoded = decoded(payload);
        assert_eq!(decoded.errors, []);
        assert_eq!(decoded.signals.len(), payload.readings);
        assert_eq!(
            decoded.signals.iter().map(|reading| reading.at).max(),
            Some(payload.time)
        );
        for reading in decoded.signals {
            let list = found
                .entry((payload.vehicle_key.clone(), reading.signal.name()))
                .or_default();
            list.push((reading.at.as_micros(), numbers(&reading.value)));
        }
    }
    let expected = expected(&lines(&path));
    assert_eq!(
        expected
            .keys()
            .map(|(vehicle, _)| vehicle)
            .collect::<std::collections::BTreeSet<_>>()
            .len(),
        4
    );
    assert!(found == expected, "readings differ from the plain reader's");
}

#[test]
fn a_replay_gives_the_same_payloads_again() {
    let Some(data) = data() else { return };
    let path = data.join("drives-ved/ved_trips.csv.zst");
    let all = || {
        events(open(&path).unwrap(), Duration::from_secs(10))
            .map(Result::unwrap)
            .collect::<Vec<_>>()
    };
    assert!(all() == all());
}

#[test]
fn trips_start_at_day_num_rounded_to_the_millisecond() {
    let scratch = Scratch::new();
    let rows = "1.0,7,1,0,,,10,,,\n1.0,7,1,100,,,11,,,\n45.6204917685,7,2,400,,,12,,,\n";
    let path = scratch.write("trips.csv", format!("{HEADER}\n{rows}").as_bytes());
    let (samples, _) = samples(&path);
    let times: Vec<Timestamp> = samples.iter().map(|sample| sample.reading.at).collect();
    assert_eq!(
        times,
        [
            at("2017-11-01T00:00:00Z"),
            at("2017-11-01T00:00:00.100Z"),
            at("2017-12-15T14:53:30.889Z"), // 44.6204917685 days and 0.4 s
        ]
    );
}

#[test]
fn a_column_speaks_only_when_it_changes_within_its_trip() {
    let scratch = Scratch::new();
    let rows = "1.0,7,1,0,1.5,2.5,10,-2,100,0\n\
                1.0,7,1,100,1.5,2.5,10.0,-2,100,5\n\
                1.0,7,1,200,,2.5,,,100,\n\
                1.0,7,1,300,1.5,2.6,10,-3,,\n\
                1.0,7,2,0,1.5,2.6,10,,,\n\
                1.0,7,1,400,1.5,2.6,11,,,\n";
    let path = scratch.write("trips.csv", format!("{HEADER}\n{rows}").as_bytes());
    let (samples, file) = samples(&path);
    let found: Vec<_> = samples
        .iter()
        .map(|sample| (sample.line, sample.reading.signal))
        .collect();
    assert_eq!(
        found,
        [
            (2, id::SPEED),
            (2, id::POWERTRAIN_TRACTION_BATTERY_CURRENT_VOLTAGE),
            (2, id::POWERTRAIN_TRACTION_BATTERY_CURRENT_POWER),
            (2, id::CURRENT_LOCATION_COORDINATES),
            (5, id::CURRENT_LOCATION_COORDINATES),
            (6, id::SPEED),
            (6, id::CURRENT_LOCATION_COORDINATES),
            (7, id::SPEED),
        ]
    );
    assert_eq!(samples[2].reading.value, Value::Number(-200.0));
    assert_eq!(file.report().skipped["Heater Power[Watts]"], 2);
    assert_eq!(samples[0].drive.vehicle_key, "ved-7");
}

#[test]
fn bad_cells_and_rows_are_listed_and_cost_only_themselves() {
    let scratch = Scratch::new();
    let mut rows = String::from(
        "1.0,7,1,0,1,2,fast,1,300,\n\
         1.0,,1,100,1,2,10,1,300,\n\
         never,7,1,200,1,2,10,1,300,\n\
         1.0,7,1,x,1,2,10,1,300,\n\
         1.0,7,1,400,95,2,10,1,300,\n\
         1.0\n\
         1.0,7,1,NaN,1,2,10,1,300,\n\
         1e300,7,1,5,1,2,10,1,300,\n",
    );
    for _ in 0..30 {
        rows.push_str("1.0,7,1,oops,1,2,10,1,300,\n");
    }
    let path = scratch.write("trips.csv", format!("{HEADER}\n{rows}").as_bytes());
    let (samples, file) = samples(&path);
    let report = file.report();
    assert_eq!(
        samples.len(),
        4,
        "voltage, power and position of line 2, speed of line 6"
    );
    assert_eq!(
        (report.rows, report.bad_row_count, report.bad_rows.len()),
        (38, 38, 20)
    );
    assert_eq!(report.bad_rows[0].line, 2);
    assert!(
        report.bad_rows[0]
            .reason
            .contains("Vehicle Speed[km/h]: 'fast'")
    );
    assert!(
        report.bad_rows[4].reason.contains("globe"),
        "{:?}",
        report.bad_rows[4]
    );
}
