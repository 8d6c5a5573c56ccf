//! `dev.json`: everything another client or script needs to join a development network.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// Addresses, endpoints and the keys of the demo accounts. The keys are worth nothing outside the development
/// chain; the file is still written with mode 0600.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DevFile {
    pub(crate) chain_id: u64,
    pub(crate) rpc: String,
    pub(crate) contracts: BTreeMap<String, String>,
    pub(crate) endpoints: Endpoints,
    /// PEM of the authority that certifies the device listener and the connections.
    pub(crate) authority_pem: String,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) app: App,
    pub(crate) connection: Connection,
    pub(crate) vehicles: Vec<Vehicle>,
    /// A vehicle token for the first vehicle; at most ten minutes old when written.
    pub(crate) token: String,
    pub(crate) data_dir: PathBuf,
}

/// Where to send what.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Endpoints {
    /// Devices: POST CloudEvents, TLS.
    pub(crate) ingest: String,
    /// Origin of log-in, exchange and queries.
    pub(crate) api: String,
    pub(crate) graphql: String,
    pub(crate) exchange: String,
    pub(crate) jwks: String,
    /// Health and metrics.
    pub(crate) ops: String,
}

/// A demo account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) address: String,
    pub(crate) private_key: String,
}

/// The demo app: a developer licence and its signer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct App {
    pub(crate) client_id: String,
    pub(crate) license_token: String,
    pub(crate) domain: String,
    pub(crate) signer: Account,
}

/// The demo connection licence with its client certificate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Connection {
    pub(crate) address: String,
    pub(crate) token: String,
    pub(crate) certificate_pem: String,
    pub(crate) key_pem: String,
}

/// A demo vehicle and its paired device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Vehicle {
    /// What it was made from: a file, a subject of a CSV, or a number of the demo fleet.
    pub(crate) name: String,
    pub(crate) token_id: String,
    pub(crate) did: String,
    pub(crate) owner: String,
    pub(crate) device_did: String,
    pub(crate) device: Account,
}

impl DevFile {
    /// Reads the file of a running development network.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read(path).with_context(|| {
            format!(
                "read {}: is `cargo xtask dev` running? (--dev names another file)",
                path.display()
            )
        })?;
        serde_json::from_slice(&text).with_context(|| format!("parse {}", path.display()))
    }

    /// Replaces the file in one step, readable by its owner only.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self)?;
        write_private(path, &text).with_context(|| format!("write {}", path.display()))
    }
}

/// Writes a file of mode 0600 through a rename, so that readers see the old or the new one whole.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    io::Write::write_all(&mut file, content)?;
    file.sync_all()?;
    fs::rename(&temporary, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_keys_is_readable_by_its_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dev.json");
        write_private(&path, b"{}").unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
