//! What people and machines of the network do, as real transactions: for demos, tests, replays and the command
//! line. Each takes the account that acts and waits until the transaction is mined; the events it must emit are
//! read from the receipt.

mod court;
mod devices;
mod grants;
mod handover;
pub(crate) mod licenses;
pub(crate) mod named;
mod vehicles;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use alloy::{
    primitives::{Bytes, Log as PrimitiveLog},
    sol_types::{Eip712Domain, SolCall, SolEvent, SolStruct, eip712_domain},
};
use milepost_types::{Address, B256, U256, Wei, keccak256};
use tokio::sync::Mutex;

use crate::{
    Account, ChainError, ChainSource as _, ContractCall, Deployment, Receipt, Rpc, Sender,
    TxRequest,
    contracts::{IRegistry, IToken},
    devchain::set_balance,
};

pub use devices::{FleetMember, NewDevice, Onboarded};
pub use grants::NewGrant;
pub use handover::Handover;
pub use licenses::IssuedLicense;
pub use named::{NamedEvent, Outcome, Payment};
pub use vehicles::NewVehicle;

/// Most entries of one batch call; the contracts refuse more.
const BATCH_MAX: usize = 50;
/// How long a signed message is good, in chain time.
const MESSAGE_LIFE_SECS: u64 = 3600;

/// One free-text attribute, `(name, value)`; the contracts allow a fixed list of names.
pub type Attribute = (String, String);

/// A deployed network and the accounts that act on it.
#[derive(Debug)]
pub struct Network {
    rpc: Rpc,
    deployment: Deployment,
    senders: Mutex<HashMap<Address, Arc<Sender>>>,
    messages: AtomicU64,
}

impl Network {
    /// A network at this endpoint.
    ///
    /// # Errors
    /// [`ChainError::Setting`] when the endpoint serves another chain than the deployment's.
    pub async fn connect(rpc: Rpc, deployment: Deployment) -> Result<Self, ChainError> {
        let found = rpc.chain_id().await?;
        if found != deployment.chain_id {
            let reason = format!(
                "serves chain {found}, the contracts are on chain {}",
                deployment.chain_id
            );
            return Err(ChainError::Setting {
                name: "rpc",
                reason,
            });
        }
        Ok(Self {
            rpc,
            deployment,
            senders: Mutex::default(),
            messages: AtomicU64::new(0),
        })
    }

    /// Where the contracts are.
    #[must_use]
    pub const fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// The endpoint.
    #[must_use]
    pub const fn rpc(&self) -> &Rpc {
        &self.rpc
    }

    /// The sender of an account; one per account, so that nonces stay in order.
    pub async fn sender(&self, account: &Account) -> Arc<Sender> {
        let mut senders = self.senders.lock().await;
        let new = || {
            Arc::new(Sender::new(
                self.rpc.clone(),
                account.clone(),
                self.deployment.chain_id,
            ))
        };
        Arc::clone(senders.entry(account.address()).or_insert_with(new))
    }

    /// Gives accounts 1,000 of the chain's coin for gas. Development chains only.
    ///
    /// # Errors
    /// [`ChainError::Rpc`] on a chain that does not allow it.
    pub async fn fund_gas(
        &self,
        accounts: impl IntoIterator<Item = Address>,
    ) -> Result<(), ChainError> {
        for account in accounts {
            set_balance(
                &self.rpc,
                account,
                U256::from(1_000u64) * U256::from(10u64).pow(U256::from(18)),
            )
            .await?;
        }
        Ok(())
    }

    /// Creates `$DIMO`. The admin of a development token only.
    ///
    /// # Errors
    /// As [`Sender::send`].
    pub async fn mint_dimo(
        &self,
        admin: &Account,
        to: Address,
        amount: Wei,
    ) -> Result<Receipt, ChainError> {
        let token = self.deployment.token()?;
        self.act(
            admin,
            "mint DIMO",
            token,
            IToken::mintCall {
                to,
                amount: amount.0,
            },
        )
        .await
    }

    /// `$DIMO` an account holds.
    ///
    /// # Errors
    /// Faults of the endpoint.
    pub async fn dimo_balance(&self, account: Address) -> Result<Wei, ChainError> {
        self.view(self.deployment.token()?, IToken::balanceOfCall { account })
            .await
            .map(Wei)
    }

    /// Sends one call and waits.
    pub(crate) async fn act(
        &self,
        account: &Account,
        label: &str,
        to: Address,
        call: impl SolCall,
    ) -> Result<Receipt, ChainError> {
        self.sender(account)
            .await
            .send(TxRequest::call(label, to, call.abi_encode()))
            .await
    }

