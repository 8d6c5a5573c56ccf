use std::sync::Arc;

use jsonwebtoken::{Algorithm, Validation, errors::ErrorKind};
use milepost_policy::{Permission, PermissionSet};
use milepost_types::{Address, Did, Timestamp, parse_address};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

use crate::{Keys, subject::subject};

/// Longest bearer token looked at; ours are below 2 KiB.
pub(crate) const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// How far another replica's clock may be ahead when it issues a token.
const NOT_BEFORE_SKEW_MICROS: i64 = 5_000_000;

/// Why a bearer token is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenError {
    /// Not three base64url parts with JSON in them, too long, or claims missing or of the wrong type.
    #[error("token is malformed")]
    Malformed,
    /// Any algorithm but RS256, `none` included, or header extensions that must be understood.
    #[error("token is not signed with RS256")]
    Algorithm,
    /// `kid` is missing or names no key of this issuer.
    #[error("token is signed by an unknown key")]
    UnknownKey,
    /// The signature does not fit.
    #[error("token signature is wrong")]
    Signature,
    /// `iss` is another issuer.
    #[error("token is of another issuer")]
    Issuer,
    /// `aud` does not name this service.
    #[error("token is for another audience")]
    Audience,
    /// A developer token where a vehicle token is needed, or the other way round.
    #[error("token is not of the kind needed here")]
    Kind,
    /// `exp` has passed.
    #[error("token has expired")]
    Expired,
    /// `nbf` is still to come.
    #[error("token is not valid yet")]
    NotYetValid,
    /// The signer that logged in is no longer enabled.
    #[error("the key that logged in is no longer a signer of the licence")]
    SignerEnded,
}

impl TokenError {
    /// Label for metrics and the access log.
    pub(crate) const fn reason(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Kind => "kind",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::SignerEnded => "signer_ended",
        }
    }
}

/// A verified developer token: proof that a licence logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeveloperToken {
    /// The licence.
    pub client_id: Address,
    /// The key that signed the challenge; `None` when a contract answered for the licence account.
    pub signer: Option<Address>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Its id.
    pub jti: Arc<str>,
}

/// A verified vehicle token: what its bearer was granted when it was issued. It proves nothing about now; ask
/// [`crate::AccessService::authorize_read`] at every read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleToken {
    /// Developer licence it was issued to.
    pub client_id: Address,
    /// The vehicle or account.
    pub asset: Did,
    /// Permissions it names.
    pub permissions: PermissionSet,
    /// Version of the asset's grants at issue; a sale raises it.
    pub grant_version: u64,
    /// Block of the decision to issue it.
    pub block: u64,
    /// First time it is good.
    pub not_before: Timestamp,
    /// First time it is no longer good.
    pub expires_at: Timestamp,
    /// Its id.
    pub jti: Arc<str>,
}

impl VehicleToken {
    pub(crate) fn check_times(&self, now: Timestamp) -> Result<(), TokenError> {
        check_times(self.not_before, self.expires_at, now)
    }
}

// `token_use` says which of our two tokens this is. They share keys and issuer, and clients choose the audience
// of vehicle tokens, so only this claim keeps one from passing as the other.
pub(crate) const DEVELOPER: &str = "developer";
pub(crate) const VEHICLE: &str = "vehicle";

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DeveloperClaims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: String,
    pub(crate) iat: u64,
    pub(crate) nbf: u64,
    pub(crate) exp: u64,
    pub(crate) jti: String,
    pub(crate) ethereum_address: String,
    pub(crate) provider_id: String,
    pub(crate) email_verified: bool,
    pub(crate) token_use: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signer: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct VehicleClaims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: Vec<String>,
    pub(crate) iat: u64,
    pub(crate) nbf: u64,
    pub(crate) exp: u64,
    pub(crate) jti: String,
    pub(crate) token_use: String,
    pub(crate) asset: String,
    pub(crate) permissions: Vec<String>,
    pub(crate) cloud_events: CloudEventsClaim,
    // The three of the older token form.
    pub(crate) contract_address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token_id: Option<String>,
    pub(crate) privilege_ids: Vec<u8>,
    pub(crate) grant_version: u64,
    pub(crate) block: u64,
}

/// Always empty: only a grant's source document can allow single CloudEvents, and none is read yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct CloudEventsClaim {
    pub(crate) events: Vec<serde_json::Value>,
}

pub(crate) fn secs(time: Timestamp) -> u64 {
    u64::try_from(time.as_secs()).unwrap_or(0)
}

fn check_times(
    not_before: Timestamp,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), TokenError> {
    if expires_at <= now {
        return Err(TokenError::Expired);
    }
    if not_before > now.saturating_add_micros(NOT_BEFORE_SKEW_MICROS) {
        return Err(TokenError::NotYetValid);
    }
    Ok(())
}

