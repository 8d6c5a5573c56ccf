use milepost_cloudevent::{Authenticity, Incoming};
use milepost_crypto::{
    BATCH_EVENTS_MAX, BatchProof, SignatureAttribute, SignatureError, SignedFields, SigningKey,
    Verifier, event_digest, sign_batch,
};
use milepost_types::{B256, ChainId, keccak256};
use proptest::prelude::*;

use crate::{CHAIN, event, key};

fn batch(count: u64, key: &SigningKey) -> Vec<Incoming> {
    let events: Vec<Incoming> = (0..count).map(event).collect();
    let digests: Vec<B256> = events
        .iter()
        .map(|event| event_digest(CHAIN, &SignedFields::from(event)).unwrap())
        .collect();
    let texts = sign_batch(key, CHAIN, &digests).unwrap();
    events
        .into_iter()
        .zip(texts)
        .map(|(event, text)| event.with_signature(&text).unwrap())
        .collect()
}

fn proof(event: &Incoming) -> BatchProof {
    match event.signature().unwrap().parse() {
        Ok(SignatureAttribute::Batch(proof)) => proof,
        other => panic!("{other:?}"),
    }
}

fn with(event: &Incoming, proof: BatchProof) -> Incoming {
    event
        .clone()
        .with_signature(&SignatureAttribute::Batch(proof).to_string())
        .unwrap()
}

fn verify(event: &Incoming) -> Result<Authenticity, SignatureError> {
    let verifier = Verifier::new(CHAIN);
    verifier
        .verify(&SignedFields::from(event), Some(key().address()))
        .map(|(_, how)| how)
}

#[test]
fn every_event_of_every_batch_size_verifies_alone_and_at_no_other_place() {
    for count in 1..=20 {
        let events = batch(count, &key());
        for (index, event) in events.iter().enumerate() {
            assert_eq!(
                verify(event),
                Ok(Authenticity::DeviceBatch),
                "{index} of {count}"
            );
            let own = proof(event);
            for other in (0..22).filter(|other| *other != own.index) {
                let moved = with(
                    event,
                    BatchProof {
                        index: other,
                        ..own.clone()
                    },
                );
                assert!(verify(&moved).is_err(), "{index} of {count} at {other}");
            }
            for other in (0..=22).filter(|other| *other != own.count) {
                let resized = with(
                    event,
                    BatchProof {
                        count: other,
                        ..own.clone()
                    },
                );
                assert!(
                    verify(&resized).is_err(),
                    "{index} of {count} as of {other}"
                );
            }
        }
    }
}

#[test]
fn a_batch_verifies_event_by_event_through_one_verifier() {
    let verifier = Verifier::new(CHAIN);
    for event in batch(100, &key()) {
        let verified = verifier.verify(&SignedFields::from(&event), Some(key().address()));
        assert_eq!(verified, Ok((key().address(), Authenticity::DeviceBatch)));
    }
}

#[test]
fn a_remembered_batch_lets_no_other_event_in() {
    let verifier = Verifier::new(CHAIN);
    let events = batch(4, &key());
    for event in &events {
        verifier
            .verify(&SignedFields::from(event), Some(key().address()))
            .unwrap();
    }
    let foreign = with(&event(99), proof(&events[0]));
    assert!(
        verifier
            .verify(&SignedFields::from(&foreign), Some(key().address()))
            .is_err()
    );
    let other_key = SigningKey::from_bytes([9; 32]).unwrap();
    let refused = verifier.verify(&SignedFields::from(&events[0]), Some(other_key.address()));
    assert!(matches!(refused, Err(SignatureError::OtherSigner { .. })));
}

#[test]
fn many_batches_pass_through_the_bounded_memory() {
    // More signatures than are remembered: the oldest are forgotten and recovered again.
    let verifier = Verifier::new(CHAIN);
    let event = event(7);
    let digest = event_digest(CHAIN, &SignedFields::from(&event)).unwrap();
    for round in 0..4200u64 {
        let mut filler = [0; 32];
        filler[..8].copy_from_slice(&round.to_be_bytes());
        let text = sign_batch(&key(), CHAIN, &[digest, B256::from(filler)])
            .unwrap()
            .remove(0);
        let fields = SignedFields {
            signature: Some(&text),
            ..SignedFields::from(&event)
        };
        verifier.verify(&fields, Some(key().address())).unwrap();
    }
}

#[test]
fn proofs_of_another_length_are_refused() {
    let events = batch(5, &key());
    for event in &events {
        let own = proof(event);
        let mut longer = own.clone();
        longer.siblings.push(B256::ZERO);
        assert_eq!(
            verify(&with(event, longer)),
            Err(SignatureError::Proof {
                reason: "is too long"
            })
        );
        let mut shorter = own.clone();
        shorter.siblings.pop();
        assert_eq!(
            verify(&with(event, shorter)),
            Err(SignatureError::Proof {
                reason: "is too short"
            })
        );
        let mut altered = own;
        altered.siblings[0].0[31] ^= 1;
        assert!(verify(&with(event, altered)).is_err());
    }
}

