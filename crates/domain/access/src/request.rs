use milepost_policy::{Permission, PermissionSet, UnknownPermission};
use milepost_types::U256;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// Asks for a vehicle token, in the current form (`asset`, `permissions`) or the older one
/// (`nftContractAddress`, `tokenId`, `privileges`). Unknown fields are ignored, as deployed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ExchangeRequest {
    /// DID of a vehicle or an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// Names such as `privilege:GetLocationHistory`.
    #[serde(deserialize_with = "null_as_default")]
    pub permissions: Vec<String>,
    /// Single CloudEvents asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_events: Option<CloudEventRequest>,
    /// Audiences of the token; empty for this network's.
    #[serde(deserialize_with = "null_as_default")]
    pub audience: Vec<String>,
    /// Vehicle contract, older form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nft_contract_address: Option<String>,
    /// Token id, older form: a number, or a decimal text for ids of 2⁶⁴ and above.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "token_id")]
    pub token_id: Option<U256>,
    /// Permission numbers, older form.
    #[serde(deserialize_with = "null_as_default")]
    pub privileges: Vec<u64>,
}

/// Single CloudEvents asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CloudEventRequest {
    /// Any of these.
    #[serde(deserialize_with = "null_as_default")]
    pub events: Vec<CloudEventFilter>,
}

/// One kind of CloudEvent; an absent part is `*`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CloudEventFilter {
    /// Type such as `dimo.attestation`.
    pub event_type: Option<String>,
    /// Source address.
    pub source: Option<String>,
    /// Event ids.
    pub ids: Option<Vec<String>>,
    /// Tags.
    pub tags: Option<Vec<String>>,
}

fn null_as_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn token_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<U256>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Number(u64),
        Text(String),
    }
    let id = Option::<Id>::deserialize(deserializer)
        .map_err(|_| D::Error::custom("tokenId must be a whole number, or a decimal text"))?;
    match id {
        None => Ok(None),
        Some(Id::Number(number)) => Ok(Some(U256::from(number))),
        Some(Id::Text(text))
            if !text.is_empty() && text.len() <= 78 && text.bytes().all(|b| b.is_ascii_digit()) =>
        {
            U256::from_str_radix(&text, 10)
                .map(Some)
                .map_err(|_| D::Error::custom("tokenId must be below 2^256"))
        }
        Some(Id::Text(_)) => Err(D::Error::custom("tokenId must be a decimal number")),
    }
}

impl ExchangeRequest {
    /// Whether single CloudEvents are asked for.
    pub(crate) fn asks_for_events(&self) -> bool {
        self.cloud_events
            .as_ref()
            .is_some_and(|cloud_events| !cloud_events.events.is_empty())
    }

    /// Permissions asked for by name or number.
    pub(crate) fn wanted(&self) -> Result<PermissionSet, UnknownPermission> {
        let by_name = self
            .permissions
            .iter()
            .map(|name| name.parse::<Permission>());
        let by_id = self.privileges.iter().map(|id| Permission::from_id(*id));
        by_name.chain(by_id).collect()
    }
}
