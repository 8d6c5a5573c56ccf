use milepost_ingest::{IngestSettings, RefusalKind};
use milepost_journal::{Journal, JournalOptions};
use milepost_policy::Device;
use milepost_types::{ChainId, Did, U256};

use crate::world::*;

#[tokio::test]
async fn the_chains_state_decides_at_every_event() {
    type Change = fn(&mut Device);
    let changes: [(&str, Change, &str); 6] = [
        ("device_banned", |device| device.banned = true, "producer"),
        (
            "device_unclaimed",
            |device| device.claimed = false,
            "producer",
        ),
        ("not_paired", |device| device.vehicle = None, "subject"),
        (
            "not_paired",
            |device| device.vehicle = Some(vehicle(2)),
            "subject",
        ),
        (
            "provider_unlicensed",
            |device| device.provider_licensed = false,
            "source",
        ),
        (
            "consent_required",
            |device| device.consent_required = true,
            "subject",
        ),
    ];
    let node = Node::start();
    for (turn, (code, change, field)) in (0u64..).zip(changes) {
        let before = node.facts.devices.lock().unwrap()[&hardware(1)].clone();
        node.post(Draft::new(1, 2 * turn).signed(1)).await.unwrap();
        node.facts.change(hardware(1), change);
        let refusal = node
            .post(Draft::new(1, 2 * turn + 1).signed(1))
            .await
            .unwrap_err();
        assert_eq!(
            (
                refusal.kind.status(),
                refusal.code,
                refusal.field.as_deref()
            ),
            (403, code, Some(field))
        );
        // A repeat is not let through either.
        assert_eq!(
            refused(node.post(Draft::new(1, 2 * turn).signed(1)).await),
            (403, code)
        );
        node.facts.change(hardware(1), |device| *device = before);
    }
    assert_eq!(node.stored().len(), changes.len());
}

#[tokio::test]
async fn devices_that_the_chain_does_not_know_are_refused() {
    let node = Node::start();
    let other_chain = Did::erc721(ChainId(1), account(0x22), U256::from(1));
    for producer in [hardware(99), vehicle(1), other_chain] {
        let event = Draft::new(1, 1).text("producer", producer).signed(1);
        assert_eq!(refused(node.post(event).await), (403, "unknown_device"));
    }
    let foreign = Draft::new(1, 1).text("source", account(0xee)).signed(1);
    assert_eq!(refused(node.post(foreign).await), (403, "foreign_source"));
    assert_eq!(node.stored().len(), 0);
}

#[tokio::test]
async fn only_the_devices_own_signature_over_this_very_event_counts() {
    let node = Node::start();
    let draft = Draft::new(1, 1);
    let good = draft.signed(1);
    let code = async |event: String| refused(node.post(event).await);
    assert_eq!(code(draft.json()).await, (401, "signature_missing"));
    assert_eq!(code(draft.signed(2)).await, (401, "wrong_signature"));
    assert_eq!(
        code(draft.clone().text("signature", "mp1:0x00").json())
            .await
            .0,
        401
    );
    assert_eq!(
        code(draft.clone().text("signature", "hello").json()).await,
        (401, "signature_malformed")
    );
    for (from, to) in [
        (
            "\"time\":\"2026-05-02T06:09:59Z\"",
            "\"time\":\"2026-05-02T06:09:58Z\"",
        ),
        ("\"sequence\":1", "\"sequence\":2"),
        ("dimo.status", "dimo.fingerprint"),
        ("ev-1-1", "ev-1-2"),
        ("speed", "speeD"),
    ] {
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good, "{from}");
        assert_eq!(code(changed).await, (401, "wrong_signature"), "{from}");
    }
    // About itself instead of its vehicle: allowed, but not what was signed.
    let moved = good.replace(&vehicle(1).to_string(), &hardware(1).to_string());
    assert_eq!(code(moved).await, (401, "wrong_signature"));
    let unsequenced = good.replacen("\"sequence\":1,", "", 1);
    assert_eq!(code(unsequenced).await, (400, "invalid_field"));
    assert_eq!(node.stored().len(), 0);
    assert_eq!(node.post(good).await.unwrap().accepted, 1);
}

