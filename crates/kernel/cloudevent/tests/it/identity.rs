use milepost_cloudevent::{CloudEvent, Data};
use milepost_types::{Timestamp, address};

use crate::{DEVICE, full, parse, with};

fn stored(json: &str) -> CloudEvent {
    let source = address!("0x8D8cDB2B26423c8fDbb27321aF20b4659Ce919fD");
    parse(json)
        .unwrap()
        .into_event(source, Timestamp::EPOCH, "given")
}

#[test]
fn the_same_instant_in_another_offset_is_the_same_event() {
    let other = full().replace(
        "2026-05-02T08:10:00.123456+02:00",
        "2026-05-02T06:10:00.123456Z",
    );
    assert_eq!(stored(&full()).key(), stored(&other).key());
    assert_eq!(
        stored(&full()).content_hash(),
        stored(&other).content_hash()
    );
}

#[test]
fn a_microsecond_makes_another_event() {
    let other = full().replace(".123456+", ".123457+");
    assert_ne!(stored(&full()).key(), stored(&other).key());
}

#[test]
fn subject_time_type_source_and_id_are_the_key() {
    let event = stored(&full());
    let changes: [fn(&mut CloudEvent); 5] = [
        |e| e.header.subject = e.header.producer,
        |e| e.header.time = e.header.time.saturating_add_micros(1),
        |e| e.header.kind.push('s'),
        |e| e.header.source = address!("0x0000000000000000000000000000000000000001"),
        |e| e.header.id.push('x'),
    ];
    for change in changes {
        let mut other = event.clone();
        change(&mut other);
        assert_ne!(other.key(), event.key());
        assert_ne!(other.content_hash(), event.content_hash());
    }
}

#[test]
fn type_and_id_do_not_run_into_each_other() {
    let event = |kind: &str, id: &str| {
        stored(&format!(
            r#"{{"producer":"{DEVICE}","type":"{kind}","id":"{id}"}}"#
        ))
    };
    assert_ne!(event("dimo.a", "bc").key(), event("dimo.ab", "c").key());
}

#[test]
fn everything_but_the_signature_is_content() {
    let event = stored(&full());
    let changes: [fn(&mut CloudEvent); 11] = [
        |e| e.header.producer = e.header.subject,
        |e| e.header.data_content_type = None,
        |e| e.header.data_schema = None,
        |e| e.header.data_version = Some("v2".into()),
        |e| e.header.raw_event_id = None,
        |e| e.header.sequence = None,
        |e| e.header.sequence = Some(1),
        |e| e.header.tags = vec!["ab".into(), " c".into()],
        |e| e.header.extras = None,
        |e| e.data = Data::Json(b"{}"[..].into()),
        |e| e.data = Data::Base64(String::from_utf8(e.data.wire_bytes().to_vec()).unwrap()),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let mut other = event.clone();
        change(&mut other);
        assert_eq!(other.key(), event.key(), "change {n}");
        assert_ne!(other.content_hash(), event.content_hash(), "change {n}");
    }
    let mut signed_again = event.clone();
    signed_again.header.signature = Some("0xcd".into());
    assert_eq!(signed_again.content_hash(), event.content_hash());
}

#[test]
fn keys_are_stable_across_releases() {
    // Stored keys outlive the program: a change here orphans every deduplication index.
    assert_eq!(
        stored(&full()).key().to_string(),
        "d198639f79dce2fcf44ed59a01887a72"
    );
    assert_eq!(
        stored(&with("")).key().to_string(),
        "2e0b24469840340e486b74befde4444d"
    );
}
