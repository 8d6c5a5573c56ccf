//! ABI and bytecode of every contract we deploy, compiled into the program.

use std::{collections::BTreeMap, sync::LazyLock};

use alloy::{
    dyn_abi::{DynSolType, DynSolValue, JsonAbiExt as _},
    json_abi::JsonAbi,
    primitives::{Bytes, Selector},
};
use serde::Deserialize;

use crate::ChainError;

/// One compiled contract.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// Solidity name.
    pub contract_name: String,
    /// Functions, events and errors.
    pub abi: JsonAbi,
    /// Creation code without constructor arguments; empty for the combined registry.
    #[serde(default)]
    pub bytecode: Bytes,
    /// Selectors by function of each module, for the combined registry.
    #[serde(default)]
    pub modules: BTreeMap<String, BTreeMap<String, Selector>>,
}

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../contracts/artifacts/", $name, ".json")))),*]
    };
}

const FILES: &[(&str, &str)] = embedded![
    "AccessControlModule",
    "AdminPriceProvider",
    "AftermarketDeviceId",
    "AftermarketDeviceModule",
    "CombinedMintModule",
    "ConnectionAttestations",
    "Connections",
    "Court",
    "CourtRules",
    "DIMORegistry",
    "DIMORegistry.combined",
    "DevLicenseDimo",
    "DeviceDirectory",
    "DeviceEscrow",
    "DeviceStanding",
    "DimoGovernor",
    "DimoTimelock",
    "DimoToken",
    "ERC1967Proxy",
    "EmergencyPause",
    "EscrowLens",
    "LicenseAccount",
    "LicenseAccountFactory",
    "LicenseBook",
    "ManufacturerId",
    "ManufacturerModule",
    "MapperModule",
    "MintVoucher",
    "MulticallModule",
    "PairingModule",
    "PanelAdjudicator",
    "Parameters",
    "PostedTwap",
    "PreorderSpot",
    "Sacd",
    "SharedModule",
    "SignatureModule",
    "StakeTerms",
    "StakeVault",
    "StorageNode",
    "SyntheticDeviceId",
    "SyntheticDeviceModule",
    "TeamRoster",
    "TeamSafe",
    "Template",
    "UpgradeableBeacon",
    "UsdPeg",
    "VehicleId",
    "VehicleModule",
    "VehicleRoles",
    "VoteAdjudicator",
];

/// Name of the registry as callers see it: router and all modules behind one address.
pub const REGISTRY: &str = "DIMORegistry.combined";

type Parsed = Result<BTreeMap<&'static str, Artifact>, String>;

static ARTIFACTS: LazyLock<Parsed> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|(name, text)| {
            serde_json::from_str(text)
                .map(|artifact| (*name, artifact))
                .map_err(|e| format!("{name}: {e}"))
        })
        .collect()
});

/// The contract with this Solidity name.
///
/// # Errors
/// [`ChainError::Artifact`] when the program embeds no such contract.
pub fn artifact(name: &str) -> Result<&'static Artifact, ChainError> {
    let bad = |reason: &str| ChainError::Artifact {
        name: name.to_owned(),
        reason: reason.to_owned(),
    };
    ARTIFACTS
        .as_ref()
        .map_err(|e| bad(e))?
        .get(name)
        .ok_or_else(|| bad("not embedded"))
}

/// All embedded contracts, by name.
pub fn all() -> impl Iterator<Item = &'static Artifact> {
    ARTIFACTS.iter().flat_map(BTreeMap::values)
}

/// Puts revert data into words: the contract's error and its values, or the hex when nobody declares it.
#[must_use]
pub fn describe_revert(data: &[u8]) -> String {
    let hex = || format!("0x{}", alloy::hex::encode(&data[..data.len().min(132)]));
    let Some((selector, arguments)) = data.split_first_chunk::<4>() else {
        return if data.is_empty() {
            "no reason given".to_owned()
        } else {
            hex()
        };
    };
    let selector = Selector::from(*selector);
    if selector == [0x08, 0xc3, 0x79, 0xa0] {
        // Error(string)
        if let Ok(DynSolValue::String(text)) = DynSolType::String.abi_decode(arguments) {
            return text;
        }
    }
    let declared = all()
        .flat_map(|a| a.abi.errors())
        .find(|e| e.selector() == selector);
    let Some(error) = declared else { return hex() };
    match error.abi_decode_input(arguments) {
        Ok(values) => {
            let values: Vec<String> = values.iter().map(show).collect();
            format!("{}({})", error.name, values.join(", "))
        }
        Err(_) => error.name.clone(),
    }
}

fn show(value: &DynSolValue) -> String {
    match value {
        DynSolValue::Address(a) => a.to_string(),
        DynSolValue::Uint(v, _) => v.to_string(),
        DynSolValue::Int(v, _) => v.to_string(),
        DynSolValue::Bool(v) => v.to_string(),
        DynSolValue::String(v) => format!("{v:?}"),
        DynSolValue::FixedBytes(v, size) => format!("0x{}", alloy::hex::encode(&v[..*size])),
        DynSolValue::Bytes(v) => format!("0x{}", alloy::hex::encode(v)),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_contract_parses_and_has_code() {
        let parsed = ARTIFACTS.as_ref().unwrap();
        assert_eq!(parsed.len(), FILES.len());
        for (name, artifact) in parsed {
            assert!(*name == REGISTRY || !artifact.bytecode.is_empty(), "{name}");
        }
        assert!(parsed[REGISTRY].modules.len() >= 11);
    }

    #[test]
    fn a_custom_error_is_shown_with_its_values() {
        let error = artifact(REGISTRY)
            .unwrap()
            .abi
            .errors()
            .find(|e| e.name == "AdNotClaimed")
            .unwrap();
        let mut data = error.selector().to_vec();
        data.extend_from_slice(&milepost_types::U256::from(7).to_be_bytes::<32>());
        assert_eq!(describe_revert(&data), "AdNotClaimed(7)");
        assert_eq!(describe_revert(&[]), "no reason given");
        assert_eq!(describe_revert(&[1, 2, 3, 4, 5]), "0x0102030405");
    }
}