#[tokio::test]
async fn wrong_attributes_name_field_and_limit() {
    let node = Node::start();
    let old = Draft::new(1, 1)
        .text("time", "1999-12-31T23:59:59Z")
        .signed(1);
    let ahead = Draft::new(1, 1)
        .text("time", "2026-05-02T06:15:01Z")
        .signed(1);
    let kind = Draft::new(1, 1).text("type", "dimo.attestation").signed(1);
    let account_subject = Draft::new(1, 1)
        .text("subject", Did::ethr(CHAIN, account(1)))
        .signed(1);
    for (event, field, limited) in [
        (old, "time", true),
        (ahead, "time", true),
        (kind, "type", true),
        (account_subject, "subject", false),
    ] {
        let refusal = node.post(event).await.unwrap_err();
        assert_eq!(
            (refusal.kind.status(), refusal.code),
            (400, "invalid_field")
        );
        assert_eq!(
            (refusal.field.as_deref(), refusal.limit.is_some()),
            (Some(field), limited)
        );
        assert!(refusal.detail.starts_with(field), "{}", refusal.detail);
    }
    let edge = Draft::new(1, 1)
        .text("time", "2026-05-02T06:15:00Z")
        .signed(1);
    assert_eq!(node.post(edge).await.unwrap().accepted, 1);
}

#[tokio::test]
async fn a_device_that_sends_too_much_is_slowed_down_alone() {
    let settings = IngestSettings {
        device_events_per_sec: 0.5,
        device_burst: 3.0,
        ..IngestSettings::default()
    };
    let node = Node::with(settings, JournalOptions::default());
    // Forged events do not use up the share of the device they name.
    for sequence in 0..10 {
        assert_eq!(
            refused(node.post(Draft::new(1, sequence).signed(2)).await).0,
            401
        );
    }
    for sequence in 0..3 {
        node.post(Draft::new(1, sequence).signed(1)).await.unwrap();
    }
    let refusal = node.post(Draft::new(1, 3).signed(1)).await.unwrap_err();
    assert_eq!(
        (refusal.kind, refusal.code, refusal.retry_after_secs),
        (RefusalKind::RateLimited, "rate_limited", Some(2))
    );
    node.post(Draft::new(2, 3).signed(2)).await.unwrap();
    let mut later = request(Draft::new(1, 3).signed(1));
    later.received_at = now().saturating_add_micros(2_000_000);
    assert_eq!(node.ingest.accept(later).await.unwrap().accepted, 1);
}

#[tokio::test]
async fn a_full_journal_means_later_and_forgets_nothing() {
    let options = JournalOptions {
        segment_bytes: 8192,
        max_bytes: 16_384,
        retain_bytes: 0,
        ..JournalOptions::default()
    };
    let node = Node::with(IngestSettings::default(), options);
    node.journal.register("lake").unwrap();
    let mut sequence = 0;
    let refusal = loop {
        match node.post(Draft::new(1, sequence).signed(1)).await {
            Ok(_) => sequence += 1,
            Err(refusal) => break refusal,
        }
    };
    assert_eq!(
        (
            refusal.kind.status(),
            refusal.code,
            refusal.retry_after_secs
        ),
        (503, "journal_full", Some(5))
    );
    assert_eq!(
        node.post(Draft::new(1, 0).signed(1))
            .await
            .unwrap()
            .duplicates,
        1,
        "repeats are still recognised"
    );
    node.journal
        .release("lake", *node.journal.durable().borrow());
    assert_eq!(
        node.post(Draft::new(1, sequence).signed(1))
            .await
            .unwrap()
            .accepted,
        1
    );
}

#[tokio::test]
async fn a_stopping_node_refuses_and_keeps_what_it_acknowledged() {
    let mut node = Node::start();
    assert!(node.ingest.is_ready());
    node.post(Draft::new(1, 1).signed(1)).await.unwrap();
    node.ingest.stop().await;
    assert!(!node.ingest.is_ready());
    assert_eq!(
        refused(node.post(Draft::new(1, 2).signed(1)).await),
        (503, "stopping")
    );
    node.restart().await;
    assert_eq!(
        node.post(Draft::new(1, 1).signed(1))
            .await
            .unwrap()
            .duplicates,
        1
    );
}

#[tokio::test]
async fn a_closed_journal_is_no_acknowledgement() {
    let node = Node::start();
    node.journal.close().await;
    assert_eq!(
        refused(node.post(Draft::new(1, 1).signed(1)).await),
        (503, "stopping")
    );
    let (journal, recovery) = Journal::open(node.folder(), node.options.clone()).unwrap();
    assert_eq!(recovery.next_seq, 1);
    journal.close().await;
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let node = Node::start();
        let field = |settings| {
            let view = facts();
            let error = milepost_ingest::Ingest::new(settings, view, node.journal.clone(), CHAIN)
                .unwrap_err();
            error.to_string()
        };
        let defaults = IngestSettings::default;
        assert!(
            field(IngestSettings {
                events_max: 0,
                ..defaults()
            })
            .contains("events_max")
        );
        assert!(
            field(IngestSettings {
                dedup_keys_max: 1,
                ..defaults()
            })
            .contains("dedup_keys_max")
        );
        assert!(
            field(IngestSettings {
                device_events_per_sec: f64::NAN,
                ..defaults()
            })
            .contains("per_sec")
        );
    });
}
