//! One HTTP/1.1 connection at a time, kept open: the load knows how many there are, and spends little itself.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::Incoming,
    client::conn::http1::{SendRequest, handshake},
    header::{HOST, HeaderMap},
};
use hyper_util::rt::TokioIo;
use reqwest::Url;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// Largest answer that is read; the largest expected one, 288 rows, is 40 KB.
const ANSWER_BYTES_MAX: usize = 4 << 20;

/// Where requests go.
#[derive(Clone)]
pub(crate) struct Target {
    address: SocketAddr,
    host: String,
    path: String,
    tls: Option<TlsConnector>,
}

impl Target {
    /// `url` names an address, not a host; `authority_pem` is trusted for https.
    pub(crate) fn new(url: &str, authority_pem: &str) -> Result<Self> {
        let url = Url::parse(url).with_context(|| format!("parse {url}"))?;
        let address = url
            .socket_addrs(|| None)?
            .first()
            .copied()
            .context("the endpoint has no address")?;
        let tls = match url.scheme() {
            "https" => Some(TlsConnector::from(tls(authority_pem)?)),
            _ => None,
        };
        Ok(Self {
            address,
            host: address.to_string(),
            path: url.path().to_owned(),
            tls,
        })
    }

    pub(crate) async fn connect(&self) -> Result<Connection> {
        let stream = TcpStream::connect(self.address).await.context("connect")?;
        stream.set_nodelay(true)?;
        let sender = match &self.tls {
            None => open(stream).await?,
            Some(tls) => {
                let name = ServerName::from(self.address.ip());
                open(tls.connect(name, stream).await.context("TLS handshake")?).await?
            }
        };
        Ok(Connection {
            sender,
            host: self.host.clone(),
            path: self.path.clone(),
        })
    }
}

fn tls(authority_pem: &str) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority_pem.as_bytes())?)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

async fn open<S>(stream: S) -> Result<SendRequest<Full<Bytes>>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection ended");
        }
    });
    Ok(sender)
}

/// An open connection.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    path: String,
}

impl Connection {
    /// Posts and reads the whole answer; any status but 200 is an error with the body in it.
    pub(crate) async fn post(&mut self, headers: &HeaderMap, body: Bytes) -> Result<Bytes> {
        let mut request = Request::post(&*self.path)
            .header(HOST, &*self.host)
            .body(Full::new(body))?;
        request.headers_mut().extend(
            headers
                .iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        self.sender.ready().await?;
        let response: Response<Incoming> = self.sender.send_request(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX);
        let answer = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => bail!("answer: {error}"),
        };
        if status != StatusCode::OK {
            bail!("{status}: {}", String::from_utf8_lossy(&answer));
        }
        Ok(answer)
    }
}
