use milepost_cloudevent::Authenticity;
use milepost_ingest::IngestSettings;
use milepost_journal::JournalOptions;

use crate::world::*;

#[tokio::test]
async fn a_signed_event_is_stored_with_what_was_decided_about_it() {
    let node = Node::start();
    let draft = Draft::new(1, 5);
    let answer = node.post(draft.signed(1)).await.unwrap();
    assert_eq!(
        (answer.accepted, answer.duplicates, answer.rejected.len()),
        (1, 0, 0)
    );
    assert_eq!(answer.ids, [Some("ev-1-5".to_owned())]);
    assert_eq!(
        *node.journal.durable().borrow(),
        1,
        "durable at the time of the answer"
    );
    let record = node.stored().remove(0);
    assert_eq!(record.authenticity, Authenticity::Device);
    assert_eq!((record.received_at, record.admitted_at_block), (now(), 77));
    let header = &record.event.header;
    assert_eq!((header.producer, header.subject), (hardware(1), vehicle(1)));
    assert_eq!(
        header.source,
        account(PROVIDER),
        "a hardware device speaks for its provider"
    );
    assert_eq!(
        record.event.data.wire_bytes(),
        draft.parsed().data_bytes(),
        "data byte for byte"
    );
}

#[tokio::test]
async fn a_retry_is_one_row_and_the_same_id() {
    let node = Node::start();
    let event = Draft::new(1, 1).signed(1);
    let first = node.post(event.clone()).await.unwrap();
    for _ in 0..3 {
        let again = node.post(event.clone()).await.unwrap();
        assert_eq!(
            (again.accepted, again.duplicates, &again.ids),
            (0, 1, &first.ids)
        );
    }
    // Signed anew, the same event is still the same event.
    let other_form = signed_batch(1, &[Draft::new(1, 1)]).remove(0);
    assert_ne!(other_form, event);
    assert_eq!(node.post(other_form).await.unwrap().duplicates, 1);
    // An instant written with another offset is the same instant.
    let offset = Draft::new(1, 1).text("time", "2026-05-02T08:09:59+02:00");
    assert_eq!(node.post(offset.signed(1)).await.unwrap().duplicates, 1);
    assert_eq!(node.stored().len(), 1);
}

