//! Signatures: golden vectors, forgeries, batches, the deployed format.

#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

mod batch;
mod forgery;
mod legacy;
mod signature;
mod vectors;

use milepost_cloudevent::Incoming;
use milepost_crypto::{SignedFields, SigningKey, sign_event};
use milepost_types::ChainId;

pub(crate) const CHAIN: ChainId = ChainId(137);
pub(crate) const DEVICE: &str = "did:erc721:137:0x9c94C395cBcBDe662235E0A9d3bB87Ad708561BA:31";
pub(crate) const VEHICLE: &str = "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:700";

/// First account of the well-known development mnemonic.
pub(crate) fn key() -> SigningKey {
    SigningKey::from_hex("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
        .unwrap()
}

pub(crate) fn parse(json: &str) -> Incoming {
    Incoming::parse(json.as_bytes()).expect(json)
}

/// An unsigned event, different for each number.
pub(crate) fn event(n: u64) -> Incoming {
    parse(&format!(
        r#"{{"id":"e-{n}","producer":"{DEVICE}","subject":"{VEHICLE}","type":"dimo.status","time":"2026-05-02T06:10:00.123456Z","dataversion":"default/v1.0","tags":["a","b"],"sequence":{n},"note":[1],"data":{{"n":{n}}}}}"#
    ))
}

pub(crate) fn signed(event: Incoming, key: &SigningKey) -> Incoming {
    let text = sign_event(key, CHAIN, &SignedFields::from(&event)).unwrap();
    event.with_signature(&text).unwrap()
}
