//! An app's view of the node, over HTTP alone.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use milepost_crypto::SigningKey;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::network::{Network, client};

/// An app that logs in, exchanges and asks.
#[derive(Debug, Clone)]
pub(crate) struct App {
    http: reqwest::Client,
    api: String,
    graphql: String,
    pub(crate) client_id: String,
    domain: String,
    signer: String,
    developer: Arc<OnceCell<String>>,
}

/// How the parameters of a log-in are sent; clients differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameters {
    /// Challenge in the query string, answer as a form, as the published SDKs do.
    Query,
    /// Both as a form.
    Form,
}

/// Status and body of an answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// The reason a refusal gives: codes and messages of GraphQL errors, or those of an error body.
    pub(crate) fn reason(&self) -> String {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match self.body["errors"].as_array() {
            Some(errors) => {
                let one = |e: &Value| {
                    format!("{} {}", text(&e["extensions"]["code"]), text(&e["message"]))
                };
                errors.iter().map(one).collect::<Vec<_>>().join("; ")
            }
            None => {
                let parts = ["code", "error", "detail", "message", "error_description"];
                let mut parts: Vec<String> =
                    parts.iter().map(|name| text(&self.body[*name])).collect();
                parts.retain(|part| !part.is_empty());
                parts.dedup();
                parts.join(": ")
            }
        }
    }
}

impl App {
    /// The demo app of the network.
    pub(crate) fn demo(network: &Network) -> Result<Self> {
        let (client_id, signer) = (
            network.text("/app/client_id")?,
            network.text("/app/signer/private_key")?,
        );
        Self::new(network, client_id, network.text("/app/domain")?, signer)
    }

    /// An app with its own licence and signer.
    pub(crate) fn new(
        network: &Network,
        client_id: &str,
        domain: &str,
        signer: &str,
    ) -> Result<Self> {
        Ok(Self {
            http: client(None)?,
            api: network.text("/endpoints/api")?.to_owned(),
            graphql: network.text("/endpoints/graphql")?.to_owned(),
            client_id: client_id.to_owned(),
            domain: domain.to_owned(),
            signer: signer.to_owned(),
            developer: Arc::default(),
        })
    }

    /// Log-in; the developer token, or the answer that refused it.
    pub(crate) async fn log_in(&self, parameters: Parameters) -> Result<Result<String, Answer>> {
        let ask = [
            ("client_id", self.client_id.as_str()),
            ("domain", &self.domain),
            ("scope", "openid email"),
            ("response_type", "code"),
            ("address", &self.client_id),
        ];
        let request = self
            .http
            .post(format!("{}/auth/web3/generate_challenge", self.api));
        let request = match parameters {
            Parameters::Query => request.query(&ask),
            Parameters::Form => request.form(&ask),
        };
        let challenge = answer(request).await?;
        if challenge.status != 200 {
            return Ok(Err(challenge));
        }
        let text = challenge.body["challenge"]
            .as_str()
            .context("no challenge")?;
        let signature = SigningKey::from_hex(&self.signer)?
            .sign_personal(text.as_bytes())
            .to_string();
        let form = [
            ("client_id", self.client_id.as_str()),
            ("domain", &self.domain),
            ("grant_type", "authorization_code"),
            (
                "state",
                challenge.body["state"].as_str().context("no state")?,
            ),
            ("signature", &signature),
        ];
        let token = answer(
            self.http
                .post(format!("{}/auth/web3/submit_challenge", self.api))
                .form(&form),
        )
        .await?;
        if token.status != 200 {
            return Ok(Err(token));
        }
        Ok(Ok(token.body["access_token"]
            .as_str()
            .context("no access_token")?
            .to_owned()))
    }

    /// The developer token, from a log-in on first use.
    pub(crate) async fn developer(&self) -> Result<&str> {
        let log_in = || async {
            match self.log_in(Parameters::Query).await? {
                Ok(token) => Ok(token),
                Err(refused) => bail!("log-in refused: {} {}", refused.status, refused.reason()),
            }
        };
        self.developer
            .get_or_try_init(log_in)
            .await
            .map(String::as_str)
    }

    /// Exchange by contract, token id and permission numbers, the form the published SDKs use.
    pub(crate) async fn exchange(&self, did: &str, privileges: &[u64]) -> Result<Answer> {
        let parts: Vec<&str> = did.split(':').collect();
        let [_, _, _, contract, token] = parts.as_slice() else {
            bail!("{did} is no vehicle DID")
        };
        let token: u64 = token.parse()?;
        self.post_exchange(
            &json!({"nftContractAddress": contract, "tokenId": token, "privileges": privileges}),
        )
        .await
    }

    /// Exchange by DID and permission names.
    pub(crate) async fn exchange_by_asset(
        &self,
        did: &str,
        permissions: &[&str],
    ) -> Result<Answer> {
        self.post_exchange(&json!({"asset": did, "permissions": permissions}))
            .await
    }

    async fn post_exchange(&self, body: &Value) -> Result<Answer> {
        let request = self.http.post(format!("{}/v1/tokens/exchange", self.api));
        answer(request.bearer_auth(self.developer().await?).json(body)).await
    }

    /// A vehicle token, which must be given.
    pub(crate) async fn token(&self, did: &str, privileges: &[u64]) -> Result<String> {
        let exchanged = self.exchange(did, privileges).await?;
        match exchanged.body["token"].as_str() {
            Some(token) if exchanged.status == 200 => Ok(token.to_owned()),
            _ => bail!(
                "exchange for {did} refused: {} {}",
                exchanged.status,
                exchanged.reason()
            ),
        }
    }

    /// A GraphQL query.
    pub(crate) async fn query(&self, token: Option<&str>, query: &str) -> Result<Answer> {
        let mut request = self.http.post(&self.graphql).json(&json!({"query": query}));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        answer(request).await
    }

    /// How many readings are stored of a vehicle, as this app may see them.
    pub(crate) async fn readings(&self, did: &str) -> Result<u64> {
        let token = self.token(did, &EVERYTHING).await?;
        let answer = self
            .query(
                Some(&token),
                &format!("{{ dataSummary(did: \"{did}\") {{ numberOfSignals }} }}"),
            )
            .await?;
        let count = answer.body["data"]["dataSummary"]["numberOfSignals"].as_u64();
        count.with_context(|| format!("no summary of {did}: {} {}", answer.status, answer.reason()))
    }
}

/// Permissions the demo owner grants and a reader of everything asks for: histories with and without location.
pub(crate) const EVERYTHING: [u64; 2] = [1, 4];

/// Sends a request and reads the answer, whatever its status.
pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Result<Answer> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let text = response.text().await?;
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Ok(Answer { status, body })
}
