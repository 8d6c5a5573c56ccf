use std::collections::HashMap;

use alloy::sol_types::SolCall as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use milepost_types::{Address, U256};

use super::{Attribute, BATCH_MAX, Network, NewVehicle, event, events, pairs, reason_hash};
use crate::{
    Account, ChainError, Receipt, TxRequest,
    contracts::{
        AftermarketDeviceInfos, AftermarketDeviceOwnerPair, ClaimAftermarketDeviceWithNonceSign,
        IDeviceStanding, INft, IRegistry, MintSyntheticDeviceWithNonceInput,
        MintSyntheticDeviceWithNonceSign, PairAftermarketDeviceWithNonceSign,
    },
};

/// Owners whose transactions are in flight at once while a fleet is set up.
const PARALLEL_OWNERS: usize = 16;

/// An aftermarket device to mint.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// The key it signs with.
    pub key: Address,
    /// Serial, IMEI, DefinitionURI, HardwareRevision, DevEUI.
    pub attributes: Vec<Attribute>,
}

/// A vehicle of a demo fleet with its device and owner.
#[derive(Debug, Clone)]
pub struct FleetMember {
    /// Owns vehicle and device afterwards.
    pub owner: Account,
    /// The vehicle.
    pub vehicle: NewVehicle,
    /// The device.
    pub device: NewDevice,
}

/// A fleet member after it was set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Onboarded {
    /// Vehicle token id.
    pub vehicle: U256,
    /// Aftermarket device token id.
    pub device: U256,
}

impl Network {
    /// The manufacturer's owner mints devices, unclaimed; ids in the order given.
    ///
    /// # Errors
    /// As [`Sender::send_all`](crate::Sender::send_all), among others for an unlicensed manufacturer (D3-76).
    pub async fn mint_devices(
        &self,
        manufacturer_owner: &Account,
        manufacturer: U256,
        devices: &[NewDevice],
    ) -> Result<Vec<U256>, ChainError> {
        let registry = self.deployment.registry()?;
        let txs = devices.chunks(BATCH_MAX).map(|batch| {
            let infos = batch.iter().map(|d| AftermarketDeviceInfos {
                addr: d.key,
                attrInfoPairs: pairs(&d.attributes),
            });
            let call = IRegistry::mintAftermarketDeviceByManufacturerBatchCall {
                manufacturerNode: manufacturer,
                adInfos: infos.collect(),
            };
            TxRequest::call("mint devices", registry, call.abi_encode())
        });
        let receipts = self
            .sender(manufacturer_owner)
            .await
            .send_all(txs.collect())
            .await?;
        let minted: HashMap<Address, U256> = receipts
            .iter()
            .flat_map(|receipt| events::<IRegistry::AftermarketDeviceNodeMinted>(receipt, registry))
            .map(|minted| (minted.aftermarketDeviceAddress, minted.tokenId))
            .collect();
        let missing = || ChainError::MissingEvent {
            call: "mint devices",
            event: "AftermarketDeviceNodeMinted",
        };
        devices
            .iter()
            .map(|device| minted.get(&device.key).copied().ok_or_else(missing))
            .collect()
    }

    /// The manufacturer's owner hands unclaimed devices, `(id, buyer)`, to their buyers.
    ///
    /// # Errors
    /// As [`Sender::send_all`](crate::Sender::send_all).
    pub async fn hand_over_devices(
        &self,
        manufacturer_owner: &Account,
        buyers: &[(U256, Address)],
    ) -> Result<(), ChainError> {
        let registry = self.deployment.registry()?;
        let txs = buyers.chunks(BATCH_MAX).map(|batch| {
            let pairs = batch
                .iter()
                .map(|(device, owner)| AftermarketDeviceOwnerPair {
                    aftermarketDeviceNodeId: *device,
                    owner: *owner,
                });
            let call = IRegistry::claimAftermarketDeviceBatchCall {
                adOwnerPair: pairs.collect(),
            };
            TxRequest::call("hand over devices", registry, call.abi_encode())
        });
        self.sender(manufacturer_owner)
            .await
            .send_all(txs.collect())
            .await
            .map(drop)
    }

