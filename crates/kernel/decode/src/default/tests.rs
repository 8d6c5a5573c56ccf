use std::sync::Arc;

use milepost_cloudevent::{CloudEvent, Data, Header};
use milepost_signals::{Location, SignalId, Value, id};
use milepost_types::{Address, ChainId, Did, Timestamp, U256};
use proptest::prelude::*;

use crate::{DecodeError, Decoded, MAX_EVENTS, MAX_SIGNALS, MAX_TEXT_BYTES, decode};

const EXAMPLE: &str = r#"{"vin":"WBA11AA0909000001","signals":[{"name":"speed","timestamp":"2026-05-02T06:09:58Z","value":31.5},{"name":"isIgnitionOn","timestamp":"2026-05-02T06:09:58Z","value":1},{"name":"currentLocationCoordinates","timestamp":"2026-05-02T06:09:58Z","value":{"latitude":48.1,"longitude":11.5,"hdop":0.9}}],"events":[{"name":"safety.collision","timestamp":"2026-05-02T06:09:59Z","durationNs":150000000,"metadata":"{\"g\":2.1}","tags":["front"]}]}"#;

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

fn event(data: Data) -> CloudEvent {
    let vehicle = Did::erc721(ChainId(80002), Address::repeat_byte(7), U256::from(700));
    let header = Header {
        id: "trip-7/0001".to_owned(),
        source: Address::repeat_byte(0xaa),
        producer: vehicle,
        subject: vehicle,
        kind: "dimo.status".to_owned(),
        time: at("2026-05-02T06:10:00Z"),
        data_content_type: None,
        data_schema: None,
        data_version: Some("default/v1.0".to_owned()),
        signature: None,
        raw_event_id: None,
        sequence: None,
        tags: Vec::new(),
        extras: None,
    };
    CloudEvent { header, data }
}

fn decoded_bytes(data: Vec<u8>) -> Decoded {
    decode(&event(Data::Json(data.into())), at("2026-05-02T06:10:00Z"))
}

fn decoded(json: &str) -> Decoded {
    decoded_bytes(json.as_bytes().to_vec())
}

/// Decodes one signal at a good time with this JSON value.
fn value_of(name: &str, value: &str) -> Result<Value, String> {
    let mut decoded = decoded(&format!(
        r#"{{"signals":[{{"name":"{name}","timestamp":"2026-05-02T06:09:58Z","value":{value}}}]}}"#
    ));
    match decoded.signals.pop() {
        Some(reading) => Ok(reading.value),
        None => Err(decoded.errors.remove(0).reason),
    }
}

fn error(path: &str, name: Option<&str>, errors: &[DecodeError]) -> String {
    let found = errors
        .iter()
        .find(|error| error.path == path)
        .unwrap_or_else(|| panic!("no {path} in {errors:?}"));
    assert_eq!(found.name.as_deref(), name);
    found.reason.clone()
}

