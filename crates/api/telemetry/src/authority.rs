use std::fmt::Debug;

use milepost_access::{AccessService, ReadGrant};
use milepost_types::Timestamp;
use thiserror::Error;

/// Says what the bearer of a token may read now. Asked for every request; must not block.
pub trait ReadAuthority: Send + Sync + Debug {
    /// The grant behind `bearer`; `None` when no token was sent.
    ///
    /// # Errors
    /// [`AuthError::Token`] for a token that is no good, [`AuthError::Denied`] when the token is good but nothing
    /// may be read with it now.
    fn read_grant(
        &self,
        bearer: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<ReadGrant>, AuthError>;
}

/// Why nothing may be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuthError {
    /// Malformed, expired, not yet valid, of another issuer or audience, or wrongly signed.
    #[error("JWT is invalid")]
    Token,
    /// The chain grants nothing now: licence revoked, grant withdrawn or ended, vehicle sold or burned.
    #[error("{0}")]
    Denied(String),
}

impl ReadAuthority for AccessService {
    fn read_grant(
        &self,
        bearer: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<ReadGrant>, AuthError> {
        let Some(bearer) = bearer else {
            return Ok(None);
        };
        let token = self
            .verify_vehicle_token(bearer, now)
            .map_err(|_| AuthError::Token)?;
        self.authorize_read(&token, now)
            .map(Some)
            .map_err(|denial| AuthError::Denied(denial.to_string()))
    }
}

/// Who asks, as far as planning needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// No token: introspection only.
    Anonymous,
    /// A good token with which nothing may be read now, and why.
    Refused(String),
    /// A grant.
    Granted(ReadGrant),
}

impl Caller {
    /// Asks the authority.
    ///
    /// # Errors
    /// [`AuthError::Token`] only.
    pub(crate) fn identify(
        authority: &dyn ReadAuthority,
        bearer: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, AuthError> {
        match authority.read_grant(bearer, now) {
            Ok(None) => Ok(Self::Anonymous),
            Ok(Some(grant)) => Ok(Self::Granted(grant)),
            Err(AuthError::Denied(reason)) => Ok(Self::Refused(reason)),
            Err(AuthError::Token) => Err(AuthError::Token),
        }
    }

    /// The grant, if there is one.
    pub(crate) const fn grant(&self) -> Option<&ReadGrant> {
        match self {
            Self::Granted(grant) => Some(grant),
            Self::Anonymous | Self::Refused(_) => None,
        }
    }

    /// Whether what was read under `earlier` may still be answered under `self`.
    pub(crate) fn still_covers(&self, earlier: &Self) -> bool {
        match (earlier.grant(), self.grant()) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(earlier), Some(now)) => {
                now.asset == earlier.asset
                    && now.client_id == earlier.client_id
                    && now.permissions.covers(earlier.permissions)
            }
        }
    }
}
