use std::fmt;

use milepost_types::Did;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{CloudEvent, Data};

/// Identity of an event: who says what about whom, when, under which id.
///
/// The first 16 bytes of a SHA-256 over subject, time in microseconds, type, source and id. An instant written
/// with another UTC offset is the same instant, so it is the same key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventKey(pub [u8; 16]);

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventKey({self})")
    }
}

impl CloudEvent {
    /// Key under which at most one event is kept.
    #[must_use]
    pub fn key(&self) -> EventKey {
        let header = &self.header;
        let mut hash = Hasher::new(b"milepost/event-key/1");
        hash.did(&header.subject);
        hash.fixed(&header.time.as_micros().to_be_bytes());
        hash.text(&header.kind);
        hash.fixed(header.source.as_slice());
        hash.text(&header.id);
        EventKey(hash.finish())
    }

    /// Hash of everything that a retry may not change, the payload included.
    ///
    /// The signature is left out: a device that signs the same event again gives another signature.
    #[must_use]
    pub fn content_hash(&self) -> [u8; 16] {
        let header = &self.header;
        let mut hash = Hasher::new(b"milepost/event-content/1");
        hash.fixed(&self.key().0);
        hash.did(&header.producer);
        let optional = [
            &header.data_content_type,
            &header.data_schema,
            &header.data_version,
            &header.raw_event_id,
            &header.extras,
        ];
        for value in optional {
            hash.fixed(&[u8::from(value.is_some())]);
            hash.text(value.as_deref().unwrap_or_default());
        }
        hash.fixed(&[u8::from(header.sequence.is_some())]);
        hash.fixed(&header.sequence.unwrap_or_default().to_be_bytes());
        hash.fixed(&(header.tags.len() as u64).to_be_bytes());
        for tag in &header.tags {
            hash.text(tag);
        }
        hash.fixed(&[match &self.data {
            Data::None => 0,
            Data::Json(_) => 1,
            Data::Base64(_) => 2,
        }]);
        hash.bytes(self.data.wire_bytes());
        hash.finish()
    }
}

/// Fields of fixed size as they are, others behind their length, so that no two inputs read alike.
struct Hasher(Sha256);

impl Hasher {
    fn new(domain: &[u8]) -> Self {
        let mut hash = Self(Sha256::new());
        hash.bytes(domain);
        hash
    }

    fn fixed(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn did(&mut self, did: &Did) {
        let kind = match did {
            Did::Erc721 { .. } => 1u8,
            Did::Ethr { .. } => 2,
            Did::Erc20 { .. } => 3,
        };
        self.fixed(&[kind]);
        self.fixed(&did.chain().0.to_be_bytes());
        self.fixed(did.address().as_slice());
        self.fixed(&did.token().unwrap_or_default().to_be_bytes::<32>());
    }

    fn finish(self) -> [u8; 16] {
        let digest: [u8; 32] = self.0.finalize().into();
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        short
    }
}
