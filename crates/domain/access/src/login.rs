use std::time::Duration;

use milepost_policy::PermissionSet;
use milepost_types::{Address, Timestamp, parse_address};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::time::timeout;

use crate::{
    AccessService, ContractCallError, KeyError,
    audit::Decision,
    cache::Use,
    challenge::Challenge,
    metrics,
    random::alphanumeric,
    subject::{CONNECTOR, subject},
    token::{DEVELOPER, DeveloperClaims, secs},
    wallet::{recover_signer, signature_bytes},
};

/// How long a contract may take to answer for its signature.
const CONTRACT_CHECK_MAX: Duration = Duration::from_secs(5);

/// Asks for a challenge. Fields are those of the deployed `generate_challenge`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ChallengeRequest {
    /// Address of the developer licence.
    pub client_id: String,
    /// One of the licence's redirect URIs, exactly as registered.
    pub domain: String,
    /// Space-separated; must contain `openid`.
    pub scope: String,
    /// `code`.
    pub response_type: String,
    /// The licence again, or the signer that will sign.
    pub address: String,
}

/// A challenge to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeResponse {
    /// To be sent back with the signature.
    pub state: String,
    /// EIP-4361 text to sign with EIP-191.
    pub challenge: String,
}

/// Answers a challenge. Fields are those of the deployed `submit_challenge`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SubmitRequest {
    /// As in the challenge.
    pub client_id: String,
    /// As in the challenge.
    pub domain: String,
    /// From the challenge.
    pub state: String,
    /// Hex, with or without `0x`.
    pub signature: String,
    /// `authorization_code`.
    pub grant_type: String,
}

/// A developer token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// The developer token.
    pub access_token: String,
    /// `bearer`.
    pub token_type: String,
    /// Seconds until it ends.
    pub expires_in: u64,
    /// The same token: it carries the identity claims too.
    pub id_token: String,
}

