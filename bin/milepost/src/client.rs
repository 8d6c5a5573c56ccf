//! The demo app's side of log-in, exchange and queries.

use anyhow::{Context as _, Result, bail};
use milepost_access::sign_challenge;
use milepost_crypto::SigningKey;
use milepost_http::ClientOptions;
use serde_json::{Value, json};

use crate::dev_file::DevFile;

/// Talks to a node as the demo app.
#[derive(Debug, Clone)]
pub(crate) struct AppClient {
    http: reqwest::Client,
    api: String,
    client_id: String,
    domain: String,
    signer: String,
}

impl AppClient {
    pub(crate) fn new(dev: &DevFile) -> Result<Self> {
        Ok(Self {
            http: milepost_http::client(&ClientOptions::default())?,
            api: dev.endpoints.api.clone(),
            client_id: dev.app.client_id.clone(),
            domain: dev.app.domain.clone(),
            signer: dev.app.signer.private_key.clone(),
        })
    }

    /// Logs in with a signed challenge; returns the developer token.
    pub(crate) async fn log_in(&self) -> Result<String> {
        let form = [
            ("client_id", self.client_id.as_str()),
            ("domain", &self.domain),
            ("scope", "openid email"),
            ("response_type", "code"),
            ("address", &self.client_id),
        ];
        let challenge = self
            .post_form("/auth/web3/generate_challenge", &form)
            .await?;
        let text = challenge["challenge"]
            .as_str()
            .context("the answer holds no challenge")?;
        let state = challenge["state"]
            .as_str()
            .context("the answer holds no state")?;
        let signature = sign_challenge(&SigningKey::from_hex(&self.signer)?, text);
        let form = [
            ("client_id", self.client_id.as_str()),
            ("domain", &self.domain),
            ("grant_type", "authorization_code"),
            ("state", state),
            ("signature", &signature),
        ];
        let token = self.post_form("/auth/web3/submit_challenge", &form).await?;
        token["access_token"]
            .as_str()
            .map(str::to_owned)
            .context("the answer holds no access_token")
    }

    /// Exchanges a developer token for a vehicle token.
    pub(crate) async fn exchange(
        &self,
        developer: &str,
        asset: &str,
        permissions: &[&str],
    ) -> Result<String> {
        let request = self
            .http
            .post(format!("{}/v1/tokens/exchange", self.api))
            .bearer_auth(developer)
            .json(&json!({"asset": asset, "permissions": permissions}));
        let answer = answer(request).await.context("exchange")?;
        answer["token"]
            .as_str()
            .map(str::to_owned)
            .context("the answer holds no token")
    }

    async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Result<Value> {
        answer(self.http.post(format!("{}{path}", self.api)).form(form))
            .await
            .with_context(|| path.to_owned())
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Value> {
    let response = request.send().await.context("is the node running?")?;
    let status = response.status();
    let body = response.text().await?;
    if !status.is_success() {
        bail!("{status}: {body}");
    }
    serde_json::from_str(&body).with_context(|| format!("answer is not JSON: {body}"))
}
