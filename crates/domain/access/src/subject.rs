//! `sub` of developer tokens: base64url of the protobuf message `{1: user_id, 2: conn_id}`, as deployed clients
//! and services decode it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use milepost_types::Address;

/// How the user proved who they are; also the token's `provider_id`.
pub(crate) const CONNECTOR: &str = "web3";

/// Subject of the account; one account has one text, so tokens are checked by writing it again.
pub(crate) fn subject(account: Address) -> String {
    let user_id = account.to_string();
    let mut message = Vec::with_capacity(50);
    // Field 1, length-delimited, 42 characters; field 2, length-delimited, 4 characters.
    message.extend_from_slice(&[0x0A, 42]);
    message.extend_from_slice(user_id.as_bytes());
    message.extend_from_slice(&[0x12, 4]);
    message.extend_from_slice(CONNECTOR.as_bytes());
    URL_SAFE_NO_PAD.encode(message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_subject_is_the_deployed_protobuf_message(account: [u8; 20]) {
            let text = Address::from(account).to_string();
            let message = URL_SAFE_NO_PAD.decode(subject(Address::from(account))).unwrap();
            prop_assert_eq!((message[0], usize::from(message[1])), (1 << 3 | 2, text.len()));
            prop_assert_eq!(&message[2..44], text.as_bytes());
            prop_assert_eq!((message[44], usize::from(message[45])), (2 << 3 | 2, CONNECTOR.len()));
            prop_assert_eq!(&message[46..], CONNECTOR.as_bytes());
        }
    }
}
