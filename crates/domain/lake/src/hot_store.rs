//! Stored form of the latest values: one entry for each subject, and the journal position.
//!
//! With a key, an entry's value is sealed with AES-256-GCM (random nonce, bound to the entry's key), and the
//! entry's key is a keyed hash of the subject, so that the files tell no subject and no value.

use std::path::Path;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hkdf::{HKDF_SHA256, KeyType, Salt},
    hmac,
};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use milepost_service::Secret;
use milepost_types::Did;

use crate::{LakeError, hot::HotSubject};

const FORMAT: u8 = 1;
const CURSOR: &str = "cursor";
const KEY_CHECK: &str = "key";
/// Bounds the time to open: the write-ahead log is read back then.
const LOG_BYTES_MAX: u64 = 128 * 1024 * 1024;
const CACHE_BYTES: u64 = 8 * 1024 * 1024;

struct Len32;

impl KeyType for Len32 {
    fn len(&self) -> usize {
        32
    }
}

struct Cipher {
    seal: RandomizedNonceKey,
    names: hmac::Key,
}

impl Cipher {
    fn new(key: &Secret) -> Result<Self, LakeError> {
        let root = Salt::new(HKDF_SHA256, b"milepost hot store").extract(key.expose());
        let derive = |info: &[u8]| -> Result<[u8; 32], LakeError> {
            let mut out = [0; 32];
            let derived = root
                .expand(&[info], Len32)
                .and_then(|okm| okm.fill(&mut out));
            derived.map_err(|_| LakeError::HotEntry("key derivation failed"))?;
            Ok(out)
        };
        let seal = RandomizedNonceKey::new(&AES_256_GCM, &derive(b"values")?)
            .map_err(|_| LakeError::HotEntry("key derivation failed"))?;
        Ok(Self {
            seal,
            names: hmac::Key::new(hmac::HMAC_SHA256, &derive(b"names")?),
        })
    }
}

/// The key-value files behind [`crate::hot::Hot`].
pub(crate) struct HotStore {
    db: Database,
    latest: Keyspace,
    meta: Keyspace,
    cipher: Option<Cipher>,
}

impl std::fmt::Debug for HotStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HotStore")
            .field("encrypted", &self.cipher.is_some())
            .finish_non_exhaustive()
    }
}

impl HotStore {
    pub(crate) fn open(dir: &Path, key: Option<&Secret>) -> Result<Self, LakeError> {
        let db = Database::builder(dir)
            .cache_size(CACHE_BYTES)
            .max_journaling_size(LOG_BYTES_MAX)
            .open()?;
        let latest = db.keyspace("latest", KeyspaceCreateOptions::default)?;
        let meta = db.keyspace("meta", KeyspaceCreateOptions::default)?;
        let cipher = key.map(Cipher::new).transpose()?;
        let store = Self {
            db,
            latest,
            meta,
            cipher,
        };
        store.check_key()?;
        Ok(store)
    }

    /// A known entry says whether the key is the one that the store was made with.
    fn check_key(&self) -> Result<(), LakeError> {
        match self.meta.get(KEY_CHECK)? {
            Some(stored) => {
                let plain = self.open_value(KEY_CHECK.as_bytes(), &stored)?;
                if plain == [FORMAT] {
                    Ok(())
                } else {
                    Err(LakeError::HotEntry("written by another version or key"))
                }
            }
            None => {
                let value = self.seal_value(KEY_CHECK.as_bytes(), vec![FORMAT])?;
                self.meta.insert(KEY_CHECK, value)?;
                Ok(self.db.persist(PersistMode::SyncAll)?)
            }
        }
    }

    pub(crate) fn cursor(&self) -> Result<Option<u64>, LakeError> {
        let Some(bytes) = self.meta.get(CURSOR)? else {
            return Ok(None);
        };
        let bytes = <[u8; 8]>::try_from(&*bytes)
            .map_err(|_| LakeError::HotEntry("the cursor is not 8 bytes"))?;
        Ok(Some(u64::from_be_bytes(bytes)))
    }