#[tokio::test]
async fn the_first_content_under_a_key_stands() {
    let node = Node::start();
    node.post(Draft::new(1, 1).signed(1)).await.unwrap();
    let other = Draft::new(1, 1).set("data", r#"{"signals":[]}"#);
    let refusal = node.post(other.signed(1)).await.unwrap_err();
    assert_eq!(
        (
            refusal.kind.status(),
            refusal.code,
            refusal.field.as_deref()
        ),
        (409, "conflict", Some("id"))
    );
    assert_eq!(refusal.rejected[0].id.as_deref(), Some("ev-1-1"));
    assert_eq!(node.stored().len(), 1);
}

#[tokio::test]
async fn a_sequence_number_serves_one_event_of_one_device() {
    let node = Node::start();
    node.post(Draft::new(1, 9).signed(1)).await.unwrap();
    for again in [
        Draft::new(1, 9).text("id", "another"),
        Draft::new(1, 9).text("time", "2026-05-01T00:00:00Z"),
    ] {
        assert_eq!(refused(node.post(again.signed(1)).await), (409, "replayed"));
    }
    node.post(Draft::new(2, 9).signed(2)).await.unwrap();
    // Late events come with lower numbers.
    node.post(Draft::new(1, 3).signed(1)).await.unwrap();
    assert_eq!(node.stored().len(), 3);
}

#[tokio::test]
async fn data_under_a_signature_over_data_alone_serves_one_event() {
    let node = Node::start();
    let draft = Draft::new(1, 1).set("sequence", "");
    let event = draft.signed_legacy(1);
    assert_eq!(node.post(event.clone()).await.unwrap().accepted, 1);
    assert_eq!(node.stored()[0].authenticity, Authenticity::Legacy);
    assert_eq!(node.post(event).await.unwrap().duplicates, 1);
    for stolen in [
        draft.clone().text("id", "x"),
        draft.clone().text("time", "2026-05-02T01:00:00Z"),
    ] {
        assert_eq!(
            refused(node.post(stolen.signed_legacy(1)).await),
            (409, "replayed")
        );
    }
    assert_eq!(node.stored().len(), 1);
}

#[tokio::test]
async fn a_legacy_event_without_id_and_time_is_known_by_its_data() {
    let node = Node::start();
    let event = Draft::new(1, 1)
        .set("sequence", "")
        .set("id", "")
        .set("time", "")
        .signed_legacy(1);
    let first = node.post(event.clone()).await.unwrap();
    let mut later = request(event);
    later.received_at = now().saturating_add_micros(3_000_000);
    let again = node.ingest.accept(later).await.unwrap();
    assert_eq!((again.accepted, again.duplicates), (0, 1));
    assert_eq!(again.ids, first.ids);
    let record = node.stored().remove(0);
    assert_eq!(record.event.header.time, now());
    assert_eq!(Some(record.event.header.id), first.ids[0]);
}

#[tokio::test]
async fn legacy_signatures_can_be_switched_off() {
    let settings = IngestSettings {
        legacy_signatures: false,
        ..IngestSettings::default()
    };
    let node = Node::with(settings, JournalOptions::default());
    let event = Draft::new(1, 1).signed_legacy(1);
    assert_eq!(
        refused(node.post(event).await),
        (401, "legacy_signature_refused")
    );
}

#[tokio::test]
async fn repeats_are_known_after_a_restart() {
    let mut node = Node::start();
    let events: Vec<_> = (1..=20)
        .map(|sequence| Draft::new(1, sequence).signed(1))
        .collect();
    node.post(array(&events)).await.unwrap();
    let legacy = Draft::new(2, 1).set("sequence", "");
    node.post(legacy.signed_legacy(2)).await.unwrap();
    node.restart().await;
    assert_eq!(
        (node.ingest.rebuilt().events, node.ingest.rebuilt().skipped),
        (21, 0)
    );
    assert_eq!(node.post(array(&events)).await.unwrap().duplicates, 20);
    assert_eq!(
        node.post(legacy.signed_legacy(2)).await.unwrap().duplicates,
        1
    );
    let conflict = Draft::new(1, 4).set("data", "{}");
    assert_eq!(
        refused(node.post(conflict.signed(1)).await),
        (409, "conflict")
    );
    assert_eq!(
        refused(node.post(Draft::new(1, 4).text("id", "x").signed(1)).await),
        (409, "replayed")
    );
    assert_eq!(
        refused(node.post(legacy.text("id", "x").signed_legacy(2)).await),
        (409, "replayed")
    );
    assert_eq!(node.stored().len(), 21);
}

#[tokio::test]
async fn repeats_older_than_the_window_are_stored_again_for_the_lake_to_collapse() {
    let settings = IngestSettings {
        dedup_keys_max: 20,
        ..IngestSettings::default()
    };
    let mut node = Node::with(settings, JournalOptions::default());
    let event = |sequence| Draft::new(1, sequence).signed(1);
    for sequence in 1..=40 {
        node.post(event(sequence)).await.unwrap();
    }
    assert_eq!(node.post(event(31)).await.unwrap().duplicates, 1);
    assert_eq!(node.post(event(1)).await.unwrap().accepted, 1);
    node.restart().await;
    assert_eq!(node.ingest.rebuilt().events, 20);
    assert_eq!(node.post(event(40)).await.unwrap().duplicates, 1);
    let keys: Vec<_> = node
        .stored()
        .iter()
        .map(|record| record.event.key())
        .collect();
    assert_eq!(
        (keys.len(), keys[0]),
        (41, keys[40]),
        "both rows have one key"
    );
}

#[tokio::test]
async fn a_batch_is_judged_event_by_event() {
    let node = Node::start();
    node.post(Draft::new(1, 1).signed(1)).await.unwrap();
    let bad_time = Draft::new(1, 2)
        .text("time", "2027-01-01T00:00:00Z")
        .signed(1);
    let wrong_key = Draft::new(1, 3).signed(2);
    let good = Draft::new(1, 4).signed(1);
    let batch = [
        Draft::new(1, 1).signed(1),
        bad_time,
        wrong_key,
        good.clone(),
        good,
        "7".into(),
    ];
    let answer = node.post(array(&batch)).await.unwrap();
    assert_eq!((answer.accepted, answer.duplicates), (1, 2));
    let rejected: Vec<_> = answer
        .rejected
        .iter()
        .map(|r| (r.index, r.id.as_deref(), r.code))
        .collect();
    assert_eq!(
        rejected,
        [
            (1, Some("ev-1-2"), "invalid_field"),
            (2, Some("ev-1-3"), "wrong_signature"),
            (5, None, "invalid_field"),
        ]
    );
    assert_eq!(answer.rejected[0].field.as_deref(), Some("time"));
    let ids: Vec<_> = answer.ids.iter().map(|id| id.as_deref()).collect();
    assert_eq!(
        ids,
        [
            Some("ev-1-1"),
            None,
            None,
            Some("ev-1-4"),
            Some("ev-1-4"),
            None
        ]
    );
    assert_eq!(node.stored().len(), 2);
}

#[tokio::test]
async fn a_batch_without_a_good_event_is_refused_like_its_first() {
    let node = Node::start();
    let refusal = node
        .post(array(&[Draft::new(1, 1).signed(2), "{}".into()]))
        .await
        .unwrap_err();
    assert_eq!(
        (refusal.kind.status(), refusal.code),
        (401, "wrong_signature")
    );
    assert_eq!(refusal.rejected.len(), 2);
    assert_eq!(node.stored().len(), 0);
}

#[tokio::test]
async fn contradictions_inside_a_batch_are_found_too() {
    let node = Node::start();
    let batch = [
        Draft::new(1, 1).signed(1),
        Draft::new(1, 1).set("data", "{}").signed(1),
        Draft::new(1, 1).text("id", "other").signed(1),
    ];
    let answer = node.post(array(&batch)).await.unwrap();
    assert_eq!(answer.accepted, 1);
    assert_eq!(
        answer.rejected.iter().map(|r| r.code).collect::<Vec<_>>(),
        ["conflict", "replayed"]
    );
}

#[tokio::test]
async fn one_signature_covers_a_batch_sent_in_lines() {
    let node = Node::start();
    let drafts: Vec<_> = (1..=100).map(|sequence| Draft::new(1, sequence)).collect();
    let lines = signed_batch(1, &drafts);
    let mut whole = request(lines.join("\n"));
    whole.content_type = Some("application/x-ndjson".into());
    assert_eq!(node.ingest.accept(whole).await.unwrap().accepted, 100);
    assert!(
        node.stored()
            .iter()
            .all(|record| record.authenticity == Authenticity::DeviceBatch)
    );
    // A proof does not fit another event.
    let moved = lines[0].replace("ev-1-1", "ev-1-x");
    assert_eq!(refused(node.post(moved).await), (401, "wrong_signature"));
}
