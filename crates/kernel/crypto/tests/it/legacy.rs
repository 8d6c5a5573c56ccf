use milepost_cloudevent::{Authenticity, Incoming};
use milepost_crypto::{Signature, SignatureError, SignedFields, SigningKey, Verifier};
use milepost_types::keccak256;

use crate::{CHAIN, DEVICE, event, key, parse};

fn sent(event: Incoming, signature: Signature) -> Incoming {
    event.with_signature(&signature.to_string()).unwrap()
}

fn verify(event: &Incoming) -> Result<Authenticity, SignatureError> {
    Verifier::new(CHAIN)
        .verify(&SignedFields::from(event), Some(key().address()))
        .map(|(_, how)| how)
}

#[test]
fn data_signed_plain_or_as_a_personal_message_is_accepted_and_marked() {
    let event = event(7);
    let plain = key().sign_digest(keccak256(event.data_bytes()));
    let personal = key().sign_personal(event.data_bytes());
    for signature in [plain, personal] {
        assert_eq!(
            verify(&sent(event.clone(), signature)),
            Ok(Authenticity::Legacy)
        );
    }
}

#[test]
fn the_base64_text_is_what_was_signed() {
    let json = format!(
        r#"{{"producer":"{DEVICE}","type":"dimo.status","datacontenttype":"application/json","data_base64":"e30="}}"#
    );
    let over = |bytes: &[u8]| verify(&sent(parse(&json), key().sign_digest(keccak256(bytes))));
    assert_eq!(over(b"e30="), Ok(Authenticity::Legacy));
    assert!(over(b"{}").is_err());
}

#[test]
fn other_data_and_other_keys_are_refused() {
    let other_data = key().sign_digest(keccak256(b"{}"));
    assert!(matches!(
        verify(&sent(event(7), other_data)),
        Err(SignatureError::OtherSigner { .. })
    ));
    let thief = SigningKey::from_bytes([7; 32]).unwrap();
    let by_thief = thief.sign_digest(keccak256(event(7).data_bytes()));
    let refused = verify(&sent(event(7), by_thief));
    assert_eq!(
        refused,
        Err(SignatureError::OtherSigner {
            expected: key().address(),
            found: thief.address()
        })
    );
}

#[test]
fn without_payload_nothing_is_signed() {
    let bare = parse(&format!(
        r#"{{"producer":"{DEVICE}","type":"dimo.status"}}"#
    ));
    let empty = key().sign_digest(keccak256(b""));
    assert_eq!(
        verify(&sent(bare, empty)),
        Err(SignatureError::LegacyWithoutData)
    );
}

#[test]
fn a_verifier_may_refuse_the_deployed_format() {
    let event = sent(
        event(7),
        key().sign_digest(keccak256(event(7).data_bytes())),
    );
    let verifier = Verifier::new(CHAIN).without_legacy();
    let refused = verifier.verify(&SignedFields::from(&event), Some(key().address()));
    assert_eq!(refused, Err(SignatureError::LegacyRefused));
}

#[test]
fn a_current_signature_cannot_be_passed_off_as_legacy() {
    let current = crate::signed(event(7), &key());
    let stripped = current
        .signature()
        .unwrap()
        .strip_prefix("mp1:")
        .unwrap()
        .to_owned();
    assert!(verify(&current.with_signature(&stripped).unwrap()).is_err());
}
