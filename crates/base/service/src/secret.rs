use std::{
    fmt, fs, io,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use thiserror::Error;

/// A 256-bit key that cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

/// Why a secret file cannot be used.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The file cannot be read or written.
    #[error("secret file {0}")]
    Io(PathBuf, #[source] io::Error),
    /// Not 32 bytes.
    #[error("secret file {0} does not hold 32 bytes")]
    Length(PathBuf),
    /// Others can read it.
    #[error("secret file {0} is readable by group or others; set mode 0600")]
    Mode(PathBuf),
    /// The operating system gave no randomness.
    #[error("no randomness from the operating system")]
    Random,
}

impl Secret {
    /// Wraps a key.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key itself.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads the key at `path`, or makes a random one there (durable before this returns).
    ///
    /// # Errors
    /// [`SecretError`] when the file is unreadable, too open, or of another length.
    pub fn load_or_create(path: &Path) -> Result<Self, SecretError> {
        match fs::read(path) {
            Ok(bytes) => {
                let mode = fs::metadata(path)
                    .map_err(|e| SecretError::Io(path.into(), e))?
                    .permissions()
                    .mode();
                if mode & 0o077 != 0 {
                    return Err(SecretError::Mode(path.into()));
                }
                bytes
                    .try_into()
                    .map(Self)
                    .map_err(|_| SecretError::Length(path.into()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::create(path),
            Err(error) => Err(SecretError::Io(path.into(), error)),
        }
    }

    fn create(path: &Path) -> Result<Self, SecretError> {
        let mut bytes = [0; 32];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| SecretError::Random)?;
        let write = || -> io::Result<()> {
            let directory = path
                .parent()
                .filter(|p| !p.as_os_str().is_empty())
                .unwrap_or(Path::new("."));
            fs::create_dir_all(directory)?;
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::File::open(directory)?.sync_all()
        };
        write().map_err(|e| SecretError::Io(path.into(), e))?;
        Ok(Self(bytes))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys/data.key");
        let first = Secret::load_or_create(&path).unwrap();
        assert_eq!(Secret::load_or_create(&path).unwrap(), first);
        assert_eq!(format!("{first:?}"), "Secret(…)");
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data.key");
        Secret::load_or_create(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            Secret::load_or_create(&path),
            Err(SecretError::Mode(_))
        ));
    }
}
