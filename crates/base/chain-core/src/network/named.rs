//! Calls by contract and function name, with arguments as text: what the command line and stories use. Types come
//! from the embedded ABI, so a wrong name, number of arguments or value is refused before anything is sent. A
//! preview runs the same transactions on the chain's latest state without sending them and tells who would be paid
//! how much.

use alloy::{
    dyn_abi::{
        DynSolType, DynSolValue, EventExt as _, FunctionExt as _, JsonAbiExt as _, Specifier as _,
    },
    json_abi::{Event, EventParam, Function, Param},
    primitives::{Bytes, U64},
    rpc::types::Log,
};
use milepost_types::{Address, B256, U256, Wei};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Network;
use crate::{
    Account, Artifact, ChainError, ChainLog, ChainSource as _, ContractCall, TxRequest, artifact,
    artifacts::{self, REGISTRY},
    rpc_source::chain_log,
};

/// `$DIMO` that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Payer; zero: created.
    pub from: Address,
    /// Receiver; zero: burned.
    pub to: Address,
    /// How much.
    pub amount: Wei,
}

/// An event of one of our contracts.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedEvent {
    /// Contract as the deployment names it.
    pub contract: String,
    /// Event name.
    pub event: String,
    /// Values by parameter name; numbers of any size as decimal strings.
    pub values: Value,
}

