/// Whether a text is a vehicle identification number as the network takes it: 17 capital letters and digits
/// without I, O and Q that are not all the same, or a Japanese chassis number (2 to 7 capital letters or digits, an
/// optional dash, 5 to 7 digits). The check digit is not examined; most of the world does not use it.
#[must_use]
pub fn valid_vin(text: &str) -> bool {
    let bytes = text.as_bytes();
    international(bytes) || japanese(bytes)
}

fn international(bytes: &[u8]) -> bool {
    let allowed =
        |b: &u8| matches!(b, b'0'..=b'9' | b'A'..=b'H' | b'J'..=b'N' | b'P' | b'R'..=b'Z');
    bytes.len() == 17 && bytes.iter().all(allowed) && bytes.iter().any(|b| *b != bytes[0])
}

fn japanese(bytes: &[u8]) -> bool {
    (2..=7usize.min(bytes.len())).any(|split| {
        let (model, rest) = bytes.split_at(split);
        let serial = rest.strip_prefix(b"-").unwrap_or(rest);
        model
            .iter()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && (5..=7).contains(&serial.len())
            && serial.iter().all(u8::is_ascii_digit)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn vins_and_japanese_chassis_numbers_are_valid() {
        for vin in [
            "WBA11AA0909000001",
            "5YJ3E1EA0RF000001",
            "JZX100-0123456",
            "NCP3112345",
            "AE86-5012345",
        ] {
            assert!(valid_vin(vin), "{vin}");
        }
    }

    #[test]
    fn wrong_letters_lengths_and_fillers_are_not() {
        for vin in [
            "",
            "00000000000000000",
            "WBA11AA09O9000001",
            "wba11aa0909000001",
            "WBA11AA090900000",
            "J-12345",
            "JZX100--0123456",
        ] {
            assert!(!valid_vin(vin), "{vin}");
        }
    }

    proptest! {
        #[test]
        fn only_ascii_is_valid_and_nothing_panics(text in "\\PC{0,24}|[A-Z0-9-]{5,18}") {
            prop_assert!(!valid_vin(&text) || text.is_ascii());
        }
    }
}
