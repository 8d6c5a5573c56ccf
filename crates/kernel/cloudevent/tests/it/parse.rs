use milepost_cloudevent::{Data, Incoming, TIME_MIN, check_time};
use milepost_types::{Did, Timestamp, address};
use proptest::prelude::*;

use crate::{DEVICE, PAYLOAD, VEHICLE, full, parse, with};

fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-05-02T06:10:00Z").unwrap()
}

/// Field, reason and limit of the error of an event.
fn refused(json: &str) -> (String, String, Option<String>) {
    let error = parse(json).expect_err(json);
    let text = error.to_string();
    assert!(text.starts_with(error.field.as_ref()), "{text}");
    if let Some(limit) = &error.limit {
        assert!(text.ends_with(&format!("(limit: {limit})")), "{text}");
    }
    (
        error.field.into_owned(),
        error.reason.into_owned(),
        error.limit.map(Into::into),
    )
}

fn refused_field(json: &str) -> String {
    refused(json).0
}

#[test]
fn every_attribute_is_read_and_the_payload_kept_byte_for_byte() {
    let event = parse(&full()).unwrap();
    assert_eq!(event.id(), Some("trip-7/0001"));
    assert_eq!(
        event.source(),
        Some(address!("0x8D8cDB2B26423c8fDbb27321aF20b4659Ce919fD"))
    );
    assert_eq!(event.producer().to_string(), DEVICE);
    assert_eq!(event.subject().to_string(), VEHICLE);
    assert_eq!(event.kind(), "dimo.status");
    assert_eq!(
        event.time().unwrap().to_string(),
        "2026-05-02T06:10:00.123456Z"
    );
    assert_eq!(event.data_content_type(), Some("application/json"));
    assert_eq!(event.data_schema(), Some("dimo.zone/status/v2.0"));
    assert_eq!(event.data_version(), Some("default/v1.0"));
    assert_eq!(event.signature(), Some("0xab"));
    assert_eq!(event.raw_event_id(), Some("raw-1"));
    assert_eq!(event.sequence(), Some(u64::MAX));
    assert_eq!(event.tags(), ["a", "b c"]);
    assert_eq!(
        event.extras(),
        Some(r#"{"note":{"z":1,"a":[2]},"vehicleTokenId":700}"#)
    );
    assert_eq!(event.data_bytes(), PAYLOAD.as_bytes());
}

#[test]
fn json_written_from_an_event_reads_back_the_same() {
    let event = parse(&full()).unwrap();
    assert_eq!(Incoming::parse(&event.to_json()).unwrap(), event);
    let small = parse(&with("")).unwrap();
    assert_eq!(Incoming::parse(&small.to_json()).unwrap(), small);
    let stored = event
        .clone()
        .into_event(event.source().unwrap(), now(), "unused");
    assert_eq!(Incoming::parse(&stored.to_json()).unwrap(), event);
}

#[test]
fn a_device_that_names_no_subject_is_its_own_subject() {
    let event = parse(&with(r#""subject":"","#)).unwrap();
    assert_eq!(event.subject(), event.producer());
    assert_eq!(event.own_subject(), None);
}

#[test]
fn legacy_nft_identifiers_become_erc721() {
    let json = r#"{"producer":"did:nft:137:0x4804e8d1661cd1a1e5ddde1ff458a7f878c0ac6d_9","type":"dimo.status"}"#;
    assert_eq!(
        parse(json).unwrap().producer(),
        DEVICE.parse::<Did>().unwrap()
    );
}

#[test]
fn missing_id_and_time_come_from_the_node() {
    let source = address!("0x8D8cDB2B26423c8fDbb27321aF20b4659Ce919fD");
    let event = parse(&with(r#""id":"","time":null,"#))
        .unwrap()
        .into_event(source, now(), "given");
    assert_eq!(
        (
            event.header.id.as_str(),
            event.header.time,
            event.header.source
        ),
        ("given", now(), source)
    );
}

#[test]
fn another_json_type_is_an_error_that_names_the_field() {
    for field in [
        "id",
        "source",
        "subject",
        "time",
        "specversion",
        "datacontenttype",
        "dataschema",
        "dataversion",
        "signature",
    ] {
        for (value, found) in [
            ("7", "a number"),
            ("{}", "an object"),
            ("[]", "an array"),
            ("true", "a boolean"),
        ] {
            let (named, reason, _) = refused(&with(&format!(r#""{field}":{value},"#)));
            assert_eq!(named, field);
            assert_eq!(reason, format!("must be a string, found {found}"));
        }
    }
    assert_eq!(
        refused(r#"{"producer":5,"type":"dimo.status"}"#).1,
        "must be a string, found a number"
    );
    assert_eq!(refused_field(&with(r#""raweventid":1,"#)), "raweventid");
    assert_eq!(refused_field(&with(r#""data_base64":1,"#)), "data_base64");
}

#[test]
fn required_attributes_are_named() {
    assert_eq!(refused(r#"{"type":"dimo.status"}"#).0, "producer");
    assert_eq!(refused(&format!(r#"{{"producer":"{DEVICE}"}}"#)).0, "type");
    assert_eq!(
        refused_field(r#"{"producer":"car 7","type":"dimo.status"}"#),
        "producer"
    );
}

#[test]
fn a_key_given_twice_is_refused_even_when_escaped() {
    assert_eq!(refused(&with(r#""id":"a","id":"b","#)).0, "id");
    assert_eq!(refused(&with(r#""id":"a","\u0069d":"a","#)).0, "id");
    assert_eq!(refused(&with(r#""data":{},"#)).0, "data");
    assert_eq!(refused(&with(r#""mine":1,"mine":1,"#)).0, "mine");
}

#[test]
fn errors_name_the_event_by_its_id() {
    let error = parse(&with(r#""time":"noon","id":"e-1","#)).unwrap_err();
    assert_eq!(error.event_id.as_deref(), Some("e-1"));
}

#[test]
fn text_that_is_no_utf8_is_refused() {
    let mut json = with(r#""id":"abc","#).into_bytes();
    let at = json.windows(3).position(|w| w == b"abc").unwrap();
    json[at] = 0xff;
    assert!(
        Incoming::parse(&json)
            .unwrap_err()
            .to_string()
            .contains("not UTF-8")
    );
}

#[test]
fn half_a_surrogate_pair_is_no_text() {
    assert_eq!(refused(&with(r#""tags":["\ud800"],"#)).0, "tags[0]");
}

#[test]
fn identifiers_keep_to_their_characters_and_length() {
    for good in ["a-B_0/9,. :", "2f9XQb1hHJcVwB0lqVb6H0eW7xT"] {
        assert_eq!(
            parse(&with(&format!(r#""id":"{good}","#))).unwrap().id(),
            Some(good)
        );
    }
    for bad in ["a!b", "a\\u0000b", "ü", "a\\nb", "a\\\"b", "<id>"] {
        let (field, _, limit) = refused(&with(&format!(r#""id":"{bad}","#)));
        assert_eq!(
            (field.as_str(), limit.as_deref()),
            ("id", Some("letters, digits and -_/,. :"))
        );
    }
    let long = "a".repeat(257);
    for field in ["id", "dataschema", "dataversion", "raweventid"] {
        let (named, _, limit) = refused(&with(&format!(r#""{field}":"{long}","#)));
        assert_eq!(
            (named.as_str(), limit.as_deref()),
            (field, Some("256 bytes"))
        );
    }
    assert_eq!(
        refused_field(&with(r#""dataversion":"v#1","#)),
        "dataversion"
    );
}

#[test]
fn time_is_rfc_3339() {
    for bad in [
        "yesterday",
        "1777702200",
        "2026-05-02",
        "2026-13-02T06:10:00Z",
        "2026-05-02T06:10:00",
    ] {
        assert_eq!(refused_field(&with(&format!(r#""time":"{bad}","#))), "time");
    }
    assert_eq!(refused_field(&with(r#""time":1777702200,"#)), "time");
}

#[test]
fn times_before_2000_and_more_than_five_minutes_ahead_are_refused_with_the_limit() {
    let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
    check_time(at("2026-05-02T06:15:00Z"), now()).unwrap();
    check_time(TIME_MIN, now()).unwrap();
    let ahead = check_time(at("2026-05-02T06:15:00.000001Z"), now()).unwrap_err();
    assert_eq!(
        (ahead.field.as_ref(), ahead.limit.as_deref()),
        ("time", Some("5 minutes ahead"))
    );
    let old = check_time(at("1999-12-31T23:59:59.999999Z"), now()).unwrap_err();
    assert_eq!(old.limit.as_deref(), Some("2000-01-01T00:00:00Z"));
}

#[test]
fn source_is_an_address() {
    assert_eq!(
        refused_field(&with(r#""source":"dimo/integration/27q","#)),
        "source"
    );
    assert_eq!(refused_field(&with(r#""source":"0x12","#)), "source");
}

#[test]
fn sequence_is_a_whole_number_or_its_text() {
    for (value, number) in [("0", 0), ("\"42\"", 42), ("18446744073709551615", u64::MAX)] {
        assert_eq!(
            parse(&with(&format!(r#""sequence":{value},"#)))
                .unwrap()
                .sequence(),
            Some(number)
        );
    }
    for bad in [
        "-1",
        "1.0",
        "1e3",
        "18446744073709551616",
        "\"+1\"",
        "\"0x1\"",
        "\" 1\"",
        "true",
        "{}",
        "[1]",
    ] {
        assert_eq!(
            refused_field(&with(&format!(r#""sequence":{bad},"#))),
            "sequence"
        );
    }
}

#[test]
fn tags_are_an_array_of_strings() {
    assert_eq!(refused_field(&with(r#""tags":"a","#)), "tags");
    assert_eq!(refused_field(&with(r#""tags":{"a":1},"#)), "tags");
    assert_eq!(refused_field(&with(r#""tags":["a",7],"#)), "tags[1]");
    assert_eq!(refused_field(&with(r#""tags":[null],"#)), "tags[0]");
    assert_eq!(refused_field(&with(r#""tags":["a\tb"],"#)), "tags[0]");
}

#[test]
fn only_version_1_0_is_read() {
    assert_eq!(
        refused(&with(r#""specversion":"0.3","#)).2.as_deref(),
        Some("1.0")
    );
}

#[test]
fn data_and_data_base64_exclude_each_other() {
    let json = with(r#""datacontenttype":"application/json","data_base64":"e30=","#);
    assert_eq!(refused_field(&json), "data_base64");
}

#[test]
fn content_types_follow_the_profile() {
    let base64 = |content_type: &str| {
        parse(&format!(
            r#"{{"producer":"{DEVICE}","type":"dimo.status",{content_type}"data_base64":"e30="}}"#
        ))
    };
    let pdf = base64(r#""datacontenttype":"application/pdf","#).unwrap();
    assert_eq!(*pdf.data(), Data::Base64("e30=".into()));
    assert_eq!(pdf.data().content().as_ref(), b"{}");
    assert_eq!(pdf.data_bytes(), b"e30=");
    assert_eq!(base64("").unwrap_err().field, "datacontenttype");
    assert_eq!(
        base64(r#""datacontenttype":"text/html","#)
            .unwrap_err()
            .field,
        "datacontenttype"
    );
    assert_eq!(
        refused_field(&with(r#""datacontenttype":"image/png","#)),
        "datacontenttype"
    );
    parse(&with(
        r#""datacontenttype":"application/json; charset=utf-8","#,
    ))
    .unwrap();
    assert_eq!(
        pdf.check_device_port(now()).unwrap_err().field,
        "datacontenttype"
    );
}

#[test]
fn data_base64_must_be_base64() {
    for bad in ["e30", "e3-_", "e30==", "e3 0="] {
        let json = format!(
            r#"{{"producer":"{DEVICE}","type":"dimo.status","datacontenttype":"application/json","data_base64":"{bad}"}}"#
        );
        assert_eq!(refused_field(&json), "data_base64");
    }
}

#[test]
fn the_header_is_bounded_at_8_kib_and_the_payload_at_1_mib() {
    let padded = |bytes: usize| with(&format!(r#""note":"{}","#, "x".repeat(bytes)));
    let fixed = with("").len() - r#"{"data":{}}"#.len();
    parse(&padded(8192 - fixed - 20)).unwrap();
    let (field, _, limit) = refused(&padded(8192));
    assert_eq!(
        (field.as_str(), limit.as_deref()),
        ("event", Some("8192 bytes"))
    );

    let data = |bytes: usize| {
        format!(
            r#"{{"producer":"{DEVICE}","type":"dimo.status","data":"{}"}}"#,
            "x".repeat(bytes - 2)
        )
    };
    assert_eq!(parse(&data(1 << 20)).unwrap().data_bytes().len(), 1 << 20);
    let (field, _, limit) = refused(&data((1 << 20) + 1));
    assert_eq!(
        (field.as_str(), limit.as_deref()),
        ("data", Some("1048576 bytes"))
    );
}

#[test]
fn base64_is_measured_after_decoding() {
    let json = |text: &str| {
        format!(
            r#"{{"producer":"{DEVICE}","type":"dimo.status","datacontenttype":"application/json","data_base64":"{text}"}}"#
        )
    };
    // 1 MiB leaves one byte after a multiple of three.
    let whole = "AAAA".repeat((1 << 20) / 3);
    parse(&json(&format!("{whole}AA=="))).unwrap();
    assert_eq!(refused_field(&json(&format!("{whole}AAA="))), "data_base64");
    assert_eq!(
        refused_field(&json(&format!("{whole}AAAAAAAA"))),
        "data_base64"
    );
}

#[test]
fn many_attributes_are_refused_without_being_collected() {
    let many: String = (0..200_000).map(|n| format!("\"a{n}\":0,")).collect();
    assert_eq!(refused_field(&with(&many)), "event");
}

#[test]
fn nesting_is_bounded_in_extensions_and_payload() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    parse(&with(&format!("\"note\":{},", nested(8)))).unwrap();
    assert_eq!(
        refused(&with(&format!("\"note\":{},", nested(9))))
            .2
            .as_deref(),
        Some("8 levels")
    );
    let data = |depth| {
        format!(
            r#"{{"producer":"{DEVICE}","type":"dimo.status","data":{}}}"#,
            nested(depth)
        )
    };
    parse(&data(64)).unwrap();
    assert_eq!(refused(&data(65)).2.as_deref(), Some("64 levels"));
    assert_eq!(refused_field(&data(10_000)), "data");
    // Brackets inside strings and many shallow values are not depth.
    let shallow = format!(
        r#"{{"a":"{}","b":[{}]}}"#,
        "[".repeat(500),
        vec!["[{}]"; 500].join(",")
    );
    parse(&format!(
        r#"{{"producer":"{DEVICE}","type":"dimo.status","data":{shallow}}}"#
    ))
    .unwrap();
}

#[test]
fn extension_names_are_plain() {
    assert_eq!(refused_field(&with(r#""a b":1,"#)), "event");
    assert_eq!(refused_field(&with(r#""":1,"#)), "event");
}

#[test]
fn values_that_are_no_event_are_refused() {
    for (json, found) in [
        ("7", "a number"),
        ("[]", "an array"),
        ("null", "null"),
        ("\"x\"", "a string"),
        ("true", "a boolean"),
    ] {
        assert_eq!(
            refused(json).1,
            format!("must be a JSON object, found {found}")
        );
    }
    assert!(refused("{\"producer\"").1.starts_with("is not JSON"));
    assert_eq!(refused_field("{} {}"), "event");
}

#[test]
fn the_device_port_takes_five_types_from_tokens_only() {
    let event = |kind: &str, producer: &str| {
        parse(&format!(r#"{{"producer":"{producer}","type":"{kind}"}}"#)).unwrap()
    };
    for kind in [
        "dimo.status",
        "dimo.raw.status",
        "dimo.fingerprint",
        "dimo.events",
        "dimo.signals",
    ] {
        event(kind, DEVICE).check_device_port(now()).unwrap();
    }
    for kind in [
        "dimo.attestation",
        "dimo.tombstone",
        "dimo.statuss",
        "DIMO.STATUS",
    ] {
        assert_eq!(
            event(kind, DEVICE)
                .check_device_port(now())
                .unwrap_err()
                .field,
            "type"
        );
    }
    let account = "did:ethr:137:0x8D8cDB2B26423c8fDbb27321aF20b4659Ce919fD";
    assert_eq!(
        event("dimo.status", account)
            .check_device_port(now())
            .unwrap_err()
            .field,
        "producer"
    );
    let late = parse(&with(r#""time":"2027-01-01T00:00:00Z","id":"x","#))
        .unwrap()
        .check_device_port(now());
    assert_eq!(
        late.unwrap_err().to_string(),
        "time: 2027-01-01T00:00:00Z is ahead of the node's clock 2026-05-02T06:10:00Z (limit: 5 minutes ahead)"
    );
}

proptest! {
    #[test]
    fn any_bytes_parse_or_err_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Incoming::parse(&bytes).is_err(), "an event does not come about by chance");
    }

    #[test]
    fn a_damaged_event_parses_or_errs_without_panic(at in any::<proptest::sample::Index>(), byte: u8, cut in any::<proptest::sample::Index>()) {
        let mut json = full().into_bytes();
        let at = at.index(json.len());
        json[at] = byte;
        if let Ok(event) = Incoming::parse(&json) {
            prop_assert_eq!(Incoming::parse(&event.to_json()).unwrap(), event);
        }
        let cut = cut.index(json.len());
        prop_assert!(Incoming::parse(&json[..cut]).is_err());
    }

    #[test]
    fn whatever_parses_is_written_and_read_back_the_same(
        id in "[A-Za-z0-9_/,. :-]{1,40}",
        tags in proptest::collection::vec("[^\\p{C}]{0,20}", 0..4),
        sequence: Option<u64>,
        note in "\\PC{0,40}",
        micros in 946_684_800_000_000i64..4_000_000_000_000_000,
    ) {
        let time = Timestamp::from_micros(micros).unwrap();
        let (id, tags) = (serde_json::to_string(&id).unwrap(), serde_json::to_string(&tags).unwrap());
        let (sequence, note) = (serde_json::to_string(&sequence).unwrap(), serde_json::to_string(&note).unwrap());
        let json = with(&format!(r#""id":{id},"tags":{tags},"sequence":{sequence},"note":{note},"time":"{time}","#));
        let event = parse(&json).unwrap();
        prop_assert_eq!(event.time(), Some(time));
        prop_assert_eq!(Incoming::parse(&event.to_json()).unwrap(), event);
    }
}
