use milepost_types::{Address, U256};

use super::{
    Context, Handler, Moved, TRANSFER, transfer,
    vehicles::{AFTERMARKET, PRIVILEGE_SET, SYNTHETIC, attribute, clear_attributes, privilege_set},
};
use crate::{
    abi::{DecodeError, Params},
    rows::{AftermarketDevice, BannedDevice, SyntheticDevice},
    state::Edit,
};

pub(super) fn registry(signature: &str) -> Option<Handler> {
    aftermarket(signature).or_else(|| synthetic(signature))
}

fn aftermarket(signature: &str) -> Option<Handler> {
    Some(match signature {
        "AftermarketDeviceNodeMinted(uint256,uint256,address,address)" => |edit, context, p| {
            aftermarket_minted(
                edit,
                context,
                p.uint(1)?,
                Some(p.uint(0)?),
                p.address(2)?,
                p.address(3)?,
            )
        },
        "AftermarketDeviceNodeMinted(uint256,address,address)" => |edit, context, p| {
            aftermarket_minted(
                edit,
                context,
                p.uint(0)?,
                None,
                p.address(1)?,
                p.address(2)?,
            )
        },
        "AftermarketDeviceAttributeSet(uint256,string,string)"
        | "AftermarketDeviceAttributeSetDevAdmin(uint256,string,string)" => {
            |edit, _, p| attribute(edit, AFTERMARKET, p)
        }
        "AftermarketDeviceClaimed(uint256,address)" => |edit, context, p| {
            let owner = p.address(1)?;
            edit.update::<AftermarketDevice>((p.uint(0)?,), |device| {
                device.owner = owner;
                device.claimed_at = Some(context.time);
            });
            Ok(())
        },
        "AftermarketDeviceUnclaimed(uint256,address)"
        | "AftermarketDeviceUnclaimed(uint256)"
        | "AftermarketDeviceUnclaimedDevAdmin(uint256)" => |edit, _, p| {
            edit.update::<AftermarketDevice>((p.uint(0)?,), |device| device.claimed_at = None);
            Ok(())
        },
        "AftermarketDevicePaired(uint256,uint256,address)" => |edit, context, p| {
            let vehicle = p.uint(1)?;
            edit.update::<AftermarketDevice>((p.uint(0)?,), |device| {
                device.vehicle = Some(vehicle);
                device.paired_at = Some(context.time);
            });
            Ok(())
        },
        "AftermarketDeviceUnpaired(uint256,uint256,address)"
        | "AftermarketDeviceUnpairedDevAdmin(uint256,uint256,address)" => |edit, _, p| {
            edit.update::<AftermarketDevice>((p.uint(0)?,), |device| {
                device.vehicle = None;
                device.paired_at = None;
            });
            Ok(())
        },
        "AftermarketDeviceTransferred(uint256,address,address)"
        | "AftermarketDeviceTransferredDevAdmin(uint256,address,address)" => |edit, _, p| {
            let owner = p.address(2)?;
            edit.update::<AftermarketDevice>((p.uint(0)?,), |device| device.owner = owner);
            Ok(())
        },
        "AftermarketDeviceAddressReset(uint256,uint256,address)" => |edit, _, p| {
            let key = p.address(2)?;
            edit.update::<AftermarketDevice>((p.uint(1)?,), |device| device.address = Some(key));
            Ok(())
        },
        "BeneficiarySet(address,uint256,address)" => |edit, _, p| {
            let beneficiary = p.address(2)?;
            edit.update::<AftermarketDevice>((p.uint(1)?,), |device| {
                device.beneficiary = (!beneficiary.is_zero()).then_some(beneficiary);
            });
            Ok(())
        },
        _ => return None,
    })
}

fn synthetic(signature: &str) -> Option<Handler> {
    Some(match signature {
        "SyntheticDeviceNodeMinted(uint256,uint256,uint256,address,address)" => {
            |edit, context, p| {
                synthetic_minted(
                    edit,
                    context,
                    p.uint(1)?,
                    Some(p.uint(0)?),
                    p.uint(2)?,
                    p.address(3)?,
                    p.address(4)?,
                )
            }
        }
        "SyntheticDeviceNodeMinted(uint256,uint256,address,address)" => |edit, context, p| {
            synthetic_minted(
                edit,
                context,
                p.uint(0)?,
                None,
                p.uint(1)?,
                p.address(2)?,
                p.address(3)?,
            )
        },
        "SyntheticDeviceAttributeSet(uint256,string,string)"
        | "SyntheticDeviceAttributeSetDevAdmin(uint256,string,string)" => {
            |edit, _, p| attribute(edit, SYNTHETIC, p)
        }
        "SyntheticDeviceConsentRequired(uint256,uint256,address)" => {
            |edit, _, p| consent(edit, p, true)
        }
        "SyntheticDeviceConsentGiven(uint256,uint256,address)" => {
            |edit, _, p| consent(edit, p, false)
        }
        _ => return None,
    })
}

