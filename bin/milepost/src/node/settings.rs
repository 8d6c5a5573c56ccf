//! Every setting of a node.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use milepost_access::AccessSettings;
use milepost_api_ingest::IngestApiSettings;
use milepost_api_telemetry::TelemetryApiSettings;
use milepost_ingest::IngestSettings;
use milepost_journal::JournalOptions;
use milepost_lake::LakeSettings;
use milepost_twin::TwinSettings;
use serde::{Deserialize, Serialize};

/// Settings of a node. `milepost config` prints them with their defaults.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NodeSettings {
    /// Everything the node keeps is in here.
    pub(crate) data_dir: PathBuf,
    /// JSON-RPC endpoint of the chain.
    pub(crate) rpc: String,
    #[serde(default)]
    pub(crate) listen: ListenSettings,
    #[serde(default)]
    pub(crate) tls: TlsSettings,
    #[serde(default)]
    pub(crate) journal: JournalSettings,
    #[serde(default)]
    pub(crate) ingest: IngestSettings,
    #[serde(default)]
    pub(crate) ingest_api: IngestApiSettings,
    #[serde(default)]
    pub(crate) lake: LakeSettings,
    #[serde(default)]
    pub(crate) access: AccessSettings,
    #[serde(default)]
    pub(crate) telemetry: TelemetryApiSettings,
    /// Chain id and contracts.
    pub(crate) chain: TwinSettings,
}

/// Addresses to listen on. Loopback by default: opening a port to others is a decision.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ListenSettings {
    /// Devices and connections. Always TLS (D1-38).
    pub(crate) devices: SocketAddr,
    /// Apps: log-in, exchange, queries.
    pub(crate) apps: SocketAddr,
    /// Operator: health and metrics; no user data.
    pub(crate) ops: SocketAddr,
    /// Open connections on each listener.
    pub(crate) connections_max: usize,
}

impl Default for ListenSettings {
    fn default() -> Self {
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self {
            devices: at(9443),
            apps: at(8080),
            ops: at(8888),
            connections_max: 4_096,
        }
    }
}

/// Certificates, PEM files. Without them the node makes an authority of its own in `data_dir/tls` and certifies
/// itself for loopback; that is for development and for trying out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TlsSettings {
    /// Certificate of the listeners.
    pub(crate) certificate: Option<PathBuf>,
    /// Its key.
    pub(crate) key: Option<PathBuf>,
    /// Authority of the connections' client certificates.
    pub(crate) client_authority: Option<PathBuf>,
}

/// Bounds of the journal, bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct JournalSettings {
    /// Size of a segment file.
    pub(crate) segment_bytes: u64,
    /// Most data not yet in the lake; beyond it devices are told to come back later.
    pub(crate) max_bytes: u64,
    /// Data kept for telling retries from replays after a restart.
    pub(crate) retain_bytes: u64,
    /// Free disk space that is never used.
    pub(crate) reserve_bytes: u64,
}

impl Default for JournalSettings {
    fn default() -> Self {
        let JournalOptions {
            segment_bytes,
            max_bytes,
            retain_bytes,
            reserve_bytes,
            ..
        } = JournalOptions::default();
        Self {
            segment_bytes,
            max_bytes,
            retain_bytes,
            reserve_bytes,
        }
    }
}

impl JournalSettings {
    pub(crate) fn options(&self, key: Option<[u8; 32]>) -> JournalOptions {
        JournalOptions {
            segment_bytes: self.segment_bytes,
            max_bytes: self.max_bytes,
            retain_bytes: self.retain_bytes,
            reserve_bytes: self.reserve_bytes,
            key,
            ..JournalOptions::default()
        }
    }
}

impl Default for NodeSettings {
    fn default() -> Self {
        Self {
            data_dir: "milepost-data".into(),
            rpc: "http://127.0.0.1:8545".into(),
            listen: ListenSettings::default(),
            tls: TlsSettings::default(),
            journal: JournalSettings::default(),
            ingest: IngestSettings::default(),
            ingest_api: IngestApiSettings::default(),
            lake: LakeSettings::default(),
            access: AccessSettings::default(),
            telemetry: TelemetryApiSettings::default(),
            chain: TwinSettings::new(31_337, Default::default()),
        }
    }
}

impl NodeSettings {
    /// Reads a settings file and `MILEPOST_*__*` variables.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self> {
        milepost_service::load(file).context("settings")
    }

    /// As TOML.
    pub(crate) fn to_toml(&self) -> Result<String> {
        toml::to_string_pretty(self).context("write settings")
    }

    /// Certificate and key come together.
    pub(crate) fn check(&self) -> Result<()> {
        if self.tls.certificate.is_some() != self.tls.key.is_some() {
            bail!("tls.certificate and tls.key must be set together");
        }
        Ok(())
    }
}

/// Files below the data directory.
#[derive(Debug, Clone)]
pub(crate) struct Layout(pub(crate) PathBuf);

impl Layout {
    pub(crate) fn journal(&self) -> PathBuf {
        self.0.join("journal")
    }

    pub(crate) fn lake(&self) -> PathBuf {
        self.0.join("lake")
    }

    pub(crate) fn twin(&self) -> PathBuf {
        self.0.join("twin.sqlite")
    }

    pub(crate) fn token_keys(&self) -> PathBuf {
        self.0.join("keys/tokens")
    }

    /// Key of everything at rest.
    pub(crate) fn data_key(&self) -> PathBuf {
        self.0.join("keys/data.key")
    }

    pub(crate) fn tls(&self) -> PathBuf {
        self.0.join("tls")
    }

    /// Present when the stores were created without encryption.
    pub(crate) fn plain_mark(&self) -> PathBuf {
        self.0.join("INSECURE-unencrypted")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_page_names_every_key_with_its_default() {
        let page = include_str!("../../../../docs/configuration.md");
        let settings = NodeSettings::default().to_toml().unwrap();
        for line in settings.lines() {
            let Some((key, value)) = line.split_once(" = ") else {
                continue;
            };
            let row = format!("| `{key}` | `{value}` |");
            assert!(page.contains(&row), "docs/configuration.md lacks {row}");
        }
    }

    #[test]
    fn the_printed_settings_are_read_back() {
        let settings = NodeSettings::default().to_toml().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("node.toml");
        std::fs::write(&file, &settings).unwrap();
        assert_eq!(
            NodeSettings::load(Some(&file)).unwrap().to_toml().unwrap(),
            settings
        );
    }

    #[test]
    fn a_certificate_without_its_key_is_refused_by_name() {
        let mut settings = NodeSettings::default();
        settings.tls.certificate = Some("server.pem".into());
        assert!(
            settings
                .check()
                .unwrap_err()
                .to_string()
                .contains("tls.key")
        );
    }
}
