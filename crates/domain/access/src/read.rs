use aws_lc_rs::digest;
use milepost_policy::{Denial, PermissionSet, authorize};
use milepost_types::Timestamp;

use crate::{
    AccessService, ReadGrant, TokenError, VehicleToken, audit::Decision, cache::TokenHash, metrics,
    token,
};

impl AccessService {
    /// Verifies a vehicle token of this issuer for this network's audience at `now`.
    ///
    /// A token seen before costs one hash; its times are checked all the same.
    ///
    /// # Errors
    /// [`TokenError`] for the first check that fails.
    pub fn verify_vehicle_token(
        &self,
        bearer: &str,
        now: Timestamp,
    ) -> Result<VehicleToken, TokenError> {
        let answer = self.verify_remembered(bearer, now);
        metrics::token(
            answer
                .as_ref()
                .map_or_else(TokenError::reason, |(_, how)| how),
        );
        answer.map(|(token, _)| token)
    }

    fn verify_remembered(
        &self,
        bearer: &str,
        now: Timestamp,
    ) -> Result<(VehicleToken, &'static str), TokenError> {
        if bearer.len() > token::TOKEN_BYTES_MAX {
            return Err(TokenError::Malformed);
        }
        let mut hash: TokenHash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, bearer.as_bytes()).as_ref());
        if let Some(token) = self.verified.get(&hash) {
            token.check_times(now)?;
            return Ok((token, "cached"));
        }
        let token = token::vehicle(
            &self.keys,
            &self.settings.issuer,
            &self.settings.audience,
            bearer,
        )?;
        token.check_times(now)?;
        self.verified.put(hash, token.clone());
        Ok((token, "verified"))
    }

    /// What the bearer of a verified token may read now: the permissions of the token that the chain still grants.
    ///
    /// Asked at every read, so that whatever ends a grant (a revoked licence, a withdrawn or narrowed grant, a
    /// sale, expiry) ends reading with the next block the twin sees (D1-42, D1-43). A grant of another version
    /// than the token's counts as none.
    ///
    /// # Errors
    /// The [`Denial`] that applies; [`Denial::NoGrant`] also for a token that has ended or shares nothing with
    /// the grant.
    pub fn authorize_read(
        &self,
        token: &VehicleToken,
        now: Timestamp,
    ) -> Result<ReadGrant, Denial> {
        let answer = self.read_grant(token, now);
        let reason = match &answer {
            Ok(_) => "ok",
            Err((_, reason)) => reason,
        };
        metrics::read(reason);
        let decision = Decision {
            action: "read",
            client_id: Some(token.client_id),
            asset: Some(&token.asset),
            jti: Some(&token.jti),
            reason,
            permissions: answer
                .as_ref()
                .map_or(PermissionSet::EMPTY, |grant| grant.permissions),
            grant_version: Some(token.grant_version),
            block: answer
                .as_ref()
                .map_or_else(|_| self.view.head(), |grant| grant.block),
        };
        decision.log();
        answer.map_err(|(denial, _)| denial)
    }

    fn read_grant(
        &self,
        token: &VehicleToken,
        now: Timestamp,
    ) -> Result<ReadGrant, (Denial, &'static str)> {
        let none = || Denial::NoGrant {
            asset: token.asset,
            grantee: token.client_id,
        };
        if token.check_times(now).is_err() {
            return Err((none(), "token_ended"));
        }
        let decision = authorize(self.view.as_ref(), &token.asset, token.client_id, now).map_err(
            |denial| {
                let reason = match denial {
                    Denial::UnknownAsset(_) => "unknown_asset",
                    Denial::Unlicensed(_) => "unlicensed",
                    Denial::NoGrant { .. } => "not_granted",
                };
                (denial, reason)
            },
        )?;
        if decision.version != token.grant_version {
            return Err((none(), "grant_version"));
        }
        let permissions = token.permissions.intersect(decision.permissions);
        if permissions.is_empty() {
            return Err((none(), "not_granted"));
        }
        Ok(ReadGrant {
            client_id: token.client_id,
            asset: token.asset,
            permissions,
            expires_at: token.expires_at.min(decision.expires_at),
            block: decision.block,
        })
    }
}