    /// Sends calls of the registry, some per transaction, in order; one receipt per transaction.
    pub(crate) async fn act_batched(
        &self,
        account: &Account,
        label: &str,
        per_transaction: usize,
        calls: Vec<Bytes>,
    ) -> Result<Vec<Receipt>, ChainError> {
        let registry = self.deployment.registry()?;
        let txs = calls.chunks(per_transaction.min(BATCH_MAX)).map(|batch| {
            let call = IRegistry::multiDelegateCallCall {
                data: batch.to_vec(),
            };
            TxRequest::call(label, registry, call.abi_encode())
        });
        self.sender(account).await.send_all(txs.collect()).await
    }

    /// The same view of the registry with many arguments, in few requests.
    pub(crate) async fn registry_views<C: SolCall>(
        &self,
        calls: &[C],
    ) -> Result<Vec<C::Return>, ChainError> {
        let registry = self.deployment.registry()?;
        let mut answers = Vec::with_capacity(calls.len());
        for batch in calls.chunks(BATCH_MAX) {
            let data = batch
                .iter()
                .map(|call| Bytes::from(call.abi_encode()))
                .collect();
            for answer in &self
                .view(registry, IRegistry::multiStaticCallCall { data })
                .await?
            {
                answers.push(read::<C>(registry, answer)?);
            }
        }
        Ok(answers)
    }

    /// Reads a view at the latest block.
    pub(crate) async fn view<C: SolCall>(
        &self,
        to: Address,
        call: C,
    ) -> Result<C::Return, ChainError> {
        let answer = self
            .rpc
            .call(ContractCall::latest(to, call.abi_encode()))
            .await?;
        read::<C>(to, &answer)
    }

    /// Signs an EIP-712 message of the registry.
    pub(crate) fn sign(
        &self,
        account: &Account,
        message: &impl SolStruct,
    ) -> Result<[u8; 65], ChainError> {
        let domain: Eip712Domain = eip712_domain! {
            name: "DIMO",
            version: "1",
            chain_id: self.deployment.chain_id,
            verifying_contract: self.deployment.registry()?,
        };
        account.sign_digest(message.eip712_signing_hash(&domain))
    }

    /// A nonce nobody used and the time until which the message is good.
    pub(crate) async fn message_limits(
        &self,
        account: &Account,
    ) -> Result<(U256, U256), ChainError> {
        let count = self.messages.fetch_add(1, Ordering::Relaxed);
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos();
        let nonce = keccak256(format!(
            "{}/{now}/{count}/{}",
            account.address(),
            std::process::id()
        ));
        let chain_now = self.sender(account).await.now().await?;
        Ok((
            U256::from_be_bytes(nonce.0),
            U256::from(chain_now + MESSAGE_LIFE_SECS),
        ))
    }
}

fn read<C: SolCall>(contract: Address, answer: &[u8]) -> Result<C::Return, ChainError> {
    C::abi_decode_returns(answer).map_err(|error| ChainError::Deployment {
        name: C::SIGNATURE.to_owned(),
        address: contract,
        reason: format!("answers what cannot be read: {error}"),
    })
}

/// The events of this kind that a contract emitted, in order.
pub(crate) fn events<E: SolEvent>(receipt: &Receipt, contract: Address) -> Vec<E> {
    let own = receipt.logs.iter().filter(|log| log.address == contract);
    own.filter_map(|log| {
        let log = PrimitiveLog::new(log.address, log.topics.clone(), log.data.clone())?;
        E::decode_log(&log).ok().map(|log| log.data)
    })
    .collect()
}

/// The one event that a call must emit.
pub(crate) fn event<E: SolEvent>(
    receipt: &Receipt,
    contract: Address,
    call: &'static str,
) -> Result<E, ChainError> {
    let missing = ChainError::MissingEvent {
        call,
        event: E::SIGNATURE,
    };
    events(receipt, contract).into_iter().next().ok_or(missing)
}

/// Hash of a published reason, as bans and suspensions carry it.
#[must_use]
pub fn reason_hash(reason: &str) -> B256 {
    keccak256(reason)
}

pub(crate) fn pairs(attributes: &[Attribute]) -> Vec<crate::contracts::AttributeInfoPair> {
    attributes
        .iter()
        .map(|(attribute, info)| crate::contracts::AttributeInfoPair {
            attribute: attribute.clone(),
            info: info.clone(),
        })
        .collect()
}
