use milepost_types::{Address, B256, U256, Wei};

use super::{Network, event, reason_hash};
use crate::{
    Account, ChainError, Receipt,
    contracts::{
        IConnections, IDevLicense, ILicenseBook, IParameters, IRegistry, IStakeVault, ITeamRoster,
        IToken,
    },
};

/// Kind of a provider's licence.
const PROVIDER: u8 = 1;
/// State of an application that nobody has decided.
const APPLIED: u8 = 1;

/// A developer licence after it was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssuedLicense {
    /// Token id.
    pub token: U256,
    /// Account of the licence: what an app logs in as.
    pub client_id: Address,
}

impl Network {
    /// Licenses an integration provider (D3-76): the provider applies, the team approves and, on a development
    /// network, mints the DIMO that the stake lacks; the provider stakes it. An account whose licence is active is
    /// left as it is, a suspended licence stays suspended.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send), among others when the profile lets a vote approve providers and
    /// `team` is not governance.
    pub async fn license_provider(
        &self,
        team: &Account,
        provider: &Account,
    ) -> Result<U256, ChainError> {
        let book = self.deployment.license_book()?;
        let holder = provider.address();
        let mut id = self.provider_license(holder).await?;
        if id.is_zero() {
            let call = ILicenseBook::applyForCall {
                kind: PROVIDER,
                applicationHash: reason_hash("provider application"),
            };
            let receipt = self
                .act(provider, "apply for provider licence", book, call)
                .await?;
            id = event::<ILicenseBook::LicenseApplied>(
                &receipt,
                book,
                "apply for provider licence",
            )?
            .id;
        }
        if self.view(book, ILicenseBook::stateOfCall { id }).await? == APPLIED {
            self.appoint(team, team.address()).await?;
            let call = ILicenseBook::decideCall {
                id,
                approved: true,
                analysisHash: reason_hash("provider approval"),
            };
            self.act(team, "approve provider", book, call).await?;
        }
        let required = self
            .view(book, ILicenseBook::requirementOfCall { id })
            .await?;
        let staked = self
            .view(
                self.deployment.stake_vault()?,
                IStakeVault::countedStakeOfCall { licenseId: id },
            )
            .await?;
        if let Some(lacking) = required
            .checked_sub(staked)
            .filter(|amount| !amount.is_zero())
        {
            let held = self.dimo_balance(holder).await?.0;
            if let Some(more) = lacking.checked_sub(held).filter(|amount| !amount.is_zero()) {
                self.mint_dimo(team, holder, Wei(more)).await?;
            }
            self.stake(provider, id, Wei(lacking)).await?;
        }
        Ok(id)
    }

    /// The live provider licence of an account, zero without one.
    ///
    /// # Errors
    /// Faults of the endpoint.
    pub async fn provider_license(&self, holder: Address) -> Result<U256, ChainError> {
        let call = ILicenseBook::licenseOfCall {
            holder,
            kind: PROVIDER,
        };
        self.view(self.deployment.license_book()?, call).await
    }

    /// Makes an account a member of the team for the longest term (D1-22), or renews one whose term is over; a member
    /// is left as it is.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send), among others when `governance` lacks GOVERNANCE_ROLE on the roster.
    pub async fn appoint(&self, governance: &Account, account: Address) -> Result<(), ChainError> {
        let roster = self.deployment.team_roster()?;
        if self
            .view(roster, ITeamRoster::isMemberCall { account })
            .await?
        {
            return Ok(());
        }
        let call = IParameters::getCall {
            key: text_key("license.term_max"),
        };
        let longest = self.view(self.deployment.parameters()?, call).await?;
        let until = U256::from(self.sender(governance).await.now().await?) + longest;
        let before = self
            .view(roster, ITeamRoster::termOfCall { account })
            .await?;
        if before.is_zero() {
            let call = ITeamRoster::appointCall { account, until };
            self.act(governance, "appoint to the team", roster, call)
                .await?;
        } else {
            let call = ITeamRoster::renewCall { account, until };
            self.act(governance, "renew the team's term", roster, call)
                .await?;
        }
        Ok(())
    }

    /// Posts stake for a licence: the holder's own, or a partner's when another account posts it.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn stake(
        &self,
        poster: &Account,
        license: U256,
        amount: Wei,
    ) -> Result<Receipt, ChainError> {
        let vault = self.deployment.stake_vault()?;
        let approve = IToken::approveCall {
            spender: vault,
            value: amount.0,
        };
        self.act(poster, "approve stake", self.deployment.token()?, approve)
            .await?;
        let stake = IStakeVault::stakeCall {
            licenseId: license,
            amount: amount.0,
        };
        self.act(poster, "stake", vault, stake).await
    }

    /// The team suspends a licence. The published analysis is named by its hash (D1-22).
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn suspend_provider(
        &self,
        team: &Account,
        license: U256,
        analysis: &str,
    ) -> Result<Receipt, ChainError> {
        let call = ILicenseBook::suspendCall {
            id: license,
            analysisHash: reason_hash(analysis),
        };
        self.act(
            team,
            "suspend provider",
            self.deployment.license_book()?,
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
        license: U256,
        analysis: &str,
    ) -> Result<Receipt, ChainError> {
        let call = ILicenseBook::reinstateCall {
            id: license,
            analysisHash: reason_hash(analysis),
        };
        self.act(
            team,
            "reinstate provider",
            self.deployment.license_book()?,
            call,
        )
        .await
    }

    /// Takes a licence away. Governance may do so at any time; a team member only after the suspension has lasted for
    /// `license.revoke_window`, and only when `license.revoke_by_team` is set (C-28).
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn revoke_provider(
        &self,
        by: &Account,
        license: U256,
        analysis: &str,
    ) -> Result<Receipt, ChainError> {
        let call = ILicenseBook::revokeCall {
            id: license,
            analysisHash: reason_hash(analysis),
        };
        self.act(by, "revoke provider", self.deployment.license_book()?, call)
            .await
    }

    /// The team asks more stake for one licence; zero returns to the general requirement (D3-84).
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn raise_requirement(
        &self,
        team: &Account,
        license: U256,
        amount: Wei,
        reason: &str,
    ) -> Result<Receipt, ChainError> {
        let call = ILicenseBook::raiseRequirementCall {
            id: license,
            amount: amount.0,
            reasonHash: reason_hash(reason),
        };
        self.act(
            team,
            "raise requirement",
            self.deployment.license_book()?,
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
            self.deployment.license_book()?,
            ILicenseBook::isLicensedCall { holder },
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

/// A parameter's name as the contracts key it: ASCII of at most 32 bytes, left-aligned.
pub(crate) fn text_key(name: &str) -> B256 {
    B256::right_padding_from(name.as_bytes())
}
