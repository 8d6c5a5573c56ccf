//! Positional decoding of event parameters (protocol hazard list: argument names changed, layouts changed, so
//! neither names nor one fixed layout can be trusted).

use alloy_primitives::keccak256;
use milepost_types::{Address, B256, U256};
use thiserror::Error;

/// Type of one event parameter, as far as the index reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Address,
    Uint,
    Bool,
    Bytes32,
    Text,
    /// A type that only unread events use.
    Unread,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Param {
    Address(Address),
    Uint(U256),
    Bool(bool),
    Bytes32(B256),
    Text(String),
}

/// Why a known event cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// Fewer data bytes than the layout needs.
    #[error("data has {have} bytes, parameter {parameter} needs {need}")]
    Short {
        /// Position, from 0.
        parameter: usize,
        /// Bytes there are.
        have: usize,
        /// Bytes needed.
        need: usize,
    },
    /// A word that is no value of its type.
    #[error("parameter {parameter} is not a valid {expected}")]
    Word {
        /// Position, from 0.
        parameter: usize,
        /// The type.
        expected: &'static str,
    },
    /// An event of this contract with a number of topics that no known layout has.
    #[error("event {topic0} of role {role} has {topics} topics, which no known layout has")]
    Layout {
        /// Contract role.
        role: &'static str,
        /// Event.
        topic0: B256,
        /// Topics the log has.
        topics: usize,
    },
    /// The index reads a parameter as another type than the table says.
    #[error("parameter {parameter} is not a {expected}")]
    Type {
        /// Position, from 0.
        parameter: usize,
        /// Type asked for.
        expected: &'static str,
    },
}

/// Types and indexed flags of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) topic0: B256,
    /// Per parameter: type and whether it is a topic.
    params: Vec<(Kind, bool)>,
}

impl Layout {
    /// From `Name(type,…)` and one digit per parameter, 1 for indexed.
    pub(crate) fn parse(signature: &str, mask: &str) -> Option<Self> {
        let inner = signature.split_once('(')?.1.strip_suffix(')')?;
        let types = split(inner);
        if types.len() != mask.len() {
            return None;
        }
        let mut params = Vec::with_capacity(types.len());
        for (ty, bit) in types.iter().zip(mask.bytes()) {
            match (words_of_tuple(ty), bit == b'1') {
                (Some(words), false) => {
                    params.extend(words.into_iter().map(|word| (word, false)));
                }
                (_, indexed) => params.push((kind(ty), indexed)),
            }
        }
        Some(Self {
            topic0: keccak256(signature),
            params,
        })
    }

    /// Number of topics including topic 0.
    pub(crate) fn topics_len(&self) -> usize {
        1 + self.params.iter().filter(|(_, indexed)| *indexed).count()
    }

    /// Whether the index could read every parameter.
    #[cfg(test)]
    pub(crate) fn is_readable(&self) -> bool {
        self.params
            .iter()
            .all(|(kind, indexed)| *kind != Kind::Unread && !(*indexed && *kind == Kind::Text))
    }

    pub(crate) fn decode(&self, topics: &[B256], data: &[u8]) -> Result<Params, DecodeError> {
        let mut topic = topics.iter().skip(1);
        let mut head = 0;
        let mut params = Vec::with_capacity(self.params.len());
        for (position, (kind, indexed)) in self.params.iter().enumerate() {
            let word = if *indexed {
                topic.next().map(|t| t.0).ok_or(DecodeError::Short {
                    parameter: position,
                    have: 0,
                    need: 32,
                })?
            } else {
                head += 32;
                word_at(data, head - 32, position)?
            };
            params.push(match kind {
                Kind::Text => Param::Text(text_at(data, word, position)?),
                other => static_param(*other, word, position)?,
            });
        }
        Ok(Params(params))
    }
}

