//! Against a real development chain and the compiled contracts.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod deploy;
mod devchain;
mod named;
mod network;
mod source;

use alloy::{rpc::client::RpcClient, sol, sol_types::SolCall};
use milepost_chain_core::{
    Account, ChainSource as _, ContractCall, DeployParams, Deployment, DevChain, DevChainOptions,
    Network, deploy,
};
use milepost_types::Address;

sol! {
    /// What the tests look at and the crate does not need.
    interface Views {
        function ownerOf(uint256 tokenId) external view returns (address);
        function exists(uint256 tokenId) external view returns (bool);
        function getLink(address idProxyAddress, uint256 tokenId) external view returns (uint256);
        function getNodeLink(address source, address target, uint256 tokenId) external view returns (uint256);
        function getInfo(address idProxyAddress, uint256 tokenId, string attribute) external view returns (string);
        function getDeviceDefinitionIdByVehicleId(uint256 vehicleId) external view returns (string);
        function getAftermarketDeviceIdByAddress(address addr) external view returns (uint256);
        function isSyntheticDeviceConsentRequired(uint256 syntheticDeviceNode) external view returns (bool);
        function moduleOf(bytes4 selector) external view returns (address);
        function updateModule(
            address oldImplementation, address newImplementation, bytes4[] oldSelectors, bytes4[] newSelectors
        ) external;
        function hasPermissions(address asset, uint256 tokenId, address grantee, uint256 permissions)
            external view returns (bool);
        function hasAccountPermissions(address grantor, address grantee, uint256 permissions)
            external view returns (bool);
        function isTemplateActive(uint256 templateId) external view returns (bool);
        function isBanned(address device) external view returns (bool);
        function isSigner(uint256 tokenId, address signer) external view returns (bool);
        function redirectUriStatus(uint256 tokenId, string uri) external view returns (bool);
        function tokenIdToClientId(uint256 tokenId) external view returns (address);
        function stakeOf(uint256 licenseId) external view returns (uint256);
        function getManufacturerLicense() external view returns (address);
        function connectionAddress(uint256 connectionId) external view returns (address);
        function vehicleIdToStorageNodeId(uint256 vehicleId) external view returns (uint256);
        function hasRole(bytes32 role, address account) external view returns (bool);
    }
}

/// Asks a contract on a chain.
pub(crate) async fn ask<C: SolCall>(chain: &DevChain, to: Address, call: C) -> C::Return {
    let answer = chain
        .rpc()
        .call(ContractCall::latest(to, call.abi_encode()))
        .await
        .unwrap();
    C::abi_decode_returns(&answer).unwrap()
}

/// A JSON-RPC method of the development chain itself.
pub(crate) async fn raw(
    chain: &DevChain,
    method: &'static str,
    params: serde_json::Value,
) -> serde_json::Value {
    RpcClient::new_http(chain.url().parse().unwrap())
        .request(method, params)
        .await
        .unwrap()
}

/// A chain of its own with all contracts, and the account that may do everything.
pub(crate) struct World {
    pub(crate) chain: DevChain,
    pub(crate) network: Network,
    pub(crate) admin: Account,
}

pub(crate) fn account(name: &str) -> Account {
    Account::development("test", name).unwrap()
}

pub(crate) async fn deployed(chain: &DevChain, admin: &Account) -> Deployment {
    let wei = milepost_types::U256::from(10u64).pow(milepost_types::U256::from(22));
    chain.set_balance(admin.address(), wei).await.unwrap();
    deploy(&chain.rpc(), admin, &DeployParams::default())
        .await
        .unwrap()
}

impl World {
    pub(crate) async fn start() -> Self {
        let chain = DevChain::start(DevChainOptions::default()).await.unwrap();
        let admin = account("admin");
        let deployment = deployed(&chain, &admin).await;
        let network = Network::connect(chain.rpc(), deployment).await.unwrap();
        Self {
            chain,
            network,
            admin,
        }
    }

    pub(crate) async fn ask<C: SolCall>(&self, to: Address, call: C) -> C::Return {
        ask(&self.chain, to, call).await
    }

    /// A second party that acts with the same accounts, as another program would.
    pub(crate) async fn other_network(&self) -> Network {
        Network::connect(self.chain.rpc(), self.network.deployment().clone())
            .await
            .unwrap()
    }

    /// A named account with gas.
    pub(crate) async fn actor(&self, name: &str) -> Account {
        let actor = account(name);
        self.network.fund_gas([actor.address()]).await.unwrap();
        actor
    }
}
