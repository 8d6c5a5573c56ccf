//! Decompression with a cap on what comes out.

use std::io::{self, Read};

use bytes::Bytes;
use http::HeaderValue;
use thiserror::Error;

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Zstd,
}

/// Largest zstd window, 2^24 = 16 MiB: what every level up to 19 stays within. A frame that asks for more memory is
/// refused.
const ZSTD_WINDOW_LOG_MAX: u32 = 24;

#[derive(Debug, Error)]
pub(crate) enum DecodeError {
    #[error("decoded body exceeds the limit")]
    TooLarge,
    #[error("body is not what Content-Encoding says")]
    Corrupt(#[source] io::Error),
}

impl Coding {
    /// The coding of a `Content-Encoding` value; `Ok(None)` for an uncompressed body.
    pub(crate) fn of(value: Option<&HeaderValue>) -> Result<Option<Self>, ()> {
        let Some(value) = value else { return Ok(None) };
        match value
            .to_str()
            .map_err(|_| ())?
            .trim()
            .to_ascii_lowercase()
            .as_str()
        {
            "" | "identity" => Ok(None),
            "gzip" | "x-gzip" => Ok(Some(Self::Gzip)),
            "zstd" => Ok(Some(Self::Zstd)),
            _ => Err(()),
        }
    }

    /// The decoded body, never holding more than `bytes_max` bytes of it.
    pub(crate) fn decode(self, body: &[u8], bytes_max: usize) -> Result<Bytes, DecodeError> {
        match self {
            Self::Gzip => read_capped(
                flate2::read::MultiGzDecoder::new(body),
                body.len(),
                bytes_max,
            ),
            Self::Zstd => {
                let mut decoder =
                    zstd::stream::read::Decoder::with_buffer(body).map_err(DecodeError::Corrupt)?;
                decoder
                    .window_log_max(ZSTD_WINDOW_LOG_MAX)
                    .map_err(DecodeError::Corrupt)?;
                read_capped(decoder, body.len(), bytes_max)
            }
        }
    }
}

fn read_capped(
    reader: impl Read,
    body_bytes: usize,
    bytes_max: usize,
) -> Result<Bytes, DecodeError> {
    let mut decoded = Vec::with_capacity(body_bytes.saturating_mul(4).min(bytes_max));
    let limit = (bytes_max as u64).saturating_add(1);
    reader
        .take(limit)
        .read_to_end(&mut decoded)
        .map_err(DecodeError::Corrupt)?;
    if decoded.len() > bytes_max {
        return Err(DecodeError::TooLarge);
    }
    Ok(decoded.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_bomb_is_stopped_at_the_cap() {
        let zeros = vec![0; 50 << 20];
        for (coding, bomb) in [
            (Coding::Gzip, gzip(&zeros)),
            (Coding::Zstd, zstd::encode_all(&zeros[..], 19).unwrap()),
        ] {
            assert!(bomb.len() < 100_000);
            assert!(matches!(
                coding.decode(&bomb, 1 << 20),
                Err(DecodeError::TooLarge)
            ));
            assert_eq!(
                coding.decode(&bomb, 50 << 20).unwrap().len(),
                50 << 20,
                "the cap itself is allowed"
            );
        }
    }

    #[test]
    fn a_zstd_frame_that_wants_a_huge_window_is_refused() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(27).unwrap();
        encoder.write_all(&vec![1; 4 << 20]).unwrap();
        let frame = encoder.finish().unwrap();
        assert!(matches!(
            Coding::Zstd.decode(&frame, 32 << 20),
            Err(DecodeError::Corrupt(_))
        ));
    }

    #[test]
    fn codings_are_told_by_their_names() {
        let of = |text| Coding::of(Some(&HeaderValue::from_static(text)));
        assert_eq!(Coding::of(None), Ok(None));
        assert_eq!(of("identity"), Ok(None));
        assert_eq!(of("GZIP"), Ok(Some(Coding::Gzip)));
        assert_eq!(of(" zstd "), Ok(Some(Coding::Zstd)));
        for unknown in ["br", "deflate", "gzip, gzip"] {
            assert_eq!(of(unknown), Err(()));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_err_and_good_ones_come_back(data in prop::collection::vec(any::<u8>(), 0..2000)) {
            for coding in [Coding::Gzip, Coding::Zstd] {
                if let Ok(decoded) = coding.decode(&data, 1000) {
                    prop_assert!(decoded.len() <= 1000);
                }
            }
            prop_assert_eq!(&Coding::Gzip.decode(&gzip(&data), 2000).unwrap()[..], &data[..]);
            let compressed = zstd::encode_all(&data[..], 3).unwrap();
            prop_assert_eq!(&Coding::Zstd.decode(&compressed, 2000).unwrap()[..], &data[..]);
            // Cut short, it must not pass for whole.
            prop_assert!(Coding::Zstd.decode(&compressed[..compressed.len() - 1], 2000).is_err() || data.is_empty());
        }
    }
}
