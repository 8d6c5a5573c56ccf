//! A development chain with the real contracts and the people of a small network.

use std::{path::Path, sync::Arc};

use milepost_chain_core::{
    Account, DeployParams, DevChain, DevChainOptions, Network, NewDevice, NewVehicle, deploy,
};
use milepost_policy::{Admission, AdmissionRequest, Refusal, admit};
use milepost_twin::{Twin, TwinReport, TwinSettings, verify};
use milepost_types::{Address, ChainId, Did, U256};

use crate::CHAIN_ID;

pub(crate) fn account(name: &str) -> Account {
    Account::development("twin", name).unwrap()
}

/// One provider with a manufacturer and a connection, one owner with a car, a claimed and paired device, and a
/// synthetic device.
pub(crate) struct World {
    pub(crate) chain: DevChain,
    pub(crate) net: Network,
    pub(crate) settings: TwinSettings,
    pub(crate) admin: Account,
    pub(crate) maker: Account,
    pub(crate) owner: Account,
    pub(crate) buyer: Account,
    pub(crate) device_key: Account,
    pub(crate) cloud: Address,
    pub(crate) provider_license: U256,
    pub(crate) car: U256,
    pub(crate) device: U256,
    pub(crate) synthetic: U256,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(DevChainOptions::default()).await
    }

    pub(crate) async fn start_with(options: DevChainOptions) -> Self {
        let chain = DevChain::start(options).await.unwrap();
        let (admin, maker, owner, buyer) = (
            account("admin"),
            account("maker"),
            account("owner"),
            account("buyer"),
        );
        for account in [&admin, &maker, &owner, &buyer] {
            chain
                .set_balance(account.address(), U256::from(10u64).pow(U256::from(22)))
                .await
                .unwrap();
        }
        let deployment = deploy(&chain.rpc(), &admin, &DeployParams::default())
            .await
            .unwrap();
        let settings = TwinSettings {
            poll_interval_ms: 20,
            ..TwinSettings::for_deployment(&deployment).unwrap()
        };
        let net = Network::connect(chain.rpc(), deployment).await.unwrap();
        let provider_license = net.license_provider(&admin, &maker).await.unwrap();
        let manufacturer = net
            .mint_manufacturer(&admin, maker.address(), "Acme")
            .await
            .unwrap();
        let (device_key, cloud) = (account("device"), account("cloud").address());
        let new = NewDevice {
            key: device_key.address(),
            attributes: vec![("Serial".into(), "S-1".into())],
        };
        let device = net
            .mint_devices(&maker, manufacturer, &[new])
            .await
            .unwrap()[0];
        let attributes = vec![
            ("Make".into(), "Acme".into()),
            ("Year".into(), "2024".into()),
        ];
        let new = NewVehicle {
            manufacturer,
            definition_id: "acme_model_2024".into(),
            attributes,
        };
        let car = net.mint_vehicle(&owner, &new).await.unwrap();
        net.claim_device(&owner, device, &device_key).await.unwrap();
        net.pair_device(&owner, device, car).await.unwrap();
        let connection = net
            .mint_connection(&admin, maker.address(), "acme-cloud", cloud)
            .await
            .unwrap();
        let synthetic = net
            .mint_synthetic_device(&maker, connection, car, &owner, &account("synthetic"))
            .await
            .unwrap();
        Self {
            chain,
            net,
            settings,
            admin,
            maker,
            owner,
            buyer,
            device_key,
            cloud,
            provider_license,
            car,
            device,
            synthetic,
        }
    }

    pub(crate) async fn twin(&self, file: &Path) -> Twin {
        let twin = Twin::start(self.settings.clone(), Arc::new(self.chain.rpc()), file)
            .await
            .unwrap();
        self.caught_up(&twin).await;
        twin
    }

    /// Waits until the twin is at the chain's head.
    pub(crate) async fn caught_up(&self, twin: &Twin) {
        twin.wait_for_block(self.chain.height().await.unwrap())
            .await
            .unwrap();
    }

    pub(crate) fn car_did(&self) -> Did {
        Did::erc721(
            ChainId(CHAIN_ID),
            self.net.deployment().vehicle().unwrap(),
            self.car,
        )
    }

    pub(crate) fn device_did(&self) -> Did {
        Did::erc721(
            ChainId(CHAIN_ID),
            self.net.deployment().aftermarket_device().unwrap(),
            self.device,
        )
    }

    pub(crate) fn synthetic_did(&self) -> Did {
        Did::erc721(
            ChainId(CHAIN_ID),
            self.net.deployment().synthetic_device().unwrap(),
            self.synthetic,
        )
    }

    /// What admission says about the device's next event, once the twin has seen the chain's head.
    pub(crate) async fn admitted(&self, twin: &Twin) -> Result<Admission, Refusal> {
        self.caught_up(twin).await;
        let (producer, subject) = (self.device_did(), self.car_did());
        admit(
            &*twin.view(),
            AdmissionRequest {
                producer: &producer,
                subject: &subject,
                certificate: None,
                source: None,
            },
        )
    }

    /// Same for the synthetic device, sent by its connection.
    pub(crate) async fn synthetic_admitted(&self, twin: &Twin) -> Result<Admission, Refusal> {
        self.caught_up(twin).await;
        let (producer, subject, certificate) =
            (self.synthetic_did(), self.car_did(), Some(self.cloud));
        admit(
            &*twin.view(),
            AdmissionRequest {
                producer: &producer,
                subject: &subject,
                certificate,
                source: None,
            },
        )
    }

    pub(crate) async fn verified(&self, file: &Path) -> TwinReport {
        verify(&self.settings, &self.chain.rpc(), file, 1000)
            .await
            .unwrap()
    }
}