    /// All entries.
    pub(crate) fn load(&self) -> impl Iterator<Item = Result<(Did, HotSubject), LakeError>> + '_ {
        self.latest.iter().map(|entry| {
            let (name, value) = entry.into_inner()?;
            let plain = self.open_value(&name, &value)?;
            let Some((&FORMAT, body)) = plain.split_first() else {
                return Err(LakeError::HotEntry("written by another version"));
            };
            postcard::from_bytes(body).map_err(|_| LakeError::HotEntry("cannot be decoded"))
        })
    }

    /// Stores entries and cursor, all or nothing, durable.
    pub(crate) fn save(&self, changed: &[(Did, HotSubject)], cursor: u64) -> Result<(), LakeError> {
        let mut batch = self.db.batch().durability(Some(PersistMode::SyncAll));
        for entry in changed {
            let name = self.name(&entry.0);
            let plain = postcard::to_extend(entry, vec![FORMAT])
                .map_err(|_| LakeError::HotEntry("cannot be encoded"))?;
            let value = self.seal_value(&name, plain)?;
            batch.insert(&self.latest, name, value);
        }
        batch.insert(&self.meta, CURSOR, cursor.to_be_bytes().to_vec());
        Ok(batch.commit()?)
    }

    fn name(&self, subject: &Did) -> Vec<u8> {
        let text = subject.to_string();
        match &self.cipher {
            Some(cipher) => hmac::sign(&cipher.names, text.as_bytes()).as_ref().to_vec(),
            None => text.into_bytes(),
        }
    }

    fn seal_value(&self, name: &[u8], mut plain: Vec<u8>) -> Result<Vec<u8>, LakeError> {
        let Some(cipher) = &self.cipher else {
            return Ok(plain);
        };
        let nonce = cipher
            .seal
            .seal_in_place_append_tag(Aad::from(name), &mut plain);
        let nonce = nonce.map_err(|_| LakeError::HotEntry("cannot be sealed"))?;
        plain.extend_from_slice(nonce.as_ref());
        Ok(plain)
    }

    fn open_value(&self, name: &[u8], stored: &[u8]) -> Result<Vec<u8>, LakeError> {
        let Some(cipher) = &self.cipher else {
            return Ok(stored.to_vec());
        };
        let bad = || LakeError::HotEntry("damaged, plain, or sealed with another key");
        let (sealed, nonce) = stored.split_last_chunk::<NONCE_LEN>().ok_or_else(bad)?;
        let mut buffer = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = cipher
            .seal
            .open_in_place(nonce, Aad::from(name), &mut buffer)
            .map_err(|_| bad())?;
        Ok(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use milepost_signals::SignalId;

    use super::*;
    use crate::hot::{HotPoint, HotValue};

    const SUBJECT: &str = "did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:700";

    fn entry() -> (Did, HotSubject) {
        let mut values = HotSubject::default();
        let value = HotValue::Text(Arc::from("a secret word"));
        values.apply(
            SignalId(4),
            HotPoint {
                source: [7; 20],
                at: 1,
                seq: 2,
                id: Arc::from("e"),
                value,
            },
        );
        (SUBJECT.parse().unwrap(), values)
    }

    #[test]
    fn entries_and_cursor_survive_sealed_and_the_files_tell_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let key = Secret::new([3; 32]);
        let store = HotStore::open(dir.path(), Some(&key)).unwrap();
        store.save(&[entry()], 42).unwrap();
        drop(store);
        let store = HotStore::open(dir.path(), Some(&key)).unwrap();
        let (subject, values) = store.load().next().unwrap().unwrap();
        assert_eq!(
            (subject, values.signals, store.cursor().unwrap()),
            (entry().0, entry().1.signals, Some(42))
        );
        drop(store);
        for other in [None, Some(Secret::new([4; 32]))] {
            assert!(HotStore::open(dir.path(), other.as_ref()).is_err());
        }
        let mut folders = vec![dir.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for file in std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
            {
                if file.is_dir() {
                    folders.push(file);
                    continue;
                }
                let bytes = std::fs::read(&file).unwrap();
                for secret in [SUBJECT.as_bytes(), b"a secret word"] {
                    assert!(
                        !bytes.windows(secret.len()).any(|w| w == secret),
                        "{}",
                        file.display()
                    );
                }
            }
        }
    }
}
