use milepost_types::{Address, Did};

use crate::QueryError;

/// Reads `filter.source`: the account of a connection or provider as `did:ethr:<chain>:<0xaddress>`.
///
/// Only the address is matched, whatever the chain and letter case.
///
/// # Errors
/// [`QueryError::Source`] for any other text.
pub fn parse_source(text: &str) -> Result<Address, QueryError> {
    match text.parse::<Did>() {
        Ok(Did::Ethr { address, .. }) => Ok(address),
        _ => Err(QueryError::Source(text.chars().take(96).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_account_dids_are_sources() {
        let address = "0x8D8cDB2B26423c8fDbb27321aF20b4659Ce919fD";
        for text in [
            format!("did:ethr:80002:{address}"),
            format!("did:ethr:1:{}", address.to_lowercase()),
        ] {
            assert_eq!(parse_source(&text).unwrap().to_string(), address);
        }
        for text in [
            "autopi",
            "",
            address,
            &format!("did:erc20:1:{address}"),
            &format!("did:erc721:1:{address}:1"),
        ] {
            let error = parse_source(text).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("invalid argument: source '{text}' is not a valid ethr DID")
            );
        }
    }
}
