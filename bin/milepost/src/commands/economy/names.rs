//! Names that people type and read for what contracts number.

use anyhow::{Context as _, Result, bail};
use milepost_economics::amount::{format_tokens, parse_tokens};
use milepost_types::{B256, Timestamp, U256, Wei};
use serde_json::Value;

use super::session::Session;
use crate::cli::LicenseKind;

/// In the order of the contract's enum.
pub(super) const KINDS: [&str; 8] = [
    "none",
    "provider",
    "client",
    "node",
    "app",
    "operator",
    "broker",
    "device type",
];
/// In the order of the contract's enum.
pub(super) const STATES: [&str; 8] = [
    "none",
    "applied",
    "rejected",
    "approved",
    "suspended",
    "revoked",
    "renounced",
    "released",
];

/// The contract's number of a kind.
pub(super) fn kind(kind: LicenseKind) -> String {
    (kind as u8 + 1).to_string()
}

/// A device type's key on chain: its name, left-aligned in 32 bytes.
pub(super) fn device_type(name: &str) -> Result<String> {
    key(&name.replace('-', "_"))
}

/// An amount for people, or in wei for programs.
pub(super) fn dimo(session: &Session, wei: &str) -> String {
    match wei.parse::<U256>() {
        Ok(amount) if !session.wants_json() => format!("{} DIMO", format_tokens(Wei(amount))),
        _ => wei.to_owned(),
    }
}

/// A contract's time in seconds as a date for people, as it is for programs; nothing for zero.
pub(super) fn time(session: &Session, seconds: &str) -> Value {
    match seconds.parse::<u64>() {
        Ok(0) => Value::Null,
        Ok(at) if !session.wants_json() => Timestamp::from_secs_saturating(at).to_string().into(),
        _ => seconds.into(),
    }
}

/// An amount as typed, in DIMO with up to 18 decimals, as wei in text.
pub(super) fn wei(typed: &str) -> Result<String> {
    let amount = parse_tokens(typed).with_context(|| format!("amount '{typed}'"))?;
    Ok(amount.to_string())
}

/// The contract's number of hardware, an aftermarket device.
pub(super) const HARDWARE: &str = "0";
/// The contract's number of software, a synthetic device.
pub(super) const SOFTWARE: &str = "1";
/// No address.
pub(super) const NOBODY: &str = "0x0000000000000000000000000000000000000000";

/// A parameter's key on chain. A longer name is refused: cut, it could be another key.
pub(super) fn key(name: &str) -> Result<String> {
    if name.len() > 32 {
        bail!("'{name}' is longer than 32 bytes");
    }
    Ok(B256::right_padding_from(name.as_bytes()).to_string())
}

/// The text in a `bytes32`.
pub(super) fn ascii(word: &str) -> String {
    let bytes = hex::decode(word.trim_start_matches("0x")).unwrap_or_default();
    String::from_utf8_lossy(&bytes)
        .trim_end_matches('\0')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_does_not_fit_is_refused_and_not_cut() {
        let longest = "a".repeat(32);
        assert_eq!(key(&longest).unwrap(), format!("0x{}", "61".repeat(32)));
        assert_eq!(ascii(&key("court.deposit").unwrap()), "court.deposit");
        assert!(key(&"a".repeat(33)).is_err());
    }
}