    /// The buyer claims a device with the device's own signature.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn claim_device(
        &self,
        owner: &Account,
        device: U256,
        key: &Account,
    ) -> Result<Receipt, ChainError> {
        let (nonce, deadline) = self.message_limits(key).await?;
        let message = ClaimAftermarketDeviceWithNonceSign {
            aftermarketDeviceNode: device,
            owner: owner.address(),
            nonce,
            deadline,
        };
        let call = IRegistry::claimAftermarketDeviceWithNonceCall {
            aftermarketDeviceNode: device,
            nonce,
            deadline,
            aftermarketDeviceSig: self.sign(key, &message)?.to_vec().into(),
        };
        self.act(owner, "claim device", self.deployment.registry()?, call)
            .await
    }

    /// The owner of both pairs a device with a vehicle.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn pair_device(
        &self,
        owner: &Account,
        device: U256,
        vehicle: U256,
    ) -> Result<Receipt, ChainError> {
        let call = IRegistry::pairAftermarketDeviceCall {
            aftermarketDeviceNode: device,
            vehicleNode: vehicle,
        };
        self.act(owner, "pair device", self.deployment.registry()?, call)
            .await
    }

    /// The vehicle's owner pairs with the device's signature; the device may belong to someone else.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn pair_device_signed(
        &self,
        vehicle_owner: &Account,
        device: U256,
        vehicle: U256,
        key: &Account,
    ) -> Result<Receipt, ChainError> {
        let (nonce, deadline) = self.message_limits(key).await?;
        let message = PairAftermarketDeviceWithNonceSign {
            aftermarketDeviceNode: device,
            vehicleNode: vehicle,
            nonce,
            deadline,
        };
        let call = IRegistry::pairAftermarketDeviceWithAdSigAndNonceCall {
            aftermarketDeviceNode: device,
            vehicleNode: vehicle,
            nonce,
            deadline,
            aftermarketDeviceSig: self.sign(key, &message)?.to_vec().into(),
        };
        self.act(
            vehicle_owner,
            "pair device by signature",
            self.deployment.registry()?,
            call,
        )
        .await
    }

    /// Either owner ends a pairing.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn unpair_device(
        &self,
        owner: &Account,
        device: U256,
        vehicle: U256,
    ) -> Result<Receipt, ChainError> {
        let call = IRegistry::unpairAftermarketDeviceCall {
            aftermarketDeviceNode: device,
            vehicleNode: vehicle,
        };
        self.act(owner, "unpair device", self.deployment.registry()?, call)
            .await
    }

    /// The team bans a device key (D3-82).
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn ban_device(
        &self,
        team: &Account,
        key: Address,
        reason: &str,
    ) -> Result<Receipt, ChainError> {
        let call = IDeviceStanding::banCall {
            device: key,
            reasonHash: reason_hash(reason),
        };
        self.act(team, "ban device", self.deployment.device_standing()?, call)
            .await
    }

    /// The team lifts a ban.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn unban_device(
        &self,
        team: &Account,
        key: Address,
        reason: &str,
    ) -> Result<Receipt, ChainError> {
        let call = IDeviceStanding::unbanCall {
            device: key,
            reasonHash: reason_hash(reason),
        };
        self.act(
            team,
            "unban device",
            self.deployment.device_standing()?,
            call,
        )
        .await
    }

    /// The connection's owner mints a synthetic device; its key and the vehicle's owner sign.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn mint_synthetic_device(
        &self,
        provider: &Account,
        connection: U256,
        vehicle: U256,
        vehicle_owner: &Account,
        key: &Account,
    ) -> Result<U256, ChainError> {
        let registry = self.deployment.registry()?;
        let (nonce, deadline) = self.message_limits(key).await?;
        let message = MintSyntheticDeviceWithNonceSign {
            connectionId: connection,
            vehicleNode: vehicle,
            syntheticDevice: key.address(),
            attributes: Vec::new(),
            infos: Vec::new(),
            nonce,
            deadline,
        };
        let data = MintSyntheticDeviceWithNonceInput {
            connectionId: connection,
            vehicleNode: vehicle,
            syntheticDeviceAddr: key.address(),
            attrInfoPairs: Vec::new(),
            nonce,
            deadline,
            syntheticDeviceSig: self.sign(key, &message)?.to_vec().into(),
            vehicleOwnerSig: self.sign(vehicle_owner, &message)?.to_vec().into(),
        };
        let call = IRegistry::mintSyntheticDeviceWithNonceSignCall { data };
        let receipt = self
            .act(provider, "mint synthetic device", registry, call)
            .await?;
        let minted: IRegistry::SyntheticDeviceNodeMinted =
            event(&receipt, registry, "mint synthetic device")?;
        Ok(minted.syntheticDeviceNode)
    }

    /// The vehicle's new owner lets a synthetic device go on.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn give_consent(
        &self,
        owner: &Account,
        synthetic: U256,
    ) -> Result<Receipt, ChainError> {
        let call = IRegistry::giveSyntheticDeviceConsentCall {
            syntheticDeviceNode: synthetic,
        };
        self.act(owner, "give consent", self.deployment.registry()?, call)
            .await
    }

    /// The owner burns a synthetic device.
    ///
    /// # Errors
    /// As [`Sender::send`](crate::Sender::send).
    pub async fn burn_synthetic_device(
        &self,
        owner: &Account,
        synthetic: U256,
    ) -> Result<Receipt, ChainError> {
        let call = INft::burnCall { tokenId: synthetic };
        self.act(
            owner,
            "burn synthetic device",
            self.deployment.synthetic_device()?,
            call,
        )
        .await
    }

    /// Sets up a fleet: devices minted and handed over, vehicles minted and paired by their owners, all in batches,
    /// owners in parallel. Every owner needs gas. A hundred vehicles take seconds on a development chain.
    ///
    /// Safe to repeat after an interruption: a device with the key, its owner and its pairing stay as they are. Only
    /// a vehicle that was minted and not yet paired is left behind, and another is minted.
    ///
    /// # Errors
    /// As [`Sender::send_all`](crate::Sender::send_all); what was done before the error stays.
    pub async fn onboard_fleet(
        &self,
        manufacturer_owner: &Account,
        manufacturer: U256,
        members: &[FleetMember],
    ) -> Result<Vec<Onboarded>, ChainError> {
        let devices = self
            .fleet_devices(manufacturer_owner, manufacturer, members)
            .await?;
        let mut vehicles: Vec<Option<U256>> = self.paired_vehicles(&devices).await?;
        let mut by_owner: HashMap<Address, Vec<usize>> = HashMap::new();
        for (position, member) in members
            .iter()
            .enumerate()
            .filter(|(position, _)| vehicles[*position].is_none())
        {
            by_owner
                .entry(member.owner.address())
                .or_default()
                .push(position);
        }
        let devices_of = &devices;
        let paired: Vec<Vec<(usize, U256)>> = stream::iter(by_owner.into_values())
            .map(|positions| self.onboard_owner(members, devices_of, positions))
            .buffer_unordered(PARALLEL_OWNERS)
            .try_collect()
            .await?;
        for (position, vehicle) in paired.into_iter().flatten() {
            vehicles[position] = Some(vehicle);
        }
        let missing = || ChainError::MissingEvent {
            call: "mint vehicle",
            event: "VehicleNodeMintedWithDeviceDefinition",
        };
        let both = vehicles.into_iter().zip(devices);
        both.map(|(vehicle, device)| {
            Ok(Onboarded {
                vehicle: vehicle.ok_or_else(missing)?,
                device,
            })
        })
        .collect()
    }

    /// The fleet's devices, minted and handed to their owners where they were not.
    async fn fleet_devices(
        &self,
        manufacturer_owner: &Account,
        manufacturer: U256,
        members: &[FleetMember],
    ) -> Result<Vec<U256>, ChainError> {
        let by_key =
            |m: &FleetMember| IRegistry::getAftermarketDeviceIdByAddressCall { addr: m.device.key };
        let mut ids = self
            .registry_views(&members.iter().map(by_key).collect::<Vec<_>>())
            .await?;
        let new: Vec<NewDevice> = members
            .iter()
            .zip(&ids)
            .filter(|(_, id)| id.is_zero())
            .map(|(m, _)| m.device.clone())
            .collect();
        let minted = self
            .mint_devices(manufacturer_owner, manufacturer, &new)
            .await?;
        for (id, minted) in ids.iter_mut().filter(|id| id.is_zero()).zip(minted) {
            *id = minted;
        }
        let claimed = |id: &U256| IRegistry::isAftermarketDeviceClaimedCall { nodeId: *id };
        let claimed = self
            .registry_views(&ids.iter().map(claimed).collect::<Vec<_>>())
            .await?;
        let unclaimed = ids
            .iter()
            .zip(members)
            .zip(claimed)
            .filter(|(_, claimed)| !claimed);
        let buyers: Vec<_> = unclaimed
            .map(|((id, member), _)| (*id, member.owner.address()))
            .collect();
        self.hand_over_devices(manufacturer_owner, &buyers).await?;
        Ok(ids)
    }

    /// The vehicle that each device is paired with.
    async fn paired_vehicles(&self, devices: &[U256]) -> Result<Vec<Option<U256>>, ChainError> {
        let nft = self.deployment.aftermarket_device()?;
        let link = |device: &U256| IRegistry::getLinkCall {
            idProxyAddress: nft,
            tokenId: *device,
        };
        let links = self
            .registry_views(&devices.iter().map(link).collect::<Vec<_>>())
            .await?;
        Ok(links
            .into_iter()
            .map(|vehicle| (!vehicle.is_zero()).then_some(vehicle))
            .collect())
    }

    async fn onboard_owner(
        &self,
        members: &[FleetMember],
        devices: &[U256],
        positions: Vec<usize>,
    ) -> Result<Vec<(usize, U256)>, ChainError> {
        let Some(owner) = positions.first().map(|position| &members[*position].owner) else {
            return Ok(Vec::new());
        };
        let vehicles: Vec<NewVehicle> = positions
            .iter()
            .map(|position| members[*position].vehicle.clone())
            .collect();
        let vehicles = self.mint_vehicles(owner, &vehicles).await?;
        let paired: Vec<(usize, U256)> = positions.into_iter().zip(vehicles).collect();
        let calls = paired.iter().map(|(position, vehicle)| {
            let call = IRegistry::pairAftermarketDeviceCall {
                aftermarketDeviceNode: devices[*position],
                vehicleNode: *vehicle,
            };
            call.abi_encode().into()
        });
        self.act_batched(owner, "pair devices", BATCH_MAX, calls.collect())
            .await?;
        Ok(paired)
    }
}
