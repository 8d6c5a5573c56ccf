use milepost_cloudevent::{BodyError, BodyLimits, FieldError, Incoming, parse_body};
use proptest::prelude::*;

use crate::{full, with};

type Events = Vec<Result<Incoming, FieldError>>;

fn read(body: &str) -> Result<Events, BodyError> {
    parse_body(body.as_bytes(), None, &BodyLimits::default())
}

fn numbered(n: usize) -> String {
    with(&format!("\"id\":\"e-{n}\","))
}

fn ids(events: &Events) -> Vec<Option<&str>> {
    events
        .iter()
        .map(|event| event.as_ref().ok().and_then(Incoming::id))
        .collect()
}

#[test]
fn one_event_an_array_and_lines_give_the_same_events() {
    let (a, b) = (numbered(0), numbered(1));
    let expected = [Some("e-0"), Some("e-1")];
    assert_eq!(ids(&read(&a).unwrap()), expected[..1]);
    assert_eq!(ids(&read(&format!(" [ {a} , {b} ] ")).unwrap()), expected);
    assert_eq!(ids(&read(&format!("{a}\n{b}")).unwrap()), expected);
    assert_eq!(ids(&read(&format!("{a}\r\n\n{b}\n")).unwrap()), expected);
}

#[test]
fn one_event_over_several_lines_is_one_event() {
    let pretty = full().replace("\",\"", "\",\n  \"");
    assert_eq!(read(&pretty).unwrap().len(), 1);
}

#[test]
fn lines_stand_for_themselves() {
    let body = format!("{}\nnot json\n{}\n", numbered(0), numbered(2));
    for content_type in [
        None,
        Some("application/x-ndjson"),
        Some("Application/JSONL; charset=utf-8"),
    ] {
        let events = parse_body(body.as_bytes(), content_type, &BodyLimits::default()).unwrap();
        assert_eq!(ids(&events), [Some("e-0"), None, Some("e-2")]);
        assert_eq!(events[1].as_ref().unwrap_err().field, "event");
    }
    let first_is_bad = format!("{{\n{}", numbered(1));
    let events = parse_body(
        first_is_bad.as_bytes(),
        Some("application/ndjson"),
        &BodyLimits::default(),
    )
    .unwrap();
    assert_eq!(ids(&events), [None, Some("e-1")]);
}

#[test]
fn a_wrong_event_leaves_the_rest_of_an_array_alone() {
    let body = format!(
        "[{},7,null,[[[1]]],\"x\",{},{},{}]",
        numbered(0),
        with("\"id\":5,"),
        with("\"a\":1,\"a\":2,"),
        numbered(7)
    );
    let events = read(&body).unwrap();
    assert_eq!(
        ids(&events),
        [Some("e-0"), None, None, None, None, None, None, Some("e-7")]
    );
    assert_eq!(events[5].as_ref().unwrap_err().field, "id");
    assert_eq!(events[6].as_ref().unwrap_err().field, "a");
}

#[test]
fn the_number_of_events_is_bounded() {
    let limits = BodyLimits {
        events_max: 2,
        ..BodyLimits::default()
    };
    let three = [numbered(0), numbered(1), numbered(2)];
    for body in [format!("[{}]", three.join(",")), three.join("\n")] {
        assert_eq!(
            parse_body(body.as_bytes(), None, &limits),
            Err(BodyError::TooMany { max: 2 })
        );
    }
    assert_eq!(
        parse_body(three[..2].join("\n").as_bytes(), None, &limits)
            .unwrap()
            .len(),
        2
    );
    let many = format!("[{}{{}}]", "{},".repeat(1000));
    assert_eq!(read(&many), Err(BodyError::TooMany { max: 1000 }));
}

#[test]
fn bodies_without_events_say_why() {
    for empty in ["", " \n ", "[]", " [ ] "] {
        assert_eq!(read(empty), Err(BodyError::Empty), "{empty:?}");
    }
    assert_eq!(
        parse_body(
            b"\n\n",
            Some("application/x-ndjson"),
            &BodyLimits::default()
        ),
        Err(BodyError::Empty)
    );
    assert_eq!(read("7"), Err(BodyError::Shape));
    assert_eq!(read("hello"), Err(BodyError::Shape));
    assert_eq!(
        parse_body(b"[\xff]", None, &BodyLimits::default()),
        Err(BodyError::Utf8 { offset: 1 })
    );
    for broken in [
        "[{}",
        "{\"a\":}",
        "[{},]",
        "[{}] x",
        "{} {}",
        "{\"a\":1e999999}x",
        "[1e999]",
    ] {
        assert!(
            matches!(read(broken), Err(BodyError::Syntax { .. })),
            "{broken}"
        );
    }
}

#[test]
fn deep_nesting_outside_an_event_ends_without_overflow() {
    for open in ["[", "[{\"a\":", "{\"data\":"] {
        let body = open.repeat(200_000);
        assert!(read(&body).is_err());
    }
    let closed = format!("[{}{}]", "[".repeat(200_000), "]".repeat(200_000));
    let events = read(&closed).unwrap();
    assert!(events[0].is_err());
}

proptest! {
    #[test]
    fn any_body_is_read_without_panic(text in "[\\[\\]{}\",:a0 \\n\\\\]{0,80}", kind in proptest::option::of("application/(x-ndjson|json)")) {
        let events = parse_body(text.as_bytes(), kind.as_deref(), &BodyLimits::default());
        prop_assert!(events.map_or(true, |events| !events.is_empty()));
    }

    #[test]
    fn framing_does_not_change_events(count in 1usize..20) {
        let events: Vec<String> = (0..count).map(numbered).collect();
        let array = read(&format!("[{}]", events.join(","))).unwrap();
        prop_assert_eq!(array.len(), count);
        prop_assert_eq!(read(&events.join("\n")).unwrap(), array);
    }
}