/// What a transaction did, or would do.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What was asked.
    pub label: String,
    /// None in a preview.
    pub transaction: Option<B256>,
    /// Gas used.
    pub gas_used: u64,
    /// `$DIMO` moved, in order.
    pub payments: Vec<Payment>,
    /// Events of our contracts other than token transfers, in order.
    pub events: Vec<NamedEvent>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SimulatedBlock {
    calls: Vec<SimulatedCall>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SimulatedCall {
    status: U64,
    #[serde(default)]
    return_data: Bytes,
    gas_used: U64,
    #[serde(default)]
    logs: Vec<Log>,
}

impl Network {
    /// A transaction that calls `function` of the deployment's `contract`. A function that exists with several
    /// argument lists is chosen by their number, or by its whole signature, `mint(address,uint256)`.
    ///
    /// # Errors
    /// [`ChainError::Call`] naming the function or the argument and why it is refused.
    pub fn transaction(
        &self,
        contract: &str,
        function: &str,
        arguments: &[String],
    ) -> Result<TxRequest, ChainError> {
        let (_, data) = encode(contract, function, arguments)?;
        let to = self.deployment().contract(contract)?;
        Ok(TxRequest::call(format!("{contract}.{function}"), to, data))
    }

    /// What a view answers at the latest block: one value, or an object by name.
    ///
    /// # Errors
    /// As [`Self::transaction`]; the contract's own error; faults of the endpoint.
    pub async fn read(
        &self,
        contract: &str,
        function: &str,
        arguments: &[String],
    ) -> Result<Value, ChainError> {
        let (declared, data) = encode(contract, function, arguments)?;
        let to = self.deployment().contract(contract)?;
        let answer = self
            .rpc()
            .call(ContractCall::latest(to, data))
            .await
            .map_err(|error| match error {
                ChainError::Reverted { reason, .. } => ChainError::Reverted {
                    call: format!("{contract}.{function}"),
                    reason,
                },
                other => other,
            })?;
        let values = declared.abi_decode_output(&answer).map_err(|e| {
            refused(
                contract,
                function,
                format!("its answer cannot be read: {e}"),
            )
        })?;
        Ok(match (values.as_slice(), declared.outputs.as_slice()) {
            ([value], [output]) => json_value(value, output),
            (values, outputs) => named(values.iter().zip(outputs)),
        })
    }

    /// Sends transactions of one account in order and waits for them.
    ///
    /// # Errors
    /// As [`crate::Sender::send`]; transactions before the refused one stay mined.
    pub async fn execute(
        &self,
        account: &Account,
        transactions: Vec<TxRequest>,
    ) -> Result<Vec<Outcome>, ChainError> {
        let sender = self.sender(account).await;
        let mut outcomes = Vec::with_capacity(transactions.len());
        for transaction in transactions {
            let label = transaction.label.clone();
            // One by one: a later one may depend on what an earlier one did, and is estimated on the result.
            let receipt = sender.send(transaction).await?;
            outcomes.push(Outcome {
                label,
                transaction: Some(receipt.transaction),
                gas_used: receipt.gas_used,
                payments: self.payments(&receipt.logs),
                events: self.named_events(&receipt.logs),
            });
        }
        Ok(outcomes)
    }

    /// Runs transactions of one account on the latest state, one after another, and sends nothing.
    ///
    /// # Errors
    /// [`ChainError::Reverted`] for the first that would fail; [`ChainError::Rpc`] on endpoints without
    /// `eth_simulateV1`.
    pub async fn preview(
        &self,
        from: Address,
        transactions: &[TxRequest],
    ) -> Result<Vec<Outcome>, ChainError> {
        let calls: Vec<Value> = transactions
            .iter()
            .map(|tx| json!({ "from": from, "to": tx.to, "data": tx.data, "value": tx.value }))
            .collect();
        let request = json!({ "blockStateCalls": [{ "calls": calls }] });
        let blocks: Vec<SimulatedBlock> = self
            .rpc()
            .request("eth_simulateV1", (request, "latest"))
            .await?;
        let calls: Vec<SimulatedCall> = blocks.into_iter().flat_map(|block| block.calls).collect();
        // A missing result is not a success.
        check_count(calls.len(), transactions.len())?;
        transactions
            .iter()
            .zip(calls)
            .map(|(tx, call)| {
                if call.status.is_zero() {
                    return Err(ChainError::Reverted {
                        call: tx.label.clone(),
                        reason: artifacts::describe_revert(&call.return_data),
                    });
                }
                // A simulated log belongs to no block; its place in one is not looked at.
                let logs: Vec<ChainLog> = call
                    .logs
                    .into_iter()
                    .map(|mut log| {
                        log.block_hash.get_or_insert_default();
                        log.block_number.get_or_insert_default();
                        log.transaction_hash.get_or_insert_default();
                        log.transaction_index.get_or_insert_default();
                        log.log_index.get_or_insert_default();
                        log
                    })
                    .filter_map(chain_log)
                    .collect();
                Ok(Outcome {
                    label: tx.label.clone(),
                    transaction: None,
                    gas_used: call.gas_used.to(),
                    payments: self.payments(&logs),
                    events: self.named_events(&logs),
                })
            })
            .collect()
    }

    fn payments(&self, logs: &[ChainLog]) -> Vec<Payment> {
        let Ok(token) = self.deployment().token() else {
            return Vec::new();
        };
        let transfer = alloy::primitives::keccak256("Transfer(address,address,uint256)");
        logs.iter()
            .filter(|log| log.address == token)
            .filter_map(|log| match log.topics.as_slice() {
                [topic, from, to] if *topic == transfer => Some(Payment {
                    from: Address::from_word(*from),
                    to: Address::from_word(*to),
                    amount: Wei(U256::try_from_be_slice(&log.data)?),
                }),
                _ => None,
            })
            .collect()
    }

    fn named_events(&self, logs: &[ChainLog]) -> Vec<NamedEvent> {
        logs.iter()
            .filter_map(|log| {
                let (name, _) = self
                    .deployment()
                    .contracts
                    .iter()
                    .find(|(_, address)| **address == log.address)?;
                if name == "DimoToken" {
                    return None;
                }
                let declared = abi(name).ok()?.abi.events().find(|event| {
                    log.topics.first() == Some(&event.selector())
                        && event.inputs.iter().filter(|i| i.indexed).count() + 1 == log.topics.len()
                })?;
                let values = event_values(declared, log)?;
                Some(NamedEvent {
                    contract: name.clone(),
                    event: declared.name.clone(),
                    values,
                })
            })
            .collect()
    }
}

/// ABI of a contract as the deployment names it.
fn abi(contract: &str) -> Result<&'static Artifact, ChainError> {
    artifact(if contract == "DIMORegistry" {
        REGISTRY
    } else {
        contract
    })
}

pub(crate) fn encode(
    contract: &str,
    function: &str,
    arguments: &[String],
) -> Result<(&'static Function, Bytes), ChainError> {
    let declared = abi(contract)?.abi.functions().filter(|f| {
        if function.contains('(') {
            f.signature() == function
        } else {
            f.name == function
        }
    });
    let candidates: Vec<&Function> = declared.collect();
    let Some(chosen) = candidates
        .iter()
        .find(|f| f.inputs.len() == arguments.len())
    else {
        let reason = match candidates.as_slice() {
            [] => "no such function".to_owned(),
            [one, ..] => format!(
                "takes {} arguments, not {}",
                one.inputs.len(),
                arguments.len()
            ),
        };
        return Err(refused(contract, function, reason));
    };
    let mut values = Vec::with_capacity(arguments.len());
    for (input, text) in chosen.inputs.iter().zip(arguments) {
        let value = input
            .resolve()
            .and_then(|kind: DynSolType| kind.coerce_str(text))
            .map_err(|e| refused(contract, function, format!("{}: {e}", input.name)))?;
        values.push(value);
    }
    let data = chosen
        .abi_encode_input(&values)
        .map_err(|e| refused(contract, function, e.to_string()))?;
    Ok((chosen, data.into()))
}

