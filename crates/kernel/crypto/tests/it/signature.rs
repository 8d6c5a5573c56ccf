use milepost_crypto::{KeyError, Signature, SignatureAttribute, SignatureError, SigningKey};
use milepost_types::{B256, U256, keccak256};
use proptest::prelude::*;

use crate::key;

fn order() -> U256 {
    U256::from_str_radix(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        16,
    )
    .unwrap()
}

/// The other signature over the same digest that a verifier without the low-s rule would accept.
fn high_s(signature: Signature) -> [u8; 65] {
    let mut bytes = signature.to_bytes();
    let s = U256::from_be_slice(&bytes[32..64]);
    bytes[32..64].copy_from_slice(&(order() - s).to_be_bytes::<32>());
    bytes[64] = 55 - bytes[64];
    bytes
}

#[test]
fn v_is_0_1_27_or_28_and_nothing_else() {
    let digest = keccak256("v");
    let signature = key().sign_digest(digest);
    let bytes = signature.to_bytes();
    for v in 0..=255u8 {
        let mut other = bytes;
        other[64] = v;
        match Signature::from_bytes(&other) {
            Ok(read) if [0, 1, 27, 28].contains(&v) => {
                let same = v % 27 == bytes[64] % 27;
                assert_eq!(read.recover(digest) == Ok(key().address()), same, "v = {v}");
                assert_eq!(read == signature, same, "one value, one form");
            }
            other => assert_eq!(other, Err(SignatureError::RecoveryByte(v))),
        }
    }
}

#[test]
fn the_high_form_of_s_is_refused() {
    let high = high_s(key().sign_digest(keccak256("s")));
    assert_eq!(Signature::from_bytes(&high), Err(SignatureError::HighS));
    let text = format!("mp1:0x{}", hex::encode(high));
    assert_eq!(
        text.parse::<SignatureAttribute>(),
        Err(SignatureError::HighS)
    );
}

#[test]
fn half_the_order_is_the_last_accepted_s() {
    let half = (order() - U256::from(1)) / U256::from(2);
    let with = |s: U256| {
        let mut bytes = [1u8; 65];
        bytes[32..64].copy_from_slice(&s.to_be_bytes::<32>());
        Signature::from_bytes(&bytes)
    };
    assert!(with(half).is_ok());
    assert_eq!(with(half + U256::from(1)), Err(SignatureError::HighS));
}

#[test]
fn zero_and_oversized_numbers_recover_nobody() {
    let digest = keccak256("zero");
    let with = |r: [u8; 32], s: [u8; 32]| {
        let mut bytes = [0u8; 65];
        bytes[..32].copy_from_slice(&r);
        bytes[32..64].copy_from_slice(&s);
        Signature::from_bytes(&bytes).and_then(|signature| signature.recover(digest))
    };
    let one = U256::from(1).to_be_bytes::<32>();
    assert_eq!(with([0; 32], one), Err(SignatureError::Unrecoverable));
    assert_eq!(with(one, [0; 32]), Err(SignatureError::Unrecoverable));
    assert_eq!(
        with(order().to_be_bytes(), one),
        Err(SignatureError::Unrecoverable)
    );
    assert_eq!(with([0xff; 32], one), Err(SignatureError::Unrecoverable));
}

#[test]
fn other_lengths_are_refused_with_the_limit() {
    for length in [0, 1, 32, 64, 66, 130] {
        let refused = Err(SignatureError::Length { found: length });
        assert_eq!(Signature::from_bytes(&vec![1; length]), refused);
        assert_eq!(
            format!("0x{}", "01".repeat(length)).parse::<Signature>(),
            refused
        );
    }
    let error = "0x0102".parse::<Signature>().unwrap_err().to_string();
    assert_eq!(error, "signature: has 2 bytes (limit: exactly 65: r, s, v)");
}

#[test]
fn text_of_another_form_is_refused() {
    let good = key().sign_digest(keccak256("form")).to_string();
    let digits = &good[2..];
    let texts = [
        String::new(),
        "0x".into(),
        digits.into(),
        format!("{good}0"),
        format!("0X{digits}"),
        format!(" {good}"),
        format!("0x{}g", &digits[..129]),
        format!("mp1:{digits}"),
        format!("mp2:{good}"),
        format!("MP1:{good}"),
        format!("mp1:mp1:{good}"),
        format!("mp1: {good}"),
        format!("mpb1:{good}"),
        format!("mpb1:{good}:0:1"),
        format!("mpb1:{good}:0:1:00"),
        format!("mpb1:{good}:0:1:zz"),
        format!("mpb1:{good}:00:1:"),
        format!("mpb1:{good}:+0:1:"),
        format!("mpb1:{good}:0:01:"),
        format!("mpb1:{good}:-1:1:"),
        format!("mpb1:{good}:0:4294967296:"),
        format!("mpb1:{good}::1:"),
        format!("mpb1:{good}:0:1::"),
    ];
    for text in texts {
        assert!(text.parse::<SignatureAttribute>().is_err(), "{text}");
    }
    assert!(
        format!("mp1:0x{}", digits.to_uppercase())
            .parse::<SignatureAttribute>()
            .is_ok()
    );
}

#[test]
fn keys_are_checked_and_never_printed() {
    assert_eq!(
        SigningKey::from_bytes([0; 32]).unwrap_err(),
        KeyError::Range
    );
    assert_eq!(
        SigningKey::from_bytes(order().to_be_bytes()).unwrap_err(),
        KeyError::Range
    );
    assert_eq!(SigningKey::from_hex("0x12").unwrap_err(), KeyError::Hex);
    assert_eq!(SigningKey::from_hex("zz").unwrap_err(), KeyError::Hex);
    let printed = format!("{:?}", key());
    assert_eq!(
        printed,
        format!("SigningKey {{ address: {:?}, .. }}", key().address())
    );
    assert!(!printed.contains("ac09"), "{printed}");
}

#[test]
fn random_keys_differ() {
    let mut rng = secp256k1::rand::rng();
    assert_ne!(
        SigningKey::random(&mut rng).address(),
        SigningKey::random(&mut rng).address()
    );
}

proptest! {
    #[test]
    fn whatever_is_signed_recovers_the_signer(secret: [u8; 32], digest: [u8; 32]) {
        let Ok(key) = SigningKey::from_bytes(secret) else { return Ok(()) };
        let digest = B256::from(digest);
        let signature = key.sign_digest(digest);
        prop_assert_eq!(signature.recover(digest), Ok(key.address()));
        prop_assert_eq!(signature.to_string().parse::<Signature>(), Ok(signature));
        prop_assert_eq!(Signature::from_bytes(&high_s(signature)), Err(SignatureError::HighS));
    }

    #[test]
    fn any_text_parses_or_errs_without_panic(text in "(mp1:|mpb1:|0x)?[0-9a-fx:]{0,300}") {
        if let Ok(attribute) = text.parse::<SignatureAttribute>() {
            prop_assert_eq!(attribute.to_string().parse(), Ok(attribute));
        }
    }

    #[test]
    fn any_bytes_recover_or_err_without_panic(bytes in proptest::collection::vec(any::<u8>(), 65)) {
        let recovered = Signature::from_bytes(&bytes).and_then(|signature| signature.recover(B256::ZERO));
        prop_assert_ne!(recovered, Ok(key().address()));
    }
}
