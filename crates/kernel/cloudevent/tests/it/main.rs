//! Parsing, identity and storage form of CloudEvents.

#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

mod body;
mod identity;
mod parse;
mod record;

use milepost_cloudevent::{FieldError, Incoming};

pub(crate) const DEVICE: &str = "did:erc721:137:0x4804e8D1661cd1a1e5dDdE1ff458A7f878c0aC6D:9";
pub(crate) const VEHICLE: &str = "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:700";

/// A payload of the deployed default module, with spacing that must survive.
pub(crate) const PAYLOAD: &str = r#"{"signals": [ {"name":"speed","timestamp":"2026-05-02T06:09:58Z","value":31.50} ], "vin":"WBA11AA0909000001"}"#;

/// An event with every attribute.
pub(crate) fn full() -> String {
    format!(
        r#"{{"id":"trip-7/0001","source":"0x8d8cdb2b26423c8fdbb27321af20b4659ce919fd","producer":"{DEVICE}","subject":"{VEHICLE}","specversion":"1.0","time":"2026-05-02T08:10:00.123456+02:00","type":"dimo.status","datacontenttype":"application/json","dataschema":"dimo.zone/status/v2.0","dataversion":"default/v1.0","signature":"0xab","raweventid":"raw-1","sequence":18446744073709551615,"tags":["a","b c"],"vehicleTokenId":700,"note":{{"z":1,"a":[2]}},"data":{PAYLOAD}}}"#
    )
}

/// The smallest event, with `extra` attributes before the payload.
pub(crate) fn with(extra: &str) -> String {
    format!(r#"{{"producer":"{DEVICE}","type":"dimo.status",{extra}"data":{{}}}}"#)
}

pub(crate) fn parse(json: &str) -> Result<Incoming, FieldError> {
    Incoming::parse(json.as_bytes())
}
