use std::{
    fmt, fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use milepost_types::Timestamp;
use parking_lot::RwLock;
use serde::Serialize;
use thiserror::Error;

/// Why signing keys cannot be used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// A key file or its directory cannot be read or written.
    #[error("signing key {0}")]
    Io(PathBuf, #[source] io::Error),
    /// Others can read it.
    #[error("signing key {0} is readable by group or others; set mode 0600")]
    Mode(PathBuf),
    /// Not an RSA private key of at least 2048 bits in PEM.
    #[error("signing key {0} is not an RSA private key of at least 2048 bits in PEM")]
    Format(PathBuf),
    /// The key could not be generated.
    #[error("an RSA key could not be generated")]
    Generate,
    /// Claims could not be signed.
    #[error("token could not be signed")]
    Sign(#[source] jsonwebtoken::errors::Error),
}

/// RS256 keys of this node: the newest signs, all verify until they retire.
///
/// One PEM file (PKCS#8, mode 0600) each, named by the second it was made, durable before it signs. A key id is
/// the key's RFC 7638 thumbprint.
pub struct Keys {
    directory: PathBuf,
    newest_last: RwLock<Vec<Arc<Key>>>,
}

pub(crate) struct Key {
    kid: String,
    created_secs: u64,
    signing: EncodingKey,
    pub(crate) verifying: DecodingKey,
    public: Jwk,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.newest_last.read().iter().map(|key| &key.kid))
            .finish()
    }
}

const PREFIX: &str = "rs256-";
const SUFFIX: &str = ".pem";

impl Keys {
    /// Loads the keys in `directory`, or makes the first one there.
    ///
    /// # Errors
    /// [`KeyError`] naming the file that is unreadable, too open or no key.
    pub fn open(directory: &Path, now: Timestamp) -> Result<Self, KeyError> {
        let io_error = |e| KeyError::Io(directory.into(), e);
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(io_error)?;
        let mut keys = Vec::new();
        for entry in fs::read_dir(directory).map_err(io_error)? {
            let path = entry.map_err(io_error)?.path();
            if let Some(created_secs) = created_secs(&path) {
                keys.push(Arc::new(load(&path, created_secs)?));
            }
        }
        if keys.is_empty() {
            keys.push(Arc::new(create(directory, secs(now))?));
        }
        keys.sort_by_key(|key| key.created_secs);
        Ok(Self {
            directory: directory.into(),
            newest_last: RwLock::new(keys),
        })
    }

    /// Makes a new key that signs from now on. Keys replaced more than `retire_after_secs` ago are deleted: it
    /// must be at least the longest life of a token, so that tokens outlive no key. Returns the new key's id.
    ///
    /// # Errors
    /// [`KeyError`] when the new file cannot be made or an old one not deleted; the keys then stay as they were
    /// or only gain the new one.
    pub fn rotate(&self, now: Timestamp, retire_after_secs: u64) -> Result<String, KeyError> {
        let mut keys = self.newest_last.write();
        let newest_secs = keys.last().map_or(0, |key| key.created_secs);
        let key = Arc::new(create(&self.directory, secs(now).max(newest_secs + 1))?);
        keys.push(Arc::clone(&key));
        while let [oldest, successor, ..] = keys.as_slice()
            && successor.created_secs.saturating_add(retire_after_secs) <= secs(now)
        {
            let path = path(&self.directory, oldest.created_secs);
            fs::remove_file(&path).map_err(|e| KeyError::Io(path, e))?;
            keys.remove(0);
        }
        Ok(key.kid.clone())
    }

    /// The public keys, newest last.
    #[must_use]
    pub fn jwks(&self) -> JwkSet {
        JwkSet {
            keys: self
                .newest_last
                .read()
                .iter()
                .map(|key| key.public.clone())
                .collect(),
        }
    }

    /// A compact JWS of `claims` by the newest key.
    pub(crate) fn sign<T: Serialize>(&self, claims: &T) -> Result<String, KeyError> {
        let key = self
            .newest_last
            .read()
            .last()
            .map(Arc::clone)
            .ok_or(KeyError::Generate)?;
        let header = Header {
            kid: Some(key.kid.clone()),
            ..Header::new(Algorithm::RS256)
        };
        jsonwebtoken::encode(&header, claims, &key.signing).map_err(KeyError::Sign)
    }

    /// The key of this id, if it is one of ours.
    pub(crate) fn find(&self, kid: &str) -> Option<Arc<Key>> {
        self.newest_last
            .read()
            .iter()
            .find(|key| key.kid == kid)
            .map(Arc::clone)
    }
}

fn secs(now: Timestamp) -> u64 {
    u64::try_from(now.as_secs()).unwrap_or(0)
}

fn path(directory: &Path, created_secs: u64) -> PathBuf {
    directory.join(format!("{PREFIX}{created_secs}{SUFFIX}"))
}

