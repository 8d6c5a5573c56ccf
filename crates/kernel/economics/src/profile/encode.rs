//! The encodings of a profile: for the chain, for JSON and for Solidity.

use std::fmt::Write as _;

use milepost_types::{B256, U256, keccak256};
use serde::Serialize;

use super::Profile;
use crate::Key;

#[derive(Serialize)]
struct JsonProfile<'a> {
    name: &'a str,
    version: u64,
    hash: B256,
    entries: Vec<JsonEntry>,
}

#[derive(Serialize)]
struct JsonEntry {
    key: &'static str,
    value: String,
    raisable: bool,
    min: String,
    max: String,
}

impl Profile {
    /// Keys and values as `Parameters.adopt` takes them: in ascending byte order of the keys.
    #[must_use]
    pub fn encode(&self) -> Vec<(B256, U256)> {
        self.entries()
            .map(|(key, entry)| (key.bytes32(), entry.value))
            .collect()
    }

    /// `keccak256(abi.encode(string name, uint256 version, bytes32[] keys, uint256[] values))` over
    /// [`Profile::encode`].
    #[must_use]
    pub fn hash(&self) -> B256 {
        let pairs = self.encode();
        let name = self.name().as_bytes();
        let name_words = name.len().div_ceil(32);
        let keys_at = 4 + 1 + name_words;
        let values_at = keys_at + 1 + pairs.len();
        let mut out = Vec::with_capacity((values_at + 1 + pairs.len()) * 32);
        let mut word = |value: U256| out.extend_from_slice(&value.to_be_bytes::<32>());
        word(U256::from(4 * 32));
        word(U256::from(self.version()));
        word(U256::from(keys_at * 32));
        word(U256::from(values_at * 32));
        word(U256::from(name.len()));
        for chunk in name.chunks(32) {
            let mut bytes = [0u8; 32];
            bytes[..chunk.len()].copy_from_slice(chunk);
            word(U256::from_be_bytes(bytes));
        }
        word(U256::from(pairs.len()));
        for (key, _) in &pairs {
            word(U256::from_be_bytes(key.0));
        }
        word(U256::from(pairs.len()));
        for (_, value) in &pairs {
            word(*value);
        }
        keccak256(out)
    }

    /// Text of `contracts/profiles/<name>.json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let entries = self.entries().map(|(key, entry)| JsonEntry {
            key: key.name(),
            value: entry.value.to_string(),
            raisable: key.raisable(),
            min: key.value_min().to_string(),
            max: key.value_max().to_string(),
        });
        let json = JsonProfile {
            name: self.name(),
            version: self.version(),
            hash: self.hash(),
            entries: entries.collect(),
        };
        let mut text =
            serde_json::to_string_pretty(&json).expect("strings and numbers always serialise");
        text.push('\n');
        text
    }
}

/// Functions from types, kinds and classes to keys, behind the constants.
const KEY_FUNCTIONS: &str = include_str!("keys_tail.sol");

/// Text of `contracts/src/libraries/ParameterKeys.sol`, as `forge fmt` leaves it.
#[must_use]
pub fn solidity_keys() -> String {
    let mut text = format!(
        "// SPDX-License-Identifier: MIT OR Apache-2.0\n\
         pragma solidity 0.8.37;\n\n\
         /// @title Names of all parameters\n\
         /// @dev ASCII text, left-aligned; what each one means is said in docs/specs/economy.md §1.\n\
         library ParameterKeys {{\n    \
         /// @dev Number of keys: a profile has exactly these.\n    \
         uint256 internal constant COUNT = {};\n\n",
        Key::ALL.len()
    );
    for key in Key::ALL {
        writeln!(
            text,
            "    bytes32 internal constant {} = \"{}\";",
            key.constant(),
            key.name()
        )
        .expect("writing to a string");
    }
    text.push_str(KEY_FUNCTIONS);
    text
}
