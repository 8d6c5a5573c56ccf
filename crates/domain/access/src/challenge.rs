//! Challenges that the client carries itself.
//!
//! `state` holds everything about a challenge under an HMAC of a key that lives as long as this process, so an
//! unauthenticated caller makes us remember nothing, and no state of another client, domain or address can be
//! made up. A restart ends open challenges and, with them, the memory of used ones.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use milepost_types::{Address, ChainId, Timestamp};
use url::Url;

use crate::random::alphanumeric;

const NONCE_LEN: usize = 30;
const TAG_LEN: usize = 32;
const HEAD_LEN: usize = TAG_LEN + NONCE_LEN + 8 + 8 + 20 + 20;

/// Longest redirect URI that can log in, bytes; the state carries it twice through URLs.
pub(crate) const DOMAIN_BYTES_MAX: usize = 512;

/// What a client must sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) nonce: String,
    pub(crate) client_id: Address,
    /// Redirect URI exactly as registered.
    pub(crate) domain: String,
    pub(crate) address: Address,
    pub(crate) chain: ChainId,
    /// Whole seconds.
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

impl Challenge {
    pub(crate) fn new(
        client_id: Address,
        domain: &str,
        address: Address,
        chain: ChainId,
        now: Timestamp,
        life_secs: u64,
    ) -> Self {
        let issued_secs = u64::try_from(now.as_secs()).unwrap_or(0);
        Self {
            nonce: alphanumeric(NONCE_LEN),
            client_id,
            domain: domain.to_owned(),
            address,
            chain,
            issued_at: Timestamp::from_secs_saturating(issued_secs),
            expires_at: Timestamp::from_secs_saturating(issued_secs.saturating_add(life_secs)),
        }
    }

    /// The EIP-4361 text; `None` when the domain is not a URL with a host. The licence is named as a resource,
    /// so that a key that signs for two licences says for which.
    pub(crate) fn text(&self) -> Option<String> {
        let uri = redirect_uri(&self.domain)?;
        let (host, issued, expires) = (host(&uri)?, self.issued_at, self.expires_at);
        let Self {
            address,
            chain,
            nonce,
            client_id,
            ..
        } = self;
        Some(format!(
            "{host} wants you to sign in with your Ethereum account:\n{address}\n\n{host} is asking you sign in.\n\n\
             URI: {uri}\nVersion: 1\nChain ID: {chain}\nNonce: {nonce}\nIssued At: {issued}\n\
             Expiration Time: {expires}\nResources:\n- did:ethr:{chain}:{client_id}"
        ))
    }
}

/// The URI without anything that could start a new line in the text that is signed.
fn redirect_uri(domain: &str) -> Option<Url> {
    let plain = domain.len() <= DOMAIN_BYTES_MAX
        && !domain.chars().any(|c| c.is_control() || c.is_whitespace());
    plain.then(|| Url::parse(domain).ok()).flatten()
}

fn host(uri: &Url) -> Option<String> {
    let host = uri.host_str()?;
    Some(
        uri.port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
    )
}

