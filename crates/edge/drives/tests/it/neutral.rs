use std::{sync::Arc, time::Duration};

use milepost_drives::{DriveError, Format, OutgoingPayload, READINGS_PER_EVENT_MAX, events, open};
use milepost_signals::{Location, Value};

use crate::support::{Scratch, assert_ids_are_usable, at, decoded, samples};

fn payloads(path: &std::path::Path) -> Vec<OutgoingPayload> {
    events(open(path).unwrap(), Duration::from_secs(10))
        .map(Result::unwrap)
        .collect()
}

#[test]
fn numbers_texts_and_positions_are_read() {
    let scratch = Scratch::new();
    let rows = "subject,name,timestamp,value\n\
                car,speed,2026-05-02T06:09:58.123456Z,31.5\n\
                car,powertrainType,2026-05-02T08:09:58+02:00,ELECTRIC\n\
                car,obdDTCList,2026-05-02T06:09:58Z,\"[\"\"P0300\"\",\"\"P0301\"\"]\"\n\
                car,obdFuelTypeName,2026-05-02T06:09:58Z,\n\
                car,currentLocationCoordinates,2026-05-02T06:09:58Z,48.1;11.5;0.9\n\
                car,currentLocationCoordinates,2026-05-02T06:09:59Z,-48.1;-11.5\n";
    let path = scratch.write("a.csv", rows.as_bytes());
    let (samples, file) = samples(&path);
    assert_eq!(
        (file.format(), file.report().bad_row_count),
        (Format::Neutral, 0)
    );
    let values: Vec<Value> = samples
        .iter()
        .map(|sample| sample.reading.value.clone())
        .collect();
    let here = Location {
        latitude: 48.1,
        longitude: 11.5,
        hdop: 0.9,
        heading: 0.0,
    };
    let there = Location {
        latitude: -48.1,
        longitude: -11.5,
        ..Location::default()
    };
    assert_eq!(
        values,
        [
            Value::Number(31.5),
            Value::Text(Arc::from("ELECTRIC")),
            Value::Text(Arc::from(r#"["P0300","P0301"]"#)),
            Value::Text(Arc::from("")),
            Value::Location(here),
            Value::Location(there),
        ]
    );
    assert_eq!(samples[0].reading.at, at("2026-05-02T06:09:58.123456Z"));
    assert_eq!(samples[1].reading.at, at("2026-05-02T06:09:58Z"));
    assert_eq!(samples[0].drive.vehicle_key, "car");
}

#[test]
fn bad_rows_are_listed_with_their_line() {
    let scratch = Scratch::new();
    let mut bytes = b"subject,name,timestamp,value,source,id\n".to_vec();
    for row in [
        "car,warpSpeed,2026-05-02T06:09:58Z,1,,",
        "car,speed,yesterday,1,,",
        "car,speed,2026-05-02T06:09:58Z,NaN,,",
        "car,speed,2026-05-02T06:09:58Z,,,",
        ",speed,2026-05-02T06:09:58Z,1,,",
        "car,currentLocationCoordinates,2026-05-02T06:09:58Z,95;10;1,,",
        "car,currentLocationCoordinates,2026-05-02T06:09:58Z,10,,",
        "car,currentLocationCoordinates,2026-05-02T06:09:58Z,1;2;3;4,,",
        "car,speed,2026-05-02T06:09:58Z,1,,a#b",
        "car,speed,2026-05-02T06:09:58Z,1,,,9",
        "car",
    ] {
        bytes.extend_from_slice(row.as_bytes());
        bytes.push(b'\n');
    }
    bytes.extend_from_slice(b"car,speed,2026-05-02T06:09:58Z,\xff,,\n");
    bytes.extend_from_slice(b"car,speed,2026-05-02T06:09:58Z,7\n");
    let (samples, file) = samples(&scratch.write("bad.csv", &bytes));
    assert_eq!(
        samples.len(),
        1,
        "a row may leave out trailing optional fields"
    );
    let report = file.report();
    let lines: Vec<u64> = report.bad_rows.iter().map(|bad| bad.line).collect();
    assert_eq!(lines, (2..=13).collect::<Vec<u64>>());
    assert!(report.bad_rows[0].reason.contains("'warpSpeed'"));
    assert!(report.bad_rows[11].reason.contains("UTF-8"));
}

#[test]
fn rows_of_one_id_become_one_event_wherever_they_are() {
    let scratch = Scratch::new();
    let rows = "id,value,timestamp,name,subject,source\n\
                b,1,2026-05-02T06:00:00Z,speed,car,0xAa\n\
                a,2,2026-05-02T06:30:00Z,speed,car,0xAa\n\
                b,3,2026-05-02T06:00:00Z,speed,van,0xAa\n\
                b,4,2026-05-02T06:00:00Z,speed,car,0xBb\n\
                ,5,2026-05-02T06:00:00Z,speed,car,0xAa\n\
                b,6,2026-05-02T05:00:00Z,obdRunTime,car,0xAa\n\
                b,bad,2026-05-02T05:00:00Z,obdRunTime,car,0xAa\n";
    let payloads = payloads(&scratch.write("ids.csv", rows.as_bytes()));
    let found: Vec<_> = payloads
        .iter()
        .map(|payload| {
            let source = payload.source.as_deref().unwrap();
            (
                payload.vehicle_key.as_str(),
                source,
                payload.id.as_str(),
                payload.readings,
            )
        })
        .collect();
    let windowed = payloads[4].id.as_str();
    assert_eq!(
        found,
        [
            ("car", "0xAa", "a", 1),
            ("van", "0xAa", "b", 1),
            ("car", "0xBb", "b", 1),
            ("car", "0xAa", "b", 2),
            ("car", "0xAa", windowed, 1),
        ]
    );
    assert_eq!(
        payloads[3].time,
        at("2026-05-02T06:00:00Z"),
        "the latest reading, not the last row"
    );
    assert!(windowed.starts_with("ids."));
}

#[test]
fn an_event_larger_than_a_node_decodes_is_split() {
    let scratch = Scratch::new();
    let start = at("2026-05-02T06:00:00Z");
    let mut rows = String::from("subject,name,timestamp,value,source,id\n");
    for index in 0..READINGS_PER_EVENT_MAX + 5 {
        let time = start.saturating_add_micros(i64::try_from(index).unwrap() * 1_000);
        rows.push_str(&format!("car,speed,{time},{index},,big\n"));
    }
    let payloads = payloads(&scratch.write("big.csv", rows.as_bytes()));
    let found: Vec<_> = payloads
        .iter()
        .map(|payload| (payload.id.as_str(), payload.readings))
        .collect();
    assert_eq!(found, [("big", READINGS_PER_EVENT_MAX), ("big.2", 5)]);
    assert_eq!(
        payloads
            .iter()
            .map(|payload| decoded(payload).signals.len())
            .sum::<usize>(),
        READINGS_PER_EVENT_MAX + 5
    );
    assert_ids_are_usable(&payloads);
}

#[test]
fn files_that_are_no_drives_are_refused_with_their_header() {
    let scratch = Scratch::new();
    for content in [
        "VehId,EngineType,Trip,daynum\n1,EV,2,3\n",
        "",
        "ts,signal\n",
        "\u{0}\u{1}binary",
    ] {
        let error = open(&scratch.write("x.csv", content.as_bytes())).unwrap_err();
        assert!(matches!(error, DriveError::Format { .. }), "{error}");
    }
    let missing = open(std::path::Path::new("/nonexistent/drive.csv")).unwrap_err();
    assert!(matches!(missing, DriveError::Open { .. }));
}

#[test]
fn damage_ends_the_file_with_an_error_after_what_was_good() {
    let scratch = Scratch::new();
    let mut rows = String::from("subject,name,timestamp,value\n");
    let start = at("2026-05-02T06:00:00Z");
    for index in 0..40_000u32 {
        let time = start.saturating_add_micros(i64::from(index) * 100_000);
        rows.push_str(&format!(
            "car,speed,{time},{}\n",
            index.wrapping_mul(2_654_435_761)
        ));
    }
    let whole = zstd::encode_all(rows.as_bytes(), 3).unwrap();
    let path = scratch.write("cut.csv.zst", &whole[..whole.len() / 2]);
    let results: Vec<_> = events(open(&path).unwrap(), Duration::from_secs(10)).collect();
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 1);
    let before: usize = results
        .iter()
        .flatten()
        .map(|payload| payload.readings)
        .sum();
    assert!(
        (1..40_000).contains(&before),
        "{before} readings before the cut"
    );

    let (good, _) = samples(&scratch.write("whole.csv.zst", &whole));
    assert_eq!(good.len(), 40_000);

    let open_quote = format!(
        "subject,name,timestamp,value\ncar,speed,2026-05-02T06:00:00Z,\"{}",
        "x".repeat(3_000_000)
    );
    let mut file = open(&scratch.write("quote.csv", open_quote.as_bytes())).unwrap();
    let error = file.next().unwrap().unwrap_err();
    assert!(matches!(error, DriveError::Read { .. }), "{error}");
    assert!(file.next().is_none());
}