#[test]
fn the_example_of_the_format_decodes_completely() {
    let Decoded {
        signals,
        events,
        errors,
    } = decoded(EXAMPLE);
    assert_eq!(errors, []);
    let measured = at("2026-05-02T06:09:58Z");
    assert!(signals.iter().all(|reading| reading.at == measured));
    let position = Location {
        latitude: 48.1,
        longitude: 11.5,
        hdop: 0.9,
        heading: 0.0,
    };
    assert_eq!(
        signals
            .iter()
            .map(|reading| (reading.signal, reading.value.clone()))
            .collect::<Vec<_>>(),
        [
            (id::SPEED, Value::Number(31.5)),
            (id::IS_IGNITION_ON, Value::Number(1.0)),
            (id::CURRENT_LOCATION_COORDINATES, Value::Location(position)),
        ]
    );
    assert_eq!(events.len(), 1);
    assert_eq!(&*events[0].name, "safety.collision");
    assert_eq!(events[0].at, at("2026-05-02T06:09:59Z"));
    assert_eq!(events[0].duration_ns, 150_000_000);
    assert_eq!(events[0].metadata.as_deref(), Some(r#"{"g":2.1}"#));
    assert_eq!(events[0].tags, ["front"]);
}

#[test]
fn good_signals_survive_bad_neighbours_and_each_bad_one_is_named() {
    let Decoded {
        signals, errors, ..
    } = decoded(
        r#"{"signals":[
            {"name":"speed","timestamp":"2026-05-02T06:09:58Z","value":1},
            {"name":"warpSpeed","timestamp":"2026-05-02T06:09:58Z","value":1},
            null, 7, "speed", [], {},
            {"name":"speed","value":1},
            {"name":"speed","timestamp":"0001-01-01T00:00:00Z","value":1},
            {"name":"speed","timestamp":1777702198,"value":1},
            {"name":"speed","timestamp":"2026-05-02T06:15:01Z","value":1},
            {"name":"speed","timestamp":"2026-05-02T06:09:58.5Z","value":1e999},
            {"name":"speed","timestamp":"2026-05-02T06:09:58.5Z","value":"\ud800"},
            {"name":"speed","timestamp":"2026-05-02T06:09:58.5Z"},
            {"name":"speed","timestamp":"2026-05-02T06:09:59Z","value":2}
        ]}"#,
    );
    assert_eq!(
        signals
            .iter()
            .map(|reading| reading.value.clone())
            .collect::<Vec<_>>(),
        [Value::Number(1.0), Value::Number(2.0)]
    );
    assert_eq!(errors.len(), 13);
    assert_eq!(
        error("signals[1].name", Some("warpSpeed"), &errors),
        "no signal has this name"
    );
    for index in 2..=5 {
        assert_eq!(
            error(&format!("signals[{index}]"), None, &errors),
            "expected an object"
        );
    }
    assert_eq!(error("signals[6].name", None, &errors), "name is missing");
    assert!(error("signals[7].timestamp", Some("speed"), &errors).contains("missing"));
    assert!(error("signals[8].timestamp", Some("speed"), &errors).contains("2000-01-01"));
    assert!(error("signals[9].timestamp", Some("speed"), &errors).contains("RFC 3339"));
    assert!(error("signals[10].timestamp", Some("speed"), &errors).contains("5 min"));
    assert!(error("signals[11].value", Some("speed"), &errors).contains("double precision"));
    assert!(error("signals[12].value", Some("speed"), &errors).contains("escape"));
    assert!(error("signals[13].value", Some("speed"), &errors).contains("missing"));
}