/// One result for each transaction.
fn check_count(answered: usize, asked: usize) -> Result<(), ChainError> {
    if answered == asked {
        return Ok(());
    }
    Err(ChainError::Call {
        call: "eth_simulateV1".to_owned(),
        reason: format!("the endpoint answers {answered} of {asked} transactions"),
    })
}

fn refused(contract: &str, function: &str, reason: String) -> ChainError {
    ChainError::Call {
        call: format!("{contract}.{function}"),
        reason,
    }
}

fn event_values(declared: &Event, log: &ChainLog) -> Option<Value> {
    let decoded = declared
        .decode_log_parts(log.topics.iter().copied(), &log.data)
        .ok()?;
    let (mut indexed, mut body) = (decoded.indexed.into_iter(), decoded.body.into_iter());
    let mut object = Map::new();
    for input in &declared.inputs {
        let value = if input.indexed {
            indexed.next()?
        } else {
            body.next()?
        };
        object.insert(input.name.clone(), json_value(&value, &as_param(input)));
    }
    Some(Value::Object(object))
}

fn as_param(input: &EventParam) -> Param {
    Param {
        ty: input.ty.clone(),
        name: input.name.clone(),
        components: input.components.clone(),
        internal_type: input.internal_type.clone(),
    }
}

fn named<'a>(pairs: impl Iterator<Item = (&'a DynSolValue, &'a Param)>) -> Value {
    let members = pairs.enumerate().map(|(index, (value, param))| {
        let name = if param.name.is_empty() {
            index.to_string()
        } else {
            param.name.clone()
        };
        (name, json_value(value, param))
    });
    Value::Object(members.collect())
}

fn json_value(value: &DynSolValue, param: &Param) -> Value {
    // A struct the ABI names, an unnamed tuple: both are objects by the names of their members.
    let members = value.as_custom_struct().map(|(_, _, members)| members);
    if let Some(members) = members.or_else(|| value.as_tuple())
        && members.len() == param.components.len()
    {
        return named(members.iter().zip(&param.components));
    }
    match value {
        DynSolValue::Bool(v) => Value::Bool(*v),
        DynSolValue::Uint(v, _) => Value::String(v.to_string()),
        DynSolValue::Int(v, _) => Value::String(v.to_string()),
        DynSolValue::Address(v) => Value::String(v.to_string()),
        DynSolValue::String(v) => Value::String(v.clone()),
        DynSolValue::Bytes(v) => Value::String(format!("0x{}", alloy::hex::encode(v))),
        DynSolValue::FixedBytes(v, size) => {
            Value::String(format!("0x{}", alloy::hex::encode(&v[..*size])))
        }
        DynSolValue::Array(items) | DynSolValue::FixedArray(items) => {
            Value::Array(items.iter().map(|item| json_value(item, param)).collect())
        }
        other => Value::String(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(values: &[&str]) -> Vec<String> {
        values.iter().map(|v| (*v).to_owned()).collect()
    }

    #[test]
    fn arguments_become_call_data_by_the_contracts_own_types() {
        let to = "0x00000000000000000000000000000000000000aa";
        let (function, data) = encode("DimoToken", "transfer", &text(&[to, "7"])).unwrap();
        assert_eq!(function.signature(), "transfer(address,uint256)");
        assert_eq!(data.len(), 4 + 64);
        assert_eq!(data[35], 0xaa);
        assert_eq!(data[67], 7);
    }

    #[test]
    fn a_preview_with_fewer_results_than_transactions_is_refused() {
        check_count(2, 2).unwrap();
        let refusal = check_count(1, 2).unwrap_err().to_string();
        assert!(refusal.contains("1 of 2"), "{refusal}");
    }

    #[test]
    fn a_wrong_call_is_refused_with_its_argument_before_it_is_sent() {
        let say = |function: &str, arguments: &[&str]| {
            encode("DimoToken", function, &text(arguments))
                .unwrap_err()
                .to_string()
        };
        assert!(say("fly", &[]).contains("no such function"));
        assert!(say("transfer", &["1"]).contains("takes 2 arguments, not 1"));
        assert!(
            say("transfer", &["0xaa", "1"]).contains("to:"),
            "{}",
            say("transfer", &["0xaa", "1"])
        );
    }
}
