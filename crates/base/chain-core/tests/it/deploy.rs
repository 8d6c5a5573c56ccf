use std::time::Instant;

use alloy::{primitives::address, sol_types::SolCall as _};
use milepost_chain_core::{
    ChainError, ChainSource as _, DeployParams, DevChain, DevChainOptions, Network, deploy,
};
use milepost_types::{U256, Wei, keccak256};
use serde_json::json;

use crate::{Views, account, ask, deployed, raw};

const FACTORY: milepost_types::Address = address!("4e59b44847b379578588920cA78FbF26c0B4956C");

#[tokio::test]
async fn a_second_deployment_finds_everything_and_sends_nothing() {
    let chain = DevChain::start(DevChainOptions::default()).await.unwrap();
    let admin = account("admin");
    let first = deployed(&chain, &admin).await;
    let height = chain.height().await.unwrap();
    let second = deployed(&chain, &admin).await;
    assert_eq!(first, second);
    assert_eq!(chain.height().await.unwrap(), height);
}

#[tokio::test]
async fn two_chains_get_the_same_addresses_and_the_json_form_round_trips() {
    let admin = account("admin");
    let (one, two) = tokio::join!(
        DevChain::start(DevChainOptions::default()),
        DevChain::start(DevChainOptions {
            chain_id: 4242,
            ..DevChainOptions::default()
        })
    );
    let (one, two) = (one.unwrap(), two.unwrap());
    let (first, second) = tokio::join!(deployed(&one, &admin), deployed(&two, &admin));
    assert_eq!(first.contracts, second.contracts);
    assert_eq!((first.chain_id, second.chain_id), (31_337, 4242));
    let text = serde_json::to_string(&first).unwrap();
    assert_eq!(
        serde_json::from_str::<milepost_chain_core::Deployment>(&text).unwrap(),
        first
    );
    for (name, address) in &first.contracts {
        assert!(one.rpc().has_code(*address).await.unwrap(), "{name}");
    }
}

#[tokio::test]
async fn another_admin_gets_other_contracts() {
    let chain = DevChain::start(DevChainOptions::default()).await.unwrap();
    let first = deployed(&chain, &account("admin")).await;
    let second = deployed(&chain, &account("other admin")).await;
    assert_ne!(first.registry().unwrap(), second.registry().unwrap());
}

#[tokio::test]
async fn a_fresh_development_chain_is_deployed_in_seconds_and_fully_wired() {
    let chain = DevChain::start(DevChainOptions::default()).await.unwrap();
    let admin = account("admin");
    let started = Instant::now();
    let deployment = deployed(&chain, &admin).await;
    println!(
        "deployed in {:?}, {} blocks",
        started.elapsed(),
        chain.height().await.unwrap()
    );
    assert!(started.elapsed().as_secs() < 15, "{:?}", started.elapsed());
    assert_eq!(deployment.block, 1);
    let roles = [
        (deployment.registry().unwrap(), "MINT_MANUFACTURER_ROLE"),
        (deployment.registry().unwrap(), "MINT_SD_ROLE"),
        (deployment.license_book().unwrap(), "GOVERNANCE_ROLE"),
        (deployment.device_standing().unwrap(), "TEAM_ROLE"),
        (deployment.connections().unwrap(), "REVOKER_ROLE"),
        (deployment.storage_node().unwrap(), "MINTER_ROLE"),
        (deployment.dev_license().unwrap(), "LICENSE_ADMIN_ROLE"),
    ];
    for (contract, role) in roles {
        let call = Views::hasRoleCall {
            role: keccak256(role),
            account: admin.address(),
        };
        assert!(ask(&chain, contract, call).await, "{role}");
    }
    // One provider licence: the registry asks the book, and only the court takes stake.
    let asked = ask(
        &chain,
        deployment.registry().unwrap(),
        Views::getManufacturerLicenseCall {},
    );
    assert_eq!(asked.await, deployment.license_book().unwrap());
    for (account, may) in [
        (deployment.court().unwrap(), true),
        (admin.address(), false),
    ] {
        let call = Views::hasRoleCall {
            role: keccak256("COURT_ROLE"),
            account,
        };
        assert_eq!(
            ask(&chain, deployment.stake_vault().unwrap(), call).await,
            may
        );
    }
    let node: U256 = keccak256("DIMO-Storage-Node-Default").into();
    assert!(
        ask(
            &chain,
            deployment.storage_node().unwrap(),
            Views::existsCall { tokenId: node }
        )
        .await
    );
}

#[tokio::test]
async fn a_deployment_that_ran_out_of_coin_goes_on_where_it_stopped() {
    let chain = DevChain::start(DevChainOptions::default()).await.unwrap();
    let admin = account("admin");
    let mut stops = 0u64;
    let deployment = loop {
        // Enough for some transactions, more every time: each needs its gas limit times the highest fee in advance.
        let wei = U256::from(4_000_000_000_000_000u64 * (stops + 1));
        chain.set_balance(admin.address(), wei).await.unwrap();
        match deploy(&chain.rpc(), &admin, &DeployParams::default()).await {
            Ok(deployment) => break deployment,
            Err(error) => assert!(
                error.to_string().to_lowercase().contains("insufficient"),
                "{error}"
            ),
        }
        stops += 1;
        assert!(stops < 50);
    };
    assert!(
        stops > 2,
        "the deployment was interrupted {stops} times only"
    );
    let whole = DevChain::start(DevChainOptions::default()).await.unwrap();
    assert_eq!(
        deployed(&whole, &admin).await.contracts,
        deployment.contracts
    );
    assert_eq!(deployment.block, 1);
    let height = chain.height().await.unwrap();
    assert_eq!(deployed(&chain, &admin).await, deployment);
    assert_eq!(chain.height().await.unwrap(), height);
}