#[test]
fn numbers_come_as_numbers_and_numeric_texts_and_boolean_signals_as_booleans_too() {
    for (json, number) in [
        ("31.5", 31.5),
        ("-0.1", -0.1),
        ("1e3", 1000.0),
        (r#""31.5""#, 31.5),
        (r#""1e-3""#, 0.001),
        ("0.1234567890123456789", 0.123_456_789_012_345_68),
        ("5e-324", 5e-324),
    ] {
        assert_eq!(value_of("speed", json), Ok(Value::Number(number)), "{json}");
    }
    assert_eq!(value_of("isIgnitionOn", "true"), Ok(Value::Number(1.0)));
    assert_eq!(value_of("isIgnitionOn", "false"), Ok(Value::Number(0.0)));
    for json in [
        "true",
        "false",
        r#""NaN""#,
        r#""inf""#,
        r#""-Infinity""#,
        r#""1e999""#,
        r#""""#,
        r#"" 1""#,
        r#""fast""#,
        "[1]",
        r#"{"a":1}"#,
        "null",
    ] {
        assert!(value_of("speed", json).is_err(), "{json}");
    }
}

#[test]
fn values_outside_the_stated_range_are_kept_as_sent() {
    assert_eq!(
        value_of("chassisBrakePedalPosition", "140"),
        Ok(Value::Number(140.0))
    );
    assert_eq!(value_of("isIgnitionOn", "2"), Ok(Value::Number(2.0)));
}

#[test]
fn texts_are_texts_of_at_most_4_kib() {
    let text = |json: &str| value_of("powertrainType", json);
    assert_eq!(
        text(r#""ELECTRIC""#),
        Ok(Value::Text(Arc::from("ELECTRIC")))
    );
    assert_eq!(text(r#""""#), Ok(Value::Text(Arc::from(""))));
    assert_eq!(
        text(r#""a\u00e9\n\"b\\""#),
        Ok(Value::Text(Arc::from("aé\n\"b\\")))
    );
    assert_eq!(
        value_of("obdDTCList", r#""[\"P0300\"]""#),
        Ok(Value::Text(Arc::from(r#"["P0300"]"#)))
    );
    assert!(
        value_of("obdDTCList", r#"["P0300"]"#)
            .unwrap_err()
            .contains("JSON array")
    );
    assert!(text("7").is_err());
    let longest = format!("\"{}\"", "x".repeat(MAX_TEXT_BYTES));
    assert!(text(&longest).is_ok());
    assert!(
        text(&format!("\"x{}", &longest[1..]))
            .unwrap_err()
            .contains("4096")
    );
}

#[test]
fn positions_must_be_on_the_globe() {
    let position = |json: &str| value_of("currentLocationCoordinates", json);
    let full = r#"{"latitude":-90,"longitude":180.0,"hdop":0.5,"heading":359.5}"#;
    let location = Location {
        latitude: -90.0,
        longitude: 180.0,
        hdop: 0.5,
        heading: 359.5,
    };
    assert_eq!(position(full), Ok(Value::Location(location)));
    assert!(
        position(r#"{"latitude":95,"longitude":10}"#)
            .unwrap_err()
            .contains("-90 to 90")
    );
    assert!(
        position(r#"{"latitude":45,"longitude":200}"#)
            .unwrap_err()
            .contains("-180 to 180")
    );
    assert!(
        position(r#"{"latitude":45}"#)
            .unwrap_err()
            .contains("longitude is missing")
    );
    assert!(position(r#"{"latitude":"NaN","longitude":1}"#).is_err());
    assert!(position(r#"{"latitude":1e999,"longitude":1}"#).is_err());
    assert!(position("48.1").is_err());
    assert_eq!(
        position(r#"{"latitude":0,"longitude":0}"#),
        Ok(Value::Location(Location::default()))
    );
}

#[test]
fn an_unusable_heading_or_hdop_does_not_cost_the_position() {
    let Decoded {
        signals, errors, ..
    } = decoded(
        r#"{"signals":[{"name":"currentLocationCoordinates","timestamp":"2026-05-02T06:09:58Z",
            "value":{"latitude":1,"longitude":2,"hdop":"good","heading":361}}]}"#,
    );
    let location = Location {
        latitude: 1.0,
        longitude: 2.0,
        hdop: 0.0,
        heading: 0.0,
    };
    assert_eq!(signals[0].value, Value::Location(location));
    assert_eq!(errors.len(), 2);
    error(
        "signals[0].value.hdop",
        Some("currentLocationCoordinates"),
        &errors,
    );
    assert!(
        error(
            "signals[0].value.heading",
            Some("currentLocationCoordinates"),
            &errors
        )
        .contains("360")
    );
}

#[test]
fn of_repeats_the_last_counts_and_differing_ones_are_reported() {
    let item = |name: &str, second: u8, value: u8| {
        format!(
            r#"{{"name":"{name}","timestamp":"2026-05-02T06:09:{second:02}Z","value":{value}}}"#
        )
    };
    let items = [
        item("speed", 5, 1),
        item("speed", 6, 2),
        item("obdRunTime", 5, 9),
        item("speed", 5, 3),
        item("speed", 6, 2),
    ];
    let Decoded {
        signals, errors, ..
    } = decoded(&format!(r#"{{"signals":[{}]}}"#, items.join(",")));
    let values: Vec<_> = signals
        .iter()
        .map(|reading| (reading.signal, reading.value.clone()))
        .collect();
    assert_eq!(
        values,
        [
            (id::OBD_RUN_TIME, Value::Number(9.0)),
            (id::SPEED, Value::Number(3.0)),
            (id::SPEED, Value::Number(2.0))
        ]
    );
    assert_eq!(errors.len(), 1, "equal repeats are no error");
    assert!(error("signals[0]", Some("speed"), &errors).contains("signals[3]"));
}

fn halves(items: &[(&str, &str, f64)]) -> Decoded {
    let items: Vec<String> = items
        .iter()
        .map(|(name, time, value)| {
            let name = match *name {
                "lat" => "currentLocationLatitude",
                "lon" => "currentLocationLongitude",
                "hdop" => "dimoAftermarketHDOP",
                other => other,
            };
            format!(r#"{{"name":"{name}","timestamp":"2026-05-02T06:09:{time}Z","value":{value}}}"#)
        })
        .collect();
    decoded(&format!(r#"{{"signals":[{}]}}"#, items.join(",")))
}

#[test]
fn halves_of_a_position_within_500_ms_become_one() {
    let Decoded {
        signals, errors, ..
    } = halves(&[
        ("lat", "10", 48.1),
        ("hdop", "10.2", 0.7),
        ("lon", "10.499", 11.5),
        ("speed", "10", 3.0),
        ("lon", "20.1", 11.6),
        ("lat", "20", 48.2),
    ]);
    assert_eq!(errors, []);
    let first = Location {
        latitude: 48.1,
        longitude: 11.5,
        hdop: 0.7,
        heading: 0.0,
    };
    let second = Location {
        latitude: 48.2,
        longitude: 11.6,
        hdop: 0.0,
        heading: 0.0,
    };
    let found: Vec<_> = signals
        .iter()
        .map(|reading| (reading.at.to_string(), reading.value.clone()))
        .collect();
    assert_eq!(
        found,
        [
            ("2026-05-02T06:09:10Z".to_owned(), Value::Location(first)),
            ("2026-05-02T06:09:20Z".to_owned(), Value::Location(second)),
            ("2026-05-02T06:09:10Z".to_owned(), Value::Number(3.0)),
        ]
    );
}

#[test]
fn unpaired_halves_and_positions_off_the_globe_are_errors() {
    let Decoded {
        signals, errors, ..
    } = halves(&[
        ("lat", "10", 48.1),
        ("lon", "10.5", 11.5),
        ("hdop", "12", 0.7),
        ("lat", "14", 95.0),
        ("lon", "14", 11.5),
    ]);
    assert_eq!(signals, []);
    assert_eq!(errors.len(), 5);
    assert!(error("signals[0]", Some("currentLocationLatitude"), &errors).contains("500 ms"));
    assert!(error("signals[1]", Some("currentLocationLongitude"), &errors).contains("500 ms"));
    assert!(error("signals[2]", Some("dimoAftermarketHDOP"), &errors).contains("500 ms"));
    assert!(error("signals[3]", Some("currentLocationLatitude"), &errors).contains("-90 to 90"));
}

#[test]
fn a_position_sent_as_such_overrides_its_halves() {
    let Decoded { signals, .. } = decoded(
        r#"{"signals":[
            {"name":"currentLocationCoordinates","timestamp":"2026-05-02T06:09:58Z","value":{"latitude":1,"longitude":2}},
            {"name":"currentLocationLatitude","timestamp":"2026-05-02T06:09:58Z","value":3},
            {"name":"currentLocationLongitude","timestamp":"2026-05-02T06:09:58Z","value":4}]}"#,
    );
    assert_eq!(signals.len(), 1);
    assert_eq!(
        signals[0].value,
        Value::Location(Location {
            latitude: 1.0,
            longitude: 2.0,
            ..Location::default()
        })
    );
}

#[test]
fn the_decoded_wire_form_is_read_by_the_kind_of_its_name() {
    let Decoded {
        signals, errors, ..
    } = decoded(
        r#"{"signals":[
            {"name":"speed","timestamp":"2026-05-02T06:09:58Z","valueNumber":5,"valueString":"","cloudEventId":"a"},
            {"name":"powertrainType","timestamp":"2026-05-02T06:09:58Z","valueNumber":0,"valueString":"HYBRID"},
            {"name":"currentLocationCoordinates","timestamp":"2026-05-02T06:09:58Z","valueNumber":0,
             "valueLocation":{"latitude":1,"longitude":2,"hdop":3,"heading":4}}]}"#,
    );
    assert_eq!(errors, []);
    assert_eq!(signals[0].value, Value::Number(5.0));
    assert_eq!(signals[1].value, Value::Text(Arc::from("HYBRID")));
    let location = Location {
        latitude: 1.0,
        longitude: 2.0,
        hdop: 3.0,
        heading: 4.0,
    };
    assert_eq!(signals[2].value, Value::Location(location));
}

#[test]
fn an_event_keeps_what_is_usable() {
    let Decoded { events, errors, .. } = decoded(
        r#"{"events":[
            {"name":"behavior.harshBraking","timestamp":"2026-05-02T06:09:58Z","durationNs":-5,"metadata":{"counterValue":3},
             "tags":["night","Wet","",7,"behavior.harshBraking"]},
            {"name":"behavior.harshbraking","timestamp":"2026-05-02T06:09:58Z"},
            {"name":"safety.collision"},
            {"name":"security.engineBlock","timestamp":"2026-05-02T06:09:58Z","durationNs":null,"metadata":null,"tags":null},
            {"name":"safety.collision","timestamp":"2026-05-02T06:09:58Z","durationNs":18446744073709551615,"tags":"front"}
        ]}"#,
    );
    assert_eq!(events.len(), 3);
    assert_eq!(events[0].duration_ns, 0);
    assert_eq!(events[0].metadata.as_deref(), Some(r#"{"counterValue":3}"#));
    assert_eq!(events[0].tags, ["night"]);
    assert_eq!(
        (
            events[1].duration_ns,
            &events[1].metadata,
            events[1].tags.len()
        ),
        (0, &None, 0)
    );
    assert_eq!(events[2].duration_ns, u64::MAX);
    assert_eq!(errors.len(), 8);
    error(
        "events[0].durationNs",
        Some("behavior.harshBraking"),
        &errors,
    );
    for index in [1, 2, 3, 4] {
        error(
            &format!("events[0].tags[{index}]"),
            Some("behavior.harshBraking"),
            &errors,
        );
    }
    error("events[1].name", Some("behavior.harshbraking"), &errors);
    error("events[2].timestamp", Some("safety.collision"), &errors);
    error("events[4].tags", Some("safety.collision"), &errors);
}

#[test]
fn of_events_with_one_name_and_time_the_last_counts() {
    let item = |duration: u8| {
        format!(
            r#"{{"name":"safety.collision","timestamp":"2026-05-02T06:09:58Z","durationNs":{duration}}}"#
        )
    };
    let Decoded { events, errors, .. } = decoded(&format!(
        r#"{{"events":[{},{},{}]}}"#,
        item(1),
        item(2),
        item(2)
    ));
    assert_eq!(
        events
            .iter()
            .map(|event| event.duration_ns)
            .collect::<Vec<_>>(),
        [2]
    );
    assert_eq!(errors.len(), 1);
    error("events[0]", Some("safety.collision"), &errors);
}

#[test]
fn items_beyond_the_limits_are_counted_in_one_error() {
    let base = at("2026-05-02T05:00:00Z");
    let signals: Vec<String> = (0..MAX_SIGNALS + 345)
        .map(|i| {
            let time = base.saturating_add_micros(i64::try_from(i).unwrap() * 1000);
            format!(r#"{{"name":"speed","timestamp":"{time}","value":{i}}}"#)
        })
        .collect();
    let events = vec!["{}"; MAX_EVENTS + 2];
    let result = decoded(&format!(
        r#"{{"signals":[{}],"events":[{}]}}"#,
        signals.join(","),
        events.join(",")
    ));
    assert_eq!(result.signals.len(), MAX_SIGNALS);
    assert_eq!(result.errors.len(), 1 + MAX_EVENTS + 1);
    assert!(error("signals", None, &result.errors).contains("345 items beyond the limit of 10000"));
    assert!(error("events", None, &result.errors).contains("2 items beyond the limit of 1000"));
}

#[test]
fn payloads_that_hold_nothing_say_so() {
    for (json, reason) in [
        ("{}", "nothing to decode"),
        (r#"{"signals":null}"#, "nothing to decode"),
        ("[]", "not a JSON object"),
        ("7", "not a JSON object"),
        ("", "not a JSON object"),
        (r#"{"signals":["#, "not a JSON object"),
        (r#"{"signals":[]} x"#, "not a JSON object"),
    ] {
        let Decoded {
            signals,
            events,
            errors,
        } = decoded(json);
        assert_eq!(
            (signals.len(), events.len(), errors.len()),
            (0, 0, 1),
            "{json}"
        );
        assert!(
            error("data", None, &errors).contains(reason),
            "{json}: {errors:?}"
        );
    }
    assert!(
        error("data", None, &decoded_bytes(vec![b'{', 0xff, b'}']).errors)
            .contains("UTF-8 from byte 1")
    );
    assert!(
        error(
            "signals",
            None,
            &decoded(r#"{"signals":{"name":"speed"}}"#).errors
        )
        .contains("array")
    );
    assert_eq!(decoded(r#"{"signals":[]}"#), Decoded::default());
}

#[test]
fn a_bad_vin_is_reported_without_repeating_it() {
    assert_eq!(
        decoded(r#"{"vin":"WBA11AA0909000001"}"#),
        Decoded::default()
    );
    let reason = error("vin", None, &decoded(r#"{"vin":"SECRET1234"}"#).errors);
    assert!(!reason.contains("SECRET"));
    error("vin", None, &decoded(r#"{"vin":17}"#).errors);
}

#[test]
fn depth_costs_no_stack() {
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let good = r#"{"name":"speed","timestamp":"2026-05-02T06:09:58Z","value":1}"#;
    let result = decoded(&format!(
        r#"{{"x":{deep},"signals":[{deep},{good},{{"name":"speed","timestamp":"2026-05-02T06:09:59Z","value":{deep}}}]}}"#
    ));
    assert_eq!(result.signals.len(), 1);
    assert_eq!(result.errors.len(), 2);
}

#[test]
fn a_repeated_field_counts_with_its_last_value() {
    let result = decoded(
        r#"{"signals":[{"name":"obdRunTime","name":"speed","timestamp":"2026-05-02T06:09:58Z","value":1,"value":2}]}"#,
    );
    assert_eq!(
        (result.signals[0].signal, &result.signals[0].value),
        (id::SPEED, &Value::Number(2.0))
    );
}

#[test]
fn other_types_and_formats_are_not_mistaken_for_signals() {
    let received = at("2026-05-02T06:10:00Z");
    let data = Data::Json(EXAMPLE.as_bytes().to_vec().into());
    let mut attestation = event(data.clone());
    attestation.header.kind = "dimo.attestation".to_owned();
    assert_eq!(decode(&attestation, received), Decoded::default());

    let mut ruptela = event(data.clone());
    ruptela.header.data_version = Some("r/v0/s".to_owned());
    assert!(error("data", None, &decode(&ruptela, received).errors).contains("r/v0/s"));

    let mut unversioned = event(data);
    unversioned.header.data_version = None;
    assert_eq!(decode(&unversioned, received).signals.len(), 3);

    assert!(error("data", None, &decode(&event(Data::None), received).errors).contains("no data"));
    let base64 = event(Data::Base64("e30=".to_owned()));
    assert!(error("data", None, &decode(&base64, received).errors).contains("data_base64"));
}

/// JSON-like text: whole tokens of the format in any order, which reaches deeper than random bytes.
fn tokens() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "null",
            "true",
            "-1",
            "1e999",
            "0.5",
            "\"speed\"",
            "\"name\"",
            "\"value\"",
            "\"timestamp\"",
            "\"signals\"",
            "\"events\"",
            "\"vin\"",
            "\"2026-05-02T06:09:58Z\"",
            "\"tags\"",
            "\"\\ud800\"",
            "\"currentLocationLatitude\"",
            "\"currentLocationCoordinates\"",
            "\"latitude\"",
            "\"durationNs\"",
            "{\"signals\":[",
            "{\"name\":\"speed\",\"timestamp\":\"2026-05-02T06:09:58Z\",\"value\":",
            "]}",
            "\"metadata\"",
            "\"safety.collision\"",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,6}",
    ];
    prop::collection::vec(token, 0..60).prop_map(|tokens| tokens.concat())
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        decoded_bytes(bytes);
    }

    #[test]
    fn arbitrary_token_sequences_never_panic(json in tokens()) {
        decoded(&json);
    }

    #[test]
    fn damaged_payloads_never_panic(at in 0..EXAMPLE.len(), byte: u8, cut in 0..EXAMPLE.len()) {
        let mut bytes = EXAMPLE.as_bytes().to_vec();
        bytes[at] = byte;
        bytes.truncate(EXAMPLE.len() - cut % 40);
        decoded_bytes(bytes);
    }

    #[test]
    fn every_number_survives_exactly(value in prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO) {
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(value_of("speed", &json), Ok(Value::Number(value)));
    }

    #[test]
    fn every_item_is_decoded_or_reported(values in prop::collection::vec((0usize..140, 0i64..40, any::<bool>()), 1..60)) {
        let base = at("2026-05-02T06:09:00Z");
        let items: Vec<String> = values
            .iter()
            .map(|(signal, second, good)| {
                let name = SignalId::ALL.get(*signal).map_or("unknown", |signal| signal.name());
                let time = base.saturating_add_micros(second * 1_000_000);
                let value = if !good { "[]" } else { "{\"latitude\":1,\"longitude\":2}" };
                let value = match SignalId::by_name(name).map(|signal| signal.definition().kind) {
                    Some(milepost_signals::ValueKind::Number) if *good => "7",
                    Some(milepost_signals::ValueKind::Text) if *good => "\"x\"",
                    _ => value,
                };
                format!(r#"{{"name":"{name}","timestamp":"{time}","value":{value}}}"#)
            })
            .collect();
        let result = decoded(&format!(r#"{{"signals":[{}]}}"#, items.join(",")));
        let mut good: Vec<_> =
            values.iter().filter(|(signal, _, good)| *good && *signal < 116).map(|(signal, second, _)| (signal, second)).collect();
        let good_items = good.len();
        good.sort();
        good.dedup();
        prop_assert_eq!(result.signals.len(), good.len());
        prop_assert_eq!(result.errors.len(), values.len() - good_items);
    }
}