#[test]
fn an_inner_node_is_no_event() {
    // The classic second preimage: offer the parent of two leaves as if it were a leaf of a smaller tree.
    let digests: Vec<B256> = (0..4u8).map(B256::repeat_byte).collect();
    let texts = sign_batch(&key(), CHAIN, &digests).unwrap();
    let Ok(SignatureAttribute::Batch(own)) = texts[0].parse() else {
        panic!()
    };
    let leaf = |digest: B256| keccak256([&[0u8][..], digest.as_slice()].concat());
    let node = |a: B256, b: B256| keccak256([&[1u8][..], a.as_slice(), b.as_slice()].concat());
    let inner = node(leaf(digests[0]), leaf(digests[1]));
    let top = own.siblings[1];
    let root = own.root_digest(CHAIN, digests[0]).unwrap();
    assert_eq!(own.signature.recover(root), Ok(key().address()));
    for (digest, count) in [(inner, 2), (inner, 4), (inner, 3)] {
        let forged = BatchProof {
            signature: own.signature,
            index: 0,
            count,
            siblings: vec![top],
        };
        if let Ok(other) = forged.root_digest(CHAIN, digest) {
            assert_ne!(other, root);
            assert_ne!(own.signature.recover(other), Ok(key().address()));
        }
    }
}

#[test]
fn repeating_the_last_event_is_another_batch() {
    let digests: Vec<B256> = (0..3u8).map(B256::repeat_byte).collect();
    let repeated = [&digests[..], &digests[2..]].concat();
    let root = |digests: &[B256]| {
        let texts = sign_batch(&key(), CHAIN, digests).unwrap();
        let Ok(SignatureAttribute::Batch(proof)) = texts[0].parse() else {
            panic!()
        };
        proof.root_digest(CHAIN, digests[0]).unwrap()
    };
    assert_ne!(root(&digests), root(&repeated));
}

#[test]
fn a_batch_of_another_chain_is_refused() {
    let event = &batch(3, &key())[1];
    let refused =
        Verifier::new(ChainId(1)).verify(&SignedFields::from(event), Some(key().address()));
    assert!(refused.is_err());
}

#[test]
fn a_batch_signature_is_no_event_signature_and_the_reverse() {
    let single = event(7);
    let digest = event_digest(CHAIN, &SignedFields::from(&single)).unwrap();
    let own = proof(&batch(1, &key())[0]);
    let as_event = single
        .clone()
        .with_signature(&SignatureAttribute::Event(own.signature).to_string())
        .unwrap();
    assert!(verify(&as_event).is_err());
    let as_batch = BatchProof {
        signature: key().sign_digest(digest),
        index: 0,
        count: 1,
        siblings: Vec::new(),
    };
    assert!(verify(&with(&single, as_batch)).is_err());
}

#[test]
fn batches_are_bounded() {
    let too_many = vec![B256::ZERO; BATCH_EVENTS_MAX + 1];
    assert!(matches!(
        sign_batch(&key(), CHAIN, &too_many),
        Err(SignatureError::Proof { .. })
    ));
    assert!(matches!(
        sign_batch(&key(), CHAIN, &[]),
        Err(SignatureError::Proof { .. })
    ));
    let texts = sign_batch(&key(), CHAIN, &too_many[1..]).unwrap();
    assert!(texts.iter().all(|text| text.len() < 1024));
    let own = proof(&batch(1, &key())[0]);
    for count in [0, 4097, u32::MAX] {
        let claimed = BatchProof {
            count,
            ..own.clone()
        };
        assert!(matches!(
            claimed.root_digest(CHAIN, B256::ZERO),
            Err(SignatureError::Proof { .. })
        ));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn proofs_of_any_batch_lead_to_one_root(count in 1usize..300, pick in any::<proptest::sample::Index>()) {
        let digests: Vec<B256> = (0..count).map(|n| keccak256(n.to_be_bytes())).collect();
        let texts = sign_batch(&key(), CHAIN, &digests).unwrap();
        let index = pick.index(count);
        let Ok(SignatureAttribute::Batch(own)) = texts[index].parse() else { panic!() };
        let root = own.root_digest(CHAIN, digests[index]).unwrap();
        prop_assert_eq!(own.signature.recover(root), Ok(key().address()));
        let other = (index + 1) % count;
        if other != index {
            prop_assert_ne!(own.root_digest(CHAIN, digests[other]), Ok(root));
        }
    }
}
