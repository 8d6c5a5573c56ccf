use alloy::sol_types::SolCall as _;
use milepost_types::{Address, U256};

use super::{Attribute, Network, event, events, pairs};
use crate::{
    Account, ChainError, Receipt,
    contracts::{INft, IRegistry},
};

/// A vehicle to mint.
#[derive(Debug, Clone)]
pub struct NewVehicle {
    /// Manufacturer NFT it is minted under.
    pub manufacturer: U256,
    /// Device definition, such as `acme_model_2024`.
    pub definition_id: String,
    /// Make, Model, Year, ImageURI, DefinitionURI.
    pub attributes: Vec<Attribute>,
}

/// A vehicle with five attributes needs about 450,000 gas; a transaction has 2²⁴ at most (EIP-7825).
const VEHICLES_PER_MINT: usize = 20;

fn mint_call(
    owner: Address,
    vehicle: &NewVehicle,
) -> IRegistry::mintVehicleWithDeviceDefinitionCall {
    IRegistry::mintVehicleWithDeviceDefinitionCall {
        manufacturerNode: vehicle.manufacturer,
        owner,
        deviceDefinitionId: vehicle.definition_id.clone(),
        attrInfo: pairs(&vehicle.attributes),
    }
}

impl Network {
    /// Mints a vehicle to the account.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn mint_vehicle(
        &self,
        owner: &Account,
        vehicle: &NewVehicle,
    ) -> Result<U256, ChainError> {
        let registry = self.deployment.registry()?;
        let receipt = self
            .act(
                owner,
                "mint vehicle",
                registry,
                mint_call(owner.address(), vehicle),
            )
            .await?;
        let minted: IRegistry::VehicleNodeMintedWithDeviceDefinition =
            event(&receipt, registry, "mint vehicle")?;
        Ok(minted.vehicleId)
    }

    /// Mints several vehicles to the account in few transactions; ids in the order given.
    ///
    /// # Errors
    /// As [`Sender::send_all`](crate::Sender::send_all); vehicles of transactions before the refused one stay.
    pub async fn mint_vehicles(
        &self,
        owner: &Account,
        vehicles: &[NewVehicle],
    ) -> Result<Vec<U256>, ChainError> {
        let registry = self.deployment.registry()?;
        let calls = vehicles
            .iter()
            .map(|vehicle| mint_call(owner.address(), vehicle).abi_encode().into());
        let receipts = self
            .act_batched(owner, "mint vehicles", VEHICLES_PER_MINT, calls.collect())
            .await?;
        let minted: Vec<U256> = receipts
            .iter()
            .flat_map(|receipt| {
                events::<IRegistry::VehicleNodeMintedWithDeviceDefinition>(receipt, registry)
            })
            .map(|minted| minted.vehicleId)
            .collect();
        if minted.len() != vehicles.len() {
            let event = "VehicleNodeMintedWithDeviceDefinition";
            return Err(ChainError::MissingEvent {
                call: "mint vehicles",
                event,
            });
        }
        Ok(minted)
    }

    /// Passes a vehicle on; this ends its pairing with an aftermarket device and all its grants.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn transfer_vehicle(
        &self,
        owner: &Account,
        vehicle: U256,
        to: Address,
    ) -> Result<Receipt, ChainError> {
        let call = INft::transferFromCall {
            from: owner.address(),
            to,
            tokenId: vehicle,
        };
        self.act(owner, "transfer vehicle", self.deployment.vehicle()?, call)
            .await
    }

    /// Passes a vehicle on together with its device; the pairing stays.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn transfer_vehicle_with_device(
        &self,
        owner: &Account,
        vehicle: U256,
        to: Address,
    ) -> Result<Receipt, ChainError> {
        let call = IRegistry::transferVehicleWithDeviceCall {
            vehicleId: vehicle,
            to,
        };
        self.act(
            owner,
            "transfer vehicle with device",
            self.deployment.registry()?,
            call,
        )
        .await
    }

    /// Burns an unpaired vehicle.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn burn_vehicle(
        &self,
        owner: &Account,
        vehicle: U256,
    ) -> Result<Receipt, ChainError> {
        let call = INft::burnCall { tokenId: vehicle };
        self.act(owner, "burn vehicle", self.deployment.vehicle()?, call)
            .await
    }

    /// Operations rewrite attributes of a vehicle; an empty value clears one.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn set_vehicle_attributes(
        &self,
        operations: &Account,
        vehicle: U256,
        attributes: &[Attribute],
    ) -> Result<Receipt, ChainError> {
        let call = IRegistry::setVehicleInfoCall {
            tokenId: vehicle,
            attrInfo: pairs(attributes),
        };
        self.act(
            operations,
            "set vehicle attributes",
            self.deployment.registry()?,
            call,
        )
        .await
    }
}