/// The types of a list, not of the tuples in it.
fn split(list: &str) -> Vec<&str> {
    if list.is_empty() {
        return Vec::new();
    }
    let mut depth = 0_usize;
    list.split(|c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}

/// A tuple of words only lies in the data as if its members were parameters.
fn words_of_tuple(ty: &str) -> Option<Vec<Kind>> {
    let members = split(ty.strip_prefix('(')?.strip_suffix(')')?);
    let kinds = members.into_iter().map(kind);
    kinds
        .map(|kind| (!matches!(kind, Kind::Text | Kind::Unread)).then_some(kind))
        .collect()
}

fn kind(ty: &str) -> Kind {
    match ty {
        "address" => Kind::Address,
        "bool" => Kind::Bool,
        "bytes32" => Kind::Bytes32,
        "string" => Kind::Text,
        uint if uint.starts_with("uint") && !uint.ends_with(']') => Kind::Uint,
        _ => Kind::Unread,
    }
}

fn word_at(data: &[u8], offset: usize, parameter: usize) -> Result<[u8; 32], DecodeError> {
    data.get(offset..)
        .and_then(|rest| rest.first_chunk::<32>())
        .copied()
        .ok_or(DecodeError::Short {
            parameter,
            have: data.len(),
            need: offset.saturating_add(32),
        })
}

fn static_param(kind: Kind, word: [u8; 32], parameter: usize) -> Result<Param, DecodeError> {
    let bad = |expected| DecodeError::Word {
        parameter,
        expected,
    };
    match kind {
        Kind::Address if word[..12] == [0; 12] => {
            Ok(Param::Address(Address::from_slice(&word[12..])))
        }
        Kind::Address => Err(bad("address")),
        Kind::Bool if word[..31] == [0; 31] && word[31] < 2 => Ok(Param::Bool(word[31] == 1)),
        Kind::Bool => Err(bad("bool")),
        Kind::Bytes32 => Ok(Param::Bytes32(B256::from(word))),
        Kind::Uint => Ok(Param::Uint(U256::from_be_bytes(word))),
        Kind::Text | Kind::Unread => Err(bad("type the index reads")),
    }
}

/// Strings are whatever a caller of the contract sent: bytes that are not UTF-8 become U+FFFD, so that nobody can
/// stop the index with a name.
fn text_at(data: &[u8], offset: [u8; 32], parameter: usize) -> Result<String, DecodeError> {
    let as_len = |word: [u8; 32]| usize::try_from(U256::from_be_bytes(word)).unwrap_or(usize::MAX);
    let offset = as_len(offset);
    let length = as_len(word_at(data, offset, parameter)?);
    let start = offset.saturating_add(32);
    let need = start.saturating_add(length);
    let bytes = data.get(start..need).ok_or(DecodeError::Short {
        parameter,
        have: data.len(),
        need,
    })?;
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

/// Decoded parameters in declaration order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Params(pub(crate) Vec<Param>);

macro_rules! getter {
    ($name:ident, $variant:ident, $ty:ty, $expected:literal) => {
        pub(crate) fn $name(&self, position: usize) -> Result<$ty, DecodeError> {
            match self.0.get(position) {
                Some(Param::$variant(value)) => Ok(value.clone()),
                _ => Err(DecodeError::Type {
                    parameter: position,
                    expected: $expected,
                }),
            }
        }
    };
}

impl Params {
    getter!(address, Address, Address, "address");
    getter!(uint, Uint, U256, "uint256");
    getter!(flag, Bool, bool, "bool");
    getter!(word, Bytes32, B256, "bytes32");
    getter!(text, Text, String, "string");
}

#[cfg(test)]
mod tests {
    use alloy_primitives::address;
    use alloy_sol_types::{SolEvent, sol};
    use proptest::prelude::*;

    use super::*;

    sol! {
        event Mixed(uint256 indexed id, string name, address owner, bool flag, bytes32 indexed tag, string note);
    }

    fn layout() -> Layout {
        Layout::parse(
            "Mixed(uint256,string,address,bool,bytes32,string)",
            "100010",
        )
        .unwrap()
    }

    #[test]
    fn parameters_are_read_by_position_from_topics_and_data() {
        let event = Mixed {
            id: U256::MAX,
            name: "a\0b".into(),
            owner: address!("00000000000000000000000000000000000000aa"),
            flag: true,
            tag: B256::repeat_byte(7),
            note: String::new(),
        };
        let log = event.encode_log_data();
        let layout = layout();
        assert_eq!(layout.topic0, Mixed::SIGNATURE_HASH);
        assert_eq!(layout.topics_len(), 3);
        let params = layout.decode(log.topics(), &log.data).unwrap();
        assert_eq!(params.uint(0), Ok(U256::MAX));
        assert_eq!(params.text(1).unwrap(), "a\0b");
        assert_eq!(params.address(2), Ok(event.owner));
        assert_eq!(params.flag(3), Ok(true));
        assert_eq!(params.word(4), Ok(event.tag));
        assert_eq!(params.text(5).unwrap(), "");
        assert!(matches!(
            params.address(0),
            Err(DecodeError::Type { parameter: 0, .. })
        ));
    }

    #[test]
    fn a_tuple_of_words_is_read_as_its_members_and_any_other_is_not_read() {
        let layout = Layout::parse("E(uint256,(address,(uint256,bool)),uint256)", "100").unwrap();
        assert!(!layout.is_readable(), "a tuple in a tuple is not read");
        let layout = Layout::parse("E(uint256,(address,uint256),uint256)", "100").unwrap();
        let topics = [layout.topic0, B256::with_last_byte(1)];
        let mut data = [0u8; 96];
        (data[31], data[63], data[95]) = (2, 3, 4);
        let params = layout.decode(&topics, &data).unwrap();
        assert_eq!(params.uint(0), Ok(U256::from(1)));
        assert_eq!(params.address(1), Ok(Address::with_last_byte(2)));
        assert_eq!(params.uint(2), Ok(U256::from(3)));
        assert_eq!(params.uint(3), Ok(U256::from(4)));
        assert!(Layout::parse("E(uint256,(address,uint256))", "100").is_none());
        for unread in ["E((uint256,string))", "E((uint256[],bool))"] {
            assert!(!Layout::parse(unread, "0").unwrap().is_readable());
        }
        assert!(
            !Layout::parse("E((uint256,bool))", "1")
                .unwrap()
                .is_readable()
        );
    }

    #[test]
    fn an_address_with_high_bytes_is_an_error_and_broken_utf8_is_not() {
        let layout = Layout::parse("E(address)", "1").unwrap();
        let topics = [layout.topic0, B256::repeat_byte(1)];
        assert!(matches!(
            layout.decode(&topics, &[]),
            Err(DecodeError::Word { parameter: 0, .. })
        ));
        let layout = Layout::parse("E(string)", "0").unwrap();
        let mut data = [0u8; 96];
        data[31] = 32;
        data[63] = 2;
        data[64] = 0xff;
        data[65] = b'x';
        assert_eq!(
            layout
                .decode(&[layout.topic0], &data)
                .unwrap()
                .text(0)
                .unwrap(),
            "\u{fffd}x"
        );
    }

    proptest! {
        #[test]
        fn any_data_decodes_or_errs_without_panic(data in proptest::collection::vec(any::<u8>(), 0..400)) {
            let layout = layout();
            let topics = [layout.topic0, B256::ZERO, B256::ZERO];
            prop_assert!(layout.decode(&topics, &data).is_ok() || layout.decode(&topics, &data).is_err());
        }
    }
}