/// Seals challenges into states and opens them again.
pub(crate) struct Sealer(hmac::Key);

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    pub(crate) fn new() -> Self {
        let secret: [u8; 32] = rand::random();
        Self(hmac::Key::new(hmac::HMAC_SHA256, &secret))
    }

    pub(crate) fn seal(&self, challenge: &Challenge) -> String {
        let mut state = vec![0; TAG_LEN];
        state.extend_from_slice(challenge.nonce.as_bytes());
        for time in [challenge.issued_at, challenge.expires_at] {
            state.extend_from_slice(&time.as_micros().to_be_bytes());
        }
        state.extend_from_slice(challenge.client_id.as_slice());
        state.extend_from_slice(challenge.address.as_slice());
        state.extend_from_slice(challenge.domain.as_bytes());
        let tag = hmac::sign(&self.0, &state[TAG_LEN..]);
        state[..TAG_LEN].copy_from_slice(tag.as_ref());
        URL_SAFE_NO_PAD.encode(state)
    }

    /// The challenge of a state that this process sealed; the chain is not part of it.
    pub(crate) fn open(&self, state: &str, chain: ChainId) -> Option<Challenge> {
        if state.len() > 2 * (HEAD_LEN + DOMAIN_BYTES_MAX) {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(state).ok()?;
        let (tag, content) = bytes.split_at_checked(TAG_LEN)?;
        hmac::verify(&self.0, content, tag).ok()?;
        let (nonce, rest) = content.split_at_checked(NONCE_LEN)?;
        let (issued, rest) = rest.split_first_chunk::<8>()?;
        let (expires, rest) = rest.split_first_chunk::<8>()?;
        let (client_id, rest) = rest.split_first_chunk::<20>()?;
        let (address, domain) = rest.split_first_chunk::<20>()?;
        Some(Challenge {
            nonce: String::from_utf8(nonce.to_vec()).ok()?,
            client_id: Address::from(*client_id),
            domain: String::from_utf8(domain.to_vec()).ok()?,
            address: Address::from(*address),
            chain,
            issued_at: Timestamp::from_micros(i64::from_be_bytes(*issued)).ok()?,
            expires_at: Timestamp::from_micros(i64::from_be_bytes(*expires)).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use milepost_types::address;
    use proptest::prelude::*;

    use super::*;

    const CLIENT: Address = address!("0x8D8cDB2B26423c8fDbb27321aF20b4659Ce919fD");

    fn challenge(domain: &str) -> Challenge {
        let now = Timestamp::parse_rfc3339("2026-05-02T06:10:00.75Z").unwrap();
        Challenge {
            nonce: "n".repeat(30),
            ..Challenge::new(CLIENT, domain, CLIENT, ChainId(137), now, 600)
        }
    }

    #[test]
    fn the_text_is_eip_4361_with_the_deployed_statement() {
        assert_eq!(
            challenge("http://localhost:3000/cb").text().unwrap(),
            "localhost:3000 wants you to sign in with your Ethereum account:\n\
             0x8D8cDB2B26423c8fDbb27321aF20b4659Ce919fD\n\n\
             localhost:3000 is asking you sign in.\n\n\
             URI: http://localhost:3000/cb\nVersion: 1\nChain ID: 137\nNonce: nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n\
             Issued At: 2026-05-02T06:10:00Z\nExpiration Time: 2026-05-02T06:20:00Z\n\
             Resources:\n- did:ethr:137:0x8D8cDB2B26423c8fDbb27321aF20b4659Ce919fD"
        );
    }

    #[test]
    fn a_domain_without_host_or_with_line_breaks_has_no_text() {
        for domain in [
            "app",
            "mailto:a@b.c",
            "https://a.example/\nURI: https://b.example",
            "https://a.example/ b",
            "",
        ] {
            assert_eq!(challenge(domain).text(), None, "{domain:?}");
        }
        assert_eq!(
            challenge(&format!(
                "https://a.example/{}",
                "x".repeat(DOMAIN_BYTES_MAX)
            ))
            .text(),
            None
        );
    }

    #[test]
    fn nonces_are_thirty_letters_and_digits_and_differ() {
        let nonce = || {
            Challenge::new(
                CLIENT,
                "https://a.example",
                CLIENT,
                ChainId(1),
                Timestamp::EPOCH,
                600,
            )
            .nonce
        };
        let (first, second) = (nonce(), nonce());
        assert!(first.len() == 30 && first.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_ne!(first, second);
    }

    #[test]
    fn a_state_of_another_process_does_not_open() {
        let state = Sealer::new().seal(&challenge("https://a.example"));
        assert_eq!(Sealer::new().open(&state, ChainId(137)), None);
    }

    proptest! {
        #[test]
        fn states_round_trip_and_no_changed_byte_opens(domain in "https://[a-z]{1,60}", at: prop::sample::Index, flip in 1u8..) {
            let (sealer, sealed) = (Sealer::new(), challenge(&domain));
            let state = sealer.seal(&sealed);
            prop_assert_eq!(sealer.open(&state, ChainId(137)), Some(sealed));
            let mut bytes = URL_SAFE_NO_PAD.decode(&state).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            prop_assert_eq!(sealer.open(&URL_SAFE_NO_PAD.encode(bytes), ChainId(137)), None);
        }

        #[test]
        fn any_text_opens_not_and_panics_not(state in ".{0,200}") {
            prop_assert_eq!(Sealer::new().open(&state, ChainId(1)), None);
        }
    }
}
