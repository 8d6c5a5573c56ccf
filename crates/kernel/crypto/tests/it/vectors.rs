//! Against values computed outside this program.

use milepost_cloudevent::Authenticity;
use milepost_crypto::{
    Signature, SignatureAttribute, SignedFields, SigningKey, Verifier, event_bytes, event_digest,
    personal_hash, sign_batch, sign_event,
};
use milepost_types::{B256, address};

use crate::{CHAIN, key, parse};

/// The text the vectors are published in; its values come from an independent implementation.
const SPECIFICATION: &str = include_str!("../../../../../docs/specs/device-signature.md");

fn block(language: &str) -> &'static str {
    let start = SPECIFICATION.find(&format!("```{language}\n")).unwrap() + 4 + language.len();
    let rest = &SPECIFICATION[start..];
    &rest[..rest.find("```").unwrap()]
}

#[test]
fn the_worked_example_of_the_specification_holds() {
    let event = parse(block("json"));
    let fields = SignedFields::from(&event);
    let rows: String = SPECIFICATION
        .lines()
        .skip_while(|line| !line.starts_with("Signed bytes"))
        .filter_map(|line| {
            line.strip_suffix("` |")
                .and_then(|line| line.split_once('`'))
        })
        .map(|(_, hex)| hex)
        .collect();
    assert_eq!(hex::encode(event_bytes(CHAIN, &fields).unwrap()), rows);
    let digest = event_digest(CHAIN, &fields).unwrap();
    assert!(SPECIFICATION.contains(&format!("Digest: `{digest}`")));
    assert_eq!(
        sign_event(&key(), CHAIN, &fields).unwrap(),
        event.signature().unwrap()
    );
    let verified = Verifier::new(CHAIN).verify(&fields, Some(key().address()));
    assert_eq!(
        verified,
        Ok((
            address!("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
            Authenticity::Device
        ))
    );
}

#[test]
fn the_batch_example_of_the_specification_holds() {
    let digests = [0x11, 0x22, 0x33].map(B256::repeat_byte);
    let texts = sign_batch(&key(), CHAIN, &digests).unwrap();
    assert_eq!(texts.join("\n"), block("text").trim());
    for (text, digest) in texts.iter().zip(digests) {
        let Ok(SignatureAttribute::Batch(proof)) = text.parse() else {
            panic!("{text}")
        };
        let root = proof.root_digest(CHAIN, digest).unwrap();
        assert!(SPECIFICATION.contains(&format!("signed digest `{root}`")));
    }
}

#[test]
fn the_deployed_format_example_of_the_specification_holds() {
    let event = parse(block("json"));
    let line = SPECIFICATION
        .lines()
        .find(|line| line.starts_with("The same payload in the deployed format"))
        .unwrap();
    let text = line.split('`').nth(1).unwrap();
    let event = event.with_signature(text).unwrap();
    let verified = Verifier::new(CHAIN).verify(&SignedFields::from(&event), Some(key().address()));
    assert_eq!(verified, Ok((key().address(), Authenticity::Legacy)));
}

#[test]
fn personal_messages_are_signed_as_wallets_sign_them() {
    // From the documentation of eth-account.
    let key =
        SigningKey::from_hex("b25c7db31feed9122727bf0939dc769a96564b2de4c4726d035b36ecf1e5b364")
            .unwrap();
    assert_eq!(
        key.address(),
        address!("0x5ce9454909639D2D17A3F753ce7d93fa0b9aB12E")
    );
    let message = "I♥SF".as_bytes();
    let signature: Signature = "0xe6ca9bba58c88611fad66a6ce8f996908195593807c4b38bd528d2cff09d4eb33e5bfbbf4d3e39b1a2fd816a7680c19ebebaf3a141b239934ad43cb33fcec8ce1c"
        .parse()
        .unwrap();
    assert_eq!(key.sign_personal(message), signature);
    assert_eq!(signature.recover_personal(message), Ok(key.address()));
    assert_ne!(
        signature.recover(milepost_types::keccak256(message)),
        Ok(key.address())
    );
    assert_eq!(
        personal_hash(message).to_string(),
        "0x1476abb745d423bf09273f1afd887d951181d25adc66c4834a70491911b7f750"
    );
}
