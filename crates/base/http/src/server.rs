use std::{fmt, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
    service::TowerToHyperService,
};
use rustls::{
    RootCertStore, ServerConfig,
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::Identity;

/// What the transport proved about the caller, as a request extension.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeerIdentity {
    /// Common name of the verified client certificate; `None` when the client showed none.
    pub common_name: Option<String>,
    /// Address of the other end.
    pub address: Option<SocketAddr>,
}

/// Bounds of a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Open connections; further ones wait to be accepted.
    pub connections_max: usize,
    /// Time for a TLS handshake.
    pub handshake: Duration,
    /// Time for a request's header block.
    pub header_read: Duration,
    /// Time for open requests to finish at shutdown.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // 10,000 idle TLS connections cost about 400 MB; 4,096 leaves room for the rest of a laptop node.
            connections_max: 4_096,
            handshake: Duration::from_secs(10),
            header_read: Duration::from_secs(10),
            drain: Duration::from_secs(25),
        }
    }
}

/// Why TLS could not be set up.
#[derive(Debug, Error)]
pub enum ServerTlsError {
    /// The server's certificate PEM does not parse.
    #[error("server certificate PEM does not parse")]
    Certificate,
    /// The server's key PEM does not parse.
    #[error("server private key PEM does not parse")]
    Key,
    /// The authority PEM for clients does not parse.
    #[error("client authority PEM does not parse")]
    ClientAuthority,
    /// Certificate and key do not fit together.
    #[error("server certificate and key")]
    Config(#[source] rustls::Error),
}

/// TLS settings of a listener.
#[derive(Clone)]
pub struct ServerTls(Arc<ServerConfig>);

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerTls")
    }
}

impl ServerTls {
    /// TLS with the given certificate. With `client_authority_pem`, a client may show a certificate of that
    /// authority; one of another authority fails the handshake, none at all is let through without a name.
    ///
    /// # Errors
    /// [`ServerTlsError`] naming the part that does not parse.
    pub fn new(
        identity: &Identity,
        client_authority_pem: Option<&str>,
    ) -> Result<Self, ServerTlsError> {
        crate::pki::install_provider();
        let chain = CertificateDer::pem_slice_iter(identity.certificate_pem.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| ServerTlsError::Certificate)?;
        let key = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes())
            .map_err(|_| ServerTlsError::Key)?;
        let verifier = client_verifier(client_authority_pem)?;
        let mut config = ServerConfig::builder()
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .map_err(ServerTlsError::Config)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}

fn client_verifier(
    authority_pem: Option<&str>,
) -> Result<Arc<dyn ClientCertVerifier>, ServerTlsError> {
    let Some(pem) = authority_pem else {
        return Ok(WebPkiClientVerifier::no_client_auth());
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|_| ServerTlsError::ClientAuthority)?;
        roots
            .add(certificate)
            .map_err(|_| ServerTlsError::ClientAuthority)?;
    }
    WebPkiClientVerifier::builder(Arc::new(roots))
        .allow_unauthenticated()
        .build()
        .map_err(|_| ServerTlsError::ClientAuthority)
}

/// Serves `router` on `listener` until `stop` is cancelled, then drains.
///
/// Requests carry a [`PeerIdentity`] extension. A connection that fails (handshake, protocol) ends alone.
///
/// # Errors
/// Only when the listener itself breaks.
pub async fn serve(
    listener: TcpListener,
    tls: Option<ServerTls>,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
) -> io::Result<()> {
    let permits = Arc::new(Semaphore::new(limits.connections_max));
    let graceful = GracefulShutdown::new();
    let acceptor = tls.map(|tls| TlsAcceptor::from(tls.0));
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
            break;
        };
        let (stream, address) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) if is_connection_error(&error) => continue,
                Err(error) => {
                    // Out of file descriptors: wait for some to be closed instead of spinning.
                    tracing::warn!(%error, "accept failed");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let (router, acceptor, watcher) = (router.clone(), acceptor.clone(), graceful.watcher());
        tokio::spawn(async move {
            connection(stream, address, acceptor, router, limits, watcher).await;
            drop(permit);
        });
    }
    drop(listener);
    if timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("connections still open after the drain time");
    }
    Ok(())
}

fn is_connection_error(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

async fn connection(
    stream: TcpStream,
    address: SocketAddr,
    acceptor: Option<TlsAcceptor>,
    router: Router,
    limits: Limits,
    watcher: Watcher,
) {
    // Small answers must not wait for a full packet.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "nodelay refused");
    }
    let mut peer = PeerIdentity {
        common_name: None,
        address: Some(address),
    };
    let Some(acceptor) = acceptor else {
        return http(stream, peer, router, limits, watcher).await;
    };
    match timeout(limits.handshake, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => {
            peer.common_name = stream
                .get_ref()
                .1
                .peer_certificates()
                .and_then(|chain| common_name(chain.first()?));
            http(stream, peer, router, limits, watcher).await;
        }
        Ok(Err(error)) => tracing::debug!(%error, "tls handshake failed"),
        Err(_) => tracing::debug!("tls handshake timed out"),
    }
}

async fn http<S>(stream: S, peer: PeerIdentity, router: Router, limits: Limits, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = router.map_request(move |mut request: http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(peer.clone());
        request.map(axum::body::Body::new)
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_read);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(256);
    let connection = builder
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "connection ended");
    }
}

fn common_name(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let name = certificate
        .subject()
        .iter_common_name()
        .next()?
        .as_str()
        .ok()?;
    Some(name.to_owned())
}
