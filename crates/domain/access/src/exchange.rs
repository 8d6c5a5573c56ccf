use std::fmt;

use milepost_policy::{
    AccessDecision, Denial, Permission, PermissionSet, UnknownPermission, authorize,
};
use milepost_types::{Address, Did, DidError, Timestamp, parse_address};
use thiserror::Error;

use crate::{
    AccessService, DeveloperToken, ExchangeRequest, KeyError, TokenError,
    audit::Decision,
    metrics,
    random::alphanumeric,
    token::{self, CloudEventsClaim, VEHICLE, VehicleClaims, secs},
};

/// Audiences one token may be asked for.
const AUDIENCES_MAX: usize = 8;
/// Characters of one audience.
const AUDIENCE_CHARS_MAX: usize = 256;

/// Why no vehicle token was issued. Texts are those of the deployed service where it has one.
#[derive(Debug, Error)]
pub enum ExchangeError {
    /// The developer token is not good.
    #[error("{0}")]
    Token(TokenError),
    /// The caller has no live developer licence (D1-43).
    #[error("not a dev license: {0}")]
    Unlicensed(Address),
    /// Nothing was asked for.
    #[error("Please provide at least one privilege or cloudevent")]
    Nothing,
    /// A permission is not one of the eight.
    #[error("{0}")]
    Permission(UnknownPermission),
    /// Neither `asset` nor `nftContractAddress` and `tokenId` were given.
    #[error("asset is missing: provide asset, or nftContractAddress and tokenId")]
    AssetMissing,
    /// The asset is not a DID, or the contract not an address.
    #[error("invalid asset: {0}")]
    Asset(DidError),
    /// Both forms were given and name different assets.
    #[error("asset and nftContractAddress/tokenId name different assets")]
    AssetsDiffer,
    /// The asset is of another chain or contract.
    #[error("asset {0} is not a vehicle or account of this network")]
    ForeignAsset(Did),
    /// More or longer audiences than allowed.
    #[error("audience may have at most 8 entries of 1 to 256 characters")]
    Audience,
    /// The owner did not grant all that was asked for, or what was granted has ended (D1-42).
    #[error("Address {grantee} lacks permissions [{}] for asset {asset}", Names(*.missing))]
    Lacks {
        /// The licence.
        grantee: Address,
        /// What it asked for and does not hold.
        missing: PermissionSet,
        /// The asset.
        asset: Did,
    },
    /// Single CloudEvents need a grant document, and grants are read from the chain only.
    #[error(
        "Address {grantee} lacks cloudevent grants for asset {asset}: no grant document provides them"
    )]
    CloudEvents {
        /// The licence.
        grantee: Address,
        /// The asset.
        asset: Did,
    },
    /// The token could not be signed.
    #[error("internal error")]
    Internal(#[source] KeyError),
}

/// Permission names with spaces between.
struct Names(PermissionSet);

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .enumerate()
            .try_for_each(|(index, permission)| {
                write!(f, "{}{permission}", if index == 0 { "" } else { " " })
            })
    }
}

impl ExchangeError {
    /// Label for metrics and the access log.
    pub(crate) const fn reason(&self) -> &'static str {
        match self {
            Self::Token(error) => error.reason(),
            Self::Unlicensed(_) => "unlicensed",
            Self::Nothing => "nothing_asked",
            Self::Permission(_) => "unknown_permission",
            Self::AssetMissing | Self::Asset(_) | Self::AssetsDiffer => "asset",
            Self::ForeignAsset(_) => "foreign_asset",
            Self::Audience => "audience_list",
            Self::Lacks { .. } => "not_granted",
            Self::CloudEvents { .. } => "cloud_events",
            Self::Internal(_) => "internal",
        }
    }
}

/// Context of the access-log line, filled as far as the checks came.
#[derive(Default)]
struct Trail {
    client_id: Option<Address>,
    asset: Option<Did>,
    jti: Option<String>,
    permissions: PermissionSet,
    grant_version: Option<u64>,
}

impl AccessService {
    /// Exchanges a developer token for a vehicle token, signed and compact.
    ///
    /// In this order: the developer token is good and its signer still enabled; its licence is live; the
    /// permissions are known; the asset is of this network; the owner's grant covers everything asked for. Single
    /// CloudEvents are refused: only a grant's document can allow them and documents are not read. The token ends with the grant and after [`crate::AccessSettings::vehicle_token_secs`] at the latest.
    ///
    /// # Errors
    /// [`ExchangeError`] for the first check that fails.
    pub fn exchange(
        &self,
        bearer: &str,
        request: &ExchangeRequest,
        now: Timestamp,
    ) -> Result<String, ExchangeError> {
        let mut trail = Trail::default();
        let answer = self.exchange_traced(bearer, request, now, &mut trail);
        let reason = answer.as_ref().map_or_else(ExchangeError::reason, |_| "ok");
        metrics::exchange(reason);
        let decision = Decision {
            action: "exchange",
            client_id: trail.client_id,
            asset: trail.asset.as_ref(),
            jti: trail.jti.as_deref(),
            reason,
            permissions: trail.permissions,
            grant_version: trail.grant_version,
            block: self.view.head(),
        };
        decision.log();
        answer
    }

    /// Verifies a developer token: its own validity, and that the signer who logged in is still enabled. The
    /// licence itself is not looked up.
    ///
    /// # Errors
    /// [`TokenError`] for the first check that fails.
    pub fn verify_developer_token(
        &self,
        bearer: &str,
        now: Timestamp,
    ) -> Result<DeveloperToken, TokenError> {
        let token = token::developer(&self.keys, &self.settings.issuer, bearer, now)?;
        match token.signer {
            Some(signer) if !self.is_signer(token.client_id, signer, now) => {
                Err(TokenError::SignerEnded)
            }
            _ => Ok(token),
        }
    }

