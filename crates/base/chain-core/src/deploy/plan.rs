//! Which contracts there are and where they will be.

use std::collections::BTreeMap;

use alloy::{
    primitives::{Bytes, U256, keccak256},
    sol_types::SolValue as _,
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use milepost_types::{Address, B256};

use super::{DeployParams, FACTORY, PARALLEL_VIEWS};
use crate::{ChainError, ChainSource as _, Rpc, TxRequest, artifact};

/// Code behind the registry, in order.
pub(super) const MODULES: [&str; 11] = [
    "AccessControlModule",
    "SignatureModule",
    "SharedModule",
    "MapperModule",
    "MulticallModule",
    "ManufacturerModule",
    "VehicleModule",
    "AftermarketDeviceModule",
    "PairingModule",
    "SyntheticDeviceModule",
    "CombinedMintModule",
];

/// One contract to create through the factory.
pub(super) struct Creation {
    pub(super) name: String,
    salt: B256,
    code: Vec<u8>,
    pub(super) address: Address,
}

impl Creation {
    pub(super) fn transaction(&self) -> TxRequest {
        let mut data = self.salt.to_vec();
        data.extend_from_slice(&self.code);
        TxRequest::call(format!("create {}", self.name), FACTORY, data)
    }
}

/// All contracts of a network.
pub(super) struct Plan {
    pub(super) creations: Vec<Creation>,
    addresses: BTreeMap<String, Address>,
    pub(super) admin: Address,
    pub(super) foundation: Address,
}

impl Plan {
    pub(super) fn new(admin: Address, params: &DeployParams) -> Result<Self, ChainError> {
        let foundation = params.foundation.unwrap_or(admin);
        let mut plan = Self {
            creations: Vec::new(),
            addresses: BTreeMap::new(),
            admin,
            foundation,
        };
        let registry = plan.direct("DIMORegistry", admin.abi_encode())?;
        for module in MODULES {
            plan.direct(module, Vec::new())?;
        }
        let token = match params.token {
            Some(token) => {
                plan.addresses.insert("DimoToken".to_owned(), token);
                token
            }
            None => plan.proxy(
                "DimoToken",
                "initialize(address)",
                &(admin,).abi_encode_params(),
            )?,
        };
        let sacd = plan.proxy("Sacd", "initialize(address)", &(admin,).abi_encode_params())?;
        plan.proxy(
            "Template",
            "initialize(address)",
            &(admin,).abi_encode_params(),
        )?;
        for nft in [
            "ManufacturerId",
            "VehicleId",
            "AftermarketDeviceId",
            "SyntheticDeviceId",
        ] {
            let arguments = (registry, sacd, admin).abi_encode_params();
            plan.proxy(nft, "initialize(address,address,address)", &arguments)?;
        }
        plan.proxy(
            "Connections",
            "initialize(address,address)",
            &(sacd, admin).abi_encode_params(),
        )?;
        plan.proxy(
            "StorageNode",
            "initialize(address)",
            &(admin,).abi_encode_params(),
        )?;
        plan.proxy(
            "DeviceStanding",
            "initialize(address)",
            &(admin,).abi_encode_params(),
        )?;
        let price = (admin, params.usd_per_dimo, U256::ZERO).abi_encode_params();
        let price = plan.direct("AdminPriceProvider", price)?;
        let account = plan.direct("LicenseAccount", Vec::new())?;
        let beacon = plan.direct("UpgradeableBeacon", (account, admin).abi_encode_params())?;
        let factory = plan.direct("LicenseAccountFactory", beacon.abi_encode())?;
        let arguments = (
            admin,
            foundation,
            factory,
            price,
            token,
            params.developer_license_usd,
        )
            .abi_encode_params();
        plan.proxy(
            "DevLicenseDimo",
            "initialize(address,address,address,address,address,uint256)",
            &arguments,
        )?;
        plan.economy(params)?;
        Ok(plan)
    }

    /// What is not on the chain yet, in order. An address says it all: it depends on the code.
    pub(super) async fn missing(&self, rpc: &Rpc) -> Result<Vec<&Creation>, ChainError> {
        let codes = stream::iter(&self.creations).map(|creation| rpc.has_code(creation.address));
        let codes: Vec<bool> = codes.buffered(PARALLEL_VIEWS).try_collect().await?;
        Ok(self
            .creations
            .iter()
            .zip(codes)
            .filter(|(_, there)| !there)
            .map(|(creation, _)| creation)
            .collect())
    }

    fn create(
        &mut self,
        name: &str,
        salt_text: &str,
        mut code: Vec<u8>,
        arguments: &[u8],
    ) -> Address {
        code.extend_from_slice(arguments);
        let salt = keccak256(salt_text);
        let address = FACTORY.create2_from_code(salt, &code);
        self.creations.push(Creation {
            name: name.to_owned(),
            salt,
            code,
            address,
        });
        address
    }

    pub(super) fn direct(&mut self, name: &str, arguments: Vec<u8>) -> Result<Address, ChainError> {
        let code = artifact(name)?.bytecode.to_vec();
        let address = self.create(name, &format!("milepost/{name}"), code, &arguments);
        self.addresses.insert(name.to_owned(), address);
        Ok(address)
    }

    /// A proxy whose one `initialize` function takes these arguments.
    pub(super) fn initialized(
        &mut self,
        name: &str,
        arguments: &[u8],
    ) -> Result<Address, ChainError> {
        let initializer = artifact(name)?
            .abi
            .function("initialize")
            .and_then(|overloads| overloads.first())
            .map(alloy::json_abi::Function::signature)
            .ok_or_else(|| ChainError::Artifact {
                name: name.to_owned(),
                reason: "has no initializer".to_owned(),
            })?;
        self.proxy(name, &initializer, arguments)
    }

    /// Implementation and, in front of it, a proxy whose constructor runs the initializer.
    fn proxy(
        &mut self,
        name: &str,
        initializer: &str,
        arguments: &[u8],
    ) -> Result<Address, ChainError> {
        let code = artifact(name)?.bytecode.to_vec();
        let implementation = self.create(
            &format!("{name} implementation"),
            &format!("milepost/{name}/impl"),
            code,
            &[],
        );
        let mut call = keccak256(initializer)[..4].to_vec();
        call.extend_from_slice(arguments);
        let arguments = (implementation, Bytes::from(call)).abi_encode_params();
        let code = artifact("ERC1967Proxy")?.bytecode.to_vec();
        let address = self.create(name, &format!("milepost/{name}"), code, &arguments);
        self.addresses.insert(name.to_owned(), address);
        Ok(address)
    }

    pub(super) fn address(&self, name: &str) -> Result<Address, ChainError> {
        self.addresses
            .get(name)
            .copied()
            .ok_or_else(|| ChainError::Artifact {
                name: name.to_owned(),
                reason: "not part of the plan".to_owned(),
            })
    }

    pub(super) fn named(&self) -> BTreeMap<String, Address> {
        self.addresses.clone()
    }
}
