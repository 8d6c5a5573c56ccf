use std::{fmt, net::IpAddr, sync::Once};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use thiserror::Error;

/// What can be wrong with certificates and keys.
#[derive(Debug, Error)]
pub enum PkiError {
    /// A certificate PEM does not parse.
    #[error("certificate PEM does not parse")]
    Certificate,
    /// A key PEM does not parse.
    #[error("private key PEM does not parse")]
    Key,
    /// A certificate could not be made.
    #[error("certificate could not be made")]
    Generate(#[from] rcgen::Error),
    /// The HTTP client refused its settings.
    #[error("http client settings")]
    Client(#[source] reqwest::Error),
}

/// A certificate chain and its private key, PEM.
#[derive(Clone)]
pub struct Identity {
    /// Certificate, PEM.
    pub certificate_pem: String,
    /// PKCS#8 private key, PEM.
    pub key_pem: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("key_pem", &"(secret)")
            .finish_non_exhaustive()
    }
}

/// A certificate authority of a node: it certifies the node's own host names and the connections that send to it.
#[derive(Debug, Clone)]
pub struct Authority(Identity);

impl Authority {
    /// A new authority.
    ///
    /// # Errors
    /// [`PkiError::Generate`] when the key or certificate cannot be made.
    pub fn generate(name: &str) -> Result<Self, PkiError> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        Ok(Self(Identity {
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
        }))
    }

    /// An authority made earlier.
    #[must_use]
    pub const fn from_identity(identity: Identity) -> Self {
        Self(identity)
    }

    /// Certificate and key, for keeping.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.0
    }

    /// A server certificate for host names or addresses.
    ///
    /// # Errors
    /// [`PkiError`] when a name is no DNS name or the certificate cannot be made.
    pub fn issue_server(&self, hosts: &[&str]) -> Result<Identity, PkiError> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(
            DnType::CommonName,
            hosts.first().copied().unwrap_or("milepost"),
        );
        for host in hosts {
            let name = match host.parse::<IpAddr>() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName((*host).try_into()?),
            };
            params.subject_alt_names.push(name);
        }
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.issue(params)
    }

    /// A client certificate whose common name is a connection licence address.
    ///
    /// # Errors
    /// [`PkiError::Generate`] when the certificate cannot be made.
    pub fn issue_client(&self, common_name: &str) -> Result<Identity, PkiError> {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, common_name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(params)
    }

    fn issue(&self, mut params: CertificateParams) -> Result<Identity, PkiError> {
        params.is_ca = IsCa::ExplicitNoCa;
        let authority_key = KeyPair::from_pem(&self.0.key_pem).map_err(|_| PkiError::Key)?;
        let issuer = Issuer::from_ca_cert_pem(&self.0.certificate_pem, authority_key)?;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &issuer)?;
        Ok(Identity {
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
        })
    }
}

/// Makes aws-lc-rs the process's TLS provider; two providers are compiled in and rustls will not choose.
pub(crate) fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that the program installed one already, which is as good.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    });
}
