//! Sealing of payloads: AES-256-GCM under a key derived per segment.

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
};

use crate::frame::FrameHeader;

struct Bytes<const N: usize>;

impl<const N: usize> KeyType for Bytes<N> {
    fn len(&self) -> usize {
        N
    }
}

fn expand<const N: usize>(prk: &Prk, info: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    prk.expand(&[info], Bytes::<N>)
        .and_then(|okm| okm.fill(&mut out))
        .expect("HKDF-SHA256 gives up to 8160 bytes and N is 8 or 32");
    out
}

/// Fingerprint of a key, safe to store beside the data.
pub(crate) fn key_id(key: &[u8; 32]) -> [u8; 8] {
    expand(
        &Salt::new(HKDF_SHA256, b"milepost journal").extract(key),
        b"key id",
    )
}

/// Seals and opens the payloads of one segment.
pub(crate) struct Cipher {
    key: LessSafeKey,
    segment: [u8; 16],
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cipher")
    }
}

impl Cipher {
    /// The segment's random id is the salt, so two segments never share a key.
    pub(crate) fn new(key: &[u8; 32], segment: [u8; 16]) -> Self {
        let derived: [u8; 32] = expand(
            &Salt::new(HKDF_SHA256, &segment).extract(key),
            b"milepost journal segment",
        );
        let unbound = UnboundKey::new(&AES_256_GCM, &derived).expect("an AES-256 key has 32 bytes");
        Self {
            key: LessSafeKey::new(unbound),
            segment,
        }
    }

    fn nonce(seq: u64) -> Nonce {
        let mut nonce = [0; 12];
        nonce[4..].copy_from_slice(&seq.to_be_bytes());
        Nonce::assume_unique_for_key(nonce)
    }

    fn aad(&self, header: &FrameHeader) -> Aad<[u8; 32]> {
        let mut aad = [0; 32];
        aad[..16].copy_from_slice(&self.segment);
        aad[16..].copy_from_slice(&header.authenticated());
        Aad::from(aad)
    }

    /// Encrypts in place and returns the tag. `header` must name the sealed length.
    pub(crate) fn seal(&self, header: &FrameHeader, payload: &mut [u8]) -> [u8; 16] {
        let tag = self
            .key
            .seal_in_place_separate_tag(Self::nonce(header.seq), self.aad(header), payload)
            .expect("a record is far below the 64 GiB limit of AES-GCM");
        let mut bytes = [0; 16];
        bytes.copy_from_slice(tag.as_ref());
        bytes
    }

    /// Decrypts in place; `None` when header or payload are not what was sealed.
    pub(crate) fn open(&self, header: &FrameHeader, mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        let len = self
            .key
            .open_in_place(Self::nonce(header.seq), self.aad(header), &mut sealed)
            .ok()?
            .len();
        sealed.truncate(len);
        Some(sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_payload_opens_only_with_its_key_segment_and_header() {
        let header = FrameHeader::record(9, 5 + 16, 0, 0);
        let cipher = Cipher::new(&[1; 32], [2; 16]);
        let mut payload = b"hello".to_vec();
        let tag = cipher.seal(&header, &mut payload);
        payload.extend_from_slice(&tag);
        assert_ne!(&payload[..5], b"hello");
        assert_eq!(cipher.open(&header, payload.clone()).unwrap(), b"hello");
        assert!(
            Cipher::new(&[3; 32], [2; 16])
                .open(&header, payload.clone())
                .is_none()
        );
        assert!(
            Cipher::new(&[1; 32], [4; 16])
                .open(&header, payload.clone())
                .is_none()
        );
        assert!(
            cipher
                .open(&FrameHeader::record(10, 21, 0, 0), payload.clone())
                .is_none()
        );
        payload[0] ^= 1;
        assert!(cipher.open(&header, payload).is_none());
        assert_ne!(key_id(&[1; 32]), key_id(&[2; 32]));
    }
}
