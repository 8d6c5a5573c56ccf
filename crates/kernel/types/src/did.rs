use std::{fmt, str::FromStr};

use alloy_primitives::{Address, U256};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;

use crate::{ChainId, ids::parse_address};

/// A decentralised identifier in one of the three forms the protocol uses.
///
/// Text forms: `did:erc721:<chain>:<0xcontract>:<token>` (token in decimal, up to 2²⁵⁶−1),
/// `did:ethr:<chain>:<0xaddress>`, `did:erc20:<chain>:<0xcontract>`; the legacy
/// `did:nft:<chain>:<0xcontract>_<token>` is read and becomes `erc721`. Display is canonical: EIP-55 addresses,
/// no leading zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Did {
    /// A token of an ERC-721 contract: a vehicle, a device, a manufacturer.
    Erc721 {
        /// Chain of the contract.
        chain: ChainId,
        /// The ERC-721 contract.
        contract: Address,
        /// Token id.
        token: U256,
    },
    /// An account.
    Ethr {
        /// Chain of the account.
        chain: ChainId,
        /// The account.
        address: Address,
    },
    /// An ERC-20 contract.
    Erc20 {
        /// Chain of the contract.
        chain: ChainId,
        /// The contract.
        contract: Address,
    },
}

/// Why a text is not a DID.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DidError {
    /// No `did:` prefix or wrong number of parts.
    #[error(
        "not a DID: expected did:erc721:<chain>:<0xcontract>:<token>, did:ethr:<chain>:<0xaddress> or did:erc20:<chain>:<0xcontract>"
    )]
    Shape,
    /// A method other than erc721, nft, ethr or erc20.
    #[error("DID method '{0}' is not one of erc721, ethr, erc20")]
    Method(String),
    /// Chain id is not a decimal number below 2⁶⁴.
    #[error("DID chain id '{0}' is not a decimal number")]
    Chain(String),
    /// Not a 20-byte hex address.
    #[error("'{0}' is not an address: expected 0x and 40 hex digits")]
    Address(String),
    /// Token id is not a decimal number below 2²⁵⁶.
    #[error("token id '{0}' is not a decimal number below 2^256")]
    Token(String),
}

impl Did {
    /// A token of an ERC-721 contract.
    #[must_use]
    pub const fn erc721(chain: ChainId, contract: Address, token: U256) -> Self {
        Self::Erc721 {
            chain,
            contract,
            token,
        }
    }

    /// An account.
    #[must_use]
    pub const fn ethr(chain: ChainId, address: Address) -> Self {
        Self::Ethr { chain, address }
    }

    /// Chain part of the identifier.
    #[must_use]
    pub const fn chain(&self) -> ChainId {
        match self {
            Self::Erc721 { chain, .. } | Self::Ethr { chain, .. } | Self::Erc20 { chain, .. } => {
                *chain
            }
        }
    }

    /// Contract or account address.
    #[must_use]
    pub const fn address(&self) -> Address {
        match self {
            Self::Erc721 { contract, .. } | Self::Erc20 { contract, .. } => *contract,
            Self::Ethr { address, .. } => *address,
        }
    }

    /// Token id, for `erc721` only.
    #[must_use]
    pub const fn token(&self) -> Option<U256> {
        match self {
            Self::Erc721 { token, .. } => Some(*token),
            _ => None,
        }
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Erc721 {
                chain,
                contract,
                token,
            } => write!(f, "did:erc721:{chain}:{contract}:{token}"),
            Self::Ethr { chain, address } => write!(f, "did:ethr:{chain}:{address}"),
            Self::Erc20 { chain, contract } => write!(f, "did:erc20:{chain}:{contract}"),
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(96).collect()
}

fn decimal_token(text: &str) -> Result<U256, DidError> {
    if text.is_empty() || text.len() > 78 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DidError::Token(short(text)));
    }
    U256::from_str_radix(text, 10).map_err(|_| DidError::Token(short(text)))
}

