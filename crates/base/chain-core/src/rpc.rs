use std::{
    fmt::{self, Debug},
    time::Duration,
};

use alloy::{
    rpc::client::RpcClient,
    transports::{
        RpcError, TransportError, TransportErrorKind,
        http::{Http, reqwest},
    },
};
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use crate::{ChainError, artifacts};

/// How to talk to an endpoint.
#[derive(Debug, Clone)]
pub struct RpcOptions {
    /// Longest wait for one answer.
    pub timeout: Duration,
    /// Further tries after a transient fault, with 100 ms, 200 ms, 400 ms … between them.
    pub retries: u32,
    /// Compare the logs of a block with its bloom filter. Switch off only for chains that leave the filter empty.
    pub check_blooms: bool,
}

impl Default for RpcOptions {
    /// 5 s, 2 retries, blooms checked.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(5),
            retries: 2,
            check_blooms: true,
        }
    }
}

/// JSON-RPC over HTTP with a time limit and few retries. Cheap to clone.
#[derive(Clone)]
pub struct Rpc {
    client: RpcClient,
    endpoint: String,
    pub(crate) options: RpcOptions,
}

impl fmt::Debug for Rpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rpc")
            .field("endpoint", &self.endpoint)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Rpc {
    /// Prepares a client; nothing is sent yet.
    ///
    /// # Errors
    /// [`ChainError::Setting`] when `url` is not an HTTP URL.
    pub fn new(url: &str, options: RpcOptions) -> Result<Self, ChainError> {
        let setting = |reason: String| ChainError::Setting {
            name: "rpc",
            reason,
        };
        let url: Url = url
            .parse()
            .map_err(|e: url::ParseError| setting(e.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(setting(format!(
                "scheme '{}' is not http or https",
                url.scheme()
            )));
        }
        // Keys of hosted endpoints sit in user info, path or query; only scheme, host and port may be shown.
        let endpoint = url.origin().ascii_serialization();
        let http = reqwest::Client::builder()
            .timeout(options.timeout + Duration::from_secs(1))
            .build()
            .map_err(|e| setting(e.to_string()))?;
        let client = RpcClient::new(Http::with_client(http, url), true);
        Ok(Self {
            client,
            endpoint,
            options,
        })
    }

    /// Scheme, host and port of the endpoint.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// One request, retried after transient faults.
    pub(crate) async fn request<P, R>(
        &self,
        method: &'static str,
        params: P,
    ) -> Result<R, ChainError>
    where
        P: Serialize + Clone + Debug + Send + Sync + Unpin,
        R: DeserializeOwned + Debug + Send + Sync + Unpin + 'static,
    {
        let mut pause = Duration::from_millis(100);
        for _ in 0..self.options.retries {
            match self
                .request_once(method, params.clone(), self.options.timeout)
                .await
            {
                Err(fault) if fault.is_transient() => {
                    tracing::debug!(endpoint = %self.endpoint, method, %fault, "retrying chain request");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                other => return other,
            }
        }
        self.request_once(method, params, self.options.timeout)
            .await
    }

    /// One request, tried once.
    pub(crate) async fn request_once<P, R>(
        &self,
        method: &'static str,
        params: P,
        timeout: Duration,
    ) -> Result<R, ChainError>
    where
        P: Serialize + Clone + Debug + Send + Sync + Unpin,
        R: DeserializeOwned + Debug + Send + Sync + Unpin + 'static,
    {
        match tokio::time::timeout(timeout, self.client.request(method, params)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.classify(method, error)),
            Err(_) => Err(self.unreachable(
                method,
                format!("no answer within {} ms", timeout.as_millis()),
            )),
        }
    }

    fn unreachable(&self, method: &'static str, reason: String) -> ChainError {
        ChainError::Unreachable {
            endpoint: self.endpoint.clone(),
            method,
            reason,
        }
    }

    fn classify(&self, method: &'static str, error: TransportError) -> ChainError {
        match error {
            RpcError::ErrorResp(payload) => {
                let data = payload.as_revert_data();
                if data.is_some() || payload.message.contains("revert") {
                    let reason = data.map_or_else(
                        || payload.message.to_string(),
                        |d| artifacts::describe_revert(&d),
                    );
                    return ChainError::Reverted {
                        call: method.to_owned(),
                        reason,
                    };
                }
                if payload.code == 429 {
                    return self.unreachable(method, cut(&payload.message));
                }
                ChainError::Rpc {
                    method,
                    code: payload.code,
                    message: cut(&payload.message),
                }
            }
            RpcError::Transport(TransportErrorKind::Custom(source)) => {
                self.unreachable(method, chain_of(&*source))
            }
            RpcError::DeserError { err, .. } => {
                self.unreachable(method, format!("answer is not understood: {err}"))
            }
            RpcError::NullResp => self.unreachable(method, "empty answer".to_owned()),
            other => self.unreachable(method, cut(&other.to_string())),
        }
    }
}

/// The innermost cause says what happened; outer layers of the HTTP client print the URL, which may hold a key.
fn chain_of(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cut(&cause.to_string())
}

fn cut(text: &str) -> String {
    text.chars().take(300).collect()
}
