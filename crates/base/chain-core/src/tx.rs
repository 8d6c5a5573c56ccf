use std::{
    collections::VecDeque,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use alloy::{
    consensus::TxEip1559,
    primitives::{Bytes, TxKind, U64},
    rpc::types::Log,
};
use milepost_types::{Address, B256, U256, keccak256};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;

use crate::{
    Account, ChainError, ChainLog, ChainSource as _, Rpc, artifacts, rpc_source::chain_log,
};

/// Longest wait for a transaction to be mined.
const MINED_WITHIN: Duration = Duration::from_secs(120);
/// How long fees are good before they are asked for again.
const FEES_LIVE: Duration = Duration::from_secs(10);
/// Transactions that [`Sender::send_all`] has unmined at once; nodes keep at least 16 of one account in their pool.
const UNMINED_MAX: usize = 16;
/// Most gas of one transaction on chains that limit it (EIP-7825).
const GAS_MAX: u64 = 16_777_216;
/// Longest pause between two looks for a receipt.
const PAUSE_MAX: Duration = Duration::from_millis(256);
/// Gas above the estimate for two fresh storage slots: a token writes one checkpoint per block, so what was free in
/// the pending block costs in the next.
const GAS_SPARE: u64 = 50_000;
/// How long a nonce must be taken without a receipt before the transaction is sent again.
const REPLACED_FOR: Duration = Duration::from_secs(3);
/// Tries to send with a nonce and a fee that the endpoint takes.
const TRIES: u32 = 10;

/// A transaction to send.
#[derive(Debug, Clone)]
pub struct TxRequest {
    /// What it does, for errors.
    pub label: String,
    /// Contract or account.
    pub to: Address,
    /// Selector and arguments.
    pub data: Bytes,
    /// Coin to send along, in wei.
    pub value: U256,
}

impl TxRequest {
    /// A call without coin.
    #[must_use]
    pub fn call(label: impl Into<String>, to: Address, data: impl Into<Bytes>) -> Self {
        Self {
            label: label.into(),
            to,
            data: data.into(),
            value: U256::ZERO,
        }
    }
}

/// A mined, successful transaction.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// Transaction.
    pub transaction: B256,
    /// Block it is in.
    pub block_number: u64,
    /// Hash of that block.
    pub block_hash: B256,
    /// Gas it used.
    pub gas_used: u64,
    /// Its events.
    pub logs: Vec<ChainLog>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireReceipt {
    status: U64,
    block_number: U64,
    block_hash: B256,
    gas_used: U64,
    logs: Vec<Log>,
}

/// The outermost call of a trace.
#[derive(Debug, Deserialize)]
struct WireTrace {
    output: Option<Bytes>,
    error: Option<String>,
}

#[derive(Debug, Clone, Copy)]
struct Fees {
    max: u128,
    priority: u128,
    at: Instant,
}

#[derive(Debug, Default)]
struct Cursor {
    nonce: Option<u64>,
    fees: Option<Fees>,
}

/// Sends one account's transactions in order, without waiting for one to be mined before the next is sent.
///
/// Nonces are counted here while own transactions wait to be mined, and are read from the chain otherwise and
/// after a refusal: another sender of the same account costs retries, and a chain that lost blocks leaves no gap
/// that would hold later transactions for ever. Every transaction is estimated first, so a call that would revert
/// is refused with the contract's reason and costs nothing.
#[derive(Debug)]
pub struct Sender {
    rpc: Rpc,
    account: Account,
    chain_id: u64,
    cursor: Mutex<Cursor>,
    unmined: AtomicUsize,
}

/// A transaction that the endpoint took.
#[derive(Debug)]
struct Sent<'a> {
    hash: B256,
    nonce: u64,
    _unmined: Unmined<'a>,
}

/// Counts one transaction as not mined while it lives.
#[derive(Debug)]
struct Unmined<'a>(&'a AtomicUsize);