/// Checks everything but times: form, algorithm, key, signature, issuer, and audience when one is given.
fn verify(
    keys: &Keys,
    issuer: &str,
    audience: Option<&str>,
    bearer: &str,
) -> Result<serde_json::Value, TokenError> {
    if bearer.len() > TOKEN_BYTES_MAX {
        return Err(TokenError::Malformed);
    }
    let header =
        jsonwebtoken::decode_header(bearer).map_err(|error| header_error(bearer, &error))?;
    if header.alg != Algorithm::RS256 || header.crit.is_some() {
        return Err(TokenError::Algorithm);
    }
    // The key is chosen among our own by its id only; `jku`, `x5u` and `jwk` of the header are never looked at.
    let key = header
        .kid
        .and_then(|kid| keys.find(&kid))
        .ok_or(TokenError::UnknownKey)?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false; // by the caller's clock, in `check_times`
    validation.validate_aud = audience.is_some();
    validation.set_required_spec_claims(&["iss", "sub", "aud", "exp", "nbf"]);
    validation.set_issuer(&[issuer]);
    validation.aud = audience.map(|audience| [audience.to_owned()].into());
    let token = jsonwebtoken::decode(bearer, &key.verifying, &validation);
    token
        .map(|token| token.claims)
        .map_err(|error| match error.kind() {
            ErrorKind::InvalidAlgorithm => TokenError::Algorithm,
            ErrorKind::InvalidSignature => TokenError::Signature,
            ErrorKind::InvalidIssuer => TokenError::Issuer,
            ErrorKind::InvalidAudience => TokenError::Audience,
            _ => TokenError::Malformed,
        })
}

/// `none` and made-up algorithms do not parse as a header; they deserve their own reason all the same.
fn header_error(bearer: &str, error: &jsonwebtoken::errors::Error) -> TokenError {
    match error.kind() {
        ErrorKind::Json(_) | ErrorKind::InvalidAlgorithmName if bearer.split('.').count() == 3 => {
            TokenError::Algorithm
        }
        _ => TokenError::Malformed,
    }
}

/// A token of the other kind is told apart before its claims are read.
fn of_kind<T: DeserializeOwned>(claims: serde_json::Value, kind: &str) -> Result<T, TokenError> {
    if claims.get("token_use").and_then(serde_json::Value::as_str) != Some(kind) {
        return Err(TokenError::Kind);
    }
    serde_json::from_value(claims).map_err(|_| TokenError::Malformed)
}

/// Verifies a developer token at `now`; the licence and its signer are checked by the caller.
pub(crate) fn developer(
    keys: &Keys,
    issuer: &str,
    bearer: &str,
    now: Timestamp,
) -> Result<DeveloperToken, TokenError> {
    let claims: DeveloperClaims = of_kind(verify(keys, issuer, None, bearer)?, DEVELOPER)?;
    let expires_at = Timestamp::from_secs_saturating(claims.exp);
    check_times(Timestamp::from_secs_saturating(claims.nbf), expires_at, now)?;
    let client_id = parse_address(&claims.ethereum_address).map_err(|_| TokenError::Malformed)?;
    if claims.sub != subject(client_id) || claims.aud != client_id.to_string() {
        return Err(TokenError::Malformed);
    }
    let signer = claims
        .signer
        .map(|text| parse_address(&text))
        .transpose()
        .map_err(|_| TokenError::Malformed)?;
    Ok(DeveloperToken {
        client_id,
        signer,
        expires_at,
        jti: claims.jti.into(),
    })
}

/// Verifies a vehicle token but for its times, which change between two uses of a remembered token.
pub(crate) fn vehicle(
    keys: &Keys,
    issuer: &str,
    audience: &str,
    bearer: &str,
) -> Result<VehicleToken, TokenError> {
    let claims: VehicleClaims = of_kind(verify(keys, issuer, Some(audience), bearer)?, VEHICLE)?;
    let permissions: Result<PermissionSet, _> = claims
        .permissions
        .iter()
        .map(|p| p.parse::<Permission>())
        .collect();
    Ok(VehicleToken {
        client_id: parse_address(&claims.sub).map_err(|_| TokenError::Malformed)?,
        asset: claims.asset.parse().map_err(|_| TokenError::Malformed)?,
        permissions: permissions.map_err(|_| TokenError::Malformed)?,
        grant_version: claims.grant_version,
        block: claims.block,
        not_before: Timestamp::from_secs_saturating(claims.nbf),
        expires_at: Timestamp::from_secs_saturating(claims.exp),
        jti: claims.jti.into(),
    })
}