fn consent(edit: &mut Edit<'_>, p: &Params, required: bool) -> Result<(), DecodeError> {
    edit.update::<SyntheticDevice>((p.uint(0)?,), |device| device.consent_required = required);
    Ok(())
}

pub(super) fn aftermarket_nft(signature: &str) -> Option<Handler> {
    match signature {
        TRANSFER => Some(aftermarket_transfer),
        PRIVILEGE_SET => Some(privilege_set),
        _ => None,
    }
}

pub(super) fn synthetic_nft(signature: &str) -> Option<Handler> {
    match signature {
        TRANSFER => Some(synthetic_transfer),
        PRIVILEGE_SET => Some(privilege_set),
        _ => None,
    }
}

pub(super) fn standing(signature: &str) -> Option<Handler> {
    match signature {
        "DeviceBanned(address,bytes32)" => Some(|edit, context, p| {
            edit.put(BannedDevice {
                device: p.address(0)?,
                reason: p.word(1)?,
                since: context.time,
            });
            Ok(())
        }),
        "DeviceUnbanned(address,bytes32)" => Some(|edit, _, p| {
            edit.delete::<BannedDevice>((p.address(0)?,));
            Ok(())
        }),
        _ => None,
    }
}

fn aftermarket_transfer(
    edit: &mut Edit<'_>,
    context: Context,
    p: &Params,
) -> Result<(), DecodeError> {
    let (token, moved) = transfer(edit, context, p)?;
    match moved {
        Moved::Minted { to } => {
            edit.upsert(
                (token,),
                || new_aftermarket(token, to, context),
                |device| device.owner = to,
            );
        }
        Moved::Passed { to } => edit.update::<AftermarketDevice>((token,), |device| {
            device.owner = to;
            device.beneficiary = None;
        }),
        Moved::Burned => {
            edit.delete::<AftermarketDevice>((token,));
            clear_attributes(edit, AFTERMARKET, token);
        }
    }
    Ok(())
}

/// A synthetic device collects with the seller's credentials, so a change of hands stops it until the buyer agrees;
/// the deployed contracts have no event for that, ours follow with one.
fn synthetic_transfer(
    edit: &mut Edit<'_>,
    context: Context,
    p: &Params,
) -> Result<(), DecodeError> {
    let (token, moved) = transfer(edit, context, p)?;
    match moved {
        Moved::Minted { to } => {
            edit.upsert(
                (token,),
                || new_synthetic(token, to, context),
                |device| device.owner = to,
            );
        }
        Moved::Passed { to } => edit.update::<SyntheticDevice>((token,), |device| {
            device.consent_required |= device.owner != to;
            device.owner = to;
        }),
        Moved::Burned => {
            edit.delete::<SyntheticDevice>((token,));
            clear_attributes(edit, SYNTHETIC, token);
        }
    }
    Ok(())
}

fn aftermarket_minted(
    edit: &mut Edit<'_>,
    context: Context,
    token: U256,
    manufacturer: Option<U256>,
    key: Address,
    owner: Address,
) -> Result<(), DecodeError> {
    edit.upsert(
        (token,),
        || new_aftermarket(token, owner, context),
        |device| {
            device.manufacturer = manufacturer;
            device.address = Some(key);
        },
    );
    Ok(())
}

fn synthetic_minted(
    edit: &mut Edit<'_>,
    context: Context,
    token: U256,
    connection: Option<U256>,
    vehicle: U256,
    key: Address,
    owner: Address,
) -> Result<(), DecodeError> {
    edit.upsert(
        (token,),
        || new_synthetic(token, owner, context),
        |device| {
            device.connection = connection;
            device.vehicle = Some(vehicle);
            device.address = Some(key);
        },
    );
    Ok(())
}

const fn new_aftermarket(token: U256, owner: Address, context: Context) -> AftermarketDevice {
    AftermarketDevice {
        token,
        manufacturer: None,
        address: None,
        owner,
        beneficiary: None,
        claimed_at: None,
        vehicle: None,
        paired_at: None,
        minted_at: context.time,
    }
}

const fn new_synthetic(token: U256, owner: Address, context: Context) -> SyntheticDevice {
    SyntheticDevice {
        token,
        connection: None,
        vehicle: None,
        address: None,
        owner,
        consent_required: false,
        minted_at: context.time,
    }
}
