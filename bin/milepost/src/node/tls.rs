//! Certificates of the listeners: the operator's, or the node's own.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use milepost_http::{Authority, Identity, ServerTls};

use super::settings::{Layout, TlsSettings};
use crate::dev_file::write_private;

/// TLS of the two public listeners.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    /// Devices: client certificates are asked for.
    pub(crate) devices: ServerTls,
    /// Apps.
    pub(crate) apps: ServerTls,
}

/// The node's own authority, made on first use.
pub(crate) fn authority(layout: &Layout) -> Result<Authority> {
    let (certificate, key) = (
        layout.tls().join("authority.pem"),
        layout.tls().join("authority.key"),
    );
    if certificate.exists() {
        return Ok(Authority::from_identity(read(&certificate, &key)?));
    }
    fs::create_dir_all(layout.tls())?;
    let authority = Authority::generate("Milepost node authority")?;
    write_private(&key, authority.identity().key_pem.as_bytes())?;
    write_private(
        &certificate,
        authority.identity().certificate_pem.as_bytes(),
    )?;
    Ok(authority)
}

pub(crate) fn tls(settings: &TlsSettings, layout: &Layout) -> Result<Tls> {
    let identity = match (&settings.certificate, &settings.key) {
        (Some(certificate), Some(key)) => read(certificate, key)?,
        _ => authority(layout)?.issue_server(&["localhost", "127.0.0.1", "::1"])?,
    };
    let client_authority = match &settings.client_authority {
        Some(path) => {
            fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?
        }
        None => authority(layout)?.identity().certificate_pem.clone(),
    };
    Ok(Tls {
        devices: ServerTls::new(&identity, Some(&client_authority))?,
        apps: ServerTls::new(&identity, None)?,
    })
}

fn read(certificate: &Path, key: &Path) -> Result<Identity> {
    let text =
        |path: &Path| fs::read_to_string(path).with_context(|| format!("read {}", path.display()));
    Ok(Identity {
        certificate_pem: text(certificate)?,
        key_pem: text(key)?,
    })
}