#[tokio::test]
async fn a_chain_without_the_create2_factory_gets_it_by_its_presigned_transaction() {
    let chain = DevChain::start(DevChainOptions::default()).await.unwrap();
    raw(&chain, "anvil_setCode", json!([FACTORY, "0x"])).await;
    raw(&chain, "anvil_setNonce", json!([FACTORY, "0x0"])).await;
    assert!(!chain.rpc().has_code(FACTORY).await.unwrap());
    let admin = account("admin");
    let deployment = deployed(&chain, &admin).await;
    assert!(chain.rpc().has_code(FACTORY).await.unwrap());
    let usual = DevChain::start(DevChainOptions::default()).await.unwrap();
    assert_eq!(
        deployed(&usual, &admin).await.contracts,
        deployment.contracts
    );
}

#[tokio::test]
async fn a_module_with_other_code_is_replaced_by_the_one_of_this_release() {
    let chain = DevChain::start(DevChainOptions::default()).await.unwrap();
    let admin = account("admin");
    let deployment = deployed(&chain, &admin).await;
    let registry = deployment.registry().unwrap();
    let selector = Views::getLinkCall::SELECTOR.into();
    let right = deployment.contract("MapperModule").unwrap();
    let call = Views::updateModuleCall {
        oldImplementation: right,
        newImplementation: deployment.contract("SharedModule").unwrap(),
        oldSelectors: vec![selector],
        newSelectors: vec![selector],
    };
    raw(&chain, "anvil_impersonateAccount", json!([admin.address()])).await;
    let data = alloy::hex::encode_prefixed(call.abi_encode());
    let height = chain.height().await.unwrap();
    raw(
        &chain,
        "eth_sendTransaction",
        json!([{ "from": admin.address(), "to": registry, "data": data }]),
    )
    .await;
    while chain.height().await.unwrap() == height {
        tokio::task::yield_now().await;
    }
    assert_ne!(
        ask(&chain, registry, Views::moduleOfCall { selector }).await,
        right
    );
    assert_eq!(deployed(&chain, &admin).await, deployment);
    assert_eq!(
        ask(&chain, registry, Views::moduleOfCall { selector }).await,
        right
    );
}

#[tokio::test]
async fn an_existing_token_is_used_and_nothing_is_deployed_in_its_place() {
    let chain = DevChain::start(DevChainOptions::default()).await.unwrap();
    let (one, two) = (account("admin"), account("other admin"));
    let token = deployed(&chain, &one).await.token().unwrap();
    chain
        .set_balance(two.address(), U256::from(10u64).pow(U256::from(22)))
        .await
        .unwrap();
    let params = DeployParams {
        token: Some(token),
        ..DeployParams::default()
    };
    let second = deploy(&chain.rpc(), &two, &params).await.unwrap();
    assert_eq!(second.token().unwrap(), token);
    let network = Network::connect(chain.rpc(), second).await.unwrap();
    network
        .mint_dimo(&one, two.address(), Wei(U256::from(7)))
        .await
        .unwrap();
    assert_eq!(
        network.dimo_balance(two.address()).await.unwrap(),
        Wei(U256::from(7))
    );
    let refused = network
        .mint_dimo(&two, two.address(), Wei(U256::from(7)))
        .await
        .unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("AccessControlUnauthorizedAccount"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_network_is_not_joined_on_another_chain() {
    let chain = DevChain::start(DevChainOptions {
        chain_id: 4242,
        ..DevChainOptions::default()
    })
    .await
    .unwrap();
    let mut deployment = deployed(&chain, &account("admin")).await;
    deployment.chain_id = 137;
    let refused = Network::connect(chain.rpc(), deployment).await.unwrap_err();
    assert!(
        matches!(refused, ChainError::Setting { name: "rpc", .. }),
        "{refused}"
    );
}

#[tokio::test]
async fn a_registry_that_is_bound_to_another_vehicle_contract_is_refused() {
    // Slot of the vehicle module's storage (milepost.registry.vehicle), which begins with the NFT's address.
    const VEHICLE_SLOT: &str = "0xe32847d9874fc952691e3f121abc026685234409e2104a814963a5701820ae00";
    let chain = DevChain::start(DevChainOptions::default()).await.unwrap();
    let admin = account("admin");
    let deployment = deployed(&chain, &admin).await;
    let other = deployment.manufacturer().unwrap();
    let slot = json!([
        deployment.registry().unwrap(),
        VEHICLE_SLOT,
        other.into_word()
    ]);
    raw(&chain, "anvil_setStorageAt", slot).await;
    let refused = deploy(&chain.rpc(), &admin, &DeployParams::default())
        .await
        .unwrap_err();
    assert!(
        matches!(refused, ChainError::Deployment { .. }),
        "{refused}"
    );
    assert!(
        refused.to_string().contains(&other.to_string()),
        "{refused}"
    );
}