/// Why a log-in failed.
#[derive(Debug, Error)]
pub enum LoginError {
    /// A parameter is missing or unusable.
    #[error("parameter '{field}' {problem}")]
    Parameter {
        /// The parameter.
        field: &'static str,
        /// What is wrong and what is expected.
        problem: &'static str,
    },
    /// `response_type` is not `code`.
    #[error("response_type must be 'code'")]
    ResponseType,
    /// `grant_type` is not `authorization_code`.
    #[error("grant_type must be 'authorization_code'")]
    GrantType,
    /// `scope` lacks `openid`.
    #[error("scope must contain 'openid'")]
    Scope,
    /// No live developer licence has this client id (D1-43).
    #[error("not a dev license: {0}")]
    Unlicensed(Address),
    /// The redirect URI is not enabled for the licence.
    #[error("domain is not an enabled redirect URI of the license")]
    Domain,
    /// The address is neither the licence nor an enabled signer of it.
    #[error("address {0} is neither the license nor an enabled signer of it")]
    Address(Address),
    /// The state is not ours, or of a time before our last start.
    #[error("state is unknown; generate a new challenge")]
    UnknownState,
    /// The challenge was not answered in time.
    #[error("challenge has expired; generate a new one")]
    Expired,
    /// The challenge was given to another client or for another domain.
    #[error("state belongs to another {0}")]
    OtherState(&'static str),
    /// The challenge was already answered.
    #[error("state was already used; generate a new challenge")]
    Reused,
    /// The signature is by nobody who may log in.
    #[error("signature is not by an enabled signer of the license")]
    Signature,
    /// Too many log-ins at once.
    #[error("too many log-ins at once; try again later")]
    Busy,
    /// The chain could not be asked about a contract's signature.
    #[error("contract signatures cannot be checked now; try again later")]
    Chain(#[source] ContractCallError),
    /// The chain did not answer in five seconds.
    #[error("contract signatures cannot be checked in time; try again later")]
    ChainTimeout,
    /// The token could not be signed.
    #[error("internal error")]
    Internal(#[source] KeyError),
}

impl LoginError {
    /// Label for metrics and the access log.
    pub(crate) const fn reason(&self) -> &'static str {
        match self {
            Self::Parameter { .. } => "parameter",
            Self::ResponseType => "response_type",
            Self::GrantType => "grant_type",
            Self::Scope => "scope",
            Self::Unlicensed(_) => "unlicensed",
            Self::Domain => "domain",
            Self::Address(_) => "address",
            Self::UnknownState => "unknown_state",
            Self::Expired => "expired",
            Self::OtherState(_) => "other_state",
            Self::Reused => "reused",
            Self::Signature => "signature",
            Self::Busy => "busy",
            Self::Chain(_) => "chain",
            Self::ChainTimeout => "chain_timeout",
            Self::Internal(_) => "internal",
        }
    }
}

impl AccessService {
    /// Makes a challenge for a live licence. Nothing is remembered: the state carries it.
    ///
    /// # Errors
    /// [`LoginError`]: a bad parameter, no live licence, a redirect URI or address that is not the licence's.
    pub fn generate_challenge(
        &self,
        request: &ChallengeRequest,
        now: Timestamp,
    ) -> Result<ChallengeResponse, LoginError> {
        let answer = self.challenge(request, now);
        metrics::login(
            "challenge",
            answer.as_ref().map_or_else(LoginError::reason, |_| "ok"),
        );
        answer
    }

    fn challenge(
        &self,
        request: &ChallengeRequest,
        now: Timestamp,
    ) -> Result<ChallengeResponse, LoginError> {
        if request.response_type != "code" {
            return Err(LoginError::ResponseType);
        }
        if !request.scope.split(' ').any(|scope| scope == "openid") {
            return Err(LoginError::Scope);
        }
        let client_id = address("client_id", &request.client_id)?;
        let address = address("address", &request.address)?;
        self.check_licence(client_id, &request.domain)?;
        if address != client_id && !self.is_signer(client_id, address, now) {
            return Err(LoginError::Address(address));
        }
        let chain = self.view.head().chain;
        let challenge = Challenge::new(
            client_id,
            &request.domain,
            address,
            chain,
            now,
            self.settings.challenge_secs,
        );
        let text = challenge.text().ok_or(LoginError::Parameter {
            field: "domain",
            problem: "must be a URL with a host, of at most 512 characters, without spaces",
        })?;
        Ok(ChallengeResponse {
            state: self.sealer.seal(&challenge),
            challenge: text,
        })
    }

    /// Checks the answer to a challenge and issues a developer token.
    ///
    /// Good is an EIP-191 signature by an enabled signer of the licence (by that very signer, when the challenge
    /// named it), or one that the contract at the challenge's address accepts (ERC-1271). Licence, redirect URI
    /// and signer are looked up again, so a revocation in between counts. A state is used up by the first good
    /// signature.
    ///
    /// # Errors
    /// [`LoginError`]; `Busy`, `Chain` and `ChainTimeout` may be retried with the same state.
    pub async fn submit_challenge(
        &self,
        request: &SubmitRequest,
        now: Timestamp,
    ) -> Result<TokenResponse, LoginError> {
        let answer = self.submit(request, now).await;
        let reason = answer.as_ref().map_or_else(LoginError::reason, |_| "ok");
        metrics::login("submit", reason);
        let decision = Decision {
            action: "login",
            client_id: parse_address(&request.client_id).ok(),
            asset: None,
            jti: answer.as_ref().ok().map(|(_, jti)| jti.as_str()),
            reason,
            permissions: PermissionSet::EMPTY,
            grant_version: None,
            block: self.view.head(),
        };
        decision.log();
        answer.map(|(token, _)| token)
    }

    async fn submit(
        &self,
        request: &SubmitRequest,
        now: Timestamp,
    ) -> Result<(TokenResponse, String), LoginError> {
        if request.grant_type != "authorization_code" {
            return Err(LoginError::GrantType);
        }
        let client_id = address("client_id", &request.client_id)?;
        let signature = signature_bytes(&request.signature).ok_or(LoginError::Parameter {
            field: "signature",
            problem: "must be hex of 65 bytes, or of at most 4096 bytes for a contract account",
        })?;
        let challenge = self
            .sealer
            .open(&request.state, self.view.head().chain)
            .ok_or(LoginError::UnknownState)?;
        if challenge.client_id != client_id {
            return Err(LoginError::OtherState("client_id"));
        }
        if challenge.domain != request.domain {
            return Err(LoginError::OtherState("domain"));
        }
        if challenge.expires_at <= now {
            return Err(LoginError::Expired);
        }
        self.check_licence(client_id, &challenge.domain)?;
        let signer = self.check_signature(&challenge, &signature, now).await?;
        match self
            .used_nonces
            .mark(challenge.nonce, challenge.expires_at, now)
        {
            Use::First => self.developer_token(client_id, signer, now),
            Use::Again => Err(LoginError::Reused),
            Use::Full => Err(LoginError::Busy),
        }
    }

    fn check_licence(&self, client_id: Address, domain: &str) -> Result<(), LoginError> {
        let licence = self
            .view
            .developer_license(client_id)
            .ok_or(LoginError::Unlicensed(client_id))?;
        if licence.redirect_uris.iter().any(|uri| uri == domain) {
            Ok(())
        } else {
            Err(LoginError::Domain)
        }
    }

    pub(crate) fn is_signer(&self, client_id: Address, signer: Address, now: Timestamp) -> bool {
        self.view
            .signer_expires_at(client_id, signer)
            .is_some_and(|expires_at| expires_at > now)
    }

    /// The signer, or `None` when the account at the challenge's address is a contract that accepts the signature.
    async fn check_signature(
        &self,
        challenge: &Challenge,
        signature: &[u8],
        now: Timestamp,
    ) -> Result<Option<Address>, LoginError> {
        let Challenge {
            client_id, address, ..
        } = *challenge;
        let text = challenge.text().ok_or(LoginError::UnknownState)?;
        let digest = milepost_crypto::personal_hash(text.as_bytes());
        if let Some(signer) = recover_signer(digest, signature)
            && (address == client_id || address == signer)
            && let Some(expires_at) = self.view.signer_expires_at(client_id, signer)
        {
            // A contract must not overrule the end of a signer that the twin knows.
            return if expires_at > now {
                Ok(Some(signer))
            } else {
                Err(LoginError::Signature)
            };
        }
        if address != client_id && !self.is_signer(client_id, address, now) {
            return Err(LoginError::Signature);
        }
        let _permit = self
            .contract_checks
            .try_acquire()
            .map_err(|_| LoginError::Busy)?;
        let check = self.contracts.is_valid(address, digest, signature);
        match timeout(CONTRACT_CHECK_MAX, check).await {
            Err(_) => Err(LoginError::ChainTimeout),
            Ok(Err(error)) => Err(LoginError::Chain(error)),
            Ok(Ok(false)) => Err(LoginError::Signature),
            Ok(Ok(true)) => Ok((address != client_id).then_some(address)),
        }
    }

    /// The token speaks for the licence, whichever address the challenge named: its owner granted to the licence.
    fn developer_token(
        &self,
        client_id: Address,
        signer: Option<Address>,
        now: Timestamp,
    ) -> Result<(TokenResponse, String), LoginError> {
        let issued_secs = secs(now);
        let expires_in = self.settings.developer_token_secs;
        let jti = alphanumeric(22);
        let claims = DeveloperClaims {
            iss: self.settings.issuer.clone(),
            sub: subject(client_id),
            aud: client_id.to_string(),
            iat: issued_secs,
            nbf: issued_secs,
            exp: issued_secs.saturating_add(expires_in),
            jti: jti.clone(),
            ethereum_address: client_id.to_string(),
            provider_id: CONNECTOR.to_owned(),
            email_verified: false,
            token_use: DEVELOPER.to_owned(),
            signer: signer.map(|signer| signer.to_string()),
        };
        let token = self.keys.sign(&claims).map_err(LoginError::Internal)?;
        let response = TokenResponse {
            access_token: token.clone(),
            token_type: "bearer".to_owned(),
            expires_in,
            id_token: token,
        };
        Ok((response, jti))
    }
}

fn address(field: &'static str, text: &str) -> Result<Address, LoginError> {
    parse_address(text).map_err(|_| LoginError::Parameter {
        field,
        problem: "must be an address: 0x and 40 hex digits",
    })
}