    fn exchange_traced(
        &self,
        bearer: &str,
        request: &ExchangeRequest,
        now: Timestamp,
        trail: &mut Trail,
    ) -> Result<String, ExchangeError> {
        // The licence is checked before the signer: revoking a licence ends its signers too, and the caller
        // should hear the cause.
        let developer = token::developer(&self.keys, &self.settings.issuer, bearer, now)
            .map_err(ExchangeError::Token)?;
        let client_id = developer.client_id;
        trail.client_id = Some(client_id);
        if self.view.developer_license(client_id).is_none() {
            return Err(ExchangeError::Unlicensed(client_id));
        }
        if developer
            .signer
            .is_some_and(|signer| !self.is_signer(client_id, signer, now))
        {
            return Err(ExchangeError::Token(TokenError::SignerEnded));
        }
        let wanted = request.wanted().map_err(ExchangeError::Permission)?;
        if wanted.is_empty() && !request.asks_for_events() {
            return Err(ExchangeError::Nothing);
        }
        trail.permissions = wanted;
        let asset = self.asset(request)?;
        trail.asset = Some(asset);
        let audience = self.audience(request)?;
        if request.asks_for_events() {
            return Err(ExchangeError::CloudEvents {
                grantee: client_id,
                asset,
            });
        }
        let decision = self.decide(&asset, client_id, wanted, now)?;
        trail.grant_version = Some(decision.version);
        let claims = self.vehicle_claims(client_id, asset, wanted, &decision, audience, now);
        let token = self.keys.sign(&claims).map_err(ExchangeError::Internal)?;
        trail.jti = Some(claims.jti);
        Ok(token)
    }

    fn asset(&self, request: &ExchangeRequest) -> Result<Did, ExchangeError> {
        let chain = self.view.head().chain;
        let current = request.asset.as_deref().filter(|asset| !asset.is_empty());
        let current = current
            .map(str::parse::<Did>)
            .transpose()
            .map_err(ExchangeError::Asset)?;
        let contract = request
            .nft_contract_address
            .as_deref()
            .filter(|contract| !contract.is_empty());
        let older = match (contract, request.token_id) {
            (Some(contract), Some(token)) => Some(Did::erc721(
                chain,
                parse_address(contract).map_err(ExchangeError::Asset)?,
                token,
            )),
            _ => None,
        };
        let asset = match (current, older) {
            (Some(current), Some(older)) if current != older => {
                return Err(ExchangeError::AssetsDiffer);
            }
            (current, older) => current.or(older).ok_or(ExchangeError::AssetMissing)?,
        };
        let ours = match asset {
            Did::Erc721 { token, .. } => asset == self.view.vehicle_did(token),
            Did::Ethr { .. } => asset.chain() == chain,
            Did::Erc20 { .. } => false,
        };
        if ours {
            Ok(asset)
        } else {
            Err(ExchangeError::ForeignAsset(asset))
        }
    }

    fn audience(&self, request: &ExchangeRequest) -> Result<Vec<String>, ExchangeError> {
        let fits = |audience: &String| {
            !audience.is_empty() && audience.chars().count() <= AUDIENCE_CHARS_MAX
        };
        if request.audience.len() > AUDIENCES_MAX || !request.audience.iter().all(fits) {
            return Err(ExchangeError::Audience);
        }
        if request.audience.is_empty() {
            return Ok(vec![self.settings.audience.clone()]);
        }
        Ok(request.audience.clone())
    }

    fn decide(
        &self,
        asset: &Did,
        client_id: Address,
        wanted: PermissionSet,
        now: Timestamp,
    ) -> Result<AccessDecision, ExchangeError> {
        let lacks = |missing| ExchangeError::Lacks {
            grantee: client_id,
            missing,
            asset: *asset,
        };
        let decision =
            authorize(self.view.as_ref(), asset, client_id, now).map_err(
                |denial| match denial {
                    Denial::Unlicensed(client_id) => ExchangeError::Unlicensed(client_id),
                    // A vehicle that does not exist and one that was not shared look alike.
                    Denial::UnknownAsset(_) | Denial::NoGrant { .. } => lacks(wanted),
                },
            )?;
        let ends_this_second = secs(decision.expires_at) <= secs(now);
        if ends_this_second || !decision.permissions.covers(wanted) {
            return Err(lacks(if ends_this_second {
                wanted
            } else {
                wanted.minus(decision.permissions)
            }));
        }
        Ok(decision)
    }

    fn vehicle_claims(
        &self,
        client_id: Address,
        asset: Did,
        permissions: PermissionSet,
        decision: &AccessDecision,
        aud: Vec<String>,
        now: Timestamp,
    ) -> VehicleClaims {
        let issued_secs = secs(now);
        let longest_secs = issued_secs.saturating_add(self.settings.vehicle_token_secs);
        VehicleClaims {
            iss: self.settings.issuer.clone(),
            sub: client_id.to_string(),
            aud,
            iat: issued_secs,
            nbf: issued_secs,
            exp: longest_secs.min(secs(decision.expires_at)),
            jti: alphanumeric(22),
            token_use: VEHICLE.to_owned(),
            asset: asset.to_string(),
            permissions: permissions
                .iter()
                .map(|permission| permission.name().to_owned())
                .collect(),
            cloud_events: CloudEventsClaim::default(),
            contract_address: asset.address().to_string(),
            token_id: asset.token().map(|token| token.to_string()),
            privilege_ids: permissions.iter().map(Permission::id).collect(),
            grant_version: decision.version,
            block: decision.block.number,
        }
    }
}