impl<'a> Unmined<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Unmined<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Sender {
    /// A sender for this account.
    #[must_use]
    pub fn new(rpc: Rpc, account: Account, chain_id: u64) -> Self {
        Self {
            rpc,
            account,
            chain_id,
            cursor: Mutex::default(),
            unmined: AtomicUsize::new(0),
        }
    }

    /// The account's address.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.account.address()
    }

    /// Sends and waits until it is mined.
    ///
    /// # Errors
    /// [`ChainError::Reverted`] with the contract's reason, [`ChainError::NotMined`], faults of the endpoint.
    pub async fn send(&self, tx: TxRequest) -> Result<Receipt, ChainError> {
        let sent = self.submit(&tx).await?;
        self.mined(&tx, sent).await
    }

    /// Sends all in order and waits for all; receipts in the same order. Stops at the first that would revert; what
    /// was sent before stays.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_all(&self, txs: Vec<TxRequest>) -> Result<Vec<Receipt>, ChainError> {
        let mut receipts = Vec::with_capacity(txs.len());
        let mut waiting: VecDeque<(&TxRequest, Sent<'_>)> = VecDeque::with_capacity(UNMINED_MAX);
        for tx in &txs {
            if waiting.len() == UNMINED_MAX
                && let Some((first, sent)) = waiting.pop_front()
            {
                receipts.push(self.mined(first, sent).await?);
            }
            waiting.push_back((tx, self.submit(tx).await?));
        }
        for (tx, sent) in waiting {
            receipts.push(self.mined(tx, sent).await?);
        }
        Ok(receipts)
    }

    /// Sends without waiting.
    async fn submit(&self, tx: &TxRequest) -> Result<Sent<'_>, ChainError> {
        let mut cursor = self.cursor.lock().await;
        let gas = self.estimate(tx).await?;
        let mut tries = 0;
        loop {
            let fees = self.fees(&mut cursor).await?;
            let nonce = self.nonce(&cursor).await?;
            let raw = self.account.sign_transaction(TxEip1559 {
                chain_id: self.chain_id,
                nonce,
                gas_limit: gas,
                max_fee_per_gas: fees.max,
                max_priority_fee_per_gas: fees.priority,
                to: TxKind::Call(tx.to),
                value: tx.value,
                access_list: alloy::eips::eip2930::AccessList::default(),
                input: tx.data.clone(),
            })?;
            let hash = keccak256(&raw);
            match self
                .rpc
                .request::<_, B256>("eth_sendRawTransaction", (Bytes::from(raw),))
                .await
            {
                Err(error) if !is_known(&error) => {
                    *cursor = Cursor::default();
                    tries += 1;
                    if tries == TRIES || !is_outdated(&error) {
                        return Err(name(error, &tx.label));
                    }
                    tracing::debug!(account = %self.address(), nonce, %error, "reading nonce and fees again");
                    tokio::time::sleep(uneven_pause(tries)).await;
                }
                Ok(_) | Err(_) => {
                    cursor.nonce = Some(nonce + 1);
                    return Ok(Sent {
                        hash,
                        nonce,
                        _unmined: Unmined::new(&self.unmined),
                    });
                }
            }
        }
    }

    async fn nonce(&self, cursor: &Cursor) -> Result<u64, ChainError> {
        match cursor.nonce {
            Some(nonce) if self.unmined.load(Ordering::Acquire) > 0 => Ok(nonce),
            _ => self.chain_nonce().await,
        }
    }

    async fn chain_nonce(&self) -> Result<u64, ChainError> {
        let count: U64 = self
            .rpc
            .request("eth_getTransactionCount", (self.address(), "pending"))
            .await?;
        Ok(count.to())
    }

    /// More than estimated: state may differ by the time the transaction is mined.
    async fn estimate(&self, tx: &TxRequest) -> Result<u64, ChainError> {
        let request =
            json!({ "from": self.address(), "to": tx.to, "data": tx.data, "value": tx.value });
        let gas: U64 = self
            .rpc
            .request("eth_estimateGas", (request, "pending"))
            .await
            .map_err(|e| name(e, &tx.label))?;
        let gas: u64 = gas.to();
        let limit = gas.saturating_add(gas / 4).saturating_add(GAS_SPARE);
        Ok(limit.min(GAS_MAX.max(gas)))
    }

    async fn fees(&self, cursor: &mut Cursor) -> Result<Fees, ChainError> {
        if let Some(fees) = cursor.fees.filter(|fees| fees.at.elapsed() < FEES_LIVE) {
            return Ok(fees);
        }
        let price: U256 = self.rpc.request("eth_gasPrice", ()).await?;
        // Chains differ in the least tip they take, from nothing to tens of gwei.
        let priority: U256 = self.rpc.request("eth_maxPriorityFeePerGas", ()).await?;
        let max = price.saturating_mul(U256::from(4)).max(priority);
        let fees = Fees {
            max: max.saturating_to(),
            priority: priority.saturating_to(),
            at: Instant::now(),
        };
        cursor.fees = Some(fees);
        Ok(fees)
    }

    async fn mined(&self, tx: &TxRequest, mut sent: Sent<'_>) -> Result<Receipt, ChainError> {
        let deadline = Instant::now() + MINED_WITHIN;
        let mut pause = Duration::from_millis(2);
        let mut replaced_since = None;
        loop {
            if let Some(wire) = self.receipt(sent.hash).await? {
                return self.outcome(tx, sent.hash, wire).await;
            }
            if Instant::now() > deadline {
                return Err(ChainError::NotMined {
                    hash: sent.hash,
                    seconds: MINED_WITHIN.as_secs(),
                });
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
            if pause < PAUSE_MAX || !self.is_replaced(&sent).await? {
                replaced_since = None;
                continue;
            }
            // An endpoint may count a transaction before it shows the receipt.
            if replaced_since.get_or_insert_with(Instant::now).elapsed() >= REPLACED_FOR {
                tracing::debug!(account = %self.address(), nonce = sent.nonce, "nonce taken by another sender");
                sent = self.submit(tx).await?;
                replaced_since = None;
            }
        }
    }

    async fn receipt(&self, hash: B256) -> Result<Option<WireReceipt>, ChainError> {
        self.rpc.request("eth_getTransactionReceipt", (hash,)).await
    }

    /// Whether another transaction was mined with the nonce of this one, which can then never be mined.
    async fn is_replaced(&self, sent: &Sent<'_>) -> Result<bool, ChainError> {
        let mined: U64 = self
            .rpc
            .request("eth_getTransactionCount", (self.address(), "latest"))
            .await?;
        Ok(mined.to::<u64>() > sent.nonce && self.receipt(sent.hash).await?.is_none())
    }

    async fn outcome(
        &self,
        tx: &TxRequest,
        hash: B256,
        wire: WireReceipt,
    ) -> Result<Receipt, ChainError> {
        let block_number = wire.block_number.to();
        if wire.status.is_zero() {
            return Err(ChainError::Reverted {
                call: tx.label.clone(),
                reason: self.refusal(tx, hash, block_number).await,
            });
        }
        Ok(Receipt {
            transaction: hash,
            block_number,
            block_hash: wire.block_hash,
            gas_used: wire.gas_used.to(),
            logs: wire.logs.into_iter().filter_map(chain_log).collect(),
        })
    }

    /// Why a mined transaction failed though its estimate succeeded: its trace, or, on endpoints that give none, the
    /// same call on the state before its block.
    async fn refusal(&self, tx: &TxRequest, hash: B256, block: u64) -> String {
        let tracer = json!({ "tracer": "callTracer" });
        let trace: Result<WireTrace, _> = self
            .rpc
            .request("debug_traceTransaction", (hash, tracer))
            .await;
        match trace {
            Ok(WireTrace {
                output: Some(data), ..
            }) if !data.is_empty() => {
                return artifacts::describe_revert(&data);
            }
            Ok(WireTrace {
                error: Some(error), ..
            }) => return error,
            Ok(_) | Err(_) => {}
        }
        let before = format!("0x{:x}", block.saturating_sub(1));
        match self.simulate_at(tx, before).await {
            Err(ChainError::Reverted { reason, .. }) => reason,
            _ => "it was mined and failed, and the reason does not show when it is repeated"
                .to_owned(),
        }
    }

    /// Runs a call as this account without sending it; the contract's error if it would revert.
    pub(crate) async fn simulate(&self, tx: &TxRequest) -> Result<(), ChainError> {
        self.simulate_at(tx, "latest".to_owned()).await
    }

    async fn simulate_at(&self, tx: &TxRequest, block: String) -> Result<(), ChainError> {
        let request =
            json!({ "from": self.address(), "to": tx.to, "data": tx.data, "value": tx.value });
        self.rpc
            .request::<_, Bytes>("eth_call", (request, block))
            .await
            .map(drop)
            .map_err(|error| name(error, &tx.label))
    }

    /// Chain time of the latest block, seconds since 1970.
    pub(crate) async fn now(&self) -> Result<u64, ChainError> {
        Ok(u64::try_from(self.rpc.head().await?.time.as_secs()).unwrap_or(0))
    }
}

/// Says which of our calls failed instead of which RPC method.
fn name(error: ChainError, label: &str) -> ChainError {
    match error {
        ChainError::Reverted { reason, .. } => ChainError::Reverted {
            call: label.to_owned(),
            reason,
        },
        other => other,
    }
}

/// A repeated request may find that its first try had arrived.
fn is_known(error: &ChainError) -> bool {
    matches!(error, ChainError::Rpc { message, .. }
        if message.contains("already known") || message.contains("already imported"))
}

/// Nonce or fee were overtaken: by another sender of the account, by lost blocks, by a rising base fee.
fn is_outdated(error: &ChainError) -> bool {
    matches!(error, ChainError::Rpc { message, .. }
        if ["nonce", "underpriced", "fee"].iter().any(|word| message.contains(word)))
}

/// Doubles with every try up to 128 ms, plus up to as much again: two senders of one account must not meet each time.
fn uneven_pause(tries: u32) -> Duration {
    let base = 1u64 << tries.min(7);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Duration::from_millis(base)
        + Duration::from_micros(u64::from(now.subsec_nanos()) % (base * 1000))
}
