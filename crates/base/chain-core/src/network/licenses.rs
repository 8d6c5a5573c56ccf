use alloy::sol_types::SolCall as _;
use milepost_types::{Address, U256, Wei};

use super::{Network, event, reason_hash};
use crate::{
    Account, ChainError, Receipt, TxRequest,
    contracts::{IConnections, IDevLicense, IIntegrationLicense, IRegistry, IToken},
};

/// A developer licence after it was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssuedLicense {
    /// Token id.
    pub token: U256,
    /// Account of the licence: what an app logs in as.
    pub client_id: Address,
}

impl Network {
    /// Licenses an integration provider (D3-76): the team mints the licence and, on a development network, the DIMO
    /// for the required stake; the provider stakes it. An account that is licensed already is left as it is.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn license_provider(
        &self,
        team: &Account,
        provider: &Account,
    ) -> Result<U256, ChainError> {
        let contract = self.deployment.integration_license()?;
        let holder = provider.address();
        let mut token = self
            .view(contract, IIntegrationLicense::licenseOfCall { holder })
            .await?;
        if token.is_zero() {
            let call = IIntegrationLicense::mintCall { to: holder };
            let receipt = self.act(team, "license provider", contract, call).await?;
            token = event::<IIntegrationLicense::LicenseMinted>(
                &receipt,
                contract,
                "license provider",
            )?
            .tokenId;
        }
        let required = self
            .view(contract, IIntegrationLicense::requirementOfCall { holder })
            .await?;
        let staked = self
            .view(contract, IIntegrationLicense::stakeOfCall { holder })
            .await?;
        if let Some(lacking) = required
            .checked_sub(staked)
            .filter(|amount| !amount.is_zero())
        {
            let held = self.dimo_balance(holder).await?.0;
            if let Some(more) = lacking.checked_sub(held).filter(|amount| !amount.is_zero()) {
                self.mint_dimo(team, holder, Wei(more)).await?;
            }
            self.stake(provider, Wei(lacking)).await?;
        }
        Ok(token)
    }

    /// The provider posts stake of its own.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn stake(&self, provider: &Account, amount: Wei) -> Result<Receipt, ChainError> {
        let contract = self.deployment.integration_license()?;
        let approve = IToken::approveCall {
            spender: contract,
            value: amount.0,
        };
        let stake = IIntegrationLicense::stakeCall { amount: amount.0 };
        self.sender(provider)
            .await
            .send(TxRequest::call(
                "approve stake",
                self.deployment.token()?,
                approve.abi_encode(),
            ))
            .await?;
        self.act(provider, "stake", contract, stake).await
    }

    /// The court takes stake; a zero recipient burns it (D3-80).
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn slash_stake(
        &self,
        court: &Account,
        holder: Address,
        amount: Wei,
        recipient: Address,
        reason: &str,
    ) -> Result<Receipt, ChainError> {
        let call = IIntegrationLicense::slashCall {
            holder,
            amount: amount.0,
            recipient,
            reasonHash: reason_hash(reason),
        };
        self.act(
            court,
            "slash stake",
            self.deployment.integration_license()?,
            call,
        )
        .await
    }

    /// The team suspends a provider's licence.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn suspend_provider(
        &self,
        team: &Account,
        token: U256,
        reason: &str,
    ) -> Result<Receipt, ChainError> {
        let call = IIntegrationLicense::suspendCall {
            tokenId: token,
            reasonHash: reason_hash(reason),
        };
        self.act(
            team,
            "suspend provider",
            self.deployment.integration_license()?,
            call,
        )
        .await
    }

    /// The team ends a suspension.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn reinstate_provider(
        &self,
        team: &Account,
        token: U256,
    ) -> Result<Receipt, ChainError> {
        let call = IIntegrationLicense::reinstateCall { tokenId: token };
        self.act(
            team,
            "reinstate provider",
            self.deployment.integration_license()?,
            call,
        )
        .await
    }

    /// The team takes a provider's licence away.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn revoke_provider(
        &self,
        team: &Account,
        token: U256,
        reason: &str,
    ) -> Result<Receipt, ChainError> {
        let call = IIntegrationLicense::revokeCall {
            tokenId: token,
            reasonHash: reason_hash(reason),
        };
        self.act(
            team,
            "revoke provider",
            self.deployment.integration_license()?,
            call,
        )
        .await
    }

    /// The team asks more stake of one provider; zero returns to the general requirement (D3-84).
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn raise_requirement(
        &self,
        team: &Account,
        holder: Address,
        amount: Wei,
    ) -> Result<Receipt, ChainError> {
        let call = IIntegrationLicense::raiseRequirementCall {
            holder,
            amount: amount.0,
        };
        self.act(
            team,
            "raise requirement",
            self.deployment.integration_license()?,
            call,
        )
        .await
    }

    /// Whether the contract says that a provider is in good standing.
    ///
    /// # Errors
    /// Faults of the endpoint.
    pub async fn is_provider_licensed(&self, holder: Address) -> Result<bool, ChainError> {
        self.view(
            self.deployment.integration_license()?,
            IIntegrationLicense::isLicensedCall { holder },
        )
        .await
    }

    /// Mints a manufacturer with a unique name; one that has the name already is returned as it is.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn mint_manufacturer(
        &self,
        admin: &Account,
        owner: Address,
        name: &str,
    ) -> Result<U256, ChainError> {
        let registry = self.deployment.registry()?;
        let existing = self
            .view(
                registry,
                IRegistry::getManufacturerIdByNameCall {
                    name: name.to_owned(),
                },
            )
            .await?;
        if !existing.is_zero() {
            return Ok(existing);
        }
        if !self
            .view(registry, IRegistry::isControllerCall { account: owner })
            .await?
        {
            self.act(
                admin,
                "set controller",
                registry,
                IRegistry::setControllerCall { controller: owner },
            )
            .await?;
        }
        let call = IRegistry::mintManufacturerCall {
            owner,
            name: name.to_owned(),
            attrInfoPairList: Vec::new(),
        };
        let receipt = self.act(admin, "mint manufacturer", registry, call).await?;
        Ok(
            event::<IRegistry::ManufacturerNodeMinted>(&receipt, registry, "mint manufacturer")?
                .tokenId,
        )
    }

    /// Mints a connection: `name` has 1 to 32 bytes and becomes the id, `key` is what its certificates name.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn mint_connection(
        &self,
        team: &Account,
        owner: Address,
        name: &str,
        key: Address,
    ) -> Result<U256, ChainError> {
        let contract = self.deployment.connections()?;
        let call = IConnections::mintCall {
            to: owner,
            name: name.to_owned(),
            connectionAddr: key,
            connectionType: reason_hash("milepost/connection"),
        };
        let receipt = self.act(team, "mint connection", contract, call).await?;
        Ok(
            event::<IConnections::ConnectionMinted>(&receipt, contract, "mint connection")?
                .connectionId,
        )
    }

    /// The connection with this key, if there is one.
    ///
    /// # Errors
    /// Faults of the endpoint.
    pub async fn connection_of(&self, key: Address) -> Result<Option<U256>, ChainError> {
        let call = IConnections::idByAddressCall {
            connectionAddr: key,
        };
        let id = self.view(self.deployment.connections()?, call).await?;
        Ok((!id.is_zero()).then_some(id))
    }

    /// The team ends a connection.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn revoke_connection(
        &self,
        team: &Account,
        connection: U256,
    ) -> Result<Receipt, ChainError> {
        let call = IConnections::revokeCall {
            connectionId: connection,
        };
        self.act(
            team,
            "revoke connection",
            self.deployment.connections()?,
            call,
        )
        .await
    }

    /// `$DIMO` a developer licence costs now.
    ///
    /// # Errors
    /// Faults of the endpoint.
    pub async fn developer_license_cost(&self) -> Result<Wei, ChainError> {
        self.view(
            self.deployment.dev_license()?,
            IDevLicense::licenseCostInDimoCall {},
        )
        .await
        .map(Wei)
    }

    /// Issues a developer licence to `owner`, who pays for it. `alias` has at most 32 bytes and is unique.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send), among others when `owner` holds too little DIMO.
    pub async fn issue_developer_license(
        &self,
        owner: &Account,
        alias: &str,
    ) -> Result<IssuedLicense, ChainError> {
        let contract = self.deployment.dev_license()?;
        let cost = self.developer_license_cost().await?;
        let approve = IToken::approveCall {
            spender: contract,
            value: cost.0,
        };
        self.act(
            owner,
            "approve licence cost",
            self.deployment.token()?,
            approve,
        )
        .await?;
        let call = IDevLicense::issueInDimoCall {
            licenseAlias: alias.to_owned(),
        };
        let receipt = self
            .act(owner, "issue developer licence", contract, call)
            .await?;
        let issued: IDevLicense::Issued = event(&receipt, contract, "issue developer licence")?;
        Ok(IssuedLicense {
            token: issued.tokenId,
            client_id: issued.clientId,
        })
    }

    /// Lets a key log in for a developer licence.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn enable_signer(
        &self,
        owner: &Account,
        token: U256,
        signer: Address,
    ) -> Result<Receipt, ChainError> {
        let call = IDevLicense::enableSignerCall {
            tokenId: token,
            signer,
        };
        self.act(owner, "enable signer", self.deployment.dev_license()?, call)
            .await
    }

    /// Ends that.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn disable_signer(
        &self,
        owner: &Account,
        token: U256,
        signer: Address,
    ) -> Result<Receipt, ChainError> {
        let call = IDevLicense::disableSignerCall {
            tokenId: token,
            signer,
        };
        self.act(
            owner,
            "disable signer",
            self.deployment.dev_license()?,
            call,
        )
        .await
    }

    /// Adds or removes a redirect URI of a developer licence.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn set_redirect_uri(
        &self,
        owner: &Account,
        token: U256,
        uri: &str,
        enabled: bool,
    ) -> Result<Receipt, ChainError> {
        let call = IDevLicense::setRedirectUriCall {
            tokenId: token,
            enabled,
            uri: uri.to_owned(),
        };
        self.act(
            owner,
            "set redirect URI",
            self.deployment.dev_license()?,
            call,
        )
        .await
    }

    /// Ends a developer licence (D1-43).
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn revoke_developer_license(
        &self,
        team: &Account,
        token: U256,
    ) -> Result<Receipt, ChainError> {
        let call = IDevLicense::revokeCall { tokenId: token };
        self.act(
            team,
            "revoke developer licence",
            self.deployment.dev_license()?,
            call,
        )
        .await
    }
}
