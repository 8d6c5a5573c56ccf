use milepost_types::{Address, B256, U256, Wei};

use super::{Network, event, reason_hash};
use crate::{
    Account, ChainError, Receipt,
    contracts::{ICourt, IParameters, IToken},
    network::licenses::text_key,
};

impl Network {
    /// The way in which stake is lost without waiting for windows: a case is opened with its deposit, answered, and
    /// settled for `amount` between challenger and provider (D3-80): at least a deposit, at most the provider's own
    /// stake. On a development network `team` mints what the challenger lacks. `evidence` must be new for the licence.
    /// Gives the transaction that took the stake.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn settle_case(
        &self,
        team: &Account,
        parties: (&Account, &Account),
        license: U256,
        amount: Wei,
        evidence: &str,
    ) -> Result<Receipt, ChainError> {
        let (challenger, provider) = parties;
        let court = self.deployment.court()?;
        let id = self.answered_case(team, parties, license, evidence).await?;
        let propose = ICourt::proposeSettlementCall {
            caseId: id,
            amount: amount.0,
        };
        self.act(provider, "propose settlement", court, propose)
            .await?;
        let accept = ICourt::acceptSettlementCall {
            caseId: id,
            amount: amount.0,
        };
        self.act(challenger, "accept settlement", court, accept)
            .await
    }

    /// The other way, for more than the stake: a case is opened and answered, mediation declined, and upheld with
    /// `amount` by `adjudicator`, whom governance must have named for cases of an external adjudicator
    /// (`court.adjudicator` 2) before, and who mints what the challenger lacks. Gives the case, to close with [`Self::close_case`] after the appeal window.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn rule_case(
        &self,
        adjudicator: &Account,
        parties: (&Account, &Account),
        license: U256,
        amount: Wei,
        evidence: &str,
    ) -> Result<U256, ChainError> {
        let id = self
            .answered_case(adjudicator, parties, license, evidence)
            .await?;
        let decline = self.transaction("Court", "declineMediation", &[id.to_string()])?;
        self.execute(parties.1, vec![decline]).await?;
        let opinion = reason_hash(evidence);
        let ruling = format!("(true,{},(0,0,0,0),{opinion},{},0)", amount.0, B256::ZERO);
        let rule = self.transaction("Court", "rule", &[id.to_string(), ruling])?;
        self.execute(adjudicator, vec![rule]).await?;
        Ok(id)
    }

    /// Carries a final ruling out (D3-80). What the stake does not cover becomes debt of the holder.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn close_case(&self, by: &Account, case: U256) -> Result<(), ChainError> {
        let close = self.transaction("Court", "close", &[case.to_string()])?;
        self.execute(by, vec![close]).await?;
        Ok(())
    }

    /// Opens a case and answers it.
    async fn answered_case(
        &self,
        team: &Account,
        parties: (&Account, &Account),
        license: U256,
        evidence: &str,
    ) -> Result<U256, ChainError> {
        let court = self.deployment.court()?;
        let (challenger, provider) = parties;
        let key = text_key("court.deposit");
        let deposit = self
            .view(self.deployment.parameters()?, IParameters::getCall { key })
            .await?;
        // The challenger holds as much besides (docs/specs/economy.md §4).
        let needed = deposit.saturating_mul(U256::from(2));
        let held = self.dimo_balance(challenger.address()).await?.0;
        if let Some(more) = needed.checked_sub(held).filter(|more| !more.is_zero()) {
            self.mint_dimo(team, challenger.address(), Wei(more))
                .await?;
        }
        let approve = IToken::approveCall {
            spender: court,
            value: deposit,
        };
        self.act(
            challenger,
            "approve deposit",
            self.deployment.token()?,
            approve,
        )
        .await?;
        let open = ICourt::openCall {
            licenseId: license,
            breachAt: U256::from(self.sender(challenger).await.now().await?),
            claimHash: reason_hash(evidence),
            evidenceHash: reason_hash(evidence),
            subject: Address::ZERO,
            subjectId: U256::ZERO,
        };
        let receipt = self.act(challenger, "open case", court, open).await?;
        let id = event::<ICourt::CaseOpened>(&receipt, court, "open case")?.caseId;
        let respond = ICourt::respondCall {
            caseId: id,
            evidenceHash: reason_hash(evidence),
        };
        self.act(provider, "respond", court, respond).await?;
        Ok(id)
    }

    /// Pays what the stake did not cover.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn pay_court_debt(
        &self,
        payer: &Account,
        case: U256,
        amount: Wei,
    ) -> Result<Receipt, ChainError> {
        let court = self.deployment.court()?;
        let approve = IToken::approveCall {
            spender: court,
            value: amount.0,
        };
        self.act(payer, "approve debt", self.deployment.token()?, approve)
            .await?;
        let pay = ICourt::payDebtCall {
            caseId: case,
            amount: amount.0,
        };
        self.act(payer, "pay debt", court, pay).await
    }

    /// What an account owes beyond the stake that was taken. While it owes, it is not licensed.
    ///
    /// # Errors
    /// Faults of the endpoint.
    pub async fn court_debt(&self, holder: Address) -> Result<Wei, ChainError> {
        let call = ICourt::debtOfCall { holder };
        self.view(self.deployment.court()?, call).await.map(Wei)
    }
}
