//! Nothing but the signed event verifies (fault matrix row 17).

use std::collections::HashSet;

use milepost_cloudevent::{Authenticity, Data, Incoming};
use milepost_crypto::{
    SignatureAttribute, SignatureError, SignedFields, SigningKey, Verifier, event_bytes,
    event_digest, sign_event,
};
use milepost_types::{ChainId, Did, Timestamp, U256, address};
use proptest::{prelude::*, sample::Index};

use crate::{CHAIN, DEVICE, VEHICLE, event, key, parse, signed};

/// Fields of an event after one change each; every one means something else than the original.
fn variants<'a>(
    fields: &SignedFields<'a>,
    other: &'a Variants,
) -> Vec<(&'static str, SignedFields<'a>)> {
    let f = *fields;
    vec![
        (
            "subject",
            SignedFields {
                subject: f.producer,
                ..f
            },
        ),
        (
            "subject chain",
            SignedFields {
                subject: on_chain(f.subject, 138),
                ..f
            },
        ),
        (
            "producer",
            SignedFields {
                producer: f.subject,
                ..f
            },
        ),
        (
            "producer method",
            SignedFields {
                producer: Did::ethr(f.producer.chain(), f.producer.address()),
                ..f
            },
        ),
        (
            "source",
            SignedFields {
                source: Some(address!("0x0000000000000000000000000000000000000001")),
                ..f
            },
        ),
        (
            "zero source",
            SignedFields {
                source: Some(address!("0x0000000000000000000000000000000000000000")),
                ..f
            },
        ),
        (
            "type",
            SignedFields {
                kind: "dimo.events",
                ..f
            },
        ),
        (
            "id",
            SignedFields {
                id: Some("e-8"),
                ..f
            },
        ),
        (
            "type and id",
            SignedFields {
                kind: "dimo.statuse",
                id: Some("-7"),
                ..f
            },
        ),
        (
            "time",
            SignedFields {
                time: f.time.map(|t| t.saturating_add_micros(1)),
                ..f
            },
        ),
        (
            "negative time",
            SignedFields {
                time: Timestamp::from_micros(-1).ok(),
                ..f
            },
        ),
        (
            "sequence",
            SignedFields {
                sequence: Some(8),
                ..f
            },
        ),
        (
            "datacontenttype",
            SignedFields {
                data_content_type: Some("application/json"),
                ..f
            },
        ),
        (
            "dataschema",
            SignedFields {
                data_schema: Some("default/v1.0"),
                ..f
            },
        ),
        (
            "dataversion",
            SignedFields {
                data_version: Some("default/v2.0"),
                ..f
            },
        ),
        (
            "dataversion moved",
            SignedFields {
                data_version: None,
                data_schema: f.data_version,
                ..f
            },
        ),
        (
            "raweventid",
            SignedFields {
                raw_event_id: Some("r"),
                ..f
            },
        ),
        (
            "raweventid moved",
            SignedFields {
                raw_event_id: f.data_version,
                data_version: None,
                ..f
            },
        ),
        (
            "tag order",
            SignedFields {
                tags: &other.tags_swapped,
                ..f
            },
        ),
        (
            "tags joined",
            SignedFields {
                tags: &other.tags_joined,
                ..f
            },
        ),
        ("tags gone", SignedFields { tags: &[], ..f }),
        (
            "extras",
            SignedFields {
                extras: Some(r#"{"note":[2]}"#),
                ..f
            },
        ),
        ("extras gone", SignedFields { extras: None, ..f }),
        (
            "data",
            SignedFields {
                data: &other.data,
                ..f
            },
        ),
        (
            "data spacing",
            SignedFields {
                data: &other.data_spaced,
                ..f
            },
        ),
        (
            "data as base64",
            SignedFields {
                data: &other.data_as_base64,
                ..f
            },
        ),
        (
            "no data",
            SignedFields {
                data: &Data::None,
                ..f
            },
        ),
    ]
}

struct Variants {
    tags_swapped: Vec<String>,
    tags_joined: Vec<String>,
    data: Data,
    data_spaced: Data,
    data_as_base64: Data,
}

impl Variants {
    fn new() -> Self {
        Self {
            tags_swapped: vec!["b".into(), "a".into()],
            tags_joined: vec!["ab".into()],
            data: Data::Json(br#"{"n":8}"#[..].into()),
            data_spaced: Data::Json(br#"{"n": 7}"#[..].into()),
            data_as_base64: Data::Base64(r#"{"n":7}"#.into()),
        }
    }
}

fn on_chain(did: Did, chain: u64) -> Did {
    Did::erc721(
        ChainId(chain),
        did.address(),
        did.token().unwrap_or(U256::ZERO),
    )
}

#[test]
fn the_signed_event_verifies_and_each_changed_field_is_refused() {
    let event = signed(event(7), &key());
    let fields = SignedFields::from(&event);
    let verifier = Verifier::new(CHAIN);
    assert_eq!(
        verifier.verify(&fields, Some(key().address())),
        Ok((key().address(), Authenticity::Device))
    );
    let other = Variants::new();
    let mut seen = HashSet::from([event_bytes(CHAIN, &fields).unwrap()]);
    for (name, changed) in variants(&fields, &other) {
        assert!(
            seen.insert(event_bytes(CHAIN, &changed).unwrap()),
            "{name} reads like another variant"
        );
        assert!(
            verifier.verify(&changed, Some(key().address())).is_err(),
            "{name}"
        );
        assert_ne!(
            verifier.verify(&changed, None).map(|(who, _)| who),
            Ok(key().address()),
            "{name}"
        );
    }
}

#[test]
fn an_event_of_another_chain_is_refused() {
    let event = signed(event(7), &key());
    let fields = SignedFields::from(&event);
    for chain in [1, 136, 138, 80002, u64::MAX] {
        let refused = Verifier::new(ChainId(chain)).verify(&fields, Some(key().address()));
        assert!(matches!(
            refused,
            Err(SignatureError::OtherSigner { .. } | SignatureError::Unrecoverable)
        ));
    }
}

#[test]
fn the_key_of_another_device_is_refused_and_both_are_named() {
    let thief = SigningKey::from_bytes([7; 32]).unwrap();
    let event = signed(event(7), &thief);
    let error = Verifier::new(CHAIN)
        .verify(&SignedFields::from(&event), Some(key().address()))
        .unwrap_err();
    assert_eq!(
        error,
        SignatureError::OtherSigner {
            expected: key().address(),
            found: thief.address()
        }
    );
    assert!(error.to_string().contains(&key().address().to_string()));
}

#[test]
fn signatures_of_other_domains_are_no_event_signatures() {
    let event = event(7);
    let fields = SignedFields::from(&event);
    let bytes = event_bytes(CHAIN, &fields).unwrap();
    let personal_bytes = key().sign_personal(&bytes);
    let personal_digest = key().sign_personal(event_digest(CHAIN, &fields).unwrap().as_slice());
    let data_only = key().sign_digest(milepost_types::keccak256(event.data_bytes()));
    let verifier = Verifier::new(CHAIN);
    for signature in [personal_bytes, personal_digest, data_only] {
        let event = event
            .clone()
            .with_signature(&SignatureAttribute::Event(signature).to_string())
            .unwrap();
        assert!(
            verifier
                .verify(&SignedFields::from(&event), Some(key().address()))
                .is_err()
        );
    }
    assert_eq!(
        bytes[0], 0,
        "no transaction, personal message or JSON text begins so"
    );
}

#[test]
fn id_time_and_sequence_are_required_and_named() {
    let event = event(7);
    let fields = SignedFields::from(&event);
    let cases = [
        ("id", SignedFields { id: None, ..fields }),
        (
            "time",
            SignedFields {
                time: None,
                ..fields
            },
        ),
        (
            "sequence",
            SignedFields {
                sequence: None,
                ..fields
            },
        ),
    ];
    for (field, without) in cases {
        assert_eq!(
            sign_event(&key(), CHAIN, &without),
            Err(SignatureError::FieldMissing { field })
        );
        let text = sign_event(&key(), CHAIN, &fields).unwrap();
        let sent = SignedFields {
            signature: Some(&text),
            ..without
        };
        assert_eq!(
            Verifier::new(CHAIN).verify(&sent, None),
            Err(SignatureError::FieldMissing { field })
        );
    }
    assert_eq!(
        Verifier::new(CHAIN).verify(&fields, None),
        Err(SignatureError::Missing)
    );
}

#[test]
fn notation_that_means_the_same_keeps_the_signature_valid() {
    let signed = signed(event(7), &key());
    let signature = signed.signature().unwrap();
    let rewritten = format!(
        r#"{{ "signature" : "{signature}", "data":{{"n":7}}, "sequence":"7", "tags":["\u0061","b"],"note": [1] ,
        "time":"2026-05-02T08:10:00.1234569+02:00","type":"dimo.status","dataversion":"default/v1.0","specversion":"1.0",
        "producer":"{}","subject":"did:nft:137:0xba5738a18d83d41847dffbdc6101d37c69c9b0cf_700","id":"e-7"}}"#,
        DEVICE.replace(
            "0x9c94C395cBcBDe662235E0A9d3bB87Ad708561BA",
            "0x9c94c395cbcbde662235e0a9d3bb87ad708561ba"
        )
    );
    let event = parse(&rewritten);
    assert_eq!(event.subject().to_string(), VEHICLE);
    Verifier::new(CHAIN)
        .verify(&SignedFields::from(&event), Some(key().address()))
        .unwrap();
}

#[test]
fn stored_events_verify_whether_or_not_the_device_named_the_source() {
    let source = address!("0x5e31bBc786D7bEd95216383787deA1ab0f1c1897");
    let json = String::from_utf8(event(7).to_json()).unwrap();
    let claimed = parse(&json.replace("\"id\"", &format!("\"source\":\"{source}\",\"id\"")));
    let verifier = Verifier::new(CHAIN);
    for event in [event(7), claimed] {
        let stored = signed(event, &key()).into_event(source, Timestamp::EPOCH, "unused");
        assert_eq!(
            verifier.verify_stored(&stored, key().address()),
            Ok((key().address(), Authenticity::Device))
        );
        let mut moved = stored.clone();
        moved.header.subject = moved.header.producer;
        let refused = verifier.verify_stored(&moved, key().address());
        assert!(matches!(
            refused,
            Err(SignatureError::OtherSigner { .. } | SignatureError::Unrecoverable)
        ));
    }
}

/// Verifies a mutated JSON text and returns the event if it passes as made by `key`.
fn accepted(json: &[u8], verifier: &Verifier, signer: &SigningKey) -> Option<Incoming> {
    let event = Incoming::parse(json).ok()?;
    verifier
        .verify(&SignedFields::from(&event), Some(signer.address()))
        .ok()?;
    Some(event)
}

#[test]
fn no_single_bit_of_an_event_can_be_changed() {
    let key = key();
    let original = signed(event(7), &key);
    let json = original.to_json();
    let verifier = Verifier::new(CHAIN);
    let mut unchanged = 0;
    for at in 0..json.len() {
        for bit in 0..8 {
            let mut mutated = json.clone();
            mutated[at] ^= 1 << bit;
            if let Some(event) = accepted(&mutated, &verifier, &key) {
                // Letter case of hex digits, and white space for white space, mean the same.
                let same = event.with_signature("x").unwrap()
                    == original.clone().with_signature("x").unwrap();
                assert!(same, "{}", String::from_utf8_lossy(&mutated));
                unchanged += 1;
            }
        }
    }
    assert!(unchanged > 0, "some flips only change letter case");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_mutated_event_is_refused_or_means_the_same(
        n in 0u64..3, edits in proptest::collection::vec((any::<Index>(), any::<u8>(), 0u8..3), 1..4)
    ) {
        let key = key();
        let original = signed(event(n), &key);
        let mut json = original.to_json();
        for (at, byte, how) in edits {
            let at = at.index(json.len());
            match how {
                0 => json[at] = byte,
                1 => json.insert(at, byte),
                _ => { json.remove(at); }
            }
        }
        if let Some(event) = accepted(&json, &Verifier::new(CHAIN), &key) {
            prop_assert_eq!(event.with_signature("x").unwrap(), original.with_signature("x").unwrap());
        }
    }

    #[test]
    fn parts_swapped_between_events_are_refused(a in 0u64..50, b in 50u64..100) {
        let key = key();
        let (first, second) = (signed(event(a), &key), signed(event(b), &key));
        let mixed = first.with_signature(second.signature().unwrap()).unwrap();
        let refused = Verifier::new(CHAIN).verify(&SignedFields::from(&mixed), Some(key.address()));
        prop_assert!(refused.is_err());
    }
}
