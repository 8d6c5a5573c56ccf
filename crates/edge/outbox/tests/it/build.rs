use milepost_cloudevent::Incoming;
use milepost_crypto::{SignedFields, Verifier};
use milepost_outbox::{
    BuildError, Outbox, OutboxConfig, OutgoingEvent, Signing, json_array, ndjson,
};
use milepost_types::{Timestamp, address};

use crate::{CHAIN, config, device, events, key, vehicle};

fn outbox(signing: Signing) -> Outbox {
    Outbox::new(OutboxConfig {
        signing,
        sequence_first: 40,
        ..config("http://node/")
    })
    .unwrap()
}

fn read(json: &[u8]) -> Incoming {
    Incoming::parse(json).unwrap()
}

#[test]
fn sequence_numbers_count_up_over_deliveries() {
    let outbox = outbox(Signing::Each);
    let numbers = |count| {
        outbox
            .build(events(count))
            .unwrap()
            .iter()
            .map(|e| e.sequence)
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(2), [40, 41]);
    assert_eq!(numbers(1), [42]);
    assert_eq!(outbox.next_sequence(), 43);
}

#[test]
fn built_events_say_what_was_asked_and_verify() {
    let source = address!("0x5e31bBc786D7bEd95216383787deA1ab0f1c1897");
    let config = OutboxConfig {
        source: Some(source),
        sequence_first: 40,
        ..config("http://node/")
    };
    let signed = Outbox::new(config).unwrap().build(events(1)).unwrap();
    let event = read(&signed[0].json);
    assert_eq!(event.source(), Some(source));
    assert_eq!((event.producer(), event.subject()), (device(), vehicle()));
    assert_eq!((event.kind(), event.sequence()), ("dimo.status", Some(40)));
    assert_eq!(event.id(), Some(format!("{}-40", key().address()).as_str()));
    assert_eq!(event.tags(), ["drive"]);
    assert_eq!(
        event.data_bytes(),
        br#"{"signals":[{"name":"speed","value":0}]}"#
    );
    Verifier::new(CHAIN)
        .verify(&SignedFields::from(&event), Some(key().address()))
        .unwrap();
}

#[test]
fn an_event_without_subject_is_about_the_device() {
    let event = OutgoingEvent {
        subject: None,
        id: Some("mine".into()),
        ..events(1).remove(0)
    };
    let signed = outbox(Signing::Each).build(vec![event]).unwrap();
    assert_eq!(read(&signed[0].json).subject(), device());
    assert_eq!(signed[0].id, "mine");
}

#[test]
fn the_deployed_format_has_no_sequence_number() {
    let signed = outbox(Signing::Legacy).build(events(1)).unwrap();
    let event = read(&signed[0].json);
    assert_eq!(event.sequence(), None);
    assert!(event.signature().unwrap().starts_with("0x"));
}

#[test]
fn certificate_senders_sign_nothing() {
    let signed = outbox(Signing::Certificate).build(events(1)).unwrap();
    assert_eq!(read(&signed[0].json).signature(), None);
}

#[test]
fn an_event_fits_on_a_line_whatever_its_payload_looks_like() {
    let pretty = OutgoingEvent {
        data: "{\r\n  \"a\": \"x\\ny\"\n}".into(),
        ..events(1).remove(0)
    };
    let signed = outbox(Signing::Each)
        .build(vec![pretty.clone(), pretty])
        .unwrap();
    assert_eq!(ndjson(&signed).iter().filter(|b| **b == b'\n').count(), 2);
    assert_eq!(
        read(&signed[0].json).data_bytes(),
        b"{    \"a\": \"x\\ny\" }"
    );
    Verifier::new(CHAIN)
        .verify(
            &SignedFields::from(&read(&signed[0].json)),
            Some(key().address()),
        )
        .unwrap();
    assert!(json_array(&signed).starts_with(b"[{"));
}

#[test]
fn what_no_node_would_take_is_refused_before_a_number_is_used() {
    let outbox = outbox(Signing::Batch);
    let good = || events(1).remove(0);
    let with = |bad: OutgoingEvent| outbox.build(vec![good(), bad]).unwrap_err();
    assert!(matches!(
        with(OutgoingEvent {
            data: "{".into(),
            ..good()
        }),
        BuildError::Data { index: 1, .. }
    ));
    assert!(matches!(
        with(OutgoingEvent {
            data: "".into(),
            ..good()
        }),
        BuildError::Data { index: 1, .. }
    ));
    let broken_text = OutgoingEvent {
        data: "\"a\nb\"".into(),
        ..good()
    };
    assert!(matches!(
        with(broken_text),
        BuildError::Data { index: 1, .. }
    ));
    let long = OutgoingEvent {
        data: format!("\"{}\"", "x".repeat(1 << 20)).into(),
        ..good()
    };
    let BuildError::Field { index: 1, source } = with(long) else {
        panic!()
    };
    assert_eq!(source.field, "data");
    let BuildError::Field { source, .. } = with(OutgoingEvent {
        id: Some("a#b".into()),
        ..good()
    }) else {
        panic!()
    };
    assert_eq!(source.field, "id");
    let BuildError::Field { source, .. } = with(OutgoingEvent {
        kind: String::new(),
        ..good()
    }) else {
        panic!()
    };
    assert_eq!(source.field, "type");
    let nameless = with(OutgoingEvent {
        id: Some(String::new()),
        ..good()
    });
    assert!(
        matches!(nameless, BuildError::Signature { index: 1, .. }),
        "{nameless:?}"
    );
    assert_eq!(outbox.next_sequence(), 40);
}

#[test]
fn the_last_sequence_number_is_not_passed() {
    let config = OutboxConfig {
        sequence_first: u64::MAX - 1,
        ..config("http://node/")
    };
    let outbox = Outbox::new(config).unwrap();
    assert_eq!(outbox.build(events(2)), Err(BuildError::SequenceExhausted));
    assert_eq!(outbox.build(events(1)).unwrap()[0].sequence, u64::MAX - 1);
}

#[test]
fn times_are_kept_to_the_microsecond() {
    let time = Timestamp::from_micros(1_777_702_200_123_456).unwrap();
    let signed = outbox(Signing::Each)
        .build(vec![OutgoingEvent::new("dimo.status", time, "{}")])
        .unwrap();
    assert_eq!(read(&signed[0].json).time(), Some(time));
}