fn created_secs(path: &Path) -> Option<u64> {
    path.file_name()?
        .to_str()?
        .strip_prefix(PREFIX)?
        .strip_suffix(SUFFIX)?
        .parse()
        .ok()
}

fn load(path: &Path, created_secs: u64) -> Result<Key, KeyError> {
    let io_error = |e| KeyError::Io(path.into(), e);
    if fs::metadata(path).map_err(io_error)?.permissions().mode() & 0o077 != 0 {
        return Err(KeyError::Mode(path.into()));
    }
    let pem = fs::read(path).map_err(io_error)?;
    key(&pem, created_secs).map_err(|_| KeyError::Format(path.into()))
}

fn key(pem: &[u8], created_secs: u64) -> Result<Key, jsonwebtoken::errors::Error> {
    let signing = EncodingKey::from_rsa_pem(pem)?;
    let mut public = Jwk::from_encoding_key(&signing, Algorithm::RS256)?;
    let kid = public.thumbprint(ThumbprintHash::SHA256)?;
    public.common.key_id = Some(kid.clone());
    public.common.public_key_use = Some(PublicKeyUse::Signature);
    let verifying = DecodingKey::from_jwk(&public)?;
    Ok(Key {
        kid,
        created_secs,
        signing,
        verifying,
        public,
    })
}

fn create(directory: &Path, created_secs: u64) -> Result<Key, KeyError> {
    let path = path(directory, created_secs);
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Generate)?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Generate)?;
    let pem = pem(der.as_ref());
    write(directory, &path, pem.as_bytes()).map_err(|e| KeyError::Io(path.clone(), e))?;
    key(pem.as_bytes(), created_secs).map_err(|_| KeyError::Format(path))
}

/// Written beside and renamed, so that a crash leaves no half key that would stop the next start.
fn write(directory: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    fs::File::open(directory)?.sync_all()
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::with_capacity(text.len() + text.len() / 64 + 64);
    pem.push_str("-----BEGIN PRIVATE KEY-----\n");
    for (index, character) in text.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push_str("\n-----END PRIVATE KEY-----\n");
    pem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> Timestamp {
        Timestamp::from_secs_saturating(secs)
    }

    fn kids(keys: &Keys) -> Vec<String> {
        keys.jwks()
            .keys
            .into_iter()
            .filter_map(|key| key.common.key_id)
            .collect()
    }

    #[test]
    fn a_key_is_made_once_private_and_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let directory = dir.path().join("access");
        let keys = Keys::open(&directory, at(1_000)).unwrap();
        let file = directory.join("rs256-1000.pem");
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(
            fs::read_to_string(&file)
                .unwrap()
                .starts_with("-----BEGIN PRIVATE KEY-----\n")
        );
        assert_eq!(
            kids(&Keys::open(&directory, at(2_000)).unwrap()),
            kids(&keys)
        );
    }

    #[test]
    fn debug_shows_key_ids_only() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::open(dir.path(), at(1)).unwrap();
        assert_eq!(format!("{keys:?}"), format!("{:?}", kids(&keys)));
    }

    #[test]
    fn public_keys_carry_no_private_part() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::open(dir.path(), at(1)).unwrap();
        let json = serde_json::to_value(keys.jwks()).unwrap();
        let mut members: Vec<_> = json["keys"][0]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        members.sort_unstable();
        assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"]);
        assert_eq!(json["keys"][0]["e"], "AQAB");
    }

    #[test]
    fn a_key_that_others_can_read_or_that_is_no_key_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        drop(Keys::open(dir.path(), at(1)).unwrap());
        let file = dir.path().join("rs256-1.pem");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            Keys::open(dir.path(), at(2)),
            Err(KeyError::Mode(_))
        ));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&file, "not a key").unwrap();
        assert!(matches!(
            Keys::open(dir.path(), at(2)),
            Err(KeyError::Format(_))
        ));
    }

    #[test]
    fn a_replaced_key_verifies_until_its_tokens_have_ended() {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::open(dir.path(), at(1_000)).unwrap();
        let first = kids(&keys).remove(0);
        let second = keys.rotate(at(2_000), 600).unwrap();
        assert_eq!(kids(&keys), [first.clone(), second.clone()]);
        let token = keys.sign(&serde_json::json!({"n": 1})).unwrap();
        assert_eq!(
            jsonwebtoken::decode_header(&token).unwrap().kid,
            Some(second.clone())
        );

        let third = keys.rotate(at(2_599), 600).unwrap();
        assert_eq!(
            kids(&keys),
            [first, second.clone(), third.clone()],
            "one second before the last token ends"
        );
        let fourth = keys.rotate(at(2_600), 600).unwrap();
        assert_eq!(kids(&keys), [second, third, fourth]);
        assert_eq!(
            kids(&Keys::open(dir.path(), at(2_601)).unwrap()),
            kids(&keys)
        );
    }
}
