use milepost_types::{Address, U256};

use super::{Network, event};
use crate::{
    Account, ChainError, Receipt,
    contracts::{ISacd, ITemplate},
};

/// A permission grant to write.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// Who may use it.
    pub grantee: Address,
    /// Two bits per permission, as on the chain.
    pub permissions: U256,
    /// Good before this time, seconds since 1970.
    pub expires_at: u64,
    /// Template it follows, zero for none.
    pub template: U256,
    /// Where the signed document is, may be empty.
    pub source: String,
}

impl NewGrant {
    /// A grant without template and document.
    #[must_use]
    pub const fn new(grantee: Address, permissions: U256, expires_at: u64) -> Self {
        Self {
            grantee,
            permissions,
            expires_at,
            template: U256::ZERO,
            source: String::new(),
        }
    }
}

impl Network {
    /// The owner of a vehicle grants permissions on it; an older grant to the same grantee is replaced.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn grant_vehicle(
        &self,
        owner: &Account,
        vehicle: U256,
        grant: &NewGrant,
    ) -> Result<Receipt, ChainError> {
        self.grant(owner, self.deployment.vehicle()?, vehicle, grant)
            .await
    }

    /// The owner of any NFT grants permissions on it.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn grant(
        &self,
        owner: &Account,
        asset: Address,
        token: U256,
        grant: &NewGrant,
    ) -> Result<Receipt, ChainError> {
        let call = ISacd::setPermissionsCall {
            asset,
            tokenId: token,
            grantee: grant.grantee,
            permissions: grant.permissions,
            expiration: U256::from(grant.expires_at),
            templateId: grant.template,
            source: grant.source.clone(),
        };
        self.act(owner, "grant permissions", self.deployment.sacd()?, call)
            .await
    }

    /// The owner takes a grant on a vehicle back.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn revoke_vehicle_grant(
        &self,
        owner: &Account,
        vehicle: U256,
        grantee: Address,
    ) -> Result<Receipt, ChainError> {
        self.grant_vehicle(owner, vehicle, &NewGrant::new(grantee, U256::ZERO, 0))
            .await
    }

    /// Grants permissions on everything the account owns.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn grant_account(
        &self,
        owner: &Account,
        grant: &NewGrant,
    ) -> Result<Receipt, ChainError> {
        let call = ISacd::setAccountPermissionsCall {
            grantee: grant.grantee,
            permissions: grant.permissions,
            expiration: U256::from(grant.expires_at),
            templateId: grant.template,
            source: grant.source.clone(),
        };
        self.act(
            owner,
            "grant account permissions",
            self.deployment.sacd()?,
            call,
        )
        .await
    }

    /// The grantee gives a grant on a vehicle up.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn renounce_vehicle_grant(
        &self,
        grantee: &Account,
        vehicle: U256,
    ) -> Result<Receipt, ChainError> {
        let call = ISacd::renouncePermissionsCall {
            asset: self.deployment.vehicle()?,
            tokenId: vehicle,
        };
        self.act(
            grantee,
            "renounce permissions",
            self.deployment.sacd()?,
            call,
        )
        .await
    }

    /// Publishes a template for grants on vehicles; `cid` names its document.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn create_vehicle_template(
        &self,
        creator: &Account,
        permissions: U256,
        cid: &str,
    ) -> Result<U256, ChainError> {
        let contract = self.deployment.template()?;
        let call = ITemplate::createTemplateCall {
            asset: self.deployment.vehicle()?,
            permissions,
            cid: cid.to_owned(),
        };
        let receipt = self.act(creator, "create template", contract, call).await?;
        Ok(event::<ITemplate::TemplateCreated>(&receipt, contract, "create template")?.templateId)
    }

    /// Ends a template; grants that follow it are no longer honoured.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn deactivate_template(
        &self,
        creator: &Account,
        template: U256,
    ) -> Result<Receipt, ChainError> {
        let call = ITemplate::deactivateTemplateCall {
            templateId: template,
        };
        self.act(
            creator,
            "deactivate template",
            self.deployment.template()?,
            call,
        )
        .await
    }
}
