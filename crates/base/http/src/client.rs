use std::time::Duration;

use rustls_pki_types::pem::PemObject as _;

use crate::{Identity, PkiError};

/// How to reach a server: nobody calls out without a timeout.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Connect time limit.
    pub connect_timeout: Duration,
    /// Whole-request time limit.
    pub timeout: Duration,
    /// PEM of an authority to trust beside the web's.
    pub authority_pem: Option<String>,
    /// Certificate and key to present.
    pub identity: Option<Identity>,
    /// Idle connections kept for each host.
    pub idle_per_host: usize,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            authority_pem: None,
            identity: None,
            idle_per_host: 32,
        }
    }
}

/// An HTTP client with the given limits.
///
/// # Errors
/// [`PkiError`] when a PEM does not parse.
pub fn client(options: &ClientOptions) -> Result<reqwest::Client, PkiError> {
    crate::pki::install_provider();
    let mut builder = reqwest::Client::builder()
        .connect_timeout(options.connect_timeout)
        .timeout(options.timeout)
        .pool_max_idle_per_host(options.idle_per_host)
        .redirect(reqwest::redirect::Policy::none());
    if let Some(pem) = &options.authority_pem {
        // Checked here because the client would only complain at the first request.
        rustls_pki_types::CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| PkiError::Certificate)?;
        let authority = reqwest::Certificate::from_pem(pem.as_bytes()).map_err(PkiError::Client)?;
        builder = builder.add_root_certificate(authority);
    }
    if let Some(identity) = &options.identity {
        let pem = format!("{}{}", identity.key_pem, identity.certificate_pem);
        builder = builder
            .identity(reqwest::Identity::from_pem(pem.as_bytes()).map_err(PkiError::Client)?);
    }
    builder.build().map_err(PkiError::Client)
}
