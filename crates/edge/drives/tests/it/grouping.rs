use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use milepost_drives::{OutgoingPayload, READINGS_PER_WINDOW_MAX, Selection, events, find, open};
use milepost_signals::Value;
use proptest::prelude::*;

use crate::support::{Scratch, assert_ids_are_usable, at, decoded};

fn payloads(path: &Path, window: Duration) -> Vec<OutgoingPayload> {
    events(open(path).unwrap(), window)
        .map(Result::unwrap)
        .collect()
}

#[test]
fn one_event_for_each_vehicle_and_window() {
    let scratch = Scratch::new();
    let rows = "subject,name,timestamp,value\n\
                a,speed,2026-05-02T06:00:01Z,1\n\
                b,speed,2026-05-02T06:00:02Z,2\n\
                a,speed,2026-05-02T06:00:09.999999Z,3\n\
                a,speed,2026-05-02T06:00:10Z,4\n\
                b,speed,2026-05-02T06:00:03Z,5\n\
                a,speed,2026-05-02T06:00:02Z,6\n";
    let payloads = payloads(
        &scratch.write("w.csv", rows.as_bytes()),
        Duration::from_secs(10),
    );
    let found: Vec<_> = payloads
        .iter()
        .map(|p| (p.vehicle_key.as_str(), p.time.to_string(), p.readings))
        .collect();
    assert_eq!(
        found,
        [
            ("a", "2026-05-02T06:00:09.999999Z".to_owned(), 2),
            ("a", "2026-05-02T06:00:10Z".to_owned(), 1),
            ("a", "2026-05-02T06:00:02Z".to_owned(), 1),
            ("b", "2026-05-02T06:00:03Z".to_owned(), 2),
        ]
    );
    assert_ids_are_usable(&payloads);
}

#[test]
fn a_full_window_is_sent_in_parts() {
    let scratch = Scratch::new();
    let rows: String = (0..READINGS_PER_WINDOW_MAX + 1)
        .map(|index| format!("{}.{:06},obd.VehicleSpeed,{index}\n", 1_600_000_000, index))
        .collect();
    let path = scratch.write("fast.csv", format!("ts,signal,value\n{rows}").as_bytes());
    let counts: Vec<usize> = payloads(&path, Duration::from_secs(10))
        .iter()
        .map(|payload| payload.readings)
        .collect();
    assert_eq!(counts, [READINGS_PER_WINDOW_MAX, 1]);
}

#[test]
fn changed_content_gets_other_ids() {
    let scratch = Scratch::new();
    let ids = |value: &str| {
        let rows = format!("ts,signal,value\n1600000000.000000,obd.VehicleSpeed,{value}\n");
        payloads(
            &scratch.write("same.csv", rows.as_bytes()),
            Duration::from_secs(10),
        )[0]
        .id
        .clone()
    };
    assert_eq!(ids("1"), ids("1.0"));
    assert_ne!(ids("1"), ids("2"));
}

#[test]
fn the_folder_gives_recordings_and_on_request_generated_weeks() {
    let scratch = Scratch::new();
    for name in [
        "drives-ved/ved_trips.csv.zst",
        "drives-ved/a_week.csv",
        "drives-ved/synth30_2weeks.csv.zst",
        "drives-ved/ved_trips_index.csv",
        "drives-ved/ved_static.csv",
        "drives-ved/LICENSE.txt",
        "drives-obd/b.decoded.csv.zst",
        "drives-obd/a.decoded.csv",
        "drives-obd/a.candump.zst",
    ] {
        scratch.write(name, b"");
    }
    let folder = scratch.write("marker", b"").parent().unwrap().to_owned();
    let names = |selection| {
        let found = find(&folder, selection).unwrap();
        found
            .iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(Selection::Real),
        [
            "a_week.csv",
            "ved_trips.csv.zst",
            "a.decoded.csv",
            "b.decoded.csv.zst"
        ]
    );
    assert_eq!(names(Selection::All).len(), 5);
    assert_eq!(names(Selection::All)[2], "synth30_2weeks.csv.zst");
    assert_eq!(
        find(&folder.join("nothing"), Selection::All).unwrap(),
        Vec::<PathBuf>::new()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_reading_is_lost_or_changed(
        rows in prop::collection::vec(
            (0u8..3, 0i64..120_000_000, prop::num::f64::NORMAL | prop::num::f64::ZERO, 0u8..4), 1..80),
        window in 0u64..30,
    ) {
        let scratch = Scratch::new();
        let start = at("2026-05-02T06:00:00Z");
        let mut text = String::from("subject,name,timestamp,value,source,id\n");
        let mut expected = Vec::new();
        for (index, (subject, micros, value, id)) in rows.iter().enumerate() {
            // One time is used once, so that no reading replaces another.
            let time = start.saturating_add_micros(*micros * 100 + i64::try_from(index).unwrap());
            let id = if *id == 0 { String::new() } else { format!("e{id}") };
            text.push_str(&format!("car{subject},speed,{time},{value:e},,{id}\n"));
            expected.push((format!("car{subject}"), time, *value));
        }
        let payloads = payloads(&scratch.write("p.csv", text.as_bytes()), Duration::from_secs(window));
        let mut found = Vec::new();
        for payload in &payloads {
            for reading in decoded(payload).signals {
                let Value::Number(number) = reading.value else { panic!("speed is a number") };
                found.push((payload.vehicle_key.clone(), reading.at, number));
            }
        }
        let key = |a: &(String, milepost_types::Timestamp, f64), b: &(String, milepost_types::Timestamp, f64)| {
            (&a.0, a.1).cmp(&(&b.0, b.1))
        };
        expected.sort_by(key);
        found.sort_by(key);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn arbitrary_files_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), header in 0usize..4) {
        let headers = ["", "ts,signal,value\n", "subject,name,timestamp,value,source,id\n", "DayNum,VehId,Trip,Timestamp(ms)\n"];
        let scratch = Scratch::new();
        let content = [headers[header].as_bytes(), &bytes].concat();
        if let Ok(file) = open(&scratch.write("x.csv", &content)) {
            let results: Vec<_> = events(file, Duration::from_secs(1)).collect();
            prop_assert!(results.iter().filter(|result| result.is_err()).count() <= 1);
        }
    }
}