impl FromStr for Did {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(5, ':');
        let (Some("did"), Some(method), Some(chain), Some(third)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(DidError::Shape);
        };
        let fourth = parts.next();
        if chain.is_empty() || !chain.bytes().all(|b| b.is_ascii_digit()) {
            return Err(DidError::Chain(short(chain)));
        }
        let chain = ChainId(chain.parse().map_err(|_| DidError::Chain(short(chain)))?);
        match (method, fourth) {
            ("erc721", Some(token)) => Ok(Self::Erc721 {
                chain,
                contract: parse_address(third)?,
                token: decimal_token(token)?,
            }),
            ("nft", None) => {
                let (contract, token) = third.split_once('_').ok_or(DidError::Shape)?;
                Ok(Self::Erc721 {
                    chain,
                    contract: parse_address(contract)?,
                    token: decimal_token(token)?,
                })
            }
            ("ethr", None) => Ok(Self::Ethr {
                chain,
                address: parse_address(third)?,
            }),
            ("erc20", None) => Ok(Self::Erc20 {
                chain,
                contract: parse_address(third)?,
            }),
            ("erc721" | "nft" | "ethr" | "erc20", _) => Err(DidError::Shape),
            (other, _) => Err(DidError::Method(short(other))),
        }
    }
}

/// Text in human-readable formats; in binary ones a compact tuple (tag, chain, address, token).
impl Serialize for Did {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        let tag = match self {
            Self::Erc721 { .. } => 0u8,
            Self::Ethr { .. } => 1,
            Self::Erc20 { .. } => 2,
        };
        let token = self.token().unwrap_or_default().to_be_bytes::<32>();
        (tag, self.chain().0, self.address().into_array(), token).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Did {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
            return text.parse().map_err(D::Error::custom);
        }
        let (tag, chain, address, token) =
            <(u8, u64, [u8; 20], [u8; 32])>::deserialize(deserializer)?;
        let (chain, address) = (ChainId(chain), Address::from(address));
        match tag {
            0 => Ok(Self::Erc721 {
                chain,
                contract: address,
                token: U256::from_be_bytes(token),
            }),
            1 => Ok(Self::Ethr { chain, address }),
            2 => Ok(Self::Erc20 {
                chain,
                contract: address,
            }),
            other => Err(D::Error::custom(format!("unknown DID tag {other}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VEHICLE: &str = "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:700";

    #[test]
    fn canonical_text_survives_a_round_trip() {
        for text in [
            VEHICLE,
            "did:ethr:80002:0x8D8cDB2B26423c8fDbb27321aF20b4659Ce919fD",
        ] {
            assert_eq!(text.parse::<Did>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn legacy_nft_and_lower_case_become_canonical() {
        let legacy = "did:nft:137:0xba5738a18d83d41847dffbdc6101d37c69c9b0cf_700";
        assert_eq!(legacy.parse::<Did>().unwrap().to_string(), VEHICLE);
    }

    #[test]
    fn the_largest_token_id_is_kept() {
        let text = format!(
            "did:erc721:1:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:{}",
            U256::MAX
        );
        assert_eq!(text.parse::<Did>().unwrap().token(), Some(U256::MAX));
    }

    #[test]
    fn bad_text_names_the_part() {
        let error = |t: &str| t.parse::<Did>().unwrap_err();
        assert_eq!(error("vehicle-7"), DidError::Shape);
        assert_eq!(
            error("did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF"),
            DidError::Shape
        );
        assert!(matches!(
            error("did:web:1:example.org"),
            DidError::Method(_)
        ));
        assert!(matches!(
            error("did:ethr:-1:0x8D8cDB2B26423c8fDbb27321aF20b4659Ce919fD"),
            DidError::Chain(_)
        ));
        assert!(matches!(error("did:ethr:1:0x8D8c"), DidError::Address(_)));
        assert!(matches!(
            error("did:erc721:1:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:+7"),
            DidError::Token(_)
        ));
    }

    proptest! {
        #[test]
        fn any_text_parses_or_errs_without_panic(text in ".{0,120}") {
            if let Ok(did) = text.parse::<Did>() {
                prop_assert_eq!(did.to_string().parse::<Did>().unwrap(), did);
            }
        }

        #[test]
        fn every_did_survives_json(chain: u64, contract: [u8; 20], token: [u8; 32]) {
            let did = Did::erc721(ChainId(chain), contract.into(), U256::from_be_bytes(token));
            let text = serde_json::to_string(&did).unwrap();
            prop_assert_eq!(serde_json::from_str::<Did>(&text).unwrap(), did);
        }
    }
}
